// SPDX-License-Identifier: MIT
// Operations for tflite.py.
#include <conformance/driver.hpp>

#include <halftone/format/tflite/bias.hpp>
#include <halftone/format/tflite/flat_codes.hpp>
#include <halftone/format/tflite/gemm_int16.hpp>
#include <halftone/format/tflite/requantization.hpp>
#include <halftone/format/tflite/schemes.hpp>
#include <halftone/gemm/gemm_integers.hpp>
#include <halftone/quantize/quantize.hpp>

#include <algorithm>

using namespace halftone;
using conformance::arguments;
using conformance::operation;

namespace {

/// Arrays: x, flat weights, scales, bias, y. Numbers: m, n, k, input scale and zero point, output scale and zero point, fused
/// activation, zero point of the weights.
template <class Scheme>
quantized_matrix<Scheme> weights_of(arguments& a) {
  quantized_matrix<Scheme> q(matrix_shape{a.size(1), a.size(2)});
  tflite::from_flat(a.in<std::uint8_t>(1), q);
  const std::span<const float> scales = a.in<float>(2);
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    q.scale_plane().set(g, scales[g]);
    q.set_zero_point(g, static_cast<std::int32_t>(a.number(8)));
  }
  return q;
}
group_parameters input_of(arguments& a) {
  return {.scale = static_cast<float>(a.number(3)), .zero_point = static_cast<std::int32_t>(a.number(4))};
}
group_parameters output_of(arguments& a) {
  return {.scale = static_cast<float>(a.number(5)), .zero_point = static_cast<std::int32_t>(a.number(6))};
}

template <class Kernels, class Scheme, class Byte>
void fully_connected(arguments& a) {
  const auto q = weights_of<Scheme>(a);
  const group_parameters input = input_of(a);
  const tflite::requantization<Kernels, Byte> layer(q, input, output_of(a), a.in<std::int32_t>(3),
                                                    static_cast<tflite::fused_activation>(a.size(7)));
  const std::size_t m = a.size(0);
  gemm_integers(static_activations(matrix_view<const Byte>(a.in<Byte>(0).data(), m, q.cols()), input), pack(q),
                matrix_view<Byte>(a.out<Byte>(4).data(), m, q.rows()), layer.stage());
}
template <class Kernels, class Scheme, class Sum>
void fully_connected_int16(arguments& a) {
  const auto q = weights_of<Scheme>(a);
  const tflite::requantization<Kernels, std::int16_t, Sum> layer(q, input_of(a), output_of(a), a.in<Sum>(3),
                                                                 static_cast<tflite::fused_activation>(a.size(7)));
  const std::size_t m = a.size(0);
  tflite::gemm_int16(matrix_view<const std::int16_t>(a.in<std::int16_t>(0).data(), m, q.cols()), q,
                     matrix_view<std::int16_t>(a.out<std::int16_t>(4).data(), m, q.rows()), layer.stage());
}

template <class Kernels>
void register_kernels(const std::string& name) {
  using one = per_tensor;
  using rows = per_channel<0>;
  const auto add = [&](const std::string& what, auto run) { operation("fully connected " + what + " " + name, run); };
  add("int8 int8 one", fully_connected<Kernels, tflite::weights<int8, one>, std::int8_t>);
  add("int8 int8 rows", fully_connected<Kernels, tflite::weights<int8, rows>, std::int8_t>);
  add("int8 int4 one", fully_connected<Kernels, tflite::weights<int4, one>, std::int8_t>);
  add("int8 int4 rows", fully_connected<Kernels, tflite::weights<int4, rows>, std::int8_t>);
  add("int8 int2 one", fully_connected<Kernels, tflite::weights<int2, one>, std::int8_t>);
  add("int8 int2 rows", fully_connected<Kernels, tflite::weights<int2, rows>, std::int8_t>);
  add("int8 zero one", fully_connected<Kernels, scheme<int8, asymmetric, per_tensor>, std::int8_t>);
  add("uint8 uint8 one", fully_connected<Kernels, tflite::uint8_weights, std::uint8_t>);
  add("int16 int8 one 32", fully_connected_int16<Kernels, tflite::weights<int8, one>, std::int32_t>);
  add("int16 int8 rows 32", fully_connected_int16<Kernels, tflite::weights<int8, rows>, std::int32_t>);
  add("int16 int8 one 64", fully_connected_int16<Kernels, tflite::weights<int8, one>, std::int64_t>);
  add("int16 int8 rows 64", fully_connected_int16<Kernels, tflite::weights<int8, rows>, std::int64_t>);
  add("int16 int4 one 64", fully_connected_int16<Kernels, tflite::weights<int4, one>, std::int64_t>);
  add("int16 int4 rows 64", fully_connected_int16<Kernels, tflite::weights<int4, rows>, std::int64_t>);
}

/// Arrays: x, codes. Numbers: scale, zero point.
template <class Scheme, class Code>
void quantize_by(arguments& a) {
  const std::span<const float> x = a.in<float>(0);
  const group_parameters p{.scale = static_cast<float>(a.number(0)), .zero_point = static_cast<std::int32_t>(a.number(1))};
  const auto q = quantize<Scheme>({x.data(), 1, x.size()}, given_parameters{{&p, 1}});
  const std::span<Code> codes = a.out<Code>(1);
  for (std::size_t i = 0; i < x.size(); ++i) {
    codes[i] = static_cast<Code>(Scheme::element_type::level_of(q.code_at(0, i)));
  }
}

/// Arrays: sums, products. Numbers: factor.
template <class Rounding, class Sum>
void multiply(arguments& a) {
  const fixed_point_multiplier m = Rounding::multiplier_of(a.number(0));
  const std::span<const Sum> in = a.in<Sum>(0);
  std::transform(in.begin(), in.end(), a.out<std::int32_t>(1).begin(), [&](Sum x) { return Rounding::multiplied(x, m); });
}

/// Arrays: floats, steps. Numbers: input scale, weight scale.
template <class Integer>
void make_bias(arguments& a) {
  const float scale = tflite::bias_scale(static_cast<float>(a.number(0)), static_cast<float>(a.number(1)));
  const std::span<const float> in = a.in<float>(0);
  std::transform(in.begin(), in.end(), a.out<Integer>(1).begin(), [&](float x) { return tflite::to_bias<Integer>(x, scale); });
}

const bool registered = [] {
  register_kernels<tflite::xnnpack_kernels>("XNNPACK");
  register_kernels<tflite::reference_kernels>("reference");
  register_kernels<tflite::builtin_kernels>("builtin");
  operation("quantize int8 reference", quantize_by<tflite::int8_activations, std::int8_t>);
  operation("quantize uint8 reference", quantize_by<tflite::uint8_activations, std::uint8_t>);
  operation("quantize int16 reference", quantize_by<tflite::int16_activations, std::int16_t>);
  operation("quantize int8 optimized", quantize_by<tflite::by_optimized_kernel<tflite::int8_activations>, std::int8_t>);
  operation("quantize uint8 optimized", quantize_by<tflite::by_optimized_kernel<tflite::uint8_activations>, std::uint8_t>);
  operation("quantize int16 optimized", quantize_by<tflite::by_optimized_kernel<tflite::int16_activations>, std::int16_t>);
  operation("multiply double", multiply<double_rounding, std::int32_t>);
  operation("multiply upward", multiply<double_rounding_upward, std::int32_t>);
  operation("multiply single", multiply<single_rounding, std::int32_t>);
  operation("multiply sixteen", multiply<sixteen_bit_rounding, std::int64_t>);
  operation("bias int32", make_bias<std::int32_t>);
  operation("bias int64", make_bias<std::int64_t>);
  return true;
}();

}  // namespace
