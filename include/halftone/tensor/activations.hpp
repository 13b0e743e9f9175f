// SPDX-License-Identifier: MIT
// Halftone: activations as codes of 8 bits, and how a call says that floats are to be quantized inside it.
#pragma once

#include <halftone/core/aligned_buffer.hpp>
#include <halftone/core/matrix_view.hpp>
#include <halftone/element/float_storage.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/scheme/scheme.hpp>

#include <vector>

namespace halftone::inline v0_1 {

/// A scheme that activations can have: 8-bit integers, one set of parameters a row or for all rows, fp32 scales. Its reals
/// are scale * (level - zero_point): a mapping with a `real` of its own would be ignored by the integer dot products.
template <class S>
concept activation_scheme =
    scheme_type<S> && uniform_element<typename S::element_type> && S::element_type::bits == 8 && !S::has_offset &&
    S::has_scale && std::is_same_v<typename S::scale_storage, stored_as<fp32>> && !S::has_own_real &&
    (std::is_same_v<typename S::granularity_type, per_token> || std::is_same_v<typename S::granularity_type, per_tensor>);

namespace detail {
template <class G>
inline constexpr bool is_token_group = false;
template <std::size_t N>
inline constexpr bool is_token_group<per_token_group<N>> = true;
}  // namespace detail

/// A scheme of activations with a scale for each run of values of a row: signed 8-bit integers without zero points, fp32 scales.
template <class S>
concept grouped_activation_scheme =
    scheme_type<S> && signed_element<typename S::element_type> && S::element_type::bits == 8 &&
    S::equation == equation::scaled && std::is_same_v<typename S::scale_storage, stored_as<fp32>> && !S::has_own_real &&
    detail::is_token_group<typename S::granularity_type>;

/// Codes of rows of activations: real = scale[row] * (level - zero_point[row]). A view; owns nothing.
/// Levels are the bytes themselves: int8 if `is_signed`, uint8 otherwise.
struct activation_view {
  matrix_view<const std::uint8_t> codes{};
  bool is_signed = true;
  const float* scales = nullptr;             ///< one a row, or one for all
  const std::int32_t* zero_points = nullptr;  ///< likewise; null means 0
  bool per_row = true;

  [[nodiscard]] std::size_t rows() const noexcept { return codes.rows(); }
  [[nodiscard]] std::size_t cols() const noexcept { return codes.cols(); }
  [[nodiscard]] float scale(std::size_t row) const noexcept { return scales[per_row ? row : 0]; }
  [[nodiscard]] std::int32_t zero_point(std::size_t row) const noexcept {
    return zero_points == nullptr ? 0 : zero_points[per_row ? row : 0];
  }
  [[nodiscard]] std::int32_t level(std::size_t row, std::size_t k) const noexcept {
    const std::uint8_t code = codes(row, k);
    return is_signed ? static_cast<std::int32_t>(static_cast<std::int8_t>(code)) : static_cast<std::int32_t>(code);
  }
};

/// Activations that were quantized once, for one or several multiplications.
template <activation_scheme Scheme>
class quantized_activations {
 public:
  using scheme_type = Scheme;
  using element_type = typename Scheme::element_type;
  static constexpr bool per_row = std::is_same_v<typename Scheme::granularity_type, per_token>;

  quantized_activations() = default;
  explicit quantized_activations(matrix_shape shape)
      : shape_(shape), codes_(saturated_product(shape.rows, shape.cols)), scales_(per_row ? shape.rows : 1), zero_points_(scales_.size()) {}

  [[nodiscard]] matrix_shape shape() const noexcept { return shape_; }
  [[nodiscard]] std::size_t rows() const noexcept { return shape_.rows; }
  [[nodiscard]] std::size_t cols() const noexcept { return shape_.cols; }
  [[nodiscard]] std::uint8_t* row_codes(std::size_t row) noexcept { return codes_.data() + row * shape_.cols; }
  [[nodiscard]] const std::uint8_t* row_codes(std::size_t row) const noexcept {
    return codes_.data() + row * shape_.cols;
  }
  [[nodiscard]] std::span<float> scales() noexcept { return scales_; }
  [[nodiscard]] std::span<std::int32_t> zero_points() noexcept { return zero_points_; }

  [[nodiscard]] activation_view view() const noexcept {
    return {.codes = {codes_.data(), shape_.rows, shape_.cols},
            .is_signed = element_type::min < 0,
            .scales = scales_.data(),
            .zero_points = zero_points_.data(),
            .per_row = per_row};
  }

 private:
  matrix_shape shape_{};
  aligned_buffer<std::uint8_t> codes_;
  std::vector<float> scales_;
  std::vector<std::int32_t> zero_points_;
};

/// Floats or bfloat16 that `gemm` quantizes by `Scheme` inside the call. Make one with `dynamic<Scheme>(x)`.
template <class Scheme, class Value = float>
  requires(activation_scheme<Scheme> || grouped_activation_scheme<Scheme>)
struct dynamic_activations {
  using scheme_type = Scheme;
  using value_type = Value;
  matrix_view<const Value> values;
};

/// y = gemm(dynamic<int8_per_token>(x), ...): quantize x inside the call.
template <class Scheme>
  requires(activation_scheme<Scheme> || grouped_activation_scheme<Scheme>)
[[nodiscard]] dynamic_activations<Scheme> dynamic(matrix_view<const float> x) noexcept {
  return {x};
}
template <class Scheme>
  requires(activation_scheme<Scheme> || grouped_activation_scheme<Scheme>)
[[nodiscard]] dynamic_activations<Scheme, bfloat16> dynamic(matrix_view<const bfloat16> x) noexcept {
  return {x};
}

/// Codes that the caller already has, with one scale and zero point for all: static quantization, or the requantized
/// output of another layer. `parameters` must outlive the view.
template <class Byte>
  requires(std::is_same_v<Byte, std::int8_t> || std::is_same_v<Byte, std::uint8_t>)
[[nodiscard]] activation_view static_activations(matrix_view<const Byte> codes, const group_parameters& parameters) noexcept {
  return {.codes = {reinterpret_cast<const std::uint8_t*>(codes.data()), codes.rows(), codes.cols(), codes.stride()},
          .is_signed = std::is_same_v<Byte, std::int8_t>,
          .scales = &parameters.scale,
          .zero_points = &parameters.zero_point,
          .per_row = false};
}

}  // namespace halftone::inline v0_1
