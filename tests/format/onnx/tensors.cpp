// SPDX-License-Identifier: MIT
// Halftone tests: bytes of ONNX tensors, both ways round.
#include <halftone/format/onnx/tensors.hpp>

#include <halftone/format/onnx/schemes.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using onnx::tensor_order;
using blocks = onnx::linear<uint4, per_group<2>>;

namespace {
/// Codes 1 2 3 / 4 5 6, scales 1 2 / 3 4, zero points 7 8 / 9 10.
quantized_matrix<blocks> small() {
  quantized_matrix<blocks> q(matrix_shape{2, 3});
  for (std::uint32_t i = 0; i < 6; ++i) {
    write_code<4>(q.row_codes(i / 3).data(), i % 3, i + 1);
  }
  for (std::size_t g = 0; g < 4; ++g) {
    q.scale_plane().set(g, static_cast<float>(g + 1));
    q.set_zero_point(g, static_cast<std::int32_t>(g + 7));
  }
  return q;
}
using bytes = std::vector<std::uint8_t>;
}  // namespace

TEST_CASE("elements run through a tensor without gaps, the first in the low half") {
  const auto q = small();
  CHECK(onnx::to_tensor(q, tensor_order::n_by_k) == bytes{0x21, 0x43, 0x65});
  CHECK(onnx::to_tensor(q, tensor_order::k_by_n) == bytes{0x41, 0x52, 0x63});
  CHECK(onnx::scales_of(q, tensor_order::n_by_k) == std::vector<float>{1, 2, 3, 4});
  CHECK(onnx::scales_of(q, tensor_order::k_by_n) == std::vector<float>{1, 3, 2, 4});
  CHECK(onnx::zero_points_of(q, tensor_order::n_by_k) == bytes{0x87, 0xa9});
  CHECK(onnx::zero_points_of(q, tensor_order::k_by_n) == bytes{0x97, 0xa8});
}

TEST_CASE("tensors there and back") {
  const auto q = small();
  for (const tensor_order order : {tensor_order::n_by_k, tensor_order::k_by_n}) {
    quantized_matrix<blocks> again(q.shape());
    again.set_zero_point(0, 15);  // replaced, and so are codes
    std::fill(again.codes().begin(), again.codes().end(), std::uint8_t{255});
    onnx::from_tensor(onnx::to_tensor(q, order), order, again);
    onnx::set_scales(onnx::scales_of(q, order), order, again);
    onnx::set_zero_points(onnx::zero_points_of(q, order), order, again);
    CHECK(std::ranges::equal(again.codes(), q.codes()));
    for (std::size_t g = 0; g < 4; ++g) {
      CHECK(again.parameters_at(g) == q.parameters_at(g));
    }
  }
}

TEST_CASE("2 and 16 bits; nothing at all") {
  quantized_matrix<onnx::linear<int2>> two(matrix_shape{1, 5});
  onnx::from_tensor(bytes{0xb1, 0x02}, tensor_order::n_by_k, two);  // 1 0 -1 -2, then -2
  CHECK(int2::level_of(two.code_at(0, 2)) == -1);
  CHECK(onnx::to_tensor(two, tensor_order::k_by_n) == bytes{0xb1, 0x02});
  quantized_matrix<onnx::linear<int16>> sixteen(matrix_shape{2, 1});
  onnx::from_tensor(bytes{0x01, 0x02, 0xff, 0xff}, tensor_order::k_by_n, sixteen);
  CHECK(sixteen.code_at(0, 0) == 0x0201);
  CHECK(int16::level_of(sixteen.code_at(1, 0)) == -1);
  quantized_matrix<blocks> empty(matrix_shape{0, 3});
  onnx::from_tensor(bytes{}, tensor_order::n_by_k, empty);
  onnx::set_scales({}, tensor_order::n_by_k, empty);
  onnx::set_zero_points({}, tensor_order::k_by_n, empty);
  CHECK(onnx::to_tensor(empty, tensor_order::k_by_n).empty());
}

TEST_CASE("tensors of another size are refused") {
  quantized_matrix<blocks> q(matrix_shape{2, 3});
  CHECK_THROWS_WITH_AS(onnx::from_tensor(bytes(4), tensor_order::n_by_k, q), "onnx: 4 bytes of codes for [2, 3] of 4 bits", error);
  CHECK_THROWS_WITH_AS(onnx::set_scales(std::vector<float>(3), tensor_order::n_by_k, q), "onnx: 3 scales for 4 groups", error);
  CHECK_THROWS_WITH_AS(onnx::set_zero_points(bytes(3), tensor_order::n_by_k, q), "onnx: 3 bytes of zero points for 4 groups of 4 bits",
                       error);
}
