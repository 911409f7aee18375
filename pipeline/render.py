"""Turn the pages into ``_build/html`` with Jupyter Book, in this process."""

import contextlib
import hashlib
import io
import re
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

from pipeline.book import CHAPTERS, Book
from pipeline.faults import BookError, Fault
from pipeline.pages import CODE
from pipeline.store import replace

SITE = Path('_build/html')
SOURCE = Path('_build/book')  # what Jupyter Book reads
RENDERED = Path('_build/render')  # what it writes, kept from build to build
STAMP = Path('_build/site.sha256')  # of what the present site was made from
UNUSED = shutil.ignore_patterns('fontawesome', 'locales', '*.map')  # megabytes no page loads


def stamp(pages: dict[Path, bytes]) -> str:
    """Hash of all that the site is made from."""
    digest = hashlib.sha256()
    for path, content in sorted(pages.items()):
        digest.update(f'{path} {len(content)} '.encode() + content)
    return digest.hexdigest()


def is_current(root: Path, wanted: str) -> bool:
    """Whether the site was made from just this."""
    stamp_file = root / STAMP
    return (root / SITE).exists() and stamp_file.exists() and stamp_file.read_text() == wanted


def write_pages(root: Path, pages: dict[Path, bytes]) -> bool:
    """Bring the folder that Jupyter Book reads up to date; what has not changed is not touched.

    Returns
    -------
    bool
        Whether all pages look different now, not only those that have changed themselves.
    """
    folder = root / SOURCE
    present = {p.relative_to(folder): p for p in folder.rglob('*') if p.is_file()}
    changed = {n for n in pages if n not in present or present[n].read_bytes() != pages[n]}
    gone = present.keys() - pages.keys()
    if gone or CODE in changed:
        shutil.rmtree(root / RENDERED, ignore_errors=True)  # Sphinx would keep the old ones
    for name in gone:
        present[name].unlink()
    for name in changed:
        replace(folder / name, pages[name])
    return any(name.suffix not in ('.md', '.ipynb') for name in changed)


@contextlib.contextmanager
def fresh(site: Path) -> Iterator[Path]:
    """An empty folder that takes the place of ``site`` when all that is done in it passes."""
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


def copy_site(rendered: Path, new: Path) -> None:
    """Copy what Jupyter Book made, but for what no page loads."""
    shutil.copytree(rendered, new, ignore=UNUSED, dirs_exist_ok=True)


def warm_up() -> None:
    """Import what rendering needs, while cells run."""

    import pipeline.sphinx_extension  # noqa: F401


def render(root: Path, book: Book, all_pages: bool, builder: str = 'html') -> Path:
    """Run Jupyter Book on the pages; returns the folder of what it made.

    After a failure its state is thrown away: from it, Sphinx would not warn a second time.

    Raises
    ------
    BookError
        With a fault for each of its warnings, or else with the place of its log.
    """
    from jupyter_book.sphinx import build_sphinx

    source, output = root / SOURCE, root / RENDERED / builder
    said = io.StringIO()
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(said),
    ):
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
    name, number, message = match[1], match[2] and int(match[2]), match[3]
    missing = r"(?:cross-reference target not found|'myst' .*not found): '?([^' ]+)'?"
    if match := re.search(missing, message):
        message = f'交叉引用的目标{match[1]}不存在'
    elif match := re.match(r'broken link: (\S+) (.*)', message):
        message = f'链接{match[1]}打不开：{match[2]}'
    for section in book.sections:
        if name == f'{section.name}.ipynb':
            return section.fault(number, message)
    return Fault(Path(CHAPTERS, name), message, number)
