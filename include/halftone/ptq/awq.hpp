// SPDX-License-Identifier: MIT
// Halftone: AWQ: columns that meet large inputs are scaled up before rounding, and inputs scaled down; ranges are clipped.
// Lin, Tang, Tang, Yang, Chen, Wang, Xiao, Dang, Gan, Han: AWQ: Activation-aware Weight Quantization for LLM Compression and
// Acceleration, arXiv:2306.00978. The loss comes from the Hessian, so that no activations need be kept.
#pragma once

#include <halftone/ptq/column_scales.hpp>
#include <halftone/ptq/objective.hpp>
#include <halftone/ptq/output_error.hpp>
#include <halftone/ptq/power.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

struct awq_options {
  unsigned steps = 20;       ///< exponents 0, 1 / steps, ..., (steps - 1) / steps
  bool duo_scaling = false;  ///< divide by the mean magnitude of the column's weights to the power 1 - exponent, as AutoAWQ does
};

struct awq_result {
  std::vector<float> scales;  ///< one for each column: multiply weights, divide inputs
  float exponent = 0.0f;
  double loss = 0.0;          ///< output error of all matrices with these scales
  double plain_loss = 0.0;    ///< and without
};

namespace detail {

[[nodiscard]] inline std::vector<float> awq_scales_for(std::span<const float> inputs, std::span<const float> weights, double exponent) {
  std::vector<double> wide(inputs.size());
  double least = std::numeric_limits<double>::infinity(), largest = 0.0;
  for (std::size_t j = 0; j < inputs.size(); ++j) {
    wide[j] = power(static_cast<double>(inputs[j]), exponent);
    if (!weights.empty() && exponent > 0.0) {
      wide[j] /= power(std::max(static_cast<double>(weights[j]), 1e-8), 1.0 - exponent);
    }
    wide[j] = std::clamp(wide[j], 1e-4, 1e8);
    least = std::min(least, wide[j]);
    largest = std::max(largest, wide[j]);
  }
  const double middle = std::sqrt(largest) * std::sqrt(least);
  std::vector<float> scales(inputs.size());
  for (std::size_t j = 0; j < scales.size(); ++j) {
    scales[j] = static_cast<float>(wide[j] / middle);
  }
  return scales;
}

/// What a matrix is once its scaled form is quantized and scaled back.
template <class Scheme, class Estimator>
[[nodiscard]] std::vector<float> scaled_back(matrix_view<const float> w, std::span<const float> scales, const Estimator& estimator,
                                             const Scheme& scheme, const context& use) {
  std::vector<float> values(w.rows() * w.cols());
  const matrix_view<float> view(values.data(), w.rows(), w.cols());
  for (std::size_t row = 0; row < w.rows(); ++row) {
    std::copy_n(w.row_data(row), w.cols(), view.row_data(row));
  }
  multiply_columns(view, scales);
  dequantize(quantize<Scheme>(view, estimator, scheme, use), view, use);
  divide_columns(view, scales);
  return values;
}

}  // namespace detail

/// The scales mean|x[j]|^exponent, divided by the root of their largest times their smallest, whose output error is least; on a tie the
/// smaller exponent. Exponent 0 is no scaling, so the loss is never above that of `quantize`. Then `multiply_columns` the weights,
/// `quantize` them, and `divide_columns` what gives the inputs.
/// @param matrices         all that read these inputs (q, k and v): [n, k] each
/// @param mean_magnitudes  mean |x[j]| over the calibration set, finite, none below 0
/// @param feedback         of E[x x^T]
/// @throws                 what `quantize` and `output_error` throw; halftone::error if a mean is not finite or below 0, or steps is 0
/// @par Cost               `steps` times quantize, dequantize and output_error; a copy of the largest matrix
template <scheme_type Scheme, class Estimator = min_max>
  requires any_estimator_for<Estimator, Scheme>
[[nodiscard]] awq_result awq_scales(std::span<const matrix_view<const float>> matrices, std::span<const float> mean_magnitudes,
                                    const error_feedback& feedback, const awq_options& options = {}, const Estimator& estimator = {},
                                    const Scheme& scheme = {}, const context& use = {}) {
  expects(options.steps != 0, "awq_scales: no exponents to try");
  expects(mean_magnitudes.size() == feedback.size(), "awq_scales: ", mean_magnitudes.size(), " inputs, but h is [", feedback.size(), ", ",
          feedback.size(), "]");
  for (std::size_t j = 0; j < mean_magnitudes.size(); ++j) {
    expects(is_finite(mean_magnitudes[j]) && mean_magnitudes[j] >= 0.0f, "awq_scales: input ", j, " has mean magnitude ", mean_magnitudes[j]);
  }
  std::vector<float> weight_means(options.duo_scaling ? feedback.size() : 0);
  std::size_t rows = 0;
  for (const matrix_view<const float>& w : matrices) {
    expects_valid(w, "awq_scales", "w");
    expects(w.cols() == feedback.size(), "awq_scales: w is [", w.rows(), ", ", w.cols(), "], h [", feedback.size(), ", ", feedback.size(), "]");
    rows += w.rows();
    for (std::size_t row = 0; row < w.rows(); ++row) {
      for (std::size_t j = 0; j < weight_means.size(); ++j) {
        weight_means[j] += magnitude(w(row, j));
      }
    }
  }
  for (float& mean : weight_means) {
    mean /= static_cast<float>(std::max<std::size_t>(rows, 1));
  }
  awq_result best;
  for (unsigned i = 0; i < options.steps; ++i) {
    const double exponent = static_cast<double>(i) / options.steps;
    const std::vector<float> scales = i == 0 ? std::vector<float>(feedback.size(), 1.0f)
                                             : detail::awq_scales_for(mean_magnitudes, weight_means, exponent);
    double loss = 0.0;
    for (const matrix_view<const float>& w : matrices) {
      const std::vector<float> values = detail::scaled_back<Scheme>(w, scales, estimator, scheme, use);
      loss += output_error(w, {values.data(), w.rows(), w.cols()}, feedback, use);
    }
    if (i == 0 || loss < best.loss) {
      best.scales = scales;
      best.exponent = static_cast<float>(exponent);
      best.loss = loss;
    }
    best.plain_loss = i == 0 ? loss : best.plain_loss;
  }
  return best;
}

/// An estimator: AWQ's clipping. Of the group's range times 1 - i / grid, i = 0, ..., steps - 1, the least mean over tokens of
/// (sum over the group of x[j] (w'[j] - w[j]))^2, which is e^T H e with the group's part of H; on a tie the wider range.
/// For queries and keys it is left out, since clipping hurts their products.
/// Cost: steps passes and n^2 / 2 products for each, n the group's size.
class output_clip {
 public:
  /// @throws halftone::error if h is not valid or not square
  explicit output_clip(matrix_view<const double> h, unsigned grid = 20, unsigned steps = 10) : h_(h), grid_(grid), steps_(steps) {
    expects_valid(h, "output_clip", "h");
    expects(h.rows() == h.cols(), "output_clip: h is [", h.rows(), ", ", h.cols(), "], should be square");
    expects(grid != 0 && steps != 0 && steps <= grid, "output_clip: ", steps, " steps on a grid of ", grid);
  }

  template <scheme_type Scheme>
    requires(one_run_a_group<typename Scheme::granularity_type> && scalar_element<typename Scheme::element_type>)
  [[nodiscard]] group_parameters fit(std::size_t group, std::span<const float> values, const Scheme& s) const {
    const matrix_shape row{1, h_.cols()};
    const std::size_t run = std::max<std::size_t>(std::min(s.granularity.run_length(row), row.cols), 1);
    const std::size_t first = group % std::max<std::size_t>(ceil_div(row.cols, run), 1) * run;
    expects(values.size() == std::min(run, row.cols - first), "output_clip: h of ", row.cols, " columns for a matrix of another width");
    const range whole = range_of(values);
    group_parameters best = s.mapping.choose(whole, s.element);
    double least = std::numeric_limits<double>::infinity();
    for (unsigned i = 0; i < steps_; ++i) {
      const float factor = 1.0f - static_cast<float>(i) / static_cast<float>(grid_);
      const group_parameters p = as_stored(s.mapping.choose({product(whole.min, factor), product(whole.max, factor)}, s.element), values, s);
      if (can_be_stored<Scheme>(p)) {
        const double error = error_of(first, values, p, s);
        best = error < least ? p : best;
        least = error < least ? error : least;
      }
    }
    return best;
  }
  /// For all groups of all matrices of this width.
  [[nodiscard]] std::size_t size() const noexcept { return 1; }

  /// e^T H e for the group that begins at a column.
  template <class Scheme>
  [[nodiscard]] double error_of(std::size_t first, std::span<const float> values, const group_parameters& p, const Scheme& s) const {
    const float factor = Scheme::factor_of(p);
    std::vector<double> e(values.size());
    double sum = 0.0;
    for (std::size_t i = 0; i < e.size(); ++i) {
      e[i] = static_cast<double>(s.real(s.element.decode(encode_value(values[i], p, factor, s, i)), p) - values[i]);
      double before = product(0.5 * h_(first + i, first + i), e[i]);
      for (std::size_t l = 0; l < i; ++l) {
        before += product(h_(first + l, first + i), e[l]);
      }
      sum += product(2.0 * e[i], before);
    }
    return sum;
  }

 private:
  matrix_view<const double> h_;
  unsigned grid_, steps_;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
