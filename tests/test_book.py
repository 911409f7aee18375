"""The real book, as built."""

import json
import re

import nbformat
import pytest

from pipeline.layout import mistakes
from tests.conftest import BOOK, ROOT


def test_the_book_has_no_faults():
    assert [str(fault) for fault in BOOK.faults] == []


def test_a_fault_names_the_exercise_that_its_line_belongs_to():
    for section in BOOK.sections:
        for exercise in section.exercises:
            assert section.fault(exercise.line, '').exercise == exercise.number
            assert section.fault(exercise.line - 1, '').exercise != exercise.number


def test_every_exercise_is_verified_and_in_the_table(site):
    entries = json.loads((site / 'verification.json').read_text('utf-8'))
    home = (site / 'index.html').read_text('utf-8')
    exercises = [e for section in BOOK.sections for e in section.exercises]
    assert [e['exercise'] for e in entries if e['runner'] == 'cpu'] == [e.label for e in exercises]
    for exercise in exercises:
        assert f'#{exercise.label}"' in home
    for entry in entries:
        assert entry['checks'] > 0
        assert entry['state'] in ('passed', 'stale')


def test_every_exercise_lists_mistakes_in_the_form_that_pages_read():
    for section in BOOK.sections:
        listed = mistakes(section.notebook)
        for exercise in section.exercises:
            assert listed.get(exercise.label), exercise.label
        text = '\n'.join(c.source for c in section.notebook.cells if c.cell_type == 'markdown')
        claims = re.findall(r'^\*\*“', text, re.M)
        assert len(claims) == sum(map(len, listed.values())), section.name


@pytest.mark.parametrize('section', BOOK.sections, ids=lambda section: section.name)
def test_set_up_has_the_same_harness(section):
    """The code that runs the checks is the same to the letter in all sections."""
    start = '\n\ndef _error_of('
    own, first = (s.setup_cells[1].source.partition(start)[2] for s in (section, BOOK.sections[0]))
    assert own == first != ''


@pytest.mark.parametrize('section', BOOK.sections, ids=lambda section: section.name)
def test_section_ran_clean(site, section):
    path = ROOT / '_build/executed/cpu' / f'{section.name}.ipynb'
    notebook = nbformat.read(path, as_version=4)
    assert notebook.metadata.run.source_hash == section.source_hash
    for cell in notebook.cells:
        for output in cell.get('outputs', []):
            assert output.get('name') != 'stderr', cell.source
            for kind, picture in output.get('data', {}).items():
                if kind.startswith('image/'):
                    assert len(picture) < 200_000, cell.source  # 150 KB in base64
                    assert cell.metadata.mystnb.image.alt
                    assert cell.metadata.mystnb.figure.caption
