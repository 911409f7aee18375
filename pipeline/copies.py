"""Turn the pages of the site into the copies to carry, and say on the home page where they are."""

import json
from pathlib import Path

import yaml

from pipeline.adapt import adapt
from pipeline.book import Book
from pipeline.render import SITE, SOURCE, digest
from pipeline.store import replace

COPIES = Path('_build/copies')
STAMP = COPIES / 'sha256'  # of the pages that the present copies were made from
FORMATS = {'pdf': 'PDF', 'epub': 'ePub'}  # also the ends of their names
LINKS = Path('_generated/copies.md')
FONT = Path('_static/math.woff2')


def make_copies(root: Path, book: Book, address: str, kinds: list[str]) -> list[str]:
    """Write those of these copies that are not there; returns which. ``address`` of the site."""
    paths = [path for path in (root / SOURCE).rglob('*') if path.is_file()]
    pages = {path.relative_to(root / SOURCE): path.read_bytes() for path in paths}
    present = current(root, pages)
    missing = [kind for kind in kinds if kind not in present]
    if not missing:
        return []
    from pipeline.epub import pack, render_epub
    from pipeline.pdf import print_pdf

    config = yaml.safe_load(pages[Path('_config.yml')])
    title, author = config['title'], config['author']
    entries = json.loads((root / SITE / 'verification.json').read_text('utf-8'))
    adapted = adapt(pages, book.sections, entries, address)
    adapted |= {LINKS: b'', FONT: (root / SITE / FONT).read_bytes()}
    folder = render_epub(root, book, adapted, title, author, address)
    made = {}
    if 'epub' in missing:
        made['epub'] = pack(folder)
    if 'pdf' in missing:
        made['pdf'] = print_pdf(folder, pages[Path('_copies/pdf.css')].decode(), title, author)
    for kind in FORMATS.keys() - present:
        path(root, kind).unlink(missing_ok=True)
    for kind, content in made.items():
        replace(path(root, kind), content)
    replace(root / STAMP, _stamp(pages).encode())
    return missing


def current(root: Path, pages: dict[Path, bytes]) -> list[str]:
    """Which copies there are that were made from just these pages."""
    if not (root / STAMP).exists() or (root / STAMP).read_text('utf-8') != _stamp(pages):
        return []
    return [kind for kind in FORMATS if path(root, kind).exists()]


def path(root: Path, kind: str) -> Path:
    return root / COPIES / f'book.{kind}'


def links(kinds: list[str]) -> bytes:
    """For the home page: where these copies are, which Sphinx does not know, hence HTML."""
    items = [f'<a href="copies/book.{kind}" download>{FORMATS[kind]}</a>' for kind in kinds]
    return f'整本书也可以下载带走：{"、".join(items)}。\n'.encode() if items else b''


def _stamp(pages: dict[Path, bytes]) -> str:
    return digest({path: page for path, page in pages.items() if path != LINKS})
