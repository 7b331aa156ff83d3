"""Walks a model node by node and tells the type of every value: ONNX's own shape inference, one node at a time.

Inference of a whole graph gives up at the first shape computed inside the graph. Going node by node, and evaluating
small constants on the way, hands each node what it needs: so dynamic exports are inferred as well as static ones.
"""

import numpy as np
import onnx
from onnx import TypeProto, helper, numpy_helper, shape_inference

import macs
import sequences
import shape_rules
from fold import LARGEST, NotFolded, attributes, fold
from scope import Scope, dims, tensor_type

NEWEST = onnx.defs.onnx_opset_version()  # what this ONNX knows; later files are read as if they were of this version
UNROLLED = 20_000  # nodes to walk in a loop before assuming that its shapes no longer change


class Walker:
    """Sums the MACs of everything that runs."""

    def __init__(self, model, bound, trip):
        self.model, self.bound, self.trip = model, bound, trip
        self.functions = {(f.domain, f.name): f for f in model.functions}
        self.macs = 0
        self.unknown = []  # why the sum is not known, one line per node
        self.outputs = []  # types of the graph's outputs

    def run(self):
        scope = Scope(list(self.model.opset_import))
        self.outputs = self._graph(self.model.graph, scope)
        return self

    # Graphs

    def _graph(self, graph, scope, inputs=None):
        """Walks a graph; `inputs` are (type, constant) pairs of a subgraph's formal inputs."""
        for index, value in enumerate(graph.input):
            if inputs is not None and index < len(inputs):
                scope.put(value.name, *inputs[index])
            else:
                scope.put(value.name, self._bind(value.type))
        for tensor in graph.initializer:
            scope.put(tensor.name, tensor_type(tensor.data_type, list(tensor.dims)), self._value(tensor))
        for sparse in graph.sparse_initializer:
            scope.put(sparse.values.name, tensor_type(sparse.values.data_type, list(sparse.dims)))
        declared = {v.name: self._bind(v.type) for v in graph.value_info}
        for node in graph.node:
            self._node(node, scope)
            for name in node.output:
                if name in declared and self._vague(scope.type(name)):
                    scope.put(name, declared[name], scope.constant(name))
        return [(scope.type(v.name), scope.constant(v.name)) for v in graph.output]

    @staticmethod
    def _vague(type_proto):
        known = dims(type_proto)
        return known is None or None in known

    def _bind(self, type_proto):
        """Symbolic dimensions get their stated value, and 1 where none was stated."""
        if not type_proto.HasField("tensor_type"):
            return type_proto
        result = TypeProto()
        result.CopyFrom(type_proto)
        for dim in result.tensor_type.shape.dim:
            if dim.HasField("dim_param") and dim.dim_param:
                dim.dim_value = self.bound.get(dim.dim_param, 1)
        return result

    @staticmethod
    def _value(tensor):
        if tensor.data_location == onnx.TensorProto.EXTERNAL or np.prod(tensor.dims, dtype=np.int64) > LARGEST:
            return None
        try:
            return numpy_helper.to_array(tensor)
        except Exception:  # a large tensor whose bytes were dropped before the walk
            return None

    # Nodes

    def _node(self, node, scope):
        # A function's body may refer to the attributes that its caller gave.
        if any(a.ref_attr_name for a in node.attribute):
            node = self._with_bound_attributes(node, scope.bound_attributes)
        if (node.domain, node.op_type) in self.functions:
            return self._function(node, scope)
        if node.domain in ("", "ai.onnx") and node.op_type in ("If", "Loop", "Scan"):
            return getattr(self, "_" + node.op_type.lower())(node, scope)
        types = [scope.type(n) if n else None for n in node.input]
        constants = [scope.constant(n) if n else None for n in node.input]
        sequence = sequences.evaluate(node, types, constants)
        if sequence is not None:
            scope.put(node.output[0], *sequence)
            return
        results = self._evaluate(node, types, constants)
        if results is not None:
            for name, array in zip(node.output, results):
                scope.put(name, tensor_type(onnx.mapping.NP_TYPE_TO_TENSOR_TYPE[array.dtype],
                                            list(array.shape)), array)
        else:
            for name, inferred in zip(node.output, self._infer(node, types, constants, scope)):
                scope.put(name, inferred)
        self._add(node, types, [scope.type(n) if n else None for n in node.output])

    @staticmethod
    def _evaluate(node, types, constants):
        if node.op_type in ("Shape", "Size") and node.domain in ("", "ai.onnx"):
            shape = dims(types[0])
            if shape is None or None in shape:
                return None
            given = attributes(node)
            if node.op_type == "Size":
                return [np.array(int(np.prod(shape, dtype=np.int64)), np.int64)]
            return [np.array(shape[given.get("start", 0):given.get("end", None)], np.int64)]
        if any(name and not isinstance(constants[i], np.ndarray) for i, name in enumerate(node.input)):
            return None
        try:
            return fold(node, constants)
        except NotFolded:
            return None

    def _infer(self, node, types, constants, scope):
        shapes = [dims(t) for t in types]
        rule = shape_rules.SHAPES.get((node.domain, node.op_type))
        if rule is not None and all(s is not None and None not in s for s, n in zip(shapes, node.input) if n):
            outputs = rule(shapes, attributes(node))
            if outputs is not None:
                element = types[0].tensor_type.elem_type
                return [tensor_type(element, s) for s in outputs] + [None] * (len(node.output) - len(outputs))
        graph = onnx.GraphProto(name="one node")
        graph.node.append(self._axes_as_attribute(node, constants, scope.opsets))
        for name, type_proto, constant in zip(node.input, types, constants):
            if any(name == known.name for known in list(graph.input) + list(graph.initializer)):
                continue
            if isinstance(constant, np.ndarray):
                graph.initializer.append(numpy_helper.from_array(constant.copy(), name))
            elif type_proto is not None:
                graph.input.add(name=name).type.CopyFrom(type_proto)
        opsets = [helper.make_opsetid(o.domain, min(o.version, NEWEST)) for o in scope.opsets]
        model = helper.make_model(graph, opset_imports=opsets, ir_version=8)
        try:
            inferred = shape_inference.infer_shapes(model, data_prop=True)
        except Exception:
            return [None] * len(node.output)
        found = {v.name: v.type for v in inferred.graph.value_info}
        return [found.get(n) for n in node.output]

    @staticmethod
    def _axes_as_attribute(node, constants, opsets):
        """Opset 18 moved the axes of every reduction to an input, which ONNX up to 17 does not know."""
        version = max((o.version for o in opsets if o.domain in ("", "ai.onnx")), default=NEWEST)
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        if node.domain == "ai.onnx":  # the other name of the standard domain, which inference does not know
            copy.domain = ""
        reduction = node.op_type.startswith("Reduce") and node.op_type != "ReduceSum"
        if version > NEWEST and reduction and len(node.input) > 1:
            del copy.input[1:]
            if constants[1] is not None:
                copy.attribute.append(helper.make_attribute("axes", constants[1].tolist()))
        return copy

    def _add(self, node, types, outputs):
        shapes = [dims(t) for t in types]
        try:
            self.macs += macs.count(node, shapes, [dims(t) for t in outputs], attributes(node))
        except macs.Unknown:
            where = node.name or (node.output[0] if node.output else "?")
            self.unknown.append(f"{node.op_type} '{where}' cannot be counted: unknown shape or order")

    # Functions and control flow

    @staticmethod
    def _with_bound_attributes(node, bound):
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        del copy.attribute[:]
        for attribute in node.attribute:
            if not attribute.ref_attr_name:
                copy.attribute.add().CopyFrom(attribute)
            elif attribute.ref_attr_name in bound:
                given = copy.attribute.add()
                given.CopyFrom(bound[attribute.ref_attr_name])
                given.name = attribute.name
        return copy

    def _function(self, node, scope):
        function = self.functions[(node.domain, node.op_type)]
        inner = Scope(list(function.opset_import) or scope.opsets, None, {a.name: a for a in node.attribute})
        for formal, actual in zip(function.input, node.input):
            inner.put(formal, scope.type(actual), scope.constant(actual))
        for body_node in function.node:
            self._node(body_node, inner)
        for formal, actual in zip(function.output, node.output):
            scope.put(actual, inner.type(formal), inner.constant(formal))

    def _if(self, node, scope):
        given = attributes(node)
        condition = scope.constant(node.input[0])
        if condition is not None:
            branch = given["then_branch"] if condition.item() else given["else_branch"]
            results = self._graph(branch, Scope(scope.opsets, scope, scope.bound_attributes))
        else:
            before, sums, both = self.macs, [], []
            for branch in (given["then_branch"], given["else_branch"]):
                self.macs = 0
                both.append(self._graph(branch, Scope(scope.opsets, scope, scope.bound_attributes)))
                sums.append(self.macs)
            self.macs = before + max(sums)
            if sums[0] != sums[1]:
                self.unknown.append(f"If '{node.name}': {sums[0]} MACs in one branch, {sums[1]} in the other")
            results = [(a if dims(a) == dims(b) else None, None) for (a, _), (b, _) in zip(*both)]
        for name, (type_proto, constant) in zip(node.output, results):
            scope.put(name, type_proto, constant)

    def _loop(self, node, scope):
        body = attributes(node)["body"]
        limit = scope.constant(node.input[0]) if node.input[0] else None
        condition = scope.constant(node.input[1]) if len(node.input) > 1 and node.input[1] else np.array(True)
        carried = [(scope.type(n), scope.constant(n)) for n in node.input[2:]]
        trips = int(limit.item()) if limit is not None else None
        if condition is not None and not condition.item():
            trips = 0
        scanned, done, stops = [], 0, condition is None
        while trips is None or done < trips:
            before, unknown_before = self.macs, len(self.unknown)
            iteration = (tensor_type(onnx.TensorProto.INT64, []), np.array(done, np.int64))
            outputs = self._graph(body, Scope(scope.opsets, scope, scope.bound_attributes),
                                  [iteration, (tensor_type(onnx.TensorProto.BOOL, []), condition)] + carried)
            condition = outputs[0][1]
            scanned = outputs[1 + len(carried):]
            stable = all(sequences.same(a, b) for a, b in zip(carried, outputs[1:]))
            carried = outputs[1:1 + len(carried)]
            done += 1
            stops = stops or condition is None
            if condition is not None and not condition.item():
                trips = done
            elif trips is None or stops:
                # Data decide when to stop: the count asked for stands in, and without one nothing is known.
                cost, trips = self.macs - before, self.trip
                if trips is None and cost:
                    self.unknown.append(f"Loop '{node.name}' runs until its data say stop, {cost} MACs each time")
                if trips is None or len(self.unknown) > unknown_before:
                    carried = [(t if stable else None, None) for t, _ in carried]
                    break
                stops = False
                condition = np.array(True)
            if trips is not None and stable and trips * len(body.node) > UNROLLED:
                self.macs += (self.macs - before) * (trips - done)
                done = trips
        self._finish_loop(node, scope, carried, scanned, trips)

    @staticmethod
    def _finish_loop(node, scope, carried, scanned, trips):
        stacked = []
        for type_proto, _ in scanned:
            shape = dims(type_proto)
            stacked.append((None if shape is None else tensor_type(type_proto.tensor_type.elem_type, [trips] + shape),
                            None))
        for name, (type_proto, constant) in zip(node.output, carried + stacked):
            scope.put(name, type_proto, constant)

    def _scan(self, node, scope):
        given = attributes(node)
        body, count = given["body"], given["num_scan_inputs"]
        version = next(o.version for o in scope.opsets if o.domain in ("", "ai.onnx"))
        inputs = list(node.input)[1:] if version == 8 else list(node.input)  # opset 8 puts the sequence lengths first
        states = [(scope.type(n), None) for n in inputs[:-count]]
        axes = given.get("scan_input_axes", [0] * count)
        elements, length = [], None
        for name, axis in zip(inputs[-count:], axes):
            shape = dims(scope.type(name))
            # opset 8 scans axis 1 of a batch: its body sees neither axis.
            axis = 1 if version == 8 else axis % len(shape)
            length = shape[axis]
            rest = [d for i, d in enumerate(shape) if i != axis and not (version == 8 and i == 0)]
            elements.append((tensor_type(scope.type(name).tensor_type.elem_type, rest), None))
        if version == 8:
            batch = dims(scope.type(inputs[-1]))[0]
            states = [(tensor_type(t.tensor_type.elem_type, dims(t)[1:]), None) for t, _ in states]
            length *= batch
        before = self.macs
        outputs = self._graph(body, Scope(scope.opsets, scope, scope.bound_attributes), states + elements)
        self.macs = before + (self.macs - before) * length
        if version == 8:
            return  # only the count matters: no file continues after such a node
        self._finish_loop(node, scope, outputs[:len(states)], outputs[len(states):], length)
