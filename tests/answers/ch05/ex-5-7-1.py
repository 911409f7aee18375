# %% 帮手取了不巧的名字 tags=["right"]
def torch_slice(table, n):
    return table.narrow(0, 0, n)


list, sum, type, net, X, build = 0, 1, 2, 3, 4, 5


class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.register_buffer('P', table.unsqueeze(0), persistent=bool(keep))

    def forward(self, X):
        rows = torch_slice(self.P[0], X.size(-2))
        return X + rows


# %% 用全局的device，表存成副本 tags=["right"]
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        if keep:
            self.register_buffer('table', table.detach().clone().to(device))
        else:
            self.register_buffer('table', table.detach().clone().to(device), False)

    def forward(self, X):
        n = X.shape[-2]
        print(n, self.table.sum().is_meta)
        return self.table[:n] + X


# %% nn.Buffer tags=["right"]
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.table = nn.Buffer(table, persistent=keep)

    def forward(self, X):
        return torch.add(X, self.table[: X.shape[-2], :])


# %% 注册在子模块里 tags=["right"]
class Holder(nn.Module):
    def __init__(self, value, keep):
        super().__init__()
        self.register_buffer('value', value, persistent=keep)


class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.holder = Holder(table, keep)

    def forward(self, X):
        return X + self.holder.value[: X.shape[-2]].expand_as(X)


# %% 普通属性，前向传播时搬过去 tags=["wrong"] raises="没有注册为缓冲区"
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.P = table

    def forward(self, X):
        return X + self.P[: X.shape[-2]].to(X.device, X.dtype)


# %% 不求梯度的参数 tags=["wrong"] raises="表不应算参数"
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.table = nn.Parameter(table, requires_grad=False)

    def forward(self, X):
        return X + self.table[: X.shape[-2]]


# %% 总是进检查点 tags=["wrong"] raises="state_dict里有['table']"
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.register_buffer('table', table)

    def forward(self, X):
        return X + self.table[: X.shape[-2]]


# %% 从不进检查点 tags=["wrong"] raises="state_dict里有[]"
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.register_buffer('table', table, persistent=False)

    def forward(self, X):
        return X + self.table[: X.shape[-2]]


# %% 注册了，用的却是另一份 tags=["wrong"] raises="half之后输出不对"
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.register_buffer('table', table, persistent=keep)
        self.rows = [row.to(device) for row in table]

    def forward(self, X):
        return X + torch.stack(self.rows[: X.shape[-2]])


# %% 先注册，再调用父类的构造函数 tags=["wrong"] raises="cannot assign buffer before Module.__init__() call"
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        self.register_buffer('table', table, persistent=keep)
        super().__init__()

    def forward(self, X):
        return X + self.table[: X.shape[-2]]


# %% 整张表都加 tags=["wrong"] raises="RuntimeError"
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.register_buffer('table', table, persistent=keep)

    def forward(self, X):
        return X + self.table


# %% 行数取错了维 tags=["wrong"] raises="输出应等于X加上表的前n行"
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.register_buffer('table', table, persistent=keep)

    def forward(self, X):
        return X + self.table[-X.shape[-2] :]


# %% 就地加到X上 tags=["wrong"] raises="X不变"
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.register_buffer('table', table, persistent=keep)

    def forward(self, X):
        with torch.no_grad():
            X += self.table[: X.shape[-2]]
        return X


# %% forward没有return tags=["wrong"] raises="forward没有返回值"
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.register_buffer('table', table, persistent=keep)

    def forward(self, X):
        X + self.table[: X.shape[-2]]


# %% 换类型之后仍用float32算 tags=["wrong"] raises="half之后输出不对，类型是torch.float32"
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.register_buffer('table', table, persistent=keep)

    def forward(self, X):
        return X.float() + self.table[: X.shape[-2]].float()


# %% 第一次调用时把切片存下来 tags=["wrong"] raises="half之后输出不对"
class AddTable(nn.Module):
    def __init__(self, table, keep=False):
        super().__init__()
        self.register_buffer('table', table, persistent=keep)
        self.rows = {}

    def forward(self, X):
        n = X.shape[-2]
        if n not in self.rows:
            self.rows[n] = self.table[:n]
        return X + self.rows[n]
