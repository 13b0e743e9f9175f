// SPDX-License-Identifier: MIT
// Halftone tests: the bytes of a small ONNX model.
#include <halftone/io/onnx_writer.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace halftone;

namespace {
std::vector<std::uint8_t> bytes_of(std::string_view text) { return {text.begin(), text.end()}; }
}  // namespace

TEST_CASE("a message is tags, lengths and numbers of seven bits a byte") {
  detail::protobuf_writer inner, outer;
  inner.number(1, 300);
  inner.number(20, 2);
  outer.text(2, "ab");
  outer.message(7, inner);
  CHECK(outer.written() == bytes_of(std::string_view("\x12\x02" "ab" "\x3a\x06\x08\xac\x02\xa0\x01\x02", 12)));
  detail::protobuf_writer negative;
  negative.number(3, static_cast<std::uint64_t>(std::int64_t{-1}));  // ten bytes, as protobuf has negative numbers
  CHECK(negative.written() == std::vector<std::uint8_t>{0x18, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1});
}

TEST_CASE("a model of one node") {
  onnx_model_writer model;
  model.input("x", onnx_type::FLOAT, std::array{onnx_model_writer::any, std::int64_t{2}});
  model.output("y", onnx_type::FLOAT, std::array{onnx_model_writer::any, std::int64_t{1}});
  model.initializer("w", onnx_type::INT4, std::array{std::int64_t{2}}, std::array<std::uint8_t, 1>{0x21});
  model.node("Op", "com.microsoft", std::array<std::string, 2>{"x", "w"}, std::array<std::string, 1>{"y"},
             std::array{onnx_attribute{"K", 2}});
  const std::string x("\x5a\x11\x0a\x01x\x12\x0c\x0a\x0a\x08\x01\x12\x06\x0a\x00\x0a\x02\x08\x02", 19);
  const std::string y("\x62\x11\x0a\x01y\x12\x0c\x0a\x0a\x08\x01\x12\x06\x0a\x00\x0a\x02\x08\x01", 19);
  const std::string w("\x2a\x0a\x08\x02\x10\x16\x42\x01w\x4a\x01\x21", 12);
  const std::string node = std::string("\x0a\x26\x0a\x01x\x0a\x01w\x12\x01y\x22\x02Op", 15) + std::string("\x2a\x08\x0a\x01K\x18\x02\xa0\x01\x02", 10) +
                           "\x3a\x0d" "com.microsoft";
  const std::string graph = x + y + w + node + "\x12\x08" "halftone";
  const std::string sets = std::string("\x42\x02\x10\x15\x42\x11\x0a\x0d", 8) + "com.microsoft" + "\x10\x01";
  const std::string expected =
      std::string("\x08\x0a\x12\x08") + "halftone" + "\x3a" + static_cast<char>(graph.size()) + graph + sets;
  REQUIRE(graph.size() < 128);
  CHECK(model.bytes() == bytes_of(expected));
  CHECK(model.bytes(25)[1] == 13);  // int2 came with a newer version of the format
}
