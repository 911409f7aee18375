"""What can be wrong with a book, as sentences for its author."""

import errno
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Fault:
    """One thing an author has to mend.

    Attributes
    ----------
    path
        The file to open, relative to the root of the book.
    message
        What is wrong and what to do, in Chinese.
    line
        1-based line in ``path``; None where the fault is the file as a whole.
    exercise
        Number of the exercise around it ('5.1.1'), '' outside of exercises.
    """

    path: Path
    message: str
    line: int | None = None
    exercise: str = ''

    def __str__(self) -> str:
        place = str(self.path) if self.line is None else f'{self.path}:{self.line}'
        exercise = f'（练习{self.exercise}）' if self.exercise else ''
        return f'{place}{exercise}：{self.message}'


class BookError(Exception):
    """The book cannot be built; ``faults`` says why."""

    def __init__(self, *faults: Fault | str):
        super().__init__('\n'.join(map(str, faults)))
        self.faults = faults


FULL = [os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)]


def explain(error: OSError | str) -> str:
    """A sentence for what the system refused; a program's own output will do as well."""
    if any(reason in str(error) for reason in FULL):
        return '磁盘满了，或超出了配额：腾出空间后再运行一次'
    if isinstance(error, PermissionError):
        return f'没有权限读写{error.filename}'
    return f'读写文件时出错：{error}'
