"""Sphinx extension: what configuration alone cannot do.

A line break inside a Chinese paragraph shows no space: chapters have one sentence a line, and
HTML shows a line break as a space, which is right between English words alone.
Thebe, which Jupyter Book always loads, is left out: it names a server of others.
"""

from docutils import nodes
from sphinx.transforms.post_transforms import SphinxPostTransform

from pipeline.export import join_lines


class JoinLines(SphinxPostTransform):
    default_priority = 900
    formats = ('html',)

    def run(self):
        for paragraph in self.document.findall(nodes.TextElement):
            if isinstance(paragraph, (nodes.literal, nodes.literal_block, nodes.math_block)):
                continue
            for text in [node for node in paragraph.children if isinstance(node, nodes.Text)]:
                if '\n' not in text:
                    continue
                place = paragraph.index(text)
                before = paragraph[place - 1].astext()[-1:] if place else ''
                after = ''.join(node.astext() for node in paragraph[place + 1 :])[:1]
                joined = join_lines(before + text + after)
                end = len(joined) - len(after)
                paragraph.replace(text, nodes.Text(joined[len(before) : end]))


def drop_thebe(app, pagename, templatename, context, doctree):
    """On ``html-page-context``: keep the scripts of Thebe off the page."""
    context['script_files'] = [
        script
        for script in context['script_files']
        if 'thebe' not in f'{script.filename}{script.attributes.get("body")}'.lower()
    ]


def setup(app):
    app.add_post_transform(JoinLines)
    app.connect('html-page-context', drop_thebe)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
