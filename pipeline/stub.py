"""Turn a solution's code into what its reader is given to fill in, with or without the check."""

import ast
import symtable
from itertools import pairwise

from pipeline.book import Exercise, Section

STUB = '在这里写你的答案'
HEAD = """\
# 练习{exercise.number} {exercise.title}{address}
# 在标明的地方换上你的答案，然后运行：在终端里、在笔记本的一格里都行
import sys

if hasattr(sys.stdout, 'reconfigure'):  # 终端的编码里可能没有✓
    sys.stdout.reconfigure(errors='replace')
"""


def check_script(section: Section, exercise: Exercise, address: str = '') -> str:
    """The script; unfilled, it fails at the first stub.

    ``address`` is the exercise's published one, '' where it is not known.
    """
    stubs = [stub(cell.source) for cell in exercise.solutions]
    checks = [cell.source for cell in exercise.checks]
    setup = '\n\n'.join(cell.source for cell in section.setup_cells)
    blocks = [
        HEAD.format(exercise=exercise, address=address and f'\n# {address}'),
        prune(setup, stubs + checks),
        f'# {STUB}',
        '\n\n\n'.join(filter(None, stubs)),
        '# 以下是检查，不必改动',
        '\n\n\n'.join(checks),
    ]
    return '\n\n'.join(block.strip('\n') for block in blocks) + '\n'


def public(source: str) -> list[ast.ClassDef | ast.FunctionDef]:
    """The classes and functions of a solution's code that its reader is told.

    What begins with an underscore is the answer's own affair.
    """
    body = ast.parse(source).body
    named = [node for node in body if isinstance(node, (ast.ClassDef, ast.FunctionDef))]
    return [node for node in named if not node.name.startswith('_')]


def stub(source: str) -> str:
    """A solution's code as its reader is told it: bodies replaced, docstrings and layout kept.

    What is not public goes, and so do imports that only the bodies need.
    """
    lines = source.split('\n')
    hollow = '\n\n\n'.join('\n'.join(_hollow(node, lines)) for node in public(source))
    body = ast.parse(source).body
    imports = [ast.unparse(n) for n in body if isinstance(n, (ast.Import, ast.ImportFrom))]
    used = [line for line in imports if _binds(line) & _reads(hollow)]
    return '\n\n\n'.join(filter(None, ['\n'.join(used), hollow]))


def _hollow(node: ast.ClassDef | ast.FunctionDef, lines: list[str]) -> list[str]:
    """The lines of a function or class without the bodies of its functions."""
    body = node.body[0]
    has_doc = ast.get_docstring(node) is not None
    kept = lines[_first_line(node) : body.end_lineno if has_doc else _first_line(body)]
    methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
    if isinstance(node, ast.FunctionDef) or not methods:
        indent = lines[body.lineno - 1][: body.col_offset]
        return [*kept, f'{indent}raise NotImplementedError({STUB!r})']
    for method in methods:
        kept += ['', *_hollow(method, lines)]
    return kept


def _first_line(node: ast.stmt) -> int:
    """The line, from 0, where a statement or its first decorator begins."""
    return min(n.lineno for n in [node, *getattr(node, 'decorator_list', [])]) - 1


def prune(source: str, users: list[str]) -> str:
    """The statements of a set-up that ``users`` need, with what those need in turn.

    A statement that binds nothing stays where all that it reads does.
    """
    lines = source.split('\n')
    ends = [0, *(node.end_lineno or 0 for node in ast.parse(source).body)]
    statements = ['\n'.join(lines[a:b]) for a, b in pairwise(ends)]  # with comments above them
    needed = {'device', 'torch'}.union(*map(_reads, users))
    while more := set().union(*(_reads(s) for s in statements if _binds(s) & needed)) - needed:
        needed |= more
    gone = set().union(*map(_binds, statements)) - needed
    kept = [s for s in statements if (_binds(s) & needed if _binds(s) else not _reads(s) & gone)]
    return '\n'.join(kept).strip('\n')


def _binds(source: str) -> set[str]:
    """The names that code binds at the top of a cell."""
    symbols = symtable.symtable(source, 'cell', 'exec').get_symbols()
    return {s.get_name() for s in symbols if s.is_assigned() or s.is_imported()}


def _reads(source: str) -> set[str]:
    """The names that code reads from the notebook's, not what its functions bind themselves."""
    tables, names = [symtable.symtable(source, 'cell', 'exec')], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        names |= {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
    return names
