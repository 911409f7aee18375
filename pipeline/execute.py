"""Turn sections into executed notebooks: papermill's engine in threads, what is cached excepted."""

import contextlib
import copy
import logging
import os
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from nbformat import NotebookNode

from pipeline import store
from pipeline.book import Section, has_tag
from pipeline.faults import BookError, Fault, first_line

RUNNERS = ('cpu', 'cuda')
LIMIT = 100_000  # characters of text that a cell may show
ANSI = re.compile(r'\x1b\[[0-9;]*m')
WIPED = re.compile(r'^.*\r(?=[^\n])', re.MULTILINE)  # what a carriage return overwrites


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


def execute(
    root: Path,
    sections: list[Section],
    runner: str,
    jobs: int,
    meanwhile: Callable[[], object] = lambda: None,
) -> Results:
    """Execute every section whose result is not in the cache; all are tried.

    Sections run ``jobs`` at a time, on one thread each, so that parallel kernels do not
    fight and results do not depend on ``jobs``; ``exclusive`` ones run alone, on all cores.
    ``meanwhile`` is called while the others run.

    Raises
    ------
    BookError
        When the runner is unknown or needs CUDA where there is none.
    """
    provenance = describe_runner(runner)
    results, missing = Results(), []
    for section in sections:
        notebook = store.load(store.cache_path(root, section, runner))
        if notebook is None:
            missing.append(section)
        else:
            results.notebooks[section.name] = store.merge(section, notebook)
    if missing:
        _execute_all(root, missing, provenance, jobs, meanwhile, results)
    for section in sections:
        if section.name in results.notebooks:
            path = root / '_build/executed' / runner / f'{section.name}.ipynb'
            store.write_notebook(results.notebooks[section.name], path)
    return results


def not_cached(root: Path, sections: list[Section], runner: str) -> list[str]:
    """Names of the sections without a result in the cache."""
    return [s.name for s in sections if store.load(store.cache_path(root, s, runner)) is None]


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
        return provenance | {'device': _cpu_name(), 'torch': store.version('torch')}
    probe = (
        'import torch; assert torch.cuda.is_available(); print(torch.cuda.get_device_name(), '
        'torch.cuda.device_count(), torch.__version__, torch.version.cuda, sep="\\n")'
    )
    found = _output(sys.executable, '-c', probe).split('\n')
    if len(found) != 4:
        raise BookError(
            '这台机器上的torch找不到CUDA设备：make cuda与RUNNER=cuda都需要它；不带RUNNER=即在CPU上运行'
        )
    driver = _output('nvidia-smi', '--query-gpu=driver_version', '--format=csv,noheader')
    device, count, torch, cuda = found
    return provenance | {
        'device': device, 'count': int(count), 'torch': torch, 'cuda': cuda,
        'driver': driver.split('\n')[0],
    }  # fmt: skip


def _output(*command: str) -> str:
    """What a command prints, '' where it is not there or fails."""
    with contextlib.suppress(OSError):
        done = subprocess.run(command, capture_output=True, encoding='utf-8', errors='replace')
        return '' if done.returncode else done.stdout.strip()
    return ''


def _cpu_name() -> str:
    name = ''
    if platform.system() == 'Darwin':
        name = _output('sysctl', '-n', 'machdep.cpu.brand_string')
    with contextlib.suppress(OSError):
        text = Path('/proc/cpuinfo').read_text('utf-8')
        name = ''.join(re.findall(r'model name\s*:\s*(.+)', text)[:1]).strip()
    return name or platform.machine()


def _execute_all(root, missing, provenance, jobs, meanwhile, results: Results) -> None:
    """Execute sections, the longest first, under a bar that says where each is."""
    from tqdm import tqdm

    from pipeline.kernels import Kernels, common_imports

    log = root / '_build/kernels.log'
    log.parent.mkdir(exist_ok=True)
    logging.basicConfig(filename=log, encoding='utf-8')  # nbclient would tell the terminal
    can_fork = sys.platform == 'linux' and provenance['runner'] == 'cpu'
    missing = sorted(missing, key=lambda s: -sum(len(c.source) for c in s.code_cells))
    batches = [[s for s in missing if not s.exclusive], *([s] for s in missing if s.exclusive)]
    cells = {section.name: 0 for section in missing}  # that have started
    with (
        tqdm(total=sum(len(s.code_cells) for s in missing), unit='格') as bar,
        Kernels(log, common_imports(missing) if can_fork else None) as kernels,
        ThreadPoolExecutor(1) as aside,
        ThreadPoolExecutor(jobs) as pool,
    ):
        other = aside.submit(meanwhile)
        try:
            for batch in filter(None, batches):
                if batch[0].exclusive:
                    other.result()
                threads = cores() if batch[0].exclusive else 1
                futures = {
                    pool.submit(_attempt, root, s, kernels, provenance, threads, cells): s
                    for s in batch
                }
                pending = set(futures)
                while pending:
                    done, pending = wait(pending, timeout=0.3)
                    for future in done:
                        _collect(futures[future], future.result(), results)
                    _show(bar, cells, [futures[future] for future in pending])
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            kernels.end()
            raise


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count()


def _show(bar, cells: dict[str, int], running: list[Section]) -> None:
    before = bar.n, bar.postfix
    names = [f'{s.number}第{cells[s.name]}格' for s in running if cells[s.name]]
    bar.set_postfix_str('，'.join(names), refresh=False)
    bar.n = sum(cells.values())
    if (bar.n, bar.postfix) != before:
        bar.refresh()


def _attempt(root, section: Section, kernels, provenance, threads, cells) -> NotebookNode | Failure:
    """Execute a section and store what came of it: in the cache, or under ``_build/failed``."""
    runner = provenance['runner']
    failed = root / '_build/failed' / runner / f'{section.name}.ipynb'
    notebook = copy.deepcopy(section.notebook)
    try:
        asserts = _run(notebook, section, kernels, runner, threads, cells)
    except Failure as failure:
        store.write_notebook(notebook, failed)
        return failure
    notebook.metadata.run = provenance | {
        'executed_at': _now().isoformat(timespec='seconds'),
        'source_hash': section.source_hash,
        'asserts': asserts,
    }
    notebook = store.merge(section, notebook)
    store.write_notebook(notebook, store.cache_path(root, section, runner))
    failed.unlink(missing_ok=True)
    return notebook


def _collect(section: Section, outcome: NotebookNode | Failure, results: Results) -> None:
    if isinstance(outcome, Failure):
        line = section.line(outcome.cell_id, outcome.offset) if outcome.cell_id else None
        results.faults.append(section.fault(line, outcome.message))
    else:
        results.notebooks[section.name] = outcome
        results.executed.append(section.name)


def _now() -> datetime:
    """The time, or what SOURCE_DATE_EPOCH says it is (reproducible-builds.org), in UTC."""
    epoch = os.environ.get('SOURCE_DATE_EPOCH')
    now = datetime.now(timezone.utc)
    return datetime.fromtimestamp(int(epoch), timezone.utc) if epoch else now


def _run(notebook: NotebookNode, section, kernels, runner, threads, cells) -> dict[str, int]:
    """Execute a section in a kernel and an empty folder of its own.

    ``notebook`` receives the outputs.

    Returns
    -------
    dict of str to int
        Number of the assert statements that ran, by cell id.
    """
    from nbclient.exceptions import CellTimeoutError, DeadKernelError
    from papermill.engines import NBClientEngine
    from papermill.parameterize import parameterize_notebook
    from traitlets.config import Config

    from pipeline.kernels import end_processes, environment, short_folder

    asserts, last = {}, None

    def on_cell_start(cell, **_):
        nonlocal last
        if cell.cell_type == 'code' and cell.id in ids:
            last = cell.id
            cells[section.name] += 1

    def on_cell_executed(cell, execute_reply, **_):
        for payload in execute_reply['content'].get('payload', []):
            if payload['source'] == 'asserts' and not has_tag(cell, 'raises-exception'):
                asserts[cell.id] = payload['count']

    with short_folder() as temp:
        work, scratch = Path(temp, 'work'), Path(temp, 'tmp')
        work.mkdir()
        scratch.mkdir()
        env = environment() | {
            'OMP_NUM_THREADS': str(threads),
            'MKL_NUM_THREADS': str(threads),
            'TMPDIR': str(scratch),
            'IPYTHONDIR': f'{temp}/ipython',
            'TORCHINDUCTOR_CACHE_DIR': f'{temp}/inductor',
        }
        manager = kernels.manager(work, env)
        ids = {cell.id for cell in section.code_cells}
        notebook.metadata.papermill = NotebookNode()
        for cell in notebook.cells:
            cell.metadata.setdefault('tags', [])
        try:
            parameterize_notebook(notebook, {'device': runner})
            NBClientEngine.execute_notebook(
                notebook,
                'python3',
                progress_bar=False,
                execution_timeout=section.timeout,
                kernel_manager_class=manager,
                config=Config(
                    {
                        'KernelManager': {
                            'transport': 'ipc',
                            'connection_file': f'{temp}/kernel.json',
                        }
                    }
                ),
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
            leftovers = sorted(p.name for folder in (work, scratch) for p in folder.iterdir())
        _refuse(notebook, lingering, leftovers)
    return {cell_id: count for cell_id, count in asserts.items() if count}


def _refuse(notebook: NotebookNode, lingering: list[str], leftovers: list[str]) -> None:
    """Raise for what a section may not do, though nbclient came to its end."""
    for cell in notebook.cells:
        if cell.cell_type == 'code':
            cell.outputs = _merge_streams(cell.outputs)
            if cell.metadata.papermill.get('exception'):
                raise _failure(cell)
            texts = [o.get('text') or o.get('data', {}).get('text/plain', '') for o in cell.outputs]
            if sum(map(len, texts)) > LIMIT:
                raise Failure(f'单元格输出的文字超过了{LIMIT}个字符', cell.id)
    if lingering:
        names = '、'.join(lingering)
        raise Failure(f'执行后还有进程在运行，已经结束它们：{names}；应当在单元格里等它们结束')
    if leftovers:
        raise Failure(f'执行后留下了文件：{"、".join(leftovers)}；应当写在临时目录里')


def _failure(cell: NotebookNode) -> Failure:
    """What a cell raised, and on which of its lines, from IPython's traceback."""
    errors = [output for output in cell.outputs if output.output_type == 'error']
    if not errors:
        return Failure('单元格没有执行完', cell.id)
    text = ANSI.sub('', '\n'.join(errors[-1].traceback))
    match = re.search(r'Cell In\[\d+\], line (\d+)', text)
    message = f'{errors[-1].ename}: {errors[-1].evalue}'.strip().split('\n')[0]
    return Failure(message, cell.id, int(match[1]) - 1 if match else 0)


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
