r"""LaTeX into MathML Core, which browsers draw without a script; and the font that it needs.

math-core refuses most of what it does not know. What it would lose in silence (space between
rows, ``\\`` outside an environment, letters that a font lacks) is rewritten or refused here.
"""

import base64
import html
import re
import unicodedata
from functools import partial
from importlib.metadata import distribution
from pathlib import Path

from fontTools import subset
from math_core import LatexError, LatexToMathML

FONT = Path(str(distribution('ziamath').locate_file('ziamath/fonts/STIXTwoMath-Regular.ttf')))
MACROS = {'substack': r'\begin{subarray}{c}#1\end{subarray}'}
ROW = re.compile(r'\\\\\s*\[\s*([\d.]+)\s*(pt|em|ex|mm|cm)\s*\]')
EM = {'pt': 0.1, 'em': 1, 'ex': 0.43, 'mm': 0.285, 'cm': 2.85}
SIZE = 24  # pixels to the em, of a formula that is drawn
STRUT = '\ue000'  # marks what becomes space under a row
ALPHABET = r'\\(?:boldsymbol|bm|math(?:bf|bb|cal|scr|frak|sf|tt))(?![A-Za-z])\s*'
LETTERS = re.compile(rf'{ALPHABET}(?:\{{[^{{}}]*\}}|\w)')
REWRITTEN = {
    r'\\\\\*': r'\\\\',
    r'\\\\\s*(?=\\end\b)': '',  # no row of nothing
    r'\\(begin|end)\{split\}': r'\\\1{aligned}',
    r'\\(begin|end)\{(equation|align|gather|multline)\}': r'\\\1{\2*}',  # labels give numbers
    r'\\mathop\s*\{\s*\\(?:mathrm|text|operatorname)\s*(\{[^{}]*\})\s*\}': r'\\operatorname*\1',
}
REFUSED = {
    r'\\\\\[': r'\\[…]里应当是不小于零的长度，例如\\[4pt]',
    r'\\mathop\b': r'\mathop只能写成\mathop{\mathrm{…}}',
    rf'{ALPHABET}\{{\s*{ALPHABET}': '两种字体不能叠加',
    r'\\(?:eq)?ref\b': '公式里不能引用公式',
    r'\\x?cancel|\\bcancel|\\sout': '浏览器画不出删除线',
}
_converter = partial(
    LatexToMathML, macros=MACROS, fancy_error=False, allow_unreliable_rendering=True
)
_convert = _converter().convert_with_local_state
_try = _converter(continue_on_error=True).convert_with_local_state


def to_mathml(tex: str, display: bool = False) -> str:
    """The formula as ``<math>``; LatexError where it would not be what LaTeX shows."""
    for pattern, replacement in REWRITTEN.items():
        tex = re.sub(pattern, replacement, tex)
    tex = ROW.sub(lambda m: rf'\text{{{STRUT}{float(m[1]) * EM[m[2]] + 0.25:.2f}}}\\', tex)
    for pattern, fault in REFUSED.items():
        if re.search(pattern, tex):
            raise LatexError(fault)
    for match in LETTERS.finditer(tex):
        if re.search('[A-Za-z0-9Α-ω]', text_of(_convert(match[0], displaystyle=False))):
            raise LatexError(f'这种字体没有其中的字符：{match[0]}')
    lines = rf'\begin{{aligned}}{tex}\end{{aligned}}'
    rows = [_try(t, displaystyle=display).count('<mtr') for t in (tex, lines)]
    if rows[1] > rows[0] + 1:
        if not display:
            raise LatexError('行内的公式不能换行')
        tex = lines  # as Sphinx does for MathJax
    mathml = _convert(tex, displaystyle=display).replace('&ApplyFunction;', '\u2061')
    mathml = re.sub(f'<mtext>{STRUT}(.*?)</mtext>', r'<mspace depth="\1em"></mspace>', mathml)
    box = r'<mrow style="border: 1px solid; padding: .3em">\1</mrow>'  # no browser has menclose
    return re.sub('<menclose notation="box">(.*)</menclose>', box, mathml)


def text_of(markup: str) -> str:
    """What is left of HTML without its tags."""
    return html.unescape(re.sub('<[^>]+>', '', markup))


def write_font(formulas: list[str], path: Path) -> None:
    """Write what these formulas (MathML) need of the font for mathematics."""
    letters = set(text_of(''.join(formulas))) | {'√'}  # what msqrt draws
    plain = {unicodedata.normalize('NFKC', letter) for letter in letters}
    italic = map(chr, [0x210E, *range(0x1D434, 0x1D468), *range(0x1D6E2, 0x1D71C)])
    letters |= {c for c in italic if unicodedata.normalize('NFKC', c) in plain}
    options = ('--flavor=woff2', '--layout-features=ssty', '--no-hinting')
    subset.main([str(FONT), f'--output-file={path}', f'--text={"".join(letters)}', *options])


def to_picture(mathml: str) -> tuple[str, float, float, float]:
    """The formula drawn, for who knows no MathML: its SVG as an address, its size in em.

    The size is the width, the height and how far the picture's foot is above the baseline.
    """
    import ziamath

    formula = ziamath.Math(re.sub(' xmlns="[^"]*"', '', mathml), size=SIZE)
    svg = base64.b64encode(formula.svg().encode()).decode()
    width, height = (length + 2 * formula.margin for length in formula.getsize())
    foot = formula.getyofst() - formula.margin
    return f'data:image/svg+xml;base64,{svg}', width / SIZE, height / SIZE, foot / SIZE
