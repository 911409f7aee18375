# %% 按模块和名字，列表逐个放 tags=["right"]
def decay_groups(X, weight_decay):
    list, sum, seen = [], [], set()
    owners = {id(p): (m, n) for m in X.modules() for n, p in m.named_parameters(recurse=False)}
    for net in X.parameters():
        module, name = owners[id(net)]
        if id(net) in seen:
            continue
        seen.add(id(net))
        norm = isinstance(module, (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm))
        (sum if norm or name.find('bias') >= 0 else list).append(net)
    print(device)
    return [dict(params=list, weight_decay=weight_decay), dict(params=sum, weight_decay=0)]


# %% 每个参数自成一组 tags=["right"]
def kind(module):
    return type(module).__name__


def decay_groups(net, weight_decay):
    groups = []
    for path, param in net.named_parameters():
        parent, _, name = path.rpartition('.')
        layer = kind(net.get_submodule(parent))
        exempt = 'bias' in name or layer.startswith('BatchNorm') or layer in ('LayerNorm', 'GroupNorm')
        groups.append({'params': param, 'weight_decay': 0.0 if exempt else weight_decay})
    return groups


# %% 生成器，先列不衰减的 tags=["right"]
def decay_groups(net, weight_decay):
    exempt = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.LayerNorm, nn.GroupNorm)
    norm_params = {p for m in net.modules() if isinstance(m, exempt) for p in m.parameters(recurse=False)}

    def bare(name, p):
        return p in norm_params or 'bias' in name.split('.')[-1]

    return [
        {'params': (p for n, p in net.named_parameters() if bare(n, p)), 'weight_decay': 0},
        {'params': (p for n, p in net.named_parameters() if not bare(n, p)), 'weight_decay': weight_decay},
    ]


# %% 名字和参数一起给 tags=["right"]
def decay_groups(net, weight_decay):
    groups = {weight_decay: [], 0.0: []}
    for name, p in net.named_parameters():
        module = net.get_submodule(name.rpartition('.')[0])
        norm = isinstance(module, nn.LayerNorm | nn.GroupNorm | nn.modules.batchnorm._NormBase)
        groups[0.0 if norm or 'bias' in name.rpartition('.')[2] else weight_decay].append((name, p))
    return [{'params': params, 'weight_decay': decay} for decay, params in groups.items() if params]


# %% 只看维数 tags=["wrong"] raises="weight的衰减应为0，得到0.3"
def decay_groups(net, weight_decay):
    params = list(net.parameters())
    return [
        {'params': [p for p in params if p.dim() >= 2], 'weight_decay': weight_decay},
        {'params': [p for p in params if p.dim() < 2], 'weight_decay': 0.0},
    ]


# %% 只看名字里有没有norm tags=["wrong"] raises="1.weight的衰减应为0，得到0.3"
def decay_groups(net, weight_decay):
    named = list(net.named_parameters())
    return [
        {'params': [p for n, p in named if 'norm' not in n and 'bias' not in n], 'weight_decay': weight_decay},
        {'params': [p for n, p in named if 'norm' in n or 'bias' in n], 'weight_decay': 0.0},
    ]


# %% 拿整个名字找bias tags=["wrong"] raises="bias.weight的衰减应为0.3，得到0"
def decay_groups(net, weight_decay):
    bare = set()
    for m in net.modules():
        if isinstance(m, (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm)):
            bare |= set(m.parameters())
    named = list(net.named_parameters())
    return [
        {'params': [p for n, p in named if p not in bare and 'bias' not in n], 'weight_decay': weight_decay},
        {'params': [p for n, p in named if p in bare or 'bias' in n], 'weight_decay': 0.0},
    ]


# %% 名字恰好是bias才算 tags=["wrong"] raises="bias_ih_l0的衰减应为0，得到0.3"
def decay_groups(net, weight_decay):
    decayed, rest = [], []
    for path, p in net.named_parameters():
        parent, _, name = path.rpartition('.')
        norm = isinstance(net.get_submodule(parent), (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm))
        (rest if norm or name == 'bias' else decayed).append(p)
    return [{'params': decayed, 'weight_decay': weight_decay}, {'params': rest, 'weight_decay': 0.0}]


# %% 没有写weight_decay，用了默认值 tags=["wrong"] raises="0.bias的衰减应为0，得到0.01"
def decay_groups(net, weight_decay):
    decayed, rest = [], []
    for path, p in net.named_parameters():
        parent, _, name = path.rpartition('.')
        norm = isinstance(net.get_submodule(parent), (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm))
        (rest if norm or 'bias' in name else decayed).append(p)
    return [{'params': decayed, 'weight_decay': weight_decay}, {'params': rest}]


# %% 按模块收集，共享的出现两次 tags=["wrong"] raises="some parameters appear in more than one parameter group"
def decay_groups(net, weight_decay):
    groups = []
    for m in net.modules():
        for name, p in m.named_parameters(recurse=False):
            norm = isinstance(m, (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm))
            decay = 0.0 if norm or 'bias' in name else weight_decay
            groups.append({'params': [p], 'weight_decay': decay})
    return groups


# %% 漏了冻结的 tags=["wrong"] raises="2.weight应出现1次，实际0次"
def decay_groups(net, weight_decay):
    decayed, rest = [], []
    for path, p in net.named_parameters():
        parent, _, name = path.rpartition('.')
        norm = isinstance(net.get_submodule(parent), (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm))
        if p.requires_grad:
            (rest if norm or 'bias' in name else decayed).append(p)
    return [{'params': decayed, 'weight_decay': weight_decay}, {'params': rest, 'weight_decay': 0.0}]


# %% 只认得BatchNorm1d tags=["wrong"] raises="0.weight的衰减应为0，得到0.3"
def decay_groups(net, weight_decay):
    decayed, rest = [], []
    for path, p in net.named_parameters():
        parent, _, name = path.rpartition('.')
        norm = isinstance(net.get_submodule(parent), (nn.BatchNorm1d, nn.LayerNorm, nn.GroupNorm))
        (rest if norm or 'bias' in name else decayed).append(p)
    return [{'params': decayed, 'weight_decay': weight_decay}, {'params': rest, 'weight_decay': 0.0}]


# %% 规范化层整个漏了 tags=["wrong"] raises="1.weight应出现1次，实际0次"
def decay_groups(net, weight_decay):
    decayed, rest = [], []
    for m in net.modules():
        if isinstance(m, (nn.Linear, nn.Conv2d)):
            decayed.append(m.weight)
            rest.append(m.bias)
    return [{'params': decayed, 'weight_decay': weight_decay}, {'params': rest, 'weight_decay': 0.0}]


# %% 用集合，次序乱了 tags=["wrong"] raises="次序应为"
def decay_groups(net, weight_decay):
    decayed, rest = set(), set()
    for path, p in net.named_parameters():
        parent, _, name = path.rpartition('.')
        norm = isinstance(net.get_submodule(parent), (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm))
        (rest if norm or 'bias' in name else decayed).add(p)
    return [
        {'params': sorted(decayed, key=id, reverse=True), 'weight_decay': weight_decay},
        {'params': sorted(rest, key=id, reverse=True), 'weight_decay': 0.0},
    ]


# %% 两组反了 tags=["wrong"] raises="0.weight的衰减应为0.3，得到0"
def decay_groups(net, weight_decay):
    decayed, rest = [], []
    for path, p in net.named_parameters():
        parent, _, name = path.rpartition('.')
        norm = isinstance(net.get_submodule(parent), (nn.modules.batchnorm._BatchNorm, nn.LayerNorm, nn.GroupNorm))
        (rest if norm or 'bias' in name else decayed).append(p)
    return [{'params': decayed, 'weight_decay': 0.0}, {'params': rest, 'weight_decay': weight_decay}]


# %% 没有return tags=["wrong"] raises="decay_groups没有返回值"
def decay_groups(net, weight_decay):
    print([{'params': list(net.parameters()), 'weight_decay': weight_decay}])


# %% 只看一层子模块 tags=["wrong"] raises="weight的衰减应为0，得到0.3"
def decay_groups(net, weight_decay):
    norms = nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.LayerNorm, nn.GroupNorm
    bare = set()
    for m in [net, *net.children()]:
        if isinstance(m, norms):
            bare.update(m.parameters())
    bare.update(p for name, p in net.named_parameters() if 'bias' in name.split('.')[-1])
    params = list(net.parameters())
    return [
        {'params': [p for p in params if p not in bare], 'weight_decay': weight_decay},
        {'params': [p for p in params if p in bare], 'weight_decay': 0},
    ]
