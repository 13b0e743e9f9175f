// SPDX-License-Identifier: MIT
// Halftone tests: what transcode allocates: rows, and parameters, but never the floats of a matrix.
#include <halftone/quantize/transcode.hpp>
#include <halftone/scheme/presets.hpp>

#include "io/allocation_count.cpp"  // NOLINT: operator new of this program

#include <doctest/doctest.h>

using namespace halftone;

namespace {

/// Bytes that transcoding a matrix of 256 columns takes, all allocations together. @return  for `rows` rows
template <class From, class To>
std::size_t taken(std::size_t rows) {
  constexpr std::size_t cols = 256;
  std::vector<float> w(rows * cols);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = static_cast<float>(i * 2654435761u >> 7 & 1023u) / 512.0f - 1.0f;
  }
  const auto q = quantize<From>({w.data(), rows, cols});
  quantized_matrix<To> to({rows, cols});
  const std::size_t before = halftone_test::allocated_bytes();
  static_cast<void>(transcode_into(q, to));
  return halftone_test::allocated_bytes() - before;
}

/// At most what is stated, and 256 bytes for what is there once.
template <class From, class To>
void check(std::size_t rows_of_floats, double bytes_a_group) {
  CAPTURE(From::name());
  CAPTURE(To::name());
  constexpr std::size_t few = 8, many = 200;
  const double groups = static_cast<double>(quantized_matrix<To>({many, 256}).group_count());
  CHECK(static_cast<double>(taken<From, To>(many)) <= 4.0 * 256.0 * static_cast<double>(rows_of_floats) + bytes_a_group * groups + 256.0);
  const double grown = static_cast<double>(taken<From, To>(many) - taken<From, To>(few));
  CHECK(grown <= bytes_a_group * groups + 256.0);
}

}  // namespace

TEST_CASE("memory of transcode is what its page states") {
  CHECK(taken<int4_g32, int4_g32>(100) == 0);  // planes are copied
  check<int4_g32, uint4_g32>(2, 17.0);         // exact
  check<mxfp4, int8_g32>(2, 17.0);
  check<int4_g128, scheme<int8, symmetric, per_tensor>>(3, 25.0);  // quantized again: one group
}
