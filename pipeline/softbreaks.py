"""Sphinx extension: a line break inside a Chinese paragraph shows no space.

Chapters have one sentence a line. HTML shows a line break as a space, which is right between
English words and wrong next to a Chinese character or full-width punctuation.
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


def setup(app):
    app.add_post_transform(JoinLines)
    return {'parallel_read_safe': True, 'parallel_write_safe': True}
