# %% 下标循环 tags=["right"]
def failing_layer(net, X):
    i = 0
    while i < len(net):
        try:
            X = net[i](X)
        except BaseException as error:
            if isinstance(error, KeyboardInterrupt):
                raise
            return i
        i += 1


# %% 前缀网络越来越长 tags=["right"]
def failing_layer(net, X):
    for i in range(len(net)):
        try:
            net[: i + 1](X)
        except Exception:
            return i
    return None


# %% 递归 tags=["right"]
def failing_layer(net, X, start=0):
    if start == len(net):
        return None
    try:
        Y = net[start](X)
    except Exception:
        return start
    return failing_layer(net, Y, start + 1)


# %% 数一数跑完了几层 tags=["right"]
def failing_layer(net, X):
    done = 0
    layers = list(net)
    try:
        for layer in layers:
            X = layer(X)
            done += 1
    except Exception:
        return done
    return None


# %% 用生成器和_modules tags=["right"]
def failing_layer(net, X):
    def outputs(X):
        for layer in net._modules.values():
            X = layer(X)
            yield X

    index = -1
    try:
        for index, _ in enumerate(outputs(X)):
            pass
    except Exception:
        return index + 1
    return None


# %% 整个函数在no_grad下 tags=["right"]
@torch.no_grad()
def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 辅助函数名叫check tags=["right"]
def check(layer, X):
    try:
        return layer(X), True
    except Exception:
        return X, False


def failing_layer(net, X):
    for i, layer in enumerate(net):
        X, passed = check(layer, X)
        if not passed:
            return i


# %% 每层都用原来的X tags=["wrong"] raises="所有层都能通过时应返回None"
def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            layer(X)
        except Exception:
            return i
    return None


# %% 没有接住异常 tags=["wrong"] raises="failing_layer自己抛出了异常"
def failing_layer(net, X):
    for layer in net:
        X = layer(X)
    return None


# %% 从1数起 tags=["wrong"] raises="第2层不匹配：应返回2，得到3"
def failing_layer(net, X):
    for i, layer in enumerate(net, 1):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 返回层而不是下标 tags=["wrong"] raises="第2层不匹配：应返回2"
def failing_layer(net, X):
    for layer in net:
        try:
            X = layer(X)
        except Exception:
            return layer


# %% 构造时比较尺寸 tags=["wrong"] raises="输入的宽度不对：应返回0，得到None"
def failing_layer(net, X):
    width = None
    for i, layer in enumerate(net):
        if isinstance(layer, nn.Linear):
            if width is not None and layer.in_features != width:
                return i
            width = layer.out_features
    return None


# %% 只比较宽度 tags=["wrong"] raises="嵌套的Sequential算一层：应返回1，得到None"
def failing_layer(net, X):
    width = X.shape[-1]
    for i, layer in enumerate(net):
        if isinstance(layer, nn.Linear):
            if layer.in_features != width:
                return i
            width = layer.out_features
    return None


# %% 把0当作没有 tags=["wrong"] raises="输入的宽度不对：应返回0，得到None"
def failing_layer(net, X):
    index = 0
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            index = i
            break
    return index or None


# %% 返回最后一个失败的层 tags=["wrong"] raises="只报第一层：应返回1，得到2"
def failing_layer(net, X):
    last = None
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            last = i
    return last


# %% 只接RuntimeError tags=["wrong"] raises="训练模式下一个样本无法规范化（ValueError）：failing_layer自己抛出了异常"
def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except RuntimeError:
            return i


# %% 遍历children，重复的层只算一次 tags=["wrong"] raises="同一层出现两次：应返回2，得到1"
def failing_layer(net, X):
    for i, layer in enumerate(net.children()):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 遍历modules，连网络自己也算 tags=["wrong"] raises="所有层都能通过时应返回None"
def failing_layer(net, X):
    for i, layer in enumerate(net.modules()):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 展开嵌套的层 tags=["wrong"] raises="嵌套的Sequential算一层：应返回1，得到3"
def failing_layer(net, X):
    leaves = []

    def flatten(block):
        for layer in block:
            if isinstance(layer, nn.Sequential):
                flatten(layer)
            else:
                leaves.append(layer)

    flatten(net)
    for i, layer in enumerate(leaves):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 名字当下标 tags=["wrong"] raises="层的名字不是数字：failing_layer自己抛出了异常"
def failing_layer(net, X):
    for name, layer in net._modules.items():
        try:
            X = layer(X)
        except Exception:
            return int(name)


# %% 擅自切到预测模式 tags=["wrong"] raises="训练模式下一个样本无法规范化（ValueError）：应返回1，得到None"
def failing_layer(net, X):
    net.eval()
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 换成全1的同形状单精度输入 tags=["wrong"] raises="数据类型不合：应返回0，得到None"
def failing_layer(net, X):
    X = torch.ones(X.shape, device=X.device)
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 都通过时返回-1 tags=["wrong"] raises="所有层都能通过时应返回None"
def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i
    return -1


# %% 用list.index找下标 tags=["wrong"] raises="同一层第二次才失败：应返回1，得到0"
def failing_layer(net, X):
    for layer in net:
        try:
            X = layer(X)
        except Exception:
            return list(net).index(layer)


# %% 只接住几种异常 tags=["wrong"] raises="层抛出的是Exception：failing_layer自己抛出了异常"
def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except (RuntimeError, ValueError, TypeError, IndexError):
            return i


# %% 在副本上运行，不动原来的延后层 tags=["right"]
def failing_layer(net, X):
    net = copy.deepcopy(net)
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 在inference_mode下运行 tags=["right"]
@torch.inference_mode()
def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 换成随机的输入 tags=["wrong"] raises="第0层收到的应是X：应返回None，得到0"
def failing_layer(net, X):
    X = torch.randn_like(X)
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 只送第一个样本 tags=["wrong"] raises="应返回"
def failing_layer(net, X):
    X = X[:1]
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 把输入清零 tags=["wrong"] raises="输入X被改动了"
def failing_layer(net, X):
    X.mul_(0)
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 返回层的名字 tags=["wrong"] raises="第2层不匹配：应返回2，得到'2'"
def failing_layer(net, X):
    for i, layer in net._modules.items():
        try:
            X = layer(X)
        except Exception:
            return i
