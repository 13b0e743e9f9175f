// SPDX-License-Identifier: MIT
// Halftone: a .tflite file (TensorFlow Lite, LiteRT), read.
#pragma once

#include <halftone/format/tflite/requantization.hpp>
#include <halftone/io/file_mapping.hpp>
#include <halftone/io/tflite_graph.hpp>

namespace halftone::inline v0_1 {

/// A FULLY_CONNECTED operator: numbers of tensors of its graph.
struct tflite_layer {
  std::size_t input = 0;
  std::size_t weights = 0;
  std::optional<std::size_t> bias;
  std::size_t output = 0;
  tflite::fused_activation fused{};
};

/// A .tflite file whose every table was checked: what it gives out is safe to read. FlatBuffers below 2 GiB, with constants
/// inside or behind them.
///
/// Refused, each with its own message: a file that ends early or is none; offsets of 0, past the end or off their alignment;
/// vtables and tables that do not lie in the file; fields beyond their table; lists and strings past the end, strings without
/// their zero byte; lists that share tables so often that reading them would take longer than the file is large; unknown types;
/// negative dimensions, and more than 8; constants whose bytes are not those of their shape and type; scales and zero points of
/// other counts than their axis; numbers of tensors, buffers and operator codes that do not exist. What Halftone does not read
/// (metadata, signatures, options of other operators, sparsity) is not checked, and never followed.
///
/// Everything given out is a view of the file and lives as long as this object. Cost: time O(file's tables), no byte of a constant
/// is touched. Memory: constant.
class tflite_file {
 public:
  /// Opens, maps and checks a file.
  static result<tflite_file> open(const std::string& path) {
    result<file_mapping> mapping = file_mapping::open(path);
    if (!mapping) {
      return mapping.failure();
    }
    result<tflite_file> file = parse(mapping.value().bytes());
    if (file) {
      file.value().mapping_ = std::move(mapping).value();
    }
    return file;
  }

  /// Checks a file that is in memory. Its bytes must outlive this object.
  static result<tflite_file> parse(std::span<const std::uint8_t> bytes) {
    tflite_file file;
    if (std::optional<file_failure> failure = detail::tflite_check(bytes).run(file.index_)) {
      return *std::move(failure);
    }
    return file;
  }

  [[nodiscard]] std::string_view description() const noexcept { return index_.description; }
  [[nodiscard]] std::size_t graph_count() const noexcept { return index_.graphs.size; }
  [[nodiscard]] std::string_view graph_name(std::size_t graph) const { return graph_of(graph).name; }
  [[nodiscard]] std::size_t tensor_count(std::size_t graph = 0) const { return graph_of(graph).tensors.size; }
  [[nodiscard]] std::size_t operator_count(std::size_t graph = 0) const { return graph_of(graph).operators.size; }
  [[nodiscard]] tflite_indices inputs(std::size_t graph = 0) const { return {index_.file, graph_of(graph).inputs}; }
  [[nodiscard]] tflite_indices outputs(std::size_t graph = 0) const { return {index_.file, graph_of(graph).outputs}; }

  /// @throws halftone::error behind the last
  [[nodiscard]] tflite_tensor tensor(std::size_t i, std::size_t graph = 0) const {
    const detail::flat_list tensors = graph_of(graph).tensors;
    expects(i < tensors.size, "tflite_file: tensor ", i, " of ", tensors.size);
    detail::flat_reader r(index_.file, "tflite");
    const detail::flat_table table = r.table_of(tensors, i, {"tensor", i});
    return tflite_tensor_reader(r, index_.buffers).read(table, i);
  }
  /// @throws halftone::error behind the last
  [[nodiscard]] tflite_operator operation(std::size_t i, std::size_t graph = 0) const {
    const detail::flat_list operators = graph_of(graph).operators;
    expects(i < operators.size, "tflite_file: operator ", i, " of ", operators.size);
    detail::flat_reader r(index_.file, "tflite");
    return detail::read_tflite_operator(r, index_, operators, i);
  }

  /// The number of the first tensor of a name; none if there is no such tensor. Cost: reads tensors in order.
  [[nodiscard]] std::optional<std::size_t> find(std::string_view name, std::size_t graph = 0) const {
    for (std::size_t i = 0; i < tensor_count(graph); ++i) {
      if (tensor(i, graph).name == name) {
        return i;
      }
    }
    return std::nullopt;
  }

  /// Operator i as a layer; `file_error::not_found` if it is another one, `malformed` if it lacks tensors or options.
  /// @throws halftone::error behind the last
  [[nodiscard]] result<tflite_layer> fully_connected(std::size_t i, std::size_t graph = 0) const {
    using namespace detail::tflite_fully_connected_field;
    const tflite_operator op = operation(i, graph);
    const detail::flat_place of{"operator", i};
    detail::flat_reader r(index_.file, "tflite");
    if (op.code != detail::tflite_fully_connected) {
      return file_failure{file_error::not_found, op.offset,
                          detail::message("tflite: operator ", i, " has code ", op.code, ", not FULLY_CONNECTED")};
    }
    if (op.inputs.size() < 2 || op.inputs.size() > 3 || op.outputs.size() != 1 || op.inputs[0] < 0 || op.inputs[1] < 0 ||
        op.outputs[0] < 0) {
      r.fail(file_error::malformed, op.offset, "operator ", i, ": FULLY_CONNECTED has ", op.inputs.size(), " inputs and ",
             op.outputs.size(), " outputs, or lacks one of them");
      return *r.failure();
    }
    const auto kind = r.number<std::uint8_t>(op.table, detail::tflite_operator_field::options_type, 0, of, "the type of its options");
    const detail::flat_table options = r.table(op.table, detail::tflite_operator_field::options, of, "its options");
    if (options && kind != detail::tflite_fully_connected_options) {
      r.fail(file_error::malformed, op.offset, "operator ", i, ": options of type ", int{kind}, ", not FullyConnectedOptions");
    }
    const auto fused = r.number<std::int8_t>(options, activation, 0, of, "its activation");
    const auto format = r.number<std::int8_t>(options, weights_format, 0, of, "its format of weights");
    if (fused < 0 || fused > 3) {
      r.fail(file_error::unknown_type, options.position, "operator ", i, ": fused activation ", int{fused}, " is not known");
    }
    if (format != 0) {
      r.fail(file_error::unknown_type, options.position, "operator ", i, ": format of weights ", int{format}, " is not known");
    }
    if (r.failed()) {
      return *r.failure();
    }
    tflite_layer layer;
    layer.input = static_cast<std::size_t>(op.inputs[0]);
    layer.weights = static_cast<std::size_t>(op.inputs[1]);
    if (op.inputs.size() > 2 && op.inputs[2] >= 0) {
      layer.bias = static_cast<std::size_t>(op.inputs[2]);
    }
    layer.output = static_cast<std::size_t>(op.outputs[0]);
    layer.fused = static_cast<tflite::fused_activation>(fused);
    return layer;
  }

 private:
  [[nodiscard]] detail::tflite_graph_index graph_of(std::size_t graph) const {
    expects(graph < index_.graphs.size, "tflite_file: graph ", graph, " of ", index_.graphs.size);
    detail::flat_reader r(index_.file, "tflite");
    return detail::read_tflite_graph(r, index_, graph);
  }

  detail::tflite_index index_;
  file_mapping mapping_;
};

}  // namespace halftone::inline v0_1
