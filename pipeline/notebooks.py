"""Turn executed sections into notebooks to take away: solution and practice, in plain Markdown."""

import re
import zipfile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from pipeline.book import Section, code_cells, has_tag
from pipeline.store import replace, write_notebook
from pipeline.stub import check_script, prune, stub
from pipeline.text import plain

KINDS = {'solution': '解答', 'practice': '练习'}
ARCHIVE = 'notebooks.zip'
HOW = {
    'solution': """\
* 答案和它的输出都在这里；折起的格是准备、画图和检查，点开就能看。
* “运行全部”从头重做一遍；计时的结果每次不同。
* {page}想先自己做，用这一节的练习笔记本。""",
    'practice': """\
* 先运行开头的几格（折起的也要运行），再到想做的一题：换掉“在这里写你的答案”，依次运行这一题的各格。
* “运行全部”会停在第一道没有做完的题。各题互不依赖，先做哪一道都行。
* {page}最后一格列出哪些题通过了。""",
}
PAGE = {'solution': '更好读的是[这一节的网页]({})。', 'practice': '解答在[这一节的网页]({})上。'}
SUMMARY = """\
_titles = {titles}
for _number, _title in _titles.items():
    _state = globals().get('_passed', {{}}).get(_number)
    print({{True: '✓ 通过', False: '✗ 没有通过', None: '○ 还没有检查'}}[_state], _number, _title)"""
# What a kernel tells of itself; where it says the same, opening a notebook does not change it.
KERNEL = {'display_name': 'Python 3 (ipykernel)', 'language': 'python', 'name': 'python3'}
LANGUAGE = {
    'codemirror_mode': {'name': 'ipython', 'version': 3},
    'file_extension': '.py',
    'mimetype': 'text/x-python',
    'name': 'python',
    'nbconvert_exporter': 'python',
    'pygments_lexer': 'ipython3',
}
CAPTION = """\
图：{}

<details>
<summary>图里画了什么</summary>

{}

</details>"""
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
            'practice': practice(section, shown[section.name].metadata.run.python, links),
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
    notebook = _new_notebook(section, shown.metadata.run.python)
    for cell in shown.cells:
        if cell.cell_type == 'markdown':
            _add_text(notebook, ''.join(text for text, _ in plain(cell.source, links)), cell.id)
            continue
        _add_first_cell(notebook, cell)
        new = nbformat.from_dict(dict(cell, metadata=_tags(cell)))
        _fold(new, _title(cell))
        notebook.cells.append(new)
        if mystnb := cell.metadata.get('mystnb'):
            alt = mystnb.get('image', {}).get('alt', '')
            _draw(new, alt)
            caption = mystnb.get('figure', {}).get('caption', '')
            _add_text(notebook, CAPTION.format(caption, alt), f'{cell.id}-caption')
    _count(notebook)
    _say_how(notebook, section, 'solution', links)
    return notebook


def practice(section: Section, python: str, links: dict[str, str]) -> NotebookNode:
    """The section without its answers: statements, hints, stubs and checks; no outputs.

    ``python`` is the version that the notebook says it is for.
    """
    notebook = _new_notebook(section, python)
    inside, kept = False, []
    for cell in section.notebook.cells:
        if cell.cell_type == 'markdown':
            texts = []
            for text, directive in plain(cell.source, links):
                inside = directive == 'solution-start' or (inside and directive != 'solution-end')
                if not inside:
                    texts.append(text)
            _add_text(notebook, ''.join(texts), cell.id)
        elif has_tag(cell, 'solution') or not inside:
            _add_first_cell(notebook, cell)
            source = stub(cell.source) if has_tag(cell, 'solution') else cell.source
            if source:
                new = nbformat.v4.new_code_cell(source, id=cell.id, metadata=_tags(cell))
                notebook.cells.append(new)
                kept.append(new)
    _prune(kept, {cell.id for cell in section.setup_cells})
    for cell in kept:
        _fold(cell, _title(cell))
    _add_summary(notebook, section)
    _say_how(notebook, section, 'practice', links)
    return notebook


def _new_notebook(section: Section, python: str) -> NotebookNode:
    metadata = {
        'title': section.title,
        'kernelspec': dict(KERNEL),
        'language_info': {**LANGUAGE, 'version': python},
    }
    if section.show == 'cuda':
        metadata |= {'accelerator': 'GPU', 'colab': {'gpuType': 'T4'}}  # Colab offers a GPU
    return nbformat.v4.new_notebook(metadata=metadata)


def _add_first_cell(notebook: NotebookNode, cell: NotebookNode) -> None:
    """Before the cell of parameters: say at once when the versions will not do."""
    if has_tag(cell, 'parameters'):
        notebook.cells.append(nbformat.v4.new_code_cell(FIRST_CELL, id='versions'))
        _fold(notebook.cells[-1], '核对版本')


def _add_text(notebook: NotebookNode, text: str, cell_id: str) -> None:
    text = re.sub(r'\n{3,}', '\n\n', text).strip()
    if text:
        notebook.cells.append(nbformat.v4.new_markdown_cell(text, id=cell_id))


def _tags(cell: NotebookNode) -> dict:
    return {'tags': cell.metadata.tags} if 'tags' in cell.metadata else {}


def _title(cell: NotebookNode) -> str:
    """The title that a cell is folded under; '' for prose, answers and their demonstrations."""
    if has_tag(cell, 'hide-input'):
        return '画图' if 'figure' in cell.metadata.get('mystnb', {}) else '准备'
    return '检查' if has_tag(cell, 'check') else ''


def _fold(cell: NotebookNode, title: str) -> None:
    """Fold a cell; Colab shows its title, JupyterLab the first line."""
    if title:
        cell.source = f'# @title {title}\n{cell.source}'
        cell.metadata.update(cellView='form', jupyter={'source_hidden': True})


def _draw(cell: NotebookNode, text: str) -> None:
    """Of a cell's pictures keep the PNG, with its alternative text where IPython's Image has it.

    JupyterLab shows SVG only where the notebook is trusted; nbconvert needs Inkscape for it.
    """
    for output in cell.outputs:
        if 'image/png' in output.get('data', {}):
            output.data.pop('image/svg+xml', None)
            output.metadata.setdefault('image/png', NotebookNode()).alt = text


def _count(notebook: NotebookNode) -> None:
    """Number the cells as one run from top to bottom does."""
    for number, cell in enumerate(code_cells(notebook), 1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == 'execute_result':
                output.execution_count = number


def _prune(cells: list[NotebookNode], setup: set[str]) -> None:
    """Of the set-up keep what the other cells use."""
    users = [cell.source for cell in cells if cell.id not in setup]
    for cell in cells:
        if cell.id in setup and not has_tag(cell, 'parameters'):
            cell.source = prune(cell.source, users)


def _add_summary(notebook: NotebookNode, section: Section) -> None:
    _add_text(notebook, '## 最后', 'summary-title')
    pairs = [f'    {e.number!r}: {e.title!r},' for e in section.exercises]
    source = SUMMARY.format(titles='\n'.join(['{', *pairs, '}']))
    notebook.cells.append(nbformat.v4.new_code_cell(source, id='summary'))
    _fold(notebook.cells[-1], '哪些题通过了')


def _say_how(notebook: NotebookNode, section: Section, kind: str, links: dict[str, str]) -> None:
    """Under the title: how to use the notebook, and where its page is."""
    address = links.get(section.exercises[0].label, '') if section.exercises else ''
    page = PAGE[kind].format(address.partition('#')[0]) if address else ''
    title, _, rest = notebook.cells[0].source.partition('\n')
    how = HOW[kind].format(page=page)
    notebook.cells[0].source = f'{title}\n\n{how}\n\n{rest.strip()}'.strip()
