"""Sequence networks: encoders and decoders written out by hand as in the reference implementations, torch.nn's own
transformer, and recurrent layers; with fixed and with dynamic batch and sequence."""

import math

import torch
from torch import nn
from torch.nn import functional as F

from cases import TorchCase

TOKENS = {0: "batch", 1: "sequence"}


class Attention(nn.Module):
    """Multi-head attention; the projections are separate (BERT, DistilBERT) or one (GPT-2, ViT)."""

    def __init__(self, width, heads, joint=False, causal=False):
        super().__init__()
        self.width, self.heads, self.causal = width, heads, causal
        self.project = nn.Linear(width, 3 * width) if joint else nn.ModuleList(nn.Linear(width, width) for _ in range(3))
        self.joint = joint
        self.out = nn.Linear(width, width)

    def split(self, x):
        return x.view(x.size(0), x.size(1), self.heads, self.width // self.heads).permute(0, 2, 1, 3)

    def forward(self, x, mask=None, past=None):
        q, k, v = self.project(x).split(self.width, dim=2) if self.joint else (p(x) for p in self.project)
        q, k, v = self.split(q), self.split(k), self.split(v)
        if past is not None:
            k, v = torch.cat([past[0], k], dim=2), torch.cat([past[1], v], dim=2)
        scores = q @ k.transpose(-1, -2) / math.sqrt(self.width // self.heads)
        if self.causal:
            length, total = scores.size(-2), scores.size(-1)
            allowed = torch.tril(torch.ones(1024, 1024, dtype=torch.bool))[total - length:total, :total]
            scores = torch.where(allowed, scores, torch.tensor(-1e4))
        if mask is not None:
            scores = scores + mask
        context = (scores.softmax(-1) @ v).permute(0, 2, 1, 3).contiguous()
        return self.out(context.view(context.size(0), context.size(1), self.width)), (k, v)


class EncoderLayer(nn.Module):
    def __init__(self, width, heads, hidden):
        super().__init__()
        self.attention, self.norm1 = Attention(width, heads), nn.LayerNorm(width)
        self.wide, self.narrow, self.norm2 = nn.Linear(width, hidden), nn.Linear(hidden, width), nn.LayerNorm(width)

    def forward(self, x, mask):
        x = self.norm1(x + self.attention(x, mask)[0])
        return self.norm2(x + self.narrow(F.gelu(self.wide(x))))


class Bert(nn.Module):
    """Devlin et al. 2018, as in Hugging Face's modeling_bert. Without segments and pooler it is DistilBERT."""

    def __init__(self, layers=12, width=768, heads=12, vocabulary=30522, positions=512, distilled=False, labels=None):
        super().__init__()
        self.words, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(positions, width)
        self.segments = None if distilled else nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width)
        self.register_buffer("position_ids", torch.arange(positions).expand((1, -1)))
        self.layers = nn.ModuleList(EncoderLayer(width, heads, 4 * width) for _ in range(layers))
        self.pooler = None if distilled else nn.Linear(width, width)
        self.classifier = nn.Linear(width, labels) if labels else None

    def forward(self, input_ids, attention_mask, token_type_ids=None):
        x = self.words(input_ids) + self.positions(self.position_ids[:, : input_ids.size(1)])
        if self.segments is not None:
            x = x + self.segments(token_type_ids)
        x = self.norm(x)
        mask = (1.0 - attention_mask[:, None, None, :].to(x.dtype)) * torch.finfo(x.dtype).min
        for layer in self.layers:
            x = layer(x, mask)
        pooled = torch.tanh(self.pooler(x[:, 0])) if self.pooler is not None else x[:, 0]
        return self.classifier(pooled) if self.classifier is not None else (x, pooled)


class DecoderLayer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.norm1, self.attention = nn.LayerNorm(width), Attention(width, heads, joint=True, causal=True)
        self.norm2, self.wide, self.narrow = nn.LayerNorm(width), nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x, past=None):
        attended, present = self.attention(self.norm1(x), past=past)
        x = x + attended
        return x + self.narrow(F.gelu(self.wide(self.norm2(x)), approximate="tanh")), present


class Gpt2(nn.Module):
    """Radford et al. 2019: joint projection, causal mask, head tied to the embedding, optionally a cache."""

    def __init__(self, layers=12, width=768, heads=12, vocabulary=50257, positions=1024, cached=False):
        super().__init__()
        self.words, self.positions = nn.Embedding(vocabulary, width), nn.Embedding(positions, width)
        self.layers = nn.ModuleList(DecoderLayer(width, heads) for _ in range(layers))
        self.norm, self.head = nn.LayerNorm(width), nn.Linear(width, vocabulary, bias=False)
        self.head.weight = self.words.weight
        self.cached = cached

    def forward(self, input_ids, *past):
        seen = past[0].size(2) if past else 0
        ids = torch.arange(seen, seen + input_ids.size(1)).unsqueeze(0)
        x, presents = self.words(input_ids) + self.positions(ids), []
        for index, layer in enumerate(self.layers):
            x, present = layer(x, past[2 * index:2 * index + 2] if past else None)
            presents += present
        logits = self.head(self.norm(x))
        return (logits, *presents) if self.cached else logits


class Rms(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        return self.weight * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)


class Llama(nn.Module):
    """Touvron et al. 2023 in small: rotary positions, grouped queries, gated feed-forward, RMS norm."""

    def __init__(self, layers=2, width=256, heads=8, groups=2, vocabulary=1000):
        super().__init__()
        self.size, self.heads, self.groups = width // heads, heads, groups
        self.words = nn.Embedding(vocabulary, width)
        linear = lambda a, b: nn.Linear(a, b, bias=False)
        self.layers = nn.ModuleList(nn.ModuleDict({
            "norm1": Rms(width), "norm2": Rms(width), "q": linear(width, width), "k": linear(width, groups * self.size),
            "v": linear(width, groups * self.size), "o": linear(width, width), "gate": linear(width, 2 * width),
            "up": linear(width, 2 * width), "down": linear(2 * width, width)}) for _ in range(layers))
        self.norm, self.head = Rms(width), linear(width, vocabulary)
        self.register_buffer("frequencies", 1.0 / 10000 ** (torch.arange(0, self.size, 2).float() / self.size))

    def rotate(self, x, angles):
        half = x[..., : self.size // 2], x[..., self.size // 2:]
        return x * angles.cos() + torch.cat([-half[1], half[0]], dim=-1) * angles.sin()

    def repeat(self, x):
        batch, groups, length, size = x.shape
        times = self.heads // self.groups
        return x[:, :, None].expand(batch, groups, times, length, size).reshape(batch, groups * times, length, size)

    def forward(self, input_ids):
        batch, length = input_ids.shape
        angles = torch.arange(length).float()[:, None] * self.frequencies[None]
        angles = torch.cat([angles, angles], dim=-1)
        mask = torch.full((length, length), -1e9).triu(1)
        x = self.words(input_ids)
        for layer in self.layers:
            h = layer["norm1"](x)
            q = self.rotate(layer["q"](h).view(batch, length, self.heads, -1).transpose(1, 2), angles)
            k = self.rotate(layer["k"](h).view(batch, length, self.groups, -1).transpose(1, 2), angles)
            v = layer["v"](h).view(batch, length, self.groups, -1).transpose(1, 2)
            k, v = (self.repeat(t) for t in (k, v))
            weights = (q @ k.transpose(2, 3) / math.sqrt(self.size) + mask).softmax(-1)
            x = x + layer["o"]((weights @ v).transpose(1, 2).reshape(batch, length, -1))
            h = layer["norm2"](x)
            x = x + layer["down"](F.silu(layer["gate"](h)) * layer["up"](h))
        return self.head(self.norm(x))


def _ids(batch, length, vocabulary=1000):
    return torch.randint(0, vocabulary, (batch, length))


def encoders():
    names = ("input_ids", "attention_mask", "token_type_ids")
    sizes = {"bert_base": {}, "bert_tiny": dict(layers=2, width=128, heads=2), "bert_mini": dict(layers=4, width=256, heads=4),
             "bert_small": dict(layers=4, width=512, heads=8), "tinybert_4": dict(layers=4, width=312, heads=12),
             "bert_large": dict(layers=24, width=1024, heads=16), "distilbert": dict(layers=6, distilled=True)}
    for name, size in sizes.items():
        count = 2 if "distil" in name else 3
        make = lambda size=size: Bert(**size)
        inputs = lambda length=32, batch=1, count=count: (_ids(batch, length), torch.ones(batch, length, dtype=torch.long),
                                                          torch.zeros(batch, length, dtype=torch.long))[:count]
        dynamic = {n: TOKENS for n in names[:count]}
        yield TorchCase(f"language/{name}", make, lambda i=inputs: i(128), names[:count])
        for opset in (14,) if name == "bert_large" else (11, 14, 17):
            yield TorchCase(f"language/{name}_dynamic_opset{opset}", make, inputs, names[:count], dynamic=dynamic,
                            opset=opset, fold=opset != 11)
        if name == "bert_large":  # a gigabyte to write before it is dropped; two forms of it are enough
            continue
        yield TorchCase(f"language/{name}_classifier", lambda size=size: Bert(labels=2, **size), lambda i=inputs: i(16, 4),
                        names[:count], dynamic=dynamic)


def decoders():
    small = dict(layers=3, width=192, heads=6, vocabulary=5000)
    for name, size in (("gpt2", {}), ("gpt2_small", small)):
        yield TorchCase(f"language/{name}", lambda s=size: Gpt2(**s), lambda: (_ids(1, 64),), ("input_ids",))
        yield TorchCase(f"language/{name}_dynamic", lambda s=size: Gpt2(**s), lambda: (_ids(1, 16),), ("input_ids",),
                        dynamic={"input_ids": TOKENS}, opset=14)
        heads, layers, width = size.get("heads", 12), size.get("layers", 12), size.get("width", 768)
        caches = tuple(f"past_{kind}_{i}" for i in range(layers) for kind in ("key", "value"))
        inputs = lambda h=heads, n=layers, w=width: (_ids(1, 1),) + tuple(torch.randn(1, h, 24, w // h) for _ in range(2 * n))
        yield TorchCase(f"language/{name}_with_past", lambda s=size: Gpt2(cached=True, **s), inputs, ("input_ids",) + caches,
                        dynamic={"input_ids": TOKENS, **{c: {0: "batch", 2: "past_sequence"} for c in caches}},
                        opset=14)
    for opset in (14, 16):
        yield TorchCase(f"language/llama_small_opset{opset}", Llama, lambda: (_ids(1, 24),), ("input_ids",), opset=opset)
        yield TorchCase(f"language/llama_small_dynamic_opset{opset}", Llama, lambda: (_ids(2, 24),), ("input_ids",),
                        dynamic={"input_ids": TOKENS}, opset=opset)


def torch_transformers():
    x, memory = torch.randn(2, 10, 64), torch.randn(2, 12, 64)
    layer = dict(d_model=64, nhead=4, dim_feedforward=128, batch_first=True)
    for opset in (11, 14, 17):
        for dynamic in (False, True):
            end = f"{'_dynamic' if dynamic else ''}_opset{opset}"
            one = {"input": TOKENS} if dynamic else {}
            two = {"target": TOKENS, "memory": {0: "batch", 1: "memory_sequence"}} if dynamic else {}
            yield TorchCase("language/torch_encoder" + end, lambda: nn.TransformerEncoder(
                nn.TransformerEncoderLayer(**layer), 3), lambda: (x,), dynamic=one, opset=opset, training="preserve")
            yield TorchCase("language/torch_encoder_norm_first" + end, lambda: nn.TransformerEncoderLayer(
                norm_first=True, activation="gelu", **layer), lambda: (x,), dynamic=one, opset=opset, training="preserve")
            yield TorchCase("language/torch_decoder" + end, lambda: nn.TransformerDecoder(
                nn.TransformerDecoderLayer(**layer), 2), lambda: (x, memory), ("target", "memory"), dynamic=two, opset=opset)
            yield TorchCase("language/torch_transformer" + end, lambda: nn.Transformer(
                64, 4, 2, 2, 128, batch_first=True), lambda: (memory, x), ("source", "target"), opset=opset,
                dynamic={"source": {0: "batch", 1: "memory_sequence"}, "target": TOKENS} if dynamic else {})
            yield TorchCase("language/torch_attention" + end, lambda: nn.MultiheadAttention(
                64, 4, batch_first=True), lambda: (x, memory, memory), ("query", "key", "value"), opset=opset, dynamic={
                    "query": TOKENS, "key": {0: "batch", 1: "keys"}, "value": {0: "batch", 1: "keys"}} if dynamic else {})


def _last_state(kind):
    class Last(nn.Module):
        """A classifier over the last hidden state: the usual way recurrent layers are used."""

        def __init__(self, **options):
            super().__init__()
            self.embedding = nn.Embedding(100, 16)
            self.recurrent = kind(16, 24, **options)
            self.head = nn.Linear(24 * (2 if options.get("bidirectional") else 1), 5)

        def forward(self, tokens):
            return self.head(self.recurrent(self.embedding(tokens))[0][:, -1])

    return Last


def recurrent():
    for name, kind in (("lstm", nn.LSTM), ("gru", nn.GRU), ("rnn", nn.RNN)):
        for form, options in (("plain", {}), ("bidirectional", {"bidirectional": True}), ("three_layers", {"num_layers": 3}),
                              ("deep_bidirectional", {"num_layers": 2, "bidirectional": True}),
                              ("batch_first", {"batch_first": True}), ("no_bias", {"bias": False})):
            make = lambda kind=kind, options=options: kind(16, 24, **options)
            inputs = lambda: (torch.randn(9, 2, 16),)
            axes = {0: "batch", 1: "sequence"} if "batch_first" in options else {0: "sequence", 1: "batch"}
            yield TorchCase(f"recurrent/{name}_{form}", make, inputs, opset=11)
            yield TorchCase(f"recurrent/{name}_{form}_dynamic", make, inputs, dynamic={"input": axes}, opset=14)
            yield TorchCase(f"recurrent/{name}_{form}_opset9", make, inputs, opset=9, fold=False)
        yield TorchCase(f"recurrent/{name}_classifier", lambda kind=kind: _last_state(kind)(batch_first=True),
                        lambda: (_ids(2, 11, 100),), dynamic={"input": TOKENS})
        yield TorchCase(f"recurrent/{name}_classifier_bidirectional", lambda kind=kind: _last_state(kind)(
            batch_first=True, bidirectional=True), lambda: (_ids(2, 11, 100),), dynamic={"input": TOKENS}, opset=16)
    yield TorchCase("recurrent/lstm_projected", lambda: nn.LSTM(16, 24, proj_size=8), lambda: (torch.randn(9, 2, 16),))
    yield TorchCase("recurrent/lstm_with_state", lambda: nn.LSTM(16, 24), lambda: (
        torch.randn(9, 2, 16), (torch.randn(1, 2, 24), torch.randn(1, 2, 24))), ("input", "h", "c"))
    yield TorchCase("recurrent/lstm_cell", lambda: nn.LSTMCell(16, 24), lambda: (torch.randn(2, 16),))
    yield TorchCase("recurrent/gru_cell", lambda: nn.GRUCell(16, 24), lambda: (torch.randn(2, 16),))


def all_cases():
    for group in (encoders, decoders, torch_transformers, recurrent):
        yield from group()
