# %% 逐个累加，帮手取了不巧的名字 tags=["right"]
def net(sum, list):
    for type in list:
        sum += type.numel() * type.element_size()
    return sum


def adam_bytes(X):
    trained = [p for p in X.parameters() if p.requires_grad]
    g = net(0, trained)
    return dict(params=net(0, X.parameters()), grads=g, state=g + g + 4 * len(trained))


# %% 在副本上真的走一步 tags=["right"]
import copy


def adam_bytes(net):
    twin = copy.deepcopy(net)
    optimizer = torch.optim.Adam(twin.parameters())
    for p in twin.parameters():
        if p.requires_grad:
            p.grad = torch.zeros_like(p)
    optimizer.step()
    params = sum(p.nbytes for p in twin.parameters())
    grads = sum(p.grad.nbytes for p in twin.parameters() if p.grad is not None)
    state = sum(v.nbytes for s in optimizer.state.values() for v in s.values())
    return {'params': params, 'grads': grads, 'state': state}


# %% 自己去重，用collections.Counter tags=["right"]
from collections import Counter


def adam_bytes(net):
    seen, total = set(), Counter(params=0, grads=0, state=0)
    print(device)
    for module in net.modules():
        for p in module.parameters(recurse=False):
            if id(p) in seen:
                continue
            seen.add(id(p))
            size = p.numel() * torch.finfo(p.dtype).bits // 8
            total['params'] += size
            if p.requires_grad:
                total['grads'] += size
                total['state'] += 2 * size + torch.tensor(0.0).element_size()
    return total


# %% 每个数都按4字节 tags=["wrong"] raises="（一层是bfloat16）：params应为130，得到180"
def adam_bytes(net):
    n = 4 * sum(p.numel() for p in net.parameters())
    t = [p for p in net.parameters() if p.requires_grad]
    g = 4 * sum(p.numel() for p in t)
    return {'params': n, 'grads': g, 'state': 2 * g + 4 * len(t)}


# %% 矩总按float32 tags=["wrong"] raises="（一层是bfloat16）：state应为"
def adam_bytes(net):
    t = [p for p in net.parameters() if p.requires_grad]
    n, g = sum(p.nbytes for p in net.parameters()), sum(p.nbytes for p in t)
    return {'params': n, 'grads': g, 'state': sum(8 * p.numel() + 4 for p in t)}


# %% 漏了步数 tags=["wrong"] raises="正好少4个步数"
def adam_bytes(net):
    n = sum(p.nbytes for p in net.parameters())
    g = sum(p.nbytes for p in net.parameters() if p.requires_grad)
    return {'params': n, 'grads': g, 'state': 2 * g}


# %% 冻结的也算 tags=["wrong"] raises="（冻结一层）：grads应为"
def adam_bytes(net):
    p = list(net.parameters())
    n = sum(x.nbytes for x in p)
    return {'params': n, 'grads': n, 'state': 2 * n + 4 * len(p)}


# %% 只有一个矩 tags=["wrong"] raises="（有批量规范化层）：state应为"
def adam_bytes(net):
    p = [x for x in net.parameters() if x.requires_grad]
    n = sum(x.nbytes for x in p)
    return {'params': sum(x.nbytes for x in net.parameters()), 'grads': n, 'state': n + 4 * len(p)}


# %% 数state_dict，共享的数两次，缓冲区也数 tags=["wrong"] raises="（有批量规范化层）：params应为"
def adam_bytes(net):
    n = sum(v.nbytes for v in net.state_dict().values())
    p = [x for x in net.parameters() if x.requires_grad]
    g = sum(x.nbytes for x in p)
    return {'params': n, 'grads': g, 'state': 2 * g + 4 * len(p)}


# %% 缓冲区也数 tags=["wrong"] raises="（有批量规范化层）：params应为"
def adam_bytes(net):
    n = sum(v.nbytes for v in [*net.parameters(), *net.buffers()])
    p = [x for x in net.parameters() if x.requires_grad]
    g = sum(x.nbytes for x in p)
    return {'params': n, 'grads': g, 'state': 2 * g + 4 * len(p)}


# %% 用训练来量，留下了梯度 tags=["wrong"] raises="留下了梯度"
def adam_bytes(net):
    optimizer = torch.optim.Adam(net.parameters(), lr=0)
    for p in net.parameters():
        p.grad = torch.zeros_like(p) if p.requires_grad else None
    optimizer.step()
    n = sum(p.nbytes for p in net.parameters())
    g = sum(p.nbytes for p in net.parameters() if p.requires_grad)
    return {'params': n, 'grads': g, 'state': sum(v.nbytes for s in optimizer.state.values() for v in s.values())}


# %% 用训练来量，参数变了 tags=["wrong"] raises="参数的值变了"
def adam_bytes(net):
    optimizer = torch.optim.Adam(net.parameters())
    for p in net.parameters():
        p.grad = torch.ones_like(p) if p.requires_grad else None
    optimizer.step()
    n = sum(p.nbytes for p in net.parameters())
    g = sum(p.nbytes for p in net.parameters() if p.requires_grad)
    optimizer.zero_grad()
    return {'params': n, 'grads': g, 'state': sum(v.nbytes for s in optimizer.state.values() for v in s.values())}


# %% 共享的数两次 tags=["wrong"] raises="（共享层）：params应为80，得到160"
def adam_bytes(net):
    p = [p for module in net for p in module.parameters()] if isinstance(net, nn.Sequential) else list(net.parameters())
    t = [x for x in p if x.requires_grad]
    n, g = sum(x.nbytes for x in p), sum(x.nbytes for x in t)
    return {'params': n, 'grads': g, 'state': 2 * g + 4 * len(t)}


# %% 没有return tags=["wrong"] raises="adam_bytes没有返回值"
def adam_bytes(net):
    n = sum(p.nbytes for p in net.parameters())
    print({'params': n, 'grads': n, 'state': 2 * n})


# %% 把net自己搬到meta上 tags=["wrong"] raises="参数对象或requires_grad变了"
def adam_bytes(net):
    net.to('meta')
    params = list(net.parameters())
    trained = [p for p in params if p.requires_grad]
    size = sum(p.nbytes for p in trained)
    return {'params': sum(p.nbytes for p in params), 'grads': size, 'state': 2 * size + 4 * len(trained)}
