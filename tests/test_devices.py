"""Every exercise also runs with ``device = 'cuda'``, tried without a GPU on an imitation of one.

The imitation is CPU memory with a mark. As in torch, the device belongs to the storage, so views,
``.data``, copies and modules moved by ``.to`` carry it without further ado. It cannot show what
CUDA lacks or rounds differently, memory, time, asynchrony, a second GPU; nor a tensor made in a
hook or a custom backward function, which counts as made on the device of the backward call.

torch's own means do less: FakeTensorMode and meta tensors hold no values, so nothing runs past
the first ``.item()``; a PrivateUse1 backend in Python needs a wrapper class, which is refused by
``param.data = x``, the assignment that moves modules and gives lazy layers their shape.
"""

import contextlib
import copy
import dataclasses
import io
import pickle
import sys
import traceback
import types
from unittest import mock

import matplotlib
import pytest
import torch
from matplotlib import pyplot as plt
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from pipeline.read import has_tag
from tests.conftest import ROOT
from tests.test_answers import EXERCISES

LEFT_OUT = {
    'ex-5-5-3': 'torch.export and the child processes see the CPU that is really there',
    'ex-5-6-1': 'times the CUDA runtime, with products of 4096 x 4096',
    'ex-5-6-4': 'needs CUDA streams, and products of 4096 x 4096',
}
CROSSING = {'copy_', '_pack_padded_sequence'}  # take operands from both devices
INDEXING = {'index', 'index_put', 'index_put_', '_index_put_impl_'}  # CPU indices go anywhere
STRICT = {'cat', 'equal', 'stack'}  # refuse even a CPU tensor without dimensions
torch_device, torch_seed = torch.Tensor.device.__get__, torch.manual_seed
torch_to, torch_numpy = torch.Tensor.to, torch.Tensor.numpy


def is_cuda(tensor) -> bool:
    with torch._C.DisableTorchFunction():
        return not tensor.is_meta and getattr(tensor.untyped_storage(), 'on_cuda', False)


def mark(tensor, on_cuda: bool) -> None:
    with torch._C.DisableTorchFunction():
        tensor.untyped_storage().on_cuda = on_cuda


def tensors_in(tree) -> list:
    found = []
    for item in tree.values() if isinstance(tree, dict) else tree:
        if isinstance(item, torch.Tensor):
            found.append(item)
        elif isinstance(item, (tuple, list, dict)):
            found += tensors_in(item)
    return found


def move(tensor):
    """A copy on the other device; its gradient comes back."""
    moved = tensor.clone()
    mark(moved, not is_cuda(tensor))
    if moved.requires_grad:
        moved.register_hook(move)
    return moved


def to(self, *args, copy=False, **kwargs):
    if args and isinstance(args[0], torch.Tensor):
        args = (args[0].device, args[0].dtype, *args[1:])
    with torch._C.DisableTorchFunction():
        device, dtype, _, layout = torch._C._nn._parse_to(*args, **kwargs)
        if device and device.type != 'meta' and not self.is_meta:
            if (device.type == 'cuda') != is_cuda(self):
                self, copy = move(self), False
            device = None
        return torch_to(self, device, dtype or self.dtype, copy=copy, memory_format=layout)


def save_location(storage):
    return 'cuda:0' if getattr(storage, 'on_cuda', False) else None


def load_location(storage, location):
    if location.startswith('cuda'):
        storage.on_cuda = True
        return storage


class Operators(TorchDispatchMode):
    """Propagates the mark through every operator, backward too, and refuses what CUDA refuses.

    ``here`` tells whether an operator without operands, as part of a Python call, makes its
    result on CUDA. ``refused`` keeps what was refused, for exercises catch errors on purpose.
    """

    def __init__(self):
        super().__init__()
        self.refused, self.here = [], False

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        kwargs, name = kwargs or {}, func.overloadpacket.__name__
        tensors = tensors_in((args, kwargs)) if name != 'lift_fresh' else []
        if name in INDEXING:
            tensors = [args[0], *filter(is_cuda, tensors_in(args[1])), *tensors_in(args[2:])]
        strangers = [tensor for tensor in tensors if not is_cuda(tensor)]
        here = len(strangers) < len(tensors) if tensors else self.here
        for tensor in strangers if here and name not in CROSSING else []:
            written = func._schema.is_mutable and tensor is args[0]
            if tensor.dim() or written or name in STRICT:
                self.refuse(f'Expected all tensors to be on the same device: {name}')
        if here and kwargs.get('generator') is not None:
            self.refuse("Expected a 'cuda' device type for generator but found 'cpu'")
        out = func(*args, **kwargs)
        if name in CROSSING:
            mark(tensors_in([out])[0], is_cuda(args[0]))
        elif here:
            for tensor in tensors_in([out]):
                mark(tensor, True)
        return out

    def refuse(self, message, kind=RuntimeError):
        lines = [f for f in traceback.extract_stack() if f.filename.endswith('.md')]
        where = f'{lines[-1].filename}:{lines[-1].lineno} ' if lines else ''
        self.refused.append(where + message)
        raise kind(message)


class Calls(TorchFunctionMode):
    """Takes ``device=`` out of calls, since this torch may know no CUDA, and marks the result."""

    def __init__(self, operators):
        super().__init__()
        self.operators = operators

    def __torch_function__(self, func, types, args=(), kwargs=None):
        kwargs, before = dict(kwargs or {}), self.operators.here
        device = kwargs.get('device')
        if func is torch.tensor and device is None:  # on the CPU, unless a tensor is copied
            device = args[0].device if isinstance(args[0], torch.Tensor) else 'cpu'
        if func is torch._C._nn._parse_to or device is None or torch.device(device).type == 'meta':
            device, here = None, any(map(is_cuda, tensors_in((args, kwargs))))
        else:
            kwargs['device'], here = 'cpu', torch.device(device).type == 'cuda'
        self.operators.here = here
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
def imitated_cuda():
    """Imitate a CUDA device; yields the list of what it refuses."""
    operators = Operators()

    def device(self):
        return torch.device('cuda', 0) if is_cuda(self) else torch_device(self)

    def numpy(self, *args, **kwargs):
        if is_cuda(self):
            operators.refuse("can't convert cuda:0 device type tensor to numpy", TypeError)
        return torch_numpy(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch, torch.backends.cudnn.flags(enabled=False):
        patch.setattr(torch.Tensor, 'device', property(device))
        patch.setattr(torch.Tensor, 'is_cuda', property(is_cuda))
        patch.setattr(torch.Tensor, 'to', to)
        patch.setattr(torch.Tensor, 'cpu', lambda self: self.to('cpu'))
        patch.setattr(torch.Tensor, 'cuda', lambda self: self.to('cuda'))
        patch.setattr(torch.Tensor, 'numpy', numpy)
        packages = [(0, save_location, load_location), *torch.serialization._package_registry]
        patch.setattr(torch.serialization, '_package_registry', packages)
        patch.setattr(torch.cuda, 'synchronize', lambda device=None: None)
        chip = mock.Mock(multi_processor_count=10**6)  # any rate is below what it could do
        patch.setattr(torch.cuda, 'get_device_properties', lambda device: chip)
        patch.setattr(torch, 'manual_seed', lambda seed: torch_seed(seed + 1))  # other numbers
        with operators, Calls(operators):
            yield operators.refused


def run(section, exercise) -> list[str]:
    """Run the section's first cells with ``device = 'cuda'``, then all of the exercise's."""
    main = types.ModuleType('__main__')  # where pickle looks for the classes
    in_exercises = {cell.id for e in section.exercises for cell in e.cells}
    threads = torch.get_num_threads()
    torch.set_num_threads(1)

    def run_cell(cell):
        source = '\n' * (section.line(cell.id) - 1) + cell.source
        exec(compile(source, str(ROOT / section.path), 'exec'), main.__dict__)

    with (
        pytest.MonkeyPatch.context() as patch,
        mock.patch('matplotlib_inline.backend_inline.set_matplotlib_formats'),
        matplotlib.rc_context(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        imitated_cuda() as refused,
    ):
        patch.setitem(sys.modules, '__main__', main)
        with mock.patch('torch.cuda.is_available', lambda: True):
            for cell in section.code_cells:
                if cell.id not in in_exercises:
                    run_cell(cell)
                    main.device = 'cuda' if has_tag(cell, 'parameters') else main.device
        for cell in exercise.cells:
            run_cell(cell)
    plt.close('all')
    torch.set_num_threads(threads)
    return refused


@pytest.mark.filterwarnings('ignore')
@pytest.mark.parametrize('label', EXERCISES)
def test_exercise_runs_on_cuda(label):
    if label in LEFT_OUT:
        pytest.skip(LEFT_OUT[label])
    assert run(*EXERCISES[label]) == []


def test_fault_is_reported_even_if_the_exercise_catches_it():
    section, exercise = EXERCISES['ex-5-1-1']
    cell = copy.deepcopy(exercise.cells[0])
    cell.source = 'error_of(lambda: torch.ones(2, device=device) + torch.ones(2))'
    [refused] = run(section, dataclasses.replace(exercise, cells=(cell,)))
    assert f'{section.path}:{section.line(cell.id)} ' in refused


class Shift(nn.Module):
    def __init__(self, shift):
        super().__init__()
        self.layer, self.shift = nn.LazyLinear(3), shift

    def forward(self, X):
        return self.layer(X) + self.shift


FAULTS = {
    'CPU tensor in an operator': lambda X: X + torch.ones(3),
    'CPU tensor in a list': lambda X: torch.cat([X, torch.ones(2, 3)]),
    'CPU tensor copied from CUDA': lambda X: X.cpu() * X,
    'CPU tensor of CUDA numbers': lambda X: X[0] * torch.tensor(list(X[0])),
    'CPU number in a stack': lambda X: torch.stack([X.sum(), torch.tensor(0.0)]),
    'CPU number written in place': lambda X: torch.tensor(0.0).add_(X.sum()),
    'CPU tensor at CUDA indices': lambda X: torch.ones(3)[X.argmax(dim=1)],
    'CPU tensor by its class': lambda X: X + torch.Tensor(3),
    'CPU module': lambda X: nn.Linear(3, 3)(X),
    'CPU attribute of a moved module': lambda X: Shift(torch.ones(3)).to('cuda')(X),
    'CPU generator': lambda X: X.normal_(generator=torch.Generator()),
    'CUDA tensor to numpy': lambda X: plt.Figure().subplots().plot(X),
}


@pytest.mark.parametrize('fault', FAULTS)
def test_imitation_refuses(fault):
    with imitated_cuda() as refused:
        X = torch.ones(2, 3, device='cuda')
        with pytest.raises((RuntimeError, TypeError)) as error:
            FAULTS[fault](X)
        assert refused == [str(error.value)]


def test_imitation_lets_a_moved_module_train_and_travel():
    with imitated_cuda() as refused:
        net, X = Shift(nn.Buffer(torch.ones(3))).to('cuda'), torch.rand(2, 3, device='cuda')
        net(X)
        params, optimizer = list(net.parameters()), torch.optim.Adam(net.parameters())
        leaf = torch.ones(3, requires_grad=True)
        (net(X) * leaf.to('cuda') * torch.tensor(2.0))[torch.randperm(2)].sum().backward()
        optimizer.step()
        for other in copy.deepcopy(net), pickle.loads(pickle.dumps(net)):
            assert torch.equal(other(X), net(X))
        on_cuda = [X.T, X.new_ones(2), torch.zeros_like(X), copy.deepcopy(X)]
        on_cuda += [
            torch.as_tensor(leaf, device='cuda'),
            nn.functional.one_hot(X.argmax(dim=1)),
            *params,
            params[0].grad,
            net.shift,
        ]
        assert {str(tensor.device) for tensor in on_cuda} == {'cuda:0'}
        on_cpu = [X.cpu(), torch.zeros_like(X, device='cpu'), leaf.grad, *net.cpu().parameters()]
        assert {str(tensor.device) for tensor in [*on_cpu, *params, net.shift, leaf]} == {'cpu'}
    assert refused == [] and 'device' not in vars(torch.Tensor)
