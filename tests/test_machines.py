"""Builds where the machine, the shell or the checkout is not what one expects."""

import json
import os
import shutil
import socket
import subprocess
import sys

import pytest

from pipeline.machine import cores, output
from pipeline.repository import Repository, find_repository, parse_remote
from tests.conftest import ROOT
from tests.test_execute import section
from tests.test_make import make


def apart(small, task: str = 'html', **variables: str) -> subprocess.CompletedProcess:
    return small.run_apart(task, env=small.command(task)['env'] | variables)


@pytest.mark.parametrize('how', ['variable', 'option'])
def test_asserts_run_though_python_is_told_to_drop_them(small, how):
    small.replace('return a * b', 'return a + b', small.products)
    command = small.command('html')
    if how == 'variable':
        command['env']['PYTHONOPTIMIZE'] = '1'
    else:
        command['args'].insert(command['args'].index('-m'), '-O')
    done = small.run_apart(**command)
    assert done.returncode == 1
    assert '积不对' in done.stderr


def test_variables_that_break_python_do_not_reach_it():
    done = make('html', 'RUNNER=tpu', PYTHONSAFEPATH='1', PYTHONOPTIMIZE='2')
    assert 'RUNNER=tpu不存在' in done.stderr


def test_long_tmpdir_is_no_obstacle(fresh, tmp_path):
    place = tmp_path / ('x' * 85)
    place.mkdir()
    assert apart(fresh, TMPDIR=str(place)).returncode == 0


def test_kernel_is_that_of_this_interpreter(fresh, tmp_path):
    spec = tmp_path / 'kernels/python3/kernel.json'
    spec.parent.mkdir(parents=True)
    spec.write_text(json.dumps({'argv': ['/bin/false'], 'display_name': '', 'language': 'python'}))
    assert apart(fresh, JUPYTER_PATH=str(tmp_path)).returncode == 0


def test_web_server_may_read_what_is_built(small):
    small.replace('这一节很短。', '这一节不长。')
    done = small.run_apart(preexec_fn=lambda: os.umask(0o077))
    assert done.returncode == 0, done.stderr
    for path in small.site.rglob('*'):
        assert path.stat().st_mode & 0o044 == 0o044, path


def test_locale_of_readers_in_china_is_no_obstacle(small, tmp_path):
    try:
        command = ['localedef', '-c', '-i', 'zh_CN', '-f', 'GBK', tmp_path / 'zh_CN.GBK']
        subprocess.run(command, capture_output=True)
    except OSError:
        pytest.skip('没有localedef')
    if not (tmp_path / 'zh_CN.GBK').exists():
        pytest.skip('没有zh_CN的源文件')
    small.replace('return a + b', 'return b + a')
    small.replace('```{testoutput}\n3\n', '```{testoutput}\n4\n')
    done = small.run_apart(
        'record',
        env=small.command('record')['env'] | {'LOCPATH': str(tmp_path), 'LC_ALL': 'zh_CN.GBK'},
        encoding='gbk',
    )
    assert done.stdout == '已更新chapters/one/01-sums.md\n'


def test_taken_port_is_said_before_anything_is_built(fresh):
    try:
        server = socket.create_server(('127.0.0.1', 8000))
    except OSError:
        server = socket.socket()
    with server:
        done = fresh.run('serve')
    assert done.returncode == 1
    assert '端口8000已被占用' in done.stderr
    assert not (fresh.root / '_build').exists()


def test_preview_is_built_again_when_a_chapter_changes(small, monkeypatch):
    class Server:
        """livereload's, but for the waiting."""

        def __init__(self):
            self.watched = {}

        def watch(self, path, rebuild):
            self.watched[path] = rebuild

        def serve(self, **_):
            small.replace('这一节很短。', '这一节不长。')
            self.watched[str(small.root / 'chapters')]()

    monkeypatch.setattr('livereload.Server', Server)
    monkeypatch.setattr('pipeline.__main__.PORT', 0)
    assert small.run('serve').returncode == 0
    assert '这一节不长。' in (small.site / 'one/01-sums.html').read_text('utf-8')


def test_what_a_failed_command_prints_is_no_answer():
    assert output(sys.executable, '-c', 'print(1)') == '1'
    assert output(sys.executable, '-c', 'print(1); raise SystemExit(1)') == ''
    assert output('no-such-command') == ''


def test_only_cores_that_the_process_may_use_count(monkeypatch):
    monkeypatch.setattr(os, 'sched_getaffinity', lambda _: {3}, raising=False)
    assert cores() == 1


def test_kernel_shares_nothing_with_the_one_before_it(fresh):
    """What a section does to Python and its modules is not there in the next one."""
    code = (
        'import os, random, sys\n\n'
        'assert not hasattr(sys, "spoilt") and os.environ.get("SPOILT") is None\n'
        'assert os.listdir() == []\n'
        'sys.spoilt = os.environ["SPOILT"] = "1"\n'
        'print(random.random() == random.Random(1).random())\n'
        'random.seed(1)'
    )
    code += '\n_ = sys.stdout.write(f"{sys.flags.hash_randomization} {sys.flags.optimize}\\n")'
    for name in ('03', '04'):
        text = section(f'1.{name[1]}', code)
        end = code.split('\n')[-1]
        text = text.replace(end, f'{end}\n```\n\n```{{testoutput}}\nFalse\n0 0')
        fresh.add(f'{name}-shares', text)
    assert fresh.run('html', '--jobs', '1').returncode == 0


@pytest.mark.skipif(sys.platform != 'linux', reason='只有Linux上才分叉')
def test_kernels_are_forked_on_linux(fresh):
    code = (
        'import os\n\n'
        'with open(f"/proc/{os.getppid()}/cmdline") as file:\n'
        '    assert "fork.py" in file.read()'
    )
    fresh.add('03-parent', section('1.3', code))
    fresh.build()


def test_module_that_one_section_imports_is_not_there_in_another(fresh):
    fresh.replace('import random\n', 'import random\nimport colorsys\n')
    code = 'import sys\n\nassert "colorsys" not in sys.modules'
    fresh.add('03-modules', section('1.3', code))
    fresh.build()


def test_section_that_takes_the_streams_is_executed(fresh):
    code = 'import io, sys\n\nsys.stdout = sys.stderr = io.StringIO()\nprint(1)'
    fresh.add('03-streams', section('1.3', code))
    fresh.build()


@pytest.mark.parametrize(
    'url',
    [
        'https://github.com/me/book',
        'https://github.com/me/book.git/',
        'https://token@GitHub.com/me/book.git',
        'git://github.com/me/book.git',
        'git+ssh://git@github.com/me/book',
        'ssh://git@github.com:22/me/book.git',
        'ssh://git@ssh.github.com:443/me/book.git',
        'git@github.com:me/book.git',
        'github.com:me/book',
    ],
)
def test_remote_on_github_is_known_in_every_form(url):
    assert parse_remote(url) == Repository('me', 'book')


@pytest.mark.parametrize(
    'url',
    [
        '',
        'https://notgithub.com/me/book',
        'https://github.com.example.org/me/book',
        'https://example.org/github.com/me/book',
        'git@example.org:github.com/me/book.git',
        '/srv/github.com/me/book',
        'https://github.com/me',
        'https://github.com/me/book/more',
    ],
)
def test_other_remote_is_none(url):
    assert parse_remote(url) is None


@pytest.fixture
def cloned(small, monkeypatch):
    monkeypatch.delenv('GITHUB_REPOSITORY', raising=False)
    for command in (['init', '-q'], ['remote', 'add', 'origin', 'https://github.com/me/book']):
        subprocess.run(['git', '-C', small.root, *command], check=True)
    return small.root


def test_checkout_of_another_owner_has_its_links(cloned, monkeypatch):
    monkeypatch.setenv('GIT_TEST_ASSUME_DIFFERENT_OWNER', '1')
    assert find_repository(cloned) == Repository('me', 'book')


def test_repository_around_the_book_is_not_the_books(cloned):
    inside = shutil.copytree(ROOT / 'tests/book', cloned / 'inside')
    assert find_repository(inside) is None


def test_odd_name_of_the_repository_is_refused(small, monkeypatch):
    monkeypatch.setenv('GITHUB_REPOSITORY', 'no slash')
    assert 'GITHUB_REPOSITORY应当是' in small.fail()
