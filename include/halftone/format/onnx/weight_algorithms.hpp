// SPDX-License-Identifier: MIT
// Halftone: the weight algorithms "RTN" and "k_quant" of onnxruntime's MatMulNBitsQuantizer, to the bit.
//
//   code = clip(round_even(double(w) / scale + zero point), 0, 2^b - 1)      in double
//
// Both work on blocks along k that zeros fill up to the block size, so that a row's last block may have a wider range. The quotient is
// that of doubles (RTN's scale is a double until it is stored): no scaling policy sees that, so `onnx::quantize` is a function.
#pragma once

#include <halftone/format/onnx/nbits.hpp>
#include <halftone/tensor/checks.hpp>

#include <array>
#include <cmath>

namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx {

/// A scale before it is rounded to float, and a zero point in codes.
struct double_parameters {
  double scale = 1.0;
  std::int32_t zero_point = 0;
};

namespace detail {

/// The sum of floats that lie behind each other in NumPy's order: halves down to 128 numbers, eight chains, pairs of these.
[[nodiscard]] inline float pairwise_sum(std::span<const float> x) noexcept {
  if (x.size() > 128) {
    const std::size_t half = x.size() / 2 - x.size() / 2 % 8;
    return pairwise_sum(x.first(half)) + pairwise_sum(x.subspan(half));
  }
  std::array<float, 8> chains{};
  for (std::size_t i = 0; i < x.size(); ++i) {  // blocks are multiples of 8
    chains[i % 8] = i < 8 ? x[i] : chains[i % 8] + x[i];
  }
  return ((chains[0] + chains[1]) + (chains[2] + chains[3])) + ((chains[4] + chains[5]) + (chains[6] + chains[7]));
}
/// The sum of term(0), term(1), ..., in one of its orders.
template <std::size_t Count, class Term>
[[nodiscard]] float sum_of(bool one_by_one, const Term& term) {
  std::array<float, Count> terms;
  float sum = 0.0f;
  for (std::size_t i = 0; i < Count; ++i) {
    terms[i] = term(i);
    sum += terms[i];
  }
  return one_by_one ? sum : pairwise_sum(terms);
}

/// round_even(x) within 0..steps; 0 for NaN.
[[nodiscard]] inline std::int32_t level_within(double x, std::int32_t steps) noexcept {
  return x > 0.0 ? static_cast<std::int32_t>(halftone::detail::nearest_even(x < steps ? x : static_cast<double>(steps))) : 0;
}

}  // namespace detail

/// "RTN". Asymmetric: scale = (max - min) / (2^b - 1), the difference a float, the range as it is; zero_point =
/// round_even(-min / scale), clipped. Symmetric: scale = 2 max|w| / (2^b - 1), zero point 2^(b-1). Equal weights have scale 1. A range that
/// no float holds has the largest float as its scale.
/// Source: onnxruntime.quantization.neural_compressor.weight_only, quant_tensor.
struct rtn {
  template <nbits_scheme Scheme>
  [[nodiscard]] double_parameters fit(std::span<const float> block, const Scheme&) const noexcept {
    constexpr std::int32_t steps = (1 << Scheme::element_type::bits) - 1;
    constexpr float largest = std::numeric_limits<float>::max();
    const range r = range_of(block);
    if constexpr (!Scheme::has_zero_point) {
      const float most = maximum(magnitude(r.min), magnitude(r.max));
      return {.scale = most > 0.0f ? static_cast<double>(minimum(most * 2.0f, largest)) / steps : 1.0, .zero_point = steps / 2 + 1};
    } else {
      double_parameters p{.scale = r.min == r.max ? 1.0 : static_cast<double>(minimum(r.max - r.min, largest)) / steps};
      p.zero_point = detail::level_within(-static_cast<double>(r.min) / p.scale, steps);
      return p;
    }
  }
};

/// "k_quant": of the range's scale and twenty others around it, each with the scale and minimum that minimize its squared error, the one
/// with the least error; a minimum that was better is the range's from then on. Weights count sqrt(mean w^2) + |w|. All in float, sums
/// in NumPy's order. Equal weights have scale 1, and ranges so small that (2^b - 1) / range is no float, too.
/// Source: onnxruntime.quantization.neural_compressor.weight_only, quant_tensor_k_quant_cpu, after ggml's k-quants.
struct k_quant {
  bool sums_one_by_one = false;  ///< as NumPy sums where each of several rows is one block; `onnx::quantize` sees to it

  template <nbits_scheme Scheme>
    requires(Scheme::has_zero_point)
  [[nodiscard]] double_parameters fit(std::span<const float> x, const Scheme&) const {
    constexpr std::int32_t steps = (1 << Scheme::element_type::bits) - 1;
    constexpr std::size_t block = Scheme::granularity_type::group_size;
    const range r = range_of(x);
    const float span = r.max - r.min;
    float scale = 1.0f, low = r.min;
    if (span != 0.0f && is_finite(static_cast<float>(steps) / span)) {
      std::array<float, block> importance, levels;
      const auto sum = [&](const auto& term) { return detail::sum_of<block>(sums_one_by_one, term); };
      const float mean = std::sqrt(sum([&](std::size_t i) { return product(x[i], x[i]); }) / static_cast<float>(block));
      const float sum_w = sum([&](std::size_t i) { return importance[i] = mean + magnitude(x[i]); });
      const float sum_x = sum([&](std::size_t i) { return product(importance[i], x[i]); });
      const auto set_levels = [&](float factor) {
        for (std::size_t i = 0; i < block; ++i) {
          levels[i] = static_cast<float>(detail::level_within(static_cast<double>(product(factor, x[i] - low)), steps));
        }
      };
      const auto error_of = [&](float step, float bottom) {
        return sum([&](std::size_t i) {
          const float difference = product(step, levels[i]) + bottom - x[i];
          return product(importance[i], product(difference, difference));
        });
      };
      scale = 1.0f / (static_cast<float>(steps) / span);
      set_levels(static_cast<float>(steps) / span);
      float least = error_of(scale, low);
      for (int i = 0; i < 20; ++i) {
        const float wanted = static_cast<float>(-1 + product(0.1, static_cast<double>(i)) + steps);
        set_levels(low != r.max ? wanted / (r.max - low) : 1.0f);
        const auto weighted = [&](std::size_t j) { return product(importance[j], levels[j]); };
        const float sum_l = sum(weighted);
        const float sum_l2 = sum([&](std::size_t j) { return product(weighted(j), levels[j]); });
        const float sum_xl = sum([&](std::size_t j) { return product(weighted(j), x[j]); });
        const float determinant = product(sum_w, sum_l2) - product(sum_l, sum_l);
        const float this_scale = (product(sum_w, sum_xl) - product(sum_x, sum_l)) / determinant;
        const float this_low = (product(sum_l2, sum_x) - product(sum_l, sum_xl)) / determinant;
        const float error = error_of(this_scale, this_low);
        if (error < least) {
          least = error;
          scale = this_scale;
          low = this_low;
        }
      }
      scale = minimum(scale, std::numeric_limits<float>::max());
    }
    return {.scale = static_cast<double>(scale), .zero_point = detail::level_within(static_cast<double>(-low / scale), steps)};
  }
};

/// Weights [n, k] by an algorithm of the package: MatMulNBits' codes, scales and zero points.
/// @tparam Scheme  mat_mul_nbits or mat_mul_nbits_with_zero_points, of 4 or 8 bits; k_quant has zero points
/// @throws halftone::error if a value is NaN or infinite
/// Cost: rtn three passes, k_quant some 120. One allocation a plane.
template <nbits_scheme Scheme, class Algorithm>
  requires(!Scheme::has_offset && Scheme::has_zero_point == (Scheme::element_type::min == 0) && Scheme::element_type::bits >= 4)
[[nodiscard]] quantized_matrix<Scheme> quantize(matrix_view<const float> w, const Algorithm& algorithm) {
  using Element = typename Scheme::element_type;
  using layout = detail::nbits_layout<Scheme>;
  expects_finite(w, "onnx::quantize");
  quantized_matrix<Scheme> q(matrix_shape{w.rows(), w.cols()});
  std::vector<float> block(layout::block);
  const std::size_t blocks = ceil_div(w.cols(), layout::block);
  Algorithm chosen = algorithm;
  if constexpr (std::same_as<Algorithm, k_quant>) {
    chosen.sums_one_by_one = blocks == 1 && w.rows() > 1;
  }
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    const std::size_t row = g / blocks, first = g % blocks * layout::block, size = std::min(layout::block, w.cols() - first);
    for (std::size_t i = 0; i < layout::block; ++i) {
      block[i] = i < size ? w(row, first + i) : 0.0f;
    }
    const double_parameters p = chosen.fit(block, q.scheme());
    q.scale_plane().set(g, static_cast<float>(p.scale));
    if constexpr (Scheme::has_zero_point) {
      q.set_zero_point(g, p.zero_point);
    }
    for (std::size_t i = 0; i < size; ++i) {
      const std::int32_t level = detail::level_within(static_cast<double>(block[i]) / p.scale + p.zero_point, (1 << Element::bits) - 1);
      write_code<Element::bits>(q.row_codes(row).data(), first + i, static_cast<std::uint32_t>(level) ^ layout::flipped);
    }
  }
  return q;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx
