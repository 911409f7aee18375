# %% itertools.groupby按层分组，load_state_dict写入 tags=["right"]
from itertools import groupby, islice


def reuse_layers(path, new, n=2):
    def layers(state):
        groups = groupby(state, key=lambda name: name.split('.')[0])
        return [(layer, list(names)) for layer, names in islice(groups, n)]

    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    source, target = layers(old), layers(state)
    if len(source) < n or len(target) < n:
        raise ValueError(f'有参数的层不够{n}个')
    part = {}
    for (a, names), (b, _) in zip(source, target):
        for name in names:
            place = b + name[len(a) :]
            if place not in state or state[place].shape != old[name].shape:
                raise ValueError(f'{name}与{place}不合')
            part[place] = old[name]
    new.load_state_dict(part, strict=False)
    return list(part)


# %% 逐个子模块处理，先在副本上试 tags=["right"]
def reuse_layers(path, new, n=2):
    old = torch.load(path, map_location='cpu', weights_only=True)
    order = list(dict.fromkeys(name.split('.')[0] for name in old))
    trial = copy.deepcopy(new)
    layers = [(name, layer) for name, layer in trial.named_children() if layer.state_dict()]
    if min(len(order), len(layers)) < n:
        raise ValueError('too few layers')
    names = []
    for prefix, (name, layer) in zip(order[:n], layers):
        part = {
            key[len(prefix) + 1 :]: value
            for key, value in old.items()
            if key.startswith(prefix + '.')
        }
        try:
            layer.load_state_dict(part)
        except RuntimeError as error:
            raise ValueError(str(error)) from error
        names += [f'{name}.{key}' for key in part]
    new.load_state_dict(trial.state_dict())
    return names


# %% 核对整张形状表，再写.data tags=["right"]
def reuse_layers(path, new, n=2):
    old = torch.load(path, map_location=lambda storage, location: storage)

    def head(items):
        kept, seen = [], []
        for name, value in items:
            layer, _, rest = name.partition('.')
            if layer not in seen:
                if len(seen) == n:
                    break
                seen.append(layer)
            kept.append((name, (len(seen), rest, tuple(value.shape)), value))
        if len(seen) < n:
            raise ValueError(f'{len(seen)} < {n}')
        return kept

    source, target = head(old.items()), head(new.state_dict().items())
    if [key for _, key, _ in source] != [key for _, key, _ in target]:
        raise ValueError('shapes differ')
    for (_, _, value), (_, _, place) in zip(source, target):
        place.data.copy_(value.to(place))
    return [name for name, _, _ in target]


# %% 按名字装，对不上的名字跳过 tags=["wrong"] raises="应当写入"
def reuse_layers(path, new, n=2):
    old = torch.load(path, map_location='cpu')
    layers = list(dict.fromkeys(name.split('.')[0] for name in old))[:n]
    part = {k: v for k, v in old.items() if k.split('.')[0] in layers}
    try:
        answer = new.load_state_dict(part, strict=False)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    return [name for name in part if name not in answer.unexpected_keys]


# %% 前两层当成序号0和1 tags=["wrong"] raises="应当写入"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path), new.state_dict()
    part = {k: v for k, v in old.items() if int(k.split('.')[0]) < n}
    for name, value in part.items():
        state[name].copy_(value)
    return list(part)


# %% 前两个条目当成前两层 tags=["wrong"] raises="应当写入"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path), new.state_dict()
    pairs = list(zip(old.values(), state.items()))[:n]
    for value, (name, place) in pairs:
        if value.shape != place.shape:
            raise ValueError(name)
        place.copy_(value)
    return [name for _, (name, _) in pairs]


# %% 边核对边写 tags=["wrong"] raises="已经被改动"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    source = list(dict.fromkeys(name.split('.')[0] for name in old))
    target = list(dict.fromkeys(name.split('.')[0] for name in state))
    if min(len(source), len(target)) < n:
        raise ValueError('层不够')
    names = []
    for a, b in zip(source[:n], target):
        for key, value in old.items():
            if key.split('.')[0] == a:
                name = b + key[len(a) :]
                if value.shape != state[name].shape:
                    raise ValueError(name)
                state[name].copy_(value)
                names.append(name)
    return names


# %% 不核对形状，由copy_广播 tags=["wrong"] raises="应当抛出ValueError"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    source = list(dict.fromkeys(name.split('.')[0] for name in old))[:n]
    target = list(dict.fromkeys(name.split('.')[0] for name in state))[:n]
    names = []
    for a, b in zip(source, target):
        for key, value in old.items():
            if key.split('.')[0] == a:
                names.append(b + key[len(a) :])
                state[names[-1]].copy_(value)
    return names


# %% 层的名字按字符串排序 tags=["wrong"] raises="与文件里对应的层不同"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    source = sorted({name.split('.')[0] for name in old})
    target = sorted({name.split('.')[0] for name in state})
    if min(len(source), len(target)) < n:
        raise ValueError('层不够')
    pairs = []
    for a, b in zip(source[:n], target):
        for key, value in old.items():
            if key.split('.')[0] == a:
                name = b + key[len(a) :]
                if value.shape != state[name].shape:
                    raise ValueError(name)
                pairs.append((name, value))
    for name, value in pairs:
        state[name].copy_(value)
    return [name for name, _ in pairs]


# %% 换上新的Parameter tags=["wrong"] raises="换成了另一个对象"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    source = list(dict.fromkeys(name.split('.')[0] for name in old))
    target = list(dict.fromkeys(name.split('.')[0] for name in state))
    if min(len(source), len(target)) < n:
        raise ValueError('层不够')
    part = {}
    for a, b in zip(source[:n], target):
        for key, value in old.items():
            if key.split('.')[0] == a:
                name = b + key[len(a) :]
                if value.shape != state[name].shape:
                    raise ValueError(name)
                part[name] = value.to(state[name])
    new.load_state_dict(part, strict=False, assign=True)
    return list(part)


# %% 只抄weight和bias，漏了缓冲区 tags=["wrong"] raises="running_mean"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    source = list(dict.fromkeys(name.split('.')[0] for name in old))
    target = list(dict.fromkeys(name.split('.')[0] for name in state))
    if min(len(source), len(target)) < n:
        raise ValueError('层不够')
    part = {}
    for a, b in zip(source[:n], target):
        for key, value in old.items():
            if key.split('.')[0] == a and key.endswith(('weight', 'bias')):
                name = b + key[len(a) :]
                if value.shape != state[name].shape:
                    raise ValueError(name)
                part[name] = value
    new.load_state_dict(part, strict=False)
    return list(part)


# %% 层不够时有几层抄几层 tags=["wrong"] raises="只有一层有参数，应当抛出ValueError"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    source = list(dict.fromkeys(name.split('.')[0] for name in old))
    target = list(dict.fromkeys(name.split('.')[0] for name in state))
    part = {}
    for a, b in zip(source[:n], target[:n]):
        for key, value in old.items():
            if key.split('.')[0] == a:
                name = b + key[len(a) :]
                if value.shape != state[name].shape:
                    raise ValueError(name)
                part[name] = value
    new.load_state_dict(part, strict=False)
    return list(part)


# %% 把能装的层全装上，不管n tags=["wrong"] raises="应当写入"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    part = {k: v for k, v in old.items() if k in state and v.shape == state[k].shape}
    new.load_state_dict(part, strict=False)
    return list(part)


# %% 抄对了，返回的是旧网络里的名字 tags=["wrong"] raises="应当写入"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    source = list(dict.fromkeys(name.split('.')[0] for name in old))
    target = list(dict.fromkeys(name.split('.')[0] for name in state))
    if min(len(source), len(target)) < n:
        raise ValueError('层不够')
    part = {}
    for a, b in zip(source[:n], target):
        for key, value in old.items():
            if key.split('.')[0] == a:
                part[b + key[len(a) :]] = value
    new.load_state_dict(part, strict=False)
    return [k for k in old if k.split('.')[0] in source[:n]]


# %% 后面合得上的层也抄 tags=["wrong"] raises="应当写入"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    heads = [list(dict.fromkeys(k.split('.')[0] for k in s)) for s in (old, state)]
    if min(map(len, heads)) < n:
        raise ValueError('层数不够')
    todo = []
    for source, target in zip(heads[0], heads[1]):
        for name in old:
            if name.startswith(source + '.'):
                place = target + '.' + name.split('.', 1)[1]
                a, b = old[name], state.get(place)
                if b is None or a.shape != b.shape:
                    break
                todo.append((place, a, b))
    for _, a, b in todo:
        b.copy_(a)
    return list(dict.fromkeys(place for place, _, _ in todo))


# %% 层名没有带点，1也匹配了10 tags=["wrong"] raises="与文件里对应的层不同"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    heads = [list(dict.fromkeys(k.split('.')[0] for k in s)) for s in (old, state)]
    if min(map(len, heads)) < n:
        raise ValueError('层数不够')
    todo = []
    for source, target in zip(heads[0][:n], heads[1][:n]):
        for name in old:
            if name.startswith(source):
                place = target + '.' + name.split('.', 1)[1]
                a, b = old[name], state.get(place)
                if b is None or a.shape != b.shape:
                    raise ValueError(name)
                todo.append((place, a, b))
    for _, a, b in todo:
        b.copy_(a)
    return list(dict.fromkeys(place for place, _, _ in todo))


# %% 只比元素个数 tags=["wrong"] raises="元素一样多，但形状不同"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    heads = [list(dict.fromkeys(k.split('.')[0] for k in s)) for s in (old, state)]
    if min(map(len, heads)) < n:
        raise ValueError('层数不够')
    todo = []
    for source, target in zip(heads[0][:n], heads[1][:n]):
        for name in old:
            if name.startswith(source + '.'):
                place = target + '.' + name.split('.', 1)[1]
                a, b = old[name], state.get(place)
                if b is None or a.numel() != b.numel():
                    raise ValueError(name)
                todo.append((place, a, b))
    for _, a, b in todo:
        b.copy_(a.reshape(b.shape))
    return list(dict.fromkeys(place for place, _, _ in todo))


# %% 不写n时只抄一层 tags=["wrong"] raises="应当写入"
def reuse_layers(path, new, n=1):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    heads = [list(dict.fromkeys(k.split('.')[0] for k in s)) for s in (old, state)]
    if min(map(len, heads)) < n:
        raise ValueError('层数不够')
    todo = []
    for source, target in zip(heads[0][:n], heads[1][:n]):
        for name in old:
            if name.startswith(source + '.'):
                place = target + '.' + name.split('.', 1)[1]
                if place not in state or old[name].shape != state[place].shape:
                    raise ValueError(name)
                todo.append((place, old[name]))
    for place, value in todo:
        state[place].copy_(value)
    return [place for place, _ in todo]
