"""Turn executed sections into notebooks to take away: solution and practice, in plain Markdown."""

import re
import zipfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from pipeline.book import Section, has_tag
from pipeline.store import replace, write_notebook
from pipeline.stub import check_script, stub
from pipeline.text import plain

KINDS = {'solution': '解答', 'practice': '练习'}
ARCHIVE = 'notebooks.zip'
FIRST_CELL = """\
import importlib.util
import sys

if sys.version_info < (3, 10):
    raise RuntimeError('需要Python 3.10或更新的版本，现在是' + sys.version.split()[0])
for name in ('torch', 'matplotlib'):
    if importlib.util.find_spec(name) is None:
        raise RuntimeError(f'缺少{name}，先运行：%pip install {name}')

import torch

if tuple(map(int, torch.__version__.split('.')[:2])) < (2, 6):
    raise RuntimeError(f'需要PyTorch 2.6或更新的版本，现在是{torch.__version__}')"""


def export(
    folder: Path,
    sections: list[Section],
    shown: dict[str, NotebookNode],
    links: dict[str, str],
) -> None:
    """Write ``solution/<name>.ipynb``, ``practice/<name>.ipynb``, all of them as one zip, and
    ``check/<label>.py``.

    ``links`` has the addresses of the exercises by their labels, where they are published.
    """
    for section in sections:
        notebooks = {
            'solution': solution(section, shown[section.name], links),
            'practice': practice(section, links),
        }
        for kind, notebook in notebooks.items():
            write_notebook(notebook, folder / kind / f'{section.name}.ipynb')
        for exercise in section.exercises:
            script = check_script(section, exercise, links.get(exercise.label, ''))
            replace(folder / 'check' / f'{exercise.label}.py', script.encode())
    with zipfile.ZipFile(folder / ARCHIVE, 'w', zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob('*.ipynb')):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix())  # dated 1980, always
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, path.read_bytes())


def solution(section: Section, shown: NotebookNode, links: dict[str, str]) -> NotebookNode:
    """The executed section in plain Markdown, outputs kept."""
    notebook = _new_notebook(section)
    for cell in shown.cells:
        if cell.cell_type == 'markdown':
            _add_text(notebook, ''.join(text for text, _ in plain(cell.source, links)), cell.id)
            continue
        _add_first_cell(notebook, cell)
        notebook.cells.append(nbformat.from_dict(dict(cell, metadata=_tags(cell))))
        caption = cell.metadata.get('mystnb', {}).get('figure', {}).get('caption', '')
        _add_text(notebook, caption and f'图：{caption}', f'{cell.id}-caption')
    return notebook


def practice(section: Section, links: dict[str, str]) -> NotebookNode:
    """The section without its answers: statements, hints, stubs and checks; no outputs."""
    notebook = _new_notebook(section)
    inside = False
    for cell in section.notebook.cells:
        if cell.cell_type == 'markdown':
            kept = []
            for text, directive in plain(cell.source, links):
                inside = directive == 'solution-start' or (inside and directive != 'solution-end')
                if not inside:
                    kept.append(text)
            _add_text(notebook, ''.join(kept), cell.id)
        elif has_tag(cell, 'solution') or not inside:
            _add_first_cell(notebook, cell)
            source = stub(cell.source) if has_tag(cell, 'solution') else cell.source
            if source:
                new = nbformat.v4.new_code_cell(source, id=cell.id, metadata=_tags(cell))
                notebook.cells.append(new)
    return notebook


def _new_notebook(section: Section) -> NotebookNode:
    metadata = {
        'title': section.title,
        'kernelspec': {'display_name': 'Python 3', 'language': 'python', 'name': 'python3'},
        'language_info': {'name': 'python'},
    }
    if section.show == 'cuda':
        metadata |= {'accelerator': 'GPU', 'colab': {'gpuType': 'T4'}}  # Colab offers a GPU
    return nbformat.v4.new_notebook(metadata=metadata)


def _add_first_cell(notebook: NotebookNode, cell: NotebookNode) -> None:
    """Before the cell of parameters: say at once when the versions will not do."""
    if has_tag(cell, 'parameters'):
        notebook.cells.append(nbformat.v4.new_code_cell(FIRST_CELL, id='versions'))


def _add_text(notebook: NotebookNode, text: str, cell_id: str) -> None:
    text = re.sub(r'\n{3,}', '\n\n', text).strip()
    if text:
        notebook.cells.append(nbformat.v4.new_markdown_cell(text, id=cell_id))


def _tags(cell: NotebookNode) -> dict:
    return {'tags': cell.metadata.tags} if 'tags' in cell.metadata else {}
