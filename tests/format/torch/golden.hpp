// SPDX-License-Identifier: MIT
// Halftone tests: the recorded matrices of golden.txt.
#pragma once

#include <halftone/format/torch/schemes.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace torch_test {

inline std::vector<std::uint8_t> bytes_of(const std::string& text) {
  std::vector<std::uint8_t> bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}
inline std::vector<float> floats_of(const std::string& text) {
  const std::vector<std::uint8_t> bytes = bytes_of(text);
  std::vector<float> floats;
  for (std::size_t i = 0; i + 4 <= bytes.size(); i += 4) {
    floats.push_back(std::bit_cast<float>(halftone::read_code<32>(bytes.data(), i / 4)));
  }
  return floats;
}

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
    const std::vector<float> w = floats_of(x);
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
    CHECK(our_scales == floats_of(scales));
    CHECK(our_zeros == floats_of(zeros));
    CHECK(our_codes == bytes_of(codes));
    CHECK(our_reals == floats_of(reals));
  }
  CHECK(found);
}

}  // namespace torch_test
