// SPDX-License-Identifier: MIT
// Halftone example: layers of checkpoints that other tools quantized: several tensors of a safetensors file that are one matrix.
#pragma once

#include "planes.hpp"

#include <halftone/format/gptq/words.hpp>
#include <halftone/io/checkpoint_tensor.hpp>
#include <halftone/io/safetensors_file.hpp>
#include <halftone/quantize/dequantize_row.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace convert {

/// A matrix of weights, which is read when it is opened.
struct quantized_layer {
  std::string name;  ///< of the weight: LAYER.weight
  std::string type_name;  ///< as --type calls it, where this program writes it
  std::size_t rows = 0;
  std::size_t cols = 0;
  std::vector<std::string> tensors;  ///< those it is made of
  std::function<row_reader()> open;  ///< @throws halftone::error that says what is wrong
  std::string_view format{};
};

/// A tensor of a name; null if there is none. @throws halftone::error where its file cannot be read
[[nodiscard]] const halftone::safetensors_tensor* find_tensor(const halftone::checkpoint& file, const std::string& name);

/// All layers of bitsandbytes, GPTQ, AWQ and compressed-tensors in a checkpoint. @throws halftone::error for one that this program cannot read
[[nodiscard]] std::vector<quantized_layer> quantized_layers(const halftone::checkpoint& file, halftone::gptq::version version);
std::vector<quantized_layer> quantized_layers(halftone::checkpoint&& file, halftone::gptq::version version) = delete;  // layers read it later

/// The layer that a tensor belongs to by its name, for each tool; none if it does not tell of one.
[[nodiscard]] std::optional<quantized_layer> bitsandbytes_layer(const halftone::checkpoint& file, const std::string& tensor);
[[nodiscard]] std::optional<quantized_layer> gptq_layer(const halftone::checkpoint& file, const std::string& tensor,
                                                        halftone::gptq::version version);
[[nodiscard]] std::optional<quantized_layer> awq_layer(const halftone::checkpoint& file, const std::string& tensor);
[[nodiscard]] std::optional<quantized_layer> compressed_tensors_layer(const halftone::checkpoint& file, const std::string& tensor);

/// A matrix of Halftone's own planes, by the name that its description has. @throws halftone::error for a scheme that is not in the list
[[nodiscard]] quantized_layer own_layer(const halftone::safetensors_file& file, const std::string& name);

/// What is before `end` if a text ends so.
[[nodiscard]] inline std::optional<std::string> before(const std::string& text, std::string_view end) {
  return text.ends_with(end) ? std::optional(text.substr(0, text.size() - end.size())) : std::nullopt;
}

/// The tensors of a layer that are there, of those with these ends.
[[nodiscard]] inline std::vector<std::string> tensors_of(const halftone::checkpoint& file, const std::string& layer,
                                                         std::initializer_list<std::string_view> ends) {
  std::vector<std::string> names;
  for (const std::string_view end : ends) {
    if (file.has(layer + std::string(end))) {
      names.push_back(layer + std::string(end));
    }
  }
  return names;
}

/// Extent i of a matrix; 0 where there is no such matrix.
[[nodiscard]] inline std::size_t extent_of(const halftone::checkpoint& file, const std::string& name, std::size_t i) {
  const halftone::safetensors_tensor* tensor = find_tensor(file, name);
  return tensor != nullptr && tensor->shape.size() == 2 ? halftone::detail::size_of_file(tensor->shape[i]) : 0;
}

/// "_g128" and so on, "_rows" for whole rows.
[[nodiscard]] inline std::string group_name(std::size_t size) { return size == 0 ? "_rows" : "_g" + std::to_string(size); }

/// Which of the group sizes gives `groups` groups of k columns: 0 for one group a row.
[[nodiscard]] std::size_t group_size(const std::string& name, std::size_t k, std::size_t groups);

/// Rows of a matrix that was read. @param order  of its columns; empty where they are not moved
template <class Scheme>
[[nodiscard]] row_reader rows_of(halftone::result<halftone::quantized_matrix<Scheme>> read, std::vector<std::uint32_t> order = {}) {
  halftone::expects(read.has_value(), read.has_value() ? std::string() : read.failure().text);
  const auto q = std::make_shared<halftone::quantized_matrix<Scheme>>(std::move(read).value());
  if (!order.empty()) {
    return {[q, order = std::move(order)](std::size_t row, std::span<float> values) {
      std::vector<float> sorted(values.size());
      halftone::row_values(*q, row, std::span<float>(sorted));
      for (std::size_t i = 0; i < sorted.size(); ++i) {
        values[order[i]] = sorted[i];
      }
    }};
  }
  row_reader reader{[q](std::size_t row, std::span<float> values) { halftone::row_values(*q, row, values); }};
  give_planes<Scheme>(reader, [q] { return q; });
  if constexpr (Scheme::has_scale && !Scheme::has_own_real) {  // a zero point is a part of n
    reader.parameters = [q](std::size_t row, std::size_t col) {
      const std::size_t g = q->group_of(row, col);
      return halftone::group_parameters{.scale = q->scale_at(g), .offset = q->offset_at(g)};
    };
    if constexpr (halftone::constant_along_k<typename Scheme::granularity_type>) {
      reader.run = std::max<std::size_t>(q->scheme().granularity.run_length(q->shape()), 1);
    }
  }
  return reader;
}

}  // namespace convert
