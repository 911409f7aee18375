"""Turn what a section needs into a kernel of its own, and end it with all that it started.

On Linux kernels are forked from a process that has imported what all sections import, which
spares each of them seconds. Where this is not safe (macOS, CUDA), each starts by itself.
"""

import ast
import contextlib
import json
import os
import subprocess
import sys
import threading
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
COMMAND = [sys.executable, '-m', 'ipykernel_launcher', '-f', '{connection_file}',
           f'--IPKernelApp.exec_files={STARTUP}']  # fmt: skip


class Forked(psutil.Process):
    """A forked kernel, as jupyter_client knows its processes."""

    stdin = stdout = stderr = None

    def poll(self) -> int | None:
        with contextlib.suppress(psutil.NoSuchProcess):  # it may end while it is asked
            if self.is_running() and self.status() != psutil.STATUS_ZOMBIE:
                return None
        return 1

    def send_signal(self, sig: int) -> None:
        with contextlib.suppress(psutil.NoSuchProcess):
            super().send_signal(sig)


class Kernels:
    """The kernels of one build; a context, at whose end none of them runs any more.

    ``log`` is for what they print to the terminal; ``statements``, imports to execute before
    kernels are forked, is None where none shall be.
    """

    def __init__(self, log: Path, statements: list[str] | None):
        self.log, self.lock = log.open('ab'), threading.Lock()
        self.started: list[psutil.Process | subprocess.Popen] = []
        self.has_ended, self.server = False, None
        if statements is not None:
            self.server = subprocess.Popen(
                [sys.executable, Path(__file__).with_name('fork.py'), *statements],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self.log,
                env=environment(OMP_NUM_THREADS='1'),
                start_new_session=True,  # Ctrl-C is for the build
                encoding='utf-8',
            )

    def __enter__(self) -> 'Kernels':
        return self

    def __exit__(self, *_) -> None:
        self.end()
        if self.server:
            self.server.communicate()
        self.log.close()

    def end(self) -> None:
        """Kill every kernel, and let no more start."""
        with self.lock:
            self.has_ended = True
            for process in self.started:
                with contextlib.suppress(psutil.Error, OSError):
                    process.kill()

    def start(self, command: list[str], folder: Path, env: dict[str, str]):
        """Start a kernel; returns its process."""
        with self.lock:
            if self.has_ended:
                raise InterruptedError
            if self.server and not self.started and self._answer() != 'ready\n':
                self.server = None
            if self.server:
                request = {'arguments': command[2:], 'environment': env, 'folder': str(folder)}
                print(json.dumps(request), file=self.server.stdin, flush=True)
                process = Forked(int(self._answer()))
            else:
                log = self.log.fileno()
                process = launch_kernel(command, stdout=log, stderr=log, env=env, cwd=str(folder))
            self.started.append(process)
            return process

    def _answer(self) -> str:
        """The next line from the process that forks."""
        assert self.server and self.server.stdout
        return self.server.stdout.readline()

    def manager(self, folder: Path, env: dict[str, str]) -> type[AsyncKernelManager]:
        """The class of a kernel manager that starts its kernel here, in a folder of its own."""
        kernels = self

        class Provisioner(LocalProvisioner):
            async def launch_kernel(self, cmd, **_):
                self.process = kernels.start(cmd, folder, env)
                Manager.pid = self.pid = self.pgid = self.process.pid  # it leads its own group
                return self.connection_info

        class Manager(AsyncKernelManager):
            pid = None  # of the kernel, once there is one
            # of this interpreter, whatever JUPYTER_PATH offers
            kernel_spec = KernelSpec(argv=COMMAND, display_name='Python 3', language='python')

            def __init__(self, **options):
                super().__init__(**options)
                spec = self.kernel_spec
                self.provisioner = Provisioner(kernel_id='', kernel_spec=spec, parent=self)

        return Manager


def environment(**more: str) -> dict[str, str]:
    """The environment of kernels: no variable changes how Python reads or runs the cells."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith('PYTHON') or name == 'PYTHONPATH'
    }
    inline = 'module://matplotlib_inline.backend_inline'  # as a kernel would have it
    return {**kept, 'PYTHONHASHSEED': '0', 'MPLBACKEND': inline, **more}


def common_imports(sections: list[Section]) -> list[str]:
    """The import statements that every section has before its first exercise.

    So each would execute them anyway, and none gets a module that it did not import itself.
    """
    imports = [
        [
            ast.unparse(node)
            for cell in section.setup_cells
            for node in ast.parse(cell.source).body
            if isinstance(node, (ast.Import, ast.ImportFrom))
        ]
        for section in sections
    ]
    common = set(imports[0]).intersection(*imports)
    return [line for line in imports[0] if line in common and not line.split()[1].startswith(BOUND)]


def end_processes(folder: str, kernel: int | None) -> list[str]:
    """End what still runs of a kernel and of all it started; the names of what had to be killed."""
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
