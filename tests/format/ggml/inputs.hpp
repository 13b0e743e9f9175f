// SPDX-License-Identifier: MIT
// Inputs of the golden cases, as make_golden.py computes them, and the lines of golden.txt.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/core/random.hpp>

#include "golden/sha256.hpp"

#include <array>
#include <cmath>
#include <fstream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ggml_test {

inline constexpr std::size_t rows = 3;
inline constexpr std::size_t cols = 768;
inline constexpr std::array<std::string_view, 15> cases{"uniform",  "bell",     "heavy",   "ties",  "sparse", "zeros", "constant",
                                                        "positive", "negative", "outlier", "small", "tiny",   "ramp",  "large", "almost"};

/// Number i of a case; every step is exact.
inline float value(std::size_t which, std::uint64_t i) {
  // Almost constant weights can lead Q4_K to a negative scale, whose integer wraps; this seed does.
  const std::uint64_t seed = cases[which] == "almost" ? 1101 : 1000 + which;
  const std::uint64_t r = halftone::random_bits(seed, i);
  const float unit = static_cast<float>(r >> 40) * 0x1p-24f;
  const float both = 2.0f * unit - 1.0f;
  const auto four = static_cast<std::int64_t>((r & 0xffff) + (r >> 16 & 0xffff) + (r >> 32 & 0xffff) + (r >> 48));
  const float bell = static_cast<float>(four - 131072) * 0x1p-16f;
  const std::string_view name = cases[which];
  if (name == "uniform") {
    return both;
  }
  if (name == "bell") {
    return bell;
  }
  if (name == "heavy") {
    return std::ldexp(both, static_cast<int>(r & 15) - 12);
  }
  if (name == "ties") {
    return (static_cast<float>((r >> 40) % 65) - 32.0f) * 0.125f;
  }
  if (name == "sparse") {
    return r % 11 == 0 ? bell : 0.0f;
  }
  if (name == "zeros") {
    return (r & 1) != 0 ? -0.0f : 0.0f;
  }
  if (name == "constant") {
    return (static_cast<float>(halftone::random_bits(seed, i / 32) % 17) - 8.0f) * 0.375f;
  }
  if (name == "positive") {
    return unit + 0.25f;
  }
  if (name == "negative") {
    return -(unit + 0.25f);
  }
  if (name == "outlier") {
    return i % 37 == 5 ? 8.0f + unit : i % 101 == 9 ? -8.0f - unit : bell * 0.0625f;
  }
  if (name == "small") {
    return bell * 0x1p-17f;
  }
  if (name == "tiny") {
    return bell * 0x1p-60f;
  }
  if (name == "ramp") {
    return (static_cast<float>(i % 256) - 100.0f) * 0.015625f;
  }
  if (name == "almost") {
    return (r % 12 == 0 ? bell : 0.0f) - 2.5f;
  }
  return bell * 0x1p20f;
}

inline std::vector<float> values(std::size_t which) {
  std::vector<float> all(rows * cols);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i] = value(which, i);
  }
  return all;
}

inline std::vector<float> importances() {
  std::vector<float> all(cols);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::uint64_t r = halftone::random_bits(77, i);
    all[i] = r % 13 == 0 ? 0.0f : static_cast<float>(r >> 40) * 0x1p-24f;
  }
  return all;
}

inline std::string digest(std::span<const std::uint8_t> bytes) { return golden::sha256(bytes).substr(0, 16); }

/// Of little-endian binary32; every NaN is one.
inline std::string digest(std::span<const float> floats) {
  std::vector<std::uint8_t> bytes;
  for (const float x : floats) {
    const std::uint32_t bits = x == x ? std::bit_cast<std::uint32_t>(x) : 0x7fc00000u;
    for (unsigned shift = 0; shift < 32; shift += 8) {
      bytes.push_back(static_cast<std::uint8_t>(bits >> shift));
    }
  }
  return digest(std::span<const std::uint8_t>(bytes));
}

/// What golden.txt says: "encode q4_0 bell plain" -> hash.
inline const std::map<std::string, std::string>& golden_lines() {
  static const std::map<std::string, std::string> lines = [] {
    std::map<std::string, std::string> all;
    std::ifstream file(HALFTONE_SOURCE_DIR "/tests/format/ggml/golden.txt");
    std::string line;
    while (std::getline(file, line)) {
      if (const std::size_t last = line.rfind(' '); !line.empty() && line[0] != '#') {
        all[line.substr(0, last)] = line.substr(last + 1);
      }
    }
    return all;
  }();
  return lines;
}

inline std::string golden_line(const std::string& name) {
  const auto found = golden_lines().find(name);
  return found == golden_lines().end() ? "no golden line: " + name : found->second;
}

}  // namespace ggml_test
