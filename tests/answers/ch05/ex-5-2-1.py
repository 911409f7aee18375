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


# %% 名字是相对于子模块的 tags=["wrong"] raises="名字应从整个模型的根算起"
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


# %% 用state_dict，把缓冲区也当成参数 tags=["wrong"] raises="缓冲区不是参数"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.state_dict().items()]


# %% 只认Linear层 tags=["wrong"] raises="别的层也有参数"
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


# %% 只列权重 tags=["wrong"] raises="权重和偏置都要"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters() if p.dim() > 1]


# %% 只看两层深 tags=["wrong"] raises="名字应从整个模型的根算起"
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


# %% 冻结的参数漏掉了 tags=["wrong"] raises="冻结的参数也是参数"
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


# %% 共享的参数列了两次 tags=["wrong"] raises="共享的参数只应列一次"
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


# %% forward漏了linear tags=["wrong"] raises="输出形状应为(…, 16)"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.net(X)


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 最后少一个ReLU tags=["wrong"] raises="含两个ReLU"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32))
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(name, tuple(p.shape), p.numel()) for name, p in net.named_parameters()]


# %% 形状写成字符串 tags=["wrong"] raises="形状元组"
class NestMLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.net = nn.Sequential(nn.Linear(20, 64), nn.ReLU(), nn.Linear(64, 32), nn.ReLU())
        self.linear = nn.Linear(32, 16)

    def forward(self, X):
        return self.linear(self.net(X))


def parameter_table(net):
    return [(name, str(tuple(p.shape)), p.numel()) for name, p in net.named_parameters()]


# %% 只打印不返回 tags=["wrong"] raises="应返回列表"
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


# %% 子模块放进列表，没有登记 tags=["wrong"] raises="权重和偏置都要"
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


# %% 按模块去重，绑定的权重列了两次 tags=["wrong"] raises="两层共用的参数只应列一次"
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
