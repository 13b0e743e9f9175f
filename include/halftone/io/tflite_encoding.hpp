// SPDX-License-Identifier: MIT
// Halftone: the bytes of a .tflite file that is made anew.
#pragma once

#include <halftone/format/tflite/requantization.hpp>
#include <halftone/io/flatbuffer_writer.hpp>
#include <halftone/io/tflite_type.hpp>

#include <bit>
#include <string>

namespace halftone::inline v0_1::detail {

struct tflite_new_tensor {
  std::string name;
  tflite_type type{};
  std::vector<std::size_t> dims{};
  std::vector<float> scales{};
  std::vector<std::int64_t> zero_points{};
  std::size_t buffer = 0;  ///< 0: none
  bool is_activation = false;
};
struct tflite_new_operator {
  std::int32_t code = 0;
  std::int32_t version = 1;
  std::vector<std::size_t> inputs{};
  std::size_t output = 0;
  tflite::fused_activation fused{};
};
struct tflite_new_model {
  std::string description;
  std::vector<tflite_new_tensor> tensors{};
  std::vector<std::vector<std::uint8_t>> constants{};
  std::vector<tflite_new_operator> operations{};
  std::vector<std::size_t> inputs{};
  std::vector<std::size_t> outputs{};
};

inline std::size_t write_tflite_numbers(flat_writer& out, const std::vector<std::size_t>& values) {
  const std::size_t list = out.list(values.size(), 4, 4);
  for (std::size_t i = 0; i < values.size(); ++i) {
    out.put(list + 4 + 4 * i, values[i], 4);
  }
  return list;
}

/// A tensor and its quantization. @return where its table is
inline std::size_t write_tflite_tensor(flat_writer& out, const tflite_new_tensor& from) {
  namespace field = tflite_tensor_field;
  namespace quantization = tflite_quantization_field;
  const bool quantized = !from.scales.empty();
  const flat_written table =
      quantized ? out.table({{field::shape, 4}, {field::type, 1, static_cast<std::uint64_t>(from.type)}, {field::buffer, 4, from.buffer},
                             {field::name, 4}, {field::quantization, 4}})
                : out.table({{field::shape, 4}, {field::type, 1, static_cast<std::uint64_t>(from.type)}, {field::buffer, 4, from.buffer},
                             {field::name, 4}});
  out.point(table.places[field::shape], write_tflite_numbers(out, from.dims));
  out.point(table.places[field::name], out.text(from.name));
  if (quantized) {
    const flat_written parameters = out.table({{quantization::scale, 4}, {quantization::zero_point, 4}, {quantization::axis, 4}});
    out.point(table.places[field::quantization], parameters.position);
    const std::size_t scales = out.list(from.scales.size(), 4, 4);
    for (std::size_t i = 0; i < from.scales.size(); ++i) {
      out.put(scales + 4 + 4 * i, std::bit_cast<std::uint32_t>(from.scales[i]), 4);
    }
    out.point(parameters.places[quantization::scale], scales);
    const std::size_t zero_points = out.list(from.zero_points.size(), 8, 8);
    for (std::size_t i = 0; i < from.zero_points.size(); ++i) {
      out.put(zero_points + 4 + 8 * i, static_cast<std::uint64_t>(from.zero_points[i]), 8);
    }
    out.point(parameters.places[quantization::zero_point], zero_points);
  }
  return table.position;
}

/// An operator, whose code has its own number.
inline std::size_t write_tflite_operator(flat_writer& out, const tflite_new_operator& from, std::size_t number) {
  namespace field = tflite_operator_field;
  const bool has_options = from.code == tflite_fully_connected;
  const flat_written table =
      has_options ? out.table({{field::code, 4, number}, {field::inputs, 4}, {field::outputs, 4},
                               {field::options_type, 1, tflite_fully_connected_options}, {field::options, 4}})
                  : out.table({{field::code, 4, number}, {field::inputs, 4}, {field::outputs, 4}});
  out.point(table.places[field::inputs], write_tflite_numbers(out, from.inputs));
  out.point(table.places[field::outputs], write_tflite_numbers(out, {from.output}));
  if (has_options) {
    out.point(table.places[field::options],
              out.table({{tflite_fully_connected_field::activation, 1, static_cast<std::uint64_t>(from.fused)}}).position);
  }
  return table.position;
}

inline std::size_t write_tflite_graph(flat_writer& out, const tflite_new_model& from) {
  namespace field = tflite_graph_field;
  const flat_written graph =
      out.table({{field::tensors, 4}, {field::inputs, 4}, {field::outputs, 4}, {field::operators, 4}, {field::name, 4}});
  out.point(graph.places[field::name], out.text("main"));
  out.point(graph.places[field::inputs], write_tflite_numbers(out, from.inputs));
  out.point(graph.places[field::outputs], write_tflite_numbers(out, from.outputs));
  const std::size_t tensors = out.list(from.tensors.size(), 4, 4);
  out.point(graph.places[field::tensors], tensors);
  for (std::size_t i = 0; i < from.tensors.size(); ++i) {
    out.point(tensors + 4 + 4 * i, write_tflite_tensor(out, from.tensors[i]));
  }
  const std::size_t operators = out.list(from.operations.size(), 4, 4);
  out.point(graph.places[field::operators], operators);
  for (std::size_t i = 0; i < from.operations.size(); ++i) {
    out.point(operators + 4 + 4 * i, write_tflite_operator(out, from.operations[i], i));
  }
  return graph.position;
}

/// The whole file, constants behind each other at its end.
[[nodiscard]] inline std::vector<std::uint8_t> encode_tflite(const tflite_new_model& from) {
  namespace model = tflite_model_field;
  namespace code = tflite_code_field;
  flat_writer out("TFL3");
  const flat_written root = out.table(
      {{model::version, 4, 3}, {model::operator_codes, 4}, {model::subgraphs, 4}, {model::description, 4}, {model::buffers, 4}});
  out.point(0, root.position);
  out.point(root.places[model::description], out.text(from.description));
  const std::size_t codes = out.list(from.operations.size(), 4, 4);
  out.point(root.places[model::operator_codes], codes);
  for (std::size_t i = 0; i < from.operations.size(); ++i) {
    const auto number = static_cast<std::uint64_t>(from.operations[i].code);
    out.point(codes + 4 + 4 * i, out.table({{code::deprecated_code, 1, number},
                                            {code::version, 4, static_cast<std::uint64_t>(from.operations[i].version)},
                                            {code::code, 4, number}}).position);
  }
  const std::size_t graphs = out.list(1, 4, 4);
  out.point(root.places[model::subgraphs], graphs);
  out.point(graphs + 4, write_tflite_graph(out, from));
  const std::size_t buffers = out.list(from.constants.size() + 1, 4, 4);
  out.point(root.places[model::buffers], buffers);
  out.point(buffers + 4, out.table({}).position);  // buffer 0 stands for no data
  for (std::size_t i = 0; i < from.constants.size(); ++i) {
    const flat_written buffer = out.table({{tflite_buffer_field::data, 4}});
    out.point(buffers + 4 + 4 * (i + 1), buffer.position);
    out.point(buffer.places[tflite_buffer_field::data], out.raw(from.constants[i], 16));
  }
  return out.bytes();
}

}  // namespace halftone::inline v0_1::detail
