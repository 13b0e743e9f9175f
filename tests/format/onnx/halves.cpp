// SPDX-License-Identifier: MIT
// Halftone tests: quotients of 16-bit floats that become ties when they are rounded to 16 bits.
#include <halftone/format/onnx/halves.hpp>
#include <halftone/format/onnx/schemes.hpp>
#include <halftone/quantize/quantize.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

TEST_CASE("a quotient next to a tie is one in 16 bits") {
  // 112.5 / 0.333... as onnxruntime has them: numbers of float16, and codes that a float quotient would not give.
  const float scale = 0x1.558p-2f;  // 0.333496..., a number of float16
  std::vector<float> x;
  for (int i = -300; i <= 300; ++i) {
    x.push_back(fp16::decode(fp16::encode((static_cast<float>(i) + 0.5f) * scale)));
  }
  const std::vector<group_parameters> p{{.scale = scale, .zero_point = 3}};
  const auto halves = quantize<onnx::linear_of_halves<int8>>({x.data(), 1, x.size()}, given_parameters{p});
  const auto floats = quantize<onnx::linear<int8>>({x.data(), 1, x.size()}, given_parameters{p});
  unsigned different = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const float quotient = fp16::decode(fp16::encode(x[i] / scale));
    const float level = maximum(minimum(nearest_even::round(quotient, 0) + 3.0f, 127.0f), -128.0f);
    CHECK(static_cast<float>(int8::level_of(halves.code_at(0, i))) == level);
    different += halves.code_at(0, i) != floats.code_at(0, i) ? 1 : 0;
  }
  CHECK(different > 20);
}
