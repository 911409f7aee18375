# %% 按对象去重 tags=["right"]
def count_parameters(net):
    unique = {id(p): p for m in net.modules() for p in m._parameters.values() if p is not None}
    return sum(p.numel() for p in unique.values())


# %% 摊平成一个向量再量长度 tags=["right"]
def count_parameters(net):
    flat = [p.detach().reshape(-1) for p in net.parameters()]
    return torch.cat(flat).shape[0] if flat else 0


# %% 辅助名字与内置函数同名 tags=["right"]
def sum(net):
    total = 0
    for p in net.parameters():
        total += math.prod(p.shape)
    return total


def isinstance(X):
    return sum(X)


list, type, copy, count, want, got, case = [], 0, None, 1, 2, 3, 4
count_parameters = isinstance


# %% 在内部用了全局的device tags=["right"]
def count_parameters(net):
    sizes = [torch.tensor(p.numel(), device=device) for p in set(net.parameters())]
    return torch.stack(sizes).sum().item() if sizes else 0


# %% 可调用的对象，逐个元素数 tags=["right"]
class Counter:
    def __call__(self, net):
        return len([x for p in net.parameters() for x in p.detach().flatten().tolist()])


count_parameters = Counter()


# %% 递归，自带已经见过的集合 tags=["right"]
def count_parameters(net, seen=None):
    seen = set() if seen is None else seen
    total = 0
    for p in net._parameters.values():
        if p is not None and p not in seen:
            seen.add(p)
            total += p.nelement()
    for child in net.children():
        total += count_parameters(child, seen)
    return total


# %% 保留参数对象的state_dict tags=["right"]
def count_parameters(net):
    values = net.state_dict(keep_vars=True).values()
    return sum(p.numel() for p in {id(p): p for p in values if isinstance(p, nn.Parameter)}.values())


# %% 按名字遍历，按存储去重 tags=["wrong"] raises="共用存储的两个权重）：应为整数544，得到288"
def count_parameters(net):
    seen, total = set(), 0
    for _, p in net.named_parameters(remove_duplicate=False):
        if p.data_ptr() not in seen:
            seen.add(p.data_ptr())
            total += math.prod(p.shape)
    return total


# %% 以data_ptr为键的字典 tags=["wrong"] raises="共用存储的两个权重"
def count_parameters(net):
    return sum({p.data_ptr(): p.numel() for p in net.parameters()}.values())


# %% 按位置数，共享的数了几次 tags=["wrong"] raises="同一层用三次）：应为整数272，得到816"
def count_parameters(net):
    return sum(p.numel() for _, p in net.named_parameters(remove_duplicate=False))


# %% state_dict把共享的数两次，还数了缓冲区 tags=["wrong"] raises="同一层用三次"
def count_parameters(net):
    return sum(value.numel() for value in net.state_dict().values())


# %% 去了重的state_dict，缓冲区还在 tags=["wrong"] raises="冻结的BatchNorm）：应为整数8，得到17"
def count_parameters(net):
    unique = {id(v): v.numel() for v in net.state_dict(keep_vars=True).values()}
    return sum(unique.values())


# %% 每个模块都递归，层层重复 tags=["wrong"] raises="同一层用三次"
def count_parameters(net):
    return sum(p.numel() for m in net.modules() for p in m.parameters())


# %% 只按模块去重，漏了共享的参数对象 tags=["wrong"] raises="两层共用一个权重）：应为整数400，得到800"
def count_parameters(net):
    return sum(p.numel() for m in net.modules() for p in m.parameters(recurse=False))


# %% 值相等就当成共享 tags=["wrong"] raises="值相等的两层）：应为整数544，得到272"
def count_parameters(net):
    kept = []
    for p in net.parameters():
        if not any(p.shape == q.shape and torch.equal(p, q) for q in kept):
            kept.append(p)
    return sum(p.numel() for p in kept)


# %% 形状相同就当成共享 tags=["wrong"] raises="值相等的两层"
def count_parameters(net):
    return sum(math.prod(shape) for shape in {p.shape for p in net.parameters()})


# %% 只数要梯度的 tags=["wrong"] raises="冻结的BatchNorm）：应为整数8，得到0"
def count_parameters(net):
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


# %% 只数权重 tags=["wrong"] raises="应为整数272，得到256"
def count_parameters(net):
    return sum(p.numel() for name, p in net.named_parameters() if name.endswith('weight'))


# %% 只数Linear和Embedding tags=["wrong"] raises="冻结的BatchNorm"
def count_parameters(net):
    layers = {m for m in net.modules() if isinstance(m, (nn.Linear, nn.Embedding))}
    return sum(p.numel() for p in {p for m in layers for p in m.parameters()})


# %% 数的是张量个数 tags=["wrong"] raises="应为整数272，得到2"
def count_parameters(net):
    return len(list(net.parameters()))


# %% 只看最外层的孩子 tags=["wrong"] raises="多层嵌套"
def count_parameters(net):
    unique = set(net.parameters(recurse=False))
    for child in net.children():
        unique |= set(child.parameters(recurse=False))
        for grandchild in child.children():
            unique |= set(grandchild.parameters(recurse=False))
    return sum(p.numel() for p in unique)


# %% 漏了零维的参数 tags=["wrong"] raises="多层嵌套和零维参数）：应为整数10，得到9"
def count_parameters(net):
    return sum(p.numel() for p in net.parameters() if p.dim())


# %% 返回张量 tags=["wrong"] raises="应为整数272，得到tensor(272)"
def count_parameters(net):
    return sum((torch.tensor(p.numel()) for p in net.parameters()), torch.tensor(0))


# %% 忘了返回 tags=["wrong"] raises="没有返回值"
def count_parameters(net):
    total = 0
    for p in net.parameters():
        total += p.numel()
    print(total)


# %% 先全部解冻，再数要梯度的 tags=["wrong"] raises="BatchNorm被解冻了"
def count_parameters(net):
    net.requires_grad_(True)
    return sum(p.numel() for p in net.parameters() if p.requires_grad)
