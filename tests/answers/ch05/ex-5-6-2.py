# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
# ---

# %% 先搬到CPU再存，逐个copy_ tags=["right"]
def save_parameters(net, path):
    torch.save({name: value.cpu() for name, value in net.state_dict().items()}, path)


def load_parameters(net, path):
    saved = torch.load(path, map_location=torch.device('cpu'))
    own = net.state_dict()
    if own.keys() != saved.keys():
        raise KeyError(own.keys() ^ saved.keys())
    for name, value in own.items():
        if value.shape != saved[name].shape:
            raise ValueError(name)
    with torch.no_grad():
        for name, value in own.items():
            value.copy_(saved[name])


# %% 按函数映射位置 tags=["right"]
def save_parameters(net, path):
    with open(path, 'wb') as file:
        torch.save(net.state_dict(), file)


def load_parameters(net, path):
    with open(path, 'rb') as file:
        net.load_state_dict(torch.load(file, map_location=lambda storage, location: storage))


# %% 映射到模型所在的设备 tags=["right"]
def save_parameters(net, path):
    state = net.state_dict()
    for name in state:
        state[name] = state[name].detach().clone()
    torch.save(state, str(path))


def load_parameters(net, path):
    where = next(net.parameters()).device
    net.load_state_dict(torch.load(path, map_location=where), strict=True)


# %% 深拷贝到CPU之后再存 tags=["right"]
import copy


def save_parameters(net, path):
    torch.save(copy.deepcopy(net).cpu().state_dict(), path)


def load_parameters(net, path):
    saved = torch.load(path, map_location='cpu')
    tensors = {**dict(net.named_parameters()), **dict(net.named_buffers())}
    assert tensors.keys() == saved.keys()
    for name, tensor in tensors.items():
        assert tensor.shape == saved[name].shape
        tensor.data.copy_(saved[name])


# %% 搬走再搬回来 tags=["right"]
def save_parameters(net, path):
    where = next(net.parameters()).device
    net.cpu()
    torch.save(net.state_dict(), path)
    net.to(where)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu', weights_only=True))


# %% 没有map_location tags=["wrong"] raises="在别的GPU上存的文件"
def save_parameters(net, path):
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path))


# %% 用了assign，参数换成别的对象 tags=["wrong"] raises="应原地写入"
def save_parameters(net, path):
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu'), assign=True)


# %% 存整个模型 tags=["wrong"] raises="应能读出state_dict"
def save_parameters(net, path):
    torch.save(net, path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, weights_only=False).state_dict())


# %% 只存参数，忘了缓冲区 tags=["wrong"] raises="1.running_mean"
def save_parameters(net, path):
    torch.save(dict(net.named_parameters()), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu'), strict=False)


# %% 读的时候忘了缓冲区 tags=["wrong"] raises="1.running_mean的数值不对"
def save_parameters(net, path):
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    saved = torch.load(path, map_location='cpu')
    with torch.no_grad():
        for name, parameter in net.named_parameters():
            parameter.copy_(saved[name])


# %% strict设为False，名字不符也不作声 tags=["wrong"] raises="少了2.bias"
def save_parameters(net, path):
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu'), strict=False)


# %% copy_会广播，形状不符混了过去 tags=["wrong"] raises="宽度1"
def save_parameters(net, path):
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    saved = torch.load(path, map_location='cpu')
    own = net.state_dict()
    if own.keys() != saved.keys():
        raise ValueError('名字不符')
    with torch.no_grad():
        for name, value in own.items():
            value.copy_(
                saved[name].expand(value.shape)
                if saved[name].numel() == 1
                else saved[name].flatten()[0].expand(value.shape)
                if saved[name].shape != value.shape
                else saved[name]
            )


# %% 存完之后把模型留在CPU上 tags=["wrong"] raises="搬走了没有搬回来"
def save_parameters(net, path):
    torch.save(net.cpu().state_dict(), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu'))


# %% 类型跟着文件走 tags=["wrong"] raises="数据类型变了"
def save_parameters(net, path):
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    saved = torch.load(path, map_location='cpu')
    where = next(net.parameters()).device
    net.load_state_dict(saved)
    net.to(device=where, dtype=next(iter(saved.values())).dtype)


# %% 读完之后改成了评估模式 tags=["wrong"] raises="训练模式变了"
def save_parameters(net, path):
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu'))
    net.eval()


# %% 只是打印 tags=["wrong"] raises="应能读出state_dict"
def save_parameters(net, path):
    with open(path, 'w') as file:
        print(net.state_dict(), file=file)


def load_parameters(net, path):
    with open(path) as file:
        return file.read()


# %% 存之前无害地to到原处 tags=["right"]
def save_parameters(net, path):
    state = {name: value.detach().cpu() for name, value in net.state_dict().items()}
    net.to(next(net.parameters()).device)
    torch.save(state, path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu', weights_only=True))


# %% 按次序装，名字不比 tags=["wrong"] raises="2.改成了3."
def save_parameters(net, path):
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    state, own = torch.load(path, map_location='cpu'), net.state_dict()
    assert len(state) == len(own)
    for source, target in zip(state.values(), own.values()):
        assert source.shape == target.shape
        target.copy_(source)


# %% 缓冲区换成文件里的张量 tags=["wrong"] raises="数据类型变了"
def save_parameters(net, path):
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    state = torch.load(path, map_location=next(net.parameters()).device)
    net.load_state_dict(state)
    for name, _ in net.named_buffers():
        owner, _, last = name.rpartition('.')
        setattr(net.get_submodule(owner), last, state[name])


# %% 读完让所有模块进入训练模式 tags=["wrong"] raises="训练模式变了"
def save_parameters(net, path):
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu', weights_only=True))
    net.train()


# %% 只认得标签cuda:0 tags=["wrong"] raises="在别的GPU上存的文件"
def save_parameters(net, path):
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location={'cuda:0': 'cpu'}))


# %% 名字不巧的辅助函数，搬回笔记本的device tags=["right"]
def copy(net):
    return {str(k): v for k, v in net.state_dict().items()}


def type(X, expected):
    if X.keys() != expected.keys():
        raise LookupError(X.keys() ^ expected.keys())


first, rows, case, list, sum = 1, 2, 3, 4, 5
io = tempfile = mock = None


def save_parameters(net, path):
    net.to('cpu')
    torch.save(copy(net), path)
    net.to(device)


def load_parameters(net, path):
    state = torch.load(path, map_location='cpu')
    type(state, net.state_dict())
    net.load_state_dict(state)


# %% 逐个搬走数据，再逐个搬回 tags=["right"]
def save_parameters(net, path):
    homes = [p.device for p in net.parameters()]
    for p in net.parameters():
        p.data = p.data.cpu()
    state = {k: v.to(torch.device('cpu')) for k, v in net.state_dict().items()}
    torch.save(state, path)
    for p, home in zip(net.parameters(), homes):
        p.data = p.data.to(home)


def load_parameters(net, path):
    saved = torch.load(path, map_location='cpu')
    net.load_state_dict({k: v.clone() for k, v in saved.items()})


# %% 出错也搬回来，读时逐个模块 tags=["right"]
import contextlib


@contextlib.contextmanager
def on_host(net):
    home = next(net.parameters()).device
    try:
        yield net.to(device='cpu', non_blocking=False)
    finally:
        net.to(device=home)


def save_parameters(net, path):
    with on_host(net) as moved, open(path, 'wb') as f:
        torch.save(moved.state_dict(), f)


def load_parameters(net, path):
    state = torch.load(path, map_location=lambda s, _: s, weights_only=True)
    missing, unexpected = net.load_state_dict(state, strict=False)
    if missing or unexpected:
        print(missing, unexpected)
        raise KeyError('名字不符')


# %% 存NumPy数组之外的一切照旧，先读进内存 tags=["right"]
import io


def save_parameters(net, path):
    buffer = io.BytesIO()
    torch.save({k: v.detach().to('cpu', copy=True) for k, v in net.state_dict().items()}, buffer)
    with open(path, 'wb') as f:
        f.write(buffer.getvalue())


def load_parameters(net, path):
    with open(path, 'rb') as f:
        buffer = io.BytesIO(f.read())
    print(
        net.load_state_dict(
            torch.load(buffer, map_location={f'cuda:{i}': 'cpu' for i in range(99)})
        )
    )


# %% to接torch.device，没有搬回来 tags=["wrong"] raises="搬走了没有搬回来"
def save_parameters(net, path):
    torch.save(net.to(torch.device('cpu')).state_dict(), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu'))


# %% to带non_blocking，没有搬回来 tags=["wrong"] raises="搬走了没有搬回来"
def save_parameters(net, path):
    torch.save(net.to('cpu', non_blocking=True).state_dict(), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu'))


# %% 逐个搬走数据，没有搬回来 tags=["wrong"] raises="搬走了没有搬回来"
def save_parameters(net, path):
    for p in net.parameters():
        p.data = p.data.cpu()
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu'))


# %% 逐个模块搬走 tags=["wrong"] raises="搬走了没有搬回来"
def save_parameters(net, path):
    for module in net:
        module.cpu()
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu'))


# %% 只读net里有的名字 tags=["wrong"] raises="多了extra"
def save_parameters(net, path):
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    state = torch.load(path, map_location='cpu')
    net.load_state_dict({k: state[k] for k in net.state_dict()})


# %% 存成半精度 tags=["wrong"] raises="的数值不对"
def save_parameters(net, path):
    torch.save({k: v.half() for k, v in net.state_dict().items()}, path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu'))


# %% 读完把参数冻结了 tags=["wrong"] raises="要求梯度变了"
def save_parameters(net, path):
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu', weights_only=True))
    net.requires_grad_(False)


# %% 存的时候改成了评估模式 tags=["wrong"] raises="训练模式变了"
def save_parameters(net, path):
    net.eval()
    torch.save(net.state_dict(), path)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu', weights_only=True))


# %% 缓冲区留在了主机上 tags=["wrong"] raises="搬走了没有搬回来"
def save_parameters(net, path):
    home = next(net.parameters()).device
    net.cpu()
    torch.save(net.state_dict(), path)
    for p in net.parameters():
        p.data = p.data.to(home)


def load_parameters(net, path):
    net.load_state_dict(torch.load(path, map_location='cpu', weights_only=True))
