"""Quantized networks in the styles in which they are met: operator-oriented, QDQ, dynamic, and torch's own."""

import numpy as np
import torch
from torch import nn
from torchvision.models import quantization

import weights
from builder import BFLOAT16, Builder, FLOAT, HALF, INT32, INT8, UINT8
from cases import HandCase, TorchCase


def _scale(b, channels=None):
    return b.constant(np.full(channels, 0.02) if channels else 0.02, np.float32)


def _zero(b, element=UINT8, channels=None):
    return b.constant(np.zeros(channels) if channels else 0, np.int8 if element == INT8 else np.uint8)


def _quantize(b, x, element=UINT8):
    return b.node("QuantizeLinear", x, _scale(b), _zero(b, element))


def _qlinear_conv(b, x, shape, bias=True, per_channel=True, **attributes):
    channels = shape[0] if per_channel else None
    inputs = [x, _scale(b), _zero(b), b.weight(*shape, element=INT8), _scale(b, channels), _zero(b, INT8, channels),
              _scale(b), _zero(b)] + ([b.weight(shape[0], element=INT32)] if bias else [])
    return b.node("QLinearConv", *inputs, **attributes)


def qlinear_conv(batch=1, **options):
    b = Builder()
    x = _quantize(b, b.input("input", batch, 8, 16, 20))
    y = _qlinear_conv(b, x, (12, 8, 3, 3), pads=[1, 1, 1, 1], **options)
    return b.model(b.node("DequantizeLinear", y, _scale(b), _zero(b)))


def qlinear_network():
    """A quantized residual network as ONNX Runtime's static quantization writes it."""
    b = Builder()
    x = _quantize(b, b.input("input", "batch", 3, 32, 32))
    x = _qlinear_conv(b, x, (16, 3, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1])
    for _ in range(3):
        y = _qlinear_conv(b, x, (16, 1, 3, 3), group=16, pads=[1, 1, 1, 1])
        y = _qlinear_conv(b, y, (16, 16, 1, 1))
        x = b.contrib("QLinearAdd", x, _scale(b), _zero(b), y, _scale(b), _zero(b), _scale(b), _zero(b))
    x = b.contrib("QLinearConcat", _scale(b), _zero(b), x, _scale(b), _zero(b), x, _scale(b), _zero(b), axis=1)
    x = b.contrib("QLinearGlobalAveragePool", x, _scale(b), _zero(b), _scale(b), _zero(b))
    x = b.node("Flatten", x)
    x = b.contrib("QGemm", x, _scale(b), _zero(b), b.weight(32, 10, element=INT8), _scale(b), _zero(b, INT8),
                  b.weight(10, element=INT32), _scale(b), _zero(b))
    return b.model(b.node("DequantizeLinear", x, _scale(b), _zero(b)))


def qlinear_matmul(batch=4):
    b = Builder(opset=10)
    x = _quantize(b, b.input("input", batch, 7, 16))
    y = b.node("QLinearMatMul", x, _scale(b), _zero(b), b.weight(16, 24, element=UINT8), _scale(b), _zero(b), _scale(b),
               _zero(b))
    return b.model(b.node("DequantizeLinear", y, _scale(b), _zero(b)))


def dynamic_matmul():
    """ONNX Runtime's dynamic quantization of a Linear: integer product, then two scales and a bias."""
    b = Builder(opset=11)
    x = b.input("input", "batch", "sequence", 16)
    for width in (24, 16):
        quantized, scale, zero = b.node("DynamicQuantizeLinear", x, outputs=3)
        product = b.node("MatMulInteger", quantized, b.weight(16 if width == 24 else 24, width, element=INT8), zero,
                         b.constant(0, np.int8))
        scales = b.node("Mul", scale, b.constant(0.02, np.float32))
        x = b.node("Mul", b.node("Cast", product, to=FLOAT), scales)
        x = b.node("Add", x, b.weight(width))
    return b.model(x)


def dynamic_conv():
    b = Builder(opset=11)
    quantized, scale, zero = b.node("DynamicQuantizeLinear", b.input("input", 1, 8, 16, 20), outputs=3)
    y = b.node("ConvInteger", quantized, b.weight(12, 4, 3, 3, element=UINT8), zero, b.constant(0, np.uint8), group=2,
               auto_pad="SAME_UPPER", strides=[2, 2])
    scales = b.node("Mul", scale, b.constant(0.02, np.float32))
    return b.model(b.node("Mul", b.node("Cast", y, to=FLOAT), scales))


def fused_dynamic():
    b = Builder()
    x = b.input("input", "batch", 7, 16)
    x = b.contrib("DynamicQuantizeMatMul", x, b.weight(16, 24, element=INT8), _scale(b, 24), _zero(b, INT8, 24), b.weight(24))
    quantized, scale, zero = b.node("DynamicQuantizeLinear", x, outputs=3)
    y = b.contrib("MatMulIntegerToFloat", quantized, b.weight(24, 8, element=INT8), scale, _scale(b), zero, _zero(b, INT8),
                  b.weight(8))
    return b.model(y)


def qdq_conv(weight="int8", opset=13, per_channel=True):
    """`int8`: the weight is stored quantized. `float`: quantized when the file runs, as quantization-aware training
    exports it."""
    b = Builder(opset)
    x = b.input("input", "batch", 8, 16, 20)
    channels = 12 if per_channel and opset >= 13 else None
    axis = {"axis": 0} if channels else {}
    for inputs in (8, 12):
        x = b.node("DequantizeLinear", _quantize(b, x), _scale(b), _zero(b))
        scale, zero = _scale(b, channels), _zero(b, INT8, channels)
        if weight == "int8":
            stored = b.weight(12, inputs, 3, 3, element=INT8)
        else:
            stored = b.node("QuantizeLinear", b.weight(12, inputs, 3, 3), scale, zero, **axis)
        w = b.node("DequantizeLinear", stored, scale, zero, **axis)
        bias = b.node("DequantizeLinear", b.weight(12, element=INT32), _scale(b, channels), **axis)
        x = b.node("Relu", b.node("Conv", x, w, bias, pads=[1, 1, 1, 1]))
    return b.model(x)


def qdq_linear():
    b = Builder()
    x = b.node("DequantizeLinear", _quantize(b, b.input("input", "batch", 16), INT8), _scale(b), _zero(b, INT8))
    w = b.node("DequantizeLinear", b.weight(24, 16, element=INT8), _scale(b, 24), _zero(b, INT8, 24), axis=0)
    x = b.node("Gemm", x, w, b.weight(24), transB=1)
    w = b.node("Transpose", b.node("DequantizeLinear", b.weight(5, 24, element=INT8), _scale(b), _zero(b, INT8)), perm=[1, 0])
    return b.model(b.node("MatMul", x, w))


def quantized_embedding():
    b = Builder()
    ids = b.input("ids", "batch", "sequence", element=7)
    rows = b.node("Gather", b.weight(50, 16, element=UINT8), ids)
    x = b.node("DequantizeLinear", rows, _scale(b), _zero(b))
    return b.model(b.node("MatMul", x, b.weight(16, 4)))


def quantized_attention():
    b = Builder()
    x = _quantize(b, b.input("input", "batch", "sequence", 64))
    y = b.contrib("QAttention", x, b.weight(64, 192, element=INT8), b.weight(192), _scale(b), _scale(b), "", _zero(b),
                  _zero(b, INT8), num_heads=4)
    return b.model(y)


def four_bit():
    """Weight-only quantization: a 64x48 matrix, four bits each, packed in blocks of 32 along K."""
    b = Builder()
    x = b.input("input", "batch", "sequence", 64)
    return b.model(b.contrib("MatMulNBits", x, b.weight(48, 2, 16, element=UINT8), b.weight(96), K=64, N=48, bits=4,
                             block_size=32))


def low_precision(element):
    b = Builder(opset=15)
    x = b.input("input", "batch", 16, element=element)
    for _ in range(2):
        x = b.node("Relu", b.node("Gemm", x, b.weight(16, 16, element=element), b.weight(16, element=element)))
    return b.model(x, element=element)


def by_hand():
    table = {
        "qlinear_conv": qlinear_conv, "qlinear_conv_dynamic": lambda: qlinear_conv("batch"),
        "qlinear_conv_no_bias": lambda: qlinear_conv(bias=False, per_channel=False), "qlinear_network": qlinear_network,
        "qlinear_matmul": qlinear_matmul, "dynamic_matmul": dynamic_matmul, "dynamic_conv": dynamic_conv,
        "fused_dynamic": fused_dynamic, "qdq_conv": qdq_conv, "qdq_conv_opset10": lambda: qdq_conv(opset=10),
        "qdq_conv_per_tensor": lambda: qdq_conv(per_channel=False), "qdq_conv_trained": lambda: qdq_conv("float"),
        "qdq_linear": qdq_linear, "embedding": quantized_embedding, "attention": quantized_attention, "four_bit": four_bit,
        "half": lambda: low_precision(HALF), "bfloat16": lambda: low_precision(BFLOAT16)}
    for name, make in table.items():
        yield HandCase(f"quantized/{name}", make, dims={"batch": 2, "sequence": 5})


class FakeQuantized(nn.Module):
    """What quantization-aware training leaves: QuantizeLinear and DequantizeLinear around float weights."""

    def __init__(self, per_channel):
        super().__init__()
        self.conv, self.per_channel = nn.Conv2d(8, 12, 3), per_channel

    def forward(self, x):
        x = torch.fake_quantize_per_tensor_affine(x, 0.05, 0, -128, 127)
        weight = self.conv.weight
        if self.per_channel:
            weight = torch.fake_quantize_per_channel_affine(weight, torch.full((12,), 0.02), torch.zeros(
                12, dtype=torch.int32), 0, -128, 127)
        else:
            weight = torch.fake_quantize_per_tensor_affine(weight, 0.02, 0, -128, 127)
        return nn.functional.conv2d(x, weight, self.conv.bias)


def _statically_quantized(name):
    """torchvision's quantizable networks, converted with made-up observations."""
    torch.backends.quantized.engine = "qnnpack"
    model = weights.fill(getattr(quantization, name)(weights=None, quantize=False)).eval()
    model.fuse_model()
    model.qconfig = torch.ao.quantization.get_default_qconfig("qnnpack")
    torch.ao.quantization.prepare(model, inplace=True)
    model(torch.randn(1, 3, 64, 64))
    return torch.ao.quantization.convert(model, inplace=True)


def from_torch():
    image = lambda: (torch.randn(1, 3, 224, 224),)
    for name in ("resnet18", "resnet50", "mobilenet_v2", "mobilenet_v3_large", "shufflenet_v2_x1_0", "googlenet"):
        yield TorchCase(f"quantized/torch_{name}", lambda name=name: _statically_quantized(name), image,
                        count_in_torch=False)
    for per_channel in (False, True):
        yield TorchCase(f"quantized/torch_fake_quantized_{'channel' if per_channel else 'tensor'}",
                        lambda p=per_channel: FakeQuantized(p), lambda: (torch.randn(2, 8, 16, 20),))


def all_cases():
    yield from by_hand()
    yield from from_torch()
