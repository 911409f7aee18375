"""Fixtures: the real site on a server of its own, and Chromium to look at it.

Skipped only where there is no browser; ``.ci/run`` has one.
"""

import functools
import http.server
import os
import shutil
import threading

import pytest
from playwright.sync_api import sync_playwright

CHROMIUM = shutil.which('chromium') or shutil.which('google-chrome')
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


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope='module')
def address(site):
    """The site on 127.0.0.1 until the tests end."""
    handler = functools.partial(QuietHandler, directory=site)
    with http.server.ThreadingHTTPServer(('127.0.0.1', 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f'http://127.0.0.1:{server.server_port}/'
        server.shutdown()
        thread.join()


@pytest.fixture(scope='module')
def browser():
    if not CHROMIUM and os.environ.get('REQUIRE_BROWSER'):
        pytest.fail('REQUIRE_BROWSER是1，却找不到chromium', pytrace=False)
    if not CHROMIUM:
        pytest.skip('找不到chromium')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser, address):
    """Open pages that collect what goes wrong in ``page.trouble``."""
    contexts = []

    def open_page(width=1440, scheme='light', height=800, **options):
        viewport = {'width': width, 'height': height}
        context = browser.new_context(
            viewport=viewport, color_scheme=scheme, locale='zh-CN', **options
        )
        contexts.append(context)
        page = context.new_page()
        page.trouble = []
        page.on('console', lambda m: m.type == 'error' and page.trouble.append(m.text))
        page.on('pageerror', lambda error: page.trouble.append(str(error)))
        page.on('requestfailed', lambda r: page.trouble.append(f'failed {r.url}'))
        page.on(
            'response', lambda r: r.status >= 400 and page.trouble.append(f'{r.status} {r.url}')
        )
        page.on(
            'request', lambda r: foreign(r.url, address) and page.trouble.append(f'foreign {r.url}')
        )
        return page

    yield open_page
    for context in contexts:
        context.close()


def foreign(url: str, address: str) -> bool:
    return not url.startswith((address, 'data:', 'blob:'))


def wait_until_at_the_top(page, selector: str) -> None:
    """Wait for the end of a scroll, which is smooth, that leads to an element."""
    found = 'e => 0 <= e.getBoundingClientRect().top && e.getBoundingClientRect().top < 200'
    page.wait_for_function(found, arg=page.query_selector(selector), timeout=5000)
