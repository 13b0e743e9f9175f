// SPDX-License-Identifier: MIT
// Every element that is no integer of 8 bits or fewer, through quantize, dequantize, pack, gemm and gemv: the reference's bits.
#include <halftone/element/dynamic_map.hpp>
#include <halftone/element/minifloat.hpp>
#include <halftone/element/tables.hpp>
#include <halftone/element/ternary.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/gemm.hpp>
#include <halftone/reference/gemv.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/presets.hpp>
#include <halftone/scheme/symmetric.hpp>

#include <doctest/doctest.h>

#include <cstring>

using namespace halftone;

namespace {

std::vector<float> values_of(std::size_t count, std::uint64_t seed) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = random_unit(seed, i) - 0.45f;
  }
  return values;
}

bool same(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), 4 * a.size()) == 0);
}

template <class Scheme>
void goes_through(std::size_t m, std::size_t n, std::size_t k) {
  CAPTURE(Scheme::name());
  CAPTURE(k);
  const std::vector<float> weights = values_of(n * k, n + k);
  const std::vector<float> x = values_of(m * k, m);
  const auto q = quantize<Scheme>({weights.data(), n, k});
  const auto expected = reference::quantize<Scheme>({weights.data(), n, k});
  REQUIRE(std::equal(q.codes().begin(), q.codes().end(), expected.codes().begin(), expected.codes().end()));

  std::vector<float> reals(n * k);
  std::vector<float> expected_reals(n * k);
  dequantize(q, {reals.data(), n, k});
  reference::dequantize(expected, {expected_reals.data(), n, k});
  CHECK(same(reals, expected_reals));

  const auto packed = pack(q);
  const auto unpacked = unpack(packed);
  CHECK(std::equal(q.codes().begin(), q.codes().end(), unpacked.codes().begin(), unpacked.codes().end()));

  std::vector<float> y(n);
  std::vector<float> expected_y(n);
  gemv(std::span<const float>(x.data(), k), packed, std::span<float>(y));
  reference::gemv(std::span<const float>(x.data(), k), q, std::span<float>(expected_y));
  CHECK(same(y, expected_y));

  const auto multiplied = [&](const auto& activations) {
    y.assign(m * n, 0.0f);
    expected_y.assign(m * n, 0.0f);
    gemm(activations, packed, matrix_view<float>(y.data(), m, n));
    reference::gemm(activations, q, matrix_view<float>(expected_y.data(), m, n));
    CHECK(same(y, expected_y));
  };
  const matrix_view<const float> reals_of_x(x.data(), m, k);
  multiplied(reals_of_x);
  multiplied(dynamic<int8_per_token>(reals_of_x));
  multiplied(quantize_activations<uint8_static>(reals_of_x, {.scale = 0.004f, .zero_point = 77}).view());
  // One row of 8-bit activations.
  const auto row = dynamic<int8_per_token>(matrix_view<const float>(x.data(), 1, k));
  y.resize(n);
  expected_y.resize(n);
  gemv(row, packed, std::span<float>(y));
  reference::gemv(row, q, std::span<float>(expected_y));
  CHECK(same(y, expected_y));
}

template <class Element, class Mapping = symmetric>
void goes_through() {
  using grouped = scheme<Element, Mapping, per_group<20>, stored_as<fp16>>;
  goes_through<grouped>(1, 1, 1);
  goes_through<grouped>(5, 19, 67);
}

}  // namespace

TEST_CASE("fp8 goes through everything") {
  goes_through<fp8_e4m3fn>();
  goes_through<fp8_e4m3fnuz>();
  goes_through<fp8_e5m2>();
  goes_through<fp8_e5m2fnuz>();
}

TEST_CASE("fp6 and fp4 go through everything") {
  goes_through<fp6_e3m2>();
  goes_through<fp6_e2m3>();
  goes_through<fp4_e2m1>();
}

TEST_CASE("tables go through everything") {
  goes_through<nf4>();
  goes_through<fp4_bnb>();
  goes_through<iq4_nl>();
  goes_through<binary>();
  goes_through<dynamic8>();
}

TEST_CASE("integers of 16 bits and base-3 digits go through everything") {
  goes_through<int16>();
  goes_through<uint16, asymmetric>();
  goes_through<ternary_base3>();
}
