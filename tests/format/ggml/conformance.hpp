// SPDX-License-Identifier: MIT
// What every block format of ggml must do: the bytes and floats of ggml (golden.txt), the same bytes after reading and
// writing, and the products of the reference.
#pragma once

#include "format/ggml/inputs.hpp"

#include <halftone/format/ggml/convert.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/gemm/pack.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/reference/gemm.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>

namespace ggml_test {

using namespace halftone;

/// Random bytes whose fp16 numbers, at `halves`, are finite.
inline std::vector<std::uint8_t> random_blocks(std::uint32_t type, std::size_t size, std::size_t blocks,
                                               std::initializer_list<std::size_t> halves) {
  std::vector<std::uint8_t> bytes(size * blocks);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(random_bits(500 + type, i));
  }
  for (std::size_t b = 0; b < blocks; ++b) {
    for (const std::size_t at : halves) {
      bytes[b * size + at + 1] &= 0xbf;
    }
  }
  return bytes;
}

/// @param zeros_alike  whether minus zero counts as zero
template <class Scheme>
std::string digest_of_weights(const quantized_matrix<Scheme>& q, bool zeros_alike = false) {
  std::vector<float> weights(q.rows() * q.cols());
  dequantize(q, matrix_view<float>(weights.data(), q.rows(), q.cols()));
  for (std::size_t i = 0; i < weights.size(); i += 97) {
    const float one = q.value_at(i / q.cols(), i % q.cols());
    CHECK((weights[i] == one || one != one));
  }
  for (float& x : weights) {
    x = zeros_alike && x == 0.0f ? 0.0f : x;
  }
  return digest(std::span<const float>(weights));
}

/// Formats that ggml encodes the same way with and without importance.
inline bool ignores_importance(const std::string& name) {
  constexpr std::string_view all[] = {"q8_0", "q8_1", "q8_K", "tq1_0", "tq2_0", "mxfp4", "nvfp4", "q1_0", "q2_0"};
  return std::find(std::begin(all), std::end(all), name) != std::end(all);
}

/// ggml decodes all but Q8_1, which is for activations.
inline bool is_decoded(const std::string& name) { return name != "q8_1"; }

/// The encoder's bytes, what they decode to, and that nothing is lost on the way. Every line of golden.txt must be there.
template <class Scheme, class Format = ggml::block_format<Scheme>>
void check_encoder(const std::string& name) {
  const std::vector<float> importance = importances();
  for (std::size_t which = 0; which < cases.size(); ++which) {
    const std::vector<float> w = values(which);
    const std::string input = "input " + std::string(cases[which]);
    REQUIRE(digest(std::span<const float>(w)) == golden_line(input));
    for (const std::string how : {"plain", "weighted"}) {
      const std::string at =
          name + " " + std::string(cases[which]) + " " + (ignores_importance(name) ? std::string("plain") : how);
      CAPTURE(at);
      const std::span<const float> counts = how == "weighted" ? std::span<const float>(importance) : std::span<const float>{};
      std::vector<std::uint8_t> bytes(rows * ggml::row_bytes<Scheme, Format>(cols));
      ggml::encode<Scheme, Format>({w.data(), rows, cols}, bytes, counts);
      CHECK(digest(std::span<const std::uint8_t>(bytes)) == golden_line("encode " + at));
      const auto q = ggml::read<Scheme, Format>(bytes, {rows, cols});
      REQUIRE(q.has_value());
      if (is_decoded(name)) {
        CHECK(digest_of_weights(q.value()) == golden_line("decode " + at));
      }
      CHECK(ggml::write<Scheme, Format>(q.value()) == bytes);
    }
  }
}

/// Any bytes are read by value and written back: unchanged where `unchanged`.
template <class Scheme, class Format = ggml::block_format<Scheme>>
void check_bytes(const std::string& name, const std::vector<std::uint8_t>& bytes, bool unchanged,
                 bool zeros_alike = false) {
  CAPTURE(name);
  const auto q = ggml::read<Scheme, Format>(bytes, {rows, cols});
  REQUIRE(q.has_value());
  if (is_decoded(name)) {
    CHECK(digest_of_weights(q.value(), zeros_alike) == golden_line("bytes " + name));
  }
  const std::vector<std::uint8_t> again = ggml::write<Scheme, Format>(q.value());
  CHECK((again == bytes) == unchanged);
  const auto second = ggml::read<Scheme, Format>(again, {rows, cols});
  REQUIRE(second.has_value());
  CHECK(digest_of_weights(second.value()) == digest_of_weights(q.value()));
  CHECK(ggml::write<Scheme, Format>(second.value()) == again);
}

/// Products with float and int8 activations are those of the reference, bit for bit.
template <class Scheme>
void check_products() {
  constexpr std::size_t n = 19, m = 3;
  constexpr std::size_t k = ggml::block_format<Scheme>::block::weights == 32 ? 96 : 512;
  std::vector<float> w(n * k), x(m * k);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = value(1, i) * 0.25f;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = value(0, i);
  }
  const quantized_matrix<Scheme> q = ggml::quantize<Scheme>({w.data(), n, k});
  const auto packed = pack(q);
  const auto same = [&](const auto& activations) {
    std::vector<float> y(m * n), expected(m * n);
    gemm(activations, packed, matrix_view<float>(y.data(), m, n));
    reference::gemm(activations, q, matrix_view<float>(expected.data(), m, n));
    std::size_t wrong = 0;
    float largest = 0.0f;
    for (std::size_t i = 0; i < y.size(); ++i) {
      wrong += std::bit_cast<std::uint32_t>(y[i]) != std::bit_cast<std::uint32_t>(expected[i]) ? 1u : 0u;
      largest = maximum(magnitude(y[i]), largest);
    }
    CHECK(wrong == 0);
    CHECK(largest > 0.5f);
  };
  same(matrix_view<const float>(x.data(), m, k));
  same(dynamic<int8_per_token>(matrix_view<const float>(x.data(), m, k)));
}

/// What is no matrix is refused with a sentence, and wrong calls throw.
template <class Scheme, class Format = ggml::block_format<Scheme>>
void check_refusals() {
  using format = Format;
  constexpr std::size_t k = format::block::weights;
  const auto read = [](std::span<const std::uint8_t> from, matrix_shape shape) { return ggml::read<Scheme, Format>(from, shape); };
  const auto encode = [](matrix_view<const float> from, std::span<std::uint8_t> to, std::span<const float> importance) {
    ggml::encode<Scheme, Format>(from, to, importance);
  };
  const auto write = [](const quantized_matrix<Scheme>& q) { return ggml::write<Scheme, Format>(q); };
  const std::vector<std::uint8_t> bytes(2 * format::bytes);
  CHECK(read(bytes, {2, k}).has_value());
  CHECK(read(bytes, {1, 2 * k}).has_value());
  CHECK(read({}, {0, k}).has_value());
  CHECK(read({}, {3, 0}).has_value());
  const auto odd = read(bytes, {2, k - 1});
  REQUIRE(!odd.has_value());
  CHECK(odd.failure().code == file_error::malformed);
  const auto cut = read(std::span(bytes).first(bytes.size() - 1), {2, k});
  REQUIRE(!cut.has_value());
  CHECK(cut.failure().code == file_error::truncated);
  CHECK(cut.failure().offset == bytes.size() - 1);
  CHECK(read(bytes, {1, k}).failure().code == file_error::bad_extent);
  CHECK(read(bytes, {largest_size / 2, k}).failure().code == file_error::truncated);

  std::vector<float> w(2 * k, 1.0f);
  std::vector<std::uint8_t> out(2 * format::bytes);
  const matrix_view<const float> view(w.data(), 2, k);
  CHECK_THROWS_AS(encode({w.data(), 2, k - 1}, out, {}), error);
  CHECK_THROWS_AS(encode(view, std::span(out).first(out.size() - 1), {}), error);
  CHECK_THROWS_AS(encode({w.data(), 1, k + 1}, std::span(out).first(format::bytes), {}), error);
  CHECK_THROWS_AS(encode({nullptr, 2, k}, out, {}), error);
  const auto quantize = [](matrix_view<const float> from) { return ggml::quantize<Scheme, Format>(from); };
  CHECK_THROWS_AS(static_cast<void>(quantize({w.data(), largest_size / 2, k})), error);
  CHECK(quantize({w.data(), 0, k}).shape() == matrix_shape{0, k});
  CHECK(quantize(view).shape() == matrix_shape{2, k});
  const std::vector<float> few(k - 1, 1.0f);
  CHECK_THROWS_AS(encode(view, out, few), error);
  std::vector<float> bad(k, 1.0f);
  bad[k - 1] = -1.0f;
  CHECK_THROWS_AS(encode(view, out, bad), error);
  bad[k - 1] = std::numeric_limits<float>::infinity();
  CHECK_THROWS_AS(encode(view, out, bad), error);
  for (const float x : {std::numeric_limits<float>::quiet_NaN(), -std::numeric_limits<float>::infinity()}) {
    w[2 * k - 1] = x;
    CHECK_THROWS_AS(encode(view, out, {}), error);
  }
  CHECK_THROWS_AS(static_cast<void>(write(quantized_matrix<Scheme>(matrix_shape{1, k + 1}))), error);
}

}  // namespace ggml_test
