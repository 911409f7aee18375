"""Turn the pages of the copies into an ePub: Sphinx writes it, here it becomes valid and fixed."""

import io
import os
import re
import shutil
import time
import uuid
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from pipeline.book import Book
from pipeline.faults import BookError
from pipeline.machine import output
from pipeline.render import RENDERED, run_jupyter_book
from pipeline.store import replace

SOURCE = Path('_build/copy')  # what Jupyter Book reads
COVER = Path('_static/cover.png')
USED = 'copy.css|pygments.css|math.woff2|cover.png'  # of what Sphinx calls static
STYLE = re.compile(rf'<link rel="stylesheet"[^>]*_static/(?!{USED})[^>]*/>\s*')
ITEM = re.compile(rf'<item [^>]*?href="_static/(?!{USED})[^>]*/>\s*')
MATHML = '<math xmlns="http://www.w3.org/1998/Math/MathML"'
FONTS = 'apt-get install fontconfig fonts-noto-cjk'


def render_epub(
    root: Path, book: Book, pages: dict[Path, bytes], title: str, author: str, address: str
) -> Path:
    """Let Sphinx write what an ePub holds; returns the folder. ``address`` tells it from others."""
    for folder in (root / SOURCE, root / RENDERED / SOURCE.name):
        shutil.rmtree(folder, ignore_errors=True)
    for path, page in (pages | {COVER: draw_cover(title, author)}).items():
        replace(root / SOURCE / path, page)
    identifier = f'uuid-{uuid.uuid5(uuid.NAMESPACE_URL, address or title)}'
    settings = {
        'project': title,
        'version': time.strftime('%Y.%m.%d', date()),
        'epub_basename': 'book',
        'epub_title': title,
        'epub_description': title,
        'epub_contributor': author,
        'epub_language': 'zh-CN',
        'epub_identifier': identifier,
        'epub_uid': identifier,  # toc.ncx has this one
        'epub_cover': (COVER.as_posix(), 'epub-cover.html'),
        'epub_show_urls': 'no',
        'epub_tocscope': 'includehidden',
        'epub_tocdup': False,
    }
    folder = run_jupyter_book(root, book, 'epub', SOURCE, settings)
    _mend(folder)
    return folder


def date() -> time.struct_time:
    """Of the copies: now, or SOURCE_DATE_EPOCH."""
    return time.gmtime(int(os.environ.get('SOURCE_DATE_EPOCH', time.time())))


def _mend(folder: Path) -> None:
    """Change what Sphinx and Matplotlib wrote into what epubcheck accepts."""
    for path in folder.rglob('*.svg'):
        text = re.sub(r'<!DOCTYPE[^>]*>\n?', '', path.read_text('utf-8'))
        text = re.sub('<path(?![^>]* d="[^"])(?: d="")?', '<path d="M0 0"', text)
        path.write_text(text, 'utf-8')
    home = re.findall('<a href="([^"]*)"', (folder / 'nav.xhtml').read_text('utf-8'))[0]
    package = folder / 'content.opf'
    items = ITEM.sub('', package.read_text('utf-8'))
    items = items.replace(f'href="{COVER}"', f'href="{COVER}" properties="cover-image"')
    for path in folder.rglob('*.xhtml'):
        text = STYLE.sub('', path.read_text('utf-8')).replace(' loading="lazy"', '')
        text = re.sub('<html(?![^>]* lang=)', '<html lang="zh-CN" xml:lang="zh-CN"', text)
        text = text.replace('alt="Cover image"', 'alt="封面"').replace('<math', MATHML)
        if path != folder / home:  # the contents of all stand there
            text = re.sub(
                '(<div class="toctree-wrapper compound">).*?</div>', r'\1</div>', text, flags=re.S
            )
        if MATHML in text:
            name = path.relative_to(folder).as_posix()
            items = items.replace(f'href="{name}"', f'href="{name}" properties="mathml"')
        path.write_text(text, 'utf-8')
    package.write_text(items, 'utf-8')


def pack(folder: Path) -> bytes:
    """The ePub: the files that its package lists, in this order, all of one date."""
    listed = re.findall('<item [^>]*?href="([^"]*)"', (folder / 'content.opf').read_text('utf-8'))
    data = io.BytesIO()
    with ZipFile(data, 'w') as archive:
        for name in ('mimetype', 'META-INF/container.xml', 'content.opf', *map(unquote, listed)):
            how = ZIP_STORED if name == 'mimetype' else ZIP_DEFLATED
            archive.writestr(ZipInfo(name, date()[:6]), (folder / name).read_bytes(), how)
    return data.getvalue()


def draw_cover(title: str, author: str) -> bytes:
    """The cover as PNG: the title in white, above layers of blue."""
    from PIL import Image, ImageDraw, ImageFont

    found = output('fc-match', '-f', '%{file}|%{index}|%{lang}', 'sans:lang=zh-cn:weight=200')
    file, _, rest = found.partition('|')
    index, _, languages = rest.partition('|')
    if 'zh-cn' not in languages:
        raise BookError(f'封面和PDF要用中文字体，这台机器上找不到：{FONTS}')

    def font(size: int):
        return ImageFont.truetype(file, size, index=int(index))

    image = Image.new('RGB', (1200, 1600), '#0b3d6b')
    draw = ImageDraw.Draw(image)
    for i, colour in enumerate(('#0f4c81', '#1766a6', '#2b83c6', '#5ba4dc', '#9cc9ec')):
        box = (150 + 60 * i, 760 + 130 * i, 1050 - 60 * i, 850 + 130 * i)
        draw.rounded_rectangle(box, 18, colour)
    for i, line in enumerate(title.split('·')):
        draw.text((600, 300 + 170 * i), line, 'white', font(90 if i else 118), anchor='mm')
    draw.text((600, 1500), author, '#9cc9ec', font(36), anchor='mm')
    data = io.BytesIO()
    image.save(data, 'PNG', optimize=True)
    return data.getvalue()
