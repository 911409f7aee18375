"""Faults planted around the book: other builds, the cache, the disk, processes that die."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import nbformat
import psutil
import pytest

from pipeline.__main__ import alone
from pipeline.execute import LIMIT, execute
from pipeline.read import read_book
from tests.conftest import SmallBook
from tests.test_execute import executed, heed_interrupts, section, wait_for

WAIT = """\
import os, pathlib, time

here = pathlib.Path({folder!r})
(here / 'pid').write_text(str(os.getpid()))
while not (here / 'go').exists():
    time.sleep(0.05)"""


@pytest.fixture
def waiting(small, tmp_path):
    """The small book with a third section that waits for the file ``go``."""
    small.signals = tmp_path / 'signals'
    small.signals.mkdir()
    small.add('03-waits', section('1.3', WAIT.format(folder=str(small.signals))))
    return small


def start(small: SmallBook, task: str = 'html', *options: str) -> subprocess.Popen:
    return subprocess.Popen(
        **small.command(task, *options),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=heed_interrupts,
    )


def kernel_of(small: SmallBook) -> psutil.Process:
    """The kernel of the section that waits, once it runs."""
    path = small.signals / 'pid'
    wait_for(lambda: path.exists() and path.read_text())
    return psutil.Process(int(path.read_text()))


def has_ended(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def files(folder: Path) -> dict:
    return {p: p.read_bytes() for p in folder.rglob('*') if p.is_file()}


# One build at a time


@pytest.mark.parametrize('task', ['html', 'record', 'cuda', 'linkcheck'])
def test_second_build_waits_for_the_first_and_says_so(small, task):
    with alone(small.root):
        shutil.rmtree(small.root / '_build', ignore_errors=True)  # as make clean does
        second = start(small, task)
        assert '另有构建正在进行' in second.stderr.readline()
        time.sleep(0.5)
        assert second.poll() is None
        assert not (small.root / '_build').exists()
        if task != 'html':
            second.terminate()
    second.communicate(timeout=60)
    assert second.returncode == (0 if task == 'html' else 130)


# The cache


def damage_other(path: Path, other: Path) -> None:
    shutil.copy(other, path)


def damage_output(path: Path, other: Path) -> None:
    path.write_text(path.read_text('utf-8').replace('3\\n', '4\\n'), 'utf-8')


def damage_directory(path: Path, other: Path) -> None:
    path.unlink()
    (path / 'x').mkdir(parents=True)


def damage_permission(path: Path, other: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip('root可以读一切文件')
    path.chmod(0)


DAMAGES = {
    'another section': damage_other,
    'changed output': damage_output,
    'directory': damage_directory,
    'unreadable': damage_permission,
    'binary': lambda path, other: path.write_bytes(bytes(range(256))),
    'list': lambda path, other: path.write_text('[]'),
}


@pytest.mark.parametrize('name', DAMAGES)
def test_damaged_or_foreign_cache_is_said_and_executed_again(small, capsys, name):
    sections = read_book(small.root).sections
    first = execute(small.root, sections, 'cpu', 2)
    one, other = (small.root / '_build/cache').iterdir()
    DAMAGES[name](*((other, one) if 'multiply' in one.read_text('utf-8') else (one, other)))
    again = execute(small.root, sections, 'cpu', 2)
    assert '已损坏，丢弃后重新执行chapters/one/01-sums.md' in capsys.readouterr().err
    assert again.executed == ['one/01-sums']
    assert again.faults == []
    printed = [run.notebooks['one/01-sums'].cells[6].outputs for run in (first, again)]
    assert printed[0] == printed[1]
    assert execute(small.root, sections, 'cpu', 2).executed == []


# The disk


def limited(small: SmallBook, size: int) -> subprocess.CompletedProcess:
    """Build while no file may be larger than ``size``, which is as a full disk is."""
    return subprocess.run(
        **small.command('html'),
        capture_output=True,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )


@contextmanager
def small_disk(small: SmallBook, room: int):
    """``_build`` on a disk of its own that has ``room`` bytes left."""
    build = small.root / '_build'
    kept = build.rename(build.with_name('kept'))
    build.mkdir()
    size = sum(p.stat().st_size // 4096 * 4096 + 4096 for p in kept.rglob('*'))
    command = ['mount', '-t', 'tmpfs', '-o', f'size={size + room}', 'none', str(build)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip('挂载tmpfs需要root')
    try:
        shutil.copytree(kept, build, dirs_exist_ok=True)
        yield lambda: subprocess.run(['mount', '-o', 'remount,size=1g', str(build)], check=True)
    finally:
        subprocess.run(['umount', '-l', str(build)], check=True)


@pytest.mark.parametrize(
    ('old', 'new', 'size'),
    [
        ('return a + b', 'return b + a', 2000),  # executed again
        ('这一节很短。', '这一节不长。', 20_000),  # only rendered
    ],
)
def test_file_that_cannot_grow_is_a_sentence_and_the_site_stays(small, old, new, size):
    small.build()
    before = files(small.site)
    small.replace(old, new)
    done = limited(small, size)
    assert done.returncode == 1
    assert '磁盘满了，或超出了配额' in done.stderr
    assert 'Traceback' not in done.stderr
    assert files(small.site) == before
    small.build()
    assert files(small.site) != before


@pytest.mark.parametrize('room', [8_000, 300_000, 2_000_000])
def test_full_disk_is_a_sentence_and_the_site_stays(small, room):
    small.build()
    small.replace('return a + b', 'return b + a')
    with small_disk(small, room) as enlarge:
        before = files(small.site)
        assert '磁盘满了，或超出了配额' in small.fail()
        assert files(small.site) == before
        assert not list((small.root / '_build').rglob('*.part'))
        enlarge()
        small.build()
        assert files(small.site) != before


# Processes that die


def test_killed_build_leaves_no_kernel_and_the_next_one_works(waiting):
    build = start(waiting)
    kernel = kernel_of(waiting)
    worker = kernel.parent()
    build.kill()
    build.communicate()
    wait_for(lambda: has_ended(kernel) and has_ended(worker))
    (waiting.signals / 'go').touch()
    waiting.build()


def test_killed_worker_is_a_fault_of_its_section_alone(waiting):
    build = start(waiting)
    kernel = kernel_of(waiting)
    kernel.parent().kill()
    _, errors = build.communicate(timeout=60)
    assert build.returncode == 1
    line = waiting.line('import os', waiting.root / 'chapters/one/03-waits.md')
    assert f'chapters/one/03-waits.md:{line}（练习1.3.1）：执行这一节的进程被SIGKILL杀死' in errors
    assert 'Traceback' not in errors
    assert has_ended(kernel)
    (waiting.signals / 'go').touch()
    assert executed(waiting.build()) == (1, 2)


@pytest.mark.parametrize('sent', [signal.SIGTERM, signal.SIGKILL])
def test_build_ended_while_rendering_is_followed_by_one_that_works(small, sent):
    small.build()
    before = files(small.site)
    small.replace('这一节很短。', '这一节不长。')
    (small.root / '_static/new.txt').touch()  # render everything again
    build = start(small)
    started = small.root / '_build/book/_static/new.txt'
    wait_for(lambda: started.exists() and psutil.Process(build.pid).children())
    time.sleep(1)
    build.send_signal(sent)
    _, errors = build.communicate(timeout=60)
    assert build.returncode == (130 if sent == signal.SIGTERM else -signal.SIGKILL)
    assert 'Traceback' not in errors
    assert files(small.site) == before
    small.build()
    assert '这一节不长。' in (small.site / 'one/01-sums.html').read_text('utf-8')


CHILD = 'import os, time\n\nif os.fork() == 0:\n{start}    {note}\n    time.sleep(600)'
NOTE = "open({path!r}, 'w').write(str(os.getpid()))"
CHILDREN = {
    'hang': ('import sys\nsys.path.insert(0, {folder!r})\nimport hangs', '超过了5秒的时限'),
    'exit': ('import os\nos._exit(3)', '内核在执行这个单元格时退出了'),
    'child': (CHILD.format(start='', note=NOTE), None),
    'daemon': (CHILD.format(start='    os.setsid()\n', note=NOTE), '执行后还有进程在运行'),
}


def test_cells_leave_no_processes(small, tmp_path):
    (tmp_path / 'hangs.py').write_text('while True: pass')
    for number, (name, (code, _)) in enumerate(CHILDREN.items(), 3):
        code = code.format(folder=str(tmp_path), path=str(tmp_path / f'{name}.pid'))
        small.add(f'0{number}-{name}', section(f'1.{number}', code, 'timeout: 5\n'))
    errors = small.fail()
    for number, (name, (_, sentence)) in enumerate(CHILDREN.items(), 3):
        lines = [line for line in errors.split('\n') if f'0{number}-{name}.md' in line]
        assert [sentence in line for line in lines] == [True] if sentence else lines == []
        pid = tmp_path / f'{name}.pid'
        assert not pid.exists() or not psutil.pid_exists(int(pid.read_text()))


PRINTS = {
    'lines': ("for i in range(10**7):\n    print('123456789')", 1, '一个单元格最多打印'),
    'line': ("text = 'x' * 10**8\nprint(text)", 1, '一个单元格最多打印'),
    'caught': ("try:\n    print('x' * 10**8)\nexcept RuntimeError:\n    pass", 0, '超过了'),
    'value': ("'x' * 10**7", 0, '超过了'),
    'terminal': (
        'import subprocess, sys, time\n'
        "code = 'for i in range(10**6): print(12345678, flush=False)'\n"
        "subprocess.run([sys.executable, '-c', code])\n"
        'time.sleep(1)',
        0,
        '超过了',
    ),
}


def test_cell_that_prints_without_end_is_cut_off(small):
    for number, (name, (code, _, _)) in enumerate(PRINTS.items(), 3):
        small.add(f'0{number}-{name}', section(f'1.{number}', code))
    began = time.monotonic()
    errors = small.fail()
    assert time.monotonic() - began < 45
    for number, (name, (code, offset, sentence)) in enumerate(PRINTS.items(), 3):
        (line,) = [line for line in errors.split('\n') if f'0{number}-{name}.md' in line]
        chapter = small.root / f'chapters/one/0{number}-{name}.md'
        first = small.line(code.split('\n')[0], chapter)
        assert f'0{number}-{name}.md:{first + offset}（练习1.{number}.1）' in line
        assert sentence in line
        assert str(LIMIT) in line
