"""Compare what the cells of an executed section show with what may and should be shown."""

import difflib
import doctest
import io
import re

from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat import NotebookNode

from pipeline.book import Section, code_cells, has_tag
from pipeline.faults import Fault
from pipeline.lint import INVISIBLE

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
# What goes to the page as it is. SVG is shown as a picture, in which no script runs.
KINDS = ('text/plain', 'text/markdown', 'image/png', 'image/jpeg', 'image/svg+xml')
MARKDOWN = MarkdownIt('commonmark').enable('table').use(colon_fence_plugin).use(dollarmath_plugin)
COLOURS = re.compile(r'\x1b\[[0-9;]*m')


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
    """What among a cell's outputs a reader's browser might run: kinds, and HTML in Markdown."""
    found = []
    for output in cell.outputs:
        for kind, content in output.get('data', {}).items():
            if kind not in KINDS:
                found.append(kind)
            elif kind == 'text/markdown':
                blocks = MARKDOWN.parse(content)
                tokens = [*blocks, *(child for b in blocks for child in b.children or ())]
                found += [t.content for t in tokens if t.type in ('html_block', 'html_inline')]
                found += [t.info for t in tokens if t.info.startswith('{')]
            elif kind == 'image/svg+xml' and '<script' in content.lower():
                found.append('<script>')
    return found


def printed(cell: NotebookNode) -> str:
    """All text among a cell's outputs; pictures have none, a table is its Markdown."""
    parts = []
    for output in cell.outputs:
        if output.output_type == 'stream':
            parts.append(output.text)
        elif output.output_type == 'error':
            parts.append(f'{output.ename}: {output.evalue}')
        elif not any(kind.startswith('image/') for kind in output.data):
            parts.append(output.data.get('text/markdown', output.data.get('text/plain', '')))
    text = ''.join(part if part.endswith('\n') else part + '\n' for part in parts if part)
    text = INVISIBLE.sub('', COLOURS.sub('', text))  # no chapter can hold them
    return '\n'.join(line.rstrip() for line in text.split('\n'))


def compare(section: Section, executed: NotebookNode) -> list[Fault]:
    """Faults for each cell whose text output is not what its ``{testoutput}`` block says.

    The comparison is that of doctest with ELLIPSIS and NORMALIZE_WHITESPACE.
    """
    faults = []
    for cell in code_cells(executed):
        expected = section.expected.get(cell.id)
        got, want = printed(cell), expected.text if expected else ''
        line = expected.first if expected else section.line(cell.id)
        if has_tag(cell, 'volatile'):
            if expected:
                message = 'volatile单元格的输出不比较，应当删去{testoutput}'
                faults.append(section.fault(line, message))
        elif not _matches(want, got):
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

    Blocks that match already, perhaps by an ellipsis, stay as they are; so do line ends.
    """
    lines = list(io.StringIO(text, newline=''))  # each with its end, whichever that is
    newline = lines[0][len(lines[0].rstrip('\r\n')) :]
    for cell in reversed(code_cells(executed)):
        expected = section.expected.get(cell.id)
        got = '' if has_tag(cell, 'volatile') else printed(cell)
        if _matches(expected.text if expected else '', got) and bool(expected) == bool(got):
            continue
        end = section.end[cell.id]
        last = expected.last if expected else end
        if lines[end - 1][-1] not in '\r\n':  # the file ends here
            lines[end - 1] += newline
        block = ['', *_block(got)] if got else []
        lines[end:last] = [line + newline for line in block]
    return ''.join(lines)


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
