// SPDX-License-Identifier: MIT
// A model with a layer of every kind that onnx_writer writes; tests/io/onnx_golden/layers.onnx is its file.
#pragma once

#include <halftone/core/random.hpp>
#include <halftone/io/onnx_writer.hpp>
#include <halftone/scheme/presets.hpp>

namespace halftone_test {

using namespace halftone;

/// Weights with any codes, and scales that floats hold exactly.
template <class Scheme>
quantized_matrix<Scheme> some_layer(std::size_t rows, std::size_t cols) {
  constexpr unsigned bits = Scheme::element_type::bits;
  quantized_matrix<Scheme> q(matrix_shape{rows, cols});
  for (std::size_t i = 0; i < rows * cols; ++i) {
    // Without the highest bit but one, by which fp8 codes of infinity and NaN are avoided.
    const auto code = static_cast<std::uint32_t>(random_bits(cols, i)) & ((1u << bits) - 1) & (bits == 8 ? 0xbfu : ~0u);
    write_code<bits>(q.row_codes(i / cols).data(), i % cols, code);
  }
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    q.scale_plane().set(g, 0.125f * static_cast<float>(g % 7 + 1));
    if constexpr (Scheme::has_zero_point) {
      q.set_zero_point(g, static_cast<std::int32_t>(g % 3) + Scheme::element_type::max - 3);
    }
  }
  return q;
}

/// Calls linear(name, input, weights, bias) and nbits(name, weights, bias) for a layer of every kind; inputs are those of
/// `layers_of_every_kind`.
template <class Linear, class Nbits>
void for_each_layer(const Linear& linear, const Nbits& nbits) {
  static const std::vector<float> bias{1.0f, -2.0f, 0.5f};
  const std::vector<float> none;
  linear("int8_rows", 1, some_layer<scheme<int8, symmetric, per_channel<0>>>(3, 40), bias);
  linear("uint8_tensor", 2, some_layer<scheme<uint8, asymmetric, per_tensor>>(3, 40), bias);
  linear("int4_groups", 0, some_layer<scheme<int4, symmetric, per_group<8>>>(3, 40), none);
  linear("uint4_groups", 0, some_layer<scheme<uint4, asymmetric, per_group<20>>>(3, 40), bias);
  linear("int16_rows", 0, some_layer<scheme<int16, symmetric, per_channel<0>>>(3, 40), none);
  linear("e4m3_rows", 0, some_layer<scheme<fp8_e4m3fn, symmetric, per_channel<0>>>(3, 40), none);
  linear("e5m2_tensor", 0, some_layer<scheme<fp8_e5m2, symmetric, per_tensor>>(3, 40), none);
  nbits("nbits_4", some_layer<onnx::mat_mul_nbits<4, 16>>(3, 40), bias);
  nbits("nbits_4_zero_points", some_layer<onnx::mat_mul_nbits_with_zero_points<4, 16>>(3, 40), none);
  nbits("nbits_8", some_layer<onnx::mat_mul_nbits<8, 32>>(3, 40), none);
}

inline onnx_writer layers_of_every_kind() {
  onnx_writer model;
  const std::size_t inputs[] = {model.input("x", 40), model.quantize_dequantize<int8>("x_int8", 0, {.scale = 0.0625f, .zero_point = -5}),
                                model.quantize_dequantize<uint8>("x_uint8", 0, {.scale = 0.03125f, .zero_point = 100})};
  for_each_layer(
      [&](const std::string& name, std::size_t input, const auto& w, const std::vector<float>& bias) {
        model.output(model.linear(name, inputs[input], w, bias));
      },
      [&](const std::string& name, const auto& w, const std::vector<float>& bias) {
        model.output(model.mat_mul_nbits(name, inputs[0], w, bias));
      });
  return model;
}

}  // namespace halftone_test
