"""Faults planted around the book: other builds, processes that die, odd files."""

import shutil
import subprocess
import time

import psutil
import pytest

from pipeline.__main__ import alone, record_outputs
from pipeline.execute import LIMIT
from pipeline.faults import first_line
from pipeline.read import read_book
from tests.conftest import SmallBook, needs_permissions
from tests.test_execute import executed, heed_interrupts, section, wait_for
from tests.test_records import store

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


# One build at a time


@pytest.mark.parametrize('task', ['html', 'record', 'cuda', 'linkcheck'])
def test_second_build_waits_for_the_first_and_says_so(fresh, task):
    small = fresh
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


# Processes that die


def test_killed_build_leaves_no_kernel_and_the_next_one_works(waiting):
    build = start(waiting)
    kernel = kernel_of(waiting)
    parent = kernel.parent()
    build.kill()
    build.wait()
    wait_for(lambda: has_ended(kernel) and has_ended(parent))
    (waiting.signals / 'go').touch()
    waiting.build()


def test_killed_kernel_is_a_fault_of_its_section_alone(waiting):
    build = start(waiting)
    kernel_of(waiting).kill()
    _, errors = build.communicate(timeout=60)
    assert build.returncode == 1
    line = waiting.line('import os', waiting.root / 'chapters/one/03-waits.md')
    assert f'chapters/one/03-waits.md:{line}（练习1.3.1）：内核在执行这个单元格时退出了' in errors
    assert 'Traceback' not in errors
    (waiting.signals / 'go').touch()
    assert executed(waiting.build()) == (1, 2)


def test_build_ends_when_nobody_reads_what_it_says(small):
    build = start(small, 'record', '--jobs', '2')
    build.stderr.read(1)  # the bar has been drawn once
    build.stderr.close()
    try:
        build.wait(timeout=60)
    finally:
        build.kill()


CHILD = (
    'import subprocess, sys\n\n'
    "code = 'import time; time.sleep(600)'\n"
    'child = subprocess.Popen(\n'
    "    [sys.executable, '-c', code], start_new_session={session}, env={env}\n"
    ')\n'
    "with open({{path!r}}, 'w') as file:\n"
    '    _ = file.write(str(child.pid))'
)
CHILDREN = {
    'hang': ('import sys\nsys.path.insert(0, {folder!r})\nimport hangs', '超过了5秒的时限'),
    'exit': (
        CHILD.format(session=False, env='dict()') + '\nimport os\nos._exit(3)',
        '内核在执行这个单元格时退出了',
    ),
    'child': (CHILD.format(session=False, env=None), None),
    'daemon': (CHILD.format(session=True, env=None), '执行后还有进程在运行'),
}


@pytest.mark.slow
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
    'line': ("text = 'x' * 10**7\nprint(text)", 1, '一个单元格最多打印'),
    'caught': ("try:\n    print('x' * 10**7)\nexcept RuntimeError:\n    pass", 0, '超过了'),
    'value': ("'x' * 10**7", 0, '超过了'),
    'terminal': (
        'import subprocess, sys, time\n'
        "code = 'for i in range(10**5): print(12345678, flush=False)'\n"
        "subprocess.run([sys.executable, '-c', code])\n"
        'time.sleep(1)',
        0,
        '超过了',
    ),
}


@pytest.mark.slow
def test_cell_that_prints_without_end_is_cut_off(small):
    for number, (name, (code, _, _)) in enumerate(PRINTS.items(), 3):
        small.add(f'0{number}-{name}', section(f'1.{number}', code))
    began = time.monotonic()
    errors = small.fail()
    assert time.monotonic() - began < 100  # the time limit of a cell is 120
    for number, (name, (code, offset, sentence)) in enumerate(PRINTS.items(), 3):
        (line,) = [line for line in errors.split('\n') if f'0{number}-{name}.md' in line]
        chapter = small.root / f'chapters/one/0{number}-{name}.md'
        first = small.line(code.split('\n')[0], chapter)
        assert f'0{number}-{name}.md:{first + offset}（练习1.{number}.1）' in line
        assert sentence in line
        assert str(LIMIT) in line


@pytest.mark.slow
def test_limit_on_printing_is_that_of_one_cell(small):
    code = f"print(('x' * 99 + '\\n') * {LIMIT // 100}, end='')"
    cell = f'\n```\n\n```{{code-cell}}\n:tags: [volatile]\n\n{code}'
    small.add('03-prints', section('1.3', f'pass{cell}{cell}'))
    done = small.run('execute')
    assert done.returncode == 0, done.stderr


# The folder of records


CUDA = """
import pipeline.execute
from pipeline.__main__ import main

provenance = {'runner': 'cuda', 'device': 'Imaginary GPU', 'torch': '1', 'python': '3'}
pipeline.execute.describe_runner = lambda runner: provenance
raise SystemExit(main())
"""


@pytest.mark.parametrize(
    'obstacle', ['a file', pytest.param('no permission', marks=needs_permissions)]
)
def test_records_that_cannot_be_written_are_a_sentence(small, obstacle):
    results = small.root / 'results'
    if obstacle == 'a file':
        results.touch()
    else:
        results.mkdir(mode=0o555)
    small.replace("assert device == 'cpu'", "assert device == 'cuda'")
    command = small.command('cuda')
    at = command['args'].index('-m')
    command['args'][at : at + 2] = ['-c', CUDA]
    done = subprocess.run(**command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 1
    assert '读写文件时出错' in done.stderr.split('\n')[-2]
    assert str(results) in done.stderr.split('\n')[-2]


def test_book_without_write_permission_on_its_records_builds(small):
    store(small)
    for folder in (small.root / 'results', small.record.parent):
        folder.chmod(0o555)
    small.record.chmod(0o444)
    done = small.run_apart()
    for folder in (small.root / 'results', small.record.parent):
        folder.chmod(0o755)
    assert done.returncode == 0, done.stderr


def test_record_on_cuda_is_refused(fresh):
    small = fresh
    done = small.run('record', '--runner', 'cuda')
    assert done.returncode == 1
    assert 'make record只写CPU上的输出' in done.stderr
    assert not (small.root / '_build/executed').exists()


# What editors do to chapters


FORMS = {
    'CRLF': lambda text: text.replace('\n', '\r\n'),
    'CR': lambda text: text.replace('\n', '\r'),
    'byte order mark': lambda text: '\ufeff' + text,
    'both, no newline at the end': lambda text: '\ufeff' + text.replace('\n', '\r\n').rstrip(),
}


@pytest.mark.parametrize('form', FORMS.values(), ids=FORMS)
def test_record_finds_its_places_whatever_ends_the_lines(small, form):
    small.replace('```\n```{testoutput}', '```\n\n```{testoutput}')
    small.replace('assert add(2, 2)', "print('通过')\nassert add(2, 2)")
    before = small.sums.read_text('utf-8')
    small.sums.write_bytes(form(before.replace('\n3\n', '\n4\n')).encode())
    record_outputs(small.root, 'cpu', jobs=2)
    assert small.sums.read_bytes().decode() == f'{before}\n```{{testoutput}}\n通过\n```\n'


def test_carriage_returns_tabs_and_emoji_are_built(small):
    small.replace('    """返回a与b的和"""\n    return', '\t"""返回a与b的和"""\n\treturn')
    small.replace('# 1.1 加法', '# 1.1 加法🤖')
    small.replace('## 1.1.1 两个数的和', '## 1.1.1 两个数的和🧮')
    small.sums.write_bytes(FORMS['CRLF'](small.sums.read_text('utf-8')).encode())
    small.build()
    assert '加法🤖' in (small.site / 'one/01-sums.html').read_text('utf-8')
    assert '1.1.1 两个数的和🧮' in (small.site / 'index.html').read_text('utf-8')


@pytest.mark.parametrize('form', FORMS.values(), ids=FORMS)
def test_lines_are_right_whatever_ends_them(small, form):
    small.replace('    """返回a与b的和"""\n    return a + b', '\tx = 1\n\treturn a +')
    line = small.line('\treturn a +')
    small.sums.write_bytes(form(small.sums.read_text('utf-8')).encode())
    (fault,) = read_book(small.root).faults
    assert fault.line == line
    assert fault.message.startswith('代码不是合法的Python')


# What a chapter lacks or has twice


CHECK = '```{code-cell} ipython3\n:tags: [check]'


@pytest.mark.parametrize(
    ('old', 'new', 'where', 'sentence'),
    [
        ('def add(', 'x = lambda a, b:', None, '不是合法的Python'),
        (':tags: [check]', ':tags: check', CHECK, '单元格的选项读不了'),
        (':tags: [check]', ':tags: [check', CHECK, '单元格的选项读不了'),
        ('  name: python3', '  name: python4', '---', 'name: python3'),
    ],
)
def test_fault_is_said_with_its_line(small, old, new, where, sentence):
    text = small.sums.read_text('utf-8')
    line = where and text[: text.index(where)].count('\n') + 1
    small.replace(old, new)
    fault = read_book(small.root).faults[0]
    assert sentence in fault.message
    assert where is None or fault.line == line


def test_cell_that_begins_with_blank_lines_begins_with_its_code(small):
    small.replace('import random', '\t\n\nimport random')
    one = read_book(small.root).sections[0]
    cell = one.code_cells[1]
    assert cell.source.startswith('import random')
    assert one.line(cell.id) == small.line('import random')


def test_check_of_which_no_assert_runs_is_refused(small):
    small.replace("assert add(2, 2) == 4, '和不对'", 'if _a is None:\n    assert add(2, 2) == 4')
    small.replace('for _a in range(3):', '_a = 1\nfor _a in range(0):')
    line = small.line('_a = 1')
    sentence = f'01-sums.md:{line}（练习1.1.1）：检查单元格里的assert一条也没有执行'
    assert sentence in small.fail()


@pytest.mark.parametrize(
    ('said', 'line'), [('坏了\n详情', '坏了'), ('\n坏了', '坏了'), (' \n', 'ValueError')]
)
def test_line_of_an_error_says_something(said, line):
    assert first_line(ValueError(said)) == line


def test_check_that_may_fail_is_refused(small):
    small.replace(':tags: [check]', ':tags: [check, raises-exception]')
    assert '（练习1.1.1）：检查单元格里的assert一条也没有执行' in small.fail()
