// SPDX-License-Identifier: MIT
// Integer results are those of the reference, for codes, activations and zero points at their extremes.
#include "gemm/check.hpp"

#include <halftone/gemm/gemm_integers.hpp>
#include <halftone/reference/gemm_integers.hpp>

using namespace halftone;

namespace {

/// Codes straight from the sums, a factor and a bias a column.
template <class Output, class Rule, class Scheme>
void check_codes(const activation_view& x, const quantized_matrix<Scheme>& q) {
  const std::size_t m = x.rows();
  const std::size_t n = q.rows();
  std::vector<typename Rule::factor_type> factors;
  std::vector<std::int32_t> bias;
  for (std::size_t j = 0; j < n; ++j) {
    factors.push_back(Rule::factor_of(0.37 / static_cast<double>(q.cols() + j + 1)));
    bias.push_back(static_cast<std::int32_t>(random_bits(2, j)) >> 16);
  }
  const requantize_sums<Output, Rule> finish{.factors = factors, .bias = bias, .zero_point = 3, .low = 3};
  std::vector<Output> expected(m * (n + 2), Output{7}), actual(m * (n + 2), Output{7});
  reference::gemm_integers(x, q, matrix_view<Output>(expected.data(), m, n, n + 2), finish);
  gemm_test::backwards order;
  for (const std::size_t tasks : {std::size_t{1}, std::size_t{3}}) {
    std::fill(actual.begin(), actual.end(), Output{7});
    gemm_integers(x, pack(q), matrix_view<Output>(actual.data(), m, n, n + 2), finish, {.execute = executor_ref(order, tasks)});
    CHECK(actual == expected);
  }
}

template <class Scheme, class Byte>
void check_integers(std::size_t m, std::size_t n, std::size_t k, std::int32_t zero_point) {
  quantized_matrix<Scheme> q(matrix_shape{n, k});
  for (std::size_t i = 0; i < q.codes().size(); ++i) {
    q.codes()[i] = static_cast<std::uint8_t>(i % 7 == 0 ? 0x80 : i % 7 == 1 ? 0xff : random_bits(k, i));
  }
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    q.scale_plane().set(g, 0.25f);
    if constexpr (Scheme::has_zero_point) {
      q.set_zero_point(g, g % 2 == 0 ? Scheme::element_type::min : Scheme::element_type::max);
    }
  }
  std::vector<Byte> x(m * (k + 1));
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<Byte>(i % 5 == 0 ? 0x80 : i % 5 == 1 ? 0xff : random_bits(n, i));
  }
  const group_parameters p{.scale = 3.0f, .zero_point = zero_point};
  const auto view = static_activations(matrix_view<const Byte>(x.data(), m, k, k + 1), p);
  std::vector<std::int32_t> expected(m * (n + 2), -7), actual(m * (n + 2), -7);
  reference::gemm_integers(view, q, {expected.data(), m, n, n + 2});
  check_codes<std::int8_t, in_float>(view, q);
  check_codes<std::uint8_t, in_double>(view, q);
  check_codes<std::int16_t, in_fixed_point<double_rounding>>(view, q);
  gemm_test::backwards order;
  for (const std::size_t tasks : {std::size_t{1}, std::size_t{3}}) {
    std::fill(actual.begin(), actual.end(), -7);
    gemm_integers(view, pack(q), {actual.data(), m, n, n + 2}, {.execute = executor_ref(order, tasks)});
    CHECK(actual == expected);
  }
}

}  // namespace

TEST_CASE_TEMPLATE("integer results", Scheme, scheme<int8, symmetric, per_channel<0>>, uint8_per_channel,
                   scheme<int4, symmetric, per_tensor>, scheme<uint4, asymmetric, per_channel<0>>) {
  for (const auto& [m, n, k] : {gemm_test::shape{1, 1, 1}, {1, 33, 129}, {5, 17, 1100}, {9, 16, 64}, {260, 3, 5}, {2, 5, 0}}) {
    check_integers<Scheme, std::int8_t>(m, n, k, 0);
    check_integers<Scheme, std::int8_t>(m, n, k, -128);
    check_integers<Scheme, std::uint8_t>(m, n, k, 255);
  }
}

TEST_CASE("weights with several groups along k are refused") {
  const std::vector<float> weights(6 * 64, 0.5f);
  const auto q = quantize<int4_g32>({weights.data(), 6, 64});
  std::vector<std::int8_t> codes(2 * 64);
  std::vector<std::int32_t> y(2 * 6);
  const group_parameters p{.scale = 1.0f};
  const auto x = static_activations(matrix_view<const std::int8_t>(codes.data(), 2, 64), p);
  CHECK_THROWS_WITH_AS(gemm_integers(x, pack(q), {y.data(), 2, 6}), doctest::Contains("2 groups"), halftone::error);
  CHECK_THROWS_WITH_AS(reference::gemm_integers(x, q, {y.data(), 2, 6}), doctest::Contains("2 groups"), halftone::error);
}
