"""The door: ``python -m pipeline TASK`` in the root of the book; the Makefile names the tasks."""

import argparse
import contextlib
import fcntl
import json
import os
import signal
import sys
import time
from pathlib import Path

from pipeline.check import compare, find_idle_checks, record, refuse_active
from pipeline.execute import Results, execute, not_cached, replace
from pipeline.faults import BookError, Fault, explain
from pipeline.read import Book, read_book
from pipeline.records import read_record, write_record
from pipeline.render import LOOK, SITE, find_broken_links, recover, render

TASKS = ('html', 'record', 'serve', 'cuda', 'linkcheck', 'execute', 'sections')


def main() -> int:
    parser = argparse.ArgumentParser(prog='python -m pipeline', description=__doc__)
    parser.add_argument('task', choices=TASKS)
    parser.add_argument('--runner', default='cpu', help='cpu或cuda')
    parser.add_argument('--jobs', type=_positive, default=os.cpu_count(), help='并行的节数')
    parser.add_argument('--section', help='只执行这一节，例如ch05/01-layers-and-blocks')
    arguments = parser.parse_args()
    root = Path.cwd()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        if arguments.task == 'serve':
            serve(root, arguments.runner, arguments.jobs)
        else:
            with alone(root):
                perform(arguments, root)
    except (BookError, OSError) as error:
        report(error)
        return 1
    except KeyboardInterrupt:
        print('已中断；网站保持原样，已经执行完的节留在缓存里', file=sys.stderr)
        return 130
    return 0


def perform(arguments: argparse.Namespace, root: Path) -> None:
    task, runner, jobs = arguments.task, arguments.runner, arguments.jobs
    if task == 'html':
        build(root, runner, jobs)
    elif task == 'record' and runner != 'cpu':
        raise BookError('make record只写CPU上的输出：去掉RUNNER；CUDA上的记录由make cuda写')
    elif task == 'record':
        record_outputs(root, jobs)
    elif task == 'cuda':
        write_records(root, jobs)
    elif task == 'execute':
        fill_cache(root, runner, jobs, arguments.section)
    elif task == 'sections':
        print_sections(root, runner)
    else:
        check_links(root, runner, jobs)


@contextlib.contextmanager
def alone(root: Path):
    """Wait until no other build runs in this checkout, and keep others out for as long.

    What is locked is the folder of the book itself: ``make clean`` cannot remove it, nothing is
    left behind, and the lock goes with the process that holds it, however it ends.
    """
    folder = os.open(root, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print('这个目录里另有构建正在进行，等它结束……', file=sys.stderr)
        fcntl.flock(folder, fcntl.LOCK_EX)
    except OSError:
        print('这个文件系统不支持锁：不要同时运行两个构建', file=sys.stderr)
    os.set_inheritable(folder, True)  # to Jupyter Book, which may outlive us
    try:
        yield
    finally:
        os.close(folder)


def report(error: BookError | OSError) -> None:
    """Say what is wrong, a line for each fault."""
    faults = error.faults if isinstance(error, BookError) else [explain(error)]
    for fault in faults:
        print(fault, file=sys.stderr)
    if len(faults) > 1:
        print(f'共{len(faults)}处错误', file=sys.stderr)


def build(root: Path, runner: str, jobs: int) -> None:
    """Read, execute, check, export, render; the site changes only when all of it passed."""
    start = time.monotonic()
    recover(root)
    book, results = _execute(root, runner, jobs)
    faults = book.faults + results.faults
    for section in book.sections:
        if section.name in results.notebooks:
            faults += refuse_active(section, results.notebooks[section.name])
            if runner == 'cpu':  # on CUDA the random numbers are others
                faults += compare(section, results.notebooks[section.name])
                faults += find_idle_checks(section, results.notebooks[section.name])
    if faults:
        raise BookError(*faults)
    records = {s.name: record for s in book.sections if (record := read_record(root, s))}
    if refused := [record for record in records.values() if isinstance(record, Fault)]:
        raise BookError(*refused)
    changed = render(root, book, results.notebooks, records)
    cached = len(book.sections) - len(results.executed)
    print(
        f'{SITE}/index.html{"已更新" if changed else "没有变化"}：'
        f'执行{len(results.executed)}节，取自缓存{cached}节，{time.monotonic() - start:.1f}秒'
    )


def record_outputs(root: Path, jobs: int) -> None:
    """Write what the cells printed into the chapters; sections that fail stay as they are."""
    book, results = _execute(root, 'cpu', jobs)
    for section in book.sections:
        if section.name in results.notebooks:
            path = root / section.path
            old = path.read_bytes().decode()
            new = record(section, results.notebooks[section.name], old)
            if new != old:
                replace(path, new.encode())
                print(f'已更新{section.path}')
    if faults := book.faults + results.faults:
        raise BookError(*faults)


def write_records(root: Path, jobs: int) -> None:
    """Execute every section on CUDA and store the runs; those that fail keep their old record."""
    book, results = _execute(root, 'cuda', jobs)
    for section in book.sections:
        if section.name in results.notebooks:
            print(f'已写入{write_record(root, section, results.notebooks[section.name])}')
    if faults := book.faults + results.faults:
        raise BookError(*faults)


def fill_cache(root: Path, runner: str, jobs: int, name: str | None) -> None:
    """Execute one section, or all, into the cache and do nothing else."""
    book = read_book(root)
    sections = [section for section in book.sections if name in (None, section.name)]
    if name and not sections:
        raise BookError(*book.faults, f'SECTION={name}不存在；名字见_toc.yml，不带chapters/与.md')
    results = execute(root, sections, runner, jobs)
    if results.faults:
        raise BookError(*results.faults)
    print(f'执行{len(results.executed)}节，取自缓存{len(sections) - len(results.executed)}节')


def print_sections(root: Path, runner: str) -> None:
    """Print the names of the sections that a build would execute, as JSON on one line."""
    book = read_book(root)
    if book.faults:
        raise BookError(*book.faults)
    print(json.dumps(not_cached(root, book.sections, runner)))


def check_links(root: Path, runner: str, jobs: int) -> None:
    """Build, then let Sphinx look whether each link out of the book still leads somewhere."""
    build(root, runner, jobs)
    if broken := find_broken_links(root, read_book(root)):
        raise BookError(*broken)
    print('外部链接都有效')


def serve(root: Path, runner: str, jobs: int) -> None:
    """Show the site on 127.0.0.1 and build it again when a chapter changes."""
    from livereload import Server

    def rebuild():
        try:
            with alone(root):
                build(root, runner, jobs)
        except (BookError, OSError) as error:
            report(error)

    rebuild()
    server = Server()
    for name in ('chapters', *LOOK, '_config.yml', '_toc.yml'):
        server.watch(str(root / name), rebuild)
    server.serve(host='127.0.0.1', port=8000, root=str(root / SITE))


def _execute(root: Path, runner: str, jobs: int) -> tuple[Book, Results]:
    book = read_book(root)
    return book, execute(root, book.sections, runner, jobs)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'JOBS应当是正整数，现在是{text!r}')
    return int(text)


if __name__ == '__main__':
    sys.exit(main())
