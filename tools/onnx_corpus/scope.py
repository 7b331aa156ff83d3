"""Types and known values of a graph's names, and short forms for ONNX's type messages."""

from onnx import helper


def tensor_type(element, shape):
    return helper.make_tensor_type_proto(element, shape)


def dims(type_proto):
    """The dimensions as ints, None for each unknown one; None for unknown rank or no tensor."""
    if type_proto is None or not type_proto.HasField("tensor_type") or not type_proto.tensor_type.HasField("shape"):
        return None
    return [d.dim_value if d.HasField("dim_value") else None for d in type_proto.tensor_type.shape.dim]


class Scope:
    """Names of one graph; a subgraph sees its outer graph's names."""

    def __init__(self, opsets, outer=None, bound_attributes=None):
        self.opsets = opsets  # [OperatorSetIdProto]
        self.outer = outer
        self.types, self.constants = {}, {}
        self.bound_attributes = bound_attributes or {}  # a function's attributes, as its caller gave them

    def type(self, name):
        if name in self.types:
            return self.types[name]
        return self.outer.type(name) if self.outer else None

    def constant(self, name):
        if name in self.types:
            return self.constants.get(name)
        return self.outer.constant(name) if self.outer else None

    def put(self, name, type_proto, constant=None):
        self.types[name] = type_proto
        self.constants.pop(name, None)
        if constant is not None:
            self.constants[name] = constant
