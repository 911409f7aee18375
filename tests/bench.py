"""Time builds of the real book against Jupyter Book's own executor, all in one run.

Run as ``make bench``; works on copies in a temporary folder, the checkout stays as it is.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import yaml

from pipeline.pages import LOOK
from pipeline.read import read_book
from tests.conftest import ROOT

SOURCES = ('chapters', *LOOK, 'results', '_config.yml', '_toc.yml')
PINS = ('requirements.txt', 'constraints.txt')
GOALS = {'冷构建': '≤ 0.6倍', '无改动': '≤ 3秒', '改文字': '≤ 8秒，执行0节', '改代码': '执行1节'}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder, 'book')
        book.mkdir()
        for name in (*SOURCES, *PINS):
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, book / name)
            elif (ROOT / name).exists():
                shutil.copy(ROOT / name, book / name)
        section = next(s for s in read_book(book).sections if not s.exclusive)
        path = book / section.path
        rows = [('冷构建', *build(book)), ('无改动', *build(book))]
        text = path.read_text('utf-8')
        path.write_text(text.replace('\n# ', '\n# 改过的', 1), 'utf-8')
        rows.append(('改文字', *build(book)))
        path.write_text(text.replace("device = 'auto'", "device = 'auto'  # 改过", 1), 'utf-8')
        rows.append(('改代码', *build(book)))
        own = jupyter_book(book)
    print(f'\n{"情形":<6}{"秒":>6}{"比Jupyter Book自己执行":>16}{"执行的节数":>8}   目标')
    for name, seconds, executed in rows:
        print(f'{name:<6}{seconds:>7.1f}{seconds / own:>17.2f}{executed:>12}   {GOALS[name]}')
    print(f'Jupyter Book自己执行（execute_notebooks: force）：{own:.1f}秒')


def build(book: Path) -> tuple[float, int]:
    """Seconds that ``make html`` takes in ``book``, and the number of sections it executed."""
    start = time.monotonic()
    command = [sys.executable, '-m', 'pipeline', 'html']
    environment = os.environ | {'PYTHONPATH': str(ROOT)}
    done = subprocess.run(command, cwd=book, env=environment, capture_output=True, text=True)
    seconds = time.monotonic() - start
    if done.returncode:
        sys.exit(done.stderr)
    return seconds, int(re.search(r'执行(\d+)节', done.stdout)[1])


def jupyter_book(book: Path) -> float:
    """Seconds that Jupyter Book takes to execute and render the same pages by itself."""
    source = book.with_name('own')
    shutil.copytree(book / '_build/book', source)
    for path in source.rglob('*.ipynb'):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == 'code':
                cell.outputs, cell.execution_count = [], None
        nbformat.write(notebook, path)
    config = yaml.safe_load((source / '_config.yml').read_text('utf-8'))
    config['execute'] = {'execute_notebooks': 'force', 'timeout': -1}
    (source / '_config.yml').write_text(yaml.safe_dump(config, allow_unicode=True), 'utf-8')
    start = time.monotonic()
    command = [Path(sys.executable).with_name('jupyter-book'), 'build', source, '-q']
    environment = os.environ | {'PYTHONPATH': str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    seconds = time.monotonic() - start
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    return seconds


if __name__ == '__main__':
    main()
