// SPDX-License-Identifier: MIT
// Halftone tests: .tflite files, each of which breaks one rule.
#pragma once

#include "tflite_builder.hpp"

#include <halftone/core/result.hpp>

#include <span>

namespace halftone_test {

/// One rule of the format broken once, and what the reader is to say; the offset is the builder's `here`.
struct broken_tflite {
  std::string_view rule;
  flat_builder (*make)();
  halftone::file_error code;
  const char* text;  // behind "tflite: "
};

namespace tflite_rules {

using enum halftone::file_error;
using file = flat_builder;

inline const broken_tflite header[] = {
    {"empty file", [] { return layer_file().cut(0).here(0); }, truncated, "a file of 0 bytes has no header of 8"},
    {"seven bytes", [] { return layer_file().cut(7).here(7); }, truncated, "a file of 7 bytes has no header of 8"},
    {"another format", [] { return layer_file().set(4, 'X', 1).here(4); }, malformed, "the file does not hold \"TFL3\" at 4"},
    {"header alone", [] { return layer_file().cut(8).here(0); }, bad_extent, "model: the root at 24 passes the end of 8 bytes"},
    {"root of offset 0", [] { return layer_file().set(0, 0, 4).here(0); }, malformed, "model: the root has offset 0"},
    {"root far away", [] { return layer_file().set(0, 0xfffffffc, 4).here(0); }, bad_extent,
     "model: the root at 4294967292 passes the end of 730 bytes"},
    {"root off its alignment", [] { return layer_file().set(0, 26, 4).here(0); }, malformed,
     "model: the root at 26 is not aligned to 4 bytes"},
    {"version 2", [] { return layer_file().set("model/0", 2, 4).here("model"); }, malformed, "version 2 is not 3"},
    {"no version", [] { return layer_file().drop("model", 0).here("model"); }, malformed, "version 0 is not 3"},
};

inline const broken_tflite tables[] = {
    {"a vtable before the file", [] { return layer_file().set("model", 1000, 4).here("model"); }, bad_extent,
     "model: its vtable at -976 is outside of the file"},
    {"a vtable behind the file", [] { return layer_file().set("x", static_cast<std::uint32_t>(-100000), 4).here("x"); }, bad_extent,
     "tensor 0: its vtable at 100220 is outside of the file"},
    {"a vtable at the last two bytes",
     [] {
       file f = layer_file();
       return f.set("w.data", f.at("w.data") - (f.file().size() - 2), 4).here("w.data");
     },
     bad_extent, "buffer 1: its vtable at 728 is outside of the file"},
    {"a vtable at an odd place", [] { return layer_file().set("w", 1, 4).here("w"); }, malformed, "is not aligned to 2 bytes"},
    {"a vtable of 2 bytes", [] { return layer_file().set("w.vtable", 2, 2).here("w.vtable"); }, malformed,
     "tensor 1: a vtable of 2 bytes, of which the file has"},
    {"a vtable of 5 bytes", [] { return layer_file().set("w.vtable", 5, 2).here("w.vtable"); }, malformed,
     "tensor 1: a vtable of 5 bytes, of which the file has"},
    {"a vtable past the end", [] { return layer_file().set("w.data.vtable", 65534, 2).here("w.data.vtable"); }, malformed,
     "buffer 1: a vtable of 65534 bytes, of which the file has"},
    {"a table of 3 bytes", [] { return layer_file().set(layer_file().at("w.vtable") + 2, 3, 2).here(layer_file().at("w.vtable") + 2); },
     malformed, "tensor 1: a table of 3 bytes, of which the file has"},
    {"a table past the end",
     [] { return layer_file().set(layer_file().at("w.data.vtable") + 2, 65535, 2).here(layer_file().at("w.data.vtable") + 2); },
     malformed, "buffer 1: a table of 65535 bytes, of which the file has"},
    {"a field on the vtable's distance", [] { return layer_file().set(layer_file().at("op.vtable") + 4, 2, 2).here("op", 0); },
     malformed, "operator 0: its code of 4 bytes at 2 of a table of 24"},
    {"a field past its table", [] { return layer_file().set(layer_file().at("op.vtable") + 4, 21, 2).here("op", 0); }, malformed,
     "operator 0: its code of 4 bytes at 21 of a table of 24"},
    {"a field off its alignment", [] { return layer_file().set(layer_file().at("op.vtable") + 4, 6, 2).here("op", 0); }, malformed,
     "is not aligned to 4 bytes"},
    {"a table of offset 0", [] { return layer_file().set("tensors[2]", 0, 4).here("tensors[2]"); }, malformed,
     "tensor 2: its place has offset 0"},
    {"a table past the end, in a list", [] { return layer_file().set("buffers[1]", 100000, 4).here("buffers[1]"); }, bad_extent,
     "buffer 1: its place at "},
    {"a list of offset 0", [] { return layer_file().set("graph/0", 0, 4).here("graph/0"); }, malformed,
     "graph 0: its tensors has offset 0"},
    {"a list past the end", [] { return layer_file().set("model/2", 5000, 4).here("model/2"); }, bad_extent,
     "model: its graphs at "},
    {"a list off its alignment", [] { return layer_file().set("model/1", 22, 4).here("model/1"); }, malformed,
     "is not aligned to 4 bytes"},
    {"one entry too many", [] { return layer_file().set("w.bytes", 7, 4).here("w.bytes"); }, truncated,
     "buffer 1: its data of 7 entries, the file has room for 6"},
    {"2^32 - 1 tables", [] { return layer_file().set("tensors", 0xffffffff, 4).here("tensors"); }, truncated,
     "graph 0: its tensors of 4294967295 entries, the file has room for "},
    {"entries whose bytes wrap", [] { return layer_file().set("xq.z", 0x20000000, 4).here("xq.z"); }, truncated,
     "quantization of tensor 0: its zero points of 536870912 entries, the file has room for "},
    {"entries of 8 bytes off their alignment",
     [] {
       file f = layer_file();
       const std::size_t count = f.at("wq.z") - 4;
       return f.set(f.at("wq/3"), count - f.at("wq/3"), 4).set(count, 0, 4).here(count);
     },
     malformed, "is not aligned to 8 bytes"},
    {"a string without its zero", [] { return layer_file().set("xn.zero", 'y', 1).here("xn.zero"); }, malformed,
     "tensor 0: its name of 1 bytes does not end in a zero byte"},
    {"a string that ends with the file",
     [] {
       file f = layer_file();
       return f.set("yn", f.file().size() - f.at("yn") - 4, 4).here(f.file().size());
     },
     malformed, "bytes does not end in a zero byte"},
    {"a list that is shared too often",
     [] {
       file f;
       f.table("model", {{0, 4, 3}, {2, 4, 0, "graphs"}});
       f.tables("graphs", std::vector<std::string>(100, "graph")).table("graph", {{0, 4, 0, "tensors"}});
       f.tables("tensors", std::vector<std::string>(100, "t")).table("t", {});
       return f.finish().here("tensors");
     },
     too_large, "lists that are shared have more entries than the file has bytes"},
};

inline const broken_tflite tensors[] = {
    {"type 23", [] { return layer_file().set("w/1", 23, 1).here("w/1"); }, unknown_type, "tensor \"w\": unknown type 23"},
    {"type -1", [] { return layer_file().set("w/1", 255, 1).here("w/1"); }, unknown_type, "tensor \"w\": unknown type -1"},
    {"9 dimensions",
     [] {
       file f = layer_file();
       return f.set("ws", 9, 4).here("ws");
     },
     too_large, "tensor \"w\": 9 dimensions, more than 8"},
    {"a negative dimension", [] { return layer_file().set("ws[1]", 0xfffffffd, 4).here("ws[1]"); }, malformed,
     "tensor \"w\": dimension 1 is -3"},
    {"bits that pass 2^64",
     [] {
       file f;
       f.table("model", {{0, 4, 3}, {2, 4, 0, "graphs"}, {4, 4, 0, "buffers"}}).tables("graphs", {"graph"});
       f.table("graph", {{0, 4, 0, "tensors"}}).tables("tensors", {"t"}).table("t", {{0, 4, 0, "ts"}, {1, 1, 9}, {2, 4, 1}});
       f.numbers("ts", 4, {0x7fffffff, 0x7fffffff, 0x7fffffff}).tables("buffers", {"none", "one"}).table("none", {});
       f.table("one", {{0, 4, 0, "bytes"}}).numbers("bytes", 1, {1});
       return f.finish().here("t");
     },
     too_large, "tensor 0: its bits pass 2^64"},
    {"a byte too few", [] { return layer_file().set("w.bytes", 5, 4).here("w"); }, bad_extent,
     "tensor \"w\": 6 bytes as INT8, its buffer has 5"},
    {"a shape of more", [] { return layer_file().set("bs[0]", 3, 4).here("b"); }, bad_extent,
     "tensor \"b\": 12 bytes as INT32, its buffer has 8"},
    {"a nibble too many", [] { return float_file().set("qs[0]", 2, 4).here("q"); }, bad_extent,
     "tensor 2: 3 bytes as INT4, its buffer has 5"},
    {"a scalar of 8 bytes", [] { return layer_file().set("bs", 0, 4).here("b"); }, bad_extent,
     "tensor \"b\": 4 bytes as INT32, its buffer has 8"},
    {"buffer 3 of 3", [] { return layer_file().set("w/2", 3, 4).here("w/2"); }, malformed, "tensor \"w\": buffer 3 of 3"},
    {"buffer 2^32 - 1", [] { return layer_file().set("w/2", 0xffffffff, 4).here("w/2"); }, malformed,
     "tensor \"w\": buffer 4294967295 of 3"},
    {"zero points of another count", [] { return layer_file().set("wq.z", 1, 4).here("wq.z"); }, malformed,
     "tensor \"w\": 2 scales and 1 zero points"},
    {"zero points without scales", [] { return layer_file().drop("xq", 2).here("xq.z"); }, malformed,
     "tensor \"x\": 0 scales and 1 zero points"},
    {"scales along axis 1, of 3", [] { return layer_file().set("wq/6", 1, 4).here("wq.s"); }, malformed,
     "tensor \"w\": 2 scales along axis 1, of another length"},
    {"scales along axis 2", [] { return layer_file().set("wq/6", 2, 4).here("wq.s"); }, malformed,
     "tensor \"w\": 2 scales along axis 2, of another length"},
    {"scales along axis -1", [] { return layer_file().set("wq/6", 0xffffffff, 4).here("wq.s"); }, malformed,
     "tensor \"w\": 2 scales along axis -1, of another length"},
    {"blocks without elements", [] { return block_file().set("wb/2", 0, 4).here("w"); }, malformed,
     "tensor \"w\": blocks of 0 elements with scales in tensor 1"},
    {"blocks of -1", [] { return block_file().set("wb/2", 0xffffffff, 4).here("w"); }, malformed, "tensor \"w\": blocks of -1 elements"},
    {"scales in tensor -1", [] { return block_file().set("wb/0", 0xffffffff, 4).here("w"); }, malformed,
     "tensor \"w\": blocks of 2 elements with scales in tensor -1"},
    {"blocks that are not described", [] { return block_file().drop("wq", 5).here("w"); }, malformed,
     "tensor \"w\": blocks of 0 elements with scales in tensor 0"},
    {"scales in tensor 2 of 2", [] { return block_file().set("wb/0", 2, 4).here("w"); }, malformed,
     "tensor 0: scales of its blocks in tensor 2 of 2"},
    {"data behind the end", [] { return float_file().set("half/2", 5, 8).here("half/1"); }, bad_extent,
     "buffer 1: 5 bytes at offset "},
    {"an offset behind the end", [] { return float_file().set("half/1", 100000, 8).here("half/1"); }, bad_extent,
     "buffer 1: 4 bytes at offset 100000 pass the end of"},
    {"offset and size wrap", [] { return float_file().set("half/2", ~std::uint64_t{0}, 8).here("half/1"); }, bad_extent,
     "buffer 1: 18446744073709551615 bytes at offset "},
};

inline const broken_tflite graphs[] = {
    {"input 4 of 4", [] { return layer_file().set("in[0]", 4, 4).here("in[0]"); }, malformed, "inputs of graph 0: tensor 4 of 4"},
    {"output -2", [] { return layer_file().set("out[0]", 0xfffffffe, 4).here("out[0]"); }, malformed,
     "outputs of graph 0: tensor -2 of 4"},
    {"input of an operator", [] { return layer_file().set("op.i[2]", 0x7fffffff, 4).here("op.i[2]"); }, malformed,
     "inputs of operator 0: tensor 2147483647 of 4"},
    {"output of an operator", [] { return layer_file().set("op.o[0]", 5, 4).here("op.o[0]"); }, malformed,
     "outputs of operator 0: tensor 5 of 4"},
    {"an operator code that does not exist", [] { return layer_file().set("op/0", 1, 4).here("op"); }, malformed,
     "operator 0: code 1 of 1"},
};

}  // namespace tflite_rules

/// All of them.
inline std::vector<broken_tflite> broken_tflite_files() {
  std::vector<broken_tflite> all;
  for (const std::span<const broken_tflite> some :
       {std::span<const broken_tflite>(tflite_rules::header), std::span<const broken_tflite>(tflite_rules::tables),
        std::span<const broken_tflite>(tflite_rules::tensors), std::span<const broken_tflite>(tflite_rules::graphs)}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace halftone_test
