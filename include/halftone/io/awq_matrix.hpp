// SPDX-License-Identifier: MIT
// Halftone: layers of AWQ checkpoints (version "gemm") in safetensors files: qweight, qzeros, scales.
#pragma once

#include <halftone/format/awq/words.hpp>
#include <halftone/io/gptq_matrix.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::awq {

/// Reads LAYER.qweight [K, N / 8], LAYER.qzeros [groups, N / 8] and LAYER.scales [groups, N].
/// @return  not_found for tensors that are missing; scheme_mismatch for types and shapes that do not agree with each other or with the
///          scheme; malformed for scales that are NaN or infinite
template <layer_scheme Scheme>
[[nodiscard]] result<quantized_matrix<Scheme>> read(const checkpoint& from, const std::string& layer) {
  const halftone::detail::checkpoint_reader reader(from, "awq");
  const auto qweight = reader.find_matrix(layer + ".qweight", {safetensors_type::I32});
  if (!qweight) {
    return qweight.failure();
  }
  const safetensors_tensor& words = *qweight.value();
  const std::size_t k = halftone::detail::size_of_file(words.shape[0]);
  const std::size_t columns = halftone::detail::size_of_file(words.shape[1]), n = saturated_product(columns, 8);
  const std::size_t groups = ceil_div(k, gptq::detail::group_size_of<Scheme>(k));
  const auto scales = reader.find(layer + ".scales", {halftone::detail::type_of_storage<typename Scheme::scale_storage>}, {groups, n});
  if (!scales) {
    return scales.failure();
  }
  const auto zeros = reader.find(layer + ".qzeros", {safetensors_type::I32}, {groups, columns});
  if (!zeros) {
    return zeros.failure();
  }
  quantized_matrix<Scheme> q(matrix_shape{n, k});
  read_words(words.bytes, zeros.value()->bytes, q);
  if (auto failure = gptq::detail::read_scales(reader, layer, q)) {
    return *std::move(failure);
  }
  return q;
}

/// The inverse, byte for byte what the package writes for its codes and parameters.
/// @throws halftone::error if n is no multiple of 8, or what the writer throws
template <layer_scheme Scheme>
void write(safetensors_writer& writer, const std::string& layer, const quantized_matrix<Scheme>& q) {
  const std::size_t groups = q.parameter_shape().cols;
  writer.add(layer + ".qweight", safetensors_type::I32, {q.cols(), q.rows() / 8}, code_words(q));
  writer.add(layer + ".qzeros", safetensors_type::I32, {groups, q.rows() / 8}, zero_point_words(q));
  writer.add(layer + ".scales", halftone::detail::type_of_storage<typename Scheme::scale_storage>, {groups, q.rows()},
             gptq::detail::scale_bytes(q));
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::awq
