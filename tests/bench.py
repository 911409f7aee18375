"""Time builds of the real book against Jupyter Book's own executor, all in one run.

Run as ``make bench``; works on copies in a temporary folder, the checkout stays as it is.
"""

import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
import yaml

from pipeline.machine import cores
from pipeline.pages import LOOK
from pipeline.read import read_book
from tests.conftest import ROOT

SOURCES = ('chapters', *LOOK, 'results', '_config.yml', '_toc.yml')
COLD = 0.35 if cores() >= 8 else 0.55  # of the time of Jupyter Book's own executor
PINS = ('requirements.txt', 'constraints.txt')


@dataclass
class Run:
    """One build: its seconds by the clock and of the processors, the sections it executed."""

    seconds: float
    cpu: float
    printed: str

    @property
    def executed(self) -> int:
        return int(re.search(r'执行(\d+)节', self.printed)[1])


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
        cold, unchanged = build(book), build(book)
        edit(book / section.path, '。\n', '。改过。\n')
        prose = build(book)
        edit(book / section.path, '\n# ', '\n# 改过的')
        title = build(book)
        edit(book / '_static/book.css', '', '/* 改过 */')
        look = build(book)
        edit(book / section.path, "device = 'auto'", "device = 'auto'  # 改过")
        alone = shutil.copytree(book, book.with_name('alone'))
        one = run(alone, *PIPELINE, 'execute', '--section', section.name)
        code = build(book)
        own = jupyter_book(book)
    print(f'Jupyter Book自己执行：{own.seconds:.1f}秒，CPU {own.cpu:.1f}秒')
    rows = [
        (f'冷构建（{cores()}核）', cold, len(read_book(ROOT).sections), COLD * own.seconds),
        ('无改动', unchanged, 0, 1.5),
        ('改文字', prose, 0, 5),
        ('改标题（每页都有它）', title, 0, 8),
        ('改样式', look, 0, 8),
        ('改代码', code, 1, one.seconds + 5),
    ]
    missed = []
    for name, done, executed, most in rows:
        is_reached = done.seconds <= most and done.executed == executed
        missed += [] if is_reached else [name]
        times = f'{done.seconds:.1f}秒（{done.seconds / own.seconds:.2f}倍），CPU {done.cpu:.1f}秒'
        goal = f'执行{done.executed}节；目标{most:.1f}秒，执行{executed}节'
        print(f'{"✓" if is_reached else "✗"} {name}：{times}，{goal}')
    if missed:
        sys.exit(f'没有达到目标：{"、".join(missed)}')


def edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text('utf-8').replace(old, new, 1), 'utf-8')


PIPELINE = (sys.executable, '-m', 'pipeline')


def build(book: Path) -> Run:
    return run(book, *PIPELINE, 'html')


def run(folder: Path, *command) -> Run:
    """Run a command in a folder; ends the whole when it fails."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    environment = os.environ | {'PYTHONPATH': str(ROOT)}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding='utf-8'
    )
    seconds, after = time.monotonic() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds, cpu, done.stdout)


def jupyter_book(book: Path) -> Run:
    """Let Jupyter Book execute and render the same pages by itself."""
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
    book = 'from jupyter_book.cli.main import main; main()'
    return run(source, sys.executable, '-c', book, 'build', source, '-q')


if __name__ == '__main__':
    main()
