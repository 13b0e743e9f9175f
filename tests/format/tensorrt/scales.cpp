// SPDX-License-Identifier: MIT
// Halftone tests: how the largest magnitude of a group becomes its scale in ModelOpt.
#include <halftone/format/tensorrt/scales.hpp>

#include <halftone/element/integer.hpp>
#include <halftone/element/minifloat.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace halftone;

TEST_CASE("powers of two are those of a logarithm in float") {
  const auto expected = [](float x) {
    const double power = std::ceil(static_cast<float>(std::log2(static_cast<double>(x))));
    return std::ldexp(1.0f, static_cast<int>(std::min(std::max(power, -127.0), 127.0)));
  };
  for (std::uint32_t exponent = 1; exponent < 255; ++exponent) {
    for (std::uint32_t j = 0; j < 130; ++j) {
      const float x = std::bit_cast<float>((exponent << 23) + j - 65);
      CHECK(tensorrt::symmetric_by_log2::power_from(x) == expected(x));
    }
  }
  for (std::uint32_t j = 0; j < 40; ++j) {  // beside 2^-127
    const float x = std::bit_cast<float>(0x00400000u - 20 + j);
    CHECK(tensorrt::symmetric_by_log2::power_from(x) == expected(x));
  }
  CHECK(tensorrt::symmetric_by_log2::power_from(0.0f) == 0.0f);
  CHECK(tensorrt::symmetric_by_log2::power_from(std::numeric_limits<float>::max()) == 0x1p127f);
  CHECK(tensorrt::symmetric_by_log2::choose({-6.0f, 1.0f}, fp4_e2m1{}).scale == 1.0f);
  CHECK(tensorrt::symmetric_by_log2::choose({-448.0f, 0.0f}, fp8_e4m3fn{}).scale == 1.0f);
}

TEST_CASE("stored reciprocals are rounded twice") {
  using rule = tensorrt::stored_reciprocal;
  CHECK(rule::choose({-3.0f, 1.0f}, int4{}).scale == (1.0f / 3.0f) * 7.0f);
  CHECK(rule::choose({0.0f, 0.0f}, int4{}).scale == 1.0f);
  CHECK(rule::choose({0.0f, 1e-45f}, int4{}).scale == std::numeric_limits<float>::max());
  CHECK(rule::scaled(1.5f, {.scale = 2.0f}, 0.0f) == 3.0f);
  CHECK(rule::real(3.0f, {.scale = 2.0f}) == 1.5f);
}

template <class Mapping, class Element>
bool is_above_zero(const Element& e) {
  static_assert(positive_scale<Mapping> && scale_above_zero<Mapping>);
  bool above = true;
  for (const float end : {0.0f, 1e-45f, 1e-38f, 1e-5f, 1.0f, 3e38f}) {
    above = above && Mapping::choose({-end, end}, e).scale > 0.0f && Mapping::choose({0.0f, end}, e).scale > 0.0f;
  }
  return above;
}

TEST_CASE("scales that are never zero") {
  static_assert(!scale_above_zero<tensorrt::symmetric_by_log2> && !scale_above_zero<tensorrt::nvfp4_block_amax>);
  CHECK(is_above_zero<tensorrt::stored_reciprocal>(int4{}));
  CHECK(is_above_zero<tensorrt::symmetric_from_1e_5>(int4{}));
  CHECK(is_above_zero<tensorrt::symmetric_or_one>(int8{}));
  CHECK(is_above_zero<tensorrt::symmetric_or_one>(fp8_e4m3fn{}));
}

TEST_CASE("other scales") {
  CHECK(tensorrt::symmetric_from_1e_5::choose({-1e-6f, 1e-6f}, int4{}).scale == 1e-5f);
  CHECK(tensorrt::symmetric_from_1e_5::choose({-1.0f, 14.0f}, int4{}).scale == 2.0f);
  CHECK(tensorrt::symmetric_or_one::choose({0.0f, 0.0f}, int8{}).scale == 1.0f);
  CHECK(tensorrt::symmetric_or_one::choose({0.0f, 1e-45f}, int8{}).scale == 1.0f);
  CHECK(tensorrt::symmetric_or_one::choose({-254.0f, 1.0f}, int8{}).scale == 2.0f);
  CHECK(tensorrt::symmetric_or_one::choose({-896.0f, 1.0f}, fp8_e4m3fn{}).scale == 2.0f);
  CHECK(tensorrt::nvfp4_tensor_scale::choose({0.0f, 5376.0f}, fp8_e4m3fn{}).scale == 2.0f);
  CHECK(tensorrt::nvfp4_block_amax::choose({-9.0f, 1.0f}, fp4_e2m1{}).scale == 9.0f);
  CHECK(tensorrt::by_six_scales::scaled(12.0f, tensorrt::by_six_scales::factor_of(2.0f)) == 1.0f);
  CHECK(tensorrt::by_six_scales::scaled(12.0f, tensorrt::by_six_scales::factor_of(0.0f)) == 0.0f);
}
