"""Weights for modules that are only exported: cheap to make, and no two tensors alike."""

import contextlib
import itertools

import torch


@contextlib.contextmanager
def without_initialization():
    """torch.nn.init's in-place functions do nothing: drawing the weights would take most of an export's time."""
    names = [n for n in vars(torch.nn.init) if n.endswith("_") and not n.startswith("_")]
    saved = {n: getattr(torch.nn.init, n) for n in names}
    for name in names:
        setattr(torch.nn.init, name, lambda tensor, *args, **kwargs: tensor)
    try:
        yield
    finally:
        for name, function in saved.items():
            setattr(torch.nn.init, name, function)


def fill(module):
    """Small weights, all different: the exporter merges equal initializers, which would never be equal once trained."""
    for name, tensor in itertools.chain(module.named_parameters(), module.named_buffers()):
        if tensor.is_floating_point() and (isinstance(tensor, torch.nn.Parameter) or "running_" in name):
            low = 0.5 if "var" in name else -0.05
            tensor.data.uniform_(low, low + 0.1)
    return module
