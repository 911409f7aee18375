import html
import re
import shutil
from urllib.parse import parse_qs, urlparse

import yaml
from fontTools.ttLib import TTFont

from tests.conftest import ROOT


def page_of(small, name: str = 'one/01-sums') -> str:
    return (small.site / f'{name}.html').read_text('utf-8')


def test_tick_names_assertions_and_machine(small):
    small.build()
    answer, check = re.findall(r'class="passed.*?</p>', page_of(small), re.S)
    assert '✓ 下面的答案通过了2条断言' in answer
    assert re.search(r'✓ 在.+上2条断言全部通过', check)


def test_exercise_leads_to_the_ones_before_and_after_it(small):
    small.build()
    for name, place, title in (
        ('one/01-sums', '02-products.html#ex-1-2-1', '1.2.1 两个数的积 →'),
        ('one/02-products', '01-sums.html#ex-1-1-1', '← 1.1.1 两个数的和'),
    ):
        links = re.search('<div class="neighbours.*?</div>', page_of(small, name), re.S)[0]
        assert f'href="{place}"' in links and title in links
        assert links.count('href') == 1


def test_pages_of_a_known_repository_have_addresses_and_a_report_link(small, monkeypatch):
    monkeypatch.setenv('GITHUB_REPOSITORY', 'someone/some-book')
    small.build()
    page = page_of(small)
    base = 'https://someone.github.io/some-book/'
    assert f'<link rel="canonical" href="{base}one/01-sums.html"' in page
    assert f'<meta property="og:url" content="{base}one/01-sums.html"' in page
    sitemap = (small.site / 'sitemap.xml').read_text('utf-8')
    assert f'<loc>{base}one/01-sums.html</loc>' in sitemap
    assert sitemap.count('<loc>') == 4 and '404' not in sitemap
    assert f'href="{base}"' in (small.site / '404.html').read_text('utf-8')
    reports = re.findall('class="report" href="([^"]+)"', page)
    assert len(reports) == 3
    for report in map(html.unescape, reports):
        assert report.startswith('https://github.com/someone/some-book/issues/new?')
        query = {key: value for key, (value,) in parse_qs(urlparse(report).query).items()}
        form = (ROOT / '.github/ISSUE_TEMPLATE' / query.pop('template')).read_text('utf-8')
        fields = {field['id'] for field in yaml.safe_load(form)['body']}
        assert query.keys() - {'title'} == {'exercise', 'version'} <= fields
        assert (query['title'], query['exercise']) == ('练习1.1.1：', 'ex-1-1-1')


def test_without_a_repository_there_are_no_such_links(small, monkeypatch):
    monkeypatch.delenv('GITHUB_REPOSITORY', raising=False)
    small.build()
    assert 'canonical' not in page_of(small) and 'class="report"' not in page_of(small)
    assert not (small.site / 'sitemap.xml').exists()
    assert 'href="/"' in (small.site / '404.html').read_text('utf-8')


def test_description_ends_with_a_sentence(small):
    small.replace('这一节很短。', f'这一节很短。{"很" * 150}。')
    small.build()
    assert '<meta name="description" content="这一节很短。"/>' in page_of(small)


def test_quotation_marks_in_a_description_are_escaped(small):
    small.replace('这一节很短。', '这一节说`"加"`，1 < 2 & 3。')
    small.build()
    described = 'content="这一节说&#34;加&#34;，1 &lt; 2 &amp; 3。"'
    assert page_of(small).count(described) == 2


def test_page_of_verification_lists_runs_and_exercises(small):
    """Sections that ran alike share a row."""
    small.replace('# 小书', '# 小书\n\n```{include} _generated/verification.md\n```', small.home)
    small.build()
    page = page_of(small, 'index')
    runs, exercises = (
        [re.findall('<p>(.*?)</p></td>', row) for row in re.findall('<tr.*?</tr>', table, re.S)]
        for table in re.findall('<tbody>.*?</tbody>', page, re.S)
    )
    (run,) = runs
    assert run[:2] == ['CPU', '1.1、1.2'] and re.match(r'\d{4}-\d\d-\d\d \d\d:\d\d', run[-1])
    assert [row[1:] for row in exercises] == [['2', 'CPU'], ['1', 'CPU']]


def test_changed_title_reaches_the_other_pages(small):
    small.replace('# 1.1 加法', '# 1.1 相加')
    small.build()
    assert '1.1 相加' in page_of(small, 'one/02-products')


def test_bad_formulas_are_faults_with_their_lines(small):
    formulas = [r'a\pluss b', 'a^b^c', r'\boldsymbol{\mathcal X}', r'a\\b']
    inline = '\n'.join(f'再看${formula}$：' for formula in formulas)
    block = r'$$\begin{nothing}a\end{nothing}$$'
    small.replace('用加号相加。', f'用加号相加，\n{inline}\n完。\n\n* 甲\n* 乙$x_$\n\n{block}')
    error = small.fail()
    for formula in [*formulas, 'x_', 'nothing']:
        assert f'01-sums.md:{small.line(formula)}（' in error, formula
    assert error.count('公式写错了') == 6


def test_font_has_every_sign_of_the_formulas(small):
    small.replace('用加号相加。', r'用加号相加，$\sqrt{\frac{a}{b}}\ge\sum_h\mathbf{x}$。')
    small.build()
    letters = TTFont(small.site / '_static/math.woff2').getBestCmap()
    formulas = re.findall('<math.*?</math>', page_of(small), re.S)
    text = html.unescape(re.sub('<[^>]+>', '', ''.join(formulas)))
    assert {c for c in text if ord(c) not in letters} == set()
    assert {'√', '𝑎', 'ℎ', '𝐱', '∑'} <= {chr(code) for code in letters}


def test_mark_after_a_formula_stays_on_its_line(small):
    small.build()
    assert re.search(r'<span class="keep"><math>(?:(?!</math>).)*</math>。</span>', page_of(small))


def test_anchor_written_above_a_title_is_the_address_of_the_section(small):
    small.replace('## 1.1.1 两个数的和', '## 1.1.1 Sum of two numbers')
    small.build()
    page = page_of(small)
    assert '<section id="ex-1-1-1">' in page
    assert 'href="#ex-1-1-1">1.1.1' in page and '#sum-of-two' not in page


def test_change_of_look_renders_again(small):
    small.build()
    small.replace('line-height: 1.8;', 'line-height: 1.9;', small.root / '_static/book.css')
    assert '已更新' in small.build()
    assert 'line-height: 1.9' in (small.site / '_static/book.css').read_text('utf-8')


def test_site_carries_no_icon_font_and_no_source_maps(small):
    small.build()
    names = {path.name for path in small.site.rglob('*')}
    assert not names & {'fontawesome', 'locales'}
    assert not any(name.endswith('.map') for name in names)


def test_picture_of_any_kind_has_its_size_where_it_is_known(small):
    shutil.copy(ROOT / 'docs/page.webp', small.root / 'chapters/one/page.webp')
    small.replace('用加号相加。', '用加号相加。\n\n![一页](page.webp)')
    small.build()
    assert '<img width="1440" height="1000" loading="lazy" ' in page_of(small)
