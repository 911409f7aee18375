"""Turn what is wrong with a book into sentences for its author: what to open, where, what to do."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """One thing to mend: a file of the book, what to do there, and where that is known, its line.

    ``exercise`` is the number of the exercise around it ('5.1.1').
    """

    path: Path
    message: str
    line: int | None = None
    exercise: str = ''

    def __str__(self) -> str:
        place = f'{self.path}:{self.line}' if self.line else f'{self.path}'
        exercise = f'（练习{self.exercise}）' if self.exercise else ''
        return f'{place}{exercise}：{self.message}'


class BookError(Exception):
    """The book cannot be built; ``faults`` says why."""

    def __init__(self, *faults: Fault | str):
        super().__init__('\n'.join(map(str, faults)))
        self.faults = faults


def first_line(error: Exception) -> str:
    """The first line of what an exception says, or its name where it says nothing."""
    return str(error).strip().split('\n')[0] or type(error).__name__
