// SPDX-License-Identifier: MIT
// Halftone tests: the recorded matrices of golden.txt.
#pragma once

#include <halftone/format/torch/schemes.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

#include <format/hex_fields.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace torch_test {

using halftone_test::bytes_of;
using halftone_test::numbers_of;

/// Quantizes the recorded floats of a rule and compares parameters, codes and real numbers, bit for bit.
template <class Scheme>
void check_recorded(const std::string& rule) {
  using Element = typename Scheme::element_type;
  std::ifstream file(HALFTONE_SOURCE_DIR "/tests/format/torch/golden.txt");
  bool found = false;
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    std::string name, x, scales, zeros, codes, reals;
    std::size_t rows = 0, cols = 0;
    if (!(in >> name >> rows >> cols >> x >> scales >> zeros >> codes >> reals) || name != rule) {
      continue;
    }
    found = true;
    const std::vector<float> w = numbers_of<float>(x);
    const auto q = halftone::quantize<Scheme>({w.data(), rows, cols});
    std::vector<float> our_scales, our_zeros, our_reals(w.size());
    std::vector<std::uint8_t> our_codes;
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      our_scales.push_back(q.scale_at(g));
      our_zeros.push_back(Scheme::has_offset ? q.offset_at(g) : static_cast<float>(q.zero_point_at(g)));
    }
    for (std::size_t i = 0; i < w.size(); ++i) {
      std::uint32_t code = q.code_at(i / cols, i % cols);
      if constexpr (halftone::uniform_element<Element>) {
        code = static_cast<std::uint32_t>(Element::level_of(code));
      }
      our_codes.push_back(static_cast<std::uint8_t>(code));
    }
    halftone::dequantize(q, halftone::matrix_view<float>(our_reals.data(), rows, cols));
    CHECK(our_scales == numbers_of<float>(scales));
    CHECK(our_zeros == numbers_of<float>(zeros));
    CHECK(our_codes == bytes_of(codes));
    CHECK(our_reals == numbers_of<float>(reals));
  }
  CHECK(found);
}

}  // namespace torch_test
