// SPDX-License-Identifier: MIT
// Halftone: probe: NF4 with double quantization: blocks of 64 that run across rows, their maxima in 8 bits again.
#include "probe.hpp"

#include <algorithm>
#include <array>

namespace {

/// Quantiles of the normal distribution, from bitsandbytes' `functional.py` (Dettmers et al., arXiv:2305.14314).
struct normal_float {
  static constexpr std::array<float, 16> entries{-1.0f,
                                                 -0.6961928009986877f,
                                                 -0.5250730514526367f,
                                                 -0.39491748809814453f,
                                                 -0.28444138169288635f,
                                                 -0.18477343022823334f,
                                                 -0.09105003625154495f,
                                                 0.0f,
                                                 0.07958029955625534f,
                                                 0.16093020141124725f,
                                                 0.24611230194568634f,
                                                 0.33791524171829224f,
                                                 0.44070982933044434f,
                                                 0.5626170039176941f,
                                                 0.7229568362236023f,
                                                 1.0f};
  static std::string name() { return "normal_float"; }
};

/// bitsandbytes' signed dynamic map: for i in 0..6 the means of neighbours in linspace(0.1, 1, 2^i + 1), times
/// 10^(i - 6), with both signs; and 0 and 1.
struct dynamic_map {
  static constexpr std::array<float, 256> entries = [] {
    std::array<float, 256> map{};
    std::size_t size = 0;
    double power = 1e-6;
    for (unsigned i = 0; i <= 6; ++i, power *= 10.0) {
      const double step = 0.9 / (1u << i);
      for (unsigned j = 0; j < (1u << i); ++j) {
        map[size++] = static_cast<float>(power * (0.1 + step * (j + 0.5)));
        map[size] = -map[size - 1];
        ++size;
      }
    }
    map[size++] = 0.0f;
    map[size] = 1.0f;
    std::sort(map.begin(), map.end());
    return map;
  }();
  static std::string name() { return "dynamic_map"; }
};

/// Blocks of N weights of the matrix read row by row as one long line; the last block may be shorter.
template <std::size_t N>
struct flat_blocks {
  static std::string name() { return "flat_blocks<" + std::to_string(N) + ">"; }
  static halftone::matrix_shape parameter_shape(halftone::matrix_shape s) noexcept {
    const std::size_t blocks = halftone::ceil_div(s.rows * s.cols, N);
    return {blocks == 0 ? 0u : 1u, blocks};
  }
  static std::size_t group_of(std::size_t row, std::size_t k, halftone::matrix_shape s) noexcept {
    return (row * s.cols + k) / N;
  }
};

/// offset = the middle of the range, scale = half its width: block maxima are all positive, their differences are not.
struct around_middle {
  static constexpr halftone::equation equation = halftone::equation::scaled_offset;
  static std::string name() { return "around_middle"; }
  template <halftone::table_element Element>
  static constexpr halftone::group_parameters choose(halftone::range r, const Element& e) noexcept {
    const float middle = r.min * 0.5f + r.max * 0.5f;  // halves are exact
    return {.scale = (r.max * 0.5f - r.min * 0.5f) / e.largest(), .offset = middle};
  }
};

using eight_bits = halftone::scheme<halftone::codebook<dynamic_map>, around_middle, flat_blocks<256>>;
using nf4 = halftone::scheme<halftone::codebook<normal_float>, halftone::symmetric, flat_blocks<64>,
                             halftone::quantized_again<eight_bits>>;

TEST_CASE("NF4 with double quantization has blocks that run across rows") {
  constexpr std::size_t rows = 331, cols = 100, blocks = (rows * cols + 63) / 64, second = (blocks + 255) / 256;
  static_assert(second == 3 && rows * cols % 64 != 0);
  const auto w = probe::gaussian(rows * cols, 4);
  const double bytes = static_cast<double>(rows * cols / 2 + blocks + 8 * second);
  const auto q = probe::check<nf4>({w.data(), rows, cols}, 0.0125, 8.0 * bytes / static_cast<double>(rows * cols));

  REQUIRE(q.group_of(0, 64) == q.group_of(1, 27));
  REQUIRE(q.group_of(0, 64) != q.group_of(1, 28));
  const auto& maxima = q.scale_plane().matrix();
  const float maximum = maxima.value_at(0, q.group_of(200, 31));
  REQUIRE(q.value_at(200, 31) == halftone::product(maximum, normal_float::entries[q.code_at(200, 31)]));
}

}  // namespace
