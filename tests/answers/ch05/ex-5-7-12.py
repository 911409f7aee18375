# %% 先数标签，各批按计入的个数加权 tags=["right"]
def accumulate(net, X, y, size):
    list = [p for p in net.parameters() if p.requires_grad]
    for p in list:
        p.grad = None
    n = int((y >= 0).sum())
    nn_loss, start = 0.0, 0
    while start < len(X):
        sum = y[start : start + size]
        kept = int((sum != -100).sum())
        loss = nn.CrossEntropyLoss(reduction='none')(net(X[start : start + size]), sum)
        (loss.sum() / n).backward()
        nn_loss += loss.sum().item() / n if kept else 0
        start += size
    print(device)
    return nn_loss


# %% 先累加总和的梯度，最后一起除 tags=["right"]
import functools

criterion = functools.partial(nn.functional.cross_entropy, reduction='sum')


def accumulate(net, X, y, size):
    net.zero_grad(set_to_none=False)
    losses = []
    for i in range(0, X.shape[0], size):
        loss = criterion(net(X[i : i + size]), y[i : i + size])
        loss.backward()
        losses.append(loss.detach())
    count = y.ne(-100).sum()
    for p in net.parameters():
        if p.grad is not None:
            p.grad /= count
    return float(torch.stack(losses).sum() / count)


# %% autograd.grad，自己相加 tags=["right"]
def accumulate(net, X, y, size):
    params = list(net.parameters())
    totals = [torch.zeros_like(p) for p in params]
    mask, value = y != -100, 0
    for x, t, m in zip(X.split(size), y.split(size), mask.split(size)):
        logp = net(x).log_softmax(dim=1)
        picked = logp.gather(1, t.clamp(min=0)[:, None])[:, 0]
        loss = -(picked * m).sum() / mask.sum()
        for total, g in zip(totals, torch.autograd.grad(loss, params)):
            total += g
        value += loss.item()
    for p, total in zip(params, totals):
        p.grad = total
    return value


# %% 平均损失乘以计入的个数，全不计入的一批跳过 tags=["right"]
from torch.nn import functional as F


def accumulate(net, X, y, size):
    for p in net.parameters():
        if p.grad is not None:
            p.grad.zero_()
    total, value = (y != -100).sum().item(), 0.0
    for x, t in zip(torch.split(X, size), torch.split(y, size)):
        n = (t != -100).sum().item()
        if n == 0:
            continue
        loss = F.cross_entropy(net(x), t) * n / total
        loss.backward()
        value += loss.item()
    return value


# %% 先试一遍整批再累积 tags=["wrong"] raises="各批的行数应为[2, 2, 2]，得到[6, 2, 2, 2]"
def accumulate(net, X, y, size):
    net.zero_grad()
    with torch.no_grad():
        value = nn.functional.cross_entropy(net(X), y).item()
    for x, t in zip(X.split(size), y.split(size)):
        loss = nn.functional.cross_entropy(net(x), t, reduction='sum') / (y != -100).sum()
        loss.backward()
    return value


# %% 除以批数 tags=["wrong"] raises="（7行，每批3行，不计入的行：[]）：损失应为"
def accumulate(net, X, y, size):
    net.zero_grad()
    batches = list(zip(X.split(size), y.split(size)))
    value = 0
    for x, t in batches:
        loss = nn.functional.cross_entropy(net(x), t) / len(batches)
        loss.backward()
        value += loss.item()
    return value


# %% 按行数加权 tags=["wrong"] raises="（6行，每批3行，不计入的行：[0, 1]）：损失应为"
def accumulate(net, X, y, size):
    net.zero_grad()
    value = 0
    for x, t in zip(X.split(size), y.split(size)):
        loss = nn.functional.cross_entropy(net(x), t) * len(x) / len(X)
        loss.backward()
        value += loss.item()
    return value


# %% 不计入的行也数在分母里 tags=["wrong"] raises="（6行，每批3行，不计入的行：[0, 1]）：损失应为"
def accumulate(net, X, y, size):
    net.zero_grad()
    value = 0
    for x, t in zip(X.split(size), y.split(size)):
        loss = nn.functional.cross_entropy(net(x), t, reduction='sum') / len(y)
        loss.backward()
        value += loss.item()
    return value


# %% 平均乘个数，全不计入的一批是nan tags=["wrong"] raises="得到nan"
def accumulate(net, X, y, size):
    net.zero_grad()
    value = 0
    for x, t in zip(X.split(size), y.split(size)):
        loss = nn.functional.cross_entropy(net(x), t) * (t != -100).sum() / (y != -100).sum()
        loss.backward()
        value += loss.item()
    return value


# %% 没有除 tags=["wrong"] raises="损失应为"
def accumulate(net, X, y, size):
    net.zero_grad()
    value = 0
    for x, t in zip(X.split(size), y.split(size)):
        loss = nn.functional.cross_entropy(net(x), t)
        loss.backward()
        value += loss.item()
    return value


# %% 只有返回的损失对，梯度是各批平均的和 tags=["wrong"] raises="梯度不对，范数应为"
def accumulate(net, X, y, size):
    net.zero_grad()
    value = 0
    for x, t in zip(X.split(size), y.split(size)):
        loss = nn.functional.cross_entropy(net(x), t, reduction='sum')
        (loss / len(x)).backward()
        value += loss.item() / (y != -100).sum().item()
    return value


# %% 每批清零一次 tags=["wrong"] raises="梯度不对，范数应为"
def accumulate(net, X, y, size):
    value = 0
    for x, t in zip(X.split(size), y.split(size)):
        net.zero_grad()
        loss = nn.functional.cross_entropy(net(x), t, reduction='sum') / (y != -100).sum()
        loss.backward()
        value += loss.item()
    return value


# %% 没有清零 tags=["wrong"] raises="梯度不对，范数应为"
def accumulate(net, X, y, size):
    value = 0
    for x, t in zip(X.split(size), y.split(size)):
        loss = nn.functional.cross_entropy(net(x), t, reduction='sum') / (y != -100).sum()
        loss.backward()
        value += loss.item()
    return value


# %% 损失加起来，最后一次backward tags=["wrong"] raises="上一批还没有反向传播，就做下一批的前向传播"
def accumulate(net, X, y, size):
    net.zero_grad()
    total = 0
    for x, t in zip(X.split(size), y.split(size)):
        total = total + nn.functional.cross_entropy(net(x), t, reduction='sum') / (y != -100).sum()
    total.backward()
    return total.item()


# %% 没有切 tags=["wrong"] raises="各批的行数应为[2, 2, 2]，得到[6]"
def accumulate(net, X, y, size):
    net.zero_grad()
    loss = nn.functional.cross_entropy(net(X), y)
    loss.backward()
    return loss.item()


# %% 丢掉不满的一批 tags=["wrong"] raises="（7行，每批3行，不计入的行：[]）：损失应为"
def accumulate(net, X, y, size):
    net.zero_grad()
    value = 0
    for i in range(max(len(X) // size, 1)):
        x, t = X[i * size : (i + 1) * size], y[i * size : (i + 1) * size]
        loss = nn.functional.cross_entropy(net(x), t, reduction='sum') / (y != -100).sum()
        loss.backward()
        value += loss.item()
    return value


# %% 切成size份 tags=["wrong"] raises="各批的行数应为"
def accumulate(net, X, y, size):
    net.zero_grad()
    value = 0
    for x, t in zip(X.chunk(size), y.chunk(size)):
        loss = nn.functional.cross_entropy(net(x), t, reduction='sum') / (y != -100).sum()
        loss.backward()
        value += loss.item()
    return value


# %% 隔行切 tags=["wrong"] raises="各批连起来应等于X"
def accumulate(net, X, y, size):
    net.zero_grad()
    value, order = 0, torch.arange(len(X), device=X.device).flip(0)
    for rows in order.split(size):
        loss = nn.functional.cross_entropy(net(X[rows]), y[rows], reduction='sum') / (y != -100).sum()
        loss.backward()
        value += loss.item()
    return value


# %% 没有反向传播 tags=["wrong"] raises="得到0.0000"
def accumulate(net, X, y, size):
    net.zero_grad()
    value = 0
    for x, t in zip(X.split(size), y.split(size)):
        loss = nn.functional.cross_entropy(net(x), t, reduction='sum') / (y != -100).sum()
        value += loss.item()
    return value


# %% 返回张量 tags=["wrong"] raises="应返回Python浮点数，得到tensor("
def accumulate(net, X, y, size):
    net.zero_grad()
    value = 0
    for x, t in zip(X.split(size), y.split(size)):
        loss = nn.functional.cross_entropy(net(x), t, reduction='sum') / (y != -100).sum()
        loss.backward()
        value += loss.detach()
    return value


# %% 没有return tags=["wrong"] raises="应返回Python浮点数，得到None"
def accumulate(net, X, y, size):
    net.zero_grad()
    for x, t in zip(X.split(size), y.split(size)):
        loss = nn.functional.cross_entropy(net(x), t, reduction='sum') / (y != -100).sum()
        loss.backward()
    print(loss)


# %% 用chunk，各批差不多长 tags=["wrong"] raises="各批的行数应为[4, 1]，得到[3, 2]"
import math


def accumulate(net, X, y, size):
    net.zero_grad()
    count, total = (y != -100).sum(), 0
    parts = math.ceil(len(X) / size)
    for inputs, labels in zip(X.chunk(parts), y.chunk(parts)):
        loss = nn.functional.cross_entropy(net(inputs), labels, reduction='sum') / count
        loss.backward()
        total += loss.detach()
    return total.item()
