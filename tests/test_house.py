"""What is said about the house, in its front doors and its habits, is so."""

import ast
import re
from collections import Counter
from graphlib import TopologicalSorter
from importlib.metadata import PackageNotFoundError, requires

import pytest
import yaml
from packaging.requirements import Requirement

from tests.conftest import ROOT

DOCUMENTS = ('README.md', 'CONTRIBUTING.md', 'SECURITY.md', '.github/pull_request_template.md')
MODULES = {path.name for path in ROOT.glob('pipeline/*.py')} - {'__init__.py'}
# What an author or a maintainer is told to write.
TO_WRITE = ('tests/answers/ch05/ex-5-4-3.py', '.github/CODEOWNERS')
WORKFLOWS = {path.name for path in ROOT.glob('.github/workflows/*')}


def read(name: str) -> str:
    return (ROOT / name).read_text('utf-8')


def test_the_picture_of_the_house_has_each_module_once():
    picture = re.search(r'```text\n(.*?)\n```', read('CONTRIBUTING.md'), re.S)[1]
    named = Counter(re.findall(r'\w+\.py', picture))
    assert named == dict.fromkeys(MODULES, 1)


def test_modules_import_in_one_direction():
    imports = {}
    for name in MODULES:
        nodes = list(ast.walk(ast.parse(read(f'pipeline/{name}'))))
        found = [node for node in nodes if isinstance(node, ast.ImportFrom)]
        inside = {f'{n.module}.{a.name}' for n in found for a in n.names if n.module == 'pipeline'}
        inside |= {n.module for n in found if (n.module or '').startswith('pipeline.')}
        imports[f'pipeline.{name.removesuffix(".py")}'] = inside
    assert sum(map(len, imports.values())) > len(MODULES)
    TopologicalSorter(imports).prepare()  # raises where there is a circle


@pytest.mark.parametrize('name', DOCUMENTS)
def test_documents_name_what_exists(name):
    text = read(name)
    targets = re.search(r'^\.PHONY: (.*)$', read('Makefile'), re.M)[1].split()
    assert set(re.findall(r'`make ([\w-]+)', text)) <= set(targets)
    for path in re.findall(r'\]\((?!https?:)([^)#]+)\)', text):
        assert (ROOT / path).exists()
    for path in re.findall(
        r'`/?((?:\.ci|\.github|_static|_templates|pipeline|tests)/[^`]*)`', text
    ):
        assert (ROOT / path).exists() or path in TO_WRITE
    assert set(re.findall(r'`(\w+\.yml)`', text)) - {'_toc.yml'} <= WORKFLOWS


def test_contributors_are_told_of_every_workflow():
    told = re.findall(r'`(\w+\.yml)`', read('CONTRIBUTING.md'))
    assert set(told) >= WORKFLOWS
    assert all(read(f'.github/workflows/{name}').startswith('# ') for name in WORKFLOWS)


def test_nothing_is_published_before_everything_has_passed():
    publish = yaml.safe_load(read('.github/workflows/publish.yml'))['jobs']
    checks = yaml.safe_load(read('.github/workflows/ci.yml'))['jobs']
    writers = [job for job in publish.values() if job['permissions'] != {'contents': 'read'}]
    assert writers and all('check' in job['needs'] for job in writers)
    assert publish['check']['uses'].endswith('/ci.yml')
    assert set(checks) >= {'lint', 'test', 'book'}
    for job in checks.values():  # a job that is skipped counts as passed
        assert 'if' not in job and 'continue-on-error' not in job


def test_commits_are_looked_at_as_make_lint_does():
    hooks = yaml.safe_load(read('.pre-commit-config.yaml'))['repos'][0]['hooks']
    assert [hook['entry'] for hook in hooks] == ['make lint']


@pytest.mark.skipif(not read('constraints.txt'), reason='这里在试最新的版本，什么也没有锁定')
def test_all_that_is_installed_is_locked():
    locked = {line.split('==')[0] for line in read('constraints.txt').splitlines() if '==' in line}
    direct = [
        line.partition('#')[0].strip()
        for path in ROOT.glob('requirements*.txt')
        for line in path.read_text('utf-8').splitlines()
    ]
    waiting, seen = [line for line in direct if line], set()
    assert all('==' in line for line in waiting)
    while waiting:
        requirement = Requirement(waiting.pop())
        name = re.sub(r'[-_.]+', '-', requirement.name).lower()
        wanted = requirement.marker is None or requirement.marker.evaluate({'extra': ''})
        if wanted and name not in seen:
            seen.add(name)
            try:
                waiting += requires(name) or []
            except PackageNotFoundError:  # what only make lint needs
                continue
    assert seen - {'pip', 'setuptools'} <= locked
