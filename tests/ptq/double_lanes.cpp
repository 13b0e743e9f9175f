// SPDX-License-Identifier: MIT
// Halftone tests: lanes of doubles round the product and then the sum, as one double does.
#include <halftone/core/random.hpp>
#include <halftone/ptq/double_lanes.hpp>

#include <doctest/doctest.h>

namespace {

using namespace halftone;

TEST_CASE("double lanes: a product is rounded before it is added") {
  using lanes = ptq::double_lanes;
  std::size_t differs_from_fused = 0;
  for (std::uint64_t i = 0; i < 1000; ++i) {
    double a = 0.0, b[lanes::size], c[lanes::size], sum[lanes::size], rest[lanes::size];
    a = static_cast<double>(random_bits(1, i)) * 0x1p-64 - 0.5;
    for (std::size_t l = 0; l < lanes::size; ++l) {
      b[l] = static_cast<double>(random_bits(2 + l, i)) * 0x1p-64;
      c[l] = -a * b[l];  // so that what is left of the product shows
    }
    plus_product(lanes::load(c), a, lanes::load(b)).store(sum);
    minus_product(lanes::load(c), a, lanes::load(b)).store(rest);
    for (std::size_t l = 0; l < lanes::size; ++l) {
      CHECK(sum[l] == 0.0);
      CHECK(rest[l] == 2.0 * c[l]);
      differs_from_fused += __builtin_fma(a, b[l], c[l]) != 0.0 ? 1u : 0u;
    }
  }
  CHECK(differs_from_fused > 100);
}

}  // namespace
