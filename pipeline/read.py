"""Read the chapters: MyST files in, sections with notebooks and expected outputs out."""

import ast
import hashlib
import html
import json
import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from jupytext.myst import get_parser, myst_to_notebook, read_fenced_cell
from markdown_it import MarkdownIt
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from pipeline.faults import BookError, Fault

CHAPTERS = 'chapters'
TIMEOUT = 120  # seconds a cell may take unless the section's header says otherwise

# Directives whose body is not Markdown: what looks like a fence in there is none.
VERBATIM = ('code', 'math', 'raw', 'testoutput', 'mermaid')
INVISIBLE = re.compile(r'[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]')


@dataclass(frozen=True)
class Exercise:
    """An exercise: ``label`` ('ex-5-1-1'), ``title`` without number, 1-based ``line``, cells."""

    label: str
    title: str
    line: int
    cells: tuple[NotebookNode, ...]

    @property
    def number(self) -> str:
        return self.label.removeprefix('ex-').replace('-', '.')


@dataclass(frozen=True)
class Expected:
    """A ``{testoutput}`` block: its text, and its first and last line in the chapter (1-based)."""

    text: str
    first: int
    last: int


@dataclass
class Section:
    """One executable section of the book.

    Attributes
    ----------
    path
        The MyST file, relative to the root of the book.
    notebook
        Its cells, without outputs and ``{testoutput}`` blocks. ``cell.id`` is stable,
        ``notebook.metadata.source_map`` holds each cell's 0-based first line.
    expected
        Cell id -> what the cell must print.
    end
        Code cell id -> 1-based line of its closing fence.
    timeout, exclusive
        Seconds a cell may take; whether the section runs alone, because it measures time.
    show
        'cuda' for a section whose page shows its CUDA record where there is a current one.
    """

    path: Path
    title: str
    notebook: NotebookNode
    exercises: list[Exercise]
    expected: dict[str, Expected]
    end: dict[str, int]
    timeout: float = TIMEOUT
    exclusive: bool = False
    show: str = 'cpu'

    @property
    def name(self) -> str:
        """Path without folder of chapters and suffix, e.g. 'ch05/01-layers-and-blocks'."""
        return self.path.relative_to(CHAPTERS).with_suffix('').as_posix()

    @property
    def number(self) -> str:
        """'5.1' of the title '5.1 层和块'."""
        return self.title.split()[0]

    @property
    def code_cells(self) -> list[NotebookNode]:
        return [cell for cell in self.notebook.cells if cell.cell_type == 'code']

    @property
    def source_hash(self) -> str:
        """Fingerprint of the code; prose does not count."""
        sources = [cell.source for cell in self.code_cells]
        return hashlib.sha256(json.dumps(sources).encode()).hexdigest()

    def line(self, cell_id: str, offset: int = 0) -> int:
        """1-based line in the chapter of the ``offset``-th line (from 0) of a cell."""
        ids = [cell.id for cell in self.notebook.cells]
        return self.notebook.metadata.source_map[ids.index(cell_id)] + 1 + offset

    def exercise_at(self, line: int | None) -> str:
        """Number of the exercise that a line belongs to, '' for none."""
        before = [e.number for e in self.exercises if line is not None and e.line <= line]
        return before[-1] if before else ''

    def fault(self, line: int | None, message: str) -> Fault:
        return Fault(self.path, message, line, self.exercise_at(line))


@dataclass
class Book:
    """What was read: the sections, the plain pages (relative paths), and what is wrong."""

    sections: list[Section] = field(default_factory=list)
    pages: list[Path] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def has_tag(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get('tags', [])


def has_assert(cell: NotebookNode) -> bool:
    return any(isinstance(node, ast.Assert) for node in ast.walk(ast.parse(cell.source)))


def public(source: str) -> list[ast.stmt]:
    """The part of a solution's code that its reader is told: imports, classes, functions.

    What begins with an underscore is the answer's own affair.
    """
    kept = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef)
    body = [node for node in ast.parse(source).body if isinstance(node, kept)]
    return [node for node in body if not getattr(node, 'name', '').startswith('_')]


def has_stub(cell: NotebookNode) -> bool:
    """Whether the practice notebook has something to fill in for this solution."""
    return any(hasattr(node, 'name') for node in public(cell.source))


def read_book(root: Path) -> Book:
    """Read all that ``_toc.yml`` lists; faults are collected, not raised.

    Raises
    ------
    BookError
        When ``_toc.yml`` itself cannot be read.
    """
    book = Book()
    toc = toc_files(root)
    found = {p.relative_to(root) for p in (root / CHAPTERS).rglob('*.md')}
    for path in sorted(found - set(toc)):
        book.faults.append(Fault(path, '这个文件没有列入_toc.yml，不会出现在书里'))
    anchors: dict[str, str] = {}
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
        if section is None:
            book.pages.append(path)
        else:
            book.sections.append(section)
        for number, line in enumerate(text.split('\n'), 1):
            if match := re.fullmatch(r'\(([\w-]+)\)=\s*', line):
                first = anchors.setdefault(match[1], f'{path}:{number}')
                if first != f'{path}:{number}':
                    fault = Fault(path, f'锚点{match[1]}重复，{first}已有同名锚点', number)
                    book.faults.append(fault)
    return book


def toc_files(root: Path) -> list[Path]:
    """Paths of the ``.md`` files that ``_toc.yml`` lists, in order, relative to ``root``."""
    path = root / '_toc.yml'
    try:
        toc = yaml.safe_load(path.read_text('utf-8'))
        names = list(_names(toc))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise BookError(Fault(Path('_toc.yml'), f'读不了：{_first_line(error)}')) from error
    return [Path(f'{name}.md') for name in names]


def _names(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ('root', 'file'):
                yield str(value).removesuffix('.md')
            else:
                yield from _names(value)
    elif isinstance(node, list):
        for item in node:
            yield from _names(item)


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

    Raises
    ------
    BookError
        With every fault that can be seen without running the code.
    """
    lines = text.split('\n')
    if faults := [Fault(path, message, line) for line, message in _invisible(lines)]:
        raise BookError(*faults)
    header = _read_header(path, text)
    found = [*_unclosed(lines), *_tags_in_titles(lines)]
    faults = [Fault(path, message, line) for line, message in found]
    fences = [t for t in get_parser().parse(text) if t.type == 'fence' and t.level == 0]
    cells = [t for t in fences if t.info.startswith('{code-cell}')]
    if 'kernelspec' not in header:
        if cells and not faults:
            faults = [Fault(path, '有代码单元格，文件头却没有kernelspec', cells[0].map[0] + 1)]
        if faults:
            raise BookError(*faults)
        return None
    faults += [Fault(path, message, line) for line, message in _bad_options(cells)]
    if faults:
        raise BookError(*faults)

    expected = _expected(path, fences, lines)
    shown = list(lines)
    for block in expected.values():
        shown[block.first - 1 : block.last] = [''] * (block.last - block.first + 1)
    try:
        notebook = myst_to_notebook('\n'.join(shown), add_source_map=True)
    except Exception as error:  # jupytext has no common class for what it cannot read
        raise BookError(Fault(path, f'jupytext读不了：{_first_line(error)}')) from error
    source_map = list(notebook.metadata.source_map)
    code = iter(enumerate(cells))
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type == 'code':
            n, token = next(code)
            cell.id = f'code-{n}'
            cell.source = re.sub(r'\A(\s*\n)+', '', cell.source)  # as IPython does
            source_map[i] = token.map[1] - 1 - len(cell.source.split('\n'))
        else:
            cell.id = f'text-{i}'
            while not shown[source_map[i]].strip():
                source_map[i] += 1
    notebook.metadata = NotebookNode(
        kernelspec=header['kernelspec'],
        language_info={'name': 'python', 'pygments_lexer': 'ipython3'},
        source_map=source_map,
    )
    outside = _blank_fences(lines, fences)
    section = Section(
        path=path,
        title=_title(outside),
        notebook=notebook,
        exercises=[],
        expected=expected,
        end={f'code-{n}': token.map[1] for n, token in enumerate(cells)},
        timeout=header.get('timeout', TIMEOUT),
        exclusive=header.get('exclusive', False),
        show=header.get('show', 'cpu'),
    )
    section.exercises = _exercises(section, outside)
    faults = [section.fault(line, message) for line, message in _mistakes(section, lines)]
    if faults:
        raise BookError(*faults)
    return section


def _invisible(lines: list[str]):
    """Yield (line, message) for characters that some take for the end of a line, or for none."""
    for number, line in enumerate(lines, 1):
        if match := INVISIBLE.search(line):
            yield number, f'第{match.start() + 1}个字符是看不见的控制字符U+{ord(match[0]):04X}'


def _read_header(path: Path, text: str) -> dict:
    """The YAML between the first two lines of ``---``."""
    lines = text.split('\n')
    if lines[0].rstrip() != '---':
        return {}
    ends = [i for i, line in enumerate(lines[1:], 1) if line.rstrip() == '---']
    if not ends:
        raise BookError(Fault(path, '文件头没有结束：缺少第二行---', 1))
    try:
        header = yaml.safe_load('\n'.join(lines[1 : ends[0]])) or {}
    except yaml.YAMLError as error:
        mark = getattr(error, 'problem_mark', None)
        line = mark.line + 2 if mark else 1
        reason = getattr(error, 'problem', None) or _first_line(error)
        raise BookError(Fault(path, f'文件头不是合法的YAML：{reason}', line)) from error
    if not isinstance(header, dict):
        raise BookError(Fault(path, '文件头不是“键: 值”的形式', 1))
    kernel = header.get('kernelspec', {'name': 'python3'})
    if not isinstance(kernel, dict) or kernel.get('name') != 'python3':
        raise BookError(Fault(path, '文件头的kernelspec里应当有name: python3', 1))
    return header


def _walk(lines: list[str], start: int = 0):
    """Yield (token, its lines, 0-based line in the file) for all blocks, also inside directives."""
    for token in get_parser().parse('\n'.join(lines)):
        if token.map is None or token.nesting == -1:
            continue
        first, last = token.map
        yield token, lines[first:last], start + first
        verbatim = token.info[1:].startswith(VERBATIM)
        if token.type == 'fence' and token.info.startswith('{') and not verbatim:
            yield from _walk(lines[first + 1 : last - 1], start + first + 1)


def _unclosed(lines: list[str]):
    """Yield (line, message) for each fence that is not closed."""
    for token, block, start in _walk(lines):
        if token.type != 'fence':
            continue
        fence = re.compile(rf'\s*{re.escape(token.markup[0])}{{{len(token.markup)},}}(.*)')
        inside = [fence.fullmatch(line) for line in block[1:]]
        reopened = [i for i, match in enumerate(inside, 1) if match and match[1].strip()]
        message = f'{token.markup}{token.info}没有结束'
        if reopened:
            yield start + 1, f'{message}，第{start + reopened[0] + 1}行又开始了新的一块'
        elif not inside or inside[-1] is None:
            yield start + 1, message


def _stray_bold(lines: list[str]):
    """Yield (line, message) where asterisks meant as bold would be shown as asterisks."""
    for token, _, start in _walk(lines):
        if token.type != 'inline':
            continue
        for number, line in enumerate(token.content.split('\n'), start + 1):
            inline = MarkdownIt('commonmark').parseInline(re.sub(r'\$[^$]*\$', '', line))[0]
            if any(child.type == 'text' and '**' in child.content for child in inline.children):
                yield number, '**没有成对：紧挨着中文标点的加粗不会生效'


def _tags_in_titles(lines: list[str]):
    """Yield (line, message) for each heading that shows or is HTML.

    The theme prints titles, code in them included, as HTML, and so does the search.
    """
    for token, block, start in _walk(lines):
        if token.type != 'heading_open':
            continue
        if match := re.search(r'<[a-zA-Z/!?]', html.unescape('\n'.join(block))):
            yield start + 1, f'标题里不能有{match[0]}：菜单和搜索结果会把它当作HTML标签'


def _bad_options(cells):
    """Yield (line, message) for each code cell with options that a notebook cannot hold."""
    for token in cells:
        try:
            options, _ = read_fenced_cell(token, 0, 'Code')
            new_code_cell(metadata=options)
        except Exception as error:  # from YAML, jupytext or nbformat
            yield token.map[0] + 1, f'单元格的选项读不了：{_first_line(error)}'


def _expected(path: Path, fences, lines: list[str]) -> dict[str, Expected]:
    """The ``{testoutput}`` blocks, by the id of the code cell they stand under."""
    expected, faults = {}, []
    ends = [token.map[1] for token in fences if token.info.startswith('{code-cell}')]
    for token in fences:
        if not token.info.startswith('{testoutput}'):
            continue
        first, last = token.map
        above = first
        while above and not lines[above - 1].strip():
            above -= 1
        if above in ends:
            expected[f'code-{ends.index(above)}'] = Expected(token.content, first + 1, last)
        else:
            faults.append(Fault(path, '{testoutput}前面应当紧挨着代码单元格', first + 1))
    if faults:
        raise BookError(*faults)
    return expected


def _blank_fences(lines, fences) -> list[str]:
    """The lines with everything inside of fences blanked, so that line numbers stay."""
    outside = list(lines)
    for token in fences:
        for i in range(*token.map):
            outside[i] = ''
    return outside


def _title(outside: list[str]) -> str:
    return next((line[2:].strip() for line in outside if line.startswith('# ')), '')


def _exercises(section: Section, outside: list[str]) -> list[Exercise]:
    """Find the exercises: an anchor ``(ex-…)=`` and the ``##`` heading under it."""
    headings = [i for i, line in enumerate(outside, 1) if line.startswith('## ')]
    exercises = []
    for number, line in enumerate(outside, 1):
        match = re.fullmatch(r'\((ex-[\w-]+)\)=\s*', line)
        if not match or number + 1 not in headings:
            continue
        title = outside[number].removeprefix('## ').strip()
        end = min([h for h in headings if h > number + 1], default=len(outside) + 1)
        cells = tuple(c for c in section.code_cells if number < section.line(c.id) < end)
        label_number = match[1].removeprefix('ex-').replace('-', '.')
        title = title.removeprefix(label_number).strip()
        exercises.append(Exercise(match[1], title, number, cells))
    return exercises


def _mistakes(section: Section, lines: list[str]):
    """Yield (line, message) for what an author gets wrong inside a readable file."""
    if not section.title:
        yield None, '没有一级标题（# 5.1 标题）'
    if not isinstance(section.timeout, (int, float)) or section.timeout <= 0:
        yield 1, f'文件头的timeout应当是正的秒数，现在是{section.timeout!r}'
    if not isinstance(section.exclusive, bool):
        yield 1, f'文件头的exclusive应当是true或false，现在是{section.exclusive!r}'
    if section.show not in ('cpu', 'cuda'):
        yield 1, f'文件头的show应当是cpu或cuda，现在是{section.show!r}'
    if not section.code_cells or not has_tag(section.code_cells[0], 'parameters'):
        yield None, "第一个代码单元格应当带parameters标签，并写明device = 'auto'"
    broken = False
    for cell in section.code_cells:
        try:
            ast.parse(cell.source)
        except SyntaxError as error:
            if has_tag(cell, 'solution') or not has_tag(cell, 'raises-exception'):
                broken = True
                line = section.line(cell.id, (error.lineno or 1) - 1)
                yield line, f'代码不是合法的Python：{error.msg}'
    yield from _stray_bold(lines)
    for exercise in section.exercises:
        solutions = [cell for cell in exercise.cells if has_tag(cell, 'solution')]
        if not solutions:
            yield exercise.line, '没有带solution标签的单元格'
        elif not broken and not any(map(has_stub, solutions)):
            line = section.line(solutions[0].id)
            yield line, 'solution单元格里没有公开的类或函数，练习笔记本里就没有可填的地方'
        checks = [cell for cell in exercise.cells if has_tag(cell, 'check')]
        if not checks:
            yield exercise.line, '没有带check标签的单元格'
        elif not broken and not any(map(has_assert, checks)):
            yield exercise.line, '检查单元格里没有assert'


def _first_line(error: Exception) -> str:
    return str(error).strip().split('\n')[0] or type(error).__name__
