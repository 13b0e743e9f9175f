# SPDX-License-Identifier: MIT
"""The text the bundled model is trained on, and the part of it that it never sees.

Debian's package bible-kjv prints the King James translation (1611, public domain). Every verse becomes one line,
every chapter starts with its name, verse numbers are dropped. Every 33rd chapter is held out whole.
"""

import re
import subprocess

HELD_OUT_EVERY = 33
ALPHABET = [*range(33, 127), *range(161, 173), *range(174, 256)]
ALPHABET += [byte for byte in range(256) if byte not in ALPHABET]  # GPT-2's order of the 256 bytes
TOKEN_OF_BYTE = {byte: token for token, byte in enumerate(ALPHABET)}
END_OF_TEXT = 256


def chapters() -> list[str]:
    """All chapters in order, each "Name number", an empty line, one verse a line, an empty line."""
    raw = subprocess.run(["bible", "-l0", "gen1:1-rev22:21"], check=True, capture_output=True, text=True).stdout
    parts = re.split(r"^([1-3A-Z][A-Za-z ]* \d+)$", raw, flags=re.MULTILINE)[1:]
    result = []
    for title, body in zip(parts[0::2], parts[1::2]):
        verses = [re.sub(r"^\s*\d+\s+", "", line).strip() for line in body.splitlines()]
        result.append(title + "\n\n" + "\n".join(verse for verse in verses if verse) + "\n\n")
    return result


def split() -> tuple[list[str], list[str]]:
    """(training chapters, held-out chapters)."""
    everything = chapters()
    held_out = [c for i, c in enumerate(everything) if i % HELD_OUT_EVERY == HELD_OUT_EVERY // 2]
    training = [c for i, c in enumerate(everything) if i % HELD_OUT_EVERY != HELD_OUT_EVERY // 2]
    return training, held_out


def encode(text: str) -> list[int]:
    return [TOKEN_OF_BYTE[byte] for byte in text.encode("utf-8")]
