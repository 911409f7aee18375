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


# %% Sequential的子类；新建Linear再载入 tags=["right"]
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


# %% 共享层是全局的 tags=["wrong"] raises="不应返回同一批参数"
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


# %% 漏了激活函数 tags=["wrong"] raises="七层的nn.Sequential"
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


# %% 输入与输出弄反 tags=["wrong"] raises="各层的输入数或输出数不对"
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


# %% deepcopy整个网络，绑定还在 tags=["wrong"] raises="仍有两个位置是同一个对象"
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


# %% 只换下标4，其余与原网络共用 tags=["wrong"] raises="与net之间都不应共用存储"
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


# %% 原地拆开 tags=["wrong"] raises="untie不应改变net"
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


# %% 重新建一个，值不相等 tags=["wrong"] raises="各处的值应与net相等"
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


# %% 只会拆下标2和4 tags=["wrong"] raises="仍有两个位置是同一个对象"
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


# %% 新层共用旧层的数据 tags=["wrong"] raises="不应共用存储"
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


# %% 拆开时丢了精度 tags=["wrong"] raises="不应改变精度"
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
    twin = nn.Sequential(
        *[
            nn.Linear(m.in_features, m.out_features, device=m.weight.device)
            if isinstance(m, nn.Linear)
            else copy.deepcopy(m)
            for m in net
        ]
    )
    twin.load_state_dict(net.state_dict())
    return twin
