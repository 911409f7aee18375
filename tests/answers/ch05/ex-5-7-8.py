# %% 存下两个掩码，帮手取了不巧的名字 tags=["right"]
class values(torch.autograd.Function):
    @staticmethod
    def forward(ctx, list, low, high):
        ctx.save_for_backward(list > high, list < low)
        return torch.clamp(list, low, high)

    @staticmethod
    def backward(ctx, sum):
        above, below = ctx.saved_tensors
        keep = ~above & ~below | above & (sum > 0) | below & (sum < 0)
        return torch.where(keep, sum, 0.0), None, None


X, G, pairs, zip = 0, 1, 2, 3


def clamp(X, low, high):
    print(device)
    return values.apply(X, low, high)


# %% 新式的setup_context，输出也存下 tags=["right"]
class Bound(torch.autograd.Function):
    @staticmethod
    def forward(X, low, high):
        return X.maximum(X.new_tensor(low)).minimum(X.new_tensor(high))

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[0], output)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, G):
        X, Y = ctx.saved_tensors
        return G * ((X - Y) * G >= 0), *[None] * 2


clamp = Bound.apply


# %% 不写Function，在中间的张量上挂钩子 tags=["right"]
def clamp(X, low, high):
    Y = X.detach().clamp(low, high)
    if not X.requires_grad:
        return Y
    Z = X + 0

    def hook(G):
        G = G.clone()
        G[(X > high) & (G < 0)] = 0
        G[(X < low) & (G > 0)] = 0
        return G

    Z.register_hook(hook)
    return Y + (Z - Z.detach())


# %% 两个单边的接起来，闭包 tags=["right"]
def one_sided(bound, sign):
    class Side(torch.autograd.Function):
        @staticmethod
        def forward(ctx, X):
            ctx.save_for_backward(sign * X > sign * bound)
            return X.clamp(max=bound) if sign > 0 else X.clamp(min=bound)

        @staticmethod
        def backward(ctx, G):
            (out,) = ctx.saved_tensors
            return G - G * (out & (sign * G < 0))

    return Side.apply


def clamp(X, low, high):
    return one_sided(low, -1)(one_sided(high, 1)(X))


# %% 就是torch.clamp tags=["wrong"] raises="X=-3，G=-2.0，梯度应为-2.0，得到0.0"
def clamp(X, low, high):
    return torch.clamp(X, low, high)


# %% 直通，一概放行 tags=["wrong"] raises="X=-3，G=0.5，梯度应为0，得到0.5"
class Straight(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, low, high):
        return X.clamp(low, high)

    @staticmethod
    def backward(ctx, G):
        return G, None, None


def clamp(X, low, high):
    return Straight.apply(X, low, high)


# %% 用减去再加上来直通，值有舍入误差 tags=["wrong"] raises="与torch.clamp最大相差"
def clamp(X, low, high):
    return X + (X.clamp(low, high) - X).detach()


# %% 方向反了 tags=["wrong"] raises="X=-3，G=-2.0，梯度应为-2.0，得到0"
class Backwards(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, low, high):
        ctx.save_for_backward(X)
        ctx.bounds = low, high
        return X.clamp(low, high)

    @staticmethod
    def backward(ctx, G):
        (X,), (low, high) = ctx.saved_tensors, ctx.bounds
        return G.masked_fill((X > high) & (G > 0) | (X < low) & (G < 0), 0), None, None


clamp = Backwards.apply


# %% 按X的正负，不按区间 tags=["wrong"] raises="区间[0.5, 2.0]）：X=0.25，G=-2.0，梯度应为-2.0，得到0"
class BySign(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, low, high):
        ctx.save_for_backward(X, X.clamp(low, high))
        return X.clamp(low, high)

    @staticmethod
    def backward(ctx, G):
        X, Y = ctx.saved_tensors
        return G * ((X == Y) | (X * G > 0)), None, None


clamp = BySign.apply


# %% 端点算在外面 tags=["wrong"] raises="X=-1，G=0.5，梯度应为0.5，得到0"
class Open(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, low, high):
        ctx.save_for_backward(X)
        ctx.bounds = low, high
        return X.clamp(low, high)

    @staticmethod
    def backward(ctx, G):
        (X,), (low, high) = ctx.saved_tensors, ctx.bounds
        return G.masked_fill((X >= high) & (G < 0) | (X <= low) & (G > 0), 0), None, None


clamp = Open.apply


# %% 用clamp之后的值来判断 tags=["wrong"] raises="X=-3，G=0.5，梯度应为0，得到0.5"
class Saved(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, low, high):
        X = X.clamp(low, high)
        ctx.save_for_backward(X)
        ctx.bounds = low, high
        return X

    @staticmethod
    def backward(ctx, G):
        (X,), (low, high) = ctx.saved_tensors, ctx.bounds
        return G.masked_fill((X > high) & (G < 0) | (X < low) & (G > 0), 0), None, None


clamp = Saved.apply


# %% 就地改G tags=["wrong"] raises="改动了传回来的梯度G"
class InPlace(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, low, high):
        ctx.save_for_backward(X)
        ctx.bounds = low, high
        return X.clamp(low, high)

    @staticmethod
    def backward(ctx, G):
        (X,), (low, high) = ctx.saved_tensors, ctx.bounds
        G[(X > high) & (G < 0) | (X < low) & (G > 0)] = 0
        return G, None, None


clamp = InPlace.apply


# %% 就地改X tags=["wrong"] raises="改动了X"
class Changed(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, low, high):
        ctx.save_for_backward(X.clone())
        ctx.bounds = low, high
        return X.data.clamp_(low, high).clone()

    @staticmethod
    def backward(ctx, G):
        (X,), (low, high) = ctx.saved_tensors, ctx.bounds
        return G.masked_fill((X > high) & (G < 0) | (X < low) & (G > 0), 0), None, None


clamp = Changed.apply


# %% 只返回一个梯度 tags=["wrong"] raises="incorrect number of gradients (expected 3, got 1)"
class One(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, low, high):
        ctx.save_for_backward(X)
        ctx.bounds = low, high
        return X.clamp(low, high)

    @staticmethod
    def backward(ctx, G):
        (X,), (low, high) = ctx.saved_tensors, ctx.bounds
        return G.masked_fill((X > high) & (G < 0) | (X < low) & (G > 0), 0)


clamp = One.apply


# %% 梯度只剩符号 tags=["wrong"] raises="X=-3，G=-2.0，梯度应为-2.0，得到-1.0"
class Sign(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, low, high):
        ctx.save_for_backward(X)
        ctx.bounds = low, high
        return X.clamp(low, high)

    @staticmethod
    def backward(ctx, G):
        (X,), (low, high) = ctx.saved_tensors, ctx.bounds
        return G.sign().masked_fill((X > high) & (G < 0) | (X < low) & (G > 0), 0), None, None


clamp = Sign.apply


# %% 钩子不管X求不求梯度都挂 tags=["wrong"] raises="cannot register a hook on a tensor that doesn't require gradient"
def clamp(X, low, high):
    Z = X + 0
    Z.register_hook(lambda G: G.masked_fill((X > high) & (G < 0) | (X < low) & (G > 0), 0))
    return X.detach().clamp(low, high) + (Z - Z.detach())


# %% 没有return tags=["wrong"] raises="clamp没有返回值"
def clamp(X, low, high):
    print(X.clamp(low, high))


# %% 状态存在类上 tags=["wrong"] raises="梯度应为"
class Clamp(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, low, high):
        Clamp.saved = X.detach(), low, high
        return X.clamp(low, high)

    @staticmethod
    def backward(ctx, G):
        X, low, high = Clamp.saved
        return G.masked_fill((X > high) & (G < 0) | (X < low) & (G > 0), 0), None, None


def clamp(X, low, high):
    return Clamp.apply(X, low, high)
