"""Sequences of tensors, as torch.jit.script and some networks of torchvision leave them in a graph.

A sequence whose length is known stands in a scope as a list of (type, constant) pairs in place of a constant; so it
passes through loops and branches like any other known value.
"""

import numpy as np
from onnx import TensorProto, TypeProto

from fold import attributes
from scope import dims, tensor_type

INSIDE = TypeProto()  # the type of a name that holds a sequence: its tensors carry their own
INSIDE.sequence_type.elem_type.tensor_type.elem_type = TensorProto.UNDEFINED


class Unknown(Exception):
    """The length of the sequence or the position in it is not known."""


def _position(constants, index, default):
    if len(constants) <= index:
        return default
    if constants[index] is None:
        raise Unknown
    return int(constants[index].item())


def _list(value):
    if not isinstance(value, list):
        raise Unknown
    return value


def _split(node, types, constants):
    given, shape = attributes(node), dims(types[0])
    if shape is None or None in shape:
        raise Unknown
    axis = given.get("axis", 0) % len(shape)
    if len(constants) < 2:
        sizes = [1] * shape[axis]
    elif constants[1] is None:
        raise Unknown
    elif constants[1].ndim:
        sizes = [int(s) for s in constants[1]]
    else:
        size = int(constants[1].item())
        sizes = [min(size, shape[axis] - start) for start in range(0, shape[axis], size)]
    keep = given.get("keepdims", 1) or len(constants) > 1
    element = types[0].tensor_type.elem_type
    return [(tensor_type(element, shape[:axis] + ([size] if keep else []) + shape[axis + 1:]), None) for size in sizes]


def _concatenate(node, types, constants):
    parts, given = _list(constants[0]), attributes(node)
    shapes = [dims(t) for t, _ in parts]
    if not parts or any(s is None or None in s for s in shapes):
        raise Unknown
    rank = len(shapes[0]) + bool(given.get("new_axis", 0))
    axis = given["axis"] % rank
    if given.get("new_axis", 0):
        shape = shapes[0][:axis] + [len(parts)] + shapes[0][axis:]
    else:
        shape = shapes[0][:axis] + [sum(s[axis] for s in shapes)] + shapes[0][axis + 1:]
    values = [c for _, c in parts]
    value = None
    if all(v is not None for v in values):
        value = np.stack(values, axis) if given.get("new_axis", 0) else np.concatenate(values, axis)
    return tensor_type(parts[0][0].tensor_type.elem_type, shape), value


def _insert(node, types, constants):
    parts = list(_list(constants[0]))
    parts.insert(_position(constants, 2, len(parts)), (types[1], constants[1]))
    return parts


def _erase(node, types, constants):
    parts = list(_list(constants[0]))
    del parts[_position(constants, 1, -1)]
    return parts


def _length(node, types, constants):
    length = np.array(len(_list(constants[0])), np.int64)
    return tensor_type(TensorProto.INT64, []), length


OPERATORS = {
    "SequenceEmpty": lambda node, types, constants: [], "SequenceInsert": _insert, "SequenceErase": _erase,
    "SequenceConstruct": lambda node, types, constants: list(zip(types, constants)), "SequenceLength": _length,
    "SequenceAt": lambda node, types, constants: _list(constants[0])[_position(constants, 1, 0)],
    "SplitToSequence": _split, "ConcatFromSequence": _concatenate,
    "Identity": lambda node, types, constants: _list(constants[0]),
}


def evaluate(node, types, constants):
    """(type, value) of the node's output, or None where the node has to do with no sequence that is known."""
    if node.op_type not in OPERATORS:
        return None
    try:
        result = OPERATORS[node.op_type](node, types, constants)
    except (Unknown, IndexError):
        return None
    return (INSIDE, result) if isinstance(result, list) else result


def same(a, b):
    """Whether two (type, constant) pairs have the same shape; for sequences, the same shapes."""
    if isinstance(a[1], list) or isinstance(b[1], list):
        return (isinstance(a[1], list) and isinstance(b[1], list)
                and [dims(t) for t, _ in a[1]] == [dims(t) for t, _ in b[1]])
    return dims(a[0]) == dims(b[0])
