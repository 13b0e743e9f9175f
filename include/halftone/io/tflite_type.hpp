// SPDX-License-Identifier: MIT
// Halftone: types of tensors in .tflite files, and the numbers of the schema that Halftone reads.
#pragma once

#include <halftone/core/result.hpp>

#include <array>
#include <optional>
#include <string_view>

namespace halftone::inline v0_1 {

/// Types, with the names and numbers of the schema.
enum class tflite_type : std::uint8_t {
  FLOAT32 = 0, FLOAT16, INT32, UINT8, INT64, STRING, BOOL, INT16, COMPLEX64, INT8, FLOAT64, COMPLEX128, UINT64, RESOURCE,
  VARIANT, UINT32, UINT16, INT4, BFLOAT16, INT2, UINT4, FLOAT8_E4M3FN, FLOAT8_E5M2
};

namespace detail {

struct tflite_type_row {
  std::string_view name;
  unsigned bits;  ///< of an element; 0 where elements have no fixed size
};
inline constexpr std::array<tflite_type_row, 23> tflite_types{{
    {"FLOAT32", 32}, {"FLOAT16", 16}, {"INT32", 32},  {"UINT8", 8},       {"INT64", 64},  {"STRING", 0},
    {"BOOL", 8},     {"INT16", 16},   {"COMPLEX64", 64}, {"INT8", 8},     {"FLOAT64", 64}, {"COMPLEX128", 128},
    {"UINT64", 64},  {"RESOURCE", 0}, {"VARIANT", 0}, {"UINT32", 32},     {"UINT16", 16}, {"INT4", 4},
    {"BFLOAT16", 16}, {"INT2", 2},    {"UINT4", 4},   {"FLOAT8_E4M3FN", 8}, {"FLOAT8_E5M2", 8},
}};

// Fields of tables, in the order of the schema.
namespace tflite_model_field {
enum : unsigned { version, operator_codes, subgraphs, description, buffers };
}
namespace tflite_buffer_field {
enum : unsigned { data, offset, size };
}
namespace tflite_graph_field {
enum : unsigned { tensors, inputs, outputs, operators, name };
}
namespace tflite_tensor_field {
enum : unsigned { shape, type, buffer, name, quantization, is_variable, sparsity, shape_signature, has_rank, variants, external };
}
namespace tflite_quantization_field {
enum : unsigned { min, max, scale, zero_point, details_type, details, axis };
}
namespace tflite_blocks_field {
enum : unsigned { scales, zero_points, block_size };
}
namespace tflite_code_field {
enum : unsigned { deprecated_code, custom_code, version, code };
}
namespace tflite_operator_field {
enum : unsigned { code, inputs, outputs, options_type, options };
}
namespace tflite_fully_connected_field {
enum : unsigned { activation, weights_format, keep_dims, asymmetric_inputs, bias_type };
}

inline constexpr std::int32_t tflite_dequantize = 6, tflite_fully_connected = 9;
inline constexpr unsigned tflite_fully_connected_options = 8;
inline constexpr std::uint8_t tflite_blocks_details = 2;
inline constexpr std::int32_t tflite_most_deprecated_code = 127;  // larger codes have a field of their own

}  // namespace detail

/// The name of a type in the schema.
[[nodiscard]] constexpr std::string_view name_of(tflite_type type) noexcept {
  return detail::tflite_types[static_cast<std::size_t>(type)].name;
}
/// Bits of an element; 0 for strings, resources and variants.
[[nodiscard]] constexpr unsigned bits_of(tflite_type type) noexcept {
  return detail::tflite_types[static_cast<std::size_t>(type)].bits;
}
/// The type of a number of the schema; none if there is none.
[[nodiscard]] constexpr std::optional<tflite_type> tflite_type_of(std::int64_t number) noexcept {
  return number >= 0 && number < static_cast<std::int64_t>(detail::tflite_types.size())
             ? std::optional(static_cast<tflite_type>(number))
             : std::nullopt;
}

}  // namespace halftone::inline v0_1
