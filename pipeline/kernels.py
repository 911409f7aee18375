"""Start the kernels of one build, and end them: each section gets a kernel of its own.

On Linux they are forked from a process that has imported what all sections import; that spares
each of them seconds. Where this is not safe (macOS, CUDA), each starts by itself.
"""

import ast
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.launcher import launch_kernel
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from pipeline.book import Section

PATIENCE = 3  # seconds for what a kernel started to end by itself
BOUND = ('IPython', 'matplotlib_inline')  # when imported they look for the kernel around them
STARTUP = Path(__file__).with_name('startup.py')


class Forked(psutil.Process):
    """A forked kernel, as jupyter_client knows its processes; only its parent has its status."""

    stdin = stdout = stderr = None

    def poll(self) -> int | None:
        return None if self.is_running() and self.status() != psutil.STATUS_ZOMBIE else 1


class Kernels:
    """The kernels of one build; a context, at whose end none of them runs any more.

    Parameters
    ----------
    log
        The file for what kernels print to the terminal.
    statements
        The import statements to execute before kernels are forked; None: fork none.
    """

    def __init__(self, log: Path, statements: list[str] | None):
        self.log = log.open('ab')
        self.lock = threading.Lock()
        self.started: list[psutil.Process] = []
        self.ended = False
        self.server = None
        if statements is not None:
            self.server = subprocess.Popen(
                [sys.executable, Path(__file__).with_name('fork.py'), *statements],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.log,
                env=environment() | {'OMP_NUM_THREADS': '1'},
                start_new_session=True,  # Ctrl-C is for the build
                encoding='utf-8',
            )
        self.is_ready: bool | None = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()
        if self.server:
            self.server.communicate()
        self.log.close()

    def end(self) -> None:
        """Kill every kernel, and let no more start."""
        with self.lock:
            self.ended = True
            for process in self.started:
                with contextlib.suppress(psutil.Error, OSError):
                    process.kill()

    def start(self, command: list[str], folder: str, env: dict[str, str]):
        """Start a kernel in ``folder``; returns its process."""
        with self.lock:
            if self.ended:
                raise InterruptedError
            process = self._fork(command[2:], folder, env) or launch_kernel(
                command, cwd=folder, env=env, stdout=self.log, stderr=self.log
            )
            self.started.append(process)
            return process

    def _fork(self, arguments: list[str], folder: str, env: dict[str, str]) -> Forked | None:
        if self.server is None:
            return None
        if self.is_ready is None:
            self.is_ready = self.server.stdout.readline() == 'ready\n'
        if not self.is_ready:
            return None
        request = {'arguments': arguments, 'environment': env, 'folder': folder}
        self.server.stdin.write(json.dumps(request) + '\n')
        self.server.stdin.flush()
        return Forked(int(self.server.stdout.readline()))

    def manager(self, folder: Path, env: dict[str, str]) -> type[AsyncKernelManager]:
        """The class of a kernel manager that starts its kernel here, in a folder of its own."""
        kernels = self

        class Provisioner(LocalProvisioner):
            async def launch_kernel(self, cmd, **_):
                self.process = kernels.start(cmd, str(folder), env)
                Manager.pid = self.pid = self.pgid = self.process.pid  # it leads its own group
                return self.connection_info

        class Manager(AsyncKernelManager):
            pid = None  # of the kernel, once there is one
            # of this interpreter, whatever JUPYTER_PATH offers
            kernel_spec = KernelSpec(
                argv=[sys.executable, '-m', 'ipykernel_launcher', '-f', '{connection_file}',
                      f'--IPKernelApp.exec_files={STARTUP}'],
                display_name='Python 3', language='python',
            )  # fmt: skip

            def __init__(self, **options):
                super().__init__(**options)
                spec = self.kernel_spec
                self.provisioner = Provisioner(kernel_id='', kernel_spec=spec, parent=self)

        return Manager


def environment() -> dict[str, str]:
    """The environment of kernels: no variable may change how Python reads or runs the cells."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith('PYTHON') or name == 'PYTHONPATH'
    }
    return kept | {
        'PYTHONHASHSEED': '0',
        'MPLBACKEND': 'module://matplotlib_inline.backend_inline',
    }


def common_imports(sections: list[Section]) -> list[str]:
    """The import statements that every section has before its first exercise.

    So each would execute them anyway, and none gets a module that it did not import itself.
    """
    common = [
        [
            ast.unparse(node)
            for cell in section.setup_cells
            for node in ast.parse(cell.source).body
            if isinstance(node, (ast.Import, ast.ImportFrom))
        ]
        for section in sections
    ]
    return [
        statement
        for statement in (common[0] if common else [])
        if all(statement in others for others in common)
        and not statement.split()[1].startswith(BOUND)
    ]


@contextlib.contextmanager
def short_folder() -> Iterator[str]:
    """A temporary folder with a name so short that sockets fit in, whatever TMPDIR says."""
    place = tempfile.gettempdir()
    with tempfile.TemporaryDirectory(dir=place if len(place) < 30 else '/tmp') as folder:
        yield folder


def end_processes(folder: str, kernel: int | None) -> list[str]:
    """End what still runs of a kernel and of all it started.

    Returns
    -------
    list of str
        Names of the processes that did not end by themselves.
    """
    found = []
    for process in psutil.process_iter(['name']):
        with contextlib.suppress(psutil.Error, OSError):
            is_its_own = kernel is not None and os.getsid(process.pid) == kernel
            if is_its_own or process.environ().get('IPYTHONDIR', '').startswith(f'{folder}/'):
                found.append(process)
    _, alive = psutil.wait_procs(found, PATIENCE)
    for process in alive:
        with contextlib.suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(alive, PATIENCE)
    return sorted(process.info['name'] for process in alive)
