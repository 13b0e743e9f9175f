// SPDX-License-Identifier: MIT
// Halftone tests: the four equations, each rounded once.
#include <halftone/core/random.hpp>
#include <halftone/scheme/parameters.hpp>

#include <doctest/doctest.h>

#include <cmath>

TEST_CASE("neutral parameters give the level back") {
  const halftone::group_parameters neutral;
  CHECK(neutral == halftone::group_parameters{.scale = 1.0f, .zero_point = 0, .offset = 0.0f});
  CHECK(halftone::real_of_level<halftone::equation::level_only>(-7.0f, neutral) == -7.0f);
  CHECK(halftone::real_of_level<halftone::equation::scaled>(-7.0f, neutral) == -7.0f);
  CHECK(halftone::real_of_level<halftone::equation::scaled_zero_point>(-7.0f, neutral) == -7.0f);
  CHECK(halftone::real_of_level<halftone::equation::scaled_offset>(-7.0f, neutral) == -7.0f);
}

TEST_CASE("every equation is rounded once") {
  std::size_t wrong = 0;
  for (std::uint64_t i = 0; i < 50'000; ++i) {
    const auto level = static_cast<float>(static_cast<int>(halftone::random_bits(1, i) % 256) - 128);
    const halftone::group_parameters p{.scale = halftone::random_unit(2, i) * 2.0f - 1.0f,
                                       .zero_point = static_cast<int>(halftone::random_bits(3, i) % 256) - 128,
                                       .offset = halftone::random_unit(4, i) * 100.0f - 50.0f};
    const double scale = static_cast<double>(p.scale);
    // a product of a float and a small integer is exact in double, so the conversion is the only rounding
    wrong += halftone::real_of_level<halftone::equation::scaled>(level, p) !=
                     static_cast<float>(scale * static_cast<double>(level))
                 ? 1u
                 : 0u;
    wrong += halftone::real_of_level<halftone::equation::scaled_zero_point>(level, p) !=
                     static_cast<float>(scale * (static_cast<double>(level) - p.zero_point))
                 ? 1u
                 : 0u;
    wrong += halftone::real_of_level<halftone::equation::scaled_offset>(level, p) != std::fma(p.scale, level, p.offset) ? 1u
                                                                                                                        : 0u;
  }
  CHECK(wrong == 0);
}

TEST_CASE("equations work in constant expressions") {
  static_assert(halftone::real_of_level<halftone::equation::scaled_zero_point>(3.0f, {.scale = 0.5f, .zero_point = 5}) == -1.0f);
  static_assert(halftone::real_of_level<halftone::equation::scaled_offset>(3.0f, {.scale = 0.5f, .offset = 1.0f}) == 2.5f);
  CHECK(halftone::range{}.min == 0.0f);
}
