"""The same sources give the same book, wherever and whenever it is built."""

import getpass
import re
import shutil
import socket
from pathlib import Path

import nbformat
import pytest

from tests.conftest import ROOT, SmallBook

EPOCH = '1700000000'  # 2023-11-14


@pytest.fixture
def small(fresh):
    fresh.replace('print(object())', 'print(len(str(object())) > 0)')
    fresh.replace('<object object at 0x...>', 'True')
    fresh.replace('print(time.perf_counter())', 'print(0)', fresh.products)
    return fresh


def files(site: Path) -> dict:
    return {path.relative_to(site): path.read_bytes() for path in site.rglob('*') if path.is_file()}


@pytest.mark.slow
def test_two_folders_give_the_same_site_to_the_byte(small, tmp_path, monkeypatch):
    monkeypatch.setenv('SOURCE_DATE_EPOCH', EPOCH)
    other = SmallBook.new(tmp_path / 'another name')
    shutil.copytree(small.root / 'chapters', other.root / 'chapters', dirs_exist_ok=True)
    small.build()
    other.build()
    here, there = files(small.site), files(other.site)
    assert here.keys() == there.keys()
    assert [path for path in here if here[path] != there[path]] == []


def test_the_time_of_a_run_is_that_of_source_date_epoch(small, monkeypatch):
    monkeypatch.setenv('SOURCE_DATE_EPOCH', EPOCH)
    small.build()
    assert '2023-11-14T22:13:20' in (small.site / 'verification.json').read_text()


def test_no_output_names_a_folder_a_user_or_a_machine(site):
    folders = [str(ROOT), f'{Path.home()}/', f'/{getpass.getuser()}/', '/tmp/', '/home/', '/Users/']
    private = re.compile('|'.join([*map(re.escape, folders), rf'\b{socket.gethostname()}\b']))
    for path in sorted((ROOT / '_build/executed/cpu').rglob('*.ipynb')):
        for cell in nbformat.read(path, 4).cells:
            for output in cell.get('outputs', []):
                output.get('data', {}).pop('image/png', None)  # in base64 words mean nothing
                assert not private.search(str(output)), (path.stem, cell.id)
    for path in site.rglob('*.html'):
        assert str(ROOT) not in path.read_text('utf-8'), path
