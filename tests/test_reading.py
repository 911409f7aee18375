"""How the real pages read: what is open, what is folded, how long it is, what a click does."""

import pytest

from tests.browser import wait_until_at_the_top
from tests.conftest import BOOK

SECTIONS = BOOK.sections
ADDRESSES = [f'{section.name}.html' for section in SECTIONS]
FIRST = ADDRESSES[0]
BOOKS_OWN = [f'{s.name}.html' for s in SECTIONS if s.number <= '5.6']  # not the further ones
# A page's height in screens, each exercise's, its visible code, and how far down answers begin.
MEASURE = """
const screen = innerHeight;
const lines = [...document.querySelectorAll('article .cell_input pre')]
  .filter(pre => pre.offsetHeight && !pre.closest('details:not([open])'))
  .map(pre => pre.textContent.split('\\n').filter(line => line.trim()).length);
const exercises = {};
for (const part of document.querySelectorAll('section[id^=ex-]'))
  if (/^ex-\\d+-\\d+-\\d+$/.test(part.id)) {
    const top = part.getBoundingClientRect().top;
    const answer = part.querySelector(`#${part.id}-answer > p`).getBoundingClientRect();
    exercises[part.id] = {screens: part.offsetHeight / screen, answer: (answer.top - top) / screen};
  }
const wide = [...document.querySelectorAll('article .cell pre')]
  .filter(pre => pre.scrollWidth > pre.clientWidth).map(pre => pre.textContent.slice(0, 99));
({screens: document.documentElement.scrollHeight / screen, lines, exercises, wide})
"""
# What lies beyond the edge of the screen and in nothing that scrolls.
CUT_OFF = """
[...document.querySelectorAll('article *')].filter(element => {
  if (!element.checkVisibility() || element.getBoundingClientRect().right < innerWidth + 1) return;
  for (let box = element.parentElement; box.matches('article *'); box = box.parentElement)
    if (/auto|scroll/.test(getComputedStyle(box).overflowX)) return;
  return true;
}).map(element => element.outerHTML.slice(0, 100))
"""


def measure(page, address) -> dict:
    """Screens, visible lines by cell and exercises of each section's page."""
    found = {}
    for path in ADDRESSES:
        page.goto(address + path, wait_until='load')
        found[path] = page.evaluate(MEASURE)
    return found


def test_pages_are_as_long_as_their_readers_need(open_page, address):
    found = measure(open_page(height=900), address)
    assert sum(found[path]['screens'] for path in BOOKS_OWN) <= 85
    visible = sorted(sum(page['lines']) for page in found.values())
    assert visible[len(visible) // 2] <= 120
    longest = {path: sum(page['lines']) / len(page['exercises']) for path, page in found.items()}
    assert {path: lines for path, lines in longest.items() if lines > 40} == {}
    assert max(sum(found[path]['lines']) for path in BOOKS_OWN) <= 150
    assert max(max(page['lines']) for page in found.values()) <= 30
    exercises = {k: v for page in found.values() for k, v in page['exercises'].items()}
    assert {k: v['screens'] for k, v in exercises.items() if v['screens'] > 6} == {}
    assert {k: v['answer'] for k, v in exercises.items() if v['answer'] > 1.2} == {}


def test_pages_are_as_long_on_a_phone(open_page, address):
    found = measure(open_page(390, height=844), address)
    assert sum(found[path]['screens'] for path in BOOKS_OWN) <= 110
    assert {path: page['wide'] for path, page in found.items() if page['wide']} == {}


@pytest.mark.parametrize('width', [320, 360, 390, 412, 430])
def test_no_page_scrolls_sideways_or_is_cut_off(open_page, address, width):
    page = open_page(width)
    for path in ['index.html', *ADDRESSES]:
        page.goto(address + path, wait_until='load')
        assert page.evaluate('document.documentElement.scrollWidth') <= width, path
        assert page.evaluate(CUT_OFF) == [], path


def test_nothing_jumps_while_a_page_loads(open_page, address):
    page = open_page()
    for path in ['index.html', *ADDRESSES]:
        page.goto(address + path, wait_until='load')
        page.wait_for_timeout(500)
        shift = page.evaluate(
            """new Promise(done => { let sum = 0;
            new PerformanceObserver(list => list.getEntries().forEach(e => { sum += e.value; }))
              .observe({type: 'layout-shift', buffered: true});
            setTimeout(() => done(sum), 200); })"""
        )
        assert shift <= 0.02, path


def test_trying_first_hides_one_exercise_until_it_is_shown(open_page, address):
    page = open_page()
    label = SECTIONS[0].exercises[1].label
    other = SECTIONS[0].exercises[0].label
    page.goto(address + 'index.html')
    page.click(f'a.try[href$="#{label}"]')
    page.wait_for_url(f'**?try#{label}')

    def visible(part):
        return page.is_visible(f'#{part}')

    def state():
        return visible(f'{label}-answer'), visible(f'{label}-mistakes'), visible(f'{label}-check')

    assert state() == (False, False, True)
    assert visible(f'{other}-answer')
    assert page.is_visible(f'#{label} .exercise')
    assert not page.is_visible(f'#{label}-check pre'), 'the check is open and gives the answer away'
    page.goto(address + FIRST)
    assert state() == (False, False, True), 'it is not remembered'
    page.click(f'#{label} .untry')
    assert state() == (True, True, True)
    page.click(f'#{label} .try')
    assert state() == (False, False, True)
    page.click(f'.bd-toc-nav a[href="#{label}-answer"]')
    page.wait_for_selector(f'#{label}-answer', timeout=5000)  # shown when the address changes
    assert state() == (True, True, True), 'a link into a hidden answer must show it'
    wait_until_at_the_top(page, f'#{label}-answer h3')


def test_trying_first_hides_all_and_what_is_read_stays_in_place(open_page, address):
    page = open_page(reduced_motion='reduce')
    label = SECTIONS[0].exercises[-1].label
    page.goto(f'{address}{FIRST}#{label}')
    page.wait_for_timeout(500)
    before = page.locator(f'#{label}').bounding_box()['y']
    box = page.locator('.try-all').bounding_box()  # page.click would scroll by itself
    page.mouse.click(box['x'] + box['width'] / 2, box['y'] + box['height'] / 2)
    answers = page.locator('section[id$="-answer"]')
    assert not any(answers.nth(i).is_visible() for i in range(answers.count()))
    page.wait_for_timeout(300)
    assert abs(page.locator(f'#{label}').bounding_box()['y'] - before) <= 2
    page.emulate_media(media='print')
    assert not answers.first.is_visible(), 'an exercise sheet must print without answers'
    page.emulate_media(media='screen')
    page.click('.try-all')
    assert all(answers.nth(i).is_visible() for i in range(answers.count()))


def test_all_code_unfolds_and_stays_unfolded(open_page, address):
    page = open_page()
    page.goto(address + FIRST)
    folds = page.locator('article details.hide')
    assert folds.count() > 5
    assert page.locator('article details.hide[open]').count() == 0
    page.click('.unfold-all')
    page.reload()
    assert page.locator('article details.hide[open]').count() == folds.count()


def test_folds_open_where_a_link_leads(open_page, address):
    page = open_page()
    page.goto(address + FIRST)
    code = page.locator('details.hide pre').nth(1)
    words = code.inner_text().split('\n')[0] or code.text_content().strip().split('\n')[0]
    page.goto(f'{address}{ADDRESSES[1]}')
    page.goto(f'{address}{FIRST}#:~:text={words.strip().split("(")[0]}')
    page.wait_for_timeout(800)
    assert page.locator('article details.hide[open]').count() >= 1


def test_link_to_an_exercise_opens_no_hint(open_page, address):
    page = open_page()
    page.goto(f'{address}{FIRST}#{SECTIONS[0].exercises[1].label}')
    page.wait_for_timeout(300)
    assert page.locator('details.hint[open]').count() == 0


def test_check_is_copied_and_downloaded_whole(open_page, address, site):
    page = open_page(permissions=['clipboard-read', 'clipboard-write'])
    label = SECTIONS[0].exercises[0].label
    page.goto(address + FIRST)
    page.click(f'#{label} .copy-check')
    page.wait_for_selector(f'#{label} .copy-check:has-text("已复制")')
    script = (site / f'notebooks/check/{label}.py').read_text('utf-8')
    assert page.evaluate('navigator.clipboard.readText()') == script
    with page.expect_download() as download:
        page.click(f'#{label} a[download]')
    assert download.value.suggested_filename == f'{label}.py'


def test_folded_code_is_copied_without_unfolding(open_page, address):
    page = open_page(permissions=['clipboard-read', 'clipboard-write'])
    page.goto(address + FIRST)
    fold = page.locator('#main-content details.hide').nth(1)
    code = fold.locator('pre').text_content()
    fold.locator('xpath=..').locator('.copy-folded').click()
    page.wait_for_timeout(200)
    assert page.evaluate('navigator.clipboard.readText()') == code


def test_what_is_done_is_marked_on_the_home_page(open_page, address):
    page = open_page()
    label = SECTIONS[1].exercises[0].label
    page.goto(address + ADDRESSES[1])
    page.click(f'button.done[data-exercise={label}]')
    page.goto(address + 'index.html')
    assert page.inner_text(f'.did[data-exercise={label}]') == '✓ 做过'
    assert page.locator('.did', has_text='做过').count() == 1
    page.goto(address + ADDRESSES[1])
    page.click(f'button.done[data-exercise={label}]')
    page.goto(address + 'index.html')
    assert page.locator('.did', has_text='做过').count() == 0


def test_check_that_cannot_be_loaded_is_not_copied(open_page, address):
    page = open_page()
    page.route('**/notebooks/check/*', lambda route: route.fulfill(status=404, body='404'))
    page.goto(address + FIRST)
    page.locator('.copy-check').first.click()
    page.wait_for_selector('.copy-check:has-text("复制不了，请下载")')


def test_browser_that_stores_nothing_shows_the_page(open_page, address):
    page = open_page()
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied'); }})"
    )
    page.goto(address + FIRST)
    label = SECTIONS[0].exercises[0].label
    page.click(f'#{label} .try')
    assert not page.is_visible(f'#{label}-answer')


def test_page_without_javascript_is_whole_and_in_colour(open_page, address):
    page = open_page(java_script_enabled=False)
    page.goto(address + FIRST)
    answers = page.locator('section[id$="-answer"]')
    assert all(answers.nth(i).is_visible() for i in range(answers.count()))
    page.click('details.hint summary')
    assert page.is_visible('details.hint p')
    page.locator('details.hide summary').first.click()
    assert page.is_visible('details.hide pre')
    for dead in ('.try', '.copy-check', '.done', '.unfold-all', '.search-button-field'):
        assert not page.is_visible(dead), f'{dead} does nothing without a script'


def test_paper_has_what_is_open_dark_on_white(open_page, address):
    page = open_page(scheme='dark')
    page.goto(address + FIRST)
    page.emulate_media(media='print')
    for selector in (
        '.bd-header-article',
        '.copybtn',
        '.prev-next-area',
        'article details',
        '.jumps',
    ):
        assert not page.is_visible(selector), selector
    assert page.is_visible('h1')
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate('document.documentElement.dataset.theme') == 'light'
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate('document.documentElement.dataset.theme') == 'dark'
    pages = page.pdf(format='A4').count(b'/Type /Page\n')
    assert 4 <= pages <= 12


def test_every_control_shows_that_it_has_the_focus(open_page, address):
    page = open_page()
    page.goto(address + FIRST)
    for selector in (
        '.primary-toggle', '.unfold-all', '.try-all', '.theme-switch-button',
        '.copy-check', '.done', 'summary', '.jumps a',
    ):  # fmt: skip
        control = page.locator(selector).first
        if not control.is_visible():
            continue
        page.keyboard.press('Tab')  # the last input was the keyboard
        control.focus()
        assert control.evaluate('e => getComputedStyle(e).outlineStyle') == 'solid', selector
