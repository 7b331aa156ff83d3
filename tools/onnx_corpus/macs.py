"""Multiply-accumulates of one node: the definitions, written from the operators' specifications.

Convolution counts padded positions; Gemm's C and every bias are additions, no products. An operator that is not listed
multiplies nothing that is counted as a MAC.
"""

import math

from shape_rules import MICROSOFT, einsum_extents, matmul_shape, transposed, value_width


class Unknown(Exception):
    """The count needs something that the file does not say, most often a shape."""


def size(shape):
    if shape is None or None in shape:
        raise Unknown
    return math.prod(shape)


def _known(shapes, *indices):
    for index in indices:
        size(shapes[index])
    return [shapes[index] for index in indices]


def _conv(weight_index):
    def count(shapes, outputs, given):
        return size(outputs[0]) * size(shapes[weight_index][1:])  # weight: M, C / group, kernel...

    return count


def _conv_transpose(shapes, outputs, given):
    return size(shapes[0]) * size(shapes[1][1:])  # weight: C, M / group, kernel...


def _product(a, b):
    shape = matmul_shape(a, [b[0], 1] if len(b) == 1 else b)
    return math.prod(shape) * a[-1]


def _matmul(a_index, b_index):
    return lambda shapes, outputs, given: _product(*_known(shapes, a_index, b_index))


def _gemm(b_index):
    def count(shapes, outputs, given):
        a, b = _known(shapes, 0, b_index)
        return _product(transposed(a, given.get("transA", 0)), transposed(b, given.get("transB", 0)))

    return count


def _fused_matmul(shapes, outputs, given):
    a, b = _known(shapes, 0, 1)
    return _product(transposed(a, given.get("transA", 0)), transposed(b, given.get("transB", 0)))


def _packed_matmul(shapes, outputs, given):
    return size(shapes[0]) * given["N"]


def _einsum(shapes, outputs, given):
    """The product of all index extents; a single operand is only rearranged."""
    if len(shapes) > 2:  # the order of contraction decides, which the file leaves open
        raise Unknown
    _, extents = einsum_extents(_known(shapes, *range(len(shapes))), given)
    return math.prod(extents.values()) if len(shapes) == 2 else 0


def _recurrent(shapes, outputs, given):
    """Every gate of every direction multiplies its input (W) and its state (R) at each time step of each sequence."""
    x, w, r = _known(shapes, 0, 1, 2)
    return x[0] * x[1] * (math.prod(w) + math.prod(r))


def _attention(shapes, outputs, given):
    (x, weights), past = _known(shapes, 0, 1), shapes[4] if len(shapes) > 4 else None
    return _self_attention(x, weights, past, given)


def _quantized_attention(shapes, outputs, given):
    (x, weights), past = _known(shapes, 0, 1), shapes[8] if len(shapes) > 8 else None
    return _self_attention(x, weights, past, given)


def _self_attention(x, weights, past, given):
    batch, length, _ = x
    total = length + (past[3] if past else 0)
    value = value_width(weights, given)
    query = given["qkv_hidden_sizes"][0] if "qkv_hidden_sizes" in given else value
    return math.prod(x) * weights[-1] + batch * length * total * (query + value)


def _multi_head_attention(shapes, outputs, given):
    """Q K^T and P V only: the projections stand before this operator."""
    query = shapes[0]
    size(query)
    if len(query) == 5:  # packed: batch, sequence, heads, 3, size of a head
        batch, length, heads, _, width = query
        return 2 * batch * length * length * heads * width
    batch, length, hidden = query
    key = shapes[1]
    size(key)
    if len(key) == 5:  # packed keys and values
        total, value = key[1], key[2] * key[4]
    elif len(key) == 4:  # a cross attention's cache: batch, heads, sequence, size of a head
        total, value = key[2], shapes[2][1] * shapes[2][3]
    else:
        total, value = key[1], shapes[2][-1]
    if len(shapes) > 6 and shapes[6]:
        total += shapes[6][2]
    return batch * length * total * (hidden + value)


OPERATORS = {
    ("", "Conv"): _conv(1), ("", "DeformConv"): _conv(1), ("", "ConvInteger"): _conv(1), ("", "QLinearConv"): _conv(3),
    ("", "ConvTranspose"): _conv_transpose, ("", "Gemm"): _gemm(1), ("", "MatMul"): _matmul(0, 1),
    ("", "MatMulInteger"): _matmul(0, 1), ("", "QLinearMatMul"): _matmul(0, 3), ("", "Einsum"): _einsum,
    ("", "LSTM"): _recurrent, ("", "GRU"): _recurrent, ("", "RNN"): _recurrent,
    (MICROSOFT, "FusedConv"): _conv(1), (MICROSOFT, "FusedMatMul"): _fused_matmul,
    (MICROSOFT, "TransposeMatMul"): _fused_matmul, (MICROSOFT, "FusedGemm"): _gemm(1), (MICROSOFT, "QGemm"): _gemm(3),
    (MICROSOFT, "DynamicQuantizeMatMul"): _matmul(0, 1), (MICROSOFT, "MatMulIntegerToFloat"): _matmul(0, 1),
    (MICROSOFT, "MatMulNBits"): _packed_matmul, (MICROSOFT, "Attention"): _attention,
    (MICROSOFT, "QAttention"): _quantized_attention, (MICROSOFT, "MultiHeadAttention"): _multi_head_attention,
}


def count(node, shapes, outputs, given):
    domain = "" if node.domain == "ai.onnx" else node.domain
    rule = OPERATORS.get((domain, node.op_type))
    if rule is None:
        return 0
    try:
        return rule(shapes, outputs, given)
    except (TypeError, IndexError) as error:  # an unknown rank, or an input that is not there
        raise Unknown from error
