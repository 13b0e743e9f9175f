// SPDX-License-Identifier: MIT
// Halftone tests: ranges and parameters that the caller knows, one for all groups or one for each.
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/given.hpp>
#include <halftone/scheme/symmetric.hpp>

#include <doctest/doctest.h>

#include <array>
#include <vector>

namespace {

using namespace halftone;

using w8 = scheme<uint8, asymmetric, per_group<4>>;
using w4 = scheme<int4, symmetric, per_group<4>, stored_as<bf16>>;

static_assert(indexed_estimator_for<given_ranges, w8> && !estimator_for<given_ranges, w8> &&
              any_estimator_for<given_ranges, w8> && any_estimator_for<given_parameters, w8> &&
              any_estimator_for<min_max, w8> && !any_estimator_for<int, w8>);

const std::array<float, 12> weights{-1, 2, 3, 4, 0.5f, -8, 7, 6, 1, 1, 1, 100};
const matrix_view<const float> w(weights.data(), 2, 6);  // groups of 4 and 2 a row

}  // namespace

TEST_CASE("one given range serves every group, and values beyond it saturate") {
  const std::array<range, 1> ranges{{{-2.0f, 3.0f}}};
  const auto q = reference::quantize<w8>(w, given_ranges{ranges});
  for (std::size_t g = 0; g < 4; ++g) {
    CHECK(q.parameters_at(g) == asymmetric::choose(ranges[0], uint8{}));
  }
  CHECK(q.code_at(1, 5) == 255);
  CHECK(q.code_at(0, 5) == 0);
}

TEST_CASE("one range for each group") {
  const std::array<range, 4> ranges{{{0, 1}, {-1, 0}, {2, 3}, {-5, 5}}};
  const auto q = reference::quantize<w8>(w, given_ranges{ranges});
  for (std::size_t g = 0; g < 4; ++g) {
    CHECK(q.parameters_at(g) == asymmetric::choose(ranges[g], uint8{}));
  }
}

TEST_CASE("given parameters are stored as the scheme says") {
  const std::array<group_parameters, 4> parameters{
      {{.scale = 0.1f}, {.scale = -0.25f}, {.scale = 0.0f}, {.scale = 3.0f}}};
  const auto q = reference::quantize<w4>(w, given_parameters{parameters});
  for (std::size_t g = 0; g < 4; ++g) {
    CHECK(q.scale_at(g) == bf16::decode(bf16::encode(parameters[g].scale)));
  }
  const float stored = q.scale_at(0);
  CHECK(stored != 0.1f);
  CHECK(int4::level_of(q.code_at(0, 2)) == 7);                       // 3 / 0.1 saturates
  CHECK(q.value_at(0, 5) == -1.75f);                                  // -8 / -0.25 = 32 saturates at 7
  CHECK(int4::level_of(q.code_at(1, 3)) == 0);                       // scale zero
}

TEST_CASE("given zero points are kept") {
  const std::array<group_parameters, 1> parameters{{{.scale = 1.0f, .zero_point = 200}}};
  const auto q = reference::quantize<w8>(w, given_parameters{parameters});
  CHECK(q.zero_point_at(3) == 200);
  CHECK(q.code_at(0, 3) == 204);
  CHECK(q.value_at(0, 3) == 4.0f);
}

TEST_CASE("the number of given groups must fit") {
  const std::array<range, 3> three{};
  CHECK_THROWS_WITH_AS(static_cast<void>(reference::quantize<w8>(w, given_ranges{three})),
                       "quantize: the estimator has 3 entries for 4 groups", error);
  CHECK_THROWS_WITH_AS(static_cast<void>(reference::quantize<w8>(w, given_parameters{})),
                       "quantize: the estimator has 0 entries for 4 groups", error);
}
