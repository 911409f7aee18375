"""Turn Python source into mutants: the same source with one small change each.

Changed are operators, numbers, conditions, arguments, items, results; statements are left out.
Strings and annotations stay as they are, and so does everything that is a message.
"""

import ast
import difflib
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

OTHER = {
    **{ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult},
    **{ast.FloorDiv: ast.Div, ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.MatMult: ast.Mult},
    **{ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt},
    **{ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Is: ast.IsNot, ast.IsNot: ast.Is},
    **{ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And},
}
COMMUTATIVE = (ast.Add, ast.Mult, ast.BitOr, ast.BitAnd, ast.BitXor)
UNEQUAL = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
KEPT = (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom, ast.Return, ast.Pass)
ANNOTATIONS = ('annotation', 'returns')


@dataclass(frozen=True)
class Mutant:
    """Changed source; the changed line in the old source, from 1; what a diff shows."""

    source: str
    line: int
    change: str


def mutants(source: str) -> Iterator[Mutant]:
    """All mutants of a source, each once; they have no comments."""
    tree = ast.parse(source)
    own = ast.unparse(tree)
    seen = {own}
    for node, parent in list(nodes(tree)):
        for other in changes(node, parent):
            text = ast.unparse(Replace(node, other).visit(tree))
            Replace(other, node).visit(tree)
            if text not in seen:
                seen.add(text)
                line = node.target.lineno if isinstance(node, ast.comprehension) else node.lineno
                yield Mutant(text, line, difference(own, text))


def nodes(node: ast.AST, parent: ast.AST | None = None) -> Iterator[tuple[ast.AST, ast.AST]]:
    """A node and all under it, each with its parent; no annotations, and nothing of messages."""
    yield node, parent
    for name, value in ast.iter_fields(node):
        for child in value if isinstance(value, list) else [value]:
            spared = isinstance(node, ast.Raise | ast.JoinedStr) or name in ANNOTATIONS
            if isinstance(child, ast.AST) and not spared:
                yield from nodes(child, node)


def changes(node: ast.AST, parent: ast.AST) -> Iterator[ast.AST]:
    """What may stand in the place of a node, so that the code is another."""
    match node:
        case ast.BinOp(left, op, right):
            if type(op) in OTHER:
                yield altered(node, op=OTHER[type(op)]())
            if not isinstance(op, COMMUTATIVE):
                yield altered(node, left=right, right=left)
        case ast.Compare(left, [op], [right]):
            yield altered(node, ops=[OTHER[type(op)]()])
            if isinstance(op, UNEQUAL):
                yield altered(node, left=right, comparators=[left])
        case ast.BoolOp(op):
            yield altered(node, op=OTHER[type(op)]())
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.If(test) | ast.IfExp(test) | ast.While(test):
            yield altered(node, test=negated(test))
        case ast.comprehension(ifs=[test]):
            yield altered(node, ifs=[negated(test)])
        case ast.Constant(bool(value)):
            yield altered(node, value=not value)
        case ast.Constant(int(value) | float(value)):
            yield altered(node, value=value + 1)
            yield altered(node, value=value - 1)
        case ast.Slice(lower, upper):
            yield altered(node, lower=upper, upper=lower)
        case ast.Tuple(items, ast.Load()) | ast.List(items, ast.Load()):
            yield from (altered(node, elts=other) for other in [*shortened(items), *swapped(items)])
        case ast.Call(function, args, keywords):
            yield from (altered(node, keywords=other) for other in shortened(keywords))
            yield from (altered(node, args=other) for other in [*shortened(args), *swapped(args)])
            if not isinstance(parent, ast.Expr):  # where the value is used
                yield from (arg for arg in args[:1] if not isinstance(arg, ast.Starred))
                if isinstance(function, ast.Attribute):
                    yield function.value
        case ast.Return(ast.expr() as value) if ast.unparse(value) != 'None':
            yield altered(node, value=None)
    if isinstance(node, ast.stmt) and not isinstance(node, KEPT) and not is_docstring(node):
        yield ast.Pass()


def altered(node: ast.AST, **fields) -> ast.AST:
    """A copy of a node with other values of some fields."""
    return type(node)(**vars(node) | fields)


def negated(test: ast.expr) -> ast.expr:
    """The opposite, written as the other changes of the test would write it."""
    match test:
        case ast.UnaryOp(ast.Not(), operand):
            return operand
        case ast.Compare(_, [op]) if not isinstance(op, UNEQUAL):
            return altered(test, ops=[OTHER[type(op)]()])
    return ast.UnaryOp(ast.Not(), test)


def shortened(items: list) -> list[list]:
    """A list without one of its items."""
    return [items[:i] + items[i + 1 :] for i in range(len(items))]


def swapped(items: list) -> list[list]:
    """A list with two neighbours swapped."""
    firsts = range(len(items) - 1)
    return [[*items[:i], items[i + 1], items[i], *items[i + 2 :]] for i in firsts]


def is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


class Replace(ast.NodeTransformer):
    """Put one node into the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST):
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def difference(old: str, new: str) -> str:
    """The lines that only one of two texts has, as a diff shows them, without their indentation."""
    diff = difflib.unified_diff(old.split('\n'), new.split('\n'), n=0, lineterm='')
    signs, lines = zip(*((x[0], x[1:]) for x in list(diff)[2:] if x[0] != '@'), strict=True)
    lines = textwrap.dedent('\n'.join(lines)).split('\n')
    return '\n'.join(f'{sign} {line}' for sign, line in zip(signs, lines, strict=True))
