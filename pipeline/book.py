"""What the chapters become when they are read: a book of sections with exercises, plain data."""

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from nbformat import NotebookNode

from pipeline.faults import Fault

CHAPTERS = 'chapters'
# As the kernel itself says it: so JupyterLab opens a notebook without changing it.
KERNEL = {'display_name': 'Python 3 (ipykernel)', 'language': 'python', 'name': 'python3'}
TIMEOUT = 120  # seconds a cell may take unless the section's header says otherwise


@dataclass(frozen=True)
class Exercise:
    """An exercise: ``label`` ('ex-5-1-1'), heading, 1-based ``line``, code cells."""

    label: str
    heading: str
    line: int
    cells: list[NotebookNode] = field(default_factory=list)

    @property
    def number(self) -> str:
        return self.label.removeprefix('ex-').replace('-', '.')

    @property
    def title(self) -> str:
        return self.heading.removeprefix(self.number).strip()

    @property
    def solutions(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if has_tag(cell, 'solution')]

    @property
    def checks(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if has_tag(cell, 'check')]


@dataclass(frozen=True)
class Expected:
    """A ``{testoutput}`` block: its text, and its first and last line in the chapter (1-based)."""

    text: str
    first: int
    last: int


@dataclass
class Section:
    """One executable section of the book."""

    path: Path  # of the MyST file, relative to the root of the book
    title: str
    notebook: NotebookNode  # without outputs; metadata.source_map: each cell's 0-based first line
    exercises: list[Exercise] = field(default_factory=list)
    expected: dict[str, Expected] = field(default_factory=dict)  # by the id of the cell above
    timeout: float = TIMEOUT  # seconds a cell may take
    exclusive: bool = False  # whether it runs alone, because it measures time
    show: str = 'cpu'  # 'cuda': its page shows its CUDA record where there is a current one

    @property
    def name(self) -> str:
        """Path without folder of chapters and suffix, e.g. 'ch05/01-layers-and-blocks'."""
        return self.path.relative_to(CHAPTERS).with_suffix('').as_posix()

    @property
    def number(self) -> str:
        """'5.1' of the title '5.1 层和块'."""
        return self.title.split()[0]

    @property
    def code_cells(self) -> list[NotebookNode]:
        return code_cells(self.notebook)

    @property
    def setup_cells(self) -> list[NotebookNode]:
        """The code cells before the first exercise."""
        return [cell for cell in self.code_cells if not self.exercise(self.line(cell.id))]

    @property
    def source_hash(self) -> str:
        """Fingerprint of the code; prose does not count."""
        sources = [cell.source for cell in self.code_cells]
        return hashlib.sha256(json.dumps(sources).encode()).hexdigest()

    def line(self, cell_id: str, offset: int = 0) -> int:
        """1-based line in the chapter of the ``offset``-th line (from 0) of a cell."""
        ids = [cell.id for cell in self.notebook.cells]
        return self.notebook.metadata.source_map[ids.index(cell_id)] + 1 + offset

    def exercise(self, line: int) -> Exercise | None:
        """The exercise that a line of the chapter belongs to."""
        before = [exercise for exercise in self.exercises if exercise.line <= line]
        return before[-1] if before else None

    def fault(self, line: int | None, message: str) -> Fault:
        """A fault on a line of the chapter, with the exercise that the line belongs to."""
        exercise = self.exercise(line or 0)
        return Fault(self.path, message, line, exercise.number if exercise else '')


@dataclass
class Book:
    """What was read: the sections, the plain pages (relative paths), and what is wrong."""

    sections: list[Section] = field(default_factory=list)
    pages: list[Path] = field(default_factory=list)
    faults: list[Fault | str] = field(default_factory=list)


def has_tag(cell: NotebookNode, tag: str) -> bool:
    return tag in cell.metadata.get('tags', [])


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == 'code']


def text_cell(source: str, cell_id: str) -> NotebookNode:
    """A Markdown cell; nbformat's own function would validate each, which takes longest of all."""
    return NotebookNode(cell_type='markdown', id=cell_id, metadata=NotebookNode(), source=source)
