// SPDX-License-Identifier: MIT
// Halftone example: compiles one type of tensors.
#pragma once

#include "target_type.hpp"

#include <halftone/format/ggml/float_formats.hpp>
#include <halftone/format/ggml/minimum_formats.hpp>
#include <halftone/format/ggml/signed_formats.hpp>
#include <halftone/format/ggml/simple_formats.hpp>
#include <halftone/format/ggml/table_formats.hpp>
#include <halftone/format/ggml/transcode.hpp>

namespace convert {

/// Types whose numbers Scheme may hold: moving them is tried.
template <class... Schemes>
struct held {};

template <class From, class To>
bool move_if(halftone::gguf_tensor_type type, std::span<const std::uint8_t> bytes, std::size_t cols, std::span<std::uint8_t> to) {
  using format = halftone::ggml::block_format<From>;
  if (static_cast<std::uint32_t>(type) != format::type) {
    return false;
  }
  const auto report = halftone::ggml::transcode<From, To>(bytes, {1, cols}, to);
  halftone::expects(report.has_value(), report.has_value() ? std::string() : report.failure().text);
  return report.value().exact;
}

template <class Scheme, class Held>
struct block_type;
template <class Scheme, class... From>
struct block_type<Scheme, held<From...>> {
  using format = halftone::ggml::block_format<Scheme>;

  static void decode(std::span<const std::uint8_t> bytes, std::span<float> row) {
    const auto q = halftone::ggml::read<Scheme>(bytes, {1, row.size()});
    halftone::expects(q.has_value(), q.has_value() ? std::string() : q.failure().text);
    halftone::row_values(q.value(), 0, row);
  }
  static void encode(std::span<const float> row, std::span<std::uint8_t> bytes) {
    halftone::ggml::encode<Scheme>({row.data(), 1, row.size()}, bytes);
  }
  static bool move([[maybe_unused]] halftone::gguf_tensor_type from, [[maybe_unused]] std::span<const std::uint8_t> bytes,
                   [[maybe_unused]] std::size_t cols, [[maybe_unused]] std::span<std::uint8_t> to) {
    return (move_if<From, Scheme>(from, bytes, cols, to) || ... || false);
  }
  static constexpr target_type entry{static_cast<halftone::gguf_tensor_type>(format::type), format::block::weights, format::bytes,
                                     decode, encode, move};
};

/// Numbers as they are; every type that decodes to them is held if they are fp32.
template <class Element, halftone::gguf_tensor_type Type>
struct number_type {
  static constexpr std::size_t bytes = Element::bits / 8;
  static void decode(std::span<const std::uint8_t> from, std::span<float> row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = Element::decode(halftone::read_code<Element::bits>(from.data(), i));
    }
  }
  static void encode(std::span<const float> row, std::span<std::uint8_t> to) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      halftone::write_code<Element::bits>(to.data(), i, Element::encode(row[i]));
    }
  }
  static bool move(halftone::gguf_tensor_type, std::span<const std::uint8_t>, std::size_t, std::span<std::uint8_t>) { return false; }
  static constexpr target_type entry{Type, 1, bytes, decode, encode, move};
};

}  // namespace convert
