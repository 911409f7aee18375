"""Turn the chapters, MyST files, into a book of sections with notebooks and expected outputs."""

import re
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import yaml
from jupytext.myst import read_fenced_cell
from markdown_it.token import Token
from nbformat.v4 import new_code_cell, new_notebook
from sphinx_external_toc.parsing import parse_toc_yaml

from pipeline import lint
from pipeline.book import KERNEL, Book, Exercise, Expected, Section, text_cell
from pipeline.faults import BookError, Fault, first_line
from pipeline.text import span, walk


def read_book(root: Path) -> Book:
    """Read all that ``_toc.yml`` lists; faults but those of ``_toc.yml`` are collected."""
    try:
        names = list(parse_toc_yaml(root / '_toc.yml'))
    except Exception as error:  # from the system, YAML or sphinx-external-toc
        raise BookError(Fault(Path('_toc.yml'), f'读不了：{first_line(error)}')) from error
    book = Book()
    for path in [Path(f'{name.removesuffix(".md")}.md') for name in names]:
        try:
            section = read_section(path, read_text(root, path))
        except BookError as error:
            book.faults.extend(error.faults)
            continue
        if section:
            book.sections.append(section)
        else:
            book.pages.append(path)
    return book


def files(folder: Path) -> list[Path]:
    """The files of a folder; those of editors and systems, which begin with a dot, are none."""
    paths = [path for path in sorted(folder.rglob('*')) if path.is_file()]
    return [path for path in paths if '/.' not in f'/{path.relative_to(folder).as_posix()}']


def read_text(root: Path, path: Path) -> str:
    """A chapter's text with LF line ends, whatever ends its lines, and no byte order mark."""
    try:
        lines = (root / path).read_text('utf-8-sig').splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BookError(Fault(path, f'读不了：{first_line(error)}')) from error
    return '\n'.join([*lines, ''])


def read_section(path: Path, text: str) -> Section | None:
    """Parse one chapter file; None for a plain page (no kernelspec in its header).

    Raises BookError with the faults that can be seen without running the code.
    """
    lines = text.split('\n')
    blocks = list(walk(lines))
    _raise(path, lint.unclosed(blocks, lines))
    header = _read_header(path, blocks)
    if not header:
        _raise(path, lint.page(blocks))
        return None
    section = Section(
        path=path,
        title=next((t.content for h, t in pairwise(blocks) if h.tag == 'h1'), ''),
        notebook=new_notebook(
            metadata={
                'kernelspec': KERNEL,
                'language_info': {'name': 'python', 'pygments_lexer': 'ipython3'},
                'source_map': [],
            }
        ),
        **{key: header[key] for key in ('timeout', 'exclusive', 'show') if key in header},
    )
    _raise(path, _fill(section, lines, blocks))
    if faults := [section.fault(*fault) for fault in lint.section(section, blocks)]:
        raise BookError(*faults)
    return section


def _raise(path: Path, found: Iterable[tuple[int | None, str]]) -> None:
    if faults := [Fault(path, message, line) for line, message in found]:
        raise BookError(*faults)


def _read_header(path: Path, blocks: list[Token]) -> dict:
    """A section's header; {} for a page that has no kernelspec."""
    try:
        is_header = bool(blocks) and blocks[0].type == 'front_matter'
        header = yaml.safe_load(blocks[0].content) if is_header else None
    except yaml.YAMLError as error:
        mark = getattr(error, 'problem_mark', None)
        line = mark.line + 2 if mark else 1
        raise BookError(Fault(path, f'文件头不是合法的YAML：{first_line(error)}', line)) from error
    match header:
        case {'kernelspec': {'name': 'python3'}}:
            return header
        case {'kernelspec': _}:
            raise BookError(Fault(path, '文件头的kernelspec里应当有name: python3', 1))
    return {}


def _fill(section: Section, lines: list[str], blocks: list[Token]) -> lint.Found:
    """Give a section its cells, which know their ids and lines, its exercises and outputs.

    An exercise begins with an anchor ``(ex-…)=`` whose next block is a heading ``##``, and begins
    a cell. Yields what is wrong with the options of cells and with the places of outputs.
    """
    cells, source_map = section.notebook.cells, section.notebook.metadata.source_map
    start = 0  # of the text that is in no cell yet

    def add_text(end: int) -> None:
        first = next((i for i in range(start, end) if lines[i].strip()), end)
        if text := '\n'.join(lines[first:end]).rstrip():
            cells.append(text_cell(text, f'text-{len(cells)}'))
            source_map.append(first)

    for i, block in enumerate(blocks):
        first, last = span(block)
        if block.level:
            continue
        if block.type == 'front_matter':
            start = last
        elif block.type == 'myst_target' and block.content.startswith('ex-'):
            if [following.tag for following in blocks[i + 1 : i + 2]] == ['h2']:
                add_text(first)
                start = first
                title = blocks[i + 2].content
                section.exercises.append(Exercise(block.content, title, first + 1))
        elif block.info.startswith('{code-cell}'):
            add_text(first)
            start = last
            try:
                options, body = read_fenced_cell(block, 0, 'Code')
                source = re.sub(r'\A(\s*\n)+', '', '\n'.join(body))  # as IPython does
                cell = new_code_cell(source, metadata=options)
            except Exception as error:  # from YAML, jupytext or nbformat
                yield first + 1, f'单元格的选项读不了：{first_line(error)}'
                continue
            cell.id = f'code-{len(section.code_cells)}'
            cells.append(cell)
            source_map.append(last - 1 - len(source.split('\n')))
            for exercise in section.exercises[-1:]:
                exercise.cells.append(cell)
        elif block.info.startswith('{testoutput}'):
            above = cells[-1].id if cells and not any(map(str.strip, lines[start:first])) else ''
            if above.startswith('code-') and above not in section.expected:
                section.expected[above] = Expected(block.content, first + 1, last)
            else:
                yield first + 1, '{testoutput}前面应当紧挨着代码单元格'
            start = last
    add_text(len(lines))
