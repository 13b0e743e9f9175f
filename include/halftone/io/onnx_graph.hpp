// SPDX-License-Identifier: MIT
// Halftone: the graph of an ONNX model: its nodes and constants, and the checks of the whole file.
#pragma once

#include <halftone/io/onnx_tensor.hpp>

#include <algorithm>
#include <bit>

namespace halftone::inline v0_1 {

/// An attribute: an integer, a float or a text. Those of other types are named, not read.
struct onnx_attribute {
  enum class kind : std::uint8_t { other, real, integer, text };

  std::string_view name;
  kind type = kind::other;
  std::int64_t integer = 0;
  float real = 0.0f;
  std::string_view text;
};

/// A node. Views of the file.
struct onnx_node {
  std::string_view name;
  std::string_view operation;
  std::string_view domain;                ///< empty: ONNX's own operators
  std::vector<std::string_view> inputs;   ///< names of values; empty for one that is left out
  std::vector<std::string_view> outputs;
  std::vector<onnx_attribute> attributes;
  std::uint64_t offset = 0;  ///< of its message in the file

  /// Whether it is this operator. @param of  the domain; ONNX's own may be spelled out
  [[nodiscard]] bool is(std::string_view operator_name, std::string_view of = {}) const noexcept {
    return operation == operator_name && (domain == of || (of.empty() && domain == "ai.onnx"));
  }
  /// An input by number; empty if it is left out.
  [[nodiscard]] std::string_view input(std::size_t i) const noexcept { return i < inputs.size() ? inputs[i] : std::string_view(); }
  /// An attribute by name; null if it is left out.
  [[nodiscard]] const onnx_attribute* attribute(std::string_view wanted) const noexcept {
    for (const onnx_attribute& each : attributes) {
      if (each.name == wanted) {
        return &each;
      }
    }
    return nullptr;
  }
};

/// The version of a set of operators.
struct onnx_operator_set {
  std::string_view domain;
  std::int64_t version = 0;
};

namespace detail {

/// A name and a place in a list, to look names up.
using onnx_name = std::pair<std::string_view, std::size_t>;

/// What a model says.
struct onnx_index {
  std::int64_t ir_version = 0;
  std::string_view producer;
  std::string_view graph_name;
  std::vector<onnx_operator_set> operator_sets;
  std::vector<onnx_tensor> tensors;
  std::vector<onnx_node> nodes;
  std::vector<std::string_view> inputs, outputs;
  std::vector<onnx_name> tensor_names, producers, consumers;  // in the order of names
};

/// Everything that is read of a file.
class onnx_check {
 public:
  onnx_check(std::span<const std::uint8_t> file, onnx_index& index) noexcept : r_(file, "onnx"), index_(&index) {}

  /// @return why the file is not good, if so; the index is in no useful state then
  [[nodiscard]] std::optional<file_failure> run() {
    read_model();
    if (!r_.failed()) {
      sort_names();
    }
    return r_.failure();
  }

 private:
  static constexpr protobuf_wire varint = protobuf_wire::varint, bytes = protobuf_wire::bytes;

  void read_model() {
    std::uint64_t seen = 0;
    std::optional<protobuf_field> graph;
    protobuf_range rest = r_.whole();
    while (const std::optional<protobuf_field> field = r_.next(rest, "model")) {
      if (field->number == 1 && r_.is_once(*field, varint, seen, "model")) {
        index_->ir_version = static_cast<std::int64_t>(field->value);
      } else if (field->number == 2 && r_.is_once(*field, bytes, seen, "model")) {
        index_->producer = r_.text(*field);
      } else if (field->number == 7 && r_.is_once(*field, bytes, seen, "model")) {
        graph = field;
      } else if (field->number == 8 && r_.is(*field, bytes, "model")) {
        read_operator_set(*field);
      }
    }
    if (index_->ir_version < 1) {
      r_.fail(file_error::malformed, 0, "model: IR version ", index_->ir_version);
    }
    if (!graph) {
      r_.fail(file_error::malformed, r_.file().size(), "model: it has no graph");
    }
    if (index_->operator_sets.empty()) {
      r_.fail(file_error::malformed, r_.file().size(), "model: it imports no operators");
    }
    if (graph) {
      read_graph(graph->content);
    }
  }

  void read_operator_set(const protobuf_field& message) {
    onnx_operator_set set;
    std::uint64_t seen = 0;
    protobuf_range rest = message.content;
    while (const std::optional<protobuf_field> field = r_.next(rest, "operator set")) {
      if (field->number == 1 && r_.is_once(*field, bytes, seen, "operator set")) {
        set.domain = r_.text(*field);
      } else if (field->number == 2 && r_.is_once(*field, varint, seen, "operator set")) {
        set.version = static_cast<std::int64_t>(field->value);
      }
    }
    for (const onnx_operator_set& other : index_->operator_sets) {
      if (is_same_domain(other.domain, set.domain)) {
        r_.fail(file_error::duplicate_name, message.position, "operator set ", in_quotes(set.domain), " is imported twice");
      }
    }
    if (index_->operator_sets.size() == largest_sets) {
      r_.fail(file_error::too_large, message.position, "model: more than ", largest_sets, " operator sets");
    }
    index_->operator_sets.push_back(set);
  }

  void read_graph(protobuf_range rest) {
    std::uint64_t seen = 0;
    while (const std::optional<protobuf_field> field = r_.next(rest, "graph")) {
      if (field->number == 2 && r_.is_once(*field, bytes, seen, "graph")) {
        index_->graph_name = r_.text(*field);
      } else if (field->number == 1 && r_.is(*field, bytes, "graph")) {
        read_node(*field);
      } else if (field->number == 5 && r_.is(*field, bytes, "graph")) {
        add_tensor(onnx_tensor_reader(r_).read(field->content, field->position));
      } else if ((field->number == 11 || field->number == 12) && r_.is(*field, bytes, "graph")) {
        (field->number == 11 ? index_->inputs : index_->outputs).push_back(read_value_name(*field));
      }
    }
  }

  void add_tensor(const onnx_tensor& tensor) {
    if (tensor.name.empty()) {
      r_.fail(file_error::malformed, tensor.offset, "tensor: it has no name");
    }
    index_->tensors.push_back(tensor);
  }

  [[nodiscard]] std::string_view read_value_name(const protobuf_field& message) {
    std::string_view name;
    std::uint64_t seen = 0;
    protobuf_range rest = message.content;
    while (const std::optional<protobuf_field> field = r_.next(rest, "value")) {
      if (field->number == 1 && r_.is_once(*field, bytes, seen, "value")) {
        name = r_.text(*field);
      }
    }
    if (name.empty()) {
      r_.fail(file_error::malformed, message.position, "value: it has no name");
    }
    return name;
  }

  void read_node(const protobuf_field& message) {
    onnx_node node;
    node.offset = message.position;
    std::uint64_t seen = 0;
    std::optional<protobuf_field> constant;
    protobuf_range rest = message.content;
    while (const std::optional<protobuf_field> field = r_.next(rest, "node")) {
      if ((field->number == 1 || field->number == 2) && r_.is(*field, bytes, "node")) {
        (field->number == 1 ? node.inputs : node.outputs).push_back(r_.text(*field));
      } else if ((field->number == 3 || field->number == 4 || field->number == 7) && r_.is_once(*field, bytes, seen, "node")) {
        (field->number == 3 ? node.name : field->number == 4 ? node.operation : node.domain) = r_.text(*field);
      } else if (field->number == 5 && r_.is(*field, bytes, "node")) {
        read_attribute(*field, node, constant);
      }
    }
    if (node.operation.empty()) {
      r_.fail(file_error::malformed, node.offset, "node ", in_quotes(node.name), ": it has no operator");
    }
    if (constant && !r_.failed() && node.is("Constant") && node.outputs.size() == 1) {
      onnx_tensor tensor = onnx_tensor_reader(r_).read(constant->content, constant->position);
      tensor.name = node.outputs[0];
      add_tensor(tensor);
    } else {
      check_attribute_names(node);
      index_->nodes.push_back(std::move(node));
    }
  }

  void check_attribute_names(const onnx_node& node) {
    std::vector<std::string_view> names;
    for (const onnx_attribute& each : node.attributes) {
      names.push_back(each.name);
    }
    std::sort(names.begin(), names.end());
    if (const auto twice = std::adjacent_find(names.begin(), names.end()); twice != names.end()) {
      r_.fail(file_error::duplicate_name, node.offset, "node ", in_quotes(node.name), ": two attributes are called ", in_quotes(*twice));
    }
  }

  /// @param constant  becomes the tensor of the attribute "value", if this is it
  void read_attribute(const protobuf_field& message, onnx_node& node, std::optional<protobuf_field>& constant) {
    using kind = onnx_attribute::kind;
    onnx_attribute attribute;
    std::uint64_t seen = 0, type = 0;
    std::optional<protobuf_field> tensor;
    protobuf_range rest = message.content;
    while (const std::optional<protobuf_field> field = r_.next(rest, "attribute")) {
      if (field->number == 1 && r_.is_once(*field, bytes, seen, "attribute")) {
        attribute.name = r_.text(*field);
      } else if (field->number == 2 && r_.is_once(*field, protobuf_wire::four_bytes, seen, "attribute")) {
        attribute.real = std::bit_cast<float>(static_cast<std::uint32_t>(field->value));
      } else if (field->number == 3 && r_.is_once(*field, varint, seen, "attribute")) {
        attribute.integer = static_cast<std::int64_t>(field->value);
      } else if (field->number == 4 && r_.is_once(*field, bytes, seen, "attribute")) {
        attribute.text = r_.text(*field);
      } else if (field->number == 5 && r_.is_once(*field, bytes, seen, "attribute")) {
        tensor = field;
      } else if (field->number == 20 && r_.is_once(*field, varint, seen, "attribute")) {
        type = field->value;
      }
    }
    attribute.type = type == 1 ? kind::real : type == 2 ? kind::integer : type == 3 ? kind::text : kind::other;
    if (attribute.name.empty()) {
      r_.fail(file_error::malformed, message.position, "attribute: it has no name");
    }
    if (attribute.name == "value" && tensor) {
      constant = tensor;
    }
    node.attributes.push_back(attribute);
  }

  /// Sorts names; a value is made once.
  void sort_names() {
    for (std::size_t i = 0; i < index_->tensors.size(); ++i) {
      index_->tensor_names.emplace_back(index_->tensors[i].name, i);
    }
    for (std::size_t i = 0; i < index_->nodes.size(); ++i) {
      for (const std::string_view output : index_->nodes[i].outputs) {
        if (!output.empty()) {
          index_->producers.emplace_back(output, i);
        }
      }
      for (const std::string_view input : index_->nodes[i].inputs) {
        if (!input.empty()) {
          index_->consumers.emplace_back(input, i);
        }
      }
    }
    for (std::vector<onnx_name>* const names : {&index_->tensor_names, &index_->producers, &index_->consumers}) {
      std::sort(names->begin(), names->end());
    }
    const auto same = [](const onnx_name& a, const onnx_name& b) { return a.first == b.first; };
    const std::vector<onnx_name>& tensors = index_->tensor_names;
    if (const auto twice = std::adjacent_find(tensors.begin(), tensors.end(), same); twice != tensors.end()) {
      r_.fail(file_error::duplicate_name, index_->tensors[(twice + 1)->second].offset, "two tensors are called ", in_quotes(twice->first));
    }
    const std::vector<onnx_name>& made = index_->producers;
    if (const auto twice = std::adjacent_find(made.begin(), made.end(), same); twice != made.end()) {
      r_.fail(file_error::duplicate_name, index_->nodes[(twice + 1)->second].offset, "two nodes make ", in_quotes(twice->first));
    }
    for (const auto& [name, node] : made) {
      if (std::binary_search(tensors.begin(), tensors.end(), onnx_name(name, 0), [](const onnx_name& a, const onnx_name& b) { return a.first < b.first; })) {
        r_.fail(file_error::duplicate_name, index_->nodes[node].offset, "a node makes ", in_quotes(name), ", which is a constant");
      }
    }
  }

  [[nodiscard]] static bool is_same_domain(std::string_view a, std::string_view b) noexcept {
    constexpr std::string_view onnx = "ai.onnx";
    return (a == onnx ? std::string_view() : a) == (b == onnx ? std::string_view() : b);
  }

  static constexpr std::size_t largest_sets = 64;
  protobuf_reader r_;
  onnx_index* index_;
};

}  // namespace detail

}  // namespace halftone::inline v0_1
