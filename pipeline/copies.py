"""Turn the pages of the site into copies to carry: an ePub, and from its pages a PDF.

What the site shows open is in a copy. Code that it folds is left out, outputs and figures stay;
checks are left out with a line that says where they are. Nothing is executed.
"""

import html
import io
import json
import os
import re
import shutil
import time
import uuid
from pathlib import Path
from urllib.parse import unquote
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import nbformat
import yaml
from PIL import Image, ImageDraw, ImageFont

from pipeline.book import Book, has_tag
from pipeline.faults import BookError
from pipeline.machine import output
from pipeline.pages import LOOK
from pipeline.render import RENDERED, SITE, SOURCE, run_jupyter_book
from pipeline.store import replace

COPIES = Path('_build/copies')
FORMATS = {'pdf': 'book.pdf', 'epub': 'book.epub'}
COVER = '_static/cover.png'
ADAPTED = Path('_build/copy')  # what Jupyter Book reads for them
FONTS = 'apt-get install fonts-noto-cjk fontconfig'
WEB = 'jumps|downloads|copy|neighbours'  # containers that serve the site alone
KEPT = 'copy.css|pygments.css|math.woff2|cover.png'  # of the static files
STYLES = rf'<link rel="stylesheet"[^>]*_static/(?!{KEPT})[^>]*/>\s*'
UNUSED = rf'<item [^>]*?href="_static/(?!{KEPT})[^>]*/>\s*'
ABOUT = """
```{{container}} about
{author}

{runs}

{address}网站上折叠起来的演示代码没有收进来，它们的输出和图都在；全部代码在各节的解答笔记本里。
检查代码也没有收进来：每题的末尾写着它在哪里。
```

## 目录

```{{tableofcontents}}
```
"""
CODE_AT = '```{{container}} code-at\n准备单元格和折叠起来的演示代码没有收进来，它们在{solution}里。\n```'
CHECK_AT = """\
({label}-check)=
```{{container}} check-at
核对你的答案：运行{script}，或做{practice}。
```"""


def make_copies(root: Path, book: Book, site: str, kinds: list[str]) -> None:
    """Write the copies of these kinds, 'pdf' and 'epub'; ``site`` is its address or ''."""
    folder = root / ADAPTED
    shutil.rmtree(folder, ignore_errors=True)
    for name, content in adapt(root, book, site).items():
        replace(folder / name, content)
    shutil.rmtree(root / RENDERED / ADAPTED.name, ignore_errors=True)
    rendered = run_jupyter_book(root, book, 'epub', True, ADAPTED, metadata(root, site))
    mend(rendered)
    (root / COPIES).mkdir(exist_ok=True)
    if 'epub' in kinds:
        pack(rendered, root / COPIES / FORMATS['epub'])
        print(f'已写入{COPIES / FORMATS["epub"]}')
    if 'pdf' in kinds:
        from pipeline.pdf import write_pdf

        config = read_config(root)
        style = (root / SOURCE / '_copies/pdf.css').read_text('utf-8')
        path = root / COPIES / FORMATS['pdf']
        write_pdf(rendered, style, config['title'], config['author'], path)
        print(f'已写入{COPIES / FORMATS["pdf"]}')


def adapt(root: Path, book: Book, site: str) -> dict[Path, bytes]:
    """What Jupyter Book shall read for the copies, made from what it read for the site."""
    source = root / SOURCE
    paths = [path for path in source.rglob('*') if path.is_file()]
    pages = {path.relative_to(source): path.read_bytes() for path in paths}
    style = pages[Path('_copies/copy.css')]
    pages = {path: page for path, page in pages.items() if path.parts[0] not in LOOK}
    for section in book.sections:
        name = Path(f'{section.name}.ipynb')
        notebook = nbformat.reads(pages[name], 4)
        adapt_notebook(notebook, section.name, site)
        pages[name] = nbformat.v4.writes(notebook).encode()
    texts = {path: page.decode() for path, page in pages.items() if path.suffix == '.md'}
    config, toc = read_config(root), yaml.safe_load(pages[Path('_toc.yml')])
    entries = read_entries(root)
    home, title = Path(f'{toc["root"]}.md'), config['title']
    front, *parts = re.split(r'(?m)^(?=(?:\([\w-]+\)=\n)?## )', texts[home])
    address = f'网站在<{site}>。\n' if site else ''
    front = re.sub(r'```\{include\} _generated/exercises.md\n```', '', front)
    texts[home] = front + ABOUT.format(author=config['author'], runs=runs(entries), address=address)
    toc['defaults'] = {'titlesonly': False, 'maxdepth': 3}
    for chapter in toc.get('chapters', []):
        if 'sections' in chapter:
            chapter['options'] = {'titlesonly': False, 'maxdepth': 2}
    if parts:
        texts[Path('closing.md')] = re.sub('(?m)^## ', '# ', parts[-1])
        toc.setdefault('chapters', []).append({'file': 'closing'})
    del config['html']  # the address of the site, its icon
    config['sphinx']['config'] |= {'templates_path': [], 'html_additional_pages': {}}
    pages |= {path: link(text, site).encode() for path, text in texts.items()}
    return pages | {
        Path('_config.yml'): yaml.safe_dump(config, allow_unicode=True).encode(),
        Path('_toc.yml'): yaml.safe_dump(toc, allow_unicode=True, sort_keys=False).encode(),
        Path('_static/copy.css'): style,
        Path('_static/math.woff2'): (root / SITE / '_static/math.woff2').read_bytes(),
        Path(COVER): draw_cover(title, config['author']),
    }


def metadata(root: Path, site: str) -> dict:
    """How Sphinx shall write the ePub."""
    config = read_config(root)
    identifier = f'uuid-{uuid.uuid5(uuid.NAMESPACE_URL, site or config["title"])}'
    return {
        'version': max(entry['executed_at'] for entry in read_entries(root))[:10],
        'epub_title': config['title'],
        'epub_description': config['title'],
        'epub_contributor': config['author'],
        'epub_language': 'zh-CN',
        'epub_identifier': identifier,
        'epub_uid': identifier,  # what Sphinx calls so in toc.ncx
        'epub_cover': (COVER, 'epub-cover.html'),
        'epub_show_urls': 'no',
        'epub_tocscope': 'includehidden',
        'epub_tocdup': False,
    }


def adapt_notebook(notebook: nbformat.NotebookNode, name: str, site: str) -> None:
    """Leave out of a section's page what serves the site, and the code that it folds."""
    solution, practice = (f'notebooks/{kind}/{name}.ipynb' for kind in ('solution', 'practice'))
    for cell in notebook.cells:
        tags = cell.metadata.get('tags', [])
        if has_tag(cell, 'check'):
            cell.metadata.tags = ['remove-cell']
        elif has_tag(cell, 'hide-input') or has_tag(cell, 'hide-cell'):
            cell.metadata.tags = [*tags, 'remove-input']
        if cell.cell_type == 'code':
            cell.metadata.tags = [t for t in cell.metadata.tags if not t.startswith('hide-')]
            continue
        text = re.sub(
            r'```\{container\} downloads\n.*?\n```',
            CODE_AT.format(solution=f'<a href="{solution}">解答笔记本</a>'),
            cell.source,
            flags=re.S,
        )
        text = re.sub(rf'```\{{container\}} (?:{WEB})\n.*?\n```', '', text, flags=re.S)
        text = re.sub(r'\n<a class="report".*', '', text)
        text = re.sub(r'</?details.*?>\n?|<summary>展开延伸</summary>', '', text)
        text = re.sub('<summary>(.*)</summary>', r'```{rubric} \1\n```', text)
        if match := re.match(r'\(([\w-]+)-check\)=\n### ', text):
            script = f'notebooks/check/{match[1]}.py'
            text = CHECK_AT.format(
                label=match[1],
                script=f'<a href="{script}">`{script}`</a>',
                practice=f'<a href="{practice}">练习笔记本</a>',
            )
        cell.source = link(text, site)


def link(text: str, site: str) -> str:
    """Links to files of the site, which are HTML, become links to its address or plain text."""

    def replace_link(match: re.Match) -> str:
        path, name = re.sub(r'^(\.\./)+', '', match[1]), match[2]
        return f'[{name}]({site}{path})' if site else name

    return re.sub(r'<a [^>]*?href="((?!http)[^"]*)"[^>]*>(.*?)</a>', replace_link, text)


def read_config(root: Path) -> dict:
    return yaml.safe_load((root / SOURCE / '_config.yml').read_text('utf-8'))


def read_entries(root: Path) -> list[dict]:
    return json.loads((root / SITE / 'verification.json').read_text('utf-8'))


def runs(entries: list[dict]) -> str:
    """On which machines, when and with which versions the book ran, a line for each."""
    lines = {}
    for entry in entries:
        if entry['state'] == 'passed':
            versions = f'torch {entry["torch"]}，Python {entry["python"]}'
            key = f'{html.escape(entry["device"])}（{entry["runner"].upper()}；{versions}）'
            lines[key] = max(lines.get(key, ''), entry['executed_at'][:10])
    return '\n'.join(f'{date}在{machine}上运行，全部检查通过。' for machine, date in lines.items())


def draw_cover(title: str, author: str) -> bytes:
    """The cover as PNG: the title in white on layers of blue."""
    found = output('fc-match', '-f', '%{file}|%{index}|%{lang}', 'sans:lang=zh-cn:weight=200')
    file, _, rest = found.partition('|')
    index, _, languages = rest.partition('|')
    if 'zh-cn' not in languages:
        raise BookError(f'封面上的字要用中文字体，这台机器上没有：{FONTS}')
    image = Image.new('RGB', (1200, 1600), '#0b3d6b')
    draw = ImageDraw.Draw(image)
    for i, colour in enumerate(('#0f4c81', '#1766a6', '#2b83c6', '#5ba4dc', '#9cc9ec')):
        top = 760 + 130 * i
        draw.rounded_rectangle((150 + 60 * i, top, 1050 - 60 * i, top + 90), 18, colour)
    for i, line in enumerate(title.split('·')):
        font = ImageFont.truetype(file, 118 if i == 0 else 90, index=int(index))
        draw.text((600, 300 + 170 * i), line, 'white', font, anchor='mm')
    font = ImageFont.truetype(file, 36, index=int(index))
    draw.text((600, 1500), author, '#9cc9ec', font, anchor='mm')
    data = io.BytesIO()
    image.save(data, 'PNG', optimize=True)
    return data.getvalue()


def mend(folder: Path) -> None:
    """Change what Sphinx and Matplotlib wrote into what epubcheck accepts."""
    for path in folder.rglob('*.svg'):
        text = re.sub(r'<!DOCTYPE[^>]*>\n?', '', path.read_text('utf-8'))
        path.write_text(re.sub(r'<path(?![^>]* d="[^"])(?: d="")?', '<path d="M0 0"', text), 'utf-8')
    for path in folder.rglob('*.xhtml'):
        text = path.read_text('utf-8').replace(' loading="lazy"', '')
        text = text.replace('<math', '<math xmlns="http://www.w3.org/1998/Math/MathML"')
        path.write_text(re.sub(STYLES, '', text), 'utf-8')


def pack(folder: Path, path: Path) -> None:
    """Write the ePub: the files that its package lists, in order, all of one date."""
    package = folder / 'content.opf'
    text = package.read_text('utf-8')
    for page in folder.rglob('*.xhtml'):
        if '<math' in page.read_text('utf-8'):
            name = page.relative_to(folder).as_posix()
            text = text.replace(f'href="{name}"', f'href="{name}" properties="mathml"')
    text = text.replace(f'href="{COVER}"', f'href="{COVER}" properties="cover-image"')
    text = re.sub(UNUSED, '', text)
    package.write_text(text, 'utf-8')
    names = re.findall('<item [^>]*?href="([^"]*)"', text)
    date = time.gmtime(int(os.environ.get('SOURCE_DATE_EPOCH', time.time())))[:6]
    with ZipFile(path, 'w') as archive:
        for name in ['mimetype', 'META-INF/container.xml', 'content.opf', *map(unquote, names)]:
            how = ZIP_STORED if name == 'mimetype' else ZIP_DEFLATED
            archive.writestr(ZipInfo(name, date), (folder / name).read_bytes(), how)
