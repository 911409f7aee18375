# %% 正则表达式，帮手取了不巧的名字 tags=["right"]
import re


def build(list):
    return re.sub(r'(^|\.)((module|_orig_mod)(\.|$))+', r'\1', list)


state, same, sum, old = 0, 1, 2, 3


def load_renamed(net, state):
    ours, theirs = {}, {}
    for table, keys in ((ours, net.state_dict()), (theirs, state)):
        for key in keys:
            if build(key) in table:
                raise KeyError(f'{key}与{table[build(key)]}是同一项')
            table[build(key)] = key
    if ours.keys() != theirs.keys():
        raise KeyError(ours.keys() ^ theirs.keys())
    own = net.state_dict()
    for name in ours:
        assert own[ours[name]].shape == state[theirs[name]].shape
    with torch.no_grad():
        for name in ours:
            own[ours[name]].copy_(state[theirs[name]])
    return {theirs[name]: ours[name] for name in ours}


# %% 出错就退回去 tags=["right"]
import copy


def load_renamed(net, state):
    before = copy.deepcopy(net.state_dict())
    key_of = lambda k: tuple(p for p in k.split('.') if p != 'module' and p != '_orig_mod')
    found = [[b for b in before if key_of(b) == key_of(a)] for a in state]
    if sorted(found) != sorted([b] for b in before):
        raise ValueError('不能一一对应')
    pairs = {a: b for a, (b,) in zip(state, found)}
    try:
        net.load_state_dict({b: state[a] for a, b in pairs.items()}, strict=True)
    except RuntimeError:
        net.load_state_dict(before)
        raise
    print(device)
    return pairs


# %% 先装进副本试试 tags=["right"]
import collections
import copy


class Renamed(collections.OrderedDict):
    @staticmethod
    def clean(key):
        while True:
            shorter = ('.' + key).replace('.module.', '.').replace('._orig_mod.', '.')[1:]
            if shorter == key:
                return key
            key = shorter


def load_renamed(net, state):
    trial, renamed, pairs = copy.deepcopy(net), Renamed(), {}
    own = {Renamed.clean(k): k for k in net.state_dict()}
    for key in state:
        name = own.pop(Renamed.clean(key))
        renamed[name], pairs[key] = state[key], name
    if own:
        raise LookupError(f'缺{list(own)}')
    trial.load_state_dict(renamed)
    net.load_state_dict(renamed)
    return pairs


# %% 不改名，不严格 tags=["wrong"] raises="（net的键前有''，文件的键前有'module.'，led.之后有''）：返回的字典里缺"
def load_renamed(net, state):
    answer = net.load_state_dict(state, strict=False)
    return {k: k for k in state if k not in answer.unexpected_keys}


# %% 去掉前缀，不严格 tags=["wrong"] raises="返回的字典里缺"
def load_renamed(net, state):
    renamed = {k.removeprefix('module.'): k for k in state}
    net.load_state_dict({n: state[k] for n, k in renamed.items()}, strict=False)
    return {k: n for n, k in renamed.items() if n in net.state_dict()}


# %% lstrip tags=["wrong"] raises="一项不漏地装进来"
def load_renamed(net, state):
    pairs = {k: k.lstrip('module.') for k in state}
    net.load_state_dict({pairs[k]: state[k] for k in state})
    return pairs


# %% replace不看是不是整段 tags=["wrong"] raises="一项不漏地装进来"
def load_renamed(net, state):
    pairs = {k: k.replace('module.', '').replace('_orig_mod.', '') for k in state}
    net.load_state_dict({pairs[k]: state[k] for k in state})
    return pairs


# %% 切去前7个字母 tags=["wrong"] raises="一项不漏地装进来"
def load_renamed(net, state):
    pairs = {k: k[7:] for k in state}
    net.load_state_dict({pairs[k]: state[k] for k in state})
    return pairs


# %% 只去掉开头的一层 tags=["wrong"] raises="文件的键前有'_orig_mod.module.'"
def load_renamed(net, state):
    own = net.state_dict()
    pairs = {k: k.removeprefix('module.') for k in state}
    if set(pairs.values()) != set(own):
        raise KeyError(set(pairs.values()) ^ set(own))
    net.load_state_dict({pairs[k]: state[k] for k in state})
    return pairs


# %% 只去掉开头的，去不掉中间的 tags=["wrong"] raises="led.之后有'_orig_mod.'"
import re


def load_renamed(net, state):
    own = net.state_dict()
    pairs = {k: re.sub(r'^((module|_orig_mod)\.)+', '', k) for k in state}
    if set(pairs.values()) != set(own):
        raise KeyError(set(pairs.values()) ^ set(own))
    net.load_state_dict({pairs[k]: state[k] for k in state})
    return pairs


# %% net的键不去掉 tags=["wrong"] raises="（net的键前有'module.'，文件的键前有''"
def load_renamed(net, state):
    own = net.state_dict()
    pairs = {
        k: '.'.join(p for p in k.split('.') if p not in ('module', '_orig_mod')) for k in state
    }
    if set(pairs.values()) != set(own):
        raise KeyError(set(pairs.values()) ^ set(own))
    net.load_state_dict({pairs[k]: state[k] for k in state})
    return pairs


# %% 按次序装 tags=["wrong"] raises="一项不漏地装进来"
def load_renamed(net, state):
    own = net.state_dict()
    pairs = dict(zip(state, own))
    for k in state:
        own[pairs[k]].copy_(state[k])
    return pairs


# %% 形状交给load_state_dict，它装了一半才报错 tags=["wrong"] raises="（形状不同，但能广播）：抛出了异常，net或state却变了"
def load_renamed(net, state):
    bare = lambda k: '.'.join(p for p in k.split('.') if p not in ('module', '_orig_mod'))
    own = {bare(k): k for k in net.state_dict()}
    if sorted(own) != sorted(map(bare, state)):
        raise KeyError('不能一一对应')
    pairs = {k: own[bare(k)] for k in state}
    net.load_state_dict({pairs[k]: state[k] for k in state})
    return pairs


# %% copy_会广播 tags=["wrong"] raises="（形状不同，但能广播）：应当抛出异常"
def load_renamed(net, state):
    bare = lambda k: '.'.join(p for p in k.split('.') if p not in ('module', '_orig_mod'))
    own = {bare(k): k for k in net.state_dict()}
    if sorted(own) != sorted(map(bare, state)):
        raise KeyError('不能一一对应')
    pairs = {k: own[bare(k)] for k in state}
    for k in state:
        net.state_dict()[pairs[k]].copy_(state[k])
    return pairs


# %% 按元素个数比较，再reshape tags=["wrong"] raises="（形状不同，元素一样多）：应当抛出异常"
def load_renamed(net, state):
    bare = lambda k: '.'.join(p for p in k.split('.') if p not in ('module', '_orig_mod'))
    own = {bare(k): k for k in net.state_dict()}
    if sorted(own) != sorted(map(bare, state)):
        raise KeyError('不能一一对应')
    pairs, values = {k: own[bare(k)] for k in state}, net.state_dict()
    if any(values[pairs[k]].numel() != state[k].numel() for k in state):
        raise ValueError('形状不同')
    for k in state:
        values[pairs[k]].copy_(state[k].reshape(values[pairs[k]].shape))
    return pairs


# %% 缺的交给严格的load_state_dict，字典推导式丢了版本号 tags=["wrong"] raises="（缺num_batches_tracked）：应当抛出异常"
def load_renamed(net, state):
    bare = lambda k: '.'.join(p for p in k.split('.') if p not in ('module', '_orig_mod'))
    own, values = {bare(k): k for k in net.state_dict()}, net.state_dict()
    pairs = {k: own[bare(k)] for k in state}
    missing = {k for k in values if not k.endswith('num_batches_tracked')} - set(pairs.values())
    shapes = [k for k in state if values[pairs[k]].shape != state[k].shape]
    if missing or shapes:
        raise ValueError(f'{missing}、{shapes}')
    net.load_state_dict({pairs[k]: state[k] for k in state}, strict=True)
    return pairs


# %% 多出的悄悄丢掉 tags=["wrong"] raises="（多一项n_averaged）：应当抛出异常"
def load_renamed(net, state):
    bare = lambda k: '.'.join(p for p in k.split('.') if p not in ('module', '_orig_mod'))
    own, values = {bare(k): k for k in net.state_dict()}, net.state_dict()
    pairs = {k: own[bare(k)] for k in state if bare(k) in own}
    if set(pairs.values()) != set(values):
        raise KeyError('缺')
    if any(values[pairs[k]].shape != state[k].shape for k in pairs):
        raise ValueError('形状不同')
    net.load_state_dict({pairs[k]: state[k] for k in pairs})
    return pairs


# %% 重名的后一个盖住前一个 tags=["wrong"] raises="（两项是同一项）：应当抛出异常"
def load_renamed(net, state):
    bare = lambda k: '.'.join(p for p in k.split('.') if p not in ('module', '_orig_mod'))
    own, values = {bare(k): k for k in net.state_dict()}, net.state_dict()
    pairs = {k: own[bare(k)] for k in state}
    if set(pairs.values()) != set(values):
        raise KeyError('缺')
    if any(values[pairs[k]].shape != state[k].shape for k in pairs):
        raise ValueError('形状不同')
    net.load_state_dict({pairs[k]: state[k] for k in pairs})
    return pairs


# %% 只数个数 tags=["wrong"] raises="（缺一项，另有两项是同一项）：应当抛出异常"
def load_renamed(net, state):
    bare = lambda k: '.'.join(p for p in k.split('.') if p not in ('module', '_orig_mod'))
    own, values = {bare(k): k for k in net.state_dict()}, net.state_dict()
    if len(state) != len(values):
        raise KeyError('个数不同')
    pairs = {k: own[bare(k)] for k in state}
    if any(values[pairs[k]].shape != state[k].shape for k in pairs):
        raise ValueError('形状不同')
    net.load_state_dict({pairs[k]: state[k] for k in pairs}, strict=False)
    return pairs


# %% torch自带的函数，就地改state tags=["wrong"] raises="改动了state"
from torch.nn.modules.utils import consume_prefix_in_state_dict_if_present as consume


def load_renamed(net, state):
    bare = lambda k: '.'.join(p for p in k.split('.') if p not in ('module', '_orig_mod'))
    own, keys = {bare(k): k for k in net.state_dict()}, list(state)
    for _ in range(2):
        consume(state, 'module.')
        consume(state, '_orig_mod.')
    net.load_state_dict({own[bare(k)]: state[k] for k in state})
    return {k: own[bare(k)] for k in keys}


# %% 没有return tags=["wrong"] raises="load_renamed没有返回值"
def load_renamed(net, state):
    net.load_state_dict(state, strict=False)


# %% 两边都用replace tags=["wrong"] raises="（submodule不是module段）：应当抛出异常，却没有抛出"
def load_renamed(net, state):
    def bare(key):
        return key.replace('module.', '').replace('_orig_mod.', '')

    own = net.state_dict()
    names, pairs = {bare(name): name for name in own}, {}
    if sorted(map(bare, own)) != sorted(map(bare, state)):
        raise ValueError('不能一一对应')
    for key in state:
        pairs[key] = names[bare(key)]
        if state[key].shape != own[pairs[key]].shape:
            raise ValueError('形状不同')
    net.load_state_dict({pairs[key]: state[key] for key in state})
    return pairs


# %% 只核对文件这一边 tags=["wrong"] raises="（net里有led和module.led，文件里只有一份）：应当抛出异常，却没有抛出"
def load_renamed(net, state):
    def bare(key):
        return '.'.join(p for p in key.split('.') if p not in ('module', '_orig_mod'))

    own = net.state_dict()
    names = {bare(name): name for name in own}
    pairs = {key: names[bare(key)] for key in state}
    if len({*pairs.values()}) != len(state) or {*map(bare, state)} != {*names}:
        raise ValueError('不能一一对应')
    for key, name in pairs.items():
        if state[key].shape != own[name].shape:
            raise ValueError('形状不同')
    for key, name in pairs.items():
        own[name].copy_(state[key])
    return pairs
