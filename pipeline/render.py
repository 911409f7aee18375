"""Render the executed sections with Jupyter Book into ``_build/html``.

The site is made beside the present one and takes its place only when everything passed.
"""

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode

from pipeline.check import verification
from pipeline.execute import merge
from pipeline.export import export, find_repository
from pipeline.faults import FULL, BookError, Fault, explain
from pipeline.pages import (
    exercise_list,
    neighbours,
    section_page,
    summary,
    verification_tables,
)
from pipeline.read import CHAPTERS, Book
from pipeline.records import FOLDER, Record
from pipeline.search import build_index
from pipeline.styles import purge

LOOK = ('_static', '_templates')  # what makes the pages look as they do
UNUSED = shutil.ignore_patterns('fontawesome', 'locales', '*.map')  # megabytes no page loads
SITE = Path('_build/html')
SOURCE = Path('_build/book')  # what Jupyter Book reads
RENDERED = Path('_build/render')  # what it writes, kept from build to build
LINKS = Path('_build/links')  # what its link check writes


def recover(root: Path) -> None:
    """Put the old site back where a build was killed between the two renames."""
    old = root / '_build/html.old'
    if old.exists() and not (root / SITE).exists():
        old.replace(root / SITE)


def render(
    root: Path, book: Book, executed: dict[str, NotebookNode], records: dict[str, Record]
) -> bool:
    """Bring the site up to date; False when it was already.

    Raises
    ------
    BookError
        When Jupyter Book warns of anything; the site stays as it was.
    """
    repository = find_repository(root)
    stamp, stamp_file = _stamp(root, executed, repository), root / '_build/site.sha256'
    is_built = (root / SITE / 'index.html').exists() and stamp_file.exists()
    if is_built and stamp_file.read_text() == stamp:
        return False
    entries, shown = [], {}
    for section in book.sections:
        ran, record = executed[section.name], records.get(section.name)
        shown[section.name] = ran
        entries += verification(section, ran)
        if record and ran.metadata.run.runner != 'cuda':
            entries += verification(
                section, record.notebook, 'passed' if record.is_current else 'stale'
            )
            if section.show == 'cuda' and record.is_current:
                shown[section.name] = merge(section, record.notebook)
    _assemble(root, book, shown, entries, repository)
    _jupyter_book(root, book)

    new = root / '_build/html.new'
    shutil.rmtree(new, ignore_errors=True)
    try:
        shutil.copytree(root / RENDERED / '_build/html', new, ignore=UNUSED)
        export(new / 'notebooks', book.sections, shown, repository)
        build_index(root, book, new / 'pagefind')
        purge(new)
        (new / 'verification.json').write_text(_json(entries), 'utf-8')
    except BaseException:  # say, a full disk: give back what it took
        shutil.rmtree(new, ignore_errors=True)
        raise
    stamp_file.unlink(missing_ok=True)
    _replace(root / SITE, new)
    stamp_file.write_text(stamp)
    return True


def _stamp(root: Path, executed: dict[str, NotebookNode], repository) -> str:
    """Hash of everything the site is made from."""
    folders = (CHAPTERS, *LOOK, FOLDER)
    files = [p for folder in folders for p in (root / folder).rglob('*') if p.is_file()]
    files += [root / '_config.yml', root / '_toc.yml', *Path(__file__).parent.glob('*.py')]
    digest = hashlib.sha256(repr(repository).encode())
    for path in sorted(p for p in files if p.suffix != '.pyc'):
        digest.update(str(path).encode())
        digest.update(path.read_bytes())
    for name in sorted(executed):
        digest.update(nbformat.writes(executed[name]).encode())
    return digest.hexdigest()


def _assemble(root: Path, book: Book, shown, entries: list[dict], repository) -> None:
    """Write Jupyter Book's source folder: pages as they are, sections as notebooks.

    Files that have not changed are not touched, so that Sphinx reads them no second time.
    """
    folder = root / SOURCE
    wanted = {}
    for path in (root / CHAPTERS).rglob('*'):
        if path.is_file():
            wanted[path.relative_to(root / CHAPTERS)] = path.read_bytes()
    for name in LOOK:
        for path in (root / name).rglob('*'):
            if path.is_file():
                wanted[path.relative_to(root)] = path.read_bytes()
    near = neighbours(book.sections)
    for section in book.sections:
        del wanted[section.path.relative_to(CHAPTERS)]
        page = section_page(section, shown[section.name], entries, repository, near)
        wanted[Path(f'{section.name}.ipynb')] = (nbformat.writes(page) + '\n').encode()
    toc = yaml.safe_load((root / '_toc.yml').read_text('utf-8'))
    wanted[Path('_toc.yml')] = yaml.safe_dump(_strip(toc), allow_unicode=True).encode()
    config = _read_config(root)
    if repository:
        config.setdefault('html', {})['baseurl'] = repository.site
    wanted[Path('_config.yml')] = yaml.safe_dump(config, allow_unicode=True).encode()
    for name, text in {
        'summary': summary(entries),
        'exercises': exercise_list(book.sections),
        'verification': verification_tables(book.sections, entries),
    }.items():
        wanted[Path(f'_generated/{name}.md')] = text.encode()
    present = {p.relative_to(folder): p for p in folder.rglob('*') if p.is_file()}
    changed = {n for n in wanted if n not in present or present[n].read_bytes() != wanted[n]}
    gone = present.keys() - wanted.keys()
    if gone or any(name.suffix not in ('.md', '.ipynb') for name in changed):
        shutil.rmtree(root / RENDERED, ignore_errors=True)  # Sphinx would keep the old ones
    for name in gone:
        present[name].unlink()
    for name in changed:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wanted[name])


def _read_config(root: Path) -> dict:
    try:
        return yaml.safe_load((root / '_config.yml').read_text('utf-8'))
    except (OSError, yaml.YAMLError) as error:
        raise BookError(Fault(Path('_config.yml'), f'读不了：{error}'.split('\n')[0])) from error


def _strip(toc):
    """The table of contents with paths relative to the folder of chapters."""
    if isinstance(toc, dict):
        return {key: _strip(value) for key, value in toc.items()}
    if isinstance(toc, list):
        return [_strip(item) for item in toc]
    return toc.removeprefix(f'{CHAPTERS}/') if isinstance(toc, str) else toc


def find_broken_links(root: Path, book: Book) -> list[Fault]:
    """Run Sphinx's link check on the assembled folder; a fault for each link that leads nowhere.

    Raises
    ------
    BookError
        When the check itself did not come to its end.
    """
    done = _run_jupyter_book(root, LINKS, '--builder', 'linkcheck')
    report = root / LINKS / '_build/html/output.json'
    if not report.exists():
        raise BookError(f'链接检查没有完成：{done.stderr.strip()[-200:]}')
    links = [json.loads(line) for line in report.read_text('utf-8').splitlines()]
    return [
        _fault_in(
            book, link['filename'], link['lineno'], f'链接{link["uri"]}打不开：{link["info"]}'
        )
        for link in links
        if link['status'] in ('broken', 'timeout')
    ]


def _jupyter_book(root: Path, book: Book) -> None:
    """Render the assembled folder with Jupyter Book; every warning is an error.

    After a failure its state is thrown away: from it, Sphinx would not warn a second time.
    """
    done = _run_jupyter_book(root, RENDERED, '--warningiserror', '--keep-going', '-q')
    if done.returncode == 0:
        return
    shutil.rmtree(root / RENDERED, ignore_errors=True)
    if any(reason in done.stderr for reason in FULL):
        raise BookError(explain(done.stderr))
    lines = done.stderr.split('\n')
    faults = [_fault(book, root / SOURCE, line) for line in lines if _is_warning(line)]
    if not faults:
        log = root / '_build/render.log'
        log.write_text(done.stdout + done.stderr, 'utf-8')
        faults = [f'Jupyter Book没有完成，全部输出在{log.relative_to(root)}']
    raise BookError(*faults)


def _run_jupyter_book(root: Path, output: Path, *options: str) -> subprocess.CompletedProcess:
    command = [Path(sys.executable).with_name('jupyter-book'), 'build', root / SOURCE]
    here = str(Path(__file__).parent.parent)  # where Sphinx finds pipeline.sphinx_extension
    environment = os.environ | {'PYTHONPATH': here, 'PYTHONWARNINGS': 'ignore', 'NO_COLOR': '1'}
    return subprocess.run(
        [*command, '--path-output', root / output, *options],
        capture_output=True,
        text=True,
        env=environment,
        close_fds=False,  # it holds the lock on: if we are killed, the next build waits for it
    )


def _is_warning(line: str) -> bool:
    return re.search(r'(WARNING|ERROR|CRITICAL|SEVERE): ', line) is not None


def _fault(book: Book, source: Path, line: str) -> Fault | str:
    """Point a warning about an assembled file at the chapter that it came from."""
    line = re.sub(r'\x1b\[[0-9;]*m', '', line)
    match = re.match(rf'{re.escape(str(source))}/([^:]+?)(?::(\d+))?: (?:\w+: )?(.*)', line)
    if not match:
        return line
    name, number, message = match[1], match[2] and int(match[2]), match[3]
    missing = re.search(
        r"(?:cross-reference target not found|'myst' .*not found): '?([^' ]+)'?", message
    )
    if missing:
        message = f'交叉引用的目标{missing[1]}不存在'
    return _fault_in(book, name, number, message)


def _fault_in(book: Book, name: str, line: int | None, message: str) -> Fault:
    """A fault in an assembled file, on the chapter that it was made from."""
    for section in book.sections:
        if name == f'{section.name}.ipynb':
            return section.fault(line, message)
    return Fault(Path(CHAPTERS, name), message, line)


def _replace(site: Path, new: Path) -> None:
    old = site.with_name('html.old')
    shutil.rmtree(old, ignore_errors=True)
    if site.exists():
        site.replace(old)
    new.replace(site)
    shutil.rmtree(old, ignore_errors=True)


def _json(entries: list[dict]) -> str:
    return json.dumps(entries, ensure_ascii=False, indent=1) + '\n'
