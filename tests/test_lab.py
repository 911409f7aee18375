"""The notebooks to take away in a real JupyterLab, driven by Chromium, see ``browser.py``."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest

from pipeline.book import code_cells, has_tag
from tests.conftest import BOOK

SECTION = next(s for s in BOOK.sections if s.name == 'ch05/02-parameters')
EXERCISE = next(e for e in SECTION.exercises if e.label == 'ex-5-2-4')
READY = """async () => {
    const panel = jupyterapp.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
}"""
TRUSTED = '() => [...jupyterapp.shell.currentWidget.content.model.cells].some(cell => cell.trusted)'
FOLDED = """() => jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.inputHidden).map(cell => cell.model.id)"""
SELECT = """id => {
    const notebook = jupyterapp.shell.currentWidget.content;
    notebook.activeCellIndex = notebook.widgets.findIndex(cell => cell.model.id === id);
    notebook.mode = 'command';
    notebook.activate();
    return notebook.activeCell.model.executionCount;
}"""
HAS_RUN = """before => {
    const panel = jupyterapp.shell.currentWidget, count = panel.content.activeCell.model;
    return count.executionCount > before && panel.sessionContext.session.kernel.status === 'idle';
}"""


@pytest.fixture(scope='module')
def lab(site, tmp_path_factory):
    """JupyterLab's address; its home is new, so that it trusts nothing and remembers nothing."""
    home = tmp_path_factory.mktemp('home')
    shutil.copytree(site / 'notebooks', home / 'notebooks')
    with socket.create_server(('127.0.0.1', 0)) as free:
        address = f'http://127.0.0.1:{free.getsockname()[1]}'
    folders = ('CONFIG', 'DATA', 'RUNTIME')
    server = subprocess.Popen(
        [
            *(sys.executable, '-m', 'jupyterlab', '--no-browser', '--allow-root'),
            *('--ServerApp.ip=127.0.0.1', f'--ServerApp.port={address.rpartition(":")[2]}'),
            *('--ServerApp.port_retries=0', '--IdentityProvider.token='),
            *(f'--ServerApp.root_dir={home / "notebooks"}', '--LabApp.news_url=None'),
            '--LabApp.expose_app_in_browser=True',
        ],
        env=os.environ
        | {'HOME': str(home), 'IPYTHONDIR': str(home)}
        | {f'JUPYTER_{name}_DIR': str(home / name) for name in folders},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not is_up(address):
            assert server.poll() is None
            time.sleep(0.1)
        yield address
    finally:
        server.terminate()  # its kernels with it
        server.wait(10)


def is_up(address: str) -> bool:
    try:
        return urllib.request.urlopen(f'{address}/api/status').status == 200
    except OSError:
        return False


@pytest.fixture
def open_notebook(browser, lab):
    """Open notebooks; none may ask anyone but the server for anything."""
    context = browser.new_context(viewport={'width': 1300, 'height': 900})
    foreign = []
    own = (lab, lab.replace('http', 'ws'), 'data:', 'blob:')
    context.on('request', lambda r: r.url.startswith(own) or foreign.append(r.url))

    def open_notebook(name: str):
        page = context.new_page()
        page.goto(f'{lab}/lab/tree/{name}.ipynb?reset')
        page.wait_for_selector('.jp-Notebook .jp-Cell')
        page.evaluate(READY)
        return page

    yield open_notebook
    context.close()
    assert foreign == []


def test_untrusted_solution_shows_its_figures_and_stays_unchanged(open_notebook, site):
    notebook = nbformat.read(site / f'notebooks/solution/{SECTION.name}.ipynb', as_version=4)
    outputs = [output for cell in code_cells(notebook) for output in cell.outputs]
    drawn = sum('image/png' in output.get('data', {}) for output in outputs)
    page = open_notebook(f'solution/{SECTION.name}')
    assert not page.evaluate(TRUSTED)
    pictures = page.locator('.jp-OutputArea img')
    pictures.nth(drawn - 1).wait_for()
    assert pictures.count() == drawn > 0
    widths = pictures.evaluate_all('all => all.map(e => [e.naturalWidth, e.width])')
    assert all(natural > width > 300 for natural, width in widths)  # sharp
    folded = [c.id for c in code_cells(notebook) if has_tag(c, 'check') or has_tag(c, 'hide-input')]
    assert page.evaluate(FOLDED) == ['versions', *folded]
    page.wait_for_timeout(500)  # a change would show by then
    assert page.locator('.jp-mod-dirty').count() == 0
    assert not page.evaluate('() => jupyterapp.shell.currentWidget.context.model.dirty')


def test_practice_is_solved_cell_by_cell(open_notebook, site):
    path = site / f'notebooks/practice/{SECTION.name}.ipynb'
    cells = code_cells(nbformat.read(path, as_version=4))
    ids = {cell.id for cell in EXERCISE.cells}
    [blank, check, experiment] = [cell for cell in cells if cell.id in ids]
    assert has_tag(blank, 'solution') and has_tag(check, 'check')
    page = open_notebook(f'practice/{SECTION.name}')

    def run(cell, source='') -> str:
        """Write into a cell, run it; the text of its outputs."""
        before = page.evaluate(SELECT, cell.id) or 0
        active = page.locator('.jp-Notebook .jp-mod-active')
        if source:
            active.locator('.cm-content').click()
            page.keyboard.press('Control+A')
            page.keyboard.insert_text(source)
        page.keyboard.press('Control+Enter')
        page.wait_for_function(HAS_RUN, arg=before)
        return '\n'.join(active.locator('.jp-OutputArea-output').all_inner_texts())

    for cell in cells[:3]:
        assert run(cell) == ''
    run(blank)
    assert '○ 还没有写' in run(check)
    wrong = 'def count_parameters(net):\n    return sum(p.size for p in net.parameters())'
    assert run(blank, wrong) == ''
    said = run(check)
    assert '✗' in said and '全部通过' not in said
    assert '出在你的代码第2行：return sum(p.size for p in net.parameters())' in said
    assert '✗ 没有通过 5.2.4' in run(cells[-1])
    assert run(blank, wrong.replace('p.size', 'p.numel()')) == ''
    assert '练习5.2.4的检查全部通过' in run(check)
    assert '词嵌入' in run(experiment)
    said = run(cells[-1])
    assert '✓ 通过 5.2.4' in said and '○ 还没有检查 5.2.1' in said
