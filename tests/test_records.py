import json

import nbformat
import pytest

from pipeline.__main__ import write_records
from pipeline.faults import BookError
from pipeline.read import read_section
from pipeline.store import read_records, write_record

RUN = {
    'runner': 'cuda',
    'device': 'Imaginary GPU',
    'count': 1,
    'driver': '1.2',
    'torch': '2.6.0+cu1',
    'cuda': '1.0',
    'python': '3.12.0',
    'executed_at': '2026-01-02T03:04:05+00:00',
    'asserts': {'code-5': 2},
}


@pytest.fixture
def recorded(small):
    """The small book; 1.1 is shown from a record, which has 3.0 where a CPU prints 3."""
    small.replace('kernelspec:\n', 'show: cuda\nkernelspec:\n')
    store(small)
    return small


def section_of(small):
    return read_section(small.sums.relative_to(small.root), small.sums.read_text('utf-8'))


def store(small, output: str = '3.0\n', kind: str = '', **run: str) -> None:
    """Write a record as ``make cuda`` would after a run on a GPU."""
    section = section_of(small)
    executed = nbformat.from_dict(section.notebook)
    executed.metadata.run = nbformat.from_dict(RUN | {'source_hash': section.source_hash} | run)
    for cell in executed.cells:
        if cell.source == 'print(add(1, 2))':
            cell.outputs = [nbformat.v4.new_output('stream', text=output)]
            if kind:
                cell.outputs += [nbformat.v4.new_output('display_data', data={kind: output})]
    small.record = small.root / write_record(small.root, section, executed)


def page(small) -> str:
    return (small.site / 'one/01-sums.html').read_text('utf-8')


def test_current_record_is_shown_with_machine_and_date(recorded):
    recorded.build()
    assert '3.0\n' in page(recorded)
    for text in ('Imaginary GPU', '2.6.0+cu1', 'CUDA 1.0', '驱动1.2', '2026-01-02'):
        assert text in page(recorded)
    summary = (recorded.root / '_build/book/_generated/summary.md').read_text('utf-8')
    assert summary == '2道练习，3条断言在CPU上全部通过，2条断言在CUDA上全部通过。\n'
    notebook = recorded.site / 'notebooks/solution/one/01-sums.ipynb'
    assert '3.0\\n' in notebook.read_text('utf-8')
    entries = json.loads((recorded.site / 'verification.json').read_text('utf-8'))
    states = [(e['exercise'], e['runner'], e['state']) for e in entries]
    assert states == [
        ('ex-1-1-1', 'cpu', 'passed'),
        ('ex-1-1-1', 'cuda', 'passed'),
        ('ex-1-2-1', 'cpu', 'passed'),
    ]
    assert entries[1]['device'] == 'Imaginary GPU'


def test_record_with_a_script_is_refused(recorded):
    store(recorded, '<script>alert(1)</script>', 'text/html')
    assert '01-sums.ipynb：这份CUDA记录的输出里有会在读者的浏览器里运行的内容' in recorded.fail()


def test_machine_of_a_record_is_escaped(recorded):
    store(recorded, device='<script>alert(1)</script>')
    recorded.build()
    assert '<script>alert(1)' not in page(recorded)
    assert '&lt;script&gt;alert(1)' in page(recorded)


def test_prose_edit_leaves_a_record_current(recorded):
    recorded.replace('这一节很短。', '改过的文字。')
    recorded.build()
    assert '3.0\n' in page(recorded)
    assert '改过的文字。' in page(recorded)


def test_stale_record_is_not_shown_as_current(recorded):
    recorded.replace('return a + b', 'return b + a')
    recorded.build()
    assert '3.0\n' not in page(recorded)
    assert 'Imaginary GPU' not in page(recorded)
    assert '在CUDA上的运行记录尚待补上' in page(recorded)
    entries = json.loads((recorded.site / 'verification.json').read_text('utf-8'))
    assert [e['state'] for e in entries if e['runner'] == 'cuda'] == ['stale']
    tables = (recorded.root / '_build/book/_generated/verification.md').read_text('utf-8')
    assert '| CUDA（旧版本，待重新运行） | ' in tables and '| CPU |\n' in tables


def test_without_a_record_the_page_says_that_one_is_awaited(recorded):
    recorded.record.unlink()
    recorded.build()
    assert '在CUDA上的运行记录尚待补上' in page(recorded)


def test_record_of_another_section_proves_the_check_and_is_not_shown(recorded):
    recorded.replace('show: cuda\n', '')
    recorded.build()
    assert '3.0\n' not in page(recorded)
    assert '尚待' not in page(recorded)


@pytest.mark.parametrize(
    ('old', 'new', 'sentence'),
    [
        ('3.0\\n', '4.0\\n', '被改动过'),
        ('Imaginary', 'Better', '被改动过'),
        ('"cells"', '"sells"', '读不了'),
    ],
)
def test_record_changed_by_hand_is_refused_and_the_site_stays(recorded, old, new, sentence):
    recorded.build()
    before = page(recorded)
    recorded.replace(old, new, recorded.record)
    errors = recorded.fail()
    assert 'results/cuda/one/01-sums.ipynb：' in errors
    assert sentence in errors
    assert page(recorded) == before


def test_record_with_an_error_is_refused(recorded):
    section = section_of(recorded)
    notebook = nbformat.read(recorded.record, as_version=4)
    error = nbformat.v4.new_output('error', ename='ValueError', evalue='x', traceback=[])
    next(c for c in notebook.cells if c.cell_type == 'code').outputs = [error]
    notebook.metadata.run.pop('digest')
    write_record(recorded.root, section, notebook)
    with pytest.raises(BookError, match='出错的输出'):
        read_records(recorded.root, [section])


def test_make_cuda_without_a_device_is_refused_and_keeps_the_records(recorded):
    before = recorded.record.read_bytes()
    done = recorded.run('cuda')  # conftest.py hides what there is
    assert done.returncode == 1
    assert '需要CUDA设备' in done.stderr
    assert recorded.record.read_bytes() == before


def test_make_cuda_runs_every_section_on_cuda_and_writes_records(small, monkeypatch, capsys):
    """The whole of ``make cuda`` but for the GPU: the small book needs none."""
    small.replace("assert device == 'cpu'", "assert device == 'cuda'")
    small.replace('return a * b', 'return a / b', small.products)  # its check fails
    monkeypatch.setattr('pipeline.execute.describe_runner', lambda runner: dict(RUN))
    with pytest.raises(BookError, match='积不对'):
        write_records(small.root, 'cuda', jobs=2)
    assert '已写入results/cuda/one/01-sums.ipynb' in capsys.readouterr().out
    assert not (small.root / 'results/cuda/one/02-products.ipynb').exists()
    record = read_records(small.root, [section_of(small)])['one/01-sums']
    assert record.is_current
    run = record.notebook.metadata.run
    assert {key: run[key] for key in RUN if key not in ('executed_at', 'asserts')} == {
        key: RUN[key] for key in RUN if key not in ('executed_at', 'asserts')
    }
    assert run.source_hash == section_of(small).source_hash
    assert '"device": "Imaginary GPU"' in (small.root / 'results/cuda/one/01-sums.ipynb').read_text(
        'utf-8'
    )
