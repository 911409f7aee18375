# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% synchronize不带参数，等的是当前设备 tags=["wrong"] raises="它不是当前设备"
def median_seconds(fn, device, repeats=7):
    on_cuda = str(device).startswith('cuda')
    for _ in range(3):
        fn()
    spans = []
    for _ in range(repeats):
        if on_cuda:
            torch.cuda.synchronize()
        begin = time.perf_counter_ns()
        fn()
        if on_cuda:
            torch.cuda.synchronize()
        spans.append((time.perf_counter_ns() - begin) / 1e9)
    spans.sort()
    middle = repeats // 2
    if repeats % 2:
        return spans[middle]
    return (spans[middle - 1] + spans[middle]) / 2


def matmul_flops(n):
    return sum(2 * n for _ in range(1)) * n * n


# %% 事件记在当前设备的流上 tags=["wrong"] raises="它不是当前设备"
import statistics


def median_seconds(fn, device, repeats=11):
    device = torch.device(device)
    fn()
    fn()
    times = []
    for _ in range(repeats):
        if device.type == 'cuda':
            start = torch.cuda.Event(enable_timing=True)
            end = torch.cuda.Event(enable_timing=True)
            start.record()
            fn()
            end.record()
            end.synchronize()
            times.append(start.elapsed_time(end) / 1000)
        else:
            start = time.monotonic()
            fn()
            times.append(time.monotonic() - start)
    return statistics.median(times)


def matmul_flops(n):
    return (n + n) * n**2


# %% 用流的synchronize，只认is_available，结果用torch.median tags=["right"]
def median_seconds(fn, device, repeats=5):
    wait = lambda: None
    if torch.cuda.is_available() and torch.device(device).type == 'cuda':
        wait = torch.cuda.current_stream(device).synchronize
    times = torch.empty(repeats + 2, dtype=torch.float64)
    for i in range(repeats + 2):
        wait()
        start = time.perf_counter()
        fn()
        wait()
        times[i] = time.perf_counter() - start
    return times[2:].quantile(0.5).item()


def matmul_flops(n):
    return 2 * n * n * n


# %% torch的median取中间两个里较小的 tags=["wrong"] raises="中间两个的平均"
from contextlib import nullcontext


def median_seconds(fn, device, repeats=3):
    device = torch.device(device)
    cuda = device.type == 'cuda'
    with torch.cuda.device(device) if cuda else nullcontext():

        def timed():
            if cuda:
                torch.accelerator.synchronize()
            start = time.perf_counter()
            fn()
            if cuda:
                torch.accelerator.synchronize()
            return time.perf_counter() - start

        timed()
        return (
            torch.tensor(sorted(timed() for _ in range(repeats)), dtype=torch.float64)
            .median()
            .item()
        )


def matmul_flops(n):
    return 2 * pow(n, 3)


# %% 每次计时用torch.utils.benchmark，各自预热 tags=["right"]
import statistics

from torch.utils.benchmark import Timer


def median_seconds(fn, device, repeats=5):
    def step():
        fn()
        if torch.device(device).type == 'cuda':
            torch.cuda.synchronize(device)

    timer = Timer('step()', globals={'step': step})
    return statistics.median(timer.timeit(1).median for _ in range(repeats))


def matmul_flops(n):
    return n * n * (n + n)


# %% 没有同步，量到的是启动 tags=["wrong"] raises="只量到了启动"
import statistics


def median_seconds(fn, device, repeats=10):
    fn()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 没有预热 tags=["wrong"] raises="预热"
import statistics


def median_seconds(fn, device, repeats=10):
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        if torch.device(device).type == 'cuda':
            torch.cuda.synchronize()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 取平均值 tags=["wrong"] raises="不要取平均值"
def median_seconds(fn, device, repeats=10):
    fn()
    if torch.device(device).type == 'cuda':
        torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(repeats):
        fn()
    if torch.device(device).type == 'cuda':
        torch.cuda.synchronize()
    return (time.perf_counter() - start) / repeats


def matmul_flops(n):
    return 2 * n**3


# %% 取最小值 tags=["wrong"] raises="不要取最小值"
def median_seconds(fn, device, repeats=10):
    def once():
        start = time.perf_counter()
        fn()
        if torch.device(device).type == 'cuda':
            torch.cuda.synchronize()
        return time.perf_counter() - start

    once()
    return min(once() for _ in range(repeats))


def matmul_flops(n):
    return 2 * n**3


# %% 返回毫秒 tags=["wrong"] raises="不是总和或毫秒"
import statistics


def median_seconds(fn, device, repeats=10):
    def once():
        start = time.perf_counter()
        fn()
        if torch.device(device).type == 'cuda':
            torch.cuda.synchronize()
        return round(1000 * (time.perf_counter() - start)) / 1.0

    once()
    return statistics.median(once() for _ in range(repeats))


def matmul_flops(n):
    return 2 * n**3


# %% 返回总和 tags=["wrong"] raises="不是总和"
def median_seconds(fn, device, repeats=10):
    fn()
    if torch.device(device).type == 'cuda':
        torch.cuda.synchronize()
    start = time.perf_counter()
    for _ in range(repeats):
        fn()
    if torch.device(device).type == 'cuda':
        torch.cuda.synchronize()
    return time.perf_counter() - start


def matmul_flops(n):
    return 2 * n**3


# %% 只在结束时同步，开始前没有 tags=["wrong"] raises="开始计时之前也要同步"
import statistics


def median_seconds(fn, device, repeats=10):
    fn()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        if torch.device(device).type == 'cuda':
            torch.cuda.synchronize(device)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 在CPU上也调用torch.cuda.synchronize tags=["wrong"] raises="设备是CPU时"
import statistics


def median_seconds(fn, device, repeats=10):
    fn()
    times = []
    for _ in range(repeats):
        torch.cuda.synchronize(torch.device(device))
        start = time.perf_counter()
        fn()
        torch.cuda.synchronize(torch.device(device))
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 一次乘加只算一次 tags=["wrong"] raises="一次乘加算两次"
def median_seconds(fn, device, repeats=10):
    start = time.perf_counter()
    fn()
    return time.perf_counter() - start


def matmul_flops(n):
    return n**3


# %% 运算次数经过浮点数 tags=["wrong"] raises="整数"
def median_seconds(fn, device, repeats=10):
    start = time.perf_counter()
    fn()
    return time.perf_counter() - start


def matmul_flops(n):
    return 2 * float(n) ** 3


# %% 用benchmark.Timer，偶数次取了靠后的一次 tags=["wrong"] raises="中间两个的平均"
import torch.utils.benchmark


def median_seconds(fn, device, repeats=10):
    fn()
    times = []
    for _ in range(repeats):
        times.append(torch.utils.benchmark.Timer('fn()', globals={'fn': fn}).timeit(1).mean)
    return sorted(times)[len(times) // 2]


def matmul_flops(n):
    return 2 * n**3


# %% 用default_stream等 tags=["right"]
import statistics


def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            torch.cuda.default_stream(device).synchronize()
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return statistics.median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 取中间一次，没有排序 tags=["wrong"] raises="先排序"
def median_seconds(fn, device, repeats=10):
    def now():
        if torch.device(device).type == 'cuda':
            torch.cuda.synchronize(device)
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return times[repeats // 2]


def matmul_flops(n):
    return 2 * n**3


# %% 不管repeats，总是五次 tags=["wrong"] raises="应预热，再计时40次"
import statistics


def median_seconds(fn, device, repeats=10):
    def now():
        if torch.device(device).type == 'cuda':
            torch.cuda.synchronize(device)
        return time.perf_counter()

    fn()
    times = []
    for _ in range(5):
        start = now()
        fn()
        times.append(now() - start)
    return statistics.median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 名字不巧的辅助函数，用笔记本的device tags=["right"]
def list(X):
    return sorted(X)


def sum(expected, first):
    return (expected + first) / 2


def type(net):
    return torch.device(net).type


case = type(device)
row = torch = torch


class Layer:
    def __init__(self, math):
        self.math = torch.device(math)

    def copy(self):
        if type(self.math) == 'cuda':
            torch.cuda.synchronize(self.math)
        return time.perf_counter()


def median_seconds(fn, device, repeats=10):
    rows = Layer(device)
    fn()
    times = []
    for _ in range(repeats):
        start = rows.copy()
        fn()
        times.append(rows.copy() - start)
    times = list(times)
    return sum(times[repeats // 2], times[(repeats - 1) // 2])


def matmul_flops(n):
    return 2 * n * n * n


# %% d2l的秒表，用time.time tags=["right"]
class Timer:
    def __init__(self):
        self.times = []

    def start(self):
        self.tik = time.time()

    def stop(self):
        self.times.append(time.time() - self.tik)


def median_seconds(fn, device, repeats=10):
    def wait():
        if torch.device(device).type != 'cpu':
            torch.cuda.synchronize(device)

    timer = Timer()
    fn()
    wait()
    for _ in range(repeats):
        timer.start()
        fn()
        wait()
        timer.stop()
    return median(timer.times)


def matmul_flops(n):
    return 2 * n**3


# %% 轮询事件 tags=["right"]
from contextlib import nullcontext


def median_seconds(fn, device, repeats=10):
    device = torch.device(device)
    cuda = device.type == 'cuda'

    def wait():
        if cuda:
            event = torch.cuda.Event()
            event.record()
            while not event.query():
                pass

    def once():
        wait()
        start = time.perf_counter()
        fn()
        wait()
        return time.perf_counter() - start

    with torch.cuda.device(device) if cuda else nullcontext():
        once()
        return median([once() for _ in range(repeats)])


def matmul_flops(n):
    return 2 * n**3


# %% 先set_device tags=["right"]
def median_seconds(fn, device, repeats=10):
    if torch.device(device).type == 'cuda':
        torch.cuda.set_device(device)
        wait = torch.cuda.synchronize
    else:
        wait = int
    fn()
    times = []
    for _ in range(repeats):
        wait()
        start = time.perf_counter()
        fn()
        wait()
        times.append(time.perf_counter() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 有加速器就等加速器 tags=["right"]
def median_seconds(fn, device, repeats=10):
    def now():
        if torch.accelerator.is_available():
            torch.accelerator.synchronize()
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 从torch.cuda导入synchronize tags=["right"]
from torch.cuda import synchronize


def median_seconds(fn, device, repeats=10):
    wait = (lambda: synchronize(device)) if 'cuda' in str(device) else (lambda: None)

    def once(_):
        wait()
        start = time.monotonic()
        fn()
        wait()
        return time.monotonic() - start

    once(0)
    return median(map(once, range(repeats)))


def matmul_flops(n):
    return sum([2 * n] * n) * n


# %% 在设备的上下文里用事件计时 tags=["right"]
def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def once():
        if device.type != 'cuda':
            start = time.perf_counter()
            fn()
            return time.perf_counter() - start
        with torch.cuda.device(device):
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            fn()
            end.record()
            torch.cuda.synchronize()
            return start.elapsed_time(end) / 1e3

    once()
    return median([once() for _ in range(repeats)])


def matmul_flops(n):
    return 2 * n**3


# %% 轮询流 tags=["right"]
class Stopwatch:
    def __init__(self, warmups=2):
        self.warmups = warmups

    def __call__(self, fn, device, repeats=10):
        def now():
            while 'cuda' in str(device) and not torch.cuda.current_stream(device).query():
                time.sleep(1e-4)
            return time.perf_counter()

        spans = []
        for _ in range(self.warmups + repeats):
            start = now()
            fn()
            spans.append(now() - start)
        return float(torch.tensor(spans[self.warmups :], dtype=torch.float64).quantile(0.5))


median_seconds = Stopwatch()
matmul_flops = lambda n: 2 * n * n * n


# %% 取中间两个里靠后的 tags=["wrong"] raises="中间两个的平均"
def median_seconds(fn, device, repeats=10):
    def now():
        if torch.device(device).type == 'cuda':
            torch.cuda.synchronize(device)
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return sorted(times)[repeats // 2]


def matmul_flops(n):
    return 2 * n**3


# %% process_time不算等待的时间 tags=["wrong"] raises="钟用time.perf_counter"
def median_seconds(fn, device, repeats=10):
    def now():
        if torch.device(device).type == 'cuda':
            torch.cuda.synchronize(device)
        return time.process_time()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 看了时间才同步 tags=["wrong"] raises="只量到了启动"
def median_seconds(fn, device, repeats=10):
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        fn()
        times.append(time.perf_counter() - start)
        if torch.device(device).type == 'cuda':
            torch.cuda.synchronize(device)
    return median(times[1:])


def matmul_flops(n):
    return 2 * n**3


# %% 忘了return tags=["wrong"] raises="没有返回值"
def median_seconds(fn, device, repeats=10):
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        fn()
        times.append(time.perf_counter() - start)
    median(times[1:])


def matmul_flops(n):
    return 2 * n**3


# %% 打印而不返回次数 tags=["wrong"] raises="应为整数2、16、2000"
def median_seconds(fn, device, repeats=10):
    fn()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        fn()
        times.append(time.perf_counter() - start)
    return median(times)


def matmul_flops(n):
    print(2 * n**3)


# %% 不管repeats，总是十次 tags=["wrong"] raises="应预热，再计时40次"
def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            torch.cuda.synchronize(device)
        return time.perf_counter()

    fn()
    times = []
    for _ in range(10):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% record_event得到事件，等它 tags=["right"]
def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            torch.cuda.current_stream(device).record_event().synchronize()
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 等的办法先放进表里 tags=["right"]
WAIT = {'cuda': torch.cuda.synchronize, 'cpu': lambda device: None}


def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            WAIT[device.type](device)
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 等的办法是默认参数 tags=["right"]
def median_seconds(fn, device, repeats=10, wait=torch.cuda.synchronize):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            wait(device)
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 等的办法是类的静态方法 tags=["right"]
class Clock:
    wait = staticmethod(torch.cuda.synchronize)


def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            Clock.wait(device)
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 从torch.cuda导入current_stream tags=["right"]
from torch.cuda import current_stream


def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            current_stream(device).synchronize()
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 从torch.cuda导入Event，记在要等的流上 tags=["right"]
from torch.cuda import Event


def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            event = Event()
            event.record(torch.cuda.current_stream(device))
            event.synchronize()
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 从torch.accelerator导入synchronize tags=["right"]
from torch.accelerator import synchronize


def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            synchronize(device)
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 从闭包里取等的办法 tags=["right"]
def waiter():
    sync = torch.cuda.synchronize
    return lambda device: sync(device)


wait = waiter()


def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            wait(device)
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 在torch.accelerator的设备上下文里等 tags=["right"]
def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            with torch.accelerator.device_index(device.index):
                torch.accelerator.synchronize()
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 等没有记过的事件 tags=["wrong"] raises="只量到了启动"
def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            torch.cuda.Event().synchronize()
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 等新开的流 tags=["wrong"] raises="只量到了启动"
def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            torch.cuda.Stream(device).synchronize()
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 只问流一次，不理会回答 tags=["wrong"] raises="只量到了启动"
def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            torch.cuda.current_stream(device).query()
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 检查不认得的办法 tags=["wrong"] raises="检查的假GPU不认得"
def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def now():
        if device.type == 'cuda':
            torch.cuda.ipc_collect()
        return time.perf_counter()

    fn()
    times = []
    for _ in range(repeats):
        start = now()
        fn()
        times.append(now() - start)
    return median(times)


def matmul_flops(n):
    return 2 * n**3


# %% 事件没有等到就相减 tags=["wrong"] raises="并且等到"
def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def once():
        if device.type != 'cuda':
            start = time.perf_counter()
            fn()
            return time.perf_counter() - start
        with torch.cuda.device(device):
            start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
            start.record()
            fn()
            end.record()
            return start.elapsed_time(end) / 1e3

    once()
    return median([once() for _ in range(repeats)])


def matmul_flops(n):
    return 2 * n**3


# %% 事件没有打开计时 tags=["wrong"] raises="enable_timing=True"
def median_seconds(fn, device, repeats=10):
    device = torch.device(device)

    def once():
        if device.type != 'cuda':
            start = time.perf_counter()
            fn()
            return time.perf_counter() - start
        with torch.cuda.device(device):
            start, end = (torch.cuda.Event() for _ in range(2))
            start.record()
            fn()
            end.record()
            end.synchronize()
            return start.elapsed_time(end) / 1e3

    once()
    return median([once() for _ in range(repeats)])


def matmul_flops(n):
    return 2 * n**3
