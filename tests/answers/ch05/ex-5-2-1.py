# %% 自己递归模块树 tags=["right"]
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential()
        for i, layer in enumerate((nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())):
            self.net.add_module(str(i), layer)
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        X = self.net(X)
        return self.linear(X)


def parameter_table(net):
    rows, seen = [], set()

    def visit(module, prefix):
        for name, p in module._parameters.items():
            if p is not None and id(p) not in seen:
                seen.add(id(p))
                rows.append((prefix + name, tuple(p.shape), p.nelement()))
        for name, child in module.named_children():
            visit(child, prefix + name + '.')

    visit(net, '')
    return rows


# %% torch.Size本身就是元组，子类化Sequential tags=["right"]
class Trunk(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())


class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net, self.linear = Trunk(), nn.Linear(32, 16)

    def forward(self, X):
        for layer in self.net:
            X = layer(X)
        return self.linear(X)


def parameter_table(net):
    rows = []
    for name, param in net.named_parameters():
        rows.append((name, param.shape, math.prod(param.shape)))
    return rows


# %% 逐模块收集，同一参数只取第一次 tags=["right"]
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        layers = []
        for n_in, n_out in ((20, 64), (64, 32)):
            layers += [nn.Linear(n_in, n_out), nn.ReLU(inplace=True)]
        self.net = nn.Sequential(*layers)
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return nn.Sequential(self.net, self.linear)(X)


def parameter_table(net):
    table = {}
    for prefix, module in net.named_modules():
        for name, p in module.named_parameters(recurse=False):
            full = f'{prefix}.{name}' if prefix else name
            if all(p is not q for q in table.values()):
                table[full] = p
    return [(name, tuple(p.size()), p.numel()) for name, p in table.items()]


# %% 名字是相对于子模块的 tags=["wrong"] raises="第0行应为('net.0.weight', (64, 20), 1280)，得到('0.weight', (64, 20), 1280)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [
        (name, tuple(p.shape), p.numel())
        for child in net.children()
        for name, p in child.named_parameters()
    ]


# %% 用state_dict，把缓冲区也当成参数 tags=["wrong"] raises="缓冲区和冻结的参数）：第2行应为（没有这一行），得到('running_mean', (4,), 4)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.state_dict().items()]


# %% 只认Linear层 tags=["wrong"] raises="缓冲区和冻结的参数）：第0行应为('weight', (4,), 4)，得到（没有这一行）"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [
        (f'{name}.{key}', tuple(p.shape), p.numel())
        for name, m in net.named_modules()
        if isinstance(m, nn.Linear)
        for key, p in m.named_parameters()
    ]


# %% 只列权重 tags=["wrong"] raises="第1行应为('net.0.bias', (64,), 64)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters() if p.dim() > 1]


# %% 只看两层深 tags=["wrong"] raises="NestMLP()）：第0行应为('net.0.weight', (64, 20), 1280)，得到('linear.weight', (16, 32), 512)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [
        (f'{name}.{key}', tuple(p.shape), p.numel())
        for name, m in net.named_children()
        for key, p in m.named_parameters(recurse=False)
    ]


# %% 冻结的参数漏掉了 tags=["wrong"] raises="缓冲区和冻结的参数）：第0行应为('weight', (4,), 4)，得到（没有这一行）"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [
        (name, tuple(p.shape), p.numel()) for name, p in net.named_parameters() if p.requires_grad
    ]


# %% 共享的参数列了两次 tags=["wrong"] raises="一层用两次）：第1行应为（没有这一行），得到('1.weight', (1,), 1)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [
        (name, tuple(p.shape), p.numel())
        for name, p in net.named_parameters(remove_duplicate=False)
    ]


# %% forward漏了linear tags=["wrong"] raises="输入形状(5, 20)）：输出的形状、要不要梯度应为(5, 16, True)，得到(5, 32, True)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.net(X)


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 最后少一个ReLU tags=["wrong"] raises="net应依次为Linear、ReLU、Linear、ReLU，得到Sequential( (0): Linear"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32))
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 形状写成字符串 tags=["wrong"] raises="得到('net.0.weight', '(64, 20)', 1280)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(name, str(tuple(p.shape)), p.numel()) for name, p in net.named_parameters()]


# %% 只打印不返回 tags=["wrong"] raises="应返回（return）列表，得到None"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    for name, param in net.named_parameters():
        print(name, param.shape, param.numel())


# %% 子模块放进列表，没有注册 tags=["wrong"] raises="net应依次为Linear、ReLU、Linear、ReLU，得到[Linear"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = [
            nn.Linear(20, 64),
            nn.ReLU(),
            nn.Linear(64, 32),
            nn.ReLU(),
        ]
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        for layer in self.net:
            X = layer(X)
        return self.linear(X)


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 按模块去重，绑定的权重列了两次 tags=["wrong"] raises="两层共用权重）：第1行应为('1.bias', (3,), 3)，得到('1.weight', (3, 3), 9)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        layers = nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU()
        self.net = nn.Sequential(*layers)
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [
        (f'{path}.{name}' if path else name, tuple(p.shape), p.numel())
        for path, module in net.named_modules()
        for name, p in module._parameters.items()
        if p is not None
    ]


# %% 先定义linear，再定义net tags=["right"]
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(32, 16)
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())

    def forward(self, X):
        H = self.net(X)
        if H.sum().item() < 0:
            print(H.shape)
        return self.linear(H)


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 辅助名字与检查、内置函数同名 tags=["right"]
def rows(module, prefix, seen):
    """递归的生成器"""
    for name, p in module.named_parameters(recurse=False):
        if id(p) not in seen:
            seen[id(p)] = p
            yield prefix + name, p.shape, p.numel()
    for name, child in module.named_children():
        yield from rows(child, f'{prefix}{name}.', seen)


def names(net):
    return [*rows(net, '', {})]


def layer(*sizes):
    return [m for i, o in sizes for m in (nn.Linear(i, o), nn.ReLU())]


expected, first, X, sum, list, type, isinstance, math, copy, bn, deep = range(11)


class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(*layer((20, 64), (64, 32)))
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


parameter_table = names


# %% 建在全局的device上，用OrderedDict排在Sequential里 tags=["right"]
from collections import OrderedDict, namedtuple

Row = namedtuple('Row', 'name shape size')


class NestMLP(nn.Sequential):
    def __init__(self):
        kwargs = {'device': device}
        net = nn.Sequential(
            nn.Linear(20, 64, **kwargs), nn.ReLU(), nn.Linear(64, 32, **kwargs), nn.ReLU()
        )
        super().__init__(OrderedDict(net=net, linear=nn.Linear(32, 16, **kwargs)))


def parameter_table(net):
    return [Row(k, tuple(v.shape), v.numel()) for k, v in net.named_parameters()]


# %% LazyLinear，构造时就先跑一遍 tags=["right"]
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.LazyLinear(64), nn.ReLU(), nn.LazyLinear(32), nn.ReLU())
        self.linear = nn.LazyLinear(16)
        self(torch.zeros(1, 20))

    def forward(self, X):
        return self.linear(self.net(X))


class Table:
    def __call__(self, net):
        seen = []
        for name in net.state_dict():
            try:
                p = net.get_parameter(name)
            except AttributeError:
                continue
            if all(p is not q for _, q in seen):
                seen.append((name, p))
        return [(name, tuple(p.size()), len(p.flatten())) for name, p in seen]


parameter_table = Table()


# %% LazyLinear，尺寸没有定下来 tags=["wrong"] raises="有的参数还没有形状：输入数已经给出，用nn.Linear"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.LazyLinear(64), nn.ReLU(), nn.LazyLinear(32), nn.ReLU())
        self.linear = nn.LazyLinear(16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% net少一个ReLU，写进了forward tags=["wrong"] raises="net应依次为Linear、ReLU、Linear、ReLU"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32))
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(F.relu(self.net(X)))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% net是ModuleList tags=["wrong"] raises="得到ModuleList("
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.ModuleList([nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU()])
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        for layer in self.net:
            X = layer(X)
        return self.linear(X)


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% forward忘了返回 tags=["wrong"] raises="forward没有返回值（return）"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        self.linear(self.net(X))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 输出之后又有一个ReLU tags=["wrong"] raises="与依次经过net的四层和linear相差0."
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return F.relu(self.linear(self.net(X)))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 隐藏层的宽度写错 tags=["wrong"] raises="参数和形状应为"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU())
        self.linear = nn.Linear(64, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 每行是列表 tags=["wrong"] raises="第0行应为('net.0.weight', (64, 20), 1280)，得到['net.0.weight'"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [[name, tuple(p.shape), p.numel()] for name, p in net.named_parameters()]


# %% 元素个数是张量 tags=["wrong"] raises="1280)，得到('net.0.weight', torch.Size([64, 20]), tensor(1280))"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(n, p.shape, torch.tensor(p.shape).prod()) for n, p in net.named_parameters()]


# %% 元素个数是浮点数 tags=["wrong"] raises="得到('net.0.weight', (64, 20), 1280.0)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(n, tuple(p.shape), float(p.numel())) for n, p in net.named_parameters()]


# %% 按值去重 tags=["wrong"] raises="两个参数值相等）：第1行应为('1.weight', (1,), 1)，得到（没有这一行）"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    rows, kept = [], []
    for name, p in net.named_parameters():
        if not any(p.shape == q.shape and torch.equal(p, q) for q in kept):
            kept.append(p)
            rows.append((name, tuple(p.shape), p.numel()))
    return rows


# %% 按存储去重 tags=["wrong"] raises="两个参数值相等）：第1行应为('1.weight', (1,), 1)，得到（没有这一行）"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    found = {}
    for name, p in net.named_parameters():
        found.setdefault(p.data_ptr(), (name, tuple(p.shape), p.numel()))
    return list(found.values())


# %% 子模块在前，自己的参数在后 tags=["wrong"] raises="根自己的参数）：第0行应为('scale_', (), 1)，得到('block 0.0.0.weight', (1,), 1)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net, prefix='', seen=None):
    seen, rows = {} if seen is None else seen, []
    for name, child in net.named_children():
        rows += parameter_table(child, f'{prefix}{name}.', seen)
    for name, p in net.named_parameters(recurse=False):
        if id(p) not in seen:
            seen[id(p)] = p
            rows.append((prefix + name, tuple(p.shape), p.numel()))
    return rows


# %% 只认名字叫weight和bias的 tags=["wrong"] raises="根自己的参数"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [
        (name, tuple(p.shape), p.numel())
        for name, p in net.named_parameters()
        if name.rpartition('.')[2] in ('weight', 'bias')
    ]


# %% 顺手解冻 tags=["wrong"] raises="（缓冲区和冻结的参数）：BatchNorm被改动了"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    net.requires_grad_(True)
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 批量的各维压成了一维 tags=["wrong"] raises="输出的形状、要不要梯度应为(3, 2, 16, True)，得到(6, 16, True)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X.reshape(-1, 20)))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 前向传播关掉了梯度 tags=["wrong"] raises="应为(5, 16, True)，得到(5, 16, False)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    @torch.no_grad()
    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 按名字排序 tags=["wrong"] raises="NestMLP()）：第0行应为('net.0.weight', (64, 20), 1280)，得到('linear.bias', (16,), 16)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return sorted((name, tuple(p.shape), p.numel()) for name, p in net.named_parameters())


# %% net的输出与计算图断开 tags=["wrong"] raises="输入形状(5, 20)）：有的参数得不到梯度，计算图断开了"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X).detach())


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 各个NestMLP用同一个net tags=["wrong"] raises="两个NestMLP()共用参数"
blocks = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())


class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = blocks
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 每个参数是具名元组，逐层建，按函数前向传播 tags=["right"]
from collections import namedtuple

Row = namedtuple('Row', 'name shape size')


class NestMLP(nn.Module):
    def __init__(self, widths=(20, 64, 32)):
        super().__init__()
        self.net = nn.Sequential()
        for a, b in zip(widths, widths[1:]):
            self.net.append(nn.Linear(a, b)).append(nn.ReLU(inplace=True))
        self.linear = nn.Linear(widths[-1], 16)

    def forward(self, X):
        for layer in self.net:
            X = F.relu(X) if isinstance(layer, nn.ReLU) else F.linear(X, layer.weight, layer.bias)
        return X @ self.linear.weight.T + self.linear.bias


def parameter_table(net):
    return [Row(name, p.data.shape, p.nelement()) for name, p in net.named_parameters()]


# %% 没有元素的参数漏掉了 tags=["wrong"] raises="（根自己的参数）：第1行应为('empty', (0, 2), 0)，得到('block 0.0.0.weight', (1,), 1)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(k, tuple(p.shape), p.numel()) for k, p in net.named_parameters() if p.numel()]


# %% 零维的特例把0也当成1 tags=["wrong"] raises="（根自己的参数）：第1行应为('empty', (0, 2), 0)，得到('empty', (0, 2), 1)"
import math


class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(k, tuple(p.shape), math.prod(p.shape) or 1) for k, p in net.named_parameters()]


# %% 只列实数的参数 tags=["wrong"] raises="（根自己的参数）：第1行应为('empty', (0, 2), 0)，得到('block 0.0.0.weight', (1,), 1)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    rows = [(k, p) for k, p in net.named_parameters() if p.is_floating_point()]
    return [(k, tuple(p.shape), p.numel()) for k, p in rows]


# %% 给net的各层取了名字 tags=["wrong"] raises="参数和形状应为{'net.0.weight': (64, 20)"
from collections import OrderedDict


class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(
            OrderedDict(
                fc1=nn.Linear(20, 64), act1=nn.ReLU(), fc2=nn.Linear(64, 32), act2=nn.ReLU()
            )
        )
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]
