"""Time a generated book of many small sections: does cost grow with their number alone?

Run as ``make bench``; works in a temporary folder.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from tests.bench import PIPELINE, build, run
from tests.conftest import SmallBook

SIZES = (15, 30, 60)
GOAL = 20  # seconds that one edit may take
GROWTH = 1.2  # times what a section may cost more where there are four times as many


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        books = {n: large_book(Path(folder, str(n)), range(n)) for n in SIZES}
        print(f'\n{"节数":>4}{"执行（秒）":>8}{"每节（秒）":>8}{"每节（CPU秒）":>10}')
        each = []
        for n, book in books.items():
            done = run(book.root, *PIPELINE, 'execute')
            each.append(done.cpu / n)
            print(f'{n:>6}{done.seconds:>12.1f}{done.seconds / n:>12.2f}{each[-1]:>14.2f}')
        half, most = SIZES[-2:]
        rest = large_book(Path(folder, 'rest'), range(half, most))
        run(rest.root, *PIPELINE, 'execute')
        merged = large_book(Path(folder, 'merged'), range(most))
        for book in (books[half], rest):
            shutil.copytree(book.root / '_build/cache', merged.root / '_build/cache',
                            dirs_exist_ok=True)  # fmt: skip
        rows = [('合并两个缓存后构建', build(merged.root))]
        path = next((merged.root / 'chapters/one').glob('*-scale.md'))
        merged.replace('这一节很短。', '这一节改过了。', path)
        rows.append((f'改一节的文字（≤ {GOAL}秒）', build(merged.root)))
        merged.replace('return a + b', 'return b + a', path)
        rows.append((f'改一节的代码（≤ {GOAL}秒）', build(merged.root)))
    for name, done in rows:
        said = done.printed.split('：')[-1].strip()
        print(f'{name}：{done.seconds:.1f}秒，CPU {done.cpu:.1f}秒，{said}')
    late = [name for name, done in rows[1:] if done.seconds > GOAL]
    if each[-1] > GROWTH * each[0] or late:
        sys.exit(f'没有达到目标：{"、".join(late) or "每节的代价随节数增长"}')


def large_book(root: Path, numbers: range) -> SmallBook:
    """A book with one section for each number; the same number gives the same section."""
    book = SmallBook.new(root)
    text = book.sums.read_text('utf-8').replace('ex-1-2-1', 'ex-1-1-1')
    for number in numbers:
        own = text.replace('ex-1-1-1', f'ex-2-{number}-1').replace('1.1', f'2.{number}')
        # code that is its own, for equal code would be executed once
        book.add(f'{number:03}-scale', own.replace('import random', f'import random  # {number}'))
    for path in (book.sums, book.products):
        path.unlink()
    toc = book.root / '_toc.yml'
    lines = toc.read_text('utf-8').splitlines(keepends=True)
    toc.write_text(''.join(x for x in lines if 'sums' not in x and 'products' not in x), 'utf-8')
    return book


if __name__ == '__main__':
    main()
