"""The real site in Chromium, see ``browser.py``."""

import gzip
import json
import re
from pathlib import Path

import axe_playwright_python
import pytest

from pipeline.book import CHAPTERS, has_tag
from pipeline.read import read_book
from tests.conftest import ROOT

BOOK = read_book(ROOT)
FILES = [section.path for section in BOOK.sections] + BOOK.pages
PAGES = [path.relative_to(CHAPTERS).with_suffix('.html').as_posix() for path in FILES]
EXERCISES = [(section, exercise) for section in BOOK.sections for exercise in section.exercises]
FIRST = f'{BOOK.sections[0].name}.html'
AXE = next(Path(axe_playwright_python.__file__).parent.rglob('axe.min.js')).read_text('utf-8')
# Colours of code are a matter of a token's class: one of each is enough, thousands take minutes.
THIN_OUT = """
const seen = new Set();
for (const token of document.querySelectorAll('.highlight span'))
  if (seen.has(token.className)) token.replaceWith(token.textContent);
  else seen.add(token.className);
"""
INTERFACE = """
const outside = document.body.cloneNode(true);
outside.querySelectorAll('article, script, style').forEach(e => e.remove());
const named = [...document.querySelectorAll('[title], [aria-label], [placeholder]')].flatMap(
  e => ['title', 'aria-label', 'placeholder'].map(name => e.getAttribute(name) ?? ''));
[...named, ...outside.innerText.split('\\n')].map(text => text.trim()).filter(Boolean)
"""
TRADITIONAL = '關開檢視複頁尋單顯載隱'
QUERIES = {
    '共享参数': ['ex-5-2-4', 'ex-5-2-3'],
    '参数共享': ['ex-5-2-4', 'ex-5-2-3'],
    '参数绑定': ['ex-5-2-3', 'ex-5-2-4'],
    '延后初始化': ['ex-5-3-1'],
    '并行块': ['ex-5-1-2'],
    '平行块': ['ex-5-1-2'],
    '矩阵乘法': ['ex-5-6-1', 'ex-5-6-4'],
    '断点': ['ex-5-5-1'],
    '带宽': ['ex-5-6-1'],
    '预热': ['ex-5-6-1'],
    '二次型': ['ex-5-4-1'],
    '傅里叶': ['ex-5-4-2'],
    'ModuleList': ['ex-5-1-1'],
    'load_state_dict': ['ex-5-5-1', 'ex-5-5-2', 'ex-5-6-2'],
    'torch.fft.rfft': ['ex-5-4-2'],
}


@pytest.fixture(params=[(1440, 'light'), (360, 'dark')], ids=['wide-light', 'phone-dark'])
def page(request, open_page):
    return open_page(*request.param)


@pytest.mark.parametrize('path', [*PAGES, 'search.html?q=参数', '404.html'])
def test_page_loads_alone_fits_and_speaks_chinese(page, address, path):
    page.goto(address + path, wait_until='load')
    page.evaluate('document.fonts.ready')
    page.wait_for_timeout(500)
    assert page.trouble == []
    width = page.evaluate('document.documentElement.scrollWidth')
    assert width <= page.viewport_size['width'], 'the page scrolls sideways'
    assert page.evaluate('document.documentElement.lang') == 'zh-CN'
    texts = page.evaluate(INTERFACE)
    english = [t for t in texts if re.search('[a-z]{4}', t) and not re.search('[\u4e00-\u9fff]', t)]
    assert english == []
    assert [text for text in texts if set(text) & set(TRADITIONAL)] == []
    visible = 'e => e.offsetWidth > 0 && e.offsetHeight > 0'
    searches = page.query_selector_all('button.search-button-field, button.search-button')
    assert sum(button.evaluate(visible) for button in searches) <= 1


@pytest.mark.parametrize(
    'look',
    [(1440, 'light'), (1440, 'dark'), (360, 'light'), (360, 'dark')],
    ids=['wide-light', 'wide-dark', 'phone-light', 'phone-dark'],
)
def test_pages_are_accessible(open_page, address, look):
    page = open_page(*look)
    for path in [*PAGES, 'search.html?q=参数', '404.html']:
        page.goto(address + path, wait_until='load')
        page.wait_for_timeout(200)
        page.evaluate(THIN_OUT)
        page.evaluate(AXE)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        assert [(v['id'], v['nodes'][0]['html']) for v in found['violations']] == [], path


@pytest.mark.parametrize('section', BOOK.sections, ids=lambda section: section.name)
def test_mathematics_and_figures_are_drawn(page, address, section):
    page.goto(f'{address}{section.name}.html', wait_until='load')
    for picture in page.query_selector_all('article img'):
        picture.scroll_into_view_if_needed()
        assert picture.get_attribute('alt')
        assert picture.get_attribute('loading') == 'lazy'
        assert int(picture.get_attribute('width')) > int(picture.get_attribute('height')) / 3 > 0
        page.wait_for_function('e => e.complete && e.naturalWidth > 0', arg=picture)
    prose = page.query_selector_all('article p, article li, article td')
    text = ' '.join(element.inner_text() for element in prose)
    assert not re.search(r'\\(mathbf|sqrt|text|sum)\b', text), 'mathematics is shown as its source'
    tables = [table.inner_text() for table in page.query_selector_all('article table')]
    assert not any('$' in text for text in tables), 'mathematics in a table is shown as its source'


@pytest.mark.parametrize('path', PAGES)
def test_page_is_light(open_page, address, path):
    """Gzipped, as GitHub Pages sends it: 150 KB, with figures 400 KB."""
    page = open_page(390)
    finished = []
    page.on('requestfinished', lambda r: finished.append(r))
    page.goto(address + path, wait_until='load')
    for picture in page.query_selector_all('article img'):
        picture.scroll_into_view_if_needed()
    page.wait_for_load_state('networkidle')
    weights = {r.url: len(gzip.compress(r.response().body())) for r in list(finished)}
    figures = sum(weight for url, weight in weights.items() if '/_images/' in url)
    assert sum(weights.values()) - figures <= 150_000, weights
    assert sum(weights.values()) <= 400_000, weights
    assert not any('pagefind' in url for url in weights), 'search is loaded before it is used'
    assert page.query_selector_all('script[src]:not([defer])') == []


@pytest.mark.parametrize('query', QUERIES)
def test_search_page_finds_the_exercise_first(open_page, address, query):
    page = open_page()
    page.goto(f'{address}search.html?q={query}')
    first = page.wait_for_selector('.search-results li a')
    assert first.get_attribute('href').split('#')[1] in QUERIES[query]
    assert page.query_selector('.search-results li mark')
    assert page.trouble == []


def test_search_field_leads_to_the_exercise(page, address):
    page.goto(address + FIRST)
    page.keyboard.press('Control+k')
    page.keyboard.type('傅里叶')
    page.wait_for_selector('.search-button__search-container .search-results li a').click()
    page.wait_for_url('**/*#ex-5-4-2')
    assert page.trouble == []


def test_search_says_when_nothing_is_found_and_shows_no_markup(open_page, address):
    page = open_page()
    page.goto(address + 'search.html?q=魑魅<魍魉>')
    page.wait_for_selector('article .search-results p')
    assert '没有找到' in page.inner_text('article .search-results')
    page.goto(address + 'search.html?q=<img src=x onerror=alert(1)> 参数')
    page.wait_for_selector('article .search-results p')
    assert page.query_selector('.search-results img') is None


def test_enter_in_the_search_field_opens_the_search_page(open_page, address):
    page = open_page()
    page.goto(address + FIRST)
    page.keyboard.press('Control+k')
    page.keyboard.type('断点')
    page.keyboard.press('Enter')
    page.wait_for_url('**/search.html?q=*')
    page.wait_for_selector('.search-results li a')


def test_copied_code_has_no_prompt_and_no_output(open_page, address):
    page = open_page(permissions=['clipboard-read', 'clipboard-write'])
    page.goto(address + FIRST)
    cell = page.query_selector('.cell.tag_solution .cell_input')
    cell.scroll_into_view_if_needed()
    cell.hover()
    cell.query_selector('.copybtn').click()
    page.wait_for_timeout(200)
    solution = next(c for c in BOOK.sections[0].code_cells if has_tag(c, 'solution'))
    assert page.evaluate('navigator.clipboard.readText()').strip() == solution.source.strip()


def test_keyboard_reaches_the_text_and_the_copy_button(open_page, address):
    page = open_page()
    page.goto(address + FIRST)
    page.keyboard.press('Tab')
    assert page.evaluate('document.activeElement.textContent') == '跳到正文'
    button = page.query_selector('.cell.tag_solution .copybtn')
    button.focus()
    page.keyboard.press('Shift+Tab')
    page.keyboard.press('Tab')
    page.wait_for_timeout(500)
    assert button.evaluate('e => getComputedStyle(e).opacity') == '1'


def test_table_of_contents_marks_the_exercise_in_view(open_page, address):
    page = open_page()
    exercise = BOOK.sections[0].exercises[1]
    page.goto(f'{address}{FIRST}#{exercise.label}')
    page.wait_for_selector(f'.bd-toc-nav a.active[href="#{exercise.label}"]')
    assert 0 <= page.query_selector(f'#{exercise.label} h2').bounding_box()['y'] < 200


def test_home_page_leads_to_each_exercise(page, address):
    page.goto(address + 'index.html')
    links = page.query_selector_all('article .exercises a:not(.try)')
    exercises = [exercise.label for _, exercise in EXERCISES]
    assert [link.get_attribute('href').split('#')[1] for link in links] == exercises
    links[-1].click()
    page.wait_for_selector(f'#{exercises[-1]}', state='attached')


def test_each_exercise_leads_to_the_book_and_says_what_passed(open_page, address, site):
    page = open_page()
    entries = {e['exercise']: e for e in json.loads((site / 'verification.json').read_text())}
    for section in BOOK.sections:
        page.goto(f'{address}{section.name}.html')
        for exercise in section.exercises:
            place = page.query_selector(f'#{exercise.label}')
            assert place.query_selector('.exercise a[href*="zh.d2l.ai"]'), exercise.label
            passed = place.query_selector(f'#{exercise.label}-check .passed').inner_text()
            entry = entries[exercise.label]
            assert f'{entry["checks"]}条断言' in passed and entry['device'] in passed


def test_verification_and_mistakes_cover_every_exercise(open_page, address):
    page = open_page()
    for path in ('verification.html', 'mistakes.html'):
        page.goto(address + path)
        links = [
            a.get_attribute('href') for a in page.query_selector_all('article a[href*="#ex-"]')
        ]
        for section, exercise in EXERCISES:
            assert f'{section.name}.html#{exercise.label}' in links, (path, exercise.label)
    for section, exercise in EXERCISES:
        assert f'{section.name}.html#{exercise.label}-mistake-1' in links, exercise.label


@pytest.mark.parametrize('path', PAGES)
def test_page_says_what_it_is(site, path):
    text = (site / path).read_text('utf-8')
    description = re.search('<meta name="description" content="([^"]+)"', text)[1]
    assert 15 <= len(description) <= 130
    for name in ('title', 'description', 'site_name', 'type', 'locale'):
        assert re.search(f'<meta property="og:{name}" content="[^"]+"', text)
    assert re.search('<link rel="icon" href="[^"]*favicon.svg"', text)
    ids = re.findall(r'\sid="([^"]+)"', re.sub('<pre>.*?</pre>', '', text, flags=re.S))
    assert sorted({i for i in ids if ids.count(i) > 1} - {'search-input'}) == []
