# %% 默认设备改了又还原，帮手取了不巧的名字 tags=["right"]
def nets(sum, list=0):
    for type in sum:
        list += type.numel()
    return list


def count_params(make_net, shape):
    before = torch.get_default_device()
    torch.set_default_device('meta')
    try:
        net = make_net()
        net.eval()
        with torch.no_grad():
            net(torch.empty(*shape))
    finally:
        torch.set_default_device(None if before.type == 'cpu' else before)
    return nets(net.parameters())


# %% 训练模式，把批量加大 tags=["right"]
def count_params(make_net, shape):
    with torch.device('meta'):
        net = make_net()
        net(torch.ones((shape[0] + 1, *shape[1:]), device='meta'))
    print(device)
    sizes = [list(p.shape) for p in net.parameters()]
    total = 0
    for size in sizes:
        product = 1
        for n in size:
            product *= n
        total += product
    return total


# %% 不求梯度，一个大的张量拼起来数 tags=["right"]
@torch.no_grad()
def count_params(make_net, shape):
    meta = torch.device('meta')
    with meta:
        net = make_net().train(False)
    X = torch.randn(shape, device=meta)
    with meta:
        for _ in range(2):
            net(X)
    return nn.utils.parameters_to_vector(net.parameters()).numel() if [*net.parameters()] else 0


# %% 真的试运行 tags=["wrong"] raises="放不进内存的网络也数得出"
def count_params(make_net, shape):
    net = make_net().eval()
    net(torch.zeros(shape))
    return sum(p.numel() for p in net.parameters())


# %% 没有切换到评估模式 tags=["wrong"] raises="Expected more than 1 value per channel"
def count_params(make_net, shape):
    with torch.device('meta'):
        net = make_net()
        net(torch.empty(shape))
    return sum(p.numel() for p in net.parameters())


# %% 没有试运行 tags=["wrong"] raises="uninitialized parameter"
def count_params(make_net, shape):
    with torch.device('meta'):
        net = make_net()
    return sum(p.numel() for p in net.parameters())


# %% 跳过形状未知的 tags=["wrong"] raises="（卷积，输入(1, 2, 6, 5)）：应为"
def count_params(make_net, shape):
    with torch.device('meta'):
        net = make_net()
    return sum(p.numel() for p in net.parameters() if not nn.parameter.is_lazy(p))


# %% 构造之后再搬到meta tags=["wrong"] raises="卷积，输入"
def count_params(make_net, shape):
    net = make_net().eval().to('meta')
    net(torch.empty(shape, device='meta'))
    return sum(p.numel() for p in net.parameters())


# %% 输入不在meta上 tags=["wrong"] raises="卷积，输入"
def count_params(make_net, shape):
    with torch.device('meta'):
        net = make_net().eval()
    net(torch.zeros(shape))
    return sum(p.numel() for p in net.parameters())


# %% 数state_dict，共享的两次，缓冲区也数 tags=["wrong"] raises="（卷积，输入(1, 2, 6, 5)）：应为"
def count_params(make_net, shape):
    with torch.device('meta'):
        net = make_net().eval()
        net(torch.empty(shape))
    return sum(v.numel() for v in net.state_dict().values())


# %% 共享的数两次 tags=["wrong"] raises="（共享层，输入(2, 3, 5)）：应为"
def count_params(make_net, shape):
    with torch.device('meta'):
        net = make_net().eval()
        net(torch.empty(shape))
    return sum(p.numel() for _, p in net.named_parameters(remove_duplicate=False))


# %% 冻结的不数 tags=["wrong"] raises="（冻结，输入(1, 5)）：应为12，得到0"
def count_params(make_net, shape):
    with torch.device('meta'):
        net = make_net().eval()
        net(torch.empty(shape))
    return sum(p.numel() for p in net.parameters() if p.requires_grad)


# %% 默认设备没有还原 tags=["wrong"] raises="新张量的默认设备从cpu变成了meta"
def count_params(make_net, shape):
    torch.set_default_device('meta')
    net = make_net().eval()
    net(torch.empty(shape))
    return sum(p.numel() for p in net.parameters())


# %% 没有return tags=["wrong"] raises="count_params没有返回值"
def count_params(make_net, shape):
    with torch.device('meta'):
        net = make_net().eval()
        net(torch.empty(shape))
    print(sum(p.numel() for p in net.parameters()))


# %% 共享的权重数两次 tags=["wrong"] raises="（共享权重，输入(2, 5)）：应为35，得到60"
def count_params(make_net, shape):
    with torch.device('meta'):
        net = make_net().eval()
        net(torch.empty(shape))
    return sum(p.numel() for m in net.modules() for p in m.parameters(recurse=False))


# %% 返回浮点数 tags=["wrong"] raises="应为348，得到348.0"
def count_params(make_net, shape):
    with torch.device('meta'):
        net = make_net().eval()
        net(torch.empty(shape))
    return sum(p.numel() / 1 for p in net.parameters())
