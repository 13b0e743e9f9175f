// SPDX-License-Identifier: MIT
// Halftone tests: what is not a wrong call has a defined result: zeros, constants, subnormals, negative and zero scales in
// weights; NaN and infinity in activations. The kernels give what the reference gives, bit for bit; NaNs by place.
#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/gemm.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

namespace {

using namespace halftone;

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr std::size_t m = 3, n = 4, k = 20;

using weights_with_zero_point = scheme<uint4, asymmetric, per_group<8>>;
using with_offset = scheme<uint4, float_offset, per_group<8>>;

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!(std::isnan(a[i]) && std::isnan(b[i])) && std::memcmp(&a[i], &b[i], sizeof(float)) != 0) {
      return false;
    }
  }
  return a.size() == b.size();
}

/// Rows of weights: zeros, a constant, subnormals, huge values of both signs.
std::vector<float> strange_weights() {
  std::vector<float> w(n * k);
  for (std::size_t j = 0; j < k; ++j) {
    w[k + j] = -1.25f;
    w[2 * k + j] = (j % 2 == 0 ? 0x1p-140f : -0x1p-141f);
    w[3 * k + j] = (j % 3 == 0 ? 0x1p100f : -0x1p99f);
  }
  return w;
}

template <class Scheme>
std::vector<float> reals(const quantized_matrix<Scheme>& q) {
  std::vector<float> y(q.rows() * q.cols());
  dequantize(q, matrix_view<float>(y.data(), q.rows(), q.cols()));
  return y;
}

/// y by the kernel; also checks that it is the reference's.
template <class Scheme, class Activations>
std::vector<float> product_of(const Activations& x, const quantized_matrix<Scheme>& q) {
  std::vector<float> y(m * n), expected(m * n);
  gemm(x, pack(q), matrix_view<float>(y.data(), m, n));
  reference::gemm(x, q, matrix_view<float>(expected.data(), m, n));
  CHECK(same(y, expected));
  return y;
}

template <class Scheme>
void strange_weights_have_defined_results() {
  CAPTURE(Scheme::name());
  const std::vector<float> w = strange_weights();
  const auto q = quantize<Scheme>({w.data(), n, k});
  const auto expected = reference::quantize<Scheme>({w.data(), n, k});
  CHECK(std::memcmp(q.codes().data(), expected.codes().data(), q.codes().size()) == 0);
  const std::vector<float> back = reals(q);
  for (std::size_t j = 0; j < k; ++j) {
    CHECK(back[j] == 0.0f);
    CHECK(std::abs(back[k + j] + 1.25f) <= 1.25f * 0x1p-22f);
    CHECK(std::abs(back[2 * k + j] - w[2 * k + j]) <= 0x1p-139f);
    CHECK(std::abs(back[3 * k + j] - w[3 * k + j]) <= 0x1p96f);
  }
  std::vector<float> x(m * k, 0.5f);
  x[k + 3] = not_a_number;
  x[2 * k + 19] = infinity;
  const std::vector<float> by_floats = product_of(matrix_view<const float>(x.data(), m, k), q);
  const std::vector<float> by_codes = product_of(dynamic<int8_per_token>({x.data(), m, k}), q);
  for (std::size_t j = 0; j < n; ++j) {
    CHECK(std::isfinite(by_floats[j]));
    CHECK(std::isfinite(by_codes[j]));
    CHECK(std::isnan(by_floats[n + j]));     // a NaN reaches every output of its row, whatever the weight
    CHECK_FALSE(std::isfinite(by_floats[2 * n + j]));
    CHECK(std::isnan(by_codes[n + j]));      // codes cannot say NaN or infinity: the row's scale does
    CHECK(std::isnan(by_codes[2 * n + j]));
  }
}

}  // namespace

TEST_CASE("zero, constant, subnormal and huge weights with zero points, NaN and infinity in activations") {
  strange_weights_have_defined_results<weights_with_zero_point>();
}

TEST_CASE("zero, constant, subnormal and huge weights with offsets, NaN and infinity in activations") {
  strange_weights_have_defined_results<with_offset>();
}

TEST_CASE("negative and zero scales are scales like others") {
  const std::vector<float> w(n * k, 1.0f);
  const std::vector<group_parameters> given{{.scale = -0.125f, .zero_point = 15}};
  const auto negative = quantize<weights_with_zero_point>({w.data(), n, k}, given_parameters{given});
  CHECK(reals(negative)[5] == 1.0f);
  const std::vector<float> x(m * k, 2.0f);
  CHECK(product_of(matrix_view<const float>(x.data(), m, k), negative)[3] == 40.0f);
  product_of(dynamic<int8_per_token>({x.data(), m, k}), negative);

  const std::vector<group_parameters> zero{{.scale = 0.0f, .zero_point = 3}};
  const auto nothing = quantize<weights_with_zero_point>({w.data(), n, k}, given_parameters{zero});
  CHECK(reals(nothing) == std::vector<float>(n * k, 0.0f));
  CHECK(product_of(matrix_view<const float>(x.data(), m, k), nothing) == std::vector<float>(m * n, 0.0f));
  CHECK(product_of(dynamic<int8_per_token>({x.data(), m, k}), nothing) == std::vector<float>(m * n, 0.0f));
}

TEST_CASE("activations of zeros give zeros") {
  const std::vector<float> w = strange_weights();
  const std::vector<float> x(m * k, 0.0f);
  const auto q = quantize<with_offset>({w.data(), n, k});
  CHECK(product_of(matrix_view<const float>(x.data(), m, k), q) == std::vector<float>(m * n, 0.0f));
  CHECK(product_of(dynamic<int8_per_token>({x.data(), m, k}), q) == std::vector<float>(m * n, 0.0f));
}
