// SPDX-License-Identifier: MIT
// Halftone: from the exact sums of a multiplication straight to codes, by the rule of another system.
//
//   code = clamp(rule(sum + bias, factor) + zero_point, low, high),    factor = input scale * weight scale / output scale
//
// A rule says in which arithmetic the factor is applied and how the result is rounded: a small struct, like every policy.
//
//   factor_type                               what it keeps of a factor
//   factor_of(double) -> factor_type
//   levels(sum, factor, low, high) -> int32   the rounded product, within low .. high (bounds less the zero point)
//   rounded(sum, factor, low, high)           optional: the same for lanes of floats, which kernels then use
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/core/error.hpp>
#include <halftone/core/matrix_view.hpp>
#include <halftone/epilogue/fixed_point.hpp>
#include <halftone/epilogue/stage.hpp>

#include <span>

namespace halftone::inline v0_1 {

template <class R, class Sum>
concept requantization_rule = requires(Sum sum, double factor, const typename R::factor_type& kept, std::int32_t bound) {
  { R::factor_of(factor) } noexcept -> std::same_as<typename R::factor_type>;
  { R::levels(sum, kept, bound, bound) } noexcept -> std::same_as<std::int32_t>;
};

/// In integers: see fixed_point.hpp.
template <class Rounding>
struct in_fixed_point {
  using factor_type = fixed_point_multiplier;
  [[nodiscard]] HALFTONE_INLINE static constexpr factor_type factor_of(double factor) noexcept {
    return Rounding::multiplier_of(factor);
  }
  template <class Sum>
    requires fixed_point_rounding<Rounding, Sum>
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t levels(Sum sum, const factor_type& factor, std::int32_t low,
                                                                     std::int32_t high) noexcept {
    return std::clamp(Rounding::multiplied(sum, factor), low, high);
  }
};

/// round_even(clamp(float(sum) * float(factor), low, high)), each step rounded to float. Bounds are below 2^22 in magnitude.
/// Source: XNNPACK's fp32 requantization; FBGEMM's, PyTorch's.
struct in_float {
  using factor_type = float;
  [[nodiscard]] HALFTONE_INLINE static constexpr factor_type factor_of(double factor) noexcept {
    return static_cast<float>(factor);
  }
  template <class Sum>
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t levels(Sum sum, float factor, std::int32_t low,
                                                                     std::int32_t high) noexcept {
    return static_cast<std::int32_t>(
        rounded(static_cast<float>(sum), factor, static_cast<float>(low), static_cast<float>(high)));
  }
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE static constexpr Lanes rounded(Lanes sum, Lanes factor, Lanes low, Lanes high) noexcept {
    return round_even(minimum(maximum(product(sum, factor), low), high));
  }
};

/// clamp(round_away(double(sum) * factor), low, high), the product rounded to double. Source: TFLite's reference kernels, whose
/// conversion of products from 2^31 on is undefined; here they saturate.
struct in_double {
  using factor_type = double;
  [[nodiscard]] HALFTONE_INLINE static constexpr factor_type factor_of(double factor) noexcept { return factor; }
  template <class Sum>
  [[nodiscard]] HALFTONE_INLINE static constexpr std::int32_t levels(Sum sum, double factor, std::int32_t low,
                                                                     std::int32_t high) noexcept {
    // Bounds are integers, so clamping one beyond them first changes nothing, and makes the conversion safe.
    double scaled = product(static_cast<double>(sum), factor);
    scaled = scaled > low - 1.0 ? scaled : low - 1.0;
    scaled = scaled < high + 1.0 ? scaled : high + 1.0;
    const auto whole = static_cast<std::int64_t>(scaled);
    const double rest = scaled - static_cast<double>(whole);  // exact
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(whole + (rest >= 0.5 ? 1 : rest <= -0.5 ? -1 : 0), low, high));
  }
};

/// What `gemm_integers` stores after its sums: codes of type Output, 8 or 16 bits.
///
/// @tparam Rule  in_float, in_double, in_fixed_point<Rounding> or one of your own
/// @tparam Sum   of the products and the bias: 64 bits where 32 do not hold it, outside of `gemm_integers`
template <class Output, class Rule, class Sum = std::int32_t>
  requires requantization_rule<Rule, Sum> && (std::same_as<Output, std::int8_t> || std::same_as<Output, std::uint8_t> || std::same_as<Output, std::int16_t>)
struct requantize_sums {
  using output_type = Output;
  using rule_type = Rule;
  using factor_type = typename Rule::factor_type;
  static constexpr std::int32_t lowest = std::numeric_limits<Output>::min();
  static constexpr std::int32_t highest = std::numeric_limits<Output>::max();

  std::span<const factor_type> factors;  ///< one a column, or one for all
  std::span<const Sum> bias{};           ///< one a column, or none; added without the bits above those of Sum
  std::int32_t zero_point = 0;
  std::int32_t low = lowest;             ///< bounds of the codes: a fused ReLU is low = zero_point
  std::int32_t high = highest;

  /// The code of one output.
  [[nodiscard]] HALFTONE_INLINE constexpr Output apply(Sum sum, std::size_t column) const noexcept {
    using bits = std::make_unsigned_t<Sum>;
    const auto biased = static_cast<Sum>(static_cast<bits>(sum) + static_cast<bits>(bias.empty() ? Sum{0} : bias[column]));
    const std::int32_t level =
        Rule::levels(biased, factors[factors.size() == 1 ? 0 : column], low - zero_point, high - zero_point);
    return static_cast<Output>(level + zero_point);
  }

  void expects_shape(matrix_shape output) const {
    expects(factors.size() == 1 || factors.size() == output.cols, "gemm_integers: requantize_sums has ", factors.size(),
            " factors for ", output.cols, " output columns");
    expects(bias.empty() || bias.size() == output.cols, "gemm_integers: requantize_sums has ", bias.size(), " biases for ",
            output.cols, " output columns");
    expects(zero_point >= lowest && zero_point <= highest, "gemm_integers: requantize_sums has zero point ", zero_point,
            ", outside ", lowest, "..", highest);
    expects(lowest <= low && low <= high && high <= highest, "gemm_integers: requantize_sums has bounds ", low, " and ", high,
            ", outside ", lowest, "..", highest);
  }
  template <class T>
  void expects_apart(const matrix_view<T>& y) const {
    expects(!overlap(factors, y), "gemm_integers: the factors of requantize_sums overlap y");
    expects(!overlap(bias, y), "gemm_integers: the biases of requantize_sums overlap y");
  }
};

/// What may end a multiplication of integers: turns the sum of a column into an Output.
template <class S, class Output>
concept sum_stage = requires(const S& s, std::int32_t sum, std::size_t column, matrix_shape shape, const matrix_view<Output>& y) {
  s.expects_shape(shape);
  s.expects_apart(y);
  { s.apply(sum, column) } noexcept -> std::same_as<Output>;
};

static_assert(requantization_rule<in_float, std::int32_t> && requantization_rule<in_double, std::int64_t> &&
              requantization_rule<in_fixed_point<double_rounding>, std::int32_t> &&
              requantization_rule<in_fixed_point<sixteen_bit_rounding>, std::int64_t>);
static_assert(sum_stage<requantize_sums<std::int8_t, in_float>, std::int8_t>);

}  // namespace halftone::inline v0_1
