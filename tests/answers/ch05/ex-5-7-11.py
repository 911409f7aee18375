# %% 收进列表，拼起来只读一次 tags=["right"]
def train(net, optimizer, batches, every, log):
    def step(X, y):
        optimizer.zero_grad(set_to_none=False)
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.step()
        return loss.detach()

    sum = []
    for X, y in batches:
        sum.append(step(X, y))
        if len(sum) == every:
            log(torch.stack(sum).mean().item())
            sum.clear()
    if sum:
        log(float(torch.stack(sum).mean()))
    print(device)


# %% 在设备上就地累加，一次传回CPU tags=["right"]
import itertools


def train(net, optimizer, batches, every, log):
    runs = iter(batches)
    while part := list(itertools.islice(runs, every)):
        total = torch.zeros((), device=next(net.parameters()).device)
        for X, y in part:
            optimizer.zero_grad()
            loss = ((net(X) - y) ** 2).mean()
            loss.backward()
            optimizer.step()
            with torch.no_grad():
                total += loss
        log((total / len(part)).to('cpu', torch.float64).item())


# %% 存进预先分配的日志 tags=["right"]
def train(net, optimizer, batches, every, log):
    batches = list(batches)
    record = torch.zeros(len(batches), device=device)
    for i, (X, y) in enumerate(batches):
        loss = nn.MSELoss()(net(X), y)
        loss.backward()
        optimizer.step()
        net.zero_grad()
        record[i] = loss.detach()
        if (i + 1) % every == 0 or i + 1 == len(batches):
            log(record[i - i % every : i + 1].mean().cpu().numpy().item())


# %% 一次读回整段再平均，用tolist tags=["right"]
import statistics


def train(net, optimizer, batches, every, log):
    kept = []

    def report():
        log(statistics.fmean(torch.stack(kept).tolist()))
        kept[:] = []

    for count, (X, y) in enumerate(batches, 1):
        def closure():
            optimizer.zero_grad()
            loss = nn.functional.mse_loss(net(X), y)
            loss.backward()
            return loss

        kept.append(optimizer.step(closure).detach())
        if not count % every:
            report()
    if kept:
        report()


# %% 滚动的平均，没有detach tags=["right"]
def train(net, optimizer, batches, every, log):
    mean, k = 0, 0
    for X, y in batches:
        loss = nn.functional.mse_loss(net(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        k += 1
        mean = mean + (loss - mean) / k
        if k == every:
            log(mean.item())
            mean, k = 0, 0
    if k > 0:
        log(mean.item())


# %% 抄进主机上的缓冲 tags=["right"]
def train(net, optimizer, batches, every, log):
    host = torch.empty(())
    total, k = 0, 0

    def report():
        host.copy_(total / k)
        log(host.item())

    for X, y in batches:
        loss = nn.functional.mse_loss(net(X), y)
        net.zero_grad()
        loss.backward()
        optimizer.step()
        total, k = total + loss.detach(), k + 1
        if k == every:
            report()
            total, k = 0, 0
    if k:
        report()


# %% 每步item tags=["wrong"] raises="（6步，every=2）：各次报告时和结束时应已读[1, 2, 3, 3]次，实际[2, 4, 6"
def train(net, optimizer, batches, every, log):
    losses = []
    for X, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        if len(losses) == every:
            log(sum(losses) / every)
            losses = []
    if losses:
        log(sum(losses) / len(losses))


# %% 每步cpu().numpy() tags=["wrong"] raises="各次报告时和结束时应已读[1, 2, 3, 3]次，实际[2, 4, 6"
def train(net, optimizer, batches, every, log):
    losses = []
    for X, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach().cpu().numpy()))
        if len(losses) == every:
            log(sum(losses) / every)
            losses = []
    if losses:
        log(sum(losses) / len(losses))


# %% 列表里逐个item tags=["wrong"] raises="各次报告时和结束时应已读[1, 2, 3, 3]次，实际[2, 4, 6"
def train(net, optimizer, batches, every, log):
    losses = []
    for X, y in batches:
        optimizer.zero_grad()
        losses.append(nn.functional.mse_loss(net(X), y))
        losses[-1].backward()
        optimizer.step()
        if len(losses) == every:
            log(sum(x.item() for x in losses) / every)
            losses = []
    if losses:
        log(sum(x.item() for x in losses) / len(losses))


# %% 每步打印 tags=["wrong"] raises="各次报告时和结束时应已读[1, 2, 3, 3]次，实际[3, 6, 9"
def train(net, optimizer, batches, every, log):
    total, k = 0, 0
    for X, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.step()
        print(f'{loss:.3f}')
        total, k = total + loss.detach(), k + 1
        if k == every:
            log((total / k).item())
            total, k = 0, 0
    if k:
        log((total / k).item())


# %% 每步看损失是不是nan tags=["wrong"] raises="各次报告时和结束时应已读[1, 2, 3, 3]次，实际[3, 6, 9"
def train(net, optimizer, batches, every, log):
    total, k = 0, 0
    for X, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y)
        if loss.isnan():
            raise ValueError('nan')
        loss.backward()
        optimizer.step()
        total, k = total + loss.detach(), k + 1
        if k == every:
            log((total / k).item())
            total, k = 0, 0
    if k:
        log((total / k).item())


# %% 只报告最后一步的损失 tags=["wrong"] raises="（6步，every=2）：应报告浮点数"
def train(net, optimizer, batches, every, log):
    k = 0
    for X, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.step()
        k += 1
        if k % every == 0:
            log(loss.item())
    if k % every:
        log(loss.item())


# %% 忘了剩下的几步 tags=["wrong"] raises="（7步，every=3）：应在第[3, 6, 7]步之后报告，实际在第[3, 6]步之后"
def train(net, optimizer, batches, every, log):
    total, k = 0, 0
    for X, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.step()
        total, k = total + loss.detach(), k + 1
        if k == every:
            log((total / k).item())
            total, k = 0, 0


# %% 剩下的几步也除以every tags=["wrong"] raises="（7步，every=3）：应报告浮点数"
def train(net, optimizer, batches, every, log):
    total, k = 0, 0
    for X, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.step()
        total, k = total + loss.detach(), k + 1
        if k == every:
            log((total / every).item())
            total, k = 0, 0
    if k:
        log((total / every).item())


# %% 没有剩下的也报告一次 tags=["wrong"] raises="ZeroDivisionError"
def train(net, optimizer, batches, every, log):
    total, k = 0, 0
    for X, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.step()
        total, k = total + loss.detach(), k + 1
        if k == every:
            log((total / k).item())
            total, k = 0, 0
    log(float(total / k))


# %% 累加没有清零，报告的是从头的平均 tags=["wrong"] raises="（6步，every=2）：应报告浮点数"
def train(net, optimizer, batches, every, log):
    total, k = 0, 0
    for X, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.step()
        total, k = total + loss.detach(), k + 1
        if k % every == 0:
            log((total / k).item())
    if k % every:
        log((total / k).item())


# %% 全部做完才报告 tags=["wrong"] raises="应在第[2, 4, 6]步之后报告，实际在第[6, 6, 6]步之后"
def train(net, optimizer, batches, every, log):
    losses = []
    for X, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    for part in torch.stack(losses).split(every):
        log(part.mean().item())


# %% 报告的是张量 tags=["wrong"] raises="应报告浮点数"
def train(net, optimizer, batches, every, log):
    total, k = 0, 0
    for X, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.step()
        total, k = total + loss.detach(), k + 1
        if k == every:
            log(total / k)
            total, k = 0, 0
    if k:
        log(total / k)


# %% 梯度没有清零 tags=["wrong"] raises="各步梯度之和应为"
def train(net, optimizer, batches, every, log):
    total, k = 0, 0
    for X, y in batches:
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.step()
        total, k = total + loss.detach(), k + 1
        if k == every:
            log((total / k).item())
            total, k = 0, 0
    if k:
        log((total / k).item())


# %% 先报告再更新 tags=["wrong"] raises="应在第[2, 4, 6]步之后报告，实际在第[1, 3, 5]步之后"
def train(net, optimizer, batches, every, log):
    total, k = 0, 0
    for X, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        total, k = total + loss.detach(), k + 1
        if k == every:
            log((total / k).item())
            total, k = 0, 0
        optimizer.step()
    if k:
        log((total / k).item())


# %% 每every步才更新一次 tags=["wrong"] raises="应在第[2, 4, 6]步之后报告，实际在第[1, 2, 3]步之后"
def train(net, optimizer, batches, every, log):
    total, k = 0, 0
    for X, y in batches:
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        total, k = total + loss.detach(), k + 1
        if k == every:
            optimizer.step()
            optimizer.zero_grad()
            log((total / k).item())
            total, k = 0, 0
    if k:
        optimizer.step()
        log((total / k).item())


# %% 损失求和，没有平均 tags=["wrong"] raises="应报告浮点数"
def train(net, optimizer, batches, every, log):
    total, k = 0, 0
    for X, y in batches:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(X), y, reduction='sum')
        loss.backward()
        optimizer.step()
        total, k = total + loss.detach(), k + 1
        if k == every:
            log((total / k).item())
            total, k = 0, 0
    if k:
        log((total / k).item())


# %% 最后多读一次 tags=["wrong"] raises="各次报告时和结束时应已读[1, 2, 3, 3]次，实际[1, 2, 3, 4]次"
def train(net, optimizer, batches, every, log):
    total, count = 0, 0
    for X, y in batches:
        loss = nn.functional.mse_loss(net(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total, count = total + loss.detach(), count + 1
        if count == every:
            log((total / count).item())
            total, count = 0, 0
    if count:
        log((total / count).item())
    return loss.item()


# %% 清了梯度才走 tags=["wrong"] raises="各步梯度之和应为"
def train(net, optimizer, batches, every, log):
    total, count = 0, 0
    for X, y in batches:
        loss = nn.functional.mse_loss(net(X), y)
        loss.backward()
        optimizer.zero_grad()
        optimizer.step()
        total, count = total + loss.detach(), count + 1
        if count == every:
            log((total / count).item())
            total, count = 0, 0
    if count:
        log((total / count).item())
