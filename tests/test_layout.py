"""The page that readers get: headings, jump links and folds, made by rule from the chapter."""

import copy
from pathlib import Path

import pytest
from nbformat import from_dict

from pipeline.book import Book
from pipeline.layout import OPEN
from pipeline.notebooks import practice
from pipeline.pages import facts, open_templates, section_page, verify
from pipeline.read import read_section
from pipeline.stub import check_script, prune, stub
from pipeline.styles import purge
from tests.conftest import ROOT

CHAPTER = """\
---
jupytext: {text_representation: {extension: .md, format_name: myst}}
kernelspec: {display_name: Python 3, language: python, name: python3}
---

# 1.1 加法

开头。

```{code-cell} ipython3
:tags: [parameters]

device = 'auto'
```

```{code-cell} ipython3
import math
import random

device = str(device)
random.seed(0)


def _run_check(check):
    for test in check():
        test()
```

(ex-1-1-1)=
## 1.1.1 两个数的和

```{exercise}
:label: ex-1-1-1-q

写`add`。
```

```{hint}
:class: dropdown

用加号。
```

```{hint}
:class: dropdown

它在等号的键上。
```

```{solution-start} ex-1-1-1-q
```

用加号。

```{code-cell} ipython3
:tags: [solution]

import operator


def add(a: float, b: float) -> float:
    \"\"\"返回a与b的和\"\"\"
    return _plus(a, b)


def _plus(a, b):
    return operator.add(a, b)
```

```{code-cell} ipython3
print('短')
REST
```

```{testoutput}
短
```

```{code-cell} ipython3
LONG
```

(ex-1-1-1-mistakes)=
```{rubric} 常见误区
```

**“相减”**：得到差。

```{code-cell} ipython3
print(1 - 2)
```

**“相乘”**：得到积。

(ex-1-1-1-more)=
```{rubric} 延伸
```

三个数也能相加。

```{solution-end}
```

```{code-cell} ipython3
:tags: [check]

def _check_1_1_1():
    def total():
        assert add(1, 2) == 3

    return (total,)


_run_check(_check_1_1_1)
```

```{code-cell} ipython3
:tags: [experiment]

print('实验', add(1, 2))
```
"""
CHAPTER = CHAPTER.replace('LONG', '\n'.join(f'x{i} = {i}' for i in range(OPEN + 1)))
CHAPTER = CHAPTER.replace('REST', '\n'.join(f'y{i} = {i}' for i in range(OPEN - 1)))
LABEL = 'ex-1-1-1'
RUN = dict.fromkeys(('device', 'torch', 'python', 'executed_at', 'source_hash'), '某')
RUN |= {'runner': 'cpu', 'asserts': {}}


@pytest.fixture(scope='module')
def section():
    return read_section(Path('chapters/one/01-sums.md'), CHAPTER)


@pytest.fixture(scope='module')
def page(section):
    notebook = copy.deepcopy(section.notebook)
    notebook.metadata.run = from_dict(RUN)
    entries, shown = verify([section], {section.name: notebook}, {})
    known = facts(Book([section]), entries, None)
    return section_page(section, shown[section.name], open_templates(ROOT), known)


def text_of(page) -> str:
    return '\n\n'.join(cell.source for cell in page.cells if cell.cell_type == 'markdown')


def cell_with(page, text: str):
    return next(cell for cell in page.cells if text in cell.source)


def test_parts_have_headings_and_anchors_in_order(page):
    text = text_of(page)
    places = [
        text.index(part)
        for part in (
            f'({LABEL})=\n## 1.1.1',
            '```{container} jumps',
            '```{exercise}',
            f'({LABEL}-answer)=\n### 解答',
            f'({LABEL}-mistakes)=\n### 常见误区',
            f'({LABEL}-more)=\n### 延伸',
            f'({LABEL}-check)=\n### 核对你的答案',
            '✓ 在某上0条断言全部通过',
        )
    ]
    assert places == sorted(places)
    assert '{solution-' not in text
    assert '{rubric}' not in text
    assert text.count(f'({LABEL}-mistakes)=') == 1


def test_jump_links_lead_to_the_answer_and_count_the_mistakes(page):
    assert f'[解答](#{LABEL}-answer)\n[常见误区 2](#{LABEL}-mistakes)\n' in text_of(page)


def test_a_mistake_is_a_claim_and_its_refutation(page):
    assert (
        f'({LABEL}-mistake-1)=\n::::{{container}} mistake\n**“相减”**\n\n得到差。\n::::'
        in text_of(page)
    )


def test_what_is_long_is_folded_under_a_label_that_says_how_long(page):
    long, short = cell_with(page, 'x3 = 3'), cell_with(page, "print('短')")
    assert 'hide-input' in long.metadata.tags
    assert long.metadata.mystnb['code_prompt_show'] == f'代码：{OPEN + 1}行'
    assert not {'hide-input', 'hide-cell'} & set(short.metadata.tags)


def test_the_answer_stays_open_and_mistakes_and_check_are_folded(page):
    assert not {'hide-input', 'hide-cell'} & set(cell_with(page, 'def add').metadata.tags)
    assert 'hide-cell' in cell_with(page, '1 - 2').metadata.tags
    assert 'hide-cell' in cell_with(page, 'def _check').metadata.tags


def test_experiment_for_the_readers_answer_is_in_the_practice_notebook_alone(section, page):
    assert 'remove-cell' in cell_with(page, '实验').metadata.tags
    assert '实验' not in check_script(section, section.exercises[0])
    assert cell_with(practice(section, {}), '实验').source == "print('实验', add(1, 2))"


def test_hint_and_more_are_details_that_are_closed_again(page):
    text = text_of(page)
    assert '<details class="hint">\n<summary>提示</summary>\n\n用加号。' in text
    assert '<summary>再提示一步</summary>\n\n它在等号的键上。' in text
    assert text.count('<details') == text.count('</details>') == 3


def test_each_line_of_the_page_still_has_its_line_in_the_chapter(section, page):
    lines = CHAPTER.split('\n')
    for cell, line in zip(page.cells, page.metadata.source_map, strict=True):
        if cell.cell_type == 'markdown' and cell.source in CHAPTER:
            first = next(text for text in cell.source.split('\n') if text)
            assert first in lines[line : line + 3]


def test_script_holds_setup_stub_and_check_alone(section):
    script = check_script(section, section.exercises[0], 'https://example.org/1#ex-1-1-1')
    for line in ('# 在这里写你的答案', '# 以下是检查，不必改动', "device = 'auto'"):
        assert f'\n{line}' in script
    assert 'https://example.org/1#ex-1-1-1' in script
    assert 'import math' not in script  # nothing there needs it
    assert '_plus' not in script
    assert 'operator' not in script
    with pytest.raises(NotImplementedError, match='在这里写你的答案'):
        exec(script, {})
    filled = script.replace("raise NotImplementedError('在这里写你的答案')", 'return a + b')
    exec(filled, {})
    with pytest.raises(AssertionError):
        exec(filled.replace('a + b', 'a - b'), {})


def test_stub_keeps_the_layout_of_the_answer():
    head = (
        'class Net(Base):\n    """一句话"""\n\n    def __init__(\n        self,\n'
        '        size: int,  # 宽度\n    ):\n        """两句"""\n'
    )
    todo = "        raise NotImplementedError('在这里写你的答案')"
    source = f'{head}        self.size = size\n\n    def forward(self, X): return X'
    assert stub(source) == f'{head}{todo}\n\n    def forward(self, X): {todo.strip()}'


def test_setup_keeps_what_is_needed_in_turn():
    setup = (
        'import a\nimport b\nimport c\n\nb.seed(0)\nc.seed(0)\n\n\ndef helper():\n    return a.x'
    )
    assert prune(setup, ['helper()']) == 'import a\n\n\ndef helper():\n    return a.x'
    assert prune(setup, ['b']) == 'import b\n\nb.seed(0)'


def test_only_rules_that_match_nothing_leave_the_style_sheets(tmp_path):
    (tmp_path / 'index.html').write_text('<p class="used" data-x="1">gone</p>', 'utf-8')
    (tmp_path / 'a.js').write_text('element.className = "later"', 'utf-8')
    (tmp_path / 'a.css').write_text(
        '.used,.gone{top:0}.later{top:0}.gone p,table{top:0}p[data-x]:not(.no,.never):hover{top:0}'
        '@media print{.gone{top:0}.used{left:0}}@media print{.gone{top:0}}',
        'utf-8',
    )
    purge(tmp_path)
    assert (tmp_path / 'a.css').read_text('utf-8') == (
        '.used,.gone{top:0}.later{top:0}p[data-x]:not(.no,.never):hover{top:0}'
        '@media print{.used{left:0}}'
    )
