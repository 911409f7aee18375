"""What a matrix of runners needs: list sections, execute one alone, merge what each made."""

import json
import shutil
import subprocess

from tests.test_execute import executed


def listed(small) -> list[str]:
    done = small.run('sections')
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_one_section_alone_is_executed_into_the_cache(fresh):
    small = fresh
    done = small.run('execute', '--section', 'one/02-products')
    assert done.returncode == 0, done.stderr
    assert executed(done.stdout) == (1, 0)
    assert len(list((small.root / '_build/cache').iterdir())) == 1
    assert not small.site.exists()
    assert listed(small) == ['one/01-sums']


def test_without_a_name_all_sections_are_executed(fresh):
    small = fresh
    assert listed(small) == ['one/01-sums', 'one/02-products']
    assert executed(small.run('execute').stdout) == (2, 0)
    assert listed(small) == []


def test_unknown_section_is_refused(small):
    done = small.run('execute', '--section', 'one/03-missing')
    assert done.returncode == 1
    assert 'SECTION=one/03-missing不存在' in done.stderr
    assert 'Traceback' not in done.stderr


def test_failing_section_is_reported(small):
    small.replace('print(add(1, 2))', 'print(1 / 0)')
    done = small.run('execute', '--section', 'one/01-sums')
    assert done.returncode == 1
    assert f'01-sums.md:{small.line("print(1 / 0)")}' in done.stderr


def test_unreadable_book_is_not_listed(small):
    small.products.write_text('', 'utf-8')
    done = small.run('sections')
    assert done.returncode == 1
    assert '没有一级标题' in done.stderr


def test_caches_of_two_folders_merge_by_copying(fresh, tmp_path):
    small = fresh
    caches = []
    for name in listed(small):
        other = shutil.copytree(small.root, tmp_path / name.replace('/', '-'))
        command = small.command('execute', '--section', name) | {'cwd': other}
        subprocess.run(**command, check=True)
        caches.append(other / '_build/cache')
    for cache in caches:
        shutil.copytree(cache, small.root / '_build/cache', dirs_exist_ok=True)
    assert executed(small.build()) == (0, 2)
