// SPDX-License-Identifier: MIT
// Halftone example: compiles one type of tensors.
#pragma once

#include "compile_layer.hpp"

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

/// Converts rows of a tensor into blocks, one by one: convert.cpp has it.
[[nodiscard]] halftone::transcode_report convert_blocks(const source_tensor& from, const layer_type& type, const destination& to);

/// The entry of blocks of Weights weights in Bytes bytes.
template <class Scheme, std::size_t Weights, std::size_t Bytes>
[[nodiscard]] constexpr layer_type layer_of_blocks(const target_type& blocks, std::string_view name) {
  return {.format = file_format::gguf,
          .name = name,
          .why_not = reasons<Scheme>(),
          .blocks = &blocks,
          .bits = [](halftone::matrix_shape) { return 8.0 * static_cast<double>(Bytes) / static_cast<double>(Weights); },
          .refuses = [](halftone::matrix_shape shape) {
            return shape.cols % Weights == 0
                       ? std::string()
                       : halftone::detail::message("a row of ", shape.cols, " weights is no whole number of blocks of ", Weights);
          },
          .convert = convert_blocks};
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
  /// Keeps the row that was read last: its floats and its parameters are asked for one after the other.
  static row_reader open(std::span<const std::uint8_t> bytes, std::size_t cols) {
    struct row {
      halftone::quantized_matrix<Scheme> q;
      std::size_t index;
    };
    const auto last = std::make_shared<row>(row{halftone::quantized_matrix<Scheme>(halftone::matrix_shape{1, cols}), ~std::size_t{0}});
    const auto load = [last, bytes, length = cols / format::block::weights * format::bytes](std::size_t index) {
      if (last->index != index) {
        std::size_t at = 0;
        const char* why = halftone::ggml::read_blocks<Scheme>(bytes.subspan(index * length, length), last->q, at);
        halftone::expects(why == nullptr, "row ", index, ": ", why == nullptr ? "" : why);
        last->index = index;
      }
    };
    row_reader reader{.values = [last, load](std::size_t index, std::span<float> values) {
      load(index);
      halftone::row_values(last->q, 0, values);
    }};
    reader.parameters = [last, load](std::size_t index, std::size_t col) {
      load(index);
      const std::size_t g = last->q.group_of(0, col);
      return halftone::group_parameters{.scale = last->q.scale_at(g), .offset = last->q.offset_at(g)};
    };
    reader.run = Scheme::granularity_type::group_size;
    give_planes<Scheme>(reader, [bytes, cols] {
      const std::size_t length = cols / format::block::weights * format::bytes;
      auto q = std::make_shared<halftone::quantized_matrix<Scheme>>(halftone::matrix_shape{length == 0 ? 0 : bytes.size() / length, cols});
      std::size_t at = 0;
      const char* why = halftone::ggml::read_blocks<Scheme>(bytes, *q, at);
      halftone::expects(why == nullptr, "block ", at, ": ", why == nullptr ? "" : why);
      return q;
    });
    return reader;
  }
  static bool take(const row_reader& source, halftone::matrix_shape shape, const std::function<void(std::span<const std::uint8_t>)>* write) {
    halftone::quantized_matrix<Scheme> q(shape);
    if (!take_planes(source, q)) {
      return false;
    }
    if (write != nullptr) {
      std::vector<std::uint8_t> bytes(shape.rows * (shape.cols / format::block::weights * format::bytes));
      halftone::ggml::write_blocks<Scheme>(q, bytes);
      (*write)(bytes);
    }
    return true;
  }
  static bool hold(std::span<const float> row, const row_reader& source, std::size_t index, std::span<std::uint8_t> bytes) {
    halftone::quantized_matrix<Scheme> q(halftone::matrix_shape{1, row.size()});
    if (!hold_exactly({row.data(), 1, row.size()}, source, index, q)) {
      return false;
    }
    halftone::ggml::write_blocks<Scheme>(q, bytes);
    return true;
  }
  static void encode(std::span<const float> row, std::span<std::uint8_t> bytes) {
    halftone::ggml::encode<Scheme>({row.data(), 1, row.size()}, bytes);
  }
  static bool move([[maybe_unused]] halftone::gguf_tensor_type from, [[maybe_unused]] std::span<const std::uint8_t> bytes,
                   [[maybe_unused]] std::size_t cols, [[maybe_unused]] std::span<std::uint8_t> to) {
    return (move_if<From, Scheme>(from, bytes, cols, to) || ... || false);
  }
  static constexpr target_type entry{static_cast<halftone::gguf_tensor_type>(format::type), format::block::weights, format::bytes,
                                     open, decode, encode, move, hold, take};
  static constexpr layer_type layer(const target_type& blocks) {
    return layer_of_blocks<Scheme, format::block::weights, format::bytes>(blocks, format::name);
  }
};

/// Numbers as they are.
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
  static bool hold(std::span<const float>, const row_reader&, std::size_t, std::span<std::uint8_t>) { return false; }  // encoding is as exact
  static bool take(const row_reader&, halftone::matrix_shape, const std::function<void(std::span<const std::uint8_t>)>*) { return false; }
  static row_reader open(std::span<const std::uint8_t> all, std::size_t cols) {
    return {.values = [all, length = cols * bytes](std::size_t row, std::span<float> values) {
      decode(all.subspan(row * length, length), values);
    }};
  }
  static constexpr target_type entry{Type, 1, bytes, open, decode, encode, move, hold, take};
  static constexpr layer_type layer(const target_type& blocks, std::string_view name) {
    return layer_of_blocks<halftone::scheme<Element, halftone::unscaled, halftone::per_tensor>, 1, bytes>(blocks, name);
  }
};

}  // namespace convert
