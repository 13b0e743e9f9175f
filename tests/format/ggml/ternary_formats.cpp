// SPDX-License-Identifier: MIT
// Halftone tests: ternary and binary blocks against ggml's own bytes and floats.
#include "format/ggml/conformance.hpp"

#include <halftone/format/ggml/ternary_formats.hpp>

using namespace ggml_test;

namespace {

/// Random blocks without code 3 in the two-bit codes from `first` on.
std::vector<std::uint8_t> without_threes(std::vector<std::uint8_t> bytes, std::size_t size, std::size_t first,
                                         std::size_t count) {
  for (std::size_t b = 0; b < bytes.size(); b += size) {
    for (std::size_t i = b + first; i < b + first + count; ++i) {
      bytes[i] = static_cast<std::uint8_t>(bytes[i] & ~(bytes[i] >> 1 & 0x55));
    }
  }
  return bytes;
}

}  // namespace

TEST_CASE("the level -2 is not written") {
  const auto check = [](auto q, const auto& write) {
    CHECK_NOTHROW(write(q));
    for (const std::uint8_t byte : std::initializer_list<std::uint8_t>{0x02, 0x20, 0x80}) {
      auto other = q;
      other.row_codes(1)[17] = byte;
      CHECK_THROWS_AS(write(other), error);
    }
  };
  const std::vector<float> w(2 * 256, 1.0f);
  const matrix_view<const float> view(w.data(), 2, 256);
  check(ggml::quantize<ggml::tq2_0>(view), [](const auto& q) { static_cast<void>(ggml::write(q)); });
  check(ggml::quantize<ggml::q2_0>(view), [](const auto& q) { static_cast<void>(ggml::write(q)); });
  check(ggml::quantize<ggml::tq2_0, ggml::tq1_0_blocks>(view),
        [](const auto& q) { static_cast<void>(ggml::write<ggml::tq2_0, ggml::tq1_0_blocks>(q)); });
}

TEST_CASE("TQ1_0, TQ2_0, Q2_0 and Q1_0 have the bytes of ggml's encoders and decode to its floats") {
  check_encoder<ggml::tq2_0, ggml::tq1_0_blocks>("tq1_0");
  check_encoder<ggml::tq2_0>("tq2_0");
  check_encoder<ggml::q2_0>("q2_0");
  check_encoder<ggml::q1_0>("q1_0");
}

TEST_CASE("trits and bits are read and written unchanged; bytes of TQ1_0 that no five trits make mean what ggml takes them for") {
  check_bytes<ggml::tq2_0, ggml::tq1_0_blocks>("tq1_0", random_blocks(34, 54, rows * cols / 256, {52}), false);
  check_bytes<ggml::tq2_0>("tq2_0", without_threes(random_blocks(35, 66, rows * cols / 256, {64}), 66, 0, 64), true);
  check_bytes<ggml::q2_0>("q2_0", without_threes(random_blocks(42, 18, rows * cols / 64, {0}), 18, 2, 16), true);
  check_bytes<ggml::q1_0>("q1_0", random_blocks(41, 18, rows * cols / 128, {0}), true);
}

TEST_CASE("code 3 of ternary blocks is refused, with its block") {
  std::vector<std::uint8_t> bytes(3 * 66);
  bytes[66 + 40] = 0xc0;
  const auto tq2_0 = ggml::read<ggml::tq2_0>(bytes, {3, 256});
  REQUIRE(!tq2_0.has_value());
  CHECK(tq2_0.failure().code == file_error::malformed);
  CHECK(tq2_0.failure().offset == 66);
  std::vector<std::uint8_t> few(18);
  few[17] = 0x30;
  CHECK(!ggml::read<ggml::q2_0>(few, {1, 64}).has_value());
  few[17] = 0x20;
  CHECK(ggml::read<ggml::q2_0>(few, {1, 64}).has_value());
}

TEST_CASE("what is no matrix of blocks is refused") {
  check_refusals<ggml::tq2_0, ggml::tq1_0_blocks>();
  check_refusals<ggml::tq2_0>();
  check_refusals<ggml::q2_0>();
  check_refusals<ggml::q1_0>();
}
