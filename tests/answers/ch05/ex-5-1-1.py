# %% 中文版的写法：直接写入_modules tags=["right"]
class MySequential(nn.Module):
    def __init__(self, *args):
        super().__init__()
        for idx, module in enumerate(args):
            self._modules[str(idx)] = module

    def forward(self, X):
        for block in self._modules.values():
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *args):
        super().__init__()
        self.blocks = [*args]

    forward = lambda self, X: MySequential.forward(
        type('View', (), {'_modules': dict(enumerate(self.blocks))}), X
    )


class ModuleListSequential(MySequential):
    pass


# %% 继承现成的容器 tags=["right"]
import functools


class MySequential(nn.Sequential):
    pass


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)
        self.depth = len(blocks)

    def forward(self, X):
        return functools.reduce(lambda H, block: block(H), self.blocks, X)


class ModuleListSequential(nn.ModuleList):
    def __init__(self, *blocks):
        super().__init__(blocks)

    def forward(self, X):
        return functools.reduce(lambda H, block: block(H), self, X)


# %% 逐个setattr，名字另存 tags=["right"]
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.names = [f'block_{i}' for i in range(len(blocks))]
        for name, block in zip(self.names, blocks):
            setattr(self, name, block)

    def forward(self, X):
        for name in self.names:
            X = getattr(self, name)(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        if self.blocks:
            for block in self.blocks:
                X = block.forward(X)
        return X


class ModuleListSequential(ListSequential):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)


# %% ModuleDict，登记之外另留一个列表 tags=["right"]
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.net = nn.ModuleDict({f'{i}': b for i, b in enumerate(blocks)})

    def forward(self, X):
        for block in self.net.values():
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = sum(([block] for block in blocks), [])

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)
        self.registered = nn.ModuleList(self.blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 三个名字，前后两个是同一个类 tags=["right"]
class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


MySequential = ModuleListSequential


# %% 辅助函数名叫run，块的名字各不相同 tags=["right"]
def run(blocks, X):
    for block in blocks:
        X = block(X)
    return X


class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        return run(self.blocks, X)


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        return run(self.blocks, X)


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        return run(self.blocks, X)


# %% MySequential也用列表 tags=["wrong"] raises="MySequential依次执行各块，各块都已注册：parameters()的参数量应为430，得到0"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% MySequential用字典 tags=["wrong"] raises="MySequential依次执行各块，各块都已注册：parameters()的参数量应为430，得到0"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = dict(enumerate(blocks))

    def forward(self, X):
        for block in self.blocks.values():
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 列表里套ModuleList tags=["wrong"] raises="ModuleListSequential依次执行各块，各块都已注册：parameters()的参数量应为430，得到0"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = [nn.ModuleList(blocks)]

    def forward(self, X):
        for block in self.blocks[0]:
            X = block(X)
        return X


# %% 只登记参数，不登记块 tags=["wrong"] raises="ModuleListSequential依次执行各块，各块都已注册：modules()里没有传入的那个Sequential、Dropout、Linear对象"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)
        self.params = nn.ParameterList(param for block in blocks for param in block.parameters())

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 只登记有参数的块 tags=["wrong"] raises="MySequential依次执行各块，各块都已注册：modules()里没有传入的那个Dropout对象"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)
        for i, block in enumerate(blocks):
            if list(block.parameters()):
                self.add_module(str(i), block)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 只重载parameters方法 tags=["wrong"] raises="ModuleListSequential依次执行各块，各块都已注册：modules()里没有传入的那个Sequential、Dropout、Linear对象"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X

    def parameters(self, recurse=True):
        for block in self.blocks:
            yield from block.parameters()


# %% 登记的是副本 tags=["wrong"] raises="ModuleListSequential依次执行各块，各块都已注册：modules()里没有传入的那个Sequential、Dropout、Linear对象"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(copy.deepcopy(blocks))

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 按类名登记，同类的块互相覆盖 tags=["wrong"] raises="MySequential依次执行各块，各块都已注册（12个块）：输出与X按次序通过各块的结果不同"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        for block in blocks:
            self.add_module(type(block).__name__, block)

    def forward(self, X):
        for block in self._modules.values():
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 按名字的字符串次序执行 tags=["wrong"] raises="MySequential依次执行各块，各块都已注册（12个块）：输出与X按次序通过各块的结果不同"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        for i, block in enumerate(blocks):
            self.add_module(str(i), block)

    def forward(self, X):
        for name in sorted(self._modules):
            X = self._modules[name](X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 逆序执行 tags=["wrong"] raises="ListSequential依次执行各块，各块只在列表里（12个块）：输出与X按次序通过各块的结果不同"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in reversed(self.blocks):
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 每一块都读最初的X tags=["wrong"] raises="ModuleListSequential依次执行各块，各块都已注册（12个块）：输出与X按次序通过各块的结果不同"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        output = X
        for block in self.blocks:
            output = block(X)
        return output


# %% 在循环里return tags=["wrong"] raises="MySequential依次执行各块，各块都已注册（12个块）：输出与X按次序通过各块的结果不同"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            return block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% forward忘了return tags=["wrong"] raises="MySequential依次执行各块，各块都已注册（没有块）：应返回（return）X，得到None"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 没有块时出错 tags=["wrong"] raises="MySequential依次执行各块，各块都已注册（没有块）：IndexError: index 0 is out of range"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        X = self.blocks[0](X)
        for block in self.blocks[1:]:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% ListSequential其实登记了 tags=["wrong"] raises="ListSequential依次执行各块，各块只在列表里：self.blocks应是列表，得到<class 'torch.nn.modules.container.ModuleList'>"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(MySequential):
    pass


# %% ListSequential用元组 tags=["wrong"] raises="ListSequential依次执行各块，各块只在列表里：self.blocks应是列表，得到<class 'tuple'>"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = blocks

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(MySequential):
    pass


# %% ListSequential改名为layers tags=["wrong"] raises="ListSequential依次执行各块，各块只在列表里：self.blocks应是列表，得到<class 'NoneType'>"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.layers = list(blocks)

    def forward(self, X):
        for layer in self.layers:
            X = layer(X)
        return X


class ModuleListSequential(MySequential):
    pass


# %% ListSequential既存列表又登记 tags=["wrong"] raises="ListSequential依次执行各块，各块只在列表里：不应注册，却注册了ModuleList、Linear、ReLU、Parameter、Parameter"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)
        self.registered = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(MySequential):
    pass


# %% 忘了调用父类的构造函数 tags=["wrong"] raises="Module.__init__"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 拿块本身当登记的名字 tags=["wrong"] raises="MySequential依次执行各块，各块都已注册：TypeError: "
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        for block in blocks:
            self._modules[block] = block

    def forward(self, X):
        for block in self._modules.values():
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 不是nn.Module tags=["wrong"] raises="MySequential依次执行各块，各块都已注册：AttributeError: 'MySequential' object has no attribute 'parameters'"
class MySequential:
    def __init__(self, *blocks):
        self.blocks = nn.ModuleList(blocks)

    def __call__(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 英文版的写法：遍历children tags=["wrong"] raises="MySequential依次执行各块，各块都已注册（a、b、a、a）：输出与X按次序通过各块的结果不同：a只执行了一次"
class MySequential(nn.Module):
    def __init__(self, *args):
        super().__init__()
        for idx, module in enumerate(args):
            self.add_module(str(idx), module)

    def forward(self, X):
        for module in self.children():
            X = module(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *args):
        super().__init__()
        self.blocks = []
        for module in args:
            self.blocks.append(module)

    def forward(self, X):
        for module in self.blocks:
            X = module(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *args):
        super().__init__()
        self.blocks = nn.ModuleList()
        for module in args:
            self.blocks.append(module)

    def forward(self, X):
        for i in range(len(self.blocks)):
            X = self.blocks[i](X)
        return X


# %% 在no_grad下执行 tags=["wrong"] raises="MySequential依次执行各块，各块都已注册（12个块）：输出不带梯度"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            with torch.no_grad():
                X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 返回值与计算图断开 tags=["wrong"] raises="ListSequential依次执行各块，各块只在列表里（12个块）：输出不带梯度"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X.detach()


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 构造时冻结了参数 tags=["wrong"] raises="ModuleListSequential依次执行各块，各块都已注册（12个块）：输出不带梯度"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks).requires_grad_(False)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 列表里存的是副本 tags=["wrong"] raises="ListSequential依次执行各块，各块只在列表里：self.blocks里应依次是传入的各块，得到[Linear"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = [copy.deepcopy(block) for block in blocks]

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 列表是空的，块另存一处 tags=["wrong"] raises="ListSequential依次执行各块，各块只在列表里：self.blocks里应依次是传入的各块，得到[]"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks, self.run = [], blocks

    def forward(self, X):
        for block in self.run:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 列表是类属性，各个实例共用 tags=["wrong"] raises="ListSequential依次执行各块，各块只在列表里：self.blocks里应依次是传入的各块，得到[Tanh()]"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    blocks = []

    def __init__(self, *blocks):
        super().__init__()
        self.blocks.clear()
        self.blocks.extend(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 把嵌套的Sequential拆开 tags=["wrong"] raises="ModuleListSequential依次执行各块，各块都已注册：modules()里没有传入的那个Sequential对象"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList()
        for block in blocks:
            self.blocks.extend(block if isinstance(block, nn.Sequential) else [block])

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 没有块时在原处加1 tags=["wrong"] raises="MySequential依次执行各块，各块都已注册（没有块）：输出与X按次序通过各块的结果不同"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        if not len(self.blocks):
            X += 1
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 辅助的名字与谁都重 tags=["right"]
import copy
import math

net, expected, rows, X, layer, case, name = {}, [], None, 'X', lambda i, o: i + o, 1, 'net'


def first(blocks, X):
    for block in blocks:
        X = block(X)
    return X


def sum(blocks):
    return nn.ModuleList(blocks)


def list(blocks):
    return [*blocks]


def type(block):
    return math.nan


def linear(block):
    return copy.copy(block)


in_order = registered = linear


class MySequential(nn.Module):
    def __init__(self, *args):
        super().__init__()
        self.layers = sum(args)

    def forward(self, inputs):
        return first(self.layers, inputs)


class ListSequential(nn.Module):
    def __init__(self, *args):
        super().__init__()
        self.blocks = list(args)

    def forward(self, inputs):
        return first(self.blocks, inputs)


class ModuleListSequential(MySequential):
    def __init__(self, *args):
        super().__init__(*args)


# %% 用笔记本的device，打印，看数据 tags=["right"]
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        for i, block in enumerate(blocks):
            self.register_module(f'layer{i}', block.to(device))

    def forward(self, X):
        X = X.to(device)
        for name, block in self._modules.items():
            X = block(X)
            if X.isnan().any().item():
                print(name, X.tolist())
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = []
        self.blocks += [block.to(device) for block in blocks]

    def forward(self, X):
        out = X.to(device)
        for block in self.blocks:
            out = block(out)
        print(out.abs().max().item())
        return out


class ModuleListSequential(ListSequential):
    def __init__(self, *blocks):
        super().__init__(*blocks)
        self.blocks = nn.ModuleList(self.blocks)


# %% 列表的子类，只读属性，递归 tags=["right"]
class Blocks(list):
    def run(self, X, start=0):
        return X if start == len(self) else self.run(self[start](X), start + 1)


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self._stored = Blocks(blocks)

    @property
    def blocks(self):
        return self._stored

    def forward(self, X):
        return self.blocks.run(X)


class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.net = nn.Sequential(*blocks)

    def forward(self, X):
        return self.net(X)


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super(ModuleListSequential, self).__init__()
        self.blocks = nn.ModuleList([])
        for block in blocks:
            self.blocks.append(block)

    def forward(self, X):
        i = 0
        while i < len(self.blocks):
            X = self.blocks[i](X)
            i += 1
        return X


# %% 遍历ModuleList的children tags=["wrong"] raises="（a、b、a、a）：输出与X按次序通过各块的结果不同：a只执行了一次"
class MySequential(nn.Sequential):
    pass


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks.children():
            X = block(X)
        return X


# %% 按块去重的字典 tags=["wrong"] raises="（a、b、a、a）：输出与X按次序通过各块的结果不同：a只执行了一次"
class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in dict.fromkeys(self.blocks):
            X = block(X)
        return X


class MySequential(nn.Sequential):
    pass


class ModuleListSequential(nn.Sequential):
    pass


# %% 列表取名modules tags=["wrong"] raises="parameters()的参数量应为430，得到0"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.modules = list(blocks)

    def forward(self, X):
        for block in self.modules:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Sequential):
    pass


# %% 把_modules本身换成列表 tags=["wrong"] raises="AttributeError: 'list' object has no attribute 'items'"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self._modules = list(blocks)

    def forward(self, X):
        for block in self._modules:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Sequential):
    pass


# %% 迭代器只能走一遍 tags=["wrong"] raises="ListSequential依次执行各块，各块只在列表里（12个块）：输出与X按次序通过各块的结果不同"
class MySequential(nn.Sequential):
    pass


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)
        self.chain = iter(self.blocks)

    def forward(self, X):
        for block in self.chain:
            X = block(X)
        return X


class ModuleListSequential(nn.Sequential):
    pass


# %% 补救时在forward里才注册 tags=["wrong"] raises="ModuleListSequential依次执行各块，各块都已注册：parameters()的参数量应为430，得到0"
class MySequential(nn.Sequential):
    pass


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(ListSequential):
    def forward(self, X):
        self.blocks = nn.ModuleList(self.blocks)
        return super().forward(X)


# %% 列表版忘了调用父类的构造函数 tags=["wrong"] raises="ListSequential依次执行各块，各块只在列表里（没有块）：没有先调用super().__init__()"
class MySequential(nn.Sequential):
    pass


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Sequential):
    pass


# %% 直接返回ModuleList，没有forward tags=["wrong"] raises="missing the required "
class MySequential(nn.Sequential):
    pass


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.ModuleList):
    def __init__(self, *blocks):
        super().__init__(blocks)


# %% 开头就与计算图断开，套起来训练不了外层 tags=["wrong"] raises="（12个块）：梯度没有传到下标为[0]的块"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        X = X.detach()
        for block in self.blocks:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Sequential):
    pass


# %% 用id作名字 tags=["wrong"] raises="state_dict的键因实例而异"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.names = [str(id(block)) for block in blocks]
        for name, block in zip(self.names, blocks):
            self.add_module(name, block)

    def forward(self, X):
        for name in self.names:
            X = self._modules[name](X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 跳过与前一块相同的块 tags=["wrong"] raises="ModuleListSequential依次执行各块，各块都已注册（a、b、a、a）：输出与X按次序通过各块的结果不同"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        for i, block in enumerate(blocks):
            self.add_module(str(i), block)

    def forward(self, X):
        for block in self._modules.values():
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        before = None
        for block in self.blocks:
            if block is not before:
                X = block(X)
            before = block
        return X


# %% reduce不给初值，没有块时返回None tags=["wrong"] raises="MySequential依次执行各块，各块都已注册（没有块）：应返回（return）X，得到None"
from functools import reduce


class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        if len(self.blocks):
            first, *rest = self.blocks
            return reduce(lambda Y, block: block(Y), rest, first(X))


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


# %% 只执行头两块 tags=["wrong"] raises="（12个块）：输出与X按次序通过各块的结果不同"
class MySequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        for i, block in enumerate(blocks):
            self.add_module(str(i), block)

    def forward(self, X):
        for block in list(self._modules.values())[:2]:
            X = block(X)
        return X


class ListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = list(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X


class ModuleListSequential(nn.Module):
    def __init__(self, *blocks):
        super().__init__()
        self.blocks = nn.ModuleList(blocks)

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return X
