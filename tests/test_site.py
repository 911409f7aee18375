"""The real site in Chromium, see ``browser.py``."""

import gzip
import json
import re
from pathlib import Path

import axe_playwright_python
import pytest

from pipeline.book import CHAPTERS, has_tag
from tests.browser import wait_until_at_the_top
from tests.conftest import BOOK

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


# each width and each theme once: no rule of axe's looks at both together
@pytest.mark.parametrize('look', [(1440, 'light'), (360, 'dark')], ids=['wide-light', 'phone-dark'])
@pytest.mark.slow
def test_pages_are_accessible(open_page, address, look):
    page = open_page(*look)
    for path in [*PAGES, 'search.html?q=参数', '404.html']:
        page.goto(address + path, wait_until='load')
        page.wait_for_timeout(200)
        page.evaluate(THIN_OUT)
        page.evaluate(AXE)
        found = page.evaluate("axe.run({resultTypes: ['violations']})")
        assert [(v['id'], v['nodes'][0]['html']) for v in found['violations']] == [], path


@pytest.mark.parametrize('path', PAGES)
def test_page_draws_figures_and_formulas_and_is_light(open_page, address, path):
    """Gzipped, as GitHub Pages sends it: 150 KB, with figures 400 KB."""
    page = open_page(390)
    finished = []
    page.on('requestfinished', lambda r: finished.append(r))
    page.goto(address + path, wait_until='load')
    for picture in page.query_selector_all('article img'):
        picture.scroll_into_view_if_needed()
        assert picture.get_attribute('alt')
        assert picture.get_attribute('loading') == 'lazy'
        assert int(picture.get_attribute('width')) > int(picture.get_attribute('height')) / 3 > 0
        page.wait_for_function('e => e.complete && e.naturalWidth > 0', arg=picture)
    shown = '(names) => [...document.querySelectorAll(names)].map(e => e.innerText).join(" ")'
    text = page.evaluate(shown, 'article p, article li, article td')
    assert not re.search(r'\\(mathbf|sqrt|text|sum)\b', text), 'mathematics is shown as its source'
    tables = page.evaluate(shown, 'article table')
    assert '$' not in tables, 'mathematics in a table is shown as its source'
    page.wait_for_load_state('networkidle')
    weights = {r.url: len(gzip.compress(r.response().body())) for r in list(finished)}
    figures = sum(weight for url, weight in weights.items() if '/_images/' in url)
    assert sum(weights.values()) - figures <= 150_000, weights
    assert sum(weights.values()) <= 400_000, weights
    assert not any('search.json' in url for url in weights), 'search is loaded before it is used'
    assert page.query_selector_all('script[src]:not([defer])') == []


def search(page, query: str) -> list:
    """Type into the theme's field and return the options that come."""
    page.keyboard.press('Control+k')
    page.keyboard.type(query)
    page.wait_for_selector('.search-button__search-container [role=status]:not(:empty)')
    page.wait_for_timeout(500)
    return page.query_selector_all('.search-button__search-container [role=option]')


def test_search_page_lists_what_is_found_with_the_words_marked(open_page, address):
    page = open_page()
    page.goto(f'{address}search.html?q=torch.fft.rfft')
    first = page.wait_for_selector('article [role=option]')
    assert '#ex-5-4-2' in first.get_attribute('href')
    assert 'rfft' in [mark.inner_text() for mark in first.query_selector_all('mark')]
    assert page.trouble == []


def test_search_field_leads_to_the_exercise(page, address):
    page.goto(address + FIRST)
    search(page, '傅里葉')[0].click()
    page.wait_for_url('**/*#ex-5-4-2*')
    assert not page.query_selector('.search-button__search-container input').is_visible()
    assert page.trouble == []


def test_list_of_hits_is_accessible(page, address):
    page.goto(address + FIRST)
    search(page, '共享参数')
    page.keyboard.press('ArrowDown')
    page.evaluate(THIN_OUT)
    page.evaluate(AXE)
    found = page.evaluate("axe.run('.search-button__search-container, .search-results')")
    assert [(v['id'], v['nodes'][0]['html']) for v in found['violations']] == []
    width = page.evaluate('document.documentElement.scrollWidth')
    assert width <= page.viewport_size['width']


def test_enter_opens_the_first_hit_and_arrows_choose_another(open_page, address):
    page = open_page()
    page.goto(address + FIRST)
    search(page, '共享参数')
    page.keyboard.press('Enter')
    page.wait_for_url('**/*#ex-5-2-4*')
    second = search(page, '共享参数')[1]
    page.keyboard.press('ArrowDown')
    page.keyboard.press('ArrowDown')
    field = page.query_selector('.search-button__search-container input')
    assert field.get_attribute('aria-activedescendant') == second.get_attribute('id')
    assert second.get_attribute('aria-selected') == 'true'
    href = second.get_attribute('href').split(':~:')[0].removeprefix('../')
    page.keyboard.press('Enter')
    page.wait_for_url(f'**/{href}*')
    page.goto(address + FIRST)
    page.keyboard.press('Control+k')
    page.keyboard.type('傅里叶')
    page.keyboard.press('Enter')  # at once, before anything is loaded
    page.wait_for_url('**/*#ex-5-4-2*')


def test_search_leads_into_what_is_folded(open_page, address):
    page = open_page()
    page.goto(address + FIRST)
    section = BOOK.sections[-1]
    cell = section.exercises[0].checks[0]
    said = next(
        line for line in cell.source.split('\n') if re.search("assert .*'.*[一-鿿]{6}", line)
    )
    search(page, re.findall("'([^'{}]*[一-鿿]{6}[^'{}]*)", said)[0])[0].click()
    page.wait_for_url(f'**/{section.name}.html#ex-*-check*')
    page.wait_for_timeout(500)
    assert page.query_selector(f'#{section.exercises[0].label}-check pre').is_visible()


def test_search_says_when_nothing_is_found_and_shows_no_markup(open_page, address):
    page = open_page()
    page.goto(address + 'search.html?q=魑魅<魍魉>')
    said = page.wait_for_selector('article [role=status]:not(:empty)')
    assert said.inner_text() == '没有找到“魑魅<魍魉>”，换一个说法试试'
    page.goto(address + 'search.html?q=<img src=x onerror=alert(1)> 傅里叶')
    page.wait_for_selector('article [role=option]')
    assert page.query_selector('.search-results img') is None


def test_search_without_a_server_says_so_and_offers_the_contents(open_page, site):
    page = open_page()
    page.goto((site / FIRST).as_uri())
    search(page, '参数')
    said = page.query_selector('.search-button__search-container [role=status]')
    assert '搜索要有服务器' in said.inner_text()
    said.query_selector('a').click()
    page.wait_for_url('**/index.html')


def test_search_that_could_not_load_tries_again(open_page, address):
    page = open_page()
    page.goto(address + FIRST)
    page.route('**/search.json', lambda route: route.abort())
    search(page, '参数')
    said = page.query_selector('.search-button__search-container [role=status]')
    assert '没有载入' in said.inner_text()
    page.unroute('**/search.json')
    page.keyboard.type('共享')
    page.wait_for_selector('.search-button__search-container [role=option]')


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
    wait_until_at_the_top(page, f'#{exercise.label} h2')
    page.goto(f'{address}{FIRST}#{exercise.label}-answer')
    page.wait_for_selector(f'.bd-toc-nav a.active[href="#{exercise.label}-answer"]')


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


def test_former_address_of_the_mistakes_leads_to_them(open_page, address):
    page = open_page()
    page.goto(address + 'errata.html')
    page.wait_for_url('**/mistakes.html')


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
    assert 'thebe' not in text
    assert text.count('name="viewport"') == 1
    for name in ('title', 'description', 'site_name', 'type', 'locale'):
        assert re.search(f'<meta property="og:{name}" content="[^"]+"', text)
    assert re.search('<link rel="icon" href="[^"]*favicon.svg"', text)
    ids = re.findall(r'\sid="([^"]+)"', re.sub('<pre>.*?</pre>', '', text, flags=re.S))
    assert sorted({i for i in ids if ids.count(i) > 1} - {'search-input'}) == []
