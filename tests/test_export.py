import ast
import json

import pytest

from pipeline.export import STUB, plain, stub


def notebook(small, kind: str) -> dict:
    path = small.site / 'notebooks' / kind / 'one/01-sums.ipynb'
    return json.loads(path.read_text('utf-8'))


def code(nb: dict) -> str:
    return '\n'.join(''.join(c['source']) for c in nb['cells'] if c['cell_type'] == 'code')


def text(nb: dict) -> str:
    return '\n'.join(''.join(c['source']) for c in nb['cells'] if c['cell_type'] == 'markdown')


def test_solution_notebook_keeps_answers_and_outputs(small):
    small.build()
    nb = notebook(small, 'solution')
    assert 'return a + b' in code(nb)
    assert '### 解答' in text(nb)
    outputs = [o for c in nb['cells'] if c['cell_type'] == 'code' for o in c['outputs']]
    assert outputs[0]['text'] == ['3\n']
    assert nb['metadata']['title'] == '1.1 加法'
    assert set(nb['metadata']) == {'title', 'kernelspec', 'language_info'}


def test_practice_notebook_keeps_statement_and_check_and_no_answer(small):
    small.build()
    nb = notebook(small, 'practice')
    assert '写函数`add(a, b) -> float`' in text(nb)
    assert '用加号。' in text(nb)
    assert "assert add(2, 2) == 4, '和不对'" in code(nb)
    whole = json.dumps(nb, ensure_ascii=False)
    for leaked in ('a + b\\n', '用加号相加', 'print(add(1, 2))', '常见误区', '解答'):
        assert leaked not in whole
    assert not any(c.get('outputs') for c in nb['cells'])


def test_untouched_check_fails_at_the_stub(small):
    small.build()
    names = {'device': 'cpu'}
    with pytest.raises(NotImplementedError, match=STUB):
        exec(code(notebook(small, 'practice')).replace("device = 'auto'", ''), names)


def test_stub_keeps_signature_and_docstring():
    source = '''
import torch


class Net(torch.nn.Module):
    """Doc."""

    size: int = 3

    def __init__(self, n: int):
        """Shapes."""
        super().__init__()

    @property
    def width(self) -> int:
        return 3


CONSTANT = 3


def f(a, *, b=2) -> int:
    return a
'''
    stubbed = stub(source)
    tree = ast.parse(stubbed)
    assert 'Doc.' in stubbed
    assert 'Shapes.' in stubbed
    assert 'def f(a, *, b=2) -> int' in stubbed
    assert '@property' in stubbed
    assert stubbed.count(STUB) == 3
    for gone in ('super', 'return', 'CONSTANT', 'size'):
        assert gone not in stubbed
    assert len(tree.body) == 3


def test_plain_turns_directives_into_markdown():
    source = (
        '(here)=\n## 标题\n\n```{hint}\n:class: dropdown\n\n想想。\n```\n\n'
        '```{exercise}\n:label: q\n\n写$x^2$。\n```\n\n```{rubric} 常见误区\n```\n\n见[它](#here)。'
    )
    whole = ''.join(piece for piece, _ in plain(source, {}))
    assert '<details>\n<summary>提示</summary>\n\n想想。\n\n</details>' in whole
    assert '> 写$x^2$。' in whole
    assert '#### 常见误区' in whole
    assert '见它。' in whole
    assert '{' not in whole
    assert ')=' not in whole
