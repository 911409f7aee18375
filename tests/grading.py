"""Grade an answer as a reader would meet it: the section's first cells, the answer, the check."""

import contextlib
import io

from nbformat import NotebookNode

from pipeline.book import Exercise, Section, has_tag


def setup_cells(section: Section) -> list[NotebookNode]:
    """The code cells before the first exercise."""
    first = section.line(section.exercises[0].cells[0].id)
    return [cell for cell in section.code_cells if section.line(cell.id) < first]


def solution_cells(exercise: Exercise) -> list[NotebookNode]:
    return [cell for cell in exercise.cells if has_tag(cell, 'solution')]


def grade(section: Section, exercise: Exercise, answer: str) -> str:
    """Run an answer between the section's first cells and the check; '' or the error."""
    names = {'__name__': '__main__'}
    with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        for cell in setup_cells(section):
            exec(cell.source, names)
        try:
            exec(answer, names)
            for cell in exercise.cells:
                if has_tag(cell, 'check'):
                    exec(cell.source, names)
        except Exception as error:
            return f'{type(error).__name__}: {error}'
    return ''
