"""Counts multiply-accumulates of a torch module while it runs: the second source beside the count of the ONNX file.

It listens below autograd, where every composite operator (linear, einsum, lstm, multi-head attention) has already been
broken into a handful of products. So it needs no per-module formulas, and shares no code with the count of the file.
"""

import copy
import math

import torch
from torch.utils._python_dispatch import TorchDispatchMode

aten = torch.ops.aten


def _convolution(args, output):
    weight, transposed = args[1], args[6]
    # One weight element meets every input position of a transposed convolution, every output position of a plain one.
    positions = args[0] if transposed else output
    return positions.shape[0] * math.prod(positions.shape[2:]) * weight.numel()


def _matrix_product(left, right):
    def count(args, output):
        a, b = args[left], args[right]
        return a.numel() * b.shape[-1]

    return count


PRODUCTS = {
    "aten::convolution": _convolution,
    "aten::mm": _matrix_product(0, 1),
    "aten::bmm": _matrix_product(0, 1),
    "aten::addmm": _matrix_product(1, 2),
    "aten::baddbmm": _matrix_product(1, 2),
    "aten::addbmm": _matrix_product(1, 2),
    "aten::mv": lambda args, output: args[0].numel(),
    "aten::addmv": lambda args, output: args[1].numel(),
    "aten::dot": lambda args, output: args[0].numel(),
}

# Fused forms that would hide products from this counter; seeing one means that the count cannot be trusted.
OPAQUE = ("_native_multi_head_attention", "_transformer_encoder_layer_fwd", "mkldnn_rnn", "_trilinear", "quantized")


class MacCounter(TorchDispatchMode):
    def __init__(self):
        super().__init__()
        self.macs = 0
        self.opaque = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        output = func(*args, **(kwargs or {}))
        name = func._schema.name
        if name in PRODUCTS:
            self.macs += PRODUCTS[name](args, output)
        elif any(part in name for part in OPAQUE):
            self.opaque.add(name)
        return output


def count_macs(module, inputs):
    """(MACs, output shapes) of module(*inputs); the MACs are None where a fused operator hides them."""
    try:
        # Shapes alone decide the count, so it is taken without computing anything, where the module allows that.
        return _run(copy.deepcopy(module).to("meta"), [_to_meta(value) for value in inputs])
    except Exception:  # it reads values, or makes tensors of its own that are not on the meta device
        return _run(module, inputs)


def _to_meta(value):
    if isinstance(value, torch.Tensor):
        return value.to("meta")
    return [_to_meta(part) for part in value] if isinstance(value, (list, tuple)) else value


def _run(module, inputs):
    counter = MacCounter()
    # Gradients stay enabled on purpose: without them nn.TransformerEncoder takes its fused path.
    with counter:
        outputs = module(*inputs)
    return None if counter.opaque else counter.macs, [list(t.shape) for t in _tensors(outputs)]


def _tensors(value):
    """The tensors of a nested result, in the order in which the exporter flattens it."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, (list, tuple, dict)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _tensors(part)


def count_parameters(module):
    """Trainable values, each shared tensor once (parameters() already leaves out repeated ones)."""
    return sum(p.numel() for p in module.parameters())
