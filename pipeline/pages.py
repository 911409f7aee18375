"""Turn executed sections and what their runs recorded into the pages that Jupyter Book reads."""

import re
from pathlib import Path

import nbformat
import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined
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
TITLES = Path('_generated/titles.txt')  # which other pages show, too
SITEMAP = Path('_generated/sitemap.xml')  # for search engines
MARKUP = '_templates/pages'
PROVENANCE = ('runner', 'device', 'torch', 'python', 'executed_at', 'source_hash')


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
    chapters = b'\n'.join(page for path, page in pages.items() if path.suffix == '.md')
    titles = re.findall('^# .*', chapters.decode(), re.M)  # and comments, which hardly matter
    templates = open_templates(root)
    known = facts(book, entries, repository)
    for section in book.sections:
        del pages[section.path.relative_to(CHAPTERS)]
        page = section_page(section, shown[section.name], templates, known)
        pages[Path(f'{section.name}.ipynb')] = (nbformat.v4.writes(page) + '\n').encode()
    config = _read_config(root)
    if repository:
        config.setdefault('html', {})['baseurl'] = repository.site
    toc = (root / '_toc.yml').read_text('utf-8').replace(f'{CHAPTERS}/', '')
    texts = {
        '_config.yml': yaml.safe_dump(config, allow_unicode=True),
        '_toc.yml': toc,
        TITLES: '\n'.join(titles),
    }
    lists = ['summary.md', 'exercises.md', 'mistakes.md', 'verification.md', 'runs.md']
    for name in [*lists, SITEMAP.name] if repository else lists:
        texts[f'_generated/{name}'] = templates.get_template(name).render(known)
    code = b''.join(path.read_bytes() for path in sorted(Path(__file__).parent.glob('*.py')))
    return pages | {Path(name): text.encode() for name, text in texts.items()} | {CODE: code}


def open_templates(root: Path) -> Environment:
    """The templates of what is generated, in Markdown."""
    return Environment(
        loader=FileSystemLoader(root / MARKUP),
        trim_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
    )


def facts(book: Book, entries: list[dict], repository: Repository | None) -> dict:
    """What the templates know of the whole book; ``entries`` are those of ``verification.json``."""
    claims, runs, passed = {}, {}, {}
    for section in book.sections:
        claims |= mistakes(section.notebook)
    for entry in entries:
        run = [entry[key] for key in ('runner', 'state', 'device', 'torch', 'python')]
        runs.setdefault(tuple(run), []).append(entry)
        if entry['state'] == 'passed':
            passed.setdefault(entry['exercise'], []).append(entry)
    return {
        'sections': book.sections,
        'names': [path.relative_to(CHAPTERS).with_suffix('') for path in book.pages],
        'exercises': [exercise for section in book.sections for exercise in section.exercises],
        'entries': entries,
        'runs': runs,
        'passed': passed,
        'claims': claims,
        'repository': repository,
        'kinds': KINDS,
        'archive': ARCHIVE,
    }


def section_page(
    section: Section, shown: NotebookNode, templates: Environment, known: dict
) -> NotebookNode:
    """The notebook as myst-nb shall render it, with what ``section.md`` adds to it."""
    template = templates.get_template('section.md')
    known = known | {
        'section': section,
        'run': shown.metadata.run,
        'up': '../' * section.name.count('/'),
        'text': '\n'.join(cell.source for cell in shown.cells),
    }

    def markup(block: str, exercise: Exercise | None = None) -> str:
        context = template.new_context(known | {'exercise': exercise})
        return ''.join(template.blocks[block](context)).strip()

    return arrange(section, shown, markup)


def _read_config(root: Path) -> dict:
    try:
        config = yaml.safe_load((root / '_config.yml').read_text('utf-8'))
        if not isinstance(config, dict):
            raise ValueError('不是“键: 值”的形式')
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise BookError(Fault(Path('_config.yml'), f'读不了：{first_line(error)}')) from error
    return config
