"""Evaluates nodes whose inputs are all known and small: the shape arithmetic that exporters leave in their graphs."""

import numpy as np
import onnx
from onnx import numpy_helper

LARGEST = 20_000  # elements; shapes, anchors and index ranges stay far below, weights far above


class NotFolded(Exception):
    """The operator is not among those that shape arithmetic uses, or its form is not."""


def attributes(node):
    return {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}


def _axes(inputs, given, position=1):
    """Axes moved from attribute to input in opset 13 (reductions: 18)."""
    if len(inputs) > position and inputs[position] is not None:
        return tuple(int(a) for a in inputs[position].reshape(-1))
    return tuple(given["axes"]) if "axes" in given else None


def _slice(inputs, given):
    data = inputs[0]
    if len(inputs) == 1:
        starts, ends = given["starts"], given["ends"]
        axes, steps = given.get("axes", range(len(starts))), [1] * len(starts)
    else:
        starts, ends = inputs[1], inputs[2]
        axes = inputs[3] if len(inputs) > 3 and inputs[3] is not None else range(len(starts))
        steps = inputs[4] if len(inputs) > 4 and inputs[4] is not None else [1] * len(starts)
    index = [slice(None)] * data.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps):
        # numpy counts a negative end from the back; ONNX writes 'through the first element' as a huge negative one.
        end = None if step < 0 and end < -data.shape[axis] else int(end)
        index[int(axis)] = slice(int(start), end, int(step))
    return data[tuple(index)]


def _squeeze(inputs, given):
    axes = _axes(inputs, given)
    return np.squeeze(inputs[0], axis=axes)


def _unsqueeze(inputs, given):
    data, axes = inputs[0], _axes(inputs, given)
    rank = data.ndim + len(axes)
    for axis in sorted(a % rank for a in axes):
        data = np.expand_dims(data, axis)
    return data


def _reshape(inputs, given):
    data, shape = inputs[0], [int(d) for d in (inputs[1] if len(inputs) > 1 else given["shape"])]
    if not given.get("allowzero", 0):
        shape = [data.shape[i] if d == 0 else d for i, d in enumerate(shape)]
    return data.reshape(shape)


def _divide(inputs, given):
    a, b = inputs
    if not np.issubdtype(a.dtype, np.integer):
        return a / b
    quotient = np.abs(a) // np.abs(b)  # ONNX truncates, numpy floors
    return (quotient * np.sign(a) * np.sign(b)).astype(a.dtype)


def _modulo(inputs, given):
    return np.fmod(*inputs) if given.get("fmod", 0) else np.mod(*inputs)


def _constant_of_shape(inputs, given):
    value = numpy_helper.to_array(given["value"]) if "value" in given else np.zeros(1, np.float32)
    return np.full([int(d) for d in inputs[0]], value.reshape(-1)[0], value.dtype)


def _split(inputs, given):
    data, axis = inputs[0], given.get("axis", 0)
    sizes = inputs[1] if len(inputs) > 1 else given.get("split")
    if sizes is None:
        raise NotFolded
    return tuple(np.split(data, np.cumsum(sizes)[:-1], axis))


def _reduction(function):
    def fold(inputs, given):
        axes = _axes(inputs, given)
        if axes is None and given.get("noop_with_empty_axes", 0):
            return inputs[0]
        return function(inputs[0], axis=axes, keepdims=bool(given.get("keepdims", 1))).astype(inputs[0].dtype)

    return fold


def _cast(inputs, given):
    to = onnx.mapping.TENSOR_TYPE_TO_NP_TYPE[given["to"]]
    return inputs[0].astype(to)


def _scatter_nd(inputs, given):
    data, indices, updates = inputs[0].copy(), inputs[1], inputs[2]
    data[tuple(np.moveaxis(indices, -1, 0))] = updates
    return data


def _constant(inputs, given):
    if "value" in given:
        return numpy_helper.to_array(given["value"])
    for name, dtype in (("value_int", np.int64), ("value_ints", np.int64), ("value_float", np.float32),
                        ("value_floats", np.float32)):
        if name in given:
            return np.array(given[name], dtype)
    raise NotFolded


def _elementwise(function):
    return lambda inputs, given: function(*inputs)


def _variadic(function):
    def fold(inputs, given):
        result = inputs[0]
        for other in inputs[1:]:
            result = function(result, other)
        return result

    return fold


OPERATORS = {
    "Constant": _constant, "ConstantOfShape": _constant_of_shape, "Cast": _cast, "Reshape": _reshape, "Slice": _slice,
    "Squeeze": _squeeze, "Unsqueeze": _unsqueeze, "Div": _divide, "Mod": _modulo, "Split": _split,
    "ScatterND": _scatter_nd, "Identity": lambda i, g: i[0], "Dropout": lambda i, g: i[0],
    "Gather": lambda i, g: np.take(i[0], i[1], g.get("axis", 0)),
    "Concat": lambda i, g: np.concatenate(i, g["axis"]),
    "Transpose": lambda i, g: np.transpose(i[0], g.get("perm")),
    "Expand": lambda i, g: i[0] * np.ones([int(d) for d in i[1]], i[0].dtype),
    "Tile": lambda i, g: np.tile(i[0], i[1]),
    "Range": lambda i, g: np.arange(i[0].item(), i[1].item(), i[2].item(), i[0].dtype),
    "Flatten": lambda i, g: i[0].reshape(int(np.prod(i[0].shape[:g.get("axis", 1)])), -1),
    "NonZero": lambda i, g: np.array(np.nonzero(i[0]), np.int64),
    "CumSum": lambda i, g: np.cumsum(i[0], int(i[1])) if not g else _refuse(),
    "Where": _elementwise(np.where), "Add": _elementwise(np.add), "Sub": _elementwise(np.subtract),
    "Mul": _elementwise(np.multiply), "Pow": lambda i, g: np.power(i[0], i[1]).astype(i[0].dtype),
    "Neg": _elementwise(np.negative), "Abs": _elementwise(np.abs), "Floor": _elementwise(np.floor),
    "Ceil": _elementwise(np.ceil), "Round": _elementwise(np.rint), "Sqrt": _elementwise(np.sqrt),
    "Exp": _elementwise(np.exp), "Log": _elementwise(np.log), "Sign": _elementwise(np.sign),
    "Reciprocal": _elementwise(np.reciprocal), "Min": _variadic(np.minimum), "Max": _variadic(np.maximum),
    "Equal": _elementwise(np.equal), "Less": _elementwise(np.less), "Greater": _elementwise(np.greater),
    "LessOrEqual": _elementwise(np.less_equal), "GreaterOrEqual": _elementwise(np.greater_equal),
    "And": _elementwise(np.logical_and), "Or": _elementwise(np.logical_or), "Not": _elementwise(np.logical_not),
    "Xor": _elementwise(np.logical_xor), "ReduceProd": _reduction(np.prod), "ReduceSum": _reduction(np.sum),
    "ReduceMax": _reduction(np.max), "ReduceMin": _reduction(np.min),
}


def _refuse():
    raise NotFolded


def fold(node, inputs):
    """The node's outputs as arrays. Raises NotFolded where it is not shape arithmetic."""
    if node.domain not in ("", "ai.onnx") or node.op_type not in OPERATORS:
        raise NotFolded
    try:
        with np.errstate(all="ignore"):
            result = OPERATORS[node.op_type](inputs, attributes(node))
    except NotFolded:
        raise
    except Exception as error:  # an unusual form: shape inference may still know it
        raise NotFolded from error
    results = [np.asarray(r) for r in (result if isinstance(result, tuple) else (result,))]
    if any(r.size > LARGEST for r in results):
        raise NotFolded
    return results
