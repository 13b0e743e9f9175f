// SPDX-License-Identifier: MIT
// Halftone tests: of the two codes around a scale the one with the smaller squared error is stored, whatever estimator wants it.
#include <halftone/core/random.hpp>
#include <halftone/element/minifloat.hpp>
#include <halftone/element/tables.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/best_of_neighbours.hpp>
#include <halftone/scheme/clip_search.hpp>
#include <halftone/scheme/symmetric.hpp>
#include <halftone/scheme/symmetric_by_exponent.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace {

using namespace halftone;

std::vector<float> values_of(std::size_t count, std::uint64_t seed) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const float u = random_unit(seed, 2 * i) + random_unit(seed, 2 * i + 1) - 1.0f;
    values[i] = std::ldexp(u * u * u, static_cast<int>(i / 64 % 5));
  }
  return values;
}

template <class Scheme>
double error_of_group(const quantized_matrix<Scheme>& q, const std::vector<float>& w, std::size_t group) {
  double sum = 0;
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      if (q.group_of(row, k) == group) {
        const double e = static_cast<double>(w[row * q.cols() + k]) - static_cast<double>(q.value_at(row, k));
        sum += e * e;
      }
    }
  }
  return sum;
}

/// Neither neighbour alone does better in any group, and each is taken somewhere.
template <class Element, class Mapping, class Down, class Up, class Best, class Estimator = min_max>
void is_the_better_one(const Estimator& estimator = {}) {
  const std::vector<float> w = values_of(7 * 100, 3);
  const auto down = quantize<scheme<Element, Mapping, per_group<32>, stored_as<Down>>>({w.data(), 7, 100}, estimator);
  const auto up = quantize<scheme<Element, Mapping, per_group<32>, stored_as<Up>>>({w.data(), 7, 100}, estimator);
  using best_scheme = scheme<Element, Mapping, per_group<32>, stored_as<Best>>;
  const auto best = quantize<best_scheme>({w.data(), 7, 100}, estimator);
  const auto expected = reference::quantize<best_scheme>({w.data(), 7, 100}, estimator);
  CHECK(std::equal(best.codes().begin(), best.codes().end(), expected.codes().begin(), expected.codes().end()));
  std::size_t downs = 0;
  std::size_t ups = 0;
  for (std::size_t g = 0; g < best.group_count(); ++g) {
    CHECK(best.scale_at(g) == expected.scale_at(g));
    const double a = error_of_group(down, w, g);
    const double b = error_of_group(up, w, g);
    const double found = error_of_group(best, w, g);
    CHECK(found <= std::min(a, b) * (1 + 1e-6));  // differences are rounded to float where errors are summed
    downs += best.scale_at(g) == down.scale_at(g);
    ups += best.scale_at(g) == up.scale_at(g);
    CHECK((best.scale_at(g) == down.scale_at(g) || best.scale_at(g) == up.scale_at(g)));
  }
  CHECK(downs > 0);
  CHECK(ups > 0);
}

/// The nearest e4m3 number that is not above, or not below.
template <bool Up>
struct e4m3_beside {
  static constexpr unsigned bits = 8;
  static constexpr std::size_t dimension = 1;
  static std::string name() { return Up ? "e4m3_up" : "e4m3_down"; }
  static float largest() { return 448.0f; }
  static float decode(std::uint32_t code) { return fp8_e4m3fn::decode(code); }
  static std::uint32_t encode(float x) {
    std::uint32_t best = Up ? 0x7e : 0;
    for (std::uint32_t code = 0; code < 0x7f; ++code) {
      if (Up ? decode(0x7e - code) >= x : decode(code) <= x) {
        best = Up ? 0x7e - code : code;
      }
    }
    return best;
  }
};

}  // namespace

TEST_CASE("powers of two") {
  is_the_better_one<fp4_e2m1, symmetric_by_exponent, e8m0_floor, e8m0_ceil, e8m0_best>();
  is_the_better_one<int4, symmetric, e8m0_floor, e8m0_ceil, e8m0_best>();
  is_the_better_one<nf4, symmetric, e8m0_floor, e8m0_ceil, e8m0_best>(clip_search{.steps = 5});
}

TEST_CASE("scales of e4m3") {
  is_the_better_one<int4, symmetric, e4m3_beside<false>, e4m3_beside<true>, best_of_neighbours<fp8_e4m3fn>>();
}

TEST_CASE("a scale that has a code keeps it") {
  const std::vector<float> w = values_of(64, 5);
  const std::array<group_parameters, 2> given{group_parameters{.scale = 64.0f}, group_parameters{.scale = 0x1p-100f}};
  const auto q = quantize<scheme<int4, symmetric, per_group<32>, stored_as<e8m0_best>>>({w.data(), 1, 64}, given_parameters{given});
  CHECK(q.scale_at(0) == 64.0f);
  CHECK(q.scale_at(1) == 0x1p-100f);
}

TEST_CASE("neighbours end where the storage ends") {
  using e8m0_codes = best_of_neighbours<e8m0_nearest>;
  CHECK(detail::other_neighbour<e8m0_codes>(0x1.8p127f, 0x1p127f) == 0x1p127f);  // above is NaN
  CHECK(detail::other_neighbour<e8m0_codes>(0.0f, 0x1p-127f) == 0x1p-127f);      // below is nothing
  CHECK(detail::other_neighbour<best_of_neighbours<fp16>>(1e9f, 65504.0f) == 65504.0f);
  CHECK(detail::other_neighbour<best_of_neighbours<fp16>>(-1.0001f, -1.0f) == -1.0009765625f);
  CHECK(detail::other_neighbour<best_of_neighbours<fp8_e4m3fn>>(0x1p-11f, 0.0f) == 0x1p-9f);
}

TEST_CASE("groups of zeros, one value and no weights at all") {
  using best = scheme<fp4_e2m1, symmetric_by_exponent, per_group<32>, stored_as<e8m0_best>>;
  const std::vector<float> zeros(40, 0.0f);
  const auto q = quantize<best>({zeros.data(), 1, 40});
  CHECK(q.value_at(0, 39) == 0.0f);
  const float one = 3.0f;
  CHECK(quantize<best>({&one, 1, 1}).value_at(0, 0) == 3.0f);
  CHECK(quantize<best>(matrix_view<const float>(nullptr, 0, 0)).group_count() == 0);
  CHECK(e8m0_best::name() == "best_of_neighbours<e8m0_nearest>");
}
