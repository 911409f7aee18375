"""Turn the chapters, MyST files, into a book of sections with notebooks and expected outputs."""

import re
from dataclasses import replace
from pathlib import Path

import yaml
from jupytext.myst import get_parser, myst_to_notebook, read_fenced_cell
from markdown_it.token import Token
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from sphinx_external_toc.parsing import parse_toc_yaml

from pipeline import lint
from pipeline.book import CHAPTERS, Book, Exercise, Expected, Section
from pipeline.faults import BookError, Fault, first_line
from pipeline.text import span


def read_book(root: Path) -> Book:
    """Read all that ``_toc.yml`` lists; faults but those of ``_toc.yml`` are collected."""
    book, anchors = Book(), {}
    toc = _toc_files(root)
    found = {path.relative_to(root) for path in files(root / CHAPTERS) if path.suffix == '.md'}
    for path in sorted(found - set(toc)):
        book.faults.append(Fault(path, '这个文件没有列入_toc.yml，不会出现在书里'))
    for path in toc:
        if path not in found:
            book.faults.append(Fault(Path('_toc.yml'), f'列出的文件{path}不存在'))
            continue
        try:
            text = read_text(root, path)
            section = read_section(path, text)
        except BookError as error:
            book.faults.extend(error.faults)
            continue
        if section:
            book.sections.append(section)
        else:
            book.pages.append(path)
        for token, line, _ in lint.walk(text.split('\n')):
            place, anchor = f'{path}:{line + 1}', token.content
            if token.type == 'myst_target' and anchors.setdefault(anchor, place) != place:
                message = f'锚点{anchor}重复，{anchors[anchor]}已有同名锚点'
                book.faults.append(Fault(path, message, line + 1))
    return book


def files(folder: Path) -> list[Path]:
    """The files of a folder; those of editors and systems, which begin with a dot, are none."""
    return [
        path
        for path in sorted(folder.rglob('*'))
        if path.is_file() and not any(p.startswith('.') for p in path.relative_to(folder).parts)
    ]


def _toc_files(root: Path) -> list[Path]:
    """Paths of the ``.md`` files that ``_toc.yml`` lists, in order, relative to ``root``."""
    try:
        return [
            Path(f'{name.removesuffix(".md")}.md') for name in parse_toc_yaml(root / '_toc.yml')
        ]
    except Exception as error:  # from the system, YAML or sphinx-external-toc
        raise BookError(Fault(Path('_toc.yml'), f'读不了：{first_line(error)}')) from error


def read_text(root: Path, path: Path) -> str:
    """A chapter's text with LF line ends and without a byte order mark."""
    try:
        text = (root / path).read_text('utf-8-sig')
    except UnicodeDecodeError as error:
        raise BookError(Fault(path, f'不是UTF-8编码的文本（第{error.start}字节）')) from error
    if not text.strip():
        raise BookError(Fault(path, '文件是空的'))
    return text


def read_section(path: Path, text: str) -> Section | None:
    """Parse one chapter file; None for a plain page (no kernelspec in its header).

    Raises BookError with the faults that can be seen without running the code.
    """
    lines = text.split('\n')
    _raise(path, lint.invisible(lines))
    header = _read_header(path, lines)
    blocks = list(lint.walk(lines))
    _raise(path, lint.unclosed(blocks, lines))
    tokens = get_parser().parse(text)
    cells = [t for t in tokens if t.level == 0 and t.info.startswith('{code-cell}')]
    if 'kernelspec' not in header:
        for token in cells[:1]:
            _raise(path, [(span(token)[0] + 1, '有代码单元格，文件头却没有kernelspec')])
        _raise(path, lint.stray_exercises(blocks, []))
        return None
    expected = _expected(path, tokens, cells)
    title = [tokens[i + 1].content for i, t in enumerate(tokens) if t.type == 'heading_open'
             and t.tag == 'h1']  # fmt: skip
    section = Section(
        path=path,
        title=title[0] if title else '',
        notebook=_notebook(path, lines, header, cells, expected),
        exercises=[],
        expected=expected,
        end={f'code-{n}': span(token)[1] for n, token in enumerate(cells)},
        **{key: header[key] for key in ('timeout', 'exclusive', 'show') if key in header},
    )
    section.exercises = _exercises(section, tokens, len(lines))
    faults = [] if section.title else [(None, '没有一级标题（# 5.1 标题）')]
    faults += lint.header(section)
    faults += lint.cells(section)
    faults += lint.checks(section)
    faults += lint.stray_bold(blocks)
    faults += lint.stray_exercises(blocks, section.exercises)
    if faults:
        raise BookError(*(section.fault(*fault) for fault in faults))
    return section


def _raise(path: Path, found) -> None:
    if faults := [Fault(path, message, line) for line, message in found]:
        raise BookError(*faults)


def _read_header(path: Path, lines: list[str]) -> dict:
    """The YAML between the first two lines of ``---``."""
    if lines[0].rstrip() != '---':
        return {}
    end = next((i for i, line in enumerate(lines[1:], 1) if line.rstrip() == '---'), None)
    if end is None:
        raise BookError(Fault(path, '文件头没有结束：缺少第二行---', 1))
    try:
        header = yaml.safe_load('\n'.join(lines[1:end])) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, 'problem_mark', None)
        reason = getattr(error, 'problem', None) or first_line(error)
        message = f'文件头不是合法的YAML：{reason}'
        raise BookError(Fault(path, message, mark.line + 2 if mark else 1)) from error
    if not isinstance(header, dict):
        raise BookError(Fault(path, '文件头不是“键: 值”的形式', 1))
    kernel = header.get('kernelspec', {'name': 'python3'})
    if not isinstance(kernel, dict) or kernel.get('name') != 'python3':
        raise BookError(Fault(path, '文件头的kernelspec里应当有name: python3', 1))
    return header


def _expected(path: Path, tokens: list[Token], cells: list[Token]) -> dict[str, Expected]:
    """The ``{testoutput}`` blocks, by the id of the code cell they stand under."""
    expected, faults = {}, []
    for before, token in zip([None, *tokens], tokens):  # noqa: B905
        if token.level == 0 and token.info.startswith('{testoutput}'):
            first, last = span(token)
            if before in cells:
                cell_id = f'code-{cells.index(before)}'
                expected[cell_id] = Expected(token.content, first + 1, last)
            else:
                faults.append((first + 1, '{testoutput}前面应当紧挨着代码单元格'))
    _raise(path, faults)
    return expected


def _notebook(path: Path, lines: list[str], header: dict, cells, expected) -> NotebookNode:
    """The chapter as a notebook whose cells know their ids and lines."""
    shown = list(lines)
    for block in expected.values():
        shown[block.first - 1 : block.last] = [''] * (block.last - block.first + 1)
    try:
        notebook = myst_to_notebook('\n'.join(shown), add_source_map=True)
    except Exception as error:  # jupytext has no common class for what it cannot read
        _raise(path, _bad_options(cells))
        raise BookError(Fault(path, f'jupytext读不了：{first_line(error)}')) from error
    source_map = list(notebook.metadata.source_map)
    code = iter(enumerate(cells))
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type == 'code':
            n, token = next(code)
            cell.id = f'code-{n}'
            cell.source = re.sub(r'\A(\s*\n)+', '', cell.source)  # as IPython does
            source_map[i] = span(token)[1] - 1 - len(cell.source.split('\n'))
        else:
            cell.id = f'text-{i}'
            while not shown[source_map[i]].strip():
                source_map[i] += 1
    notebook.metadata = NotebookNode(
        kernelspec=header['kernelspec'],
        language_info={'name': 'python', 'pygments_lexer': 'ipython3'},
        source_map=source_map,
    )
    return notebook


def _bad_options(cells: list[Token]):
    """Yield (line, message) for each code cell with options that a notebook cannot hold."""
    for token in cells:
        try:
            options, _ = read_fenced_cell(token, 0, 'Code')
            new_code_cell(metadata=options)
        except Exception as error:  # from YAML, jupytext or nbformat
            yield span(token)[0] + 1, f'单元格的选项读不了：{first_line(error)}'


def _exercises(section: Section, tokens: list[Token], last: int) -> list[Exercise]:
    """Find the exercises: an anchor ``(ex-…)=`` whose next block is a heading ``##``."""
    headings = [span(t)[0] for t in tokens if t.type == 'heading_open' and t.tag in ('h1', 'h2')]
    exercises = []
    for i, token in enumerate(tokens):
        is_anchor = token.type == 'myst_target' and token.content.startswith('ex-')
        if not is_anchor or [t.tag for t in tokens[i + 1 : i + 2]] != ['h2']:
            continue
        label, line = token.content, span(token)[0] + 1
        end = min([h for h in headings if h > span(tokens[i + 1])[0]], default=last)
        cells = tuple(c for c in section.code_cells if line < section.line(c.id) <= end)
        exercise = Exercise(label, tokens[i + 2].content, line, cells)
        title = exercise.title.removeprefix(exercise.number).strip()
        exercises.append(replace(exercise, title=title))
    return exercises
