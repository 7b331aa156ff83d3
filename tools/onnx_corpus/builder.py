"""A few lines around onnx.helper, so that a hand-written file reads like the graph it holds."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT, HALF, BFLOAT16, DOUBLE = TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE
INT8, UINT8, INT32, INT64, BOOL = (TensorProto.INT8, TensorProto.UINT8, TensorProto.INT32, TensorProto.INT64,
                                   TensorProto.BOOL)
MICROSOFT = "com.microsoft"


class Builder:
    def __init__(self, opset=13, ir=8, domains=(), name="main"):
        self.graph = onnx.GraphProto(name=name)
        self.opset, self.ir, self.domains = opset, ir, domains
        self.functions = []
        self.random = np.random.default_rng(0)
        self.fresh = 0

    def _name(self, stem):
        self.fresh += 1
        return f"{stem}_{self.fresh}"

    def input(self, name, *shape, element=FLOAT):
        """Dimensions are ints, names, or None for one that has neither."""
        self.graph.input.append(helper.make_tensor_value_info(name, element, list(shape)))
        return name

    def output(self, *names, element=FLOAT):
        for name in names:
            self.graph.output.append(helper.make_tensor_value_info(name, element, None))
        return self

    def weight(self, *shape, element=FLOAT, name=None, raw=True):
        """An initializer; integers fill int8 weights, uint8 zero points and int32 biases."""
        name = name or self._name("weight")
        if element in (FLOAT, DOUBLE, HALF):
            values = self.random.normal(0, 0.1, shape).astype(
                {FLOAT: np.float32, DOUBLE: np.float64, HALF: np.float16}[element])
        elif element == BFLOAT16:
            values = None
        else:
            values = self.random.integers(0, 100, shape).astype({INT8: np.int8, UINT8: np.uint8, INT32: np.int32,
                                                                INT64: np.int64}[element])
        if values is None:  # numpy has no bfloat16: two raw bytes each
            tensor = TensorProto(name=name, data_type=BFLOAT16, dims=shape, raw_data=bytes(2 * int(np.prod(shape))))
        elif raw:
            tensor = numpy_helper.from_array(values, name)
        else:  # the typed field (float_data, int32_data, ...), as several converters still write
            tensor = helper.make_tensor(name, element, shape, values.reshape(-1))
        self.graph.initializer.append(tensor)
        return name

    def constant(self, values, dtype=np.int64, name=None):
        """An initializer with given values: shapes, axes, scales, zero points."""
        name = name or self._name("constant")
        self.graph.initializer.append(numpy_helper.from_array(np.array(values, dtype), name))
        return name

    def node(self, operator, *inputs, outputs=1, domain="", name=None, **attributes):
        """Adds a node; returns its output's name, or a list of them."""
        names = [self._name(operator.lower()) for _ in range(outputs)] if isinstance(outputs, int) else list(outputs)
        node = helper.make_node(operator, list(inputs), names, name=name if name is not None else names[0],
                                domain=domain, **attributes)
        self.graph.node.append(node)
        return names[0] if len(names) == 1 else names

    def contrib(self, operator, *inputs, **more):
        return self.node(operator, *inputs, domain=MICROSOFT, **more)

    def model(self, *outputs, element=FLOAT):
        if outputs:
            self.output(*outputs, element=element)
        opsets = [helper.make_opsetid("", self.opset)] + [helper.make_opsetid(d, 1) for d in self.domains]
        if any(node.domain == MICROSOFT for node in self.graph.node) and MICROSOFT not in self.domains:
            opsets.append(helper.make_opsetid(MICROSOFT, 1))
        model = helper.make_model(self.graph, opset_imports=opsets, producer_name="onnx_corpus", ir_version=self.ir)
        model.functions.extend(self.functions)
        return model


def body(name, inputs, nodes, outputs, initializers=()):
    """A subgraph of If, Loop or Scan; inputs and outputs are (name, element, shape)."""
    value = lambda item: helper.make_tensor_value_info(*item)
    return helper.make_graph(nodes, name, [value(i) for i in inputs], [value(o) for o in outputs], list(initializers))
