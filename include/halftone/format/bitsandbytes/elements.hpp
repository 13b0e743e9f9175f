// SPDX-License-Identifier: MIT
// Halftone: elements whose codes bitsandbytes chooses in a way of its own. They decode as fp4_bnb and dynamic8 do.
#pragma once

#include <halftone/element/dynamic_map.hpp>
#include <halftone/element/tables.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::bitsandbytes {

/// fp4 as `quantize_4bit` encodes it: a value above zero that rounds to zero takes the second zero, code 8. Its sorted table has both
/// zeros, 0 before 8, and the midpoint between them is 0.
struct fp4 : fp4_bnb {
  [[nodiscard]] static std::string name() { return "bitsandbytes_fp4"; }
  template <class Float>
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(Float x) noexcept {
    const std::uint32_t code = fp4_bnb::encode(x);
    return code + (static_cast<std::uint32_t>(code == 0) & static_cast<std::uint32_t>(x > Float{0})) * 8u;
  }
};

/// The dynamic map as the CPU library encodes it: a value is first put on a grid of 65536 points,
///   i = trunc((x + 1) * 32767.5 + 0.5),   code = nearest entry to i / 32767.5 - 1
/// so that codes near midpoints, and most codes near zero, differ from `dynamic8`, which is the rule of the other backends. NaN, which
/// is what a block of zeros is divided to, has code 0.
struct dynamic8_on_grid : dynamic8 {
  [[nodiscard]] static std::string name() { return "bitsandbytes_dynamic8_on_grid"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(float x) noexcept {
    const float place = product(maximum(minimum(x, 1.0f), -1.0f) + 1.0f, 32767.5f) + 0.5f;
    const auto i = static_cast<std::uint32_t>(chosen(x == x, place, 0.0f));
    return dynamic8::encode(static_cast<double>(i) / 32767.5 - 1.0);
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(double x) noexcept { return encode(static_cast<float>(x)); }
};

static_assert(table_element<fp4> && table_element<dynamic8_on_grid>);
static_assert(fp4::encode(0.0f) == 0 && fp4::encode(0.001f) == 8 && fp4::encode(-0.001f) == 0 && fp4::encode(0.9f) == 3);
static_assert(dynamic8_on_grid::encode(0.0f) == 131 && dynamic8_on_grid::encode(1.0f) == 255 && dynamic8_on_grid::encode(-1.0f) == 0);

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::bitsandbytes
