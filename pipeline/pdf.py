"""Turn the pages of the ePub into a PDF: one document, which WeasyPrint sets in pages."""

import html
import logging
import posixpath
import re
from functools import partial
from pathlib import Path

from pipeline.faults import BookError
from pipeline.machine import output
from pipeline.mathml import FONT, text_of, to_picture

NEEDED = 'apt-get install fontconfig fonts-noto-cjk libpangoft2-1.0-0'
DOCUMENT = """<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><title>{title}</title>
<meta name="author" content="{creator}"><meta name="dcterms.created" content="{date}">
<style>@font-face {{ font-family: Symbols; src: url("{symbols}"); }}</style>
<link rel="stylesheet" href="_static/pygments.css">
<link rel="stylesheet" href="_static/copy.css"><link rel="stylesheet" href="_static/pdf.css"></head>
<body>{body}</body></html>"""
SECTION = re.compile(r'<section[^>]*? id="([^"]*)"[^>]*>\s*((?:<span [^>]*></span>)*)<(h\d)>')
ABOUT = re.compile('<dc:(title|creator|date)>(.*?)</dc')
FORMULA = re.compile('<math.*?</math>', re.S)


def print_pdf(folder: Path) -> bytes:
    """The pages of the ePub in ``folder`` as one PDF, in the order of ``nav.xhtml``."""
    logging.getLogger('weasyprint').setLevel(logging.ERROR)  # of CSS that it does not know
    try:
        from weasyprint import HTML
    except OSError as error:
        raise BookError(f'PDF由WeasyPrint排版，它要用的Pango这台机器上没有：{NEEDED}') from error
    if 'zh-cn' not in output('fc-match', '-f', '%{lang}', ':lang=zh-cn'):
        raise BookError(f'PDF要用中文字体，这台机器上找不到：{NEEDED}')
    document = DOCUMENT.format(
        **dict(ABOUT.findall((folder / 'content.opf').read_text('utf-8'))),
        symbols=FONT.as_uri(),  # signs that a font for Chinese may lack
        body=FORMULA.sub(_picture, _join(folder)),
    )
    return HTML(string=document, base_url=f'{folder}/').write_pdf(pdf_tags=True)


def _join(folder: Path) -> str:
    """The pages as articles of one document: ids bear the page's name, links stay inside."""
    articles = []
    for name in re.findall('<a href="([^"#]*)"', (folder / 'nav.xhtml').read_text('utf-8')):
        (body,) = re.findall('<section.*</section>', (folder / name).read_text('utf-8'), re.S)
        body = re.sub('<[a-z][^>]*>', partial(_resolve, name), body)
        body = SECTION.sub(r'<section><\3 id="\1">\2', body)  # its heading may be a page later
        articles.append(f'<article id="{name}">{body}</article>')
    return '\n'.join(articles)


def _resolve(page: str, tag: re.Match) -> str:
    """A tag of a page as it shall be in the document of all."""

    def resolved(attribute: re.Match) -> str:
        kind, value = attribute.groups()
        path, _, point = value.partition('#')
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), path)) if path else page
        if kind == 'id':
            value = f'{page}.{value}'
        elif ':' not in value:
            value = path if kind == 'src' else f'#{path}.{point}'.rstrip('.')
        return f' {kind}="{value}"'

    return re.sub(r' (id|href|src)="([^"]*)"', resolved, tag[0])


def _picture(match: re.Match) -> str:
    source, width, height, depth = to_picture(match[0])
    how = f'width:{width:.3f}em;height:{height:.3f}em;vertical-align:{depth:.3f}em'
    alt = html.escape(text_of(match[0]))
    return f'<img class="formula" alt="{alt}" style="{how}" src="{source}">'
