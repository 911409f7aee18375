# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% 先分配再相乘，两段列表推导 tags=["right"]
import itertools


def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    placed = [(A.to(d), B.to(d)) for (A, B), d in zip(pairs, itertools.cycle(devices))]
    results = [torch.matmul(A, B) for A, B in placed]
    for d in map(torch.device, devices):
        if d.type == 'cuda':
            with torch.cuda.device(d):
                torch.cuda.synchronize()
    return results


# %% 每个设备一个线程 tags=["right"]
from concurrent.futures import ThreadPoolExecutor


def multiply_sequentially(pairs, device):
    results = []
    for A, B in pairs:
        results.append(torch.mm(A.to(device), B.to(device)))
    if torch.device(device).type == 'cuda':
        torch.cuda.synchronize(device)
    return results


def multiply_in_parallel(pairs, devices):
    results = [None] * len(pairs)

    def work(k):
        for i in range(k, len(pairs), len(devices)):
            A, B = pairs[i]
            results[i] = A.to(devices[k]) @ B.to(devices[k])
        if torch.device(devices[k]).type == 'cuda':
            torch.cuda.synchronize(devices[k])

    with ThreadPoolExecutor(len(devices)) as pool:
        list(pool.map(work, range(len(devices))))
    return results


# %% 按设备分组，等各自的流 tags=["right"]
def multiply_sequentially(pairs, device):
    results = [A.to(device).matmul(B.to(device)) for A, B in pairs]
    if 'cuda' in str(device) and torch.cuda.is_available():
        torch.cuda.current_stream(device).synchronize()
    return results


def multiply_in_parallel(pairs, devices):
    results = {}
    for k, device in enumerate(devices):
        for i in range(k, len(pairs), len(devices)):
            A, B = pairs[i]
            results[i] = A.to(device, non_blocking=True) @ B.to(device)
    for device in devices:
        if 'cuda' in str(device) and torch.cuda.is_available():
            torch.cuda.current_stream(device).synchronize()
    return [results[i] for i in range(len(pairs))]


# %% 等每个结果所在的设备 tags=["right"]
def multiply_sequentially(pairs, device):
    results = []
    for A, B in pairs:
        A, B = A.to(device), B.to(device)
        results.append(torch.einsum('ij,jk->ik', A, B))
        if A.device.type == 'cuda':
            torch.cuda.synchronize(A.device)
    return results


def multiply_in_parallel(pairs, devices):
    results = []
    for i in range(len(pairs)):
        d = torch.device(devices[i % len(devices)])
        results.append(pairs[i][0].to(d) @ pairs[i][1].to(d))
    for d in {r.device for r in results if r.device.type == 'cuda'}:
        torch.cuda.synchronize(d)
    return results


# %% zip在设备用完时停下 tags=["wrong"] raises="应有3个结果，得到2个"
def multiply_sequentially(pairs, device):
    return [A.to(device) @ B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    return [A.to(d) @ B.to(d) for (A, B), d in zip(pairs, devices)]


# %% 按设备分组之后次序乱了 tags=["wrong"] raises="看看次序"
def multiply_sequentially(pairs, device):
    return [A.to(device) @ B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    results = []
    for k, d in enumerate(devices):
        results += [A.to(d) @ B.to(d) for A, B in pairs[k :: len(devices)]]
    return results


# %% 只用了第一个设备 tags=["wrong"] raises="没有等GPU 1"
def multiply_sequentially(pairs, device):
    return [A.to(device) @ B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    return multiply_sequentially(pairs, devices[0])


# %% 假定恰好两对、两个设备 tags=["wrong"] raises="应有3个结果，得到2个"
def multiply_sequentially(pairs, device):
    return [A.to(device) @ B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    results = []
    for i in range(min(2, len(pairs))):
        A, B = pairs[i]
        results.append(A.to(devices[i % len(devices)]) @ B.to(devices[i % len(devices)]))
    return results


# %% 设备与矩阵对一样多时才对：没有取余 tags=["wrong"] raises="list index out of range"
def multiply_sequentially(pairs, device):
    return [A.to(device) @ B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    return [A.to(devices[i]) @ B.to(devices[i]) for i, (A, B) in enumerate(pairs)]


# %% 返回生成器 tags=["wrong"] raises="应返回列表"
def multiply_sequentially(pairs, device):
    return (A.to(device) @ B.to(device) for A, B in pairs)


def multiply_in_parallel(pairs, devices):
    return (A.to(d) @ B.to(d) for (A, B), d in zip(pairs, devices))


# %% 在CPU设备上也同步 tags=["wrong"] raises="结果的个数、次序和数值（multiply_sequentially）"
def multiply_sequentially(pairs, device):
    results = [A.to(device) @ B.to(device) for A, B in pairs]
    torch.cuda.synchronize(device)
    return results


def multiply_in_parallel(pairs, devices):
    results = [
        A.to(devices[i % len(devices)]) @ B.to(devices[i % len(devices)])
        for i, (A, B) in enumerate(pairs)
    ]
    for d in devices:
        torch.cuda.synchronize(d)
    return results


# %% 每对矩阵一个线程 tags=["right"]
import threading


def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results = [None] * len(pairs)

    def work(i):
        d = torch.device(devices[i % len(devices)])
        A, B = pairs[i]
        results[i] = torch.mm(A.to(d), B.to(d))
        if d.type == 'cuda':
            torch.cuda.synchronize(d)

    threads = [threading.Thread(target=work, args=(i,)) for i in range(len(pairs))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


# %% 用empty_like和copy_搬 tags=["right"]
def move(X, d):
    return torch.empty_like(X, device=d).copy_(X)


def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = torch.device(devices[i % len(devices)])
        results.append(move(A, d) @ move(B, d))
    for d in map(torch.device, devices):
        if d.type == 'cuda':
            torch.cuda.synchronize(d)
    return results


# %% set_device之后等 tags=["right"]
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = torch.device(devices[i % len(devices)])
        results.append(A.to(d) @ B.to(d))
    for d in map(torch.device, devices):
        if d.type == 'cuda':
            torch.cuda.set_device(d)
            torch.cuda.synchronize()
    return results


# %% 等default_stream tags=["right"]
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = torch.device(devices[i % len(devices)])
        results.append(A.to(d) @ B.to(d))
    for d in map(torch.device, devices):
        if d.type == 'cuda':
            torch.cuda.default_stream(d).synchronize()
    return results


# %% 从torch.cuda导入synchronize tags=["right"]
from torch.cuda import synchronize


def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = torch.device(devices[i % len(devices)])
        results.append(A.to(d) @ B.to(d))
    for d in map(torch.device, devices):
        if d.type == 'cuda':
            synchronize(d)
    return results


# %% 预先分配，写进out tags=["right"]
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    homes = [torch.device(devices[i % len(devices)]) for i in range(len(pairs))]
    results = [
        torch.empty(A.shape[0], B.shape[1], dtype=A.dtype, device=d)
        for (A, B), d in zip(pairs, homes)
    ]
    for C, (A, B), d in zip(results, pairs, homes):
        torch.mm(A.to(d), B.to(d), out=C)
    for d in {d for d in homes if d.type == 'cuda'}:
        with torch.cuda.device(d):
            done = torch.cuda.Event()
            done.record()
        done.synchronize()
    return results


# %% 依次做的没有搬到device上 tags=["wrong"] raises="结果应在GPU"
def multiply_sequentially(pairs, device):
    return [A.cpu() @ B.cpu() for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = torch.device(devices[i % len(devices)])
        results.append(A.to(d) @ B.to(d))
    for d in map(torch.device, devices):
        if d.type == 'cuda':
            torch.cuda.synchronize(d)
    return results


# %% 只搬了A tags=["wrong"] raises="不在同一个设备上"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        results.append(A.to(devices[i % len(devices)]) @ B)
    for d in map(torch.device, devices):
        if d.type == 'cuda':
            torch.cuda.synchronize(d)
    return results


# %% 排完就返回，没有等 tags=["wrong"] raises="没有等GPU 1做完"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    homes = [torch.device(devices[i % len(devices)]) for i in range(len(pairs))]
    return [A.to(d) @ B.to(d) for (A, B), d in zip(pairs, homes)]


# %% synchronize不带参数，只等了当前设备 tags=["wrong"] raises="没有等GPU 1做完"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    homes = [torch.device(devices[i % len(devices)]) for i in range(len(pairs))]
    results = [A.to(d) @ B.to(d) for (A, B), d in zip(pairs, homes)]
    if any(d.type == 'cuda' for d in homes):
        torch.cuda.synchronize()
    return results


# %% 依次做的忘了等 tags=["wrong"] raises="没有等GPU 1做完"
def multiply_sequentially(pairs, device):
    return [A.to(device) @ B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    homes = [torch.device(devices[i % len(devices)]) for i in range(len(pairs))]
    results = [A.to(d) @ B.to(d) for (A, B), d in zip(pairs, homes)]
    for d in {d for d in homes if d.type == 'cuda'}:
        torch.cuda.synchronize(d)
    return results


# %% 每排一个就等一个，又成了依次做 tags=["wrong"] raises="不要排一个等一个"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = torch.device(devices[i % len(devices)])
        results.append(A.to(d) @ B.to(d))
        if d.type == 'cuda':
            torch.cuda.synchronize(d)
    return results


# %% 名字不巧的辅助函数，不是CPU就等 tags=["right"]
def copy(X, first):
    return X.to(first)


def list(expected):
    for d in expected:
        if torch.device(d).type != 'cpu':
            torch.cuda.synchronize(d)


rows, layer, math, net, case, type, sum = 1, 2, 3, 4, 5, 6, 7


def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = devices[i % len(devices)]
        results.append(copy(A, d) @ copy(B, d))
    list(devices)
    return results


# %% 名字里没有cpu就等 tags=["right"]
def multiply_sequentially(pairs, device):
    results = [A.to(device) @ B.to(device) for A, B in pairs]
    if str(device) != 'cpu':
        torch.cuda.synchronize(torch.device(device))
    return results


def multiply_in_parallel(pairs, devices):
    k = len(devices)
    results = [A.to(devices[i % k]) @ B.to(devices[i % k]) for i, (A, B) in enumerate(pairs)]
    for d in devices:
        if str(d) != 'cpu':
            torch.cuda.synchronize(torch.device(d))
    return results


# %% 用读来等 tags=["right"]
def multiply_sequentially(pairs, device):
    results = [A.to(device) @ B.to(device) for A, B in pairs]
    for r in results:
        r.sum().item()
    return results


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = devices[i % len(devices)]
        results.append(torch.matmul(A.to(d), B.to(d)))
    for r in results:
        r.flatten()[0].cpu()
    return results


# %% 每个设备一个事件，轮询 tags=["right"]
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = torch.device(devices[i % len(devices)])
        results.append(A.to(d).mm(B.to(d)))
    events = []
    for d in map(torch.device, devices):
        if d.type == 'cuda':
            events.append(torch.cuda.Event())
            events[-1].record(torch.cuda.current_stream(d))
    while not all(e.query() for e in events):
        pass
    return results


# %% 用torch.accelerator等 tags=["right"]
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, (device,))


def multiply_in_parallel(pairs, devices):
    homes = [torch.device(d) for d in devices] * len(pairs)
    moved = [
        (A.to(d, non_blocking=True), B.to(d, non_blocking=True)) for (A, B), d in zip(pairs, homes)
    ]
    results = [torch.einsum('ij,jk->ik', *pair) for pair in moved]
    for d in {d for d in homes if d.type != 'cpu'}:
        torch.accelerator.synchronize(d)
    return results


# %% 在设备的上下文里用cuda搬 tags=["right"]
from contextlib import nullcontext
from functools import partial


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = torch.device(devices[i % len(devices)])
        if d.type == 'cuda':
            with torch.cuda.device(d):
                results.append(A.cuda() @ B.cuda(d))
        else:
            results.append(A.cpu() @ B.cpu())
    for r in results:
        with torch.cuda.device(r.device) if r.is_cuda else nullcontext():
            if r.is_cuda:
                torch.cuda.synchronize()
    return results


def one(pairs, device, run=multiply_in_parallel):
    return run(pairs, [device])


multiply_sequentially = partial(one, run=multiply_in_parallel)


# %% 先算再搬，算的地方不对 tags=["wrong"] raises="GPU 1上没有做乘法"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        results.append((A @ B).to(devices[i % len(devices)]))
    for d in map(torch.device, devices):
        if d.type == 'cuda':
            torch.cuda.synchronize(d)
    return results


# %% 结果搬回了CPU tags=["wrong"] raises="却在[None"
def multiply_sequentially(pairs, device):
    return [(A.to(device) @ B.to(device)).cpu() for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = devices[i % len(devices)]
        results.append(A.to(d) @ B.to(d))
    return [r.cpu() for r in results]


# %% 只等最后用的设备 tags=["wrong"] raises="没有等GPU 1做完"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = torch.device(devices[i % len(devices)])
        results.append(A.to(d) @ B.to(d))
    if d.type == 'cuda':
        torch.cuda.synchronize(d)
    return results


# %% 用读来等，读一个算一个 tags=["wrong"] raises="不要排一个等一个"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = devices[i % len(devices)]
        results.append(A.to(d) @ B.to(d))
        print(results[-1].norm().item())
    return results


# %% 按块分配，不是轮流 tags=["wrong"] raises="结果应在GPU [0, 1, 0, 1, 0]上"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    size = -(-len(pairs) // len(devices))
    results = [
        A.to(devices[i // size]) @ B.to(devices[i // size]) for i, (A, B) in enumerate(pairs)
    ]
    for d in map(torch.device, devices):
        if d.type == 'cuda':
            torch.cuda.synchronize(d)
    return results


# %% 逐元素相乘 tags=["wrong"] raises="The size of tensor"
def multiply_sequentially(pairs, device):
    return [A.to(device) * B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    return [A.to(devices[0]) * B.to(devices[0]) for A, B in pairs]


# %% 忘了return tags=["wrong"] raises="得到NoneType"
def multiply_sequentially(pairs, device):
    [A.to(device) @ B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    [A.to(devices[0]) @ B.to(devices[0]) for A, B in pairs]


# %% 线程起一个等一个 tags=["wrong"] raises="不要排一个等一个"
import threading


def multiply_sequentially(pairs, device):
    results = [A.to(device) @ B.to(device) for A, B in pairs]
    if torch.device(device).type == 'cuda':
        torch.cuda.synchronize(device)
    return results


def multiply_in_parallel(pairs, devices):
    results = [None] * len(pairs)

    def work(i):
        results[i] = multiply_sequentially([pairs[i]], devices[i % len(devices)])[0]

    for i in range(len(pairs)):
        thread = threading.Thread(target=work, args=(i,))
        thread.start()
        thread.join()
    return results


# %% 每对一个流 tags=["right"]
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results, streams = [], []
    for i, (A, B) in enumerate(pairs):
        d = torch.device(devices[i % len(devices)])
        if d.type == 'cpu':
            results.append(A @ B)
            continue
        A, B = A.to(d), B.to(d)
        streams.append(torch.cuda.Stream(d))
        streams[-1].wait_stream(torch.cuda.current_stream(d))
        with torch.cuda.stream(streams[-1]):
            results.append(A @ B)
    for stream in streams:
        stream.synchronize()
    return results


# %% 等的办法先放进表里 tags=["right"]
WAIT = {'cuda': torch.cuda.synchronize}


def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    devices, results = [torch.device(d) for d in devices], []
    for i, (A, B) in enumerate(pairs):
        d = devices[i % len(devices)]
        results.append(A.to(d) @ B.to(d))
    for d in devices:
        if d.type == 'cuda':
            WAIT[d.type](d)
    return results


# %% 从torch.cuda导入Event与device tags=["right"]
from torch.cuda import Event, device as on


def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    devices, results = [torch.device(d) for d in devices], []
    for i, (A, B) in enumerate(pairs):
        d = devices[i % len(devices)]
        results.append(A.to(d) @ B.to(d))
    for d in devices:
        if d.type == 'cuda':
            with on(d):
                event = Event()
                event.record()
            event.synchronize()
    return results


# %% 在torch.accelerator的设备上下文里等 tags=["right"]
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    devices, results = [torch.device(d) for d in devices], []
    for i, (A, B) in enumerate(pairs):
        d = devices[i % len(devices)]
        results.append(A.to(d) @ B.to(d))
    for d in devices:
        if d.type == 'cuda':
            with torch.accelerator.device_index(d.index):
                torch.accelerator.synchronize()
    return results


# %% 等没有记过的事件 tags=["wrong"] raises="没有等GPU 1做完"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    devices, results = [torch.device(d) for d in devices], []
    for i, (A, B) in enumerate(pairs):
        d = devices[i % len(devices)]
        results.append(A.to(d) @ B.to(d))
    for d in devices:
        if d.type == 'cuda':
            torch.cuda.Event().synchronize()
    return results


# %% 等新开的流 tags=["wrong"] raises="没有等GPU 1做完"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    devices, results = [torch.device(d) for d in devices], []
    for i, (A, B) in enumerate(pairs):
        d = devices[i % len(devices)]
        results.append(A.to(d) @ B.to(d))
    for d in devices:
        if d.type == 'cuda':
            torch.cuda.Stream(d).synchronize()
    return results


# %% 检查不认得的办法 tags=["wrong"] raises="检查的假GPU不认得"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    devices, results = [torch.device(d) for d in devices], []
    for i, (A, B) in enumerate(pairs):
        d = devices[i % len(devices)]
        results.append(A.to(d) @ B.to(d))
    for d in devices:
        if d.type == 'cuda':
            torch.cuda.ipc_collect()
    return results


# %% 各设备都有了活，就排一个等一个 tags=["wrong"] raises="不要排一个等一个"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    devices, results = [torch.device(d) for d in devices], []
    for i, (A, B) in enumerate(pairs):
        d = devices[i % len(devices)]
        results.append(A.to(d) @ B.to(d))
        if d.type == 'cuda' and i >= len(devices) - 1:
            torch.cuda.synchronize(d)
    for d in devices:
        if d.type == 'cuda':
            torch.cuda.synchronize(d)
    return results


# %% 先变成NumPy数组，GPU上的矩阵不行 tags=["wrong"] raises="GPU上的张量要先搬到CPU"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    homes = [torch.device(devices[i % len(devices)]) for i in range(len(pairs))]
    put = lambda X, d: torch.as_tensor(X.numpy()).to(d)
    results = [put(A, d) @ put(B, d) for (A, B), d in zip(pairs, homes)]
    for d in homes:
        if d.type == 'cuda':
            torch.cuda.synchronize(d)
    return results
