// SPDX-License-Identifier: MIT
// Halftone tests: MXFP4 and NVFP4 against ggml's own bytes and floats.
#include "format/ggml/conformance.hpp"

#include <halftone/format/ggml/float_formats.hpp>

#include <cmath>
#include <limits>
#include <string>

using namespace ggml_test;

TEST_CASE("MXFP4 and NVFP4 have the bytes of ggml's encoders and decode to its floats") {
  check_encoder<ggml::mxfp4>("mxfp4");
  check_encoder<ggml::nvfp4>("nvfp4");
}

TEST_CASE("blocks of fp4 are read by value: minus zero stays, which ggml reads as zero, and scales of NVFP4 are written without what ggml overlooks") {
  std::vector<std::uint8_t> bytes = random_blocks(39, 17, rows * cols / 32, {});
  for (std::size_t b = 0; b < bytes.size(); b += 17) {
    bytes[b] = bytes[b] == 255 ? 127 : bytes[b];
  }
  check_bytes<ggml::mxfp4>("mxfp4", bytes, true, true);
  bytes = random_blocks(40, 36, rows * cols / 64, {});
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = i % 36 < 4 && bytes[i] == 255 ? 127 : bytes[i];
  }
  check_bytes<ggml::nvfp4>("nvfp4", bytes, false, true);
}

TEST_CASE("scales that are no number are refused, with their block") {
  std::vector<std::uint8_t> bytes(2 * 17);
  bytes[17] = 255;
  const auto mxfp4 = ggml::read<ggml::mxfp4>(bytes, {2, 32});
  REQUIRE(!mxfp4.has_value());
  CHECK(mxfp4.failure().offset == 17);
  bytes.assign(36, 0);
  bytes[3] = 255;
  CHECK(!ggml::read<ggml::nvfp4>(bytes, {1, 64}).has_value());
}

TEST_CASE("scales that the format has no bytes for are not written") {
  const auto check = [](auto q, float bad) {
    CHECK_NOTHROW(static_cast<void>(ggml::write(q)));
    q.scale_plane().set(q.scale_plane().shape().cols + 1, bad);  // row 1, the second scale
    std::string text;
    try {
      static_cast<void>(ggml::write(q));
    } catch (const error& e) {
      text = e.what();
    }
    CHECK(text.find("row 1 holds a scale or a level that") != std::string::npos);
  };
  const float nan = std::numeric_limits<float>::quiet_NaN();
  std::vector<float> w(2 * 128);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = value(1, i);
  }
  check(ggml::quantize<ggml::nvfp4>({w.data(), 2, 128}), -0.5f);
  check(ggml::quantize<ggml::nvfp4>({w.data(), 2, 128}), -0.0f);
  check(ggml::quantize<ggml::nvfp4>({w.data(), 2, 128}), nan);
  check(ggml::quantize<ggml::mxfp4>({w.data(), 2, 128}), nan);
}

TEST_CASE("what is no matrix of blocks is refused") {
  check_refusals<ggml::mxfp4>();
  check_refusals<ggml::nvfp4>();
}

TEST_CASE("the logarithm below a power of two is rounded as binary32 rounds it") {
  std::size_t wrong = 0;
  std::size_t rounded_up = 0;
  for (std::uint32_t exponent = 1; exponent < 255; ++exponent) {
    for (std::uint32_t missing = 1; missing <= 100; ++missing) {
      const float x = std::bit_cast<float>((exponent << 23) + 0x800000u - missing);
      const auto logarithm = static_cast<float>(std::log2(static_cast<double>(x)));
      const std::int32_t found = ggml::fp4_detail::floor_of_rounded_log2(x);
      wrong += static_cast<float>(found) != std::floor(logarithm) ? 1u : 0u;
      rounded_up += found != static_cast<std::int32_t>(exponent) - 127 ? 1u : 0u;
    }
  }
  CHECK(wrong == 0);
  CHECK(rounded_up > 5000);
}
