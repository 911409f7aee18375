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


# %% 用detach切断了梯度 tags=["wrong"] raises="两个块都已注册，梯度传到X：RuntimeError: element 0 of tensors does not require grad"
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
