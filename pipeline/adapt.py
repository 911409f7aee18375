"""Turn the pages of the site into those of the copies to carry, ePub and PDF.

What the site shows open stays. Code that it folds is left out, the outputs and figures stay; a
check is left out with a line that says where it is. Nothing is executed, nothing written twice.
"""

import html
import re
from pathlib import Path

import nbformat
import yaml
from nbformat import NotebookNode

from pipeline.book import Section, has_tag
from pipeline.pages import LOOK

CONTENTS = {'titlesonly': False, 'maxdepth': 3}  # chapter, section, exercise
ABOUT = """
```{{container}} about
{author}

{runs}

{address}网站上折叠起来的演示代码没有收进来，它们的输出和图都在；全部代码在各节的解答笔记本里。
检查代码也没有收进来，每题的末尾写着它在哪里。
```

## 目录

```{{tableofcontents}}
```
"""
CODE = '```{{container}} where\n准备单元格和折叠起来的演示代码没有收进来，它们在{}里。\n```'
CHECK = """\
({label}-check)=
```{{container}} where
核对你的答案：运行{script}，或做{practice}。
```"""


def adapt(
    pages: dict[Path, bytes], sections: list[Section], entries: list[dict], site: str
) -> dict[Path, bytes]:
    """What Jupyter Book shall read for the copies.

    Parameters
    ----------
    pages, entries
        What it read for the site; ``verification.json``.
    site
        Address of the published site, '' where there is none.
    """
    style = pages[Path('_copies/copy.css')]
    pages = {path: page for path, page in pages.items() if path.parts[0] not in LOOK}
    pages |= {Path('_static/copy.css'): style}
    for section in sections:
        path = Path(f'{section.name}.ipynb')
        notebook = nbformat.reads(pages[path], 4)
        _adapt_section(notebook, section.name, site)
        pages[path] = (nbformat.v4.writes(notebook) + '\n').encode()
    config, toc = (yaml.safe_load(pages[Path(name)]) for name in ('_config.yml', '_toc.yml'))
    config.pop('html', None)  # address and icon of the site
    config['sphinx']['config'] |= {'templates_path': [], 'html_additional_pages': {}}
    texts = {path: page.decode() for path, page in pages.items() if path.suffix == '.md'}
    home = Path(f'{toc["root"]}.md')
    front, *parts = re.split(r'(?m)^(?=(?:\([\w-]+\)=\n)?## )', texts[home])
    front = re.sub(r'```\{include\} _generated/exercises.md\n```', '', front)
    address = f'网站在<{site}>。\n' if site else ''
    texts[home] = front + ABOUT.format(
        author=config['author'], runs=_runs(entries), address=address
    )
    toc['defaults'] = CONTENTS
    for chapter in toc['chapters']:
        if 'sections' in chapter:
            chapter['options'] = CONTENTS | {'maxdepth': 2}
    if parts:  # the last one, with the licences, ends the book
        texts[Path('closing.md')] = re.sub('(?m)^## ', '# ', parts[-1])
        toc['chapters'].append({'file': 'closing'})
    pages |= {path: _link(text, site).encode() for path, text in texts.items()}
    settings = {'_config.yml': config, '_toc.yml': toc}
    return pages | {
        Path(name): yaml.safe_dump(value, allow_unicode=True, sort_keys=False).encode()
        for name, value in settings.items()
    }


def _adapt_section(notebook: NotebookNode, name: str, site: str) -> None:
    """Leave out of a section's page what serves the site, and the code that it folds."""
    solution, practice = (
        f'<a href="notebooks/{kind}/{name}.ipynb">{text}</a>'
        for kind, text in (('solution', '解答笔记本'), ('practice', '练习笔记本'))
    )
    for cell in notebook.cells:
        tags = cell.metadata.get('tags', [])
        if has_tag(cell, 'check'):
            cell.metadata.tags = ['remove-cell']
        elif cell.cell_type == 'code':
            kept = [tag for tag in tags if tag not in ('hide-input', 'hide-cell')]
            cell.metadata.tags = kept + ['remove-input'] * (kept != tags)
        elif check := re.match(r'\((.*)-check\)=\n### ', cell.source):
            script = f'<a href="notebooks/check/{check[1]}.py">`notebooks/check/{check[1]}.py`</a>'
            text = CHECK.format(label=check[1], script=script, practice=practice)
            cell.source = _link(text, site)
        else:
            text = _container('downloads', CODE.format(solution), cell.source)
            text = _container('jumps|neighbours', '', text)
            text = re.sub(r'\n<a class="report".*', '', text)
            text = re.sub(r'</?details.*?>\n?|<summary>展开延伸</summary>', '', text)
            text = re.sub('<summary>(.*)</summary>', r'```{rubric} \1\n```', text)
            cell.source = _link(text, site)


def _container(names: str, replacement: str, text: str) -> str:
    return re.sub(rf'```\{{container\}} (?:{names})\n.*?\n```', replacement, text, flags=re.S)


def _link(text: str, site: str) -> str:
    """Links to files of the site, which are HTML, become links to its address or plain text."""

    def adapted(match: re.Match) -> str:
        path, name = re.sub(r'^(?:\.\./)+', '', match[1]), match[2]
        return f'[{name}]({site}{path})' if site else name

    return re.sub(r'<a [^>]*?href="(?!http)([^"]*)"[^>]*>(.*?)</a>', adapted, text)


def _runs(entries: list[dict]) -> str:
    """On which machines, when and with which versions the checks passed, as MyST."""
    dates = {}
    for entry in entries:
        if entry['state'] == 'passed':
            versions = (
                f'{entry["runner"].upper()}，torch {entry["torch"]}，Python {entry["python"]}'
            )
            run = f'{html.escape(entry["device"])}（{versions}）'
            dates[run] = max(dates.get(run, ''), entry['executed_at'][:10])
    return '\n'.join(f'{date}在{run}上运行，检查全部通过。' for run, date in dates.items())
