// SPDX-License-Identifier: MIT
// Halftone: layers of compressed-tensors in safetensors files: pack-quantized, int-quantized, float-quantized, fp4.
#pragma once

#include <halftone/format/compressed_tensors/schemes.hpp>
#include <halftone/format/compressed_tensors/words.hpp>
#include <halftone/io/gptq_matrix.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::compressed_tensors {

namespace detail {

using halftone::detail::checkpoint_reader;

/// Elements that files hold a byte each: int8 and fp8.
template <class Element>
inline constexpr safetensors_type byte_type =
    std::is_same_v<Element, fp8_e4m3fn> ? safetensors_type::F8_E4M3 : safetensors_type::I8;

/// The shape of the scales: one number for a tensor, else a matrix.
template <class Scheme>
[[nodiscard]] std::vector<std::uint64_t> scale_shape(const quantized_matrix<Scheme>& q) {
  if constexpr (std::is_same_v<typename Scheme::granularity_type, per_tensor>) {
    return {1};
  } else {
    return {q.parameter_shape().rows, q.parameter_shape().cols};
  }
}

/// Reads LAYER.weight_scale.
template <class Scheme>
[[nodiscard]] std::optional<file_failure> read_scales(const checkpoint_reader& reader, const std::string& layer, quantized_matrix<Scheme>& q) {
  return reader.read_floats(layer + ".weight_scale", halftone::detail::type_of_storage<typename Scheme::scale_storage>, scale_shape(q),
                            [&](std::size_t g, float scale) { q.scale_plane().set(g, scale); });
}

}  // namespace detail

/// Reads a layer of pack-quantized: LAYER.weight_packed, weight_shape, weight_scale and, where the scheme has zero points,
/// weight_zero_point. Where LAYER.weight_g_idx says in which group each column is (activation order "group", which versions before 0.20
/// wrote), columns are sorted by their groups; an index with -1 in it says nothing.
/// @return  not_found for tensors that are missing; scheme_mismatch for types and shapes that do not agree with each other or with the
///          scheme; malformed for scales that are NaN or infinite, and for groups that do not exist or overflow
template <packed_scheme Scheme>
[[nodiscard]] result<gptq::sorted_matrix<Scheme>> read_ordered(const checkpoint& from, const std::string& layer) {
  constexpr unsigned bits = Scheme::element_type::bits;
  const detail::checkpoint_reader reader(from, "compressed_tensors");
  const auto packed = reader.find_matrix(layer + ".weight_packed", {safetensors_type::I32});
  if (!packed) {
    return packed.failure();
  }
  const auto shape = reader.find(layer + ".weight_shape", {safetensors_type::I64}, {2});
  if (!shape) {
    return shape.failure();
  }
  const auto extent = [&](std::size_t i) {  // below zero: more than memory holds
    const std::uint64_t low = read_code<32>(shape.value()->bytes.data(), 2 * i), high = read_code<32>(shape.value()->bytes.data(), 2 * i + 1);
    return halftone::detail::size_of_file(high << 32 | low);
  };
  const safetensors_tensor& words = *packed.value();
  const std::size_t n = extent(0), k = extent(1);
  if (words.shape[0] != n || words.shape[1] != word_bytes(k, bits) / 4) {
    return reader.refuse(words, file_error::scheme_mismatch, "its shape is ", halftone::detail::shape_text(words.shape), ", not that of [", n,
                         ", ", k, "] in ", bits, " bits");
  }
  gptq::sorted_matrix<Scheme> sorted{quantized_matrix<Scheme>(matrix_shape{n, k}), {}};
  quantized_matrix<Scheme>& q = sorted.weights;
  read_words(words.bytes, q);
  if (auto failure = detail::read_scales(reader, layer, q)) {
    return *std::move(failure);
  }
  if constexpr (Scheme::has_zero_point) {
    const auto zeros = reader.find(layer + ".weight_zero_point", {safetensors_type::I32}, {word_bytes(n, bits) / 4, q.parameter_shape().cols});
    if (!zeros) {
      return zeros.failure();
    }
    read_zero_points(zeros.value()->bytes, q);
  }
  if (!reader.has(layer + ".weight_g_idx")) {
    return sorted;
  }
  const auto index = reader.find(layer + ".weight_g_idx", {safetensors_type::I32}, {k});
  if (!index) {
    return index.failure();
  }
  const std::vector<std::int32_t> groups = gptq::detail::indices_of(*index.value());
  if (std::find(groups.begin(), groups.end(), -1) != groups.end()) {
    return sorted;
  }
  const std::size_t size = gptq::detail::group_size_of<Scheme>(k);
  std::optional<std::vector<std::uint32_t>> order = gptq::column_order(groups, size);
  if (!order) {
    return reader.refuse(*index.value(), file_error::malformed, "not ", ceil_div(k, size), " groups of ", size, " columns");
  }
  if (!gptq::is_natural(*order)) {
    gptq::sort_columns(q, *order);
    sorted.order = *std::move(order);
  }
  return sorted;
}

/// The same where columns are in natural order. @return scheme_mismatch, too, where they are not
template <packed_scheme Scheme>
[[nodiscard]] result<quantized_matrix<Scheme>> read_packed(const checkpoint& from, const std::string& layer) {
  auto read = read_ordered<Scheme>(from, layer);
  if (!read) {
    return read.failure();
  }
  if (!read.value().order.empty()) {
    return detail::checkpoint_reader(from, "compressed_tensors")
        .refuse(file_error::scheme_mismatch, 0, "layer ", halftone::detail::in_quotes(layer), " has columns in activation order");
  }
  return std::move(read).value().weights;
}

/// The inverse, byte for byte what the package writes for its codes and parameters.
template <packed_scheme Scheme>
void write_packed(safetensors_writer& writer, const std::string& layer, const quantized_matrix<Scheme>& q) {
  constexpr unsigned bits = Scheme::element_type::bits;
  std::vector<std::uint8_t> shape(16);
  for (std::size_t i = 0; i < 2; ++i) {
    const std::uint64_t extent = i == 0 ? q.rows() : q.cols();
    write_code<32>(shape.data(), 2 * i, static_cast<std::uint32_t>(extent));
    write_code<32>(shape.data(), 2 * i + 1, static_cast<std::uint32_t>(extent >> 32));
  }
  writer.add(layer + ".weight_packed", safetensors_type::I32, {q.rows(), word_bytes(q.cols(), bits) / 4}, code_words(q));
  writer.add(layer + ".weight_shape", safetensors_type::I64, {2}, std::move(shape));
  writer.add(layer + ".weight_scale", halftone::detail::type_of_storage<typename Scheme::scale_storage>, detail::scale_shape(q),
             halftone::detail::bytes_of_plane(q.scale_plane()));
  if constexpr (Scheme::has_zero_point) {
    writer.add(layer + ".weight_zero_point", safetensors_type::I32, {word_bytes(q.rows(), bits) / 4, q.parameter_shape().cols},
               zero_point_words(q));
  }
}

/// Schemes of a byte a weight: int8, with zero points or not, and fp8.
template <class Scheme>
concept byte_scheme = scheme_type<Scheme> && (std::is_same_v<typename Scheme::element_type, int8> ||
                                              std::is_same_v<typename Scheme::element_type, fp8_e4m3fn>);

/// Reads a layer of int-quantized or float-quantized: LAYER.weight, weight_scale and, where the scheme has zero points, weight_zero_point.
/// @return  as `read_packed`
template <byte_scheme Scheme>
[[nodiscard]] result<quantized_matrix<Scheme>> read_bytes(const checkpoint& from, const std::string& layer) {
  const detail::checkpoint_reader reader(from, "compressed_tensors");
  const auto weight = reader.find_matrix(layer + ".weight", {detail::byte_type<typename Scheme::element_type>});
  if (!weight) {
    return weight.failure();
  }
  quantized_matrix<Scheme> q(matrix_shape{halftone::detail::size_of_file(weight.value()->shape[0]),
                                          halftone::detail::size_of_file(weight.value()->shape[1])});
  std::copy(weight.value()->bytes.begin(), weight.value()->bytes.end(), q.codes().begin());
  if (auto failure = detail::read_scales(reader, layer, q)) {
    return *std::move(failure);
  }
  if constexpr (Scheme::has_zero_point) {
    const auto zeros = reader.find(layer + ".weight_zero_point", {safetensors_type::I8}, detail::scale_shape(q));
    if (!zeros) {
      return zeros.failure();
    }
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      q.set_zero_point(g, int8::level_of(zeros.value()->bytes[g]));
    }
  }
  return q;
}

/// The inverse.
template <byte_scheme Scheme>
void write_bytes(safetensors_writer& writer, const std::string& layer, const quantized_matrix<Scheme>& q) {
  writer.add(layer + ".weight", detail::byte_type<typename Scheme::element_type>, {q.rows(), q.cols()}, halftone::detail::copy_of(q.codes()));
  writer.add(layer + ".weight_scale", halftone::detail::type_of_storage<typename Scheme::scale_storage>, detail::scale_shape(q),
             halftone::detail::bytes_of_plane(q.scale_plane()));
  if constexpr (Scheme::has_zero_point) {
    std::vector<std::uint8_t> zeros(q.group_count());
    for (std::size_t g = 0; g < zeros.size(); ++g) {
      zeros[g] = static_cast<std::uint8_t>(q.zero_point_at(g));
    }
    writer.add(layer + ".weight_zero_point", safetensors_type::I8, detail::scale_shape(q), std::move(zeros));
  }
}

namespace detail {
/// Reads LAYER.weight_packed of U8 and LAYER.weight_scale, bytes of this type, into a matrix of fp4, whose K is even.
template <class Scheme, class Scales>
[[nodiscard]] std::optional<file_failure> read_fp4(const checkpoint_reader& reader, const std::string& layer, safetensors_type type,
                                                   quantized_matrix<Scheme>& q, const Scales& take_scales) {
  const auto packed = reader.find_matrix(layer + ".weight_packed", {safetensors_type::U8});
  if (!packed) {
    return packed.failure();
  }
  const std::size_t n = halftone::detail::size_of_file(packed.value()->shape[0]);
  const std::size_t k = saturated_product(halftone::detail::size_of_file(packed.value()->shape[1]), 2);
  constexpr std::size_t size = Scheme::granularity_type::group_size;
  const auto scales = reader.find(layer + ".weight_scale", {type}, {n, ceil_div(k, size)});
  if (!scales) {
    return scales.failure();
  }
  q = quantized_matrix<Scheme>(matrix_shape{n, k});
  std::copy(packed.value()->bytes.begin(), packed.value()->bytes.end(), q.codes().begin());
  take_scales(scales.value()->bytes);
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    if (!is_finite(q.scale_at(g))) {
      return reader.refuse(*scales.value(), file_error::malformed, "element ", g, " is NaN or infinite");
    }
  }
  return std::nullopt;
}
/// Adds LAYER.weight_packed.
template <class Scheme>
void write_fp4(safetensors_writer& writer, const std::string& layer, const quantized_matrix<Scheme>& q) {
  expects(q.cols() % 2 == 0, "compressed_tensors: fp4 has no rows of ", q.cols(), " weights");
  writer.add(layer + ".weight_packed", safetensors_type::U8, {q.rows(), q.cols() / 2}, halftone::detail::copy_of(q.codes()));
}
}  // namespace detail

/// Reads a layer of nvfp4-pack-quantized: LAYER.weight_packed, weight_scale in fp8 and weight_global_scale. K is even.
/// @return  as `read_packed`; malformed for scales that are NaN and for a global scale that is no positive number
[[nodiscard]] inline result<quantized_matrix<nvfp4_blocks>> read_nvfp4(const checkpoint& from, const std::string& layer) {
  const detail::checkpoint_reader reader(from, "compressed_tensors");
  const auto global = reader.find(layer + ".weight_global_scale", {safetensors_type::F32}, {1});
  if (!global) {
    return global.failure();
  }
  const float divisor = halftone::detail::float_at(*global.value(), 0);
  if (!is_finite(divisor) || divisor <= 0.0f) {
    return reader.refuse(*global.value(), file_error::malformed, "its scale is ", divisor);
  }
  quantized_matrix<nvfp4_blocks> q;
  if (auto failure = detail::read_fp4(reader, layer, safetensors_type::F8_E4M3, q, [&](std::span<const std::uint8_t> scales) {
        auto& blocks = q.scale_plane().matrix();
        std::copy(scales.begin(), scales.end(), blocks.codes().begin());
        blocks.scale_plane().set(0, divisor);
      })) {
    return *std::move(failure);
  }
  return q;
}

/// The inverse.
/// @throws halftone::error if k is odd
inline void write_nvfp4(safetensors_writer& writer, const std::string& layer, const quantized_matrix<nvfp4_blocks>& q) {
  const auto& blocks = q.scale_plane().matrix();
  detail::write_fp4(writer, layer, q);
  writer.add(layer + ".weight_scale", safetensors_type::F8_E4M3, {blocks.rows(), blocks.cols()}, halftone::detail::copy_of(blocks.codes()));
  writer.add(layer + ".weight_global_scale", safetensors_type::F32, {1}, halftone::detail::bytes_of_plane(blocks.scale_plane()));
}

/// Reads a layer of mxfp4-pack-quantized: LAYER.weight_packed, and weight_scale, exponents of two plus 127. K is even.
/// @return  as `read_packed`; malformed for scales that are NaN (255)
[[nodiscard]] inline result<quantized_matrix<mxfp4_blocks>> read_mxfp4(const checkpoint& from, const std::string& layer) {
  const detail::checkpoint_reader reader(from, "compressed_tensors");
  quantized_matrix<mxfp4_blocks> q;
  if (auto failure = detail::read_fp4(reader, layer, safetensors_type::U8, q, [&](std::span<const std::uint8_t> scales) {
        q.scale_plane().for_each_plane("", [&](const std::string&, plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
          std::copy(scales.begin(), scales.end(), bytes.begin());
        });
      })) {
    return *std::move(failure);
  }
  return q;
}

/// The inverse.
/// @throws halftone::error if k is odd
inline void write_mxfp4(safetensors_writer& writer, const std::string& layer, const quantized_matrix<mxfp4_blocks>& q) {
  detail::write_fp4(writer, layer, q);
  writer.add(layer + ".weight_scale", safetensors_type::U8, {q.parameter_shape().rows, q.parameter_shape().cols},
             halftone::detail::bytes_of_plane(q.scale_plane()));
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::compressed_tensors
