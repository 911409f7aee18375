"""The notebooks to take away, of the real book."""

import ast
import contextlib
import copy
import difflib
import io
import json
import os
import re
import subprocess
import sys
import zipfile

import matplotlib
import nbformat
import papermill
import pytest

from pipeline.book import code_cells, has_tag
from pipeline.notebooks import ARCHIVE
from pipeline.stub import STUB, public, stub
from tests.conftest import BOOK, ROOT

SECTIONS = BOOK.sections
EXERCISES = [
    pytest.param(section, exercise, id=exercise.label)
    for section in SECTIONS
    for exercise in section.exercises
]
each_section = pytest.mark.parametrize('section', SECTIONS, ids=lambda section: section.name)
each_kind = pytest.mark.parametrize('kind', ['solution', 'practice'])
each_exercise = pytest.mark.parametrize(('section', 'exercise'), EXERCISES)


@pytest.fixture(scope='session')
def notebooks(site):
    return {
        (kind, s.name): nbformat.read(site / f'notebooks/{kind}/{s.name}.ipynb', as_version=4)
        for kind in ('solution', 'practice')
        for s in SECTIONS
    }


def run(sources: list[str]) -> str:
    """Run code as a notebook would; '' or the error."""
    names = {'__name__': '__main__'}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        try:
            for source in sources:
                exec(source, names)
        except Exception as error:
            return f'{type(error).__name__}: {error}'
    return ''


def setup_cells(notebook, section) -> list[str]:
    """The code before the first exercise."""
    first = section.exercises[0].cells[0].id
    ids = [cell.id for cell in notebook.cells]
    before = notebook.cells[: ids.index(first)] if first in ids else notebook.cells[:1]
    return [cell.source for cell in before if cell.cell_type == 'code']


def cells_of(notebook, exercise, *tags: str) -> list[str]:
    ids = {cell.id for cell in exercise.cells if any(has_tag(cell, tag) for tag in tags)}
    return [cell.source for cell in notebook.cells if cell.id in ids]


@each_kind
@each_section
def test_text_is_plain_markdown(notebooks, kind, section):
    notebook = notebooks[kind, section.name]
    for cell in notebook.cells:
        if cell.cell_type == 'markdown':
            text = re.sub(r'`[^`\n]+`', '', cell.source)
            assert not re.search(r'```+\{|:::|\]\(#|^\([\w-]+\)=|\{\w+\}`', text, re.M), text
            assert 'testoutput' not in text


@each_kind
@each_section
def test_metadata_is_clean(notebooks, kind, section):
    notebook = notebooks[kind, section.name]
    kept = {'title', 'kernelspec', 'language_info'}
    if section.show == 'cuda':
        kept |= {'accelerator', 'colab'}
    assert set(notebook.metadata) == kept
    assert notebook.metadata.title == section.title
    for cell in notebook.cells:
        is_folded = cell.id in ('versions', 'summary') or {'check', 'hide-input'} & {
            *cell.metadata.get('tags', [])
        }
        folds = {'cellView': 'form', 'jupyter': {'source_hidden': True}} if is_folded else {}
        assert {key: value for key, value in cell.metadata.items() if key != 'tags'} == folds
        assert cell.source.startswith('# @title ') == bool(is_folded)
    text = nbformat.writes(notebook)
    assert 'papermill' not in text
    assert str(ROOT) not in text
    nbformat.validate(notebook)


@each_section
def test_figures_have_their_captions(notebooks, section):
    text = '\n'.join(cell.source for cell in notebooks['solution', section.name].cells)
    for cell in section.code_cells:
        if 'figure' in cell.metadata.get('mystnb', {}):
            assert f'图：{cell.metadata.mystnb.figure.caption}' in text


@each_section
def test_practice_has_no_outputs_and_no_answers(notebooks, section):
    notebook = notebooks['practice', section.name]
    code = code_cells(notebook)
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)
    kept = {cell.id for cell in code if not has_tag(cell, 'solution')}
    for cell in section.code_cells:
        given = has_tag(cell, 'check') or has_tag(cell, 'experiment')
        if given or cell.id in ('code-0', 'code-1'):
            assert cell.id in kept
        else:
            assert cell.id not in kept, f'an answer or its demonstration leaked: {cell.source}'
    for cell in code:
        if has_tag(cell, 'solution'):
            assert_hollow(cell.source)


def assert_hollow(source: str) -> None:
    """Every function only documents itself and raises."""
    tree = ast.parse(source)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        body = function.body[1:] if ast.get_docstring(function) else function.body
        (statement,) = body
        assert isinstance(statement, ast.Raise)
        assert STUB in ast.unparse(statement)
    top = (ast.ClassDef, ast.FunctionDef, ast.Import, ast.ImportFrom)
    assert all(isinstance(node, top) for node in tree.body)


@each_section
def test_practice_and_solution_tell_the_same(notebooks, section):
    """Statements, hints and checks are the same text in both; of the set-up it has a part."""
    solved, practice = notebooks['solution', section.name], notebooks['practice', section.name]
    kinds = [('markdown', None), ('code', 'check')]
    for cell_type, tag in kinds:
        text = '\n'.join(c.source for c in solved.cells if c.cell_type == cell_type)
        for cell in practice.cells:
            if cell.cell_type == cell_type and (tag is None or has_tag(cell, tag)):
                for block in cell.source.split('\n\n'):
                    assert block in text or 'summary' in cell.id or block.startswith('* ')
    *first, whole = setup_cells(solved, section)[:3]
    *same, part = setup_cells(practice, section)[:3]
    assert same == first
    assert set(part.split('\n')) < set(whole.split('\n'))


@each_section
def test_practice_set_up_has_nothing_that_the_notebook_does_not_use(notebooks, section):
    code = [ast.parse(cell.source) for cell in code_cells(notebooks['practice', section.name])]
    setup, nodes = code[2], [node for tree in code for node in ast.walk(tree)]
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    for node in setup.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            assert {(alias.asname or alias.name).partition('.')[0] for alias in node.names} <= used
        elif isinstance(node, ast.FunctionDef):
            assert node.name in used


@each_section
def test_lines_of_what_is_to_be_filled_in_are_short(notebooks, section):
    for cell in code_cells(notebooks['practice', section.name]):
        if has_tag(cell, 'solution'):
            assert max(map(len, cell.source.split('\n'))) <= 79


@each_section
def test_figures_are_small_png_that_say_what_they_show(notebooks, section):
    """SVG would not show where nobody trusts the notebook, and stop nbconvert to LaTeX."""
    notebook = notebooks['solution', section.name]
    text = '\n'.join(c.source for c in notebook.cells if c.cell_type == 'markdown')
    drawn = 0
    for cell in code_cells(notebook):
        for output in cell.outputs:
            assert 'image/svg+xml' not in output.get('data', {})
            if 'image/png' in output.get('data', {}):
                assert len(output.data['image/png']) * 3 / 4 < 150_000
                alt = output.metadata['image/png']['alt']
                assert f'<summary>图里画了什么</summary>\n\n{alt}\n' in text
                drawn += 1
    assert drawn == sum('figure' in c.metadata.get('mystnb', {}) for c in section.code_cells)


@each_section
def test_solution_is_numbered_as_one_run(notebooks, section):
    cells = code_cells(notebooks['solution', section.name])
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        numbers = {o.execution_count for o in cell.outputs if o.output_type == 'execute_result'}
        assert numbers <= {cell.execution_count}


@each_kind
@each_section
def test_first_cell_says_in_three_lines_how_to_use_the_notebook(notebooks, kind, section):
    title, how, *_ = notebooks[kind, section.name].cells[0].source.split('\n\n')
    assert title == f'# {section.title}'
    assert how.count('\n* ') == 2
    assert '运行全部' in how


def summary(notebook, names: dict) -> str:
    """What the last cell prints where these are the notebook's names."""
    with contextlib.redirect_stdout(io.StringIO()) as said:
        exec(notebook.cells[-1].source, names)
    return said.getvalue()


@each_section
def test_summary_tells_of_the_latest_run_of_each_check(notebooks, section):
    notebook, names = notebooks['practice', section.name], {'__name__': '__main__'}
    exercise, *others = section.exercises

    def check_with(answers: list[str]) -> str:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.suppress(Exception):
            for source in [*answers, *cells_of(notebook, exercise, 'check')]:
                exec(source, names)
        said = summary(notebook, names)
        assert said.count('○ 还没有检查') >= len(others)
        return next(line for line in said.split('\n') if exercise.title in line)

    title = f'{exercise.number} {exercise.title}'
    for source in setup_cells(notebook, section):
        exec(source, names)
    assert summary(notebook, names).count('○ 还没有检查') == len(section.exercises)
    assert check_with([cell.source for cell in exercise.solutions]) == f'✓ 通过 {title}'
    name = public(exercise.solutions[-1].source)[-1].name
    assert check_with([f'{name} = None']) == f'✗ 没有通过 {title}'
    assert check_with([stub(exercise.solutions[-1].source)]) == f'○ 还没有检查 {title}'


@each_exercise
def test_statement_and_hint_are_in_the_practice_notebook(notebooks, section, exercise):
    notebook = notebooks['practice', section.name]
    text = '\n'.join(c.source for c in notebook.cells if c.cell_type == 'markdown')
    assert f'## {exercise.number} {exercise.title}' in text
    names = re.findall(
        r'^(?:def|class) ([a-zA-Z]\w*)', '\n'.join(cells_of(notebook, exercise, 'solution')), re.M
    )
    assert names
    assert all(f'`{name}' in text for name in names), 'the statement must name the interface'


@each_exercise
def test_untouched_check_fails_with_the_stub(notebooks, section, exercise):
    notebook = notebooks['practice', section.name]
    sources = setup_cells(notebook, section) + cells_of(notebook, exercise, 'solution', 'check')
    assert run(sources) == f'NotImplementedError: {STUB}'


@each_exercise
def test_the_books_answer_in_the_stub_passes(notebooks, section, exercise):
    practice, solved = notebooks['practice', section.name], notebooks['solution', section.name]
    sources = setup_cells(practice, section)
    sources += cells_of(solved, exercise, 'solution')
    sources += cells_of(practice, exercise, 'check')
    assert run(sources) == ''


@each_exercise
def test_script_fails_unfilled_and_passes_with_the_books_answer(site, section, exercise):
    script = (site / f'notebooks/check/{exercise.label}.py').read_text('utf-8')
    head, rest = script.split('\n# 在这里写你的答案\n')
    check = rest.partition('\n# 以下是检查，不必改动\n')[2]
    assert run([script]) == f'NotImplementedError: {STUB}'
    answer = '\n\n'.join(cell.source for cell in exercise.solutions)
    assert run(['\n'.join([head, answer, check])]) == ''


def test_script_runs_in_a_terminal_of_another_encoding(site):
    """The ticks are not in GBK; the last line says what is wrong."""
    done = subprocess.run(
        [sys.executable, site / f'notebooks/check/{SECTIONS[0].exercises[0].label}.py'],
        env=os.environ | {'PYTHONIOENCODING': 'gbk'},
        capture_output=True,
    )
    assert done.returncode == 1
    assert done.stderr.decode('gbk').strip().split('\n')[-1] == f'NotImplementedError: {STUB}'


@each_section
@pytest.mark.slow
def test_solution_runs_in_an_empty_folder_as_in_the_book_and_leaves_nothing(
    notebooks, section, tmp_path, monkeypatch
):
    """In a kernel as readers have it, for a user with another home: what it shows is the same."""
    folder, home = tmp_path / 'folder', tmp_path / 'home'
    for path in (folder, home):
        path.mkdir()
    monkeypatch.setenv('MPLCONFIGDIR', matplotlib.get_cachedir())  # or it reads all fonts again
    monkeypatch.setenv('HOME', str(home))
    again = papermill.execute_notebook(
        copy.deepcopy(notebooks['solution', section.name]),
        None,
        cwd=folder,
        progress_bar=False,
        execution_timeout=300,
        coalesce_streams=True,
    )
    assert list(folder.iterdir()) == []
    shown = {cell.id: cell.outputs for cell in code_cells(again) if not has_tag(cell, 'volatile')}
    book = nbformat.read(ROOT / f'_build/executed/cpu/{section.name}.ipynb', as_version=4)
    for cell in code_cells(book):
        if cell.id in shown:
            one, two = (
                json.dumps(outputs, ensure_ascii=False, indent=1, sort_keys=True).splitlines()
                for outputs in (cell.outputs, shown.pop(cell.id))
            )
            assert one == two, '\n'.join(difflib.unified_diff(one, two, cell.id))
    assert set(shown) == {'versions'}


def test_archive_has_all_notebooks(site):
    names = zipfile.ZipFile(site / 'notebooks' / ARCHIVE).namelist()
    assert names == sorted(
        f'{kind}/{section.name}.ipynb' for kind in ('solution', 'practice') for section in SECTIONS
    )


def test_old_torch_is_refused_with_a_sentence(notebooks, monkeypatch):
    first = notebooks['practice', SECTIONS[0].name].cells[1].source
    monkeypatch.setattr('torch.__version__', '2.5.1+cu121')
    assert '需要PyTorch 2.6或更新的版本，现在是2.5.1+cu121' in run([first])
    monkeypatch.setattr('torch.__version__', '2.10.0')
    assert run([first]) == ''
    monkeypatch.setattr('sys.version_info', (3, 9))
    assert '需要Python 3.10' in run([first])
