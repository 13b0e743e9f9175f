// SPDX-License-Identifier: MIT
// Ranges of runs against `range_of`.
#include <halftone/core/random.hpp>
#include <halftone/quantize/run_range.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace halftone;

namespace {

std::vector<float> some_values(std::size_t count, std::uint64_t seed) {
  std::vector<float> v(count);
  for (std::size_t i = 0; i < count; ++i) {
    v[i] = random_bits(seed, i) % 7 == 0 ? -0.0f : 2.0f * random_unit(seed, i) - 1.0f;
  }
  return v;
}

bool same(range a, range b) { return a.min == b.min && a.max == b.max; }

}  // namespace

TEST_CASE("the range of a run of any length") {
  for (std::size_t count = 0; count <= 130; ++count) {
    const std::vector<float> v = some_values(count, count);
    const finite_range r = range_of_run<default_arch>(v.data(), count);
    CHECK(same(r.values, range_of(v)));
    CHECK(r.finite);
    CHECK(!(r.values.min == 0.0f && std::signbit(r.values.min)));
    CHECK(!(r.values.max == 0.0f && std::signbit(r.values.max)));
  }
}

TEST_CASE("a NaN or an infinity anywhere is found") {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()}) {
    for (const std::size_t count : {1u, 15u, 16u, 17u, 31u, 32u, 33u, 47u, 48u, 63u, 64u, 65u}) {
      for (std::size_t at = 0; at < count; ++at) {
        std::vector<float> v = some_values(count, 3);
        v[at] = bad;
        CHECK(!range_of_run<default_arch>(v.data(), count).finite);
      }
    }
  }
  const std::vector<float> largest(40, std::numeric_limits<float>::max());
  CHECK(range_of_run<default_arch>(largest.data(), 40).finite);
}
