// SPDX-License-Identifier: MIT
// Halftone: weights of bitsandbytes in safetensors files: Linear4bit with plain or nested maxima, Linear8bitLt.
#pragma once

#include <halftone/format/bitsandbytes/blocks.hpp>
#include <halftone/format/target/bitsandbytes.hpp>
#include <halftone/io/bitsandbytes_state.hpp>
#include <halftone/io/safetensors_writer.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::bitsandbytes {

/// Schemes of Linear4bit: nf4 or the package's fp4, in blocks of a power of two from 32 to 4096, their maxima floats or nested.
template <class Scheme>
concept linear4bit_scheme = block_scheme<Scheme> && accepted_by<target::bitsandbytes, Scheme>;

namespace detail {

using halftone::detail::checkpoint_reader;

/// Checks that a file's table is the element's, bit for bit.
template <class Element>
[[nodiscard]] std::optional<file_failure> check_table(const checkpoint_reader& reader, const std::string& name) {
  constexpr std::size_t size = std::size_t{1} << Element::bits;
  const auto found = reader.find(name, {safetensors_type::F32}, {size});
  if (!found) {
    return found.failure();
  }
  for (std::size_t i = 0; i < size; ++i) {
    const std::uint32_t bits = read_code<32>(found.value()->bytes.data(), i);
    if (bits != fp32::encode(Element::decode(static_cast<std::uint32_t>(i)))) {
      return reader.refuse(*found.value(), file_error::scheme_mismatch, "entry ", i, " is ", fp32::decode(bits), ", not ",
                           Element::decode(static_cast<std::uint32_t>(i)), " of ", Element::name());
    }
  }
  return std::nullopt;
}

template <class Scheme>
inline constexpr bool is_nested = halftone::detail::is_quantized_again<typename Scheme::scale_storage>;
template <class Scheme>
inline constexpr std::string_view quant_type_of = target::detail::same_values<typename Scheme::element_type, nf4>() ? "nf4" : "fp4";

/// Reads the maxima of blocks.
template <class Scheme>
[[nodiscard]] std::optional<file_failure> read_maxima(const checkpoint_reader& reader, const std::string& name, const quant_state& state,
                                                      quantized_matrix<Scheme>& q) {
  if constexpr (!is_nested<Scheme>) {
    return reader.read_floats(name + ".absmax", safetensors_type::F32, {q.group_count()}, [&](std::size_t i, float value) { q.scale_plane().set(i, value); });
  } else {
    auto& maxima = q.scale_plane().matrix();
    const auto codes = reader.find(name + ".absmax", {safetensors_type::U8}, {q.group_count()});
    if (!codes) {
      return codes.failure();
    }
    std::copy(codes.value()->bytes.begin(), codes.value()->bytes.end(), maxima.codes().begin());
    using Nested = typename std::remove_cvref_t<decltype(maxima)>::element_type;
    if (auto failure = check_table<Nested>(reader, name + ".nested_quant_map")) {
      return failure;
    }
    return reader.read_floats(name + ".nested_absmax", safetensors_type::F32, {maxima.group_count()}, [&](std::size_t i, float value) {
      maxima.scale_plane().set(i, value);
      maxima.offset_plane().set(i, state.nested_offset);
    });
  }
}

}  // namespace detail

/// Reads a weight of Linear4bit: tensors NAME, NAME.absmax, NAME.quant_map, NAME.quant_state.bitsandbytes__nf4 (or fp4) and, where
/// maxima are nested, NAME.nested_absmax and NAME.nested_quant_map. Codes and maxima are the file's.
/// @param name  of the weight, for example "model.layers.0.mlp.up_proj.weight"
/// @return  not_found for tensors that are missing; scheme_mismatch for another table, block size, type or shape than the scheme's;
///          malformed for a state that is no such JSON and for maxima that are NaN or infinite
/// @par Memory  the matrix; nothing is allocated before the sizes of all codes are known to be those of the file
template <linear4bit_scheme Scheme>
[[nodiscard]] result<quantized_matrix<Scheme>> read(const checkpoint& from, const std::string& name) {
  const detail::checkpoint_reader reader(from, "bitsandbytes");
  const result<quant_state> known = read_state(from, name);
  if (!known) {
    return known.failure();
  }
  const quant_state& state = known.value();
  if (state.quant_type != detail::quant_type_of<Scheme> || state.block_size != block_size<Scheme> ||
      state.is_nested != detail::is_nested<Scheme>) {
    return reader.refuse(file_error::scheme_mismatch, 0, "tensor ", halftone::detail::in_quotes(name), " is ", state.quant_type,
                         " in blocks of ", state.block_size, state.is_nested ? ", nested" : ", not nested", "; the scheme is not");
  }
  // Stored as numbers of any type (quant_storage), of which the bytes count.
  const auto codes = reader.find(name, {});
  if (!codes) {
    return codes.failure();
  }
  const std::size_t count = saturated_product(state.shape.rows, state.shape.cols);
  if (codes.value()->bytes.size() != ceil_div(count, 2)) {
    return reader.refuse(*codes.value(), file_error::bad_extent, codes.value()->bytes.size(), " bytes of codes for [", state.shape.rows,
                         ", ", state.shape.cols, "], which take ", ceil_div(count, 2));
  }
  if (auto failure = detail::check_table<typename Scheme::element_type>(reader, name + ".quant_map")) {
    return *std::move(failure);
  }
  quantized_matrix<Scheme> q(count == 0 ? matrix_shape{} : state.shape);
  if (auto failure = read_codes(codes.value()->bytes, q)) {
    return *std::move(failure);
  }
  if (auto failure = detail::read_maxima(reader, name, state, q)) {
    return *std::move(failure);
  }
  return q;
}

namespace detail {
template <class Element>
[[nodiscard]] std::vector<std::uint8_t> table_bytes() {
  std::vector<std::uint8_t> bytes(std::size_t{4} << Element::bits);
  for (std::uint32_t i = 0; i < 1u << Element::bits; ++i) {
    write_code<32>(bytes.data(), i, fp32::encode(Element::decode(i)));
  }
  return bytes;
}
}  // namespace detail

/// Adds a matrix as Linear4bit keeps it, byte for byte what the package writes.
/// @param dtype  of the weights before: F32, F16 or BF16; what dequantization ends in there
/// @throws halftone::error  for another dtype, or what the writer throws
template <linear4bit_scheme Scheme>
void write(safetensors_writer& writer, const std::string& name, const quantized_matrix<Scheme>& q,
           safetensors_type dtype = safetensors_type::F32) {
  expects(state_detail::type_of_torch(state_detail::torch_name_of(dtype)) == dtype, "bitsandbytes::write: ", name_of(dtype),
          " is none of F32, F16, BF16");
  using Element = typename Scheme::element_type;
  quant_state state{std::string(detail::quant_type_of<Scheme>), block_size<Scheme>, dtype, q.shape()};
  std::vector<std::uint8_t> codes = code_bytes(q);
  writer.add(name, safetensors_type::U8, {codes.size(), 1}, std::move(codes));
  writer.add(name + ".quant_map", safetensors_type::F32, {std::uint64_t{1} << Element::bits}, detail::table_bytes<Element>());
  if constexpr (detail::is_nested<Scheme>) {
    const auto& maxima = q.scale_plane().matrix();
    using Nested = typename std::remove_cvref_t<decltype(maxima)>::element_type;
    writer.add(name + ".absmax", safetensors_type::U8, {q.group_count()},
               halftone::detail::copy_of(maxima.codes()));
    writer.add(name + ".nested_absmax", safetensors_type::F32, {maxima.group_count()},
               halftone::detail::bytes_of_plane(maxima.scale_plane()));
    writer.add(name + ".nested_quant_map", safetensors_type::F32, {256}, detail::table_bytes<Nested>());
    state.is_nested = true;
    state.nested_offset = maxima.group_count() == 0 ? 0.0f : maxima.offset_at(0);
  } else {
    writer.add(name + ".absmax", safetensors_type::F32, {q.group_count()}, halftone::detail::bytes_of_plane(q.scale_plane()));
  }
  const std::string json = to_json(state);
  writer.add(halftone::detail::message(name, ".quant_state.bitsandbytes__", detail::quant_type_of<Scheme>), safetensors_type::U8,
             {json.size()}, std::vector<std::uint8_t>(json.begin(), json.end()));
}

/// Reads a weight of Linear8bitLt: LAYER.weight [n, k] of int8 and LAYER.SCB [n], and LAYER.weight_format, 0 where it is there.
/// @param layer  for example "model.layers.0.mlp.up_proj"
[[nodiscard]] inline result<quantized_matrix<int8_rows>> read_int8(const checkpoint& from, const std::string& layer) {
  const detail::checkpoint_reader reader(from, "bitsandbytes");
  const auto codes = reader.find(layer + ".weight", {safetensors_type::I8});
  if (!codes) {
    return codes.failure();
  }
  const safetensors_tensor& weight = *codes.value();
  if (weight.shape.size() != 2) {
    return reader.refuse(weight, file_error::scheme_mismatch, "its shape is ", halftone::detail::shape_text(weight.shape),
                         ", not that of a matrix");
  }
  if (reader.has(layer + ".weight_format")) {
    const auto format = reader.find(layer + ".weight_format", {safetensors_type::U8}, {});
    if (!format) {
      return format.failure();
    }
    if (format.value()->bytes[0] != 0) {
      return reader.refuse(*format.value(), file_error::scheme_mismatch, "format ", unsigned{format.value()->bytes[0]},
                           " of weights is not row by row");
    }
  }
  quantized_matrix<int8_rows> q(weight.bytes.empty() ? matrix_shape{}
                                                     : matrix_shape{halftone::detail::size_of_file(weight.shape[0]),
                                                                    halftone::detail::size_of_file(weight.shape[1])});
  std::copy(weight.bytes.begin(), weight.bytes.end(), q.codes().begin());
  if (auto failure = reader.read_floats(layer + ".SCB", safetensors_type::F32, {q.group_count()},
                                       [&](std::size_t i, float value) { q.scale_plane().set(i, value); })) {
    return *std::move(failure);
  }
  return q;
}

/// The inverse.
inline void write_int8(safetensors_writer& writer, const std::string& layer, const quantized_matrix<int8_rows>& q) {
  writer.add(layer + ".weight", safetensors_type::I8, {q.rows(), q.cols()}, halftone::detail::copy_of(q.codes()));
  writer.add(layer + ".SCB", safetensors_type::F32, {q.group_count()}, halftone::detail::bytes_of_plane(q.scale_plane()));
  writer.add(layer + ".weight_format", safetensors_type::U8, {}, std::vector<std::uint8_t>(1));
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::bitsandbytes
