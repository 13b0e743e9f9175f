// SPDX-License-Identifier: MIT
// Halftone tests: messages of protobuf made field by field, with the places of named fields; small ONNX models.
#pragma once

#include "file_builder.hpp"

#include <halftone/io/onnx_type.hpp>

#include <initializer_list>
#include <map>
#include <stdexcept>
#include <string>

namespace halftone_test {

/// A message. Fields are tagged as they are called: what `at` gives is where the tag stands.
class proto {
 public:
  [[nodiscard]] const bytes& file() const { return bytes_; }
  [[nodiscard]] std::size_t at(const std::string& label) const {
    const auto found = places_.find(label);
    return found != places_.end() ? found->second : throw std::logic_error("no field is called " + label);
  }

  proto& raw(const bytes& content, const std::string& label = {}) {
    mark(label);
    bytes_.insert(bytes_.end(), content.begin(), content.end());
    return *this;
  }
  proto& number(unsigned field, std::uint64_t value, const std::string& label = {}) {
    mark(label);
    varint(std::uint64_t{field} << 3);
    varint(value);
    return *this;
  }
  proto& content(unsigned field, const bytes& value, const std::string& label = {}) {
    mark(label);
    varint(std::uint64_t{field} << 3 | 2);
    varint(value.size());
    return raw(value);
  }
  proto& text(unsigned field, std::string_view value, const std::string& label = {}) { return content(field, bytes_of(value), label); }
  proto& message(unsigned field, const proto& inner, const std::string& label = {}) {
    content(field, inner.bytes_, label);
    for (const auto& [name, place] : inner.places_) {
      places_[name] = bytes_.size() - inner.bytes_.size() + place;
    }
    return *this;
  }
  proto& floats(unsigned field, std::initializer_list<float> values, const std::string& label = {}) {
    bytes list;
    for (const float value : values) {
      const auto bits = std::bit_cast<std::uint32_t>(value);
      for (unsigned shift = 0; shift < 32; shift += 8) {
        list.push_back(static_cast<std::uint8_t>(bits >> shift));
      }
    }
    return content(field, list, label);
  }
  proto& numbers(unsigned field, std::initializer_list<std::uint64_t> values, const std::string& label = {}) {
    proto list;
    for (const std::uint64_t value : values) {
      list.varint(value);
    }
    return content(field, list.bytes_, label);
  }
  proto& cut(std::size_t size) {
    bytes_.resize(size);
    return *this;
  }

 private:
  void mark(const std::string& label) {
    if (!label.empty()) {
      places_[label] = bytes_.size();
    }
  }
  void varint(std::uint64_t value) {
    for (; value >= 128; value >>= 7) {
      bytes_.push_back(static_cast<std::uint8_t>(value | 128));
    }
    bytes_.push_back(static_cast<std::uint8_t>(value));
  }

  bytes bytes_;
  std::map<std::string, std::size_t> places_;
};

namespace onnx_parts {

using halftone::onnx_type;

inline proto tensor(std::string_view name, onnx_type type, std::initializer_list<std::uint64_t> dims) {
  return proto().numbers(1, dims, "dims").number(2, static_cast<std::uint64_t>(type), "type").text(8, name, "name");
}
inline proto tensor(std::string_view name, onnx_type type, std::initializer_list<std::uint64_t> dims, const bytes& content) {
  return tensor(name, type, dims).content(9, content, "data");
}
inline proto float_tensor(std::string_view name, std::initializer_list<std::uint64_t> dims, std::initializer_list<float> values) {
  return tensor(name, onnx_type::FLOAT, dims).floats(9, values, "data");
}
inline proto whole(std::string_view name, std::int64_t value) {
  return proto().text(1, name, "attribute.name").number(3, static_cast<std::uint64_t>(value)).number(20, 2);
}
inline proto real_number(std::string_view name, float value) {
  const bytes bits = proto().floats(1, {value}).file();
  return proto().text(1, name).raw({0x15, bits[2], bits[3], bits[4], bits[5]}).number(20, 1);
}
inline proto node(std::string_view operation, std::initializer_list<std::string_view> inputs, std::string_view output,
                  std::initializer_list<proto> attributes = {}, std::string_view domain = {}) {
  proto node;
  for (const std::string_view input : inputs) {
    node.text(1, input);
  }
  node.text(2, output).text(3, operation).text(4, operation, "operation");
  for (const proto& each : attributes) {
    node.message(5, each, "attribute");
  }
  return domain.empty() ? node : node.text(7, domain, "domain");
}
inline proto graph(std::initializer_list<proto> nodes, std::initializer_list<proto> tensors) {
  proto graph;
  for (const proto& each : nodes) {
    graph.message(1, each, "node");
  }
  graph.text(2, "graph", "graph.name");
  for (const proto& each : tensors) {
    graph.message(5, each, "tensor");
  }
  return graph.message(11, proto().text(1, "x")).message(12, proto().text(1, "y"));
}
inline proto model(const proto& graph) {
  return proto()
      .number(1, 10, "version")
      .text(2, "a test", "producer")
      .message(7, graph, "graph")
      .message(8, proto().number(2, 21), "set")
      .message(8, proto().text(1, "com.microsoft").number(2, 1), "microsoft");
}
inline proto model(std::initializer_list<proto> nodes, std::initializer_list<proto> tensors) { return model(graph(nodes, tensors)); }

/// MatMul of int8 [3, 2] with a scale a column.
inline proto layer() {
  return model({node("DequantizeLinear", {"codes", "scales"}, "w", {whole("axis", 1)}), node("MatMul", {"x", "w"}, "y")},
               {tensor("codes", onnx_type::INT8, {3, 2}, {1, 2, 3, 253, 127, 128}), float_tensor("scales", {2}, {0.5f, 0.25f})});
}
/// A model of one constant and no node.
inline proto constant(const proto& tensor) { return model({}, {tensor}); }

}  // namespace onnx_parts

}  // namespace halftone_test
