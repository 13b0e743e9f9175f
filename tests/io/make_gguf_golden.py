# SPDX-License-Identifier: MIT
"""Writes tests/io/gguf_golden/ with the Python package gguf: small files, what its reader says of them, and its types.

usage: make_gguf_golden.py <folder>
The committed files are from gguf 0.19.0 with numpy 2.4.6 (pip install gguf==0.19.0).

A listing has one line for each key and each tensor:
  meta KEY TYPE VALUE      integers in decimal, floats by their bits, strings by their bytes, arrays as TYPE:[VALUE ...]
  tensor NAME TYPE DIMS OFFSET BYTES
"""
import pathlib
import struct
import sys

import gguf
import numpy as np
from gguf import GGMLQuantizationType as Q
from gguf import GGUFValueType as V

folder = pathlib.Path(sys.argv[1])
folder.mkdir(parents=True, exist_ok=True)


def name_of(kind):
    """ggml's, but for "string" and "array"."""
    return kind.name.lower().replace("uint", "u").replace("int", "i").replace("float", "f")


def shown(value, kind):
    if kind == V.FLOAT32:
        return struct.pack(">f", value).hex()
    if kind == V.FLOAT64:
        return struct.pack(">d", value).hex()
    if kind == V.STRING:
        return "'" + (value.encode() if isinstance(value, str) else value).hex()
    return str(int(value))


def field_value(field):
    """What the package's reader says of a field."""
    kind = field.types[0]
    if kind == V.STRING:
        return shown(bytes(field.parts[-1]), kind)
    if kind != V.ARRAY:
        return shown(field.parts[-1][0], kind)
    inner = field.types[1]
    values = [bytes(field.parts[i]) if inner == V.STRING else field.parts[i][0] for i in field.data]
    return f"{name_of(inner)}:[" + " ".join(shown(v, inner) for v in values) + "]"


def listing(path):
    reader = gguf.GGUFReader(path)
    order = {"little": "<", "big": ">"}["big" if reader.endianess == gguf.GGUFEndian.BIG else "little"]
    assert order == (">" if "big" in path.name else "<")
    for name, field in reader.fields.items():
        if not name.startswith("GGUF."):
            yield f"meta {name} {name_of(field.types[0])} {field_value(field)}"
    for tensor in reader.tensors:
        dims = "x".join(str(d) for d in tensor.shape.tolist()) or "-"
        content = tensor.data.tobytes().hex()
        yield f"tensor {tensor.name} {tensor.tensor_type.name} {dims} {tensor.data_offset} {content}"


def finish(writer, listed=True):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    if listed:
        for path in sorted(folder.glob(writer.path.stem + "*.gguf")):
            path.with_suffix(".txt").write_text("\n".join(listing(path)) + "\n")


def writer_of(name, **options):
    return gguf.GGUFWriter(folder / f"{name}.gguf", "test", **options)


def scalars(writer):
    """Every type of value, at its ends."""
    for kind, low, high in ((V.UINT8, 0, 255), (V.INT8, -128, 127), (V.UINT16, 0, 65535), (V.INT16, -32768, 32767),
                            (V.UINT32, 0, 2**32 - 1), (V.INT32, -2**31, 2**31 - 1), (V.UINT64, 0, 2**64 - 1),
                            (V.INT64, -2**63, 2**63 - 1)):
        writer.add_key_value(f"low.{kind.name.lower()}", low, kind)
        writer.add_key_value(f"high.{kind.name.lower()}", high, kind)
        writer.add_key_value(f"list.{kind.name.lower()}", [low, 1, high], V.ARRAY, sub_type=kind)
    for kind in (V.FLOAT32, V.FLOAT64):
        values = [0.1, -0.0, float("inf"), 1e-40, -1.5]
        for i, value in enumerate(values):
            writer.add_key_value(f"{kind.name.lower()}.{i}", value, kind)
        writer.add_key_value(f"list.{kind.name.lower()}", values, V.ARRAY, sub_type=kind)
    writer.add_bool("yes", True)
    writer.add_bool("no", False)
    writer.add_array("list.bool", [True, False, True])
    writer.add_string("text", "naïve \u2211 \U0001f600\0\n")
    writer.add_key_value("empty", "", V.STRING)
    writer.add_array("list.string", ["<s>", "", "\u2581the", "\0"])
    writer.add_key_value("list.bytes", [b"\xff\xfe", b"\xe2\x96"], V.ARRAY, sub_type=V.STRING)


def tensors(writer, generator):
    """Ranks 1 to 4, types with and without blocks, sizes off the alignment."""
    writer.add_tensor("f32", generator.standard_normal((3, 5), dtype=np.float32))
    writer.add_tensor("f16", generator.standard_normal(7, dtype=np.float32).astype(np.float16))
    writer.add_tensor("f64", generator.standard_normal((1, 2, 3)))
    writer.add_tensor("i8", np.arange(-3, 4, dtype=np.int8))
    writer.add_tensor("i16", np.arange(-3, 3, dtype=np.int16).reshape(2, 3))
    writer.add_tensor("i32", np.array([[[[-2**31]], [[2**31 - 1]]]], dtype=np.int32))
    writer.add_tensor("i64", np.array([-2**63, 2**63 - 1], dtype=np.int64))
    for kind, shape in ((Q.BF16, (2, 3)), (Q.Q4_0, (3, 32)), (Q.Q8_0, (2, 64)), (Q.Q4_K, (1, 256)),
                        (Q.MXFP4, (2, 2, 32)), (Q.Q1_0, (128,)), (Q.NVFP4, (2, 64))):
        size = gguf.quant_shape_to_byte_shape(shape, kind)
        writer.add_tensor(kind.name.lower(), generator.integers(0, 256, size, dtype=np.uint8), raw_dtype=kind)


(folder / "types.txt").write_text("".join(f"{kind.value} {kind.name} {block} {size}\n"
                                          for kind, (block, size) in gguf.GGML_QUANT_SIZES.items()))
for stem, options in (("little", {}), ("big", {"endianess": gguf.GGUFEndian.BIG})):
    writer = writer_of(stem, **options)
    scalars(writer)
    tensors(writer, np.random.default_rng(1))
    finish(writer)

writer = writer_of("aligned")
writer.add_custom_alignment(256)
writer.add_tensor("a", np.arange(3, dtype=np.float32))
writer.add_tensor("scalar", np.array(2.5, dtype=np.float32))
writer.add_tensor("none", np.zeros((2, 0), dtype=np.float32))
writer.add_tensor("b", np.arange(65, dtype=np.int32))
finish(writer)

finish(writer_of("no_tensors"))

writer = writer_of("split", split_max_size=40)
writer.add_uint32("some.number", 7)
for i in range(5):
    writer.add_tensor(f"t{i}", np.arange(4 + i, dtype=np.float32))
finish(writer)

# Its reader flattens arrays inside arrays: there is no listing.
writer = writer_of("nested")
writer.add_array("matrix", [[1, 2, 3], [4], [-5, 6]])
writer.add_array("words", [["a", "bc"], [""]])
writer.add_array("deep", [[[1.5]], [[2.5, -3.5], [0.0]]])
finish(writer, listed=False)
