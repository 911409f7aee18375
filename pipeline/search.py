"""Index the book for Pagefind, exercise by exercise, so that a search leads to the exercise.

The index is made from the sources: prose and code are in it, outputs and navigation are not.
Chinese is indexed by its pairs of characters, as Lucene's CJK analyzer does: dictionaries cut
the same characters differently in the index and in the browser, and then find nothing.
``_static/search.js`` cuts the query in the same way.
"""

import html
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from pipeline.book import CHAPTERS, Book, Section
from pipeline.faults import BookError
from pipeline.mathml import to_mathml as convert
from pipeline.read import read_text
from pipeline.text import plain

INTERFACE = re.compile('pagefind-(.*ui|highlight)')  # Pagefind's own search field
HAN = re.compile(r'[\u3400-\u9fff]+')


def build_index(root: Path, book: Book, folder: Path) -> None:
    """Write the files that the browser searches with into ``folder``.

    Raises
    ------
    BookError
        When Pagefind fails.
    """
    with tempfile.TemporaryDirectory() as pages:
        for number, document in enumerate(documents(root, book)):
            Path(pages, f'{number}.html').write_text(_page(*document), 'utf-8')
        command = [sys.executable, '-m', 'pagefind', '--site', pages, '--output-path', folder]
        done = subprocess.run(
            [*command, '--force-language', 'unknown'], capture_output=True, text=True
        )
    if done.returncode:
        raise BookError(f'Pagefind没有完成：{(done.stderr or done.stdout).strip()[-200:]}')
    for path in folder.iterdir():
        if INTERFACE.match(path.name):
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
    markdown = MarkdownIt('commonmark').enable('table')
    markdown.use(dollarmath_plugin, renderer=lambda tex, _: html.escape(_bare(convert(tex))))
    return re.sub(r'(</?)h2>', r'\1h1>', markdown.render(text))


def _bare(markup: str) -> str:
    """What is left of HTML without its tags."""
    return html.unescape(re.sub('<[^>]+>', '', markup))


def _text(page: str) -> str:
    """The text of HTML, for the excerpts."""
    return ' '.join(_bare(re.sub('</(?=h|p|li|td|th)', ' </', page)).split())


def _page(address: str, title: str, body: str) -> str:
    meta = ''.join(
        f'<meta data-pagefind-meta="{name}[content]" content="{html.escape(value)}">'
        for name, value in [('url', address), ('title', title), ('text', _text(body))]
    )
    return f'<html><head></head><body>{meta}{pairs(body)}</body></html>'
