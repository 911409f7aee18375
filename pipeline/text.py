"""Turn MyST text into plain CommonMark with LaTeX, which Colab, JupyterLab and VS Code render.

Directives become headings, quotes and ``<details>``; targets and comments go; references to
exercises become links to the published page. The parser's tokens say what is what.
"""

import re

from jupytext.myst import get_parser
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

PARSER = get_parser().use(colon_fence_plugin).use(dollarmath_plugin)
FENCES = ('fence', 'colon_fence')
ADMONITIONS = {
    'admonition': '',
    'attention': '注意',
    'caution': '小心',
    'hint': '提示',
    'important': '重要',
    'note': '说明',
    'seealso': '参见',
    'tip': '提示',
    'warning': '警告',
}
WIDE = r'[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—]'
# Code is skipped; a link within the book: its text, its label, or the chapter it names.
LINK = re.compile(r'(`+)(?!`).*?(?<!`)\1(?!`)|\[([^\]]*)\]\((?:#([\w-]+)|(?!\w+:)[^)]*\.md[^)]*)\)')


def plain(source: str, links: dict[str, str]) -> list[tuple[str, str]]:
    """Split MyST text at its top-level directives and make each piece plain Markdown.

    Parameters
    ----------
    links
        Label -> address; references to labels that it lacks keep their text alone.

    Returns
    -------
    list of (text, directive)
        In order; ``directive`` is '' for the text between directives.
    """
    lines: list[str | None] = [*source.split('\n')]
    pieces, position, before = [], 0, ''
    for token in PARSER.parse(source):
        if token.map is None or token.nesting == -1:
            continue
        first, last = token.map
        if token.type in FENCES and token.level == 0 and token.info.startswith('{'):
            pieces.append((_joined(lines[position:first]), ''))
            name, _, argument = token.info[1:].partition('}')
            argument = argument.strip() or ('再提示一步' if name == before == 'hint' else '')
            pieces.append((_directive(name, argument, token.content, links), name))
            position, before = last, name
        elif token.type in ('myst_target', 'myst_line_comment'):
            lines[first:last] = [None] * (last - first)
        elif token.type in ('paragraph_open', 'heading_open', 'table_open'):
            _rewrite(lines, token, links)
    pieces.append((_joined(lines[position:]), ''))
    return pieces


def span(token: Token) -> tuple[int, int]:
    """The first line of a block and the line after it, both from 0."""
    assert token.map, 'only blocks have lines'
    return token.map[0], token.map[1]


def join_lines(text: str) -> str:
    """Drop the line breaks of a paragraph that stand next to a wide character."""
    return re.sub(rf'(?<={WIDE})\n|\n(?={WIDE})', '', text)


def _joined(lines: list[str | None]) -> str:
    return '\n'.join(line for line in lines if line is not None) + '\n'


def _rewrite(lines: list[str | None], token: Token, links: dict[str, str]) -> None:
    """Link what a block refers to; a paragraph's line breaks go where they would show."""
    first, last = span(token)
    text = _joined(lines[first:last])[:-1]
    if token.type == 'paragraph_open' and not text.lstrip().startswith('>'):
        text = join_lines(re.sub(r'\n[ \t]+', '\n', text))
    lines[first] = LINK.sub(lambda match: _link(match, links), text)
    lines[first + 1 : last] = [None] * (last - first - 1)


def _link(match: re.Match, links: dict[str, str]) -> str:
    if match[1]:
        return match[0]
    label = match[3] or ''
    text = match[2] or label.removeprefix('ex-').replace('-', '.')
    return f'[{text}]({links[label]})' if label in links else text


def _directive(name: str, argument: str, content: str, links: dict[str, str]) -> str:
    body = re.sub(r'\A(:[\w-]+:.*\n?)*', '', content)
    head, body = content.removesuffix(body), body.strip()
    if name == 'math':
        return f'\n$$\n{body}\n$$\n'
    if name in ('code', 'code-block'):
        return f'\n```{argument}\n{body}\n```\n'
    if name == 'solution-start':
        return '\n### 解答\n'
    if name == 'rubric':
        return f'\n#### {argument}\n'
    body = ''.join(text for text, _ in plain(body, links)).strip()
    if name == 'exercise':
        return '\n' + _quote(f'**练习**\n\n{body}') + '\n'
    if name not in ADMONITIONS:
        return f'\n{body}\n'
    title = argument or ADMONITIONS[name]
    if re.search(r'^:class:.*\bdropdown\b', head, re.M):
        return f'\n<details>\n<summary>{title}</summary>\n\n{body}\n\n</details>\n'
    return '\n' + _quote(f'**{title}**\n\n{body}') + '\n'


def _quote(text: str) -> str:
    return '\n'.join(f'> {line}'.rstrip() for line in text.split('\n'))
