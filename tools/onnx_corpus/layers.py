"""One small file per torch layer or function, in the forms that the exporter has for it."""

import torch
from torch import nn
from torch.nn import functional as F

from cases import TorchCase


class Function(nn.Module):
    """A function as a module, so that it can be exported."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *inputs):
        return self.function(*inputs)


def _case(name, module, *inputs, opset=13, **more):
    names = tuple(f"input{index}" if index else "input" for index in range(len(inputs)))
    if not isinstance(module, nn.Module):
        module = Function(module)
    return TorchCase(f"layers/{name}", lambda: module, lambda: inputs, input_names=names, opset=opset, **more)


def image(channels=8, height=17, width=20, batch=2):
    return torch.randn(batch, channels, height, width)


def signal(channels=8, length=33):
    return torch.randn(2, channels, length)


def volume(channels=4, size=9):
    return torch.randn(1, channels, size, size + 1, size + 2)


def convolutions():
    yield _case("conv1d", nn.Conv1d(8, 12, 5, stride=2, padding=2), signal())
    yield _case("conv1d_causal", lambda x, w=torch.randn(12, 8, 3): F.conv1d(F.pad(x, (2, 0)), w), signal())
    yield _case("conv1d_depthwise_dilated", nn.Conv1d(8, 8, 3, groups=8, dilation=4), signal())
    yield _case("conv2d", nn.Conv2d(8, 12, 3), image())
    yield _case("conv2d_no_bias", nn.Conv2d(8, 12, 3, bias=False), image())
    yield _case("conv2d_same", nn.Conv2d(8, 12, (3, 4), padding="same"), image())
    yield _case("conv2d_reflect", nn.Conv2d(8, 12, 3, padding=1, padding_mode="reflect"), image())
    yield _case("conv2d_circular", nn.Conv2d(8, 12, 3, padding=1, padding_mode="circular"), image())
    yield _case("conv2d_rectangular", nn.Conv2d(8, 12, (1, 7), stride=(2, 3), padding=(0, 3)), image())
    yield _case("conv2d_grouped", nn.Conv2d(8, 12, 3, groups=4), image())
    yield _case("conv2d_depthwise_multiplier", nn.Conv2d(8, 24, 3, groups=8), image())
    yield _case("conv2d_dilated", nn.Conv2d(8, 12, 3, dilation=(2, 3), stride=2), image())
    yield _case("conv2d_shared", nn.Sequential(*[nn.Conv2d(8, 8, 3, padding=1)] * 3), image())
    yield _case("conv2d_weight_from_input", lambda x, w: F.conv2d(x, w), image(), torch.randn(12, 8, 3, 3))
    yield _case("conv2d_unbatched", nn.Conv2d(8, 12, 3), image()[0])
    yield _case("conv3d", nn.Conv3d(4, 6, (1, 3, 3), stride=(1, 2, 2)), volume())
    yield _case("conv3d_grouped", nn.Conv3d(4, 8, 3, groups=2, dilation=2), volume())
    yield _case("conv_transpose1d", nn.ConvTranspose1d(8, 12, 4, stride=2, padding=1), signal())
    yield _case("conv_transpose2d", nn.ConvTranspose2d(8, 12, 3), image())
    yield _case("conv_transpose2d_stride", nn.ConvTranspose2d(8, 12, 4, stride=2, padding=1, bias=False), image())
    yield _case("conv_transpose2d_output_padding",
                nn.ConvTranspose2d(8, 12, 3, stride=3, padding=1, output_padding=2), image())
    yield _case("conv_transpose2d_grouped", nn.ConvTranspose2d(8, 12, 3, groups=4, dilation=2), image())
    yield _case("conv_transpose3d", nn.ConvTranspose3d(4, 6, 3, stride=2), volume())
    yield _case("conv_batchnorm", nn.Sequential(nn.Conv2d(8, 12, 3), nn.BatchNorm2d(12), nn.ReLU()), image())
    yield _case("conv_batchnorm_kept", nn.Sequential(nn.Conv2d(8, 12, 3), nn.BatchNorm2d(12), nn.ReLU()), image(),
                training="preserve", fold=False)
    yield _case("conv_transpose_batchnorm", nn.Sequential(nn.ConvTranspose2d(8, 12, 3), nn.BatchNorm2d(12)), image())
    yield _case("conv_spectral_norm", nn.utils.parametrizations.spectral_norm(nn.Conv2d(8, 12, 3)), image())
    yield _case("conv_weight_norm", nn.utils.weight_norm(nn.Conv2d(8, 12, 3)), image(), fold=False)
    yield _case("fold", nn.Fold((9, 10), (2, 3)), torch.randn(1, 18, 64), opset=16)
    yield _case("unfold", nn.Unfold((3, 3), padding=1, stride=2), image())
    yield _case("unfold_matmul", lambda x, w=torch.randn(12, 72): w @ F.unfold(x, 3), image())


def dense():
    tokens = torch.randn(2, 7, 16)
    yield _case("linear", nn.Linear(16, 24), torch.randn(3, 16))
    yield _case("linear_no_bias", nn.Linear(16, 24, bias=False), torch.randn(3, 16))
    yield _case("linear_tokens", nn.Linear(16, 24), tokens)
    yield _case("linear_vector", nn.Linear(16, 24), torch.randn(16))
    yield _case("linear_tied", _Tied(), torch.randint(0, 50, (2, 7)))
    yield _case("bilinear", nn.Bilinear(16, 12, 5), torch.randn(3, 16), torch.randn(3, 12))
    yield _case("bmm", torch.bmm, torch.randn(4, 5, 6), torch.randn(4, 6, 7))
    yield _case("baddbmm", torch.baddbmm, torch.randn(4, 5, 7), torch.randn(4, 5, 6), torch.randn(4, 6, 7))
    yield _case("addmm", torch.addmm, torch.randn(7), torch.randn(5, 6), torch.randn(6, 7))
    yield _case("matmul_broadcast", torch.matmul, torch.randn(3, 1, 5, 6), torch.randn(4, 6, 7))
    yield _case("matmul_vector", torch.matmul, torch.randn(3, 5, 6), torch.randn(6))
    yield _case("matmul_vector_left", torch.matmul, torch.randn(6), torch.randn(3, 6, 7))
    yield _case("matmul_dot", torch.matmul, torch.randn(6), torch.randn(6))
    yield _case("outer", torch.outer, torch.randn(6), torch.randn(5))
    for name, equation, shapes in (
            ("matmul", "bij,bjk->bik", ((2, 3, 4), (2, 4, 5))),
            ("attention", "bhqd,bhkd->bhqk", ((2, 4, 7, 8), (2, 4, 9, 8))),
            ("outer", "i,j->ij", ((6,), (5,))),
            ("two_sums", "nctv,vw->nctw", ((2, 3, 4, 5), (5, 6))),
            ("contract_two", "bijk,jkl->bil", ((2, 3, 4, 5), (4, 5, 6))),
            ("ellipsis", "...ij,...jk->...ik", ((2, 3, 4, 5), (2, 3, 5, 6))),
            ("transpose", "ij->ji", ((3, 4),)),
            ("diagonal", "ii->i", ((4, 4),)),
            ("trace_product", "ij,ij->", ((3, 4), (3, 4))),
            ("hadamard", "bi,bi->bi", ((3, 4), (3, 4))),
            ("three_operands", "bi,ij,bj->b", ((3, 4), (4, 5), (3, 5)))):
        inputs = [torch.randn(*shape) for shape in shapes]
        yield _case(f"einsum_{name}", lambda *x, equation=equation: torch.einsum(equation, *x), *inputs)


class _Tied(nn.Module):
    """A language model's head that shares its weight with the embedding."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(50, 16)
        self.head = nn.Linear(16, 50, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, tokens):
        return self.head(self.embedding(tokens))


def pooling():
    for name, module in {
            "max2d": nn.MaxPool2d(3, 2), "max2d_ceil": nn.MaxPool2d(3, 2, ceil_mode=True),
            "max2d_ceil_padding": nn.MaxPool2d(2, 2, padding=1, ceil_mode=True),
            "max2d_dilated": nn.MaxPool2d(3, 1, padding=1, dilation=2),
            "max2d_indices": nn.MaxPool2d(2, 2, return_indices=True),
            "average2d": nn.AvgPool2d(3, 2, padding=1), "average2d_ceil": nn.AvgPool2d(3, 2, ceil_mode=True),
            "average2d_exclude_pad": nn.AvgPool2d(3, 2, padding=1, count_include_pad=False),
            "lp2d": nn.LPPool2d(2, 3, stride=2), "adaptive_average_1": nn.AdaptiveAvgPool2d(1),
            "adaptive_max_1": nn.AdaptiveMaxPool2d(1), "adaptive_average_row": nn.AdaptiveAvgPool2d((1, None))}.items():
        yield _case(f"pool_{name}", module, image())
    yield _case("pool_adaptive_average_divides", nn.AdaptiveAvgPool2d((3, 4)), image(height=18, width=20))
    yield _case("pool_adaptive_max_divides", nn.AdaptiveMaxPool2d((3, 4)), image(height=18, width=20))
    yield _case("pool_max1d", nn.MaxPool1d(3, 2, ceil_mode=True), signal())
    yield _case("pool_average1d", nn.AvgPool1d(3, 2), signal())
    yield _case("pool_max3d", nn.MaxPool3d(2, ceil_mode=True), volume())
    yield _case("pool_average3d", nn.AvgPool3d(2), volume())
    yield _case("pool_adaptive_average3d", nn.AdaptiveAvgPool3d(1), volume())
    yield _case("pool_max2d_old", nn.MaxPool2d(3, 2, ceil_mode=True), image(), opset=9)
    yield _case("pool_average2d_old", nn.AvgPool2d(3, 2, padding=1), image(), opset=7)


def normalization():
    for name, module, data in (
            ("batch1d", nn.BatchNorm1d(8), signal()), ("batch2d", nn.BatchNorm2d(8), image()),
            ("batch2d_plain", nn.BatchNorm2d(8, affine=False), image()), ("batch3d", nn.BatchNorm3d(4), volume()),
            ("group", nn.GroupNorm(4, 8), image()), ("group_plain", nn.GroupNorm(2, 8, affine=False), image()),
            ("instance1d", nn.InstanceNorm1d(8), signal()),
            ("instance2d", nn.InstanceNorm2d(8, affine=True), image()), ("instance3d", nn.InstanceNorm3d(4), volume()),
            ("layer", nn.LayerNorm(16), torch.randn(2, 7, 16)), ("layer_2d", nn.LayerNorm((7, 16)), torch.randn(2, 7, 16)),
            ("layer_plain", nn.LayerNorm(16, elementwise_affine=False), torch.randn(2, 7, 16)),
            ("response", nn.LocalResponseNorm(5), image()), ("l2", Function(lambda x: F.normalize(x, dim=1)), image())):
        for opset in (9, 13, 17):
            yield _case(f"norm_{name}_opset{opset}", module, data, opset=opset, fold=opset != 9)


def activations():
    for cls in (nn.ReLU, nn.ReLU6, nn.LeakyReLU, nn.PReLU, nn.RReLU, nn.ELU, nn.SELU, nn.CELU, nn.GELU, nn.SiLU, nn.Mish,
                nn.Sigmoid, nn.Tanh, nn.LogSigmoid, nn.Softplus, nn.Softsign, nn.Tanhshrink, nn.Softshrink, nn.Hardshrink,
                nn.Hardtanh, nn.Hardsigmoid, nn.Hardswish, nn.Softmin, nn.Dropout, nn.AlphaDropout, nn.Identity,
                nn.Flatten, nn.ChannelShuffle, nn.GLU, nn.Softmax, nn.LogSoftmax, nn.Softmax2d, nn.Threshold):
        arguments = {nn.ChannelShuffle: (2,), nn.Softmax: (1,), nn.LogSoftmax: (1,), nn.Softmin: (1,), nn.GLU: (1,),
                     nn.Threshold: (0.1, 20.0)}.get(cls, ())
        name = f"activation_{cls.__name__.lower()}"
        yield _case(name, cls(*arguments), image())
        yield _case(name + "_old", cls(*arguments), image(), opset=9)
    yield _case("activation_gelu_tanh", nn.GELU(approximate="tanh"), image())
    yield _case("activation_prelu_channels", nn.PReLU(8), image())


def all_cases():
    for group in (convolutions, dense, pooling, normalization, activations):
        yield from group()
