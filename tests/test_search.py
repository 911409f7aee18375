import re

import pytest

from pipeline.read import read_book
from pipeline.search import documents, pairs


def test_runs_of_chinese_become_pairs_of_characters():
    assert pairs('用nn.ModuleList共享参数。').split() == [
        '用',
        'nn.ModuleList',
        '共享',
        '享参',
        '参数',
        '。',
    ]


@pytest.fixture
def found(small):
    book = read_book(small.root)
    return {address: (title, text) for address, title, text in documents(small.root, book)}


def test_each_exercise_is_a_document_of_its_own(found):
    title, text = found['one/01-sums.html#ex-1-1-1']
    assert title == '1.1.1 两个数的和'
    assert text.startswith('<h1>1.1.1 两个数的和</h1>')
    assert '这一节很短' in found['one/01-sums.html'][1]
    assert found['index.html'][0] == '小书'


def test_code_and_prose_are_searched_outputs_are_not(small):
    small.replace('print(add(1, 2))', 'print(add(1, 2) * 7919)')
    small.replace('```{testoutput}\n3', '```{testoutput}\n23757')
    text = ''.join(text for _, _, text in documents(small.root, read_book(small.root)))
    assert '7919' in text and '用加号相加' in text
    assert '23757' not in text


def test_formulas_are_searched_as_they_look(small):
    small.replace('用加号相加。', r'用加号相加，$\mathbf{x}^2\times 3$。')
    text = ''.join(text for _, _, text in documents(small.root, read_book(small.root)))
    assert '用加号相加，𝐱2×3。' in re.sub('<[^>]+>', '', text) and 'mathbf' not in text


def test_dollars_in_code_are_no_formula(small):
    small.replace('用加号相加。', '用加号相加，不是`$HOME`，也不是`$a^b^c`。')
    text = ''.join(text for _, _, text in documents(small.root, read_book(small.root)))
    assert '<code>$HOME</code>' in text and '<code>$a^b^c</code>' in text


def test_search_files_come_with_the_site_and_without_pagefinds_own_interface(small):
    small.build()
    names = {path.name for path in (small.site / 'pagefind').iterdir()}
    assert {'pagefind.js', 'pagefind-entry.json', 'fragment', 'index'} <= names
    assert not any('ui' in name or 'highlight' in name for name in names)
    assert not (small.site / 'searchindex.js').exists()


def test_documents_lead_to_pages_of_the_site(small):
    small.build()
    for address, _, _ in documents(small.root, read_book(small.root)):
        page, _, anchor = address.partition('#')
        text = (small.site / page).read_text('utf-8')
        assert not anchor or f'id="{anchor}"' in text
