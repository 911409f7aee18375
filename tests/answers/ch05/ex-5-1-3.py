# %% 循环和append tags=["right"]
def repeat_block(make_block, n):
    net = nn.Sequential()
    for _ in range(n):
        net.append(make_block())
    return net


def create_network(num_instances, input_size, hidden_size, output_size):
    net = nn.Sequential()
    for i in range(num_instances):
        net.add_module(
            f'block{i}',
            nn.Sequential(
                nn.Linear(input_size, hidden_size),
                nn.ReLU(),
                nn.Linear(hidden_size, input_size),
                nn.ReLU(),
            ),
        )
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 不套一层，全部摊平 tags=["right"]
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for i in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    layers = []
    for _ in range(num_instances):
        layers += [
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        ]
    net = nn.Sequential(*layers)
    net.output = nn.Linear(input_size, output_size)
    return net


# %% 块是自己写的类，用OrderedDict命名 tags=["right"]
from collections import OrderedDict


class Block(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(input_size, hidden_size)
        self.down = nn.Linear(hidden_size, input_size)

    def forward(self, X):
        return self.down(self.up(X).relu()).clamp(min=0)


def repeat_block(make_block, n):
    return nn.Sequential(OrderedDict((f'block{i}', make_block()) for i in range(n)))


def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(lambda: Block(input_size, hidden_size), num_instances)
    return nn.Sequential(
        OrderedDict([('body', net), ('output', nn.Linear(input_size, output_size))])
    )


# %% 递归；深拷贝之后重新初始化 tags=["right"]
def repeat_block(make_block, n):
    if n == 0:
        return nn.Sequential()
    first = make_block()
    return nn.Sequential(first, *repeat_block(make_block, n - 1))


def create_network(num_instances, input_size, hidden_size, output_size):
    block = nn.Sequential(
        nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, input_size), nn.ReLU()
    )
    net = nn.Sequential(*(copy.deepcopy(block) for _ in range(num_instances)))
    for layer in net.modules():
        if isinstance(layer, nn.Linear):
            layer.reset_parameters()
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 辅助函数名叫make_block tags=["right"]
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def make_block(input_size, hidden_size):
    return nn.Sequential(
        nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, input_size), nn.ReLU()
    )


def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(lambda: make_block(input_size, hidden_size), num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 辅助函数名叫block tags=["right"]
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def block(input_size, hidden_size):
    return nn.Sequential(
        nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, input_size), nn.ReLU()
    )


def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(lambda: block(input_size, hidden_size), num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 块里先登记第二个线性层 tags=["right"]
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


class Block(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.down = nn.Linear(hidden_size, input_size)
        self.up = nn.Linear(input_size, hidden_size)

    def forward(self, X):
        return self.down(self.up(X).relu()).relu()


def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(lambda: Block(input_size, hidden_size), num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 每块的第二个线性层从零开始 tags=["right"]
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def make(input_size, hidden_size):
    return nn.Sequential(
        nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, input_size), nn.ReLU()
    )


def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(lambda: make(input_size, hidden_size), num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    for block in net[:-1]:
        nn.init.zeros_(block[2].weight)
    return net


# %% 列表推导式重复同一个对象 tags=["wrong"] raises="repeat_block：每次make_block()得到的块依次是子块（n=3）：make_block()应调用3次，实际1次，得到1个不同的块"
def repeat_block(make_block, n):
    block = make_block()
    return nn.Sequential(*[block for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 列表乘法 tags=["wrong"] raises="repeat_block：每次make_block()得到的块依次是子块（n=3）：make_block()应调用3次，实际1次，得到1个"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block()] * n)


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% itertools.repeat tags=["wrong"] raises="repeat_block：每次make_block()得到的块依次是子块（n=3）：make_block()应调用3次，实际1次，得到1个"
import itertools


def repeat_block(make_block, n):
    return nn.Sequential(*itertools.repeat(make_block(), n))


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 深拷贝 tags=["wrong"] raises="repeat_block：每次make_block()得到的块依次是子块（n=3）：make_block()应调用3次，实际1次，得到3个不同的块"
def repeat_block(make_block, n):
    block = make_block()
    return nn.Sequential(*[copy.deepcopy(block) for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 多造一块试探 tags=["wrong"] raises="repeat_block：每次make_block()得到的块依次是子块（n=3）：make_block()应调用3次，实际4次"
def repeat_block(make_block, n):
    assert isinstance(make_block(), nn.Module)
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 次序反了 tags=["wrong"] raises="子块应依次是"
def repeat_block(make_block, n):
    blocks = []
    for _ in range(n):
        blocks.insert(0, make_block())
    return nn.Sequential(*blocks)


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 造了又复制 tags=["wrong"] raises="子块应依次是"
def repeat_block(make_block, n):
    return nn.Sequential(*[copy.deepcopy(make_block()) for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 返回列表 tags=["wrong"] raises="应返回（return）nn.Sequential，得到<class 'list'>"
def repeat_block(make_block, n):
    return [make_block() for _ in range(n)]


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 返回ModuleList tags=["wrong"] raises="应返回（return）nn.Sequential，得到<class 'torch.nn.modules.container.ModuleList'>"
def repeat_block(make_block, n):
    return nn.ModuleList(make_block() for _ in range(n))


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 把列表直接交给Sequential tags=["wrong"] raises="list is not a Module subclass"
def repeat_block(make_block, n):
    return nn.Sequential([make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% n为0时也造一块 tags=["wrong"] raises="（n=0）：make_block()应调用0次，实际1次"
def repeat_block(make_block, n):
    net = nn.Sequential(make_block())
    for _ in range(n - 1):
        net.append(make_block())
    return net


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 网络里重复同一个对象 tags=["wrong"] raises="create_network：各块的参数、初值和输出（create_network(3, 10, 5, 2)）：参数量应为367，得到137，只够一个块和output"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    block = make_block()
    net = nn.Sequential(*[block for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 网络里全是深拷贝 tags=["wrong"] raises="create_network：各块的参数、初值和输出（create_network(3, 10, 5, 2)）：有的块与别的块有初值相同的参数"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    block = make_block()
    net = nn.Sequential(*[copy.deepcopy(block) for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 共用线性层，每块只换激活函数 tags=["wrong"] raises="得到137，只够一个块和output"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    up = nn.Linear(input_size, hidden_size)
    down = nn.Linear(hidden_size, input_size)
    net = nn.Sequential(
        *[nn.Sequential(up, nn.ReLU(), down, nn.ReLU()) for _ in range(num_instances)]
    )
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 块以线性层收尾 tags=["wrong"] raises="create_network：各块的参数、初值和输出（create_network(3, 10, 5, 2)）：输出不对：两个Linear之后都要有ReLU，output之后没有"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, input_size)
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 块里没有第一个ReLU tags=["wrong"] raises="create_network：各块的参数、初值和输出（create_network(3, 10, 5, 2)）：输出不对"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size), nn.Linear(hidden_size, input_size), nn.ReLU()
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 用Tanh代替ReLU tags=["wrong"] raises="create_network：各块的参数、初值和输出（create_network(3, 10, 5, 2)）：输出不对"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.Tanh(),
            nn.Linear(hidden_size, input_size),
            nn.Tanh(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 输出层之后也加ReLU tags=["wrong"] raises="最后一个子块应名为output"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net.append(nn.ReLU())


# %% 输出层没有名字 tags=["wrong"] raises="最后一个子块应名为output"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.append(nn.Linear(input_size, output_size))
    return net


# %% 忘了输出层 tags=["wrong"] raises="最后一个子块应名为output"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])

    return net


# %% 没有偏置 tags=["wrong"] raises="参数量应为367，得到322"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size, bias=False),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size, bias=False),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 两个宽度写反了 tags=["wrong"] raises="create_network：各块的参数、初值和输出（create_network(3, 10, 5, 2)）：形状接不上：每块先是Linear(10, 5)，再是Linear(5, 10)"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 少造一块 tags=["wrong"] raises="参数量应为367，得到252"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances - 1)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 权重全是常数 tags=["wrong"] raises="create_network：各块的参数、初值和输出（create_network(3, 10, 5, 2)）：有的块没有随机初值：每个参数的各个元素都相等"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    for param in net.parameters():
        nn.init.constant_(param, 0.1)
    return net


# %% 参数相同就返回缓存的网络 tags=["wrong"] raises="create_network：各块的参数、初值和输出（create_network(3, 10, 5, 2)）：两次调用得到同样的参数"
import functools


def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def make(input_size, hidden_size):
    return nn.Sequential(
        nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, input_size), nn.ReLU()
    )


@functools.cache
def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(lambda: make(input_size, hidden_size), num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 冻结了各块 tags=["wrong"] raises="有的参数没有得到梯度"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def make(input_size, hidden_size):
    return nn.Sequential(
        nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, input_size), nn.ReLU()
    )


def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(lambda: make(input_size, hidden_size), num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    net[:-1].requires_grad_(False)
    return net


# %% 冻结了输出层 tags=["wrong"] raises="有的参数没有得到梯度"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def make(input_size, hidden_size):
    return nn.Sequential(
        nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, input_size), nn.ReLU()
    )


def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(lambda: make(input_size, hidden_size), num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    net.output.requires_grad_(False)
    return net


# %% 隐藏宽度多了1 tags=["wrong"] raises="参数量应为367，得到430"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def make(input_size, hidden_size):
    hidden_size += 1
    return nn.Sequential(
        nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, input_size), nn.ReLU()
    )


def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(lambda: make(input_size, hidden_size), num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 辅助的名字与谁都重 tags=["right"]
import copy as sum
import math as type

net, expected, rows, X, first, case, made, n = {}, [], (), 3, 'first', 0, None, ...


def layer(i, o):
    return nn.Linear(i, o)


def group(i, h):
    return nn.Sequential(layer(i, h), nn.ReLU(), layer(h, i), nn.ReLU())


def list(*blocks):
    return nn.Sequential(*blocks)


in_block = create = networks = repeated = forward = layer


def repeat_block(make_block, n):
    return list(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(lambda: group(input_size, hidden_size), num_instances)
    net.add_module('output', layer(input_size, output_size))
    return net


# %% 用笔记本的device，打印 tags=["right"]
def repeat_block(make_block, n):
    blocks = [make_block().to(device) for _ in range(n)]
    print(len(blocks), '块')
    return nn.Sequential(*blocks)


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        up = nn.Linear(input_size, hidden_size, device=device)
        down = nn.Linear(hidden_size, input_size, device=device)
        print(up.weight.norm().item())
        return nn.Sequential(up, nn.ReLU(), down, nn.ReLU())

    net = repeat_block(make_block, num_instances)
    net.add_module('output', nn.Linear(input_size, output_size, device=device))
    return net


# %% 偏函数，map，块共用没有参数的ReLU tags=["right"]
import functools


def repeat_block(make_block, n):
    return nn.Sequential(*map(lambda _: make_block(), range(n)))


def make(input_size, hidden_size, relu=nn.ReLU()):
    return nn.Sequential(
        nn.Linear(input_size, hidden_size), relu, nn.Linear(hidden_size, input_size), relu
    )


def create_network(num_instances, input_size, hidden_size, output_size):
    net = nn.Sequential()
    net.body = repeat_block(functools.partial(make, input_size, hidden_size), num_instances)
    net.output = nn.Linear(input_size, output_size)
    return net


# %% 可调用的对象，Sequential的子类 tags=["right"]
class Block(nn.Sequential):
    def __init__(self, input_size, hidden_size):
        super().__init__(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )


class Factory:
    def __init__(self, *sizes):
        self.sizes, self.count = sizes, 0

    def __call__(self):
        self.count += 1
        return Block(*self.sizes)


class Network(nn.Sequential):
    pass


def repeat_block(make_block, n):
    net = Network()
    while len(net) < n:
        net.add_module(f'block {len(net)}', make_block())
    return net


def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(Factory(input_size, hidden_size), num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% LazyLinear，返回之前试运行了一次 tags=["right"]
def repeat_block(make_block, n):
    return nn.Sequential(*(make_block() for _ in range(n)))


def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(
        lambda: nn.Sequential(
            nn.LazyLinear(hidden_size), nn.ReLU(), nn.LazyLinear(input_size), nn.ReLU()
        ),
        num_instances,
    )
    net.add_module('output', nn.LazyLinear(output_size))
    net(torch.zeros(1, input_size))
    return net


# %% LazyLinear，没有试运行 tags=["wrong"] raises="有的参数还没有形状：尺寸已经给出，用nn.Linear"
def repeat_block(make_block, n):
    return nn.Sequential(*(make_block() for _ in range(n)))


def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(
        lambda: nn.Sequential(
            nn.LazyLinear(hidden_size), nn.ReLU(), nn.LazyLinear(input_size), nn.ReLU()
        ),
        num_instances,
    )
    net.add_module('output', nn.LazyLinear(output_size))
    return net


# %% 把块摊平 tags=["wrong"] raises="子块应依次是每次make_block()得到的对象"
def repeat_block(make_block, n):
    net = nn.Sequential()
    for _ in range(n):
        net.extend(make_block())
    return net


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = repeat_block(make_block, num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 顺手切换到评估模式 tags=["wrong"] raises="块被切换到了评估模式"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)]).eval()


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = repeat_block(make_block, num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 把读者给的块重新初始化 tags=["wrong"] raises="make_block()给出的块，权重被改动了"
def repeat_block(make_block, n):
    net = nn.Sequential(*[make_block() for _ in range(n)])
    for module in net.modules():
        if hasattr(module, 'reset_parameters'):
            module.reset_parameters()
    return net


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = repeat_block(make_block, num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 用ReLU6代替ReLU tags=["wrong"] raises="输出不对：两个Linear之后都要有ReLU"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU6(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU6(),
        )

    net = repeat_block(make_block, num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 第一块造一个，其余深拷贝 tags=["wrong"] raises="make_block()应调用3次，实际1次，得到3个不同的块"
import copy


def repeat_block(make_block, n):
    blocks = [make_block()] if n else []
    while len(blocks) < n:
        blocks.append(copy.deepcopy(blocks[0]))
    return nn.Sequential(*blocks)


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = repeat_block(make_block, num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 每次造块都重设种子 tags=["wrong"] raises="有的块与别的块有初值相同的参数"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        torch.manual_seed(0)
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = repeat_block(make_block, num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% make_block总返回同一块 tags=["wrong"] raises="参数量应为367，得到137，只够一个块和output"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    block = nn.Sequential(
        nn.Linear(input_size, hidden_size), nn.ReLU(), nn.Linear(hidden_size, input_size), nn.ReLU()
    )
    net = repeat_block(lambda: block, num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% output放在最前 tags=["wrong"] raises="最后一个子块应名为output，得到"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    net = nn.Sequential()
    net.output = nn.Linear(input_size, output_size)
    for i in range(num_instances):
        net.append(
            nn.Sequential(
                nn.Linear(input_size, hidden_size),
                nn.ReLU(),
                nn.Linear(hidden_size, input_size),
                nn.ReLU(),
            )
        )
    return net


# %% create_network忘了return tags=["wrong"] raises="应返回（return）nn.Sequential，得到<class 'NoneType'>"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = repeat_block(make_block, num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))


# %% 把生成器直接交给Sequential tags=["wrong"] raises="genexpr> is not a Module subclass"
def repeat_block(make_block, n):
    return nn.Sequential(make_block() for _ in range(n))


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(*[make_block() for _ in range(num_instances)])
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 块的输出与计算图断开 tags=["wrong"] raises="有的参数没有得到梯度"
class Block(nn.Module):
    def __init__(self, input_size, hidden_size):
        super().__init__()
        self.up = nn.Linear(input_size, hidden_size)
        self.down = nn.Linear(hidden_size, input_size)

    def forward(self, X):
        return torch.relu(self.down(torch.relu(self.up(X)))).detach()


def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    net = repeat_block(lambda: Block(input_size, hidden_size), num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 没有块时只返回线性层 tags=["wrong"] raises="（create_network(0, 4, 6, 3)）：应返回（return）nn.Sequential，得到<class 'torch.nn.modules.linear.Linear'>"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    if num_instances == 0:
        return nn.Linear(input_size, output_size)
    net = repeat_block(make_block, num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% output又套了一层 tags=["wrong"] raises="output应是nn.Linear，得到<class 'torch.nn.modules.container.Sequential'>"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = repeat_block(make_block, num_instances)
    net.add_module('output', nn.Sequential(nn.Linear(input_size, output_size)))
    return net


# %% 深拷贝，只重新初始化第一个线性层 tags=["wrong"] raises="create_network：各块的参数、初值和输出（create_network(3, 10, 5, 2)）：有的块与别的块有初值相同的参数"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    template, net = make_block(), nn.Sequential()
    for _ in range(num_instances):
        block = copy.deepcopy(template)
        block[0].reset_parameters()
        net.append(block)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 深拷贝，只重新填权重，偏置照旧 tags=["wrong"] raises="create_network：各块的参数、初值和输出（create_network(3, 10, 5, 2)）：有的块与别的块有初值相同的参数"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    template, net = make_block(), nn.Sequential()
    for _ in range(num_instances):
        block = copy.deepcopy(template)
        for layer in block[::2]:
            nn.init.xavier_uniform_(layer.weight)
        net.append(block)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 各块填不同的常数 tags=["wrong"] raises="create_network：各块的参数、初值和输出（create_network(3, 10, 5, 2)）：有的块没有随机初值"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = repeat_block(make_block, num_instances)
    for i, block in enumerate(net):
        for param in block.parameters():
            nn.init.constant_(param, 0.1 * (i + 1))
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% 没有块时也有一块 tags=["wrong"] raises="（create_network(0, 4, 6, 3)）：参数量应为15，得到73"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = nn.Sequential(make_block())
    for _ in range(num_instances - 1):
        net.append(make_block())
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% repeat_block冻结了各块 tags=["wrong"] raises="（n=3）：make_block()给出的块，被冻结了或换了数据类型"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)]).requires_grad_(False)


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = repeat_block(make_block, num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% repeat_block换成了float64 tags=["wrong"] raises="（n=3）：make_block()给出的块，被冻结了或换了数据类型"
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)]).double()


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        return nn.Sequential(
            nn.Linear(input_size, hidden_size),
            nn.ReLU(),
            nn.Linear(hidden_size, input_size),
            nn.ReLU(),
        )

    net = repeat_block(make_block, num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net


# %% Xavier的权重，偏置填同一个常数 tags=["right"]
def repeat_block(make_block, n):
    return nn.Sequential(*[make_block() for _ in range(n)])


def create_network(num_instances, input_size, hidden_size, output_size):
    def make_block():
        layers = nn.Linear(input_size, hidden_size), nn.Linear(hidden_size, input_size)
        for layer in layers:
            nn.init.xavier_uniform_(layer.weight)
            nn.init.constant_(layer.bias, 0.01)
        return nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU())

    net = repeat_block(make_block, num_instances)
    net.add_module('output', nn.Linear(input_size, output_size))
    return net
