// SPDX-License-Identifier: MIT
// Ends of up to sixteen runs against `range_of`.
#include <halftone/core/random.hpp>
#include <halftone/quantize/ends_of_runs.hpp>
#include <halftone/scheme/symmetric.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <limits>
#include <vector>

using namespace halftone;

namespace {

constexpr std::size_t most = ends_of_runs<default_arch>::size;

/// Values of both signs, of one sign in some runs, and zeros of both signs.
std::vector<float> some_values(std::size_t runs, std::size_t length, std::uint64_t seed) {
  std::vector<float> v(runs * length);
  for (std::size_t i = 0; i < v.size(); ++i) {
    const float x = 2.0f * random_unit(seed, i) - 1.0f;
    const std::size_t kind = i / length % 4;
    v[i] = random_bits(seed, i) % 7 == 0 ? -0.0f : kind == 0 ? std::abs(x) : kind == 1 ? -std::abs(x) : kind == 2 ? x : 0.0f;
  }
  return v;
}

struct ends {
  std::array<float, most> low{};
  std::array<float, most> high{};
  bool finite = false;
};

template <class Ends>
ends ends_of(const std::vector<float>& v, std::size_t runs, bool in_registers) {
  ends e;
  const std::size_t length = v.size() / runs;
  finite_check<default_arch> check;
  const auto extremes = [&](std::size_t i) { return extremes_of_run<default_arch, Ends>(v.data() + i * length, length, check); };
  if (in_registers) {
    ends_of_runs<default_arch, Ends>::find_all(e.low.data(), e.high.data(), extremes);
  } else {
    ends_of_runs<default_arch, Ends>::find(runs, e.low.data(), e.high.data(), extremes);
  }
  e.finite = check.finite();
  return e;
}

template <class Check>
void for_many(const Check& check) {
  for (std::size_t runs = 1; runs <= most; ++runs) {
    for (const std::size_t length : {1u, 7u, 16u, 24u, 32u, 50u}) {
      for (const bool in_registers : {false, true}) {
        if (!in_registers || runs == most) {
          check(some_values(runs, length, runs + 100 * length), runs, length, in_registers);
        }
      }
    }
  }
}

}  // namespace

TEST_CASE("ranges of up to sixteen runs") {
  for_many([](const std::vector<float>& v, std::size_t runs, std::size_t length, bool in_registers) {
    const ends e = ends_of<true_ends<default_arch>>(v, runs, in_registers);
    CHECK(e.finite);
    for (std::size_t i = 0; i < runs; ++i) {
      const range r = range_of({v.data() + i * length, length});
      CHECK(e.low[i] == r.min);
      CHECK(e.high[i] == r.max);
    }
  });
}

TEST_CASE("ends for mappings that widen to zero reach as far beyond it") {
  using serving = ends_for<default_arch, symmetric>;
  for_many([](const std::vector<float>& v, std::size_t runs, std::size_t length, bool in_registers) {
    const ends e = ends_of<serving>(v, runs, in_registers);
    for (std::size_t i = 0; i < runs; ++i) {
      const range r = range_of({v.data() + i * length, length});
      CHECK(minimum(e.low[i], 0.0f) == minimum(r.min, 0.0f));
      CHECK(maximum(e.high[i], 0.0f) == maximum(r.max, 0.0f));
    }
  });
}

TEST_CASE("a NaN or an infinity of either sign is an end, or fails the check") {
  using serving = ends_for<default_arch, symmetric>;
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::quiet_NaN(),
                          std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity()}) {
    for (const std::size_t length : {3u, 16u, 32u, 50u}) {
      for (std::size_t at = 0; at < most * length; ++at) {
        std::vector<float> v = some_values(most, length, 3);
        v[at] = bad;
        for (const bool in_registers : {false, true}) {
          const ends e = ends_of<serving>(v, most, in_registers);
          const std::size_t run = at / length;
          CHECK(!(e.finite && is_finite(e.low[run]) && is_finite(e.high[run])));
        }
      }
    }
  }
}
