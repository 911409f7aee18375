# %% 逐个模块调用，帮手取了不巧的名字 tags=["right"]
import contextlib


@contextlib.contextmanager
def nets(net):
    type = {id(m): m.training for m in net.modules()}
    net.train(False)
    try:
        yield
    finally:
        for m in net.modules():
            m.training = type[id(m)]


list, sum, seen = 0, 1, 2


def apply_init(net, X, init):
    with nets(net), torch.no_grad():
        net(X.to(device))
    for module in net.modules():
        init(module)
    return net


# %% 在副本上试运行太麻烦，直接存下统计量 tags=["right"]
def apply_init(net, X, init):
    flags = [m.training for m in net.modules()]
    for m in net.modules():
        m.training = False
    out = net(X)
    print(out.sum().item())
    for m, flag in zip(list(net.modules()), flags):
        m.training = flag
    net.apply(init)
    return net


# %% 只在有延后层时试运行，出错也还原 tags=["right"]
def apply_init(net, X, init):
    lazy = any(nn.parameter.is_lazy(p) for p in net.parameters())
    if lazy:
        modes = {m: m.training for m in net.modules()}
        try:
            with torch.no_grad():
                net.eval()(X)
        finally:
            for m, mode in modes.items():
                m.training = mode
    return net.apply(lambda m: init(m))


# %% 先apply，后试运行 tags=["wrong"] raises="init没有改到0.weight"
def apply_init(net, X, init):
    net.apply(init)
    modes = [(m, m.training) for m in net.modules()]
    net.eval()
    with torch.no_grad():
        net(X)
    for m, mode in modes:
        m.training = mode
    return net


# %% 训练模式 tags=["wrong"] raises="Expected more than 1 value per channel"
def apply_init(net, X, init):
    with torch.no_grad():
        net(X)
    return net.apply(init)


# %% 把样本重复一遍，仍在训练模式 tags=["wrong"] raises="（有延后层，一个样本）：试运行改变了1.running_mean"
def apply_init(net, X, init):
    with torch.no_grad():
        net(torch.cat([X, X]))
    return net.apply(init)


# %% 用完把统计量清零 tags=["wrong"] raises="（没有延后层，有统计量）：试运行改变了1.running_mean"
def apply_init(net, X, init):
    with torch.no_grad():
        net(torch.cat([X, X]))
    for m in net.modules():
        if hasattr(m, 'reset_running_stats'):
            m.reset_running_stats()
    return net.apply(init)


# %% 忘了切换回来 tags=["wrong"] raises="各模块的training应为"
def apply_init(net, X, init):
    net.eval()
    with torch.no_grad():
        net(X)
    return net.apply(init)


# %% 全部切换成训练模式 tags=["wrong"] raises="各模块的training应为"
def apply_init(net, X, init):
    net.eval()
    with torch.no_grad():
        net(X)
    net.train()
    return net.apply(init)


# %% 只记住根的training tags=["wrong"] raises="各模块的training应为"
def apply_init(net, X, init):
    training = net.training
    net.eval()
    with torch.no_grad():
        net(X)
    net.train(training)
    return net.apply(init)


# %% 反向传播了一次 tags=["wrong"] raises="个参数留下了梯度"
def apply_init(net, X, init):
    modes = [(m, m.training) for m in net.modules()]
    net.eval()
    net(X).sum().backward()
    for m, mode in modes:
        m.training = mode
    return net.apply(init)


# %% 只对直接的子模块调用 tags=["wrong"] raises="应调用一次init，实际0次"
def apply_init(net, X, init):
    modes = [(m, m.training) for m in net.modules()]
    net.eval()
    with torch.no_grad():
        net(X)
    for m, mode in modes:
        m.training = mode
    for m in net.children():
        init(m)
    return net


# %% 返回的是输出 tags=["wrong"] raises="apply_init应返回net，得到Tensor"
def apply_init(net, X, init):
    modes = [(m, m.training) for m in net.modules()]
    out = net.eval()(X)
    for m, mode in modes:
        m.training = mode
    net.apply(init)
    return out


# %% 英文版的写法，没有return tags=["wrong"] raises="ValueError"
def apply_init(net, inputs, init=None):
    net.forward(inputs)
    if init is not None:
        net.apply(init)


# %% 试运行在inference_mode里 tags=["wrong"] raises="此后不能训练：Inference tensors cannot be saved for backward"
def apply_init(net, X, init):
    modes = [(m, m.training) for m in net.modules()]
    net.eval()
    with torch.inference_mode():
        net(X)
    for m, training in modes:
        m.training = training
    return net.apply(init)


# %% 每个模块调用几次 tags=["wrong"] raises="应调用一次init，实际2次"
def apply_init(net, X, init):
    modes = [(m, m.training) for m in net.modules()]
    net.eval()
    with torch.no_grad():
        net(X)
    for m, training in modes:
        m.training = training
    for m in net.modules():
        m.apply(init)
    return net


# %% 梯度关了没有开 tags=["wrong"] raises="此后不能训练：梯度还关着"
def apply_init(net, X, init):
    modes = [(m, m.training) for m in net.modules()]
    net.eval()
    torch.set_grad_enabled(False)
    net(X)
    for m, training in modes:
        m.training = training
    net.apply(init)
    return net
