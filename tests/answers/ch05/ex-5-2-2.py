# %% 查表 tags=["right"]
def init_std(scheme, fan_in, fan_out, gain=1.0):
    variance = {
        'xavier_uniform': 2 / (fan_in + fan_out),
        'xavier_normal': 2 / (fan_in + fan_out),
        'kaiming_uniform': 1 / fan_in,
        'kaiming_normal': 1 / fan_in,
    }
    if scheme not in variance:
        raise ValueError(scheme)
    return gain * variance[scheme] ** 0.5


# %% 先算均匀分布的界，再除以根号3 tags=["right"]
def init_std(scheme, fan_in, fan_out, gain=1.0):
    match scheme.split('_'):
        case ['xavier', 'uniform' | 'normal']:
            bound = gain * math.sqrt(6.0 / (fan_in + fan_out))
        case ['kaiming', 'uniform' | 'normal']:
            bound = gain * math.sqrt(3.0 / fan_in)
        case _:
            raise ValueError(f'unknown scheme {scheme}')
    return bound / math.sqrt(3)


# %% 用torch算，返回零维张量的item tags=["right"]
def init_std(scheme, fan_in, fan_out, gain=1.0):
    law, _, kind = scheme.partition('_')
    if kind not in ('uniform', 'normal') or law not in ('xavier', 'kaiming'):
        raise ValueError('scheme')
    fan = fan_in if law == 'kaiming' else (fan_in + fan_out) / 2
    return (gain * torch.tensor(float(fan)).rsqrt()).item()


# %% 由分布对象求标准差 tags=["right"]
def init_std(scheme, fan_in, fan_out, gain=1.0):
    a = {
        'xavier_uniform': 6 / (fan_in + fan_out),
        'kaiming_uniform': 3 / fan_in,
    }
    s = {
        'xavier_normal': 2 / (fan_in + fan_out),
        'kaiming_normal': 1 / fan_in,
    }
    if scheme in a:
        b = torch.tensor(gain * a[scheme] ** 0.5, dtype=torch.float64)
        return torch.distributions.Uniform(-b, b).stddev.item()
    try:
        return gain * s[scheme] ** 0.5
    except KeyError:
        raise ValueError(scheme) from None


# %% 均匀分布返回了界 tags=["wrong"] raises="√3倍：均匀分布的界不是标准差"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme == 'xavier_uniform':
        return gain * math.sqrt(6 / (fan_in + fan_out))
    if scheme == 'xavier_normal':
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme == 'kaiming_uniform':
        return gain * math.sqrt(3 / fan_in)
    if scheme == 'kaiming_normal':
        return gain / math.sqrt(fan_in)
    raise ValueError(scheme)


# %% 返回了方差 tags=["wrong"] raises="正好是平方：要标准差，不要方差"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain**2 * 2 / (fan_in + fan_out)
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain**2 / fan_in
    raise ValueError(scheme)


# %% Kaiming用了扇出 tags=["wrong"] raises="init_std('kaiming_uniform', 4, 14)）：应为0.5，得到0.267261"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain / math.sqrt(fan_out)
    raise ValueError(scheme)


# %% Kaiming自带根号2，又乘了gain tags=["wrong"] raises="正好是√2倍：ReLU的√2由gain传入，不自带"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain * math.sqrt(2 / fan_in)
    raise ValueError(scheme)


# %% 忘了gain tags=["wrong"] raises="init_std('xavier_uniform', 400, 50, 3.0)"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return 1 / math.sqrt(fan_in)
    raise ValueError(scheme)


# %% gain放进了根号 tags=["wrong"] raises="3.0)）：应为0.2，得到0.11547"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return math.sqrt(2 * gain / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return math.sqrt(gain / fan_in)
    raise ValueError(scheme)


# %% Xavier只用扇入 tags=["wrong"] raises="init_std('xavier_uniform', 4, 14)）：应为0.333333，得到0.5"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in (
        'xavier_uniform',
        'xavier_normal',
        'kaiming_uniform',
        'kaiming_normal',
    ):
        return gain / math.sqrt(fan_in)
    raise ValueError(scheme)


# %% 抽样估计 tags=["wrong"] raises="init_std('xavier_uniform', 4, 14)）：应为0.333333，得到0."
def init_std(scheme, fan_in, fan_out, gain=1.0):
    W = torch.empty(fan_out, fan_in)
    if scheme.startswith('xavier'):
        getattr(nn.init, scheme + '_')(W, gain=gain)
    elif scheme.startswith('kaiming'):
        getattr(nn.init, scheme + '_')(W, nonlinearity='linear').mul_(gain)
    else:
        raise ValueError(scheme)
    return W.std().item()


# %% 未知的方法返回None tags=["wrong"] raises="没有抛出异常"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain / math.sqrt(fan_in)


# %% 未知的方法抛出KeyError tags=["right"]
def init_std(scheme, fan_in, fan_out, gain=1.0):
    fan = {
        'xavier_uniform': (fan_in + fan_out) / 2,
        'xavier_normal': (fan_in + fan_out) / 2,
        'kaiming_uniform': fan_in,
        'kaiming_normal': fan_in,
    }[scheme]
    return gain / math.sqrt(fan)


# %% 以xavier开头的都接受 tags=["wrong"] raises="xavier_foo）：没有抛出异常"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme.startswith('xavier'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain / math.sqrt(fan_in)
    raise ValueError(scheme)


# %% 只写了正态 tags=["wrong"] raises="kaiming_uniform"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme == 'kaiming_normal':
        return gain / math.sqrt(fan_in)
    if scheme == 'kaiming_uniform':
        return gain * 2 / math.sqrt(12 * fan_in)
    raise ValueError(scheme)


# %% 只认前半个名字 tags=["wrong"] raises="没有抛出异常"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    kind, _ = scheme.split('_')
    fan = (fan_in + fan_out) / 2 if kind == 'xavier' else fan_in
    return gain / fan**0.5


# %% 辅助名字与检查、内置函数和模块同名 tags=["right"]
def math(x):
    return x**0.5


def schemes(law, n, type):
    return {'xavier': 2 / (n + type), 'kaiming': 1 / n}[law]


layer, W, X, first, expected, sum, list, isinstance = range(8)


def init_std(scheme, fan_in, fan_out, gain=1.0):
    law, kind = scheme.split('_')
    assert kind in ('uniform', 'normal'), kind
    return gain * math(schemes(law, fan_in, fan_out))


# %% 闭包存进字典，用assert拒绝 tags=["right"]
def make(fan):
    return lambda fan_in, fan_out, gain: gain / math.sqrt(fan(fan_in, fan_out))


rules = {'xavier': make(lambda a, b: (a + b) / 2), 'kaiming': make(lambda a, b: a)}


def init_std(scheme, fan_in, fan_out, gain=1.0):
    assert scheme in {f'{law}_{kind}' for law in rules for kind in ('uniform', 'normal')}
    return rules[scheme[:scheme.index('_')]](fan_in, fan_out, gain)


# %% 用device上的双精度张量算 tags=["right"]
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme not in ('xavier_uniform', 'xavier_normal', 'kaiming_uniform', 'kaiming_normal'):
        raise NameError(scheme)
    fan = torch.tensor([fan_in, fan_out], dtype=torch.float64, device=device)
    mean = fan.mean() if scheme[0] == 'x' else fan[0]
    return float(gain * mean.rsqrt())


# %% 从均匀分布的方差积分得来 tags=["right"]
import statistics


class Std:
    def __call__(self, scheme, fan_in, fan_out, gain=1.0):
        law, _, kind = scheme.partition('_')
        n = {'xavier': statistics.mean([fan_in, fan_out]), 'kaiming': fan_in}[law]
        if kind == 'normal':
            return gain * n**-0.5
        if kind == 'uniform':
            a = gain * math.sqrt(3 / n)
            return math.sqrt(2 * a**3 / 3 / (2 * a))
        raise LookupError(kind)


init_std = Std()


# %% Kaiming照nn.init的默认，没有给增益时自带根号2 tags=["wrong"] raises="正好是√2倍：ReLU的√2由gain传入"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return (math.sqrt(2) if gain == 1 else gain) / math.sqrt(fan_in)
    raise ValueError(scheme)


# %% 以kaiming开头的都接受 tags=["wrong"] raises="kaiming_foo）：没有抛出异常"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme.startswith('kaiming_'):
        return gain / math.sqrt(fan_in)
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    raise ValueError(scheme)


# %% 大小写和空格都放过 tags=["wrong"] raises="Xavier_Normal）：没有抛出异常"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    std = {
        'xavier_uniform': math.sqrt(2 / (fan_in + fan_out)),
        'xavier_normal': math.sqrt(2 / (fan_in + fan_out)),
        'kaiming_uniform': 1 / math.sqrt(fan_in),
        'kaiming_normal': 1 / math.sqrt(fan_in),
    }
    return gain * std[scheme.lower().strip()]


# %% 多收了orthogonal tags=["wrong"] raises="orthogonal）：没有抛出异常"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    std = {
        'xavier_uniform': math.sqrt(2 / (fan_in + fan_out)),
        'xavier_normal': math.sqrt(2 / (fan_in + fan_out)),
        'kaiming_uniform': 1 / math.sqrt(fan_in),
        'kaiming_normal': 1 / math.sqrt(fan_in),
        'orthogonal': 1 / math.sqrt(max(fan_in, fan_out)),
    }
    return gain * std[scheme]


# %% 多除了根号3 tags=["wrong"] raises="应为0.333333，得到0.19245"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    n = {
        'xavier_uniform': (fan_in + fan_out) * 1.5,
        'xavier_normal': (fan_in + fan_out) / 2,
        'kaiming_uniform': fan_in * 3,
        'kaiming_normal': fan_in,
    }
    return gain / math.sqrt(n[scheme])


# %% Xavier取了几何平均 tags=["wrong"] raises="应为0.333333，得到0.36555"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    n = {
        'xavier_uniform': math.sqrt(fan_in * fan_out),
        'xavier_normal': math.sqrt(fan_in * fan_out),
        'kaiming_uniform': fan_in,
        'kaiming_normal': fan_in,
    }
    return gain / math.sqrt(n[scheme])


# %% 返回张量 tags=["wrong"] raises="应返回浮点数，得到tensor"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    n = {
        'xavier_uniform': (fan_in + fan_out) / 2,
        'xavier_normal': (fan_in + fan_out) / 2,
        'kaiming_uniform': fan_in,
        'kaiming_normal': fan_in,
    }
    return gain / torch.tensor(n[scheme]).sqrt()


# %% 忘了返回 tags=["wrong"] raises="没有返回值"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    n = {
        'xavier_uniform': (fan_in + fan_out) / 2,
        'xavier_normal': (fan_in + fan_out) / 2,
        'kaiming_uniform': fan_in,
        'kaiming_normal': fan_in,
    }
    print(gain / math.sqrt(n[scheme]))


# %% 平均扇数用了整除 tags=["wrong"] raises="init_std('xavier_uniform', 4, 5)）：应为0.471405，得到0.5"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain / math.sqrt((fan_in + fan_out) // 2)
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain / math.sqrt(fan_in)
    raise ValueError(scheme)


# %% 只看后半个名字，不是xavier就当作kaiming tags=["wrong"] raises="lecun_normal）：没有抛出异常"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    family, law = scheme.split('_')
    if law not in ('uniform', 'normal'):
        raise ValueError(scheme)
    if family == 'xavier':
        return gain * math.sqrt(2 / (fan_in + fan_out))
    return gain / math.sqrt(fan_in)


# %% 以_normal结尾的都接受 tags=["wrong"] raises="lecun_normal）：没有抛出异常"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme.endswith('_uniform') or scheme.endswith('_normal'):
        n = (fan_in + fan_out) / 2 if 'xavier' in scheme else fan_in
        return gain / math.sqrt(n)
    raise ValueError(scheme)


# %% match语句 tags=["right"]
def init_std(scheme, fan_in, fan_out, gain=1):
    match scheme:
        case 'xavier_uniform' | 'xavier_normal':
            fan = (fan_in + fan_out) / 2
        case 'kaiming_uniform' | 'kaiming_normal':
            fan = fan_in
        case _:
            raise NotImplementedError(scheme)
    return gain / math.sqrt(fan)


# %% 四种都用Xavier的公式 tags=["wrong"] raises="init_std('kaiming_uniform', 4, 14)）：应为0.5，得到0.333333"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme not in ('xavier_uniform', 'xavier_normal', 'kaiming_uniform', 'kaiming_normal'):
        raise ValueError(scheme)
    return gain * math.sqrt(2 / (fan_in + fan_out))


# %% glorot和he当作别名 tags=["wrong"] raises="glorot_uniform）：没有抛出异常"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    scheme = scheme.replace('glorot', 'xavier').replace('he_', 'kaiming_')
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain / math.sqrt(fan_in)
    raise ValueError(scheme)


# %% 只把he当作别名 tags=["wrong"] raises="he_normal）：没有抛出异常"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    scheme = scheme.replace('he_', 'kaiming_')
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain / math.sqrt(fan_in)
    raise ValueError(scheme)


# %% 连字符当作下划线 tags=["wrong"] raises="xavier-normal）：没有抛出异常"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    scheme = scheme.replace('-', '_')
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain / math.sqrt(fan_in)
    raise ValueError(scheme)


# %% 多收了lecun_uniform tags=["wrong"] raises="lecun_uniform）：没有抛出异常"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme == 'lecun_uniform':
        return gain / math.sqrt(fan_in)
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain / math.sqrt(fan_in)
    raise ValueError(scheme)
