"""Turn the pages of the copies into an ePub: a Sphinx extension, and what Sphinx does not do."""

import io
import re
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

SITE_ONLY = {'jumps', 'neighbours', 'tag_check'}
USED = 'copy.css|pygments.css|math.woff2|cover.png'  # of what Sphinx calls static
UNUSED_ITEM = re.compile(rf'<item [^>]*?href="_static/(?!{USED})[^>]*/>\s*')


class LeaveOut(SphinxPostTransform):
    """Leave out what serves the site alone, and code that it folds; output and figures stay."""

    default_priority = 100  # before myst-nb folds

    def run(self, **_):
        site = self.config.html_baseurl
        unwanted = SITE_ONLY if site else SITE_ONLY | {'downloads'}
        for node in list(self.document.findall(nodes.container)):
            if unwanted.intersection(node['classes']):
                node.parent.remove(node)
            elif node.get('hide_mode'):
                node.remove(node[0])
                del node['hide_mode']
        for node in list(self.document.findall(nodes.raw)):
            node.replace_self(nodes.raw('', _adapt(node.astext(), site), format='html'))


def _adapt(markup: str, site: str) -> str:
    """HTML that stands in a page: nothing folds, links to files of the site have its address."""
    markup = re.sub(r'<details class="more">.*|</?details.*?>', '', markup, flags=re.S)
    markup = re.sub('<summary>(.*)</summary>', r'<p class="rubric">\1</p>', markup)
    if not site:
        return re.sub(r'</?a\b.*?>', '', markup)
    return re.sub(r'href="(?!http)(?:\.\./)*([^"]*)"( download)?', rf'href="{site}\1"', markup)


def prepare(app):
    """On ``builder-inited``: what YAML cannot say; WOFF2, which ePub 3.2 has allowed."""
    app.config.epub_cover = ('_static/cover.png', 'cover.html')
    app.builder.guide_titles = {'toc': '目录', 'cover': '封面'}
    app.builder.media_types = app.builder.media_types | {'.woff2': 'font/woff2'}


def setup(app):
    app.add_post_transform(LeaveOut)
    app.connect('builder-inited', prepare)


def pack(folder: Path) -> bytes:
    """The ePub: what Sphinx wrote, made valid; in the order of its package, without dates."""
    package = UNUSED_ITEM.sub('', (folder / 'content.opf').read_text('utf-8'))
    package = package.replace('cover.png"', 'cover.png" properties="cover-image"')
    files = {'META-INF/container.xml': (folder / 'META-INF/container.xml').read_bytes()}
    for address in re.findall('<item [^>]*?href="([^"]*)"', package):
        content = (folder / unquote(address)).read_bytes()
        if b'<math' in content:
            package = package.replace(f'"{address}"', f'"{address}" properties="mathml"', 1)
        files[unquote(address)] = _mend(content) if address.endswith('.svg') else content
    data = io.BytesIO()
    with ZipFile(data, 'w') as archive:
        archive.writestr(ZipInfo('mimetype'), 'application/epub+zip')
        for name, content in (files | {'content.opf': package}).items():
            archive.writestr(ZipInfo(name), content, ZIP_DEFLATED)
    return data.getvalue()


def _mend(picture: bytes) -> bytes:
    """What Matplotlib drew, without what epubcheck refuses: DTDs, paths of nothing (spaces)."""
    picture = re.sub(rb'<!DOCTYPE[^>]*>\n?', b'', picture)
    return re.sub(rb'<path(?![^>]* d="[^"])(?: d="")?', b'<path d="M0 0"', picture)
