"""The mutation run tells a check that cannot fail from one that can."""

from pathlib import Path

import pytest
import yaml
from tqdm import tqdm

from pipeline.read import read_section
from tests import mutate
from tests.conftest import BOOK
from tests.mutants import mutants

SECTION = """---
kernelspec: {{name: python3, display_name: Python 3}}
jupytext: {{text_representation: {{format_name: myst}}}}
---

# 1.1 节

```{{code-cell}} ipython3
:tags: [parameters]

device = 'auto'
```

(ex-1-1-1)=
## 1.1.1 题

```{{code-cell}} ipython3
:tags: [solution]

{answer}
```

```{{code-cell}} ipython3
:tags: [check]

{check}
```
"""
ANSWER = '''def price(n: int, each: float = 2) -> float:
    """n件的价钱，10件起9折"""
    if n < 0:
        raise ValueError(f'件数{n + 0}是负的')
    return n * each * (0.9 if n >= 10 else 1)'''
STRONG = """assert [price(n) for n in (0, 9, 10)] == [0, 18, 18]
assert price(3, 5) == 15
try:
    price(-1)
except ValueError:
    pass
else:
    assert False"""


def exercise_with(check: str, answer: str = ANSWER):
    text = SECTION.format(answer=answer, check=check)
    section = read_section(Path('chapters/one/01-prices.md'), text)
    return section, section.exercises[0]


def judge(check: str, equivalents=(), answer: str = ANSWER) -> mutate.Report:
    return mutate.judge(*exercise_with(check, answer), equivalents, tqdm(disable=True))


def test_strong_check_refuses_every_mutant():
    report = judge(STRONG)
    assert report.ends['refused'] == report.ends.total() > 10
    assert report.notes == []


def test_check_that_cannot_fail_is_reported_with_line_and_change():
    report = judge('assert callable(price)')
    assert report.ends['accepted'] == report.ends.total() > 10
    where = 'chapters/one/01-prices.md:22：练习1.1.1的检查接受了'
    assert f'{where}\n- if n < 0:\n+ if n <= 0:' in report.notes


def test_weak_spot_is_the_only_survivor_and_may_be_listed_with_a_reason():
    weak = STRONG.replace('(0, 9, 10)] == [0, 18, 18]', '(0, 10)] == [0, 18]')
    line = 'return n * each * (0.9 if n >= 10 else 1)'
    change = f'- {line}\n+ {line.replace("10", "9")}'
    report = judge(weak)
    (note,) = report.notes
    assert note.endswith(f'接受了\n{change}')
    report = judge(weak, [{'reason': '从几件起打折没有规定', 'changes': [change]}])
    assert (report.ends['equivalent'], report.ends['accepted'], report.notes) == (1, 0, [])


def test_listed_change_that_is_refused_or_gone_is_reported():
    report = judge(STRONG, [{'reason': '错的', 'changes': ['- if n < 0:\n+ if n <= 0:\n']}])
    assert report.ends['equivalent'] == 0
    assert '没有这样的、检查接受的改动' in report.notes[0]


def test_strings_annotations_and_messages_stay():
    for mutant in mutants(ANSWER):
        assert 'n: int' in mutant.source
        assert '10件起9折' in mutant.source
        assert "ValueError(f'件数{n + 0}是负的')" in mutant.source or '+ pass' in mutant.change


def test_endless_mutant_is_ended(monkeypatch):
    monkeypatch.setattr(mutate, 'LIMIT', 1)
    loop = 'def last(n):\n    while n > 1:\n        n = n - 1\n    return n'
    report = judge('assert last(3) == 1', answer=loop)
    assert report.ends['timeout'] >= 1


def test_book_whose_own_answer_fails_is_refused():
    with pytest.raises(SystemExit, match='自己的答案没有通过检查'):
        judge('assert price(1) == 3')


def test_each_listed_change_is_one_of_the_books_with_a_reason():
    listed = yaml.safe_load(mutate.EQUIVALENTS.read_text('utf-8'))
    changes = {
        exercise.label: {change for *_, change in mutate.broken(section, exercise)}
        for section in BOOK.sections
        for exercise in section.exercises
    }
    for label, entries in listed.items():
        for entry in entries:
            assert entry['reason']
            assert {change.strip() for change in entry['changes']} <= changes[label]
