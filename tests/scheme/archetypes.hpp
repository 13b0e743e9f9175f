// SPDX-License-Identifier: MIT
// Halftone tests: for each concept a type with exactly the members that it requires, and nothing that helps it by chance:
// no constexpr functions, no inline hints, levels that are not symmetric, members that are static only where they must be.
#pragma once

#include <halftone/core/executor.hpp>
#include <halftone/epilogue/stage.hpp>
#include <halftone/scheme/estimator.hpp>
#include <halftone/scheme/given.hpp>

#include <cmath>

namespace archetypes {

/// uniform_element: levels -3..2 in three bits of two's complement.
struct uniform {
  static constexpr unsigned bits = 3;
  static constexpr std::size_t dimension = 1;
  static constexpr std::int32_t min = -3;
  static constexpr std::int32_t max = 2;
  static const char* name() { return "uniform_archetype"; }
  static std::uint32_t code_of(std::int32_t level) { return static_cast<std::uint32_t>(level) & 7u; }
  static std::int32_t level_of(std::uint32_t code) { return static_cast<std::int32_t>((code & 7u) ^ 4u) - 4; }
  float decode(std::uint32_t code) const { return static_cast<float>(level_of(code)); }
};

/// table_element: sixteen values, codes in descending order.
struct table {
  static constexpr unsigned bits = 4;
  static constexpr std::size_t dimension = 1;
  static const char* name() { return "table_archetype"; }
  float decode(std::uint32_t code) const { return 8.0f - static_cast<float>(code); }
  std::uint32_t encode(float value) const {
    const float clamped = value > 8.0f ? 8.0f : value > -7.0f ? value : -7.0f;
    return static_cast<std::uint32_t>(8.0f - std::nearbyint(clamped));
  }
  float largest() const { return 8.0f; }
};

/// table_element of 8 bits that keeps parameters: powers of two, with a sign.
struct exponent {
  static constexpr unsigned bits = 8;
  static constexpr std::size_t dimension = 1;
  static const char* name() { return "exponent_archetype"; }
  float decode(std::uint32_t code) const {
    const int e = static_cast<int>(code & 127u) - 64;
    return (code & 127u) == 0 ? 0.0f : (code >> 7 & 1u) != 0 ? -std::ldexp(1.0f, e) : std::ldexp(1.0f, e);
  }
  std::uint32_t encode(float value) const {
    if (!(value != 0.0f)) {
      return 0;
    }
    const int e = std::ilogb(value) + (std::abs(value) > std::ldexp(1.0f, std::ilogb(value)) ? 1 : 0);
    const int stored = e + 64 < 1 ? 1 : e + 64 > 127 ? 127 : e + 64;
    return static_cast<std::uint32_t>(stored) | (value < 0.0f ? 128u : 0u);
  }
  float largest() const { return 1.0f; }
};

/// unit_element: four weights share two bytes, the mean and a sign pattern of +-1/2.
struct unit {
  static constexpr unsigned bits = 4;
  static constexpr std::size_t dimension = 4;
  static const char* name() { return "unit_archetype"; }
  static std::size_t unit_bytes(std::size_t) { return 2; }
  float largest() const { return 100.0f; }
  void encode_unit(std::span<const float> scaled, std::span<std::uint8_t> bytes, halftone::unit_position) const {
    float sum = 0.0f;
    for (const float x : scaled) {
      sum += x;
    }
    const float mean = std::nearbyint(sum / static_cast<float>(scaled.size()));
    bytes[0] = static_cast<std::uint8_t>(static_cast<int>(mean) + 128);
    bytes[1] = 0;
    for (std::size_t i = 0; i < scaled.size(); ++i) {
      bytes[1] = static_cast<std::uint8_t>(bytes[1] | (scaled[i] > mean ? 1u << i : 0u));
    }
  }
  void decode_unit(std::span<const std::uint8_t> bytes, std::span<float> values, halftone::unit_position) const {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<float>(static_cast<int>(bytes[0]) - 128) + ((bytes[1] >> i & 1) != 0 ? 0.5f : -0.5f);
    }
  }
};

/// mapping_for<Element>, with a scale.
struct mapping {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  static const char* name() { return "mapping_archetype"; }
  template <class Element>
  halftone::group_parameters choose(halftone::range r, const Element& e) const noexcept {
    return {.scale = halftone::maximum(halftone::magnitude(r.min), halftone::magnitude(r.max)) / halftone::largest_level(e)};
  }
};

/// mapping_for<Element>, with a zero point.
struct zero_point_mapping {
  static constexpr halftone::equation equation = halftone::equation::scaled_zero_point;
  static const char* name() { return "zero_point_archetype"; }
  template <class Element>
  halftone::group_parameters choose(halftone::range r, const Element&) const noexcept {
    return {.scale = (r.max - r.min) / 8.0f, .zero_point = Element::min + 1};
  }
};

/// granularity without run_length: runs across rows.
struct granularity {
  static const char* name() { return "granularity_archetype"; }
  halftone::matrix_shape parameter_shape(halftone::matrix_shape s) const {
    return s.rows * s.cols == 0 ? halftone::matrix_shape{} : halftone::matrix_shape{1, (s.rows * s.cols + 9) / 10};
  }
  std::size_t group_of(std::size_t row, std::size_t k, halftone::matrix_shape s) const { return (row * s.cols + k) / 10; }
};

/// constant_along_k: groups of 12 within a row, numbered from the last row to the first.
struct run_granularity {
  static const char* name() { return "run_archetype"; }
  halftone::matrix_shape parameter_shape(halftone::matrix_shape s) const {
    return s.rows * s.cols == 0 ? halftone::matrix_shape{} : halftone::matrix_shape{s.rows, (s.cols + 11) / 12};
  }
  std::size_t group_of(std::size_t row, std::size_t k, halftone::matrix_shape s) const {
    return (s.rows - 1 - row) * ((s.cols + 11) / 12) + k / 12;
  }
  std::size_t run_length(halftone::matrix_shape) const { return 12; }
};

/// rounding_policy.
struct rounding {
  static const char* name() { return "rounding_archetype"; }
  float round(float value, std::uint64_t) const noexcept { return std::ceil(value); }
};

/// estimator_for<Scheme>.
struct estimator {
  template <class Scheme>
  halftone::group_parameters fit(std::span<const float>, const Scheme&) const {
    return {.scale = 0.25f};
  }
};

/// indexed_estimator_for<Scheme>.
struct indexed_estimator {
  template <class Scheme>
  halftone::group_parameters fit(std::size_t group, std::span<const float>, const Scheme&) const {
    return {.scale = group % 2 == 0 ? 0.25f : -0.5f};
  }
  int size() const { return 1; }
};

/// epilogue_stage.
struct stage {
  template <class Lanes>
  Lanes apply(Lanes value, const halftone::tile_position&) const {
    return value + value;
  }
};

/// executor: last task first.
struct executor {
  void operator()(std::size_t count, halftone::task_ref task) {
    while (count-- > 0) {
      task(count);
    }
  }
};

static_assert(halftone::uniform_element<uniform> && halftone::signed_element<uniform>);
static_assert(halftone::table_element<table> && halftone::table_element<exponent> && halftone::unit_element<unit>);
static_assert(halftone::mapping_for<mapping, uniform> && halftone::mapping_for<mapping, unit> &&
              halftone::mapping_for<zero_point_mapping, uniform>);
static_assert(halftone::granularity<granularity> && !halftone::constant_along_k<granularity>);
static_assert(halftone::constant_along_k<run_granularity> && halftone::rounding_policy<rounding>);
static_assert(halftone::epilogue_stage<stage> && halftone::executor<executor>);

}  // namespace archetypes
