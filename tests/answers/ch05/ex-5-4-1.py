# %% 展平批量维后调用自带的bilinear tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(in_features, in_features, out_features))
        nn.init.xavier_normal_(self.weight)

    def forward(self, X):
        n = len(self.weight)
        if X.shape[-1] != n:
            raise ValueError('width')
        flat = X.reshape(-1, n)
        Y = nn.functional.bilinear(flat, flat, self.weight.permute(2, 0, 1))
        return Y.reshape(*X.shape[:-1], self.weight.shape[-1])


# %% 外积展平后乘一个矩阵 tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.out_features = out_features
        weight = torch.zeros(in_features, in_features, out_features)
        self.register_parameter('weight', nn.Parameter(weight))

    def forward(self, X):
        if X.size(-1) != self.weight.size(0):
            raise ValueError(f'{X.shape}')
        outer = X.unsqueeze(-1) @ X.unsqueeze(-2)
        return outer.flatten(-2) @ self.weight.reshape(-1, self.out_features)


# %% 只写一个样本，用vmap推广 tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.in_features, self.out_features = in_features, out_features
        self.weight = nn.Parameter(torch.rand(in_features, in_features, out_features))

    def one(self, x):
        return (x[:, None, None] * x[None, :, None] * self.weight).sum((0, 1))

    def forward(self, X):
        if X.shape[-1] != self.in_features:
            raise ValueError('width')
        Y = torch.vmap(self.one)(X.reshape(-1, self.in_features))
        return Y.reshape(*X.shape[:-1], self.out_features)


# %% 开一个new_zeros，三重循环 tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.n, self.m = in_features, out_features
        self.weight = nn.Parameter(torch.randn(self.n, self.n, self.m))

    def forward(self, X):
        if X.shape[-1] != self.n:
            raise ValueError('width')
        Y = X.new_zeros(*X.shape[:-1], self.m)
        for k in range(self.m):
            for i in range(self.n):
                for j in range(self.n):
                    Y[..., k] += self.weight[i, j, k] * X[..., i] * X[..., j]
        return Y


# %% 两次tensordot，权重先对称化 tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.eye(in_features)[..., None].repeat(1, 1, out_features))
        self.register_buffer('one_half', torch.tensor(0.5))

    def forward(self, X):
        if X.shape[-1] != self.weight.shape[1]:
            raise ValueError('width')
        W = (self.weight + self.weight.transpose(0, 1)) * self.one_half
        Z = torch.tensordot(X, W, dims=1)
        return (Z * X.unsqueeze(-1)).sum(-2)


# %% 一个样本一个样本地做，辅助函数名叫double tags=["right"]
def double(x, W):
    return torch.stack([x @ W[..., k] @ x for k in range(W.shape[-1])])


class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        Y = [double(x, self.weight) for x in X.reshape(-1, len(self.weight))]
        return torch.stack(Y).reshape(*X.shape[:-1], -1)


# %% 不检查宽度 tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        return torch.einsum('...i,ijk,...j->...k', X, self.weight, X)


# %% 靠einsum报错来发现宽度不符，宽度1被广播 tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        try:
            return torch.einsum('...i,ijk,...j->...k', X, self.weight, X)
        except RuntimeError as error:
            raise ValueError(str(error)) from error


# %% 只有一行einsum，辅助函数都取了不巧的名字 tags=["right"]
def net(X, W):
    return torch.einsum('...i,ijk,...j->...k', X, W, X)


def sum(X):
    return X


output, product, layer, Sizes, every_term, case, want, got = 1, 2, 3, 4, 5, 6, 7, 8
list = dict = len = range = max = getattr = abs = type = int = None
X, Y, W, U, V, n, i, j, k, copy, math, first, rows, expected = [None] * 14


class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        return sum(net(X, self.weight))


# %% 结果开在全局的device上 tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(
            torch.randn(in_features, in_features, out_features, device=device)
        )

    def forward(self, X):
        n, _, m = self.weight.shape
        if X.shape[-1] != n:
            raise ValueError('width')
        Y = torch.zeros(*X.shape[:-1], m, dtype=X.dtype, device=device)
        for k in range(m):
            Y[..., k] = ((X @ self.weight[..., k]) * X).sum(-1)
        return Y


# %% 先用torch.zeros，最后移到X的设备上 tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        W = self.weight
        if X.shape[-1] != len(W):
            raise ValueError('width')
        Y = torch.zeros(*X.shape[:-1], W.shape[-1], dtype=X.dtype).to(X.device)
        for k in range(W.shape[-1]):
            Y[..., k] = ((X @ W[..., k]) * X).sum(-1)
        return Y


# %% 逐个样本，拼接到结果上 tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.n, self.m = in_features, out_features
        self.weight = nn.Parameter(torch.randn(self.n, self.n, self.m))

    def forward(self, X):
        if X.shape[-1] != self.n:
            raise RuntimeError('width')
        out = X.new_empty(0, self.m)
        for x in X.reshape(-1, self.n):
            out = torch.cat([out, torch.einsum('i,ijk,j->k', x, self.weight, x)[None]])
        return out.reshape(*X.shape[:-1], self.m)


# %% 依赖数据的语句，用张量作循环变量 tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        assert X.shape[-1] == len(self.weight), 'width'
        if torch.isnan(X).any():
            print('nan')
        print(X.sum().item(), X.flatten()[:2].tolist(), f'{X.max():.2f}')
        flat = X.reshape(-1, X.shape[-1])
        Y = flat.new_empty(len(flat), self.weight.shape[-1])
        for b in torch.arange(len(flat)):
            Y[b] = flat[b] @ (flat[b] @ self.weight)
        return Y.reshape(*X.shape[:-1], -1)


# %% 只存上三角的下标，对称的两项合在一起 tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(in_features, in_features, out_features))
        self.index = torch.triu_indices(in_features, in_features)

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise IndexError('width')
        i, j = self.index
        off = (i != j)[:, None].to(X)
        W = self.weight[i, j] + off * self.weight[j, i]
        return (X[..., i] * X[..., j]) @ W


# %% 先升到float64再转回来，自己写反向传播 tags=["right"]
class Quadratic(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, W):
        ctx.save_for_backward(X, W)
        x, w = X.double(), W.double()
        return torch.einsum('...i,ijk,...j->...k', x, w, x).to(X)

    @staticmethod
    def backward(ctx, G):
        X, W = ctx.saved_tensors
        dX = torch.einsum('...k,ijk,...j->...i', G, W + W.transpose(0, 1), X)
        dW = torch.einsum('bi,bj,bk->ijk', X.flatten(0, -2), X.flatten(0, -2), G.flatten(0, -2))
        return dX, dW


class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, inputs):
        if inputs.size(-1) != len(self.weight):
            raise ValueError('width')
        if inputs.ndim == 1:
            return Quadratic.apply(inputs[None], self.weight)[0]
        return Quadratic.apply(inputs, self.weight)


# %% 闭包里拿着参数，bmm tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        W = self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

        def bilinear(flat):
            left = (flat @ W.flatten(1)).reshape(len(flat), in_features, out_features)
            return torch.bmm(flat.unsqueeze(1), left).squeeze(1)

        self.f = bilinear

    def forward(self, X):
        flat = X.reshape(-1, X.shape[-1])
        return self.f(flat).reshape(*X.shape[:-1], -1)


# %% 极化恒等式：两个平方之差 tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        A, B = X.unsqueeze(-1), X.unsqueeze(-2)
        outer = ((A + B) ** 2 - (A - B) ** 2) / 4
        return torch.tensordot(outer, self.weight, dims=2)


# %% 列表推导，每个输出一项，用functional.linear tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.Tensor(in_features, in_features, out_features))
        nn.init.normal_(self.weight)

    def forward(self, X):
        F = nn.functional
        Ws = self.weight.unbind(dim=2)
        return torch.stack([(F.linear(X, W) * X).sum(dim=-1) for W in Ws], dim=-1)


# %% nn.Bilinear的子类，权重换了次序 tags=["right"]
class TensorReduction(nn.Bilinear):
    def __init__(self, n, m):
        super().__init__(n, n, m, bias=False)
        self.weight = nn.Parameter(self.weight.detach().permute(1, 2, 0).contiguous())

    def forward(self, X):
        return nn.functional.bilinear(X, X, self.weight.permute(2, 0, 1))


# %% 只乘了一次输入 tags=["wrong"] raises="W[0, 0, 0]从0改为1/3）：y[0]应增加x[0] * x[0] / 3"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != self.weight.shape[0]:
            raise ValueError('width')
        return torch.einsum('...i,ijk->...k', X, self.weight)


# %% 方阵的对角线 tags=["wrong"] raises="200个样本，有一步算出40000个数"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        n, _, m = self.weight.shape
        if X.shape[-1] != n:
            raise ValueError('width')
        flat = X.reshape(-1, n)
        Y = torch.stack(
            [torch.diagonal(flat @ self.weight[..., k] @ flat.T) for k in range(m)], dim=-1
        )
        return Y.reshape(*X.shape[:-1], m)


# %% 批量的方阵整个相加，样本混在一起 tags=["wrong"] raises="RuntimeError: einsum()"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != self.weight.shape[0]:
            raise ValueError('width')
        return torch.einsum('bi,ijk,cj->bk', X, self.weight, X)


# %% 先用torch.zeros开结果 tags=["wrong"] raises="得到形状[2]、torch.float32"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        n, _, m = self.weight.shape
        if X.shape[-1] != n:
            raise ValueError('width')
        Y = torch.zeros(*X.shape[:-1], m)
        for k in range(m):
            Y[..., k] = ((X @ self.weight[..., k]) * X).sum(-1)
        return Y


# %% torch.zeros给了dtype，没给device tags=["wrong"] raises="有张量没有写明设备"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        n, _, m = self.weight.shape
        if X.shape[-1] != n:
            raise ValueError('width')
        Y = torch.zeros(*X.shape[:-1], m, dtype=X.dtype)
        for k in range(m):
            Y[..., k] = ((X @ self.weight[..., k]) * X).sum(-1)
        return Y


# %% 只算了i不大于j的项 tags=["wrong"] raises="W[1, 0, 0]从0改为1/3）：y[0]应增加x[1] * x[0] / 3"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        n = len(self.weight)
        if X.shape[-1] != n:
            raise ValueError('width')
        i, j = torch.triu_indices(n, n)
        return (X[..., i] * X[..., j]) @ self.weight[i, j]


# %% 只算了平方项 tags=["wrong"] raises="y[0]应增加x[0] * x[1] / 3"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        return torch.einsum('...i,iik->...k', X**2, self.weight)


# %% 权重的下标次序是nn.Bilinear的 tags=["wrong"] raises="参数应只有weight，形状[3, 3, 2]，得到{'weight': [2, 3, 3]}"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(out_features, in_features, in_features))

    def forward(self, X):
        if X.shape[-1] != self.weight.shape[-1]:
            raise ValueError('width')
        return torch.einsum('...i,kij,...j->...k', X, self.weight, X)


# %% 留下了j，消去了k tags=["wrong"] raises="输出应为形状[2]"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        return torch.einsum('...i,ijk,...j->...j', X, self.weight, X)


# %% 权重不是nn.Parameter tags=["wrong"] raises="参数应只有weight，形状[3, 3, 2]，得到{}"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = torch.randn(in_features, in_features, out_features, requires_grad=True)

    def forward(self, X):
        return torch.einsum('...i,ijk,...j->...k', X, self.weight, X)


# %% 多了一个偏置 tags=["wrong"] raises="参数应只有weight"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))
        self.bias = nn.Parameter(torch.zeros(out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        return torch.einsum('...i,ijk,...j->...k', X, self.weight, X) + self.bias


# %% 第二个x不传梯度 tags=["wrong"] raises="对X的梯度与差商不符"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        return torch.einsum('...i,ijk,...j->...k', X, self.weight, X.detach())


# %% 用weight.data计算 tags=["wrong"] raises="weight沿一个方向的导数应为"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        return torch.einsum('...i,ijk,...j->...k', X, self.weight.data, X)


# %% 只支持二维的输入 tags=["wrong"] raises="批量维有几个都行（torch.float32，形状(3,)、步长(1,)的X"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        return torch.einsum('bi,ijk,bj->bk', X, self.weight, X)


# %% 在原处改动了输入 tags=["wrong"] raises="改动了X或weight"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        W, copy = self.weight, X.clone()
        Y = [X.mul_(copy @ W[..., k]).sum(-1) for k in range(W.shape[-1])]
        return torch.stack(Y, dim=-1)


# %% 中途转成float32 tags=["wrong"] raises="（torch.float64，形状(3,)、步长(1,)的X"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        return torch.einsum('...i,ijk,...j->...k', X.float(), self.weight.float(), X.float()).to(X)


# %% 不用矩阵乘法，也算了样本与样本之间的乘积 tags=["wrong"] raises="200个样本，有一步算出"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        flat, W = X.reshape(-1, X.shape[-1]), self.weight
        Y = [
            ((flat @ W[..., k])[:, None] * flat[None]).sum(-1).diagonal()
            for k in range(W.shape[-1])
        ]
        return torch.stack(Y, -1).reshape(*X.shape[:-1], -1)


# %% 在原处把weight对称化 tags=["wrong"] raises="改动了X或weight"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        W = self.weight
        with torch.no_grad():
            W.copy_((W + W.transpose(0, 1)) / 2)
        return torch.einsum('...i,ijk,...j->...k', X, self.weight, X)


# %% 用view展平 tags=["wrong"] raises="view size is not compatible"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        flat = X.view(-1, len(self.weight))
        Y = torch.einsum('bi,ijk,bj->bk', flat, self.weight, flat)
        return Y.view(*X.shape[:-1], -1)


# %% float32中途降到bfloat16 tags=["wrong"] raises="（torch.float32，形状(3,)、步长(1,)的X，W[0, 0, 0]从0改为1/3）：y[0]应增加"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        T = torch.bfloat16 if X.dtype == torch.float32 else X.dtype
        x, W = X.to(T), self.weight.to(T)
        return torch.einsum('...i,ijk,...j->...k', x, W, x).to(X.dtype)


# %% 忘了return tags=["wrong"] raises="forward没有返回值（return）"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        torch.einsum('...i,ijk,...j->...k', X, self.weight, X)


# %% 多加了ReLU tags=["wrong"] raises="应增加x["
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        return torch.relu(torch.einsum('...i,ijk,...j->...k', X, self.weight, X))


# %% 对批量取了平均 tags=["wrong"] raises="输出应为形状[2]"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        return torch.einsum('...i,ijk,...j->...k', X, self.weight, X).mean(0)


# %% 没有调用super().__init__ tags=["wrong"] raises="cannot assign parameters before Module.__init__() call"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        return torch.einsum('...i,ijk,...j->...k', X, self.weight, X)


# %% 整批两两相乘，再取对角线上的 tags=["wrong"] raises="200个样本，有一步算出"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        flat = X.reshape(-1, X.shape[-1])
        Y = torch.einsum('bi,ijk,cj->bck', flat, self.weight, flat)
        index = torch.arange(len(flat))
        return Y[index, index].reshape(*X.shape[:-1], -1)


# %% 权重平方了 tags=["wrong"] raises="W[0, 0, 0]从0改为1/3"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        return torch.einsum('...i,ijk,ijk,...j->...k', X, self.weight, self.weight, X)


# %% 反向传播里只有一项 tags=["wrong"] raises="对X的梯度与差商不符"
class Quadratic(torch.autograd.Function):
    @staticmethod
    def forward(ctx, X, W):
        ctx.save_for_backward(X, W)
        return torch.einsum('...i,ijk,...j->...k', X, W, X)

    @staticmethod
    def backward(ctx, G):
        X, W = ctx.saved_tensors
        return 2 * torch.einsum('...k,ijk,...j->...i', G, W, X), None


class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        return Quadratic.apply(X, self.weight)


# %% 宽度大了就只用前几个 tags=["wrong"] raises="（X的形状(2, 5)）：没有抛出异常"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.n, self.m = in_features, out_features
        self.weight = nn.Parameter(torch.randn(self.n, self.n, self.m))

    def forward(self, X):
        Y = X.new_zeros(*X.shape[:-1], self.m)
        for i in range(self.n):
            for j in range(self.n):
                Y = Y + X[..., i, None] * X[..., j, None] * self.weight[i, j]
        return Y


# %% 写死了CPU tags=["wrong", "cuda"] raises="输出应为形状[2]、torch.float32、cuda"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        Y = torch.zeros(*X.shape[:-1], self.weight.shape[-1], dtype=X.dtype, device='cpu')
        for k in range(self.weight.shape[-1]):
            Y[..., k] = ((X @ self.weight[..., k]) * X).sum(-1)
        return Y


# %% 只照一个样本写 tags=["wrong"] raises="输出应为形状[3, 2]、torch.float32"
class TensorReduction(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n, n, m))

    def forward(self, x):
        return torch.stack([x @ W @ x for W in self.weight.unbind(-1)])


# %% weight不求梯度 tags=["wrong"] raises="梯度传到X和weight"
class TensorReduction(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n, n, m), requires_grad=False)

    def forward(self, X):
        return torch.einsum('...i,ijk,...j->...k', X, self.weight, X)


# %% 只有一个输出时少了最后一维 tags=["wrong"] raises="输出应为形状[1, 1]、torch.float32、cpu，得到形状[1]、"
class TensorReduction(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n, n, m))

    def forward(self, X):
        return torch.einsum('...i,...j,ijk->...k', X, X, self.weight).squeeze(-1)


# %% 只有一个样本时少了批量维 tags=["wrong"] raises="形状(1, 3)"
class TensorReduction(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n, n, m))

    def forward(self, X):
        Y = torch.einsum('...i,...j,ijk->...k', X, X, self.weight)
        return Y.squeeze(0) if Y.dim() > 1 else Y


# %% 宽度是in_features的整数倍时，一个样本当成几个 tags=["wrong"] raises="（X的形状(2, 8)）：没有抛出异常"
class TensorReduction(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n, n, m))

    def forward(self, X):
        Z = X.reshape(-1, len(self.weight))
        Y = torch.einsum('bi,bj,ijk->bk', Z, Z, self.weight)
        return Y.reshape(*X.shape[:-1], -1)


# %% 逐个样本的克罗内克积 tags=["right"]
class TensorReduction(nn.Module):
    def __init__(self, n, m):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(n, n, m))

    def forward(self, X):
        n, _, m = self.weight.shape
        assert X.shape[-1] == n
        rows = [torch.kron(x, x) @ self.weight.reshape(n * n, m) for x in X.reshape(-1, n)]
        return torch.stack(rows).reshape(*X.shape[:-1], m)

# %% 第一次前向传播时对称化，存起来 tags=["wrong"] raises="weight乘2，同一层的输出没有乘2"
import torch
from torch import nn


class TensorReduction(nn.Module):
    def __init__(self, in_features, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, units))
        self.V = None

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError(f'X的宽度应为{len(self.weight)}，得到{X.shape[-1]}')
        if self.V is None or self.V.shape != self.weight.shape:
            self.V = (self.weight + self.weight.transpose(0, 1)) / 2
        return torch.einsum('...i,...j,ijk->...k', X, X, self.V)

# %% 权重经过半精度 tags=["wrong"] raises="从0改为1/3）：y[0]应增加x[0] * x[0] / 3"
import torch
from torch import nn


class TensorReduction(nn.Module):
    def __init__(self, in_features, units):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, units))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError(f'X的宽度应为{len(self.weight)}，得到{X.shape[-1]}')
        W = self.weight.half().to(X.dtype)
        return torch.einsum('...i,...j,ijk->...k', X, X, W)
