"""The real site in Chromium. Skipped only where there is no browser; ``.ci/run`` has one."""

import functools
import http.server
import os
import shutil
import threading

import pytest
from playwright.sync_api import sync_playwright

from pipeline.read import CHAPTERS, read_book
from tests.conftest import ROOT

CHROMIUM = shutil.which('chromium') or shutil.which('google-chrome')
if not CHROMIUM and os.environ.get('REQUIRE_BROWSER'):
    pytest.fail('REQUIRE_BROWSER是1，却找不到chromium', pytrace=False)
pytestmark = pytest.mark.skipif(not CHROMIUM, reason='找不到chromium')

FLAGS = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
]
BOOK = read_book(ROOT)
FILES = [section.path for section in BOOK.sections] + BOOK.pages
PAGES = [path.relative_to(CHAPTERS).with_suffix('.html').as_posix() for path in FILES]
ENGLISH = ['Click to', 'Show code', 'Hide code', 'Search this', 'Contents', 'previous', 'Copy to']


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope='module')
def address(site):
    """The site on 127.0.0.1, under a folder as on GitHub Pages, until the tests end."""
    handler = functools.partial(QuietHandler, directory=site)
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f'http://127.0.0.1:{server.server_port}/'
        server.shutdown()
        thread.join()


@pytest.fixture(scope='module')
def browser():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(params=[(1440, 'light'), (360, 'dark')], ids=['wide-light', 'phone-dark'])
def page(request, browser, address):
    """A page that collects what goes wrong in ``page.trouble``."""
    width, scheme = request.param
    context = browser.new_context(
        viewport={'width': width, 'height': 800}, color_scheme=scheme, locale='zh-CN'
    )
    page = context.new_page()
    page.trouble = []
    page.on('console', lambda m: m.type == 'error' and page.trouble.append(m.text))
    page.on('pageerror', lambda error: page.trouble.append(str(error)))
    page.on('requestfailed', lambda r: page.trouble.append(f'failed {r.url}'))
    page.on('response', lambda r: r.status >= 400 and page.trouble.append(f'{r.status} {r.url}'))
    page.on(
        'request', lambda r: foreign(r.url, address) and page.trouble.append(f'foreign {r.url}')
    )
    yield page
    context.close()


def foreign(url: str, address: str) -> bool:
    return not url.startswith((address, 'data:', 'blob:'))


@pytest.mark.parametrize('path', PAGES)
def test_page_loads_alone_fits_and_speaks_chinese(page, address, path):
    page.goto(address + path, wait_until='load')
    page.evaluate('document.fonts.ready')
    page.wait_for_timeout(500)
    assert page.trouble == []
    width = page.evaluate('document.documentElement.scrollWidth')
    assert width <= page.viewport_size['width'], 'the page scrolls sideways'
    assert page.evaluate('document.documentElement.lang') == 'zh-CN'
    text = page.inner_text('body')
    assert [word for word in ENGLISH if word in text] == []
    visible = 'e => e.offsetWidth > 0 && e.offsetHeight > 0'
    searches = page.query_selector_all('button.search-button-field, button.search-button')
    assert sum(button.evaluate(visible) for button in searches) <= 1


@pytest.mark.parametrize('section', BOOK.sections, ids=lambda section: section.name)
def test_mathematics_and_figures_are_drawn(page, address, section):
    page.goto(f'{address}{section.name}.html', wait_until='load')
    page.wait_for_timeout(500)
    for picture in page.query_selector_all('article img'):
        picture.scroll_into_view_if_needed()
        assert picture.get_attribute('alt')
        page.wait_for_function('e => e.complete && e.naturalWidth > 0', arg=picture)
    formulas = page.query_selector_all('.math')
    if formulas:
        page.wait_for_selector('mjx-container', state='attached')  # it may be in a closed hint
    assert page.query_selector_all('mjx-merror') == []
    tables = [table.inner_text() for table in page.query_selector_all('article table')]
    assert not any('$' in text for text in tables), 'mathematics in a table is shown as its source'


def test_hint_opens(page, address):
    page.goto(f'{address}{BOOK.sections[0].name}.html')
    hint = page.query_selector('.admonition.hint')
    body = hint.query_selector('p:not(.admonition-title)')
    assert not body.is_visible()
    hint.query_selector('button.toggle-button').click()
    page.wait_for_timeout(300)
    assert body.is_visible()


def test_home_page_leads_to_each_exercise(page, address):
    page.goto(address + 'index.html')
    links = page.query_selector_all('article table a')
    exercises = [e.label for section in BOOK.sections for e in section.exercises]
    assert [link.get_attribute('href').split('#')[1] for link in links] == exercises
    links[-1].click()
    page.wait_for_selector(f'#{exercises[-1]}', state='attached')
