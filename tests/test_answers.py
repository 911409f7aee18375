"""Answers other than the book's: every right one passes the check, every wrong one is refused.

``tests/answers/<chapter>/<label>.py`` holds them as cells in the percent format: tagged ``right``,
or ``wrong`` with ``raises``, a part of what the check must say; with ``cuda`` as well where only
CUDA shows what is wrong.
"""

import dataclasses
import multiprocessing
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import jupytext
import pytest

from pipeline.book import has_tag
from tests.conftest import BOOK, ROOT
from tests.grading import grade, solution_cells
from tests.imitation import H200, NOT_IMITATED, imitated_cuda

ANSWERS = ROOT / 'tests/answers'
SECTIONS = BOOK.sections
EXERCISES = {
    exercise.label: (section, exercise) for section in SECTIONS for exercise in section.exercises
}


def answers_of(label: str, section) -> list:
    path = ANSWERS / Path(section.name).parent / f'{label}.py'
    cells = jupytext.read(path).cells if path.exists() else []
    return [cell for cell in cells if cell.cell_type == 'code' and cell.source.strip()]


CASES = [
    pytest.param(label, answer, id=f'{label}-{answer.metadata.tags[0]}-{answer.metadata.title}')
    for label, (section, _) in EXERCISES.items()
    for answer in answers_of(label, section)
]
SLEEPING = ['ex-5-6-1', 'ex-5-6-4']  # their checks sleep more than they work
SLOW = dataclasses.replace(H200, rate=1e12)  # next to its products all else takes no time


def judge(label, answer) -> None:
    error = grade(*EXERCISES[label], answer.source)
    if has_tag(answer, 'right') or has_tag(answer, 'cuda'):
        assert error == ''
    else:
        assert answer.metadata['raises'], 'say which sentence must refuse it'
        assert answer.metadata['raises'] in error


def judge_on_cuda(label, answer) -> None:
    with imitated_cuda(SLOW, count=2):
        error = grade(*EXERCISES[label], answer.source)
    if has_tag(answer, 'cuda'):
        assert answer.metadata['raises'] in error
    else:  # CUDA may refuse a wrong one before the check says what is wrong
        assert (error == '') == has_tag(answer, 'right'), error


def cases_but(apart) -> list:
    return [case for case in CASES if case.values[0] not in apart]


@pytest.mark.parametrize(('label', 'answer'), cases_but(SLEEPING))
def test_check_judges_answers_other_than_ours(label, answer):
    judge(label, answer)


def cases_for_cuda() -> list:
    """All that are right or tagged ``cuda``, and a few wrong ones of each exercise."""
    kept, wrong = [], Counter()
    for case in cases_but([*SLEEPING, *NOT_IMITATED]):
        label, answer = case.values
        wrong[label] += has_tag(answer, 'wrong')
        if not has_tag(answer, 'wrong') or has_tag(answer, 'cuda') or wrong[label] <= 3:
            kept.append(case)
    return kept


@pytest.mark.filterwarnings('ignore')
@pytest.mark.parametrize(('label', 'answer'), cases_for_cuda())
def test_check_judges_on_cuda_as_on_the_cpu(label, answer):
    judge_on_cuda(label, answer)


@pytest.mark.filterwarnings('ignore')  # of Python, that to fork is bold
@pytest.mark.parametrize('judge_one', [judge, judge_on_cuda])
@pytest.mark.parametrize('label', SLEEPING)
@pytest.mark.slow
def test_check_that_sleeps_judges_answers_side_by_side(label, judge_one):
    answers = answers_of(label, EXERCISES[label][0])
    context = multiprocessing.get_context('fork' if sys.platform == 'linux' else None)
    with ProcessPoolExecutor(8, context) as pool:
        verdicts = [pool.submit(judge_one, label, answer) for answer in answers]
    errors = {a.metadata.title: v.exception() for a, v in zip(answers, verdicts, strict=True)}
    assert {title: error for title, error in errors.items() if error} == {}


@pytest.mark.parametrize('label', EXERCISES)
def test_each_exercise_has_enough_answers(label):
    section, _ = EXERCISES[label]
    answers = answers_of(label, section)
    assert sum(has_tag(answer, 'right') for answer in answers) >= 3
    assert sum(has_tag(answer, 'wrong') and not has_tag(answer, 'cuda') for answer in answers) >= 5


@pytest.mark.parametrize('label', EXERCISES)
def test_the_books_own_answer_passes_alone(label):
    section, exercise = EXERCISES[label]
    answer = '\n\n'.join(cell.source for cell in solution_cells(exercise))
    assert grade(section, exercise, answer) == ''


def test_no_answers_lie_around_without_an_exercise():
    assert {path.stem for path in ANSWERS.rglob('*.py')} <= set(EXERCISES)
