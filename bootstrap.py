# -*- coding: utf-8 -*-
"""Create ``.venv`` or bring it up to date; does nothing when it is.

``bootstrap.py book`` installs what builds the book, ``bootstrap.py test`` also what tests it;
``bootstrap.py lint`` installs what looks at the code, which needs none of that.
Runs under whatever interpreter the user named, hence syntax that old ones parse too.
"""

import hashlib
import os
import subprocess
import sys

VENV = '.venv'
BOOK, TEST, LINT = 'requirements.txt', 'requirements-test.txt', 'requirements-lint.txt'
LOCK = 'constraints.txt'
NEEDS = {'book': [BOOK], 'test': [BOOK, TEST], 'lint': [LINT]}
SIZE = '：首次要下载约300 MB'
if sys.platform == 'linux' and not os.environ.get('PIP_EXTRA_INDEX_URL'):
    SIZE = '：首次要下载约3 GB，多半是torch带的CUDA库；只用CPU，可先看README怎样少下载'


def main():
    version = sys.version_info[:2]
    if not (3, 10) <= version <= (3, 14):
        wheels = 'torch 2.13、matplotlib 3.10、PyYAML 6.0.3还没有给它的安装包，'
        sys.exit('Python {}.{}不行：{}需要3.10至3.14，用PYTHON=指定，例如PYTHON=python3.13'.format(
            version[0], version[1], wheels if version > (3, 14) else ''))  # fmt: skip
    try:
        prepare(NEEDS[sys.argv[1]])
    except OSError as error:
        sys.exit('建不了.venv：{}'.format(error))


def prepare(needed):
    missing = [name for name in needed if not is_current(name)]
    if missing and not any(is_current(name) for name in (BOOK, TEST, LINT)):
        create()
    for requirements in missing:
        install(requirements)
        with open(stamp(requirements), 'w') as file:
            file.write(digest(requirements))


def stamp(requirements):
    return os.path.join(VENV, 'stamp-' + requirements)


def digest(requirements):
    """Of all that makes a ``.venv`` another one: interpreter, place, versions."""
    found = hashlib.sha256('{}\n{}'.format(sys.version, os.getcwd()).encode('utf-8'))
    for name in (requirements, LOCK):
        with open(name, 'rb') as file:
            found.update(file.read())
    return found.hexdigest()


def is_current(requirements):
    if not os.path.exists(stamp(requirements)):
        return False
    with open(stamp(requirements)) as file:
        return file.read() == digest(requirements)


def create():
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        sys.exit('Python缺少venv模块：Debian上用apt-get install python3-venv安装')
    if os.path.islink(VENV):
        sys.exit('.venv是一个链接，不动它指向的目录；删去这个链接再运行')
    sys.stderr.write('建立.venv\n')
    venv.create(VENV, clear=True, with_pip=True)


def install(requirements):
    """With pip, which says what it does; its temporary files need room that /tmp may lack."""
    sys.stderr.write('安装{}里的依赖{}\n'.format(requirements, SIZE * (requirements == BOOK)))
    temporary = os.path.join(os.getcwd(), VENV, 'tmp')
    if not os.path.isdir(temporary):
        os.mkdir(temporary)
    pip = [os.path.join(VENV, 'bin', 'python'), '-m', 'pip', '--disable-pip-version-check']
    options = ['install', '-r', requirements, '-c', LOCK]
    environment = dict(os.environ, PIP_USER='0', TMPDIR=temporary)
    if subprocess.call(pip + options, env=environment, stdout=sys.stderr):
        sys.exit('pip没有装完{}，原因见上面几行；若是网络，再运行一次会接着装'.format(requirements))


if __name__ == '__main__':
    main()
