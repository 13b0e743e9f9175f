// SPDX-License-Identifier: MIT
// Activations with a scale for each run of values: the codes and scales of the reference, and what they mean.
#include <halftone/quantize/quantize_grouped_activations.hpp>
#include <halftone/reference/quantize_activations.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <vector>

using namespace halftone;

namespace {

template <class Scheme>
void check_same(const grouped_activations<Scheme>& a, const grouped_activations<Scheme>& b) {
  REQUIRE(a.shape() == b.shape());
  for (std::size_t i = 0; i < a.rows(); ++i) {
    CHECK(std::memcmp(a.row_codes(i), b.row_codes(i), a.cols()) == 0);
    for (std::size_t g = 0; g < a.groups(); ++g) {
      const float x = a.row_scales(i)[g];
      const float y = b.row_scales(i)[g];
      CHECK((x == y || (x != x && y != y)));
    }
  }
}

template <class Scheme>
void check_scheme() {
  for (const std::size_t k : {1u, 15u, 16u, 31u, 32u, 33u, 97u, 256u}) {
    std::vector<float> data(5 * (k + 3));
    for (std::size_t i = 0; i < data.size(); ++i) {
      data[i] = (random_unit(k, i) - 0.5f) * static_cast<float>(i % 7);
    }
    data[k + 3] = std::numeric_limits<float>::quiet_NaN();            // row 1, first group
    data[2 * (k + 3) + k - 1] = -std::numeric_limits<float>::infinity();  // row 2, last group
    for (std::size_t i = 0; i < k; ++i) {
      data[3 * (k + 3) + i] = -0.0f;
    }
    const matrix_view<const float> x(data.data(), 5, k, k + 3);
    const auto expected = reference::quantize_activations<Scheme>(x);
    check_same(quantize_activations<Scheme>(x), expected);
    grouped_activations<Scheme> q({5, k});
    std::memset(q.row_codes(0), 0x55, 5 * k);
    quantize_activations_into(x, q);
    check_same(q, expected);

    const grouped_activation_view view = q.view();
    CHECK(view.groups() == q.groups());
    CHECK(std::isnan(view.scale(1, 0)));
    CHECK(view.value(3, k - 1) == 0.0f);
    for (std::size_t i = 0; i < k; ++i) {
      CHECK(std::abs(view.value(0, i) - x(0, i)) <= 0.5001f * std::abs(view.scale(0, i)));
    }
  }
}

}  // namespace

TEST_CASE("codes and scales are those of the reference") {
  check_scheme<int8_per_token_group<32>>();
  check_scheme<int8_per_token_group<16>>();
  check_scheme<int8_per_token_group<7>>();
  check_scheme<scheme<int8, symmetric_signed_extreme, per_token_group<128>>>();
  check_scheme<scheme<int8_narrow, symmetric, per_token_group<20>, nearest_away>>();
}
