// SPDX-License-Identifier: MIT
// Halftone: checks that the reference and the kernels share, so that a wrong call gives one message.
#pragma once

#include <halftone/epilogue/epilogue.hpp>
#include <halftone/scheme/given.hpp>
#include <halftone/tensor/grouped_activations.hpp>
#include <halftone/tensor/integer_path.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <limits>

// Kernels call these: in the namespace of the instruction set, no other object gets their copies.
namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Checks the parameters that an estimator chose for a group.
template <class Scheme>
void expects_parameters(const group_parameters& p, std::size_t group) {
  expects(is_finite(p.scale), "quantize: group ", group, " has scale ", p.scale, "; a scale must be finite");
  if constexpr (Scheme::has_scale && detail::stores_only_positive<typename Scheme::scale_storage>) {
    expects(p.scale >= 0.0f, "quantize: group ", group, " has scale ", p.scale, "; its storage has no sign");
  }
  expects(is_finite(p.offset), "quantize: group ", group, " has offset ", p.offset, "; an offset must be finite");
  if constexpr (Scheme::has_zero_point) {
    using Element = typename Scheme::element_type;
    expects(p.zero_point >= Element::min && p.zero_point <= Element::max, "quantize: group ", group, " has zero point ",
            p.zero_point, ", outside ", std::int32_t{Element::min}, "..", std::int32_t{Element::max});
  }
}

/// Checks that an estimator with a list knows every group.
template <class Scheme, class Estimator>
void expects_groups(const Estimator& estimator, std::size_t groups) {
  if constexpr (indexed_estimator_for<Estimator, Scheme>) {
    const auto known = static_cast<std::size_t>(estimator.size());
    expects(known == groups || known == 1, "quantize: the estimator has ", known, " entries for ", groups, " groups");
  }
}

/// Checks that every value is finite; names the first that is not.
inline void expects_finite(matrix_view<const float> values, std::string_view entry_point) {
  for (std::size_t i = 0; i < values.rows(); ++i) {
    for (std::size_t j = 0; j < values.cols(); ++j) {
      expects(is_finite(values(i, j)), entry_point, ": value [", i, ", ", j, "] is ", values(i, j));
    }
  }
}

/// Checks that a product of codes with int8 or uint8 activations fits 32 bits over one float group.
/// @param group_length  longest run of k with one float scale
/// @param largest       largest magnitude of an activation less its zero point: 128 or 255
template <class Scheme>
void expects_int32_bound(std::size_t group_length, std::int64_t largest) {
  if constexpr (has_integer_path<Scheme>) {
    using Element = typename Scheme::element_type;
    using levels = integer_levels<Element>;
    const std::int64_t weight = Scheme::has_zero_point ? levels::max - levels::min
                                                       : std::max<std::int64_t>(levels::max, -levels::min);
    // Offsets are multiplied by sums of activations alone.
    const std::int64_t step = std::max(weight * largest_sub_scale<Scheme>(), largest_sub_offset<Scheme>()) * largest;
    const auto longest = static_cast<std::size_t>(std::numeric_limits<std::int32_t>::max() / std::max<std::int64_t>(step, 1));
    if (group_length > longest) {  // before the names, which may allocate
      expects(false, "gemm: a float group of ", group_length, " weights may overflow int32; with ", Element::name(),
              " weights", super_block_groups<Scheme> == 0 ? "" : ", integer scales", " and activations of magnitude up to ",
              largest, " it holds at most ", longest);
    }
  }
}

/// Largest magnitude of an activation less its zero point.
[[nodiscard]] inline std::int64_t largest_activation(const activation_view& x) noexcept {
  bool centred = x.is_signed;
  for (std::size_t row = 0; row < (x.per_row ? x.rows() : std::min<std::size_t>(x.rows(), 1)) && centred; ++row) {
    centred = x.zero_point(row) == 0;
  }
  return centred ? 128 : 255;
}

/// The same for activations that are quantized inside a call: a scheme with zero points counts as if it used them, so that
/// whether a call is refused depends on shapes and types alone.
template <activation_scheme Activations>
inline constexpr std::int64_t largest_dynamic_activation =
    Activations::element_type::min < 0 && !Activations::has_zero_point ? 128 : 255;

/// Checks x [m, k], weights [n, k] and y [m, n] of a multiplication.
template <class Output, class Epilogue>
void expects_gemm(matrix_shape x, matrix_shape weights, const matrix_view<Output>& y, const Epilogue& epilogue) {
  expects_valid(y, "gemm", "y");
  expects(x.cols == weights.cols, "gemm: x is [", x.rows, ", ", x.cols, "] but the weights are [", weights.rows, ", ",
          weights.cols, "]: k differs");
  expects(y.rows() == x.rows && y.cols() == weights.rows, "gemm: y is [", y.rows(), ", ", y.cols(), "], should be [",
          x.rows, ", ", weights.rows, "]");
  epilogue.expects_shape(y.shape());
  epilogue.expects_apart(y);
}

/// Checks that integers may stay integers: they have one scale an output only where k is one group.
inline void expects_one_group(std::size_t groups) {
  expects(groups <= 1, "gemm_integers: the weights have ", groups, " groups along k, each with a scale; give them one");
}

/// Checks that y, which is written while x is still read, shares nothing with x.
template <class View, class Output>
void expects_apart(const View& x, const matrix_view<Output>& y) {
  expects(!overlap(x, y), "gemm: x and y overlap; y is written while x is still read");
}

/// Checks a view of quantized activations: its codes, that every scale is there and not infinite, and that every zero
/// point is a level. A NaN scale marks a row that held a NaN or an infinity; its outputs are NaN.
inline void expects_activations(const activation_view& x) {
  expects_valid(x.codes, "gemm", "x");
  expects(x.rows() == 0 || x.scales != nullptr, "gemm: the activations have ", x.rows(), " rows but no scales");
  const std::int32_t low = x.is_signed ? -128 : 0;
  for (std::size_t row = 0; row < (x.per_row ? x.rows() : std::min<std::size_t>(x.rows(), 1)); ++row) {
    expects(magnitude(x.scale(row)) != std::numeric_limits<float>::infinity(), "gemm: the activations of row ", row,
            " have scale ", x.scale(row));
    expects(x.zero_point(row) >= low && x.zero_point(row) <= low + 255, "gemm: the activations of row ", row,
            " have zero point ", x.zero_point(row), ", outside ", low, "..", low + 255);
  }
}

/// Checks a view of activations with a scale a group: its codes, and that every scale is there and not infinite.
inline void expects_activations(const grouped_activation_view& x) {
  expects_valid(x.codes, "gemm", "x");
  expects(x.group_length != 0, "gemm: the activations have groups of 0 values");
  expects(x.codes.empty() || x.scales != nullptr, "gemm: the activations have ", x.rows(), " rows but no scales");
  for (std::size_t i = 0; i < (x.codes.empty() ? 0 : x.rows() * x.groups()); ++i) {
    expects(magnitude(x.scales[i]) != std::numeric_limits<float>::infinity(), "gemm: the activations of row ",
            i / x.groups(), " have scale ", x.scales[i], " in group ", i % x.groups());
  }
}

/// Checks that both scales are constant over each float group: a group of activations is one or more groups of weights.
/// @param run  weights along k that share a float scale
inline void expects_nested_groups(std::size_t run, std::size_t group_length, std::size_t k) {
  expects(group_length >= k || group_length % run == 0, "gemm: the activations have a scale for every ", group_length,
          " values, the weights for every ", run, "; groups of activations must be whole groups of weights");
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
