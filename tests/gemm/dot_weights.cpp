// SPDX-License-Identifier: MIT
// Tables of integers: levels looked up in registers and multiplied exactly, on every path.
#include "gemm/check.hpp"
#include "gemm/integer_tables.hpp"

#include <halftone/gemm/grouped_gemm.hpp>
#include <halftone/reference/grouped_gemm.hpp>

using namespace halftone;
using namespace integer_tables;

namespace {

constexpr gemm_test::shape shapes[] = {{1, 1, 1},    {1, 17, 256}, {2, 5, 31},   {3, 33, 300}, {4, 16, 512}, {5, 40, 100},
                                       {6, 50, 24},  {9, 70, 257}, {13, 48, 64}, {17, 64, 640}, {1, 80, 2100}};

template <class Scheme>
void check_scheme() {
  static_assert(has_integer_path<Scheme>);
  for (const gemm_test::shape& s : shapes) {
    gemm_test::check_all<Scheme>(s);
  }
}

}  // namespace

TEST_CASE("levels in halves, 5 bits wide") { check_scheme<halves_g32>(); }
TEST_CASE("levels of a whole byte") {
  check_scheme<bytes_g16>();
  check_scheme<bytes_per_channel>();
}
TEST_CASE("tables of 20 and of 64 entries") {
  check_scheme<quarters_g24>();
  check_scheme<six_bits_g16>();
}
TEST_CASE("small floats of 6 bits are eighths to 60") {
  check_scheme<mxfp6_e2m3>();
  static_assert(!has_integer_path<mxfp6_e3m2>);
}

TEST_CASE_TEMPLATE("every code meets every activation: the sums are those of the values", Scheme, mxfp6_e2m3, mxfp4) {
  // Each run of 32 weights holds the largest value or its negative, so that all scales are 1 and nothing is rounded.
  using element = typename Scheme::element_type;
  constexpr std::uint32_t codes = 1u << element::bits;
  constexpr std::size_t n = 64;
  constexpr std::size_t k = 256;
  constexpr std::size_t m = 9;  // a tile of bit planes alone with m = 1, decoded lines and a rest with all rows
  std::vector<float> w(n * k);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = element::decode(static_cast<std::uint32_t>(i / k + i % k) % codes);
  }
  const auto q = quantize<Scheme>({w.data(), n, k});
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t i = 0; i < k; ++i) {
      REQUIRE(q.code_at(row, i) == (row + i) % codes);
    }
  }
  const auto packed = pack(q);
  std::vector<std::uint8_t> x(m * k);
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<std::uint8_t>(i % k + 29 * (i / k));
  }
  const auto check = [&](auto as, std::int32_t zero_point) {
    using code = decltype(as);
    std::vector<code> a(x.size());
    for (std::size_t i = 0; i < a.size(); ++i) {
      a[i] = x[i] == 128 && std::is_signed_v<code> ? code{0} : static_cast<code>(x[i]);
    }
    const group_parameters one{.scale = 1.0f, .zero_point = zero_point};
    for (const std::size_t rows : {std::size_t{1}, m}) {
      std::vector<float> y(rows * n);
      gemm(static_activations(matrix_view<const code>(a.data(), rows, k), one), packed, matrix_view<float>(y.data(), rows, n));
      for (std::size_t i = 0; i < y.size(); ++i) {
        double exact = 0.0;
        for (std::size_t j = 0; j < k; ++j) {
          exact += static_cast<double>(w[i % n * k + j]) * (a[i / n * k + j] - zero_point);
        }
        CHECK(static_cast<double>(y[i]) == exact);
      }
    }
  };
  check(std::int8_t{}, 0);
  check(std::uint8_t{}, 0);
  check(std::uint8_t{}, 255);
}

TEST_CASE("three levels, groups that are no units") { check_scheme<three_g20>(); }
TEST_CASE("a table under super-blocks") { check_scheme<bytes_in_super_blocks>(); }

TEST_CASE("a scale for each group of activations takes the table's power of two") {
  for (const gemm_test::shape& s : shapes) {
    const std::vector<float> weights = gemm_test::values_of(s.n * s.k, s.k);
    const std::vector<float> x = gemm_test::values_of(s.m * s.k, s.m);
    const auto q = quantize<halves_g32>({weights.data(), s.n, s.k});
    const auto activations = dynamic<int8_per_token_group<64>>(matrix_view<const float>(x.data(), s.m, s.k));
    gemm_test::output expected(s.m, s.n);
    gemm_test::output actual(s.m, s.n);
    reference::gemm(activations, q, expected.view());
    gemm(activations, pack(q), actual.view());
    CHECK(std::memcmp(actual.values.data(), expected.values.data(), actual.values.size() * sizeof(float)) == 0);
  }
}

TEST_CASE("sums of exact levels are exact sums of the table's values") {
  // Activations and weights that need no rounding anywhere: the product is the mathematical one.
  constexpr std::size_t k = 64;
  std::vector<float> w(k);
  std::vector<float> x(k);
  double exact = 0.0;
  for (std::size_t i = 0; i < k; ++i) {
    w[i] = integer_tables::halves::entries[i % 15];
    x[i] = static_cast<float>(i % 2 == 0 ? 127 - static_cast<int>(i) : -127);
    exact += static_cast<double>(w[i]) * static_cast<double>(x[i]);
  }
  const auto packed = pack(quantize<halves_g32>({w.data(), 1, k}));
  float y = 0.0f;
  gemv(dynamic<int8_per_token>(matrix_view<const float>(x.data(), 1, k)), packed, std::span<float>(&y, 1));
  CHECK(static_cast<double>(y) == exact);
}

TEST_CASE("the extremes of a table and of activations at the int32 bound") {
  // All weights -127 and all activations 255 less a zero point of 0; one more weight is refused.
  constexpr std::size_t longest = 2147483647 / (127 * 255);
  const auto multiply = [&](std::size_t k) {
    const std::vector<float> w(k, -1.0f);
    const std::vector<std::uint8_t> x(k, 255);
    const auto packed = pack(quantize<bytes_per_channel>({w.data(), 1, k}));
    float y = 0.0f;
    const group_parameters one{.scale = 1.0f};
    gemv(static_activations(matrix_view<const std::uint8_t>(x.data(), 1, k), one), packed, std::span<float>(&y, 1));
    return y;
  };
  const double exact = -127.0 * 255.0 * static_cast<double>(longest);
  CHECK(multiply(longest) == product(static_cast<float>(exact), 1.0f / 127.0f));
  CHECK_THROWS_AS(multiply(longest + 1), error);
}
