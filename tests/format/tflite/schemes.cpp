// SPDX-License-Identifier: MIT
// Halftone tests: activations as the operator QUANTIZE makes them, weights as its quantizer.
#include <halftone/format/tflite/schemes.hpp>

#include <halftone/quantize/quantize.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

namespace {

template <class Scheme>
std::vector<int> codes(std::vector<float> x, float scale, std::int32_t zero_point) {
  const group_parameters p{.scale = scale, .zero_point = zero_point};
  const auto q = quantize<Scheme>({x.data(), 1, x.size()}, given_parameters{{&p, 1}});
  std::vector<int> result;
  for (std::size_t i = 0; i < x.size(); ++i) {
    result.push_back(Scheme::element_type::level_of(q.code_at(0, i)));
  }
  return result;
}
using ints = std::vector<int>;

}  // namespace

TEST_CASE("the reference divides and rounds away from zero, the optimized kernel multiplies and rounds to even") {
  const std::vector<float> x{-1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 1000.0f, -1000.0f};
  CHECK(codes<tflite::int8_activations>(x, 1.0f, 3) == ints{1, 2, 4, 5, 6, 127, -128});
  CHECK(codes<tflite::by_optimized_kernel<tflite::int8_activations>>(x, 1.0f, 3) == ints{1, 3, 3, 5, 5, 127, -128});
  CHECK(codes<tflite::uint8_activations>(x, 1.0f, 3) == ints{1, 2, 4, 5, 6, 255, 0});
  CHECK(codes<tflite::int16_activations>(x, 1.0f, 0) == ints{-2, -1, 1, 2, 3, 1000, -1000});
  const std::vector<float> near{0.273939937f, -0.273939937f};
  CHECK(codes<tflite::int16_activations>(near, 0.00214854861f, 0) == ints{127, -127});
  CHECK(codes<tflite::by_optimized_kernel<tflite::int16_activations>>(near, 0.00214854861f, 0) == ints{128, -128});
}

TEST_CASE("weights have a scale a row, and never the most negative code") {
  const std::vector<float> w{-2.0f, 0.5f, 1.0f, 0.0f, 0.0f, 0.0f, 127.0f, -1.5f, 0.5f};
  const auto q = quantize<tflite::weights<>>({w.data(), 3, 3});
  CHECK(q.scale_at(0) == 2.0f / 127.0f);
  CHECK(q.scale_at(1) == 0.0f);
  CHECK(q.scale_at(2) == 1.0f);
  CHECK(int8::level_of(q.code_at(0, 0)) == -127);
  CHECK(int8::level_of(q.code_at(2, 1)) == -2);
  CHECK(int8::level_of(q.code_at(2, 2)) == 1);
  CHECK(quantize<tflite::weights<int4, per_tensor>>({w.data(), 3, 3}).scale_at(0) == 127.0f / 7.0f);
}

TEST_CASE("weights of ai-edge-quantizer are divided, with ties to even, and rows of zeros have a scale") {
  const std::vector<float> w{127.0f, 0.5f, 1.5f, 0.0f, 0.0f, 0.0f, -1e-12f, 0.0f, 1e-12f};
  const auto q = quantize<tflite::ai_edge_weights<>>({w.data(), 3, 3});
  CHECK((int8::level_of(q.code_at(0, 1)) == 0 && int8::level_of(q.code_at(0, 2)) == 2));
  CHECK((q.scale_at(0) == 1.0f && q.scale_at(1) == 1e-9f / 127.0f && q.scale_at(2) == 1e-9f / 127.0f));
  CHECK((q.code_at(1, 0) == 0 && q.code_at(2, 0) == 0));
}
