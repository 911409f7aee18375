"""Sphinx extension: what the configuration of Jupyter Book and its theme cannot do.

- A line break inside a Chinese paragraph shows no space: chapters have one sentence a line.
- Mathematics becomes MathML when the book is built: no script, and no second of waiting.
- What the theme leaves in English is translated; what it loads without need is left out.
- Pages get a description, the addresses that search engines want, and pictures with sizes.
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

# Scripts and styles that every page would load and none here needs: Thebe names a server of
# others, sphinx-design's grids are not used.
UNUSED = (
    'thebe',
    'sphinx-design',
    'design-tabs',
    'togglebutton',
    'togglePrompt',
    'exercise.css',
    'doctools',
    'translations',
    'highlight.js',
    'pagename',
)
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
# Of Thebe, which Jupyter Book configures though it is off.
THEBE = re.compile(
    r'<script type="text/x-thebe-config">.*?</script>\s*<script>[^<]*</script>', re.S
)
REPEATED = ('exercise-content', 'solution-content')
log = logging.getLogger(__name__)


class JoinLines(SphinxPostTransform):
    default_priority = 900
    formats = ('html',)

    def run(self, **_):
        for paragraph in self.document.findall(nodes.TextElement):
            if isinstance(paragraph, (nodes.literal, nodes.literal_block, nodes.math_block)):
                continue
            for text in [node for node in paragraph.children if isinstance(node, nodes.Text)]:
                if '\n' not in text:
                    continue
                place = paragraph.index(text)
                before = paragraph[place - 1].astext()[-1:] if place else ''
                after = ''.join(node.astext() for node in paragraph[place + 1 :])[:1]
                joined = join_lines(before + text + after)
                end = len(joined) - len(after)
                paragraph.replace(text, nodes.Text(joined[len(before) : end]))


class KeepAnchors(SphinxTransform):
    """A section's address is the anchor written above it, not one made from its title."""

    default_priority = 300  # after docutils has given the anchor to the section

    def apply(self, **_):
        names = self.document.nametypes
        written = {self.document.nameids[name] for name in names if names[name]}
        for section in self.document.findall(nodes.section):
            section['ids'].sort(key=lambda i: i not in written)


class DropRepeatedIds(SphinxPostTransform):
    """sphinx-exercise gives the same id to the bodies of all exercises and answers."""

    default_priority = 900
    formats = ('html',)

    def run(self, **_):
        for section in self.document.findall(nodes.section):
            section['ids'] = [i for i in section['ids'] if i not in REPEATED]


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


def translate(app):
    """On ``builder-inited``: translate what the theme's own catalogs lack."""

    class Chinese(gettext.NullTranslations):
        def gettext(self, message):
            return ENGLISH.get(message, super().gettext(message))

    for translator in locale.translators.values():
        translator.add_fallback(Chinese())


def drop_search(app):
    """On ``builder-inited``: no index of Sphinx's, which finds no Chinese; see ``search.py``."""
    app.builder.search = False


def complete_page(app, pagename, templatename, context, doctree):
    """On ``html-page-context``: what to load, what search engines read, sizes of pictures."""
    for kind in ('script_files', 'css_files'):
        context[kind] = [
            file
            for file in context[kind]
            if not any(name in f'{file.filename}{file.attributes.get("body")}' for name in UNUSED)
        ]
    for script in context['script_files']:
        if script.filename:
            script.attributes['defer'] = 'defer'
    metatags = context.get('metatags', '')  # one of them stands in the theme's page, too
    context['metatags'] = re.sub(r'<meta name="viewport"[^>]*>', '', metatags)
    context['home'] = app.config.html_baseurl or '/'  # where the page for wrong addresses leads
    if doctree is None:
        return
    context['description'] = _description(doctree)
    context['body'] = KEPT.sub(r'<span class="keep">\1\2</span>', THEBE.sub('', context['body']))
    files = {name: Path(app.srcdir, uri) for uri, name in app.builder.images.items()}
    context['body'] = re.sub(
        r'<img (?=[^>]*src="[^"]*?([^"/]+)")',
        lambda match: f'<img {_size(files.get(match[1]))}loading="lazy" ',
        PLAIN.sub(r'\1', context['body']),  # half of all elements of a page
    ).replace('<summary aria-label="Toggle hidden content">', '<summary>')


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


def write_sitemap(app, exception):
    """On ``build-finished``: the list of pages for search engines, where the address is known."""
    base = app.config.html_baseurl
    if exception or app.builder.name != 'html' or not base:
        return
    pages = ''.join(
        f'<url><loc>{base}{app.builder.get_target_uri(name)}</loc></url>\n'
        for name in sorted(app.env.found_docs)
    )
    Path(app.outdir, 'sitemap.xml').write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n' + pages + '</urlset>\n'
    )


def setup(app):
    app.add_transform(KeepAnchors)
    app.add_transform(ConvertFormulas)
    app.add_post_transform(JoinLines)
    app.add_post_transform(DropRepeatedIds)
    app.add_html_math_renderer('mathml', (visit_math, None), (visit_math_block, None))
    app.connect('builder-inited', translate)
    app.connect('builder-inited', drop_search)
    app.connect('html-page-context', complete_page, priority=900)
    app.connect('build-finished', write_math_font)
    app.connect('build-finished', write_sitemap)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
