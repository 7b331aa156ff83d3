"""What the corpus is made of: one Case per file, built lazily because a case may hold half a gigabyte of weights."""

from dataclasses import dataclass, field
from typing import Any, Callable, Optional


@dataclass(frozen=True)
class TorchCase:
    """A module to be exported with torch.onnx.export.

    `dynamic` maps an input name to {axis: dimension name}. The values that the reference count binds those names to are
    read off the example inputs, so that the count in torch and the count of the file speak about the same shapes.
    """

    name: str  # path in the corpus without '.onnx'; its first folder is the kind
    make: Callable[[], Any]  # () -> torch.nn.Module or ScriptModule
    inputs: Callable[[], tuple]  # () -> example inputs
    input_names: tuple = ("input",)
    output_names: tuple = ()
    dynamic: dict = field(default_factory=dict)
    opset: int = 13
    fold: bool = True  # do_constant_folding
    training: str = "eval"  # eval | preserve | training: the last two keep BatchNormalization apart from Conv
    options: dict = field(default_factory=dict)  # further arguments of torch.onnx.export
    weights: str = "inline"  # inline | external | missing: where the weights are stored
    large: bool = False  # keep the weights inline even above 100 MB; all other files of that size leave them out
    trip: Optional[int] = None  # trip count for loops whose own count depends on data
    count_in_torch: bool = True  # off where the torch run does not do what the file says (data-dependent control flow)

    @property
    def kind(self):
        return self.name.split("/")[0]


@dataclass(frozen=True)
class HandCase:
    """A file written with onnx.helper: forms that no exporter at hand emits."""

    name: str
    make: Callable[[], Any]  # () -> onnx.ModelProto, or bytes for a file that is not a valid model
    dims: dict = field(default_factory=dict)  # values for the symbolic dimensions
    trip: Optional[int] = None  # trip count for loops whose own count depends on data
    weights: str = "inline"
    expect: str = "count"  # count | refuse: what a reader should do with the file

    @property
    def kind(self):
        return self.name.split("/")[0]
