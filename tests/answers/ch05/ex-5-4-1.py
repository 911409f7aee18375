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


# %% 只乘了一次输入 tags=["wrong"] raises="W[0, 0, 0]从0改为2）：y[0]应增加2 * x[0] * x[0]"
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


# %% 只算了i不大于j的项 tags=["wrong"] raises="W[1, 0, 0]从0改为2）：y[0]应增加2 * x[1] * x[0]"
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


# %% 只算了平方项 tags=["wrong"] raises="y[0]应增加2 * x[0] * x[1]"
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


# %% 第二个x不传梯度 tags=["wrong"] raises="对X的梯度不对"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        return torch.einsum('...i,ijk,...j->...k', X, self.weight, X.detach())


# %% 用weight.data计算 tags=["wrong"] raises="对weight的梯度不对"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        return torch.einsum('...i,ijk,...j->...k', X, self.weight.data, X)


# %% 只支持二维的输入 tags=["wrong"] raises="批量维有几个都行（torch.float32、形状(3,)的X"
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


# %% 中途转成float32 tags=["wrong"] raises="（torch.float64、形状(3,)的X"
class TensorReduction(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, in_features, out_features))

    def forward(self, X):
        if X.shape[-1] != len(self.weight):
            raise ValueError('width')
        return torch.einsum('...i,ijk,...j->...k', X.float(), self.weight.float(), X.float()).to(X)


# %% 不用矩阵乘法，也算了样本与样本之间的乘积 tags=["wrong"] raises="有一步算出80000个数"
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
