// SPDX-License-Identifier: MIT
// Halftone tests: types with exactly the required members go through quantize, pack and gemm, bit-equal to the reference.
#include "archetypes.hpp"

#include <halftone/halftone.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

namespace {

using halftone::scheme;

std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = halftone::random_unit(seed, i) * 2.0f - 1.0f;
  }
  return values;
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

/// Everything the library does with a scheme, against the reference.
template <class Scheme, class Estimator = halftone::min_max>
void goes_everywhere(const Estimator& estimator = {}) {
  CAPTURE(Scheme::name());
  constexpr std::size_t m = 5, n = 19, k = 43;
  const std::vector<float> weights = random_values(n * k, 1);
  const std::vector<float> inputs = random_values(m * k, 2);
  const halftone::matrix_view<const float> w(weights.data(), n, k);
  const halftone::matrix_view<const float> x(inputs.data(), m, k);

  const auto expected_q = halftone::reference::quantize<Scheme>(w, estimator);
  const auto q = halftone::quantize<Scheme>(w, estimator);
  CHECK(q.byte_count() == expected_q.byte_count());
  CHECK(std::memcmp(q.codes().data(), expected_q.codes().data(), q.codes().size()) == 0);
  CHECK(halftone::compare(w, q).relative_mse < 1.0);

  std::vector<float> real(n * k), expected_real(n * k);
  halftone::dequantize(q, halftone::matrix_view<float>(real.data(), n, k));
  halftone::reference::dequantize(expected_q, halftone::matrix_view<float>(expected_real.data(), n, k));
  CHECK(same(real, expected_real));

  const auto packed = halftone::pack(q);
  const auto back = halftone::unpack(packed);
  CHECK(std::memcmp(back.codes().data(), expected_q.codes().data(), q.codes().size()) == 0);
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    CHECK(back.parameters_at(g) == expected_q.parameters_at(g));
  }

  archetypes::executor backwards;
  const halftone::context context{.workspace = {}, .execute = {backwards, 3}};
  const halftone::epilogue finish{archetypes::stage{}};
  std::vector<float> y(m * n), expected_y(m * n);
  const halftone::matrix_view<float> out(y.data(), m, n);
  const halftone::matrix_view<float> expected_out(expected_y.data(), m, n);
  halftone::gemm(x, packed, out, finish, context);
  halftone::reference::gemm(x, expected_q, expected_out, finish);
  CHECK(same(y, expected_y));
  halftone::gemm(halftone::dynamic<halftone::int8_per_token>(x), packed, out, finish, context);
  halftone::reference::gemm(halftone::dynamic<halftone::int8_per_token>(x), expected_q, expected_out, finish);
  CHECK(same(y, expected_y));
}

}  // namespace

TEST_CASE("an element, a mapping, a granularity and a rounding with exactly the required members") {
  goes_everywhere<scheme<archetypes::uniform, archetypes::mapping, archetypes::run_granularity, archetypes::rounding>>();
}

TEST_CASE("groups that are not constant along k, and parameters stored by a user's element") {
  goes_everywhere<scheme<archetypes::uniform, archetypes::mapping, archetypes::granularity,
                         halftone::stored_as<archetypes::exponent>>>();
}

TEST_CASE("a zero point of a user's mapping on a user's element") {
  goes_everywhere<scheme<archetypes::uniform, archetypes::zero_point_mapping, archetypes::run_granularity>>();
}

TEST_CASE("a table element, with an estimator and with an indexed estimator") {
  using table_scheme = scheme<archetypes::table, archetypes::mapping, archetypes::run_granularity>;
  goes_everywhere<table_scheme>(archetypes::estimator{});
  goes_everywhere<table_scheme>(archetypes::indexed_estimator{});
}

TEST_CASE("a unit element") {
  goes_everywhere<scheme<archetypes::unit, archetypes::mapping, archetypes::granularity>>();
}
