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


# %% 只存模型的参数，没有优化器 tags=["wrong"] raises="学习率"
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


# %% 优化器只记了学习率 tags=["wrong"] raises="超参数（学习率等）没有恢复"
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


# %% 漏了缓冲区 tags=["wrong"] raises="缓冲区1.running_mean没有恢复"
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


# %% 直接写到path上 tags=["wrong"] raises="一个字节也不变"
def save_checkpoint(path, model, optimizer, step):
    torch.save(
        {'model': model.state_dict(), 'step': step, 'optimizer': optimizer.state_dict()}, path
    )


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 先写内存，再就地覆盖 tags=["wrong"] raises="写进了旧文件"
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


# %% 失败时留下临时文件 tags=["wrong"] raises="留下了别的文件"
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


# %% 失败时不出声 tags=["wrong"] raises="要抛出异常"
def save_checkpoint(path, model, optimizer, step):
    part = str(path) + '.part'
    try:
        torch.save(
            {'model': model.state_dict(), 'step': step, 'optimizer': optimizer.state_dict()}, part
        )
        os.replace(part, path)
    except Exception:
        Path(part).unlink(missing_ok=True)


def load_checkpoint(path, model, optimizer):
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 损坏时原样抛出torch的异常 tags=["wrong"] raises="消息里没有文件名"
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
    saved = torch.load(path, map_location='cpu', weights_only=True)
    model.load_state_dict(saved['model'])
    optimizer.load_state_dict(saved['optimizer'])
    return saved['step']


# %% 文件不存在时从头开始 tags=["wrong"] raises="应当抛出FileNotFoundError"
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


# %% 读入时允许执行代码 tags=["wrong"] raises="执行了文件里的代码"
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


# %% 消息里不说是哪个文件 tags=["wrong"] raises="消息里没有文件名"
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


# %% 参数换成新对象，优化器训练的是旧的 tags=["wrong"] raises="优化器状态没有恢复"
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


# %% 返回张量，不是int tags=["wrong"] raises="返回值应当是存入的step"
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


# %% 删掉旧文件再写 tags=["wrong"] raises="一个字节也不变"
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


# %% 先检查步数，失败时留下临时文件 tags=["wrong"] raises="留下了别的文件"
def save_checkpoint(path, model, optimizer, step):
    state = {
        'model': model.state_dict(),
        'step': str(int(step)),
        'optimizer': optimizer.state_dict(),
    }
    torch.save(state, str(path) + '.part')
    os.replace(str(path) + '.part', path)


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


# %% 只恢复第一组的学习率 tags=["wrong"] raises="超参数（学习率等）没有恢复"
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
