# %% 参数字典与F.linear tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.weights = nn.ParameterDict(
            {f'w{d}': nn.Parameter(torch.randn(hidden_size, d) / d**0.5) for d in widths}
        )
        self.output = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        key = f'w{X.shape[-1]}'
        if key not in self.weights:
            raise ValueError(f'known widths: {sorted(self.weights)}')
        return self.output(F.linear(X, self.weights[key]).tanh())


# %% ModuleList与查表，茎有两层 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.widths = list(widths)
        self.stems = nn.ModuleList(
            nn.Sequential(nn.Linear(d, 2 * d), nn.GELU(), nn.Linear(2 * d, hidden_size))
            for d in widths
        )
        self.trunk = nn.Sequential(
            nn.LayerNorm(hidden_size),
            nn.GELU(),
            nn.Linear(hidden_size, output_size),
        )

    def forward(self, X):
        try:
            stem = self.stems[self.widths.index(X.size(-1))]
        except ValueError:
            raise ValueError(f'{X.size(-1)} is not one of {self.widths}') from None
        return self.trunk(stem(X))


# %% 一个大矩阵，每种宽度占自己的一段列 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.slices, start = {}, 0
        for d in widths:
            self.slices[d] = slice(start, start + d)
            start += d
        self.W = nn.Parameter(torch.randn(hidden_size, start) * 0.1)
        self.b = nn.Parameter(torch.zeros(hidden_size))
        self.V = nn.Parameter(torch.randn(output_size, hidden_size) * 0.1)

    def forward(self, X):
        if X.shape[-1] not in self.slices:
            raise ValueError('widths: ' + ', '.join(map(str, self.slices)))
        H = X @ self.W[:, self.slices[X.shape[-1]]].T + self.b
        return H.relu() @ self.V.T


# %% setattr与getattr，茎与躯干各自是类 tags=["right"]
class Trunk(nn.Module):
    def __init__(self, hidden_size, output_size):
        super().__init__()
        self.hidden = nn.Linear(hidden_size, hidden_size, bias=False)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, H):
        return self.out(H + self.hidden(H.relu()))


class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.trunk = Trunk(hidden_size, output_size)
        self.known = tuple(widths)
        for d in widths:
            setattr(self, f'stem_{d}', nn.Linear(d, hidden_size, bias=False))

    def forward(self, X):
        stem = getattr(self, f'stem_{X.shape[-1]}', None)
        if stem is None:
            raise ValueError(str(self.known))
        return self.trunk(stem(X))


# %% 每种宽度一个Sequential，躯干是同一个对象 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        shared = nn.Linear(hidden_size, output_size)
        self.nets = nn.ModuleDict(
            {str(d): nn.Sequential(nn.Linear(d, hidden_size), nn.ReLU(), shared) for d in widths}
        )

    def forward(self, X):
        if str(X.shape[-1]) in self.nets:
            return self.nets[str(X.shape[-1])](X)
        raise ValueError(f'unknown width, known: {list(self.nets)}')


# %% 躯干里有暂退法，输出层从零开始 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stem = nn.ModuleDict((str(d), nn.Linear(d, hidden_size)) for d in widths)
        self.trunk = nn.Sequential(nn.Dropout(0.5), nn.ReLU(), nn.Linear(hidden_size, output_size))
        nn.init.zeros_(self.trunk[2].weight)

    def forward(self, X):
        width = X.shape[-1]
        if f'{width}' in self.stem:
            return self.trunk(self.stem[f'{width}'](X))
        raise ValueError(f'{width}?', *self.stem)


# %% 茎是延后层 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.LazyLinear(hidden_size) for d in widths})
        self.trunk = nn.Sequential(nn.ReLU(), nn.Linear(hidden_size, output_size))

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.trunk(self.stems[key](X))


# %% 躯干里有延后层 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Sequential(nn.ReLU(), nn.LazyLinear(output_size))

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.trunk(self.stems[key](X))


# %% 躯干以softmax收尾，容易饱和 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        torch.rand(7)
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Sequential(
            nn.ReLU(),
            nn.Linear(hidden_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, output_size),
            nn.Softmax(-1),
        )

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.trunk(self.stems[key](X))


# %% 标量参数，Hardsigmoid tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Sequential(nn.ReLU(), nn.Linear(hidden_size, output_size), nn.Hardsigmoid())
        self.scale = nn.Parameter(torch.ones(()))

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.scale * self.trunk(self.stems[key](X))


# %% 用延后层作第一层 tags=["wrong"] raises="的输入(64, 10)）：RuntimeError"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.net = nn.Sequential(
            nn.LazyLinear(hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, output_size),
        )

    def forward(self, X):
        return self.net(X)


# %% 来了别的宽度就换掉第一层的权重 tags=["wrong"] raises="同一个样本，这次的输出与先前的相差"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.widths = widths
        self.first = nn.Linear(widths[0], hidden_size)
        self.trunk = nn.Sequential(nn.ReLU(), nn.Linear(hidden_size, output_size))

    def forward(self, X):
        d = X.shape[-1]
        if d not in self.widths:
            raise ValueError(f'已知的宽度：{self.widths}')
        if self.first.weight.shape[1] != d:
            self.first.weight = nn.Linear(d, self.first.out_features).to(X).weight
        return self.trunk(self.first(X))


# %% 补零到最宽 tags=["wrong"] raises="有的参数为两种宽度共用"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.widths = widths
        self.net = nn.Sequential(
            nn.Linear(max(widths), hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, output_size),
        )

    def forward(self, X):
        if X.shape[-1] not in self.widths:
            raise ValueError(f'已知的宽度：{self.widths}')
        return self.net(F.pad(X, (0, max(self.widths) - X.shape[-1])))


# %% 补零到最宽，躯干较深 tags=["wrong"] raises="有的参数为两种宽度共用"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.widths = widths
        self.net = nn.Sequential(
            nn.Linear(max(widths), hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, output_size),
        )

    def forward(self, X):
        if X.shape[-1] not in self.widths:
            raise ValueError(f'已知的宽度：{self.widths}')
        return self.net(F.pad(X, (0, max(self.widths) - X.shape[-1])))


# %% 每次前向传播都新建茎 tags=["wrong"] raises="同一个样本，这次的输出与先前的相差"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.widths, self.hidden_size = widths, hidden_size
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        if X.shape[-1] not in self.widths:
            raise ValueError(f'已知的宽度：{self.widths}')
        stem = nn.Linear(X.shape[-1], self.hidden_size).to(X)
        return self.trunk(stem(X).relu())


# %% 截断到最窄 tags=["wrong"] raises="的输入得不到梯度"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.widths = widths
        self.net = nn.Sequential(
            nn.Linear(min(widths), hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, output_size),
        )

    def forward(self, X):
        if X.shape[-1] not in self.widths:
            raise ValueError(f'已知的宽度：{self.widths}')
        return self.net(X[..., : min(self.widths)])


# %% 各建一个网络，什么也不共用 tags=["wrong"] raises="（主干）：找不到它的参数"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.nets = nn.ModuleDict(
            {
                str(d): nn.Sequential(
                    nn.Linear(d, hidden_size),
                    nn.ReLU(),
                    nn.Linear(hidden_size, output_size),
                )
                for d in widths
            }
        )

    def forward(self, X):
        if str(X.shape[-1]) not in self.nets:
            raise ValueError(f'已知的宽度：{list(self.nets)}')
        return self.nets[str(X.shape[-1])](X)


# %% 茎放在普通字典里 tags=["wrong"] raises="（宽度20的输入层）：找不到它的参数"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = {d: nn.Linear(d, hidden_size, device=device) for d in widths}
        self.trunk = nn.Sequential(nn.ReLU(), nn.Linear(hidden_size, output_size))

    def forward(self, X):
        if X.shape[-1] not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.trunk(self.stems[X.shape[-1]](X))


# %% 躯干放在普通列表里 tags=["wrong"] raises="（主干）：找不到它的参数"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = [nn.Linear(hidden_size, output_size, device=device)]

    def forward(self, X):
        if str(X.shape[-1]) not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.trunk[0](self.stems[str(X.shape[-1])](X).relu())


# %% 全都没有登记 tags=["wrong"] raises="（宽度20的输入层）：找不到它的参数"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.nets = {}
        trunk = nn.Linear(hidden_size, output_size, device=device)
        for d in widths:
            stem = nn.Linear(d, hidden_size, device=device)
            self.nets[d] = nn.Sequential(stem, nn.ReLU(), trunk)

    def forward(self, X):
        if X.shape[-1] not in self.nets:
            raise ValueError(f'已知的宽度：{list(self.nets)}')
        return self.nets[X.shape[-1]](X)


# %% 躯干是类属性，所有对象共用 tags=["wrong"] raises="两个网络共用参数"
class MultiWidthMLP(nn.Module):
    shared = {}

    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.resize = nn.Linear(hidden_size, 16)
        if 'body' not in self.shared:
            self.shared['body'] = nn.Linear(16, 16)
        self.body = self.shared['body']
        self.out = nn.Linear(16, output_size)

    def forward(self, X):
        if str(X.shape[-1]) not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        H = self.resize(self.stems[str(X.shape[-1])](X).relu())
        return self.out(self.body(H))


# %% 未知的宽度抛出KeyError tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        return self.trunk(self.stems[str(X.shape[-1])](X).relu())


# %% 未知的宽度当场加一个茎 tags=["wrong"] raises="（宽度15）：没有抛出异常"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.hidden_size = hidden_size
        self.stems = nn.ModuleDict()
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            self.stems[key] = nn.Linear(X.shape[-1], self.hidden_size).to(X)
        return self.trunk(self.stems[key](X).relu())


# %% 消息里没有已知的宽度 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        if str(X.shape[-1]) not in self.stems:
            raise ValueError(f'未知的宽度{X.shape[-1]}')
        return self.trunk(self.stems[str(X.shape[-1])](X).relu())


# %% 用shape[1]选茎 tags=["wrong"] raises="IndexError"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        if str(X.shape[1]) not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.trunk(self.stems[str(X.shape[1])](X).relu())


# %% 把前面的轴压成一个 tags=["wrong"] raises="（输入的形状(20,)）：应输出(3,)，得到(1, 3)"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        d = X.shape[-1]
        if str(d) not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.trunk(self.stems[str(d)](X.reshape(-1, d)).relu())


# %% 躯干只为两种宽度共用 tags=["wrong"] raises="有的参数为两种宽度共用"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.last = str(list(widths)[-1])
        self.trunk = nn.Linear(hidden_size, hidden_size)
        self.trunk_last = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        trunk = self.trunk_last if key == self.last else self.trunk
        return self.out(trunk(self.stems[key](X).relu()).relu())


# %% 写死了256 tags=["wrong"] raises="hidden_size由16变为32"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, 256) for d in widths})
        self.trunk = nn.Linear(256, output_size)

    def forward(self, X):
        if str(X.shape[-1]) not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.trunk(self.stems[str(X.shape[-1])](X).relu())


# %% ModuleDict用整数作键 tags=["wrong"] raises="TypeError"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({d: nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        return self.trunk(self.stems[X.shape[-1]](X).relu())


# %% 参数相同的对象共用躯干 tags=["wrong"] raises="两个网络共用参数"
cache = {}


class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        trunk = nn.Sequential(nn.ReLU(), nn.Linear(hidden_size, output_size))
        self.trunk = cache.setdefault((hidden_size, output_size), trunk)

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.trunk(self.stems[key](X))


# %% 缓存了nn.Linear tags=["wrong"] raises="两个网络共用参数"
import functools

linear = functools.cache(nn.Linear)


class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): linear(d, hidden_size) for d in widths})
        self.trunk = nn.Sequential(nn.ReLU(), linear(hidden_size, output_size))

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.trunk(self.stems[key](X))


# %% 打乱了批量轴 tags=["wrong"] raises="同一个样本，这次的输出与先前的相差"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Sequential(nn.ReLU(), nn.Linear(hidden_size, output_size))

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        Y = self.trunk(self.stems[key](X))
        return Y.reshape(Y.shape[-1], -1).T.reshape(Y.shape)


# %% 样本次序颠倒 tags=["wrong"] raises="同一个样本，这次的输出与先前的相差"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Sequential(nn.ReLU(), nn.Linear(hidden_size, output_size))

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        Y = self.trunk(self.stems[key](X))
        return Y.flip(0) if Y.ndim > 1 else Y


# %% 减去小批量的均值 tags=["wrong"] raises="同一个样本，这次的输出与先前的相差"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Sequential(nn.ReLU(), nn.Linear(hidden_size, output_size))

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        H = self.stems[key](X)
        if H.ndim > 1:
            H = H - H.mean(0, keepdim=True)
        return self.trunk(H)


# %% 共用一个大权重的前几行，偏置各有各的 tags=["wrong"] raises="有的参数为两种宽度共用"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.W = nn.Parameter(torch.randn(max(widths), hidden_size))
        self.b = nn.ParameterDict({str(d): torch.randn(hidden_size) for d in widths})
        self.trunk = nn.Sequential(nn.ReLU(), nn.Linear(hidden_size, output_size))

    def forward(self, X):
        d = X.shape[-1]
        if str(d) not in self.b:
            raise ValueError(f'已知的宽度：{list(self.b)}')
        return self.trunk(X @ self.W[:d] + self.b[str(d)])


# %% 在原处改动了输入 tags=["wrong"] raises="同一个样本，这次的输出与先前的相差"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Sequential(nn.ReLU(), nn.Linear(hidden_size, output_size))

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        X -= 0.1
        return self.trunk(self.stems[key](X))


# %% 切断了到X的梯度 tags=["wrong"] raises="的输入得不到梯度"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Sequential(nn.ReLU(), nn.Linear(hidden_size, output_size))

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.trunk(self.stems[key](X.detach()))


# %% 在no_grad下计算 tags=["wrong"] raises="does not require grad"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Sequential(nn.ReLU(), nn.Linear(hidden_size, output_size))

    @torch.no_grad()
    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.trunk(self.stems[key](X))


# %% 总是转成float32 tags=["wrong"] raises="torch.float64的输入(64, 20)"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Sequential(nn.ReLU(), nn.Linear(hidden_size, output_size))

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.stems:
            raise ValueError(f'已知的宽度：{list(self.stems)}')
        return self.trunk(self.stems[key](X.float()))


# %% 类和变量的名字不巧，连内置函数的名字也用了 tags=["right"]
X = net = first = rows = expected = copy = math = 'x'
sum = list = type = None


class layer(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.linear = nn.LazyLinear(n)

    def forward(self, X):
        return self.linear(X)


class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.net = nn.ModuleDict()
        for d in widths:
            self.net['%d' % d] = nn.Linear(d, hidden_size)
        self.shared = nn.Sequential(nn.ReLU(), layer(output_size))

    def forward(self, X):
        stem = self.net['%d' % X.size(-1)]
        return self.shared(stem(X))


# %% 建在device上，依赖数据的语句 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleList([nn.Linear(d, hidden_size, device=device) for d in widths])
        self.trunk = nn.Linear(hidden_size, output_size, device=device)

    def forward(self, X):
        if torch.isnan(X).any():
            print('nan', X.flatten()[0].item())
        for stem in self.stems:
            if stem.in_features == X.shape[-1]:
                return self.trunk(torch.tanh(stem(X)))
        assert False, f'没有宽度{X.shape[-1]}'


# %% 躯干有规范化，先展平成两个轴 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict()
        for d in widths:
            self.stems[f'w{d}'] = nn.Sequential(nn.Linear(d, hidden_size), nn.LayerNorm(hidden_size))
        self.norm = nn.BatchNorm1d(hidden_size)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        *batch, d = X.shape
        H = self.stems[f'w{d}'](X.reshape(-1, d))
        return self.out(self.norm(H).relu()).reshape(*batch, -1)


# %% 一维参数切成各层 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.h, self.o, self.starts, n = hidden_size, output_size, {}, 0
        for d in widths:
            self.starts[d], n = n, n + d * hidden_size
        self.flat = nn.Parameter(torch.randn(n + hidden_size * output_size) / 10)

    def forward(self, X):
        d = X.shape[-1]
        if d not in self.starts:
            raise LookupError(d)
        i = self.starts[d]
        W = self.flat[i : i + d * self.h].view(d, self.h)
        V = self.flat[-self.h * self.o :].view(self.h, self.o)
        return (X @ W).relu() @ V


# %% 残差的躯干，权重规范化的茎 tags=["right"]
from torch.nn.utils.parametrizations import weight_norm


class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): weight_norm(nn.Linear(d, hidden_size)) for d in widths})
        self.mix = nn.Linear(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        H = self.stems[str(X.shape[-1])](X)
        return self.out(H + torch.relu(self.mix(torch.relu(H))))


# %% 六层tanh tags=["right"]
class MultiWidthMLP(nn.Sequential):
    def __init__(self, widths, hidden_size, output_size):
        layers = [nn.Linear(hidden_size, hidden_size) for _ in range(5)]
        super().__init__(*layers, nn.Linear(hidden_size, output_size))
        self.widths = {d: nn.Linear(d, hidden_size) for d in widths}
        for d, stem in self.widths.items():
            self.register_module(f'stem{d}', stem)
        self.n = len(layers) + 1

    def forward(self, X):
        H = getattr(self, f'stem{X.shape[-1]}')(X)
        for i in range(self.n):
            H = self[i](torch.tanh(H))
        return H


# %% maxout的茎 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.a = nn.ModuleDict({str(d): nn.Linear(d, 2 * hidden_size) for d in widths})
        self.b = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        key = str(X.shape[-1])
        if key not in self.a.keys():
            raise RuntimeError(key)
        return self.b(self.a[key](X).unflatten(-1, (-1, 2)).amax(-1))


# %% 各建一个网络，只共用输出层的偏置 tags=["wrong"] raises="（主干）：它的参数全为0，输出仍随样本而变"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.nets = nn.ModuleDict(
            {
                str(d): nn.Sequential(
                    nn.Linear(d, hidden_size), nn.ReLU(), nn.Linear(hidden_size, output_size)
                )
                for d in widths
            }
        )
        first = self.nets[str(widths[0])]
        for net in self.nets.values():
            net[2].bias = first[2].bias

    def forward(self, X):
        return self.nets[str(X.shape[-1])](X)


# %% 只绑定了躯干的第一层 tags=["wrong"] raises="（主干）：它的参数全为0，输出仍随样本而变"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        shared = nn.Linear(hidden_size, hidden_size)
        self.nets = nn.ModuleDict(
            {
                str(d): nn.Sequential(
                    nn.Linear(d, hidden_size),
                    nn.ReLU(),
                    shared,
                    nn.ReLU(),
                    nn.Linear(hidden_size, output_size),
                )
                for d in widths
            }
        )

    def forward(self, X):
        return self.nets[str(X.shape[-1])](X)


# %% 用view合并批量轴 tags=["wrong"] raises="（输入的形状(2, 3, 20)）：RuntimeError: view size is not compatible"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        d = X.shape[-1]
        H = self.stems[str(d)](X.view(-1, d)).relu()
        return self.trunk(H).view(*X.shape[:-1], -1)


# %% forward忘了return tags=["wrong"] raises="forward没有返回值（return）"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        self.trunk(self.stems[str(X.shape[-1])](X).relu())


# %% 茎的宽度写死为16 tags=["wrong"] raises="（宽度20的输入层）：hidden_size由16变为32，参数量由336变为336"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, 16) for d in widths})
        self.trunk = nn.Sequential(
            nn.ReLU(), nn.Linear(16, hidden_size), nn.ReLU(), nn.Linear(hidden_size, output_size)
        )

    def forward(self, X):
        return self.trunk(self.stems[str(X.shape[-1])](X))


# %% 茎的权重放在缓冲区里 tags=["wrong"] raises="（宽度20的输入层）：它的参数全为0，输出仍随样本而变"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        for d in widths:
            self.register_buffer(f'W{d}', torch.randn(hidden_size, d))
        self.b = nn.ParameterDict({str(d): nn.Parameter(torch.zeros(hidden_size)) for d in widths})
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        d = X.shape[-1]
        return self.trunk(F.linear(X, getattr(self, f'W{d}'), self.b[str(d)]).relu())


# %% 茎和躯干之间用data，梯度断了 tags=["wrong"] raises="得不到梯度"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        return self.trunk(self.stems[str(X.shape[-1])](X).data.relu())


# %% 未知的宽度返回None tags=["wrong"] raises="（宽度15）：没有抛出异常，应当抛出"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        if str(X.shape[-1]) in self.stems:
            return self.trunk(self.stems[str(X.shape[-1])](X).relu())


# %% 较窄的输入用较宽的茎的前几列 tags=["wrong"] raises="有的参数为两种宽度共用"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.widths = widths
        self.first = nn.Linear(max(widths), hidden_size)
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        d = X.shape[-1]
        if d not in self.widths:
            raise ValueError(d)
        H = F.linear(X, self.first.weight[:, :d], self.first.bias)
        return self.trunk(H.relu())


# %% 每种宽度一个适配层，都变成最宽的再进同一个网络 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict(
            {str(d): nn.Sequential(nn.Linear(d, hidden_size), nn.ReLU()) for d in widths}
        )
        self.trunk = nn.Sequential(
            nn.Linear(hidden_size, 8), nn.ELU(), nn.Linear(8, 8), nn.SiLU(), nn.Linear(8, output_size)
        )

    def forward(self, X):
        try:
            stem = self.stems[str(X.shape[-1])]
        except KeyError as error:
            raise Exception(f'没有宽度{error}') from error
        return self.trunk(stem(X))


# %% 茎是卷积 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        h, o = hidden_size, output_size
        self.convs = nn.ModuleDict({str(d): nn.Conv1d(1, h, 3, padding=1) for d in widths})
        self.out = nn.Linear(h, o)
    def forward(self, X):
        B = X.reshape(-1, 1, X.shape[-1])
        H = self.convs[str(X.shape[-1])](B).relu().mean(-1)
        return self.out(H).reshape(*X.shape[:-1], -1)


# %% 茎里有冻结的随机特征 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        h, o = hidden_size, output_size
        self.f = nn.ModuleDict({str(d): nn.Sequential(nn.Linear(d, 50).requires_grad_(False), nn.ReLU(), nn.Linear(50, h)) for d in widths})
        self.out = nn.Sequential(nn.Hardtanh(), nn.Linear(h, o))
    def forward(self, X):
        return self.out(self.f[str(X.shape[-1])](X))


# %% 各宽度在一个大矩阵里占不同的列，其余补零 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        h, o = hidden_size, output_size
        self.offsets = {d: sum(widths[:i]) for i, d in enumerate(widths)}
        self.total = sum(widths)
        self.big = nn.Linear(self.total, h)
        self.out = nn.Sequential(nn.ReLU(), nn.Linear(h, o))
    def forward(self, X):
        d = X.shape[-1]
        k = self.offsets[d]
        Z = X.new_zeros(*X.shape[:-1], self.total)
        Z[..., k:k+d] = X
        return self.out(self.big(Z))


# %% 逐个样本递归 tags=["right"]
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        h, o = hidden_size, output_size
        self.f = nn.ModuleDict({str(d): nn.Linear(d, h) for d in widths})
        self.out = nn.Linear(h, o)
    def forward(self, X):
        if X.ndim > 1:
            return torch.stack([self(x) for x in X])
        return self.out(self.f[str(len(X))](X).relu())


# %% 另有一条路绕过躯干 tags=["wrong"] raises="（主干）：它的参数全为0，输出仍随样本而变"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        h, o = hidden_size, output_size
        self.f = nn.ModuleDict({str(d): nn.Linear(d, h) for d in widths})
        self.skip = nn.ModuleDict({str(d): nn.Linear(d, o) for d in widths})
        self.t = nn.Linear(h, o)
    def forward(self, X):
        return self.t(self.f[str(X.shape[-1])](X).relu()) + self.skip[str(X.shape[-1])](X)


# %% 插值到同一宽度 tags=["wrong"] raises="（宽度20的输入层）：找不到它的参数"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        h, o = hidden_size, output_size
        self.t = nn.Sequential(nn.Linear(max(widths), h), nn.ReLU(), nn.Linear(h, o))
        self.w = widths
    def forward(self, X):
        assert X.shape[-1] in self.w
        Z = F.interpolate(X.reshape(-1, 1, X.shape[-1]), max(self.w))[:, 0]
        return self.t(Z).reshape(*X.shape[:-1], -1)


# %% 只让data共用存储，参数各是各的 tags=["wrong"] raises="（主干）：找不到它的参数"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        h, o = hidden_size, output_size
        self.n = nn.ModuleDict({str(d): nn.Sequential(nn.Linear(d, h), nn.ReLU(), nn.Linear(h, o)) for d in widths})
        for n in self.n.values():
            n[2].weight.data = self.n[str(widths[0])][2].weight.data
            n[2].bias.data = self.n[str(widths[0])][2].bias.data
    def forward(self, X):
        return self.n[str(X.shape[-1])](X)


# %% 不认识的宽度交给延后层 tags=["wrong"] raises="（宽度15）：没有抛出异常，应当抛出"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        h, o = hidden_size, output_size
        self.f = nn.ModuleDict({str(d): nn.Linear(d, h) for d in widths})
        self.t = nn.Linear(h, o)
        self.other = nn.LazyLinear(h)
    def forward(self, X):
        k = str(X.shape[-1])
        return self.t((self.f[k] if k in self.f else self.other)(X).relu())


# %% 输出去掉了长度为1的轴 tags=["wrong"] raises="（输入的形状(1, 20)）：应输出(1, 3)，得到(3,)"
class MultiWidthMLP(nn.Module):
    def __init__(self, widths, hidden_size, output_size):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in widths})
        self.trunk = nn.Linear(hidden_size, output_size)

    def forward(self, X):
        return self.trunk(self.stems[str(X.shape[-1])](X).relu()).squeeze()

# %% 主干以LogSigmoid开头 tags=["right"]
from torch import nn


class MultiWidthMLP(nn.Module):
    def __init__(self, in_features, hidden_size, out_features):
        super().__init__()
        self.stems = nn.ModuleDict({str(d): nn.Linear(d, hidden_size) for d in in_features})
        self.trunk = nn.Sequential(
            nn.LogSigmoid(), nn.Linear(hidden_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, out_features)
        )

    def forward(self, X):
        name = str(X.shape[-1])
        if name not in self.stems:
            raise ValueError(f'宽度{name}不认得')
        return self.trunk(self.stems[name](X))
