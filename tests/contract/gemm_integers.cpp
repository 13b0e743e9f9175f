// SPDX-License-Identifier: MIT
// Wrong calls of gemm_integers, by the kernels and by the reference.
#include <halftone/gemm/gemm_integers.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/gemm_integers.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace halftone;

namespace {

template <class Scheme>
void check_refused(const activation_view& x, const quantized_matrix<Scheme>& q, matrix_view<std::int32_t> y,
                   const char* message) {
  CHECK_THROWS_WITH_AS(gemm_integers(x, pack(q), y), doctest::Contains(message), halftone::error);
  CHECK_THROWS_WITH_AS(reference::gemm_integers(x, q, y), doctest::Contains(message), halftone::error);
}

}  // namespace

TEST_CASE("gemm_integers: groups, shapes, scales, overlap and the int32 bound") {
  using weights = scheme<int8, symmetric, per_channel<0>>;
  const quantized_matrix<weights> q(matrix_shape{6, 64});
  std::vector<std::int32_t> y(2 * 64);
  std::vector<std::int8_t> codes(2 * 64);
  const group_parameters p{.scale = 1.0f};
  const group_parameters infinite{.scale = std::numeric_limits<float>::infinity()};
  const matrix_view<const std::int8_t> in(codes.data(), 2, 64);
  const matrix_view<std::int32_t> out(y.data(), 2, 6);
  const auto x = static_activations(in, p);
  check_refused(x, quantized_matrix<scheme<int8, symmetric, per_group<32>>>(matrix_shape{6, 64}), out, "2 groups");
  check_refused(x, q, {y.data(), 2, 5}, "should be [2, 6]");
  check_refused(static_activations(in, infinite), q, out, "scale inf");
  const matrix_view<const std::int8_t> same(reinterpret_cast<const std::int8_t*>(y.data()), 2, 64);
  check_refused(static_activations(same, p), q, out, "overlap");
  const std::size_t k = 131072;
  const std::vector<std::int8_t> long_codes(k);
  check_refused(static_activations(matrix_view<const std::int8_t>(long_codes.data(), 1, k), p),
                quantized_matrix<weights>(matrix_shape{1, k}), {y.data(), 1, 1}, "131071");
}

TEST_CASE("gemm_integers with a stage: the same, and what the stage refuses") {
  using weights = scheme<int8, symmetric, per_channel<0>>;
  const quantized_matrix<weights> q(matrix_shape{6, 64});
  std::vector<std::int8_t> y(2 * 64);
  std::vector<std::int8_t> codes(2 * 64);
  std::vector<float> factors(6, 1.0f);
  const group_parameters p{.scale = 1.0f};
  const auto x = static_activations(matrix_view<const std::int8_t>(codes.data(), 2, 64), p);
  const matrix_view<std::int8_t> out(y.data(), 2, 6);
  using stage = requantize_sums<std::int8_t, in_float>;
  const auto refused = [&](const auto& in, const auto& matrix, matrix_view<std::int8_t> to, const stage& finish, const char* message) {
    CHECK_THROWS_WITH_AS(gemm_integers(in, pack(matrix), to, finish), doctest::Contains(message), halftone::error);
    CHECK_THROWS_WITH_AS(reference::gemm_integers(in, matrix, to, finish), doctest::Contains(message), halftone::error);
  };
  const stage good{.factors = factors};
  gemm_integers(x, pack(q), out, good);
  refused(x, quantized_matrix<scheme<int8, symmetric, per_group<32>>>(matrix_shape{6, 64}), out, good, "2 groups");
  refused(x, q, matrix_view<std::int8_t>(y.data(), 2, 5), good, "should be [2, 6]");
  refused(x, q, out, {.factors = std::span<const float>(factors).first(5)}, "5 factors for 6");
  const std::vector<std::int32_t> bias(6);
  refused(x, q, out, {.factors = factors, .bias = std::span<const std::int32_t>(bias).first(5)}, "5 biases for 6");
  refused(x, q, out, {.factors = factors, .zero_point = 128}, "zero point 128");
  refused(x, q, out, {.factors = factors, .low = 3, .high = 2}, "bounds 3 and 2");
  refused(static_activations(matrix_view<const std::int8_t>(y.data(), 2, 64), p), q, out, good, "overlap");
  const matrix_view<std::int8_t> on_factors(reinterpret_cast<std::int8_t*>(factors.data()), 2, 6);
  refused(x, q, on_factors, good, "factors of requantize_sums overlap y");
  const matrix_view<std::int8_t> on_bias(const_cast<std::int8_t*>(reinterpret_cast<const std::int8_t*>(bias.data())), 2, 6);
  refused(x, q, on_bias, {.factors = factors, .bias = bias}, "biases of requantize_sums overlap y");
}
