// SPDX-License-Identifier: MIT
// Halftone tests: the contract for wrong calls. One table holds every argument and every way in which it can be wrong;
// every entry point is called with each row that concerns it and must throw `halftone::error` with the row's text.
//
// A row spoils one argument of a call that is otherwise right. The first check of each entry point is that the call
// without spoiling does not throw.
#pragma once

#include <halftone/core/error.hpp>
#include <halftone/epilogue/epilogue.hpp>
#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <array>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace contract {

using halftone::matrix_view;

/// Weights of the calls: a zero point, and one group a row however long the row is.
using weights = halftone::scheme<halftone::uint8, halftone::asymmetric, halftone::per_channel<0>>;
/// The same with an offset, for what only offsets can get wrong.
using offset_weights = halftone::scheme<halftone::uint8, halftone::float_offset, halftone::per_channel<0>>;

/// A table whose largest entry is so small that the scale of large weights overflows.
struct small_entries {
  static constexpr std::array<float, 2> entries{-0x1p-10f, 0x1p-10f};
  static std::string name() { return "small_entries"; }
};
using table_weights = halftone::scheme<halftone::codebook<small_entries>, halftone::symmetric, halftone::per_channel<0>>;

constexpr float not_a_number = std::numeric_limits<float>::quiet_NaN();
constexpr float infinity = std::numeric_limits<float>::infinity();

/// All arguments that any entry point takes, all of them right. y[3, 5] = x[3, 40] w[5, 40]^T.
struct arguments {
  static constexpr std::size_t m = 3, n = 5, k = 40, stride = 48;

  std::vector<float> x_data = std::vector<float>(m * stride, 0.5f);
  std::vector<float> w_data = std::vector<float>(n * stride, 0.25f);
  std::vector<float> y_data = std::vector<float>(m * stride, 0.0f);
  std::vector<float> real_data = std::vector<float>(n * stride, 0.0f);
  std::vector<float> residual_data = std::vector<float>(m * stride, 1.0f);
  std::vector<std::uint8_t> codes_data = std::vector<std::uint8_t>(m * stride, 3);
  std::vector<std::uint8_t> bytes_data = std::vector<std::uint8_t>(m * stride, 0);
  std::vector<std::byte> workspace_data = std::vector<std::byte>(1u << 20);
  std::vector<float> bias_data = std::vector<float>(n, 1.0f);
  std::vector<float> factors_data = std::vector<float>(n + 1, 2.0f);
  float code_scale = 0.5f;
  std::int32_t code_zero_point = 0;

  matrix_view<const float> x{x_data.data(), m, k, stride};                 ///< float activations
  matrix_view<const std::uint8_t> x_codes{codes_data.data(), m, k, stride};  ///< 8-bit activations
  const float* x_scales = &code_scale;
  const std::int32_t* x_zero_points = nullptr;
  matrix_view<const float> w{w_data.data(), n, k, stride};                 ///< float weights
  matrix_view<float> real{real_data.data(), n, k, stride};                 ///< what `dequantize` writes
  matrix_view<float> y{y_data.data(), m, n, stride};                       ///< what `gemm` writes
  matrix_view<std::uint8_t> bytes{bytes_data.data(), m, n, stride};        ///< what `gemm` writes after requantize
  std::optional<halftone::quantized_matrix<weights>> q = halftone::reference::quantize<weights>(w);  ///< none: not packed
  std::vector<halftone::group_parameters> given = std::vector<halftone::group_parameters>(n, {.scale = 0.01f});
  halftone::group_parameters activation{.scale = 0.02f, .zero_point = 7};
  std::span<const float> bias = bias_data;
  std::span<const float> factors{factors_data.data(), n};
  matrix_view<const float> residual{residual_data.data(), m, n, stride};
  halftone::clamp clamp{.low = -10.0f, .high = 10.0f};
  halftone::requantize<std::uint8_t> requantize{.scale = 0.1f, .zero_point = 3};
  std::span<std::byte> workspace = workspace_data;
  halftone::matrix_shape correction{n, k};  ///< of a part beside the weights

  arguments() = default;
  arguments(const arguments&) = delete;
  arguments& operator=(const arguments&) = delete;

  [[nodiscard]] auto finish() const {
    return halftone::epilogue{halftone::multiply_columns{factors}, halftone::add_bias{bias}, halftone::residual{residual}, clamp};
  }
  /// The same stages for a y of one row.
  [[nodiscard]] auto finish_vector() const {
    const matrix_view<const float> one_row{residual.data(), 1, residual.cols(), stride};
    return halftone::epilogue{halftone::multiply_columns{factors}, halftone::add_bias{bias}, halftone::residual{one_row}, clamp};
  }
  [[nodiscard]] auto to_bytes() const { return halftone::epilogue{halftone::add_bias{bias}, requantize}; }

  /// The activations as codes that the caller holds.
  [[nodiscard]] halftone::activation_view codes_view(bool is_signed) const {
    return {.codes = x_codes, .is_signed = is_signed, .scales = x_scales, .zero_points = x_zero_points, .per_row = false};
  }

  /// Replaces the weights by one row of `columns`, and everything that has to fit it.
  void lengthen(std::size_t columns) {
    w_data.assign(columns, 0.25f);
    x_data.assign(columns, 0.5f);
    codes_data.assign(columns, 3);
    w = {w_data.data(), 1, columns};
    x = {x_data.data(), 1, columns};
    x_codes = {codes_data.data(), 1, columns};
    y = {y_data.data(), 1, 1};
    bytes = {bytes_data.data(), 1, 1};
    residual = {residual_data.data(), 1, 1};
    bias = bias.first(1);
    factors = factors.first(1);
    q = halftone::reference::quantize<weights>(w);
  }
};

/// What an entry point takes; a row concerns the entry points that take its argument.
enum takes : unsigned {
  float_weights = 1u << 0,      ///< w, to be quantized
  compared_weights = 1u << 1,   ///< w, to be compared with q
  given_zero_points = 1u << 2,  ///< parameters of the groups, with zero points
  given_offsets = 1u << 3,      ///< parameters of the groups, with offsets
  real_output = 1u << 4,        ///< what dequantize writes
  float_rows = 1u << 5,         ///< x of several rows
  float_vector = 1u << 6,       ///< x of one row
  given_activations = 1u << 7,  ///< parameters of the activations
  code_rows = 1u << 8,          ///< x as codes that the caller holds
  rows_of_y = 1u << 9,          ///< y with m rows
  vector_y = 1u << 10,          ///< y of one row
  stages = 1u << 11,            ///< the epilogue `finish`
  byte_output = 1u << 12,       ///< the epilogue `to_bytes` and its output
  int8_codes = 1u << 13,        ///< integer dot products with int8 activations
  uint8_codes = 1u << 14,       ///< the same with uint8 activations, or zero points
  weight_shape = 1u << 15,      ///< a product: k of x is k of the weights
  packed_weights = 1u << 16,    ///< an operand that `pack` made
  apart_floats = 1u << 17,      ///< x as floats that y must not overlap
  apart_codes = 1u << 18,       ///< x as codes that y must not overlap
  scratch_memory = 1u << 19,    ///< the context's workspace
  small_table = 1u << 20,       ///< w, to be quantized by `table_weights`
  corrections = 1u << 21,       ///< a part beside the weights
};

/// One way in which one argument is wrong. "{}" in the text stands for the name under which the entry point reports.
struct bad_call {
  unsigned concerns;
  const char* argument;
  const char* way;
  void (*spoil)(arguments&);
  const char* text;
};

inline const bad_call bad_calls[] = {
    {float_weights | compared_weights | small_table, "w", "null", [](arguments& a) { a.w = {nullptr, 5, 40, 48}; },
     "{}: w is null but has shape [5, 40]"},
    {float_weights | compared_weights, "w", "small stride", [](arguments& a) { a.w = {a.w_data.data(), 5, 40, 39}; },
     "{}: w has stride 39, less than its 40 columns"},
    {float_weights, "w", "NaN", [](arguments& a) { a.w_data[2 * 48 + 3] = not_a_number; }, "{}: value [2, 3] is nan"},
    {float_weights, "w", "infinite", [](arguments& a) { a.w_data[4 * 48 + 39] = -infinity; }, "{}: value [4, 39] is -inf"},
    {small_table, "w", "scale overflows", [](arguments& a) { a.w_data[3 * 48 + 7] = 0x1p127f; },
     "{}: group 3 has scale inf; a scale must be finite"},
    {compared_weights, "w", "rows", [](arguments& a) { a.w = {a.w_data.data(), 4, 40, 48}; },
     "{}: w is [4, 40], the quantized matrix [5, 40]"},
    {compared_weights, "w", "columns", [](arguments& a) { a.w = {a.w_data.data(), 5, 39, 48}; },
     "{}: w is [5, 39], the quantized matrix [5, 40]"},

    {given_zero_points | given_offsets, "estimator", "too few", [](arguments& a) { a.given.resize(4); },
     "{}: the estimator has 4 entries for 5 groups"},
    {given_zero_points | given_offsets, "estimator", "too many", [](arguments& a) { a.given.resize(6); },
     "{}: the estimator has 6 entries for 5 groups"},
    {given_zero_points | given_offsets, "estimator", "none", [](arguments& a) { a.given.clear(); },
     "{}: the estimator has 0 entries for 5 groups"},
    {given_zero_points | given_offsets, "estimator", "NaN scale", [](arguments& a) { a.given[2].scale = not_a_number; },
     "{}: group 2 has scale nan; a scale must be finite"},
    {given_zero_points | given_offsets, "estimator", "infinite scale", [](arguments& a) { a.given[4].scale = infinity; },
     "{}: group 4 has scale inf; a scale must be finite"},
    {given_offsets, "estimator", "NaN offset", [](arguments& a) { a.given[1].offset = not_a_number; },
     "{}: group 1 has offset nan; an offset must be finite"},
    {given_offsets, "estimator", "infinite offset", [](arguments& a) { a.given[0].offset = -infinity; },
     "{}: group 0 has offset -inf; an offset must be finite"},
    {given_zero_points, "estimator", "zero point above", [](arguments& a) { a.given[3].zero_point = 256; },
     "{}: group 3 has zero point 256, outside 0..255"},
    {given_zero_points, "estimator", "zero point below", [](arguments& a) { a.given[3].zero_point = -1; },
     "{}: group 3 has zero point -1, outside 0..255"},

    {real_output, "y", "null", [](arguments& a) { a.real = {nullptr, 5, 40, 48}; }, "{}: y is null but has shape [5, 40]"},
    {real_output, "y", "small stride", [](arguments& a) { a.real = {a.real_data.data(), 5, 40, 7}; },
     "{}: y has stride 7, less than its 40 columns"},
    {real_output, "y", "rows", [](arguments& a) { a.real = {a.real_data.data(), 4, 40, 48}; },
     "{}: y is [4, 40], the matrix [5, 40]"},
    {real_output, "y", "columns", [](arguments& a) { a.real = {a.real_data.data(), 5, 41, 48}; },
     "{}: y is [5, 41], the matrix [5, 40]"},

    {given_activations, "parameters", "NaN scale", [](arguments& a) { a.activation.scale = not_a_number; },
     "has scale nan; a scale must be finite"},
    {given_activations, "parameters", "infinite scale", [](arguments& a) { a.activation.scale = -infinity; },
     "has scale -inf; a scale must be finite"},
    {given_activations, "parameters", "zero point above", [](arguments& a) { a.activation.zero_point = 300; },
     "has zero point 300, outside 0..255"},
    {given_activations, "parameters", "zero point below", [](arguments& a) { a.activation.zero_point = -2; },
     "has zero point -2, outside 0..255"},

    {float_rows, "x", "null", [](arguments& a) { a.x = {nullptr, 3, 40, 48}; }, "{}: x is null but has shape [3, 40]"},
    {float_rows, "x", "small stride", [](arguments& a) { a.x = {a.x_data.data(), 3, 40, 39}; },
     "{}: x has stride 39, less than its 40 columns"},
    {float_vector, "x", "null", [](arguments& a) { a.x = {nullptr, 1, 40}; }, "{}: x is null but has shape [1, 40]"},
    {code_rows, "x", "null", [](arguments& a) { a.x_codes = {nullptr, 3, 40, 48}; }, "{}: x is null but has shape [3, 40]"},
    {code_rows, "x", "small stride", [](arguments& a) { a.x_codes = {a.codes_data.data(), 3, 40, 39}; },
     "{}: x has stride 39, less than its 40 columns"},
    {code_rows, "x", "no scales", [](arguments& a) { a.x_scales = nullptr; },
     "{}: the activations have 3 rows but no scales"},
    {code_rows, "x", "infinite scale", [](arguments& a) { a.code_scale = -infinity; },
     "{}: the activations of row 0 have scale -inf"},
    {code_rows, "x", "zero point above", [](arguments& a) { a.x_zero_points = &(a.code_zero_point = 256); },
     "{}: the activations of row 0 have zero point 256, outside "},
    {code_rows, "x", "zero point below", [](arguments& a) { a.x_zero_points = &(a.code_zero_point = -129); },
     "{}: the activations of row 0 have zero point -129, outside "},
    {weight_shape | rows_of_y, "x", "k",
     [](arguments& a) {
       a.x = {a.x_data.data(), 3, 39, 48};
       a.x_codes = {a.codes_data.data(), 3, 39, 48};
     },
     "gemm: x is [3, 39] but the weights are [5, 40]: k differs"},
    {weight_shape | vector_y, "x", "k", [](arguments& a) { a.x = {a.x_data.data(), 3, 41, 48}; },
     "gemm: x is [1, 41] but the weights are [5, 40]: k differs"},

    {rows_of_y, "y", "null", [](arguments& a) { a.y = {nullptr, 3, 5, 48}, a.bytes = {nullptr, 3, 5, 48}; },
     "gemm: y is null but has shape [3, 5]"},
    {rows_of_y, "y", "small stride",
     [](arguments& a) { a.y = {a.y_data.data(), 3, 5, 4}, a.bytes = {a.bytes_data.data(), 3, 5, 4}; },
     "gemm: y has stride 4, less than its 5 columns"},
    {rows_of_y, "y", "rows",
     [](arguments& a) { a.y = {a.y_data.data(), 2, 5, 48}, a.bytes = {a.bytes_data.data(), 2, 5, 48}; },
     "gemm: y is [2, 5], should be [3, 5]"},
    {rows_of_y, "y", "columns",
     [](arguments& a) { a.y = {a.y_data.data(), 3, 6, 48}, a.bytes = {a.bytes_data.data(), 3, 6, 48}; },
     "gemm: y is [3, 6], should be [3, 5]"},
    {vector_y, "y", "null", [](arguments& a) { a.y = {nullptr, 1, 5}; }, "gemm: y is null but has shape [1, 5]"},
    {vector_y, "y", "size", [](arguments& a) { a.y = {a.y_data.data(), 1, 4}; }, "gemm: y is [1, 4], should be [1, 5]"},

    {apart_floats, "y", "overlaps x",
     [](arguments& a) {
       a.y = {a.x_data.data() + 39, a.y.rows(), 5, 48};
       a.bytes = {reinterpret_cast<std::uint8_t*>(a.x_data.data()), a.y.rows(), 5, 48};
     },
     "gemm: x and y overlap"},
    {apart_codes, "y", "overlaps x",
     [](arguments& a) {
       a.x_codes = {reinterpret_cast<const std::uint8_t*>(a.y_data.data()), 3, 40, 48};
       a.bytes = {a.bytes_data.data(), 3, 5, 48};
     },
     "gemm: x and y overlap"},

    {stages, "multiply_columns", "size", [](arguments& a) { a.factors = a.factors_data; },
     "gemm: multiply_columns has 6 factors for 5 output columns"},
    {stages | byte_output, "add_bias", "size", [](arguments& a) { a.bias = a.bias.first(4); },
     "gemm: add_bias has 4 values for 5 output columns"},
    {stages, "multiply_columns", "overlaps y", [](arguments& a) { a.factors = {a.y_data.data() + 4, 5}; },
     "gemm: the data of multiply_columns overlaps y"},
    {stages, "add_bias", "overlaps y", [](arguments& a) { a.bias = {a.y_data.data(), 5}; },
     "gemm: the data of add_bias overlaps y"},
    {byte_output, "add_bias", "overlaps y",
     [](arguments& a) { a.bias = {reinterpret_cast<const float*>(a.bytes_data.data()), 5}; },
     "gemm: the data of add_bias overlaps y"},
    {stages, "residual", "null", [](arguments& a) { a.residual = {nullptr, 3, 5, 48}; },
     "gemm: residual is null but has shape [3, 5]"},
    {stages, "residual", "small stride", [](arguments& a) { a.residual = {a.residual_data.data(), 3, 5, 4}; },
     "gemm: residual has stride 4, less than its 5 columns"},
    {stages, "residual", "rows", [](arguments& a) { a.residual = {a.residual_data.data(), 2, 5, 48}; },
     "gemm: residual is [2, 5], the output [3, 5]"},
    {stages, "residual", "columns", [](arguments& a) { a.residual = {a.residual_data.data(), 3, 4, 48}; },
     "gemm: residual is [3, 4], the output [3, 5]"},
    {stages, "residual", "overlaps y", [](arguments& a) { a.residual = {a.y_data.data() + 1, 3, 5, 48}; },
     "gemm: residual overlaps y without being y itself"},
    {stages, "clamp", "low above high", [](arguments& a) { a.clamp = {.low = 2.0f, .high = 1.5f}; },
     "gemm: clamp has low 2 above high 1.5"},
    {stages, "clamp", "NaN", [](arguments& a) { a.clamp.high = not_a_number; }, "gemm: clamp has low -10 above high nan"},
    {byte_output, "requantize", "zero scale", [](arguments& a) { a.requantize.scale = 0.0f; },
     "gemm: requantize has scale 0; it must be finite and not zero"},
    {byte_output, "requantize", "NaN scale", [](arguments& a) { a.requantize.scale = not_a_number; },
     "gemm: requantize has scale nan; it must be finite and not zero"},
    {byte_output, "requantize", "infinite scale", [](arguments& a) { a.requantize.scale = infinity; },
     "gemm: requantize has scale inf; it must be finite and not zero"},
    {byte_output, "requantize", "zero point above", [](arguments& a) { a.requantize.zero_point = 256; },
     "gemm: requantize has zero point 256, outside 0..255"},
    {byte_output, "requantize", "zero point below", [](arguments& a) { a.requantize.zero_point = -1; },
     "gemm: requantize has zero point -1, outside 0..255"},

    {int8_codes, "weights", "group past the int32 bound", [](arguments& a) { a.lengthen(65794); },
     "gemm: a float group of 65794 weights may overflow int32; with uint8 weights and activations of magnitude up to "
     "128 it holds at most 65793"},
    {uint8_codes, "weights", "group past the int32 bound", [](arguments& a) { a.lengthen(33026); },
     "gemm: a float group of 33026 weights may overflow int32; with uint8 weights and activations of magnitude up to "
     "255 it holds at most 33025"},
    {corrections, "correction", "rows", [](arguments& a) { a.correction.rows = 4; },
     "composite: a correction is [4, 40], the weights are [5, 40]"},
    {corrections, "correction", "columns", [](arguments& a) { a.correction.cols = 41; },
     "composite: a correction is [5, 41], the weights are [5, 40]"},
    {packed_weights, "weights", "not packed",
     [](arguments& a) {
       a.q.reset();
       a.x = {a.x_data.data(), a.x.rows(), 0, 48};
       a.x_codes = {a.codes_data.data(), 3, 0, 48};
       a.y = {a.y_data.data(), a.y.rows(), 0, 48};
       a.bytes = {a.bytes_data.data(), 3, 0, 48};
       a.residual = {a.residual_data.data(), 3, 0, 48};
       a.bias = {};
       a.factors = {};
     },
     "gemm: the weights are empty: pack them first"},
    {scratch_memory, "workspace", "too small", [](arguments& a) { a.workspace = a.workspace.first(16); },
     "gemm: the workspace has 16 bytes, this call needs "},
};

/// A function of the library.
struct entry_point {
  const char* name;
  const char* reports_as;  ///< the name in its messages, where rows leave it open
  unsigned takes;
  void (*call)(arguments&);
};

/// Calls the entry point right, then wrong in every way that concerns it.
inline void check(const entry_point& entry) {
  CAPTURE(entry.name);
  arguments good;
  CHECK_NOTHROW(entry.call(good));
  std::size_t ways = 0;
  for (const bad_call& bad : bad_calls) {
    // a row with both a kind of x and a kind of y concerns entry points that have both
    const bool both = bad.concerns == (weight_shape | rows_of_y) || bad.concerns == (weight_shape | vector_y);
    if (both ? (entry.takes & bad.concerns) != bad.concerns : (entry.takes & bad.concerns) == 0) {
      continue;
    }
    ++ways;
    CAPTURE(bad.argument);
    CAPTURE(bad.way);
    std::string expected = bad.text;
    if (const std::size_t open = expected.find("{}"); open != std::string::npos) {
      expected.replace(open, 2, entry.reports_as);
    }
    arguments spoiled;
    bad.spoil(spoiled);
    std::string text = "no error";
    try {
      entry.call(spoiled);
    } catch (const halftone::error& e) {
      text = e.what();
    }
    CAPTURE(expected);
    CHECK_MESSAGE(text.find(expected) != std::string::npos, text);
  }
  CHECK(ways > 0);
}

}  // namespace contract
