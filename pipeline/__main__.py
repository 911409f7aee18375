"""Turn a task into its steps: ``python -m pipeline TASK`` in the root of the book."""

import argparse
import contextlib
import fcntl
import json
import os
import signal
import socket
import sys
import time
from pathlib import Path

from pipeline.check import check, record
from pipeline.execute import Results, cores, execute, not_cached
from pipeline.faults import BookError
from pipeline.notebooks import export
from pipeline.pages import LOOK, make_pages, verify
from pipeline.read import Book, read_book
from pipeline.render import (
    SITE,
    STAMP,
    copy_site,
    fresh,
    is_current,
    render,
    stamp,
    warm_up,
    write_pages,
)  # fmt: skip
from pipeline.repository import addresses, find_repository
from pipeline.store import prune, read_records, replace, write_record

TASKS = ('html', 'record', 'serve', 'cuda', 'linkcheck', 'execute', 'sections')
PORT = 8000


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog='python -m pipeline', description=__doc__)
    parser.add_argument('task', choices=TASKS)
    parser.add_argument('--runner', default='cpu', help='cpu或cuda')
    parser.add_argument('--jobs', type=_positive, help='并行的节数')
    parser.add_argument('--section', help='只执行这一节，例如ch05/01-layers-and-blocks')
    options = parser.parse_args(argv)
    if options.task == 'cuda':
        options.runner = 'cuda'
    jobs = options.jobs or (cores() if options.runner == 'cpu' else 1)  # kernels share the GPU
    try:
        return perform(Path.cwd(), options.task, options.runner, jobs, options.section)
    except (BookError, OSError) as error:
        report(error)
        return 1
    except KeyboardInterrupt:
        print('已中断；网站保持原样，已经执行完的节留在缓存里', file=sys.stderr)
        return 130


def perform(root: Path, task: str, runner: str, jobs: int, section: str | None) -> int:
    """Do a task, alone in this checkout but for ``serve``, which lets others in meanwhile."""
    if task == 'serve':
        serve(root, runner, jobs)
        return 0
    with alone(root):
        if task == 'html':
            build(root, runner, jobs)
        elif task == 'record':
            record_outputs(root, runner, jobs)
        elif task == 'cuda':
            write_records(root, jobs)
        elif task == 'execute':
            fill_cache(root, runner, jobs, section)
        elif task == 'sections':
            print_sections(root, runner)
        else:
            render(root, build(root, runner, jobs), True, 'linkcheck')
            print('外部链接都有效')
    return 0


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
    try:
        yield
    finally:
        os.close(folder)


def report(error: BookError | OSError) -> None:
    """Say what is wrong, a line for each fault."""
    faults = error.faults if isinstance(error, BookError) else [f'读写文件时出错：{error}']
    for fault in faults:
        print(fault, file=sys.stderr)
    if len(faults) > 1:
        print(f'共{len(faults)}处错误', file=sys.stderr)


def build(root: Path, runner: str, jobs: int) -> Book:
    """Read, execute, check, export, render; the site changes only when all of it passed."""
    start = time.monotonic()
    book = read_book(root)
    results = execute(root, book.sections, runner, jobs, warm_up)
    faults = book.faults + results.faults
    for section in book.sections:
        if section.name in results.notebooks:
            faults += check(section, results.notebooks[section.name])
    if faults:
        raise BookError(*faults)
    records = read_records(root, book.sections)
    entries, shown = verify(book.sections, results.notebooks, records)
    repository = find_repository(root)
    pages = make_pages(root, book, shown, entries, repository)
    has_changed = not is_current(root, wanted := stamp(pages))
    if has_changed:
        from pipeline.search import build_index
        from pipeline.styles import purge

        all_pages = write_pages(root, pages)
        with fresh(root / SITE) as new:
            copy_site(render(root, book, all_pages), new)
            export(new / 'notebooks', book.sections, shown, addresses(book, repository))
            build_index(root, book, new / 'search.json')
            text = json.dumps(entries, ensure_ascii=False, indent=1) + '\n'
            (new / 'verification.json').write_text(text, 'utf-8')
            purge(new)
        replace(root / STAMP, wanted.encode())
        prune(root)
    cached = len(book.sections) - len(results.executed)
    print(
        f'{SITE}/index.html{"已更新" if has_changed else "没有变化"}：'
        f'执行{len(results.executed)}节，取自缓存{cached}节，{time.monotonic() - start:.1f}秒'
    )
    return book


def record_outputs(root: Path, runner: str, jobs: int) -> None:
    """Write what the cells printed into the chapters; sections that fail stay as they are."""
    if runner != 'cpu':
        raise BookError('make record只写CPU上的输出：去掉RUNNER；CUDA上的记录由make cuda写')
    book, results = _execute(root, runner, jobs)
    for section in book.sections:
        if section.name in results.notebooks:
            path = root / section.path
            old = path.read_bytes().decode()
            new = record(section, results.notebooks[section.name], old)
            if new != old:
                replace(path, new.encode())
                print(f'已更新{section.path}')
    _raise(book, results)


def write_records(root: Path, jobs: int) -> None:
    """Execute every section on CUDA and store the runs; those that fail keep their old record."""
    book, results = _execute(root, 'cuda', jobs)
    for section in book.sections:
        if section.name in results.notebooks:
            print(f'已写入{write_record(root, section, results.notebooks[section.name])}')
    _raise(book, results)


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


def serve(root: Path, runner: str, jobs: int) -> None:
    """Show the site on 127.0.0.1 and build it again when a chapter changes."""
    from livereload import Server

    try:
        socket.create_server(('127.0.0.1', PORT)).close()
    except OSError as error:
        raise BookError(f'端口{PORT}已被占用：先结束用着它的程序') from error

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
    server.serve(host='127.0.0.1', port=PORT, root=str(root / SITE))


def _execute(root: Path, runner: str, jobs: int) -> tuple[Book, Results]:
    book = read_book(root)
    return book, execute(root, book.sections, runner, jobs)


def _raise(book: Book, results: Results) -> None:
    if faults := book.faults + results.faults:
        raise BookError(*faults)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'JOBS应当是正整数，现在是{text!r}')
    return int(text)


if __name__ == '__main__':
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.umask(0o022)  # a web server may read what is built
    sys.exit(main())
