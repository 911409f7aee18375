"""Turn executed sections into notebooks to take away: solution and practice, in plain Markdown."""

import copy
import re
import zipfile
from pathlib import Path

from ipykernel.ipkernel import IPythonKernel
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from pipeline.book import KERNEL, Section, code_cells, has_tag, text_cell
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
VERSIONS = """\
import sys

import torch

if sys.version_info < (3, 10):
    raise RuntimeError('需要Python 3.10或更新的版本，现在是' + sys.version.split()[0])
if tuple(map(int, torch.__version__.split('.')[:2])) < (2, 6):
    raise RuntimeError(f'需要PyTorch 2.6或更新的版本，现在是{torch.__version__}')"""
SUMMARY = """\
_titles = {{
{titles}
}}
for _number, _title in _titles.items():
    _state = globals().get('_passed', {{}}).get(_number)
    print({{True: '✓ 通过', False: '✗ 没有通过', None: '○ 还没有检查'}}[_state], _number, _title)"""
CAPTION = """\
图：{}

<details>
<summary>图里画了什么</summary>

{}

</details>"""


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
        solved = solution(section, shown[section.name], links)
        write_notebook(solved, folder / f'solution/{section.name}.ipynb')
        write_notebook(practice(section, links), folder / f'practice/{section.name}.ipynb')
        for exercise in section.exercises:
            script = check_script(section, exercise, links.get(exercise.label, ''))
            replace(folder / 'check' / f'{exercise.label}.py', script.encode())
    with zipfile.ZipFile(folder / ARCHIVE, 'w') as archive:
        for path in sorted(folder.rglob('*.ipynb')):
            info = zipfile.ZipInfo(path.relative_to(folder).as_posix())  # dated 1980, always
            archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED)


def solution(section: Section, shown: NotebookNode, links: dict[str, str]) -> NotebookNode:
    """The executed section in plain Markdown, outputs kept."""
    cells = []
    for cell in shown.cells:
        if cell.cell_type == 'markdown':
            cells.append(_text(''.join(text for text, _ in plain(cell.source, links)), cell.id))
            continue
        cells.append(_code(cell.source, cell.id, _title(cell), cell.metadata.get('tags')))
        cells[-1].outputs = copy.deepcopy(cell.outputs)
        mystnb = cell.metadata.get('mystnb', {})
        alt = mystnb.get('image', {}).get('alt', '')
        for output in cells[-1].outputs:
            if 'image/png' in output.get('data', {}):  # which needs no trust to be shown
                output.data.pop('image/svg+xml', None)
                output.metadata['image/png'] = {'alt': alt}
        if 'figure' in mystnb:
            text = CAPTION.format(mystnb.figure.get('caption', ''), alt)
            cells.append(_text(text, f'{cell.id}-caption'))
    notebook = _notebook(section, 'solution', cells, links)
    for number, cell in enumerate(code_cells(notebook), 1):
        cell.execution_count = number
        for output in cell.outputs:
            if output.output_type == 'execute_result':
                output.execution_count = number
    return notebook


def practice(section: Section, links: dict[str, str]) -> NotebookNode:
    """The section without its answers: statements, hints, stubs and checks; no outputs."""
    given = {
        cell.id: stub(cell.source) if has_tag(cell, 'solution') else cell.source
        for cell in section.code_cells
        if any(has_tag(cell, tag) for tag in ('solution', 'check', 'experiment'))
    }
    setup = {cell.id: prune(cell.source, [*given.values()]) for cell in section.setup_cells}
    sources = setup | given
    cells, inside = [], False
    for cell in section.notebook.cells:
        if cell.cell_type == 'markdown':
            text = ''
            for piece, directive in plain(cell.source, links):
                inside = directive == 'solution-start' or (inside and directive != 'solution-end')
                text += '' if inside else piece
            cells.append(_text(text, cell.id))
        else:
            source = sources.get(cell.id, '')
            cells.append(_code(source, cell.id, _title(cell), cell.metadata.get('tags')))
    titles = [f'    {e.number!r}: {e.title!r},' for e in section.exercises]
    summary = SUMMARY.format(titles='\n'.join(titles))
    cells += [_text('## 最后', 'summary-title'), _code(summary, 'summary', '哪些题通过了')]
    return _notebook(section, 'practice', cells, links)


def _notebook(
    section: Section, kind: str, cells: list[NotebookNode], links: dict[str, str]
) -> NotebookNode:
    """The cells under a title, which says how to use them, and a look at the versions."""
    address = links.get(section.exercises[0].label, '') if section.exercises else ''
    page = PAGE[kind].format(address.partition('#')[0]) if address else ''
    title, _, rest = cells[0].source.partition('\n')
    how = HOW[kind].format(page=page)
    cells[0].source = f'{title}\n\n{how}\n\n{rest.strip()}'.strip()
    metadata = {
        'title': section.title,
        'kernelspec': KERNEL,
        'language_info': IPythonKernel.language_info,
    }
    if section.show == 'cuda':
        metadata |= {'accelerator': 'GPU', 'colab': {'gpuType': 'T4'}}  # Colab offers a GPU
    cells.insert(1, _code(VERSIONS, 'versions', '核对版本'))
    return new_notebook(metadata=metadata, cells=[cell for cell in cells if cell.source])


def _text(text: str, cell_id: str) -> NotebookNode:
    return text_cell(re.sub(r'\n{3,}', '\n\n', text).strip(), cell_id)


def _code(source: str, cell_id: str, title: str = '', tags=None) -> NotebookNode:
    """A cell; one with a title is folded: Colab shows the title, JupyterLab the first line."""
    cell = new_code_cell(source, id=cell_id, metadata={'tags': tags} if tags else {})
    if title and source:
        cell.source = f'# @title {title}\n{source}'
        cell.metadata.update(cellView='form', jupyter={'source_hidden': True})
    return cell


def _title(cell: NotebookNode) -> str:
    """The title that a cell is folded under; '' for prose, answers and their demonstrations."""
    if has_tag(cell, 'hide-input'):
        return '画图' if 'figure' in cell.metadata.get('mystnb', {}) else '准备'
    return '检查' if has_tag(cell, 'check') else ''
