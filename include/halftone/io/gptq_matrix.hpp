// SPDX-License-Identifier: MIT
// Halftone: layers of GPTQ checkpoints in safetensors files: qweight, qzeros, scales, g_idx.
#pragma once

#include <halftone/format/gptq/column_order.hpp>
#include <halftone/format/gptq/words.hpp>
#include <halftone/io/checkpoint_tensor.hpp>
#include <halftone/io/safetensors_writer.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::gptq {

/// A layer whose columns are sorted by their groups. Column j of `weights` multiplies input order[j]; an empty order is the natural one.
template <class Scheme>
struct sorted_matrix {
  quantized_matrix<Scheme> weights;
  std::vector<std::uint32_t> order;
};

namespace detail {

using halftone::detail::checkpoint_reader;

/// Reads LAYER.scales [groups, n] into the plane [n, groups].
template <class Scheme>
[[nodiscard]] std::optional<file_failure> read_scales(const checkpoint_reader& reader, const std::string& layer, quantized_matrix<Scheme>& q) {
  const std::size_t groups = q.parameter_shape().cols, n = q.rows();
  return reader.read_floats(layer + ".scales", halftone::detail::type_of_storage<typename Scheme::scale_storage>, {groups, n},
                            [&](std::size_t i, float scale) { q.scale_plane().set(i % n * groups + i / n, scale); });
}

/// The same plane as a checkpoint has it.
template <class Scheme>
[[nodiscard]] std::vector<std::uint8_t> scale_bytes(const quantized_matrix<Scheme>& q) {
  const std::size_t groups = q.parameter_shape().cols;
  parameter_plane<typename Scheme::scale_storage> turned(matrix_shape{groups, q.rows()});
  for (std::size_t i = 0; i < q.group_count(); ++i) {
    turned.set(i % groups * q.rows() + i / groups, q.scale_at(i));
  }
  return halftone::detail::bytes_of_plane(turned);
}

/// Weights of a group; those of a row where a group is a row.
template <class Scheme>
[[nodiscard]] std::size_t group_size_of(std::size_t k) {
  return std::max<std::size_t>(Scheme{}.granularity.run_length({1, k}), 1);
}

/// The numbers of a tensor of I32.
[[nodiscard]] inline std::vector<std::int32_t> indices_of(const safetensors_tensor& tensor) {
  std::vector<std::int32_t> indices(tensor.bytes.size() / 4);
  for (std::size_t i = 0; i < indices.size(); ++i) {
    indices[i] = static_cast<std::int32_t>(read_code<32>(tensor.bytes.data(), i));
  }
  return indices;
}

/// g_idx, or the natural one where a file has none and K follows from the words.
template <class Scheme>
[[nodiscard]] result<std::vector<std::int32_t>> read_groups(const checkpoint_reader& reader, const std::string& layer, std::size_t words) {
  std::vector<std::int32_t> groups;
  if (!reader.has(layer + ".g_idx")) {
    groups.resize(saturated_product(words, 32) / Scheme::element_type::bits);
    const std::size_t size = group_size_of<Scheme>(groups.size());
    for (std::size_t k = 0; k < groups.size(); ++k) {
      groups[k] = static_cast<std::int32_t>(k / size);
    }
    return groups;
  }
  const auto found = reader.find(layer + ".g_idx", {safetensors_type::I32});
  if (!found) {
    return found.failure();
  }
  groups = indices_of(*found.value());
  if (found.value()->shape.size() != 1 || word_count(groups.size(), Scheme::element_type::bits) != words) {
    return reader.refuse(*found.value(), file_error::scheme_mismatch, "its shape is ", halftone::detail::shape_text(found.value()->shape),
                         ", which does not go with ", words, " words of codes");
  }
  return groups;
}

}  // namespace detail

/// Reads LAYER.qweight, LAYER.qzeros, LAYER.scales and, where it is there, LAYER.g_idx. Where columns are in activation order their
/// codes are sorted by group; parameters are the file's.
/// @param v  what the checkpoint's configuration says: v1 for checkpoint_format "gptq", v2 for "gptq_v2"; the tensors do not tell
/// @return   not_found for tensors that are missing; scheme_mismatch for types and shapes that do not agree with each other or with the
///           scheme, and for a zero point that is no level; malformed for a g_idx that names groups which do not exist or overflow, and
///           for scales that are NaN or infinite
template <layer_scheme Scheme>
[[nodiscard]] result<sorted_matrix<Scheme>> read(const checkpoint& from, const std::string& layer, version v) {
  constexpr unsigned bits = Scheme::element_type::bits;
  const detail::checkpoint_reader reader(from, "gptq");
  const auto qweight = reader.find_matrix(layer + ".qweight", {safetensors_type::I32});
  if (!qweight) {
    return qweight.failure();
  }
  const safetensors_tensor& words = *qweight.value();
  const std::size_t n = halftone::detail::size_of_file(words.shape[1]);
  const auto groups = detail::read_groups<Scheme>(reader, layer, halftone::detail::size_of_file(words.shape[0]));
  if (!groups) {
    return groups.failure();
  }
  const std::size_t k = groups.value().size();
  const std::size_t size = detail::group_size_of<Scheme>(k), group_count = ceil_div(k, size);
  // Before anything is allocated for groups.
  const auto scales = reader.find(layer + ".scales", {halftone::detail::type_of_storage<typename Scheme::scale_storage>}, {group_count, n});
  if (!scales) {
    return scales.failure();
  }
  const auto zeros = reader.find(layer + ".qzeros", {safetensors_type::I32}, {group_count, word_count(n, bits)});
  if (!zeros) {
    return zeros.failure();
  }
  std::optional<std::vector<std::uint32_t>> order = column_order(groups.value(), size);
  if (!order) {
    return reader.refuse(file_error::malformed, 0, "tensor ", halftone::detail::in_quotes(layer + ".g_idx"), ": not ", group_count,
                         " groups of ", size, " columns");
  }
  sorted_matrix<Scheme> m{quantized_matrix<Scheme>(matrix_shape{n, k}), {}};
  read_codes(words.bytes, m.weights);
  if (const std::optional<std::size_t> bad = read_zero_points(zeros.value()->bytes, v, m.weights)) {
    return reader.refuse(*zeros.value(), file_error::scheme_mismatch, "group ", *bad % group_count, " of row ", *bad / group_count,
                         " has zero point 8, which is no level");
  }
  if (auto failure = detail::read_scales(reader, layer, m.weights)) {
    return *std::move(failure);
  }
  if (!is_natural(*order)) {
    sort_columns(m.weights, *order);
    m.order = *std::move(order);
  }
  return m;
}

/// Adds a layer, byte for byte what the package writes for its codes and parameters.
/// @throws halftone::error for a zero point that version 1 does not hold or an order that does not have every column once, before
///         anything is added; or what the writer throws
template <layer_scheme Scheme>
void write(safetensors_writer& writer, const std::string& layer, const sorted_matrix<Scheme>& m, version v) {
  constexpr unsigned bits = Scheme::element_type::bits;
  quantized_matrix<Scheme> q = m.weights;
  std::vector<std::uint8_t> groups(4 * q.cols());
  const std::size_t size = detail::group_size_of<Scheme>(q.cols());
  if (!m.order.empty()) {
    sort_columns(q, m.order, true);
  }
  for (std::size_t j = 0; j < q.cols(); ++j) {
    write_code<32>(groups.data(), m.order.empty() ? j : m.order[j], static_cast<std::uint32_t>(j / size));
  }
  const std::size_t group_count = q.parameter_shape().cols;
  std::vector<std::uint8_t> zeros = zero_point_words(q, v);
  writer.add(layer + ".g_idx", safetensors_type::I32, {q.cols()}, std::move(groups));
  writer.add(layer + ".qweight", safetensors_type::I32, {word_count(q.cols(), bits), q.rows()}, code_words(q));
  writer.add(layer + ".qzeros", safetensors_type::I32, {group_count, word_count(q.rows(), bits)}, std::move(zeros));
  writer.add(layer + ".scales", halftone::detail::type_of_storage<typename Scheme::scale_storage>, {group_count, q.rows()},
             detail::scale_bytes(q));
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::gptq
