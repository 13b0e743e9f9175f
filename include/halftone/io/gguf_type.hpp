// SPDX-License-Identifier: MIT
// Halftone: the types of a GGUF file: one table for values of its metadata and one for its tensors.
#pragma once

#include <halftone/core/config.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

namespace halftone::inline v0_1 {

/// The type of a metadata value. The numbers are those of the file.
enum class gguf_value_type : std::uint32_t {
  u8,
  i8,
  u16,
  i16,
  u32,
  i32,
  f32,
  boolean,
  string,
  array,
  u64,
  i64,
  f64,
};

/// The type of a tensor's elements, ggml's `ggml_type`. The numbers and names are ggml's, of which the gaps belong to
/// types that were removed.
enum class gguf_tensor_type : std::uint32_t {
  F32 = 0,
  F16 = 1,
  Q4_0 = 2,
  Q4_1 = 3,
  Q5_0 = 6,
  Q5_1 = 7,
  Q8_0 = 8,
  Q8_1 = 9,
  Q2_K = 10,
  Q3_K = 11,
  Q4_K = 12,
  Q5_K = 13,
  Q6_K = 14,
  Q8_K = 15,
  IQ2_XXS = 16,
  IQ2_XS = 17,
  IQ3_XXS = 18,
  IQ1_S = 19,
  IQ4_NL = 20,
  IQ3_S = 21,
  IQ2_S = 22,
  IQ4_XS = 23,
  I8 = 24,
  I16 = 25,
  I32 = 26,
  I64 = 27,
  F64 = 28,
  IQ1_M = 29,
  BF16 = 30,
  TQ1_0 = 34,
  TQ2_0 = 35,
  MXFP4 = 39,
  NVFP4 = 40,
  Q1_0 = 41,
  Q2_0 = 42,
};

namespace detail {

struct gguf_value_entry {
  std::string_view name;
  unsigned bytes;  // of a value in a file; of a string or an array, the fewest
};

/// In the order of the enumerators.
inline constexpr std::array<gguf_value_entry, 13> gguf_values{{
    {"u8", 1},
    {"i8", 1},
    {"u16", 2},
    {"i16", 2},
    {"u32", 4},
    {"i32", 4},
    {"f32", 4},
    {"bool", 1},
    {"string", 8},  // its length
    {"array", 12},  // type and number of its elements
    {"u64", 8},
    {"i64", 8},
    {"f64", 8},
}};

struct gguf_tensor_entry {
  std::string_view name;  // empty where no type ever had the number
  unsigned block;         // elements; 0 of a type that was removed
  unsigned bytes;         // of a block
};

/// By the number of the type. Sizes: ggml-common.h and the Python package gguf (which is wrong about Q8_1: it says 40).
inline constexpr std::array<gguf_tensor_entry, 43> gguf_tensors{{
    {"F32", 1, 4},      {"F16", 1, 2},        {"Q4_0", 32, 18},     {"Q4_1", 32, 20},     {"Q4_2", 0, 0},
    {"Q4_3", 0, 0},     {"Q5_0", 32, 22},     {"Q5_1", 32, 24},     {"Q8_0", 32, 34},     {"Q8_1", 32, 36},
    {"Q2_K", 256, 84},  {"Q3_K", 256, 110},   {"Q4_K", 256, 144},   {"Q5_K", 256, 176},   {"Q6_K", 256, 210},
    {"Q8_K", 256, 292}, {"IQ2_XXS", 256, 66}, {"IQ2_XS", 256, 74},  {"IQ3_XXS", 256, 98}, {"IQ1_S", 256, 50},
    {"IQ4_NL", 32, 18}, {"IQ3_S", 256, 110},  {"IQ2_S", 256, 82},   {"IQ4_XS", 256, 136}, {"I8", 1, 1},
    {"I16", 1, 2},      {"I32", 1, 4},        {"I64", 1, 8},        {"F64", 1, 8},        {"IQ1_M", 256, 56},
    {"BF16", 1, 2},     {"Q4_0_4_4", 0, 0},   {"Q4_0_4_8", 0, 0},   {"Q4_0_8_8", 0, 0},   {"TQ1_0", 256, 54},
    {"TQ2_0", 256, 66}, {"IQ4_NL_4_4", 0, 0}, {"IQ4_NL_4_8", 0, 0}, {"IQ4_NL_8_8", 0, 0}, {"MXFP4", 32, 17},
    {"NVFP4", 64, 36},  {"Q1_0", 128, 18},    {"Q2_0", 64, 18},
}};

[[nodiscard]] constexpr const gguf_tensor_entry& entry_of(gguf_tensor_type type) noexcept {
  return gguf_tensors[static_cast<std::size_t>(type)];
}

}  // namespace detail

/// "u32", "string" and so on.
[[nodiscard]] constexpr std::string_view name_of(gguf_value_type type) noexcept {
  return detail::gguf_values[static_cast<std::size_t>(type)].name;
}

/// ggml's name, for example "Q4_K".
[[nodiscard]] constexpr std::string_view name_of(gguf_tensor_type type) noexcept { return detail::entry_of(type).name; }

/// Elements of a block, of which a row of a tensor holds a whole number: 1 where elements stand alone.
[[nodiscard]] constexpr unsigned elements_of_block(gguf_tensor_type type) noexcept {
  return detail::entry_of(type).block;
}

/// Bytes of a block.
[[nodiscard]] constexpr unsigned bytes_of_block(gguf_tensor_type type) noexcept { return detail::entry_of(type).bytes; }

/// The type of a number in a file; none if there is no such type, or no more.
[[nodiscard]] constexpr std::optional<gguf_tensor_type> gguf_tensor_type_of(std::uint32_t number) noexcept {
  if (number >= detail::gguf_tensors.size() || detail::gguf_tensors[number].block == 0) {
    return std::nullopt;
  }
  return static_cast<gguf_tensor_type>(number);
}

/// The type of a name, as `name_of` gives it; none if there is no such type, or no more.
[[nodiscard]] constexpr std::optional<gguf_tensor_type> gguf_tensor_type_of(std::string_view name) noexcept {
  for (std::uint32_t number = 0; number < detail::gguf_tensors.size(); ++number) {
    if (detail::gguf_tensors[number].name == name) {
      return gguf_tensor_type_of(number);
    }
  }
  return std::nullopt;
}

/// A C++ type that is one metadata value other than a string or an array: bool, float, double, or an integer of 8, 16,
/// 32 or 64 bits.
template <class T>
concept gguf_scalar = std::is_arithmetic_v<T> && !std::same_as<T, char> && !std::same_as<T, wchar_t> &&
                      !std::same_as<T, char8_t> && !std::same_as<T, char16_t> && !std::same_as<T, char32_t> &&
                      !std::same_as<T, long double> && sizeof(T) <= 8 && std::same_as<T, std::remove_cv_t<T>>;

/// The type that a C++ type has in a file.
template <gguf_scalar T>
[[nodiscard]] consteval gguf_value_type gguf_value_type_of() noexcept {
  if constexpr (std::same_as<T, bool>) {
    return gguf_value_type::boolean;
  } else if constexpr (std::is_floating_point_v<T>) {
    return sizeof(T) == 4 ? gguf_value_type::f32 : gguf_value_type::f64;
  } else {
    constexpr unsigned first = sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 2 : sizeof(T) == 4 ? 4 : 10;
    return static_cast<gguf_value_type>(first + (std::is_signed_v<T> ? 1 : 0));
  }
}

static_assert(gguf_value_type_of<std::int64_t>() == gguf_value_type::i64 && name_of(gguf_value_type::f64) == "f64");
static_assert(gguf_tensor_type_of("Q2_0") == gguf_tensor_type::Q2_0 && !gguf_tensor_type_of("Q4_2"));
static_assert(!gguf_tensor_type_of(31) && !gguf_tensor_type_of(43) &&
              gguf_tensor_type_of(39) == gguf_tensor_type::MXFP4);

}  // namespace halftone::inline v0_1
