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


# %% zip在设备用完时停下 tags=["wrong"] raises="对矩阵却有"
def multiply_sequentially(pairs, device):
    return [A.to(device) @ B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    return [A.to(d) @ B.to(d) for (A, B), d in zip(pairs, devices)]


# %% 按设备分组之后次序乱了 tags=["wrong"] raises="的形状不对"
def multiply_sequentially(pairs, device):
    return [A.to(device) @ B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    results = []
    for k, d in enumerate(devices):
        results += [A.to(d) @ B.to(d) for A, B in pairs[k :: len(devices)]]
    return results


# %% 只用了第一个设备 tags=["wrong"] raises="轮流分给"
def multiply_sequentially(pairs, device):
    return [A.to(device) @ B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    return multiply_sequentially(pairs, devices[0])


# %% 假定恰好两对、两个设备 tags=["wrong"] raises="对矩阵却有"
def multiply_sequentially(pairs, device):
    return [A.to(device) @ B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    results = []
    for i in range(min(2, len(pairs))):
        A, B = pairs[i]
        results.append(A.to(devices[i % len(devices)]) @ B.to(devices[i % len(devices)]))
    return results


# %% 设备与矩阵对一样多时才对：没有取余 tags=["wrong"] raises="对矩阵在"
def multiply_sequentially(pairs, device):
    return [A.to(device) @ B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    return [A.to(devices[i]) @ B.to(devices[i]) for i, (A, B) in enumerate(pairs)]


# %% 返回生成器 tags=["wrong"] raises="应返回列表"
def multiply_sequentially(pairs, device):
    return (A.to(device) @ B.to(device) for A, B in pairs)


def multiply_in_parallel(pairs, devices):
    return (A.to(d) @ B.to(d) for (A, B), d in zip(pairs, devices))


# %% 在CPU设备上也同步 tags=["wrong"] raises="上出错"
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


# %% 原地改了输入 tags=["wrong"] raises="修改了输入"
def multiply_sequentially(pairs, device):
    results = [A.to(device) @ B.to(device) for A, B in pairs]
    for A, B in pairs:
        A.zero_()
    return results


def multiply_in_parallel(pairs, devices):
    results = [
        A.to(devices[i % len(devices)]) @ B.to(devices[i % len(devices)])
        for i, (A, B) in enumerate(pairs)
    ]
    for d in map(torch.device, devices):
        if d.type == 'cuda':
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


# %% 依次做的没有搬到device上 tags=["wrong"] raises="multiply_sequentially：每个结果应留在device上"
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


# %% 方阵的乘积写回A tags=["wrong"] raises="修改了输入"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    results = []
    for i, (A, B) in enumerate(pairs):
        d = torch.device(devices[i % len(devices)])
        results.append(A.to(d).copy_(A.to(d) @ B.to(d)) if A.shape[1] == B.shape[1] else A.to(d) @ B.to(d))
    for d in map(torch.device, devices):
        if d.type == 'cuda':
            torch.cuda.synchronize(d)
    return results


# %% 只搬了A tags=["wrong"] raises="上出错"
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


# %% 排完就返回，没有等 tags=["wrong", "cuda"] raises="返回之前每个设备都要等"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    homes = [torch.device(devices[i % len(devices)]) for i in range(len(pairs))]
    return [A.to(d) @ B.to(d) for (A, B), d in zip(pairs, homes)]


# %% synchronize不带参数，只等了当前设备 tags=["wrong", "cuda"] raises="返回之前每个设备都要等"
def multiply_sequentially(pairs, device):
    return multiply_in_parallel(pairs, [device])


def multiply_in_parallel(pairs, devices):
    homes = [torch.device(devices[i % len(devices)]) for i in range(len(pairs))]
    results = [A.to(d) @ B.to(d) for (A, B), d in zip(pairs, homes)]
    if any(d.type == 'cuda' for d in homes):
        torch.cuda.synchronize()
    return results


# %% 依次做的忘了等 tags=["wrong", "cuda"] raises="multiply_sequentially返回之前要等"
def multiply_sequentially(pairs, device):
    return [A.to(device) @ B.to(device) for A, B in pairs]


def multiply_in_parallel(pairs, devices):
    homes = [torch.device(devices[i % len(devices)]) for i in range(len(pairs))]
    results = [A.to(d) @ B.to(d) for (A, B), d in zip(pairs, homes)]
    for d in {d for d in homes if d.type == 'cuda'}:
        torch.cuda.synchronize(d)
    return results


# %% 每排一个就等一个，又成了依次做 tags=["wrong", "cuda"] raises="两个GPU没有同时干活"
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
