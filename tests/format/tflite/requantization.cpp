// SPDX-License-Identifier: MIT
// Halftone tests: layers of 8-bit activations are those that the interpreter computed, and wrong ones are refused.
#include "golden.hpp"

#include <halftone/gemm/gemm_integers.hpp>
#include <halftone/reference/gemm_integers.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using namespace tflite_test;

namespace {

template <class Kernels, class Byte, class Scheme>
void check(const layer& one) {
  const auto q = one.matrix<Scheme>();
  const std::vector<std::int32_t> bias = numbers<std::int32_t>(one.bias);
  const std::vector<Byte> x = numbers<Byte>(one.x);
  const tflite::requantization<Kernels, Byte> end(q, one.input, one.output, bias, one.fused);
  const auto in = static_activations(matrix_view<const Byte>(x.data(), one.m, one.k), one.input);
  std::vector<Byte> y(one.m * one.n), by_kernel(one.m * one.n);
  reference::gemm_integers(in, q, matrix_view<Byte>(y.data(), one.m, one.n), end.stage());
  gemm_integers(in, pack(q), matrix_view<Byte>(by_kernel.data(), one.m, one.n), end.stage());
  CHECK(y == numbers<Byte>(one.y));
  CHECK(by_kernel == y);
}

template <class Kernels>
void check_kernels(const layer& one) {
  const bool rows = one.scales.size() != 8;
  if (one.weights == "uint8") {
    check<Kernels, std::uint8_t, tflite::uint8_weights>(one);
  } else if (one.weights == "int8") {
    rows ? check<Kernels, std::int8_t, tflite::weights<int8>>(one)
         : check<Kernels, std::int8_t, tflite::weights<int8, per_tensor>>(one);
  } else {
    rows ? check<Kernels, std::int8_t, tflite::weights<int4>>(one)
         : check<Kernels, std::int8_t, tflite::weights<int4, per_tensor>>(one);
  }
}

}  // namespace

TEST_CASE("layers of bytes are those of the interpreter, with each set of kernels") {
  unsigned layers = 0;
  for (const layer& one : golden_layers()) {
    if (one.activations == "int16") {
      continue;
    }
    CAPTURE(one.kernels);
    CAPTURE(one.weights);
    CAPTURE(one.x);
    ++layers;
    if (one.kernels == "XNNPACK") {
      check_kernels<tflite::xnnpack_kernels>(one);
    } else if (one.kernels == "reference") {
      check_kernels<tflite::reference_kernels>(one);
    } else {
      check_kernels<tflite::builtin_kernels>(one);
    }
  }
  CHECK(layers == 35);
}

TEST_CASE("bounds of fused activations") {
  using tflite::bounds_of;
  using tflite::code_bounds;
  using tflite::fused_activation;
  const group_parameters p{.scale = 0.1f, .zero_point = 3};
  CHECK(bounds_of<std::int8_t>(fused_activation::none, p) == code_bounds{-128, 127});
  CHECK(bounds_of<std::int8_t>(fused_activation::relu, p) == code_bounds{3, 127});
  CHECK(bounds_of<std::int8_t>(fused_activation::relu6, p) == code_bounds{3, 63});
  CHECK(bounds_of<std::int8_t>(fused_activation::relu_n1_to_1, p) == code_bounds{-7, 13});
  CHECK(bounds_of<std::uint8_t>(fused_activation::relu6, {.scale = 0.004f, .zero_point = 0}) == code_bounds{0, 255});
  CHECK(bounds_of<std::int8_t>(fused_activation::relu6, {.scale = 1e-38f, .zero_point = 127}) == code_bounds{127, 127});
  CHECK(bounds_of<std::int16_t>(fused_activation::relu_n1_to_1, {.scale = 2.0f}) == code_bounds{-1, 1});  // halves, away
}

TEST_CASE("weights of no columns, and of one row") {
  const quantized_matrix<tflite::weights<int8>> none(matrix_shape{3, 0});
  const std::int32_t bias[3] = {1, 2, 3};
  const tflite::requantization<tflite::reference_kernels, std::int8_t> end(none, {.scale = 1.0f}, {.scale = 1.0f, .zero_point = 5}, bias);
  CHECK(end.stage().apply(0, 2) == 5);
  // One scale is one scale, whatever the granularity: the factor is taken from the float product.
  quantized_matrix<tflite::weights<int8>> one(matrix_shape{1, 2});
  one.scale_plane().set(0, 0.013f);
  const tflite::requantization<tflite::builtin_kernels, std::int8_t> row(one, {.scale = 0.11f}, {.scale = 0.017f});
  CHECK(row.stage().factors[0] == to_fixed_point(static_cast<double>(0.11f * 0.013f) / static_cast<double>(0.017f)));
}

TEST_CASE("a layer that cannot be is refused") {
  using weights = tflite::weights<int8>;
  using end = tflite::requantization<tflite::xnnpack_kernels, std::int8_t>;
  quantized_matrix<weights> q(matrix_shape{3, 4});
  for (std::size_t g = 0; g < 3; ++g) {
    q.scale_plane().set(g, 0.5f);
  }
  const group_parameters p{.scale = 0.5f};
  const std::int32_t bias[2] = {};
  const auto refuses = [](const auto& call, const char* words) {
    CHECK_THROWS_WITH_AS(call(), doctest::Contains(words), halftone::error);
  };
  for (const float wrong : {0.0f, -1.0f, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
    refuses([&] { (void)end(q, {.scale = wrong}, p); }, "the input has scale");
    refuses([&] { (void)end(q, p, {.scale = wrong}); }, "the output has scale");
  }
  refuses([&] { (void)end(q, p, p, bias); }, "2 biases for 3 rows");
  refuses([&] { (void)end(quantized_matrix<scheme<int8, symmetric, per_group<2>>>(matrix_shape{3, 4}), p, p); },
          "weights of 3 rows have 6 scales");
  q.scale_plane().set(1, -0.5f);
  refuses([&] { (void)end(q, p, p); }, "the weights of group 1 have scale -0.5");
  q.scale_plane().set(1, std::numeric_limits<float>::infinity());
  refuses([&] { (void)end(q, p, p); }, "the weights of group 1 have scale inf");
}
