// SPDX-License-Identifier: MIT
// Halftone tests: TVM's quantize, and MLC's groups.
#include <halftone/format/tvm/schemes.hpp>

#include <halftone/quantize/quantize.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

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
