# %% torch.bernoulli，帮手取了不巧的名字 tags=["right"]
def output(list, sum):
    return torch.bernoulli(torch.full(list.shape, 1 - sum, dtype=list.dtype, device=list.device))


X, grad, zero, type = 0, 1, 2, 3


class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.rate = p

    def forward(self, X):
        if self.training and self.rate > 0:
            return X * output(X, self.rate) / max(1 - self.rate, 1e-6)
        return X


# %% 布尔索引，在自己的副本上改 tags=["right"]
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        Y = X.clone()
        if not self.training:
            return Y
        Y[torch.rand(X.shape, device=device) < self.p] = 0
        if self.p != 1:
            Y /= 1 - self.p
        return Y


# %% 书中的写法，p为1时返回常数0 tags=["right"]
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        assert 0 <= p <= 1
        self.p = p

    def forward(self, X):
        if not self.training or self.p == 0:
            return X
        if self.p == 1:
            return torch.zeros_like(X)
        mask = (torch.rand(X.shape) > self.p).type(X.dtype).to(X.device)
        return mask * X / (1.0 - self.p)


# %% 自己的随机数生成器，masked_fill tags=["right"]
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p
        self.generator = torch.Generator().manual_seed(7)

    def forward(self, X):
        if not self.training:
            return X + 0
        drop = torch.rand(X.shape, generator=self.generator) < self.p
        kept = X.masked_fill(drop.to(X.device), 0)
        print(self.p, kept.shape)
        return kept if self.p == 1 else kept / (1 - self.p)


# %% 自定义梯度 tags=["right"]
class Scale(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, times):
        ctx.save_for_backward(times)
        return X * times

    @staticmethod
    def backward(ctx, G):
        return G * ctx.saved_tensors[0], None


class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.register_buffer('odds', torch.tensor([p, 1 - p], dtype=torch.float64))

    def forward(self, X):
        if not self.training:
            return X
        flips = torch.multinomial(self.odds, X.numel(), replacement=True)
        times = flips.reshape(X.shape) / self.odds[1].clamp(min=1e-9)
        return Scale.apply(X, times.to(X.dtype))


# %% 没有放大 tags=["wrong"] raises="（p=0.15）：留下的数，倍数与1/(1-p)相差0.18"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X
        return X * (torch.rand(X.shape, device=X.device) >= self.p)


# %% 训练时不放大，评估时缩小 tags=["wrong"] raises="倍数与1/(1-p)相差"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X * (1 - self.p)
        return X * (torch.rand(X.shape, device=X.device) >= self.p)


# %% 训练时放大，评估时又缩小 tags=["wrong"] raises="输出应全是1，有1个是0.5等"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X * (1 - self.p)
        keep = torch.rand(X.shape, device=X.device) >= self.p
        return X * keep * (1 / (1 - self.p) if self.p < 1 else 0)


# %% p是保留的概率 tags=["wrong"] raises="（p=0.15）：0的份额与p相差0.7"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X
        keep = torch.rand(X.shape, device=X.device) < self.p
        return X * keep / self.p


# %% 函数的training默认是True tags=["wrong"] raises="用了现成的dropout"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        return nn.functional.dropout(X, self.p)


# %% 看记不记计算图，不看模式 tags=["wrong"] raises="training=False"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not torch.is_grad_enabled():
            return X
        keep = torch.rand(X.shape, device=X.device) >= self.p
        return X * keep * (1 / (1 - self.p) if self.p < 1 else 0)


# %% p为1时是nan tags=["wrong"] raises="（p=1.0，training=True，形状()，torch.float32）：输出应全是0，有1个是nan等"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X
        return X / (1 - self.p) * (torch.rand(X.shape, device=X.device) >= self.p)


# %% torch.where盖住了输出，没有盖住梯度 tags=["wrong"] raises="（p=1.0，training=True，形状()，torch.float32）：对X的梯度应全是0，有1个是nan等"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X
        keep = torch.rand(X.shape, device=X.device) >= self.p
        return torch.where(keep, X / (1 - self.p), 0.0)


# %% 整行一起置0 tags=["wrong"] raises="0的份额与p相差"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X
        keep = torch.rand(X.shape[:1] + (1,) * (X.dim() - 1), device=X.device) >= self.p
        return X * keep * (1 / (1 - self.p) if self.p < 1 else 0)


# %% 每行的掩码相同 tags=["wrong"] raises="0的份额与p相差"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X
        keep = torch.rand(X.shape[-1:], device=X.device) >= self.p
        return X * keep * (1 / (1 - self.p) if self.p < 1 else 0)


# %% 掩码只抽一次 tags=["wrong"] raises="两次调用都是0的份额与p的平方相差"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p, self.keep = p, None

    def forward(self, X):
        if not self.training:
            return X
        if self.keep is None or self.keep.shape != X.shape:
            self.keep = torch.rand(X.shape, device=X.device) >= self.p
        return X * self.keep * (1 / (1 - self.p) if self.p < 1 else 0)


# %% 掩码是float32 tags=["wrong"] raises="得到形状[200, 500]、torch.float32"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X
        keep = (torch.rand(X.shape, device=X.device) >= self.p).float()
        return X.float() * keep * (1 / (1 - self.p) if self.p < 1 else 0)


# %% 掩码是float32，bfloat16才看得出 tags=["wrong"] raises="torch.bfloat16）：输出应为"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X
        keep = (torch.rand(X.shape, device=X.device) >= self.p).float()
        return X * keep * (1 / (1 - self.p) if self.p < 1 else 0)


# %% 就地改输入 tags=["wrong"] raises="改动了X"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if self.training:
            X *= torch.rand(X.shape, device=X.device) >= self.p
            X *= 1 / (1 - self.p) if self.p < 1 else 0
        return X


# %% 梯度不经过掩码 tags=["wrong"] raises="对X的梯度与乘的倍数相差"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X
        keep = torch.rand(X.shape, device=X.device) >= self.p
        Y = X * keep * (1 / (1 - self.p) if self.p < 1 else 0)
        return X - X.detach() + Y.detach()


# %% 乘的是正态分布的噪声 tags=["wrong"] raises="（p=0.15）：0的份额与p相差0.15"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X
        return X * (1 + torch.randn(X.shape, device=X.device) * self.p)


# %% 掩码留在CPU上 tags=["wrong", "cuda"] raises="Expected all tensors to be on the same device"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X
        keep = torch.rand(X.shape) >= self.p
        return X * keep * (1 / (1 - self.p) if self.p < 1 else 0)


# %% 没有return tags=["wrong"] raises="forward没有返回值"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        print(X * (torch.rand(X.shape, device=X.device) >= self.p))


# %% 套一层现成的 tags=["wrong"] raises="用了现成的dropout"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.drop = nn.Dropout(p)

    def forward(self, X):
        return self.drop(X)


# %% 恰好丢弃p份 tags=["wrong"] raises="每次都恰好有"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training or self.p == 0:
            return X
        if self.p == 1:
            return X * 0
        keep = torch.ones(X.numel(), device=X.device, dtype=X.dtype)
        keep[torch.randperm(X.numel(), device=X.device)[: round(self.p * X.numel())]] = 0
        return X * keep.reshape(X.shape) / (1 - self.p)


# %% 随机数用X的类型 tags=["wrong"] raises="（p=0.0，training=True，形状(2, 1, 4000)，torch.bfloat16）：输出应全是1"
class Dropout(nn.Module):
    def __init__(self, p):
        super().__init__()
        self.p = p

    def forward(self, X):
        if not self.training:
            return X
        if self.p == 1:
            return X * 0
        return X * (torch.rand_like(X) > self.p) / (1 - self.p)
