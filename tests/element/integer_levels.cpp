// SPDX-License-Identifier: MIT
// Halftone tests: which elements are integers times a power of two, and which integers.
#include <halftone/element/codebook.hpp>
#include <halftone/element/float_storage.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/element/integer_levels.hpp>
#include <halftone/element/minifloat.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <utility>

using namespace halftone;

namespace {

/// Entries / Divisor.
template <std::int32_t Divisor, std::int32_t... Entries>
struct values {
  static constexpr std::array<float, sizeof...(Entries)> entries{static_cast<float>(Entries) / static_cast<float>(Divisor)...};
  static std::string name() { return "values"; }
};
template <std::int32_t Divisor, std::int32_t... Entries>
using table = codebook<values<Divisor, Entries...>>;
struct with_infinity {
  static constexpr std::array<float, 2> entries{0.0f, std::numeric_limits<float>::infinity()};
  static std::string name() { return "with_infinity"; }
};

// The largest and the smallest levels of a byte, the finest unit, and one step outside of each.
static_assert(integer_table_element<table<1, -128, 0, 127>>);
static_assert(!integer_table_element<table<1, -129, 0, 127>>);
static_assert(!integer_table_element<table<1, -1, 128>>);
static_assert(!integer_table_element<table<2, -255, 0>>);
static_assert(integer_table_element<table<256, -1, 64>>);
static_assert(!integer_table_element<table<512, -1, 64>>);
static_assert(!integer_table_element<table<3, 0, 1, 3>>);
static_assert(!integer_table_element<codebook<with_infinity>>);
/// Size integers from -Size / 2 on.
template <class Sequence>
struct ramp;
template <std::int32_t... I>
struct ramp<std::integer_sequence<std::int32_t, I...>> {
  using element = table<1, (I - static_cast<std::int32_t>(sizeof...(I) / 2))...>;
};
template <std::int32_t Size>
using ramp_of = typename ramp<std::make_integer_sequence<std::int32_t, Size>>::element;

// Known at run time, or of more than 64 entries: no table that a few registers hold.
static_assert(!integer_table_element<runtime_codebook<4>> && !integer_table_element<fp16>);
static_assert(integer_table_element<ramp_of<16>> && integer_table_element<ramp_of<17>> && integer_table_element<ramp_of<64>> &&
              !integer_table_element<ramp_of<65>>);
// Small floats: e2m1 in halves to 12, e2m3 in eighths to 60; e3m2 would need sixteenths to 448.
static_assert(integer_table_element<fp4_e2m1> && integer_table_element<fp6_e2m3> && !integer_table_element<fp6_e3m2> &&
              !integer_table_element<fp8_e4m3fn>);
static_assert(integer_valued_element<int8> && integer_valued_element<uint1> && !integer_valued_element<bf16> &&
              !integer_valued_element<int16>);

/// A table with a zero of either sign, in the order of its codes.
struct signed_magnitude {
  static constexpr unsigned bits = 3;
  static constexpr std::size_t dimension = 1;
  [[nodiscard]] static std::string name() { return "signed_magnitude"; }
  [[nodiscard]] static constexpr float largest() noexcept { return 1.5f; }
  [[nodiscard]] static constexpr float decode(std::uint32_t code) noexcept {
    const float magnitude = static_cast<float>(code & 3u) * 0.5f;
    return (code & 4u) != 0 ? -magnitude : magnitude;
  }
  [[nodiscard]] static constexpr std::uint32_t encode(float x) noexcept { return x > 0.0f ? 3 : 7; }
};

template <class E>
void check_levels() {
  using levels = integer_levels<E>;
  for (std::uint32_t code = 0; code < (1u << E::bits); ++code) {
    const std::int32_t level = levels::level_of(code);
    CHECK(static_cast<float>(level) * levels::unit == E::decode(code));
    CHECK(level >= levels::min);
    CHECK(level <= levels::max);
  }
}

}  // namespace

TEST_CASE("levels times the unit are the values, within the least and the largest level") {
  check_levels<table<2, -12, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 12>>();
  check_levels<table<1, -127, -1, 113>>();
  check_levels<signed_magnitude>();
  check_levels<ramp_of<17>>();
  check_levels<ramp_of<64>>();
  check_levels<fp4_e2m1>();
  check_levels<fp6_e2m3>();
  check_levels<int3>();
  check_levels<uint8>();
  CHECK(integer_levels<signed_magnitude>::unit == 0.5f);
  CHECK(integer_levels<signed_magnitude>::min == -3);
  CHECK(integer_levels<fp6_e2m3>::unit == 0.125f);
  CHECK(integer_levels<fp6_e2m3>::max == 60);
  CHECK(integer_levels<table<1, -1, 0, 1>>::unit == 1.0f);
  CHECK(integer_levels<int4_narrow>::min == -7);
}
