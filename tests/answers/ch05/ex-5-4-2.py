# %% 全部系数的前一段 tags=["right"]
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.fft(X)[..., : X.shape[-1] // 2 + 1]


# %% 由定义写出余弦和正弦 tags=["right"]
class HalfSpectrum(nn.Module):
    def __init__(self):
        super().__init__()
        self.angles = {}

    def forward(self, X):
        if not X.is_floating_point():
            raise TypeError(f'{X.dtype}')
        N = X.shape[-1]
        n = torch.arange(N, device=X.device)
        k = n[: N // 2 + 1]
        # 先取余数再化为弧度，角度不会太大
        angle = 2 * torch.pi * (n[:, None] * k % N).to(X.dtype) / N
        return torch.complex(X @ angle.cos(), -X @ angle.sin())


# %% rfftn只对最后一维 tags=["right"]
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if torch.is_complex(X):
            raise TypeError('complex')
        return torch.fft.rfftn(X, dim=(-1,))


# %% 共轭的ihfft乘以N tags=["right"]
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.dtype.is_complex:
            raise TypeError('complex')
        return torch.fft.ihfft(X, norm='forward').conj().resolve_conj()


# %% 一个样本一个样本地做 tags=["right"]
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        if X.ndim > 1:
            return torch.stack([self(x) for x in X])
        return torch.fft.rfft(X)


# %% 逆变换的共轭，留着共轭标记 tags=["right"]
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        N = X.shape[-1]
        return torch.conj(torch.fft.ifft(X) * N)[..., : N // 2 + 1]


# %% 由后一半取共轭 tags=["right"]
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        N = X.shape[-1]
        k = torch.arange(N // 2 + 1, device=X.device)
        return torch.fft.fft(X)[..., -k % N].conj()


# %% 辅助函数名叫double和by_definition tags=["right"]
def double(X):
    return X.shape[-1] // 2 + 1


def by_definition(X):
    return torch.fft.fft(X)[..., : double(X)]


class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return by_definition(X)


# %% 复数输入交给rfft去报错 tags=["right"]
class HalfSpectrum(nn.Module):
    def forward(self, X):
        return torch.fft.rfft(X)


# %% 虚部全为零的复数也收 tags=["right"]
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex() and X.imag.any():
            raise TypeError('complex')
        return torch.fft.rfft(X.real)


# %% 只有一行rfft，辅助函数都取了不巧的名字 tags=["right"]
def coefficients(X):
    return torch.fft.rfft(X)


sum = list = type = enumerate = zip = all = abs = range = isinstance = None
no_parameters, short_sequences, last_dimension, gradients, refusal = 1, 2, 3, 4, 5
X, Y, N, net, layer, known, want, got, case, types, cmath, math, copy, first = [0] * 14


class HalfSpectrum(nn.Module):
    def forward(self, X):
        return coefficients(X)


# %% 复指数的矩阵，用全局的device tags=["right"]
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise ValueError('complex')
        N = X.shape[-1]
        n = torch.arange(N, dtype=torch.float64, device=device)
        W = torch.exp(-2j * torch.pi * torch.outer(n, n[: N // 2 + 1]) / N)
        T = torch.promote_types(X.dtype, torch.complex64)
        return X.to(T) @ W.to(T)


# %% 依赖数据的语句 tags=["right"]
class HalfSpectrum(nn.Module):
    def forward(self, X):
        assert torch.isfinite(X).all(), 'nan'
        print(X.flatten()[0].item(), X.flatten()[:3].tolist())
        if X.abs().max() == 0:
            print('zero')
        return torch.fft.rfft(X)


# %% 先在CPU上开结果，最后移到X的设备上 tags=["right"]
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        N = X.shape[-1]
        T = torch.promote_types(X.dtype, torch.complex64)
        Y = torch.zeros(*X.shape[:-1], N // 2 + 1, dtype=T).to(X.device)
        full = torch.fft.fft(X)
        for k in torch.arange(N // 2 + 1):
            Y[..., k] = full[..., k]
        return Y


# %% 按长度、类型、设备缓存矩阵 tags=["right"]
class HalfSpectrum(nn.Module):
    def __init__(self):
        super().__init__()
        self.cache = {}

    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        key = N, dtype, place = X.shape[-1], X.dtype, X.device
        if key not in self.cache:
            n = torch.arange(N, device=place)
            angle = 2 * torch.pi / N * (n[:, None] * n[: N // 2 + 1] % N).to(dtype)
            self.cache[key] = torch.stack([angle.cos(), -angle.sin()], dim=-1)
        pairs = torch.einsum('...n,nkc->...kc', X, self.cache[key])
        return torch.view_as_complex(pairs.contiguous())


# %% 递归，基2的快速傅里叶变换 tags=["right"]
def fft(X):
    N = X.shape[-1]
    if N % 2 or N == 0:
        n = torch.arange(N, device=X.device, dtype=X.real.dtype)
        angle = -2 * torch.pi * torch.outer(n, n) / N
        return X @ torch.polar(torch.ones_like(angle), angle)
    even, odd = fft(X[..., ::2]), fft(X[..., 1::2])
    k = torch.arange(N // 2, device=X.device, dtype=X.real.dtype)
    odd = torch.polar(torch.ones_like(k), -2 * torch.pi * k / N) * odd
    return torch.cat([even + odd, even - odd], dim=-1)


class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        N = X.shape[-1]
        return fft(torch.complex(X, torch.zeros_like(X)))[..., : N // 2 + 1]


# %% vmap，偏函数 tags=["right"]
from functools import partial


class HalfSpectrum(nn.Module):
    def __init__(self):
        super().__init__()
        self.one = partial(torch.fft.rfft, norm='backward')

    def forward(self, X):
        if X.ndim == 1:
            return self.one(X)
        flat = X.reshape(-1, X.shape[-1])
        return torch.vmap(self.one)(flat).reshape(*X.shape[:-1], -1)


# %% Horner法，逐个系数 tags=["right"]
class HalfSpectrum(nn.Module):
    def forward(self, X):
        import cmath

        if torch.is_complex(X):
            raise TypeError('complex')
        N = X.shape[-1]
        columns = []
        for k in range(N // 2 + 1):
            z, y = cmath.exp(-2j * cmath.pi * k / N), X[..., 0] * 0j
            for x in reversed(X.unbind(-1)):
                y = y * z + x
            columns.append(y)
        return torch.stack(columns, dim=-1)


# %% 只取前N//2个 tags=["wrong"] raises="结果应为形状[3]、torch.complex128、cpu，得到形状[2]"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.fft(X)[..., : X.shape[-1] // 2]


# %% 取(N+1)//2个，奇数时对，偶数时少一个 tags=["wrong"] raises="得到形状[2]"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.fft(X)[..., : (X.shape[-1] + 1) // 2]


# %% 连批量维一起变换 tags=["wrong"] raises="只变换最后一维：每个样本各自按定义求和（torch.float32，形状(4, 4)"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.rfftn(X)


# %% 变换了第一维 tags=["wrong"] raises="结果应为形状[4, 3]"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.rfft(X, dim=0)


# %% 返回了全部N个 tags=["wrong"] raises="得到形状[4]"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.fft(X)


# %% 去掉了直流分量 tags=["wrong"] raises="得到形状[2]"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.rfft(X)[..., 1:]


# %% 先减去平均值 tags=["wrong"] raises="（(1, 1, 1, 1)）：应为[4, 0, 0]，得到['0+0j'"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.rfft(X - X.mean(-1, keepdim=True))


# %% 除以了N tags=["wrong"] raises="应为[4, 0, 0]，得到['1+0j'"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.rfft(X, norm='forward')


# %% 取的是移到中心之后的前一半 tags=["wrong"] raises="应为[4, 0, 0]"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        Y = torch.fft.fftshift(torch.fft.fft(X), dim=-1)
        return Y[..., : X.shape[-1] // 2 + 1]


# %% 指数的符号反了 tags=["wrong"] raises="（(0, 1, 0, 0)）：应为[1, -1j, -1]，得到['1+0j', '0+1j'"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        N = X.shape[-1]
        return torch.fft.ifft(X)[..., : N // 2 + 1] * N


# %% 只留实部 tags=["wrong"] raises="得到形状[3]、torch.float64"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.rfft(X).real


# %% 实部配上零虚部 tags=["wrong"] raises="应为[1, -1j, -1]，得到['1+0j', '0+0j'"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        real = torch.fft.rfft(X).real
        return torch.complex(real, torch.zeros_like(real))


# %% 复数输入不报错 tags=["wrong"] raises="（torch.complex64，[[(1+0j), (1+2j)], [(1-2j), (1+0j)]]）：没有抛出异常"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        return torch.fft.fft(X)[..., : X.shape[-1] // 2 + 1]


# %% 总是转成float32 tags=["wrong"] raises="得到形状[3]、torch.complex64"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.rfft(X.float())


# %% 逐个系数填进默认设备上的张量 tags=["wrong"] raises="有张量没有写明设备"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        N = X.shape[-1]
        n = torch.arange(N, dtype=X.dtype, device=X.device)
        Y = torch.zeros(
            *X.shape[:-1], N // 2 + 1, dtype=torch.promote_types(X.dtype, torch.complex64)
        )
        for k in range(N // 2 + 1):
            angle = 2 * torch.pi * k * n / N
            Y[..., k] = torch.complex((X * angle.cos()).sum(-1), -(X * angle.sin()).sum(-1))
        return Y


# %% 与计算图断开 tags=["wrong"] raises="梯度传到X：结果不带梯度"
class HalfSpectrum(nn.Module):
    @torch.no_grad()
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.rfft(X)


# %% 只支持一个样本 tags=["wrong"] raises="只支持一个样本"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex() or X.ndim > 1:
            raise TypeError('只支持一个样本')
        return torch.fft.rfft(X)


# %% 多了一个参数 tags=["wrong"] raises="是没有参数的nn.Module：不应有参数"
class HalfSpectrum(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.rfft(X) * self.scale


# %% 普通的类 tags=["wrong"] raises="不是nn.Module的子类"
class HalfSpectrum:
    def __call__(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.rfft(X)


# %% 中途转成float32 tags=["wrong"] raises="（torch.float64，形状(7,)"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.rfft(X.float()).to((X * 1j).dtype)


# %% 角度是float32 tags=["wrong"] raises="（torch.float64，形状(7,)"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        N = X.shape[-1]
        n = torch.arange(N, device=X.device)
        angle = (2 * torch.pi * (n[:, None] * n[: N // 2 + 1] % N) / N).to(X.device)
        return torch.complex(X @ angle.cos().to(X), -X @ angle.sin().to(X))


# %% 变换第1维 tags=["wrong"] raises="IndexError: Dimension out of range"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        return torch.fft.rfft(X, dim=1)


# %% 用view展平 tags=["wrong"] raises="view size is not compatible"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        flat = X.view(-1, X.shape[-1])
        return torch.fft.rfft(flat).view(*X.shape[:-1], -1)


# %% 变换了最后两维 tags=["wrong"] raises="只变换最后一维：每个样本各自按定义求和（torch.float32，形状(4, 4)"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        return torch.fft.rfft2(X) if X.ndim > 1 else torch.fft.rfft(X)


# %% 忘了return tags=["wrong"] raises="forward没有返回值（return）"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        torch.fft.rfft(X, dim=-1)


# %% 取了模 tags=["wrong"] raises="得到形状[3]、torch.float64"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        return torch.fft.rfft(X).abs()


# %% 取模再当作复数 tags=["wrong"] raises="（(0, 1, 0, 0)）：应为[1, -1j, -1]，得到['1+0j', '1+0j', '1+0j']"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        return torch.fft.rfft(X).abs() + 0j


# %% 除以了根号N tags=["wrong"] raises="应为[4, 0, 0]，得到['2+0j'"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        return torch.fft.rfft(X, norm='ortho')


# %% 次序倒过来 tags=["wrong"] raises="应为[4, 0, 0]，得到['0+0j'"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        return torch.fft.rfft(X).flip(-1)


# %% 切片切在第一维 tags=["wrong"] raises="结果应为形状[4, 3]、torch.complex64、cpu，得到形状[3, 4]"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        return torch.fft.fft(X)[: X.shape[-1] // 2 + 1]


# %% 矩阵只按长度缓存 tags=["wrong"] raises="只变换最后一维：每个样本各自按定义求和（torch.float64"
class HalfSpectrum(nn.Module):
    def __init__(self):
        super().__init__()
        self.cache = {}

    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        N = X.shape[-1]
        if N not in self.cache:
            n = torch.arange(N, device=X.device, dtype=X.dtype)
            angle = 2 * torch.pi * torch.outer(n, n[: N // 2 + 1]) / N
            self.cache[N] = torch.complex(angle.cos(), -angle.sin())
        T = torch.promote_types(X.dtype, torch.complex64)
        return X.to(T) @ self.cache[N].to(X.device, T)


# %% 矩阵没有写明设备 tags=["wrong", "cuda"] raises="Expected all tensors to be on the same device"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        N = X.shape[-1]
        n = torch.arange(N, dtype=torch.float64)
        W = torch.exp(-2j * torch.pi * torch.outer(n, n[: N // 2 + 1]) / N)
        T = torch.promote_types(X.dtype, torch.complex64)
        return X.to(T) @ W.to(T)


# %% 经过NumPy，梯度断了 tags=["wrong"] raises="梯度传到X：结果不带梯度"
import numpy as np


class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            raise TypeError('complex')
        Y = torch.from_numpy(np.fft.rfft(X.detach().cpu().double().numpy()))
        T = torch.promote_types(X.dtype, torch.complex64)
        return Y.to(X.device, T)


# %% 加了窗 tags=["wrong"] raises="应为[4, 0, 0]"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        window = torch.hann_window(X.shape[-1], dtype=X.dtype, device=X.device)
        return torch.fft.rfft(X * window)


# %% 补零到2的幂 tags=["wrong"] raises="（(1, -1, 1, -1, 1, -1)）：结果应为形状[4]、torch.complex128、cpu，得到形状[5]"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        return torch.fft.rfft(X, n=2 ** (X.shape[-1] - 1).bit_length())


# %% 经过列表，梯度断了 tags=["wrong"] raises="梯度传到X：结果不带梯度"
import numpy as np


class HalfSpectrum(nn.Module):
    def forward(self, X):
        T = {torch.float32: torch.complex64, torch.float64: torch.complex128}[X.dtype]
        return torch.tensor(np.fft.rfft(X.tolist()), dtype=T, device=X.device)


# %% 虚部全都不为零才拒绝 tags=["wrong"] raises="（torch.complex64，[[(1+0j), (1+2j)], [(1-2j), (1+0j)]]）：没有抛出异常"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            if (X.imag != 0).all():
                raise TypeError('complex')
            X = X.real
        return torch.fft.rfft(X)


# %% 虚部之和不为零才拒绝 tags=["wrong"] raises="（torch.complex64，[[(1+0j), (1+2j)], [(1-2j), (1+0j)]]）：没有抛出异常"
class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            if X.imag.sum() != 0:
                raise TypeError('complex')
            X = X.real
        return torch.fft.rfft(X)


# %% 反向传播写反了 tags=["wrong"] raises="梯度传到X：梯度与差商不符"
class Backwards(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X):
        ctx.n = X.shape[-1]
        return torch.fft.rfft(X)

    @staticmethod
    def backward(ctx, grad):
        return torch.fft.irfft(grad, n=ctx.n)


class HalfSpectrum(nn.Module):
    def forward(self, X):
        return Backwards.apply(X)

# %% 虚部小得看不见就放行 tags=["wrong"] raises="没有抛出异常"
import torch
from torch import nn


class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.is_complex():
            if not torch.allclose(X.imag, torch.zeros_like(X.imag)):
                raise ValueError('要实数')
            X = X.real
        return torch.fft.rfft(X)

# %% 只认得一种复数 tags=["wrong"] raises="（torch.complex128，"
import torch
from torch import nn


class HalfSpectrum(nn.Module):
    def forward(self, X):
        if X.dtype == torch.complex64:
            raise ValueError('要实数')
        return torch.fft.fft(X)[..., : X.shape[-1] // 2 + 1]
