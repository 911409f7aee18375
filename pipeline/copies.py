"""Turn the pages of the site into the copies to carry, which its home page then offers."""

import os
import re
import shutil
import time
import uuid
from pathlib import Path

import yaml

from pipeline.book import Book
from pipeline.pages import LOOK
from pipeline.render import RENDERED, SITE, SOURCE, run_jupyter_book
from pipeline.store import replace

COPIES = Path('_build/copies')
OFFERED = SITE / 'copies'  # what is made from the site is there as long as the site
PAGES = Path('_build/copy')  # what Jupyter Book reads
SETTINGS = ('_config.yml', '_toc.yml')
FORMATS = {'pdf': 'PDF', 'epub': 'ePub'}  # also the ends of their names
MARK = '<!-- copies -->'  # stands in the home page


def make_copies(root: Path, book: Book, kinds: list[str]) -> list[str]:
    """Write those of these copies that the site does not offer yet; returns which."""
    missing = [kind for kind in kinds if not path(root, kind).exists()]
    if missing:
        from pipeline.epub import pack
        from pipeline.pdf import print_pdf

        _write_pages(root)
        folder = run_jupyter_book(root, book, 'epub', PAGES)
        made = {kind: {'epub': pack, 'pdf': print_pdf}[kind](folder) for kind in missing}
        for kind, content in made.items():
            replace(path(root, kind), content)
        _offer(root)
    shutil.rmtree(root / COPIES, ignore_errors=True)
    shutil.copytree(root / OFFERED, root / COPIES)
    return missing


def path(root: Path, kind: str) -> Path:
    return root / OFFERED / f'book.{kind}'


def _write_pages(root: Path) -> None:
    """Write what Jupyter Book shall read: the site's pages, but for what ``_copies`` has."""
    for folder in (root / PAGES, root / RENDERED / PAGES.name):
        shutil.rmtree(folder, ignore_errors=True)
    pages = shutil.copytree(root / SOURCE, root / PAGES, ignore=shutil.ignore_patterns(*LOOK))
    (pages / 'index.md').rename(pages / '_generated/home.md')
    shutil.copytree(root / SOURCE / '_copies', pages, dirs_exist_ok=True)
    shutil.copy(root / SITE / '_static/math.woff2', pages / '_static')
    config, toc = (yaml.safe_load((pages / name).read_text('utf-8')) for name in SETTINGS)
    title, author = config['title'], config['author']
    address = config.pop('html', {}).get('baseurl', '')
    now = time.gmtime(int(os.environ.get('SOURCE_DATE_EPOCH', time.time())))
    date = time.strftime('%Y-%m-%d', now)
    about = f'{author}，{date}。\n' + (f'网站在<{address}>。\n' if address else '')
    (pages / '_generated/about.md').write_text(about, 'utf-8')
    identifier = f'uuid-{uuid.uuid5(uuid.NAMESPACE_URL, address or title)}'
    config['sphinx']['config']['extensions'].append('pipeline.epub')
    config['sphinx']['config'] |= {
        'project': title,
        'version': date,
        'html_baseurl': address,
        'html_additional_pages': {},
        'epub_description': title,
        'epub_contributor': author,
        'epub_identifier': identifier,
        'epub_uid': identifier,  # toc.ncx has this one
    }
    toc['options'] = {'titlesonly': False, 'maxdepth': 3}  # chapter, section, exercise
    for name, settings in zip(SETTINGS, (config, toc), strict=True):
        (pages / name).write_text(yaml.safe_dump(settings), 'utf-8')


def _offer(root: Path) -> None:
    """Say on the home page which copies there are."""
    page = root / SITE / 'index.html'
    links = '、'.join(
        f'<a href="copies/book.{kind}" download>{name}</a>'
        for kind, name in FORMATS.items()
        if path(root, kind).exists()
    )
    text = f'{MARK}<p>整本书也可以下载带走：{links}。</p>'
    replace(page, re.sub(f'{MARK}.*', text, page.read_text('utf-8')).encode())
