// SPDX-License-Identifier: MIT
// Halftone tests: codes without gaps between rows, there and back.
#include <halftone/format/tflite/flat_codes.hpp>
#include <halftone/format/tflite/schemes.hpp>

#include <halftone/core/random.hpp>

#include <doctest/doctest.h>

using namespace halftone;

namespace {

template <class Element>
void check(std::size_t rows, std::size_t cols) {
  CAPTURE(rows);
  CAPTURE(cols);
  using Scheme = tflite::weights<Element>;
  constexpr unsigned bits = Element::bits;
  std::vector<std::uint8_t> bytes(tflite::flat_bytes({rows, cols}, bits));
  for (std::size_t i = 0; i < rows * cols; ++i) {
    write_code<bits>(bytes.data(), i, static_cast<std::uint32_t>(random_bits(bits, i)));
  }
  quantized_matrix<Scheme> q(matrix_shape{rows, cols});
  tflite::from_flat(bytes, q);
  for (std::size_t i = 0; i < rows * cols; ++i) {
    REQUIRE(q.code_at(i / cols, i % cols) == read_code<bits>(bytes.data(), i));
  }
  CHECK(tflite::to_flat(q) == bytes);
}

}  // namespace

TEST_CASE("rows that end within a byte share it with the next") {
  quantized_matrix<tflite::weights<int4>> q(matrix_shape{2, 3});
  const std::uint8_t bytes[3] = {0x21, 0x43, 0x65};
  tflite::from_flat(bytes, q);
  CHECK(std::vector<std::uint8_t>(q.codes().begin(), q.codes().end()) == std::vector<std::uint8_t>{0x21, 0x03, 0x54, 0x06});
  CHECK(tflite::to_flat(q) == std::vector<std::uint8_t>{0x21, 0x43, 0x65});
  const std::uint8_t other[3] = {0x12, 0x34, 0x56};
  tflite::from_flat(other, q);  // in the place of the first
  CHECK(tflite::to_flat(q) == std::vector<std::uint8_t>{0x12, 0x34, 0x56});
}

TEST_CASE_TEMPLATE("codes there and back", Element, int2, int4, int8, int16) {
  for (const std::size_t rows : {0u, 1u, 2u, 3u, 17u}) {
    for (const std::size_t cols : {0u, 1u, 2u, 3u, 4u, 5u, 8u, 31u}) {
      check<Element>(rows, cols);
    }
  }
}

TEST_CASE("bytes of another count are refused") {
  quantized_matrix<tflite::weights<int4>> q(matrix_shape{3, 3});
  const std::uint8_t bytes[6] = {};
  CHECK_NOTHROW(tflite::from_flat(std::span(bytes).first(5), q));
  CHECK_THROWS_WITH_AS(tflite::from_flat(bytes, q), doctest::Contains("6 bytes of codes for [3, 3] of 4 bits"), halftone::error);
  CHECK_THROWS_WITH_AS(tflite::from_flat(std::span(bytes).first(4), q), doctest::Contains("4 bytes"), halftone::error);
  CHECK(tflite::flat_bytes({std::size_t{1} << (sizeof(std::size_t) * 4), std::size_t{1} << (sizeof(std::size_t) * 4)}, 16) ==
        ~std::size_t{0});
}
