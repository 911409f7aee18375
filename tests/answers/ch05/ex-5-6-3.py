# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% 预先分配日志 tags=["right"]
def norms_one_by_one(matrices):
    norms = []
    for M in matrices:
        norms.append(float((M @ M.T).norm()))
    return norms


def norms_on_device(matrices):
    first = matrices[0]
    log = torch.empty(len(matrices), device=first.device, dtype=first.dtype)
    for i, M in enumerate(matrices):
        log[i] = torch.linalg.norm(torch.mm(M, M.T))
    return log.to('cpu')


# %% einsum，先cpu再item；列表拼接 tags=["right"]
def norms_one_by_one(matrices):
    return [torch.einsum('ij,kj->ik', M, M).square().sum().sqrt().cpu().item() for M in matrices]


def norms_on_device(matrices):
    log = []
    for i in range(len(matrices)):
        product = torch.einsum('ij,kj->ik', matrices[i], matrices[i])
        log.append(product.square().sum().sqrt().reshape(1))
    return torch.cat(log).cpu()


# %% 用tolist读，平方和最后一起开方 tags=["right"]
def norms_one_by_one(matrices):
    result = []
    for M in matrices:
        G = torch.matmul(M, M.transpose(0, 1))
        result += [torch.linalg.vector_norm(G).tolist()]
    return result


def norms_on_device(matrices):
    squares = [(M @ M.T).pow(2).sum() for M in matrices]
    return torch.hstack(squares).sqrt().to(torch.device('cpu'))


# %% 形状相同时批量计算 tags=["right"]
import math


def norms_one_by_one(matrices):
    return [math.sqrt((M @ M.mT).square().sum()) for M in matrices]


def norms_on_device(matrices):
    if len({M.shape for M in matrices}) == 1:
        if not isinstance(matrices, torch.Tensor):
            matrices = torch.stack(matrices)
        return torch.linalg.matrix_norm(torch.bmm(matrices, matrices.mT)).cpu()
    return torch.stack([(M @ M.mT).norm(p='fro') for M in matrices]).cpu()


# %% 在设备上记日志，其实每个都读了 tags=["wrong"] raises="应只在最后读一次"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    return torch.tensor([(M @ M.T).norm().item() for M in matrices], dtype=matrices[0].dtype)


# %% 逐个搬到CPU再拼 tags=["wrong"] raises="应只在最后读一次"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm().cpu() for M in matrices])


# %% 日志放在CPU上，逐个写入 tags=["wrong"] raises="应只在最后读一次"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    log = torch.empty(len(matrices), dtype=matrices[0].dtype)
    for i, M in enumerate(matrices):
        log[i] = (M @ M.T).norm()
    return log


# %% torch.tensor会逐个读出标量张量 tags=["wrong"] raises="读了7次"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    return torch.tensor([(M @ M.T).norm() for M in matrices], dtype=matrices[0].dtype)


# %% 所谓逐个读，其实一次读完 tags=["wrong"] raises="应每算完一个就读回"
def norms_one_by_one(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu().tolist()


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


# %% 全部算完才逐个读 tags=["wrong"] raises="应算完一个读一个"
def norms_one_by_one(matrices):
    norms = [(M @ M.T).norm() for M in matrices]
    return [norm.item() for norm in norms]


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


# %% 两个函数相同，都返回张量 tags=["wrong"] raises="浮点数的列表"
def norms_one_by_one(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


# %% 列表里是标量张量 tags=["wrong"] raises="浮点数的列表"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


# %% 谱范数不是Frobenius范数 tags=["wrong"] raises="norms_one_by_one得到"
def norms_one_by_one(matrices):
    return [torch.linalg.matrix_norm(M @ M.T, ord=2).item() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([torch.linalg.matrix_norm(M @ M.T) for M in matrices]).cpu()


# %% 求了M的范数，忘了相乘 tags=["wrong"] raises="norms_one_by_one得到"
def norms_one_by_one(matrices):
    return [M.norm().item() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([M.norm() for M in matrices]).cpu()


# %% 每个结果占一行 tags=["wrong"] raises="[3, 1]"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm().reshape(1) for M in matrices]).cpu()


# %% 日志的类型写死了 tags=["wrong"] raises="应返回CPU上的torch.float64"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    log = torch.zeros(len(matrices), device=matrices[0].device)
    for i, M in enumerate(matrices):
        log[i] = (M @ M.T).norm()
    return log.cpu()


# %% 用numpy读，CUDA上会出错 tags=["wrong"] raises="device type tensor to numpy"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().numpy().tolist() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


# %% 列表也先stack tags=["right"]
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    if isinstance(matrices, list):
        matrices = torch.stack(matrices)
    return torch.linalg.matrix_norm(torch.bmm(matrices, matrices.mT)).cpu()


# %% 按定义用迹求范数 tags=["right"]
def norms_one_by_one(matrices):
    norms = []
    for M in matrices:
        P = M @ M.T
        norms.append((P @ P.T).trace().sqrt().item())
    return norms


def norms_on_device(matrices):
    squares = []
    for M in matrices:
        P = M @ M.T
        squares.append(torch.trace(P @ P.T))
    return torch.stack(squares).sqrt().cpu()


# %% 日志没有读回 tags=["wrong"] raises="没有读回"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices])


# %% 不等读完就返回 tags=["wrong"] raises="还没有读到主机"
def norms_one_by_one(matrices):
    return [torch.linalg.matrix_norm(M @ M.T).item() for M in matrices]


def norms_on_device(matrices):
    log = torch.stack([torch.linalg.matrix_norm(M @ M.T) for M in matrices])
    return log.to('cpu', non_blocking=True)


# %% 日志建在笔记本的device上 tags=["right"]
def norms_one_by_one(matrices):
    return [float(torch.norm(M @ M.T)) for M in matrices]


def norms_on_device(matrices):
    log = torch.zeros(len(matrices), device=device, dtype=matrices[0].dtype)
    for i, M in enumerate(matrices):
        log[i] = torch.norm(M @ M.T)
    return log.cpu()


# %% 先搬到笔记本的device tags=["right"]
def norms_one_by_one(matrices):
    norms = []
    for M in matrices:
        M = M.to(device)
        norm = torch.norm(M @ M.T)
        if norm > 0:
            norms.append(norm.item())
    return norms


def norms_on_device(matrices):
    log = []
    for M in matrices:
        M = M.to(device)
        log.append(torch.norm(M @ M.T))
    return torch.stack(log).to('cpu')


# %% 不是CPU就先同步 tags=["right"]
def norms_one_by_one(matrices):
    out = []
    for M in matrices:
        x = torch.linalg.norm(M @ M.T)
        if x.device.type != 'cpu':
            torch.cuda.synchronize()
        out.append(x.item())
    return out


def norms_on_device(matrices):
    log = torch.stack([torch.linalg.norm(M @ M.T) for M in matrices])
    if log.device.type == 'cpu':
        return log
    torch.cuda.synchronize(log.device)
    return log.cpu()


# %% 名字不巧的辅助函数 tags=["right"]
from torch.cuda import synchronize


def sum(X):
    return (X @ X.mT).pow(2).sum()


def list(first):
    return [*first]


def type(expected):
    return expected.dtype


rows, layer, math, net, copy, case, float_ = 1, 2, 3, 4, 5, 6, float


def norms_one_by_one(matrices):
    return list(float_(sum(M)) ** 0.5 for M in matrices)


def norms_on_device(matrices):
    log = torch.stack(list(sum(M) for M in matrices)).sqrt()
    out = torch.empty(len(log), dtype=type(log))
    out.copy_(log, non_blocking=True)
    if log.device.type != 'cpu':
        synchronize()
    return out


# %% 边算边打印，乘法写成逐元素的 tags=["right"]
def gram(M):
    return (M[:, None] * M).sum(-1)


def norms_one_by_one(matrices):
    norms = []
    for i, M in enumerate(matrices):
        norm = gram(M).square().sum().sqrt()
        if i == 0:
            print(f'{norm:.3f}')
        norms.append(norm.tolist())
    return norms


def norms_on_device(matrices):
    log = matrices[0].new_empty(len(matrices))
    for i, M in enumerate(matrices):
        log[i].copy_(gram(M).square().sum().sqrt())
    return log.cpu()


# %% 用奇异值求 tags=["right"]
class Norms:
    def __init__(self, read):
        self.read = read

    def __call__(self, matrices):
        return [self.read(torch.einsum('ij,kj,il,kl->', M, M, M, M).sqrt()) for M in matrices]


norms_one_by_one = Norms(torch.Tensor.item)
norms_on_device = lambda matrices: torch.stack(Norms(torch.Tensor.detach)(matrices)).cpu()


# %% 整个乘积读回来，在CPU上求范数 tags=["wrong"] raises="一次读回25个数"
def norms_one_by_one(matrices):
    return [(M @ M.T).cpu().norm().item() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


# %% 最后读一次，读的却是全部乘积 tags=["wrong"] raises="读回175个数"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([M @ M.T for M in matrices]).cpu().flatten(1).norm(dim=1)


# %% 先把矩阵搬到CPU tags=["wrong"] raises="读了7次"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm() for M in [M.cpu() for M in matrices]])


# %% 用float32算，最后才改类型 tags=["wrong"] raises="norms_on_device得到"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    log = torch.stack([(M.float() @ M.float().T).norm() for M in matrices])
    return log.cpu().to(matrices[0].dtype)


# %% 边记边打印 tags=["wrong"] raises="读了8次"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    log = []
    for M in matrices:
        log.append((M @ M.T).norm())
        print(f'{log[-1]:.2f}')
    return torch.stack(log).cpu()


# %% 先全部相乘，再逐个求范数并读 tags=["wrong"] raises="应算完一个读一个"
def norms_one_by_one(matrices):
    products = [M @ M.T for M in matrices]
    return [P.norm().item() for P in products]


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


# %% 忘了return tags=["wrong"] raises="应返回张量，得到None"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


# %% 从列表里逐个取出，张量没有pop tags=["wrong"] raises="AttributeError"
def norms_one_by_one(matrices):
    norms = []
    while len(matrices):
        M = matrices.pop(0)
        norms.append((M @ M.T).norm().item())
    return norms


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


# %% 晚一步读：先算下一个，再读上一个 tags=["wrong"] raises="应算完一个读一个"
def norms_one_by_one(matrices):
    norms, last = [], None
    for M in matrices:
        norm = (M @ M.T).norm()
        if last is not None:
            norms.append(last.item())
        last = norm
    return [*norms, last.item()]


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


# %% 两个函数都在inference_mode里 tags=["right"]
@torch.inference_mode()
def norms_one_by_one(matrices):
    return [torch.linalg.matrix_norm(M @ M.T).item() for M in matrices]


@torch.inference_mode()
def norms_on_device(matrices):
    return torch.stack([torch.linalg.matrix_norm(M @ M.T) for M in matrices]).cpu()


# %% with inference_mode，float读，to搬 tags=["right"]
def norms_one_by_one(matrices):
    with torch.inference_mode():
        return [float(torch.norm(torch.matmul(M, M.mT))) for M in matrices]


def norms_on_device(matrices):
    with torch.inference_mode():
        log = torch.empty(len(matrices), dtype=matrices[0].dtype, device=matrices[0].device)
        for i, M in enumerate(matrices):
            log[i] = (M @ M.T).square().sum().sqrt()
        return log.to('cpu')


# %% 断言范数有限，最后用torch.tensor搬 tags=["right"]
import warnings


def norms_one_by_one(matrices):
    norms = []
    for M in matrices:
        x = torch.linalg.matrix_norm(M @ M.T)
        assert x.isfinite()
        norms.append(x.item())
    return norms


def norms_on_device(matrices):
    log = torch.stack([torch.linalg.matrix_norm(M @ M.T) for M in matrices])
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        return torch.tensor(log, device='cpu')


# %% 先预热一次，再逐个读 tags=["right"]
def norms_one_by_one(matrices):
    torch.linalg.matrix_norm(matrices[0] @ matrices[0].T).item()
    return [torch.linalg.matrix_norm(M @ M.T).item() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([torch.linalg.matrix_norm(M @ M.T) for M in matrices]).cpu()


# %% 在inference_mode里一次读完 tags=["wrong"] raises="已经做了别的乘法"
@torch.inference_mode()
def norms_one_by_one(matrices):
    log = [torch.linalg.matrix_norm(M @ M.T) for M in matrices]
    return [x.item() for x in log]


def norms_on_device(matrices):
    return torch.stack([torch.linalg.matrix_norm(M @ M.T) for M in matrices]).cpu()


# %% 读了第一个，其余的算完再读 tags=["wrong"] raises="已经做了别的乘法"
def norms_one_by_one(matrices):
    norm = lambda M: torch.linalg.matrix_norm(M @ M.T)
    first = norm(matrices[0]).item()
    rest = [norm(M) for M in matrices[1:]]
    return [first, *(x.item() for x in rest)]


def norms_on_device(matrices):
    return torch.stack([torch.linalg.matrix_norm(M @ M.T) for M in matrices]).cpu()


# %% 预热时读一次，其余的算完再读 tags=["wrong"] raises="已经做了别的乘法"
def norms_one_by_one(matrices):
    norm = lambda M: torch.linalg.matrix_norm(M @ M.T)
    norm(matrices[0]).item()
    return [x.item() for x in [norm(M) for M in matrices]]


def norms_on_device(matrices):
    return torch.stack([torch.linalg.matrix_norm(M @ M.T) for M in matrices]).cpu()


# %% 不等GPU做完就读，再等torch.accelerator的流 tags=["right"]
def norms_one_by_one(matrices):
    return [torch.linalg.matrix_norm(M @ M.T).item() for M in matrices]


def norms_on_device(matrices):
    log = torch.stack([torch.linalg.matrix_norm(M @ M.T) for M in matrices])
    log = log.to('cpu', non_blocking=True)
    if torch.cuda.is_available():
        torch.accelerator.current_stream().synchronize()
    return log


# %% 从torch.cuda导入current_stream tags=["right"]
from torch.cuda import current_stream


def norms_one_by_one(matrices):
    return [torch.linalg.matrix_norm(M @ M.T).item() for M in matrices]


def norms_on_device(matrices):
    log = torch.stack([torch.linalg.matrix_norm(M @ M.T) for M in matrices])
    log = log.to('cpu', non_blocking=True)
    if torch.cuda.is_available():
        current_stream().synchronize()
    return log


# %% non_blocking之后等没有记过的事件 tags=["wrong"] raises="non_blocking之后要等"
def norms_one_by_one(matrices):
    return [torch.linalg.matrix_norm(M @ M.T).item() for M in matrices]


def norms_on_device(matrices):
    log = torch.stack([torch.linalg.matrix_norm(M @ M.T) for M in matrices])
    log = log.to('cpu', non_blocking=True)
    if torch.cuda.is_available():
        torch.cuda.Event().synchronize()
    return log
