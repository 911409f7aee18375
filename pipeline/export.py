"""Turn executed sections into notebooks to take away: solution and practice.

Their text is plain CommonMark with LaTeX, which Colab, JupyterLab and VS Code render:
directives become headings, quotes and ``<details>``, targets and expected outputs go,
references to other exercises become links to the published page.
"""

import os
import re
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path

import nbformat
from jupytext.myst import get_parser
from nbformat import NotebookNode

from pipeline.execute import write_notebook
from pipeline.read import Section, has_tag
from pipeline.scripts import check_script, stub

BRANCH = 'gh-pages'
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
WIDE = r'[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—]'


@dataclass(frozen=True)
class Repository:
    """The GitHub repository that publishes the book."""

    owner: str
    name: str

    @property
    def site(self) -> str:
        """Address of the published site, with a slash at its end."""
        host = f'{self.owner.lower()}.github.io'
        return f'https://{host}/' if self.name.lower() == host else f'https://{host}/{self.name}/'

    def colab(self, kind: str, name: str) -> str:
        """Address that opens a published notebook in Colab."""
        path = f'{self.owner}/{self.name}/blob/{BRANCH}/notebooks/{kind}/{name}.ipynb'
        return f'https://colab.research.google.com/github/{path}'


def find_repository(root: Path) -> Repository | None:
    """From GITHUB_REPOSITORY or the git remote; None where neither names one on GitHub."""
    name = os.environ.get('GITHUB_REPOSITORY', '')
    if not name:
        command = ['git', '-C', str(root), 'remote', 'get-url', 'origin']
        try:
            url = subprocess.run(command, capture_output=True, text=True).stdout.strip()
        except OSError:  # no git
            url = ''
        match = re.search(r'github\.com[:/]([\w.-]+/[\w.-]+?)(?:\.git)?/?$', url)
        name = match[1] if match else ''
    match = re.fullmatch(r'([\w.-]+)/([\w.-]+)', name)
    return Repository(match[1], match[2]) if match else None


def export(
    folder: Path,
    sections: list[Section],
    shown: dict[str, NotebookNode],
    repository: Repository | None,
) -> None:
    """Write ``solution/<name>.ipynb``, ``practice/<name>.ipynb`` and all of them as one zip."""
    links = {}
    if repository:
        for section in sections:
            for exercise in section.exercises:
                page = f'{section.name}.html#{exercise.label}'
                links[exercise.label] = repository.site + page
    for section in sections:
        notebooks = {
            'solution': solution(section, shown[section.name], links),
            'practice': practice(section, links),
        }
        for kind, notebook in notebooks.items():
            write_notebook(notebook, folder / kind / f'{section.name}.ipynb')
        for exercise in section.exercises:
            path = folder / 'check' / f'{exercise.label}.py'
            path.parent.mkdir(exist_ok=True)
            path.write_text(check_script(section, exercise, links.get(exercise.label, '')), 'utf-8')
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


def plain(source: str, links: dict[str, str]) -> list[tuple[str, str]]:
    """Split MyST text at its top-level directives and make each piece plain Markdown.

    Parameters
    ----------
    links
        Label -> address; references to labels that it lacks keep their text alone.

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
            pieces.append((_plain_lines(lines[position:first], links), ''))
            name, _, argument = token.info[1:].partition('}')
            pieces.append((_plain_directive(name, argument.strip(), token, links), name))
            position = last
    pieces.append((_plain_lines(lines[position:], links), ''))
    return pieces


def join_lines(text: str) -> str:
    """Drop the line breaks of a paragraph that stand next to a wide character."""
    return re.sub(rf'(?<={WIDE})\n|\n(?={WIDE})', '', text)


def _plain_lines(lines: list[str], links: dict[str, str]) -> str:
    """Text between directives: targets go, references become links, paragraphs are joined."""
    kept, is_code = [], False
    for line in lines:
        if re.fullmatch(r'\([\w-]+\)=\s*', line):
            continue
        continues = kept and kept[-1] and not re.match(r'#|\||>|<|\$\$', kept[-1]) and not is_code
        if re.match(r'```|~~~', line):
            is_code, continues = not is_code, False
        if continues and line and not re.match(r'[*+-]\s|\d+[.)]\s|#|>|\||<|\$\$', line.lstrip()):
            joined = join_lines(f'{kept[-1]}\n{line.lstrip()}')
            kept[-1:] = joined.split('\n')
        else:
            kept.append(line)
    return re.sub(r'\[([^\]]+)\]\(#([\w-]+)\)', lambda m: _link(m, links), '\n'.join(kept)) + '\n'


def _link(match: re.Match, links: dict[str, str]) -> str:
    text, label = match[1], match[2]
    return f'[{text}]({links[label]})' if label in links else text


def _plain_directive(name: str, argument: str, token, links: dict[str, str]) -> str:
    options, body = _split_options(token.content)
    body = ''.join(text for text, _ in plain(body, links)).strip()
    if name == 'exercise':
        return '\n' + _quote(f'**练习**\n\n{body}') + '\n'
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
        return '\n' + _quote(f'**{title}**\n\n{body}') + '\n'
    if name == 'math':
        return f'\n$$\n{body}\n$$\n'
    return f'\n{body}\n'


def _split_options(content: str) -> tuple[dict[str, str], str]:
    head = re.match(r'(?::[\w-]+:.*\n?)*', content)[0]
    return dict(re.findall(r'^:([\w-]+):[ \t]*(.*)$', head, re.M)), content[len(head) :]


def _quote(text: str) -> str:
    return '\n'.join(f'> {line}'.rstrip() for line in text.split('\n'))


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
