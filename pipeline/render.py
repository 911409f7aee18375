"""Turn the pages into ``_build/html`` with Jupyter Book, in this process."""

import contextlib
import gc
import hashlib
import importlib
import io
import re
import shutil
import warnings
from collections.abc import Generator
from pathlib import Path

from pipeline.book import CHAPTERS, Book
from pipeline.faults import BookError, Fault
from pipeline.pages import TITLES
from pipeline.store import replace

SITE = Path('_build/html')
SOURCE = Path('_build/book')  # what Jupyter Book reads
RENDERED = Path('_build/render')  # below it, what it writes, kept from build to build
STAMP = Path('_build/site.sha256')  # of the pages that the present site was made from
UNUSED = shutil.ignore_patterns('fontawesome', 'locales', '*.map', '*webpack-macros.html')


def is_current(root: Path, pages: dict[Path, bytes]) -> bool:
    """Whether the present site was made from just these pages."""
    is_there = (root / SITE).exists() and (root / STAMP).exists()
    return is_there and (root / STAMP).read_text('utf-8') == _digest(pages)


def mark_current(root: Path, pages: dict[Path, bytes]) -> None:
    replace(root / STAMP, _digest(pages).encode())


def _digest(pages: dict[Path, bytes]) -> str:
    """What tells these pages from all others."""
    found = hashlib.sha256()
    for path, content in sorted(pages.items()):
        found.update(f'{path} {len(content)} '.encode() + content)
    return found.hexdigest()


@contextlib.contextmanager
def fresh(root: Path) -> Generator[Path]:
    """An empty folder that becomes the site when all that is done in it passes."""
    site = root / SITE
    new, old = site.with_name('html.new'), site.with_name('html.old')
    for folder in (new, old):
        shutil.rmtree(folder, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
        if site.exists():
            site.replace(old)
        new.replace(site)
    finally:
        for folder in (new, old):
            shutil.rmtree(folder, ignore_errors=True)


def warm_up() -> None:
    """Import what rendering needs, while cells run."""
    for name in (
        'jupyter_book.sphinx',
        'myst_nb.sphinx_ext',
        'sphinx_book_theme',
        'pipeline.sphinx_extension',
    ):
        importlib.import_module(name)


def render(root: Path, book: Book, pages: dict[Path, bytes], site: Path) -> None:
    """Render the pages into the folder ``site``; what has not changed is not read again."""
    folder = root / SOURCE
    present = {p.relative_to(folder): p.read_bytes() for p in folder.rglob('*') if p.is_file()}
    changed = {name for name, page in pages.items() if present.get(name) != page}
    others = {name for name in changed if name.suffix not in ('.md', '.ipynb')}
    if present.keys() - pages.keys() or others - {TITLES}:
        for old in (folder, root / RENDERED):  # Sphinx would keep what was made from them
            shutil.rmtree(old, ignore_errors=True)
    for name, page in pages.items():
        replace(folder / name, page)
    rendered = run_jupyter_book(root, book, 'html', all_pages=bool(others))
    shutil.copytree(rendered, site, ignore=UNUSED, dirs_exist_ok=True)


def run_jupyter_book(
    root: Path,
    book: Book,
    builder: str,
    source: Path = SOURCE,
    all_pages: bool = False,
) -> Path:
    """Let Jupyter Book read the folder ``source``; returns the folder of what it made.

    Each of its warnings is a fault. After a failure its state is thrown away: from it, Sphinx
    would not warn a second time.
    """
    from jupyter_book.sphinx import build_sphinx

    source, output = root / source, root / RENDERED / source.name / builder
    said = io.StringIO()
    gc.collect()  # sphinx-external-toc looks at all objects, and fails on what is half gone
    sink = contextlib.redirect_stdout(said), contextlib.redirect_stderr(said)
    with warnings.catch_warnings(), sink[0], sink[1]:
        warnings.simplefilter('ignore')
        result = build_sphinx(
            source,
            output,
            path_config=source / '_config.yml',
            confoverrides={'external_toc_path': '_toc.yml', 'latex_individualpages': False},
            noconfig=True,
            builder=builder,
            force_all=all_pages,
            warningiserror=True,
            keep_going=True,
            quiet=True,
        )
    if result == 0:
        return output
    shutil.rmtree(root / RENDERED, ignore_errors=True)
    if isinstance(result, KeyboardInterrupt):
        raise result
    lines = said.getvalue().split('\n')
    faults = [_fault(book, source, line) for line in lines if re.search('WARNING: |ERROR: ', line)]
    if not faults:
        log = root / '_build/render.log'
        log.write_text(said.getvalue(), 'utf-8')
        faults = [f'Jupyter Book没有完成，全部输出在{log.relative_to(root)}']
    raise BookError(*faults)


def _fault(book: Book, source: Path, line: str) -> Fault | str:
    """Point a warning about a page at the chapter that it came from."""
    line = re.sub(r'\x1b\[[0-9;]*m', '', line)
    match = re.match(rf'{re.escape(str(source))}/([^:]+?)(?::(\d+))?: (?:\w+: )?(.*)', line)
    if not match:
        return line
    name, number, message = match[1], int(match[2]) if match[2] else None, match[3]
    missing = r"(?:cross-reference target not found|'myst' .*not found): '?([^' ]+)'?"
    if match := re.search(missing, message):
        message = f'交叉引用的目标{match[1]}不存在'
    elif match := re.match(r'duplicate label (\S+), other instance in (\S+)', message):
        other = match[2].removeprefix(f'{source}/')
        message = f'锚点{match[1]}重复，另一处在{Path(other).with_suffix("")}'
    elif 'included in any toctree' in message:
        message = '这个文件没有列入_toc.yml，不会出现在书里'
    elif match := re.match(r'broken link: (\S+) (.*)', message):
        message = f'链接{match[1]}打不开：{match[2]}'
    sections = {f'{section.name}.ipynb': section for section in book.sections}
    if name in sections:
        return sections[name].fault(number, message)
    return Fault(Path(CHAPTERS, name), message, number)
