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


# %% 第一层也延后 tags=["wrong"] raises="第一层的输入尺寸已经给出"
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


# %% 没有延后层 tags=["wrong"] raises="第2层没有给出输入尺寸"
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


# %% 构造时就试运行 tags=["wrong"] raises="第2层没有给出输入尺寸"
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


# %% 用了Tanh tags=["wrong"] raises="相邻的线性层之间用ReLU"
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


# %% 每次返回同一个网络 tags=["wrong"] raises="每次调用都应返回新的网络"
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


# %% 只看类名 tags=["wrong"] raises="类还是LazyLinear，参数已从文件读入"
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


# %% 只看自己的参数，不看子模块 tags=["wrong"] raises="延后层在子模块的子模块里"
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


# %% 用size判断 tags=["wrong"] raises="没有调用过的延后层：应为False"
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


# %% 用size是否含0判断 tags=["wrong"] raises="形状为(0,)的参数：应为True"
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


# %% 有一个参数有形状就算 tags=["wrong"] raises="延后层在子模块的子模块里"
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


# %% 没有参数时返回False tags=["wrong"] raises="没有参数的模块：应为True"
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


# %% 只认线性层 tags=["wrong"] raises="没有调用过的卷积层：应为False"
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


# %% 以为每个模块都有weight tags=["wrong"] raises="is_initialized自己抛出了AttributeError"
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


# %% 只看最后一个参数 tags=["wrong"] raises="前一个参数没有形状，后一个有：应为False"
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


# %% 缓冲区也算 tags=["wrong"] raises="没有参数，只有缓冲区：应为True"
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


# %% meta设备上的也算没有形状 tags=["wrong"] raises="meta设备上的线性层：应为True"
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


# %% 切换到预测模式 tags=["wrong"] raises="is_initialized不应改变module"
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


# %% 切到预测模式又切回训练模式 tags=["wrong"] raises="is_initialized不应改变module"
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


# %% 擅自定出形状 tags=["wrong"] raises="没有调用过的延后层：is_initialized不应改变module"
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


# %% 没有偏置 tags=["wrong"] raises="线性层都应带偏置"
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


# %% 各个网络共用第一层 tags=["wrong"] raises="每次调用都应返回新的网络，层也都是新的"
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


# %% 各个网络共用最后一层 tags=["wrong"] raises="每次调用都应返回新的网络，层也都是新的"
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
