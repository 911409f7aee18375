# %% functools.partial，关掉梯度 tags=["right"]
from functools import partial


def _store(found, name, module, args, output):
    found[name] = output.clone()


@torch.no_grad()
def activations(net, X, names):
    found, modules = {}, dict(net.named_modules())
    chosen = [(name, modules[name]) for name in names]
    handles = [module.register_forward_hook(partial(_store, found, name)) for name, module in chosen]
    try:
        net(X)
    except Exception:
        for handle in list(handles):
            handle.remove()
        raise
    for handle in handles:
        handle.remove()
    return found


# %% ExitStack，帮手取了不巧的名字 tags=["right"]
import contextlib

list, sum, net, X, name, want = 0, 1, 2, 3, 4, 5


def activations(net, X, names):
    result = {}
    with contextlib.ExitStack() as stack:
        for name in names:
            hook = lambda m, i, o, name=name: result.__setitem__(name, o.detach().clone())
            stack.enter_context(net.get_submodule(name).register_forward_hook(hook))
        net(X.to(device))
    return result


# %% 一个钩子管全部，存到CPU上 tags=["right"]
def activations(net, X, names):
    unknown = set(names) - {name for name, _ in net.named_modules()}
    if unknown:
        raise KeyError(unknown)
    label = {module: name for name, module in net.named_modules() if name in names}
    saved = {}

    def hook(module, args, output):
        if module in label:
            saved[label[module]] = torch.tensor(output.tolist())

    handle = torch.nn.modules.module.register_module_forward_hook(hook)
    try:
        net(X)
    finally:
        handle.remove()
    return saved


# %% 存到CPU，先复制 tags=["right"]
def activations(net, X, names):
    saved, handles = {}, []

    class Keep:
        def __init__(self, name):
            self.name = name

        def __call__(self, module, args, output):
            with torch.no_grad():
                saved[self.name] = output.to('cpu', copy=True)

    try:
        for name in names:
            for other, module in net.named_modules():
                if other == name:
                    handles.append(module.register_forward_hook(Keep(name)))
                    break
            else:
                raise ValueError(f'没有{name}')
        net(X)
    finally:
        [handle.remove() for handle in handles]
    return saved


# %% 没有复制 tags=["wrong"] raises="2.0的输出被后面的ReLU就地改掉了"
def activations(net, X, names):
    found, handles = {}, []

    def keep(name):
        def hook(module, args, output):
            found[name] = output.detach()

        return hook

    try:
        for name in names:
            handles.append(net.get_submodule(name).register_forward_hook(keep(name)))
        net(X)
    finally:
        for handle in handles:
            handle.remove()
    return found


# %% 带着计算图 tags=["wrong"] raises="0的输出带着计算图"
def activations(net, X, names):
    found, handles = {}, []

    def keep(name):
        def hook(module, args, output):
            found[name] = output.clone()

        return hook

    try:
        for name in names:
            handles.append(net.get_submodule(name).register_forward_hook(keep(name)))
        net(X)
    finally:
        for handle in handles:
            handle.remove()
    return found


# %% lambda都记成最后一个名字 tags=["wrong"] raises="字典的键应为['2.0', '1']，得到['1']"
def activations(net, X, names):
    found, handles = {}, []
    for name in names:
        hook = lambda module, args, output: found.update({name: output.detach().clone()})
        handles.append(net.get_submodule(name).register_forward_hook(hook))
    try:
        net(X)
    finally:
        for handle in handles:
            handle.remove()
    return found


# %% 没有取下钩子 tags=["wrong"] raises="0的钩子的个数应为(0, 0)，得到(1, 0)"
def activations(net, X, names):
    found = {}

    def keep(name):
        def hook(module, args, output):
            found[name] = output.detach().clone()

        return hook

    for name in names:
        net.get_submodule(name).register_forward_hook(keep(name))
    net(X)
    return found


# %% 出错时没有取下 tags=["wrong"] raises="（前向传播出错）：0的钩子的个数应为"
def activations(net, X, names):
    found, handles = {}, []

    def keep(name):
        def hook(module, args, output):
            found[name] = output.detach().clone()

        return hook

    for name in names:
        handles.append(net.get_submodule(name).register_forward_hook(keep(name)))
    net(X)
    for handle in handles:
        handle.remove()
    return found


# %% 挂钩子时出错，没有取下 tags=["wrong"] raises="（名字不存在）：0的钩子的个数应为"
def activations(net, X, names):
    found, handles = {}, []

    def keep(name):
        def hook(module, args, output):
            found[name] = output.detach().clone()

        return hook

    for name in names:
        handles.append(net.get_submodule(name).register_forward_hook(keep(name)))
    try:
        net(X)
    finally:
        for handle in handles:
            handle.remove()
    return found


# %% 把别人的钩子也清了 tags=["wrong"] raises="（正常）：1的钩子的个数应为(1, 0)，得到(0, 0)"
def activations(net, X, names):
    found = {}

    def keep(name):
        def hook(module, args, output):
            found[name] = output.detach().clone()

        return hook

    try:
        for name in names:
            net.get_submodule(name).register_forward_hook(keep(name))
        net(X)
    finally:
        for module in net.modules():
            module._forward_hooks.clear()
    return found


# %% 切换到评估模式，没有切回来 tags=["wrong"] raises="2.0的输出最大相差"
def activations(net, X, names):
    found, handles = {}, []

    def keep(name):
        def hook(module, args, output):
            found[name] = output.detach().clone()

        return hook

    net.eval()
    try:
        for name in names:
            handles.append(net.get_submodule(name).register_forward_hook(keep(name)))
        net(X)
    finally:
        for handle in handles:
            handle.remove()
    return found


# %% 切回来时全都成了训练模式 tags=["wrong"] raises="2.0的输出最大相差"
def activations(net, X, names):
    found, handles = {}, []

    def keep(name):
        def hook(module, args, output):
            found[name] = output.detach().clone()

        return hook

    net.eval()
    try:
        for name in names:
            handles.append(net.get_submodule(name).register_forward_hook(keep(name)))
        net(X)
    finally:
        for handle in handles:
            handle.remove()
        net.train()
    return found


# %% 存的是输入 tags=["wrong"] raises="0的输出，形状应为[6, 5]，得到[6, 3]"
def activations(net, X, names):
    found, handles = {}, []

    def keep(name):
        def hook(module, args):
            found[name] = args[0].detach().clone()

        return hook

    try:
        for name in names:
            handles.append(net.get_submodule(name).register_forward_pre_hook(keep(name)))
        net(X)
    finally:
        for handle in handles:
            handle.remove()
    return found


# %% 没有return tags=["wrong"] raises="activations没有返回值"
def activations(net, X, names):
    found = {}
    handle = net.register_forward_hook(lambda *io: found.update({'': io[2].detach()}))
    net(X)
    handle.remove()


# %% 在评估模式下取，再还原 tags=["wrong"] raises="的输出最大相差"
def activations(net, X, names):
    modules, found = dict(net.named_modules()), {}
    handles, modes = [], [(m, m.training) for m in net.modules()]
    try:
        for name in names:
            keep = lambda m, i, o, name=name: found.update({name: o.detach().clone()})
            handles.append(modules[name].register_forward_hook(keep))
        net.eval()
        net(X)
    finally:
        for handle in handles:
            handle.remove()
        for m, training in modes:
            m.training = training
    return found


# %% 关掉ReLU的就地改动，不还原 tags=["wrong"] raises="2.1的设置应为inplace=True，得到"
def activations(net, X, names):
    modules, found, handles = dict(net.named_modules()), {}, []
    for m in modules.values():
        if hasattr(m, 'inplace'):
            m.inplace = False
    try:
        for name in names:
            keep = lambda m, i, o, name=name: found.update({name: o.detach()})
            handles.append(modules[name].register_forward_hook(keep))
        net(X)
    finally:
        for handle in handles:
            handle.remove()
    return found
