import ast
import json
import re
import subprocess

import pytest

from pipeline.repository import Repository, find_repository
from pipeline.stub import STUB, stub
from pipeline.text import plain


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


def _helper(a):
    return a
'''
    stubbed = stub(source)
    tree = ast.parse(stubbed)
    assert 'Doc.' in stubbed
    assert 'Shapes.' in stubbed
    assert 'def f(a, *, b=2) -> int' in stubbed
    assert '@property' in stubbed
    assert stubbed.count(STUB) == 3
    for gone in ('super', 'return', 'CONSTANT', 'size', '_helper'):
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


def test_a_second_hint_goes_one_step_further():
    hint = '```{hint}\n:class: dropdown\n\n想想。\n```\n\n'
    whole = ''.join(
        piece for piece, _ in plain(f'{hint}{hint}```{{note}}\n注意。\n```\n{hint}', {})
    )
    assert re.findall('<summary>(.*)</summary>', whole) == ['提示', '再提示一步', '提示']


TEXTS = {
    '标题\n====\n': '标题\n====',
    '- 一\n\n      return x\n': '- 一\n\n      return x',
    '    return x\n    y\n': '    return x\n    y',
    '一。\n\n% 给作者\n% 看的\n\n二。': '一。\n\n\n二。',
    '见[](#ex-1-2-1)。': '见[1.2.1](http://x)。',
    '见[它](#ex-1-2-1)与`[它](#ex-1-2-1)`。': '见[它](http://x)与`[它](#ex-1-2-1)`。',
    '见[下一节](02-products.md)与[网](https://a.org/b.md)。': '见下一节与[网](https://a.org/b.md)。',
    ':::{admonition} 注意\n看。\n:::': '> **注意**\n>\n> 看。',
    ':::{note}\n注意。\n:::': '> **注解**\n>\n> 注意。',
    '```python\n[a](#ex-1-2-1)\n# 一\n二\n```': '```python\n[a](#ex-1-2-1)\n# 一\n二\n```',
    '```{math}\na\n+b\n```': '$$\na\n+b\n$$',
    '一句。\n又一句，\nword\nmore': '一句。又一句，word\nmore',
    '* 一\n  二\n* three\n  four': '* 一二\n* three\n  four',
    '> 一\n> 二': '> 一\n> 二',
    '| [a](#ex-1-2-1) |\n|--|\n| 一 |': '| [a](http://x) |\n|--|\n| 一 |',
}


@pytest.mark.parametrize('source', TEXTS)
def test_plain_text_says_what_the_chapter_says(source):
    pieces = plain(source, {'ex-1-2-1': 'http://x'})
    assert ''.join(text for text, _ in pieces).strip('\n') == TEXTS[source]


def test_without_a_repository_pages_offer_downloads_alone(small, monkeypatch):
    monkeypatch.delenv('GITHUB_REPOSITORY', raising=False)
    small.build()
    page = (small.site / 'one/01-sums.html').read_text('utf-8')
    assert 'colab' not in page.lower() and 'kaggle' not in page.lower()
    for path in re.findall(r'href="([^"]+)" download', page):
        assert (small.site / 'one' / path).resolve().exists()
    assert page.count('download>') == 4  # two notebooks, all of them, the check


@pytest.mark.parametrize('by', ['environment', 'https', 'ssh'])
def test_links_to_services_follow_the_repository(small, monkeypatch, by):
    monkeypatch.delenv('GITHUB_REPOSITORY', raising=False)
    if by == 'environment':
        monkeypatch.setenv('GITHUB_REPOSITORY', 'someone/some-book')
    else:
        host = 'https://github.com/' if by == 'https' else 'git@github.com:'
        subprocess.run(['git', 'init', '-q', small.root], check=True)
        remote = ['remote', 'add', 'origin', f'{host}someone/some-book.git']
        subprocess.run(['git', '-C', small.root, *remote], check=True)
    assert find_repository(small.root) == Repository('someone', 'some-book')
    small.build()
    page = (small.site / 'one/01-sums.html').read_text('utf-8')
    path = 'github.com/someone/some-book/blob/gh-pages/notebooks'
    colab = path.replace('github.com', 'colab.research.google.com/github')
    for start in (colab, f'kaggle.com/kernels/welcome?src=https://{path}'):
        for kind in ('solution', 'practice'):
            assert f'"https://{start}/{kind}/one/01-sums.ipynb"' in page
    for kind in ('solution', 'practice'):
        link = 'https://someone.github.io/some-book/one/01-sums.html'
        assert f'[这一节的网页]({link})' in text(notebook(small, kind)).split('\n\n')[1]
    link = 'https://someone.github.io/some-book/one/02-products.html#ex-1-2-1'
    assert f'[练习1.2.1]({link})' in text(notebook(small, 'practice'))


def test_user_site_has_no_folder():
    assert Repository('Someone', 'someone.github.io').site == 'https://someone.github.io/'
