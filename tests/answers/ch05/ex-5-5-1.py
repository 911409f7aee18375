# %% 先写进内存，再写临时文件，改名；读时比对摘要 tags=["right"]
import hashlib


def save_checkpoint(path, model, optimizer, step):
    buffer = io.BytesIO()
    torch.save((model.state_dict(), optimizer.state_dict(), step), buffer)
    fd, name = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)))
    with os.fdopen(fd, 'wb') as file:
        file.write(buffer.getvalue())
    os.rename(name, path)


def load_checkpoint(path, model, optimizer):
    with open(path, 'rb') as file:
        content = file.read()
    try:
        weights, state, step = torch.load(
            io.BytesIO(content), map_location='cpu', weights_only=True
        )
    except Exception:
        digest = hashlib.sha256(content).hexdigest()[:8]
        raise RuntimeError(f'{path}损坏了（{len(content)}字节，{digest}）')
    model.load_state_dict(weights)
    optimizer.load_state_dict(state)
    return step


# %% 临时目录里写好，shutil.move过来 tags=["right"]
import shutil


def save_checkpoint(path, model, optimizer, step):
    path = Path(path)
    with tempfile.TemporaryDirectory() as scratch:
        ready = Path(scratch) / 'ready'
        torch.save(
            {
                **{f'model.{k}': v for k, v in model.state_dict().items()},
                'optimizer': optimizer.state_dict(),
                'step': step,
            },
            ready,
        )
        shutil.move(ready, path)


def load_checkpoint(path, model, optimizer):
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f'{path.name}: no such checkpoint')
    device = next(model.parameters()).device
    try:
        saved = torch.load(path, map_location=device, weights_only=True)
        state = saved.pop('optimizer')
        step = saved.pop('step')
    except Exception as error:
        raise ValueError(f'{path.name}: damaged checkpoint') from error
    model.load_state_dict({k.split('.', 1)[1]: v for k, v in saved.items()})
    optimizer.load_state_dict(state)
    return step


# %% 步数存成张量，参数逐个抄 tags=["right"]
def save_checkpoint(path, model, optimizer, step):
    part = f'{os.fspath(path)}~'
    try:
        torch.save(
            [list(model.state_dict().values()), optimizer.state_dict(), torch.tensor(step)], part
        )
        Path(part).replace(path)
    except BaseException:
        if os.path.exists(part):
            os.remove(part)
        raise


def load_checkpoint(path, model, optimizer):
    try:
        values, state, step = torch.load(path, map_location='cpu')
        step = int(step)
    except FileNotFoundError:
        raise
    except Exception as error:
        raise ValueError('cannot read ' + str(path)) from error
    with torch.no_grad():
        for target, value in zip(model.state_dict().values(), values):
            target.copy_(value)
    optimizer.load_state_dict(state)
    return step


# %% 只存模型的参数，没有优化器 tags=["wrong"] raises="恢复优化器的超参数和状态：lr没有恢复"
def save_checkpoint(path, model, optimizer, step):
    part = str(path) + '.part'
    try:
        torch.save({'model': model.state_dict(), 'step': step}, part)
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'])
    return saved['step']


# %% 优化器只记了学习率 tags=["wrong"] raises="betas没有恢复"
def save_checkpoint(path, model, optimizer, step):
    part = str(path) + '.part'
    torch.save(
        {'model': model.state_dict(), 'step': step, 'lr': optimizer.param_groups[0]['lr']}, part
    )
    os.replace(part, path)


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'])
    for group in optimizer.param_groups:
        group['lr'] = saved['lr']
    return saved['step']


# %% 优化器状态有，学习率没有 tags=["wrong"] raises="超参数"
def save_checkpoint(path, model, optimizer, step):
    part = str(path) + '.part'
    torch.save(
        {'model': model.state_dict(), 'step': step, 'state': optimizer.state_dict()['state']}, part
    )
    os.replace(part, path)


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'])
    groups = optimizer.state_dict()['param_groups']
    optimizer.load_state_dict({'state': saved['state'], 'param_groups': groups})
    return saved['step']


# %% 漏了缓冲区 tags=["wrong"] raises="1.running_mean没有恢复"
def save_checkpoint(path, model, optimizer, step):
    part = str(path) + '.part'
    torch.save(
        {
            'model': dict(model.named_parameters()),
            'step': step,
            'optimizer': optimizer.state_dict(),
        },
        part,
    )
    os.replace(part, path)


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'], strict=False)
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 存整个模型和优化器对象 tags=["wrong"] raises="weights_only=True"
def save_checkpoint(path, model, optimizer, step):
    part = str(path) + '.part'
    torch.save({'model': model, 'optimizer': optimizer, 'step': step}, part)
    os.replace(part, path)


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=False)
    model.load_state_dict(saved['model'].state_dict())
    optimizer.load_state_dict(saved['optimizer'].state_dict())
    return saved['step']


# %% 直接写到path上 tags=["right"]
def save_checkpoint(path, model, optimizer, step):
    torch.save(
        {'model': model.state_dict(), 'step': step, 'optimizer': optimizer.state_dict()}, path
    )


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 先写内存，再就地覆盖 tags=["right"]
def save_checkpoint(path, model, optimizer, step):
    buffer = io.BytesIO()
    torch.save(
        {'model': model.state_dict(), 'step': step, 'optimizer': optimizer.state_dict()}, buffer
    )
    Path(path).write_bytes(buffer.getvalue())


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 先写临时文件，再换名 tags=["right"]
def save_checkpoint(path, model, optimizer, step):
    part = str(path) + '.part'
    torch.save(
        {'model': model.state_dict(), 'step': step, 'optimizer': optimizer.state_dict()}, part
    )
    os.replace(part, path)


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 文件不存在时从头开始 tags=["right"]
def save_checkpoint(path, model, optimizer, step):
    part = str(path) + '.part'
    try:
        torch.save(
            {'model': model.state_dict(), 'step': step, 'optimizer': optimizer.state_dict()}, part
        )
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)


def load_checkpoint(path, model, optimizer):
    if not os.path.exists(path):
        return 0
    try:
        saved = torch.load(path, map_location='cpu', weights_only=True)
    except Exception as error:
        raise ValueError(f'{path}损坏') from error
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 读入时允许执行代码 tags=["wrong"] raises="文件里的代码执行了"
def save_checkpoint(path, model, optimizer, step):
    part = str(path) + '.part'
    try:
        torch.save(
            {'model': model.state_dict(), 'step': step, 'optimizer': optimizer.state_dict()}, part
        )
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)


def load_checkpoint(path, model, optimizer):
    if not os.path.exists(path):
        raise FileNotFoundError(path)
    try:
        saved = torch.load(path, map_location='cpu', weights_only=False)
        model.load_state_dict(saved['model'])
        optimizer.load_state_dict(saved['optimizer'])
    except Exception as error:
        raise ValueError(f'{path}损坏') from error
    return saved['step']


# %% 消息里不说是哪个文件 tags=["right"]
def save_checkpoint(path, model, optimizer, step):
    part = str(path) + '.part'
    try:
        torch.save(
            {'model': model.state_dict(), 'step': step, 'optimizer': optimizer.state_dict()}, part
        )
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)


def load_checkpoint(path, model, optimizer):
    if not os.path.exists(path):
        raise FileNotFoundError(path)
    try:
        saved = torch.load(path, map_location='cpu', weights_only=True)
    except Exception as error:
        raise RuntimeError('something went wrong') from error
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 参数换成新对象，优化器训练的是旧的 tags=["wrong"] raises="优化器里没有model现在的0.weight的状态"
def save_checkpoint(path, model, optimizer, step):
    part = str(path) + '.part'
    torch.save(
        {'model': model.state_dict(), 'step': step, 'optimizer': optimizer.state_dict()}, part
    )
    os.replace(part, path)


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'], assign=True)
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 返回张量，不是int tags=["wrong"] raises="应返回37，得到tensor(37)"
def save_checkpoint(path, model, optimizer, step):
    part = str(path) + '.part'
    torch.save(
        {
            'model': model.state_dict(),
            'step': torch.tensor(step),
            'optimizer': optimizer.state_dict(),
        },
        part,
    )
    os.replace(part, path)


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 步数存成字符串 tags=["right"]
def save_checkpoint(path, model, optimizer, step):
    state = {
        'model': model.state_dict(),
        'step': str(int(step)),
        'optimizer': optimizer.state_dict(),
    }
    part = str(path) + '.part'
    try:
        torch.save(state, part)
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)


def load_checkpoint(path, model, optimizer):
    if not os.path.exists(path):
        raise FileNotFoundError(path)
    try:
        saved = torch.load(path, map_location='cpu', weights_only=True)
        step = int(saved['step'])
    except Exception as error:
        raise ValueError(f'{path}损坏') from error
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return step


# %% 删掉旧文件再写 tags=["right"]
def save_checkpoint(path, model, optimizer, step):
    state = {
        'model': model.state_dict(),
        'step': str(int(step)),
        'optimizer': optimizer.state_dict(),
    }
    Path(path).unlink(missing_ok=True)
    torch.save(state, path)


def load_checkpoint(path, model, optimizer):
    if not os.path.exists(path):
        raise FileNotFoundError(path)
    try:
        saved = torch.load(path, map_location='cpu', weights_only=True)
        step = int(saved['step'])
    except Exception as error:
        raise ValueError(f'{path}损坏') from error
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return step


# %% 只恢复第一组的学习率 tags=["wrong"] raises="betas没有恢复"
def save_checkpoint(path, model, optimizer, step):
    state = {
        'model': model.state_dict(),
        'step': str(int(step)),
        'optimizer': optimizer.state_dict(),
    }
    part = str(path) + '.part'
    try:
        torch.save(state, part)
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)


def load_checkpoint(path, model, optimizer):
    if not os.path.exists(path):
        raise FileNotFoundError(path)
    try:
        saved = torch.load(path, map_location='cpu', weights_only=True)
        step = int(saved['step'])
    except Exception as error:
        raise ValueError(f'{path}损坏') from error
    model.load_state_dict(saved['model'])
    own = optimizer.state_dict()
    own['state'] = saved['optimizer']['state']
    own['param_groups'][0]['lr'] = saved['optimizer']['param_groups'][0]['lr']
    optimizer.load_state_dict(own)
    return step


# %% 常见的写法：一个字典，一个torch.save tags=["right"]
def save_checkpoint(path, model, optimizer, step):
    checkpoint = {
        'step': step,
        'model_state_dict': model.state_dict(),
        'optimizer_state_dict': optimizer.state_dict(),
    }
    torch.save(checkpoint, path)
    print(f'saved {path}')


def load_checkpoint(path, model, optimizer):
    checkpoint = torch.load(path)
    model.load_state_dict(checkpoint['model_state_dict'])
    optimizer.load_state_dict(checkpoint['optimizer_state_dict'])
    model.train()
    return checkpoint['step']


# %% 函数、变量的名字很不凑巧，用到笔记本里的device tags=["right"]
def list(model):
    return model.state_dict()


def build(path):
    return torch.load(path, map_location=device, weights_only=True)


def type(step):
    return step


sum, zip, isinstance, net, os, tempfile, case, torch_save = 0, 1, 2, 3, 4, 5, 6, torch.save


def save_checkpoint(path, model, optimizer, step):
    torch_save([list(model), optimizer.state_dict(), type(step)], str(path))


def load_checkpoint(path, model, optimizer):
    first, rows, expected = build(path)
    model.load_state_dict(first)
    optimizer.load_state_dict(rows)
    return expected


# %% 连同随机数生成器的状态 tags=["right"]
def save_checkpoint(path, model, optimizer, step):
    rng = {'cpu': torch.get_rng_state()}
    if device.type == 'cuda' and torch.cuda.is_initialized():
        rng['cuda'] = torch.cuda.get_rng_state(device)
    torch.save((model.state_dict(), optimizer.state_dict(), step, rng), path)


def load_checkpoint(path, model, optimizer):
    weights, state, step, rng = torch.load(path, weights_only=True, map_location='cpu')
    model.load_state_dict(weights)
    optimizer.load_state_dict(state)
    torch.set_rng_state(rng['cpu'])
    if 'cuda' in rng:
        torch.cuda.set_rng_state(rng['cuda'], device)
    return step


# %% 对象的方法，偏函数 tags=["right"]
import functools


class Checkpoint:
    keys = ('model', 'optimizer')

    def save(self, path, *parts):
        *parts, step = parts
        state = {key: part.state_dict() for key, part in zip(self.keys, parts)}
        with open(path, 'wb') as file:
            torch.save({**state, 'step': step}, file)

    def load(self, kind, path, *parts):
        with open(path, 'rb') as file:
            saved = torch.load(io.BytesIO(file.read()), weights_only=True)
        for key, part in zip(self.keys, parts):
            part.load_state_dict(saved[key])
        return kind(saved['step'])


save_checkpoint = Checkpoint().save
load_checkpoint = functools.partial(Checkpoint().load, int)


# %% 优化器的状态自己一项项抄 tags=["right"]
def save_checkpoint(path, model, optimizer, step):
    groups = [{k: v for k, v in g.items() if k != 'params'} for g in optimizer.param_groups]
    states = [dict(optimizer.state[p]) for g in optimizer.param_groups for p in g['params']]
    torch.save([dict(model.state_dict()), groups, states, step], path)


def load_checkpoint(path, model, optimizer):
    weights, groups, states, step = torch.load(path, map_location='cpu', weights_only=True)
    for name, value in model.state_dict().items():
        value.copy_(weights[name])
    states = iter(states)
    for group, saved in zip(optimizer.param_groups, groups):
        group.update(saved)
        for p in group['params']:
            state = next(states)
            for key, value in state.items():
                optimizer.state[p][key] = value.to(p) if value.dim() else value
    return step


# %% load_checkpoint没有return tags=["wrong"] raises="load_checkpoint没有返回值（return）"
def save_checkpoint(path, model, optimizer, step):
    torch.save([model.state_dict(), optimizer.state_dict(), step], path)


def load_checkpoint(path, model, optimizer):
    weights, state, step = torch.load(path, weights_only=True)
    model.load_state_dict(weights)
    optimizer.load_state_dict(state)


# %% 返回的是下一步 tags=["wrong"] raises="应返回37，得到38"
def save_checkpoint(path, model, optimizer, step):
    torch.save([model.state_dict(), optimizer.state_dict(), step + 1], path)


def load_checkpoint(path, model, optimizer):
    weights, state, step = torch.load(path, weights_only=True)
    model.load_state_dict(weights)
    optimizer.load_state_dict(state)
    return step


# %% 优化器存在另一个文件里 tags=["wrong"] raises="FileNotFoundError"
def save_checkpoint(path, model, optimizer, step):
    torch.save([model.state_dict(), step], path)
    torch.save(optimizer.state_dict(), f'{path}.optimizer')


def load_checkpoint(path, model, optimizer):
    weights, step = torch.load(path, weights_only=True)
    model.load_state_dict(weights)
    optimizer.load_state_dict(torch.load(f'{path}.optimizer', weights_only=True))
    return step


# %% 留在内存里的一份 tags=["wrong"] raises="应返回37，得到0"
LAST = {}


def save_checkpoint(path, model, optimizer, step):
    LAST.update(model=copy.deepcopy(model.state_dict()), step=step)
    LAST.update(optimizer=copy.deepcopy(optimizer.state_dict()))
    torch.save(LAST, path)


def load_checkpoint(path, model, optimizer):
    model.load_state_dict(LAST['model'])
    optimizer.load_state_dict(LAST['optimizer'])
    return LAST['step']


# %% 只抄参数，不抄缓冲区 tags=["wrong"] raises="1.running_mean没有恢复"
def save_checkpoint(path, model, optimizer, step):
    torch.save([[*model.parameters()], optimizer.state_dict(), step], path)


def load_checkpoint(path, model, optimizer):
    parameters, state, step = torch.load(path, weights_only=True)
    with torch.no_grad():
        for p, q in zip(model.parameters(), parameters):
            p.copy_(q)
    optimizer.load_state_dict(state)
    return step


# %% 恢复到新建的优化器上，传进来的没有动 tags=["wrong"] raises="恢复优化器的超参数和状态"
def save_checkpoint(path, model, optimizer, step):
    torch.save([model.state_dict(), optimizer.state_dict(), step], path)


def load_checkpoint(path, model, optimizer):
    weights, state, step = torch.load(path, weights_only=True)
    model.load_state_dict(weights)
    optimizer = type(optimizer)(model.parameters())
    optimizer.state.update(state['state'])
    return step


# %% 超参数只恢复学习率和权重衰减 tags=["wrong"] raises="betas没有恢复"
def save_checkpoint(path, model, optimizer, step):
    torch.save([model.state_dict(), optimizer.state_dict(), step], path)


def load_checkpoint(path, model, optimizer):
    weights, state, step = torch.load(path, weights_only=True)
    model.load_state_dict(weights)
    own = optimizer.state_dict()
    for group, saved in zip(own['param_groups'], state['param_groups']):
        group['lr'], group['weight_decay'] = saved['lr'], saved['weight_decay']
    optimizer.load_state_dict({'state': state['state'], 'param_groups': own['param_groups']})
    return step


# %% 存的时候改成了评估模式，没有改回来 tags=["wrong"] raises="接着训练，与没有中断过一样"
def save_checkpoint(path, model, optimizer, step):
    model.eval()
    state = {'model': model.state_dict(), 'optimizer': optimizer.state_dict(), 'step': step}
    torch.save(state, path)


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 为了存半精度，把正在训练的模型也舍入了 tags=["wrong"] raises="恢复模型的参数和缓冲区，返回步数"
def save_checkpoint(path, model, optimizer, step):
    model.half()
    state = {'model': model.state_dict(), 'optimizer': optimizer.state_dict(), 'step': step}
    torch.save(state, path)
    model.float()


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 只留下Adam平常的三项状态 tags=["wrong"] raises="max_exp_avg_sq"
KEPT = 'step', 'exp_avg', 'exp_avg_sq'


def save_checkpoint(path, model, optimizer, step):
    state = optimizer.state_dict()
    state['state'] = {i: {k: s[k] for k in KEPT} for i, s in state['state'].items()}
    torch.save({'model': model.state_dict(), 'optimizer': state, 'step': step}, path)


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 文件名后面多了.pt tags=["wrong"] raises="FileNotFoundError"
def save_checkpoint(path, model, optimizer, step):
    state = {'model': model.state_dict(), 'optimizer': optimizer.state_dict(), 'step': step}
    torch.save(state, f'{path}.pt')


def load_checkpoint(path, model, optimizer):
    saved = torch.load(f'{path}.pt', weights_only=True)
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']
