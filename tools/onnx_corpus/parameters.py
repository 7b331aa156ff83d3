"""Parameters of an ONNX file: the elements of its floating-point or quantized weight initializers.

Each initializer counts once however often it is used. Not counted: batch normalization's running mean and variance,
quantization scales and zero points, and constants that only describe shapes.
"""

import math

from onnx import TensorProto

FLOATS = {TensorProto.FLOAT, TensorProto.DOUBLE, TensorProto.FLOAT16, TensorProto.BFLOAT16}
INTEGERS = {TensorProto.INT8, TensorProto.UINT8, TensorProto.INT16, TensorProto.UINT16, TensorProto.INT32}

# Positions that hold quantized data; every other position of these operators is a scale or a zero point.
QUANTIZED_DATA = {
    "QuantizeLinear": (0,), "DequantizeLinear": (0,), "QLinearConv": (0, 3, 8), "QLinearMatMul": (0, 3),
    "ConvInteger": (0, 1), "MatMulInteger": (0, 1), "QLinearAdd": (0, 3), "QLinearMul": (0, 3), "QGemm": (0, 3, 6),
    "QLinearSigmoid": (0,), "QLinearLeakyRelu": (0,), "QLinearGlobalAveragePool": (0,), "QAttention": (0, 1, 2, 8),
    "DynamicQuantizeMatMul": (0, 1, 4), "MatMulIntegerToFloat": (0, 1, 6), "MatMulNBits": (0, 1, 5),
}

# Positions of floating-point values that are not weights.
NOT_WEIGHTS = {"BatchNormalization": (3, 4), "Resize": (1, 2), "Upsample": (1,)}

# Operators that only move their first input: a weight stays a weight behind them.
MOVEMENT = {"Identity", "Reshape", "Transpose", "Squeeze", "Unsqueeze", "Flatten", "Slice", "Gather", "Cast", "Expand"}


def graphs(graph):
    """A graph and every graph nested in its nodes."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            nested = ([attribute.g] if attribute.HasField("g") else []) + list(attribute.graphs)
            for inner in nested:
                yield from graphs(inner)


class Uses:
    """Who reads a value, through nested graphs, local functions and movement."""

    def __init__(self, model):
        self.functions = {(f.domain, f.name): self._index(f.node) for f in model.functions}
        self.formals = {(f.domain, f.name): list(f.input) for f in model.functions}
        everything = list(graphs(model.graph))
        self.main = self._index([node for graph in everything for node in graph.node])
        self.results = {value.name for graph in everything for value in graph.output}

    @staticmethod
    def _index(nodes):
        readers, makers = {}, {}
        for node in nodes:
            for position, name in enumerate(node.input):
                readers.setdefault(name, []).append((node, position))
            for position, name in enumerate(node.output):
                makers[name] = (node, position)
        return readers, makers

    def of(self, name, index=None):
        """The role of the value at every node that reads it in the end."""
        readers, makers = index or self.main
        if name in self.results and index is None:
            yield "plain"
        for node, position in readers.get(name, ()):
            key = (node.domain, node.op_type)
            if key in self.functions:
                if position < len(self.formals[key]):
                    yield from self.of(self.formals[key][position], self.functions[key])
            elif node.op_type in MOVEMENT and position == 0 and node.output:
                yield from self.of(node.output[0], index)
            else:
                yield self._role(node, position, makers)

    @staticmethod
    def _role(node, position, makers):
        """'weight' for quantized data, 'none' for what is no parameter, 'plain' for everything else."""
        if node.op_type in QUANTIZED_DATA:
            return "weight" if position in QUANTIZED_DATA[node.op_type] else "none"
        if node.op_type == "QLinearConcat":  # y scale, y zero point, then triples of data, scale, zero point
            return "weight" if position >= 2 and (position - 2) % 3 == 0 else "none"
        if position in NOT_WEIGHTS.get(node.op_type, ()):
            return "none"
        if node.op_type == "Mul" and len(node.input) == 2:
            # Dynamic quantization multiplies the weight's scale with the one that it has just measured.
            maker, output = makers.get(node.input[1 - position], (None, 0))
            if maker is not None and maker.op_type == "DynamicQuantizeLinear" and output == 1:
                return "none"
        return "plain"


def _initializers(graph):
    for tensor in graph.initializer:
        yield tensor.name, tensor.data_type, math.prod(tensor.dims)
    for sparse in graph.sparse_initializer:
        yield sparse.values.name, sparse.values.data_type, math.prod(sparse.dims)


def _constants(graph):
    """Tensors in Constant nodes. Single elements are arithmetic there (the 2 of a power, a bound of Clip), no weights."""
    for node in graph.node:
        for attribute in node.attribute if node.op_type == "Constant" else ():
            if attribute.name == "value" and math.prod(attribute.t.dims) > 1:
                yield node.output[0], attribute.t.data_type, math.prod(attribute.t.dims)


def _is_parameter(element, roles):
    return (element in FLOATS and roles != {"none"}) or (element in INTEGERS and "weight" in roles)


def count(model):
    """(parameters, the same with the tensors of Constant nodes counted too, notes)"""
    uses = Uses(model)
    total, in_constants, notes = 0, 0, []
    unused = scalars = zeros = 0
    for graph in graphs(model.graph):
        for name, element, elements in _initializers(graph):
            roles = set(uses.of(name))
            if _is_parameter(element, roles):
                total += elements
                unused += 0 if roles else elements
                scalars += elements == 1
        in_constants += sum(elements for name, element, elements in _constants(graph)
                            if _is_parameter(element, set(uses.of(name))))
        zeros += sum(math.prod(s.dims) - math.prod(s.values.dims) for s in graph.sparse_initializer)
    if in_constants:
        notes.append(f"not counted: {in_constants} values in Constant nodes")
    if scalars:
        notes.append(f"counted: {scalars} one-element initializers")
    if unused:
        notes.append(f"counted: {unused} values that no node reads")
    if zeros:
        notes.append(f"counted: {zeros} zeros of sparse initializers")
    return total, total + in_constants, notes
