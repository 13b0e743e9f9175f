// SPDX-License-Identifier: MIT
// Halftone: a graph of a .tflite file: its tensors and operators, and the checks of the whole file.
#pragma once

#include <halftone/io/tflite_tensor.hpp>

namespace halftone::inline v0_1 {

/// Numbers of tensors. A view of the file.
class tflite_indices {
 public:
  tflite_indices() = default;
  tflite_indices(std::span<const std::uint8_t> file, detail::flat_list list) noexcept : file_(file), list_(list) {}

  [[nodiscard]] std::size_t size() const noexcept { return list_.size; }
  /// Entry i; -1 for an input that is left out. Precondition: i < size().
  [[nodiscard]] std::int32_t operator[](std::size_t i) const noexcept {
    return detail::flat_reader(file_, "").at<std::int32_t>(list_.position + 4 * i);
  }

 private:
  std::span<const std::uint8_t> file_;
  detail::flat_list list_;
};

/// An operator: what it does (a number of the schema) to which tensors. A view of the file.
struct tflite_operator {
  std::int32_t code = 0;
  std::int32_t version = 1;
  std::string_view custom_code;  ///< of operators that the schema does not know
  tflite_indices inputs;
  tflite_indices outputs;
  std::uint64_t offset = 0;      ///< of the table in the file
  detail::flat_table table;
};

namespace detail {

/// Where the parts of a checked file are.
struct tflite_index {
  std::span<const std::uint8_t> file;
  flat_list codes;
  flat_list graphs;
  flat_list buffers;
  std::string_view description;
};

struct tflite_graph_index {
  std::string_view name;
  flat_list tensors;
  flat_list inputs;
  flat_list outputs;
  flat_list operators;
};

[[nodiscard]] inline tflite_graph_index read_tflite_graph(flat_reader& r, const tflite_index& index, std::size_t i) {
  using namespace tflite_graph_field;
  const flat_place of{"graph", i};
  const flat_table table = r.table_of(index.graphs, i, of);
  tflite_graph_index graph;
  graph.tensors = r.list(table, tensors, 4, of, "its tensors");
  graph.inputs = r.list(table, inputs, 4, of, "its inputs");
  graph.outputs = r.list(table, outputs, 4, of, "its outputs");
  graph.operators = r.list(table, operators, 4, of, "its operators");
  graph.name = r.text(table, name, of, "its name");
  return graph;
}

/// An operator and its code.
[[nodiscard]] inline tflite_operator read_tflite_operator(flat_reader& r, const tflite_index& index, const flat_list& operators,
                                                          std::size_t i) {
  const flat_place of{"operator", i};
  tflite_operator op;
  op.table = r.table_of(operators, i, of);
  op.offset = op.table.position;
  op.inputs = {r.file(), r.list(op.table, tflite_operator_field::inputs, 4, of, "its inputs")};
  op.outputs = {r.file(), r.list(op.table, tflite_operator_field::outputs, 4, of, "its outputs")};
  const auto code = r.number<std::uint32_t>(op.table, tflite_operator_field::code, 0, of, "its code");
  if (code >= index.codes.size) {
    r.fail(file_error::malformed, op.offset, of.text(), ": code ", code, " of ", index.codes.size);
    return op;
  }
  const flat_place from{"operator code", code};
  const flat_table entry = r.table_of(index.codes, code, from);
  const auto deprecated = r.number<std::int8_t>(entry, tflite_code_field::deprecated_code, 0, from, "its old number");
  op.code = std::max<std::int32_t>(deprecated, r.number<std::int32_t>(entry, tflite_code_field::code, 0, from, "its number"));
  op.version = r.number<std::int32_t>(entry, tflite_code_field::version, 1, from, "its version");
  op.custom_code = r.text(entry, tflite_code_field::custom_code, from, "its name");
  return op;
}

/// Everything that is read of a file, once.
class tflite_check {
 public:
  explicit tflite_check(std::span<const std::uint8_t> file) : r_(file, "tflite"), entries_left_(file.size()) {}

  /// @return why the file is not good, if so; `index` is in no useful state then
  [[nodiscard]] std::optional<file_failure> run(tflite_index& index) {
    const std::span<const std::uint8_t> file = r_.file();
    constexpr std::string_view identifier = "TFL3";
    if (file.size() >= 8 && !std::equal(identifier.begin(), identifier.end(), file.begin() + 4)) {
      r_.fail(file_error::malformed, 4, "the file does not hold \"TFL3\" at 4");
    }
    read_model(index);
    for (std::size_t i = 0; enter(index.graphs, i); ++i) {
      check_graph(index, i);
    }
    return r_.failure();
  }

 private:
  /// Whether there is an entry i, and nothing is wrong so far. Lists may share tables: what is read is bounded by the file, so
  /// that a small one does not take long.
  [[nodiscard]] bool enter(const flat_list& list, std::size_t i) {
    if (r_.failed() || i >= list.size) {
      return false;
    }
    if (entries_left_ == 0) {
      r_.fail(file_error::too_large, list.count_at, "lists that are shared have more entries than the file has bytes");
      return false;
    }
    --entries_left_;
    return true;
  }

  void read_model(tflite_index& index) {
    using namespace tflite_model_field;
    const flat_place of{"model"};
    const flat_table model = r_.root(of);
    const auto number = r_.number<std::uint32_t>(model, version, 0, of, "its version");
    if (!r_.failed() && number != 3) {
      r_.fail(file_error::malformed, model.position, "version ", number, " is not 3");
    }
    index.file = r_.file();
    index.description = r_.text(model, description, of, "its description");
    index.codes = r_.list(model, operator_codes, 4, of, "its operator codes");
    index.buffers = r_.list(model, buffers, 4, of, "its buffers");
    index.graphs = r_.list(model, subgraphs, 4, of, "its graphs");
    tflite_tensor_reader reader(r_, index.buffers);
    for (std::size_t i = 0; enter(index.buffers, i); ++i) {
      static_cast<void>(reader.read_buffer(i));
    }
  }

  void check_graph(const tflite_index& index, std::size_t number) {
    const tflite_graph_index graph = read_tflite_graph(r_, index, number);
    tflite_tensor_reader reader(r_, index.buffers);
    for (std::size_t i = 0; enter(graph.tensors, i); ++i) {
      const flat_table table = r_.table_of(graph.tensors, i, {"tensor", i});
      const tflite_tensor tensor = reader.read(table, i);
      const std::optional<tflite_blocks>& blocks = tensor.quantization.blocks();
      if (blocks && blocks->scales >= graph.tensors.size) {
        r_.fail(file_error::malformed, tensor.offset, "tensor ", i, ": scales of its blocks in tensor ", blocks->scales, " of ",
                graph.tensors.size);
      }
    }
    check_indices(graph.inputs, graph, {"inputs of graph", number});
    check_indices(graph.outputs, graph, {"outputs of graph", number});
    for (std::size_t i = 0; enter(graph.operators, i); ++i) {
      const tflite_operator op = read_tflite_operator(r_, index, graph.operators, i);
      check_indices(r_.list(op.table, tflite_operator_field::inputs, 4, {"operator", i}, "its inputs"), graph,
                    {"inputs of operator", i});
      check_indices(r_.list(op.table, tflite_operator_field::outputs, 4, {"operator", i}, "its outputs"), graph,
                    {"outputs of operator", i});
    }
  }

  void check_indices(const flat_list& list, const tflite_graph_index& graph, flat_place of) {
    for (std::size_t i = 0; enter(list, i); ++i) {
      const auto tensor = r_.at<std::int32_t>(list.position + 4 * i);
      if (tensor < -1 || (tensor >= 0 && static_cast<std::size_t>(tensor) >= graph.tensors.size)) {
        r_.fail(file_error::malformed, list.position + 4 * i, of.text(), ": tensor ", tensor, " of ", graph.tensors.size);
      }
    }
  }

  flat_reader r_;
  std::uint64_t entries_left_;
};

}  // namespace detail

}  // namespace halftone::inline v0_1
