"""Keep runs on CUDA as notebooks under ``results/cuda``: the site shows them without a GPU.

A record is written by ``make cuda`` alone. It carries its provenance and a digest of its cells
in ``metadata.run``; one that does not match its digest has been edited and is refused.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from pipeline.check import active_content
from pipeline.execute import digest, write_notebook
from pipeline.faults import Fault
from pipeline.read import Section

FOLDER = Path('results/cuda')


@dataclass
class Record:
    """A stored run, and whether the section's code is still what ran then."""

    notebook: NotebookNode
    is_current: bool


def write_record(root: Path, section: Section, executed: NotebookNode) -> Path:
    """Store an executed notebook; returns its path relative to ``root``."""
    path = FOLDER / f'{section.name}.ipynb'
    record = nbformat.from_dict(json.loads(json.dumps(executed)))
    record.metadata.pop('source_map', None)
    record.metadata.run.digest = digest(record)
    write_notebook(record, root / path)
    return path


def read_record(root: Path, section: Section) -> Record | Fault | None:
    """The section's record, None where there is none, a fault where it cannot be trusted."""
    path = FOLDER / f'{section.name}.ipynb'
    if not (root / path).exists():
        return None
    try:
        notebook = nbformat.read(root / path, as_version=4)
        run = notebook.metadata.run
        written, source_hash = run.digest, run.source_hash
    except Exception:  # damage can break any of these
        return Fault(path, '这份CUDA记录读不了；删去它，或用make cuda重新生成')
    if written != digest(notebook):
        return Fault(path, '这份CUDA记录被改动过；记录只能由make cuda写')
    outputs = [o for cell in notebook.cells for o in cell.get('outputs', [])]
    if run.runner != 'cuda' or any(o.output_type == 'error' for o in outputs):
        return Fault(path, '这份CUDA记录里有出错的输出，或不是在CUDA上运行的；用make cuda重新生成')
    if any(active_content(cell) for cell in notebook.cells if cell.cell_type == 'code'):
        return Fault(path, '这份CUDA记录的输出里有会在读者的浏览器里运行的内容，应当去掉')
    return Record(notebook, source_hash == section.source_hash)
