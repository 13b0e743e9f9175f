#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes tokenizer_golden.txt with the Python package tokenizers: a small byte-level BPE, and what it makes of some texts.

    pip install tokenizers==0.23.3
    make_tokenizer_golden.py [--check]

Lines: the package and its version; `token HEX` in the order of their numbers; `merge HEX HEX`; and for each text and each way
to cut words (smollm: digits one by one; gpt-2) `text WAY HEX`, `words HEX...` and `ids NUMBER...`.
"""
import pathlib
import sys

import tokenizers
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

HERE = pathlib.Path(__file__).resolve().parent
TEXT = HERE.parent.parent / "examples" / "llama" / "model" / "held_out.txt"

TEXTS = [
    " ", "  ", "\n", "a", " a", "  a", "a ", "a  ", "a\n", "\n\na", "Hello, world!", "I'll say they've done it, don't you?",
    "'s 't 're 've 'm 'll 'd 'S 'LL 'r", "1", "12", " 12", "3.14159", "a1b22c333", "x = 10 ** 2;\n\tif (x >= 100) { return; }\n",
    "And God said, Let there be light: and there was light.", "na\u00efve caf\u00e9 \u4f60\u597d\uff0c\u4e16\u754c",
    "\u0645\u0631\u062d\u0628\u0627 \u0928\u092e\u0938\u094d\u0924\u0947 \U0001f642\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "\u0663\u00bd\u2167 \u00b2x", "\u00a0 \u2003x\u3000y", "e\u0301 \u1e9b\u0323", "tabs\t\tand\r\nlines\r\n\r\nend",
    "_snake_case__ --flag=1 a.b.c/d\\e", "<|im_start|>user", "THE QUICK brown FoX", "$12,345.67 (50%)", "\u200bzero\ufeffwidth",
    "\x00\x01\x7f\x85\xad\u0100", "\U00010330\U0001d7d8\U000e0001",
]


def main():
    ways = {
        "smollm": pre_tokenizers.Sequence(
            [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]),
        "gpt-2": pre_tokenizers.ByteLevel(add_prefix_space=False),
    }
    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = ways["smollm"]
    trained.train_from_iterator([TEXT.read_text()[:60000]], trainers.BpeTrainer(
        vocab_size=256 + 140, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False))
    import json
    model = json.loads(trained.to_str())["model"]
    names = sorted(model["vocab"], key=model["vocab"].get)
    lines = [f"tokenizers {tokenizers.__version__}"]
    lines += [f"token {name.encode().hex()}" for name in names]
    lines += ["merge " + " ".join(part.encode().hex() for part in merge) for merge in model["merges"]]
    for way, cut in ways.items():
        trained.pre_tokenizer = cut
        for text in TEXTS:
            data = text.encode()
            pieces = cut.pre_tokenize_str(text)
            # The pieces are in the alphabet of bytes: as many characters as the text has bytes.
            words, at = [], 0
            for piece, _ in pieces:
                words.append(data[at:at + len(piece)].hex())
                at += len(piece)
            assert at == len(data)
            lines += [f"text {way} {data.hex()}", "words " + " ".join(words),
                      "ids " + " ".join(str(token) for token in trained.encode(text).ids)]
    text = "\n".join(lines) + "\n"
    path = HERE / "tokenizer_golden.txt"
    if "--check" in sys.argv:
        return 0 if path.read_text() == text else "tokenizer_golden.txt differs"
    path.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
