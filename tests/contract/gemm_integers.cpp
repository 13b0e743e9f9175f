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
