import pytest

from pipeline.faults import BookError
from pipeline.read import read_book, read_section
from tests.conftest import SmallBook


def read(small: SmallBook, path=None):
    path = path or small.sums
    relative = path.relative_to(small.root)
    return read_section(relative, path.read_text('utf-8'))


def test_section_has_title_number_and_exercises(small):
    section = read(small)
    assert (section.name, section.title, section.number) == ('one/01-sums', '1.1 加法', '1.1')
    (exercise,) = section.exercises
    assert (exercise.label, exercise.number) == ('ex-1-1-1', '1.1.1')
    assert exercise.title == '两个数的和'


def test_every_cell_knows_its_line(small):
    section = read(small)
    lines = small.sums.read_text('utf-8').split('\n')
    for cell in section.notebook.cells:
        first = cell.source.split('\n')[0]
        assert lines[section.line(cell.id) - 1] == first


def test_expected_output_is_taken_out_of_the_text(small):
    section = read(small)
    assert [e.text for e in section.expected.values()] == ['3\n', '<object object at 0x...>\n']
    assert not any('testoutput' in cell.source for cell in section.notebook.cells)


def test_plain_page_is_not_a_section(small):
    assert read(small, small.root / 'chapters/one/index.md') is None


@pytest.mark.parametrize('damage', ['\r\n', '\ufeff'])
def test_line_ends_and_byte_order_mark_do_not_matter(small, damage):
    before = read_book(small.root).sections[0]
    text = small.sums.read_text('utf-8')
    text = damage + text if damage == '\ufeff' else text.replace('\n', damage)
    small.sums.write_bytes(text.encode())
    after = read_book(small.root).sections[0]
    assert after.notebook == before.notebook
    assert after.source_hash == before.source_hash


def test_fingerprint_follows_code_and_not_prose(small):
    before = read(small).source_hash
    small.replace('这一节很短。', '这一节不长。')
    assert read(small).source_hash == before
    small.replace('return a + b', 'return b + a')
    assert read(small).source_hash != before


# what is replaced, by what, a text on the line that must be named, part of the sentence
PLANTED = {
    'code cell not closed': ('print(add(1, 2))\n```\n', 'print(add(1, 2))\n', None, '没有结束'),
    'statement not closed': ('$a+b$。\n```\n', '$a+b$。\n', None, '没有结束'),
    'last fence not closed': (
        "assert add(2, 2) == 4, '和不对'\n```\n",
        "assert add(2, 2) == 4, '和不对'\n",
        None,
        '没有结束',
    ),
    'header not closed': (
        'name: python3\n---\n',
        'name: python3\n',
        '```{code-cell} ipython3',
        '没有kernelspec',
    ),
    'header not YAML': ('  name: python3', '  name: [python3', None, '不是合法的YAML'),
    'header not a mapping': (
        small_header := 'jupytext:\n  text_representation:',
        'jupytext\n  text_representation:',
        None,
        '不是合法的YAML',
    ),
    'header with a colon too many': (
        'kernelspec:',
        'title: 加法: 一\nkernelspec:',
        'title: 加法: 一',
        '不是合法的YAML',
    ),
    'timeout not a number': ('kernelspec:', 'timeout: soon\nkernelspec:', '---', 'timeout'),
    'exclusive not a boolean': ('kernelspec:', 'exclusive: 3\nkernelspec:', '---', 'exclusive'),
    'no parameters cell': (':tags: [parameters]\n', '', None, 'parameters'),
    'Python does not parse': ('    return a + b', '    return a +', 'return a +', '合法的Python'),
    'output block without cell': (
        '把加写成减。',
        '减。\n\n```{testoutput}\n1\n```',
        '```{testoutput}\n1',
        '紧挨着代码单元格',
    ),
    'no solution cell': (':tags: [solution]', ':tags: [other]', '(ex-1-1-1)=', 'solution标签'),
    'no check cell': (':tags: [check]', ':tags: [other]', '(ex-1-1-1)=', 'check标签'),
    'bold does not close': ('把加写成减。', '**注意：**看', '**注意', '**没有成对'),
    'no title': ('# 1.1 加法', '加法', None, '没有一级标题'),
}
del small_header


@pytest.mark.parametrize('name', PLANTED)
def test_fault_in_a_chapter_is_said_with_its_line(small, name):
    old, new, where, sentence = PLANTED[name]
    small.replace(old, new)
    with pytest.raises(BookError) as caught:
        read(small)
    fault = caught.value.faults[0]
    assert sentence in fault.message
    if where:
        first = where.split('\n')[0]
        lines = small.sums.read_text('utf-8').split('\n')
        assert first in lines[fault.line - 1]


def test_asterisks_in_a_formula_are_no_bold(small):
    small.replace('把加写成减。', '空间$X^{**}$是$X$的二次对偶。')
    read(small)


def test_unclosed_fence_names_the_line_where_it_opens(small):
    small.replace('print(add(1, 2))\n```\n', 'print(add(1, 2))\n')
    with pytest.raises(BookError) as caught:
        read(small)
    opening = small.line('print(add(1, 2))') - 1
    assert caught.value.faults[0].line == opening
    assert str(caught.value).startswith(f'chapters/one/01-sums.md:{opening}')


def test_fence_not_closed_inside_a_statement_is_found(small):
    small.replace(
        '```{exercise}\n:label: ex-1-1-1-q\n:nonumber:\n',
        '````{exercise}\n:label: ex-1-1-1-q\n:nonumber:\n\n```python\nadd(1, 2)\n',
    )
    small.replace('$a+b$。\n```', '$a+b$。\n````')
    with pytest.raises(BookError) as caught:
        read(small)
    assert caught.value.faults[0].line == small.line('```python')


def test_code_without_kernelspec_is_refused(small):
    small.replace('kernelspec:\n', 'other:\n')
    with pytest.raises(BookError, match='没有kernelspec'):
        read(small)


def test_fault_names_the_exercise_around_it(small):
    small.replace('把加写成减。', '**注意：**看')
    with pytest.raises(BookError, match='（练习1.1.1）'):
        read(small)


@pytest.mark.parametrize('content', [b'', b' \n', b'\xff\xfe\x00'])
def test_unreadable_chapter_is_a_fault_and_the_others_are_read(small, content):
    small.sums.write_bytes(content)
    book = read_book(small.root)
    assert [s.name for s in book.sections] == ['one/02-products']
    assert [f.path.name for f in book.faults] == ['01-sums.md']


def test_listed_chapter_that_does_not_exist_is_a_fault(small):
    small.products.unlink()
    (fault,) = read_book(small.root).faults
    assert '02-products.md：读不了' in str(fault)


def test_damaged_toc_is_refused(small):
    (small.root / '_toc.yml').write_text('root: [', 'utf-8')
    with pytest.raises(BookError, match='_toc.yml'):
        read_book(small.root)


def test_blank_line_between_anchor_and_heading_leaves_the_exercise(small):
    before = read(small).exercises
    small.replace('(ex-1-1-1)=\n', '(ex-1-1-1)=\n\n')
    assert [e.label for e in read(small).exercises] == ['ex-1-1-1']
    assert read(small).exercises[0].cells == before[0].cells


@pytest.mark.parametrize(
    ('old', 'new'),
    [
        ('## 1.1.1', '### 1.1.1'),
        ('(ex-1-1-1)=\n', ''),
        ('(ex-1-1-1)=\n', '(ex-1-1-1)=\n\n一段话。\n\n'),
        ('```{hint}', '```{exercise}\n:label: ex-1-1-2-q\n\n写。\n```\n\n```{hint}'),
    ],
)
def test_statement_outside_of_an_exercise_is_a_fault(small, old, new):
    small.replace(old, new)
    with pytest.raises(BookError) as caught:
        read(small)
    fault, *_ = caught.value.faults  # its answer is another
    assert '不属于任何练习' in fault.message
    lines = small.sums.read_text('utf-8').split('\n')
    assert lines[fault.line - 1] == '```{exercise}'


def test_answer_outside_of_an_exercise_is_a_fault(small):
    answer = '```{solution-start} ex-1-1-1-q\n```\n\n3\n\n```{solution-end}\n```\n\n'
    small.replace('(ex-1-1-1)=\n', f'{answer}(ex-1-1-1)=\n')
    with pytest.raises(BookError) as caught:
        read(small)
    (fault,) = caught.value.faults
    assert fault.message.startswith('{solution-start}不属于任何练习')
    assert fault.line == small.line('{solution-start}')


def test_file_listed_twice_is_a_fault(small):
    with (small.root / '_toc.yml').open('a') as toc:
        toc.write('      - file: chapters/one/02-products\n')
    with pytest.raises(BookError, match='_toc.yml：读不了'):
        read_book(small.root)


@pytest.mark.parametrize('content', [b'', b'- a', b'\xb6\xaf', b'format: jb-book\nroot: 3'])
def test_toc_that_says_nothing_is_refused(small, content):
    (small.root / '_toc.yml').write_bytes(content)
    with pytest.raises(BookError, match='_toc.yml'):
        read_book(small.root)


def test_comment_in_the_header_is_no_title(small):
    small.replace('---\n', '---\n# 由jupytext管理\n')
    assert read(small).title == '1.1 加法'


def test_anchor_in_an_example_is_none(small):
    small.replace('把加写成减。', '```text\n(ex-1-2-1)=\n```')
    assert read_book(small.root).faults == []


@pytest.mark.parametrize('value', ['true', '.nan', '.inf', '0', '-1', 'soon'])
def test_timeout_that_is_no_time_is_a_fault(small, value):
    small.replace('kernelspec:', f'timeout: {value}\nkernelspec:')
    with pytest.raises(BookError, match='timeout应当是正的秒数'):
        read(small)


def test_second_check_of_an_exercise_is_a_fault(small):
    small.replace('assert add(2, 2)', '```\n\n```{code-cell}\n:tags: [check]\n\nassert add(2, 2)')
    with pytest.raises(BookError) as caught:
        read(small)
    (fault,) = caught.value.faults
    assert '这是第二个' in fault.message
    assert fault.line == small.line('assert add(2, 2)')


def test_same_anchor_twice_is_a_fault(small):
    text = small.products.read_text('utf-8')
    small.products.write_text(text.replace('ex-1-2-1', 'ex-1-1-1'), 'utf-8')
    assert '02-products.md:17（练习1.1.1）：锚点ex-1-1-1重复，另一处在one/01-sums' in small.fail()
