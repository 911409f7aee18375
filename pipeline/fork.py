"""Become a kernel each time one is asked for, having imported once what all kernels import.

A script. Its arguments are import statements; each line of its input is a request in JSON and
answered by the process id of a kernel. It ends with the build that started it, and the kernels
end when it does, for they watch their parent.
"""

import contextlib
import gc
import json
import os
import signal
import sys
from pathlib import Path


def main() -> None:
    del sys.path[0]  # this folder, of which a chapter must see nothing
    from ipykernel import ipkernel, kernelapp, zmqshell  # noqa: F401

    for statement in sys.argv[1:]:
        with contextlib.suppress(Exception):  # its section will say so
            exec(statement, {})
    if len(list(Path('/proc/self/task').iterdir())) > 1:
        return  # a fork would lose the other threads
    gc.freeze()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries the kernels
    print('ready', flush=True)
    for line in sys.stdin:
        if pid := os.fork():
            print(pid, flush=True)
        else:
            become(**json.loads(line))
            return


def become(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Be what a kernel started afresh would be, and serve until it is told to end."""
    import tempfile

    from ipykernel import kernelapp

    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    tempfile.tempdir = None
    if 'torch' in sys.modules:  # it has read the environment already
        sys.modules['torch'].set_num_threads(int(environment['OMP_NUM_THREADS']))
    if 'numpy.random' in sys.modules:
        sys.modules['numpy.random'].seed()
    sys.argv = arguments
    parent = f'--IPKernelApp.parent_handle={os.getppid()}'
    kernelapp.launch_new_instance([*arguments[1:], parent])


main()
