"""Turn an executed section into two notebooks to take away: solution and practice.

Their text is plain CommonMark with LaTeX, which Colab, JupyterLab and VS Code render:
directives become headings, quotes and ``<details>``, targets and expected outputs go.
"""

import ast
import re
from pathlib import Path

import nbformat
from jupytext.myst import get_parser
from nbformat import NotebookNode

from pipeline.execute import write_notebook
from pipeline.read import Section, has_tag

STUB = '在这里写你的答案'
ADMONITIONS = {
    'admonition': '',
    'attention': '注意',
    'caution': '小心',
    'hint': '提示',
    'important': '重要',
    'note': '说明',
    'seealso': '参见',
    'tip': '提示',
    'warning': '警告',
}


def export(folder: Path, section: Section, executed: NotebookNode) -> None:
    """Write ``solution/<name>.ipynb`` and ``practice/<name>.ipynb`` under ``folder``."""
    write_notebook(solution(section, executed), folder / 'solution' / f'{section.name}.ipynb')
    write_notebook(practice(section), folder / 'practice' / f'{section.name}.ipynb')


def solution(section: Section, executed: NotebookNode) -> NotebookNode:
    """The executed section in plain Markdown, outputs kept."""
    notebook = _new_notebook(section)
    for cell in executed.cells:
        if cell.cell_type == 'markdown':
            _add_text(notebook, ''.join(text for text, _ in plain(cell.source)), cell.id)
        else:
            notebook.cells.append(nbformat.from_dict(dict(cell, metadata=_tags(cell))))
            caption = cell.metadata.get('mystnb', {}).get('figure', {}).get('caption', '')
            _add_text(notebook, caption, f'{cell.id}-caption')
    return notebook


def practice(section: Section) -> NotebookNode:
    """The section without its answers: statements, hints, stubs and checks; no outputs."""
    notebook = _new_notebook(section)
    inside = False
    for cell in section.notebook.cells:
        if cell.cell_type == 'markdown':
            kept = []
            for text, directive in plain(cell.source):
                inside = directive == 'solution-start' or (inside and directive != 'solution-end')
                if not inside:
                    kept.append(text)
            _add_text(notebook, ''.join(kept), cell.id)
        elif has_tag(cell, 'solution') or not inside:
            source = stub(cell.source) if has_tag(cell, 'solution') else cell.source
            new = nbformat.v4.new_code_cell(source, id=cell.id, metadata=_tags(cell))
            notebook.cells.append(new)
    return notebook


def stub(source: str) -> str:
    """A solution's code with the bodies of its functions replaced; docstrings stay.

    Anything but imports, classes and functions goes, as do comments (``ast`` has none).
    """
    tree = ast.parse(source)
    kept = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef)
    return '\n\n\n'.join(
        ast.unparse(_hollow(node)).strip() for node in tree.body if isinstance(node, kept)
    )


def _hollow(node: ast.stmt) -> ast.stmt:
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        doc = node.body[:1] if ast.get_docstring(node) else []
        methods = [_hollow(n) for n in node.body if isinstance(n, ast.FunctionDef)]
        if isinstance(node, ast.FunctionDef) or not methods:
            methods = ast.parse(f'raise NotImplementedError({STUB!r})').body
        node.body = doc + methods
    return node


def plain(source: str) -> list[tuple[str, str]]:
    """Split MyST text at its top-level directives and make each piece plain Markdown.

    Returns
    -------
    list of (text, directive)
        In order; ``directive`` is '' for the text between directives.
    """
    lines = source.split('\n')
    pieces, position = [], 0
    for token in get_parser().parse(source):
        if token.type == 'fence' and token.level == 0 and token.info.startswith('{'):
            first, last = token.map
            pieces.append((_plain_lines(lines[position:first]), ''))
            name, _, argument = token.info[1:].partition('}')
            pieces.append((_plain_directive(name, argument.strip(), token), name))
            position = last
    pieces.append((_plain_lines(lines[position:]), ''))
    return pieces


def _plain_lines(lines: list[str]) -> str:
    """Text between directives: targets go, links within the book keep their text."""
    kept = [line for line in lines if not re.fullmatch(r'\([\w-]+\)=\s*', line)]
    return re.sub(r'\[([^\]]+)\]\(#[\w-]+\)', r'\1', '\n'.join(kept)) + '\n'


def _plain_directive(name: str, argument: str, token) -> str:
    options, body = _split_options(token.content)
    body = ''.join(text for text, _ in plain(body)).strip()
    if name == 'exercise':
        return f'\n{_quote("**练习**" + chr(10) * 2 + body)}\n'
    if name == 'solution-start':
        return '\n### 解答\n'
    if name == 'solution-end':
        return '\n'
    if name == 'rubric':
        return f'\n#### {argument}\n'
    if name in ADMONITIONS:
        title = argument or ADMONITIONS[name]
        if 'dropdown' in options.get('class', ''):
            return f'\n<details>\n<summary>{title}</summary>\n\n{body}\n\n</details>\n'
        return f'\n{_quote(f"**{title}**" + chr(10) * 2 + body)}\n'
    if name == 'math':
        return f'\n$$\n{body}\n$$\n'
    return f'\n{body}\n'


def _split_options(content: str) -> tuple[dict[str, str], str]:
    options = dict(re.findall(r'^:([\w-]+):[ \t]*(.*)$', _head(content), re.M))
    return options, content[len(_head(content)) :]


def _head(content: str) -> str:
    return re.match(r'(?::[\w-]+:.*\n?)*', content)[0]


def _quote(text: str) -> str:
    return '\n'.join(f'> {line}'.rstrip() for line in text.split('\n'))


def _new_notebook(section: Section) -> NotebookNode:
    return nbformat.v4.new_notebook(
        metadata={
            'title': section.title,
            'kernelspec': {'display_name': 'Python 3', 'language': 'python', 'name': 'python3'},
            'language_info': {'name': 'python'},
        }
    )


def _add_text(notebook: NotebookNode, text: str, cell_id: str) -> None:
    text = re.sub(r'\n{3,}', '\n\n', text).strip()
    if text:
        notebook.cells.append(nbformat.v4.new_markdown_cell(text, id=cell_id))


def _tags(cell: NotebookNode) -> dict:
    return {'tags': cell.metadata.tags} if 'tags' in cell.metadata else {}
