"""Files whose structure is unusual but legal: functions, nested graphs, external and sparse data, odd names and types."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from builder import BFLOAT16, BOOL, Builder, DOUBLE, FLOAT, HALF, INT64, body
from cases import HandCase

LOCAL = "local"


def _function(name, inputs, outputs, nodes, attributes=(), opset=15):
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid(LOCAL, 1)]
    return helper.make_function(LOCAL, name, inputs, outputs, nodes, opsets, attributes)


def _node(operator, inputs, outputs, references=(), **attributes):
    """A node of a function's body; `references` are (attribute, the function's attribute, type)."""
    node = helper.make_node(operator, inputs, outputs, **attributes)
    for name, source, kind in references:
        node.attribute.append(onnx.AttributeProto(name=name, ref_attr_name=source, type=kind))
    return node


def functions(nested=False):
    """Conv and linear layers in functions; the stride is an attribute that the caller gives."""
    b = Builder(opset=15, domains=(LOCAL,))
    ints = onnx.AttributeProto.INTS
    b.functions.append(_function("ConvRelu", ["x", "w"], ["y"], [
        _node("Conv", ["x", "w"], ["c"], [("strides", "stride", ints)], pads=[1, 1, 1, 1]), _node("Relu", ["c"], ["y"])],
        ["stride"]))
    x = b.input("input", "batch", 3, 32, 32)
    if nested:
        call = _node("ConvRelu", ["x", "w"], ["h"], [("stride", "stride", ints)], domain=LOCAL)
        again = _node("ConvRelu", ["h", "w2"], ["y"], domain=LOCAL, stride=[1, 1])
        b.functions.append(_function("Block", ["x", "w", "w2"], ["y"], [call, again], ["stride"]))
        for inputs, stride in ((3, [2, 2]), (8, [1, 1])):
            x = b.node("Block", x, b.weight(8, inputs, 3, 3), b.weight(8, 8, 3, 3), domain=LOCAL, stride=stride)
    else:
        for inputs, stride in ((3, [2, 2]), (8, [1, 1])):
            x = b.node("ConvRelu", x, b.weight(8, inputs, 3, 3), domain=LOCAL, stride=stride)
    return b.model(x)


def function_with_constants():
    """A function holds its weight as a Constant: initializers exist only in graphs."""
    b = Builder(opset=15, domains=(LOCAL,))
    weight = numpy_helper.from_array(np.ones((16, 16), np.float32))
    b.functions.append(_function("Fixed", ["x"], ["y"], [
        _node("Constant", [], ["w"], value=weight), _node("MatMul", ["x", "w"], ["y"])]))
    b.functions.append(_function("Normalize", ["x", "s", "b", "mean", "var"], ["y"], [
        _node("BatchNormalization", ["x", "s", "b", "mean", "var"], ["y"])]))
    x = b.node("Fixed", b.node("Fixed", b.input("input", "batch", 16), domain=LOCAL), domain=LOCAL)
    return b.model(b.node("Normalize", x, *(b.weight(16) for _ in range(4)), domain=LOCAL))


def function_in_loop():
    b = Builder(opset=15, domains=(LOCAL,))
    b.functions.append(_function("Step", ["x", "w"], ["y"], [_node("MatMul", ["x", "w"], ["y"])]))
    x, w = b.input("input", 3, 16), b.weight(16, 16)
    inner = body("step", [("i", INT64, []), ("go", BOOL, []), ("h", FLOAT, [3, 16])],
                 [helper.make_node("Step", ["h", w], ["g"], domain=LOCAL), helper.make_node("Identity", ["go"], ["on"])],
                 [("on", BOOL, []), ("g", FLOAT, [3, 16])])
    return b.model(b.node("Loop", b.constant(4), "", x, body=inner))


def loop(count=5, go=None, weights_inside=True, nested=False):
    """A loop of products; `go` 'data' lets the data say when to stop."""
    b = Builder()
    x = b.input("input", "batch", 16)
    weight = numpy_helper.from_array(np.ones((16, 16), np.float32), "w_inside")
    outer_weight = b.weight(16, 16) if not weights_inside else "w_inside"
    nodes = [helper.make_node("MatMul", ["h", outer_weight], ["g"])]
    if go == "data":
        nodes += [helper.make_node("ReduceMax", ["g"], ["m"], keepdims=0),
                  helper.make_node("Less", ["m", b.constant(10.0, np.float32)], ["on"])]
    else:
        nodes += [helper.make_node("Identity", ["go"], ["on"])]
    inner = body("step", [("i", INT64, []), ("go", BOOL, []), ("h", FLOAT, None)], nodes,
                 [("on", BOOL, []), ("g", FLOAT, None)], [weight] if weights_inside else [])
    limit = "" if count is None else (b.input("steps", element=INT64) if count == "input" else b.constant(count))
    if nested:
        call = helper.make_node("Loop", [b.constant(3), "", "h2"], ["g2"], body=inner)
        inner = body("outer", [("i2", INT64, []), ("go2", BOOL, []), ("h2", FLOAT, None)],
                     [call, helper.make_node("Identity", ["go2"], ["on2"])], [("on2", BOOL, []), ("g2", FLOAT, None)])
    return b.model(b.node("Loop", limit, b.constant(True, np.bool_), x, body=inner))


def branch(condition, equal=True):
    b = Builder()
    x = b.input("input", "batch", 16)
    shared = b.weight(16, 8)
    inside = numpy_helper.from_array(np.ones((16, 8), np.float32), "w_then")
    then = body("then", [], [helper.make_node("MatMul", [x, "w_then"], ["t"])], [("t", FLOAT, None)], [inside])
    nodes = [helper.make_node("MatMul", [x, shared], ["e"])]
    if not equal:
        nodes = [helper.make_node("MatMul", [x, b.weight(16, 32)], ["wide"]),
                 helper.make_node("MatMul", ["wide", b.weight(32, 8)], ["e"])]
    other = body("else", [], nodes, [("e", FLOAT, None)])
    test = b.input("test", element=BOOL) if condition is None else b.constant(condition, np.bool_)
    return b.model(b.node("If", test, then_branch=then, else_branch=other))


def scan(reverse=False):
    """A recurrent cell written with Scan: state and input products at each step."""
    b = Builder()
    x, h = b.input("input", "sequence", "batch", 16), b.input("state", "batch", 24)
    nodes = [helper.make_node("MatMul", ["xt", b.weight(16, 24)], ["a"]),
             helper.make_node("MatMul", ["ht", b.weight(24, 24)], ["r"]), helper.make_node("Add", ["a", "r"], ["s"]),
             helper.make_node("Tanh", ["s"], ["hn"]), helper.make_node("Identity", ["hn"], ["y"])]
    inner = body("cell", [("ht", FLOAT, None), ("xt", FLOAT, None)], nodes, [("hn", FLOAT, None), ("y", FLOAT, None)])
    extra = {"scan_input_directions": [1]} if reverse else {}
    _, rows = b.node("Scan", h, x, outputs=2, num_scan_inputs=1, body=inner, **extra)
    return b.model(b.node("MatMul", rows, b.weight(24, 5)))


def sequences():
    b = Builder()
    x = b.input("input", 6, 16)
    parts = b.node("SplitToSequence", x, b.constant(2), axis=0)
    first = b.node("SequenceAt", parts, b.constant(0))
    joined = b.node("ConcatFromSequence", b.node("SequenceConstruct", first, first), axis=0)
    return b.model(b.node("MatMul", joined, b.weight(16, 4)))


def sparse():
    """Initializers in coordinate form: with linear and with two-dimensional indices."""
    b = Builder()
    for name, indices in (("linear", np.arange(0, 256, 8, dtype=np.int64)),
                          ("pairs", np.stack([np.arange(16), np.arange(16)], 1).astype(np.int64))):
        values = numpy_helper.from_array(np.ones(len(indices), np.float32), name)
        b.graph.sparse_initializer.append(helper.make_sparse_tensor(values, numpy_helper.from_array(
            indices, name + "_indices"), [16, 16]))
    x = b.node("MatMul", b.input("input", "batch", 16), "linear")
    return b.model(b.node("MatMul", x, "pairs"))


def constants_as_weights():
    """Weights in Constant nodes, as several converters write them."""
    b = Builder()
    x = b.input("input", "batch", 3, 8, 8)
    make = lambda *shape: b.node("Constant", value=numpy_helper.from_array(np.ones(shape, np.float32)))
    x = b.node("Flatten", b.node("Conv", x, make(4, 3, 3, 3), make(4)))
    x = b.node("Gemm", x, make(10, 144), b.weight(10), transB=1)
    return b.model(b.node("Mul", x, b.node("Constant", value_float=2.0)))


def shared_weights():
    b = Builder()
    w, x = b.weight(16, 16), b.input("input", "batch", 16)
    for _ in range(3):
        x = b.node("MatMul", x, w)
    alias = b.node("Transpose", w, perm=[1, 0])
    return b.model(b.node("Add", b.node("MatMul", x, alias), b.weight(16)))


def stored(element, raw):
    b = Builder()
    x = b.input("input", "batch", 16, element=element)
    return b.model(b.node("MatMul", x, b.weight(16, 24, element=element, raw=raw)), element=element)


def odd_names():
    b = Builder()
    x = b.input("Eingang/ä:0", "N", 16)
    x = b.node("MatMul", x, b.weight(16, 8, name="层.0/重み:0"), outputs=["出力 1"], name="")
    x = b.node("Relu", x, outputs=["a\tb"], name="a/b::c[0]{1}\"quoted\"")
    return b.model(b.node("MatMul", x, b.weight(8, 4, name="w"), outputs=["y"], name="a/b::c[0]{1}\"quoted\""))


def odds(form):
    b = Builder(ir=3 if form == "initializers_as_inputs" else 8)
    if form == "unnamed_dimension":
        x = b.input("input", None, 16)
    elif form == "expression_dimension":
        x = b.input("input", "past_sequence + 1", 16)
    elif form == "empty_batch":
        x = b.input("input", 0, 16)
    else:
        x = b.input("input", "batch", 16)
    w = b.weight(16, 8)
    if form == "initializers_as_inputs":
        b.input(w, 16, 8)
    if form == "unused_initializer":
        b.weight(100, 100)
    y = b.node("MatMul", x, w)
    if form == "input_is_output":
        return b.model(y, x)
    if form == "initializer_is_output":
        return b.model(y, b.weight(3, 3))
    if form == "empty_inputs":
        y = b.node("Clip", y, "", b.constant(6.0, np.float32))
        y = b.node("Resize", b.node("Unsqueeze", y, b.constant([0, 1])), "", "", b.constant([1, 1, 4, 16]))
    if form == "unused_outputs":
        y, _ = b.node("TopK", y, b.constant([3]), outputs=2)
        y = b.node("Dropout", y, b.constant(0.5, np.float32))
    if form == "explicit_domain":
        y = b.node("Relu", y, domain="ai.onnx")
    if form == "value_info":
        b.graph.value_info.append(helper.make_tensor_value_info(y, FLOAT, ["batch", 8]))
        y = b.node("Relu", y)
    if form == "string_input":
        b.input("text", "batch", element=TensorProto.STRING)
    model = b.model(y)
    if form == "metadata":
        helper.set_model_props(model, {"author": "nobody", "notes": "x" * 5000})
        model.doc_string = "line\n" * 500
    if form == "no_ir_version":
        model.ClearField("ir_version")
    if form == "training_info":
        model.training_info.add()
    return model


def external(weights):
    b = Builder()
    x = b.input("input", "batch", 64)
    for _ in range(3):
        x = b.node("Relu", b.node("Gemm", x, b.weight(64, 64), b.weight(64)))
    return HandCase(f"structure/external_{weights}", lambda: b.model(x), weights=weights)


def all_cases():
    table = {
        "functions": functions, "functions_nested": lambda: functions(True), "function_constants": function_with_constants,
        "function_in_loop": function_in_loop, "loop": loop, "loop_outer_weight": lambda: loop(weights_inside=False),
        "loop_nested": lambda: loop(nested=True), "loop_never": lambda: loop(0), "if_true": lambda: branch(True),
        "if_false": lambda: branch(False), "if_equal_branches": lambda: branch(None),
        "if_unequal_branches": lambda: branch(None, equal=False), "scan": scan, "scan_reverse": lambda: scan(True),
        "sequences": sequences, "sparse": sparse, "constants_as_weights": constants_as_weights,
        "shared_weights": shared_weights, "odd_names": odd_names}
    for name, element in (("float", FLOAT), ("double", DOUBLE), ("half", HALF)):
        for raw in (True, False):
            table[f"stored_{name}_{'raw' if raw else 'typed'}"] = lambda e=element, r=raw: stored(e, r)
    table["stored_bfloat16"] = lambda: stored(BFLOAT16, True)
    for form in ("unnamed_dimension", "expression_dimension", "empty_batch", "initializers_as_inputs", "unused_initializer",
                 "input_is_output", "initializer_is_output", "empty_inputs", "unused_outputs", "explicit_domain",
                 "value_info", "string_input", "metadata", "no_ir_version", "training_info"):
        table[f"odd_{form}"] = lambda form=form: odds(form)
    for name, make in table.items():
        yield HandCase(f"structure/{name}", make, dims={"batch": 2, "sequence": 7, "past_sequence + 1": 4})
    for name, count in (("loop_until_data_say_stop", None), ("loop_count_from_input", "input")):
        yield HandCase(f"structure/{name}", lambda n=name, c=count: loop(c, "data" if "data" in n else None), trip=6,
                       dims={"batch": 2})
    for weights in ("external", "missing"):
        yield external(weights)
