// SPDX-License-Identifier: MIT
// bfloat16 activations give the bits of their floats, by the kernels and by the reference, float and quantized.
#include "gemm/check.hpp"

#include <halftone/gemm/rows_as_floats.hpp>

using namespace halftone;
using gemm_test::values_of;

namespace {

template <class Scheme>
void check_halves(std::size_t m, std::size_t n, std::size_t k) {
  const std::size_t stride = k + 3;
  std::vector<bfloat16> halves(m * stride);
  std::vector<float> floats(m * k);
  const std::vector<float> values = values_of(m * stride, m + k);
  for (std::size_t row = 0; row < m; ++row) {
    for (std::size_t i = 0; i < k; ++i) {
      halves[row * stride + i] = to_bfloat16(values[row * stride + i]);
      floats[row * k + i] = to_float(halves[row * stride + i]);
    }
  }
  const std::vector<float> weights = values_of(n * k, n);
  const auto q = quantize<Scheme>({weights.data(), n, k});
  const auto w = pack(q);
  const matrix_view<const bfloat16> x(halves.data(), m, k, stride);
  const matrix_view<const float> wide(floats.data(), m, k);
  std::vector<float> expected(m * n), actual(m * n), plain(m * n);
  const auto view_of = [&](std::vector<float>& y) { return matrix_view<float>(y.data(), m, n); };
  const epilogue finish{silu{}};
  const auto check = [&](activation_kind kind, const auto& narrow, const auto& floating) {
    gemm(floating, w, view_of(expected), finish);
    const std::size_t bytes = gemm_workspace_bytes(kind, m, w);
    const std::vector<std::byte> memory(bytes);
    gemm(narrow, w, view_of(actual), finish, {.workspace = {const_cast<std::byte*>(memory.data()), bytes}});
    reference::gemm(narrow, q, view_of(plain), finish);
    CHECK(std::memcmp(actual.data(), expected.data(), expected.size() * sizeof(float)) == 0);
    CHECK(std::memcmp(plain.data(), expected.data(), expected.size() * sizeof(float)) == 0);
  };
  check(activation_kind::bfloat16s, x, wide);
  check(activation_kind::dynamic_bfloat16s, dynamic<int8_per_token>(x), dynamic<int8_per_token>(wide));
  using per_tensor_int8 = scheme<int8, symmetric, per_tensor>;
  gemm(dynamic<per_tensor_int8>(wide), w, view_of(expected));
  gemm(dynamic<per_tensor_int8>(x), w, view_of(actual));
  CHECK(actual == expected);
}

}  // namespace

TEST_CASE("bfloat16 activations give the bits of their floats") {
  for (const auto& [m, n, k] : {gemm_test::shape{1, 1, 1}, {1, 33, 129}, {5, 17, 65}, {260, 16, 40}, {3, 15, 16}}) {
    check_halves<int4_g32>(m, n, k);
    check_halves<float32>(m, n, k);
  }
}

TEST_CASE("rows widen exactly: specials, any length") {
  std::vector<bfloat16> halves(70);
  for (std::size_t i = 0; i < halves.size(); ++i) {
    halves[i] = static_cast<bfloat16>(random_bits(3, i) & 0xffff);
  }
  for (std::size_t count = 0; count <= halves.size(); ++count) {
    std::vector<float> wide(count);
    widen_row(halves.data(), count, wide.data());
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(std::bit_cast<std::uint32_t>(wide[i]) == static_cast<std::uint32_t>(halves[i]) << 16);
    }
  }
}
