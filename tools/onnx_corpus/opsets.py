"""Forms that left or entered the standard between opset 1 and 20, and files that are no valid model at all."""

import numpy as np

from builder import Builder
from cases import HandCase


def attributes_instead_of_inputs(opset):
    """Slice, Squeeze, Pad, Clip, TopK, Split and reductions before their axes became inputs."""
    b = Builder(opset, ir=4)
    x = b.input("input", 2, 8, 16, 16)
    x = b.node("Conv", x, b.weight(12, 8, 3, 3), b.weight(12), pads=[1] * 4)
    x = b.node("BatchNormalization", x, *(b.weight(12) for _ in range(4)), **({"spatial": 1} if opset < 9 else {}))
    x = b.node("Clip", x, min=0.0, max=6.0)
    x = b.node("Dropout", x, ratio=0.5)
    x = b.node("Pad", x, pads=[0, 0, 1, 1, 0, 0, 1, 1], mode="constant", value=0.0)
    if opset < 10:
        x = b.node("Slice", x, axes=[2, 3], starts=[1, 1], ends=[-1, 9999])
    parts = b.node("Split", x, axis=1, split=[4, 8], outputs=2)
    x = b.node("Concat", parts[1], parts[0], axis=1)
    x = b.node("ReduceMean", x, axes=[2, 3], keepdims=1)
    x = b.node("Unsqueeze", b.node("Squeeze", x, axes=[2, 3]), axes=[0])
    x = b.node("Reshape", x, b.constant([0, -1]))
    if opset < 10:
        x, _ = b.node("TopK", x, k=5, outputs=2)
    x = b.node("Gemm", x, b.weight(5 if opset < 10 else 24, 7), b.weight(7))
    return b.model(b.node("Softmax", x, axis=1))


def upsample(opset):
    b = Builder(opset, ir=4)
    x = b.node("Conv", b.input("input", "batch", 3, 10, 12), b.weight(4, 3, 3, 3))
    if opset < 9:
        x = b.node("Upsample", x, scales=[1.0, 1.0, 2.0, 1.5], mode="nearest")
    elif opset == 9:
        x = b.node("Upsample", x, b.constant([1, 1, 2, 1.5], np.float32), mode="linear")
    elif opset == 10:
        x = b.node("Resize", x, b.constant([1, 1, 0.5, 2], np.float32), mode="nearest")
    else:
        x = b.node("Resize", x, "", "", b.constant([2, 4, 16, 15]), mode="cubic")
    return b.model(b.node("Conv", x, b.weight(5, 4, 3, 3)))


def legacy(opset):
    """Opset 1 to 6: Reshape by attribute, broadcasting by attribute, Cast by name."""
    b = Builder(opset, ir=3)
    x = b.node("MatMul", b.input("input", 2, 3, 8), b.weight(8, 8))
    x = b.node("Add", x, b.weight(3), broadcast=1, axis=1)
    if opset < 5:
        x = b.node("Reshape", x, shape=[0, -1])
    else:
        x = b.node("Reshape", x, b.constant([0, -1]))
    x = b.node("Gemm", x, b.weight(24, 6), b.weight(6), broadcast=1)
    return b.model(x)


def auto_padded(operator, mode, opset=11):
    b = Builder(opset)
    x = b.input("input", "batch", 8, 17, 20)
    if operator == "Conv":
        return b.model(b.node("Conv", x, b.weight(12, 8, 3, 4), auto_pad=mode, strides=[2, 3]))
    if operator == "ConvTranspose":
        return b.model(b.node("ConvTranspose", x, b.weight(8, 12, 3, 4), auto_pad=mode, strides=[2, 3]))
    x = b.node(operator, x, auto_pad=mode, kernel_shape=[3, 4], strides=[2, 3])
    return b.model(b.node("Conv", x, b.weight(4, 8, 1, 1)))


def transposed_with_output_shape():
    b = Builder(11)
    x = b.input("input", "batch", 8, 10, 10)
    return b.model(b.node("ConvTranspose", x, b.weight(8, 4, 3, 3), strides=[2, 2], output_shape=[20, 20]))


def recurrent(operator, gates, layout=0, direction="bidirectional", peephole=False, opset=14):
    b = Builder(opset)
    directions = 2 if direction == "bidirectional" else 1
    shape = ("batch", "sequence", 16) if layout else ("sequence", "batch", 16)
    x = b.input("input", *shape)
    inputs = [x, b.weight(directions, gates * 24, 16), b.weight(directions, gates * 24, 24)]
    if peephole:
        inputs += [b.weight(directions, 2 * gates * 24), b.constant([5, 7], np.int32), "", "", b.weight(directions, 72)]
    extra = {"layout": layout} if opset >= 14 else {}
    return b.model(b.node(operator, *inputs, outputs=2, hidden_size=24, direction=direction, **extra)[0])


def opset18_to_20(opset):
    """Operators that entered with opset 18 to 20, and forms that changed there."""
    b = Builder(opset)
    x = b.node("Conv", b.input("input", "batch", 8, 16, 16), b.weight(12, 8, 3, 3))
    x = b.node("GroupNormalization", x, b.weight(3), b.weight(3), num_groups=3)
    x = b.node("Mish", x)
    if opset >= 20:
        x = b.node("Gelu", x, approximate="tanh")
    first, second, third = b.node("Split", x, axis=1, num_outputs=3, outputs=3)  # opset 18: parts instead of sizes
    x = b.node("Concat", third, first, second, axis=1)
    if opset >= 19:
        offsets = b.node("Conv", x, b.weight(18, 12, 3, 3), pads=[1] * 4)
        x = b.node("DeformConv", x, b.weight(8, 12, 3, 3), offsets, pads=[1] * 4)
    x = b.node("ReduceMax", x, b.constant([2, 3]), keepdims=0)  # opset 18: axes by input
    return b.model(b.node("Gemm", x, b.weight(8 if opset >= 19 else 12, 5)))


def _huge(dimension, weight=None):
    b = Builder()
    x = b.input("input", dimension, 16)
    y = b.node("MatMul", x, b.weight(16, 16))
    if weight is not None:  # an initializer that claims more elements than any file could hold
        b.graph.initializer[0].dims[:] = weight
    return b.model(y)


def _cyclic():
    b = Builder()
    b.input("input", 2, 2)
    b.node("Add", "input", "late", outputs=["early"])
    b.node("Relu", "early", outputs=["late"])
    return b.model("late")


def _dangling():
    b = Builder()
    return b.model(b.node("Add", b.input("input", 2, 2), "nowhere"))


def _mismatched():
    b = Builder()
    return b.model(b.node("MatMul", b.input("input", 2, 16), b.weight(17, 4)))


def _deep(depth):
    """If within If within If: written without recursion, since the library's own parser has a limit too."""
    inner = b""
    length = lambda data: bytes(_varint(len(data))) + data
    for _ in range(depth):
        # GraphProto.node (1) { attribute (5) { g (6) { ... } } }
        inner = b"\x0a" + length(b"\x2a" + length(b"\x32" + length(inner)))
    return b"\x08\x08" + b"\x3a" + length(inner)


def _varint(value):
    while True:
        yield (value & 0x7F) | (0x80 if value > 0x7F else 0)
        value >>= 7
        if not value:
            return


def bad_files():
    good = lambda: attributes_instead_of_inputs(9).SerializeToString()
    table = {
        "empty": lambda: b"", "text": lambda: b"this is no model\n" * 20, "html": lambda: b"<!DOCTYPE html><html></html>",
        "git_lfs_pointer": lambda: b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 97\n",
        "random": lambda: np.random.default_rng(1).bytes(4096), "truncated": lambda: good()[:-200],
        "truncated_early": lambda: good()[:40], "length_past_end": lambda: b"\x3a\xff\xff\xff\xff\x0f" + good(),
        "deep": lambda: _deep(100_000), "cyclic": _cyclic, "dangling_input": _dangling, "mismatched_shapes": _mismatched,
        "negative_dimension": lambda: _huge(-5), "huge_dimension": lambda: _huge(2**62),
        "overflowing_weight": lambda: _huge(2, [2**40, 2**40]), "negative_weight": lambda: _huge(2, [16, -16])}
    for name, make in table.items():
        yield HandCase(f"bad/{name}", make, expect="refuse")


def all_cases():
    case = lambda name, make: HandCase(f"opsets/{name}", make, dims={"batch": 2, "sequence": 7})
    for opset in (7, 8, 9, 10):
        yield case(f"attributes_opset{opset}", lambda o=opset: attributes_instead_of_inputs(o))
    for opset in (7, 8, 9, 10, 13):
        yield case(f"upsample_opset{opset}", lambda o=opset: upsample(o))
    for opset in (3, 5, 6):
        yield case(f"legacy_opset{opset}", lambda o=opset: legacy(o))
    for operator in ("Conv", "ConvTranspose", "MaxPool", "AveragePool"):
        for mode in ("SAME_UPPER", "SAME_LOWER", "VALID"):
            yield case(f"auto_pad_{operator}_{mode}".lower(), lambda o=operator, m=mode: auto_padded(o, m))
    yield case("conv_transpose_output_shape", transposed_with_output_shape)
    for operator, gates in (("LSTM", 4), ("GRU", 3), ("RNN", 1)):
        for layout in (0, 1):
            for direction in ("forward", "reverse", "bidirectional"):
                yield case(f"{operator.lower()}_{direction}_layout{layout}",
                           lambda o=operator, g=gates, l=layout, d=direction: recurrent(o, g, l, d))
    yield case("lstm_peephole_opset7", lambda: recurrent("LSTM", 4, direction="forward", peephole=True, opset=7))
    for opset in (18, 19, 20):
        yield case(f"modern_opset{opset}", lambda o=opset: opset18_to_20(o))
    yield from bad_files()
