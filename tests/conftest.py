"""A small book without torch, to plant faults in, and the real one, built once."""

import contextlib
import gc
import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.machine import cores
from pipeline.pages import LOOK
from pipeline.read import read_book

ROOT = Path(__file__).parent.parent
BOOK = read_book(ROOT)  # the real one, for tests that only look
pytest_plugins = ['tests.browser']
os.environ['CUDA_VISIBLE_DEVICES'] = ''  # the tests are the same where there is a GPU
os.environ['OMP_NUM_THREADS'] = '1'  # or the threads of tests side by side wait for each other


def pytest_xdist_auto_num_workers() -> int:
    """Two for each core: half of the time tests wait, for kernels, browsers, imitated GPUs."""
    return 2 * cores()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config, items) -> None:
    """Put slow tests first in each worker's share, or one would do the last of them alone."""
    workers = getattr(config, 'workerinput', {'workercount': 1})['workercount']
    slow = [item for item in items if item.get_closest_marker('slow')]
    slow.sort(key=lambda item: 'site' in item.fixturenames)  # which may have to be built first
    rest = [item for item in items if item not in slow]
    total, items[:] = len(items), []
    for worker in range(workers):
        items += slow[worker::workers]
        more = total * (worker + 1) // workers - len(items)
        items += rest[:more]
        del rest[:more]


def pytest_collection_finish():
    gc.freeze()  # what is imported stays: to look through it again and again takes a tenth of all


def binding_root() -> list[str]:
    """What to put before a command so that permissions bind it though it runs as root."""
    command = ['setpriv', '--bounding-set=-dac_override,-dac_read_search']
    if os.geteuid() == 0 and shutil.which('setpriv'):
        with tempfile.NamedTemporaryFile() as file:
            Path(file.name).chmod(0)
            if subprocess.run([*command, 'test', '-r', file.name]).returncode:
                return command
    return []


BOUND = binding_root()
needs_permissions = pytest.mark.skipif(
    os.geteuid() == 0 and not BOUND, reason='root不受权限约束，这里又放不下它的特权'
)


class SmallBook:
    """A copy of ``tests/book`` that a test may damage as it likes."""

    def __init__(self, root: Path):
        self.root = root
        self.sums = root / 'chapters/one/01-sums.md'
        self.products = root / 'chapters/one/02-products.md'
        self.home = root / 'chapters/index.md'
        self.site = root / '_build/html'

    @classmethod
    def new(cls, root: Path) -> 'SmallBook':
        shutil.copytree(ROOT / 'tests/book', root)
        shutil.copy(ROOT / '_config.yml', root)
        for name in LOOK:
            shutil.copytree(ROOT / name, root / name)
        return cls(root)

    def command(self, task: str, *options: str) -> dict:
        """What to start for a build in a process of its own."""
        environment = os.environ | {'PYTHONPATH': str(ROOT)}
        environment.pop('PYTEST_CURRENT_TEST', None)  # in a test ipykernel would behave otherwise
        return {
            'args': [*BOUND, sys.executable, '-m', 'pipeline', task, *options],
            'cwd': self.root,
            'env': environment,
        }

    def run_apart(self, task: str = 'html', *options: str, **how) -> subprocess.CompletedProcess:
        """Perform a task in a process of its own; ``how`` goes to ``subprocess.run``."""
        command = {'timeout': 600, 'encoding': 'utf-8', **self.command(task, *options), **how}
        return subprocess.run(**command, capture_output=True)

    def run(self, task: str = 'html', *options: str) -> subprocess.CompletedProcess:
        """Perform a task in this process, which spares its imports."""
        said, wrong = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.redirect_stdout(said),
            contextlib.redirect_stderr(wrong),
        ):
            patch.delenv('PYTEST_CURRENT_TEST', raising=False)
            patch.chdir(self.root)
            try:
                code = main([task, *options])
            except SystemExit as error:
                code = error.code
        return subprocess.CompletedProcess(task, code, said.getvalue(), wrong.getvalue())

    def build(self) -> str:
        """Build and return what was printed; the build must pass."""
        done = self.run()
        assert done.returncode == 0, done.stderr
        return done.stdout

    def fail(self, *options: str) -> str:
        """Build and return the error text; the build must fail without a traceback of ours."""
        done = self.run('html', *options)
        assert done.returncode == 1, done.stdout + done.stderr
        assert 'Traceback' not in done.stderr
        return done.stderr

    def replace(self, old: str, new: str, path: Path | None = None) -> None:
        path = path or self.sums
        text = path.read_text('utf-8')
        assert old in text
        path.write_text(text.replace(old, new, 1), 'utf-8')

    def line(self, text: str, path: Path | None = None) -> int:
        """1-based number of the first line that contains ``text``."""
        lines = (path or self.sums).read_text('utf-8').split('\n')
        return next(i for i, line in enumerate(lines, 1) if text in line)

    def add(self, name: str, text: str) -> Path:
        """Add a section to the folder ``one`` and to ``_toc.yml``."""
        path = self.root / f'chapters/one/{name}.md'
        path.write_text(text, 'utf-8')
        with (self.root / '_toc.yml').open('a') as toc:
            toc.write(f'      - file: chapters/one/{name}\n')
        return path


@pytest.fixture
def fresh(tmp_path) -> SmallBook:
    """The small book, of which nothing has been executed."""
    return SmallBook.new(tmp_path / 'book')


@pytest.fixture(scope='session')
def built(tmp_path_factory) -> tuple[Path, Path]:
    """The small book, built, and a copy of it; Sphinx forgets all when its folder has moved."""
    root = tmp_path_factory.mktemp('small') / 'book'
    SmallBook.new(root).build()
    return root, shutil.copytree(root, root.with_name('copy'), symlinks=True)


@pytest.fixture
def small(built) -> SmallBook:
    """The small book, as after a build."""
    root, copy = built
    shutil.rmtree(root)
    shutil.copytree(copy, root, symlinks=True)
    return SmallBook(root)


@pytest.fixture(scope='session')
def site() -> Path:
    """The real book's site, built in place; what is in the cache is not executed again."""
    done = subprocess.run(
        [sys.executable, '-m', 'pipeline', 'html'], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return ROOT / '_build/html'
