"""Turn a solution's code into what its reader is given to fill in, with or without the check."""

import ast
import symtable

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
    setup = [cell.source for cell in section.setup_cells[:2]]  # what an exercise may need
    blocks = [
        HEAD.format(exercise=exercise, address=address and f'\n# {address}'),
        prune('\n\n'.join(setup), stubs + checks),
        f'# {STUB}',
        '\n\n\n'.join(filter(None, stubs)),
        '# 以下是检查，不必改动',
        '\n\n\n'.join(checks),
    ]
    return '\n\n'.join(block.strip('\n') for block in blocks) + '\n'


def public(source: str) -> list[ast.stmt]:
    """The part of a solution's code that its reader is told: imports, classes, functions.

    What begins with an underscore is the answer's own affair.
    """
    kept = (ast.Import, ast.ImportFrom, ast.ClassDef, ast.FunctionDef)
    body = [node for node in ast.parse(source).body if isinstance(node, kept)]
    return [node for node in body if not getattr(node, 'name', '').startswith('_')]


def has_stub(source: str) -> bool:
    """Whether the practice notebook has something to fill in for this solution."""
    return any(hasattr(node, 'name') for node in public(source))


def stub(source: str) -> str:
    """A solution's code as its reader is told it: bodies replaced, docstrings and layout kept.

    What is not public goes, and so do imports that only the bodies need.
    """
    lines = source.split('\n')
    nodes = [node for node in public(source) if isinstance(node, (ast.ClassDef, ast.FunctionDef))]
    hollow = '\n\n\n'.join('\n'.join(_hollow(node, lines)) for node in nodes)
    imports = [node for node in public(source) if isinstance(node, (ast.Import, ast.ImportFrom))]
    used = _reads(ast.parse(hollow))
    kept = [ast.unparse(node) for node in imports if _binds(node) & used]
    return '\n\n\n'.join(filter(None, ['\n'.join(kept), hollow]))


def _hollow(node: ast.FunctionDef | ast.ClassDef, lines: list[str]) -> list[str]:
    """The lines of a function or class without the bodies of its functions."""
    indent = ' ' * node.col_offset
    has_doc = ast.get_docstring(node) is not None
    shown = [d for d in node.decorator_list if not ast.unparse(d).startswith('_')]
    kept = [f'{indent}@{ast.unparse(d)}' for d in shown]  # what a private one names is not there
    kept += lines[node.lineno - 1 : node.body[0].end_lineno if has_doc else node.body[0].lineno - 1]
    if node.body[0].lineno == node.lineno:  # all on one line
        node.decorator_list = []
        kept = [*kept[: len(shown)], indent + ast.unparse(node).split('\n')[0]]
    inner = f'{indent}    '
    if node.body[0].lineno > node.lineno:
        inner = lines[node.body[0].lineno - 1][: node.body[0].col_offset]
    methods = [n for n in node.body if isinstance(n, ast.FunctionDef)]
    if isinstance(node, ast.FunctionDef) or not methods:
        return [*kept, f'{inner}raise NotImplementedError({STUB!r})']
    for method in methods:
        kept += [''] * (has_doc or method is not methods[0]) + _hollow(method, lines)
    return kept


def prune(source: str, users: list[str]) -> str:
    """The statements of a set-up that ``users`` need, with what those need in turn.

    A statement that binds nothing stays where all that it reads does.
    """
    body = ast.parse(source).body
    needed = {'device', 'torch'}.union(*(_reads(ast.parse(user)) for user in users))
    size = 0
    while size != len(needed):
        size = len(needed)
        for node in body:
            if _binds(node) & needed:
                needed |= _reads(node)
    bound = set().union(*map(_binds, body))
    lines, kept, end = source.split('\n'), [], 0
    for node in body:
        first = min([node.lineno, *(d.lineno for d in getattr(node, 'decorator_list', []))])
        above = lines[end : first - 1]  # comments, blank lines
        end = node.end_lineno
        binds = _binds(node)
        if binds & needed if binds else _reads(node) & bound <= needed:
            kept += above + lines[first - 1 : end]
    return '\n'.join(kept).strip('\n')


def _reads(tree: ast.AST) -> set[str]:
    """The names that code reads from the notebook's, not what its functions bind themselves."""
    tables, names = [symtable.symtable(ast.unparse(tree), 'code', 'exec')], set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        names |= {s.get_name() for s in table.get_symbols() if s.is_global() and s.is_referenced()}
    return names


def _binds(node: ast.stmt) -> set[str]:
    """The names that a statement at the top of a cell binds."""
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {alias.asname or alias.name.partition('.')[0] for alias in node.names}
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        return {node.name}
    return {
        n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
    }
