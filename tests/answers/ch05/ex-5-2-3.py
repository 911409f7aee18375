# %% 逐层append；逐层存取 tags=["right"]
import io


def tied_mlp(input_size, hidden_size, output_size):
    net = nn.Sequential()
    shared = nn.Linear(hidden_size, hidden_size)
    for layer in (nn.Linear(input_size, hidden_size), shared, shared):
        net.append(layer)
        net.append(nn.ReLU())
    net.append(nn.Linear(hidden_size, output_size))
    return net


def untie(net):
    layers = []
    for layer in net:
        file = io.BytesIO()
        torch.save(layer, file)
        file.seek(0)
        layers.append(torch.load(file, weights_only=False))
    return nn.Sequential(*layers)


# %% 先建再换；先复制整个网络再拆开重复的 tags=["right"]
def tied_mlp(input_size, hidden_size, output_size):
    net = nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )
    net[4] = net[2]
    return net


def untie(net):
    twin, seen = copy.deepcopy(net), set()
    for i, layer in enumerate(twin):
        if id(layer) in seen:
            twin[i] = copy.deepcopy(layer)
        seen.add(id(twin[i]))
    return twin


# %% 新建Linear再载入，没有偏置的层载不进 tags=["wrong"] raises="Error(s) in loading state_dict for Linear"
class TiedMLP(nn.Sequential):
    def __init__(self, n, h, q):
        shared, relu = nn.Linear(h, h), nn.ReLU()
        super().__init__(nn.Linear(n, h), relu, shared, relu, shared, relu, nn.Linear(h, q))


def tied_mlp(input_size, hidden_size, output_size):
    return TiedMLP(input_size, hidden_size, output_size)


def untie(net):
    layers = []
    for layer in net:
        if isinstance(layer, nn.Linear):
            fresh = nn.Linear(
                layer.in_features,
                layer.out_features,
                device=layer.weight.device,
                dtype=layer.weight.dtype,
            )
            fresh.load_state_dict(layer.state_dict())
            layers.append(fresh)
        else:
            layers.append(type(layer)())
    return nn.Sequential(*layers)


# %% OrderedDict命名的层 tags=["right"]
from collections import OrderedDict


def tied_mlp(input_size, hidden_size, output_size):
    layers = OrderedDict()
    layers['first'] = nn.Linear(input_size, hidden_size)
    layers['relu1'] = nn.ReLU()
    layers['shared'] = nn.Linear(hidden_size, hidden_size)
    layers['relu2'] = nn.ReLU()
    layers['again'] = layers['shared']
    layers['relu3'] = nn.ReLU()
    layers['last'] = nn.Linear(hidden_size, output_size)
    return nn.Sequential(layers)


def untie(net):
    return nn.Sequential(
        OrderedDict((f'layer{i}', copy.deepcopy(layer)) for i, layer in enumerate(net))
    )


# %% 两层值相等，但不是同一个对象 tags=["wrong"] raises="只是值相等还不够"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        copy.deepcopy(shared),
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return nn.Sequential(*[copy.deepcopy(layer) for layer in net])


# %% 只共用存储 tags=["wrong"] raises="下标2和4应是同一个对象"
def tied_mlp(input_size, hidden_size, output_size):
    net = nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )
    net[4].weight.data = net[2].weight.data
    net[4].bias.data = net[2].bias.data
    return net


def untie(net):
    return nn.Sequential(*[copy.deepcopy(layer) for layer in net])


# %% 只共享权重，偏置各自一份 tags=["wrong"] raises="下标2和4应是同一个对象"
def tied_mlp(input_size, hidden_size, output_size):
    net = nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )
    net[4].weight = net[2].weight
    return net


def untie(net):
    return nn.Sequential(*[copy.deepcopy(layer) for layer in net])


# %% 共享层是全局的 tags=["wrong"] raises="两次调用共用参数"
layers_by_width = {}


def tied_mlp(input_size, hidden_size, output_size):
    shared = layers_by_width.setdefault(hidden_size, nn.Linear(hidden_size, hidden_size))
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return nn.Sequential(*[copy.deepcopy(layer) for layer in net])


# %% 漏了激活函数 tags=["wrong"] raises="应返回Linear和ReLU相间的七层nn.Sequential"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        shared,
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return nn.Sequential(*[copy.deepcopy(layer) for layer in net])


# %% 输入与输出弄反 tags=["wrong"] raises="参数的形状应为[[8, 5], [8], [8, 8], [8], [3, 8], [3]]，得到[[8, 3]"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(output_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, input_size),
    )


def untie(net):
    return nn.Sequential(*[copy.deepcopy(layer) for layer in net])


# %% deepcopy整个网络，绑定还在 tags=["wrong"] raises="仍有两处（或与net）共用一份参数"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return copy.deepcopy(net)


# %% 只换下标4，其余与原网络共用 tags=["wrong"] raises="仍有两处（或与net）共用一份参数"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    layers = list(net)
    layers[4] = copy.deepcopy(layers[4])
    return nn.Sequential(*layers)


# %% 原地拆开 tags=["wrong"] raises="仍有两处（或与net）共用一份参数"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    net[4] = copy.deepcopy(net[2])
    return net


# %% 重新建一个，值不相等 tags=["wrong"] raises="输出应与net相同，最大相差0."
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return nn.Sequential(
        *[
            nn.Linear(
                m.in_features,
                m.out_features,
                dtype=m.weight.dtype,
                device=m.weight.device,
            )
            if isinstance(m, nn.Linear)
            else m
            for m in net
        ]
    )


# %% 只会拆下标2和4 tags=["wrong"] raises="仍有两处（或与net）共用一份参数"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    twin = copy.deepcopy(net)
    twin[4] = copy.deepcopy(twin[2])
    return twin


# %% 新层共用旧层的数据 tags=["wrong"] raises="仍有两处（或与net）共用一份参数"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    layers = []
    for layer in net:
        fresh = copy.copy(layer)
        fresh._parameters = {name: nn.Parameter(p.data) for name, p in layer._parameters.items()}
        layers.append(fresh)
    return nn.Sequential(*layers)


# %% 拆开时丢了数据类型 tags=["wrong"] raises="数据类型、设备、要不要梯度应与net相同"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return nn.Sequential(*[copy.deepcopy(m).float() for m in net])


# %% 辅助名字与检查、内置函数同名 tags=["right"]
def layer(i, o):
    return nn.Linear(i, o)


def nets(model):
    return [copies(m) for m in model]


def copies(m):
    return copy.deepcopy(m)


net, twin, X, want, got, sum, list, type, zip, max, case = range(11)


def tied_mlp(input_size, hidden_size, output_size):
    shared = layer(hidden_size, hidden_size)
    relu = nn.ReLU()
    first, last = layer(input_size, hidden_size), layer(hidden_size, output_size)
    return nn.Sequential(first, relu, shared, relu, shared, relu, last)


def untie(net):
    return nn.Sequential(*nets(net))


# %% Sequential的子类，建在全局的device上；逐个参数换新的 tags=["right"]
class TiedMLP(nn.Sequential):
    def __init__(self, n, h, q):
        shared = nn.Linear(h, h, device=device)
        super().__init__(
            nn.Linear(n, h, device=device), nn.ReLU(inplace=True),
            shared, nn.ReLU(inplace=True),
            shared, nn.ReLU(inplace=True),
            nn.Linear(h, q, device=device),
        )

    def forward(self, X):
        for m in self:
            X = m(X)
            if X.abs().max().item() > 1e6:
                print('发散')
        return X


tied_mlp = TiedMLP


def untie(net):
    twin = []
    for m in net:
        fresh = copy.copy(m)
        fresh._parameters = {
            k: None if p is None else nn.Parameter(p.detach().clone())
            for k, p in m._parameters.items()
        }
        twin.append(fresh)
    return nn.Sequential(*twin)


# %% 没有参数的激活函数照旧用原来的对象 tags=["right"]
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return nn.Sequential(*[copy.deepcopy(m) if list(m.parameters()) else m for m in net])


# %% pickle逐层存取 tags=["right"]
import pickle


def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


untie = lambda net: nn.Sequential(*map(lambda m: pickle.loads(pickle.dumps(m)), net))


# %% 按种类新建，偏置有无、斜率都照抄 tags=["right"]
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    layers = []
    for m in net:
        if isinstance(m, nn.Linear):
            new = nn.Linear(m.in_features, m.out_features, bias=m.bias is not None)
        elif isinstance(m, nn.PReLU):
            new = nn.PReLU(m.num_parameters)
        elif isinstance(m, nn.LeakyReLU):
            new = nn.LeakyReLU(m.negative_slope)
        else:
            new = type(m)()
        for p in m.parameters():
            new.to(p.device, p.dtype)
        new.load_state_dict(m.state_dict())
        layers.append(new)
    return nn.Sequential(*layers)


# %% 只复制Linear，PReLU仍是net的 tags=["wrong"] raises="['Linear', 'PReLU', 'Linear', 'LeakyReLU', 'Linear', 'PReLU', 'Linear']）：仍有两处（或与net）共用一份参数"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return nn.Sequential(
        *[copy.deepcopy(m) if isinstance(m, nn.Linear) else m for m in net]
    )


# %% 激活函数一律换成新的默认值 tags=["wrong"] raises="输出应与net相同，最大相差"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return nn.Sequential(
        *[copy.deepcopy(m) if isinstance(m, (nn.Linear, nn.PReLU)) else type(m)() for m in net]
    )


# %% 激活函数一律换成ReLU tags=["wrong"] raises="输出应与net相同，最大相差"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return nn.Sequential(
        *[copy.deepcopy(m) if isinstance(m, nn.Linear) else nn.ReLU() for m in net]
    )


# %% 先原地拆开net，再复制 tags=["wrong"] raises="untie改动了net"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    seen = set()
    for i, m in enumerate(net):
        if m in seen:
            net[i] = copy.deepcopy(m)
        seen.add(m)
    return copy.deepcopy(net)


# %% untie的参数不要梯度 tags=["wrong"] raises="数据类型、设备"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return nn.Sequential(*[copy.deepcopy(m) for m in net]).requires_grad_(False)


# %% 共享层冻结了 tags=["wrong"] raises="有的参数不要求梯度"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size).requires_grad_(False)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return nn.Sequential(*[copy.deepcopy(layer) for layer in net])


# %% LazyLinear tags=["wrong"] raises="参数还没有形状"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.LazyLinear(hidden_size)
    return nn.Sequential(
        nn.LazyLinear(hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.LazyLinear(output_size),
    )


def untie(net):
    return nn.Sequential(*[copy.deepcopy(layer) for layer in net])


# %% 最后又有一个ReLU tags=["wrong"] raises="应返回Linear和ReLU相间的七层nn.Sequential"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
        nn.ReLU(),
    )


def untie(net):
    return nn.Sequential(*[copy.deepcopy(layer) for layer in net])


# %% 忘了返回 tags=["wrong"] raises="tied_mlp没有返回值（return）"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    nn.Sequential(nn.Linear(input_size, hidden_size), nn.ReLU(), shared, nn.ReLU(), shared)


def untie(net):
    return nn.Sequential(*[copy.deepcopy(layer) for layer in net])


# %% untie返回列表 tags=["wrong"] raises="应返回7层的nn.Sequential，得到list[Linear"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return [copy.deepcopy(m) for m in net]


# %% 遍历children，重复的层只剩一份 tags=["wrong"] raises="应返回7层的nn.Sequential，得到Sequential[Linear("
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return nn.Sequential(*[copy.deepcopy(m) for m in net.children()])


# %% 两层共用参数对象，层却是两个 tags=["wrong"] raises="下标2和4应是同一个对象"
def tied_mlp(input_size, hidden_size, output_size):
    net = nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, hidden_size),
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )
    net[4].weight, net[4].bias = net[2].weight, net[2].bias
    return net


def untie(net):
    return nn.Sequential(*[copy.deepcopy(m) for m in net])


# %% 后两层是浅拷贝 tags=["wrong"] raises="仍有两处（或与net）共用一份参数"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    twin = copy.deepcopy(net)
    twin[4] = copy.copy(twin[2])
    return twin


# %% 用_modules换成同一个；逐层改名 tags=["right"]
def tied_mlp(n, h, q):
    net = nn.Sequential(
        nn.Linear(n, h), nn.ReLU(), nn.Linear(h, h), nn.ReLU(), nn.Identity(), nn.ReLU(), nn.Linear(h, q)
    )
    net._modules['4'] = net._modules['2']
    return net


def untie(net):
    twin = nn.Sequential()
    for i in range(len(net)):
        twin.add_module(f'layer{i}', copy.deepcopy(net[i], {}))
    return twin


# %% PReLU一律新建成一个参数的 tags=["wrong"] raises="梯度与各处之和相差"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    layers = []
    for m in net:
        new = copy.deepcopy(m)
        if isinstance(m, nn.PReLU):
            new = nn.PReLU().to(m.weight)
            new.weight.data.fill_(m.weight.flatten()[0].item())
        layers.append(new)
    return nn.Sequential(*layers)


# %% 参数写进一个向量 tags=["right"]
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    twin = nn.Sequential(*[copy.deepcopy(layer) for layer in net])
    vector = nn.utils.parameters_to_vector(twin.parameters()).detach().clone()
    nn.utils.vector_to_parameters(vector, twin.parameters())
    return twin


# %% 每层的参数写进一个向量 tags=["right"]
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    twin = nn.Sequential()
    for layer in map(copy.deepcopy, net):
        if params := list(layer.parameters()):
            vector = nn.utils.parameters_to_vector(params).detach().clone()
            nn.utils.vector_to_parameters(vector, params)
        twin.append(layer)
    return twin


# %% 共享层照抄书中的宽度8 tags=["wrong"] raises="（tied_mlp(6, 7, 2)）：参数的形状应为[[7, 6], [7], [7, 7], [7], [2, 7], [2]]，得到[[7, 6], [7], [8, 8]"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(8, 8)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, output_size),
    )


def untie(net):
    return nn.Sequential(*[copy.deepcopy(layer) for layer in net])


# %% 输出数写死 tags=["wrong"] raises="（tied_mlp(6, 7, 2)）：参数的形状应为[[7, 6], [7], [7, 7], [7], [2, 7], [2]]，得到[[7, 6], [7], [7, 7], [7], [3, 7], [3]]"
def tied_mlp(input_size, hidden_size, output_size):
    shared = nn.Linear(hidden_size, hidden_size)
    return nn.Sequential(
        nn.Linear(input_size, hidden_size),
        nn.ReLU(),
        shared,
        nn.ReLU(),
        shared,
        nn.ReLU(),
        nn.Linear(hidden_size, 3),
    )


def untie(net):
    return nn.Sequential(*[copy.deepcopy(layer) for layer in net])
