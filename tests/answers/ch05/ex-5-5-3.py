# %% Dim.DYNAMIC，在深拷贝上导出 tags=["right"]
def save_whole(net, path, example):
    frozen = copy.deepcopy(net).eval().requires_grad_(False)
    rows = example.repeat(3, *[1] * (example.dim() - 1))
    program = torch.export.export(frozen, (rows,), dynamic_shapes=[{0: torch.export.Dim.DYNAMIC}])
    torch.export.save(program, path)


def load_whole(path):
    with open(path, 'rb') as file:
        return torch.export.load(file).module()


# %% Dim.AUTO，经过内存，返回不求梯度的函数 tags=["right"]
from torch.export import Dim, export
from torch.export import load as load_program


def save_whole(net, path, example):
    modes = {module: module.training for module in net.modules()}
    net.eval()
    X = example.expand(2, *example.shape[1:]) if len(example) == 1 else example
    program = export(net, (X.clone(),), dynamic_shapes=({0: Dim.AUTO},))
    for module, mode in modes.items():
        module.training = mode
    buffer = io.BytesIO()
    torch.export.save(program, buffer)
    Path(path).write_bytes(buffer.getvalue())


def read(path):
    return load_program(io.BytesIO(Path(path).read_bytes()))


def load_whole(path):
    net = read(path).module()

    def call(X):
        with torch.no_grad():
            return net(X)

    return call


# %% 包一层，按严格模式导出 tags=["right"]
class Wrapper(nn.Module):
    def __init__(self, net):
        super().__init__()
        self.net = net

    def forward(self, X):
        return self.net(X)


def save_whole(net, path, example):
    wrapper = Wrapper(copy.deepcopy(net)).eval()
    batch = torch.export.Dim('n', min=1, max=4096)
    with torch.no_grad():
        program = torch.export.export(
            wrapper, (torch.cat([example] * 4),), dynamic_shapes={'X': {0: batch}}, strict=True
        )
    torch.export.save(program, str(path))


def load_whole(path):
    program = torch.export.load(str(path))
    return program.module()


# %% 没有声明可变的批量 tags=["wrong"] raises="不能计算"
def save_whole(net, path, example):
    frozen = copy.deepcopy(net).eval()
    torch.export.save(torch.export.export(frozen, (example,)), path)


def load_whole(path):
    return torch.export.load(path).module()


# %% 示例的批量为1，Dim.AUTO悄悄固定成1 tags=["wrong"] raises="不能计算"
def save_whole(net, path, example):
    frozen = copy.deepcopy(net).eval()
    program = torch.export.export(frozen, (example,), dynamic_shapes=({0: torch.export.Dim.AUTO},))
    torch.export.save(program, path)


def load_whole(path):
    return torch.export.load(path).module()


# %% 批量至少为2 tags=["wrong"] raises="批量为1时"
def save_whole(net, path, example):
    frozen = copy.deepcopy(net).eval()
    batch = torch.export.Dim('batch', min=2)
    program = torch.export.export(
        frozen, (torch.cat([example, example]),), dynamic_shapes=({0: batch},)
    )
    torch.export.save(program, path)


def load_whole(path):
    net = torch.export.load(path).module()

    def call(X):
        assert len(X) >= 2, 'batch too small'
        return net(X)

    return call


# %% 训练模式导出，暂退法一直开着 tags=["wrong"] raises="输出与存储时的net.eval()不同"
def save_whole(net, path, example):
    frozen = copy.deepcopy(net).train()
    batch = torch.export.Dim('batch', min=1)
    program = torch.export.export(
        frozen, (torch.cat([example, example]),), dynamic_shapes=({0: batch},)
    )
    torch.export.save(program, path)


def load_whole(path):
    return torch.export.load(path).module()


# %% 导出后把net留在评估模式 tags=["wrong"] raises="改变了net的训练或评估模式"
def save_whole(net, path, example):
    batch = torch.export.Dim('batch', min=1)
    program = torch.export.export(
        net.eval(), (torch.cat([example, example]),), dynamic_shapes=({0: batch},)
    )
    torch.export.save(program, path)


def load_whole(path):
    return torch.export.load(path).module()


# %% 导出后把所有模块都调回训练模式 tags=["wrong"] raises="改变了net的训练或评估模式"
def save_whole(net, path, example):
    batch = torch.export.Dim('batch', min=1)
    program = torch.export.export(
        net.eval(), (torch.cat([example, example]),), dynamic_shapes=({0: batch},)
    )
    net.train()
    torch.export.save(program, path)


def load_whole(path):
    return torch.export.load(path).module()


# %% pickle整个网络 tags=["wrong"] raises="ttribute"
def save_whole(net, path, example):
    torch.save(net, path)


def load_whole(path):
    return torch.load(path, weights_only=False).eval()


# %% 网络放在全局字典里 tags=["wrong"] raises="新进程里读不出来"
NETS = {}


def save_whole(net, path, example):
    NETS[Path(path).name] = copy.deepcopy(net).eval()
    torch.save(net.state_dict(), path)


def load_whole(path):
    net = NETS[Path(path).name]
    net.load_state_dict(torch.load(path))
    return net


# %% 只存state_dict tags=["wrong"] raises="不能计算"
def save_whole(net, path, example):
    torch.save(net.state_dict(), path)


def load_whole(path):
    return torch.load(path)


# %% 只存示例的输出 tags=["wrong"] raises="不同"
def save_whole(net, path, example):
    frozen = copy.deepcopy(net).eval()
    torch.save(frozen(example).detach(), path)


def load_whole(path):
    output = torch.load(path)
    return lambda X: output[:1].expand(len(X), -1)


# %% 读的函数有装饰器 tags=["right"]
def save_whole(net, path, example):
    modes = [(module, module.training) for module in net.modules()]
    net.eval()
    X = torch.cat([example, example])
    batch = torch.export.Dim('batch', min=1)
    program = torch.export.export(net, (X,), dynamic_shapes=({0: batch},))
    torch.export.save(program, path)
    for module, mode in modes:
        module.training = mode


@torch.no_grad()
def load_whole(path):
    return torch.export.load(path).module()


# %% 读的函数用到关键字参数和常数 tags=["right"]
SUFFIX = ''


def read(path, *, suffix=None):
    return torch.export.load(str(path) + (suffix or SUFFIX))


def save_whole(net, path, example):
    modes = [(module, module.training) for module in net.modules()]
    net.eval()
    X = torch.cat([example, example])
    batch = torch.export.Dim('batch', min=1)
    program = torch.export.export(net, (X,), dynamic_shapes=({0: batch},))
    torch.export.save(program, path)
    for module, mode in modes:
        module.training = mode


def load_whole(path, *, reader=None):
    return (reader or read)(path).module()


# %% 只关掉暂退法 tags=["wrong"] raises="输出与存储时的net.eval()不同"
def save_whole(net, path, example):
    modes = [(module, module.training) for module in net.modules()]
    for module, _ in modes:
        if isinstance(module, nn.Dropout):
            module.eval()
    X = torch.cat([example, example])
    batch = torch.export.Dim('batch', min=1)
    program = torch.export.export(net, (X,), dynamic_shapes=({0: batch},))
    torch.export.save(program, path)
    for module, mode in modes:
        module.training = mode


def load_whole(path):
    return torch.export.load(path).module()


# %% 批量有上限 tags=["wrong"] raises="批量为2000时不能计算"
def save_whole(net, path, example):
    modes = [(module, module.training) for module in net.modules()]
    net.eval()
    X = torch.cat([example, example])
    batch = torch.export.Dim('batch', min=1, max=1024)
    program = torch.export.export(net, (X,), dynamic_shapes=({0: batch},))
    torch.export.save(program, path)
    for module, mode in modes:
        module.training = mode


def load_whole(path):
    return torch.export.load(path).module()
