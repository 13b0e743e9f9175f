// SPDX-License-Identifier: MIT
// Halftone: messages of protobuf, and those of ONNX that a model needs, as bytes.
#pragma once

#include <halftone/io/onnx_type.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace halftone::inline v0_1::detail {

/// A message of protobuf: fields in the order of the calls, so that the same calls give the same bytes.
class protobuf_message {
 public:
  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const noexcept { return bytes_; }

  /// An integer; negative ones as their 64-bit complement, as int64 wants.
  protobuf_message& number(unsigned field, std::int64_t value) {
    varint(std::uint64_t{field} << 3);
    varint(static_cast<std::uint64_t>(value));
    return *this;
  }
  /// Bytes: a string, or the list of a packed field.
  protobuf_message& bytes(unsigned field, std::span<const std::uint8_t> value) {
    varint(std::uint64_t{field} << 3 | 2);
    varint(value.size());
    bytes_.insert(bytes_.end(), value.begin(), value.end());
    return *this;
  }
  protobuf_message& text(unsigned field, std::string_view value) {
    return bytes(field, {reinterpret_cast<const std::uint8_t*>(value.data()), value.size()});
  }
  protobuf_message& message(unsigned field, const protobuf_message& value) { return bytes(field, value.bytes_); }
  /// A list of integers, packed.
  protobuf_message& numbers(unsigned field, std::span<const std::size_t> values) {
    protobuf_message list;
    for (const std::size_t value : values) {
      list.varint(value);
    }
    return bytes(field, list.bytes_);
  }
  /// Fields of another message behind these.
  void append(const protobuf_message& other) { bytes_.insert(bytes_.end(), other.bytes_.begin(), other.bytes_.end()); }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7) {
      bytes_.push_back(static_cast<std::uint8_t>(value | 128));
    }
    bytes_.push_back(static_cast<std::uint8_t>(value));
  }

  std::vector<std::uint8_t> bytes_;
};

/// An attribute that is an integer.
struct onnx_integer {
  std::string_view name;
  std::size_t value;
};

/// NodeProto with one output. @param domain  empty for ONNX's own operators
[[nodiscard]] inline protobuf_message onnx_node_message(std::string_view operation, std::span<const std::string_view> inputs,
                                                std::string_view output, std::initializer_list<onnx_integer> attributes,
                                                std::string_view domain = {}) {
  constexpr std::int64_t integer = 2;  // AttributeProto.AttributeType.INT
  protobuf_message node;
  for (const std::string_view input : inputs) {
    node.text(1, input);
  }
  node.text(2, output).text(3, output).text(4, operation);
  for (const onnx_integer& each : attributes) {
    node.message(5, protobuf_message().text(1, each.name).number(3, static_cast<std::int64_t>(each.value)).number(20, integer));
  }
  if (!domain.empty()) {
    node.text(7, domain);
  }
  return node;
}

/// TensorProto. @param extents  none for a scalar
[[nodiscard]] inline protobuf_message onnx_tensor_message(std::string_view name, onnx_type type, std::span<const std::size_t> extents,
                                                  std::span<const std::uint8_t> content) {
  protobuf_message tensor;
  if (!extents.empty()) {
    tensor.numbers(1, extents);
  }
  return tensor.number(2, static_cast<std::int64_t>(type)).text(8, name).bytes(9, content);
}

/// ValueInfoProto of a matrix of floats [rows, columns], whose rows are whatever is fed.
[[nodiscard]] inline protobuf_message onnx_value_message(std::string_view name, std::size_t columns) {
  const auto shape = protobuf_message()
                         .message(1, protobuf_message().text(2, "rows"))
                         .message(1, protobuf_message().number(1, static_cast<std::int64_t>(columns)));
  const auto tensor = protobuf_message().number(1, static_cast<std::int64_t>(onnx_type::FLOAT)).message(2, shape);
  return protobuf_message().text(1, name).message(2, protobuf_message().message(1, tensor));
}

}  // namespace halftone::inline v0_1::detail
