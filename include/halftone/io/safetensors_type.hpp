// SPDX-License-Identifier: MIT
// Halftone: the element types of a safetensors file: one table of names and widths.
#pragma once

#include <halftone/core/config.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace halftone::inline v0_1 {

/// Every element type that the format defines, as of version 0.8 of its library. Enumerators bear the file's names.
enum class safetensors_type : std::uint8_t {
  BOOL,
  F4,
  F6_E2M3,
  F6_E3M2,
  U8,
  I8,
  F8_E5M2,
  F8_E4M3,
  F8_E8M0,
  F8_E4M3FNUZ,
  F8_E5M2FNUZ,
  I16,
  U16,
  F16,
  BF16,
  I32,
  U32,
  F32,
  C64,
  F64,
  I64,
  U64,
};

namespace detail {

struct safetensors_type_entry {
  safetensors_type type;
  std::string_view name;
  unsigned bits;  // of one element
};

/// In the order of the enumerators.
inline constexpr std::array<safetensors_type_entry, 22> safetensors_types{{
    {safetensors_type::BOOL, "BOOL", 8},
    {safetensors_type::F4, "F4", 4},
    {safetensors_type::F6_E2M3, "F6_E2M3", 6},
    {safetensors_type::F6_E3M2, "F6_E3M2", 6},
    {safetensors_type::U8, "U8", 8},
    {safetensors_type::I8, "I8", 8},
    {safetensors_type::F8_E5M2, "F8_E5M2", 8},
    {safetensors_type::F8_E4M3, "F8_E4M3", 8},
    {safetensors_type::F8_E8M0, "F8_E8M0", 8},
    {safetensors_type::F8_E4M3FNUZ, "F8_E4M3FNUZ", 8},
    {safetensors_type::F8_E5M2FNUZ, "F8_E5M2FNUZ", 8},
    {safetensors_type::I16, "I16", 16},
    {safetensors_type::U16, "U16", 16},
    {safetensors_type::F16, "F16", 16},
    {safetensors_type::BF16, "BF16", 16},
    {safetensors_type::I32, "I32", 32},
    {safetensors_type::U32, "U32", 32},
    {safetensors_type::F32, "F32", 32},
    {safetensors_type::C64, "C64", 64},
    {safetensors_type::F64, "F64", 64},
    {safetensors_type::I64, "I64", 64},
    {safetensors_type::U64, "U64", 64},
}};

static_assert([] {
  for (std::size_t i = 0; i < safetensors_types.size(); ++i) {
    if (static_cast<std::size_t>(safetensors_types[i].type) != i) {
      return false;
    }
  }
  return true;
}());

}  // namespace detail

/// The name that a file carries, for example "BF16".
[[nodiscard]] constexpr std::string_view name_of(safetensors_type type) noexcept {
  return detail::safetensors_types[static_cast<std::size_t>(type)].name;
}

/// Bits of one element. Types below 8 bits are packed; such a tensor fills whole bytes.
[[nodiscard]] constexpr unsigned bits_of(safetensors_type type) noexcept {
  return detail::safetensors_types[static_cast<std::size_t>(type)].bits;
}

/// The type of a name; none if the format does not define it. Names are case-sensitive.
[[nodiscard]] constexpr std::optional<safetensors_type> safetensors_type_of(std::string_view name) noexcept {
  for (const auto& entry : detail::safetensors_types) {
    if (entry.name == name) {
      return entry.type;
    }
  }
  return std::nullopt;
}

static_assert(safetensors_type_of("F6_E3M2") == safetensors_type::F6_E3M2 && bits_of(safetensors_type::C64) == 64);
static_assert(!safetensors_type_of("bf16") && !safetensors_type_of(""));

}  // namespace halftone::inline v0_1
