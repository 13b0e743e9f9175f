// SPDX-License-Identifier: MIT
// Halftone tests: bytes of protobuf messages, as its specification's examples have them.
#include <halftone/io/onnx_encoding.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace halftone;
using namespace halftone::detail;

namespace {

using bytes = std::vector<std::uint8_t>;

}  // namespace

TEST_CASE("numbers are varints: seven bits a byte, the lowest first") {
  CHECK(protobuf_message().number(1, 150).bytes() == bytes{0x08, 0x96, 0x01});
  CHECK(protobuf_message().number(1, 0).bytes() == bytes{0x08, 0x00});
  CHECK(protobuf_message().number(1, 127).bytes() == bytes{0x08, 0x7f});
  CHECK(protobuf_message().number(1, 128).bytes() == bytes{0x08, 0x80, 0x01});
  CHECK(protobuf_message().number(20, 2).bytes() == bytes{0xa0, 0x01, 0x02});  // a field above 15 takes two bytes
  CHECK(protobuf_message().number(1, -2).bytes() == bytes{0x08, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01});
}

TEST_CASE("texts, messages and lists say how long they are") {
  CHECK(protobuf_message().text(2, "testing").bytes() == bytes{0x12, 0x07, 't', 'e', 's', 't', 'i', 'n', 'g'});
  CHECK(protobuf_message().text(2, "").bytes() == bytes{0x12, 0x00});
  CHECK(protobuf_message().message(3, protobuf_message().number(1, 150)).bytes() == bytes{0x1a, 0x03, 0x08, 0x96, 0x01});
  const std::size_t list[] = {3, 270, 86942};
  CHECK(protobuf_message().numbers(6, list).bytes() == bytes{0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05});
  protobuf_message joined = protobuf_message().number(1, 1);
  joined.append(protobuf_message().number(1, 2));
  CHECK(joined.bytes() == bytes{0x08, 0x01, 0x08, 0x02});
  CHECK(protobuf_message().text(1, std::string(200, 'x')).bytes().size() == 203);
}

TEST_CASE("nodes, tensors and values have the fields of onnx.proto") {
  const std::string_view inputs[] = {"a", "b"};
  CHECK(onnx_node_message("Add", inputs, "c", {}).bytes() ==
        bytes{0x0a, 1, 'a', 0x0a, 1, 'b', 0x12, 1, 'c', 0x1a, 1, 'c', 0x22, 3, 'A', 'd', 'd'});
  CHECK(onnx_node_message("X", {inputs, 1}, "c", {{"K", 5}}, "d").bytes() ==
        bytes{0x0a, 1, 'a', 0x12, 1, 'c', 0x1a, 1, 'c', 0x22, 1, 'X', 0x2a, 8, 0x0a, 1, 'K', 0x18, 5, 0xa0, 1, 2, 0x3a, 1, 'd'});
  const std::size_t extents[] = {2, 3};
  const std::uint8_t content[] = {9, 8};
  CHECK(onnx_tensor_message("w", onnx_type::INT4, extents, content).bytes() == bytes{0x0a, 2, 2, 3, 0x10, 22, 0x42, 1, 'w', 0x4a, 2, 9, 8});
  CHECK(onnx_tensor_message("s", onnx_type::FLOAT, {}, {}).bytes() == bytes{0x10, 1, 0x42, 1, 's', 0x4a, 0});
  CHECK(onnx_value_message("x", 7).bytes() == bytes{0x0a, 1, 'x', 0x12, 18, 0x0a, 16, 0x08, 1, 0x12, 12, 0x0a, 6, 0x12, 4, 'r', 'o', 'w', 's',
                                            0x0a, 2, 0x08, 7});
}
