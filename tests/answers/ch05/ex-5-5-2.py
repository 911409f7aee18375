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
    for (a, names), (b, places) in zip(source, target):
        if len(names) != len(places):
            raise ValueError(f'{a}与{b}的条目不一样多')
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


# %% 按名字装，对不上的名字跳过 tags=["wrong"] raises="返回的名字应为"
def reuse_layers(path, new, n=2):
    old = torch.load(path, map_location='cpu')
    layers = list(dict.fromkeys(name.split('.')[0] for name in old))[:n]
    part = {k: v for k, v in old.items() if k.split('.')[0] in layers}
    try:
        answer = new.load_state_dict(part, strict=False)
    except RuntimeError as error:
        raise ValueError(str(error)) from error
    return [name for name in part if name not in answer.unexpected_keys]


# %% 前两层当成序号0和1 tags=["wrong"] raises="返回的名字应为"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path), new.state_dict()
    part = {k: v for k, v in old.items() if int(k.split('.')[0]) < n}
    for name, value in part.items():
        state[name].copy_(value)
    return list(part)


# %% 前两个条目当成前两层 tags=["wrong"] raises="返回的名字应为"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path), new.state_dict()
    pairs = list(zip(old.values(), state.items()))[:n]
    for value, (name, place) in pairs:
        if value.shape != place.shape:
            raise ValueError(name)
        place.copy_(value)
    return [name for _, (name, _) in pairs]


# %% 边核对边写，对不上时已经写了一部分 tags=["right"]
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    source = list(dict.fromkeys(name.split('.')[0] for name in old))
    target = list(dict.fromkeys(name.split('.')[0] for name in state))
    if min(len(source), len(target)) < n:
        raise ValueError('层不够')
    names = []
    for a, b in zip(source[:n], target):
        if [k.split('.')[0] for k in old].count(a) != [k.split('.')[0] for k in state].count(b):
            raise ValueError('条目不一样多')
        for key, value in old.items():
            if key.split('.')[0] == a:
                name = b + key[len(a) :]
                if value.shape != state[name].shape:
                    raise ValueError(name)
                state[name].copy_(value)
                names.append(name)
    return names


# %% 不核对形状，由copy_广播 tags=["wrong"] raises="（形状不同，但能广播）：应当抛出异常，却没有抛出"
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


# %% 层的名字按字符串排序 tags=["wrong"] raises="（层的名字是b、a）：ValueError: 0.weight"
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


# %% 换上新的Parameter tags=["wrong"] raises="换成了别的对象，优化器就训练不到它了"
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


# %% 层不够时有几层抄几层 tags=["wrong"] raises="不够n层）：应当抛出异常，却没有抛出"
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


# %% 把能装的层全装上，不管n tags=["wrong"] raises="返回的名字应为"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    part = {k: v for k, v in old.items() if k in state and v.shape == state[k].shape}
    new.load_state_dict(part, strict=False)
    return list(part)


# %% 抄对了，返回的是旧网络里的名字 tags=["wrong"] raises="返回的名字应为"
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


# %% 后面合得上的层也抄 tags=["wrong"] raises="返回的名字应为"
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


# %% 层名没有带点，1也匹配了10 tags=["wrong"] raises="0.weight与文件里的不同"
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


# %% 只比元素个数 tags=["wrong"] raises="（元素一样多，形状不同）：应当抛出异常，却没有抛出"
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


# %% 不写n时只抄一层 tags=["wrong"] raises="返回的名字应为"
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


# %% 函数、变量的名字很不凑巧，用到笔记本里的device tags=["right"]
from collections import OrderedDict as dict


def sorted(state, n):
    first = dict()
    for name in state:
        first.setdefault(name[: name.index('.')], []).append(name)
    if n > len(first):
        raise IndexError(n)
    return [name for names in first.values() for name in names][
        : sum(map(len, [*first.values()][:n]))
    ]


mlp, reuse, copy, tempfile, names, written, case, zip_ = 0, 1, 2, 3, 4, 5, 6, zip


def reuse_layers(path, new, n=2):
    old, want = torch.load(path, map_location=device), new.state_dict()
    rows = [*zip_(sorted(old, n), sorted(want, n), strict=True)]
    for a, b in rows:
        assert a.split('.')[1:] == b.split('.')[1:] and old[a].shape == want[b].shape
    with torch.no_grad():
        for a, b in rows:
            want[b].copy_(old[a])
    return [b for _, b in rows]


# %% 遍历子模块，严格地load_state_dict，异常原样抛出 tags=["right"]
def reuse_layers(path, new, n=2):
    saved = torch.load(path, weights_only=True, map_location='cpu')
    parts = {}
    for name, value in saved.items():
        head, tail = name.split('.', 1)
        parts.setdefault(head, {})[tail] = value
    children = [(k, m) for k, m in new.named_children() if len(m.state_dict()) > 0]
    written = []
    for i in range(n):
        part, (name, module) = list(parts.values())[i], children[i]
        module.load_state_dict(part)
        written.extend(f'{name}.{key}' for key in part)
    return written


# %% 可调用的对象，返回元组 tags=["right"]
class Reuse:
    def __call__(self, path, new, n=2):
        old = self.layers(torch.load(path, map_location='cpu'))[:n]
        mine = self.layers(new.state_dict())[:n]
        if len(old) != n or len(mine) != n:
            raise ValueError('不够')
        for a, b in zip(old, mine):
            if {k: v.shape for k, v in a[1].items()} != {k: v.shape for k, v in b[1].items()}:
                raise ValueError('不合')
        part = {f'{b[0]}.{k}': v for a, b in zip(old, mine) for k, v in a[1].items()}
        missing = new.load_state_dict(part, strict=False)
        assert not missing.unexpected_keys
        return tuple(part)

    @staticmethod
    def layers(state):
        heads = dict.fromkeys(k.partition('.')[0] for k in state)
        return [
            (h, {k[len(h) + 1 :]: v for k, v in state.items() if k.startswith(f'{h}.')})
            for h in heads
        ]


reuse_layers = Reuse()


# %% 层名当成整数排序 tags=["wrong"] raises="（层的名字是b、a）：ValueError"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    heads = [sorted({int(k.split('.')[0]) for k in s})[:n] for s in (old, state)]
    if len(heads[0]) < n or len(heads[1]) < n:
        raise ValueError('层不够')
    pairs = []
    for a, b in zip(*heads):
        for key, value in old.items():
            if key.split('.')[0] == str(a):
                name = f'{b}{key[len(str(a)) :]}'
                if state[name].shape != value.shape:
                    raise ValueError(name)
                pairs.append((name, value))
        extra = {k for k in state if k.split('.')[0] == str(b)} - {name for name, _ in pairs}
        if extra:
            raise ValueError(extra)
    for name, value in pairs:
        state[name].copy_(value)
    return [name for name, _ in pairs]


# %% 文件里有、新网络没有的条目，悄悄跳过 tags=["wrong"] raises="（新网络没有偏置）：应当抛出异常，却没有抛出"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    heads = [list(dict.fromkeys(k.split('.')[0] for k in s)) for s in (old, state)]
    if min(map(len, heads)) < n:
        raise ValueError('层不够')
    pairs = []
    for a, b in zip(heads[0][:n], heads[1]):
        for key in old:
            name = b + key[len(a) :]
            if key.split('.')[0] == a and name in state:
                if state[name].shape != old[key].shape:
                    raise ValueError(name)
                pairs.append((name, old[key]))
    for name, value in pairs:
        state[name].copy_(value)
    return [name for name, _ in pairs]


# %% 只认得几种层 tags=["wrong"] raises="（卷积）"
def reuse_layers(path, new, n=2):
    old = torch.load(path, map_location='cpu')
    heads = list(dict.fromkeys(k.split('.')[0] for k in old))
    kinds = nn.Linear, nn.BatchNorm1d, nn.Sequential
    layers = [(k, m) for k, m in new.named_children() if isinstance(m, kinds)]
    if len(heads) < n or len(layers) < n:
        raise ValueError('层不够')
    names = []
    for head, (name, layer) in zip(heads[:n], layers):
        part = {k.split('.', 1)[1]: v for k, v in old.items() if k.split('.')[0] == head}
        layer.load_state_dict(part)
        names += [f'{name}.{k}' for k in part]
    return names


# %% 最后一个点之前当成层名，块里的层各算一层 tags=["wrong"] raises="（块算一层）：返回的名字应为"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    heads = [list(dict.fromkeys(k.rpartition('.')[0] for k in s)) for s in (old, state)]
    if min(map(len, heads)) < n:
        raise ValueError('层不够')
    pairs = []
    for a, b in zip(heads[0][:n], heads[1]):
        keys = [[k.rpartition('.')[2] for k in s if k.rpartition('.')[0] == h]
                for s, h in ((old, a), (state, b))]
        for key in dict.fromkeys(keys[0] + keys[1]):
            source, place = old[f'{a}.{key}'], state[f'{b}.{key}']
            if source.shape != place.shape:
                raise ValueError(key)
            pairs.append((f'{b}.{key}', source))
    for name, value in pairs:
        state[name].copy_(value)
    return [name for name, _ in pairs]


# %% 没有return tags=["wrong"] raises="reuse_layers没有返回值（return）"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location='cpu'), new.state_dict()
    for value, place in list(zip(old.values(), state.values()))[: 2 * n]:
        place.copy_(value)


# %% 抄进一份state_dict的副本，忘了装回去 tags=["wrong"] raises="与文件里的不同"
def reuse_layers(path, new, n=2):
    old = torch.load(path, map_location='cpu')
    state = {k: v.clone() for k, v in new.state_dict().items()}
    heads = [list(dict.fromkeys(k.split('.')[0] for k in s)) for s in (old, state)]
    if min(map(len, heads)) < n:
        raise ValueError('层不够')
    names = []
    for a, b in zip(heads[0][:n], heads[1]):
        for key in old:
            if key.split('.')[0] == a:
                names.append(b + key[len(a) :])
                if state[names[-1]].shape != old[key].shape:
                    raise ValueError(names[-1])
                state[names[-1]] = old[key]
    return names


# %% 用文件里的张量换掉.data，数据类型也跟着变 tags=["wrong"] raises="数据类型变成了"
def reuse_layers(path, new, n=2):
    old, state = torch.load(path, map_location=device), new.state_dict()
    parameters = {**dict(new.named_parameters()), **dict(new.named_buffers())}
    heads = [list(dict.fromkeys(k.split('.')[0] for k in s)) for s in (old, state)]
    if min(map(len, heads)) < n:
        raise ValueError('层不够')
    pairs = []
    for a, b in zip(heads[0][:n], heads[1]):
        keys = [{k.partition('.')[2] for k in s if k.partition('.')[0] == h}
                for s, h in ((old, a), (state, b))]
        if keys[0] != keys[1]:
            raise ValueError(keys)
        pairs += [(f'{b}.{k}', old[f'{a}.{k}']) for k in keys[0]]
    for name, value in pairs:
        if state[name].shape != value.shape:
            raise ValueError(name)
    for name, value in pairs:
        parameters[name].data = value
    return [name for name, _ in pairs]


# %% 只看文件里有的条目 tags=["wrong"] raises="应当抛出异常，却没有抛出"
def layers_of(state, n):
    names = [*dict.fromkeys(k.partition('.')[0] for k in state)]
    if len(names) < n:
        raise ValueError('不够n层')
    return names[:n]


def reuse_layers(path, new, n=2):
    old, state, names = torch.load(path, weights_only=True), new.state_dict(), []
    for a, b in zip(layers_of(old, n), layers_of(state, n)):
        for key, value in old.items():
            if key.startswith(a + '.'):
                name = b + key[len(a) :]
                if state[name].shape != value.shape:
                    raise ValueError('形状不同')
                state[name].copy_(value)
                names.append(name)
    return names


# %% 层的名字当作序号 tags=["wrong"] raises="返回的名字应为"
def reuse_layers(path, new, n=2):
    old, groups, names = torch.load(path, weights_only=True), {}, []
    for key, value in old.items():
        groups.setdefault(key.partition('.')[0], {})[key.partition('.')[2]] = value
    layers = [(i, layer) for i, layer in enumerate(new) if layer.state_dict()]
    if len(groups) < n or len(layers) < n:
        raise ValueError('不够n层')
    for (i, layer), state in list(zip(layers, groups.values()))[:n]:
        layer.load_state_dict(state)
        names += [f'{i}.{key}' for key in state]
    return names


# %% 按参数数层，漏了只有缓冲区的 tags=["wrong"] raises="层里只有缓冲区"
def reuse_layers(path, new, n=2):
    old, groups, names = torch.load(path, weights_only=True), {}, []
    for key, value in old.items():
        groups.setdefault(key.partition('.')[0], {})[key.partition('.')[2]] = value
    layers = [(k, layer) for k, layer in new.named_children() if list(layer.parameters())]
    if len(groups) < n or len(layers) < n:
        raise ValueError('不够n层')
    for (name, layer), state in list(zip(layers, groups.values()))[:n]:
        layer.load_state_dict(state)
        names += [f'{name}.{key}' for key in state]
    return names
