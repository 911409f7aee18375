"""Turn what is wrong with a chapter before anything is executed into (1-based line, message)."""

import ast
import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from pipeline.book import Section, has_tag
from pipeline.text import FENCES, span

INLINE = MarkdownIt('commonmark')
STATED = ('{exercise}', '{solution-start}')  # what only an exercise has
Found = Iterator[tuple[int | None, str]]


def unclosed(blocks: list[Token], lines: list[str]) -> Found:
    """Fences that are not closed, or by the end of the next one."""
    for token in blocks:
        if token.type in FENCES:
            first, last = span(token)
            rest = [lines[i].strip() for i in range(first + 1, last)]
            fences = [line for line in rest if line.startswith(token.markup)]
            if len(fences) != 1 or fences != rest[-1:] or fences[0].strip(token.markup[0]):
                yield first + 1, f'{token.markup}{token.info}没有结束'


def page(blocks: list[Token]) -> Found:
    """What a page without a kernel lacks, or cannot have."""
    if not any(token.tag == 'h1' for token in blocks):
        yield None, '没有一级标题（# 标题）'
    for token in blocks:
        if token.info.startswith(('{code-cell}', *STATED)):
            yield span(token)[0] + 1, f'有{token.info}，两行---之间的文件头里却没有kernelspec'


def section(section: Section, blocks: list[Token]) -> Found:
    """All that is wrong with a section whose fences are closed."""
    is_time = type(section.timeout) in (int, float) and 0 < section.timeout < float('inf')
    if not (is_time and isinstance(section.exclusive, bool) and section.show in ('cpu', 'cuda')):
        yield 1, '文件头的timeout应当是正的秒数，exclusive应当是true或false，show应当是cpu或cuda'
    if not section.title:
        yield None, '没有一级标题（# 5.1 标题）'
    if not section.code_cells or not has_tag(section.code_cells[0], 'parameters'):
        yield None, "第一个代码单元格应当带parameters标签，并写明device = 'auto'"
    for exercise in section.exercises:
        for kind, found in (('solution', exercise.solutions), ('check', exercise.checks)):
            if not found:
                yield exercise.line, f'没有带{kind}标签的单元格'
        for cell in exercise.checks[1:]:
            yield section.line(cell.id), '一道练习只有一个检查单元格，这是第二个'
    yield from _syntax_errors(section)
    yield from _stray_exercises(section, blocks)
    yield from _stray_bold(blocks)


def _syntax_errors(section: Section) -> Found:
    for cell in section.code_cells:
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            if has_tag(cell, 'solution') or not has_tag(cell, 'raises-exception'):
                line = section.line(cell.id, (error.lineno or 1) - 1)
                yield line, f'代码不是合法的Python：{error.msg}'


def _stray_exercises(section: Section, blocks: list[Token]) -> Found:
    """Statements and answers that belong to no exercise: nothing would verify them."""
    for token in (token for token in blocks if token.info.startswith(STATED)):
        line = span(token)[0] + 1
        exercise = section.exercise(line)
        if not exercise or f'{exercise.label}-q' not in f'{token.info}\n{token.content}'.split():
            kind = token.info.split()[0]
            yield line, f'{kind}不属于任何练习：它上面应当有同名的锚点(ex-5-1-1)=，紧接着二级标题##'


def _stray_bold(blocks: list[Token]) -> Found:
    """Asterisks meant as bold that would be shown as asterisks."""
    for token in blocks:
        if token.type == 'inline' and '**' in token.content:
            for number, line in enumerate(token.content.split('\n'), span(token)[0] + 1):
                inline = INLINE.parseInline(re.sub(r'\$[^$]*\$', '', line))[0].children or ()
                if any(child.type == 'text' and '**' in child.content for child in inline):
                    yield number, '**没有成对：紧挨着中文标点的加粗不会生效'
