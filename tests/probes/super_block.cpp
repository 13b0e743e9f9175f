// SPDX-License-Identifier: MIT
// Halftone: probe: super-blocks of 256 weights as in ggml Q4_K: 6-bit scales and minima under two fp16 numbers.
//
//   w = d * scale6 * code - d_min * minimum6        code 0..15; one scale6 and minimum6 for 32 weights
#include "probe.hpp"

namespace {

/// scale = (max - low) / 15, offset = low, where low = min(min, 0): minima are never positive.
struct scale_and_minimum {
  static constexpr halftone::equation equation = halftone::equation::scaled_offset;
  static std::string name() { return "scale_and_minimum"; }
  template <halftone::uniform_element Element>
  static constexpr halftone::group_parameters choose(halftone::range r, const Element&) noexcept {
    const float low = halftone::minimum(r.min, 0.0f);
    return {.scale = (r.max - low) / static_cast<float>(Element::max - Element::min), .offset = low};
  }
};

/// scale = the number of largest magnitude / the largest level, for planes whose numbers all have one sign.
struct one_sided {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  static std::string name() { return "one_sided"; }
  template <halftone::uniform_element Element>
  static constexpr halftone::group_parameters choose(halftone::range r, const Element&) noexcept {
    const float extreme = halftone::magnitude(r.max) > halftone::magnitude(r.min) ? r.max : r.min;
    return {.scale = extreme / static_cast<float>(Element::max)};
  }
};

using six_bits =
    halftone::scheme<halftone::uint6, one_sided, halftone::per_group<8>, halftone::stored_as<halftone::fp16>>;
using super_block = halftone::scheme<halftone::uint4, scale_and_minimum, halftone::per_group<32>,
                                     halftone::quantized_again<six_bits>, halftone::quantized_again<six_bits>>;

TEST_CASE("a super-block keeps 6-bit scales and minima under two fp16 numbers in 4.5 bits") {
  const auto w = probe::gaussian(19 * 512, 1);
  // steps of (max - min) / 15 over 32 normal numbers: (4.1 / 15)^2 / 12 = 0.0062, and rounded scales on top
  const auto q = probe::check<super_block>({w.data(), 19, 512}, 0.0075, 4.5);

  const auto& scales = q.scale_plane().matrix();
  const auto& minima = q.offset_plane().matrix();
  REQUIRE(scales.shape() == halftone::matrix_shape{19, 16});
  REQUIRE(scales.group_count() == 19 * 2);
  for (std::size_t k = 0; k < 512; ++k) {
    const float scale = scales.scale_at(2 * 3 + k / 256) * static_cast<float>(scales.code_at(3, k / 32));
    const float minimum = minima.scale_at(2 * 3 + k / 256) * static_cast<float>(minima.code_at(3, k / 32));
    REQUIRE(minimum <= 0.0f);
    REQUIRE(q.value_at(3, k) == halftone::fused(scale, static_cast<float>(q.code_at(3, k)), minimum));
  }
}

TEST_CASE("a super-block may end early") {
  const auto w = probe::gaussian(5 * 301, 2);
  const std::size_t bytes = 5 * (151 + 2 * (8 + 2 * 2));  // codes; 10 numbers of 6 bits and 2 of fp16, twice
  probe::check<super_block>({w.data(), 5, 301}, 0.0075, 8.0 * static_cast<double>(bytes) / (5 * 301));
}

}  // namespace
