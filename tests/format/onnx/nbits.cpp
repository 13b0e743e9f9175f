// SPDX-License-Identifier: MIT
// Halftone tests: weights that onnxruntime's block quantizers made, byte for byte, and products with them.
#include "golden.hpp"

#include <halftone/core/random.hpp>
#include <halftone/format/onnx/nbits.hpp>
#include <halftone/format/onnx/tensors.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/quantize.hpp>

#include <algorithm>

using namespace halftone;
using onnx::tensor_order;
using bytes = std::vector<std::uint8_t>;

namespace {
template <class Scheme>
void check_recorded(const std::string& rule) {
  for (const onnx_test::recorded& r : onnx_test::lines_of(rule)) {
    const std::vector<float> w = r.floats(0);
    const auto q = quantize<Scheme>({w.data(), r.rows, r.cols});
    CHECK(onnx::to_nbits(q) == r.fields[1]);
    CHECK(onnx::scales_of(q, tensor_order::n_by_k) == r.floats(2));
    quantized_matrix<Scheme> again(q.shape());
    std::fill(again.codes().begin(), again.codes().end(), std::uint8_t{255});  // replaced
    onnx::from_nbits(r.fields[1], again);
    onnx::set_scales(r.floats(2), tensor_order::n_by_k, again);
    if constexpr (Scheme::has_zero_point) {
      CHECK(onnx::nbits_zero_points_of(q) == r.fields[3]);
      onnx::set_nbits_zero_points(r.fields[3], again);
    }
    CHECK(std::ranges::equal(again.codes(), q.codes()));
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      CHECK(again.parameters_at(g) == q.parameters_at(g));
    }
    CHECK(std::ranges::equal(reference::quantize<Scheme>({w.data(), r.rows, r.cols}).codes(), q.codes()));
  }
}
template <class Scheme>
void check_tensor(const std::string& rule, tensor_order order) {
  for (const onnx_test::recorded& r : onnx_test::lines_of(rule)) {
    const std::vector<float> w = r.floats(0);
    const auto q = quantize<Scheme>({w.data(), r.rows, r.cols});
    CHECK(onnx::to_tensor(q, order) == r.fields[1]);
    CHECK(onnx::scales_of(q, order) == r.floats(2));
    if constexpr (Scheme::has_zero_point) {
      CHECK(onnx::zero_points_of(q, order) == r.fields[3]);
    }
  }
}
template <unsigned Bits, std::size_t Block>
void check_bits() {
  const std::string name = "nbits_" + std::to_string(Bits) + "_" + std::to_string(Block);
  check_recorded<onnx::mat_mul_nbits<Bits, Block>>(name + "_symmetric");
  check_recorded<onnx::mat_mul_nbits_with_zero_points<Bits, Block>>(name + "_asymmetric");
}
}  // namespace

TEST_CASE("recorded weights of MatMulNBits") {
  check_bits<2, 16>();
  check_bits<4, 16>();
  check_bits<4, 32>();
  check_bits<8, 16>();
}

TEST_CASE("recorded tensors of the quantizers for DequantizeLinear and GatherBlockQuantized") {
  check_tensor<onnx::qdq_blocks<16>>("qdq_symmetric", tensor_order::k_by_n);
  check_tensor<onnx::qdq_blocks_with_zero_points<16>>("qdq_asymmetric", tensor_order::k_by_n);
  check_tensor<onnx::gather_blocks<16>>("gather_symmetric", tensor_order::n_by_k);
  check_tensor<onnx::gather_blocks_with_zero_points<16>>("gather_asymmetric", tensor_order::n_by_k);
}

TEST_CASE("levels of signed weights are codes less the middle; rows are whole blocks") {
  using weights = onnx::mat_mul_nbits<4, 16>;
  quantized_matrix<weights> q(matrix_shape{2, 17});
  bytes b(2 * 16);
  b[0] = 0xf0;   // -8, 7
  b[8] = 0xa9;   // 1, and what lies beyond k
  b[16] = 0x08;  // 0, -8
  onnx::from_nbits(b, q);
  CHECK(int4::level_of(q.code_at(0, 0)) == -8);
  CHECK(int4::level_of(q.code_at(0, 1)) == 7);
  CHECK(int4::level_of(q.code_at(0, 16)) == 1);
  CHECK(int4::level_of(q.code_at(1, 0)) == 0);
  b[8] = 0x09;
  CHECK(onnx::to_nbits(q) == b);
}

TEST_CASE("zero points of each row begin on a byte, and end with the middle") {
  using weights = onnx::mat_mul_nbits_with_zero_points<2, 16>;
  quantized_matrix<weights> q(matrix_shape{2, 33});
  onnx::set_nbits_zero_points(bytes{0xe4, 0x1b}, q);  // 0 1 2 | 3 2 1
  for (std::size_t g = 0; g < 6; ++g) {
    CHECK(q.zero_point_at(g) == std::vector{0, 1, 2, 3, 2, 1}[g]);
  }
  CHECK(onnx::nbits_zero_points_of(q) == bytes{0xa4, 0x9b});
}

TEST_CASE("ties: above the middle the first form rounds up, the QDQ form away") {
  const std::vector<float> w{-8.0f, -0.5f, 0.5f, 1.5f, -1.5f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};  // scale 1
  const auto first = quantize<onnx::mat_mul_nbits<4, 16>>({w.data(), 1, 16});
  const auto second = quantize<onnx::qdq_blocks<16>>({w.data(), 1, 16});
  const auto third = quantize<onnx::gather_blocks<16>>({w.data(), 1, 16});
  const int expected[3][4] = {{0, 1, 2, -1}, {-1, 1, 2, -2}, {0, 0, 2, -2}};
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(int4::level_of(first.code_at(0, i + 1)) == expected[0][i]);
    CHECK(int4::level_of(second.code_at(0, i + 1)) == expected[1][i]);
    CHECK(int4::level_of(third.code_at(0, i + 1)) == expected[2][i]);
  }
}

TEST_CASE("float zero points multiply as they are") {
  using weights = onnx::mat_mul_nbits_with_float_zero_points<2, 16>;
  quantized_matrix<weights> q(matrix_shape{1, 16});
  onnx::from_nbits(bytes{0xe4, 0, 0, 0}, q);
  onnx::set_scales(std::vector<float>{2.0f}, tensor_order::n_by_k, q);
  q.offset_plane().set(0, 1.5f);
  CHECK(q.value_at(0, 0) == -3.0f);
  CHECK(q.value_at(0, 3) == 3.0f);
}

TEST_CASE("gemm multiplies what was read, as the chain over real numbers does") {
  using weights = onnx::mat_mul_nbits_with_zero_points<4, 16>;
  constexpr std::size_t n = 5, k = 37;
  std::vector<float> w(n * k), x(2 * k), reals(n * k), y(2 * n);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = random_unit(3, i) - 0.25f;
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = random_unit(4, i) - 0.5f;
  }
  const auto made = quantize<weights>({w.data(), n, k});
  quantized_matrix<weights> q(made.shape());
  onnx::from_nbits(onnx::to_nbits(made), q);
  onnx::set_scales(onnx::scales_of(made, tensor_order::n_by_k), tensor_order::n_by_k, q);
  onnx::set_nbits_zero_points(onnx::nbits_zero_points_of(made), q);
  dequantize(q, matrix_view<float>(reals.data(), n, k));
  gemm(matrix_view<const float>(x.data(), 2, k), pack(q), matrix_view<float>(y.data(), 2, n));
  for (std::size_t i = 0; i < y.size(); ++i) {
    float sum = 0.0f;
    for (std::size_t j = 0; j < k; ++j) {
      sum = fused(x[i / n * k + j], reals[i % n * k + j], sum);
    }
    CHECK(y[i] == sum);
  }
}

TEST_CASE("inputs of another size are refused") {
  quantized_matrix<onnx::mat_mul_nbits_with_zero_points<4, 16>> q(matrix_shape{2, 17});
  CHECK_THROWS_WITH_AS(onnx::from_nbits(bytes(31), q),
                       "onnx: B of MatMulNBits has 31 bytes; [2, 17] of 4 bits in blocks of 16 have 32", error);
  CHECK_THROWS_WITH_AS(onnx::set_nbits_zero_points(bytes(3), q), "onnx: zero_points of MatMulNBits have 3 bytes; 2 rows of 2 blocks have 2",
                       error);
  quantized_matrix<onnx::mat_mul_nbits_with_zero_points<4, 16>> empty(matrix_shape{0, 17});
  onnx::from_nbits({}, empty);
  onnx::set_nbits_zero_points({}, empty);
  CHECK(onnx::to_nbits(empty).empty());
  CHECK(onnx::nbits_zero_points_of(empty).empty());
}
