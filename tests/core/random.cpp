// SPDX-License-Identifier: MIT
// Halftone tests: counter-based random numbers are a function of seed and counter, and look random.
#include <halftone/core/random.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <initializer_list>
#include <set>

TEST_CASE("random bits are the published function, at compile time too") {
  // SplitMix64's output function written out again, applied twice
  const auto mix = [](std::uint64_t z) {
    z ^= z >> 30;
    z *= 0xbf58476d1ce4e5b9u;
    z ^= z >> 27;
    z *= 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  };
  for (const std::uint64_t seed : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{0xffffffffffffffff}}) {
    for (std::uint64_t counter = 0; counter < 100; ++counter) {
      CHECK(halftone::random_bits(seed, counter) == mix(mix(counter * 0x9e3779b97f4a7c15u + seed) + seed));
    }
  }
  static_assert(halftone::random_bits(7, 9) == halftone::random_bits(7, 9));
  static_assert(halftone::random_bits(7, 9) != halftone::random_bits(8, 9));
}

TEST_CASE("units lie in [0, 1) on a grid of 2^-24") {
  bool inside = true;
  bool on_grid = true;
  for (std::uint64_t i = 0; i < 100'000; ++i) {
    const float u = halftone::random_unit(3, i);
    inside = inside && u >= 0.0f && u < 1.0f;
    on_grid = on_grid && u * 0x1p24f == std::floor(u * 0x1p24f);
  }
  CHECK(inside);
  CHECK(on_grid);
}

TEST_CASE("units are uniform: mean, variance and 64 equal bins") {
  // mean of N units has deviation 1/sqrt(12 N); a bin's count N/64 has deviation below sqrt(N/64); both at six deviations
  constexpr int count = 1 << 18;
  double sum = 0.0;
  double squares = 0.0;
  std::array<int, 64> bins{};
  for (int i = 0; i < count; ++i) {
    const double u = static_cast<double>(halftone::random_unit(11, static_cast<std::uint64_t>(i)));
    sum += u;
    squares += u * u;
    ++bins[static_cast<std::size_t>(u * 64.0)];
  }
  CHECK(std::abs(sum / count - 0.5) < 6.0 / std::sqrt(12.0 * count));
  CHECK(std::abs(squares / count - 1.0 / 3.0) < 6.0 * 0.2981 / std::sqrt(static_cast<double>(count)));
  for (const int bin : bins) {
    CHECK(std::abs(bin - count / 64) < 6.0 * std::sqrt(count / 64.0));
  }
}

TEST_CASE("neighbouring counters and seeds give unrelated numbers") {
  std::set<std::uint64_t> seen;
  double flips = 0.0;
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    const std::uint64_t here = halftone::random_bits(5, i);
    seen.insert(here);
    flips += __builtin_popcountll(here ^ halftone::random_bits(5, i + 1));
    flips += __builtin_popcountll(here ^ halftone::random_bits(6, i));
  }
  CHECK(seen.size() == 10'000);
  CHECK(std::abs(flips / 20'000 - 32.0) < 6.0 * 4.0 / std::sqrt(20'000.0));  // 64 fair bits: deviation 4
}
