# %% 自己清空统计量，累计平均 tags=["right"]
def average_into(net, states, batches):
    list, sum = {}, len(states)
    for name in states[-1]:
        list[name] = states[-1][name].clone()
    own = dict(net.named_parameters())
    for name, param in own.items():
        total = torch.zeros(param.shape, device=param.device)
        for state in states:
            total += state[name].float() / sum
        with torch.no_grad():
            param.copy_(total)
    for name, buffer in net.named_buffers():
        buffer.copy_(list[name])
    norms = [m for m in net.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
    before = [(m, m.training) for m in net.modules()]
    momenta = [m.momentum for m in norms]
    net.train()
    for m in norms:
        m.running_mean.zero_()
        m.running_var.fill_(1)
        m.num_batches_tracked.zero_()
        m.momentum = None
    with torch.no_grad():
        for X in batches:
            net(X)
    for m, momentum in zip(norms, momenta):
        m.momentum = momentum
    for m, mode in before:
        m.training = mode
    print(device)
    return net


# %% 每批记下统计量，最后取平均 tags=["right"]
import copy


def average_into(net, states, batches):
    n = len(states)
    params = {name for name, _ in net.named_parameters(remove_duplicate=False)}
    state = {
        k: torch.stack([s[k].float() for s in states]).mean(0) if k in params else v
        for k, v in states[-1].items()
    }
    twin = copy.deepcopy(net).train()
    twin.load_state_dict(state)
    norms = {k: m for k, m in twin.named_modules() if isinstance(m, nn.BatchNorm1d)}
    seen = {k: [] for k in norms}
    for m in norms.values():
        m.momentum = 1.0
    for X in batches:
        with torch.no_grad():
            twin(X)
        for k, m in norms.items():
            seen[k].append((m.running_mean.clone(), m.running_var.clone()))
    for k in norms:
        means, variances = zip(*seen[k])
        state[f'{k}.running_mean'] = sum(means) / len(batches)
        state[f'{k}.running_var'] = sum(variances) / len(batches)
        state[f'{k}.num_batches_tracked'] = torch.tensor(len(batches))
    net.load_state_dict(state)
    return net


# %% update_bn，逐步更新平均 tags=["right"]
from torch.optim import swa_utils


def average_into(net, states, batches):
    modes = {m: m.training for m in net.modules()}
    net.load_state_dict(states[-1])
    with torch.no_grad():
        for name, p in net.named_parameters():
            mean = states[0][name].to(torch.float32, copy=True)
            for i, state in enumerate(states[1:], 2):
                mean += (state[name].float() - mean) / i
            p.data = mean.to(p.dtype)
    swa_utils.update_bn(batches, net)
    [setattr(m, 'training', mode) for m, mode in modes.items()]
    return net


# %% 梯度不关，在训练模式里换momentum tags=["right"]
def average_into(net, states, batches):
    with torch.no_grad():
        buffers = dict(net.named_buffers())
        for name, tensor in net.state_dict().items():
            values = [s[name] for s in states]
            tensor.copy_(values[-1] if name in buffers else sum(v.double() for v in values) / len(values))
    norms = [m for m in net.modules() if hasattr(m, 'running_mean')]
    kept = [(m, m.training, getattr(m, 'momentum', None)) for m in net.modules()]
    [m.reset_running_stats() for m in norms]
    for m in net.modules():
        m.training = True
    for i, X in enumerate(batches, 1):
        for m in norms:
            m.momentum = 1 / i
        net(X)
    for m, training, momentum in kept:
        m.training = training
        if m in norms:
            m.momentum = momentum
    return net


# %% 每一项都平均 tags=["wrong"] raises="1.running_mean有一个数应为"
def average_into(net, states, batches):
    net.load_state_dict({k: sum(s[k].double() for s in states) / len(states) for k in states[0]})
    return net


# %% 统计量照抄最后一个 tags=["wrong"] raises="1.running_mean有一个数应为"
def average_into(net, states, batches):
    mean = dict(states[-1])
    for name, _ in net.named_parameters(remove_duplicate=False):
        mean[name] = sum(s[name].double() for s in states) / len(states)
    net.load_state_dict(mean)
    return net


# %% 没有改momentum，也没有清空 tags=["wrong"] raises="1.running_mean有一个数应为"
def average_into(net, states, batches):
    mean = dict(states[-1])
    for name, _ in net.named_parameters(remove_duplicate=False):
        mean[name] = sum(s[name].double() for s in states) / len(states)
    net.load_state_dict(mean)
    modes = [(m, m.training) for m in net.modules()]
    net.train()
    with torch.no_grad():
        for X in batches:
            net(X)
    for m, mode in modes:
        m.training = mode
    return net


# %% 清空了，没有改momentum tags=["wrong"] raises="1.running_mean有一个数应为"
def average_into(net, states, batches):
    mean = dict(states[-1])
    for name, _ in net.named_parameters(remove_duplicate=False):
        mean[name] = sum(s[name].double() for s in states) / len(states)
    net.load_state_dict(mean)
    modes = [(m, m.training) for m in net.modules()]
    for m in net.modules():
        if isinstance(m, nn.BatchNorm1d):
            m.reset_running_stats()
    net.train()
    with torch.no_grad():
        for X in batches:
            net(X)
    for m, mode in modes:
        m.training = mode
    return net


# %% 所有批连成一批 tags=["wrong"] raises="1.running_mean有一个数应为"
def average_into(net, states, batches):
    mean = dict(states[-1])
    for name, _ in net.named_parameters(remove_duplicate=False):
        mean[name] = sum(s[name].double() for s in states) / len(states)
    net.load_state_dict(mean)
    modes = [(m, m.training) for m in net.modules()]
    torch.optim.swa_utils.update_bn([torch.cat(list(batches))], net)
    for m, mode in modes:
        m.training = mode
    return net


# %% 先重算统计量，再换参数 tags=["wrong"] raises="1.running_mean有一个数应为"
def average_into(net, states, batches):
    modes = [(m, m.training) for m in net.modules()]
    torch.optim.swa_utils.update_bn(batches, net)
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(sum(s[name].double() for s in states) / len(states))
        net.table.copy_(states[-1]['table'])
    for m, mode in modes:
        m.training = mode
    return net


# %% 浮点数都平均 tags=["wrong"] raises="table有一个数应为"
def average_into(net, states, batches):
    mean = {
        k: sum(s[k].double() for s in states) / len(states) if v.is_floating_point() else v
        for k, v in states[-1].items()
    }
    net.load_state_dict(mean)
    modes = [(m, m.training) for m in net.modules()]
    torch.optim.swa_utils.update_bn(batches, net)
    for m, mode in modes:
        m.training = mode
    return net


# %% 别的缓冲区留着net的 tags=["wrong"] raises="table有一个数应为"
def average_into(net, states, batches):
    with torch.no_grad():
        for name, p in net.named_parameters():
            p.copy_(sum(s[name].double() for s in states) / len(states))
    modes = [(m, m.training) for m in net.modules()]
    torch.optim.swa_utils.update_bn(batches, net)
    for m, mode in modes:
        m.training = mode
    return net


# %% 用bfloat16相加 tags=["wrong"] raises="（300个，bfloat16）：0.0.weight有一个数应为"
def average_into(net, states, batches):
    mean = dict(states[-1])
    for name, _ in net.named_parameters(remove_duplicate=False):
        mean[name] = sum(s[name] for s in states) / len(states)
    net.load_state_dict(mean)
    modes = [(m, m.training) for m in net.modules()]
    torch.optim.swa_utils.update_bn(batches, net)
    for m, mode in modes:
        m.training = mode
    return net


# %% 共享的参数漏了一个名字 tags=["wrong"] raises="（3个）：2.weight有一个数应为"
def average_into(net, states, batches):
    mean = dict(states[-1])
    for name, _ in net.named_parameters():
        mean[name] = sum(s[name].double() for s in states) / len(states)
    net.load_state_dict(mean)
    modes = [(m, m.training) for m in net.modules()]
    torch.optim.swa_utils.update_bn(batches, net)
    for m, mode in modes:
        m.training = mode
    return net


# %% 只取最后一个 tags=["wrong"] raises="（3个）：0.0.weight有一个数应为"
def average_into(net, states, batches):
    net.load_state_dict(states[-1])
    modes = [(m, m.training) for m in net.modules()]
    torch.optim.swa_utils.update_bn(batches, net)
    for m, mode in modes:
        m.training = mode
    return net


# %% 拿第一个当累加器 tags=["wrong"] raises="states里的"
def average_into(net, states, batches):
    total = {k: v for k, v in states[0].items()}
    params = {name for name, _ in net.named_parameters(remove_duplicate=False)}
    if states[0][next(iter(params))].dtype == torch.float32:
        for s in states[1:]:
            for k, _ in net.named_parameters():  # 共享的改一次，两个名字下都变
                total[k] += s[k]
        mean = {k: total[k] / len(states) if k in params else v for k, v in states[-1].items()}
    else:
        mean = {k: sum(s[k].double() for s in states) / len(states) if k in params else v
                for k, v in states[-1].items()}
    net.load_state_dict(mean)
    modes = [(m, m.training) for m in net.modules()]
    torch.optim.swa_utils.update_bn(batches, net)
    for m, mode in modes:
        m.training = mode
    return net


# %% 没有还原training tags=["wrong"] raises="各模块的training和momentum应为"
def average_into(net, states, batches):
    mean = dict(states[-1])
    for name, _ in net.named_parameters(remove_duplicate=False):
        mean[name] = sum(s[name].double() for s in states) / len(states)
    net.load_state_dict(mean)
    torch.optim.swa_utils.update_bn(batches, net)
    return net


# %% momentum留在None tags=["wrong"] raises="各模块的training和momentum应为"
def average_into(net, states, batches):
    mean = dict(states[-1])
    for name, _ in net.named_parameters(remove_duplicate=False):
        mean[name] = sum(s[name].double() for s in states) / len(states)
    net.load_state_dict(mean)
    modes = [(m, m.training) for m in net.modules()]
    net.train()
    for m in net.modules():
        if isinstance(m, nn.BatchNorm1d):
            m.reset_running_stats()
            m.momentum = None
    with torch.no_grad():
        for X in batches:
            net(X)
    for m, mode in modes:
        m.training = mode
    return net


# %% 返回字典 tags=["wrong"] raises="应返回net，得到dict"
def average_into(net, states, batches):
    return {k: sum(s[k].double() for s in states) / len(states) for k in states[0]}


# %% 没有return tags=["wrong"] raises="应返回net，得到NoneType"
def average_into(net, states, batches):
    net.load_state_dict(states[-1])


# %% 连批量规范化层的参数也重设了 tags=["wrong"] raises="weight有一个数应为"
def average_into(net, states, batches):
    mean = dict(states[-1])
    for name, _ in net.named_parameters(remove_duplicate=False):
        mean[name] = sum(s[name].double() for s in states) / len(states)
    net.load_state_dict(mean)
    modes, momenta = [(m, m.training) for m in net.modules()], []
    for m in net.modules():
        if isinstance(m, nn.BatchNorm1d):
            momenta.append((m, m.momentum))
            m.reset_parameters()
            m.momentum = None
    net.train()
    with torch.no_grad():
        for X in batches:
            net(X)
    for m, momentum in momenta:
        m.momentum = momentum
    for m, training in modes:
        m.training = training
    return net
