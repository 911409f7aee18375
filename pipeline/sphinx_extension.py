"""Sphinx extension: what the configuration of Jupyter Book and its theme cannot do.

- A line break inside a Chinese paragraph shows no space: chapters have one sentence a line.
- Mathematics becomes MathML when the book is built: no script, and no second of waiting.
- What the theme leaves in English is translated.
- Pages get a description for search engines, and pictures with sizes.
"""

import gettext
import re
from pathlib import Path

import imagesize
from docutils import nodes
from sphinx import locale
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util import logging

from pipeline.mathml import LatexError, to_mathml, write_font
from pipeline.text import join_lines

ENGLISH = {
    'Skip to main content': '跳到正文',
    'Search': '搜索',
    'light/dark': '浅色、深色、随系统',
    'previous page': '上一页',
    'next page': '下一页',
    'Version warning': '版本提示',
    'Link to this heading': '这一节的链接',
    'Link to this image': '这幅图的链接',
    '© Copyright %(copyright)s.': '© %(copyright)s',
}
PLAIN = re.compile(r'<span class="(?:n|nn|p|w)">([^<]*)</span>')  # in the colour of plain text
# A browser would begin a line with the punctuation after a formula.
KEPT = re.compile(r'(<math>(?:(?!</math>).)*</math>)([，。；：、）！？”]+)', re.S)
# What sphinx-exercise gives to the statements of all exercises, what myst-nb says in English.
UNWANTED = (' id="exercise-content"', ' aria-label="Toggle hidden content"')
log = logging.getLogger(__name__)


class JoinLines(SphinxPostTransform):
    default_priority = 900
    formats = ('html',)

    def run(self, **_):
        for element in list(self.document.findall(nodes.TextElement)):
            texts = [child.astext() for child in element]
            for i in reversed([i for i, text in enumerate(texts) if text == '\n']):
                around = f'{"".join(texts[:i])[-1:]}\n{"".join(texts[i + 1 :])[:1]}'
                if '\n' not in join_lines(around):
                    del element[i]


class KeepAnchors(SphinxTransform):
    """A section's address is the anchor written above it, not one made from its title."""

    default_priority = 300  # after docutils has given the anchor to the section

    def apply(self, **_):
        names = self.document.nametypes
        written = {self.document.nameids[name] for name in names if names[name]}
        for section in self.document.findall(nodes.section):
            section['ids'].sort(key=lambda i: i not in written)


class ConvertFormulas(SphinxTransform):
    """Give each formula its MathML; a fault names the line it is in, not its paragraph's first."""

    default_priority = 300

    def apply(self, **_):
        for node in self.document.findall(lambda n: isinstance(n, (nodes.math, nodes.math_block))):
            try:
                node['mathml'] = to_mathml(node.astext(), isinstance(node, nodes.math_block))
            except LatexError as error:
                before = node.parent.children[: node.parent.index(node)]
                lines = sum(sibling.astext().count('\n') for sibling in before)
                line = node.line + lines if isinstance(node, nodes.math) else node.line
                place = (self.env.docname, line)
                log.warning('公式写错了（%s）：%s', error, node.astext(), location=place)


def visit_math(translator, node):
    translator.body.append(node['mathml'])
    raise nodes.SkipNode


def visit_math_block(translator, node):
    number = f'<span class="eqno">({node["number"]})</span>' if node['number'] else ''
    start = translator.starttag(node, 'div', CLASS='math')
    translator.body.append(f'{start}{number}{node["mathml"]}</div>\n')
    raise nodes.SkipNode


class Chinese(gettext.NullTranslations):
    """Translates what the theme's own catalogs lack."""

    def gettext(self, message):
        return ENGLISH.get(message, message)


def prepare(app):
    """On ``builder-inited``: what no setting of Sphinx's says."""
    for translator in locale.translators.values():
        translator.add_fallback(Chinese())
    app.builder.search = False  # its index finds no Chinese, see search.py


def complete_page(app, pagename, templatename, context, doctree):
    """On ``html-page-context``: what search engines read, what moves nothing when it loads."""
    if doctree is None:
        return
    context['description'] = _description(doctree)
    body = KEPT.sub(r'<span class="keep">\1\2</span>', context['body'])
    body = PLAIN.sub(r'\1', body)  # half of all elements of a page
    for unwanted in UNWANTED:
        body = body.replace(unwanted, '')
    files = {name: Path(app.srcdir, uri) for uri, name in app.builder.images.items()}
    context['body'] = re.sub(
        r'<img (?=[^>]*src="[^"]*?([^"/]+)")',
        lambda match: f'<img {_size(files.get(match[1]))}loading="lazy" ',
        body,
    )


def _description(doctree, length: int = 120) -> str:
    """The first paragraph of a page, cut after a sentence where one ends in time."""
    paragraphs = (p for p in doctree.findall(nodes.paragraph) if type(p.parent) is nodes.section)
    text = ' '.join(next((p.astext() for p in paragraphs), '').split())
    return text if len(text) <= length else text[: text.rfind('。', 0, length) + 1 or length]


def _size(path: Path | None) -> str:
    """The size of a picture of the book as HTML attributes, in CSS pixels; '' where unknown."""
    width, height = imagesize.get(path) if path else (-1, -1)
    return f'width="{round(width)}" height="{round(height)}" ' if min(width, height) > 0 else ''


def write_math_font(app, exception):
    """On ``build-finished``: the letters of the font for mathematics that the book uses."""
    if exception or app.builder.name != 'html':
        return
    pages = [page.read_text('utf-8') for page in Path(app.outdir).rglob('*.html')]
    formulas = re.findall('<math.*?</math>', ''.join(pages), re.S)
    write_font(formulas, Path(app.outdir, '_static/math.woff2'))


def setup(app):
    app.add_transform(KeepAnchors)
    app.add_transform(ConvertFormulas)
    app.add_post_transform(JoinLines)
    app.add_html_math_renderer('mathml', (visit_math, None), (visit_math_block, None))
    app.connect('builder-inited', prepare)
    app.connect('html-page-context', complete_page)
    app.connect('build-finished', write_math_font)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
