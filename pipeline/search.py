"""Index the book for Pagefind, exercise by exercise, so that a search leads to the exercise.

The index is made from the sources: prose and code are in it, outputs and navigation are not.
Chinese is indexed by its pairs of characters, as Lucene's CJK analyzer does: dictionaries cut
the same characters differently in the index and in the browser, and then find nothing.
``_static/search.js`` cuts the query in the same way.
"""

import asyncio
import html
import re
from pathlib import Path

from markdown_it import MarkdownIt
from pagefind.index import IndexConfig, PagefindIndex

from pipeline.export import plain
from pipeline.read import CHAPTERS, Book, Section, read_text

UNUSED = 'pagefind-*ui*', 'pagefind-highlight.js'  # Pagefind's own search field
MARKDOWN = MarkdownIt('commonmark').enable('table')
HAN = re.compile(r'[\u3400-\u9fff]+')


def build_index(root: Path, book: Book, folder: Path) -> None:
    """Write the files that the browser searches with into ``folder``."""
    asyncio.run(_write(list(documents(root, book)), folder))
    for pattern in UNUSED:
        for path in folder.glob(pattern):
            path.unlink()


def documents(root: Path, book: Book):
    """Yield (address within the site, title, HTML) of each exercise and of what is around them."""
    for section in book.sections:
        address = f'{section.name}.html'
        texts = _split(section)
        yield address, section.title, texts['']
        for exercise in section.exercises:
            text = f'{texts[exercise.label]}<p>{section.title}</p>'
            yield f'{address}#{exercise.label}', f'{exercise.number} {exercise.title}', text
    for path in book.pages:
        address = path.relative_to(CHAPTERS).with_suffix('.html').as_posix()
        text = _prose(read_text(root, path))
        yield address, re.search('<h1>(.*?)</h1>', text)[1], text


def pairs(text: str) -> str:
    """``text`` with each run of Chinese characters replaced by its overlapping pairs."""
    return HAN.sub(lambda match: f' {" ".join(_pairs(match[0]))} ', text)


def _pairs(run: str) -> list[str]:
    return [run[i : i + 2] for i in range(len(run) - 1)] or [run]


def _split(section: Section) -> dict[str, str]:
    """HTML of the section's beginning, under '', and of its exercises by label."""
    labels = '|'.join(exercise.label for exercise in section.exercises)
    texts, label = {'': ''}, ''
    for cell in section.notebook.cells:
        if cell.cell_type == 'code':
            texts[label] += f'<pre>{html.escape(cell.source)}</pre>'
            continue
        first, *rest = re.split(rf'^\(({labels})\)=\s*$', cell.source, flags=re.M)
        texts[label] += _prose(first)
        for label, text in zip(rest[::2], rest[1::2], strict=True):
            texts[label] = _prose(text)
    return texts


def _prose(source: str) -> str:
    """MyST text as HTML, its first heading ``<h1>``: what Pagefind weighs most."""
    text = ''.join(text for text, _ in plain(source, {}))
    return re.sub(r'(</?)h2>', r'\1h1>', MARKDOWN.render(text.replace('$', '')))


def _text(page: str) -> str:
    """The text of HTML, for the excerpts."""
    text = re.sub('<[^>]+>', '', re.sub('</(?=h|p|li|td|th)', ' </', page))
    return ' '.join(html.unescape(text).split())


async def _write(pages: list[tuple[str, str, str]], folder: Path) -> None:
    config = IndexConfig(output_path=str(folder), force_language='unknown', keep_index_url=True)
    async with PagefindIndex(config=config) as index:
        for address, title, page in pages:
            meta = ''.join(
                f'<meta data-pagefind-meta="{name}[content]" content="{html.escape(value)}">'
                for name, value in [('title', title), ('text', _text(page))]
            )
            body = f'<html><head></head><body>{meta}{pairs(page)}</body></html>'
            await index.add_html_file(content=body, url=address)
