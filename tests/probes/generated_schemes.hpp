// SPDX-License-Identifier: MIT
// Halftone: schemes that one seed draws at compile time, from the library's policies and from the test's own.
//
// Every scheme goes through quantize, dequantize, pack, unpack and gemm, and every result equals the reference bit for
// bit; where the kernels are vectorized they are at least 8 times as fast as the reference.
#pragma once

#include "generated_policies.hpp"
#include "same_bits.hpp"

#include <chrono>

namespace generated {

inline constexpr std::uint64_t seed = 1;
inline constexpr std::size_t scheme_count = 48;

// What the seed draws.

enum class element_kind { integer, unsigned_integer, capped, codebook, square_law };
enum class mapping_kind { symmetric, zero_point, offset, clipped_negative };

/// One scheme in numbers.
struct recipe {
  unsigned bits = 0;
  element_kind element{};
  mapping_kind mapping{};
  std::size_t group = 0;  ///< 0: a channel
  bool own_granularity = false;
  unsigned storage = 0;   ///< fp32, fp16, bf16, coarse_float
  unsigned rounding = 0;  ///< nearest_even, nearest_away, stochastic, nearest_odd
  friend constexpr bool operator==(const recipe&, const recipe&) = default;
};

inline constexpr std::array<std::size_t, 7> group_sizes{4, 20, 24, 32, 100, 128, 0};

constexpr recipe recipe_of(std::size_t index) {
  const auto draw = [&](std::uint64_t what, std::uint64_t choices) {
    return halftone::random_bits(seed, 16 * index + what) % choices;
  };
  recipe r;
  r.bits = 1 + static_cast<unsigned>(draw(0, 8));
  r.mapping = static_cast<mapping_kind>(draw(1, 4));
  const bool linear = draw(2, 2) == 0;
  if (linear) {
    // a scale alone needs negative levels; one signed bit has levels -1 and 0, so no positive one to scale to
    const bool needs_sign = r.mapping == mapping_kind::symmetric || r.mapping == mapping_kind::clipped_negative;
    r.element = needs_sign ? element_kind::integer : static_cast<element_kind>(draw(3, r.bits == 1 ? 2 : 3));
  } else {
    r.element = draw(3, 2) == 0 ? element_kind::codebook : element_kind::square_law;
    r.mapping = r.mapping == mapping_kind::zero_point ? mapping_kind::offset : r.mapping;  // zero points are levels
  }
  r.group = group_sizes[draw(4, group_sizes.size())];
  r.own_granularity = r.group != 0 && draw(5, 4) == 0;
  r.storage = static_cast<unsigned>(draw(6, 4));
  r.rounding = linear ? static_cast<unsigned>(draw(7, 4)) : 0;
  return r;
}

template <std::size_t Index>
constexpr auto element_of() {
  constexpr recipe r = recipe_of(Index);
  if constexpr (r.element == element_kind::integer) {
    return halftone::integer<r.bits, halftone::signedness::is_signed>{};
  } else if constexpr (r.element == element_kind::unsigned_integer) {
    return halftone::integer<r.bits, halftone::signedness::is_unsigned>{};
  } else if constexpr (r.element == element_kind::capped) {
    return capped<r.bits>{};
  } else if constexpr (r.element == element_kind::codebook) {
    return halftone::codebook<random_table<r.bits, Index>>{};
  } else {
    return square_law<r.bits>{};
  }
}

template <std::size_t Index>
constexpr auto mapping_of() {
  constexpr recipe r = recipe_of(Index);
  if constexpr (r.mapping == mapping_kind::symmetric && r.element == element_kind::integer &&
                (r.bits == 1 || Index % 2 == 0)) {
    return halftone::symmetric_signed_extreme{};
  } else if constexpr (r.mapping == mapping_kind::symmetric) {
    return halftone::symmetric{};
  } else if constexpr (r.mapping == mapping_kind::clipped_negative) {
    return clipped_negative{};
  } else if constexpr (r.mapping == mapping_kind::zero_point) {
    return halftone::asymmetric{};
  } else if constexpr (halftone::uniform_element<decltype(element_of<Index>())>) {
    return halftone::float_offset{};
  } else {
    return around_middle{};
  }
}

template <std::size_t Index>
constexpr auto granularity_of() {
  constexpr recipe r = recipe_of(Index);
  if constexpr (r.group == 0) {
    return halftone::per_channel<0>{};
  } else if constexpr (r.own_granularity) {
    return two_rows_from_right<r.group>{};
  } else {
    return halftone::per_group<r.group>{};
  }
}

template <std::size_t Index>
using rounding_of =
    std::tuple_element_t<recipe_of(Index).rounding, std::tuple<halftone::nearest_even, halftone::nearest_away,
                                                               halftone::stochastic<Index>, nearest_odd>>;

template <std::size_t Index>
using storage_of =
    halftone::stored_as<std::tuple_element_t<recipe_of(Index).storage,
                                             std::tuple<halftone::fp32, halftone::fp16, halftone::bf16, coarse_float>>>;

/// The scheme with number Index.
template <std::size_t Index>
using scheme_of = halftone::scheme<decltype(element_of<Index>()), decltype(mapping_of<Index>()),
                                   decltype(granularity_of<Index>()), rounding_of<Index>, storage_of<Index>>;

// What every scheme has to pass.

/// Bit-equal to the reference through every operation. With [21, 269] weights, panels, quads and groups all end early.
template <class Scheme>
void check_equal_to_reference() {
  constexpr std::size_t n = 21, k = 269;
  CAPTURE(Scheme::name());
  std::vector<float> w = probe::gaussian(n * k, 1);
  std::fill_n(w.begin() + 3 * k, 128, 0.0f);  // groups of zeros
  const halftone::matrix_view<const float> view(w.data(), n, k);
  const auto q = halftone::quantize<Scheme>(view);
  probe::require_same_planes(q, halftone::reference::quantize<Scheme>(view), "quantize");

  std::vector<float> expected(n * k);
  halftone::reference::dequantize(q, {expected.data(), n, k});
  probe::require_equal(probe::dequantized(q), expected, "dequantize");

  const auto packed = halftone::pack(q);
  probe::require_same_planes(halftone::unpack(packed), q, "pack and unpack");
  const auto multiply = [&](const auto& x, auto y, const auto& stages) { halftone::gemm(x, packed, y, stages); };
  const auto reference = [&](const auto& x, auto y, const auto& stages) { halftone::reference::gemm(x, q, y, stages); };
  for (const std::size_t m : {std::size_t{1}, std::size_t{5}, std::size_t{33}}) {
    const probe::multiplication call{m, n, k};
    call.check(call.floats(), call.finish(), multiply, reference, "gemm with float activations");
    call.check(call.codes(), call.finish(), multiply, reference, "gemm with int8 activations");
  }
}

/// The median of the seconds that `work` takes, called `times` times.
template <class Work>
double median_seconds(int times, const Work& work) {
  std::vector<double> seconds;
  for (int i = 0; i < times; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    seconds.push_back(std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(seconds.begin(), seconds.begin() + times / 2, seconds.end());
  return seconds[static_cast<std::size_t>(times / 2)];
}

/// At least 8 times as fast as the reference with 33 rows. A busy machine gets further tries.
template <class Scheme>
void check_speed() {
  constexpr std::size_t m = 33, n = 64, k = 1024;
  const std::vector<float> w = probe::gaussian(n * k, 2);
  const probe::multiplication call{m, n, k};
  const auto finish = call.finish();
  std::vector<float> values(m * n);
  const halftone::matrix_view<float> y(values.data(), m, n);
  const auto q = halftone::quantize<Scheme>({w.data(), n, k});
  const auto packed = halftone::pack(q);
  const auto ratio = [&](const auto& activations) {
    double best = 0.0;
    for (int attempt = 0; attempt < 5 && best < 8.0; ++attempt) {
      const double reference = median_seconds(3, [&] { halftone::reference::gemm(activations, q, y, finish); });
      const double fast = median_seconds(9, [&] { halftone::gemm(activations, packed, y, finish); });
      best = std::max(best, reference / fast);
    }
    return best;
  };
  CAPTURE(Scheme::name());
  CHECK(ratio(call.floats()) >= 8.0);
  CHECK(ratio(call.codes()) >= 8.0);
}

/// Calls visit.operator()<Scheme>() for the schemes first .. last - 1.
template <std::size_t First, std::size_t Last, class Visit>
void for_each_scheme(const Visit& visit) {
  static_assert(First < Last && Last <= scheme_count);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (visit.template operator()<scheme_of<First + I>>(), ...);
  }(std::make_index_sequence<Last - First>{});
}

// Speed is checked where kernels are vectorized and the build is neither unoptimized nor instrumented.
#if (HALFTONE_ISA_AVX2 || HALFTONE_ISA_AVX512_VNNI) && defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
inline constexpr bool checks_speed = true;
#else
inline constexpr bool checks_speed = false;
#endif

}  // namespace generated

/// The tests of the schemes First .. Last - 1; one range a file, so that files compile beside each other.
#define HALFTONE_TEST_GENERATED_SCHEMES(First, Last)                                                              \
  TEST_CASE("generated schemes " #First " to before " #Last " equal the reference") {                             \
    generated::for_each_scheme<First, Last>([]<class Scheme> { generated::check_equal_to_reference<Scheme>(); }); \
  }                                                                                                               \
  TEST_CASE("generated schemes " #First " to before " #Last " are 8 times as fast as the reference") {            \
    if constexpr (generated::checks_speed) {                                                                      \
      generated::for_each_scheme<First, Last>([]<class Scheme> { generated::check_speed<Scheme>(); });            \
    }                                                                                                             \
  }
