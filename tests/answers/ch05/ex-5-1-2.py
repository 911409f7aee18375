# %% ModuleList加torch.concat tags=["right"]
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.branches = nn.ModuleList([net1, net2])
        self.dim = dim

    def forward(self, X):
        return torch.concat([branch(X) for branch in self.branches], self.dim)


# %% 继承Sequential，任意多个分支 tags=["right"]
class Parallel(nn.Sequential):
    def __init__(self, *nets, dim=-1):
        if isinstance(nets[-1], int):
            *nets, dim = nets
        super().__init__(*nets)
        self.dim = dim

    def forward(self, X):
        outputs = [self[i](X) for i in range(len(self))]
        return torch.concatenate(outputs, dim=self.dim)


# %% add_module登记，把拼接的维换到最前再拼 tags=["right"]
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super(Parallel, self).__init__()
        self.add_module('first', net1)
        self.add_module('second', net2)
        self.axis = dim

    def forward(self, X):
        first, second = self.first(X), self.second(X)
        pieces = [*first.unbind(self.axis), *second.unbind(self.axis)]
        if any(piece.shape != pieces[0].shape for piece in pieces):
            raise RuntimeError('除拼接的维外，形状应当一致')
        return torch.stack(pieces, dim=self.axis)


# %% 先算net2，再写进预先分配的张量 tags=["right"]
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim, self.calls = net1, net2, dim, 0

    def forward(self, X):
        self.calls += 1
        right = self.net2(X)
        left = self.net1(X)
        for axis, (a, b) in enumerate(zip(left.shape, right.shape)):
            if a != b and axis != self.dim % left.ndim:
                raise RuntimeError('除拼接的维外，形状应当一致')
        shape = list(left.shape)
        width = shape[self.dim]
        shape[self.dim] += right.shape[self.dim]
        output = left.new_empty(shape)
        output.narrow(self.dim, 0, width).copy_(left)
        output.narrow(self.dim, width, right.shape[self.dim]).copy_(right)
        return output


# %% 辅助函数名叫shape tags=["right"]
def shape(Y, dim):
    return Y.shape[dim]


class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        left, right = self.net1(X), self.net2(X)
        Y = torch.cat([left, right], self.dim)
        assert shape(Y, self.dim) == shape(left, self.dim) + shape(right, self.dim)
        return Y


# %% 首尾相接 tags=["wrong"] raises="（两个输出的形状都是(2, 10)，dim=-1）：输出的形状和数据类型应为(2, 20, torch.float64)，得到(2, 10, torch.float64)"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net = nn.Sequential(net1, net2)

    def forward(self, X):
        return self.net(X)


# %% 相加而不拼接 tags=["wrong"] raises="应为(2, 20, torch.float64)，得到(2, 10, torch.float64)"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2 = net1, net2

    def forward(self, X):
        return self.net1(X) + self.net2(X)


# %% torch.cat不写dim tags=["wrong"] raises="应为(2, 20, torch.float64)，得到(4, 10, torch.float64)"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2 = net1, net2

    def forward(self, X):
        return torch.cat((self.net1(X), self.net2(X)))


# %% torch.cat忘了把两个张量放进元组 tags=["wrong"] raises="TypeError: cat()"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        return torch.cat(self.net1(X), self.net2(X), dim=self.dim)


# %% 总用第1维 tags=["wrong"] raises="dim=0）：输出的形状和数据类型应为(4, 10, torch.float64)，得到(2, 20, torch.float64)"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2 = net1, net2

    def forward(self, X):
        return torch.cat((self.net1(X), self.net2(X)), dim=1)


# %% 默认值写成第1维 tags=["wrong"] raises="不写dim时沿输出的最后一维拼接（X的形状(10,)）：IndexError: Dimension out of range"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        return torch.cat((self.net1(X), self.net2(X)), dim=self.dim)


# %% 一维输入之外总用第1维 tags=["wrong"] raises="（X的形状(2, 7, 10)）：RuntimeError: Sizes of tensors must match"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        dim = self.dim if X.dim() == 1 or self.dim != -1 else 1
        return torch.cat((self.net1(X), self.net2(X)), dim=dim)


# %% 不理会dim tags=["wrong"] raises="dim=0）：输出的形状和数据类型应为(4, 10, torch.float64)，得到(2, 20, torch.float64)"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2 = net1, net2

    def forward(self, X):
        return torch.cat((self.net1(X), self.net2(X)), dim=-1)


# %% 没有dim这个参数 tags=["wrong"] raises="unexpected keyword argument 'dim'"
class Parallel(nn.Module):
    def __init__(self, net1, net2):
        super().__init__()
        self.net1, self.net2 = net1, net2

    def forward(self, X):
        return torch.cat((self.net1(X), self.net2(X)), dim=-1)


# %% 两个输出的次序反了 tags=["wrong"] raises="net2(X)排在了net1(X)之前"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        return torch.cat((self.net2(X), self.net1(X)), dim=self.dim)


# %% 用stack新增一维 tags=["wrong"] raises="应为(2, 20, torch.float64)，得到(2, 10, 2, torch.float64)"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        return torch.stack((self.net1(X), self.net2(X)), dim=self.dim)


# %% 返回元组，不拼接 tags=["wrong"] raises="应返回（return）一个张量，得到<class 'tuple'>"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2 = net1, net2

    def forward(self, X):
        return self.net1(X), self.net2(X)


# %% 形状不合时截短 tags=["wrong"] raises="没有抛出异常"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        left, right = self.net1(X), self.net2(X)
        for axis in range(left.dim()):
            if axis != self.dim % left.dim():
                size = min(left.shape[axis], right.shape[axis])
                left = left.narrow(axis, 0, size)
                right = right.narrow(axis, 0, size)
        return torch.cat((left, right), dim=self.dim)


# %% 两个块放在列表里，没有登记 tags=["wrong"] raises="parameters()的参数量应为396，得到0"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.nets, self.dim = [net1, net2], dim

    def forward(self, X):
        return torch.cat([net(X) for net in self.nets], dim=self.dim)


# %% 只登记了net1 tags=["wrong"] raises="parameters()的参数量应为396，得到132"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.rest, self.dim = net1, (net2,), dim

    def forward(self, X):
        return torch.cat((self.net1(X), self.rest[0](X)), dim=self.dim)


# %% 登记的是副本 tags=["wrong"] raises="modules()里没有传入的那两个块"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2 = copy.deepcopy(net1), copy.deepcopy(net2)
        self.dim = dim

    def forward(self, X):
        return torch.cat((self.net1(X), self.net2(X)), dim=self.dim)


# %% 同一个对象时另复制一份 tags=["wrong"] raises="（同一个对象）：执行的次数应为[2, 2]，得到[1, 1]"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.dim = net1, dim
        self.net2 = copy.deepcopy(net2) if net2 is net1 else net2

    def forward(self, X):
        return torch.cat((self.net1(X), self.net2(X)), dim=self.dim)


# %% 用detach切断了梯度 tags=["wrong"] raises="两个块都已注册，梯度传到X：输出不带梯度，计算图断开了"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        return torch.cat((self.net1(X), self.net2(X)), dim=self.dim).detach()


# %% 一个分支在no_grad下计算 tags=["wrong"] raises="X的梯度不是两个分支的梯度之和"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        with torch.no_grad():
            right = self.net2(X)
        return torch.cat((self.net1(X), right), dim=self.dim)


# %% 写进默认类型的张量，丢了float64 tags=["wrong"] raises="应为(2, 20, torch.float64)，得到(2, 20, torch.float32)"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        return torch.cat((self.net1(X), self.net2(X)), dim=self.dim).float()


# %% 遍历children，同一个对象只算一次 tags=["wrong"] raises="（同一个对象）：执行的次数应为[2, 2]，得到[1, 1]"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        return torch.cat([net(X) for net in self.children()], dim=self.dim)


# %% 同一个对象时只返回一份 tags=["wrong"] raises="（同一个对象）：执行的次数应为[2, 2]，得到[1, 1]"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        if self.net1 is self.net2:
            return self.net1(X)
        return torch.cat((self.net1(X), self.net2(X)), dim=self.dim)


# %% 按X的维数换算dim tags=["wrong"] raises="（nn.Flatten，输出的维比X少）：IndexError: Dimension out of range"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        return torch.cat((self.net1(X), self.net2(X)), dim=self.dim % X.dim())


# %% 先把长度为1的维广播开 tags=["wrong"] raises="没有抛出异常"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        left, right = self.net1(X), self.net2(X)
        axis = self.dim % left.dim()
        shape = [max(a, b) for a, b in zip(left.shape, right.shape)]
        left, right = (
            Y.expand(*shape[:axis], Y.shape[axis], *shape[axis + 1 :]) for Y in (left, right)
        )
        return torch.cat((left, right), dim=axis)


# %% 只在第0维抛出RuntimeError tags=["wrong"] raises="没有抛出异常"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        left, right = self.net1(X), self.net2(X)
        try:
            return torch.cat((left, right), self.dim)
        except RuntimeError:
            if self.dim == 0:
                raise
            return torch.cat((left.flatten(), right.flatten()))


# %% 辅助的名字与谁都重 tags=["right"]
import copy as type
import math as sum

net, expected, rows, layer, first, case, X, got = {}, [], (), 3, 'first', 0, None, ...


def square(X):
    return X * X


def list(*outputs):
    return [*outputs]


def compare(left, right):
    return left is right


linears = registered = mismatched = compare


class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.nets, self.dim = nn.ModuleList(list(net1, net2)), dim

    def forward(self, inputs):
        outputs = list(*(net(inputs) for net in self.nets))
        return torch.cat(outputs, self.dim)


# %% 用笔记本的device，看数据 tags=["right"]
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.branches = nn.ModuleDict({'a': net1, 'b': net2}).to(device)
        self.dim = dim

    def forward(self, X):
        outputs = []
        for branch in self.branches.values():
            outputs.append(branch(X.to(device)))
            if not outputs[-1].isfinite().all():
                print(outputs[-1].tolist())
        return torch.cat(outputs, dim=self.dim)


# %% 偏函数，dim只作关键字参数 tags=["right"]
import functools


class Parallel(nn.Module):
    def __init__(self, net1, net2, *, dim=-1):
        super().__init__()
        self.net1, self.net2 = net1, net2
        self.join = functools.partial(torch.cat, dim=dim)

    def forward(self, X):
        return self.join([block(X.clone()) for block in (self.net1, self.net2)])


# %% 按切片写进torch.empty tags=["right"]
class Parallel(nn.ModuleList):
    def __init__(self, net1, net2, dim=-1):
        super().__init__([net1, net2])
        self.dim = dim

    def forward(self, X):
        a, b = self[0](X), self[1](X)
        axis = range(a.dim())[self.dim]
        rest = [list(Y.shape[:axis] + Y.shape[axis + 1 :]) for Y in (a, b)]
        if rest[0] != rest[1]:
            raise ValueError(f'两个输出拼不起来：{rest}')
        size = list(a.shape)
        size[axis] += b.shape[axis]
        out = torch.empty(size, dtype=a.dtype, device=a.device)
        where = [slice(None)] * axis
        out[(*where, slice(0, a.shape[axis]))] = a
        out[(*where, slice(a.shape[axis], None))] = b
        return out


# %% 覆盖__call__，直接用forward tags=["right"]
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1 = net1
        self.net2 = net2
        self.dim = dim

    def __call__(self, X):
        left = self.net1.forward(X).movedim(self.dim, 0)
        right = self.net2.forward(X).movedim(self.dim, 0)
        return torch.cat([left, right]).movedim(0, self.dim)


# %% 两段都是net1 tags=["wrong"] raises="输出不是net1(X)与net2(X)的拼接"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net1, dim

    def forward(self, X):
        return torch.cat((self.net1(X), self.net1(X)), dim=self.dim)


# %% 第二个块接在第一个之后，再拼接 tags=["wrong"] raises="输出不是net1(X)与net2(X)的拼接"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        left = self.net1(X)
        return torch.cat((left, self.net2(left)), dim=self.dim)


# %% forward忘了return tags=["wrong"] raises="应返回（return）一个张量，得到<class 'NoneType'>"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        torch.cat((self.net1(X), self.net2(X)), dim=self.dim)


# %% 写进与X同类型的张量 tags=["wrong"] raises="（nn.Embedding，X是整数）：输出的形状和数据类型应为(2, 7, torch.float32)，得到(2, 7, torch.int64)"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        left, right = self.net1(X), self.net2(X)
        size = list(torch.cat((left, right), self.dim).shape)
        output = X.new_empty(size)
        output.narrow(self.dim, 0, left.shape[self.dim]).copy_(left)
        output.narrow(self.dim, left.shape[self.dim], right.shape[self.dim]).copy_(right)
        return output


# %% 为了看宽度多执行一次 tags=["wrong"] raises="（两个对象）：执行的次数应为[1, 1]，得到[2, 1]"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        self.width = self.net1(X).shape[-1]
        return torch.cat((self.net1(X), self.net2(X)), dim=self.dim)


# %% 记住了第一次的输出 tags=["wrong"] raises="（X的形状(10,)）：输出的形状和数据类型应为(36, torch.float64)，得到(2, 36, torch.float64)"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim, self.out = net1, net2, dim, None

    def forward(self, X):
        if self.out is None:
            self.out = torch.cat((self.net1(X), self.net2(X)), dim=self.dim)
        return self.out


# %% 第二个分支读的是detach过的X tags=["wrong"] raises="X的梯度不是两个分支的梯度之和"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        return torch.cat((self.net1(X), self.net2(X.detach())), dim=self.dim)


# %% torch.hstack tags=["wrong"] raises="dim=0）：输出的形状和数据类型应为(4, 10, torch.float64)，得到(2, 20, torch.float64)"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2 = net1, net2

    def forward(self, X):
        return torch.hstack((self.net1(X), self.net2(X)))


# %% 忘了调用父类的构造函数 tags=["wrong"] raises="cannot assign module before Module.__init__() call"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        return torch.cat((self.net1(X), self.net2(X)), dim=self.dim)


# %% 自己核对形状，看错了维 tags=["wrong"] raises="（两个输出的形状是(2, 3, 8, 8)和(2, 3, 4, 8)，dim=2）：ValueError: 其余各维不一致"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        left, right = self.net1(X), self.net2(X)
        if left.shape[:-1] != right.shape[:-1]:
            raise ValueError('其余各维不一致')
        return torch.cat((left, right), dim=self.dim)


# %% 不是最后一维时先stack再并成一维 tags=["wrong"] raises="（两个输出的形状是(2, 3, 8, 8)和(2, 3, 4, 8)，dim=2）：RuntimeError: stack expects"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        left, right = self.net1(X), self.net2(X)
        dim = self.dim % left.dim()
        if dim == left.dim() - 1:
            return torch.cat((left, right), dim=dim)
        return torch.stack((left, right), dim).flatten(dim, dim + 1)


# %% 维数少的在前面补1 tags=["wrong"] raises="（形状(2, 3, 8, 8)与(1, 2, 3, 8, 8)，dim=-1）：没有抛出异常"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        left, right = self.net1(X), self.net2(X)
        while left.dim() < right.dim():
            left = left.unsqueeze(0)
        while right.dim() < left.dim():
            right = right.unsqueeze(0)
        return torch.cat((left, right), dim=self.dim)


# %% 维数不同就都摊平 tags=["wrong"] raises="（形状(2, 3, 8, 8)与(2, 192)，dim=-1）：没有抛出异常"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        outputs = [self.net1(X), self.net2(X)]
        if outputs[0].dim() != outputs[1].dim():
            outputs = [Y.reshape(len(Y), -1) for Y in outputs]
        return torch.cat(outputs, dim=self.dim)


# %% 批量为1的复制到一样多 tags=["wrong"] raises="（形状(2, 3, 8, 8)与(1, 6, 8, 8)，dim=1）：没有抛出异常"
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        left, right = self.net1(X), self.net2(X)
        if self.dim not in (0, -left.dim()) and len(right) == 1:
            right = right.expand(len(left), *right.shape[1:])
        return torch.cat((left, right), dim=self.dim)


# %% 自己核对其余各维，按切片写入 tags=["right"]
class Parallel(nn.Module):
    def __init__(self, net1, net2, dim=-1):
        super().__init__()
        self.net1, self.net2, self.dim = net1, net2, dim

    def forward(self, X):
        left, right = self.net1(X), self.net2(X)
        shapes, dim = [list(left.shape), list(right.shape)], self.dim % left.dim()
        sizes = [shape.pop(dim) for shape in shapes]
        if shapes[0] != shapes[1]:
            raise ValueError('其余各维不一致')
        shapes[0].insert(dim, sum(sizes))
        output = left.new_empty(shapes[0])
        output.narrow(dim, 0, sizes[0]).copy_(left)
        output.narrow(dim, sizes[0], sizes[1]).copy_(right)
        return output
