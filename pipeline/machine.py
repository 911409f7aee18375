"""Turn the machine at hand into the provenance of a run: what it ran on, with which versions."""

import os
import platform
import re
import subprocess
import sys
from contextlib import suppress
from importlib import metadata
from pathlib import Path

from pipeline.faults import BookError

RUNNERS = ('cpu', 'cuda')
PROBE = """\
import torch as t
assert t.cuda.is_available()
print(t.cuda.get_device_name(), t.cuda.device_count(), t.__version__, t.version.cuda, sep='\\n')"""


def describe_runner(runner: str) -> dict:
    """Provenance of a run: ``runner``, ``device`` (name), ``torch``, ``python`` and for CUDA more.

    Raises BookError where the runner is unknown, or is 'cuda' and torch finds no CUDA device.
    """
    if runner not in RUNNERS:
        raise BookError(f'RUNNER={runner}不存在，可以用的是：{"、".join(RUNNERS)}')
    run: dict[str, str | int] = {'runner': runner, 'python': platform.python_version()}
    if runner == 'cpu':
        return run | {'device': _cpu_name(), 'torch': version('torch')}
    if not (found := output(sys.executable, '-c', PROBE)):
        raise BookError('在CUDA上执行需要CUDA设备，而这台机器上的torch找不到它')
    device, count, torch, cuda = found.split('\n')
    driver = output('nvidia-smi', '--query-gpu=driver_version', '--format=csv,noheader')
    run |= {'device': device, 'count': int(count), 'torch': torch, 'cuda': cuda}
    return run | {'driver': driver.split('\n')[0]}


def version(package: str) -> str:
    """Version of an installed package, '' where there is none."""
    with suppress(metadata.PackageNotFoundError):
        return metadata.version(package)
    return ''


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, 'sched_getaffinity') else os.cpu_count() or 1


def output(*command: str | Path) -> str:
    """What a command prints, '' where it is not there or fails."""
    with suppress(OSError):
        done = subprocess.run(command, capture_output=True, encoding='utf-8', errors='replace')
        return '' if done.returncode else done.stdout.strip()
    return ''


def _cpu_name() -> str:
    names = [output('sysctl', '-n', 'machdep.cpu.brand_string')] if sys.platform == 'darwin' else []
    with suppress(OSError):
        names += re.findall(r'model name\s*:\s*(.+)', Path('/proc/cpuinfo').read_text('utf-8'))
    return names[0].strip() if names else platform.machine()
