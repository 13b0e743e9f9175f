// SPDX-License-Identifier: MIT
// Halftone tests: the recorded matrices of golden.txt.
#pragma once

#include <halftone/element/bit_packing.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace onnx_test {

/// A line of golden.txt.
struct recorded {
  std::size_t rows = 0, cols = 0;
  std::vector<std::vector<std::uint8_t>> fields;

  [[nodiscard]] std::vector<float> floats(std::size_t field) const {
    std::vector<float> result;
    for (std::size_t i = 0; 4 * i < fields.at(field).size(); ++i) {
      result.push_back(std::bit_cast<float>(halftone::read_code<32>(fields[field].data(), i)));
    }
    return result;
  }
};

/// All lines of a rule; there is at least one.
inline std::vector<recorded> lines_of(const std::string& rule) {
  std::ifstream file(HALFTONE_SOURCE_DIR "/tests/format/onnx/golden.txt");
  std::vector<recorded> found;
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    std::string name, text;
    recorded r;
    if (!(in >> name >> r.rows >> r.cols) || name != rule) {
      continue;
    }
    while (in >> text) {
      std::vector<std::uint8_t> bytes;
      for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        bytes.push_back(static_cast<std::uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
      }
      r.fields.push_back(bytes);
    }
    found.push_back(r);
  }
  CHECK(!found.empty());
  return found;
}

}  // namespace onnx_test
