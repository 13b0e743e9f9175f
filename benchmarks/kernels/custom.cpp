// SPDX-License-Identifier: MIT
// Halftone benchmarks: policies that the library does not know, as in examples/custom_policy.cpp: 5 bits, groups of 24,
// scales that are powers of two, kept as one byte each.
#include "multiplication.hpp"

#include <algorithm>
#include <bit>

namespace halftone_benchmark {
namespace {

struct power_of_two_scale {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  static std::string name() { return "power_of_two_scale"; }
  template <halftone::signed_element Element>
  static halftone::group_parameters choose(halftone::range r, const Element&) noexcept {
    const float largest = halftone::maximum(halftone::magnitude(r.min), halftone::magnitude(r.max));
    const auto bits = std::bit_cast<std::uint32_t>(largest / static_cast<float>(Element::max));
    return {.scale = std::bit_cast<float>((bits + 0x7fffffu) & 0xff800000u)};
  }
};

struct exponent_byte {
  static constexpr unsigned bits = 8;
  static constexpr std::size_t dimension = 1;
  static std::string name() { return "exponent_byte"; }
  static float largest() noexcept { return 1.0f; }
  static std::uint32_t encode(float x) noexcept {
    return x > 0.0f ? std::min(std::bit_cast<std::uint32_t>(x) >> 23, 254u) : 0u;
  }
  static constexpr float decode(std::uint32_t code) noexcept { return std::bit_cast<float>(code << 23); }
};

using own =
    halftone::scheme<halftone::int5, power_of_two_scale, halftone::per_group<24>, halftone::stored_as<exponent_byte>>;

}  // namespace

std::span<const kernel_entry> custom_kernels() {
  static constexpr kernel_entry table[] = {{"custom5_g24", multiplication<own>}};
  return table;
}

}  // namespace halftone_benchmark
