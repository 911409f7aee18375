"""Arrange an executed section into the page that readers want: headings, jump links, folds.

What answers the reader stays open: statement, answer and its code, prose, outputs, figures.
What proves it is one click away, in ``<details>`` that say how long they are. All of it follows
from tags, markers and lengths; chapters contain nothing that is made for the page.
"""

import copy
import re
from collections.abc import Callable

from nbformat import NotebookNode

from pipeline.book import Exercise, Section, has_tag, text_cell

OPEN = 8  # lines of a demonstration that need no fold
PARTS = {'常见误区': 'mistakes', '延伸': 'more'}  # rubric -> end of its anchor
TITLE = r'^\((?P<label>ex-[\w-]+)\)=\s*\n## .*$'
CLAIM = r'^\*\*(?P<claim>“.+?”)\*\*：'
# Where the page is not what the chapter has.
PIECE = re.compile(
    rf'{TITLE}|{CLAIM}(?P<refutation>.*(?:\n(?!```).+)*)'
    rf'|^(?:\(ex-[\w-]+\)=\s*\n)?```\{{rubric\}} *(?P<rubric>{"|".join(PARTS)})\n```$'
    r'|^(?P<fence>`{3,})\{hint\}.*\n(?::\w+:.*\n)*(?P<hint>(?s:.*?))\n(?P=fence)$'
    r'|^```\{solution-(?P<solution>start|end)\}.*\n```$',
    re.M,
)


def arrange(
    section: Section, shown: NotebookNode, markup: Callable[[str, Exercise | None], str]
) -> NotebookNode:
    """The notebook as myst-nb shall render it.

    ``markup`` makes what stands under the section's title ('head'), under the title of an
    exercise ('jumps'), where its answer begins ('answer'), before its check ('check') and after
    it ('checked').
    """
    page = copy.deepcopy(shown)
    exercises = {exercise.label: exercise for exercise in section.exercises}
    cells, lines = [], []

    def add(cell: NotebookNode | str, line: int) -> None:
        if isinstance(cell, str):
            cell = text_cell(cell, f'text-{len(cells)}')
        if cell.source.strip():
            cells.append(cell)
            lines.append(line - 1)  # myst-nb counts from the fence

    exercise, part, hints, claims = None, '', 0, 0
    for cell, line in zip(page.cells, page.metadata.source_map, strict=True):
        if cell.cell_type == 'code':
            is_check = has_tag(cell, 'check') and exercise
            add(markup('check', exercise) if is_check else '', line)
            _fold(cell, part)
            add(cell, line)
            add(markup('checked', exercise) if is_check else '', line)
            continue
        position = 0
        for piece in PIECE.finditer(cell.source):
            add(cell.source[position : piece.start()], _line(cell, line, position))
            at, position = _line(cell, line, piece.start()), piece.end() + 1
            if piece['label'] in exercises:
                exercise, part, hints, claims = exercises[piece['label']], '', 0, 0
                add(piece[0], at)
                add(markup('jumps', exercise), at)
            elif piece['solution'] == 'start':
                part = 'answer'
                add(markup('answer', exercise), at)
            elif piece['solution'] == 'end':
                add('</details>' if part == 'more' else '', at)
                part = ''
            elif piece['rubric'] and exercise:
                part = PARTS[piece['rubric']]
                add(f'({exercise.label}-{part})=\n### {piece["rubric"]}', at)
                summary = '<details class="more">\n<summary>展开延伸</summary>'
                add(summary if part == 'more' else '', at)
            elif piece['fence']:
                hints += 1
                name, hint = '提示' if hints == 1 else '再提示一步', piece['hint'].strip()
                details = f'<details class="hint">\n<summary>{name}</summary>\n\n{hint}'
                add(f'{details}\n\n</details>', at)
            elif piece['claim'] and part == 'mistakes' and exercise:
                claims += 1
                text = f'**{piece["claim"]}**\n\n{piece["refutation"]}'
                target = f'({exercise.label}-mistake-{claims})='
                add(f'{target}\n::::{{container}} mistake\n{text}\n::::', at - 2)
            else:
                add(piece[0], at)
        add(cell.source[position:], _line(cell, line, position))
        if len(cells) == 1:
            add(markup('head', None), line)
    page.cells, page.metadata.source_map = cells, lines
    return page


def _line(cell: NotebookNode, first: int, position: int) -> int:
    """Of what begins at a position in a cell."""
    return first + cell.source.count('\n', 0, position)


def mistakes(notebook: NotebookNode) -> dict[str, list[str]]:
    """Label of an exercise -> the claims that it refutes."""
    text = '\n\n'.join(cell.source for cell in notebook.cells if cell.cell_type == 'markdown')
    _, *parts = re.split(TITLE, text, flags=re.M)
    return {
        label: re.findall(CLAIM, part, re.M)
        for label, part in zip(parts[::2], parts[1::2], strict=True)
    }


def _fold(cell: NotebookNode, part: str) -> None:
    """Tag a code cell so that myst-nb folds what is long, under a label that says how long."""
    length = len([line for line in cell.source.split('\n') if line.strip()])
    tags = [tag for tag in cell.metadata.get('tags', []) if tag != 'hide-input']
    is_drawing = 'figure' in cell.metadata.get('mystnb', {})  # code teaches; it does not draw
    label = '代码'
    if 'parameters' in tags or 'experiment' in tags:  # the answer has its own experiments
        tags.append('remove-cell')
    elif 'check' in tags:
        tags, label = [*tags, 'hide-cell'], '检查代码'
    elif part == 'mistakes':
        tags, label = [*tags, 'hide-cell'], '运行一下'
    elif is_drawing or (length > OPEN and 'solution' not in tags and part != 'more'):
        tags.append('hide-input')
    cell.metadata.tags = tags
    prompt = f'{label}：{length}行'
    cell.metadata.setdefault('mystnb', {}).update(code_prompt_show=prompt, code_prompt_hide=prompt)
