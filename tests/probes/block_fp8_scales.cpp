// SPDX-License-Identifier: MIT
// Halftone: probe: NVFP4: fp4 (e2m1) in groups of 16 whose scales are fp8 (e4m3) under one fp32 for the tensor.
#include "probe.hpp"

namespace {

/// Sign, 2 bits of exponent, 1 of mantissa: 0, 0.5, 1, 1.5, 2, 3, 4, 6. Nearest, ties to the even code.
struct e2m1 {
  static constexpr unsigned bits = 4;
  static constexpr std::size_t dimension = 1;
  static constexpr std::array<float, 8> magnitudes{0.0f, 0.5f, 1.0f, 1.5f, 2.0f, 3.0f, 4.0f, 6.0f};
  static std::string name() { return "e2m1"; }
  static constexpr float largest() noexcept { return 6.0f; }
  static constexpr float decode(std::uint32_t code) noexcept {
    return (code & 8u) != 0 ? -magnitudes[code & 7u] : magnitudes[code & 7u];
  }
  static constexpr std::uint32_t encode(float x) noexcept {
    std::uint32_t code = 0;
    for (std::uint32_t lower = 0; lower < 7; ++lower) {
      const float middle = (magnitudes[lower] + magnitudes[lower + 1]) * 0.5f;  // exact
      const float a = halftone::magnitude(x);
      code += a > middle || (a == middle && lower % 2 == 1) ? 1u : 0u;
    }
    return x < 0.0f ? code | 8u : code;
  }
};

/// Sign, 4 bits of exponent, 3 of mantissa; no infinities, largest 448, NaN is 0x7f. Nearest, ties to even, saturating.
struct e4m3 {
  static constexpr unsigned bits = 8;
  static constexpr std::size_t dimension = 1;
  static std::string name() { return "e4m3"; }
  static constexpr float largest() noexcept { return 448.0f; }
  static constexpr float decode(std::uint32_t code) noexcept {
    const std::uint32_t exponent = (code >> 3) & 15u;
    const auto mantissa = static_cast<float>(code & 7u);
    if ((code & 0x7fu) == 0x7fu) {
      return std::numeric_limits<float>::quiet_NaN();
    }
    const float unit = std::bit_cast<float>(((exponent == 0 ? 1u : exponent) + 117u) << 23);  // 2^(exponent - 10)
    const float a = (exponent == 0 ? mantissa : mantissa + 8.0f) * unit;                      // exact
    return (code & 0x80u) != 0 ? -a : a;
  }
  static constexpr std::uint32_t encode(float x) noexcept {
    const std::uint32_t u = std::bit_cast<std::uint32_t>(x);
    const std::uint32_t sign = (u >> 24) & 0x80u;
    const float a = halftone::magnitude(x);
    if (x != x || a >= 448.0f) {
      return sign | (x != x ? 0x7fu : 0x7eu);
    }
    if (a < 0x1p-6f) {
      return sign | static_cast<std::uint32_t>(halftone::nearest_even::round(a * 512.0f, 0));
    }
    const std::uint32_t rounded = (u & 0x7fffffffu) + 0x7ffffu + ((u >> 20) & 1u);
    return sign | std::min((rounded >> 20) - (120u << 3), 0x7eu);
  }
};
static_assert(halftone::table_element<e2m1> && halftone::table_element<e4m3>);
static_assert(e2m1::encode(2.5f) == 4 && e2m1::encode(-0.75f) == 10 && e2m1::encode(-9.0f) == 15);
static_assert(e4m3::encode(448.0f) == 0x7e && e4m3::decode(1) == 0x1p-9f && e4m3::encode(1.0625f) == 0x38);

using one_for_all = halftone::scheme<e4m3, halftone::symmetric, halftone::per_tensor>;
using nvfp4 =
    halftone::scheme<e2m1, halftone::symmetric, halftone::per_group<16>, halftone::quantized_again<one_for_all>>;

TEST_CASE("NVFP4 keeps fp8 scales of 16 weights under one float in 4.5 bits and a word") {
  const auto w = probe::gaussian(35 * 272, 3);
  const auto q = probe::check<nvfp4>({w.data(), 35, 272}, 0.012, 4.5 + 32.0 / (35 * 272));

  const auto& scales = q.scale_plane().matrix();
  REQUIRE(scales.group_count() == 1);
  for (std::size_t k = 0; k < 272; ++k) {
    const float scale = halftone::product(scales.scale_at(0), e4m3::decode(scales.code_at(34, k / 16)));
    REQUIRE(q.value_at(34, k) == halftone::product(scale, e2m1::decode(q.code_at(34, k))));
  }
}

TEST_CASE("every code of the two formats survives decoding and encoding") {
  for (std::uint32_t code = 0; code < 256; ++code) {
    if ((code & 0x7fu) != 0x7fu) {
      CHECK(e4m3::encode(e4m3::decode(code)) == code);
    }
    CHECK(e2m1::decode(e2m1::encode(e2m1::decode(code & 15u))) == e2m1::decode(code & 15u));
  }
}

}  // namespace
