# SPDX-License-Identifier: MIT
"""What the scripts that make seeds share: files of safetensors, and where seeds go."""
import json
import pathlib
import sys


def safetensors(tensors, metadata=None):
    """tensors: name -> (dtype, shape, bytes)."""
    header = {"__metadata__": metadata} if metadata else {}
    data = b""
    for name, (dtype, shape, content) in tensors.items():
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(content)]}
        data += content
    text = json.dumps(header, separators=(",", ":")).encode()
    return len(text).to_bytes(8, "little") + text + data


def write(seeds):
    """Writes each seed into the folder that the command line names."""
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in seeds.items():
        (folder / name).write_bytes(content)
