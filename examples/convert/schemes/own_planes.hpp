// SPDX-License-Identifier: MIT
// Halftone example: matrices as Halftone's own planes in safetensors files (docs/save_format.md), which hold every scheme.
#pragma once

#include "../compile_layer.hpp"

#include <halftone/io/quantized_io.hpp>

namespace convert {

struct own_format {
  static constexpr file_format format = file_format::safetensors;

  template <class Scheme>
  [[nodiscard]] static std::string refuses(halftone::matrix_shape) {
    return {};
  }
  template <class Scheme>
  [[nodiscard]] static halftone::quantized_matrix<Scheme> quantize(halftone::matrix_view<const float> w) {
    return quantized<Scheme>(w);
  }
  template <class Scheme>
  static void add(const destination& to, const source_tensor& from, const halftone::quantized_matrix<Scheme>& q) {
    halftone::save(*to.tensors, from.name, halftone::quantized_matrix<Scheme>(q));
  }
};

/// The entry of a scheme, which can be read, too.
template <class Scheme>
[[nodiscard]] constexpr layer_type own_type(std::string_view name) {
  layer_type type = compiled<own_format, Scheme>::type(name);
  type.read = [](const halftone::safetensors_file& file, const std::string& tensor) { return rows_of(halftone::load<Scheme>(file, tensor)); };
  type.scheme = [] { return Scheme::name(); };
  return type;
}

}  // namespace convert
