// SPDX-License-Identifier: MIT
// Codes of every kind of element become the reals of the reference: all codes, groups that start anywhere, nested parameters.
#include <halftone/core/random.hpp>
#include <halftone/element/minifloat.hpp>
#include <halftone/element/tables.hpp>
#include <halftone/format/ggml/schemes.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <cstring>

using namespace halftone;

namespace {

/// Random bytes in all planes but floats, which get small numbers of either sign.
template <class Scheme>
void fill(quantized_matrix<Scheme>& q, std::uint64_t seed) {
  q.for_each_plane("q", [&](const std::string&, plane_type type, std::size_t, std::size_t, auto plane) {
    auto* bytes = reinterpret_cast<std::uint8_t*>(plane.data());
    for (std::size_t i = 0; i < plane.size_bytes(); ++i) {
      bytes[i] = static_cast<std::uint8_t>(random_bits(seed, i));
    }
    const std::size_t width = type == plane_type::fp32 ? 4 : type == plane_type::fp16 || type == plane_type::bf16 ? 2 : 0;
    for (std::size_t i = 0; width != 0 && i < plane.size_bytes(); i += width) {  // little-endian: the top byte is the last
      bytes[i + width - 1] = static_cast<std::uint8_t>((bytes[i + width - 1] & 0x80u) | 0x30u | (i / width % 8));
    }
  });
}

template <class Scheme>
void check(const Scheme& s = {}) {
  for (const matrix_shape shape : {matrix_shape{1, 1}, {3, 7}, {2, 16}, {5, 31}, {2, 33}, {3, 64}, {1, 100}, {2, 257}, {1, 1100}, {2, 2050}}) {
    CAPTURE(Scheme::name());
    CAPTURE(shape.cols);
    quantized_matrix<Scheme> q(shape, s);
    fill(q, shape.cols);
    std::vector<float> expected(shape.rows * shape.cols);
    std::vector<float> actual(shape.rows * (shape.cols + 1), -77.0f);
    reference::dequantize(q, matrix_view<float>(expected.data(), shape.rows, shape.cols));
    dequantize(q, matrix_view<float>(actual.data(), shape.rows, shape.cols, shape.cols + 1));
    std::size_t wrong = 0;
    for (std::size_t r = 0; r < shape.rows; ++r) {
      for (std::size_t k = 0; k < shape.cols; ++k) {
        const float a = actual[r * (shape.cols + 1) + k];
        const float e = expected[r * shape.cols + k];
        wrong += std::memcmp(&a, &e, 4) != 0 && !(a != a && e != e) ? 1 : 0;
      }
      wrong += actual[r * (shape.cols + 1) + shape.cols] != -77.0f ? 1 : 0;
    }
    CHECK(wrong == 0);
  }
}

struct five {
  static constexpr std::array<float, 5> entries{-3.0f, -0.3f, 0.0f, 0.7f, 2.0f};
  static std::string name() { return "five"; }
};
template <class Element, std::size_t N>
using grouped = scheme<Element, symmetric, per_group<N>, stored_as<fp16>>;

}  // namespace

TEST_CASE("integers of every width") {
  check<scheme<uint1, float_offset, per_group<16>>>();
  check<grouped<int2, 20>>();
  check<grouped<int3, 16>>();
  check<grouped<int5, 24>>();
  check<grouped<int6, 100>>();
  check<grouped<int7, 32>>();
  check<scheme<uint5, asymmetric, per_group<32>, stored_as<bf16>>>();
}

TEST_CASE("tables of every width, and floats of eight bits") {
  check<grouped<binary, 32>>();
  check<grouped<codebook<five>, 20>>();
  check<grouped<nf4, 33>>();
  check<grouped<fp6_e2m3, 32>>();
  check<grouped<fp8_e4m3fn, 32>>();
  check<scheme<fp8_e5m2, symmetric, per_tensor>>();
  scheme<runtime_codebook<5>, symmetric, per_group<16>> learned;
  for (std::size_t i = 0; i < learned.element.entries.size(); ++i) {
    learned.element.entries[i] = static_cast<float>(i * i) * 0.125f - 3.0f;
  }
  check(learned);
}

TEST_CASE("parameters that are quantized again, more groups than are decoded at a time") {
  check<ggml::q2_k>();
  check<ggml::q4_k>();
  check<ggml::q6_k>();
  check<ggml::iq4_xs>();
  check<ggml::nvfp4>();
  check<scheme<int4, symmetric, per_group<16>, quantized_again<scheme<fp8_e4m3fn, symmetric, per_tensor>>>>();
}
