"""Turn sections into executed notebooks: papermill's engine in threads, what is cached excepted."""

import copy
import logging
import os
import re
import sys
import tempfile
import threading
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from nbformat import NotebookNode

from pipeline import store
from pipeline.book import Section, code_cells, has_tag
from pipeline.faults import Fault, first_line
from pipeline.machine import cores, describe_runner

LIMIT = 100_000  # characters of text that a cell may show
ANSI = re.compile(r'\x1b\[[0-9;]*m')


@dataclass
class Results:
    """Executed notebooks by section name, what went wrong, and the names of what really ran."""

    notebooks: dict[str, NotebookNode] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    executed: list[str] = field(default_factory=list)


class Failure(Exception):
    """A section did not run to its end: what happened, in which cell, on which of its lines."""

    def __init__(self, message: str, cell_id: str | None = None, offset: int = 0):
        super().__init__(message)
        self.message, self.cell_id, self.offset = message, cell_id, offset


class Turns:
    """Turns to run: many at a time; or one alone, which waits until the others have ended."""

    def __init__(self):
        self.changed, self.running, self.is_alone = threading.Condition(), 0, False

    @contextmanager
    def take(self, alone: bool = False) -> Generator[None]:
        with self.changed:
            self.changed.wait_for(lambda: not self.is_alone)
            self.is_alone = alone
            self.changed.wait_for(lambda: not alone or not self.running)
            self.running += 1
        try:
            yield
        finally:
            with self.changed:
                self.running -= 1
                self.is_alone &= not alone
                self.changed.notify_all()


def execute(
    root: Path,
    sections: list[Section],
    runner: str,
    jobs: int,
    meanwhile: Callable[[], object] = lambda: None,
) -> Results:
    """Execute every section whose result is not in the cache; all are tried.

    Sections run ``jobs`` at a time, the longest first, on one thread each, so that kernels do not
    fight and results do not depend on ``jobs``; ``exclusive`` ones run one after another beside
    them, on all cores; while one of their ``volatile`` cells runs, nothing else does, and those
    without one come at the end. ``meanwhile`` is called while sections run.
    """
    provenance, results, missing = describe_runner(runner), Results(), []
    for section in sections:
        if notebook := store.load(store.cache_path(root, section, runner)):
            results.notebooks[section.name] = store.merge(section, notebook)
        else:
            missing.append(section)
    if missing:
        missing.sort(key=lambda section: -sum(len(cell.source) for cell in section.code_cells))
        _execute_all(root, missing, provenance, jobs, meanwhile, results)
    for name, notebook in results.notebooks.items():
        store.write_notebook(notebook, root / '_build/executed' / runner / f'{name}.ipynb')
    return results


def _execute_all(root, missing, provenance, jobs, meanwhile, results: Results) -> None:
    """Execute sections under a bar that says in which cell each of them is."""
    from tqdm import tqdm

    from pipeline.kernels import Kernels, common_imports

    log = root / '_build/kernels.log'
    log.parent.mkdir(exist_ok=True)
    logging.basicConfig(filename=log, encoding='utf-8')  # nbclient would tell the terminal
    can_fork = sys.platform == 'linux' and provenance['runner'] == 'cpu'
    last = [section for section in missing if section.exclusive and not _timing(section)]
    with (
        tqdm(total=sum(len(section.code_cells) for section in missing), unit='格') as bar,
        Kernels(log, common_imports(missing) if can_fork else None) as kernels,
        ThreadPoolExecutor(1) as alone,
        ThreadPoolExecutor(jobs) as pool,
    ):
        turns = Turns()

        def submit(section: Section):
            executor = alone if section.exclusive else pool
            return executor.submit(_attempt, root, section, provenance, kernels, turns, bar)

        try:
            for sections in [s for s in missing if s not in last], last:
                names = {submit(section): section.name for section in sections}
                with turns.take():
                    meanwhile()
                for future in as_completed(names):
                    outcome = future.result()
                    if isinstance(outcome, Fault):
                        results.faults.append(outcome)
                    else:
                        results.notebooks[names[future]] = outcome
                        results.executed.append(names[future])
        except BaseException:
            for executor in alone, pool:
                executor.shutdown(wait=False, cancel_futures=True)
            kernels.end()
            raise


def _timing(section: Section) -> list[str]:
    return [cell.id for cell in section.code_cells if has_tag(cell, 'volatile')]


def _attempt(root, section: Section, provenance, kernels, turns, bar) -> NotebookNode | Fault:
    """Execute a section and store what came of it: in the cache, or under ``_build/failed``."""
    runner = provenance['runner']
    failed = root / '_build/failed' / runner / f'{section.name}.ipynb'
    notebook = copy.deepcopy(section.notebook)
    try:
        asserts = _run(notebook, section, runner, kernels, turns, bar)
    except Failure as failure:
        store.write_notebook(notebook, failed)
        line = section.line(failure.cell_id, failure.offset) if failure.cell_id else None
        return section.fault(line, failure.message)
    epoch = os.environ.get('SOURCE_DATE_EPOCH')  # see reproducible-builds.org
    now = datetime.fromtimestamp(int(epoch), timezone.utc) if epoch else datetime.now(timezone.utc)
    notebook.metadata.run = {
        **provenance,
        'executed_at': now.isoformat(timespec='seconds'),
        'source_hash': section.source_hash,
        'asserts': asserts,
    }
    notebook = store.merge(section, notebook)
    store.write_notebook(notebook, store.cache_path(root, section, runner))
    failed.unlink(missing_ok=True)
    return notebook


def _run(notebook, section: Section, runner, kernels, turns, bar) -> dict[str, int]:
    """Execute ``notebook`` in a kernel and an empty folder of its own.

    Returns the number of assert statements that ran, by cell id; raises Failure.
    """
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.engines import NBClientEngine
    from papermill.parameterize import parameterize_notebook
    from traitlets.config import Config

    from pipeline.kernels import end_processes, environment

    asserts, last, ids = {}, None, [cell.id for cell in section.code_cells]
    timing = _timing(section) if section.exclusive else []

    def on_cell_start(cell, **_):
        nonlocal last
        if cell.id in ids:
            last = cell.id
            bar.set_postfix_str(f'{section.number}第{ids.index(last) + 1}格')
            bar.update()
        turn.close()
        turn.enter_context(turns.take(alone=cell.id in timing))

    def on_cell_executed(cell, execute_reply, **_):
        for payload in execute_reply['content'].get('payload', []):
            if payload['source'] == 'asserts' and not has_tag(cell, 'raises-exception'):
                asserts[cell.id] = payload['count']

    notebook.metadata.papermill = NotebookNode()
    for cell in notebook.cells:
        cell.metadata.setdefault('tags', [])
    place = tempfile.gettempdir()  # sockets have short names
    folder = tempfile.TemporaryDirectory(dir=place if len(place) < 30 else '/tmp')
    with folder as temp, ExitStack() as turn:
        turn.enter_context(turns.take())
        work = Path(temp, 'work')
        work.mkdir()
        threads = str(cores() if section.exclusive else 1)
        env = environment(
            OMP_NUM_THREADS=threads,
            TMPDIR=str(work),
            IPYTHONDIR=f'{temp}/ipython',
            TORCHINDUCTOR_CACHE_DIR=f'{temp}/inductor',  # torch makes it unasked
        )
        manager = kernels.manager(work, env)
        connection = {'transport': 'ipc', 'connection_file': f'{temp}/kernel.json'}
        try:
            parameterize_notebook(notebook, {'device': runner})
            NBClientEngine.execute_notebook(
                notebook,
                'python3',
                progress_bar=False,
                execution_timeout=section.timeout,
                kernel_manager_class=manager,
                config=Config({'KernelManager': connection}),
                coalesce_streams=True,
                on_cell_start=on_cell_start,
                on_cell_executed=on_cell_executed,
            )
        except CellTimeoutError:
            raise Failure(f'单元格超过了{section.timeout:g}秒的时限', last) from None
        except DeadKernelError:
            message = '内核在执行这个单元格时退出了；若是内存不足，可以用JOBS=1再试'
            raise Failure(message, last) from None
        except Exception as error:  # the start of a kernel raises this and that
            message = f'执行不了：{type(error).__name__}: {first_line(error)}'
            raise Failure(message, last) from error
        finally:
            lingering = end_processes(temp, manager.pid)
            leftovers = sorted(path.name for path in work.iterdir())
    for cell in code_cells(notebook):
        _refuse(cell)
    if lingering:
        names = '、'.join(lingering)
        raise Failure(f'执行后还有进程在运行，已经结束它们：{names}；应当在单元格里等它们结束')
    if leftovers:
        raise Failure(f'执行后留下了文件：{"、".join(leftovers)}；应当写在临时目录里')
    return {cell_id: count for cell_id, count in asserts.items() if count}


def _refuse(cell: NotebookNode) -> None:
    """Raise for a cell that failed, with the line that IPython's traceback names, or said much."""
    if cell.metadata.papermill.get('exception'):
        errors = [output for output in cell.outputs if output.output_type == 'error']
        error = errors[-1] if errors else NotebookNode(ename='', evalue='', traceback=[])
        line = re.search(r'Cell In\[\d+\], line (\d+)', ANSI.sub('', '\n'.join(error.traceback)))
        message = f'{error.ename}: {error.evalue}'.strip().split('\n')[0]
        raise Failure(message, cell.id, int(line[1]) - 1 if line else 0)
    texts = [o.get('text') or o.get('data', {}).get('text/plain', '') for o in cell.outputs]
    if sum(map(len, texts)) > LIMIT:
        raise Failure(f'单元格输出的文字超过了{LIMIT}个字符', cell.id)
