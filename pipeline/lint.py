"""Turn what is wrong with a chapter before anything is executed into (1-based line, message)."""

import ast
import re
import symtable
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token
from nbformat import NotebookNode

from pipeline.book import Exercise, Section, has_tag
from pipeline.stub import has_stub
from pipeline.text import FENCES, PARSER

# Directives whose body is not Markdown: what looks like a fence in there is none.
VERBATIM = ('code', 'math', 'raw', 'testoutput', 'mermaid')
INVISIBLE = re.compile(r'[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]')
INLINE = MarkdownIt('commonmark')
Found = Iterator[tuple[int | None, str]]


def walk(lines: list[str], start: int = 0) -> Iterator[tuple[Token, int, int]]:
    """Yield (token, its first line, the line after it) for all blocks, also inside directives."""
    for token in PARSER.parse('\n'.join(lines)):
        if token.map and token.nesting != -1:
            first, last = token.map
            yield token, start + first, start + last
            is_markdown = token.info[:1] == '{' and not token.info[1:].startswith(VERBATIM)
            if token.type in FENCES and is_markdown:
                yield from walk(lines[first + 1 : last - 1], start + first + 1)


def invisible(lines: list[str]) -> Found:
    """Characters that some take for the end of a line, or for none."""
    for number, line in enumerate(lines, 1):
        if match := INVISIBLE.search(line):
            yield number, f'第{match.start() + 1}个字符是看不见的控制字符U+{ord(match[0]):04X}'


def unclosed(blocks, lines: list[str]) -> Found:
    """Fences that are not closed."""
    for token, first, last in blocks:
        if token.type in FENCES:
            fence = re.compile(rf'\s*{re.escape(token.markup[0])}{{{len(token.markup)},}}(.*)')
            inside = [fence.fullmatch(line) for line in lines[first + 1 : last]]
            reopened = [
                i for i, match in enumerate(inside, first + 2) if match and match[1].strip()
            ]
            message = f'{token.markup}{token.info}没有结束'
            if reopened:
                yield first + 1, f'{message}，第{reopened[0]}行又开始了新的一块'
            elif not inside or inside[-1] is None:
                yield first + 1, message


def stray_bold(blocks) -> Found:
    """Asterisks meant as bold that would be shown as asterisks."""
    for token, first, _ in blocks:
        if token.type == 'inline' and '**' in token.content:
            for number, line in enumerate(token.content.split('\n'), first + 1):
                inline = INLINE.parseInline(re.sub(r'\$[^$]*\$', '', line))[0].children or ()
                if any(child.type == 'text' and '**' in child.content for child in inline):
                    yield number, '**没有成对：紧挨着中文标点的加粗不会生效'


def stray_exercises(blocks, exercises: list[Exercise]) -> Found:
    """Statements and answers that belong to no exercise: nothing would verify them."""
    for kind in ('{exercise}', '{solution-start}'):
        found = [first + 1 for token, first, _ in blocks if token.info.startswith(kind)]
        for before, line in zip([0, *found], found):  # noqa: B905
            if not any(before < exercise.line < line for exercise in exercises):
                yield line, f'{kind}不属于任何练习：它上面应当有锚点(ex-5-1-1)=，紧接着二级标题##'


def header(section: Section) -> Found:
    """Keys of the header with values that mean nothing."""
    seconds, exclusive, show = section.timeout, section.exclusive, section.show
    if type(seconds) not in (int, float) or not 0 < seconds < float('inf'):
        yield 1, f'文件头的timeout应当是正的秒数，现在是{seconds!r}'
    if not isinstance(exclusive, bool) or show not in ('cpu', 'cuda'):
        yield 1, '文件头的exclusive应当是true或false，show应当是cpu或cuda'


def cells(section: Section) -> Found:
    """What a section or an exercise lacks; code that is no Python."""
    if not section.code_cells or not has_tag(section.code_cells[0], 'parameters'):
        yield None, "第一个代码单元格应当带parameters标签，并写明device = 'auto'"
    errors = [(cell, e) for cell in section.code_cells if (e := _syntax_error(cell))]
    for cell, error in errors:
        line = section.line(cell.id, (error.lineno or 1) - 1)
        yield line, f'代码不是合法的Python：{error.msg}'
    for exercise in section.exercises:
        for kind, found in (('solution', exercise.solutions), ('check', exercise.checks)):
            if not found:
                yield exercise.line, f'没有带{kind}标签的单元格'
        solutions = [] if errors else exercise.solutions
        if solutions and not any(has_stub(cell.source) for cell in solutions):
            line = section.line(solutions[0].id)
            yield line, 'solution单元格里没有公开的类或函数，练习笔记本里就没有可填的地方'


def checks(section: Section) -> Found:
    """An exercise has one check, and the check binds no name that could be its reader's."""
    for exercise in section.exercises:
        for cell in exercise.checks[1:]:
            yield section.line(cell.id), '一道练习只有一个检查单元格，这是第二个'
        for cell in filter(lambda cell: not _syntax_error(cell), exercise.checks):
            if names := _public_names(cell.source):
                line = section.line(cell.id, min(names.values()) - 1)
                message = f'检查单元格占用了读者的名字{"、".join(names)}：写进_check_…函数里'
                yield line, message


def _public_names(source: str) -> dict[str, int]:
    """The public names that a cell binds at its top level, with their 1-based lines in it."""
    symbols = symtable.symtable(source, 'check', 'exec').get_symbols()
    bound = sorted(s.get_name() for s in symbols if s.is_assigned() or s.is_imported())
    lines = {}
    for node in reversed(list(ast.walk(ast.parse(source)))):
        for key in ('id', 'name', 'asname'):
            lines[getattr(node, key, None)] = getattr(node, 'lineno', 1)
    return {name: lines.get(name, 1) for name in bound if not name.startswith('_')}


def _syntax_error(cell: NotebookNode) -> SyntaxError | None:
    try:
        ast.parse(cell.source)
    except SyntaxError as error:
        if has_tag(cell, 'solution') or not has_tag(cell, 'raises-exception'):
            return error
    return None
