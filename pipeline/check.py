"""Compare what the cells of an executed section show with what may and should be shown."""

import difflib
import doctest
import re

from nbformat import NotebookNode

from pipeline.book import Section, code_cells, has_tag
from pipeline.faults import Fault

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
# What goes to the page as it is. SVG is shown as a picture, in which no script runs.
KINDS = ('text/plain', 'text/markdown', 'image/png', 'image/jpeg', 'image/svg+xml')
# What in these a reader's browser might run. Markdown, a table or a sentence, has nothing that
# begins like HTML or a directive, not even in code.
ACTIVE = {
    'text/markdown': r'<[A-Za-z/!?][^>\n]*>?|(?:```|~~~|:::)[`~:]*\s*\{.*',
    'image/svg+xml': '(?i)<script',
}


def check(section: Section, executed: NotebookNode) -> list[Fault]:
    """All faults of an executed section; on CUDA the random numbers, so the outputs, are others."""
    faults = []
    for cell in code_cells(executed):
        if found := forbidden(cell):
            message = f'输出里有{"、".join(found)}：只能有文字、Markdown（没有HTML和指令）与图'
            faults.append(section.fault(section.line(cell.id), message))
    if executed.metadata.run.runner == 'cpu':
        faults += compare(section, executed) + find_idle_checks(section, executed)
    return faults


def forbidden(cell: NotebookNode) -> list[str]:
    """What among a cell's outputs a reader's browser might run: kinds, and parts of their text."""
    shown = [pair for output in cell.outputs for pair in output.get('data', {}).items()]
    found = [kind for kind, _ in shown if kind not in KINDS]
    for kind, content in shown:
        found += re.findall(ACTIVE[kind], content) if kind in ACTIVE else []
    return found


def printed(cell: NotebookNode) -> str:
    """The text among a cell's outputs that should always be the same.

    Pictures have none, a table is its Markdown; of a volatile cell nothing is compared.
    """
    parts = []
    for output in [] if has_tag(cell, 'volatile') else cell.outputs:
        if output.output_type == 'stream':
            parts.append(output.text)
        elif output.output_type == 'error':
            parts.append(f'{output.ename}: {output.evalue}')
        elif not any(kind.startswith('image/') for kind in output.data):
            parts.append(output.data.get('text/markdown', output.data.get('text/plain', '')))
    text = ''.join(part if part.endswith('\n') else f'{part}\n' for part in parts if part)
    return '\n'.join(line.rstrip() for line in text.split('\n'))


def compare(section: Section, executed: NotebookNode) -> list[Fault]:
    """Faults for each cell whose text output is not what its ``{testoutput}`` block says.

    The comparison is that of doctest with ELLIPSIS and NORMALIZE_WHITESPACE.
    """
    faults = []
    for cell in code_cells(executed):
        expected, got = section.expected.get(cell.id), printed(cell)
        want = expected.text if expected else ''
        if not _matches(want, got):
            line = expected.first if expected else section.line(cell.id)
            message = '单元格有输出，后面却没有{testoutput}；核对后用make record写入：\n'
            if expected:
                message = '输出与{testoutput}不符；若新的输出是对的，用make record更新：\n'
            faults.append(section.fault(line, message + _diff(want, got)))
    return faults


def find_idle_checks(section: Section, executed: NotebookNode) -> list[Fault]:
    """Faults for the exercises of which not one assert has run: nothing checks their answers."""
    ran = executed.metadata.run.asserts
    return [
        section.fault(section.line(exercise.checks[0].id), '检查单元格里的assert一条也没有执行')
        for exercise in section.exercises
        if not any(ran.get(cell.id) for cell in exercise.checks)
    ]


def record(section: Section, executed: NotebookNode, text: str) -> str:
    """The chapter's text with its ``{testoutput}`` blocks brought up to date.

    Blocks that match already, perhaps by an ellipsis, stay as they are.
    """
    lines = text.split('\n')
    for cell in reversed(code_cells(executed)):
        expected, got = section.expected.get(cell.id), printed(cell)
        if expected and got and _matches(expected.text, got):
            continue
        end = section.line(cell.id, len(cell.source.split('\n')))  # of the closing fence
        lines[end : expected.last if expected else end] = ['', *_block(got)] if got else []
    return '\n'.join(lines)


def _matches(want: str, got: str) -> bool:
    return want == got or doctest.OutputChecker().check_output(want, got, FLAGS)


def _block(output: str) -> list[str]:
    longest = max(map(len, re.findall('`+', output)), default=0)
    fence = '`' * max(3, longest + 1)
    return [f'{fence}{{testoutput}}', *output.rstrip('\n').split('\n'), fence]


def _diff(want: str, got: str, limit: int = 20) -> str:
    lines = want.splitlines(), got.splitlines()
    lines = list(difflib.unified_diff(*lines, '应当输出', '实际输出', lineterm='', n=1))
    more = [f'    …（还有{len(lines) - limit}行）'] if len(lines) > limit else []
    return '\n'.join([f'    {line}' for line in lines[:limit]] + more)
