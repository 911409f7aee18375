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


# %% 没有声明可变的批量 tags=["wrong"] raises="批量为2时不能计算"
def save_whole(net, path, example):
    frozen = copy.deepcopy(net).eval()
    torch.export.save(torch.export.export(frozen, (example,)), path)


def load_whole(path):
    return torch.export.load(path).module()


# %% 示例的批量为1，Dim.AUTO悄悄固定成1 tags=["wrong"] raises="批量为2时不能计算"
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


# %% 训练模式导出，暂退法一直开着 tags=["wrong"] raises="（全连接，示例的批量是1）：批量为1时，输出与net.eval()不同"
def save_whole(net, path, example):
    frozen = copy.deepcopy(net).train()
    batch = torch.export.Dim('batch', min=1)
    program = torch.export.export(
        frozen, (torch.cat([example, example]),), dynamic_shapes=({0: batch},)
    )
    torch.export.save(program, path)


def load_whole(path):
    return torch.export.load(path).module()


# %% 导出后把net留在评估模式 tags=["right"]
def save_whole(net, path, example):
    batch = torch.export.Dim('batch', min=1)
    program = torch.export.export(
        net.eval(), (torch.cat([example, example]),), dynamic_shapes=({0: batch},)
    )
    torch.export.save(program, path)


def load_whole(path):
    return torch.export.load(path).module()


# %% 导出后把所有模块都调回训练模式 tags=["right"]
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


# %% 网络放在全局字典里 tags=["wrong"] raises="torch.export.load读不了"
NETS = {}


def save_whole(net, path, example):
    NETS[Path(path).name] = copy.deepcopy(net).eval()
    torch.save(net.state_dict(), path)


def load_whole(path):
    net = NETS[Path(path).name]
    net.load_state_dict(torch.load(path))
    return net


# %% 只存state_dict tags=["wrong"] raises="torch.export.load读不了"
def save_whole(net, path, example):
    torch.save(net.state_dict(), path)


def load_whole(path):
    return torch.load(path)


# %% 只存示例的输出 tags=["wrong"] raises="torch.export.load读不了"
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


# %% 只关掉暂退法 tags=["wrong"] raises="（卷积）：批量为1时，输出与net.eval()不同"
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


# %% 名字很不凑巧，读的时候用到笔记本里的device tags=["right"]
def compare(net):
    return copy.deepcopy(net).eval()


def type(x):
    return torch.export.Dim('b', min=1, max=9999)


read, conv, todo, nets, os_, str, len, case = 0, 1, 2, 3, os, 4, 5, 6


def save_whole(net, path, example):
    rows = torch.vstack((example, example)) if example.dim() > 1 else example.repeat(2)
    program = torch.export.export(compare(net), args=(rows,), dynamic_shapes=[{0: type(0)}])
    torch.export.save(program, path)


def load_whole(path, device=device):
    net = torch.export.load(path).module().to(device)

    def forward(X):
        result = net(X.to(device))
        if result.isnan().any().item():
            print('NaN')
        return result

    return forward


# %% 可调用的对象，路径换成绝对的 tags=["right"]
class Program:
    def __init__(self, path):
        with open(os.path.abspath(path), 'rb') as file:
            self.program = torch.export.load(io.BytesIO(file.read()))
        self.net = self.program.module()

    def __call__(self, X):
        with torch.inference_mode():
            return self.net(X)


def save_whole(net, path, example):
    was = net.training
    try:
        net.eval()
        X = torch.zeros(4, *example.shape[1:], dtype=example.dtype, device=example.device)
        shapes = {0: torch.export.Dim.DYNAMIC}
        with torch.no_grad():
            program = torch.export.export(net, (X,), dynamic_shapes=(shapes,))
    finally:
        net.train(was)
    with open(path, 'wb') as file:
        torch.export.save(program, file)


load_whole = Program

# %% lambda tags=["right"]
import functools

BATCH = torch.export.Dim('batch')
save_whole = lambda net, path, example: torch.export.save(
    torch.export.export(
        net.eval(), (torch.cat((example, example, example)),), dynamic_shapes=({0: BATCH},)
    ),
    path,
)


@functools.lru_cache
def program(path):
    return torch.export.load(path)


load_whole = lambda path: program(path).module()


# %% torch.jit.trace，不是torch.export tags=["wrong"] raises="torch.export.load读不了"
def save_whole(net, path, example):
    torch.jit.save(torch.jit.trace(copy.deepcopy(net).eval(), example), path)


def load_whole(path):
    return torch.jit.load(path)


# %% 存成单精度 tags=["wrong"] raises="（全连接，示例的批量是1）：批量为1时，输出与net.eval()不同"
def save_whole(net, path, example):
    frozen = copy.deepcopy(net).eval().float()
    X = torch.cat([example, example]).float()
    batch = torch.export.Dim('batch', min=1)
    torch.export.save(torch.export.export(frozen, (X,), dynamic_shapes=({0: batch},)), path)


def load_whole(path):
    net = torch.export.load(path).module()
    return lambda X: net(X.float()).to(X.dtype)


# %% load_whole没有return tags=["wrong"] raises="load_whole没有返回值（return）"
def save_whole(net, path, example):
    X = torch.cat([example, example])
    batch = torch.export.Dim('batch', min=1)
    program = torch.export.export(
        copy.deepcopy(net).eval(), (X,), dynamic_shapes=({0: batch},)
    )
    torch.export.save(program, path)


def load_whole(path):
    net = torch.export.load(path).module()


# %% 返回ExportedProgram本身 tags=["wrong"] raises="Unable to call ExportedProgram directly"
def save_whole(net, path, example):
    X = torch.cat([example, example])
    batch = torch.export.Dim('batch', min=1)
    program = torch.export.export(
        copy.deepcopy(net).eval(), (X,), dynamic_shapes=({0: batch},)
    )
    torch.export.save(program, path)


def load_whole(path):
    return torch.export.load(path)


# %% 文件是对的，读的是最后导出的那一份 tags=["wrong"] raises="load_whole读回的网络"
def save_whole(net, path, example):
    global program
    X = torch.cat([example, example])
    batch = torch.export.Dim('batch', min=1)
    program = torch.export.export(
        copy.deepcopy(net).eval(), (X,), dynamic_shapes=({0: batch},)
    )
    torch.export.save(program, path)


def load_whole(path):
    return program.module()


# %% 文件是对的，读的是内存里按路径记下的网络 tags=["wrong"] raises="KeyError"
SAVED = {}


def save_whole(net, path, example):
    X = torch.cat([example, example])
    batch = torch.export.Dim('batch', min=1)
    SAVED[path] = copy.deepcopy(net).eval()
    torch.export.save(torch.export.export(SAVED[path], (X,), dynamic_shapes=({0: batch},)), path)


def load_whole(path):
    return SAVED[path]


# %% 输入按名字导出，读的时候再包一层 tags=["right"]
def save_whole(net, path, example):
    class Wrapper(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = copy.deepcopy(net).eval()

        def forward(self, *, batch):
            return {'out': self.net(batch)}

    many = torch.cat([example] * 3)
    shapes = {'batch': {0: torch.export.Dim('n', min=1)}}
    program = torch.export.export(Wrapper(), (), {'batch': many}, dynamic_shapes=shapes)
    torch.export.save(program, path)


def load_whole(path):
    net = torch.export.load(path).module()
    return lambda X: net(batch=X)['out']
