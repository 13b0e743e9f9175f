// SPDX-License-Identifier: MIT
// Halftone benchmarks: floats to codes and back, a matrix [m, k], beside a copy of the same traffic.
#include "../problem.hpp"
#include "values.hpp"

#include <halftone/format/ggml/schemes.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/quantize/quantize_activations.hpp>
#include <halftone/scheme/presets.hpp>

namespace halftone_benchmark {
namespace {

using halftone::matrix_view;

/// @param bytes   of the codes and parameters
/// @param passes  over the floats that cannot be avoided: a range of the whole tensor is known after one, codes need another
problem floats_and_codes(const request& r, std::size_t bytes, bool writes_floats, int passes, std::function<void()> work) {
  const std::size_t floats = 4 * r.m * r.k;
  const std::size_t part = floats / (floats / bytes >= 6 ? 8 : 4);
  problem p;
  p.kernel = {r.kernel, std::move(work), static_cast<double>(r.m * r.k)};
  p.traffic = writes_floats ? copy_roof(part, floats) : copy_roof(floats, part, passes);
  p.bytes = static_cast<double>(static_cast<std::size_t>(passes) * floats + bytes);
  return p;
}

template <class Scheme>
problem quantizing(const request& r) {
  const auto x = std::make_shared<std::vector<float>>(some_values(r.m * r.k, 1));
  const matrix_view<const float> w(x->data(), r.m, r.k);
  constexpr int passes = std::is_same_v<typename Scheme::granularity_type, halftone::per_tensor> ? 2 : 1;
  const auto q = std::make_shared<halftone::quantized_matrix<Scheme>>(w.shape());
  return floats_and_codes(r, q->byte_count(), false, passes, [x, w, q] {
    halftone::quantize_into(w, *q);
    asm volatile("" : : "r"(q->codes().data()) : "memory");
  });
}

/// Parameters that are there already, as ONNX Runtime's QuantizeLinear takes them.
problem quantizing_given(const request& r) {
  const auto x = std::make_shared<std::vector<float>>(some_values(r.m * r.k, 1));
  const matrix_view<const float> w(x->data(), r.m, r.k);
  const auto q = std::make_shared<halftone::quantized_activations<halftone::int8_static>>(w.shape());
  return floats_and_codes(r, r.m * r.k, false, 1, [x, w, q] {
    halftone::quantize_activations_into(w, {.scale = 0.5f / 127}, *q);
    asm volatile("" : : "r"(q->row_codes(0)) : "memory");
  });
}

template <class Scheme>
problem dequantizing(const request& r) {
  const std::vector<float> x = some_values(r.m * r.k, 1);
  const auto q = std::make_shared<halftone::quantized_matrix<Scheme>>(halftone::quantize<Scheme>({x.data(), r.m, r.k}));
  const auto y = std::make_shared<std::vector<float>>(r.m * r.k);
  return floats_and_codes(r, q->byte_count(), true, 1,
                          [q, y, r] { halftone::dequantize(*q, matrix_view<float>(y->data(), r.m, r.k)); });
}

using int4_per_tensor = halftone::scheme<halftone::int4_narrow, halftone::symmetric, halftone::per_tensor>;

}  // namespace

std::span<const kernel_entry> quantizers() {
  using namespace halftone;
  static constexpr kernel_entry table[] = {
      {"quantize.int8_static", quantizing_given},
      {"quantize.int8_per_tensor", quantizing<int8_per_tensor>},
      {"quantize.int8_per_channel", quantizing<int8_per_channel>},
      {"quantize.int8_g32", quantizing<int8_g32>},
      {"quantize.int4_per_tensor", quantizing<int4_per_tensor>},
      {"quantize.int4_per_channel", quantizing<int4_per_channel>},
      {"quantize.int4_g32", quantizing<int4_g32>},
      {"dequantize.int8_per_tensor", dequantizing<int8_per_tensor>},
      {"dequantize.int8_per_channel", dequantizing<int8_per_channel>},
      {"dequantize.int8_g32", dequantizing<int8_g32>},
      {"dequantize.int4_per_tensor", dequantizing<int4_per_tensor>},
      {"dequantize.int4_per_channel", dequantizing<int4_per_channel>},
      {"dequantize.int4_g32", dequantizing<int4_g32>},
      {"decode.q4_0", dequantizing<ggml::q4_0>},
      {"decode.q4_1", dequantizing<ggml::q4_1>},
      {"decode.q5_0", dequantizing<ggml::q5_0>},
      {"decode.q5_1", dequantizing<ggml::q5_1>},
      {"decode.q8_0", dequantizing<ggml::q8_0>},
      {"decode.q2_k", dequantizing<ggml::q2_k>},
      {"decode.q3_k", dequantizing<ggml::q3_k>},
      {"decode.q4_k", dequantizing<ggml::q4_k>},
      {"decode.q5_k", dequantizing<ggml::q5_k>},
      {"decode.q6_k", dequantizing<ggml::q6_k>},
      {"decode.q8_k", dequantizing<ggml::q8_k>},
      {"decode.iq4_nl", dequantizing<ggml::iq4_nl>},
      {"decode.iq4_xs", dequantizing<ggml::iq4_xs>},
      {"decode.mxfp4", dequantizing<ggml::mxfp4>},
      {"decode.nvfp4", dequantizing<ggml::nvfp4>},
      {"decode.tq2_0", dequantizing<ggml::tq2_0>},
      {"decode.q1_0", dequantizing<ggml::q1_0>},
      {"decode.q2_0", dequantizing<ggml::q2_0>},
  };
  return table;
}

}  // namespace halftone_benchmark
