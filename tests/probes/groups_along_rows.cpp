// SPDX-License-Identifier: MIT
// Halftone: probe: HQQ-like groups: 64 weights of one column, one below the other, share a scale and a float zero.
#include "probe.hpp"

namespace {

/// One set of parameters for each run of N rows of a column; the last run may be shorter.
template <std::size_t N>
struct per_column_group {
  static std::string name() { return "per_column_group<" + std::to_string(N) + ">"; }
  static constexpr halftone::matrix_shape parameter_shape(halftone::matrix_shape s) noexcept {
    return s.rows == 0 || s.cols == 0 ? halftone::matrix_shape{}
                                      : halftone::matrix_shape{halftone::ceil_div(s.rows, N), s.cols};
  }
  static constexpr std::size_t group_of(std::size_t row, std::size_t k, halftone::matrix_shape s) noexcept {
    return row / N * s.cols + k;
  }
};
static_assert(!halftone::constant_along_k<per_column_group<64>>);

/// HQQ's start (Badri and Shaji, 2023): scale = (max - min) / (2^b - 1), zero = -min / scale, not an integer.
/// Kept as offset = -zero * scale = min, which gives scale * (code - zero) in one rounding.
struct float_zero {
  static constexpr halftone::equation equation = halftone::equation::scaled_offset;
  static std::string name() { return "float_zero"; }
  template <halftone::uniform_element Element>
    requires(!halftone::signed_element<Element>)
  static constexpr halftone::group_parameters choose(halftone::range r, const Element&) noexcept {
    return {.scale = (r.max - r.min) / static_cast<float>(Element::max), .offset = r.min};
  }
};

using hqq_like =
    halftone::scheme<halftone::uint4, float_zero, per_column_group<64>, halftone::stored_as<halftone::fp16>>;

TEST_CASE("groups along the rows share a scale and a float zero") {
  constexpr std::size_t rows = 150, cols = 91;
  const auto w = probe::gaussian(rows * cols, 9);
  const double bytes = rows * 46.0 + 2.0 * 2.0 * 3.0 * cols;  // codes; scales and offsets of 3 runs a column
  const auto q = probe::check<hqq_like>({w.data(), rows, cols}, 0.01, 8.0 * bytes / (rows * cols));
  REQUIRE(q.group_of(63, 5) == q.group_of(0, 5));
  REQUIRE(q.group_of(64, 5) == 91 + 5);
  REQUIRE(q.value_at(149, 90) ==
          halftone::fused(q.scale_at(2 * 91 + 90), static_cast<float>(q.code_at(149, 90)), q.offset_at(2 * 91 + 90)));
}

}  // namespace
