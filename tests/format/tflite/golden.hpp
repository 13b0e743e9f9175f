// SPDX-License-Identifier: MIT
// Halftone tests: the recorded layers of golden.txt.
#pragma once

#include <halftone/format/tflite/flat_codes.hpp>
#include <halftone/format/tflite/requantization.hpp>
#include <halftone/format/tflite/schemes.hpp>

#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

namespace tflite_test {

/// Little-endian numbers in hexadecimal; "-" is none.
template <class T>
std::vector<T> numbers(const std::string& text) {
  std::vector<T> values(text == "-" ? 0 : text.size() / 2 / sizeof(T));
  for (std::size_t i = 0; i < values.size(); ++i) {
    std::uint64_t bits = 0;
    for (std::size_t b = 0; b < sizeof(T); ++b) {
      bits |= std::stoull(text.substr(2 * (i * sizeof(T) + b), 2), nullptr, 16) << (8 * b);
    }
    if constexpr (std::is_same_v<T, float>) {
      values[i] = std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    } else {
      values[i] = static_cast<T>(bits);
    }
  }
  return values;
}

struct layer {
  std::string kernels, activations, weights;
  std::size_t m = 0, n = 0, k = 0;
  halftone::group_parameters input, output;
  halftone::tflite::fused_activation fused{};
  unsigned bias_bits = 0;
  std::string x, w, scales, bias, y;

  template <class Scheme>
  [[nodiscard]] halftone::quantized_matrix<Scheme> matrix() const {
    halftone::quantized_matrix<Scheme> q(halftone::matrix_shape{n, k});
    halftone::tflite::from_flat(numbers<std::uint8_t>(w), q);
    const std::vector<float> values = numbers<float>(scales);
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      q.scale_plane().set(g, values.at(g));
      q.set_zero_point(g, 128);
    }
    return q;
  }
};

inline std::vector<layer> golden_layers() {
  std::ifstream file(HALFTONE_SOURCE_DIR "/tests/format/tflite/golden.txt");
  std::vector<layer> all;
  for (std::string line; std::getline(file, line);) {
    std::istringstream in(line);
    layer one;
    unsigned fused = 0;
    if (line.starts_with("#")) {
      continue;
    }
    in >> one.kernels >> one.activations >> one.weights >> one.m >> one.n >> one.k >> one.input.scale >> one.input.zero_point >>
        one.output.scale >> one.output.zero_point >> fused >> one.bias_bits >> one.x >> one.w >> one.scales >> one.bias >> one.y;
    one.fused = static_cast<halftone::tflite::fused_activation>(fused);
    all.push_back(one);
  }
  return all;
}

}  // namespace tflite_test
