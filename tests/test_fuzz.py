"""Chapters damaged at random: the reader says what is wrong, with a line that exists."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.faults import BookError
from pipeline.read import read_section, read_text
from tests.conftest import ROOT

PATH = Path('chapters/one/fuzz.md')
SMALL, REAL = (
    {p.name: p.read_text('utf-8') for p in sorted((ROOT / folder).glob('chapters/*/*.md'))}
    for folder in ('tests/book', '.')
)
PIECES = [
    '```', '~~~', '````', '```{code-cell}', '```{code-cell} ipython3', '```{testoutput}', '---',
    '```{exercise}', ':::', '+++', '+++ {"a": 1}', '+++ {', ':tags: [', ':tags: [check]', ':a:',
    ':tags:', ':tags: 3', ':tags: [3]', 'kernelspec: 3',
    '# 1.1 题', '## 1.1.1 题', '(ex-1-1-1)=', '(a)=', '%', '\t', '\r', '\r\n', '\x00', '\x0b',
    '\x0c', '\x1c', '\x1f', '\x85', '\u2028', '\u2029', '\ufeff', '\ud7ff', '🤖', '**', '$', '`',
    '> ```', '- ```', '    ```', '<!--', '![](', '[^1]', '{', '}', "'''", '\\', 'def f(:', ')',
]  # fmt: skip
QUIET = {'deadline': None, 'derandomize': True, 'database': None}
ACTIONS = ['delete', 'repeat', 'insert', 'insert', 'cut', 'move']
edits = st.lists(
    st.tuples(
        st.sampled_from(ACTIONS),
        st.booleans(),  # whole lines rather than characters
        st.floats(0, 1),  # where
        st.integers(1, 3),  # how many
        st.sampled_from(PIECES) | st.characters(codec='utf-8'),
    ),
    min_size=1,
    max_size=3,
)


def damage(text: str, edits) -> str:
    for action, by_line, where, count, piece in edits:
        units = text.split('\n') if by_line else list(text)
        place = int(where * len(units))
        if action == 'delete':
            del units[place : place + count]
        elif action == 'repeat':
            units[place:place] = units[place : place + count]
        elif action == 'insert':
            units.insert(place, piece)
        elif action == 'cut':
            del units[place:]
        else:  # move to the other end
            units = units[place:] + units[:place]
        text = ('\n' if by_line else '').join(units)
    return text


def read_damaged(text: str, folder: Path) -> None:
    """Read as a build does; nothing but faults with a line in the file may come of it."""
    (folder / 'chapter.md').write_bytes(text.encode())
    try:
        text = read_text(folder, Path('chapter.md'))
        section = read_section(PATH, text)
    except BookError as error:
        for fault in error.faults:
            assert fault.line is None or 1 <= fault.line <= len(text.split('\n')), fault
        return
    if section:
        lines = text.split('\n')
        for cell in section.code_cells:
            first = cell.source.split('\n')[0]
            assert lines[section.line(cell.id) - 1] == first or not first


@settings(max_examples=500, **QUIET)
@given(st.sampled_from(sorted(SMALL)), edits)
def test_damaged_small_chapter_is_read_or_refused(tmp_path_factory, name, edits):
    read_damaged(damage(SMALL[name], edits), tmp_path_factory.getbasetemp())


@settings(max_examples=100, **QUIET)
@given(st.sampled_from(sorted(REAL)), edits)
def test_damaged_real_chapter_is_read_or_refused(tmp_path_factory, name, edits):
    read_damaged(damage(REAL[name], edits), tmp_path_factory.getbasetemp())


@settings(max_examples=100, **QUIET)
@given(
    st.sampled_from(sorted(SMALL.keys() - {'index.md'})),
    st.integers(0),
    st.sampled_from(['def f(:', ')', 'x = = 1', "'''", '\t)', '\x0c)', '？']),
)
def test_syntax_error_is_refused_on_its_very_line(name, number, mistake):
    section = read_section(PATH, SMALL[name])
    cell = section.code_cells[number % len(section.code_cells)]
    line = section.line(cell.id)
    lines = SMALL[name].split('\n')
    lines.insert(line - 1, mistake)
    with pytest.raises(BookError) as caught:
        read_section(PATH, '\n'.join(lines))
    assert [fault.line for fault in caught.value.faults] == [line]
