"""Compare what the cells printed with what the chapters say they print, and sum up the checks.

What a cell shows goes to the page as it is, so it is also checked for what a browser would run.
"""

import difflib
import doctest
import io
import re
from html.parser import HTMLParser

from nbformat import NotebookNode

from pipeline.faults import Fault
from pipeline.read import Exercise, Section, has_tag

FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MARKUP = ('text/html', 'text/markdown', 'image/svg+xml')
ACTIVE_TAGS = {'script', 'iframe', 'frame', 'object', 'embed', 'form', 'base', 'meta', 'link'}
ACTIVE_SCHEMES = ('javascript:', 'vbscript:', 'data:text/html')


class _ActiveContent(HTMLParser):
    """Collects in ``found`` the tags and attributes that a browser would act on."""

    def __init__(self):
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        if tag in ACTIVE_TAGS:
            self.found.append(f'<{tag}>')
        for name, value in attrs:
            address = re.sub(r'[\s\0]', '', value or '').lower()  # browsers skip them, too
            if name.startswith('on') or address.startswith(ACTIVE_SCHEMES):
                self.found.append(f'{name}=')


def active_content(cell: NotebookNode) -> list[str]:
    """Tags, attributes and kinds of a cell's outputs that would run in a reader's browser."""
    found = []
    for output in cell.outputs:
        for kind, content in output.get('data', {}).items():
            if kind.endswith('javascript'):
                found.append(kind)
            elif kind in MARKUP:
                parser = _ActiveContent()
                parser.feed(content)
                parser.close()
                found += parser.found
    return found


def refuse_active(section: Section, executed: NotebookNode) -> list[Fault]:
    """A fault for each cell whose output would run in a reader's browser."""
    faults = []
    for cell in _code(executed):
        if found := active_content(cell):
            message = f'输出里有会在读者的浏览器里运行的内容（{"、".join(found)}），应当去掉'
            faults.append(section.fault(section.line(cell.id), message))
    return faults


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
    return '\n'.join(line.rstrip() for line in text.split('\n'))


def compare(section: Section, executed: NotebookNode) -> list[Fault]:
    """Faults for each cell whose text output is not what its ``{testoutput}`` block says.

    The comparison is that of doctest with ELLIPSIS and NORMALIZE_WHITESPACE.
    """
    faults = []
    for cell in _code(executed):
        expected = section.expected.get(cell.id)
        if has_tag(cell, 'volatile'):
            if expected:
                message = 'volatile单元格的输出不比较，应当删去{testoutput}'
                faults.append(section.fault(expected.first, message))
            continue
        got = printed(cell)
        want = expected.text if expected else ''
        if _matches(want, got):
            continue
        line = expected.first if expected else section.line(cell.id)
        if expected is None:
            message = '单元格有输出，后面却没有{testoutput}；核对后用make record写入：\n'
        else:
            message = '输出与{testoutput}不符；若新的输出是对的，用make record更新：\n'
        faults.append(section.fault(line, message + _diff(want, got)))
    return faults


def record(section: Section, executed: NotebookNode, text: str) -> str:
    """The chapter's text with its ``{testoutput}`` blocks brought up to date.

    Blocks that match already, perhaps by an ellipsis, stay as they are; so do line ends.
    """
    lines = list(io.StringIO(text, newline=''))  # each with its end, whichever that is
    newline = lines[0][len(lines[0].rstrip('\r\n')) :]
    for cell in reversed(_code(executed)):
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


def find_idle_checks(section: Section, executed: NotebookNode) -> list[Fault]:
    """Faults for the exercises of which not one assert has run: nothing checks their answers."""
    return [
        section.fault(_check_line(section, exercise), '检查单元格里的assert一条也没有执行')
        for exercise, entry in zip(section.exercises, verification(section, executed), strict=True)
        if not entry['checks']
    ]


def verification(section: Section, executed: NotebookNode, state: str = 'passed') -> list[dict]:
    """One entry for each exercise, as ``verification.json`` lists them."""
    run = executed.metadata.run
    return [
        {
            'section': section.number,
            'exercise': exercise.label,
            'title': exercise.title,
            'checks': sum(
                run.asserts.get(cell.id, 0) for cell in exercise.cells if has_tag(cell, 'check')
            ),
            'runner': run.runner,
            'device': run.device,
            'torch': run.torch,
            'python': run.python,
            'executed_at': run.executed_at,
            'source_hash': run.source_hash,
            'state': state,
        }
        for exercise in section.exercises
    ]


def _check_line(section: Section, exercise: Exercise) -> int:
    return next(section.line(cell.id) for cell in exercise.cells if has_tag(cell, 'check'))


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == 'code']


def _matches(want: str, got: str) -> bool:
    return want == got or doctest.OutputChecker().check_output(want, got, FLAGS)


def _block(output: str) -> list[str]:
    longest = max(map(len, re.findall('`+', output)), default=0)
    fence = '`' * max(3, longest + 1)
    return [f'{fence}{{testoutput}}', *output.rstrip('\n').split('\n'), fence]


def _diff(want: str, got: str, limit: int = 20) -> str:
    lines = list(
        difflib.unified_diff(
            want.splitlines(), got.splitlines(), '应当输出', '实际输出', lineterm='', n=1
        )
    )
    more = [f'    …（还有{len(lines) - limit}行）'] if len(lines) > limit else []
    return '\n'.join([f'    {line}' for line in lines[:limit]] + more)
