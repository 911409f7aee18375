import gzip
import json
import re
from pathlib import Path

import pytest
import yaml

from pipeline.faults import BookError
from pipeline.read import read_book
from pipeline.search import WORDINGS, build_index, documents, simplified
from tests.conftest import BOOK, ROOT

# One a line: what a reader types, a tab, the places that are right: an exercise (with all its
# parts) or one of its parts; 'nothing' where the book has nothing of it.
TABLE = Path(__file__).with_name('queries.txt').read_text('utf-8').splitlines()
QUERIES = [tuple(line.split('\t')) for line in TABLE]
ASK = """
async ([index, queries]) => {
  const { build, rank } = await import('/rank.mjs');
  const built = build(index);
  return queries.map((query) => {
    const { isFound, hits } = rank(built, query);
    return isFound ? hits.slice(0, 3).map((hit) => hit.url.split('#')[1] ?? hit.url) : [];
  });
}
"""


@pytest.fixture
def found(fresh):
    """Documents of the small book, which is not built for it."""

    def found():
        book = read_book(fresh.root)
        assert book.faults == []
        return {document['url']: document for document in documents(fresh.root, book)}

    return found


@pytest.fixture(scope='module')
def index(tmp_path_factory):
    path = tmp_path_factory.mktemp('search') / 'search.json'
    build_index(ROOT, BOOK, path)
    return path


@pytest.fixture(scope='module')
def answers(index, browser):
    """What the ranking says to each query of the table, in Chromium."""
    page = browser.new_page()

    def answer(route):
        if route.request.url.endswith('.mjs'):
            script = (ROOT / '_static/rank.mjs').read_text('utf-8')
            route.fulfill(body=script, content_type='text/javascript; charset=utf-8')
        else:
            route.fulfill(body='<!doctype html>', content_type='text/html')

    page.route('**/*', answer)
    page.goto('http://book.test/')
    queries = [query for query, _ in QUERIES]
    given = page.evaluate(ASK, [json.loads(index.read_text('utf-8')), queries])
    page.close()
    return dict(zip(queries, given, strict=True))


def is_right(place: str, expected: str) -> bool:
    return any(
        place == wanted or re.fullmatch(rf'{wanted}-[a-z]+', place) for wanted in expected.split()
    )


def test_what_readers_type_is_found_first(answers):
    asked = {query: expected for query, expected in QUERIES if expected != 'nothing'}
    right = {
        q: [is_right(place, expected) for place in answers[q]] for q, expected in asked.items()
    }
    assert {query: answers[query] for query in asked if not any(right[query])} == {}
    first = [query for query in asked if right[query][0]]
    assert len(asked) >= 60
    assert len(first) >= 0.95 * len(asked), {q: answers[q] for q in asked.keys() - set(first)}


def test_what_the_book_has_not_is_not_found(answers):
    assert {q: answers[q] for q, place in QUERIES if place == 'nothing' and answers[q]} == {}


def test_index_and_scripts_are_light(index):
    files = [index, ROOT / '_static/rank.mjs', ROOT / '_static/search.js']
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < 150_000


def test_each_exercise_has_its_parts(fresh, found):
    fresh.replace('把加写成减。', '**“加就是减”**：不对。\n\n**“和是积”**：也不对。')
    fresh.replace('```{rubric} 常见误区', '(ex-1-1-1-mistakes)=\n```{rubric} 常见误区')
    exercise = found()['one/01-sums.html#ex-1-1-1']
    assert exercise['title'] == '1.1.1 两个数的和'
    parts = [part for part in exercise['parts'] if part['prose'] or part['code']]
    assert [(part['anchor'], part['name']) for part in parts] == [
        ('', ''),
        ('-answer', '解答'),
        ('-mistakes', '常见误区'),
        ('-mistakes', '常见误区'),
        ('-check', '核对你的答案'),
    ]
    assert parts[0]['prose'].startswith('写函数add(a, b) -> float，见练习1.2.1与a+b。')
    assert 'return a + b' in parts[1]['code']
    assert parts[3]['prose'] == '“和是积”：也不对。\n'
    assert '这一节很短' in found()['one/01-sums.html']['parts'][0]['prose']
    assert found()['index.html']['title'] == '小书'


def test_outputs_and_what_checks_say_are_searched(fresh, found):
    fresh.replace('print(add(1, 2))', 'print(add(1, 2) * 7919)')
    fresh.replace('```{testoutput}\n3', '```{testoutput}\n23757')
    text = json.dumps(found(), ensure_ascii=False)
    assert '7919' in text and '23757' in text and '和不对' in text and 'range(3)' not in text


def test_wordings_of_the_book_are_searched(fresh, found):
    path = fresh.root / 'chapters/wordings.yml'
    path.write_text('ex-1-1-1:\n  - What is the sum of two numbers?\n', 'utf-8')
    part = found()['one/01-sums.html#ex-1-1-1']['parts'][0]
    assert part['wording'] == 'What is the sum of two numbers?'
    path.write_text('ex-1-1-1: [\n', 'utf-8')
    with pytest.raises(BookError, match='wordings.yml：读不了'):
        found()


def test_every_exercise_has_the_wordings_of_the_book(index):
    labels = {e.label for section in BOOK.sections for e in section.exercises}
    assert set(yaml.safe_load((ROOT / WORDINGS).read_text('utf-8'))) == labels
    for document in json.loads(index.read_text('utf-8'))['documents']:
        if '#' in document['url']:
            assert document['parts'][0]['wording'].count('\n') >= 2, document['title']


def test_formulas_are_searched_as_letters(fresh, found):
    fresh.replace(
        '用加号相加。',
        r'用加号相加，$\mathbf{x}^2\times 3$，$a<b$也$b>a$，不是`$HOME`，也不是`$a^b^c`。',
    )
    text = json.dumps(found(), ensure_ascii=False)
    assert '用加号相加，x2×3，a<b也b>a，不是$HOME，也不是$a^b^c。' in text


def test_traditional_characters_and_words_lead_to_those_of_the_book():
    table = simplified('参数存在内存里')
    assert {'參': '参', '數': '数', '內': '内', '裡': '里'}.items() <= table['characters'].items()
    assert set(table['characters'].values()) <= set('参数存在内存里')
    assert table['words']['記憶體'] == '内存' and table['words']['引數'] == '参数'
    assert '網路' not in table['words']


def test_documents_lead_to_parts_of_the_site(small):
    small.replace('```{rubric} 常见误区', '(ex-1-1-1-mistakes)=\n```{rubric} 常见误区')
    small.build()
    for document in json.loads((small.site / 'search.json').read_text('utf-8'))['documents']:
        for part in document['parts']:
            path, _, anchor = f'{document["url"]}{part["anchor"]}'.partition('#')
            assert not anchor or f'id="{anchor}"' in (small.site / path).read_text('utf-8')
    assert not (small.site / 'searchindex.js').exists()
