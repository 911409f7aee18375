import json
import shutil

import pytest

from pipeline.mathml import text_of
from pipeline.text import join_lines
from tests.conftest import SmallBook


def site_files(small) -> dict:
    return {p: p.read_bytes() for p in small.site.rglob('*') if p.is_file()}


def test_dead_cross_reference_is_a_fault_with_its_line_and_the_site_stays(small):
    small.build()
    before = site_files(small)
    small.replace('(#ex-1-2-1)', '(#ex-9-9-9)')
    line = small.line('#ex-9-9-9')
    for _ in range(2):  # Sphinx keeps what it has read: it must complain again
        errors = small.fail()
        assert (
            f'chapters/one/01-sums.md:{line}（练习1.1.1）：交叉引用的目标ex-9-9-9不存在' in errors
        )
    assert site_files(small) == before
    small.replace('(#ex-9-9-9)', '(#ex-1-2-1)')
    small.build()


def test_fault_on_a_plain_page_names_it(small):
    small.replace('# 小书', '# 小书\n\n[没有](#nowhere)', small.root / 'chapters/index.md')
    assert 'chapters/index.md:3：交叉引用的目标nowhere不存在' in small.fail()


def test_section_number_line_is_right_far_down_in_a_cell(small):
    small.replace('把加写成减。', '第一段。\n\n第二段，[没有](#nowhere)。')
    assert f'01-sums.md:{small.line("#nowhere")}（练习1.1.1）' in small.fail()


def test_missing_toc_entry_stops_the_build(fresh):
    small = fresh
    (small.root / 'chapters/one/03-lost.md').write_text('# 丢了', 'utf-8')
    assert '03-lost.md：这个文件没有列入_toc.yml' in small.fail()
    assert not small.site.exists()


def test_page_shows_outputs_of_the_run_and_hides_the_machinery(small):
    small.build()
    page = (small.site / 'one/01-sums.html').read_text('utf-8')
    assert '&lt;object object at 0x' in page
    for hidden in ('testoutput', '0x...', 'Parameters', "'auto'"):
        assert hidden not in page


def test_home_page_lists_the_exercises_and_a_way_to_try_each_first(small):
    small.build()
    page = (small.site / 'index.html').read_text('utf-8')
    for text in ('one/01-sums.html#ex-1-1-1', '1.1.1 两个数的和', 'one/01-sums.html?try#ex-1-1-1'):
        assert text in page
    entries = json.loads((small.site / 'verification.json').read_text('utf-8'))
    assert [e['exercise'] for e in entries] == ['ex-1-1-1', 'ex-1-2-1']


def test_removed_page_leaves_the_site(small):
    small.build()
    small.products.unlink()
    small.replace('      - file: chapters/one/02-products\n', '', small.root / '_toc.yml')
    small.replace('[练习1.2.1](#ex-1-2-1)', '练习')
    small.build()
    assert not (small.site / 'one/02-products.html').exists()


def test_site_that_is_gone_is_made_again(small):
    shutil.rmtree(small.site)
    small.build()
    assert (small.site / 'index.html').exists()


def test_changed_style_sheet_reaches_the_site(small):
    small.build()
    with (small.root / '_static/book.css').open('a') as css:
        css.write('article { top: 0 }')
    small.build()
    assert (small.site / '_static/book.css').read_text('utf-8').endswith('article { top: 0 }')


def test_record_mends_a_chapter_whose_output_changed(small):
    small.replace('```{testoutput}\n3\n', '```{testoutput}\n4\n')
    small.fail()
    done = small.run('record')
    assert done.stdout == '已更新chapters/one/01-sums.md\n'
    assert '```{testoutput}\n3\n' in small.sums.read_text('utf-8')
    small.build()


@pytest.mark.parametrize('content', [b'title: [', b'', b'\xb6\xaf', b'- title'])
def test_config_that_cannot_be_read_is_a_fault_and_keeps_the_site(small, content):
    before = site_files(small)
    (small.root / '_config.yml').write_bytes(content)
    assert '_config.yml：读不了' in small.fail()
    assert site_files(small) == before


@pytest.mark.parametrize(
    'name', ['.ipynb_checkpoints/01-sums-checkpoint.md', '.01-sums.md.swp', '.#01-sums.md']
)
def test_files_of_editors_are_none_of_the_book(small, name):
    path = small.root / 'chapters/one' / name
    path.parent.mkdir(exist_ok=True)
    if '#' in name:
        path.symlink_to('me@host.1')
    else:
        path.write_text('# 草稿')
    assert '没有变化：执行0节' in small.build()


def test_folder_with_brackets_in_its_name_is_built(tmp_path):
    SmallBook.new(tmp_path / 'book [1]').build()


def test_interrupted_rendering_keeps_the_site_and_the_next_build_works(small, monkeypatch):
    before = site_files(small)
    small.replace('这一节很短。', '这一节不长。')

    def interrupt(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr('pipeline.sphinx_extension._description', interrupt)
        assert small.run().returncode == 130
    assert site_files(small) == before
    assert '已更新' in small.build()
    assert '这一节不长。' in (small.site / 'one/01-sums.html').read_text('utf-8')


def test_line_breaks_next_to_wide_characters_show_no_space():
    assert join_lines('第一句。\n第二句') == '第一句。第二句'
    assert join_lines('用\ntorch\n来写') == '用torch来写'
    assert join_lines('two\nwords') == 'two\nwords'


def test_line_breaks_next_to_code_and_bold_show_no_space(small):
    small.replace('用加号相加。', '用\n`+`\n把**两个**\n数相加。')
    small.build()
    page = (small.site / 'one/01-sums.html').read_text('utf-8')
    assert '用+把两个数相加。' in text_of(page)


@pytest.mark.slow
def test_dead_link_out_of_the_book_is_found(small):
    small.replace('把加写成减。', '[没有](http://127.0.0.1:1/nothing)')
    done = small.run('linkcheck')
    assert done.returncode == 1
    line = small.line('/nothing')
    assert f'01-sums.md:{line}（练习1.1.1）：链接http://127.0.0.1:1/nothing打不开' in done.stderr
    small.replace('[没有](http://127.0.0.1:1/nothing)', '没有链接')
    assert '外部链接都有效' in small.run('linkcheck').stdout
