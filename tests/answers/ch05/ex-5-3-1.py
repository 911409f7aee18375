# %% 逐层append，用异常判断形状 tags=["right"]
def partly_lazy_mlp():
    net = nn.Sequential()
    for layer in (nn.Linear(20, 256), nn.LazyLinear(128), nn.LazyLinear(10)):
        if len(net):
            net.append(nn.ReLU())
        net.append(layer)
    return net


def is_initialized(module):
    for param in module.parameters():
        try:
            param.shape
        except RuntimeError:
            return False
    return True


# %% 带名字的层，用is_lazy判断 tags=["right"]
from collections import OrderedDict

from torch.nn.parameter import is_lazy


def partly_lazy_mlp():
    return nn.Sequential(
        OrderedDict(
            hidden1=nn.Linear(in_features=20, out_features=256),
            act1=nn.ReLU(inplace=True),
            hidden2=nn.LazyLinear(out_features=128),
            act2=nn.ReLU(inplace=True),
            output=nn.LazyLinear(10),
        )
    )


def is_initialized(module):
    return True not in {is_lazy(p) for _, p in module.named_parameters()}


# %% 继承Sequential，逐个子模块递归 tags=["right"]
class PartlyLazy(nn.Sequential):
    def __init__(self):
        super().__init__()
        sizes = (256, 128, 10)
        self.add_module('0', nn.Linear(20, sizes[0]))
        for i, size in enumerate(sizes[1:], 1):
            self.add_module(str(2 * i - 1), nn.ReLU())
            self.add_module(str(2 * i), nn.LazyLinear(size))


def partly_lazy_mlp():
    return PartlyLazy()


def is_initialized(module):
    own = [p for p in module._parameters.values() if p is not None]
    return all(type(p) is not nn.UninitializedParameter for p in own) and all(
        is_initialized(child) for child in module.children()
    )


# %% numel抛出的ValueError tags=["right"]
def partly_lazy_mlp():
    return nn.Sequential(
        *[nn.Linear(20, 256), nn.ReLU()],
        *[nn.LazyLinear(128), nn.ReLU()],
        *[nn.LazyLinear(10)],
    )


def is_initialized(module):
    try:
        sum(p.numel() for p in module.parameters())
    except ValueError:
        return False
    return True


# %% 辅助函数名叫has_shape tags=["right"]
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def has_shape(p):
    return not isinstance(p, nn.UninitializedParameter)


def is_initialized(module):
    return all(has_shape(p) for p in module.parameters())


# %% 第一层也延后 tags=["wrong"] raises="（构造之后，None是没有形状）：参数的形状应为[(256, 20), (256,), None"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.LazyLinear(256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 没有延后层 tags=["wrong"] raises="（构造之后，None是没有形状）"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.Linear(256, 128),
        nn.ReLU(),
        nn.Linear(128, 10),
    )


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 构造时就试运行 tags=["wrong"] raises="（构造之后，None是没有形状）"
def partly_lazy_mlp():
    net = nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )
    net(torch.zeros(1, 20))
    return net


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 漏了第二个ReLU tags=["wrong"] raises="应返回五层的nn.Sequential"
def partly_lazy_mlp():
    return nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.LazyLinear(128), nn.LazyLinear(10))


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 用了Tanh tags=["wrong"] raises="输出与线性层、ReLU相间的结果相差"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.Tanh(),
        nn.LazyLinear(128),
        nn.Tanh(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 每次返回同一个网络 tags=["wrong"] raises="每次都应返回新的网络"
the_net = nn.Sequential(
    nn.Linear(20, 256),
    nn.ReLU(),
    nn.LazyLinear(128),
    nn.ReLU(),
    nn.LazyLinear(10),
)


def partly_lazy_mlp():
    return the_net


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 只看类名 tags=["wrong"] raises="（nn.LazyLinear(3)，形状已由load_state_dict给出）：应为True，得到False"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    for m in module.modules():
        if 'Lazy' in type(m).__name__:
            return False
        for p in m.parameters(recurse=False):
            if isinstance(p, nn.UninitializedParameter):
                return False
    return True


# %% 只看自己的参数，不看子模块 tags=["wrong"] raises="（partly_lazy_mlp()，只运行过前三层）：应为False，得到True"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    return not any(
        isinstance(p, nn.UninitializedParameter) for p in module.parameters(recurse=False)
    )


# %% 用size判断 tags=["wrong"] raises="（nn.LazyLinear(3)）：应为False，得到True"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    return all(p.size() is not None for p in module.parameters())


# %% 用size是否含0判断 tags=["wrong"] raises="（形状(0,)和()）：应为True，得到False"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    return all(p.size() != torch.Size([0]) for p in module.parameters())


# %% 有一个参数有形状就算 tags=["wrong"] raises="（partly_lazy_mlp()，只运行过前三层）：应为False"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    params = list(module.parameters())
    return not params or any(not isinstance(p, nn.UninitializedParameter) for p in params)


# %% 没有参数时返回False tags=["wrong"] raises="（nn.ReLU()，没有参数）：应为True"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    params = list(module.parameters())
    return len(params) > 0 and not any(isinstance(p, nn.UninitializedParameter) for p in params)


# %% 只认线性层 tags=["wrong"] raises="应为"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    return all(m.in_features > 0 for m in module.modules() if hasattr(m, 'in_features'))


# %% 以为每个模块都有weight tags=["wrong"] raises="AttributeError: 'Sequential' object has no attribute 'weight'，出在你的代码"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    return not isinstance(module.weight, nn.UninitializedParameter)


# %% 只看最后一个参数 tags=["wrong"] raises="（延后层在子模块的子模块里）：应为False"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    result = True
    for p in module.parameters():
        result = not isinstance(p, nn.UninitializedParameter)
    return result


# %% 只看第一个参数 tags=["wrong"] raises="应为False，得到True"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    for p in module.parameters():
        return not isinstance(p, nn.UninitializedParameter)
    return True


# %% 缓冲区也算 tags=["wrong"] raises="（只有缓冲区没有形状）：应为True"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


from torch.nn.parameter import is_lazy


def is_initialized(module):
    return not any(map(is_lazy, [*module.parameters(), *module.buffers()]))


# %% meta设备上的也算没有形状 tags=["wrong"] raises="（meta设备上的线性层）：应为True"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) or p.is_meta for p in module.parameters())


# %% 切换到预测模式 tags=["wrong"] raises="module变了"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    module.eval()
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 切到预测模式又切回训练模式 tags=["wrong"] raises="module变了"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    module.eval()
    module.train()
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 擅自定出形状 tags=["wrong"] raises="（nn.LazyLinear(3)）：module变了"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    lazy = [p for p in module.parameters() if isinstance(p, nn.UninitializedParameter)]
    for p in lazy:
        p.materialize((1, 1))
    return not lazy


# %% 没有偏置 tags=["wrong"] raises="参数的形状应为"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10, bias=False),
    )


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 各个网络共用第一层 tags=["wrong"] raises="每次都应返回新的网络"
first = nn.Linear(20, 256)


def partly_lazy_mlp():
    return nn.Sequential(
        first,
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 各个网络共用最后一层 tags=["wrong"] raises="每次都应返回新的网络"
last = nn.LazyLinear(10)


def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        last,
    )


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 辅助函数与变量的名字不巧，连内置函数的名字也用了 tags=["right"]
type = 'nn.LazyLinear'
list = [128, 10]
X = net = rows = expected = first = copy = math = None


def shape(p):
    return None if isinstance(p, nn.UninitializedParameter) else p.shape


def all(values):
    for value in values:
        if value is None:
            return False
    return True


def layer(n):
    return nn.LazyLinear(n)


def partly_lazy_mlp():
    hidden, out = list
    return nn.Sequential(nn.Linear(20, 256), nn.ReLU(), layer(hidden), nn.ReLU(), layer(out))


def is_initialized(module):
    return all(shape(p) for p in module.parameters())


# %% 就建在device上，边判断边打印 tags=["right"]
def partly_lazy_mlp():
    net = nn.Sequential(nn.Linear(20, 256, device=device))
    for n in (128, 10):
        net.extend([nn.ReLU(), nn.LazyLinear(n, device=device)])
    return net


def is_initialized(module):
    waiting = [name for name, p in module.named_parameters() if not hasattr_shape(p)]
    if waiting:
        print('还没有形状：', waiting)
    return waiting == []


def hasattr_shape(p):
    try:
        return p.numel() >= 0
    except ValueError:
        return False


# %% state_dict与repr tags=["right"]
partly_lazy_mlp = lambda: nn.Sequential(
    nn.Linear(20, 256), nn.ReLU(inplace=True), nn.LazyLinear(128), nn.ReLU(True), nn.LazyLinear(10)
)
is_initialized = lambda module: not any(
    'Uninitialized' in type(p).__name__ for p in module.parameters()
)


# %% 返回0维张量 tags=["right"]
import copy
from functools import partial

prototype = nn.Sequential(
    nn.Linear(20, 256), nn.ReLU(), nn.LazyLinear(128), nn.ReLU(), nn.LazyLinear(10)
)
partly_lazy_mlp = partial(copy.deepcopy, prototype)


def is_initialized(module):
    ready = [not torch.nn.parameter.is_lazy(p) for p in module.parameters()]
    return torch.tensor(ready, dtype=torch.bool).all()


# %% 自己的激活函数 tags=["right"]
class Positive(nn.Module):
    def forward(self, X):
        return X.clamp(min=0)


def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256), Positive(), nn.LazyLinear(128), Positive(), nn.LazyLinear(10)
    )


def is_initialized(module):
    for p in module.parameters():
        if isinstance(p, nn.UninitializedParameter):
            break
    else:
        return True
    return False


# %% 把参数置零来试 tags=["wrong"] raises="（nn.Linear(2, 3)）：module变了"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    try:
        for p in module.parameters():
            nn.init.zeros_(p)
    except ValueError:
        return False
    return True


# %% 顺手冻结了参数 tags=["wrong"] raises="module变了"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    ready = True
    for p in module.parameters():
        ready = ready and not isinstance(p, nn.UninitializedParameter)
        p.requires_grad = False
    return ready


# %% 标量参数算没有形状 tags=["wrong"] raises="（形状(0,)和()）：应为True，得到False"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    try:
        return all(len(p.shape) > 0 for p in module.parameters())
    except RuntimeError:
        return False


# %% 忘了在最后返回True tags=["wrong"] raises="（nn.Linear(2, 3)）：is_initialized没有返回值（return）"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    for p in module.parameters():
        if isinstance(p, nn.UninitializedParameter):
            return False


# %% partly_lazy_mlp忘了return tags=["wrong"] raises="partly_lazy_mlp没有返回值（return）"
def partly_lazy_mlp():
    nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.LazyLinear(128), nn.ReLU(), nn.LazyLinear(10))


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 用了ReLU6 tags=["wrong"] raises="输出与线性层、ReLU相间的结果相差"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256), nn.ReLU6(), nn.LazyLinear(128), nn.ReLU6(), nn.LazyLinear(10)
    )


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 两个延后层的尺寸写反 tags=["wrong"] raises="（运行之后）：参数的形状应为"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256), nn.ReLU(), nn.LazyLinear(10), nn.ReLU(), nn.LazyLinear(128)
    )


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 第一层的尺寸写反 tags=["wrong"] raises="（构造之后，None是没有形状）：参数的形状应为"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(256, 20), nn.ReLU(), nn.LazyLinear(128), nn.ReLU(), nn.LazyLinear(10)
    )


def is_initialized(module):
    return not any(isinstance(p, nn.UninitializedParameter) for p in module.parameters())


# %% 只看一层深的子模块 tags=["wrong"] raises="（延后层在子模块的子模块里）：应为False，得到True"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    parts = [module, *module.children()]
    params = [p for part in parts for p in part.parameters(recurse=False)]
    return not any(isinstance(p, nn.UninitializedParameter) for p in params)


# %% 只看weight tags=["wrong"] raises="（nn.ParameterList，第1个参数没有形状）：应为False，得到True"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    weights = [m.weight for m in module.modules() if hasattr(m, 'weight')]
    return not any(isinstance(w, nn.UninitializedParameter) for w in weights)


# %% 只问LazyModuleMixin tags=["wrong"] raises="应为"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    lazy = [m for m in module.modules() if isinstance(m, nn.modules.lazy.LazyModuleMixin)]
    return not any(m.has_uninitialized_params() for m in lazy)


# %% 顺手改了数据类型 tags=["wrong"] raises="（nn.Linear(2, 3)）：module变了"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    module.double()
    return not any(nn.parameter.is_lazy(p) for p in module.parameters())


# %% 顺手清了梯度 tags=["wrong"] raises="（partly_lazy_mlp()，运行过，预测模式）：module变了"
def partly_lazy_mlp():
    return nn.Sequential(
        nn.Linear(20, 256),
        nn.ReLU(),
        nn.LazyLinear(128),
        nn.ReLU(),
        nn.LazyLinear(10),
    )


def is_initialized(module):
    module.zero_grad()
    return not any(nn.parameter.is_lazy(p) for p in module.parameters())

# %% 只看最里面的模块 tags=["wrong"] raises="（含子模块的容器自己的参数没有形状）：应为False，得到True"
from torch import nn


def partly_lazy_mlp():
    return nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.LazyLinear(128), nn.ReLU(), nn.LazyLinear(10))


def is_initialized(module):
    kids = [*module.children()]
    if kids:
        return all(map(is_initialized, kids))
    return not any(map(nn.parameter.is_lazy, module.parameters()))

# %% 参数的类恰好是nn.Parameter才算 tags=["wrong"] raises="（参数是nn.Parameter的子类）：应为True，得到False"
from torch import nn


def partly_lazy_mlp():
    return nn.Sequential(nn.Linear(20, 256), nn.ReLU(), nn.LazyLinear(128), nn.ReLU(), nn.LazyLinear(10))


def is_initialized(module):
    return all(type(p) is nn.Parameter for p in module.parameters())
