// SPDX-License-Identifier: MIT
// Halftone tests: TVM's quantize, and MLC's groups.
#include <halftone/format/tvm/schemes.hpp>

#include <halftone/format/tvm/group_words.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

#include <format/tvm/golden.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;
using halftone_test::bytes_of;
using halftone_test::numbers_of;

namespace {

template <class Scheme>
std::vector<float> reals_of(const quantized_matrix<Scheme>& q) {
  std::vector<float> reals(q.rows() * q.cols());
  dequantize(q, matrix_view<float>(reals.data(), q.rows(), q.cols()));
  return reals;
}
template <class Element>
void check_recorded_codes(const std::string& rule) {
  const auto lines = tvm_test::recorded(rule);
  REQUIRE(lines.size() == 1);
  const auto& line = lines[0];
  const std::size_t rows = std::stoul(line[0]), cols = std::stoul(line[1]);
  const auto x = numbers_of<float>(line[2]);
  const auto scales = numbers_of<float>(line[3]);
  const auto zero_points = numbers_of<std::int32_t>(line[4]);
  std::vector<group_parameters> p(rows);
  for (std::size_t i = 0; i < rows; ++i) {
    p[i] = {.scale = scales[i], .zero_point = zero_points[i]};
  }
  const auto q = quantize<tvm::quantized<Element, per_channel<0>>>({x.data(), rows, cols}, given_parameters{p});
  const auto codes = numbers_of<std::int32_t>(line[5]);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    CHECK(Element::level_of(q.code_at(i / cols, i % cols)) == codes[i]);
  }
  CHECK(reals_of(q) == numbers_of<float>(line[6]));
}
template <class Scheme>
void check_recorded_groups(const std::string& rule) {
  const auto lines = tvm_test::recorded(rule);
  REQUIRE(lines.size() == 1);
  const auto& line = lines[0];
  const std::size_t rows = std::stoul(line[0]), cols = std::stoul(line[1]);
  const auto x = numbers_of<float>(line[2]);
  const auto q = quantize<Scheme>({x.data(), rows, cols});
  CHECK(tvm::to_words(q) == bytes_of(line[3]));
  std::vector<float> scales;
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    scales.push_back(q.scale_at(g));
  }
  CHECK(scales == numbers_of<float>(line[4]));
  CHECK(reals_of(q) == numbers_of<float>(line[5]));
}

}  // namespace

TEST_CASE("recorded codes and real numbers of relax.quantize") {
  check_recorded_codes<int8>("int8");
  check_recorded_codes<uint8>("uint8");
}

TEST_CASE("recorded words of MLC's formula") {
  check_recorded_groups<tvm::q4f16_1>("q4f16_1");
  check_recorded_groups<tvm::q3f16_1>("q3f16_1");
}

TEST_CASE("relax.quantize divides, rounds ties to even and then adds the zero point") {
  const std::vector<float> x{0.5f, 1.5f, 2.5f, -0.5f, 300.0f, -300.0f};
  const group_parameters p{.scale = 1.0f, .zero_point = 100};
  const auto q = quantize<tvm::quantized<int8>>({x.data(), 1, 6}, given_parameters{{&p, 1}});
  const int expected[] = {100, 102, 102, 100, 127, -128};
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(int8::level_of(q.code_at(0, i)) == expected[i]);
  }
}

TEST_CASE("MLC's ties go to odd levels, for the middle is odd") {
  const std::vector<float> x{7.0f, 0.5f, 1.5f, -0.5f, -1.5f, 2.25f};
  const auto q = quantize<tvm::q4f16_1>({x.data(), 1, 6});
  const int expected[] = {7, 1, 1, -1, -1, 2};
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(int4_narrow::level_of(q.code_at(0, i)) == expected[i]);
  }
  CHECK(tvm::q3f16_1::rounding_type::name() == "half_after_adding<3>");
  CHECK(tvm::q3f16_1::scaling_type::name() == "by_half_division");
  CHECK(tvm::by_half_division::scaled(1.0f, 3.0f) == fp16::decode(fp16::encode(1.0f / 3.0f)));
  const auto zeros = quantize<tvm::q3f16_1>({std::vector<float>(3).data(), 1, 3});
  CHECK(zeros.value_at(0, 2) == 0.0f);
}
