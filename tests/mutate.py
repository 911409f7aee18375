"""Do the checks check? Break the book's answers in small ways and count what the checks refuse.

Run as ``make mutate``. A change that the check accepts is a gap in the check, or else
``tests/equivalents.yml`` says why it is no fault. Tools like mutmut and cosmic-ray change modules
and run test suites; here the code and its check are cells of a chapter.
"""

import multiprocessing
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from tqdm import tqdm

from pipeline.book import Exercise, Section
from pipeline.read import read_book
from tests.conftest import ROOT
from tests.grading import grade, setup_cells, solution_cells
from tests.mutants import mutants

EQUIVALENTS = ROOT / 'tests/equivalents.yml'
GOAL = 0.95  # share of the changes, equivalent ones aside, that the checks must refuse
LIMIT = 60  # seconds that a check may take


@dataclass
class Report:
    """How many changes of an answer met which end, and what a person should look at."""

    ends: Counter
    notes: list[str]


def main(label: str = '') -> None:
    """Break one exercise's answer, or all; end non-zero when the checks accept too much."""
    os.environ['CUDA_VISIBLE_DEVICES'] = ''  # CUDA does not survive a fork
    os.environ['OMP_NUM_THREADS'] = '1'
    cases = [(s, e) for s in read_book(ROOT).sections for e in s.exercises]
    cases = [(s, e) for s, e in cases if label in ('', e.label)]
    if not cases:
        sys.exit(f'没有练习{label}；名字像ex-5-4-1')
    equivalents = yaml.safe_load(EQUIVALENTS.read_text('utf-8'))
    reports = {}
    with tqdm(total=sum(len(list(broken(*case))) for case in cases), unit='处') as bar:
        for section, exercise in cases:
            bar.set_description(exercise.number)
            listed = equivalents.get(exercise.label, [])
            reports[exercise.number] = judge(section, exercise, listed, bar)
    sys.exit(summary(reports))


def broken(section: Section, exercise: Exercise) -> Iterator[tuple[str, int, str]]:
    """Each broken answer of an exercise, its changed line in the chapter, and the change."""
    cells = solution_cells(exercise)
    for i, cell in enumerate(cells):
        for mutant in mutants(cell.source):
            sources = [c.source for c in cells]
            sources[i] = mutant.source
            yield '\n\n'.join(sources), section.line(cell.id, mutant.line - 1), mutant.change


def judge(section: Section, exercise: Exercise, equivalents: list[dict], bar: tqdm) -> Report:
    """Run an exercise's check on each of its broken answers."""
    # for its imports, which the processes of the checks inherit
    exec('\n'.join(cell.source for cell in setup_cells(section)), {'__name__': '__main__'})
    own = '\n\n'.join(cell.source for cell in solution_cells(exercise))
    if verdict(section, exercise, own) != 'accepted':
        sys.exit(f'{section.path}：练习{exercise.number}自己的答案没有通过检查')
    report = Report(Counter(), [])
    listed = {change.strip() for entry in equivalents for change in entry['changes']}
    unused = set(listed)
    for answer, line, change in broken(section, exercise):
        end = verdict(section, exercise, answer)
        if end == 'accepted' and change in listed:
            end = 'equivalent'
            unused.discard(change)
        elif end == 'accepted':
            where = f'{section.path}:{line}：练习{exercise.number}的检查接受了'
            report.notes.append(f'{where}\n{change}')
        report.ends[end] += 1
        bar.update()
    for change in sorted(unused):
        where = f'{EQUIVALENTS.name}：练习{exercise.number}没有这样的、检查接受的改动'
        report.notes.append(f'{where}\n{change}')
    return report


def verdict(section: Section, exercise: Exercise, answer: str) -> str:
    """Check an answer in a process and folder of its own: 'accepted', 'refused' or 'timeout'."""

    def run():
        os.setsid()  # what the answer starts ends with it
        os.chdir(folder)
        tempfile.tempdir = folder
        sys.exit(bool(grade(section, exercise, answer)))

    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        process = multiprocessing.get_context('fork').Process(target=run)
        process.start()
        process.join(LIMIT)
        if process.exitcode is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.join()
            return 'timeout'
        return 'refused' if process.exitcode else 'accepted'


def summary(reports: dict[str, Report]) -> str | None:
    """Print what was found; return what is wrong."""
    for report in reports.values():
        for note in report.notes:
            print(note, end='\n\n')
    total = sum((report.ends for report in reports.values()), Counter())
    print('练习\t改动\t拒绝\t超时\t等价\t接受')
    for name, ends in [*((n, r.ends) for n, r in reports.items()), ('合计', total)]:
        columns = [ends[end] for end in ('refused', 'timeout', 'equivalent', 'accepted')]
        print(name, ends.total(), *columns, sep='\t')
    faults = total.total() - total['equivalent']
    refused = total['refused'] + total['timeout']
    print(f'{faults}处错误，检查拒绝了{refused}处（{refused / faults:.1%}）')
    return None if refused >= GOAL * faults else f'没有达到{GOAL:.0%}'


if __name__ == '__main__':
    main(*sys.argv[1:])
