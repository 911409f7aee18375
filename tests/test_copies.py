"""The copies to carry, looked at with tools that nobody here wrote: epubcheck and poppler's."""

import hashlib
import io
import json
import logging
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest
import yaml

from pipeline import copies
from pipeline.__main__ import alone
from pipeline.faults import BookError
from pipeline.mathml import text_of
from pipeline.pdf import print_pdf
from tests.conftest import BOOK, ROOT, SmallBook

QUICK = ('-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC')  # for a run of seconds
SITE = 'https://me.github.io/book/'
TOOLS = ('epubcheck', 'fc-match', 'java', 'pdffonts', 'pdfinfo', 'pdftohtml', 'pdftotext')
HOME = """
(exercises)=
## 做了吗

```{include} _generated/exercises.md
```

## 带走、重建、许可

都可以用。<a href="notebooks/notebooks.zip" download>全部</a>

<!-- copies -->
"""


@pytest.fixture(scope='module', autouse=True)
def _tools():
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing and os.environ.get('REQUIRE_BROWSER'):
        pytest.fail(f'找不到{"、".join(missing)}', pytrace=False)
    if missing:
        pytest.skip(f'找不到{"、".join(missing)}')


@pytest.fixture(scope='module')
def shared(tmp_path_factory, worker_id) -> Path:
    """A folder that tests side by side share, so that what is in it is made once."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == 'master' else base.parent) / 'copies'
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope='module')
def carried(shared) -> SmallBook:
    """The small book with a home page as the real one has it, and its copies."""
    with alone(shared):
        if (shared / 'book').exists():
            return SmallBook(shared / 'book')
        small = SmallBook.new(shared / 'book')
        small.replace('print(object())', 'print(len(str(object())) > 0)')
        small.replace('<object object at 0x...>', 'True')
        small.replace('print(time.perf_counter())', 'print(0)', small.products)
        small.replace('print(add(1, 2))', 'print(add(1, 2))\n' + 'long = 0\n' * 8)
        small.home.write_text(f'# 小书\n\n一本小书。\n{HOME}', 'utf-8')
        make_copies(small)
    return small


def make_copies(small: SmallBook) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('SOURCE_DATE_EPOCH', '0')
        done = small.run('copies')
    assert done.returncode == 0, done.stderr


@pytest.fixture
def own(carried, tmp_path) -> SmallBook:
    """A copy of it that a test may change."""
    return SmallBook(shutil.copytree(carried.root, tmp_path / 'my book', symlinks=True))


@pytest.fixture(scope='module')
def real(site, shared) -> Path:
    """The folder of the real book's copies, made apart from its site, as if published."""
    root = shared / 'real'
    with alone(shared):
        if not root.exists():
            said = make_real(root)
            assert said == '', 'dead links and missing pictures'
    return root / copies.COPIES


def make_real(root: Path) -> str:
    """Make the copies of the real book in this folder; returns what WeasyPrint says."""
    for name in ('_build/book', '_build/html/index.html', '_build/html/_static/math.woff2'):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, root / name)
    config = root / '_build/book/_config.yml'
    settings = yaml.safe_load(config.read_text('utf-8'))
    settings['html']['baseurl'] = SITE
    config.write_text(yaml.safe_dump(settings), 'utf-8')
    said = io.StringIO()
    logging.getLogger('weasyprint').addHandler(handler := logging.StreamHandler(said))
    made = copies.make_copies(root, BOOK, ['pdf', 'epub'])
    logging.getLogger('weasyprint').removeHandler(handler)
    assert made == ['pdf', 'epub']
    return said.getvalue()


def say(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def without_spaces(text: str) -> str:
    return re.sub(r'\s', '', text)


def pages_of(epub: Path) -> dict[str, str]:
    with ZipFile(epub) as archive:
        names = [name for name in archive.namelist() if name.endswith('.xhtml')]
        return {name: archive.read(name).decode() for name in names}


def hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_two_folders_give_the_same_copies_to_the_byte(carried, own):
    for folder in ('render', 'html/copies', 'copies'):
        shutil.rmtree(own.root / '_build' / folder)
    make_copies(own)
    for kind in copies.FORMATS:
        one, two = (copies.path(small.root, kind) for small in (carried, own))
        assert hash_of(one) == hash_of(two), kind


def test_the_home_page_offers_the_copies_until_the_book_changes(own):
    page, made = own.site / 'index.html', own.root / copies.COPIES
    for kind in copies.FORMATS:
        assert f'href="copies/book.{kind}"' in page.read_text('utf-8')
        assert hash_of(own.site / f'copies/book.{kind}') == hash_of(made / f'book.{kind}')
    assert own.run('copies').stdout.count('没有变化') == 3
    own.replace('这一节很短。', '这一节不长。')
    own.build()
    assert 'copies/' not in page.read_text('utf-8')
    assert not (own.site / 'copies').exists()
    own.run('epub')
    assert 'href="copies/book.epub"' in page.read_text('utf-8')
    assert 'href="copies/book.pdf"' not in page.read_text('utf-8')
    assert not (made / 'book.pdf').exists(), 'it is of another content'


def test_without_a_chinese_font_the_old_copies_stay(own, monkeypatch):
    paths = [own.root / copies.COPIES / f'book.{kind}' for kind in copies.FORMATS]
    before = [hash_of(path) for path in paths]
    shutil.rmtree(own.site / 'copies')
    monkeypatch.setattr('pipeline.pdf.output', lambda *_: 'en|fr')
    done = own.run('copies')
    assert (done.returncode, done.stderr.count('\n')) == (1, 1)
    assert 'apt-get install fontconfig fonts-noto-cjk' in done.stderr
    assert [hash_of(path) for path in paths] == before


def test_without_pango_the_package_is_named(carried, tmp_path, monkeypatch):
    (tmp_path / 'weasyprint.py').write_text('raise OSError("no library called libpango")')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, 'weasyprint')
    with pytest.raises(BookError, match='Pango.*apt-get install .*libpangoft2-1.0-0'):
        print_pdf(carried.root / '_build/render/copy/epub')


def test_folded_code_is_left_out_and_its_output_stays(carried):
    page = pages_of(copies.path(carried.root, 'epub'))['one/01-sums.xhtml']
    text = text_of(page)
    assert 'def add(a: float, b: float)' in text
    assert 'long = 0' not in text
    assert re.search('<div class="cell_output.*?>3\n', page, re.S)
    assert '和不对' not in text, 'the check'
    assert '运行notebooks/check/ex-1-1-1.py，或做练习笔记本' in text


def test_nothing_that_serves_the_site_alone_is_in_a_copy(carried):
    for name, page in pages_of(copies.path(carried.root, 'epub')).items():
        for word in (
            '<details',
            '<button',
            ' download',
            '先做',
            '先自己做',
            '→',
            '?try',
            'copies/',
            '.ipynb"',
        ):
            assert word not in page, (name, word)


def test_links_to_the_site_carry_its_address_where_there_is_one(carried, real):
    links = '\n'.join(pages_of(real / 'book.epub').values())
    for name in ('check/ex-5-1-1.py', 'practice/ch05/06-gpu.ipynb', 'notebooks.zip'):
        assert re.search(f'href="{SITE}(?:notebooks/)?{name}"', links), name
    text = '\n'.join(pages_of(copies.path(carried.root, 'epub')).values())
    assert '运行<code' in text
    assert 'notebooks/' not in ''.join(re.findall('href="[^"]*"', text))


def test_epub_is_valid_and_small_and_is_navigated_by_exercise(real):
    command = ['java', *QUICK, '-jar', shutil.which('epubcheck'), real / 'book.epub']
    done = subprocess.run(command, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert '0 fatals / 0 errors / 0 warnings' in said, said
    assert (real / 'book.epub').stat().st_size < 5e6
    pages = pages_of(real / 'book.epub')
    navigation = text_of(pages['nav.xhtml'])
    with ZipFile(real / 'book.epub') as archive:
        package = archive.read('content.opf').decode()
    assert '<dc:language>zh-CN<' in package
    assert 'properties="cover-image"' in package
    for exercise in exercises():
        assert f'{exercise.number} {exercise.title}' in navigation
    for page in pages.values():
        for image in re.findall('<img[^>]*>', page):
            assert re.search(' alt="[^"]+"', image), image


def exercises() -> list:
    return [exercise for section in BOOK.sections for exercise in section.exercises]


def test_title_page_says_where_and_with_what_all_of_it_ran(real, site):
    run = json.loads((site / 'verification.json').read_text('utf-8'))[0]
    title_page = without_spaces(say('pdftotext', '-l', '1', real / 'book.pdf', '-'))
    said = (
        f'{run["device"]}（CPU，torch {run["torch"]}，Python {run["python"]}）上运行，检查全部通过'
    )
    assert without_spaces(said) in title_page


def test_pdf_says_what_it_is_and_is_small(real):
    about = say('pdfinfo', real / 'book.pdf')
    assert re.search('Title: +动手学深度学习·习题解答\n', about)
    assert re.search('Author: +《动手学深度学习》习题解答的作者们\n', about)
    assert re.search('CreationDate: ', about)
    assert re.search('Tagged: +yes\n', about)
    assert re.search(r'Page size: .*\(A4\)', about)
    assert int(re.search(r'Pages: +(\d+)', about)[1]) <= 130
    assert (real / 'book.pdf').stat().st_size < 8e6


def test_pdf_embeds_subsets_of_its_fonts_alone(real):
    fonts = say('pdffonts', real / 'book.pdf').splitlines()[2:]
    assert fonts
    for font in fonts:
        assert re.search(r'^[A-Z]{6}\+(Noto-\S*-CJK|Symbols)\S* .* yes yes yes ', font), font
    names = ' '.join(fonts)
    assert all(name in names for name in ('Serif-CJK', 'Sans-CJK', 'Mono-CJK'))


def test_every_exercise_is_in_the_pdf_as_text_in_its_outline_and_in_its_contents(real):
    text = say('pdftotext', '-layout', real / 'book.pdf', '-')
    sheets = [without_spaces(sheet) for sheet in text.split('\f')]
    contents = [without_spaces(line) for line in ''.join(text.split('\f')[1:3]).split('\n')]
    xml = say('pdftohtml', '-xml', '-i', '-stdout', '-l', '1', real / 'book.pdf')
    items = re.findall('<item page="(.*?)">(.*?)</item>', xml)
    outline = {text_of(title): int(page) for page, title in items}
    for exercise in exercises():
        title = f'{exercise.number} {exercise.title}'
        page, flat = outline[title], without_spaces(title)
        lines = [line for line in contents if re.fullmatch(rf'{re.escape(flat)}\.+{page}', line)]
        assert len(lines) == 1, title
        assert flat in sheets[page - 1]
        assert statement(exercise) in ''.join(sheets[page - 1 : page + 1]), title


def statement(exercise) -> str:
    """What the exercise begins with, between formulas, links and names."""
    chapters = ''.join(path.read_text('utf-8') for path in (ROOT / 'chapters').rglob('*.md'))
    text = chapters.partition(f':label: {exercise.label}-q\n')[2].partition('难度：')[2]
    text = re.sub(r'\]\([^)]*\)', ']', text)
    return without_spaces(re.search(r'[^`[\]*$★\n（(]{5,}', text)[0])
