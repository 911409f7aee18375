import nbformat
import pytest

from pipeline.check import compare, printed, record
from pipeline.pages import verify
from pipeline.read import read_section


def run(small, outputs: dict[str, str]):
    """The section 1.1 and a stand-in for its executed notebook: code line -> what it printed."""
    text = small.sums.read_text('utf-8')
    section = read_section(small.sums.relative_to(small.root), text)
    executed = nbformat.from_dict(section.notebook)
    for cell in executed.cells:
        if cell.cell_type == 'code' and cell.source in outputs:
            cell.outputs = [nbformat.v4.new_output('stream', text=outputs[cell.source])]
    return section, executed, text


RIGHT = {'print(add(1, 2))': '3\n', 'print(object())': '<object object at 0x7f01>\n'}


def test_expected_output_passes_with_ellipsis(small):
    section, executed, _ = run(small, RIGHT)
    assert compare(section, executed) == []


def test_other_output_is_shown_as_a_diff_with_its_line(small):
    section, executed, _ = run(small, RIGHT | {'print(add(1, 2))': '4\n'})
    (fault,) = compare(section, executed)
    assert fault.line == small.line('```{testoutput}')
    assert fault.exercise == '1.1.1'
    assert '-3' in fault.message
    assert '+4' in fault.message


def test_missing_output_is_a_fault(small):
    section, executed, _ = run(small, {'print(object())': '<object object at 0x1>\n'})
    (fault,) = compare(section, executed)
    assert '-3' in fault.message


def test_output_without_block_is_a_fault(small):
    small.replace('```{testoutput}\n3\n```\n', '')
    section, executed, _ = run(small, RIGHT)
    (fault,) = compare(section, executed)
    assert fault.line == small.line('print(add(1, 2))')
    assert '后面却没有{testoutput}' in fault.message


def test_volatile_cell_is_not_compared_and_has_no_block(small):
    small.replace('```{code-cell} ipython3\nprint(add(1, 2))', VOLATILE)
    section, executed, text = run(small, RIGHT | {'print(add(1, 2))': '5\n'})
    (fault,) = compare(section, executed)
    assert '-3' in fault.message and '5' not in fault.message
    assert '```{testoutput}\n3\n' not in record(section, executed, text)


VOLATILE = '```{code-cell} ipython3\n:tags: [volatile]\n\nprint(add(1, 2))'


def test_long_diff_is_cut(small):
    long = ''.join(f'{i}\n' for i in range(100))
    section, executed, _ = run(small, RIGHT | {'print(add(1, 2))': long})
    (fault,) = compare(section, executed)
    assert len(fault.message.split('\n')) < 25
    assert '还有' in fault.message


def test_record_leaves_blocks_that_match(small):
    section, executed, text = run(small, RIGHT)
    assert record(section, executed, text) == text


@pytest.mark.parametrize('output', ['4\n', '```\n', 'a\n\nb\n', '…\n'])
def test_record_writes_what_was_printed_and_then_it_matches(small, output):
    section, executed, text = run(small, RIGHT | {'print(add(1, 2))': output})
    small.sums.write_text(record(section, executed, text), 'utf-8')
    section, executed, text = run(small, RIGHT | {'print(add(1, 2))': output})
    assert compare(section, executed) == []
    assert record(section, executed, text) == text


def test_record_adds_missing_and_drops_empty_blocks(small):
    original = small.sums.read_text('utf-8')
    small.replace('\n```{testoutput}\n<object object at 0x...>\n```\n', '')
    section, executed, text = run(small, {'print(object())': '<object object at 0x...>\n'})
    recorded = record(section, executed, text)
    assert recorded == original.replace('```{testoutput}\n3\n```\n', '')


def test_text_of_each_kind_of_output():
    new = nbformat.v4.new_output
    outputs = [
        new('stream', name='stderr', text='careful  \n'),
        new('execute_result', data={'text/plain': '5'}),
        new('display_data', data={'text/markdown': '| a |', 'text/plain': '<Markdown>'}),
        new('display_data', data={'image/svg+xml': '<svg/>', 'text/plain': '<Figure>'}),
        new('error', ename='ValueError', evalue='bad', traceback=[]),
    ]
    cell = nbformat.v4.new_code_cell('', outputs=outputs)
    assert printed(cell) == 'careful\n5\n| a |\nValueError: bad\n'


def test_verification_counts_the_asserts_that_ran(small):
    section, executed, _ = run(small, RIGHT)
    executed.metadata.run = nbformat.from_dict(
        dict.fromkeys(['runner', 'device', 'torch', 'python', 'executed_at', 'source_hash'], 'x')
    )
    check = section.exercises[0].cells[-1]
    other = section.exercises[0].cells[0]
    executed.metadata.run.asserts = {check.id: 2, other.id: 5}
    (entry,), _ = verify([section], {section.name: executed}, {})
    assert (entry['section'], entry['exercise'], entry['checks']) == ('1.1', 'ex-1-1-1', 2)
    assert entry['state'] == 'passed'
