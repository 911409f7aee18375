# %% 按对象去重 tags=["right"]
def count_parameters(net):
    unique = {id(p): p for m in net.modules() for p in m._parameters.values() if p is not None}
    return sum(p.numel() for p in unique.values())


# %% 按名字遍历，按存储去重 tags=["right"]
def count_parameters(net):
    seen, total = set(), 0
    for _, p in net.named_parameters(remove_duplicate=False):
        if p.data_ptr() not in seen:
            seen.add(p.data_ptr())
            total += math.prod(p.shape)
    return total


# %% 摊平成一个向量再量长度 tags=["right"]
def count_parameters(net):
    flat = [p.detach().reshape(-1) for p in net.parameters()]
    return torch.cat(flat).shape[0] if flat else 0


# %% 按位置数，共享的数了几次 tags=["wrong"] raises="同一层用三次，只数一次"
def count_parameters(net):
    return sum(p.numel() for _, p in net.named_parameters(remove_duplicate=False))


# %% state_dict把共享的数两次，还数了缓冲区 tags=["wrong"] raises="同一层用三次"
def count_parameters(net):
    return sum(value.numel() for value in net.state_dict().values())


# %% 按存储去重的state_dict，缓冲区还在 tags=["wrong"] raises="缓冲区不是参数"
def count_parameters(net):
    unique = {v.data_ptr(): v.numel() for v in net.state_dict().values()}
    return sum(unique.values())


# %% 每个模块都递归，层层重复 tags=["wrong"] raises="同一层用三次"
def count_parameters(net):
    return sum(p.numel() for m in net.modules() for p in m.parameters())


# %% 只按模块去重，漏了共享的参数对象 tags=["wrong"] raises="层不同而参数是同一个对象"
def count_parameters(net):
    return sum(p.numel() for m in net.modules() for p in m.parameters(recurse=False))


# %% 值相等就当成共享 tags=["wrong"] raises="值相等的三层是三份参数"
def count_parameters(net):
    kept = []
    for p in net.parameters():
        if not any(p.shape == q.shape and torch.equal(p, q) for q in kept):
            kept.append(p)
    return sum(p.numel() for p in kept)


# %% 只数要梯度的 tags=["wrong"] raises="冻结的参数照数"
def count_parameters(net):
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


# %% 只数权重 tags=["wrong"] raises="权重和偏置都要数"
def count_parameters(net):
    return sum(p.numel() for name, p in net.named_parameters() if name.endswith('weight'))


# %% 数的是张量个数 tags=["wrong"] raises="一个全连接层"
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


# %% 返回张量 tags=["wrong"] raises="应返回int"
def count_parameters(net):
    return sum((torch.tensor(p.numel()) for p in net.parameters()), torch.tensor(0))
