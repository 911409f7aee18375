"""Turn a site's style sheets into those that its pages use: rules that match nothing go.

As PurgeCSS does: a rule stays if each tag, class, id and attribute that its selector names occurs
in a tag of some page or anywhere in a script. What stands in ``:not(…)`` and ``:is(…)`` is not
looked at, so that nothing in use can be lost.
"""

import re
from pathlib import Path

import tinycss2

NESTED = ('media', 'supports', 'layer')
VARIABLE = re.compile(r'var\(\s*(--[\w-]+)')


def purge(site: Path) -> None:
    """Rewrite the style sheets below ``site`` in place."""
    tags = re.compile(r'<[a-zA-Z][^>]*>')
    pages = [path.read_text('utf-8') for path in site.rglob('*.html')]
    texts = [tag for page in pages for tag in tags.findall(page)]
    texts += [path.read_text('utf-8') for path in site.rglob('*.js')]
    words = set(re.findall(r'[\w-]+', '\n'.join(dict.fromkeys(texts))))
    sheets = {path: _rules(path.read_text('utf-8'), words) for path in site.rglob('*.css')}
    before = {}
    while before != sheets:  # variables may use each other
        before = sheets
        used = {name for text in [*sheets.values(), *texts] for name in VARIABLE.findall(text)}
        sheets = {path: _rules(text, words, used) for path, text in sheets.items()}
    for path, text in sheets.items():
        path.write_text(text, 'utf-8')


def _rules(css: str, words: set[str], variables: set[str] | None = None) -> str:
    rules = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
    return ''.join(_rule(rule, words, variables) for rule in rules)


def _rule(rule, words: set[str], variables: set[str] | None) -> str:
    """The rule with the selectors that may match something, '' where there is none."""
    if rule.type == 'at-rule' and rule.lower_at_keyword in NESTED and rule.content:
        kept = _rules(tinycss2.serialize(rule.content), words, variables)
        return f'@{rule.at_keyword}{tinycss2.serialize(rule.prelude)}{{{kept}}}' if kept else ''
    if rule.type != 'qualified-rule':
        return rule.serialize()
    selectors = [[]]
    for token in rule.prelude:
        if token == ',':
            selectors.append([])
        else:
            selectors[-1].append(token)
    kept = [tinycss2.serialize(s).strip() for s in selectors if _names(s) <= words]
    body = tinycss2.serialize(rule.content).strip()
    if variables is not None and '--' in body:
        declarations = tinycss2.parse_blocks_contents(body, True, True)
        body = ';'.join(
            d.serialize()
            for d in declarations
            if not d.name.startswith('--') or d.name in variables
        )
    return f'{",".join(kept)}{{{body}}}\n' if kept and body else ''


def _names(selector) -> set[str]:
    """The tags, classes, ids and attributes that a selector names."""
    names, previous = set(), None
    for token in selector:
        if token.type == 'hash' or (token.type == 'ident' and previous != ':'):
            names.add(token.value)
        elif token.type == '[] block':
            names.add(next(t.value for t in token.content if t.type == 'ident'))
        previous = token.value if token.type == 'literal' else None
    return names
