"""The same sources give the same book, wherever and whenever it is built."""

import difflib
import getpass
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from pipeline.book import has_tag
from pipeline.pages import LOOK
from pipeline.store import PINS
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


@pytest.fixture(scope='module')
def elsewhere(tmp_path_factory) -> Path:
    """The real book, executed anew in another folder, by a user with another home."""
    root = tmp_path_factory.mktemp('elsewhere')
    for name in ('chapters', *LOOK, '_config.yml', '_toc.yml', *PINS):
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    (root / 'home').mkdir()
    environment = os.environ | {'PYTHONPATH': str(ROOT), 'HOME': str(root / 'home')}
    command = [sys.executable, '-m', 'pipeline', 'execute']
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return root / '_build/executed/cpu'


def test_two_runs_of_the_real_book_agree_in_every_cell(site, elsewhere):
    for path in sorted(elsewhere.rglob('*.ipynb')):
        first = nbformat.read(ROOT / '_build/executed/cpu' / path.relative_to(elsewhere), 4)
        second = nbformat.read(path, 4)
        for a, b in zip(first.cells, second.cells, strict=True):
            if a.cell_type == 'code' and not has_tag(a, 'volatile'):
                one, two = (str(cell.outputs).splitlines() for cell in (a, b))
                assert one == two, '\n'.join(difflib.unified_diff(one, two, f'{path.stem} {a.id}'))


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
