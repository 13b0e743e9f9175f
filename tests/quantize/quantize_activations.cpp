// SPDX-License-Identifier: MIT
// quantize_activations gives the bits of the reference, at odd lengths, for values that are no numbers, too.
#include <halftone/quantize/quantize_activations.hpp>
#include <halftone/reference/quantize_activations.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <vector>

using namespace halftone;

namespace {

std::vector<float> values_of(std::size_t count, std::uint64_t seed) {
  std::vector<float> v(count);
  for (std::size_t i = 0; i < count; ++i) {
    v[i] = random_bits(seed, i) % 13 == 0 ? (i % 2 == 0 ? 0.0f : -0.0f) : random_unit(seed, i) - 0.4f;
  }
  return v;
}

}  // namespace

TEST_CASE_TEMPLATE("activations equal the reference, NaN and infinity included", Scheme, int8_per_token, int8_static,
                   uint8_static, scheme<uint8, asymmetric, per_token>) {
  constexpr std::size_t most = 37;  // rows whose ends are found together, twice, and some
  for (const std::size_t k : {1, 15, 16, 17, 100, 1031}) {
    const std::size_t stride = k % 2 == 0 ? k : k + 3;
    std::vector<float> data = values_of(most * stride, k);
    data[2 * stride] = std::numeric_limits<float>::quiet_NaN();
    data[3 * stride + k - 1] = -std::numeric_limits<float>::infinity();
    data[20 * stride + k / 2] = std::numeric_limits<float>::infinity();
    std::fill_n(data.begin() + static_cast<std::ptrdiff_t>(5 * stride), k, 0.0f);
    for (const std::size_t rows : {std::size_t{1}, std::size_t{2}, std::size_t{5}, most}) {
      const matrix_view<const float> x(data.data(), rows, k, stride);
      const auto expected_codes = reference::quantize_activations<Scheme>(x);
      const activation_view expected = expected_codes.view();
      const auto q = quantize_activations<Scheme>(x);
      const activation_view actual = q.view();
      const group_parameters given{.scale = 0.01f, .zero_point = Scheme::has_zero_point ? 3 : 0};
      const auto fixed = quantize_activations<Scheme>(x, given);
      const auto fixed_expected = reference::quantize_activations<Scheme>(x, given);
      for (std::size_t i = 0; i < rows; ++i) {
        CHECK(std::bit_cast<std::uint32_t>(actual.scale(i)) == std::bit_cast<std::uint32_t>(expected.scale(i)));
        CHECK(actual.zero_point(i) == expected.zero_point(i));
        for (std::size_t j = 0; j < k; ++j) {
          CHECK(actual.level(i, j) == expected.level(i, j));
          CHECK(fixed.row_codes(i)[j] == fixed_expected.row_codes(i)[j]);
        }
      }
    }
  }
}
