"""Execute sections with papermill, in parallel, and keep the results by content.

A result is an executed notebook in ``_build/cache``, named by the hash of all that could
change it: code, runner, Python, the pinned packages and the way to execute. Plain files rather
than a database, so that a damaged one can be dropped and two caches merge by copying.
"""

import ast
import contextlib
import hashlib
import json
import multiprocessing
import os
import platform
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from pipeline.faults import BookError, Fault
from pipeline.read import Section, has_tag

RUNNERS = ('cpu', 'cuda')
PINS = ('requirements.txt', 'constraints.txt')
REPORT = 'asserts-that-ran'
ANSI = re.compile(r'\x1b\[[0-9;]*m')


@dataclass
class Results:
    """Executed notebooks by section name, what went wrong, and the names of what really ran."""

    notebooks: dict[str, NotebookNode]
    faults: list[Fault]
    executed: list[str]


def execute(root: Path, sections: list[Section], runner: str, jobs: int) -> Results:
    """Execute every section whose result is not in the cache; all are tried.

    Sections run ``jobs`` at a time, on one thread each, so that parallel kernels do not
    fight and results do not depend on ``jobs``; ``exclusive`` ones run alone, on all cores.

    Raises
    ------
    BookError
        When the runner is unknown or needs CUDA where there is none.
    """
    provenance = describe_runner(runner)
    results = Results({}, [], [])
    missing = []
    for section in sections:
        notebook = _load(_cache_path(root, section, runner), section)
        if notebook is None:
            missing.append(section)
        else:
            results.notebooks[section.name] = merge(section, notebook)
    if missing:
        _execute_all(root, missing, provenance, jobs, results)
    for section in sections:
        if section.name in results.notebooks:
            path = root / '_build/executed' / runner / f'{section.name}.ipynb'
            write_notebook(results.notebooks[section.name], path)
    return results


def not_cached(root: Path, sections: list[Section], runner: str) -> list[str]:
    """Names of the sections without a result in the cache."""
    return [s.name for s in sections if _load(_cache_path(root, s, runner), s) is None]


def describe_runner(runner: str) -> dict:
    """Provenance of a run: ``runner``, ``device`` (name), ``torch``, ``python`` and for CUDA more.

    Raises
    ------
    BookError
        When the runner is unknown, or is 'cuda' and torch finds no CUDA device.
    """
    if runner not in RUNNERS:
        raise BookError(f'RUNNER={runner}不存在，可以用的是：{"、".join(RUNNERS)}')
    provenance = {'runner': runner, 'python': platform.python_version()}
    if runner == 'cpu':
        return provenance | {'device': _cpu_name(), 'torch': _version('torch')}
    probe = (
        'import json, torch; assert torch.cuda.is_available(); '
        'print(json.dumps({"device": torch.cuda.get_device_name(), '
        '"count": torch.cuda.device_count(), "torch": torch.__version__, '
        '"cuda": torch.version.cuda}))'
    )
    found = subprocess.run([sys.executable, '-c', probe], capture_output=True, text=True)
    if found.returncode:
        raise BookError('RUNNER=cuda需要CUDA设备，而这台机器上的torch找不到；去掉它即在CPU上运行')
    return provenance | json.loads(found.stdout) | {'driver': _driver()}


def _driver() -> str:
    command = ['nvidia-smi', '--query-gpu=driver_version', '--format=csv,noheader']
    try:
        return subprocess.run(command, capture_output=True, text=True).stdout.split('\n')[0].strip()
    except OSError:
        return ''


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ''


def _cpu_name() -> str:
    if platform.system() == 'Darwin':
        command = ['sysctl', '-n', 'machdep.cpu.brand_string']
        return subprocess.run(command, capture_output=True, text=True).stdout.strip()
    try:
        names = re.findall(r'model name\s*:\s*(.+)', Path('/proc/cpuinfo').read_text())
    except OSError:
        names = []
    return names[0].strip() if names else platform.machine()


def _cache_path(root: Path, section: Section, runner: str) -> Path:
    pins = [(root / name).read_text('utf-8') for name in PINS if (root / name).exists()]
    code = [[c.source, has_tag(c, 'raises-exception')] for c in section.code_cells]
    how = [
        Path(__file__).with_name(name).read_text('utf-8') for name in ('execute.py', 'startup.py')
    ]
    content = [code, runner, platform.python_version(), _version('torch'), pins, how]
    key = hashlib.sha256(json.dumps(content).encode()).hexdigest()
    return root / '_build/cache' / f'{key}.ipynb'


def _load(path: Path, section: Section) -> NotebookNode | None:
    """A result from the cache; a damaged file is reported, dropped, and does not count."""
    if not path.exists():
        return None
    try:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        sources = [c.source for c in notebook.cells if c.cell_type == 'code']
        if sources != [c.source for c in section.code_cells] or 'run' not in notebook.metadata:
            raise ValueError('foreign')
        return notebook
    except Exception:  # damage can break any of these
        print(f'缓存{path.name[:12]}…已损坏，丢弃后重新执行{section.path}', file=sys.stderr)
        path.unlink()
        return None


def merge(section: Section, executed: NotebookNode) -> NotebookNode:
    """The section's present prose with the outputs and provenance of a run of the same code."""
    notebook = nbformat.from_dict(json.loads(json.dumps(section.notebook)))
    outputs = {cell.id: cell for cell in executed.cells if cell.cell_type == 'code'}
    for cell in notebook.cells:
        if cell.cell_type == 'code':
            cell.outputs = outputs[cell.id].outputs
            cell.execution_count = outputs[cell.id].execution_count
    notebook.metadata.run = executed.metadata.run
    return notebook


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write under a temporary name first, so that no reader sees half a notebook."""
    text = nbformat.writes(notebook) + '\n'
    if path.exists() and path.read_text('utf-8') == text:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_suffix('.part')
    temporary.write_text(text, 'utf-8')
    temporary.replace(path)


def _execute_all(root, sections, provenance, jobs, results) -> None:
    from tqdm import tqdm

    (root / '_build').mkdir(exist_ok=True)
    os.environ['MPLCONFIGDIR'] = str(root / '_build/matplotlib')  # no settings of the user's
    _warm_font_cache()
    context = multiprocessing.get_context('forkserver')
    context.set_forkserver_preload(['papermill'])
    progress = context.SimpleQueue()
    cells = sum(len(section.code_cells) for section in sections)
    with tqdm(total=cells, desc='执行', unit='格', mininterval=0.5) as bar:
        listener = threading.Thread(target=_show_progress, args=(progress, bar), daemon=True)
        listener.start()
        together = [section for section in sections if not section.exclusive]
        alone = [[section] for section in sections if section.exclusive]
        with ProcessPoolExecutor(jobs, context, _start_worker, (progress, root)) as pool:
            try:
                for batch in filter(None, [together, *alone]):
                    threads = os.cpu_count() if batch[0].exclusive else 1
                    running = {
                        pool.submit(_run, section.notebook, section.timeout, provenance['runner'],
                                    threads, section.number): section
                        for section in batch
                    }  # fmt: skip
                    for future in as_completed(running):
                        _collect(root, running[future], future.result, provenance, results)
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                _end(multiprocessing.active_children())
                raise
            finally:
                progress.put(None)
                listener.join()


def _end(workers) -> None:
    """Give workers time to end their kernels, then no more."""
    for worker in workers:
        worker.terminate()
    for worker in workers:
        worker.join(10)
        worker.kill()


def _warm_font_cache() -> None:
    """Let matplotlib look for fonts now: in a cell it would warn that this takes a while."""
    with contextlib.suppress(ImportError):  # not every book draws
        import matplotlib.font_manager  # noqa: F401


def _show_progress(progress, bar) -> None:
    """Say which cell of which section runs; messages are (number, cell, cells), last is None."""
    current: dict[str, int] = {}
    while (message := progress.get()) is not None:
        number, cell, cells = message
        current[number] = cell
        bar.set_postfix_str('，'.join(f'{n}第{c}格' for n, c in current.items()), refresh=False)
        bar.update()
        if cell == cells:
            del current[number]


def _collect(root: Path, section: Section, result: Callable, provenance: dict, results) -> None:
    """Store what a worker returned: in the cache, or under ``_build/failed``."""
    failed = root / '_build/failed' / provenance['runner'] / f'{section.name}.ipynb'
    notebook, asserts, cell_id, offset, message, leftovers = result()
    if message is not None:
        line = section.line(cell_id, offset) if cell_id else None
        results.faults.append(section.fault(line, message))
        if notebook is not None:
            write_notebook(notebook, failed)
        return
    if leftovers:
        message = f'执行后留下了文件：{"、".join(leftovers)}；应当写在临时目录里'
        results.faults.append(section.fault(None, message))
        return
    now = datetime.now(timezone.utc).isoformat(timespec='seconds')
    run = provenance | {
        'executed_at': now,
        'source_hash': section.source_hash,
        'asserts': asserts,
    }
    notebook.metadata.run = run
    notebook = merge(section, notebook)
    write_notebook(notebook, _cache_path(root, section, provenance['runner']))
    results.notebooks[section.name] = notebook
    results.executed.append(section.name)
    failed.unlink(missing_ok=True)


def _start_worker(progress, root: Path) -> None:
    """In a worker: end kernels on SIGTERM as on Ctrl-C; log what kernels print."""
    global _progress
    _progress = progress
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with (root / '_build/kernels.log').open('a') as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)


def _run(notebook: NotebookNode, timeout: float, runner: str, threads: int, number: str):
    """In a worker: execute one notebook.

    Returns
    -------
    notebook, asserts, cell_id, offset, message, leftovers
        The executed notebook; the number of assert statements that ran, by cell id; where it
        failed, the cell's id, the line within the cell (from 0) and what happened; names of
        files that the run left behind.
    """
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    current, count = None, 0
    cells = sum(cell.cell_type == 'code' for cell in notebook.cells)

    def on_cell_start(cell, **_):
        nonlocal current, count
        is_ours = has_tag(cell, 'injected-parameters') or cell.id == REPORT
        if cell.cell_type == 'code' and not is_ours:
            current, count = cell.id, count + 1
            _progress.put((number, count, cells))

    # IPC sockets have short names, hence a runtime folder directly under /tmp.
    with tempfile.TemporaryDirectory(dir='/tmp') as runtime, tempfile.TemporaryDirectory() as temp:
        work, scratch = Path(temp, 'work'), Path(temp, 'tmp')
        work.mkdir()
        scratch.mkdir()
        output = Path(temp, 'executed.ipynb')
        os.environ.update(
            OMP_NUM_THREADS=str(threads),
            MKL_NUM_THREADS=str(threads),
            TMPDIR=str(scratch),
            JUPYTER_RUNTIME_DIR=runtime,
            JUPYTER_PREFER_ENV_PATH='1',
            IPYTHONDIR=str(Path(temp, 'ipython')),
            TORCHINDUCTOR_CACHE_DIR=str(Path(temp, 'inductor')),
            PYTHONHASHSEED='0',
        )
        startup = Path(temp, 'ipython/profile_default/startup')
        startup.mkdir(parents=True)
        shutil.copy(Path(__file__).with_name('startup.py'), startup)
        asserts, cell_id, offset, message = {}, None, None, None
        try:
            papermill.execute_notebook(
                _with_report(notebook),
                output,
                {'device': runner},
                cwd=work,
                progress_bar=False,
                execution_timeout=timeout,
                config=Config({'KernelManager': {'transport': 'ipc'}}),
                coalesce_streams=True,
                on_cell_start=on_cell_start,
            )
        except PapermillExecutionError as error:
            cell_id, message = current, f'{error.ename}: {error.evalue}'.strip()
            offset = _failing_line(error.traceback)
        except CellTimeoutError:
            cell_id, offset, message = current, 0, f'单元格超过了{timeout:g}秒的时限'
        except DeadKernelError:
            cell_id, offset, message = current, 0, '内核在执行这个单元格时退出了'
        except RuntimeError as error:
            cell_id, offset, message = current, 0, f'内核启动不了：{error}'
        result = nbformat.read(output, as_version=4) if output.exists() else None
        if message is None:
            asserts = _take_report(result)
        leftovers = sorted(p.name for folder in (work, scratch) for p in folder.iterdir())
        return result, asserts, cell_id, offset or 0, message and message.split('\n')[0], leftovers


def _with_report(notebook: NotebookNode) -> NotebookNode:
    """The notebook with a last cell that prints which asserts ran, see ``startup.py``."""
    report = nbformat.v4.new_code_cell('print(__asserts_that_ran__())', id=REPORT)
    return NotebookNode(notebook, cells=[*notebook.cells, report])


def _take_report(notebook: NotebookNode) -> dict[str, int]:
    """Remove the last cell; return the number of assert statements that ran, by cell id."""
    ran = ast.literal_eval(notebook.cells.pop().outputs[0].text)
    asserts = {}
    for cell in notebook.cells:
        if cell.cell_type == 'code' and not has_tag(cell, 'raises-exception'):
            tree = ast.dump(ast.parse(cell.source))
            asserts[cell.id] = ran.get(hashlib.sha256(tree.encode()).hexdigest(), 0)
    return {cell_id: count for cell_id, count in asserts.items() if count}


def _failing_line(traceback: list[str]) -> int:
    """0-based line within the cell whose execution raised, from IPython's traceback."""
    text = ANSI.sub('', '\n'.join(traceback))
    match = re.search(r'Cell In\[\d+\], line (\d+)', text)
    return int(match[1]) - 1 if match else 0
