"""Turn one process that has imported what all kernels import into a kernel at each request.

A script. Its arguments are import statements; each line of its input is a request in JSON, which
it answers by a kernel's process id. It ends with the build, and the kernels with it.
"""

import atexit
import contextlib
import gc
import json
import os
import signal
import sys
import tempfile
from pathlib import Path


def serve() -> dict:
    """Fork for every request; returns, in the new process, the request."""
    for statement in ('from ipykernel import ipkernel, zmqshell', *sys.argv[1:]):
        with contextlib.suppress(Exception):  # its section will say so
            exec(statement, {})
    if len(list(Path('/proc/self/task').iterdir())) > 1:
        sys.exit()  # a fork would lose the other threads
    gc.freeze()
    signal.signal(signal.SIGCHLD, bury)
    print('ready', flush=True)
    for line in sys.stdin:
        if not (pid := os.fork()):
            return json.loads(line)
        print(pid, flush=True)
    sys.exit()


def bury(*_) -> None:
    """Note the ends of kernels, and the time that they took."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def become(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Be what a kernel started afresh would be, and serve until it is told to end."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with open(os.devnull) as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
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
    parent = f'--IPKernelApp.parent_handle={os.getppid()}'  # to end when it ends
    from ipykernel import kernelapp

    kernelapp.launch_new_instance([*arguments[1:], parent])


atexit.register(os._exit, 0)  # the last thing that happens: to take torch apart takes half a second
del sys.path[0]  # this folder, of which a chapter must see nothing
become(**serve())
