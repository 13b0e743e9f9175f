// SPDX-License-Identifier: MIT
// Halftone tests: the search for a clipping range never does worse than the whole range, and finds the grid's best.
#include <halftone/core/random.hpp>
#include <halftone/element/codebook.hpp>
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/clip_search.hpp>
#include <halftone/scheme/symmetric.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace {

using namespace halftone;

using signed4 = scheme<int4, symmetric, per_tensor>;
using extreme3 = scheme<int3, symmetric_signed_extreme, per_tensor>;
using unsigned4 = scheme<uint4, asymmetric, per_tensor>;
using offset2 = scheme<uint2, float_offset, per_tensor>;
struct uneven {
  static constexpr std::array<float, 5> entries{-1.0f, -0.3f, 0.0f, 0.3f, 1.0f};
  static std::string name() { return "uneven"; }
};
using table = scheme<codebook<uneven>, symmetric, per_tensor>;

static_assert(estimator_for<clip_search, signed4> && estimator_for<clip_search, table>);

/// Sums of uniform numbers, cubed: many small values and a few large ones.
std::vector<float> heavy_tailed(std::size_t count, std::uint64_t seed) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const float u = random_unit(seed, 3 * i) + random_unit(seed, 3 * i + 1) + random_unit(seed, 3 * i + 2) - 1.5f;
    values[i] = u * u * u;
  }
  return values;
}

/// Squared error of the matrix as a user sees it: quantize with these parameters, look at every value.
template <class Scheme>
double squared_error(const std::vector<float>& values, const group_parameters& p) {
  const std::array<group_parameters, 1> one{p};
  const auto q = reference::quantize<Scheme>({values.data(), 1, values.size()}, given_parameters{one});
  double sum = 0.0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double e = static_cast<double>(values[i]) - static_cast<double>(q.value_at(0, i));
    sum += e * e;
  }
  return sum;
}

/// The library sums squares of differences rounded to float: off by 2^-23 of the sum.
constexpr double allowed = 1.0 + 0x1p-22;

template <class Scheme>
void finds_the_best_of_its_grid() {
  CAPTURE(Scheme::name());
  const Scheme s{};
  const clip_search search{.steps = 20, .smallest = 0.4f};
  std::size_t better = 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<float> values = heavy_tailed(seed == 0 ? 1 : 16 + 7 * seed, seed);
    const double found = squared_error<Scheme>(values, search.fit(values, s));
    const double whole = squared_error<Scheme>(values, min_max{}.fit(values, s));
    CHECK(found <= whole * allowed);
    better += found < whole ? 1u : 0u;
    const range r = range_of(values);
    double least = whole;
    for (int i = 0; i <= 20; ++i) {
      const auto factor = static_cast<float>(1.0 - 0.6 * i / 20);
      least = std::min(least, squared_error<Scheme>(values, s.mapping.choose({r.min * factor, r.max * factor}, s.element)));
    }
    CHECK(found <= least * 1.001 + 1e-12);  // factors differ in their last bits
  }
  CHECK(better > 5);
}

}  // namespace

TEST_CASE("the search is never worse than the whole range and finds the best factor of its grid") {
  finds_the_best_of_its_grid<signed4>();
  finds_the_best_of_its_grid<extreme3>();
  finds_the_best_of_its_grid<unsigned4>();
  finds_the_best_of_its_grid<offset2>();
  finds_the_best_of_its_grid<table>();
}

TEST_CASE("without steps the search is min_max") {
  const std::vector<float> values = heavy_tailed(33, 5);
  CHECK(clip_search{.steps = 0}.fit(values, signed4{}) == min_max{}.fit(values, signed4{}));
}

TEST_CASE("on a tie the wider range is kept") {
  const std::vector<float> zeros(8, 0.0f);
  CHECK(clip_search{}.fit(zeros, signed4{}).scale == 0.0f);
  const std::vector<float> constant(8, 3.0f);
  CHECK(clip_search{}.fit(constant, offset2{}) == min_max{}.fit(constant, offset2{}));
}

TEST_CASE("one far value is clipped when the others gain more") {
  std::vector<float> values(200, 0.0f);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = random_unit(77, i) - 0.5f;
  }
  values[7] = 1.2f;
  const group_parameters p = clip_search{}.fit(values, signed4{});
  CHECK(p.scale < 1.2f / 7.0f);
  CHECK(p.scale >= 0.6f / 7.0f * 0.999f);
}

TEST_CASE("an empty group has the parameters of zeros") {
  CHECK(clip_search{}.fit({}, unsigned4{}) == min_max{}.fit({}, unsigned4{}));
}
