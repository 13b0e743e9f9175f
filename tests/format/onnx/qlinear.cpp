// SPDX-License-Identifier: MIT
// Halftone tests: codes of QGemm, recorded, and what is wrong with its arguments.
#include "golden.hpp"

#include <halftone/format/onnx/qlinear.hpp>
#include <halftone/format/onnx/schemes.hpp>
#include <halftone/format/onnx/tensors.hpp>
#include <halftone/gemm/gemm_integers.hpp>
#include <halftone/reference/gemm_integers.hpp>

using namespace halftone;
using onnx::tensor_order;

namespace {
template <class Output, class Element>
void check_recorded(const std::string& rule) {
  for (const onnx_test::recorded& r : onnx_test::lines_of(rule)) {
    const std::size_t n = r.fields[3].size();
    quantized_matrix<onnx::linear<Element, per_channel<0>>> w(matrix_shape{n, r.cols});
    onnx::from_tensor(r.fields[1], tensor_order::k_by_n, w);
    onnx::set_zero_points(r.fields[3], tensor_order::k_by_n, w);
    onnx::set_scales(r.floats(5), tensor_order::k_by_n, w);
    const std::int32_t zero = static_cast<Output>(r.fields[2][0]);
    const float one = 1.0f;
    const activation_view x{.codes = {r.fields[0].data(), r.rows, r.cols}, .is_signed = std::is_signed_v<Output>, .scales = &one,
                            .zero_points = &zero, .per_row = false};
    std::vector<std::int32_t> bias(n);
    for (std::size_t i = 0; i < n; ++i) {
      bias[i] = static_cast<std::int32_t>(read_code<32>(r.fields[8].data(), i));
    }
    const onnx::qlinear<Output> end(w, r.floats(4)[0], {.scale = r.floats(6)[0], .zero_point = static_cast<Output>(r.fields[7][0])}, bias);
    std::vector<Output> y(r.rows * n), again(r.rows * n);
    gemm_integers(x, pack(w), matrix_view<Output>(y.data(), r.rows, n), end.stage());
    reference::gemm_integers(x, w, matrix_view<Output>(again.data(), r.rows, n), end.stage());
    std::vector<Output> expected;
    for (const std::uint8_t code : r.fields[9]) {
      expected.push_back(static_cast<Output>(code));
    }
    CHECK(y == expected);
    CHECK(again == expected);
  }
}
using weights = onnx::linear<int8, per_channel<0>>;
}  // namespace

TEST_CASE("recorded QGemm") {
  check_recorded<std::uint8_t, int8>("qgemm_UINT8_INT8");
  check_recorded<std::int8_t, int8>("qgemm_INT8_INT8");
  check_recorded<std::uint8_t, uint8>("qgemm_UINT8_UINT8");
}

TEST_CASE("factors are a product and a quotient, each rounded; one for weights of no columns") {
  quantized_matrix<weights> w(matrix_shape{2, 3});
  onnx::set_scales(std::vector<float>{0.1f, 0.3f}, tensor_order::n_by_k, w);
  const onnx::qlinear<std::int8_t> end(w, 0.7f, {.scale = 0.9f, .zero_point = -3});
  CHECK(end.stage().factors[0] == product(0.7f, 0.1f) / 0.9f);
  CHECK(end.stage().factors[1] == product(0.7f, 0.3f) / 0.9f);
  CHECK(end.stage().zero_point == -3);
  const onnx::qlinear<std::uint8_t> nothing(quantized_matrix<weights>(matrix_shape{2, 0}), 1.0f, {.scale = 1.0f, .zero_point = 9});
  CHECK(nothing.stage().factors.size() == 1);
  CHECK(nothing.stage().apply(0, 1) == 9);
}

TEST_CASE("arguments that make no sense are refused") {
  quantized_matrix<weights> w(matrix_shape{2, 3});
  const std::vector<std::int32_t> bias(3);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  using end = onnx::qlinear<std::uint8_t>;
  CHECK_THROWS_WITH_AS(end(w, nan, {.scale = 1.0f}), "onnx: the input has scale nan", error);
  CHECK_THROWS_WITH_AS(end(w, 1.0f, {.scale = 0.0f}), "onnx: the output has scale 0", error);
  CHECK_THROWS_WITH_AS(end(w, 1.0f, {.scale = 1.0f}, bias), "onnx: 3 biases for 2 rows of weights", error);
  onnx::set_scales(std::vector<float>{1.0f, 1e30f}, tensor_order::n_by_k, w);
  CHECK_THROWS_WITH_AS(end(w, 1.0f, {.scale = 1e-30f}), "onnx: scale 1 of the weights gives the factor inf", error);
  onnx::set_scales(std::vector<float>{nan, 1.0f}, tensor_order::n_by_k, w);
  CHECK_THROWS_WITH_AS(end(w, 1.0f, {.scale = 1.0f}), "onnx: scale 0 of the weights gives the factor nan", error);
  quantized_matrix<onnx::linear<int8, per_group<2>>> groups(matrix_shape{2, 3});
  CHECK_THROWS_WITH_AS(end(groups, 1.0f, {.scale = 1.0f}), "onnx: weights of 2 rows have 4 scales", error);
}
