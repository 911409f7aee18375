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
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline import copies, render, store
from pipeline.book import Book
from pipeline.check import check, record
from pipeline.execute import Results, execute
from pipeline.faults import BookError
from pipeline.machine import cores
from pipeline.notebooks import export
from pipeline.pages import LOOK, SITEMAP, make_pages, verify
from pipeline.read import read_book, read_text
from pipeline.repository import addresses, find_repository

PORT = 8000


def build(root: Path, runner: str, jobs: int) -> Book:
    """Read, execute, check, export, render; the site changes only when all of it passed."""
    start = time.monotonic()
    book = read_book(root)
    results = execute(root, book.sections, runner, jobs, render.warm_up)
    refuse(book, results, *(check(s, results.notebooks[s.name]) for s in done(book, results)))
    records = store.read_records(root, book.sections)
    entries, shown = verify(book.sections, results.notebooks, records)
    repository = find_repository(root)
    pages = make_pages(root, book, shown, entries, repository)
    if is_new := not render.is_current(root, pages):
        from pipeline.search import build_index
        from pipeline.styles import purge

        with render.fresh(root) as site:
            render.render(root, book, pages, site)
            export(site / 'notebooks', book.sections, shown, addresses(book, repository))
            build_index(root, book, site / 'search.json')
            text = json.dumps(entries, ensure_ascii=False, indent=1) + '\n'
            (site / 'verification.json').write_text(text, 'utf-8')
            if SITEMAP in pages:
                (site / SITEMAP.name).write_bytes(pages[SITEMAP])
            purge(site)
        render.mark_current(root, pages)
        store.prune(root)
    print(f'{render.SITE}/index.html{"已更新" if is_new else "没有变化"}：', end='')
    print(f'{counts(results)}，{time.monotonic() - start:.1f}秒')
    return book


def carry(root: Path, runner: str, jobs: int, kinds: list[str]) -> None:
    """Build, and make those of these copies that the site does not offer yet."""
    made = copies.make_copies(root, build(root, runner, jobs), kinds)
    for kind in kinds:
        print(f'{copies.COPIES}/book.{kind}{"已更新" if kind in made else "没有变化"}')


def record_outputs(root: Path, runner: str, jobs: int) -> None:
    """Write what the cells printed into the chapters; sections that fail stay as they are."""
    if runner != 'cpu':
        raise BookError('make record只写CPU上的输出：去掉RUNNER；CUDA上的记录由make cuda写')
    book = read_book(root)
    results = execute(root, book.sections, runner, jobs)
    for section in done(book, results):
        old = read_text(root, section.path)
        new = record(section, results.notebooks[section.name], old)
        if new != old:
            store.replace(root / section.path, new.encode())
            print(f'已更新{section.path}')
    refuse(book, results)


def write_records(root: Path, runner: str, jobs: int) -> None:
    """Execute every section on CUDA and store the runs; those that fail keep their old record."""
    book = read_book(root)
    results = execute(root, book.sections, 'cuda', jobs)
    for section in done(book, results):
        print(f'已写入{store.write_record(root, section, results.notebooks[section.name])}')
    refuse(book, results)


def fill_cache(root: Path, runner: str, jobs: int, name: str | None = None) -> None:
    """Execute one section, or all, into the cache and do nothing else."""
    book = read_book(root)
    sections = [section for section in book.sections if name in (None, section.name)]
    if name and not sections:
        raise BookError(*book.faults, f'SECTION={name}不存在；名字见_toc.yml，不带chapters/与.md')
    results = execute(root, sections, runner, jobs)
    refuse(Book(), results)
    print(counts(results))


def print_sections(root: Path, runner: str, jobs: int) -> None:
    """Print the names of the sections that a build would execute, as JSON on one line."""
    book = read_book(root)
    refuse(book, Results())
    paths = {s.name: store.cache_path(root, s, runner) for s in book.sections}
    print(json.dumps([name for name, path in paths.items() if store.load(path) is None]))


def check_links(root: Path, runner: str, jobs: int) -> None:
    """Build, then let Sphinx look whether each link out of the book still leads somewhere."""
    book = build(root, runner, jobs)
    render.run_jupyter_book(root, book, 'linkcheck')
    print('外部链接都有效')


def serve(root: Path, runner: str, jobs: int) -> None:
    """Show the site on 127.0.0.1 and build it again when a chapter changes."""
    from livereload import Server

    try:
        socket.create_server(('127.0.0.1', PORT)).close()
    except OSError as error:
        raise BookError(f'端口{PORT}已被占用：先结束用着它的程序') from error

    def rebuild():
        with reported(), alone(root):
            build(root, runner, jobs)

    rebuild()
    server = Server()
    for name in ('chapters', *LOOK, '_config.yml', '_toc.yml'):
        server.watch(str(root / name), rebuild)
    server.serve(host='127.0.0.1', port=PORT, root=str(root / render.SITE))


TASKS: dict[str, Callable[..., object]] = {
    'html': build,
    'record': record_outputs,
    'cuda': write_records,
    'execute': fill_cache,
    'sections': print_sections,
    'linkcheck': check_links,
    'pdf': partial(carry, kinds=['pdf']),
    'epub': partial(carry, kinds=['epub']),
    'copies': partial(carry, kinds=['pdf', 'epub']),
    'serve': serve,
}


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog='python -m pipeline', description=__doc__)
    parser.add_argument('task', choices=TASKS)
    parser.add_argument('--runner', default='cpu', help='cpu或cuda')
    parser.add_argument('--jobs', type=_positive, help='并行的节数')
    parser.add_argument('--section', help='只执行这一节，例如ch05/01-layers-and-blocks')
    options = parser.parse_args(argv)
    on_gpu = 'cuda' in (options.task, options.runner)  # which the kernels would share
    how = {'runner': options.runner, 'jobs': options.jobs or (1 if on_gpu else cores())}
    if options.section:
        how['name'] = options.section
    root = Path.cwd()
    lock = contextlib.nullcontext() if options.task == 'serve' else alone(root)
    try:
        with reported() as said, lock:
            TASKS[options.task](root, **how)
        return 1 if said else 0
    except KeyboardInterrupt:
        print('已中断；网站保持原样，已经执行完的节留在缓存里', file=sys.stderr)
        return 130


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


@contextlib.contextmanager
def reported():
    """Say what is wrong, a line for each fault, instead of raising it; yields what was said."""
    said = []
    try:
        yield said
    except (BookError, OSError) as error:
        said += error.faults if isinstance(error, BookError) else [f'读写文件时出错：{error}']
        said += [f'共{len(said)}处错误'] if len(said) > 1 else []
        print(*said, sep='\n', file=sys.stderr)


def done(book: Book, results: Results) -> list:
    return [section for section in book.sections if section.name in results.notebooks]


def refuse(book: Book, results: Results, *more: list) -> None:
    """Raise when anything is wrong, with all of it."""
    if faults := sum(more, book.faults + results.faults):
        raise BookError(*faults)


def counts(results: Results) -> str:
    ran = len(results.executed)
    return f'执行{ran}节，取自缓存{len(results.notebooks) - ran}节'


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f'JOBS应当是正整数，现在是{text!r}')
    return int(text)


if __name__ == '__main__':
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    os.umask(0o022)  # a web server may read what is built
    sys.exit(main())
