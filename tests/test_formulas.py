"""A hundred formulas as texts on deep learning have them: each is right, or refused."""

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from pipeline.mathml import LatexError, text_of, to_mathml, write_font

# One a line: LaTeX, a tab, the outline of what it must become; 'refused' where it must not.
TABLE = Path(__file__).with_name('formulas.txt').read_text('utf-8').splitlines()
FORMULAS = [tuple(line.split('\t')) for line in TABLE]
UNSEEN = '[\u2061\u2063\ufe00\ufe01]'  # function applied, separator, kinds of calligraphy


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
    color = re.fullmatch('color:(.*);', style)
    if element.tag in ('math', 'mrow', 'mpadded', 'mstyle') and not color:
        return ''.join(parts)
    return f'{color[1] if color else element.tag.removeprefix("m")}({text}{"|".join(parts)})'


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
def folder(tmp_path_factory):
    """A page with the formulas, and the font that is made for them."""
    folder = tmp_path_factory.mktemp('formulas')
    shown = [to_mathml(tex, display=True) for tex, expected in FORMULAS if expected != 'refused']
    write_font(shown, folder / 'math.woff2')
    style = '@font-face { font-family: M; src: url(math.woff2) } math { font: 20px M }'
    page = f'<meta charset="utf-8"><style>{style}</style>{"<p>".join(shown)}'
    (folder / 'page.html').write_text(page, 'utf-8')
    return folder


def test_font_made_for_formulas_has_their_letters(folder):
    letters = TTFont(folder / 'math.woff2').getBestCmap()
    page = (folder / 'page.html').read_text('utf-8')
    text = text_of(re.sub('<style.*?</style>|<mtext>.*?</mtext>', '', page))
    assert {c for c in text if ord(c) not in letters} - set(UNSEEN) == set()
    assert {'𝑎', 'ℎ', '𝜃', '𝜙', '√'} <= {chr(code) for code in letters}  # <mi>a</mi> is drawn as 𝑎


def test_browser_draws_lines_columns_and_space_between_rows(folder, browser):
    page = browser.new_page(java_script_enabled=False)

    def place(tex, sign):
        """Where the signs of a formula are, in its own page."""
        page.set_content(f'<style>math {{ font-size: 20px }}</style>{to_mathml(tex, True)}')
        return [e.bounding_box() for e in page.query_selector_all(f':text-is("{sign}")')]

    first, second = place(r'\begin{aligned} y&=a \\ &=b \end{aligned}', '=')
    assert abs(first['x'] - second['x']) < 1 and second['y'] - first['y'] > 20
    gaps = []
    for row in (r'\\', r'\\[4pt]'):
        upper, lower = place(rf'\begin{{bmatrix}}a&b{row}a&d\end{{bmatrix}}', 'a')
        gaps.append(lower['y'] - upper['y'])
    assert 5 < gaps[1] - gaps[0] < 15
    page.goto((folder / 'page.html').as_uri())
    boxes = [element.bounding_box() for element in page.query_selector_all('math')]
    assert len(boxes) >= 100 and min(min(b['width'], b['height']) for b in boxes) > 4
    page.close()
