// SPDX-License-Identifier: MIT
// Halftone: types of tensors in ONNX models.
#pragma once

#include <halftone/core/config.hpp>
#include <halftone/element/minifloat.hpp>
#include <halftone/format/target/rules.hpp>

#include <array>
#include <optional>
#include <string_view>

namespace halftone::inline v0_1 {

/// TensorProto.DataType, with its names and numbers.
enum class onnx_type : std::uint8_t {
  FLOAT = 1, UINT8, INT8, UINT16, INT16, INT32, INT64, STRING, BOOL, FLOAT16, DOUBLE, UINT32, UINT64, COMPLEX64, COMPLEX128, BFLOAT16,
  FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ, UINT4, INT4, FLOAT4E2M1, FLOAT8E8M0, UINT2, INT2
};

namespace detail {

struct onnx_type_row {
  std::string_view name;
  unsigned bits;        ///< of an element; 0 for texts
  unsigned field;       ///< of TensorProto, for elements that are not raw bytes
  unsigned entry_bits;  ///< of a number of that field: codes of less than a byte lie in one together
};
inline constexpr std::array<onnx_type_row, 26> onnx_types{{
    {"FLOAT", 32, 4, 32},        {"UINT8", 8, 5, 8},         {"INT8", 8, 5, 8},          {"UINT16", 16, 5, 16},
    {"INT16", 16, 5, 16},        {"INT32", 32, 5, 32},       {"INT64", 64, 7, 64},       {"STRING", 0, 6, 0},
    {"BOOL", 8, 5, 8},           {"FLOAT16", 16, 5, 16},     {"DOUBLE", 64, 10, 64},     {"UINT32", 32, 11, 32},
    {"UINT64", 64, 11, 64},      {"COMPLEX64", 64, 4, 32},   {"COMPLEX128", 128, 10, 64}, {"BFLOAT16", 16, 5, 16},
    {"FLOAT8E4M3FN", 8, 5, 8},   {"FLOAT8E4M3FNUZ", 8, 5, 8}, {"FLOAT8E5M2", 8, 5, 8},   {"FLOAT8E5M2FNUZ", 8, 5, 8},
    {"UINT4", 4, 5, 8},          {"INT4", 4, 5, 8},          {"FLOAT4E2M1", 4, 5, 8},    {"FLOAT8E8M0", 8, 5, 8},
    {"UINT2", 2, 5, 8},          {"INT2", 2, 5, 8},
}};
[[nodiscard]] constexpr const onnx_type_row& row_of(onnx_type type) noexcept { return onnx_types[static_cast<std::size_t>(type) - 1]; }

/// The type of tensors that hold these codes; none for elements that DequantizeLinear does not know.
template <class Element>
[[nodiscard]] constexpr std::optional<onnx_type> onnx_type_of_element() noexcept {
  using enum onnx_type;
  if constexpr (uniform_element<Element>) {
    constexpr bool is_signed = Element::min < 0;
    switch (Element::bits) {
      case 2: return is_signed ? INT2 : UINT2;
      case 4: return is_signed ? INT4 : UINT4;
      case 8: return is_signed ? INT8 : UINT8;
      case 16: return is_signed ? INT16 : UINT16;
      default: return std::nullopt;
    }
  } else if constexpr (target::detail::same_values<Element, fp8_e4m3fn>()) {
    return FLOAT8E4M3FN;
  } else if constexpr (target::detail::same_values<Element, fp8_e4m3fnuz>()) {
    return FLOAT8E4M3FNUZ;
  } else if constexpr (target::detail::same_values<Element, fp8_e5m2>()) {
    return FLOAT8E5M2;
  } else if constexpr (target::detail::same_values<Element, fp8_e5m2fnuz>()) {
    return FLOAT8E5M2FNUZ;
  } else if constexpr (target::detail::same_values<Element, fp4_e2m1>()) {
    return FLOAT4E2M1;
  } else {
    return std::nullopt;
  }
}

}  // namespace detail

/// The name of a type in onnx.proto.
[[nodiscard]] constexpr std::string_view name_of(onnx_type type) noexcept { return detail::row_of(type).name; }
/// Bits of an element; 0 for texts.
[[nodiscard]] constexpr unsigned bits_of(onnx_type type) noexcept { return detail::row_of(type).bits; }
/// The type of a number of onnx.proto; none if Halftone knows none (6-bit floats, for one).
[[nodiscard]] constexpr std::optional<onnx_type> onnx_type_of(std::uint64_t number) noexcept {
  return number >= 1 && number <= detail::onnx_types.size() ? std::optional(static_cast<onnx_type>(number)) : std::nullopt;
}

}  // namespace halftone::inline v0_1
