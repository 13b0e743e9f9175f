// SPDX-License-Identifier: MIT
// Presets that others publish, against what their real packages make of the same weights: scales and codes, byte for byte.
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/best_of_neighbours.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstring>
#include <fstream>
#include <string>

using namespace halftone;

namespace {

const std::string golden = std::string(HALFTONE_SOURCE_DIR) + "/tests/golden/presets/";

/// The lines of a block.
std::vector<std::string> block(const std::string& file, const std::string& name) {
  std::ifstream in(golden + file);
  std::string line;
  while (std::getline(in, line) && line != name) {
  }
  std::vector<std::string> lines;
  while (std::getline(in, line) && !line.empty()) {
    lines.push_back(line);
  }
  return lines;
}
std::vector<std::uint32_t> numbers(const std::string& line, std::size_t digits) {
  std::vector<std::uint32_t> values;
  for (std::size_t i = 0; i + digits <= line.size(); i += digits) {
    values.push_back(static_cast<std::uint32_t>(std::stoul(line.substr(i, digits), nullptr, 16)));
  }
  return values;
}
std::vector<float> floats(const std::string& line) {
  std::vector<float> values;
  for (const std::uint32_t bits : numbers(line, 8)) {
    values.push_back(std::bit_cast<float>(bits));
  }
  return values;
}

template <class Scheme>
std::vector<std::uint32_t> codes_of(const quantized_matrix<Scheme>& q) {
  std::vector<std::uint32_t> codes;
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      codes.push_back(q.code_at(row, k));
    }
  }
  return codes;
}
template <class Plane>
std::vector<std::uint32_t> bytes_of(Plane plane) {
  std::vector<std::uint32_t> all;
  plane.for_each_plane("", [&](const std::string&, plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
    all.insert(all.end(), bytes.begin(), bytes.end());
  });
  return all;
}

/// Every real number is its code's times its scale's, in double: both exact for powers of two.
template <class Scheme>
void dequantizes(const quantized_matrix<Scheme>& q) {
  std::vector<float> reals(q.rows() * q.cols());
  dequantize(q, {reals.data(), q.rows(), q.cols()});
  std::size_t wrong = 0;
  for (std::size_t row = 0; row < q.rows(); ++row) {
    for (std::size_t k = 0; k < q.cols(); ++k) {
      const double level = static_cast<double>(q.scheme().element.decode(q.code_at(row, k)));
      const double scale = static_cast<double>(q.scale_at(q.group_of(row, k)));
      wrong += reals[row * q.cols() + k] != static_cast<float>(level * scale);
    }
  }
  CHECK(wrong == 0);
}

template <class Scheme>
void as_torchao(const std::string& type, const std::string& mode) {
  CAPTURE(type);
  CAPTURE(mode);
  const auto input = block("torchao.txt", "input");
  const auto expected = block("torchao.txt", "mx " + type + " " + mode);
  REQUIRE(expected.size() == 2);
  const std::vector<float> w = floats(input[0]);
  REQUIRE(w.size() == 512);
  const auto q = quantize<Scheme>({w.data(), 8, 64});
  CHECK(bytes_of(q.scale_plane()) == numbers(expected[0], 2));
  CHECK(codes_of(q) == numbers(expected[1], 2));
  dequantizes(q);
}

template <class Element>
void as_torchao(const std::string& type) {
  as_torchao<microscaled<Element>>(type, "FLOOR");
  as_torchao<scheme<Element, symmetric_by_exponent, per_group<32>, stored_as<e8m0_ceil>>>(type, "CEIL");
  as_torchao<scheme<Element, symmetric_by_rounded_exponent, per_group<32>, stored_as<e8m0_floor>>>(type, "EVEN");
  as_torchao<scheme<Element, symmetric, per_group<32>, stored_as<e8m0_ceil>>>(type, "RCEIL");
}

}  // namespace

TEST_CASE("microscaling in the four modes of torchao") {
  as_torchao<fp8_e4m3fn>("fp8_e4m3fn");
  as_torchao<fp8_e5m2>("fp8_e5m2");
  as_torchao<fp6_e3m2>("fp6_e3m2");
  as_torchao<fp6_e2m3>("fp6_e2m3");
  as_torchao<fp4_e2m1>("fp4_e2m1");
}

// No package at hand has it: the specification in double. Levels are 64ths, so the scale is 64 times smaller.
TEST_CASE("MXINT8 as the specification has it, rows of any length") {
  for (const std::size_t cols : {1u, 31u, 32u, 33u, 64u, 97u}) {
    std::vector<float> w(5 * cols);
    for (std::size_t i = 0; i < w.size(); ++i) {
      w[i] = std::ldexp(random_unit(cols, i) - 0.5f, static_cast<int>(i / 16 % 9) - 4);
    }
    const auto q = quantize<mxint8>({w.data(), 5, cols});
    const auto bytes = bytes_of(q.scale_plane());
    const std::size_t groups = (cols + 31) / 32;
    REQUIRE(bytes.size() == 5 * groups);
    std::size_t wrong = 0;
    for (std::size_t row = 0; row < 5; ++row) {
      for (std::size_t group = 0; group < groups; ++group) {
        double amax = 0;
        for (std::size_t k = 32 * group; k < std::min(32 * group + 32, cols); ++k) {
          amax = std::max(amax, std::abs(static_cast<double>(w[row * cols + k])));
        }
        const int shared = std::ilogb(amax);  // emax of the element is 0
        wrong += bytes[row * groups + group] + 6 != static_cast<std::uint32_t>(shared + 127);
        for (std::size_t k = 32 * group; k < std::min(32 * group + 32, cols); ++k) {
          const double level = std::nearbyint(std::ldexp(static_cast<double>(w[row * cols + k]), 6 - shared));
          const double expected = std::ldexp(std::clamp(level, -127.0, 127.0), shared - 6);
          wrong += static_cast<double>(q.value_at(row, k)) != expected;
        }
      }
    }
    CHECK(wrong == 0);
    dequantizes(q);
  }
}

TEST_CASE("NVFP4 as in torchao") {
  const auto input = block("torchao.txt", "nvfp4 input");
  const auto expected = block("torchao.txt", "nvfp4");
  REQUIRE(expected.size() == 3);
  const std::vector<float> w = floats(input[0]);
  const auto q = quantize<nvfp4>({w.data(), 8, 64});
  const auto& scales = q.scale_plane().matrix();
  CHECK(std::bit_cast<std::uint32_t>(scales.scale_at(0)) == numbers(expected[0], 8)[0]);
  CHECK(codes_of(scales) == numbers(expected[1], 2));
  CHECK(codes_of(q) == numbers(expected[2], 2));
}

namespace {

/// The weights of make_bitsandbytes.py.
std::vector<float> many_weights(std::size_t rows) {
  std::vector<float> w(rows * 512);
  for (std::size_t i = 0; i < w.size(); ++i) {
    const auto bits = static_cast<std::uint32_t>(i * 2654435761u);
    w[i] = std::ldexp(static_cast<float>(bits >> 8) / 0x1p24f - 0.5f, static_cast<int>(i / 512 % 7) - 3);
  }
  return w;
}

}  // namespace

TEST_CASE("NF4 as in bitsandbytes") {
  const auto expected = block("bitsandbytes.txt", "nf4");
  REQUIRE(expected.size() == 2);
  const std::vector<float> w = many_weights(64);
  const auto q = quantize<nf4_g64>({w.data(), 64, 512});
  std::vector<std::uint32_t> codes = codes_of(q);
  codes.resize(4 * 512);
  CHECK(codes == numbers(expected[0], 2));
  const std::vector<float> maxima = floats(expected[1]);
  REQUIRE(maxima.size() == q.group_count());
  for (std::size_t g = 0; g < maxima.size(); ++g) {
    CHECK(q.scale_at(g) == maxima[g]);
  }
}

// torch sums the mean in float, in an order of its own: here it is that of the sum in double. The test has both the same.
TEST_CASE("double quantization as in bitsandbytes") {
  const auto expected = block("bitsandbytes.txt", "double quantization");
  REQUIRE(expected.size() == 4);
  const std::vector<float> w = many_weights(64);
  const auto q = quantize<nf4_g64_double>({w.data(), 64, 512});
  const auto& nested = q.scale_plane().matrix();
  REQUIRE(nested.group_count() == 2);
  CHECK(nested.offset_at(0) == floats(expected[0])[0]);
  CHECK(nested.offset_at(1) == floats(expected[0])[0]);
  CHECK(nested.scale_at(0) == floats(expected[1])[0]);
  CHECK(nested.scale_at(1) == floats(expected[1])[1]);
  CHECK(codes_of(nested) == numbers(expected[2], 2));
  const std::vector<float> maxima = floats(expected[3]);
  REQUIRE(maxima.size() == q.group_count());
  for (std::size_t g = 0; g < maxima.size(); ++g) {
    CHECK(q.scale_at(g) == maxima[g]);
  }
  CHECK(q.bits_per_weight() == doctest::Approx(4 + 8 / 64.0 + 2 * 32 / (64.0 * 256)));
}

// ggml divides by the scale before it is rounded to fp16: no weight here lies that close to a tie.
TEST_CASE("ternary as in the gguf package, which has ggml's TQ1_0 and TQ2_0") {
  const auto expected = block("gguf.txt", "ternary");
  REQUIRE(expected.size() == 2);
  const std::vector<float> w = many_weights(4);
  const auto two_bits = quantize<ternary_g256>({w.data(), 4, 512});
  const auto base3 = quantize<ternary_base3_g256>({w.data(), 4, 512});
  const auto scales = numbers(expected[0], 4);
  REQUIRE(scales.size() == 8);
  for (std::size_t g = 0; g < 8; ++g) {
    CHECK(fp16::encode(two_bits.scale_at(g)) == scales[g]);
    CHECK(base3.scale_at(g) == two_bits.scale_at(g));
  }
  const auto levels = numbers(expected[1], 1);
  REQUIRE(levels.size() == w.size());
  for (std::size_t i = 0; i < w.size(); ++i) {
    CHECK(ternary::level_of(two_bits.code_at(i / 512, i % 512)) + 1 == static_cast<std::int32_t>(levels[i]));
    CHECK(base3.value_at(i / 512, i % 512) == two_bits.value_at(i / 512, i % 512));
  }
}
