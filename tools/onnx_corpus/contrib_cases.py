"""ONNX Runtime's contrib operators, alone and as its optimizer writes a whole transformer."""

from builder import Builder, INT32, INT64, MICROSOFT
from cases import HandCase


def attention(past=0, mask=None, **attributes):
    b = Builder()
    x = b.input("input", "batch", "sequence", 64)
    hidden = attributes.get("qkv_hidden_sizes", [64, 64, 64])
    inputs = [x, b.weight(64, sum(hidden)), b.weight(sum(hidden)), b.input("mask", *mask, element=INT32) if mask else ""]
    outputs = 1
    if past:
        inputs += [b.input("past", 2, "batch", 4, past, 16)]
        outputs = 2
    y = b.contrib("Attention", *inputs, num_heads=4, outputs=outputs, **attributes)
    return b.model(y if outputs == 1 else y[0])


def multi_head(form):
    b = Builder()
    if form == "packed":
        inputs = [b.input("qkv", "batch", "sequence", 4, 3, 16)]
    elif form == "packed_kv":
        inputs = [b.input("query", "batch", "sequence", 64), b.input("kv", "batch", "keys", 4, 2, 16)]
    elif form == "cross_cached":
        inputs = [b.input("query", "batch", "sequence", 64), b.input("key", "batch", 4, "keys", 16),
                  b.input("value", "batch", 4, "keys", 16)]
    else:
        inputs = [b.input("query", "batch", "sequence", 64), b.input("key", "batch", "keys", 64),
                  b.input("value", "batch", "keys", 64)]
    if form == "bias":
        inputs.append(b.weight(192))
    if form == "past":
        inputs += ["", "", "", b.input("past_key", "batch", 4, 6, 16), b.input("past_value", "batch", 4, 6, 16)]
    return b.model(b.contrib("MultiHeadAttention", *inputs, num_heads=4))


def optimized_bert(layers=2, width=64, heads=4):
    """The form that ONNX Runtime's transformer optimizer leaves: three fused operators a layer beside two products."""
    b = Builder(opset=12)
    ids, segments, mask = (b.input(n, "batch", "sequence", element=INT32) for n in ("ids", "segments", "mask"))
    x, index = b.contrib("EmbedLayerNormalization", ids, segments, b.weight(100, width), b.weight(32, width),
                         b.weight(2, width), b.weight(width), b.weight(width), mask, outputs=2, epsilon=1e-12)
    for _ in range(layers):
        y = b.contrib("Attention", x, b.weight(width, 3 * width), b.weight(3 * width), index, num_heads=heads)
        y = b.node("MatMul", y, b.weight(width, width))
        x = b.contrib("SkipLayerNormalization", x, y, b.weight(width), b.weight(width), b.weight(width), epsilon=1e-12)
        y = b.node("MatMul", x, b.weight(width, 4 * width))
        y = b.contrib("BiasGelu", y, b.weight(4 * width))
        y = b.node("MatMul", y, b.weight(4 * width, width))
        x = b.contrib("SkipLayerNormalization", x, y, b.weight(width), b.weight(width), b.weight(width), epsilon=1e-12)
    return b.model(x)


def optimized_gpt2(layers=2, width=64, heads=4):
    b = Builder(opset=12)
    ids = b.input("ids", "batch", "sequence", element=INT64)
    x, norm = b.node("Gather", b.weight(100, width), ids), None
    for _ in range(layers):
        norm = b.node("LayerNormalization", x, b.weight(width), b.weight(width), axis=-1)
        y = b.contrib("Attention", norm, b.weight(width, 3 * width), b.weight(3 * width), "",
                      b.input(b._name("past"), 2, "batch", heads, "past", width // heads), num_heads=heads,
                      unidirectional=1, outputs=2)[0]
        x = b.node("Add", x, b.node("Add", b.node("MatMul", y, b.weight(width, width)), b.weight(width)))
        norm = b.node("LayerNormalization", x, b.weight(width), b.weight(width), axis=-1)
        y = b.contrib("FastGelu", b.node("MatMul", norm, b.weight(width, 4 * width)), b.weight(4 * width))
        x = b.node("Add", x, b.node("Add", b.node("MatMul", y, b.weight(4 * width, width)), b.weight(width)))
    return b.model(x)


def fused_conv(residual=False):
    b = Builder()
    x = b.input("input", "batch", 8, 16, 20)
    x = b.contrib("FusedConv", x, b.weight(8, 8, 3, 3), b.weight(8), activation="Relu", kernel_shape=[3, 3], pads=[1] * 4)
    extra = [x] if residual else []
    y = b.contrib("FusedConv", x, b.weight(8, 1, 3, 3), b.weight(8), *extra, activation="Clip",
                  activation_params=[0.0, 6.0], group=8, kernel_shape=[3, 3], pads=[1] * 4, strides=[1, 1])
    return b.model(y)


def fused_matmul(trans_a, trans_b):
    b = Builder()
    a = b.input("a", "batch", *((5, 7) if trans_a else (7, 5)))
    w = b.weight(*((6, 5) if trans_b else (5, 6)))
    return b.model(b.contrib("FusedMatMul", a, w, transA=trans_a, transB=trans_b, alpha=0.5))


def fused_gemm():
    b = Builder()
    x = b.input("input", "batch", 16)
    return b.model(b.contrib("FusedGemm", x, b.weight(24, 16), b.weight(24), transB=1, activation="Relu"))


def elementwise(operator, *weights, **attributes):
    b = Builder()
    x = b.node("MatMul", b.input("input", "batch", "sequence", 16), b.weight(16, 16))
    return b.model(b.contrib(operator, x, *(b.weight(*w) for w in weights), **attributes))


def layer_norm_contrib():
    b = Builder(opset=11)
    x = b.input("input", "batch", "sequence", 16)
    x = b.node("LayerNormalization", x, b.weight(16), b.weight(16), axis=-1)  # the standard domain before ONNX had it
    x = b.node("SimplifiedLayerNormalization", x, b.weight(16), axis=-1)
    x = b.contrib("SkipSimplifiedLayerNormalization", x, x, b.weight(16))
    return b.model(b.node("MatMul", x, b.weight(16, 4)))


def unknown(domain):
    b = Builder(domains=(domain,))
    x = b.input("input", 1, 16)
    return b.model(b.node("Frobnicate", b.node("MatMul", x, b.weight(16, 4)), domain=domain, name="the_odd_one"))


def all_cases():
    table = {
        "attention": attention, "attention_mask_2d": lambda: attention(mask=("batch", "sequence")),
        "attention_mask_index": lambda: attention(mask=("batch",)), "attention_past": lambda: attention(past=6),
        "attention_causal": lambda: attention(unidirectional=1),
        "attention_uneven": lambda: attention(qkv_hidden_sizes=[32, 32, 48]),
        "bert": optimized_bert, "gpt2": optimized_gpt2, "fused_conv": fused_conv,
        "fused_conv_residual": lambda: fused_conv(True), "fused_gemm": fused_gemm,
        "gelu": lambda: elementwise("Gelu"), "bias_gelu": lambda: elementwise("BiasGelu", (16,)),
        "fast_gelu": lambda: elementwise("FastGelu"), "fast_gelu_bias": lambda: elementwise("FastGelu", (16,)),
        "quick_gelu": lambda: elementwise("QuickGelu", alpha=1.702),
        "skip_layer_norm": lambda: elementwise("SkipLayerNormalization", (2, 5, 16), (16,)),
        "layer_norms": layer_norm_contrib}
    for form in ("plain", "bias", "packed", "packed_kv", "cross_cached", "past"):
        table[f"multi_head_{form}"] = lambda form=form: multi_head(form)
    for a in (0, 1):
        for c in (0, 1):
            table[f"fused_matmul_{a}{c}"] = lambda a=a, c=c: fused_matmul(a, c)
    for name, make in table.items():
        yield HandCase(f"contrib/{name}", make, dims={"batch": 2, "sequence": 5, "keys": 9, "past": 3})
    for domain in (MICROSOFT, "my.company"):
        yield HandCase(f"contrib/unknown_operator_{domain}", lambda d=domain: unknown(d), expect="refuse")
