// SPDX-License-Identifier: MIT
// Halftone: policies of the generated schemes' own: elements, mappings, a granularity, a rounding and a storage.
//
// Nothing in the library knows them; each does something that none of the library's policies does.
#pragma once

#include <halftone/halftone.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <string>

namespace generated {

/// Unsigned levels whose highest code is not used.
template <unsigned Bits>
struct capped : halftone::integer<Bits, halftone::signedness::is_unsigned> {
  static constexpr std::int32_t max = (1 << Bits) - 2;
  static std::string name() { return "capped" + std::to_string(Bits); }
};

/// A sign bit above a magnitude m, which stands for ((m + 1) / count)^2: small values are dense, zero has no code.
/// Squares of 8 bits are exact, so that no contraction changes them.
template <unsigned Bits>
struct square_law {
  static constexpr unsigned bits = Bits;
  static constexpr std::size_t dimension = 1;
  static constexpr std::uint32_t count = 1u << (Bits - 1);
  static std::string name() { return "square_law" + std::to_string(Bits); }
  static constexpr float largest() noexcept { return 1.0f; }
  static constexpr float decode(std::uint32_t code) noexcept {
    const auto root = static_cast<float>((code & (count - 1)) + 1) / static_cast<float>(count);  // exact
    return (code & count) != 0 ? -(root * root) : root * root;
  }
  static constexpr std::uint32_t encode(float x) noexcept {
    std::uint32_t best = 0;
    for (std::uint32_t m = 1; m < count; ++m) {
      const float a = halftone::magnitude(x);
      best = halftone::magnitude(a - decode(m)) < halftone::magnitude(a - decode(best)) ? m : best;
    }
    return x < 0.0f ? best | count : best;
  }
};

/// More than half of 2^Bits ascending entries with random steps, from -1 to 1.
template <unsigned Bits, std::uint64_t Seed>
struct random_table {
  static constexpr std::size_t size =
      (std::size_t{1} << Bits) - (Bits == 1 ? 0 : halftone::random_bits(Seed, 999) % (std::size_t{1} << (Bits - 1)));
  static constexpr std::array<float, size> entries = [] {
    std::array<double, size> sums{};
    for (std::size_t i = 1; i < size; ++i) {
      sums[i] = sums[i - 1] + 0.25 + static_cast<double>(halftone::random_unit(Seed, i));
    }
    std::array<float, size> scaled{};
    for (std::size_t i = 0; i < size; ++i) {
      scaled[i] = static_cast<float>(2.0 * sums[i] / sums[size - 1] - 1.0);
    }
    return scaled;
  }();
  static std::string name() { return "random_table" + std::to_string(Bits) + "_" + std::to_string(Seed); }
};

/// A negative scale that leaves the outer quarter of the range to saturation.
struct clipped_negative {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  static std::string name() { return "clipped_negative"; }
  template <halftone::element_format Element>
  static constexpr halftone::group_parameters choose(halftone::range r, const Element& e) noexcept {
    const float largest = halftone::maximum(halftone::magnitude(r.min), halftone::magnitude(r.max));
    return {.scale = largest * -0.75f / halftone::maximum(halftone::largest_level(e), 1.0f)};
  }
};

/// A scale and an offset for tables: the middle of the range decodes to level 0.
struct around_middle {
  static constexpr halftone::equation equation = halftone::equation::scaled_offset;
  static std::string name() { return "around_middle"; }
  template <halftone::table_element Element>
  static constexpr halftone::group_parameters choose(halftone::range r, const Element& e) noexcept {
    return {.scale = (r.max * 0.5f - r.min * 0.5f) / e.largest(), .offset = r.max * 0.5f + r.min * 0.5f};
  }
};

/// Groups of N along k, two rows to a group, numbered from the right end of the row.
template <std::size_t N>
struct two_rows_from_right {
  static std::string name() { return "two_rows_from_right" + std::to_string(N); }
  static constexpr halftone::matrix_shape parameter_shape(halftone::matrix_shape s) noexcept {
    return s.rows == 0 || s.cols == 0
               ? halftone::matrix_shape{}
               : halftone::matrix_shape{halftone::ceil_div(s.rows, 2), halftone::ceil_div(s.cols, N)};
  }
  static constexpr std::size_t group_of(std::size_t row, std::size_t k, halftone::matrix_shape s) noexcept {
    const std::size_t groups = halftone::ceil_div(s.cols, N);
    return row / 2 * groups + (groups - 1 - k / N);
  }
  static constexpr std::size_t run_length(halftone::matrix_shape) noexcept { return N; }
};

/// Nearest, ties to the odd level.
struct nearest_odd {
  static std::string name() { return "nearest_odd"; }
  static constexpr float round(float x, std::uint64_t) noexcept {
    const auto toward_zero = static_cast<std::int32_t>(x);
    const float rest = x - static_cast<float>(toward_zero);
    const std::int32_t away = toward_zero + (rest < 0.0f ? -1 : 1);
    const float a = halftone::magnitude(rest);
    return static_cast<float>(a > 0.5f || (a == 0.5f && away % 2 != 0) ? away : toward_zero);
  }
};

/// A byte for a parameter: sign, 5 bits of exponent, 2 of mantissa, cut off toward zero; 2^-22 and less is 0.
struct coarse_float {
  static constexpr unsigned bits = 8;
  static constexpr std::size_t dimension = 1;
  static constexpr std::int32_t lowest = (127 - 22) * 4;
  static std::string name() { return "coarse_float"; }
  static constexpr float largest() noexcept { return 1.0f; }
  static constexpr std::uint32_t encode(float x) noexcept {
    const std::uint32_t u = std::bit_cast<std::uint32_t>(x);
    const std::int32_t steps = static_cast<std::int32_t>((u & 0x7fffffffu) >> 21) - lowest;
    return (u >> 31 << 7) | static_cast<std::uint32_t>(std::clamp(x == x ? steps : 0, 0, 127));
  }
  static constexpr float decode(std::uint32_t code) noexcept {
    const std::uint32_t steps = code & 127u;
    const std::uint32_t u = steps == 0 ? 0u : (steps + static_cast<std::uint32_t>(lowest)) << 21;
    return std::bit_cast<float>(u | (code & 128u) << 24);
  }
};
static_assert(halftone::table_element<coarse_float> && coarse_float::decode(coarse_float::encode(-1.9f)) == -1.75f);

}  // namespace generated
