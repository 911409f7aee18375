"""Turn a solution's code into what its reader is given to fill in."""

import ast

STUB = '在这里写你的答案'


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
    """A solution's code with the bodies of its functions replaced; docstrings stay.

    What is not public goes, as do comments (``ast`` has none).
    """
    return '\n\n\n'.join(ast.unparse(_hollow(node)).strip() for node in public(source))


def _hollow(node: ast.stmt) -> ast.stmt:
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
        shown = [d for d in node.decorator_list if not ast.unparse(d).startswith('_')]
        node.decorator_list = shown  # what a private one names is not there
        doc = node.body[:1] if ast.get_docstring(node) else []
        methods = [_hollow(n) for n in node.body if isinstance(n, ast.FunctionDef)]
        if isinstance(node, ast.FunctionDef) or not methods:
            methods = ast.parse(f'raise NotImplementedError({STUB!r})').body
        node.body = doc + methods
    return node
