"""Turn executed sections and what their runs recorded into the pages that Jupyter Book reads."""

import html
import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlencode

import nbformat
import yaml
from nbformat import NotebookNode

from pipeline.book import CHAPTERS, Book, Exercise, Section
from pipeline.faults import BookError, Fault, first_line
from pipeline.layout import arrange, mistakes
from pipeline.notebooks import ARCHIVE, KINDS
from pipeline.read import files
from pipeline.repository import Repository
from pipeline.store import Record, merge

CODE = Path('_generated/code.txt')
LOOK = ('_static', '_templates', '_copies')  # what makes pages and copies look as they do
PROVENANCE = ('runner', 'device', 'torch', 'python', 'executed_at', 'source_hash')
STALE = '（旧版本，待重新运行）'
REPORT = """\
练习：{exercise.number} {exercise.title}
页面：{repository.site}{section.name}.html#{exercise.label}
版本：{run.source_hash:.12}，torch {run.torch}，Python {run.python}

我运行的代码：

看到的输出：

应当是：
"""


def verify(
    sections: list[Section], executed: dict[str, NotebookNode], records: dict[str, Record]
) -> tuple[list[dict], dict[str, NotebookNode]]:
    """The entries of ``verification.json``, and by section the run that its page shows."""
    entries, shown = [], dict(executed)
    for section in sections:
        ran, record = executed[section.name], records.get(section.name)
        runs = [(ran, 'passed')]
        if record and ran.metadata.run.runner != 'cuda':
            runs.append((record.notebook, 'passed' if record.is_current else 'stale'))
            if section.show == 'cuda' and record.is_current:
                shown[section.name] = merge(section, record.notebook)
        for notebook, state in runs:
            run = notebook.metadata.run
            for exercise in section.exercises:
                entries.append(
                    {
                        'section': section.number,
                        'exercise': exercise.label,
                        'title': exercise.title,
                        'checks': sum(run.asserts.get(cell.id, 0) for cell in exercise.checks),
                        **{key: run[key] for key in PROVENANCE},
                        'state': state,
                    }
                )
    return entries, shown


def make_pages(
    root: Path, book: Book, shown: dict[str, NotebookNode], entries: list[dict], repository
) -> dict[Path, bytes]:
    """All files that Jupyter Book reads, by their paths in its folder."""
    sources = {path.relative_to(root / CHAPTERS): path for path in files(root / CHAPTERS)}
    sources |= {path.relative_to(root): path for name in LOOK for path in files(root / name)}
    pages = {path: source.read_bytes() for path, source in sources.items()}
    near = neighbours(book.sections)
    for section in book.sections:
        del pages[section.path.relative_to(CHAPTERS)]
        page = section_page(section, shown[section.name], entries, repository, near)
        pages[Path(f'{section.name}.ipynb')] = (nbformat.v4.writes(page) + '\n').encode()
    plain = [pages[path.relative_to(CHAPTERS)].decode() for path in book.pages]
    titles = [section.title for section in book.sections] + re.findall(
        '^# .*', '\n'.join(plain), re.M
    )
    config = _read_config(root)
    if repository:
        config.setdefault('html', {})['baseurl'] = repository.site
    toc = (root / '_toc.yml').read_text('utf-8').replace(f'{CHAPTERS}/', '')
    texts = {
        '_config.yml': yaml.safe_dump(config, allow_unicode=True),
        '_toc.yml': toc,
        '_generated/titles.txt': '\n'.join(titles),  # which other pages show, too
        '_generated/summary.md': summary(entries),
        '_generated/exercises.md': exercise_list(book.sections),
        '_generated/mistakes.md': mistake_list(book.sections),
        '_generated/verification.md': verification_tables(book.sections, entries),
    }
    code = b''.join(path.read_bytes() for path in sorted(Path(__file__).parent.glob('*.py')))
    return pages | {Path(name): text.encode() for name, text in texts.items()} | {CODE: code}


def _read_config(root: Path) -> dict:
    try:
        config = yaml.safe_load((root / '_config.yml').read_text('utf-8'))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BookError(Fault(Path('_config.yml'), f'读不了：{first_line(error)}')) from error
    if not isinstance(config, dict):
        raise BookError(Fault(Path('_config.yml'), '读不了：不是“键: 值”的形式'))
    return config


def section_page(
    section: Section,
    shown: NotebookNode,
    entries: list[dict],
    repository: Repository | None,
    neighbours: dict[str, str],
) -> NotebookNode:
    """The notebook as myst-nb shall render it: machine named, checks summed up.

    ``entries`` are those of ``verification.json``, ``neighbours`` those of the function.
    """
    head = _downloads(section, repository) + _provenance(section, shown)
    verdicts, notes = {}, {}
    for exercise in section.exercises:
        label = exercise.label
        passed, report = _passed(exercise, entries), _report(section, exercise, shown, repository)
        checks = next(entry['checks'] for entry in entries if entry['exercise'] == label)
        verdicts[label] = f'```{{container}} passed\n✓ 下面的答案通过了{checks}条断言\n```'
        notes[label] = f'```{{container}} passed\n{passed}\n{report}\n```\n\n{neighbours[label]}'
    return arrange(section, shown, head, verdicts, notes)


def neighbours(sections: list[Section]) -> dict[str, str]:
    """Label of an exercise -> links to the one before and the one after it, as MyST."""
    exercises = [exercise for section in sections for exercise in section.exercises]
    links = {exercise.label: [] for exercise in exercises}
    for before, after in pairwise(exercises):
        links[after.label].append(f'[← {before.number} {before.title}](#{before.label})')
        links[before.label].append(f'[{after.number} {after.title} →](#{after.label})')
    return {
        label: '\n'.join(['```{container} neighbours', *pair, '```']) if pair else ''
        for label, pair in links.items()
    }


def _downloads(section: Section, repository: Repository | None) -> str:
    """Links to the section's two notebooks, to services that open what is published, as MyST."""
    up = '../' * section.name.count('/') + 'notebooks'
    items = []
    for kind, name in KINDS.items():
        services = repository.services(kind, section.name) if repository else {}
        items += [f'[在{service}打开{name}]({url})' for service, url in services.items()]
        # Sphinx knows nothing of these files, hence HTML
        items.append(f'<a href="{up}/{kind}/{section.name}.ipynb" download>下载{name}</a>')
    items.append(f'<a href="{up}/{ARCHIVE}" download>下载全部（.zip）</a>')
    return '```{container} downloads\n' + '\n'.join(items) + '\n```\n\n'


def _provenance(section: Section, shown: NotebookNode) -> str:
    """Where and when the outputs of a page were made, as MyST."""
    run = shown.metadata.run
    versions = f'torch {run.torch}，Python {run.python}'
    if run.runner == 'cuda':
        versions = f'{versions}，CUDA {run.cuda}，驱动{run.driver}'
    text = html.escape(f'这一节的输出来自{run.device}，{versions}，{run.executed_at[:10]}。')
    if section.show == 'cuda' and run.runner != 'cuda':
        text += '\n这是在CPU上的运行；这个版本在CUDA上的运行记录尚待补上。'
    return f'```{{container}} run\n{text}\n```'


def _passed(exercise: Exercise, entries: list[dict]) -> str:
    """The tick under a check: how many assertions passed, on which machines."""
    mine = [e for e in entries if e['exercise'] == exercise.label and e['state'] == 'passed']
    runs = '；'.join(f'在{html.escape(e["device"])}上{e["checks"]}条断言全部通过' for e in mine)
    return f'✓ {runs}'


def _report(section: Section, exercise: Exercise, shown, repository: Repository | None) -> str:
    """A link that opens an issue with the exercise filled in, as HTML."""
    if not repository:
        return ''
    run = shown.metadata.run
    body = REPORT.format(exercise=exercise, section=section, run=run, repository=repository)
    query = urlencode({'title': f'练习{exercise.number}：', 'body': body})
    address = f'https://github.com/{repository.owner}/{repository.name}/issues/new?{query}'
    return f'\n<a class="report" href="{html.escape(address)}">报告错误</a>'


def summary(entries: list[dict]) -> str:
    """One line for the title page: exercises, assertions, runners."""
    text = f'{len({entry["exercise"] for entry in entries})}道练习'
    for runner in dict.fromkeys(entry['runner'] for entry in entries):
        mine = [e for e in entries if e['runner'] == runner and e['state'] == 'passed']
        if checks := sum(entry['checks'] for entry in mine):
            text += f'，{checks}条断言在{runner.upper()}上全部通过'
    return f'{text}。\n'


def exercise_list(sections: list[Section]) -> str:
    """For the title page: the exercises by section, a way to try each first, as MyST."""
    lines = []
    for section in sections:
        lines += [f'**{section.title}**', '']
        for exercise in section.exercises:
            address = f'{section.name}.html?try#{exercise.label}'
            lines.append(
                f'* [{exercise.number} {exercise.title}](#{exercise.label})'
                f' <a class="try" href="{address}">先做</a>'
                f' <span class="did" data-exercise="{exercise.label}"></span>'
            )
        lines.append('')
    return '\n'.join(lines)


def mistake_list(sections: list[Section]) -> str:
    """For the page 常见误答: the claims of all exercises, each a link to its refutation."""
    lines = []
    for section in sections:
        lines += [f'## {section.title}', '']
        listed = mistakes(section.notebook)
        for exercise in section.exercises:
            lines += [f'[{exercise.number} {exercise.title}](#{exercise.label})', '']
            for i, (claim, _) in enumerate(listed.get(exercise.label, []), 1):
                lines.append(f'* [{claim}](#{exercise.label}-mistake-{i})')
            lines.append('')
    return '\n'.join(lines)


def verification_tables(sections: list[Section], entries: list[dict]) -> str:
    """For the page 验证: one table of runs and one of exercises, as Markdown.

    Sections that ran alike share a row; exercises tell only what is not the same for all.
    """
    numbers, times = {}, {}
    for entry in entries:
        runner = f'{entry["runner"].upper()}{STALE * (entry["state"] == "stale")}'
        run = runner, html.escape(entry['device']), entry['torch'], entry['python']
        numbers.setdefault(run, {})[entry['section']] = None
        times.setdefault(run, []).append(entry['executed_at'][:16].replace('T', ' '))
    runs = ['| 运行 | 节 | 设备 | torch | Python | 时间（UTC） |', '|:--|:--|:--|:--|:--|:--|']
    for run, when in times.items():
        period = ' – '.join(dict.fromkeys([min(when), max(when)]))
        sections_run = '、'.join(numbers[run])
        runs.append(f'| {run[0]} | {sections_run} | {" | ".join(run[1:])} | {period} |')
    exercises = ['| 练习 | 断言 | 通过 |', '|:--|--:|:--|']
    for exercise in (exercise for section in sections for exercise in section.exercises):
        mine = [entry for entry in entries if entry['exercise'] == exercise.label]
        passed = '、'.join(e['runner'].upper() for e in mine if e['state'] == 'passed')
        link = f'[{exercise.number} {exercise.title}](#{exercise.label})'
        exercises.append(f'| {link} | {mine[0]["checks"]} | {passed} |')
    return '\n'.join(['## 运行', '', *runs, '', '## 练习', '', *exercises, ''])
