import json
import os
import shutil
import signal
import subprocess
import time

import psutil
import pytest

from pipeline.kernels import Forked
from pipeline.machine import cores
from pipeline.read import read_book
from pipeline.store import cache_path

SECTION = """---
kernelspec:
  display_name: Python 3
  language: python
  name: python3
{header}---

# {number} 标题

```{{code-cell}} ipython3
:tags: [parameters]

device = 'auto'
```

(ex-{label})=
## {number}.1 题目

```{{code-cell}} ipython3
:tags: [solution]

def answer(): ...
```

```{{code-cell}} ipython3
{code}
```

```{{code-cell}} ipython3
:tags: [check]

assert True
```
"""


def section(number: str, code: str, header: str = '') -> str:
    label = f'{number.replace(".", "-")}-1'
    return SECTION.format(number=number, label=label, code=code, header=header)


def executed(output: str) -> tuple[int, int]:
    """The numbers in '执行2节，取自缓存0节'."""
    words = output.split('执行')[-1]
    return int(words.split('节')[0]), int(words.split('缓存')[1].split('节')[0])


def test_second_build_executes_nothing(fresh):
    assert executed(fresh.build()) == (2, 0)
    assert executed(fresh.build()) == (0, 2)


def test_prose_edit_executes_nothing_and_shows(small):
    small.replace('这一节很短。', '这一节改过了。')
    assert executed(small.build()) == (0, 2)
    assert '这一节改过了。' in (small.site / 'one/01-sums.html').read_text('utf-8')


def test_code_edit_executes_that_section_alone(small):
    small.replace('return a * b', 'return b * a', small.products)
    assert executed(small.build()) == (1, 1)


def test_copied_cache_serves_a_fresh_clone(small, tmp_path):
    cache = small.root / '_build/cache'
    kept = shutil.copytree(cache, tmp_path / 'cache')
    shutil.rmtree(small.root / '_build')
    shutil.copytree(kept, cache)
    assert executed(small.build()) == (0, 2)


def test_pins_are_part_of_the_key(small):
    (small.root / 'constraints.txt').write_text('torch==1\n')
    small.build()
    (small.root / 'constraints.txt').write_text('torch==2\n')
    assert executed(small.build()) == (2, 0)


def test_all_that_changes_a_result_changes_its_key(small, monkeypatch):
    section = read_book(small.root).sections[0]
    keys = [cache_path(small.root, section, runner) for runner in ('cpu', 'cuda')]
    for name in ('requirements.txt', 'constraints.txt'):
        (small.root / name).write_text('torch==1\n')
        keys.append(cache_path(small.root, section, 'cpu'))
    monkeypatch.setattr('pipeline.store.version', lambda package: '1.0')
    keys.append(cache_path(small.root, section, 'cpu'))
    monkeypatch.setattr('platform.python_version', lambda: '3.99.0')
    keys.append(cache_path(small.root, section, 'cpu'))
    assert len(set(keys)) == len(keys)


def test_cache_that_cannot_be_read_is_executed_again(small):
    first, second = (small.root / '_build/cache').iterdir()
    first.write_text('{"cells": [')
    second.write_bytes(bytes(range(256)))
    assert executed(small.build()) == (2, 0)
    assert executed(small.build()) == (0, 2)


def test_cache_keeps_what_was_used_of_late(small):
    used = [*(small.root / '_build/cache').iterdir()]
    old, new = (small.root / f'_build/cache/{name}.ipynb' for name in ('old', 'new'))
    for path, days in ((old, 31), (new, 1), *((path, 31) for path in used)):
        path.touch()
        os.utime(path, (time.time() - days * 24 * 3600,) * 2)
    small.replace('这一节很短。', '这一节改过了。')
    small.build()
    assert not old.exists() and new.exists()
    assert all(path.exists() for path in used)


def test_executed_notebooks_say_where_they_ran_and_nothing_private(small):
    path = small.root / '_build/executed/cpu/one/01-sums.ipynb'
    text = path.read_text('utf-8')
    run = json.loads(text)['metadata']['run']
    assert run['runner'] == 'cpu'
    assert run['device']
    assert run['executed_at'].endswith('+00:00')
    assert 'papermill' not in text
    assert str(small.root) not in text


def test_asserts_count_only_when_they_have_run(small):
    small.replace(
        "assert add(2, 2) == 4, '和不对'\n",
        "assert add(2, 2) == 4, '和不对'\n\n\ndef _f():\n    assert True\n\n\n_f()\n_f()\n"
        'if False:\n    assert False\n',
    )
    small.build()
    entries = json.loads((small.site / 'verification.json').read_text('utf-8'))
    assert entries[0]['checks'] == 3
    assert 'asserts_that_ran' not in (small.site / 'one/01-sums.html').read_text('utf-8')


RUNTIME_FAULTS = {
    '1.3': ('x = 1\nraise ValueError("坏了")', '', 'ValueError: 坏了', 'raise ValueError'),
    '1.4': ('assert 1 == 2, "不相等"', '', 'AssertionError: 不相等', 'assert 1 == 2'),
    '1.5': ('import time\ntime.sleep(60)', 'timeout: 2\n', '超过了2秒的时限', 'import time'),
    '1.6': ('import os\nos._exit(1)', '', '内核在执行这个单元格时退出了', 'import os'),
    '1.7': ('print(7)', '', '后面却没有{testoutput}', 'print(7)'),
    '1.8': ('open("left.txt", "w").close()', '', '留下了文件：left.txt', None),
    '1.10': ('import tempfile\n_ = tempfile.mkdtemp()', '', '留下了文件：tmp', None),
    '1.9': ('def f():\n    return 1 / 0\n\n\nf()', '', 'ZeroDivisionError', 'f()\n'),
}


def test_all_runtime_faults_are_reported_and_the_old_site_stays(small):
    before = {p: p.read_bytes() for p in small.site.rglob('*') if p.is_file()}
    for number, (code, header, _, _) in RUNTIME_FAULTS.items():
        small.add(f'{number[-1]}-fault', section(number, code, header))
    small.replace('```{testoutput}\n3\n', '```{testoutput}\n4\n')

    errors = small.fail()

    for number, (_, _, sentence, where) in RUNTIME_FAULTS.items():
        (line,) = [x for x in errors.split('\n') if f'one/{number[-1]}-fault.md' in x]
        assert sentence in line
        if where:
            chapter = small.root / f'chapters/one/{number[-1]}-fault.md'
            lines = chapter.read_text('utf-8').split('\n')
            named = int(line.split('.md:')[1].split('（')[0])
            assert lines[named - 1].startswith(where.strip())
            assert f'（练习{number}.1）' in line
    assert f'01-sums.md:{small.line("```{testoutput}")}（练习1.1.1）：输出与' in errors
    assert '-4' in errors
    assert '+3' in errors
    assert errors.rstrip().endswith('共9处错误')
    assert {p: p.read_bytes() for p in small.site.rglob('*') if p.is_file()} == before
    failed = small.root / '_build/failed/cpu/one/3-fault.ipynb'
    assert 'ValueError' in failed.read_text('utf-8')


def test_mended_section_builds_and_its_failed_notebook_goes(small):
    path = small.add('03-fault', section('1.3', 'raise ValueError'))
    small.fail()
    small.replace('raise ValueError', 'pass', path)
    small.build()
    assert not (small.root / '_build/failed/cpu/one/03-fault.ipynb').exists()


MEETING = """\
import os, pathlib, time

assert os.environ['OMP_NUM_THREADS'] == '1'
here = pathlib.Path({folder!r})
(here / '{me}').touch()
while not (here / '{other}').exists():
    time.sleep(0.05)
(here / 'running-{me}').touch()
while not (here / 'beside').exists():
    time.sleep(0.05)
time.sleep(1)
(here / 'running-{me}').unlink()"""
BESIDE = """\
import pathlib, time

here = pathlib.Path({folder!r})
while len(list(here.glob('running-*'))) < 2:
    time.sleep(0.05)
(here / 'beside').touch()"""
ALONE = """\
import os, pathlib, time

assert os.environ['OMP_NUM_THREADS'] == '{cores}'
for _ in range(100):
    running = list(pathlib.Path({folder!r}).glob('running-*'))
    assert not running, running
    time.sleep(0.05)"""


@pytest.mark.slow
def test_sections_run_side_by_side_and_an_exclusive_one_alone(small, tmp_path):
    """Two wait for each other and for one that measures; what measures sees none running."""
    meet = tmp_path / 'meet'
    meet.mkdir()
    code = MEETING.format(folder=str(meet), me='a', other='b')
    small.add('03-a', section('1.3', code, 'timeout: 30\n'))
    alone = ALONE.format(folder=str(meet), cores=cores())
    small.add('04-alone', section('1.4', alone, 'exclusive: true\n'))
    beside = BESIDE.format(folder=str(meet))
    timing = f'{beside}\n```\n\n```{{code-cell}} ipython3\n:tags: [volatile]\n\n{alone}'
    small.add('06-timing', section('1.6', timing, 'exclusive: true\n'))
    code = MEETING.format(folder=str(meet), me='b', other='a')
    small.add('05-b', section('1.5', code, 'timeout: 30\n'))
    done = small.run('html', '--jobs', '4')
    assert done.returncode == 0, done.stderr


def test_unknown_runner_is_refused(small):
    assert 'RUNNER=tpu不存在' in small.fail('--runner', 'tpu')


def test_cuda_without_a_device_is_refused(small):
    assert '需要CUDA设备' in small.fail('--runner', 'cuda')  # conftest.py hides what there is
    assert not (small.root / '_build/executed/cuda').exists()


@pytest.mark.parametrize('jobs', ['0', '-1', 'two'])
def test_jobs_must_be_a_positive_number(small, jobs):
    done = small.run('html', f'--jobs={jobs}')
    assert done.returncode != 0
    assert 'JOBS应当是正整数' in done.stderr


@pytest.mark.parametrize('sent', [signal.SIGINT, signal.SIGTERM])
def test_interrupt_ends_kernels_and_the_next_build_works(small, tmp_path, sent):
    pid_file = tmp_path / 'pid'
    code = (
        'import os, time\n'
        f'with open({str(pid_file)!r}, "w") as file:\n'
        '    file.write(str(os.getpid()))\n'
        'time.sleep(60)'
    )
    path = small.add('03-slow', section('1.3', code))
    build = subprocess.Popen(
        **small.command('html'),
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )
    wait_for(lambda: pid_file.exists() and pid_file.read_text())
    kernel = int(pid_file.read_text())
    if sent == signal.SIGINT:
        os.killpg(build.pid, sent)  # Ctrl-C reaches the whole group
    else:
        build.send_signal(sent)
    _, errors = build.communicate(timeout=30)
    assert build.returncode == 130
    assert '已中断' in errors
    assert 'Traceback' not in errors
    wait_for(lambda: has_ended(kernel))
    small.replace('time.sleep(60)', 'time.sleep(0)', path)
    small.build()


def heed_interrupts() -> None:
    """A shell starts what it puts in the background with SIGINT ignored; tests may be there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def has_ended(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_for(condition, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, 'waited too long'
        time.sleep(0.1)


def test_kernel_that_ends_while_it_is_asked_has_ended(monkeypatch):
    process = subprocess.Popen(['sleep', '60'])
    kernel = Forked(process.pid)
    assert kernel.poll() is None
    process.kill()
    process.wait()
    kernel.send_signal(signal.SIGTERM)
    assert kernel.poll() == 1
    monkeypatch.setattr(Forked, 'is_running', lambda self: True)
    assert kernel.poll() == 1
