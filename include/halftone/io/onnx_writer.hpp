// SPDX-License-Identifier: MIT
// Halftone: writes ONNX models: a graph of nodes, its inputs and outputs, and initializers with their bytes.
//
// ONNX files are protobuf messages; the few fields that such a graph needs are written by hand. Messages below 2 GB only, as
// protobuf has it: larger models keep their data elsewhere, which this writer does not do.
#pragma once

#include <halftone/core/config.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace halftone::inline v0_1 {

/// TensorProto.DataType, by its names.
enum class onnx_type : std::uint8_t {
  FLOAT = 1,
  UINT8 = 2,
  INT8 = 3,
  UINT16 = 4,
  INT16 = 5,
  FLOAT8E4M3FN = 17,
  FLOAT8E4M3FNUZ = 18,
  FLOAT8E5M2 = 19,
  FLOAT8E5M2FNUZ = 20,
  UINT4 = 21,
  INT4 = 22,
  FLOAT4E2M1 = 23,
  UINT2 = 25,
  INT2 = 26
};

namespace detail {

/// A protobuf message as it grows.
class protobuf_writer {
 public:
  void number(unsigned field, std::uint64_t value) {
    varint(field << 3);
    varint(value);
  }
  void bytes(unsigned field, std::span<const std::uint8_t> content) {
    varint(field << 3 | 2);
    varint(content.size());
    bytes_.insert(bytes_.end(), content.begin(), content.end());
  }
  void text(unsigned field, std::string_view letters) {
    bytes(field, {reinterpret_cast<const std::uint8_t*>(letters.data()), letters.size()});
  }
  void message(unsigned field, const protobuf_writer& inner) { bytes(field, inner.bytes_); }
  [[nodiscard]] const std::vector<std::uint8_t>& written() const noexcept { return bytes_; }

 private:
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) {
      bytes_.push_back(static_cast<std::uint8_t>(value | 0x80));
    }
    bytes_.push_back(static_cast<std::uint8_t>(value));
  }
  std::vector<std::uint8_t> bytes_;
};

}  // namespace detail

/// An integer attribute of a node.
struct onnx_attribute {
  std::string_view name;
  std::int64_t value;
};

/// A model of one graph. Calls may come in any order, but nodes in the order that they run.
class onnx_model_writer {
 public:
  /// A dimension that is not known before.
  static constexpr std::int64_t any = -1;

  void input(std::string_view name, onnx_type type, std::span<const std::int64_t> shape) { value(11, name, type, shape); }
  void output(std::string_view name, onnx_type type, std::span<const std::int64_t> shape) { value(12, name, type, shape); }
  /// @param content  row-major elements, little-endian, those of 2 and 4 bits packed. Copied.
  void initializer(std::string_view name, onnx_type type, std::span<const std::int64_t> shape, std::span<const std::uint8_t> content) {
    detail::protobuf_writer tensor;
    for (const std::int64_t dimension : shape) {
      tensor.number(1, static_cast<std::uint64_t>(dimension));
    }
    tensor.number(2, static_cast<std::uint64_t>(type));
    tensor.text(8, name);
    tensor.bytes(9, content);
    graph_.message(5, tensor);
  }
  /// @param domain  "" for ONNX's own operators, "com.microsoft" for onnxruntime's
  void node(std::string_view operation, std::string_view domain, std::span<const std::string> inputs, std::span<const std::string> outputs,
            std::span<const onnx_attribute> attributes = {}) {
    detail::protobuf_writer node;
    for (const std::string& name : inputs) {
      node.text(1, name);
    }
    for (const std::string& name : outputs) {
      node.text(2, name);
    }
    node.text(4, operation);
    for (const onnx_attribute& attribute : attributes) {
      detail::protobuf_writer written;
      written.text(1, attribute.name);
      written.number(3, static_cast<std::uint64_t>(attribute.value));
      written.number(20, 2);  // INT
      node.message(5, written);
    }
    node.text(7, domain);
    graph_.message(1, node);
  }

  /// The file. @param opset  version of ONNX's operators; onnxruntime's have version 1
  [[nodiscard]] std::vector<std::uint8_t> bytes(std::uint64_t opset = 21) const {
    detail::protobuf_writer model, graph = graph_, own, microsoft;
    model.number(1, opset > 21 ? 13 : 10);  // version of the format
    model.text(2, "halftone");
    graph.text(2, "halftone");
    model.message(7, graph);
    own.number(2, opset);
    model.message(8, own);
    microsoft.text(1, "com.microsoft");
    microsoft.number(2, 1);
    model.message(8, microsoft);
    return model.written();
  }

 private:
  void value(unsigned field, std::string_view name, onnx_type type, std::span<const std::int64_t> dimensions) {
    detail::protobuf_writer shape, tensor, kind, value;
    for (const std::int64_t size : dimensions) {
      detail::protobuf_writer dimension;
      if (size != any) {
        dimension.number(1, static_cast<std::uint64_t>(size));
      }
      shape.message(1, dimension);
    }
    tensor.number(1, static_cast<std::uint64_t>(type));
    tensor.message(2, shape);
    kind.message(1, tensor);
    value.text(1, name);
    value.message(2, kind);
    graph_.message(field, value);
  }

  detail::protobuf_writer graph_;
};

}  // namespace halftone::inline v0_1
