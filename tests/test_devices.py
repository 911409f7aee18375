"""Every exercise also runs with ``device = 'cuda'``, tried without a GPU on an imitation."""

import contextlib
import copy
import dataclasses
import io
import pickle
import sys
import time
import types
from unittest import mock

import matplotlib
import pytest
import torch
from matplotlib import pyplot as plt
from torch import nn

from tests.conftest import ROOT
from tests.grading import setup_cells
from tests.imitation import H200, NOT_IMITATED, T4, imitated_cuda
from tests.test_answers import EXERCISES

MACHINES = {'two H200': (H200, 2), 'one T4': (T4, 1)}


def run(section, exercise, machine='two H200') -> list[str]:
    """Run the section's first cells and all of the exercise's; returns what was refused."""
    main = types.ModuleType('__main__')  # where pickle looks for the classes
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with (
        pytest.MonkeyPatch.context() as patch,  # mock would drop what is imported meanwhile
        mock.patch('matplotlib_inline.backend_inline.set_matplotlib_formats'),
        matplotlib.rc_context(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
        imitated_cuda(*MACHINES[machine]) as refused,
    ):
        patch.setitem(sys.modules, '__main__', main)
        for cell in [*setup_cells(section), *exercise.cells]:
            source = '\n' * (section.line(cell.id) - 1) + cell.source
            exec(compile(source, str(ROOT / section.path), 'exec'), main.__dict__)
    plt.close('all')
    torch.set_num_threads(threads)
    assert main.device.type == 'cuda'
    return refused


@pytest.mark.filterwarnings('ignore')
@pytest.mark.parametrize('label', EXERCISES)
@pytest.mark.slow
def test_exercise_runs_on_cuda(label):
    if label in NOT_IMITATED:
        pytest.skip(NOT_IMITATED[label])
    assert run(*EXERCISES[label]) == []


@pytest.mark.parametrize('label', ['ex-5-6-1', 'ex-5-6-4'])
@pytest.mark.slow
def test_exercise_that_asks_for_the_chip_runs_on_one_small_gpu(label):
    assert run(*EXERCISES[label], 'one T4') == []


def test_fault_is_reported_even_if_the_exercise_catches_it():
    section, exercise = EXERCISES['ex-5-1-1']
    cell = copy.deepcopy(exercise.cells[0])
    cell.source = (
        'try:\n    torch.ones(2, device=device) + torch.ones(2)\nexcept RuntimeError:\n    pass'
    )
    [refused] = run(section, dataclasses.replace(exercise, cells=(cell,)))
    assert f'{section.path}:{section.line(cell.id, 1)} ' in refused


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
    'tensor on another device': lambda X: X + torch.tensor(1.0, device='cuda:1'),
    'CUDA tensor to numpy': lambda X: plt.Figure().subplots().plot(X),
}


@pytest.mark.parametrize('fault', FAULTS)
def test_imitation_refuses(fault):
    with imitated_cuda(count=2) as refused:
        X = torch.ones(2, 3, device='cuda')
        with pytest.raises((RuntimeError, TypeError)) as error:
            FAULTS[fault](X)
        assert refused == [str(error.value)]


def test_imitation_has_no_more_devices_than_asked_for():
    with imitated_cuda(count=2), pytest.raises(RuntimeError, match='invalid device ordinal'):
        torch.ones(3, device='cuda:2')


def test_imitation_rounds_as_a_kernel_does():
    X, W = torch.rand(64, 100), torch.rand(100, 10)
    with imitated_cuda():
        on_gpu, kernel = X.to('cuda'), torch.rand(1, 64, 5)
        product, part = on_gpu @ W.to('cuda'), on_gpu[:7] @ W.to('cuda')
        assert torch.equal(product, on_gpu @ W.to('cuda'))
        assert not torch.equal(product[:7], part)
        torch.testing.assert_close(product[:7], part)
        assert torch.ones_like(on_gpu).sum().item() == 6400  # exact in any order
        convolved = nn.functional.conv1d(on_gpu, kernel.to('cuda')).cpu()
    error = (convolved / nn.functional.conv1d(X, kernel) - 1).abs().max()
    assert 1e-5 < error < 1e-3


def test_imitation_returns_before_the_product_is_done():
    with imitated_cuda(dataclasses.replace(T4, rate=2 * 2048**3 / 0.3)):
        X, start = torch.empty(2048, 2048, device='cuda'), time.perf_counter()
        assert (X @ X).device.type == 'cuda'
        assert not torch.cuda.current_stream().query()
        torch.cuda.synchronize()
        assert torch.cuda.current_stream().query() and time.perf_counter() - start >= 0.3


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
