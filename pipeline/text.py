"""Turn MyST text into its blocks, and into plain CommonMark with LaTeX for notebooks.

Colab, JupyterLab and VS Code render the latter: directives become headings, quotes and
``<details>``; targets and comments go; references to exercises become links to the published page.
"""

import re
from collections.abc import Iterator

from docutils.languages.zh_cn import labels
from jupytext.myst import get_parser
from markdown_it.token import Token
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin

PARSER = get_parser().use(colon_fence_plugin).use(dollarmath_plugin)
FENCES = ('fence', 'colon_fence')
# Directives whose body is not Markdown: what looks like a fence in there is none.
VERBATIM = ('{code', '{math', '{raw', '{testoutput')
TITLES = labels | {'exercise': '练习'}
WIDE = r'[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef\u3000-\u303f“”‘’…—]'
BREAK = re.compile(rf'(?<={WIDE})\n(?![ \t]*>)[ \t]*|\n[ \t]*(?={WIDE})')
# Code is skipped; a link within the book: its text, its label, or the chapter it names.
LINK = re.compile(r'(`+)(?!`).*?(?<!`)\1(?!`)|\[([^\]]*)\]\((?:#([\w-]+)|(?!\w+:)[^)]*\.md[^)]*)\)')


def walk(lines: list[str], start: int = 0, level: int = 0) -> Iterator[Token]:
    """Yield all blocks, also those in directives, with their lines and levels in the whole."""
    for token in PARSER.parse('\n'.join(lines)):
        if token.map and token.nesting != -1:
            first, last = token.map
            token.map, token.level = [start + first, start + last], level + token.level
            yield token
            is_markdown = token.info[:1] == '{' and not token.info.startswith(VERBATIM)
            if token.type in FENCES and is_markdown:
                yield from walk(lines[first + 1 : last - 1], start + first + 1, token.level + 1)


def span(token: Token) -> tuple[int, int]:
    """The first line of a block and the line after it, both from 0."""
    assert token.map, 'only blocks have lines'
    return token.map[0], token.map[1]


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
        elif token.type in ('myst_target', 'myst_line_comment', 'myst_block_break'):
            lines[first:last] = [None] * (last - first)
        elif token.type in ('paragraph_open', 'heading_open', 'table_open'):
            text = _joined(lines[first:last])[:-1]
            text = join_lines(text) if token.type == 'paragraph_open' else text
            text = LINK.sub(lambda match: _link(match, links), text)
            lines[first:last] = [text, *[None] * (last - first - 1)]
    pieces.append((_joined(lines[position:]), ''))
    return pieces


def join_lines(text: str) -> str:
    """Drop the line breaks of a paragraph that stand next to a wide character."""
    return BREAK.sub('', text)


def _joined(lines: list[str | None]) -> str:
    return '\n'.join(line for line in lines if line is not None) + '\n'


def _link(match: re.Match, links: dict[str, str]) -> str:
    if match[1]:
        return match[0]
    label = match[3] or ''
    text = match[2] or label.removeprefix('ex-').replace('-', '.')
    return f'[{text}]({links[label]})' if label in links else text


def _directive(name: str, argument: str, content: str, links: dict[str, str]) -> str:
    body = re.sub(r'\A(:[\w-]+:.*\n?)*', '', content)
    options, body = content.removesuffix(body), body.strip()
    if name == 'math':
        return f'\n$$\n{body}\n$$\n'
    if name in ('code', 'code-block'):
        return f'\n```{argument}\n{body}\n```\n'
    if name == 'solution-start':
        return '\n### 解答\n'
    if name == 'rubric':
        return f'\n#### {argument}\n'
    body = ''.join(text for text, _ in plain(body, links)).strip()
    title = argument or TITLES.get(name)
    if re.search(r'^:class:.*\bdropdown\b', options, re.M):
        return f'\n<details>\n<summary>{title}</summary>\n\n{body}\n\n</details>\n'
    if title:
        body = '\n'.join(f'> {line}'.rstrip() for line in f'**{title}**\n\n{body}'.split('\n'))
    return f'\n{body}\n'
