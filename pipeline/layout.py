"""Arrange an executed section into the page that readers want: headings, jump links, folds.

What answers the reader stays open: statement, answer and its code, prose, outputs, figures.
What proves it is one click away, in ``<details>`` that say how long they are. All of it follows
from tags, markers and lengths; chapters contain nothing that is made for the page.
"""

import copy
import re

from jupytext.myst import get_parser
from nbformat import NotebookNode, v4

from pipeline.book import Section, has_tag

OPEN = 8  # lines of a demonstration that need no fold
MISTAKE = re.compile(r'\*\*(“.+?”)\*\*：')
PARTS = {'常见误区': 'mistakes', '延伸': 'more'}  # rubric -> end of its anchor
JUMPS = """\
```{{container}} jumps
{answer}{mistakes}[核对你的答案](#{label}-check)
<a class="try" href="?try#{label}">先自己做</a><a class="untry" href="#{label}-answer">显示解答</a>
```"""
CHECK = """\
({label}-check)=
### 核对你的答案

````{{only}} not epub
把下面这份代码复制到一个空的单元格或文件里，在标明的地方换上你的答案，运行。

```{{container}} copy
<button type="button" class="copy-check" data-file="{file}">复制整份核对代码</button>
<a href="{file}" download>下载{label}.py</a>
<button type="button" class="done" data-exercise="{label}" aria-pressed="false">做过</button>
```
````
```{{only}} epub
运行<a href="{file}">`notebooks/check/{label}.py`</a>，或做练习笔记本。
```"""


def arrange(
    section: Section,
    shown: NotebookNode,
    head: str,
    verdicts: dict[str, str],
    notes: dict[str, str],
) -> NotebookNode:
    """The notebook as myst-nb shall render it.

    Parameters
    ----------
    head
        MyST that follows the section's first cell.
    verdicts, notes
        Exercise label -> MyST under the heading of the answer, and under the check.
    """
    page = copy.deepcopy(shown)
    lines = [line - 1 for line in page.metadata.source_map]  # myst-nb counts from the fence
    exercises = {exercise.label: exercise for exercise in section.exercises}
    listed = mistakes(page)
    answered = '\n'.join(cell.source for cell in page.cells)
    cells, source_map = [], []

    def add(text: str, line: int) -> None:
        if text.strip():
            cells.append(v4.new_markdown_cell(text, id=f'text-{len(cells)}'))
            source_map.append(line)

    exercise, part, hints, count = None, '', 0, 0
    for cell, line in zip(page.cells, lines, strict=True):
        if cell.cell_type == 'code':
            if has_tag(cell, 'check') and exercise:
                up = '../' * section.name.count('/')
                file = f'{up}notebooks/check/{exercise.label}.py'
                add(CHECK.format(label=exercise.label, file=file), line)
            _fold(cell, part)
            cells.append(cell)
            source_map.append(line)
            if has_tag(cell, 'check') and exercise:
                add(notes[exercise.label], line)
            continue
        for first, kind, text in _pieces(cell.source):
            at = line + first
            if kind == 'title':
                exercise, part, hints, count = exercises.get(_label(text)), '', 0, 0
                add(text, at)
                if exercise:
                    has_answer = f'{{solution-start}} {exercise.label}-q' in answered
                    add(_jumps(exercise.label, has_answer, len(listed.get(exercise.label, []))), at)
            elif kind == 'solution-start' and exercise:
                part = 'answer'
                add(f'({exercise.label}-answer)=\n### 解答\n\n{verdicts[exercise.label]}', at)
            elif kind in PARTS and exercise:
                part = PARTS[kind]
                add(f'({exercise.label}-{part})=\n### {kind}', at)
                if part == 'more':
                    add('<details class="more">\n<summary>展开延伸</summary>', at)
            elif kind == 'solution-end':
                if part == 'more':
                    add('</details>', at)
                part = ''
            elif kind == 'hint':
                body = re.sub(r'\A.*\n(:\w+:.*\n)*', '', text.rpartition('\n')[0])
                hints += 1
                name = '提示' if hints == 1 else '再提示一步'
                add(
                    f'<details class="hint">\n<summary>{name}</summary>\n\n{body}\n\n</details>', at
                )
            elif kind == 'mistake' and part == 'mistakes' and exercise:
                count += 1
                claim, refutation = _mistake(text)
                target = f'({exercise.label}-mistake-{count})=\n'
                add(f'{target}::::{{container}} mistake\n**{claim}**\n\n{refutation}\n::::', at - 2)
            else:
                add(text, at)
        if len(cells) == 1:
            add(head, line)
    page.cells, page.metadata.source_map = cells, source_map
    return page


def _pieces(source: str):
    """First line, kind and text of the pieces of a Markdown cell, cut where the page changes."""
    lines, position = source.split('\n'), 0
    for token in get_parser().parse(source):
        kind = _kind(token, lines) if token.level == 0 and token.map else ''
        if not kind:
            continue
        first, last = token.map
        if kind == 'title':  # its anchor stands above it
            above = next((i for i in range(first - 1, position - 1, -1) if lines[i].strip()), first)
            first = above if re.match(r'\([\w-]+\)=', lines[above]) else first
        yield position, '', _without_anchors(lines[position:first])
        yield first, kind, '\n'.join(lines[first:last])
        position = last
    yield position, '', _without_anchors(lines[position:])


def _kind(token, lines: list[str]) -> str:
    """'title', 'mistake', 'hint', 'solution-start', 'solution-end', a rubric's text, or ''."""
    if token.type == 'heading_open' and token.tag == 'h2':
        return 'title'
    if token.type == 'paragraph_open' and MISTAKE.match(lines[token.map[0]]):
        return 'mistake'
    directive = re.match(r'\{(hint|rubric|solution-\w+)\} *(.*)', token.info)
    if not directive:
        return ''
    return directive[2] if directive[1] == 'rubric' else directive[1]


def _without_anchors(lines: list[str]) -> str:
    """The parts' anchors come back with their headings."""
    ours = re.compile(rf'\(ex-[\w-]+-({"|".join(PARTS.values())})\)=\s*')
    return '\n'.join('' if ours.fullmatch(line) else line for line in lines)


def _label(title: str) -> str:
    match = re.match(r'\(([\w-]+)\)=', title)
    return match[1] if match else ''


def mistakes(notebook: NotebookNode) -> dict[str, list[tuple[str, str]]]:
    """Label of an exercise -> its mistakes, each a claim and what is wrong with it."""
    found, label = {}, ''
    for cell in notebook.cells:
        for _, kind, text in _pieces(cell.source) if cell.cell_type == 'markdown' else ():
            label = _label(text) if kind == 'title' else label
            if kind == 'mistake':
                found.setdefault(label, []).append(_mistake(text))
    return found


def _mistake(text: str) -> tuple[str, str]:
    _, claim, refutation = MISTAKE.split(text, 1)
    return claim, refutation


def _jumps(label: str, has_answer: bool, count: int) -> str:
    answer = f'[解答](#{label}-answer)\n' if has_answer else ''
    mistakes = f'[常见误区 {count}](#{label}-mistakes)\n' if count else ''
    return JUMPS.format(label=label, answer=answer, mistakes=mistakes)


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
