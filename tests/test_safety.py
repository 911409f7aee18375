"""What ``SECURITY.md`` promises."""

import ast
import shutil
import subprocess

import nbformat
import pytest

from pipeline.check import forbidden
from tests.conftest import BOOK, ROOT
from tests.test_execute import section

# Answers are what readers hand in; they run as a chapter's code does, and load their own files.
CODE = [*ROOT.glob('*.py'), *ROOT.glob('pipeline/*.py'), *ROOT.glob('tests/*.py')]
# Where 5.5 shows what weights_only=False and the default do to files it has just written itself.
SHOWN = (
    "torch.load('pickle.pt', weights_only=False)",
    "torch.load(folder / 'payload.pt', weights_only=False)",
    "_error_of(torch.load, folder / 'payload.pt')",
)


def sources():
    """(where, Python source) of all tools and of all code cells."""
    for path in CODE:
        yield path.name, path.read_text('utf-8')
    for chapter in BOOK.sections:
        for cell in chapter.code_cells:
            yield f'{chapter.path}:{chapter.line(cell.id)}', cell.source


def calls(source: str):
    """The calls in a source, also in the scripts that it keeps as strings."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a cell tagged raises-exception, or a string that is no script
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from calls(node.value)


def has_keyword(call: ast.Call, name: str, value: bool) -> bool:
    return any(
        k.arg == name and isinstance(k.value, ast.Constant) and k.value.value is value
        for k in call.keywords
    )


def unsafe_loads(source: str) -> list[str]:
    """Calls of ``torch.load``, direct or handed to another function, without weights_only=True."""
    return [
        ast.unparse(call)
        for call in calls(source)
        if any(ast.unparse(node) == 'torch.load' for node in (call.func, *call.args))
        and not has_keyword(call, 'weights_only', True)
        and ast.unparse(call) not in SHOWN
    ]


def test_files_are_loaded_as_weights_only():
    assert {where: found for where, text in sources() if (found := unsafe_loads(text))} == {}


def test_the_shown_exceptions_exist():
    text = (ROOT / 'chapters/ch05/05-file-io.md').read_text('utf-8')
    assert all(text.count(allowed) == 1 for allowed in SHOWN)


def test_kernels_talk_over_ipc(small):
    code = (
        'import json\n\n'
        'from ipykernel.connect import get_connection_info\n\n'
        'assert json.loads(get_connection_info())["transport"] == "ipc"'
    )
    small.add('03-kernel', section('1.3', code))
    small.build()


# Python runs this in each process that it starts with the folder on its path.
WATCH = """
import socket
import sys

def watch(event, arguments):
    is_local = event == 'socket.connect' and arguments[0].family == socket.AF_UNIX
    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.sendto') and not is_local:
        with open({log!r}, 'a') as log:
            log.write(f'{{event}} {{arguments}} {{sys.argv}}\\n')
        raise PermissionError('no network in a build')

sys.addaudithook(watch)
"""
CONNECT = """\
import socket

try:
    socket.create_connection(('192.0.2.1', 80), timeout=1)
except OSError:
    pass"""


@pytest.fixture
def attempts(fresh, tmp_path):
    """Build the small book watched; returns what in it tried to reach the network."""
    log = tmp_path / 'log'
    (tmp_path / 'watch').mkdir()
    (tmp_path / 'watch/sitecustomize.py').write_text(WATCH.format(log=str(log)))

    def build() -> str:
        command = fresh.command('html')
        path = f'{tmp_path / "watch"}:{ROOT}'
        command['env'] |= {'PYTHONPATH': path}
        subprocess.run(**command, check=True, capture_output=True)
        return log.read_text() if log.exists() else ''

    return build


@pytest.mark.slow
def test_build_tries_to_reach_no_network(attempts):
    assert attempts() == ''


@pytest.mark.slow
def test_an_attempt_is_noticed_even_when_its_failure_is_ignored(fresh, attempts):
    fresh.add('03-connect', section('1.3', CONNECT))
    assert '192.0.2.1' in attempts()


@pytest.mark.slow
def test_build_passes_where_there_is_no_network(fresh):
    """In a namespace with no interface up, not even 127.0.0.1: kernels on TCP would fail, too."""
    unshare = [shutil.which('unshare') or 'unshare', '--map-root-user', '--net']
    try:
        subprocess.run([*unshare, 'true'], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip('这台机器不许建立没有网络的命名空间')
    command = fresh.command('html')
    done = subprocess.run(
        **command | {'args': [*unshare, *command['args']]}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


SHOW = """\
from IPython.display import display

display({{{kind!r}: {content!r}, 'text/plain': ''}}, raw=True)"""


@pytest.mark.parametrize(
    ('kind', 'content', 'named'),
    [
        ('text/html', '<p>1</p>', 'text/html'),
        ('text/markdown', '**1** <IFRAME src="x"></IFRAME>', '<IFRAME'),
        ('text/markdown', '<script>alert(1)</script>', '<script>'),
        ('text/markdown', '| a |\n|--|\n| <b>1</b> |', '<b>'),
        ('text/markdown', '```{raw} html\n1\n```', '{raw}'),
        ('text/markdown', ':::{raw} html\n1\n:::', '{raw}'),
        ('image/svg+xml', '<svg><script>alert(1)</script></svg>', '<script'),
        ('image/svg+xml', '<svg><SCRIPT>alert(1)</SCRIPT></svg>', '<SCRIPT'),
        ('application/javascript', 'alert(1)', 'application/javascript'),
    ],
)
def test_output_that_a_browser_would_run_is_refused(kind, content, named):
    output = nbformat.v4.new_output('display_data', data={kind: content, 'text/plain': ''})
    found = forbidden(nbformat.v4.new_code_cell('', outputs=[output]))
    assert named in ''.join(found)


def test_refused_output_is_a_fault_with_its_line(small):
    path = small.add('03-active', section('1.3', SHOW.format(kind='text/html', content='<p>')))
    line = small.line('from IPython', path)
    assert f'03-active.md:{line}（练习1.3.1）：输出里有text/html' in small.fail()


@pytest.mark.parametrize('text', ['$a < b$', '1 < 2', '| a |\n|--|\n| `class` |'])
def test_markdown_that_only_shows_is_kept(text):
    output = nbformat.v4.new_output('display_data', data={'text/markdown': text})
    assert forbidden(nbformat.v4.new_code_cell('', outputs=[output])) == []


def test_comparison_in_a_title_is_escaped(small):
    small.replace('# 1.1 加法', '# 1.1 加法 1 < 2 `a & b`')
    small.build()
    text = (small.site / 'one/02-products.html').read_text('utf-8')
    assert '1.1 加法 1 &lt; 2' in text
