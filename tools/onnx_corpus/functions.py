"""torch functions that move, select, rearrange or compute shapes, and control flow from torch.jit.script."""

from typing import List

import torch
import torchvision
from torch import nn
from torch.nn import functional as F

from cases import TorchCase
from layers import Function, image, signal, volume


def _case(name, function, *inputs, opset=13, dynamic=None, folder="functions", **more):
    names = tuple(f"input{index}" if index else "input" for index in range(len(inputs)))
    module = function if isinstance(function, (nn.Module, torch.jit.ScriptModule)) else Function(function)
    return TorchCase(f"{folder}/{name}", lambda: module, lambda: inputs, input_names=names, opset=opset,
                     dynamic={"input": dynamic} if dynamic else {}, **more)


def resampling():
    for mode in ("nearest", "bilinear", "bicubic"):
        for opset in (9, 11, 13):
            yield _case(f"interpolate_{mode}_scale_opset{opset}",
                        lambda x, mode=mode: F.interpolate(x, scale_factor=2, mode=mode), image(), opset=opset)
            yield _case(f"interpolate_{mode}_size_opset{opset}",
                        lambda x, mode=mode: F.interpolate(x, size=(31, 29), mode=mode), image(), opset=opset)
    yield _case("interpolate_align_corners",
                lambda x: F.interpolate(x, scale_factor=1.5, mode="bilinear", align_corners=True), image())
    yield _case("interpolate_like", lambda x, y: F.interpolate(x, size=y.shape[-2:]), image(), image(height=40, width=44),
                dynamic={0: "batch", 2: "height", 3: "width"})
    yield _case("interpolate_half_dynamic", lambda x: F.interpolate(x, scale_factor=0.5, mode="bilinear",
                                                                    recompute_scale_factor=True), image(),
                dynamic={2: "height", 3: "width"})
    yield _case("interpolate_linear", lambda x: F.interpolate(x, scale_factor=2, mode="linear"), signal())
    yield _case("interpolate_trilinear", lambda x: F.interpolate(x, scale_factor=2, mode="trilinear"), volume())
    yield _case("upsample_opset7", nn.Upsample(scale_factor=2), image(), opset=7)
    yield _case("upsample_opset8", nn.Upsample(scale_factor=2, mode="bilinear"), image(), opset=8)
    yield _case("pixel_shuffle", nn.PixelShuffle(2), image())
    yield _case("pixel_unshuffle", nn.PixelUnshuffle(2), image(height=18))
    yield _case("pixel_shuffle_dynamic", nn.PixelShuffle(2), image(), dynamic={0: "batch", 2: "height", 3: "width"})
    for mode in ("bilinear", "nearest", "bicubic"):
        yield _case(f"grid_sample_{mode}", lambda x, g, mode=mode: F.grid_sample(x, g, mode=mode, align_corners=False),
                    image(), torch.rand(2, 5, 6, 2), opset=16)
    yield _case("affine_grid", lambda t: F.affine_grid(t, [2, 3, 8, 9], align_corners=False), torch.rand(2, 2, 3), opset=16)


def movement():
    x, matrix = image(), torch.randn(5, 6)
    table = {
        "reshape": lambda x: x.reshape(2, 4, 2, -1), "view_dynamic": lambda x: x.view(x.shape[0], -1),
        "transpose": lambda x: x.permute(0, 2, 3, 1), "chunk": lambda x: torch.chunk(x, 3, dim=3),
        "split": lambda x: torch.split(x, [5, 7, 5], dim=2), "split_equal": lambda x: torch.split(x, 5, dim=3),
        "concat": lambda x: torch.cat([x, x * 2], dim=1), "stack": lambda x: torch.stack([x, x + 1], dim=-1),
        "slice": lambda x: x[:, 1:-1, ::2, -5:], "slice_dynamic_end": lambda x: x[:, :, : x.shape[2] // 2],
        "flip": lambda x: x.flip(3), "roll": lambda x: x.roll((1, -2), (2, 3)), "repeat": lambda x: x.repeat(1, 2, 1, 3),
        "repeat_interleave": lambda x: x.repeat_interleave(2, dim=1), "expand": lambda x: x[:, :1].expand(-1, 5, -1, -1),
        "tile": lambda x: x.tile((2, 1, 1)), "squeeze": lambda x: x[:, :1].squeeze(1), "unbind": lambda x: x.unbind(1),
        "unsqueeze": lambda x: x.unsqueeze(-1).unsqueeze(0), "flatten": lambda x: x.flatten(1, 2),
        "pad_constant": lambda x: F.pad(x, (1, 2, 3, 4), value=0.5), "pad_negative": lambda x: F.pad(x, (-1, -2, 0, 1)),
        "pad_reflect": lambda x: F.pad(x, (1, 2, 3, 4), mode="reflect"),
        "pad_replicate": lambda x: F.pad(x, (1, 2, 3, 4), mode="replicate"),
        "unfold_windows": lambda x: x.unfold(2, 3, 2), "shape_arithmetic": lambda x: torch.zeros(
            x.shape[0], x.shape[1] * 2, (x.shape[2] + 1) // 2 * 3) + x.mean(),
        "arange_like": lambda x: x + torch.arange(x.shape[-1]).float(), "full_like": torch.ones_like,
        "meshgrid": lambda x: torch.meshgrid(torch.arange(x.shape[2]), torch.arange(x.shape[3]), indexing="ij"),
        "einops_patches": lambda x: x[:, :, :16].reshape(2, 8, 4, 4, 5, 4).permute(0, 2, 4, 1, 3, 5).flatten(1, 2),
        "tril": torch.tril, "triu": lambda x: torch.triu(x, 1), "cumsum": lambda x: x.cumsum(2),
        "topk": lambda x: x.topk(3, dim=2), "sort": lambda x: x.sort(dim=3), "argmax": lambda x: x.argmax(1),
        "max_dim": lambda x: x.max(dim=1), "where": lambda x: torch.where(x > 0, x, x * 0.1),
        "masked_fill": lambda x: x.masked_fill(x < 0, -1e4), "clamp": lambda x: x.clamp(-1, 1),
        "clamp_min": lambda x: x.clamp(min=0.0), "one_hot": lambda x: F.one_hot((x[:, 0, 0] > 0).long(), 2),
        "index": lambda x: x[:, torch.tensor([0, 3, 1])], "index_two": lambda x: x[torch.tensor([0, 1]), torch.tensor([2, 3])],
        "index_select": lambda x: x.index_select(3, torch.tensor([4, 2])), "mean_keep": lambda x: x.mean((2, 3), keepdim=True),
        "sum_all": lambda x: x.sum(), "logsumexp": lambda x: x.logsumexp(1), "norm": lambda x: x.norm(dim=1),
        "std": lambda x: x.std(dim=1), "var_mean": lambda x: torch.var_mean(x, dim=(2, 3)), "prod": lambda x: x.prod(1),
        "amax": lambda x: x.amax((1, 2)), "cdist": lambda x: torch.cdist(x[0, 0], x[1, 0]), "pow": lambda x: x.abs() ** 0.5,
        "erf": torch.erf, "exp_log": lambda x: (x.exp() + 1).log(), "trigonometry": lambda x: x.sin() * x.cos() + x.tanh(),
        "floor_divide": lambda x: torch.div(x, 2, rounding_mode="floor"), "remainder": lambda x: x % 3,
        "round_cast": lambda x: x.round().to(torch.int32), "half": lambda x: x.half(), "bool_ops": lambda x: (x > 0) & (x < 1),
        "minimum": lambda x: torch.minimum(x, x.flip(0)), "prelu_function": lambda x: F.prelu(x, torch.ones(8)),
        "scatter_one_hot": lambda x: torch.zeros(2, 10).scatter(1, (x[:, 0, 0, :3] > 0).long(), 1.0),
        "nan_checks": lambda x: torch.isnan(x) | torch.isinf(x), "lerp": lambda x: torch.lerp(x, x * 2, 0.3)}
    for name, function in table.items():
        yield _case(name, function, x)
        yield _case(name + "_dynamic", function, x, dynamic={0: "batch", 2: "height", 3: "width"}, opset=16)
        if name in ("slice", "squeeze", "unsqueeze", "split", "pad_constant", "clamp", "topk", "sum_all", "cumsum", "expand"):
            yield _case(name + "_old", function, x, opset=9)
    index = torch.randint(0, 5, (5, 6))
    yield _case("gather", lambda m, i: m.gather(0, i), matrix, index)
    yield _case("scatter", lambda m, i: m.scatter(0, i, 1.0), matrix, index)
    yield _case("scatter_add", lambda m, i: m.scatter_add(0, i, m), matrix, index, opset=16)
    yield _case("index_put", lambda m, i: m.index_put((i[0],), torch.zeros(6, 6)), matrix, index)
    yield _case("nonzero", lambda m: m.nonzero(), matrix)
    yield _case("masked_select", lambda m: m[m > 0], matrix)
    yield _case("masked_scatter", lambda m: m.masked_scatter(m > 0, m.flip(0)), matrix)
    yield _case("unique", lambda m: m.unique(), matrix)
    yield _case("bucketize", lambda m: torch.bucketize(m, torch.tensor([0.0, 1.0])), matrix)
    yield _case("embedding", nn.Embedding(50, 16), torch.randint(0, 50, (2, 7)))
    yield _case("embedding_bag", nn.EmbeddingBag(50, 16, mode="sum"), torch.randint(0, 50, (2, 7)))


def vision_operators():
    boxes = torch.tensor([[0, 0.0, 0.0, 7.0, 7.0], [1, 1.0, 2.0, 9.0, 8.0], [0, 3.0, 3.0, 12.0, 12.0]])
    corners = torch.cat([boxes[:, 1:]] * 3)
    for opset in (11, 16):
        yield _case(f"roi_align_opset{opset}", lambda x, b: torchvision.ops.roi_align(x, b, (5, 6), 0.5, 2), image(), boxes,
                    opset=opset)
        yield _case(f"nms_opset{opset}", lambda b, s: torchvision.ops.nms(b, s, 0.5), corners, torch.rand(9), opset=opset)
    yield _case("roi_pool", lambda x, b: torchvision.ops.roi_pool(x, b, (5, 6), 0.5), image(), boxes)
    yield _case("box_iou", torchvision.ops.box_iou, corners, corners)
    yield _case("squeeze_excitation", torchvision.ops.SqueezeExcitation(8, 4), image())


class _Loop(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(6, 6)

    def forward(self, x, steps: int):
        for _ in range(steps):
            x = self.layer(x)
        return x


class _FixedLoop(_Loop):
    def forward(self, x):
        for _ in range(5):
            x = torch.tanh(self.layer(x))
        return x


class _GrowingLoop(_Loop):
    """Decoding with a cache that is one row longer after each step."""

    def forward(self, x):
        rows = [x]
        for _ in range(4):
            rows.append(self.layer(rows[-1]))
        return torch.stack(rows)


class _While(_Loop):
    def forward(self, x):
        while bool(x.abs().max() < 10.0):
            x = self.layer(x) + 2.0 * x.abs() + 1.0
        return x


class _Branch(_Loop):
    """Both branches do one product each, of unequal size."""

    def __init__(self):
        super().__init__()
        self.narrow = nn.Linear(6, 3)
        self.wide = nn.Linear(3, 6)

    def forward(self, x):
        if bool(x.sum() > 0):
            y = self.layer(x)
        else:
            y = self.wide(self.narrow(x))
        return y


class _ShapeBranch(_Loop):
    def forward(self, x):
        if x.shape[0] > 3:
            x = self.layer(x)
        return x


class _LoopOverList(_Loop):
    def forward(self, x):
        parts: List[torch.Tensor] = []
        for row in x.unbind(0):
            parts.append(self.layer(row))
        return torch.cat(parts)


def control_flow():
    rows = torch.randn(5, 6)
    # Where data decide how often a loop runs, the trip count to ask for is the third entry.
    for name, module, trip in (("fixed_loop", _FixedLoop, None), ("growing_loop", _GrowingLoop, None),
                               ("while", _While, 4), ("branch", _Branch, None), ("shape_branch", _ShapeBranch, None),
                               ("loop_over_list", _LoopOverList, 5)):
        for opset in (11, 13, 16):
            yield TorchCase(f"control_flow/{name}_opset{opset}", lambda module=module: torch.jit.script(module()),
                            lambda: (rows,), opset=opset, trip=trip, count_in_torch=name not in ("while", "branch"))
    yield TorchCase("control_flow/loop_count_from_input", lambda: torch.jit.script(_Loop()), lambda: (rows, 3),
                    input_names=("input", "steps"), trip=3)


def all_cases():
    for group in (resampling, movement, vision_operators, control_flow):
        yield from group()
