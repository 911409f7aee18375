"""A hundred formulas as texts on deep learning have them: each is right, or refused."""

import html
import re
import shutil
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from pipeline.mathml import LatexError, to_mathml, write_font

# One a line: LaTeX, a tab, the outline of what it must become; 'refused' where it must not.
TABLE = Path(__file__).with_name('formulas.txt').read_text('utf-8').splitlines()
FORMULAS = [tuple(line.split('\t')) for line in TABLE]
NAMES = {'munder': 'under', 'mover': 'over', 'munderover': 'underover'}


def outline(element: ElementTree.Element) -> str:
    """What a reader sees: letters, and where they stand, e.g. ``sub(x|i)``."""
    parts = [outline(child) for child in element]
    style, text = element.get('style', ''), re.sub(UNSEEN, '', element.text or '')
    if element.get('mathvariant') == 'normal':
        return f'upright({text})'
    if element.tag == 'mtext' and not parts:
        return f'"{text}"'
    if element.tag in ('mi', 'mn', 'mo'):
        return text
    if element.tag == 'mspace':
        return f'strut({element.get("depth")})' if element.get('depth') else ''
    if element.tag == 'mtr':
        return ' & '.join(parts)
    if element.tag == 'mtable':
        return f'table({" // ".join(parts)})'
    if element.tag == 'mtd':
        words = re.findall(r'text-align: *(\w+)|border-(\w+):', style)
        return ''.join([*(f'{side or line + "line"}:' for side, line in words), *parts])
    if element.tag == 'mfrac' and element.get('linethickness') == '0':
        return f'stack({"|".join(parts)})'
    if element.tag in ('math', 'mrow', 'mpadded', 'mstyle') and 'color:' not in style:
        return f'box({"".join(parts)})' if 'border:' in style else ''.join(parts)
    name = style.removeprefix('color:').rstrip(';') or element.tag.removeprefix('m')
    return f'{name}({text}{"|".join(parts)})'


@pytest.mark.parametrize(('tex', 'expected'), FORMULAS, ids=[tex for tex, _ in FORMULAS])
def test_formula_has_the_letters_and_the_structure_of_latex(tex, expected):
    if expected == 'refused':
        with pytest.raises(LatexError):
            to_mathml(tex, display=True)
    else:
        assert outline(ElementTree.fromstring(to_mathml(tex, display=True))) == expected


def test_line_break_within_a_paragraph_is_refused():
    with pytest.raises(LatexError, match='换行'):
        to_mathml(r'a\\b')


@pytest.fixture(scope='module')
def page(tmp_path_factory):
    """The formulas in Chromium, in the font that is made for them."""
    folder = tmp_path_factory.mktemp('formulas')
    shown = {tex: to_mathml(tex, display=True) for tex, what in FORMULAS if what != 'refused'}
    write_font([*shown.values()], folder / 'math.woff2')
    style = '@font-face { font-family: M; src: url(math.woff2) } math { font: 20px M }'
    rows = ''.join(f'<p title="{html.escape(tex)}">{formula}' for tex, formula in shown.items())
    (folder / 'page.html').write_text(f'<meta charset="utf-8"><style>{style}</style>{rows}', 'utf-8')
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(java_script_enabled=False)
        page.goto((folder / 'page.html').as_uri())
        page.folder = folder
        yield page
        browser.close()


@needs_browser
def test_browser_draws_rows_columns_and_boxes(page):
    def place(tex, sign):
        found = page.query_selector_all(f'p[title="{tex}" i] :is(mi, mo, mn):text-is("{sign}")')
        return [element.bounding_box() for element in found]

    first, second = place(r'\\begin{aligned} y&=a \\\\ &=b \\end{aligned}', '=')
    assert abs(first['x'] - second['x']) < 1 and second['y'] - first['y'] > 20
    gaps = []
    for row in (r'\\\\', r'\\\\[4pt]'):
        tex = rf'\\begin{{bmatrix}}a&b{row}c&d\\end{{bmatrix}}'
        gaps.append(place(tex, 'c')[0]['y'] - place(tex, 'a')[0]['y'])
    assert 5 < gaps[1] - gaps[0] < 15
    boxes = [e.bounding_box() for e in page.query_selector_all('math')]
    assert len(boxes) > 100 and all(min(b['width'], b['height']) > 4 for b in boxes)


def test_font_made_for_formulas_has_their_letters(page):
    letters = TTFont(page.folder / 'math.woff2').getBestCmap()
    text = ''.join(outline(ElementTree.fromstring(to_mathml(t, True))) for t, w in FORMULAS if w != 'refused')
