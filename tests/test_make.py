import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap
from tests.conftest import ROOT


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        ['make', *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )


def fake_python(folder, body: str):
    path = folder / 'python'
    script = folder / 'python.py'
    script.write_text(body, 'utf-8')  # a first line cannot hold the spaces of our own path
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n', 'utf-8')
    path.chmod(0o755)
    return path


def test_make_alone_prints_the_manual():
    help_text = make().stdout
    targets = re.findall(r'^\.PHONY: (.*)$', (ROOT / 'Makefile').read_text('utf-8'), re.M)
    for target in set(targets[0].split()) - {'book-venv', 'test-venv', 'lint-venv'}:
        assert f'make {target}' in help_text


def test_missing_python_is_refused_with_what_to_install():
    done = make('html', 'PYTHON=python3.99')
    assert done.returncode != 0
    assert '找不到python3.99：需要Python 3.10至3.14' in done.stderr


@pytest.mark.parametrize('version', [(3, 9), (3, 15), (2, 7)])
def test_wrong_python_is_refused(tmp_path, version):
    body = (
        'import runpy, sys\n'
        f'sys.version_info = {(*version, 0, "final", 0)!r}\n'
        'runpy.run_path(sys.argv.pop(1), run_name="__main__")'
    )
    done = make('html', f'PYTHON={fake_python(tmp_path, body)}')
    assert done.returncode != 0
    assert f'Python {version[0]}.{version[1]}不行' in done.stderr
    assert '需要3.10至3.14' in done.stderr
    assert ('torch 2.13' in done.stderr) == (version > (3, 14)), 'say what 3.15 lacks'
    assert 'Traceback' not in done.stderr


@pytest.mark.parametrize('version', [(3, 10), (3, 14)])
def test_first_and_last_python_are_accepted(monkeypatch, version):
    prepared = []
    monkeypatch.setattr(bootstrap, 'prepare', prepared.append)
    monkeypatch.setattr(sys, 'argv', ['bootstrap.py', 'test'])
    monkeypatch.setattr(sys, 'version_info', (*version, 0, 'final', 0))
    bootstrap.main()
    assert prepared == [bootstrap.NEEDS['test']]


@pytest.mark.parametrize('changed', [bootstrap.BOOK, bootstrap.LOCK])
def test_venv_with_other_versions_is_not_current(tmp_path, monkeypatch, changed):
    monkeypatch.chdir(tmp_path)
    for name in (bootstrap.BOOK, bootstrap.LOCK):
        (tmp_path / name).write_text('torch==1')
    (tmp_path / bootstrap.VENV).mkdir()
    Path(bootstrap.stamp(bootstrap.BOOK)).write_text(bootstrap.digest(bootstrap.BOOK))
    assert bootstrap.is_current(bootstrap.BOOK)
    (tmp_path / changed).write_text('torch==2')
    assert not bootstrap.is_current(bootstrap.BOOK)


def test_missing_venv_module_is_refused(tmp_path):
    body = (
        'import runpy, sys\n'
        'sys.version += " another"\n'
        'sys.modules["ensurepip"] = None\n'
        'runpy.run_path(sys.argv.pop(1), run_name="__main__")'
    )
    done = make('html', f'PYTHON={fake_python(tmp_path, body)}')
    assert done.returncode != 0
    assert 'apt-get install python3-venv' in done.stderr
    assert (ROOT / '.venv/bin/python').exists()


def test_each_task_installs_what_it_needs_and_begins_anew_with_other_versions(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    for name in ('requirements.txt', 'requirements-test.txt', 'requirements-lint.txt'):
        Path(name).touch()
    done = []

    def create():
        done.append('create')
        shutil.rmtree('.venv', ignore_errors=True)
        Path('.venv').mkdir()

    monkeypatch.setattr(bootstrap, 'create', create)
    monkeypatch.setattr(bootstrap, 'install', done.append)
    everything = ['requirements.txt', 'requirements-test.txt']
    for lock in ('a==1', 'a==2'):
        Path('constraints.txt').write_text(lock)
        for task in ('lint', 'test', 'lint', 'book'):
            bootstrap.prepare(bootstrap.NEEDS[task])
        assert done == ['create', 'requirements-lint.txt', *everything]
        done.clear()


def test_unknown_runner_is_refused():
    done = make('html', 'RUNNER=tpu')
    assert done.returncode != 0
    assert 'RUNNER=tpu不存在' in done.stderr


def test_variables_reach_the_task():
    said = make('-n', 'execute', 'RUNNER=cuda', 'JOBS=3', 'SECTION=ch05/06-gpu').stdout
    assert "-m pipeline --runner 'cuda' --jobs '3' execute --section 'ch05/06-gpu'\n" in said


def test_clean_leaves_the_venv(tmp_path):
    for name in ('_build', '.venv'):
        (tmp_path / name).mkdir()
    make('-C', str(tmp_path), '-f', str(ROOT / 'Makefile'), 'clean')
    assert [path.name for path in tmp_path.iterdir()] == ['.venv']
