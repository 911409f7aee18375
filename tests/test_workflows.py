"""What the workflows call exists and does what it says; GitHub is played by a bare repository."""

import os
import re
import shutil
import subprocess

import pytest
import yaml

from pipeline.book import CHAPTERS
from pipeline.store import HOW, PINS
from tests.conftest import ROOT

WORKFLOWS = sorted((ROOT / '.github/workflows').glob('*.yml'))
PERSON = {
    'GIT_AUTHOR_NAME': 'somebody',
    'GIT_COMMITTER_NAME': 'somebody',
    'EMAIL': 'somebody@example.org',
    'GIT_CONFIG_GLOBAL': os.devnull,
}
GH = """#!/bin/sh
echo "$@" >>gh.log
[ "$1 $2" = "issue list" ] && cat open 2>/dev/null
exit 0
"""


class Clone:
    """A clone with the scripts of ``.ci``, a bare repository behind it, and a ``gh`` that notes."""

    def __init__(self, folder):
        self.root, self.origin, self.bin = folder / 'clone', folder / 'origin.git', folder / 'bin'
        subprocess.run(['git', 'init', '-q', '--bare', self.origin], check=True)
        subprocess.run(['git', 'clone', '-q', self.origin, self.root], check=True)
        shutil.copytree(ROOT / '.ci', self.root / '.ci')
        (self.root / '.gitignore').write_text('/_build/\n/gh.log\n')
        self.bin.mkdir()
        (self.bin / 'gh').write_text(GH)
        (self.bin / 'gh').chmod(0o755)
        self.git('add', '.')
        self.git('commit', '-qm', 'Begin')

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def run(self, *command, **environment):
        path = f'{self.bin}:{os.environ["PATH"]}'
        return subprocess.run(
            command,
            cwd=self.root,
            env=os.environ | PERSON | {'PATH': path} | environment,
            capture_output=True,
            text=True,
        )

    def git(self, *arguments: str) -> str:
        done = self.run('git', *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def published(self, branch: str) -> list[str]:
        self.git('fetch', '-q', 'origin', f'+{branch}:refs/{branch}')
        return self.git('ls-tree', '-r', '--name-only', f'refs/{branch}').split()

    @property
    def gh_log(self) -> str:
        path = self.root / 'gh.log'
        return path.read_text('utf-8') if path.exists() else ''


@pytest.fixture
def clone(tmp_path) -> Clone:
    return Clone(tmp_path)


def jobs(path) -> dict:
    return yaml.safe_load(path.read_text('utf-8'))['jobs']


def steps(path):
    for job in jobs(path).values():
        yield from job.get('steps', [])


@pytest.mark.parametrize('path', WORKFLOWS, ids=lambda path: path.stem)
def test_what_a_step_runs_anyone_can_run(path):
    targets = re.findall(r'^\.PHONY: (.*)$', (ROOT / 'Makefile').read_text('utf-8'), re.M)[0]
    for step in steps(path):
        run = step.get('run', '')
        for target in re.findall(r'\bmake (?:--silent )?([\w-]+)', run):
            assert target in targets.split()
        if run and 'make ' not in run:
            assert run == 'gh auth setup-git' or (ROOT / run).exists()


def test_an_action_is_pinned_to_one_commit_everywhere():
    pins = set()
    for path in WORKFLOWS:
        pins |= set(re.findall(r'uses: ([\w-]+/[\w-]+)\S*@(\S+) # (v\S+)', path.read_text('utf-8')))
    assert len(pins) == len({action for action, _, _ in pins}) > 0


def needed(all_jobs: dict, name: str) -> set[str]:
    """A job, and those it waits for in turn."""
    needs = all_jobs[name].get('needs', [])
    needs = [needs] if isinstance(needs, str) else needs
    return {name}.union(*(needed(all_jobs, other) for other in needs))


@pytest.mark.parametrize('path', WORKFLOWS, ids=lambda path: path.stem)
def test_jobs_that_write_begin_on_main_and_reports_know_of_every_failure(path):
    found = jobs(path)
    for name, job in found.items():
        before = needed(found, name)
        if job['permissions']['contents'] == 'write':
            assert any('refs/heads/main' in str(found[other].get('if')) for other in before)
        if job.get('if') == 'failure()':
            assert before == set(found)


def test_key_of_the_cache_names_all_that_changes_a_result():
    text = (ROOT / '.github/workflows/book.yml').read_text('utf-8')
    hashed = re.findall("'([^']+)'", re.search(r'hashFiles\((.*)\)', text)[1])
    how = [f'pipeline/{name}' for name in HOW]
    assert hashed == [f'{CHAPTERS}/**/*.md', *PINS, *how]


def test_publish_replaces_the_branch_by_the_site_alone(clone):
    for page in ('old', 'new'):
        shutil.rmtree(clone.root / '_build', ignore_errors=True)
        clone.write('_build/html/index.html', page)
        clone.write('_build/html/_static/book.css', '')
        clone.write(f'_build/html/{page}.html', '')
        done = clone.run('.ci/publish')
        assert done.returncode == 0, done.stderr
    assert clone.published('gh-pages') == [
        '.nojekyll',
        '_static/book.css',
        'index.html',
        'new.html',
    ]
    assert clone.git('rev-list', '--count', 'refs/gh-pages').strip() == '1'
    assert clone.git('status', '--porcelain') == ''


def test_publish_keeps_the_name_of_the_sites_own_domain(clone):
    branch = clone.git('branch', '--show-current').strip()
    clone.git('switch', '-q', '--orphan', 'gh-pages')
    clone.write('CNAME', 'book.example.org')
    clone.git('add', 'CNAME')
    clone.git('commit', '-qm', 'Name')
    clone.git('push', '-q', 'origin', 'gh-pages')
    clone.git('switch', '-q', branch)
    clone.write('_build/html/index.html', '')
    assert clone.run('.ci/publish').returncode == 0
    assert clone.published('gh-pages') == ['.nojekyll', 'CNAME', 'index.html']


def test_publish_without_a_site_is_refused(clone):
    done = clone.run('.ci/publish')
    assert done.returncode != 0
    assert '先运行make html' in done.stderr


def test_propose_pushes_records_alone_and_opens_a_pull_request(clone):
    clone.write('results/cuda/ch05/01.ipynb', '{}')
    clone.write('results/cuda/ch05/evil.py', '')
    done = clone.run('.ci/propose')
    assert done.returncode == 0, done.stderr
    files = clone.published('cuda-records')
    assert 'results/cuda/ch05/01.ipynb' in files
    assert 'results/cuda/ch05/evil.py' not in files
    assert 'pr create' in clone.gh_log


def test_propose_without_new_records_opens_nothing(clone):
    clone.write('results/cuda/ch05/01.ipynb', '{}')
    clone.git('add', '.')
    clone.git('commit', '-qm', 'Record')
    done = clone.run('.ci/propose')
    assert done.returncode == 0, done.stderr
    assert '记录没有变化' in done.stdout
    assert clone.gh_log == ''


@pytest.mark.parametrize(
    ('number', 'said'), [('', 'issue create --title 坏了'), ('7', 'issue comment 7')]
)
def test_a_second_failure_adds_to_the_open_issue(clone, number, said):
    clone.write('open', number)
    run = {'GITHUB_SERVER_URL': 'u', 'GITHUB_REPOSITORY': 'o/r', 'GITHUB_RUN_ID': '1'}
    done = clone.run('.ci/issue', '坏了', **run)
    assert done.returncode == 0, done.stderr
    assert f'{said} --body 见u/o/r/actions/runs/1' in clone.gh_log
