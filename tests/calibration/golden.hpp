// SPDX-License-Identifier: MIT
// Halftone tests: the recorded streams of golden_torch.txt and golden_onnx.txt.
#pragma once

#include "streams.hpp"

#include <format/hex_fields.hpp>

#include <fstream>
#include <sstream>
#include <string>

namespace calibration_test {

/// Compares the range of make(numbers of the line) with every recorded line of an observer, bit for bit.
template <class Make>
void check_recorded(const std::string& system, const std::string& name, const Make& make) {
  std::ifstream file(HALFTONE_SOURCE_DIR "/tests/calibration/golden_" + system + ".txt");
  std::size_t found = 0;
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    std::string observer, options, values, ends;
    if (!(in >> observer >> options >> values >> ends) || observer != name) {
      continue;
    }
    ++found;
    std::vector<double> numbers;
    std::istringstream list(options);
    for (std::string number; std::getline(list, number, ',');) {
      numbers.push_back(std::stod(number));
    }
    const std::vector<float> x = halftone_test::numbers_of<float>(values), expected = halftone_test::numbers_of<float>(ends);
    REQUIRE(x.size() == 360);
    auto o = make(numbers);
    for (std::size_t i = 0; i < 3; ++i) {
      o.observe({x.data() + 120 * i, 6, 20});
    }
    CHECK(o.range().min == expected[0]);
    CHECK(o.range().max == expected[1]);
  }
  CHECK(found >= 3);
}

}  // namespace calibration_test
