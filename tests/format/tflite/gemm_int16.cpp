// SPDX-License-Identifier: MIT
// Halftone tests: layers of 16-bit activations are those that the interpreter computed.
#include <halftone/format/tflite/gemm_int16.hpp>

#include "golden.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace tflite_test;

namespace {

template <class Kernels, class Sum, class Scheme>
void check(const layer& one) {
  const auto q = one.matrix<Scheme>();
  const std::vector<Sum> bias = numbers<Sum>(one.bias);
  const std::vector<std::int16_t> x = numbers<std::int16_t>(one.x);
  const tflite::requantization<Kernels, std::int16_t, Sum> end(q, one.input, one.output, bias, one.fused);
  std::vector<std::int16_t> y(one.m * one.n);
  tflite::gemm_int16(matrix_view<const std::int16_t>(x.data(), one.m, one.k), q,
                     matrix_view<std::int16_t>(y.data(), one.m, one.n), end.stage());
  CHECK(y == numbers<std::int16_t>(one.y));
}

template <class Kernels, class Sum>
void check_weights(const layer& one) {
  if (one.scales.size() == 8) {
    one.weights == "int8" ? check<Kernels, Sum, tflite::weights<int8, per_tensor>>(one)
                          : check<Kernels, Sum, tflite::weights<int4, per_tensor>>(one);
  } else {
    one.weights == "int8" ? check<Kernels, Sum, tflite::weights<int8>>(one) : check<Kernels, Sum, tflite::weights<int4>>(one);
  }
}

}  // namespace

TEST_CASE("layers of 16 bits are those of the interpreter") {
  unsigned layers = 0;
  for (const layer& one : golden_layers()) {
    if (one.activations == "int16") {
      CAPTURE(one.x);
      ++layers;
      one.bias_bits == 64 ? check_weights<tflite::reference_kernels, std::int64_t>(one)
                          : check_weights<tflite::builtin_kernels, std::int32_t>(one);
    }
  }
  CHECK(layers == 6);
}

TEST_CASE("sums keep the bits of their type") {
  quantized_matrix<tflite::weights<int8, per_tensor>> q(matrix_shape{1, 2000});
  for (std::uint8_t& code : q.codes()) {
    code = 127;
  }
  const std::vector<std::int16_t> x(2000, 32767);
  const double one = 1e-6;
  std::int16_t y = 0;
  const matrix_view<const std::int16_t> in(x.data(), 1, 2000);
  tflite::gemm_int16(in, q, matrix_view<std::int16_t>(&y, 1, 1), requantize_sums<std::int16_t, in_double, std::int64_t>{.factors = {&one, 1}});
  CHECK(y == 8323);  // 2000 * 127 * 32767 = 8322818000
  tflite::gemm_int16(in, q, matrix_view<std::int16_t>(&y, 1, 1), requantize_sums<std::int16_t, in_double>{.factors = {&one, 1}});
  CHECK(y == -267);  // -267116592, modulo 2^32
}

TEST_CASE("gemm_int16 refuses what does not fit") {
  const quantized_matrix<tflite::weights<int8, per_tensor>> q(matrix_shape{3, 4});
  std::vector<std::int16_t> x(8), y(8);
  const double one = 1.0;
  using stage = requantize_sums<std::int16_t, in_double>;
  const auto refuses = [&](matrix_view<const std::int16_t> in, matrix_view<std::int16_t> out, const stage& end, const char* words) {
    CHECK_THROWS_WITH_AS(tflite::gemm_int16(in, q, out, end), doctest::Contains(words), halftone::error);
  };
  const matrix_view<const std::int16_t> in(x.data(), 2, 4);
  const matrix_view<std::int16_t> out(y.data(), 2, 3);
  const stage end{.factors = {&one, 1}};
  CHECK_NOTHROW(tflite::gemm_int16(in, q, out, end));
  refuses({nullptr, 2, 4}, out, end, "x is null");
  refuses(in, {nullptr, 2, 3}, end, "y is null");
  refuses({x.data(), 2, 3}, out, end, "k differs");
  refuses(in, {y.data(), 2, 2}, end, "should be [2, 3]");
  refuses({y.data(), 2, 4}, out, end, "overlap");
  refuses(in, out, {.factors = {}}, "0 factors");
  const double* const inside = reinterpret_cast<const double*>(y.data());
  refuses(in, out, {.factors = {inside, 1}}, "factors of requantize_sums overlap y");
}
