// SPDX-License-Identifier: MIT
// Schemes whose groups have integer scales under the float of a super-block, for tests.
#pragma once

#include <halftone/scheme/presets.hpp>

#include <string>

namespace super_block_test {

using namespace halftone;

/// scale = the number of largest magnitude / the largest level, for planes whose numbers all have one sign.
struct one_sided {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  static std::string name() { return "one_sided"; }
  template <uniform_element Element>
  static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float extreme = magnitude(r.max) > magnitude(r.min) ? r.max : r.min;
    return {.scale = extreme / static_cast<float>(Element::max)};
  }
};

/// scale = (max - low) / levels, offset = low = min(min, 0): offsets are never positive.
struct scale_and_minimum {
  static constexpr halftone::equation equation = halftone::equation::scaled_offset;
  static std::string name() { return "scale_and_minimum"; }
  template <uniform_element Element>
  static constexpr group_parameters choose(range r, const Element&) noexcept {
    const float low = minimum(r.min, 0.0f);
    return {.scale = (r.max - low) / static_cast<float>(Element::max - Element::min), .offset = low};
  }
};

template <class Element, std::size_t Groups>
using integers = quantized_again<scheme<Element, one_sided, per_group<Groups>, stored_as<fp16>>>;

/// As ggml Q4_K: 8 groups of 32 with 6-bit scales and minima.
using four_bits = scheme<uint4, scale_and_minimum, per_group<32>, integers<uint6, 8>, integers<uint6, 8>>;
/// As ggml Q6_K: 16 groups of 16 with 8-bit signed scales.
using six_bits = scheme<int6, symmetric, per_group<16>, quantized_again<scheme<int8, symmetric, per_group<16>, stored_as<fp16>>>>;
/// Integer zero points besides, and groups that are no whole number of quads.
using five_bits = scheme<uint5, asymmetric, per_group<20>, integers<uint4, 3>>;
using odd_groups = scheme<uint3, asymmetric, per_group<7>, integers<uint6, 5>>;
/// Eight bits, whose kernels take code sums where activations are moved.
using eight_bits = scheme<int8, symmetric, per_group<32>, integers<uint6, 8>>;

}  // namespace super_block_test
