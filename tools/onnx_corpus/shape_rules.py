"""Output shapes that ONNX's shape inference does not know: Einsum, ONNX Runtime's contrib operators, later opsets.

Each rule maps (input shapes, attributes) to the shapes of the leading outputs, or to None where it does not apply.
Source of the contrib operators: onnxruntime's docs/ContribOperators.md.
"""

import numpy as np

MICROSOFT = "com.microsoft"


def _like_first(shapes, given):
    return [shapes[0]]


def transposed(shape, flag):
    """A matrix operand as FusedMatMul sees it: its last two axes exchanged where the flag says so."""
    return shape[:-2] + [shape[-1], shape[-2]] if flag else shape


def matmul_shape(a, b):
    if a is None or b is None:
        return None
    if len(a) == 1:
        a = [1] + a
    batch = [int(d) for d in np.broadcast_shapes(tuple(a[:-2]), tuple(b[:-2]))]
    return batch + [a[-2], b[-1]]


def _fused_matmul(shapes, given):
    return [matmul_shape(transposed(shapes[0], given.get("transA", 0)), transposed(shapes[1], given.get("transB", 0)))]


def _plain_matmul(b_index):
    return lambda shapes, given: [matmul_shape(shapes[0], shapes[b_index])]


def _packed_matmul(shapes, given):
    return [shapes[0][:-1] + [given["N"]]]


def _conv(shapes, given):
    x, w = shapes[0], shapes[1]
    spatial = len(x) - 2
    strides, dilations = given.get("strides", [1] * spatial), given.get("dilations", [1] * spatial)
    pads = given.get("pads", [0] * 2 * spatial)
    out = [(x[2 + i] + pads[i] + pads[i + spatial] - dilations[i] * (w[2 + i] - 1) - 1) // strides[i] + 1
           for i in range(spatial)]
    return [[x[0], w[0]] + out]


def value_width(weights, given):
    """Width of V in com.microsoft.Attention: its weight holds Q, K and V side by side, by default of equal width."""
    return given["qkv_hidden_sizes"][2] if "qkv_hidden_sizes" in given else weights[-1] // 3


def _attention(shapes, given):
    return [shapes[0][:2] + [value_width(shapes[1], given)]]


def _multi_head(shapes, given):
    query, value = shapes[0], shapes[2] if len(shapes) > 2 else None
    if len(query) == 5:  # Q, K and V packed: batch, sequence, heads, 3, size of a head
        return [query[:2] + [query[2] * query[4]]]
    if value is None:
        return [query]
    width = value[1] * value[3] if len(value) == 4 else value[-1]
    return [query[:2] + [width]]


def _embed_layer_norm(shapes, given):
    return [shapes[0] + [shapes[2][-1]], [shapes[0][0]]]


def _skip_layer_norm(shapes, given):
    return [shapes[0]]


def _gemm(shapes, given):
    a, b = transposed(shapes[0], given.get("transA", 0)), transposed(shapes[1], given.get("transB", 0))
    return [[a[0], b[1]]]


def _quantized_gemm(shapes, given):
    return _gemm([shapes[0], shapes[3]], given)


def _quantized_binary(shapes, given):
    return [[int(d) for d in np.broadcast_shapes(tuple(shapes[0]), tuple(shapes[3]))]]


def _quantized_pool(shapes, given):
    return [shapes[0][:2] + [1] * (len(shapes[0]) - 2)]


def _quantized_concat(shapes, given):
    parts = shapes[2::3]
    axis = given["axis"]
    result = list(parts[0])
    result[axis] = sum(p[axis] for p in parts)
    return [result]


def einsum_extents(shapes, given):
    """(index names of the output, {index name: extent}); the axes of an ellipsis are named '...1' from the right."""
    equation = given["equation"].decode().replace(" ", "")
    left, _, right = equation.partition("->")
    extents, count = {}, {}
    for term, shape in zip(left.split(","), shapes):
        for name, extent in zip(_indices(term, len(shape)), shape):
            extents[name] = max(extents.get(name, 1), extent)
            count[name] = count.get(name, 0) + 1
    hidden = sum(name.startswith("...") for name in extents)
    if "->" in equation:
        return _indices(right, len(right.replace("...", "")) + ("..." in right) * hidden), extents
    # Without an output, the indices that occur once are kept, in alphabetical order.
    return sorted(n for n in extents if count[n] == 1 or n.startswith("...")), extents


def _indices(term, rank):
    letters = term.replace("...", "")
    if "..." not in term:
        return list(letters)
    before, after = term.split("...")
    return list(before) + [f"...{i}" for i in range(rank - len(letters), 0, -1)] + list(after)


def _einsum(shapes, given):
    kept, extents = einsum_extents(shapes, given)
    return [[extents[name] for name in kept]]


def _split(shapes, given):
    """Opset 18 gives the number of parts; only the last may be smaller. Older forms are left to ONNX."""
    if "num_outputs" not in given:
        return None
    axis, parts = given.get("axis", 0), given["num_outputs"]
    extent = shapes[0][axis]
    size = -(-extent // parts)
    sizes = [size] * (parts - 1) + [extent - size * (parts - 1)]
    results = [list(shapes[0]) for _ in sizes]
    for result, part in zip(results, sizes):
        result[axis] = part
    return results


_RULES = {
    "Attention": _attention, "QAttention": _attention, "MultiHeadAttention": _multi_head,
    "EmbedLayerNormalization": _embed_layer_norm, "SkipLayerNormalization": _skip_layer_norm,
    "SkipSimplifiedLayerNormalization": _skip_layer_norm, "FusedConv": _conv, "FusedMatMul": _fused_matmul,
    "TransposeMatMul": _fused_matmul, "FusedGemm": _gemm, "QGemm": _quantized_gemm,
    "DynamicQuantizeMatMul": _plain_matmul(1), "MatMulIntegerToFloat": _plain_matmul(1),
    "MatMulNBits": _packed_matmul, "QLinearAdd": _quantized_binary, "QLinearMul": _quantized_binary,
    "QLinearGlobalAveragePool": _quantized_pool, "QLinearConcat": _quantized_concat,
}
for _name in ("Gelu", "BiasGelu", "FastGelu", "QuickGelu", "QLinearSigmoid", "QLinearLeakyRelu", "QLinearSoftmax",
              "LayerNormalization", "SimplifiedLayerNormalization", "RotaryEmbedding", "GroupNorm", "BiasAdd",
              "BiasDropout", "DequantizeLinear", "QuantizeLinear", "Inverse", "Trilu", "BiasSoftmax"):
    _RULES[_name] = _like_first

SHAPES = {(MICROSOFT, name): rule for name, rule in _RULES.items()}
# ONNX Runtime's older fusions wrote these under the standard domain, before ONNX had them.
SHAPES[("", "SimplifiedLayerNormalization")] = SHAPES[("", "LayerNormalization")] = _like_first
SHAPES[("", "Einsum")] = _einsum
# Since opset 18 to 20; Debian's onnx ends at 17.
SHAPES.update({("", "Split"): _split, ("", "GroupNormalization"): _like_first, ("", "Mish"): _like_first,
               ("", "Gelu"): _like_first, ("", "DeformConv"): _conv})
