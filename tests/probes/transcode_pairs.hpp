// SPDX-License-Identifier: MIT
// Transcoding every pair of a list of schemes: exact pairs dequantize to the same floats, the error of others is the one
// measured, and both are the bits of the reference. In two files, which build side by side.
#pragma once

#include <halftone/core/random.hpp>
#include <halftone/format/ggml/schemes.hpp>
#include <halftone/quantize/transcode.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <vector>

namespace transcode_pairs {

using namespace halftone;

inline std::vector<float> weights(matrix_shape shape, int kind) {
  std::vector<float> w(shape.rows * shape.cols);
  for (std::size_t i = 0; i < w.size(); ++i) {
    const std::size_t row = i / shape.cols;
    const float x = random_unit(static_cast<std::uint64_t>(kind) + 7, i) - 0.5f;
    w[i] = kind == 0 ? x : kind == 1 ? (row % 2 == 0 ? 0.0f : x * 1e-3f) : static_cast<float>(static_cast<int>(x * 14.0f)) * 0.25f;
  }
  return w;
}

template <class Scheme>
std::vector<std::uint8_t> bytes_of(quantized_matrix<Scheme> q) {
  std::vector<std::uint8_t> all;
  q.for_each_plane("", [&](const std::string&, plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
    all.insert(all.end(), bytes.begin(), bytes.end());
  });
  return all;
}

inline int exact_pairs = 0;

template <class From, class To>
void check_pair(matrix_shape shape, int kind) {
  CAPTURE(From::name());
  CAPTURE(To::name());
  CAPTURE(kind);
  CAPTURE(shape.cols);
  const std::vector<float> w = weights(shape, kind);
  const auto from = quantize<From>({w.data(), shape.rows, shape.cols});
  const auto out = transcode<To>(from);
  const auto plain = reference::transcode<To>(from);
  REQUIRE(out.exact == plain.exact);
  CHECK(bytes_of(out.matrix) == bytes_of(plain.matrix));
  CHECK(out.error.relative_mse == plain.error.relative_mse);
  CHECK(out.error.max_error == plain.error.max_error);
  std::vector<float> before(w.size());
  reference::dequantize(from, {before.data(), shape.rows, shape.cols});
  const error_report measured = reference::compare({before.data(), shape.rows, shape.cols}, out.matrix);
  CHECK(out.error.relative_mse == measured.relative_mse);
  CHECK(out.error.sqnr_db == measured.sqnr_db);
  CHECK(out.error.max_error == measured.max_error);
  CHECK(out.error.bits_per_weight == measured.bits_per_weight);
  if (!out.exact) {
    return;
  }
  ++exact_pairs;
  bool same = true;
  for (std::size_t row = 0; row < shape.rows; ++row) {
    for (std::size_t k = 0; k < shape.cols; ++k) {
      const float a = before[row * shape.cols + k];
      const float b = out.matrix.value_at(row, k);
      same = same && (a == 0.0f ? b == 0.0f : std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b));
    }
  }
  CHECK(same);
}

using fp32_g64 = scheme<int4, symmetric_signed_extreme, per_group<64>>;
using by_columns = scheme<int8_narrow, symmetric, per_channel<1>>;
using in_blocks = scheme<uint4, asymmetric, per_block<2, 32>, stored_as<bf16>>;

template <class... Schemes>
struct list {};
using all = list<int8_per_tensor, int8_g32, uint8_per_channel, int4_g32, uint4_g32, offset4_g32, fp32_g64, by_columns, in_blocks,
                 mxfp4, nvfp4, nf4_g64_double, ternary_base3_g256, ggml::q4_k, float32>;

template <class From, class... To>
void check_from(list<To...>, matrix_shape shape, int kind) {
  (check_pair<From, To>(shape, kind), ...);
}

template <class From>
void check_all() {
  exact_pairs = 0;
  for (const matrix_shape shape : {matrix_shape{4, 70}, {3, 1}, {0, 8}, {2, 0}}) {
    for (const int kind : {0, 1, 2}) {
      check_from<From>(all{}, shape, kind);
    }
  }
  CHECK(exact_pairs >= 24);  // itself and float32 at the least, in each shape and kind
}

}  // namespace transcode_pairs
