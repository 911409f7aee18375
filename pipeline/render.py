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
from pipeline.export import ARCHIVE, KINDS, Repository, export, find_repository
from pipeline.faults import FULL, BookError, Fault, explain
from pipeline.read import CHAPTERS, Book, Section, has_tag
from pipeline.records import FOLDER, Record

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
        shutil.copytree(root / RENDERED / '_build/html', new)
        export(new / 'notebooks', book.sections, shown, repository)
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
    folders = (CHAPTERS, '_static', FOLDER)
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
    for path in (root / '_static').rglob('*'):
        if path.is_file():
            wanted[path.relative_to(root)] = path.read_bytes()
    for section in book.sections:
        del wanted[section.path.relative_to(CHAPTERS)]
        page = nbformat.writes(_page(section, shown[section.name], repository)) + '\n'
        wanted[Path(f'{section.name}.ipynb')] = page.encode()
    toc = yaml.safe_load((root / '_toc.yml').read_text('utf-8'))
    wanted[Path('_toc.yml')] = yaml.safe_dump(_strip(toc), allow_unicode=True).encode()
    wanted[Path('_config.yml')] = (root / '_config.yml').read_bytes()
    wanted[Path('_generated/exercises.md')] = exercise_table(book.sections, entries).encode()
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


def _page(section: Section, shown: NotebookNode, repository) -> NotebookNode:
    """The notebook as myst-nb shall render it: machine named, without the cell of parameters."""
    notebook = nbformat.from_dict(json.loads(json.dumps(shown)))
    for cell in notebook.cells:
        if has_tag(cell, 'parameters'):
            cell.metadata.tags = [*cell.metadata.tags, 'remove-cell']
    first_lines = notebook.metadata.source_map  # myst-nb counts from the fence, hence - 1
    notebook.metadata.source_map = [line - 1 for line in first_lines[:1] + first_lines]
    head = _downloads(section, repository) + _provenance(section, shown)
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell(head, id='head'))
    return notebook


def _downloads(section: Section, repository: Repository | None) -> str:
    """Links to the section's two notebooks, in Colab where a repository publishes them, as MyST."""
    up = '../' * section.name.count('/') + 'notebooks'
    items = []
    for kind, name in KINDS.items():
        if repository:
            items.append(f'[在Colab打开{name}]({repository.colab(kind, section.name)})')
        # Sphinx knows nothing of these files, hence HTML
        items.append(f'<a href="{up}/{kind}/{section.name}.ipynb" download>下载{name}</a>')
    items.append(f'<a href="{up}/{ARCHIVE}" download>下载全部（.zip）</a>')
    return '```{container} downloads\n' + '\n'.join(items) + '\n```\n\n'


def _provenance(section: Section, shown: NotebookNode) -> str:
    """Where and when the outputs of a page were made, as MyST."""
    run = shown.metadata.run
    versions = f'torch {run.torch}，Python {run.python}'
    if run.runner == 'cuda':
        versions = f'{versions}，CUDA {run.cuda}，驱动{run.driver}'
    text = f'本页的输出来自{run.device}，{versions}，{run.executed_at[:10]}。'
    if section.show == 'cuda' and run.runner != 'cuda':
        text += '\n这是在CPU上的运行；这个版本在CUDA上的运行记录尚待补上。'
    return f'```{{container}} run\n{text}\n```'


def _strip(toc):
    """The table of contents with paths relative to the folder of chapters."""
    if isinstance(toc, dict):
        return {key: _strip(value) for key, value in toc.items()}
    if isinstance(toc, list):
        return [_strip(item) for item in toc]
    return toc.removeprefix(f'{CHAPTERS}/') if isinstance(toc, str) else toc


def exercise_table(sections: list[Section], entries: list[dict]) -> str:
    """The table of exercises with their state, as Markdown, from the run's own data."""
    lines = ['| 练习 | 断言 | CPU | CUDA |', '|:--|--:|:--|:--|']
    for section in sections:
        for exercise in section.exercises:
            mine = [e for e in entries if e['exercise'] == exercise.label]
            states = [
                next((_state(e) for e in mine if e['runner'] == runner), '—')
                for runner in ('cpu', 'cuda')
            ]
            link = f'[{exercise.number} {exercise.title}](#{exercise.label})'
            lines.append(f'| {link} | {mine[0]["checks"]} | {" | ".join(states)} |')
    return '\n'.join(lines) + '\n'


def _state(entry: dict) -> str:
    return '✓ 通过' if entry['state'] == 'passed' else '待重新运行'


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
