r"""LaTeX into MathML Core, which browsers draw without a script; and the font that it needs.

math-core refuses most of what it does not know. What it would lose in silence (space between
rows, ``\\`` outside an environment, letters that a font lacks) is rewritten or refused here.
"""

import base64
import html
import re
import unicodedata
from importlib.metadata import distribution
from pathlib import Path

from fontTools import subset
from math_core import LatexError, LatexToMathML

FONT = Path(str(distribution('ziamath').locate_file('ziamath/fonts/STIXTwoMath-Regular.ttf')))
MACROS = {'substack': r'\begin{subarray}{c}#1\end{subarray}'}
ROW = re.compile(r'\\\\\s*\[\s*([\d.]+)\s*(pt|em|ex|mm|cm)\s*\]')
EM = {'pt': 0.1, 'em': 1, 'ex': 0.43, 'mm': 0.285, 'cm': 2.85}
STRUT = '\ue000'  # marks what becomes space under a row
SIZE = 24  # pixels to the em, of a formula that is drawn
ALPHABET = r'\\(?:boldsymbol|bm|math(?:bf|bb|cal|scr|frak|sf|tt))(?![A-Za-z])\s*'
LETTERS = re.compile(rf'{ALPHABET}(?:\{{[^{{}}]*\}}|\w)')
REWRITTEN = {
    r'\\\\\*': r'\\\\',
    r'\\\\\s*(?=\\end\b)': '',  # no row of nothing
    r'\\(begin|end)\{(equation|align|gather|multline)\}': r'\\\1{\2*}',  # labels give numbers
}
REFUSED = {
    rf'{ALPHABET}\{{\s*{ALPHABET}': '两种字体不能叠加',
    r'\\(?:boxed|[bx]?cancel|eqref|mathop)\b': '这个命令画不出来',
}
_convert = LatexToMathML(
    macros=MACROS, fancy_error=False, allow_unreliable_rendering=True
).convert_with_local_state


def to_mathml(tex: str, display: bool = False) -> str:
    """The formula as ``<math>``; LatexError where it would not be what LaTeX shows."""
    for pattern, replacement in REWRITTEN.items():
        tex = re.sub(pattern, replacement, tex)
    tex = ROW.sub(lambda m: rf'\text{{{STRUT}{float(m[1]) * EM[m[2]] + 0.25:.2f}}}\\', tex)
    for pattern, fault in REFUSED.items():
        if match := re.search(pattern, tex):
            raise LatexError(f'{fault}：{match[0]}')
    for match in LETTERS.finditer(tex):
        if re.search('[A-Za-z0-9Α-ω]', text_of(_convert(match[0], displaystyle=False))):
            raise LatexError(f'这种字体没有其中的字符：{match[0]}')
    mathml = _convert(tex, displaystyle=display)
    if tex.count(r'\\') + mathml.count('<mtable') != mathml.count('<mtr'):
        raise LatexError(r'换行只能在环境里，例如\begin{aligned}…\end{aligned}')
    mathml = re.sub(f'<mtext>{STRUT}(.*?)</mtext>', r'<mspace depth="\1em"></mspace>', mathml)
    return mathml.replace('&ApplyFunction;', '\u2061')


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
