"""Turn executed notebooks into files and back: a cache by content, records of CUDA by name.

A result in the cache is named by the hash of all that could change it: code, runner, Python, the
pinned packages and the way to execute. Plain files, so that two caches merge by copying. A record
is written by ``make cuda`` alone; a digest in its ``metadata.run`` tells when it has been edited.
"""

import copy
import hashlib
import json
import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from pipeline.book import Section, code_cells, has_tag
from pipeline.check import forbidden
from pipeline.faults import BookError, Fault
from pipeline.machine import version

CACHE = Path('_build/cache')
RECORDS = Path('results/cuda')
PINS = ('requirements.txt', 'constraints.txt')
HOW = ('execute.py', 'kernels.py', 'fork.py', 'startup.py')
KEPT = 30 * 24 * 3600  # seconds that an unused result stays in the cache


@dataclass
class Record:
    """A stored run on CUDA, and whether the section's code is still what ran then."""

    notebook: NotebookNode
    is_current: bool


def cache_path(root: Path, section: Section, runner: str) -> Path:
    """Where the result of executing this code in this way is, or would be."""
    pins = [(root / name).read_text('utf-8') for name in PINS if (root / name).exists()]
    how = [Path(__file__).with_name(name).read_text('utf-8') for name in HOW]
    code = [[c.source, has_tag(c, 'raises-exception')] for c in section.code_cells]
    content = [code, runner, platform.python_version(), version('torch'), pins, how]
    return root / CACHE / f'{_hash(content)}.ipynb'


def load(path: Path) -> NotebookNode | None:
    """A result from the cache; one that cannot be read counts as none."""
    try:
        notebook = nbformat.v4.reads(path.read_text('utf-8'))
        os.utime(path)  # it is used
        return notebook if notebook.metadata.run and notebook.cells else None
    except (OSError, ValueError, AttributeError, TypeError):
        return None


def prune(root: Path) -> None:
    """Drop from the cache what no build has used for long."""
    for path in (root / CACHE).glob('*.ipynb'):
        if path.stat().st_mtime < time.time() - KEPT:
            path.unlink()


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    replace(path, (nbformat.v4.writes(notebook) + '\n').encode())


def replace(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; not where it says the same already."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix('.part')
    part.write_bytes(content)
    part.replace(path)


def merge(section: Section, executed: NotebookNode) -> NotebookNode:
    """The section's present prose with the outputs and provenance of a run of the same code."""
    notebook = copy.deepcopy(section.notebook)
    ran = {cell.id: cell for cell in code_cells(executed)}
    for cell in code_cells(notebook):
        cell.outputs = ran[cell.id].outputs
        cell.execution_count = ran[cell.id].execution_count
    notebook.metadata.run = executed.metadata.run
    return notebook


def write_record(root: Path, section: Section, executed: NotebookNode) -> Path:
    """Store a run on CUDA; returns its path relative to ``root``."""
    path = RECORDS / f'{section.name}.ipynb'
    record = copy.deepcopy(executed)
    record.metadata.pop('source_map', None)
    record.metadata.run.digest = _digest(record)
    write_notebook(record, root / path)
    return path


def read_records(root: Path, sections: list[Section]) -> dict[str, Record]:
    """The records of the sections that have one, by name; raises for those not to be trusted."""
    records, faults = {}, []
    for section in sections:
        path = RECORDS / f'{section.name}.ipynb'
        if (root / path).exists():
            try:
                notebook = nbformat.read(root / path, as_version=4)
                is_current = notebook.metadata.run.source_hash == section.source_hash
                message = _distrust(notebook)
            except Exception:  # damage can break any of these
                message = '读不了；删去它，或用make cuda重新生成'
            if message:
                faults.append(Fault(path, f'这份CUDA记录{message}'))
            else:
                records[section.name] = Record(notebook, is_current)
    if faults:
        raise BookError(*faults)
    return records


def _distrust(record: NotebookNode) -> str:
    """Why a record is refused; '' where it is not."""
    if record.metadata.run.digest != _digest(record):
        return '被改动过；记录只能由make cuda写'
    cells = code_cells(record)
    if record.metadata.run.runner != 'cuda' or 'error' in {
        output.output_type for cell in cells for output in cell.outputs
    }:
        return '里有出错的输出，或不是在CUDA上运行的；用make cuda重新生成'
    return '的输出里有会在读者的浏览器里运行的内容' if any(map(forbidden, cells)) else ''


def _digest(notebook: NotebookNode) -> str:
    """Hash of the cells and of all provenance but a digest itself."""
    run = {key: value for key, value in notebook.metadata.run.items() if key != 'digest'}
    return _hash([notebook.cells, run])


def _hash(content: list) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
