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


# %% torch.tensor会逐个读出标量张量 tags=["wrong"] raises="norms_on_device在GPU上会出错"
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


# %% 两个函数相同，都返回张量 tags=["wrong"] raises="应返回列表"
def norms_one_by_one(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


# %% 列表里是标量张量 tags=["wrong"] raises="应是Python浮点数"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm() for M in matrices]).cpu()


# %% 谱范数不是Frobenius范数 tags=["wrong"] raises="norms_one_by_one的数值不对"
def norms_one_by_one(matrices):
    return [torch.linalg.matrix_norm(M @ M.T, ord=2).item() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([torch.linalg.matrix_norm(M @ M.T) for M in matrices]).cpu()


# %% 求了M的范数，忘了相乘 tags=["wrong"] raises="norms_one_by_one的数值不对"
def norms_one_by_one(matrices):
    return [M.norm().item() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([M.norm() for M in matrices]).cpu()


# %% 每个结果占一行 tags=["wrong"] raises="形状应是(B,)"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([(M @ M.T).norm().reshape(1) for M in matrices]).cpu()


# %% 日志的类型写死了 tags=["wrong"] raises="类型应与matrices相同"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    log = torch.zeros(len(matrices), device=matrices[0].device)
    for i, M in enumerate(matrices):
        log[i] = (M @ M.T).norm()
    return log.cpu()


# %% 用numpy读，CUDA上会出错 tags=["wrong"] raises="norms_one_by_one在GPU上会出错"
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


# %% 覆盖了输入 tags=["wrong"] raises="matrices被修改了"
def norms_one_by_one(matrices):
    return [(M @ M.T).norm().item() for M in matrices]


def norms_on_device(matrices):
    return torch.stack([M.copy_(M @ M.T).norm() for M in matrices]).cpu()


# %% 不等读完就返回 tags=["wrong", "cuda"] raises="数还没有读到主机"
def norms_one_by_one(matrices):
    return [torch.linalg.matrix_norm(M @ M.T).item() for M in matrices]


def norms_on_device(matrices):
    log = torch.stack([torch.linalg.matrix_norm(M @ M.T) for M in matrices])
    return log.to('cpu', non_blocking=True)
