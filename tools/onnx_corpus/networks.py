"""Architectures that torchvision does not have, small: each brings a construction of its own into the corpus."""

import torch
from torch import nn
from torch.nn import functional as F

from cases import TorchCase


def conv(inputs, outputs, kernel=3, stride=1, activation=nn.ReLU, **more):
    return nn.Sequential(nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False, **more),
                         nn.BatchNorm2d(outputs), activation())


class UNet(nn.Module):
    """Skip connections, and an upsampling path by transposed convolution or by interpolation to the skip's size."""

    def __init__(self, transposed=True, width=16):
        super().__init__()
        self.transposed = transposed
        self.down = nn.ModuleList([conv(3, width), conv(width, 2 * width), conv(2 * width, 4 * width)])
        self.up = nn.ModuleList([nn.ConvTranspose2d(4 * width, 2 * width, 2, 2), nn.ConvTranspose2d(2 * width, width, 2, 2)]
                                if transposed else [nn.Conv2d(4 * width, 2 * width, 1), nn.Conv2d(2 * width, width, 1)])
        self.merge = nn.ModuleList([conv(4 * width, 2 * width), conv(2 * width, width)])
        self.head = nn.Conv2d(width, 2, 1)

    def forward(self, x):
        skips = []
        for layer in self.down:
            skips.append(layer(x if not skips else F.max_pool2d(skips[-1], 2)))
        x = skips.pop()
        for up, merge in zip(self.up, self.merge):
            skip = skips.pop()
            x = up(x)
            if not self.transposed:
                x = F.interpolate(x, size=skip.shape[2:], mode="bilinear", align_corners=True)
            x = merge(torch.cat([skip, x], 1))
        return self.head(x)


class Yolo(nn.Module):
    """A one-stage detector: space to depth by slices, pyramid pooling, feature pyramid, boxes decoded on a grid."""

    def __init__(self, width=16, classes=8, anchors=3):
        super().__init__()
        self.anchors, self.values = anchors, classes + 5
        silu = lambda a, b, k=3, s=1: conv(a, b, k, s, nn.SiLU)
        self.stem, self.stage3 = silu(12, width), silu(width, 2 * width, 3, 2)
        self.stage4, self.stage5 = silu(2 * width, 4 * width, 3, 2), silu(4 * width, 8 * width, 3, 2)
        self.squeeze, self.mix = silu(8 * width, 4 * width, 1), silu(16 * width, 8 * width, 1)
        self.lateral, self.merge = silu(8 * width, 4 * width, 1), silu(8 * width, 4 * width)
        self.heads = nn.ModuleList(nn.Conv2d(c, anchors * self.values, 1) for c in (4 * width, 8 * width))
        self.register_buffer("sizes", torch.rand(2, 1, anchors, 1, 1, 2))

    def forward(self, x):
        x = torch.cat([x[..., ::2, ::2], x[..., 1::2, ::2], x[..., ::2, 1::2], x[..., 1::2, 1::2]], 1)
        four = self.stage4(self.stage3(self.stem(x)))
        five = self.squeeze(self.stage5(four))
        pools = [five]
        for _ in range(3):
            pools.append(F.max_pool2d(pools[-1], 5, 1, 2))
        five = self.mix(torch.cat(pools, 1))
        four = self.merge(torch.cat([F.interpolate(self.lateral(five), scale_factor=2), four], 1))
        boxes = []
        for level, (head, features) in enumerate(zip(self.heads, (four, five))):
            y = head(features)
            batch, _, rows, columns = y.shape
            y = y.view(batch, self.anchors, self.values, rows, columns).permute(0, 1, 3, 4, 2).contiguous().sigmoid()
            grid = torch.stack(torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")[::-1], 2).float()
            centre = (y[..., :2] * 2 - 0.5 + grid) * (8 * 2**level)
            boxes.append(torch.cat([centre, (y[..., 2:4] * 2) ** 2 * self.sizes[level], y[..., 4:]], -1)
                         .view(batch, -1, self.values))
        return torch.cat(boxes, 1)


class Generator(nn.Sequential):
    """DCGAN's generator: transposed convolutions alone."""

    def __init__(self, width=16):
        blocks, channels = [], 8 * width
        layers = [nn.ConvTranspose2d(32, channels, 4, 1, 0, bias=False), nn.BatchNorm2d(channels), nn.ReLU()]
        for _ in range(3):
            blocks += [nn.ConvTranspose2d(channels, channels // 2, 4, 2, 1, bias=False), nn.BatchNorm2d(channels // 2),
                       nn.ReLU()]
            channels //= 2
        super().__init__(*layers, *blocks, nn.ConvTranspose2d(channels, 3, 4, 2, 1), nn.Tanh())


class SuperResolution(nn.Sequential):
    """ESPCN: convolution at low resolution, pixel shuffle at the end."""

    def __init__(self):
        super().__init__(nn.Conv2d(1, 32, 5, 1, 2), nn.Tanh(), nn.Conv2d(32, 16, 3, 1, 1), nn.Tanh(),
                         nn.Conv2d(16, 9, 3, 1, 1), nn.PixelShuffle(3))


class Mixer(nn.Module):
    """MLP-Mixer: dense layers over tokens and over channels, with transposes between."""

    def __init__(self, width=48, tokens=64, depth=2):
        super().__init__()
        dense = lambda a, b: nn.Sequential(nn.Linear(a, b), nn.GELU(), nn.Linear(b, a))
        self.patches = nn.Conv2d(3, width, 4, 4)
        self.layers = nn.ModuleList(nn.ModuleList([nn.LayerNorm(width), dense(tokens, 2 * tokens), nn.LayerNorm(width),
                                                   dense(width, 4 * width)]) for _ in range(depth))
        self.head = nn.Linear(width, 10)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        for norm1, tokens, norm2, channels in self.layers:
            x = x + tokens(norm1(x).transpose(1, 2)).transpose(1, 2)
            x = x + channels(norm2(x))
        return self.head(x.mean(1))


class MobileVitBlock(nn.Module):
    """Convolution around attention over patches, unfolded and folded by reshape and transpose."""

    def __init__(self, channels=24, width=32, patch=2):
        super().__init__()
        self.patch = patch
        self.local = nn.Sequential(conv(channels, channels), nn.Conv2d(channels, width, 1, bias=False))
        self.attention = nn.TransformerEncoderLayer(width, 4, 2 * width, batch_first=True, activation="gelu")
        self.project, self.fuse = conv(width, channels, 1), conv(2 * channels, channels)

    def forward(self, x):
        y, p = self.local(x), self.patch
        batch, width, height, columns = y.shape
        rows, cols = height // p, columns // p
        y = y.reshape(batch * width * rows, p, cols, p).transpose(1, 2)
        y = y.reshape(batch, width, rows * cols, p * p).transpose(1, 3).reshape(batch * p * p, rows * cols, width)
        y = self.attention(y).reshape(batch, p * p, rows * cols, width).transpose(1, 3)
        y = y.reshape(batch * width * rows, cols, p, p).transpose(1, 2).reshape(batch, width, height, columns)
        return self.fuse(torch.cat([x, self.project(y)], 1))


class Temporal(nn.Module):
    """WaveNet in small: causal dilated convolutions with gates and skips."""

    def __init__(self, width=16, depth=4):
        super().__init__()
        self.first = nn.Conv1d(1, width, 1)
        self.layers = nn.ModuleList(nn.Conv1d(width, 2 * width, 2, dilation=2**i) for i in range(depth))
        self.mixes = nn.ModuleList(nn.Conv1d(width, width, 1) for _ in range(depth))
        self.head = nn.Conv1d(width, 4, 1)

    def forward(self, x):
        x, total = self.first(x), 0
        for index, (layer, mix) in enumerate(zip(self.layers, self.mixes)):
            a, b = layer(F.pad(x, (2**index, 0))).chunk(2, 1)
            y = mix(a.tanh() * b.sigmoid())
            x, total = x + y, total + y
        return self.head(total.relu())


class Speech(nn.Module):
    """DeepSpeech: convolution over a spectrogram, then bidirectional GRUs, the two directions summed."""

    def __init__(self, width=32):
        super().__init__()
        self.front = nn.Sequential(conv(1, 8, 5, 2, nn.Hardtanh), conv(8, 8, 3, (2, 1), nn.Hardtanh))
        self.layers = nn.ModuleList(nn.GRU(8 * 16 if i == 0 else width, width, bidirectional=True) for i in range(2))
        self.head = nn.Linear(width, 29)

    def forward(self, x):
        x = self.front(x).flatten(1, 2).permute(2, 0, 1)
        for layer in self.layers:
            x, _ = layer(x)
            x = x.view(x.size(0), x.size(1), 2, -1).sum(2)
        return self.head(x).log_softmax(-1)


class PointNet(nn.Module):
    """A learned 3x3 transform applied to points by a batched product, then a maximum over the points."""

    def __init__(self):
        super().__init__()
        self.transform = nn.Sequential(nn.Conv1d(3, 32, 1), nn.ReLU())
        self.matrix = nn.Linear(32, 9)
        self.features = nn.Sequential(nn.Conv1d(3, 64, 1), nn.BatchNorm1d(64), nn.ReLU(), nn.Conv1d(64, 128, 1))
        self.head = nn.Linear(128, 10)

    def forward(self, x):
        matrix = self.matrix(self.transform(x).max(2)[0]).view(-1, 3, 3) + torch.eye(3)
        x = torch.bmm(x.transpose(2, 1), matrix).transpose(2, 1)
        return self.head(self.features(x).max(2)[0])


class Recommender(nn.Module):
    """DLRM: embeddings and dense features, all pairs of them multiplied, the triangle taken."""

    def __init__(self, tables=4, width=16):
        super().__init__()
        self.tables = nn.ModuleList(nn.Embedding(100, width) for _ in range(tables))
        self.dense = nn.Sequential(nn.Linear(13, width), nn.ReLU())
        self.first, self.second = torch.tril_indices(tables + 1, tables + 1, -1)
        self.head = nn.Sequential(nn.Linear(width + len(self.first), 32), nn.ReLU(), nn.Linear(32, 1), nn.Sigmoid())

    def forward(self, dense, sparse):
        dense = self.dense(dense)
        rows = torch.stack([dense] + [table(sparse[:, i]) for i, table in enumerate(self.tables)], 1)
        products = torch.bmm(rows, rows.transpose(1, 2))
        return self.head(torch.cat([dense, products[:, self.first, self.second]], 1))


class RelativeAttention(nn.Module):
    """T5's attention: no scale, and a bias looked up by the bucketed distance of the two positions."""

    def __init__(self, width=64, heads=4, buckets=32):
        super().__init__()
        self.heads, self.buckets = heads, buckets
        self.q, self.k, self.v, self.o = (nn.Linear(width, width, bias=False) for _ in range(4))
        self.bias = nn.Embedding(buckets, heads)

    def forward(self, x):
        length = x.size(1)
        distance = torch.arange(length)[None] - torch.arange(length)[:, None]
        near = distance.abs()
        far = 8 + (torch.log(near.float() / 8 + 1e-6) / 2.77 * 8).long()
        bucket = (distance > 0).long() * 16 + torch.where(near < 8, near, far.clamp(max=15))
        q, k, v = (p(x).view(x.size(0), length, self.heads, -1).transpose(1, 2) for p in (self.q, self.k, self.v))
        weights = torch.einsum("bhqd,bhkd->bhqk", q, k) + self.bias(bucket).permute(2, 0, 1)[None]
        return self.o((weights.softmax(-1) @ v).transpose(1, 2).flatten(2))


def all_cases():
    image = lambda size=64, channels=3, batch=1: lambda: (torch.randn(batch, channels, size, size),)
    whole, batch_only = {0: "batch", 2: "height", 3: "width"}, {0: "batch"}
    table = {
        "unet_transposed": (UNet, image(), whole), "unet_interpolated": (lambda: UNet(False), image(70), whole),
        "yolo": (Yolo, image(96), whole), "generator": (Generator, lambda: (torch.randn(2, 32, 1, 1),), batch_only),
        "super_resolution": (SuperResolution, image(40, 1), whole), "mixer": (Mixer, image(32), batch_only),
        "mobilevit_block": (MobileVitBlock, image(16, 24), batch_only),
        "temporal": (Temporal, lambda: (torch.randn(1, 1, 100),), {0: "batch", 2: "time"}),
        "speech": (Speech, lambda: (torch.randn(2, 1, 64, 50),), {0: "batch", 3: "time"}),
        "pointnet": (PointNet, lambda: (torch.randn(2, 3, 50),), {0: "batch", 2: "points"}),
        "relative_attention": (RelativeAttention, lambda: (torch.randn(1, 12, 64),), {0: "batch", 1: "sequence"})}
    for name, (make, inputs, dynamic) in table.items():
        for opset in (12, 14, 17):
            yield TorchCase(f"networks/{name}_opset{opset}", make, inputs, opset=opset)
            yield TorchCase(f"networks/{name}_dynamic_opset{opset}", make, inputs, opset=opset, dynamic={"input": dynamic})
        yield TorchCase(f"networks/{name}_unfolded", make, inputs, opset=13, fold=False, training="preserve",
                        dynamic={"input": dynamic})
    features = lambda: (torch.randn(3, 13), torch.randint(0, 100, (3, 4)))
    for opset in (12, 16):
        yield TorchCase(f"networks/recommender_opset{opset}", Recommender, features, ("dense", "sparse"), opset=opset)
        yield TorchCase(f"networks/recommender_dynamic_opset{opset}", Recommender, features, ("dense", "sparse"), opset=opset,
                        dynamic={"dense": batch_only, "sparse": batch_only})
    yield TorchCase("networks/local_functions", MobileVitBlock, image(16, 24), opset=15,
                    options={"export_modules_as_functions": True})
    yield TorchCase("networks/local_functions_layer_norm", Mixer, image(32), opset=15,
                    options={"export_modules_as_functions": {nn.LayerNorm, nn.GELU}})
