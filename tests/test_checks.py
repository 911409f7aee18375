"""What every check promises: it leaves the reader's names alone, and runs on Chinese Windows."""

import ast
import builtins
import contextlib
import io
import json
import os
import re
import subprocess
import sys

import pytest

from pipeline.book import has_tag
from tests.conftest import BOOK

SECTIONS = BOOK.sections
EXERCISES = [
    pytest.param(section, exercise, id=exercise.label)
    for section in SECTIONS
    for exercise in section.exercises
]
# Runs the code of sections as a notebook would, where files are GBK by default and torch's
# own writer and reader of files take no path that is not ASCII, as on Chinese Windows.
WINDOWS = """
import json, sys, types, warnings
import torch

def refuse_unless_ascii(function):
    def wrapper(*args, **kwargs):
        for path in args[:2]:
            if isinstance(path, str) and not path.isascii():
                raise RuntimeError(f'Parent directory {path} does not exist.')
        return function(*args, **kwargs)
    return wrapper

for name in ('PyTorchFileWriter', 'PyTorchFileReader', 'import_ir_module'):
    setattr(torch._C, name, refuse_unless_ascii(getattr(torch._C, name)))
torch.jit.ScriptModule.save = refuse_unless_ascii(torch.jit.ScriptModule.save)
warnings.filterwarnings('error', category=EncodingWarning, module='__main__')
for name, cells in json.load(sys.stdin).items():
    main = types.ModuleType('__main__')
    for number, source in enumerate(cells):
        sys.modules['__main__'] = main  # where pickle looks; IPython puts its own there
        try:
            exec(compile(source, f'{name}, cell {number}', 'exec'), vars(main))
        except BaseException as error:
            sys.exit(f'{name}, cell {number}: {type(error).__name__}: {error}')
"""

FILES = r'\bopen\(|tempfile|pathlib|subprocess'


class Poison:
    """What a reader might have given any name to."""


def run(section, exercise, between) -> dict:
    """The names after set-up, answer, ``between`` and check."""
    names = {'__name__': '__main__'}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for cell in [*section.setup_cells, *exercise.solutions]:
            exec(cell.source, names)
        between(names)
        for cell in exercise.checks:
            exec(cell.source, names)
    return names


def public(names: dict) -> dict:
    return {name: id(value) for name, value in names.items() if not name.startswith('_')}


@pytest.mark.parametrize(('section', 'exercise'), EXERCISES)
def test_check_leaves_the_public_names_and_their_values(section, exercise):
    before = {}
    after = run(section, exercise, lambda names: before.update(public(names)))
    assert public(after) == before


def used(cells) -> set[str]:
    """The public names that cells read or bind anywhere."""
    nodes = [node for cell in cells for node in ast.walk(ast.parse(cell.source))]
    names = {getattr(node, key, None) for node in nodes for key in ('id', 'name', 'arg')}
    return {name for name in names if name and not name.startswith('_')}


@pytest.mark.parametrize(('section', 'exercise'), EXERCISES)
def test_names_that_the_check_uses_may_be_the_readers(section, exercise):
    """All names of check and set-up, builtins too, mean something else; the answer's own stay."""
    exceptions = {name for name in dir(builtins) if name[0].isupper()}
    names = used(exercise.checks) | used(section.setup_cells)
    names -= used(exercise.solutions) | exceptions | {'device'}
    assert names

    def poison(notebook):
        helpers = [value for name, value in notebook.items() if name.startswith('_')]
        reads = {name for f in helpers if hasattr(f, '__code__') for name in f.__code__.co_names}
        notebook.update({name: Poison() for name in names - reads})

    run(section, exercise, poison)


@pytest.mark.slow
def test_code_that_touches_files_runs_on_chinese_windows(tmp_path):
    home = tmp_path / '学生'
    home.mkdir()
    code = {
        section.name: [c.source for c in section.code_cells if not has_tag(c, 'raises-exception')]
        for section in SECTIONS
    }
    files = {name: cells for name, cells in code.items() if re.search(FILES, '\n'.join(cells))}
    assert 'ch05/05-file-io' in files and len(files) < len(code)
    done = subprocess.run(
        [sys.executable, '-X', 'warn_default_encoding', '-X', 'utf8=0', '-c', WINDOWS],
        input=json.dumps(files),
        cwd=home,
        env=os.environ
        | {
            'TMPDIR': str(home),
            'MPLBACKEND': 'agg',
            'OMP_NUM_THREADS': '1',
            'TORCHINDUCTOR_CACHE_DIR': str(tmp_path),
        },
        capture_output=True,
        encoding='utf-8',
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert list(home.iterdir()) == []


@pytest.mark.parametrize('section', SECTIONS, ids=lambda section: section.name)
def test_experiment_binds_no_name_that_may_be_the_readers(section):
    for cell in section.code_cells:
        if has_tag(cell, 'experiment'):
            function, call = ast.parse(cell.source).body
            assert isinstance(function, ast.FunctionDef) and function.name == '_experiment'
            assert ast.unparse(call) == '_experiment()'
