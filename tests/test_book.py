"""The real book, as built."""

import json
import re
from pathlib import Path

import nbformat
import pytest

from pipeline.read import read_book, read_text
from tests.conftest import ROOT

BOOK = read_book(ROOT)


def test_the_book_has_no_faults():
    assert [str(fault) for fault in BOOK.faults] == []


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


@pytest.mark.parametrize('section', BOOK.sections, ids=lambda section: section.name)
def test_numbers_of_the_errata_are_those_of_the_section(section):
    errata = read_text(ROOT, Path('chapters/errata.md'))
    mine = re.search(rf'^## {section.title}$(.*?)(?=^## |\Z)', errata, re.M | re.S)[1]
    chapter = read_text(ROOT, section.path).replace(',', '')
    facts = re.sub(r'\(#[^)]*\)|\$[^$]*\$|`[^`]*`|\[[^]]*\]', '', mine)
    numbers = set(re.findall(r'\d+\.\d+|\d{2,}', facts))
    assert {number for number in numbers if number not in chapter} == set()


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
                    assert len(picture) < 100_000, cell.source
                    assert cell.metadata.mystnb.image.alt
                    assert cell.metadata.mystnb.figure.caption
