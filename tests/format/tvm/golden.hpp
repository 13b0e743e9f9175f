// SPDX-License-Identifier: MIT
// Halftone tests: the recorded lines of golden.txt.
#pragma once

#include <format/hex_fields.hpp>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace tvm_test {

/// The fields of every line that begins with `rule`.
inline std::vector<std::vector<std::string>> recorded(const std::string& rule) {
  std::ifstream file(HALFTONE_SOURCE_DIR "/tests/format/tvm/golden.txt");
  std::vector<std::vector<std::string>> lines;
  for (std::string line, field; std::getline(file, line);) {
    std::istringstream in(line);
    in >> field;
    if (field == rule) {
      lines.emplace_back();
      while (in >> field) {
        lines.back().push_back(field);
      }
    }
  }
  return lines;
}

}  // namespace tvm_test
