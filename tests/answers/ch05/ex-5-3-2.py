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


# %% 前缀网络越来越长，每次用输入的副本 tags=["right"]
def failing_layer(net, X):
    for i in range(len(net)):
        try:
            net[: i + 1](X.clone())
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


# %% 每层都用原来的X tags=["wrong"] raises="（各层都匹配）：应返回None，得到2"
def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            layer(X)
        except Exception:
            return i
    return None


# %% 没有接住异常 tags=["wrong"] raises="（第2层不匹配）：RuntimeError"
def failing_layer(net, X):
    for layer in net:
        X = layer(X)
    return None


# %% 从1数起 tags=["wrong"] raises="（第2层不匹配）：应返回2，得到3"
def failing_layer(net, X):
    for i, layer in enumerate(net, 1):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 返回层而不是下标 tags=["wrong"] raises="（第2层不匹配）：应返回2，得到Linear"
def failing_layer(net, X):
    for layer in net:
        try:
            X = layer(X)
        except Exception:
            return layer


# %% 构造时比较尺寸 tags=["wrong"] raises="（延后层）：应返回None，得到1"
def failing_layer(net, X):
    width = None
    for i, layer in enumerate(net):
        if isinstance(layer, nn.Linear):
            if width is not None and layer.in_features != width:
                return i
            width = layer.out_features
    return None


# %% 只比较宽度 tags=["wrong"] raises="应返回"
def failing_layer(net, X):
    width = X.shape[-1]
    for i, layer in enumerate(net):
        if isinstance(layer, nn.Linear):
            if layer.in_features != width:
                return i
            width = layer.out_features
    return None


# %% 把0当作没有 tags=["wrong"] raises="（输入的宽度不对）：应返回0，得到None"
def failing_layer(net, X):
    index = 0
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            index = i
            break
    return index or None


# %% 返回最后一个失败的层 tags=["wrong"] raises="（第1、2层都不匹配）：应返回1，得到2"
def failing_layer(net, X):
    last = None
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            last = i
    return last


# %% 只接RuntimeError tags=["wrong"] raises="（训练模式下规范化一个样本）：ValueError"
def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except RuntimeError:
            return i


# %% 遍历children，重复的层只算一次 tags=["wrong"] raises="（同一层出现两次）：应返回2，得到1"
def failing_layer(net, X):
    for i, layer in enumerate(net.children()):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 遍历modules，连网络自己也算 tags=["wrong"] raises="（各层都匹配）：应返回None"
def failing_layer(net, X):
    for i, layer in enumerate(net.modules()):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 展开嵌套的层 tags=["wrong"] raises="（嵌套的Sequential算一层）：应返回1，得到3"
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


# %% 名字当下标 tags=["wrong"] raises="（层的名字不是数字）：ValueError: invalid literal"
def failing_layer(net, X):
    for name, layer in net._modules.items():
        try:
            X = layer(X)
        except Exception:
            return int(name)


# %% 擅自切到预测模式 tags=["wrong"] raises="（训练模式下规范化一个样本）：应返回1，得到None"
def failing_layer(net, X):
    net.eval()
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 换成全1的同形状单精度输入 tags=["wrong"] raises="（只接受X的层）：应返回None，得到0"
def failing_layer(net, X):
    X = torch.ones(X.shape, device=X.device)
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 都通过时返回-1 tags=["wrong"] raises="（各层都匹配）：应返回None，得到-1"
def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i
    return -1


# %% 用list.index找下标 tags=["wrong"] raises="（同一层第二次才失败）：应返回1，得到0"
def failing_layer(net, X):
    for layer in net:
        try:
            X = layer(X)
        except Exception:
            return list(net).index(layer)


# %% 只接住几种异常 tags=["wrong"] raises="（除以0的层）：ZeroDivisionError"
def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except (RuntimeError, ValueError, TypeError, IndexError):
            return i


# %% 在副本上运行，不动原来的延后层 tags=["right"]
import copy


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


# %% 换成随机的输入 tags=["wrong"] raises="（只接受X的层）：应返回None，得到0"
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


# %% 把输入清零 tags=["wrong"] raises="（只接受X的层）：应返回None，得到0"
def failing_layer(net, X):
    X.mul_(0)
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 返回层的名字 tags=["wrong"] raises="（第2层不匹配）：应返回2，得到'2'"
def failing_layer(net, X):
    for i, layer in net._modules.items():
        try:
            X = layer(X)
        except Exception:
            return i


# %% 辅助函数与变量的名字不巧，连内置函数的名字也用了 tags=["right"]
X = net = expected = rows = math = type = sum = 0
enumerate = None


def list(net):
    return [layer for layer in net]


def first(pairs):
    for i, passed in pairs:
        if not passed:
            return i


def layer(module, X):
    try:
        return module(X), True
    except Exception:
        return None, False


def failing_layer(net, X):
    results, i = [], 0
    for module in list(net):
        X, passed = layer(module, X)
        results.append((i, passed))
        if not passed:
            break
        i += 1
    return first(results)


# %% 用到全局的device，边走边打印 tags=["right"]
def failing_layer(net, X):
    net, X = net.to(device), X.to(device)
    for i, layer in enumerate(net):
        try:
            X = layer(X)
            print(i, tuple(X.shape), X.flatten()[:1].tolist())
        except Exception as error:
            print(type(error).__name__, error)
            return i
    return None


# %% 先复制输入，免得就地的层改动它 tags=["right"]
def failing_layer(net, X):
    X = X.clone()
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 调用forward，绕过了延后层的钩子 tags=["wrong"] raises="（延后层）：应返回None，得到0"
from collections import deque


def failing_layer(net, X):
    queue = deque(enumerate(net))
    while queue:
        i, layer = queue.popleft()
        try:
            X = layer.forward(X)
        except Exception:
            return i
    return None


# %% 二分最长的能通过的前缀，每次用输入的副本 tags=["right"]
def failing_layer(net, X):
    layers = list(net)

    def passes(n):
        Y = X.clone()
        try:
            for layer in layers[:n]:
                Y = layer(Y)
        except Exception:
            return False
        return True

    if passes(len(layers)):
        return None
    low, high = 0, len(layers)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if passes(middle) else (low, middle)
    return low


# %% 用accumulate tags=["right"]
from itertools import accumulate


def failing_layer(net, X):
    done = -1
    try:
        for _ in accumulate(net, lambda X, layer: layer(X), initial=X):
            done += 1
    except Exception:
        return done


# %% 只把形状传下去 tags=["wrong"] raises="（只接受前一层输出的层）：应返回None，得到1"
def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            Y = layer(X)
        except Exception:
            return i
        X = Y if i + 1 == len(net) else torch.ones_like(Y)


# %% 三个轴的输入先展平 tags=["wrong"] raises="（只接受前一层输出的层）：应返回None，得到1"
def failing_layer(net, X):
    if X.ndim == 3:
        X = X.flatten(0, 1)
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return i


# %% 返回浮点数 tags=["wrong"] raises="（第2层不匹配）：应返回2，得到2.0"
def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            return float(i)


# %% 忘了return tags=["wrong"] raises="（第2层不匹配）：应返回2，得到None"
def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            i
            break


# %% 只试整个网络 tags=["wrong"] raises="（第2层不匹配）：应返回2，得到0"
def failing_layer(net, X):
    try:
        net(X)
    except Exception:
        return 0


# %% 从错误消息里找尺寸 tags=["wrong"] raises="应返回"
import re


def failing_layer(net, X):
    try:
        net(X)
    except Exception as error:
        sizes = re.findall(r'\d+', str(error))
        for i, layer in enumerate(net):
            if isinstance(layer, nn.Linear) and str(layer.in_features) in sizes[2:3]:
                return i


# %% 跳过失败的层接着走，记下所有失败的 tags=["wrong"] raises="应返回2，得到[2]"
def failing_layer(net, X):
    failed = []
    for i, layer in enumerate(net):
        try:
            X = layer(X)
        except Exception:
            failed.append(i)
    return failed or None


# %% 把延后层换成普通层再试 tags=["wrong"] raises="（延后层）"
def failing_layer(net, X):
    for i, layer in enumerate(net):
        if isinstance(layer, nn.LazyLinear):
            return i
        try:
            X = layer(X)
        except Exception:
            return i


# %% 用前向钩子数跑完了几层 tags=["right"]
def failing_layer(net, X):
    done = []
    hooks = [m.register_forward_hook(lambda *a: done.append(1)) for m in set(net)]
    try:
        net(X)
        return None
    except Exception:
        return len(done)
    finally:
        for h in hooks: h.remove()


# %% 可调用的对象 tags=["right"]
class Finder:
    def __call__(self, net, X):
        for i, m in enumerate(net._modules.values()):
            try: X = m(X)
            except (Exception,): return i
failing_layer = Finder()


# %% 搬到meta设备上只看形状 tags=["wrong"] raises="（延后层）：应返回None，得到0"
def failing_layer(net, X):
    import copy
    net = copy.deepcopy(net).to('meta'); X = X.to('meta')
    for i, layer in enumerate(net):
        try: X = layer(X)
        except Exception: return i


# %% 都通过时返回最后一个下标 tags=["wrong"] raises="（各层都匹配）：应返回None，得到2"
def failing_layer(net, X):
    i = None
    for i, layer in enumerate(net):
        try: X = layer(X)
        except Exception: break
    return i


# %% 前缀网络越来越长，输入已被就地的层改动 tags=["wrong"] raises="（改动输入的层之后）：应返回3，得到2"
def failing_layer(net, X):
    for i in range(len(net)):
        try:
            net[: i + 1](X)
        except Exception:
            return i
    return None


# %% 先运行整个网络，失败了才用同一个输入逐层走 tags=["wrong"] raises="（改动输入的层之后）：应返回3，得到0"
def failing_layer(net, X):
    try:
        net(X)
    except Exception:
        for i, layer in enumerate(net):
            try:
                X = layer(X)
            except Exception:
                return i

# %% 每层用一份拷贝，免得改动net tags=["wrong"] raises="（同一个延后层第二次才失败）：应返回1，得到None"
import copy


def failing_layer(net, X):
    for i, layer in enumerate(net):
        try:
            X = copy.deepcopy(layer)(X)
        except Exception:
            return i
    return None
