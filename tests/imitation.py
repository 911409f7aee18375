"""An imitation of CUDA devices on a machine without any: CPU memory with a mark.

As in torch, the device belongs to the storage, so views, ``.data``, copies and modules moved by
``.to`` carry it without further ado. Products and sums round as on CUDA, differently for other
shapes, convolutions to TF32. Products keep their device busy for as long as the chip would need,
so do large copies within a device, and the large ones are not done. What CUDA lacks, its memory
and copies that overlap are not imitated; a tensor made in a hook or a custom backward function
counts as made on the device of the backward call.

torch's own means do less: FakeTensorMode and meta tensors hold no values, so nothing runs past
the first ``.item()``; a PrivateUse1 backend in Python needs a wrapper class, which is refused by
``param.data = x``, the assignment that moves modules and gives lazy layers their shape.
"""

import contextlib
import functools
import threading
import time
import traceback
import zlib
from dataclasses import dataclass

import pytest
import torch
from torch.overrides import (
    TorchFunctionMode,
    _get_current_function_mode,
    handle_torch_function,
)
from torch.utils import benchmark
from torch.utils._python_dispatch import TorchDispatchMode

NOT_IMITATED = {
    'ex-5-5-3': 'torch.export and the child processes see the CPU that is really there',
}
CROSSING = {'copy_', '_pack_padded_sequence'}  # take operands from several devices
INDEXING = {'index', 'index_put', 'index_put_', '_index_put_impl_'}  # CPU indices go anywhere
STRICT = {'cat', 'equal', 'stack'}  # refuse even a CPU tensor without dimensions
PRODUCTS = {'mm', 'bmm', 'addmm', 'baddbmm'}
CONVOLUTIONS = {'convolution', 'convolution_backward'}
ROUNDING = {*PRODUCTS, *CONVOLUTIONS, 'sum', 'mean', 'linalg_vector_norm', '_softmax'}
LARGE = 512  # rows and columns from which on a product is timed, not computed, on the CPU too
CPU_RATE = 3e11  # operations that the CPU of the imitated machine does in a second
LARGE_COPY = 2**27  # bytes that a copy reads and writes, likewise
torch_device, torch_seed = torch.Tensor.device.__get__, torch.manual_seed
torch_to, torch_numpy, torch_tolist = torch.Tensor.to, torch.Tensor.numpy, torch.Tensor.tolist


@dataclass
class Chip:
    """What ``torch.cuda`` tells of a device, and the bytes and operations it does in a second."""

    name: str
    capability: tuple[int, int]
    multi_processor_count: int
    total_memory: int  # bytes
    bandwidth: float
    rate: float


H200 = Chip('NVIDIA H200', (9, 0), 132, 150 * 10**9, 4e12, 8e13)
T4 = Chip('Tesla T4', (7, 5), 40, 15 * 10**9, 3e11, 2e13)


class Queue:
    """The work of one device, as ``torch.cuda.Stream`` shows it: all its streams are this one."""

    def __init__(self):
        self.free_at = 0.0

    def add(self, seconds):
        self.free_at = max(self.free_at, time.perf_counter()) + seconds

    def is_capturing(self):
        return False

    def query(self):
        return time.perf_counter() >= self.free_at

    def synchronize(self):
        time.sleep(max(0, self.free_at - time.perf_counter()))

    def wait_stream(self, stream):
        pass


class Event:
    """``torch.cuda.Event``: the end of what is in a queue now."""

    def __init__(self, enable_timing=False):
        self.at = 0.0

    def record(self, stream=None):
        self.at = max((stream or torch.cuda.current_stream()).free_at, time.perf_counter())

    def query(self):
        return time.perf_counter() >= self.at

    def synchronize(self):
        time.sleep(max(0, self.at - time.perf_counter()))

    def elapsed_time(self, end):
        return 1e3 * (end.at - self.at)


def gpu_of(tensor) -> int | None:
    """The index of the tensor's device, None for the CPU."""
    while torch._C._functorch.is_functorch_wrapped_tensor(tensor):
        tensor = torch._C._functorch.get_unwrapped(tensor)
    with torch._C.DisableTorchFunction():
        return None if tensor.is_meta else getattr(tensor.untyped_storage(), 'gpu', None)


def is_cuda(tensor) -> bool:
    return gpu_of(tensor) is not None


def first_gpu(gpus) -> int | None:
    return next((gpu for gpu in gpus if gpu is not None), None)


def gpu_named(device) -> int | None:
    """The same for a device or its name; without an index it is the current one."""
    device = torch.device(device)
    if device.type != 'cuda':
        return None
    gpu = torch.cuda.current_device() if device.index is None else device.index
    if gpu >= torch.cuda.device_count():
        raise RuntimeError('CUDA error: invalid device ordinal')
    return gpu


def mark(tensor, gpu: int | None) -> None:
    with torch._C.DisableTorchFunction():
        tensor.untyped_storage().gpu = gpu


def tensors_in(tree) -> list:
    found = []
    for item in tree.values() if isinstance(tree, dict) else tree:
        if isinstance(item, torch.Tensor):
            found.append(item)
        elif isinstance(item, (tuple, list, dict)):
            found += tensors_in(item)
    return found


def with_tensors(change, args) -> list:
    """The arguments of an operator, its tensors changed."""
    return [change(item) if isinstance(item, torch.Tensor) else item for item in args]


def move(tensor, gpu: int | None):
    """A copy on the other device; its gradient comes back."""
    home, device = gpu_of(tensor), torch.device('cpu' if gpu is None else f'cuda:{gpu}')
    moved = torch.ops.aten._to_copy(tensor, device=device)
    if moved.requires_grad:
        moved.register_hook(lambda gradient: move(gradient, home))
    return moved


def to(self, *args, copy=False, **kwargs):
    if args and isinstance(args[0], torch.Tensor):
        args = (args[0].device, args[0].dtype, *args[1:])
    with torch._C.DisableTorchFunction():
        device, dtype, non_blocking, layout = torch._C._nn._parse_to(*args, **kwargs)
        if device and device.type != 'meta' and not self.is_meta:
            if gpu_named(device) != gpu_of(self):
                if not non_blocking and device.type == 'cpu':
                    torch.cuda.synchronize(self.device)
                self, copy = move(self, gpu_named(device)), False
            device = None
        dtype = dtype or self.dtype
        return torch_to(self, device, dtype, non_blocking, copy, memory_format=layout)


def overridable(name, function):
    """``function`` as the method of torch.Tensor: as with torch's own, a check's modes see it."""

    def method(self, *args, **kwargs):
        if isinstance(_get_current_function_mode(), Calls | None):
            return function(self, *args, **kwargs)
        public = getattr(torch.Tensor, name)
        public = public.__get__ if isinstance(public, property) else public
        return handle_torch_function(public, (self,), self, *args, **kwargs)

    method.__name__ = name
    return method


def save_location(storage):
    gpu = getattr(storage, 'gpu', None)
    return None if gpu is None else f'cuda:{gpu}'


def load_location(storage, location):
    if location.startswith('cuda'):
        storage.gpu = gpu_named(location)
        return storage


def to_tf32(tensor):
    """A float32 tensor with the 10 bits after the point that TF32 keeps, others as they are."""
    if tensor.dtype != torch.float32:
        return tensor
    fraction, exponent = torch.frexp(tensor)
    return torch.ldexp((fraction * 2**11).round() / 2**11, exponent)


def operations_of(args) -> int:
    left, right = tensors_in(args)[-2:]
    return 2 * left.numel() * right.shape[-1]


def is_large(args) -> bool:
    return all(min(matrix.shape[-2:]) >= LARGE for matrix in tensors_in(args)[-2:])


def product_not_done(args, kwargs):
    left, right = tensors_in(args)[-2:]
    return kwargs['out'] if 'out' in kwargs else left.new_empty(*left.shape[:-1], right.shape[-1])


def rounded(func, args, kwargs, out):
    """What ``func`` gave, with an error of some units in the last place where it is not exact.

    The error depends on the operator and the layout of its operands, as that of a kernel does.
    """
    shapes = [(x.shape, x.stride()) for x in tensors_in((args, kwargs))]
    error = zlib.crc32(repr((func, shapes)).encode()) % 7 - 3
    if error == 0:
        return
    precise = tensors_in([func(*with_tensors(torch.Tensor.double, args), **kwargs)])
    for got, wanted in zip(tensors_in([out]), precise, strict=True):
        if got.is_floating_point():
            exact = got == (wanted if got.dtype != torch.float64 else wanted.float())
            got.copy_(torch.where(exact, got, got * (1 + error * torch.finfo(got.dtype).eps)))


class Operators(TorchDispatchMode):
    """Propagates the mark through every operator, backward too, and refuses what CUDA refuses.

    ``here()`` tells where an operator without operands, as part of a Python call, makes its result.
    ``refused`` keeps what was refused, for exercises catch errors on purpose.
    """

    def __init__(self, chip: Chip, count: int):
        super().__init__()
        self.chip, self.queues = chip, [Queue() for _ in range(count)]
        self.refused, self.here, self.current = [], lambda: None, 0

    @classmethod
    def _should_skip_dynamo(cls):  # which nobody uses, and would cost half of the time
        return False

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs, name = kwargs or {}, func.overloadpacket.__name__
        device = kwargs.get('device')
        if name == '_to_copy' and device and device.type != 'meta':
            out = func(*args, **{**kwargs, 'device': None})
            mark(out, gpu_named(device))
            return out
        tensors = tensors_in((args, kwargs)) if name != 'lift_fresh' else []
        if name in INDEXING:
            tensors = [args[0], *filter(is_cuda, tensors_in(args[1])), *tensors_in(args[2:])]
        gpus = [gpu_of(tensor) for tensor in tensors]
        here = first_gpu(gpus) if tensors else self.here()
        strangers = [tensor for tensor, gpu in zip(tensors, gpus, strict=True) if gpu != here]
        for tensor in strangers if name not in CROSSING else []:
            written = func._schema.is_mutable and tensor is args[0]
            if tensor.dim() or written or name in STRICT or is_cuda(tensor):
                self.refuse(f'Expected all tensors to be on the same device: {name}')
        operations = operations_of(args) if name in PRODUCTS else 0
        if here is None:
            if not operations or not is_large(args):
                return func(*args, **kwargs)
            time.sleep(operations / CPU_RATE)
            return product_not_done(args, kwargs)
        if name == '_local_scalar_dense':
            self.queues[here].synchronize()
        if kwargs.get('generator') is not None:
            self.refuse("Expected a 'cuda' device type for generator but found 'cpu'")
        if name == 'copy_' and not strangers and 2 * args[0].nbytes >= LARGE_COPY:
            self.queues[here].add(2 * args[0].nbytes / self.chip.bandwidth)
            return args[0]
        if name in CROSSING:
            out = func(*args, **kwargs)
            mark(tensors_in([out])[0], gpu_of(args[0]))
            return out
        if operations:
            self.queues[here].add(operations / self.chip.rate)
        if operations and is_large(args):
            out = product_not_done(args, kwargs)
        else:
            out = self.compute(func, name, args, kwargs)
        for tensor in tensors_in([out]):
            mark(tensor, here)
        return out

    def compute(self, func, name, args, kwargs):
        if name in CONVOLUTIONS and torch.backends.cudnn.allow_tf32:
            args = with_tensors(to_tf32, args)
        out = func(*args, **kwargs)
        if name in ROUNDING and 'out' not in kwargs:
            rounded(func, args, kwargs, out)
        return out

    def synchronize(self, device=None):
        self.queue(device).synchronize()

    def queue(self, device=None):
        return self.queues[self.current if device is None else gpu_named(device)]

    def set_device(self, device):
        self.current = gpu_named(device)

    @contextlib.contextmanager
    def device(self, device):
        before = self.current
        self.set_device(device)
        try:
            yield
        finally:
            self.current = before

    def refuse(self, message, kind=RuntimeError):
        lines = [f for f in traceback.extract_stack() if f.filename.endswith('.md')]
        where = f'{lines[-1].filename}:{lines[-1].lineno} ' if lines else ''
        self.refused.append(where + message)
        raise kind(message)


class Calls(TorchFunctionMode):
    """Takes ``device=`` out of calls, since this torch may know no CUDA, and marks the result."""

    def __init__(self, operators: Operators):
        super().__init__()
        self.operators = operators

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs, before = dict(kwargs or {}), self.operators.here
        device = kwargs.get('device')
        if func is torch.tensor and device is None:  # on the CPU, unless a tensor is copied
            device = args[0].device if isinstance(args[0], torch.Tensor) else 'cpu'
        if func is torch._C._nn._parse_to or device is None or torch.device(device).type == 'meta':
            device = None
            self.operators.here = lambda: first_gpu(map(gpu_of, tensors_in((args, kwargs))))
        else:
            kwargs['device'], here = 'cpu', gpu_named(device)
            self.operators.here = lambda: here
        try:
            out = func(*args, **kwargs)
        finally:
            self.operators.here = before
        if device and func is torch.as_tensor:
            return out.to(device)
        if device:
            mark(out, here)
        return out


@contextlib.contextmanager
def imitated_cuda(chip: Chip = H200, count: int = 1):
    """Imitate ``count`` CUDA devices; yields the list of what they refuse."""
    operators = Operators(chip, count)

    def device(self):
        return torch.device('cuda', gpu_of(self)) if is_cuda(self) else torch_device(self)

    def numpy(self, *args, **kwargs):
        if is_cuda(self):
            operators.refuse("can't convert cuda:0 device type tensor to numpy", TypeError)
        return torch_numpy(self, *args, **kwargs)

    def clock():  # of benchmark.Timer, which waits for the current device
        torch.accelerator.synchronize()
        return time.perf_counter()

    cuda = {
        'is_available': lambda: True,
        'is_current_stream_capturing': lambda: False,
        'device_count': lambda: count,
        'get_device_name': lambda device=None: chip.name,
        'get_device_capability': lambda device=None: chip.capability,
        'get_device_properties': lambda device=None: chip,
        'current_device': lambda: operators.current,
        'set_device': operators.set_device,
        'device': operators.device,
        'current_stream': operators.queue,
        'default_stream': operators.queue,
        'Stream': operators.queue,
        'stream': contextlib.nullcontext,
        'Event': Event,
        'synchronize': operators.synchronize,
    }
    tensor = {
        'device': device,
        'is_cuda': is_cuda,
        'to': to,
        'cpu': lambda self: self.to('cpu'),
        'cuda': lambda self, device='cuda': self.to(device),
        'numpy': numpy,
        'tolist': lambda self: torch_tolist(self.cpu()),
    }
    thread_begin = threading.Thread._bootstrap_inner

    def begin(self):  # modes belong to one thread; those of a check, in run, come on top
        with operators, Calls(operators):
            thread_begin(self)

    packages = [(0, save_location, load_location), *torch.serialization._package_registry]
    timer = functools.partialmethod(benchmark.Timer.__init__, timer=clock)
    with pytest.MonkeyPatch.context() as patch, torch.backends.cudnn.flags(enabled=False):
        for name, function in tensor.items():
            method = overridable(name, function)
            is_property = name in ('device', 'is_cuda')
            patch.setattr(torch.Tensor, name, property(method) if is_property else method)
        patch.setattr(torch.Tensor, 'pin_memory', torch.Tensor.clone)
        patch.setattr(torch.serialization, '_package_registry', packages)
        patch.setattr(torch.cuda, 'manual_seed_all', lambda seed: None)  # would note its callers
        patch.setattr(torch, 'manual_seed', lambda seed: torch_seed(seed + 1))  # other numbers
        patch.setattr(threading.Thread, '_bootstrap_inner', begin)
        patch.setattr(benchmark.Timer, '__init__', timer)
        patch.setattr(torch.accelerator, 'synchronize', operators.synchronize)
        patch.setattr(torch.accelerator, 'current_stream', operators.queue)
        for name, function in cuda.items():
            patch.setattr(torch.cuda, name, function)
        with operators, Calls(operators):
            yield operators.refused
