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


# %% 均匀分布返回了界 tags=["wrong"] raises="注意返回的是标准差，不是界"
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


# %% 返回了方差 tags=["wrong"] raises="方差"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain**2 * 2 / (fan_in + fan_out)
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain**2 / fan_in
    raise ValueError(scheme)


# %% Kaiming用了扇出 tags=["wrong"] raises="检查fan_in、fan_out和gain的用法"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain / math.sqrt(fan_out)
    raise ValueError(scheme)


# %% Kaiming自带根号2，又乘了gain tags=["wrong"] raises="标准差应恰为0.5"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain * math.sqrt(2 / fan_in)
    raise ValueError(scheme)


# %% 忘了gain tags=["wrong"] raises="检查fan_in、fan_out和gain的用法"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return 1 / math.sqrt(fan_in)
    raise ValueError(scheme)


# %% gain放进了根号 tags=["wrong"] raises="检查fan_in、fan_out和gain的用法"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return math.sqrt(2 * gain / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return math.sqrt(gain / fan_in)
    raise ValueError(scheme)


# %% Xavier只用扇入 tags=["wrong"] raises="xavier_uniform：与实测不符"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in (
        'xavier_uniform',
        'xavier_normal',
        'kaiming_uniform',
        'kaiming_normal',
    ):
        return gain / math.sqrt(fan_in)
    raise ValueError(scheme)


# %% 抽样估计 tags=["wrong"] raises="抽样估计"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    W = torch.empty(fan_out, fan_in)
    if scheme.startswith('xavier'):
        getattr(nn.init, scheme + '_')(W, gain=gain)
    elif scheme.startswith('kaiming'):
        getattr(nn.init, scheme + '_')(W, nonlinearity='linear').mul_(gain)
    else:
        raise ValueError(scheme)
    return W.std().item()


# %% 未知的方法返回None tags=["wrong"] raises="应抛出ValueError"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    if scheme in ('xavier_uniform', 'xavier_normal'):
        return gain * math.sqrt(2 / (fan_in + fan_out))
    if scheme in ('kaiming_uniform', 'kaiming_normal'):
        return gain / math.sqrt(fan_in)


# %% 未知的方法抛出KeyError tags=["wrong"] raises="应抛出ValueError"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    fan = {
        'xavier_uniform': (fan_in + fan_out) / 2,
        'xavier_normal': (fan_in + fan_out) / 2,
        'kaiming_uniform': fan_in,
        'kaiming_normal': fan_in,
    }[scheme]
    return gain / math.sqrt(fan)


# %% 以xavier开头的都接受 tags=["wrong"] raises="应抛出ValueError"
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


# %% 只认前半个名字 tags=["wrong"] raises="应抛出ValueError"
def init_std(scheme, fan_in, fan_out, gain=1.0):
    kind, _ = scheme.split('_')
    fan = (fan_in + fan_out) / 2 if kind == 'xavier' else fan_in
    return gain / fan**0.5
