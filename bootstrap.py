# -*- coding: utf-8 -*-
"""Create ``.venv`` or bring it up to date; does nothing when it is.

Runs under whatever interpreter the user named, hence syntax that old ones parse too.
"""

import hashlib
import os
import subprocess
import sys

STAMP = os.path.join('.venv', 'stamp')
FILES = ('requirements.txt', 'constraints.txt')


def main():
    version = sys.version_info[:2]
    if not (3, 10) <= version <= (3, 13):
        sys.exit('Python {}.{}不行：需要3.10至3.13，用PYTHON=指定，'
                 '例如make html PYTHON=python3.12'.format(*version))  # fmt: skip
    digest = hashlib.sha256(sys.version.encode())
    for name in FILES:
        with open(name, 'rb') as file:
            digest.update(file.read())
    wanted = digest.hexdigest()
    if os.path.exists(STAMP):
        with open(STAMP) as file:
            if file.read() == wanted:
                return
    try:
        import ensurepip  # noqa: F401
        import venv
    except ImportError:
        sys.exit('Python缺少venv模块：Debian上用apt-get install python3-venv安装')
    sys.stderr.write('建立.venv，安装requirements.txt（首次需要几分钟）\n')
    venv.create('.venv', clear=True, with_pip=True)
    pip = [os.path.join('.venv', 'bin', 'python'), '-m', 'pip', 'install', '--quiet']
    options = ['--disable-pip-version-check', '-r', FILES[0], '-c', FILES[1]]
    if subprocess.call(pip + options):
        sys.exit('pip没有装完：检查网络后再运行一次')
    with open(STAMP, 'w') as file:
        file.write(wanted)


if __name__ == '__main__':
    main()
