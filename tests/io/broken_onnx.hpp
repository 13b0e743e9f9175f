// SPDX-License-Identifier: MIT
// Halftone tests: .onnx files, each of which breaks one rule.
#pragma once

#include "onnx_builder.hpp"

#include <halftone/core/result.hpp>

#include <span>

namespace halftone_test {

/// One rule of the format broken once, what the reader is to say, and which field it is to point at: empty for the file's end.
struct broken_onnx {
  std::string_view rule;
  proto (*make)();
  halftone::file_error code;
  const char* field;
  const char* text;  // behind "onnx: "
};

namespace onnx_rules {

using namespace onnx_parts;
using enum halftone::file_error;
using enum halftone::onnx_type;

/// A field that is behind all others of the model.
inline proto with(const bytes& field) { return layer().raw(field, "here"); }
inline proto external(std::initializer_list<std::pair<std::string_view, std::string_view>> entries) {
  proto t = tensor("t", UINT8, {4}).number(14, 1, "where");
  for (const auto& [key, value] : entries) {
    t.message(13, proto().text(1, key).text(2, value), std::string(key));
  }
  return constant(t);
}

inline const broken_onnx wire[] = {
    {"a varint without an end", [] { return with({0x80}); }, truncated, "here", "model: it ends within a varint"},
    {"a varint of 11 bytes", [] { return with({0x18}).raw({128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 1}, "here"); }, malformed, "here", "model: a varint of more than 64 bits"},
    {"a varint of 65 bits", [] { return with({0x18}).raw({255, 255, 255, 255, 255, 255, 255, 255, 255, 2}, "here"); }, malformed, "here", "model: a varint of more than 64 bits"},
    {"field 0", [] { return with({0x00, 0x00}); }, malformed, "here", "model: there is no field 0"},
    {"field 2^29", [] { return with({0x80, 0x80, 0x80, 0x80, 0x10, 0x00}); }, malformed, "here", "model: there is no field 536870912"},
    {"field 2^32 + 1", [] { return with({0x88, 0x80, 0x80, 0x80, 0x80, 0x01, 0x00}); }, malformed, "here", "model: there is no field 4294967297"},
    {"a group", [] { return with({0x33}); }, malformed, "here", "model: field 6 has wire type 3"},
    {"the end of a group", [] { return with({0x34}); }, malformed, "here", "model: field 6 has wire type 4"},
    {"wire type 6", [] { return with({0x36}); }, malformed, "here", "model: field 6 has wire type 6"},
    {"wire type 7", [] { return with({0x37, 0x00}); }, malformed, "here", "model: field 6 has wire type 7"},
    {"bytes past the end", [] { return with({0x32, 0x05, 1, 2, 3, 4}); }, truncated, "here", "model: field 6 of 5 bytes, of which there are 4"},
    {"a length of 2^64 - 1", [] { return with({0x32, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1}); }, truncated, "here", "model: field 6 of 18446744073709551615 bytes, of which there are 0"},
    {"a length without an end", [] { return with({0x32}).raw({0x85}, "here"); }, truncated, "here", "model: it ends within a varint"},
    {"four bytes past the end", [] { return with({0x35, 1, 2, 3}); }, truncated, "here", "model: field 6 of 4 bytes, of which there are 3"},
    {"eight bytes past the end", [] { return with({0x31, 1, 2, 3, 4, 5, 6, 7}); }, truncated, "here", "model: field 6 of 8 bytes, of which there are 7"},
    {"a message that passes its parent",
     [] { return constant(proto().raw({0x0a, 0x7f}, "here")); }, truncated, "here", "tensor: field 1 of 127 bytes, of which there are 0"},
};

inline const broken_onnx models[] = {
    {"an empty file", [] { return proto(); }, malformed, "", "model: IR version 0"},
    {"no version", [] { return proto().message(7, proto()).message(8, proto().number(2, 21)); }, malformed, "start", "model: IR version 0"},
    {"version -1", [] { return proto().number(1, ~std::uint64_t{0}).message(7, proto()); }, malformed, "start", "model: IR version -1"},
    {"no graph", [] { return proto().number(1, 10).message(8, proto().number(2, 21)); }, malformed, "", "model: it has no graph"},
    {"no operators", [] { return proto().number(1, 10).message(7, proto()); }, malformed, "", "model: it imports no operators"},
    {"two versions", [] { return layer().number(1, 10, "here"); }, malformed, "here", "model: field 1 occurs twice"},
    {"two producers", [] { return layer().text(2, "p", "here"); }, malformed, "here", "model: field 2 occurs twice"},
    {"two graphs", [] { return layer().message(7, proto(), "here"); }, malformed, "here", "model: field 7 occurs twice"},
    {"a version of bytes", [] { return proto().text(1, "1", "here"); }, malformed, "here", "model: field 1 has wire type 2, not 0"},
    {"a producer of 4 bytes", [] { return proto().raw({0x15, 1, 2, 3, 4}, "here"); }, malformed, "here", "model: field 2 has wire type 5, not 2"},
    {"a graph that is a number", [] { return proto().number(1, 10).number(7, 1, "here"); }, malformed, "here", "model: field 7 has wire type 0, not 2"},
    {"operators that are a number", [] { return layer().number(8, 1, "here"); }, malformed, "here", "model: field 8 has wire type 0, not 2"},
    {"operators twice", [] { return layer().message(8, proto().number(2, 20), "here"); }, duplicate_name, "here", "operator set \"\" is imported twice"},
    {"operators twice, spelled out", [] { return layer().message(8, proto().text(1, "ai.onnx"), "here"); }, duplicate_name, "here", "operator set \"ai.onnx\" is imported twice"},
    {"two versions of operators", [] { return layer().message(8, proto().number(2, 20).number(2, 20, "here")); }, malformed, "here", "operator set: field 2 occurs twice"},
    {"two domains of operators", [] { return layer().message(8, proto().text(1, "a").text(1, "b", "here")); }, malformed, "here", "operator set: field 1 occurs twice"},
    {"65 sets of operators",
     [] {
       proto m = layer();
       for (int i = 0; i < 63; ++i) {
         m.message(8, proto().text(1, "d" + std::to_string(i)), "here");
       }
       return m;
     },
     too_large, "here", "model: more than 64 operator sets"},
};

inline const broken_onnx graphs[] = {
    {"two names of the graph", [] { return model(graph({}, {}).text(2, "again", "here")); }, malformed, "here", "graph: field 2 occurs twice"},
    {"a node that is a number", [] { return model(graph({}, {}).number(1, 1, "here")); }, malformed, "here", "graph: field 1 has wire type 0, not 2"},
    {"a constant that is a number", [] { return model(graph({}, {}).number(5, 1, "here")); }, malformed, "here", "graph: field 5 has wire type 0, not 2"},
    {"an input that is a number", [] { return model(graph({}, {}).number(11, 1, "here")); }, malformed, "here", "graph: field 11 has wire type 0, not 2"},
    {"an input without a name", [] { return model(graph({}, {}).message(11, proto(), "here")); }, malformed, "here", "value: it has no name"},
    {"an output without a name", [] { return model(graph({}, {}).message(12, proto().text(1, ""), "here")); }, malformed, "here", "value: it has no name"},
    {"two names of a value", [] { return model(graph({}, {}).message(12, proto().text(1, "a").text(1, "a", "here"))); }, malformed, "here", "value: field 1 occurs twice"},
    {"a node without an operator", [] { return model({node("", {}, "y")}, {}); }, malformed, "node", "node \"\": it has no operator"},
    {"two operators", [] { return model({node("A", {}, "y").text(4, "B", "here")}, {}); }, malformed, "here", "node: field 4 occurs twice"},
    {"two names of a node", [] { return model({node("A", {}, "y").text(3, "B", "here")}, {}); }, malformed, "here", "node: field 3 occurs twice"},
    {"two domains of a node", [] { return model({node("A", {}, "y", {}, "com.microsoft").text(7, "", "here")}, {}); }, malformed, "here", "node: field 7 occurs twice"},
    {"an input of a node that is a number", [] { return model({node("A", {}, "y").number(1, 2, "here")}, {}); }, malformed, "here", "node: field 1 has wire type 0, not 2"},
    {"an attribute that is a number", [] { return model({node("A", {}, "y").number(5, 2, "here")}, {}); }, malformed, "here", "node: field 5 has wire type 0, not 2"},
    {"an attribute without a name", [] { return model({node("A", {}, "y", {whole("", 1)})}, {}); }, malformed, "attribute", "attribute: it has no name"},
    {"two names of an attribute", [] { return model({node("A", {}, "y", {whole("a", 1).text(1, "b", "here")})}, {}); }, malformed, "here", "attribute: field 1 occurs twice"},
    {"two integers", [] { return model({node("A", {}, "y", {whole("a", 1).number(3, 1, "here")})}, {}); }, malformed, "here", "attribute: field 3 occurs twice"},
    {"two types of an attribute", [] { return model({node("A", {}, "y", {whole("a", 1).number(20, 2, "here")})}, {}); }, malformed, "here", "attribute: field 20 occurs twice"},
    {"a float of 8 bytes", [] { return model({node("A", {}, "y", {whole("a", 1).raw({0x11, 1, 2, 3, 4, 5, 6, 7, 8}, "here")})}, {}); }, malformed, "here", "attribute: field 2 has wire type 1, not 5"},
    {"a text that is a number", [] { return model({node("A", {}, "y", {whole("a", 1).number(4, 1, "here")})}, {}); }, malformed, "here", "attribute: field 4 has wire type 0, not 2"},
    {"a tensor that is a number", [] { return model({node("A", {}, "y", {whole("a", 1).number(5, 1, "here")})}, {}); }, malformed, "here", "attribute: field 5 has wire type 0, not 2"},
    {"two attributes of a name", [] { return model({node("A", {}, "y", {whole("a", 1), whole("b", 1), whole("a", 2)})}, {}); }, duplicate_name, "node", "node \"A\": two attributes are called \"a\""},
    {"two constants of a name", [] { return model({}, {float_tensor("t", {}, {1}), float_tensor("t", {}, {1})}); }, duplicate_name, "tensor", "two tensors are called \"t\""},
    {"two nodes that make a value", [] { return model({node("A", {}, "y"), node("B", {}, "y")}, {}); }, duplicate_name, "node", "two nodes make \"y\""},
    {"a node that makes a constant", [] { return model({node("A", {}, "t")}, {float_tensor("t", {}, {1})}); }, duplicate_name, "node", "a node makes \"t\", which is a constant"},
    {"a constant of a node that is broken", [] { return model({node("Constant", {}, "c", {proto().text(1, "value").message(5, tensor("", INT8, {2}, {1}))})}, {}); }, bad_extent, "data", "tensor \"\": 2 bytes as INT8, its data have 1"},
};

inline const broken_onnx tensors[] = {
    {"no name", [] { return constant(float_tensor("", {}, {1})); }, malformed, "tensor", "tensor: it has no name"},
    {"no type", [] { return constant(proto().text(8, "t")); }, unknown_type, "tensor", "tensor \"t\": unknown type 0"},
    {"type 27", [] { return constant(proto().number(2, 27).text(8, "t")); }, unknown_type, "tensor", "tensor \"t\": unknown type 27"},
    {"type 2^32 + 1", [] { return constant(proto().number(2, 0x100000001).text(8, "t")); }, unknown_type, "tensor", "tensor \"t\": unknown type 4294967297"},
    {"two types", [] { return constant(float_tensor("t", {}, {1}).number(2, 1, "here")); }, malformed, "here", "tensor: field 2 occurs twice"},
    {"a type of bytes", [] { return constant(proto().text(8, "t").text(2, "1", "here")); }, malformed, "here", "tensor: field 2 has wire type 2, not 0"},
    {"two names", [] { return constant(float_tensor("t", {}, {1}).text(8, "u", "here")); }, malformed, "here", "tensor: field 8 occurs twice"},
    {"data twice", [] { return constant(float_tensor("t", {}, {1}).floats(9, {1}, "here")); }, malformed, "here", "tensor: field 9 occurs twice"},
    {"raw data that are a number", [] { return constant(tensor("t", INT8, {1}).number(9, 1, "here")); }, malformed, "here", "tensor: field 9 has wire type 0, not 2"},
    {"a negative dimension", [] { return constant(tensor("t", INT8, {2}).number(1, ~std::uint64_t{2}, "here")); }, malformed, "here", "tensor: dimension 1 is -3"},
    {"17 dimensions", [] { return constant(tensor("t", INT8, {1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1}, {1}).number(1, 1, "here")); }, too_large, "here", "tensor: more than 16 dimensions"},
    {"dimensions of 4 bytes", [] { return constant(tensor("t", INT8, {}).raw({0x0d, 1, 0, 0, 0}, "here")); }, malformed, "here", "tensor: field 1 has wire type 5, not 2"},
    {"dimensions that end within a varint", [] { return constant(tensor("t", INT8, {}).raw({0x0a, 1}).raw({0x80}, "here")); }, truncated, "here", "tensor: it ends within a varint"},
    {"bits that pass 2^64", [] { return constant(tensor("t", INT8, {0x7fffffff, 0x7fffffff, 0x7fffffff}, {1})); }, too_large, "tensor", "tensor \"t\": its bits pass 2^64"},
    {"bits that wrap to those of its data", [] { return constant(tensor("t", INT8, {0x2000000000000001, 8}, {1})); }, too_large, "tensor", "tensor \"t\": its bits pass 2^64"},
    {"a byte too few", [] { return constant(tensor("t", INT16, {2}, {1, 2, 3})); }, bad_extent, "data", "tensor \"t\": 4 bytes as INT16, its data have 3"},
    {"a byte too many", [] { return constant(tensor("t", INT4, {3}, {1, 2, 3})); }, bad_extent, "data", "tensor \"t\": 2 bytes as INT4, its data have 3"},
    {"no data", [] { return constant(tensor("t", FLOAT, {2})); }, bad_extent, "tensor", "tensor \"t\": 8 bytes as FLOAT, its data have 0"},
    {"a number too few", [] { return constant(tensor("t", INT16, {2}).numbers(5, {1}, "here")); }, bad_extent, "here", "tensor \"t\": 4 bytes as INT16, its data have 2"},
    {"texts as raw data", [] { return constant(tensor("t", STRING, {1}, {1})); }, bad_extent, "data", "tensor \"t\": 0 bytes as STRING, its data have 1"},
    {"floats of INT8", [] { return constant(tensor("t", INT8, {4}).floats(4, {1}, "here")); }, malformed, "here", "tensor \"t\": data of INT8 in field 4, not 5"},
    {"data in two fields", [] { return constant(tensor("t", FLOAT, {1}).floats(4, {1}).floats(9, {1}, "here")); }, malformed, "here", "tensor: data in fields 4 and 9"},
    {"raw data and numbers", [] { return constant(tensor("t", INT8, {1}, {1}).numbers(5, {1}, "here")); }, malformed, "here", "tensor: data in fields 9 and 5"},
    {"floats of 5 bytes", [] { return constant(tensor("t", FLOAT, {1}).content(4, {1, 2, 3, 4, 5}, "here")); }, malformed, "here", "tensor: field 4 is a list of 5 bytes, not of numbers of 4"},
    {"doubles of 4 bytes", [] { return constant(tensor("t", DOUBLE, {1}).raw({0x55, 1, 2, 3, 4}, "here")); }, malformed, "here", "tensor: field 10 has wire type 5, not 2"},
    {"a number of 33 bits", [] { return constant(tensor("t", INT32, {1}).number(5, 0x80000000, "here")); }, malformed, "here", "tensor: a number of more than 32 bits"},
    {"a text that is a number", [] { return constant(tensor("t", STRING, {1}).number(6, 1, "here")); }, malformed, "here", "tensor: field 6 has wire type 0, not 2"},
    {"a segment", [] { return constant(tensor("t", INT8, {1}, {1}).message(3, proto(), "here")); }, unknown_type, "here", "tensor: it is a segment, which is not read"},
    {"location 2", [] { return constant(tensor("t", INT8, {1}, {1}).number(14, 2)); }, unknown_type, "tensor", "tensor \"t\": unknown location 2 of its data"},
    {"two locations", [] { return constant(tensor("t", INT8, {1}, {1}).number(14, 0).number(14, 1, "here")); }, malformed, "here", "tensor: field 14 occurs twice"},
};

inline const broken_onnx externals[] = {
    {"no location", [] { return external({}); }, malformed, "tensor", "tensor \"t\": its data are in \"\", which is no file beside the model"},
    {"above the model", [] { return external({{"location", "../weights"}}); }, malformed, "location", "tensor \"t\": its data are in \"../weights\", which is no file beside the model"},
    {"above the model, in the middle", [] { return external({{"location", "a/../../weights"}}); }, malformed, "location", "which is no file beside the model"},
    {"above the model, at the end", [] { return external({{"location", "a/.."}}); }, malformed, "location", "which is no file beside the model"},
    {"an absolute path", [] { return external({{"location", "/etc/passwd"}}); }, malformed, "location", "which is no file beside the model"},
    {"a path of another system", [] { return external({{"location", "..\\weights"}}); }, malformed, "location", "which is no file beside the model"},
    {"a drive", [] { return external({{"location", "C:weights"}}); }, malformed, "location", "which is no file beside the model"},
    {"a zero byte", [] { return external({{"location", std::string_view("a\0b", 3)}}); }, malformed, "location", "which is no file beside the model"},
    {"a folder", [] { return external({{"location", "weights/"}}); }, malformed, "location", "which is no file beside the model"},
    {"an offset that is no number", [] { return external({{"location", "w"}, {"offset", "-1"}}); }, malformed, "offset", "external data: offset \"-1\" is no number"},
    {"an offset with an end", [] { return external({{"location", "w"}, {"offset", "12 "}}); }, malformed, "offset", "external data: offset \"12 \" is no number"},
    {"an offset of 2^64", [] { return external({{"location", "w"}, {"offset", "18446744073709551616"}}); }, malformed, "offset", "is no number"},
    {"a length that is empty", [] { return external({{"location", "w"}, {"length", ""}}); }, malformed, "length", "external data: length \"\" is no number"},
    {"another length", [] { return external({{"location", "w"}, {"length", "5"}}); }, bad_extent, "tensor", "tensor \"t\": 4 bytes as UINT8, its external data have 5"},
    {"data here, too", [] { return constant(tensor("t", UINT8, {1}, {1}).number(14, 1)); }, malformed, "data", "tensor \"t\": data here and in another file"},
    {"an entry that is a number", [] { return constant(tensor("t", UINT8, {1}).number(13, 1, "here")); }, malformed, "here", "tensor: field 13 has wire type 0, not 2"},
    {"two keys", [] { return constant(tensor("t", UINT8, {1}).message(13, proto().text(1, "a").text(1, "b", "here"))); }, malformed, "here", "external data: field 1 occurs twice"},
};

}  // namespace onnx_rules

/// All of them.
inline std::vector<broken_onnx> broken_onnx_files() {
  std::vector<broken_onnx> all;
  for (const std::span<const broken_onnx> some :
       {std::span<const broken_onnx>(onnx_rules::wire), std::span<const broken_onnx>(onnx_rules::models),
        std::span<const broken_onnx>(onnx_rules::graphs), std::span<const broken_onnx>(onnx_rules::tensors),
        std::span<const broken_onnx>(onnx_rules::externals)}) {
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

}  // namespace halftone_test
