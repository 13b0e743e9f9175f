// SPDX-License-Identifier: MIT
// Halftone: the bytes of ONNX tensors (raw_data) that hold codes, scales and zero points.
//
// A tensor's elements follow each other row-major, without gaps between rows: code i has the bits [i * b, (i + 1) * b), the lowest
// of a byte first, 16-bit codes their low byte first; unused bits of the last byte are zero.
#pragma once

#include <halftone/core/error.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

#include <algorithm>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx {

/// Which way a tensor of weights lies: [n, k] as Gemm with transB=1 has it, or [k, n] as MatMul has it.
enum class tensor_order { n_by_k, k_by_n };

/// Bytes of `count` elements of `bits` bits.
[[nodiscard]] constexpr std::size_t tensor_bytes(std::size_t count, unsigned bits) noexcept {
  return bits >= 8 ? saturated_product(count, bits / 8) : ceil_div(count, 8 / bits);
}

namespace detail {
/// Where element (row, column) of a matrix of this shape lies in its tensor.
[[nodiscard]] constexpr std::size_t place_in(matrix_shape shape, tensor_order order, std::size_t row, std::size_t column) noexcept {
  return order == tensor_order::n_by_k ? row * shape.cols + column : column * shape.rows + row;
}
/// Calls visit(place in the tensor, group) for every group.
template <class Scheme, class Visitor>
void for_each_group(const quantized_matrix<Scheme>& q, tensor_order order, const Visitor& visit) {
  const matrix_shape shape = q.parameter_shape();
  for (std::size_t group = 0; group < q.group_count(); ++group) {
    visit(place_in(shape, order, group / shape.cols, group % shape.cols), group);
  }
}
template <class Scheme>
concept tensor_scheme = scalar_element<typename Scheme::element_type> && Scheme::element_type::bits != 3 && Scheme::element_type::bits != 5 &&
                        Scheme::element_type::bits != 6 && Scheme::element_type::bits != 7;
}  // namespace detail

/// Copies the codes of a tensor to a matrix of the same weights.
/// @throws halftone::error if `bytes` is not tensor_bytes(...) long
template <detail::tensor_scheme Scheme>
void from_tensor(std::span<const std::uint8_t> bytes, tensor_order order, quantized_matrix<Scheme>& q) {
  constexpr unsigned bits = Scheme::element_type::bits;
  expects(bytes.size() == tensor_bytes(q.rows() * q.cols(), bits), "onnx: ", bytes.size(), " bytes of codes for [", q.rows(), ", ",
          q.cols(), "] of ", bits, " bits");
  std::fill(q.codes().begin(), q.codes().end(), std::uint8_t{0});
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      write_code<bits>(q.row_codes(row).data(), k, read_code<bits>(bytes.data(), detail::place_in(q.shape(), order, row, k)));
    }
  }
}

/// The inverse.
template <detail::tensor_scheme Scheme>
[[nodiscard]] std::vector<std::uint8_t> to_tensor(const quantized_matrix<Scheme>& q, tensor_order order) {
  constexpr unsigned bits = Scheme::element_type::bits;
  std::vector<std::uint8_t> bytes(tensor_bytes(q.rows() * q.cols(), bits));
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      write_code<bits>(bytes.data(), detail::place_in(q.shape(), order, row, k), q.code_at(row, k));
    }
  }
  return bytes;
}

/// Sets the scales of all groups from a tensor of the same order: [n, groups] for n_by_k, [groups, n] for k_by_n, or their one scale.
/// @throws halftone::error if there is not one a group
template <class Scheme>
  requires(Scheme::has_scale)
void set_scales(std::span<const float> scales, tensor_order order, quantized_matrix<Scheme>& q) {
  expects(scales.size() == q.group_count(), "onnx: ", scales.size(), " scales for ", q.group_count(), " groups");
  detail::for_each_group(q, order, [&](std::size_t place, std::size_t group) { q.scale_plane().set(group, scales[place]); });
}

/// The inverse.
template <class Scheme>
  requires(Scheme::has_scale)
[[nodiscard]] std::vector<float> scales_of(const quantized_matrix<Scheme>& q, tensor_order order) {
  std::vector<float> scales(q.group_count());
  detail::for_each_group(q, order, [&](std::size_t place, std::size_t group) { scales[place] = q.scale_at(group); });
  return scales;
}

/// Sets the zero points of all groups from a tensor of the same order, packed as codes are.
/// @throws halftone::error if `bytes` is not tensor_bytes(groups, bits) long
template <detail::tensor_scheme Scheme>
  requires(Scheme::has_zero_point)
void set_zero_points(std::span<const std::uint8_t> bytes, tensor_order order, quantized_matrix<Scheme>& q) {
  using Element = typename Scheme::element_type;
  expects(bytes.size() == tensor_bytes(q.group_count(), Element::bits), "onnx: ", bytes.size(), " bytes of zero points for ",
          q.group_count(), " groups of ", Element::bits, " bits");
  q.clear_zero_points();
  detail::for_each_group(q, order, [&](std::size_t place, std::size_t group) {
    q.set_zero_point(group, Element::level_of(read_code<Element::bits>(bytes.data(), place)));
  });
}

/// The inverse.
template <detail::tensor_scheme Scheme>
  requires(Scheme::has_zero_point)
[[nodiscard]] std::vector<std::uint8_t> zero_points_of(const quantized_matrix<Scheme>& q, tensor_order order) {
  using Element = typename Scheme::element_type;
  std::vector<std::uint8_t> bytes(tensor_bytes(q.group_count(), Element::bits));
  detail::for_each_group(q, order, [&](std::size_t place, std::size_t group) {
    write_code<Element::bits>(bytes.data(), place, Element::code_of(q.zero_point_at(group)));
  });
  return bytes;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx
