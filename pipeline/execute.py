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
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timezone
from importlib import metadata
from pathlib import Path

import nbformat
import psutil
from nbformat import NotebookNode

from pipeline.faults import BookError, Fault, explain
from pipeline.read import Section, has_tag

RUNNERS = ('cpu', 'cuda')
PINS = ('requirements.txt', 'constraints.txt')
REPORT = 'asserts-that-ran'
LIMIT = 100_000  # characters that a cell may print
PATIENCE = 3  # seconds for what a kernel started to end by itself
ANSI = re.compile(r'\x1b\[[0-9;]*m')
WIPED = re.compile(r'^.*\r(?=[^\n])', re.MULTILINE)  # what a carriage return overwrites


@dataclass
class Results:
    """Executed notebooks by section name, what went wrong, and the names of what really ran."""

    notebooks: dict[str, NotebookNode]
    faults: list[Fault]
    executed: list[str]


@dataclass
class Run:
    """One execution of a section.

    Attributes
    ----------
    notebook
        What was executed, None where not even that is left.
    asserts
        Number of assert statements that ran, by cell id.
    cell_id, offset, message
        Where it failed, the cell and the line within it (from 0), and what happened.
    """

    notebook: NotebookNode | None = None
    asserts: dict[str, int] = field(default_factory=dict)
    cell_id: str | None = None
    offset: int = 0
    message: str | None = None


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
    """A result from the cache; a damaged or foreign one is reported, dropped, and not counted."""
    if not path.exists():
        return None
    try:
        notebook = nbformat.read(path, as_version=4)
        if notebook.metadata.run.pop('digest') != digest(notebook):
            raise ValueError('damaged')
        cells = [(c.id, c.source) for c in notebook.cells if c.cell_type == 'code']
        if cells != [(c.id, c.source) for c in section.code_cells]:
            raise ValueError('foreign')
        return notebook
    except Exception:  # damage can break any of these
        print(f'缓存{path.name[:12]}…已损坏，丢弃后重新执行{section.path}', file=sys.stderr)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()
        return None


def _store(notebook: NotebookNode, path: Path) -> None:
    """Write a result into the cache, with a digest by which damage shows."""
    stored = nbformat.from_dict(json.loads(json.dumps(notebook)))
    stored.metadata.run.digest = digest(stored)
    write_notebook(stored, path)


def digest(notebook: NotebookNode) -> str:
    """Hash of the cells and of all provenance but a digest itself."""
    run = {key: value for key, value in notebook.metadata.run.items() if key != 'digest'}
    content = json.dumps([notebook.cells, run], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


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
    content = (nbformat.writes(notebook) + '\n').encode()
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    replace(path, content)


def replace(path: Path, content: bytes) -> None:
    """Write a file so that it is there as a whole or not at all."""
    temporary = path.with_suffix('.part')
    try:
        temporary.write_bytes(content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _execute_all(root, sections, provenance, jobs, results) -> None:
    from tqdm import tqdm

    _now()  # kernels do not start with a SOURCE_DATE_EPOCH that is none
    (root / '_build').mkdir(exist_ok=True)
    (root / '_build/kernels.log').unlink(missing_ok=True)
    os.environ['MPLCONFIGDIR'] = str(root / '_build/matplotlib')  # no settings of the user's
    _warm_font_cache()
    context = multiprocessing.get_context('forkserver')
    context.set_forkserver_preload(['papermill', 'pipeline.execute'])
    cells = sum(len(section.code_cells) for section in sections)
    events, running = queue.SimpleQueue(), []
    with (
        tqdm(total=cells, desc='执行', unit='格', mininterval=0.5) as bar,
        ThreadPoolExecutor(jobs) as pool,
    ):
        show = _show_progress(bar)  # in this thread alone: an error in tqdm leaves its lock shut
        together = [section for section in sections if not section.exclusive]
        alone = [[section] for section in sections if section.exclusive]
        try:
            for batch in filter(None, [together, *alone]):
                threads = os.cpu_count() if batch[0].exclusive else 1
                how = (context, root, provenance['runner'], threads)
                running = [pool.submit(_supervise, events, section, *how) for section in batch]
                ended = 0
                while ended < len(batch):
                    section, event = events.get()
                    show(section, event)
                    if isinstance(event, Exception):
                        raise event
                    if isinstance(event, Run):
                        _collect(root, section, event, provenance, results)
                        ended += 1
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            while any(future.running() for future in running):
                _end(multiprocessing.active_children())
                time.sleep(0.1)
            raise


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


def _show_progress(bar) -> Callable[[Section, object], None]:
    """A function that says which cell of a section runs; all but an id is the section's end."""
    current: dict[str, int] = {}

    def show(section: Section, event: object) -> None:
        if isinstance(event, str):
            ids = [cell.id for cell in section.code_cells]
            current[section.number] = ids.index(event) + 1
            text = '，'.join(f'{number}第{cell}格' for number, cell in current.items())
            bar.set_postfix_str(text, refresh=False)
            bar.update()
        else:
            current.pop(section.number, None)

    return show


def _supervise(events, section: Section, *how) -> None:
    """Execute a section; its events are the ids of cells that start, at last the run."""
    try:
        run = _run_in_process(lambda cell_id: events.put((section, cell_id)), section, *how)
        events.put((section, run))
    except Exception as error:  # say, no space for temporary folders
        events.put((section, error))


def _run_in_process(show, section: Section, context, root: Path, runner: str, threads: int) -> Run:
    """Execute a section in a process of its own, so that its death is this section's alone."""
    # IPC sockets have short names, hence a runtime folder directly under /tmp.
    with tempfile.TemporaryDirectory(dir='/tmp') as sockets, tempfile.TemporaryDirectory() as temp:
        work, scratch = Path(temp, 'work'), Path(temp, 'tmp')
        work.mkdir()
        scratch.mkdir()
        environment = {
            'OMP_NUM_THREADS': str(threads),
            'MKL_NUM_THREADS': str(threads),
            'TMPDIR': str(scratch),
            'JUPYTER_RUNTIME_DIR': sockets,
            'JUPYTER_PREFER_ENV_PATH': '1',
            'IPYTHONDIR': str(Path(temp, 'ipython')),
            'TORCHINDUCTOR_CACHE_DIR': str(Path(temp, 'inductor')),
            'PYTHONHASHSEED': '0',
            'OUTPUT_LIMIT': str(LIMIT),
        }
        receiver, sender = context.Pipe(duplex=False)
        arguments = (sender, root, environment, section.notebook, section.timeout, runner)
        worker = context.Process(target=_work, args=arguments, daemon=True)
        worker.start()
        sender.close()
        cell_id = None
        try:
            while isinstance(message := receiver.recv(), str):
                cell_id = message
                show(cell_id)
            run = message
            if run.message and not run.cell_id:
                run.cell_id = cell_id
        except (EOFError, OSError):
            worker.join()
            run = Run(cell_id=cell_id, message=_death(worker.exitcode))
        receiver.close()
        worker.join()
        lingering = end_processes(temp)
        leftovers = sorted(p.name for folder in (work, scratch) for p in folder.iterdir())
        if lingering and not run.message:
            names = '、'.join(lingering)
            run.message = f'执行后还有进程在运行，已经结束它们：{names}；应当在单元格里等它们结束'
        elif leftovers and not run.message:
            run.message = f'执行后留下了文件：{"、".join(leftovers)}；应当写在临时目录里'
        return run


def _death(exitcode: int) -> str:
    if exitcode < 0:
        name = signal.Signals(-exitcode).name
        return f'执行这一节的进程被{name}杀死了；内存不足时会这样，可以用JOBS=1再试'
    return f'执行这一节的进程意外退出了（退出码{exitcode}），详见_build/kernels.log'


def end_processes(folder: str) -> list[str]:
    """End what still runs with its IPython folder in ``folder``: a kernel and all it started.

    Returns
    -------
    list of str
        Names of the processes that did not end by themselves.
    """
    found = []
    for process in psutil.process_iter(['name']):
        with contextlib.suppress(psutil.Error, OSError):
            if process.environ().get('IPYTHONDIR', '').startswith(f'{folder}/'):
                found.append(process)
    _, alive = psutil.wait_procs(found, PATIENCE)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, PATIENCE)
    return sorted(process.info['name'] for process in alive)


def _collect(root: Path, section: Section, run: Run, provenance: dict, results) -> None:
    """Store a run: in the cache, or under ``_build/failed``."""
    failed = root / '_build/failed' / provenance['runner'] / f'{section.name}.ipynb'
    if run.message is not None:
        line = section.line(run.cell_id, run.offset) if run.cell_id else None
        results.faults.append(section.fault(line, run.message))
        if run.notebook is not None:
            write_notebook(run.notebook, failed)
        return
    run.notebook.metadata.run = provenance | {
        'executed_at': _now().isoformat(timespec='seconds'),
        'source_hash': section.source_hash,
        'asserts': run.asserts,
    }
    notebook = merge(section, run.notebook)
    _store(notebook, _cache_path(root, section, provenance['runner']))
    results.notebooks[section.name] = notebook
    results.executed.append(section.name)
    failed.unlink(missing_ok=True)


def _now() -> datetime:
    """The time, or what SOURCE_DATE_EPOCH says it is (reproducible-builds.org), in UTC."""
    epoch = os.environ.get('SOURCE_DATE_EPOCH', '')
    if not epoch:
        return datetime.now(timezone.utc)
    if not epoch.isdecimal():
        raise BookError(f'SOURCE_DATE_EPOCH应当是1970年以来的秒数，现在是{epoch!r}')
    return datetime.fromtimestamp(int(epoch), timezone.utc)


def _work(sender, root: Path, environment, notebook, timeout: float, runner: str) -> None:
    """In a worker: execute a notebook, send the ids of its cells as they start, then the run.

    SIGTERM ends the worker and its kernel, Ctrl-C is left to the parent to pass on; a worker
    whose parent was killed ends too. What kernels print to the terminal is logged.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGINT, lambda *_: None)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with (root / '_build/kernels.log').open('a') as log:
        os.dup2(log.fileno(), 1)
        os.dup2(log.fileno(), 2)
    os.environ.update(environment)
    temp = Path(environment['IPYTHONDIR']).parent
    try:
        run = _run(notebook, timeout, runner, temp, sender.send)
    except OSError as error:
        run = Run(message=explain(error))
    except Exception as error:  # papermill, nbclient and the start of a kernel raise this and that
        run = Run(message=f'执行不了：{type(error).__name__}: {error}'.split('\n')[0])
    sender.send(run)


def _end_with_parent() -> None:
    multiprocessing.parent_process().join()
    os.kill(os.getpid(), signal.SIGTERM)


def _run(notebook: NotebookNode, timeout: float, runner: str, temp: Path, show: Callable) -> Run:
    import papermill
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    run = Run()

    def on_cell_start(cell, **_):
        is_ours = has_tag(cell, 'injected-parameters') or cell.id == REPORT
        if cell.cell_type == 'code' and not is_ours:
            run.cell_id = cell.id
            show(cell.id)

    output = temp / 'executed.ipynb'
    startup = temp / 'ipython/profile_default/startup'
    startup.mkdir(parents=True)
    shutil.copy(Path(__file__).with_name('startup.py'), startup)
    try:
        papermill.execute_notebook(
            _with_report(notebook),
            output,
            {'device': runner},
            cwd=temp / 'work',
            progress_bar=False,
            execution_timeout=timeout,
            config=Config({'KernelManager': {'transport': 'ipc'}}),
            on_cell_start=on_cell_start,
        )
    except PapermillExecutionError as error:
        run.message = f'{error.ename}: {error.evalue}'.strip().split('\n')[0]
        run.offset = _failing_line(error.traceback)
    except CellTimeoutError:
        run.message = f'单元格超过了{timeout:g}秒的时限'
    except DeadKernelError:
        run.message = '内核在执行这个单元格时退出了'
    if output.exists():
        run.notebook = nbformat.read(output, as_version=4)
        for cell in run.notebook.cells:
            if cell.cell_type == 'code':
                cell.outputs = _merge_streams(cell.outputs)
    if run.message is None:
        run.asserts = _take_report(run.notebook)
        run.cell_id = _talkative(run.notebook)
        run.message = run.cell_id and f'单元格输出的文字超过了{LIMIT}个字符'
    return run


def _merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """All of stdout as one output, all of stderr as one, stdout first where they are adjacent.

    So that outputs do not depend on when the kernel flushed. The ``coalesce_streams`` of
    nbclient takes a time quadratic in the length of a line.
    """
    merged, streams = [], {}
    for output in outputs:
        if output.output_type == 'stream' and output.name in streams:
            streams[output.name].text += output.text
            continue
        if output.output_type == 'stream':
            streams[output.name] = output
        merged.append(output)
    for output in streams.values():
        output.text = WIPED.sub('', output.text)
    names = [output.get('name') for output in merged]
    if 'stdout' in names and names[max(0, names.index('stdout') - 1)] == 'stderr':
        place = names.index('stdout')
        merged[place - 1 : place + 1] = merged[place], merged[place - 1]
    return merged


def _talkative(notebook: NotebookNode) -> str | None:
    """Id of the first cell with more text among its outputs than a cell may print."""
    for cell in notebook.cells:
        outputs = cell.outputs if cell.cell_type == 'code' else []
        texts = [output.get('text') or output.get('data', {}).get('text/plain', '')
                 for output in outputs]  # fmt: skip
        if sum(map(len, texts)) > LIMIT:
            return cell.id
    return None


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
