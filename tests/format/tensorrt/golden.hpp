// SPDX-License-Identifier: MIT
// Halftone tests: the recorded matrices of golden.txt.
#pragma once

#include <halftone/element/bit_packing.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace tensorrt_test {

/// A line of the file.
struct recorded {
  std::size_t rows = 0, cols = 0;
  std::vector<float> x, scales, reals;
  std::vector<std::uint8_t> bytes;
};

[[nodiscard]] inline std::vector<std::uint8_t> bytes_of(const std::string& text) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}
[[nodiscard]] inline std::vector<float> floats_of(const std::string& text) {
  const std::vector<std::uint8_t> bytes = bytes_of(text);
  std::vector<float> floats;
  for (std::size_t i = 0; i < bytes.size() / 4; ++i) {
    floats.push_back(std::bit_cast<float>(halftone::read_code<32>(bytes.data(), i)));
  }
  return floats;
}

/// What was recorded of a rule.
[[nodiscard]] inline recorded read_recorded(const std::string& rule) {
  std::ifstream file(HALFTONE_SOURCE_DIR "/tests/format/tensorrt/golden.txt");
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    recorded r;
    std::string name, x, scales, bytes, reals;
    if (in >> name >> r.rows >> r.cols >> x >> scales >> bytes >> reals && name == rule) {
      r.x = floats_of(x), r.scales = floats_of(scales), r.reals = floats_of(reals), r.bytes = bytes_of(bytes);
      return r;
    }
  }
  FAIL("golden.txt has no line for ", rule);
  return {};
}

}  // namespace tensorrt_test
