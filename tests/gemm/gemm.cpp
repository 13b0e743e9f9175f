// SPDX-License-Identifier: MIT
// gemm and gemv give the bits of the reference for every kind of activations, at odd shapes, strides and alignments.
#include "gemm/check.hpp"

#include <halftone/epilogue/activation_stages.hpp>
#include <halftone/epilogue/linear_stages.hpp>

#include <limits>

using namespace halftone;
using gemm_test::check_all;
using gemm_test::values_of;

TEST_CASE("every small shape gives the reference's bits") {
  for (std::size_t m = 1; m <= 6; ++m) {
    for (std::size_t n : {1, 2, 15, 16, 17, 18}) {
      for (std::size_t k = 1; k <= 41; k += 3) {
        check_all<scheme<int4, symmetric, per_group<12>>>({m, n, k});
      }
    }
  }
}

TEST_CASE("more rows than a block of activations, and more tasks than panels") {
  check_all<int4_g32>({260, 20, 40});
  check_all<int8_per_channel>({257, 3, 33});
}

TEST_CASE("codes and activations at their extremes stay exact") {
  const std::size_t k = 1000;
  quantized_matrix<scheme<int8, symmetric, per_channel<0>>> q(matrix_shape{17, k});
  for (std::size_t row = 0; row < 17; ++row) {
    q.scale_plane().set(row, 1.0f);
    for (std::size_t i = 0; i < k; ++i) {
      q.row_codes(row)[i] = row % 2 == 0 ? 0x80 : 0x7f;  // -128 or 127
    }
  }
  const auto packed = pack(q);
  const group_parameters p{.scale = 1.0f};
  for (const int level : {-128, 127}) {
    const std::vector<std::int8_t> x(3 * k, static_cast<std::int8_t>(level));
    std::vector<float> y(3 * 17);
    gemm(static_activations(matrix_view<const std::int8_t>(x.data(), 3, k), p), packed, matrix_view<float>(y.data(), 3, 17));
    for (std::size_t i = 0; i < y.size(); ++i) {
      CHECK(y[i] == static_cast<float>(level * (i % 17 % 2 == 0 ? -128 : 127) * static_cast<int>(k)));
    }
  }
  const std::vector<std::uint8_t> x(3 * k, 255);
  std::vector<float> y(3 * 17);
  gemm(static_activations(matrix_view<const std::uint8_t>(x.data(), 3, k), p), packed, matrix_view<float>(y.data(), 3, 17));
  CHECK(y[0] == 255.0f * -128.0f * 1000.0f);
  CHECK(y[1] == 255.0f * 127.0f * 1000.0f);
}

TEST_CASE("a group at the int32 bound is exact and one past it is refused") {
  const std::size_t longest = 131071;  // int8 weights and int8 activations: 128 * 128 * k must fit
  for (const std::size_t k : {longest, longest + 1}) {
    quantized_matrix<scheme<int8, symmetric, per_channel<0>>> q(matrix_shape{1, k});
    q.scale_plane().set(0, 1.0f);
    std::fill(q.codes().begin(), q.codes().end(), std::uint8_t{0x80});
    const auto packed = pack(q);
    const std::vector<std::int8_t> x(k, std::int8_t{-128});
    const group_parameters p{.scale = 1.0f};
    float y = 0.0f;
    const auto call = [&] {
      gemm(static_activations(matrix_view<const std::int8_t>(x.data(), 1, k), p), packed, matrix_view<float>(&y, 1, 1));
    };
    if (k == longest) {
      call();
      CHECK(y == 16384.0f * 131071.0f);
    } else {
      CHECK_THROWS_AS(call(), halftone::error);
    }
  }
}

TEST_CASE("a token with a NaN or an infinity gives NaN and leaves the other tokens alone") {
  std::vector<float> x = values_of(3 * 64, 1);
  x[64 + 5] = std::numeric_limits<float>::quiet_NaN();
  x[128 + 9] = std::numeric_limits<float>::infinity();
  const std::vector<float> w = values_of(20 * 64, 2);
  const auto packed = pack(quantize<int4_g32>({w.data(), 20, 64}));
  std::vector<float> y(3 * 20);
  gemm(dynamic<int8_per_token>({x.data(), 3, 64}), packed, matrix_view<float>(y.data(), 3, 20));
  for (std::size_t j = 0; j < 20; ++j) {
    CHECK(y[j] == y[j]);
    CHECK(y[20 + j] != y[20 + j]);
    CHECK(y[40 + j] != y[40 + j]);
  }
}

TEST_CASE("a zero point in the middle gives the bits of the symmetric scheme") {
  using symmetric_scheme = scheme<int4, symmetric, per_group<32>>;
  using middle_scheme = scheme<uint4, asymmetric, per_group<32>>;
  const std::vector<float> w = values_of(18 * 96, 3);
  const auto q = quantize<symmetric_scheme>({w.data(), 18, 96});
  quantized_matrix<middle_scheme> z(q.shape());
  for (std::size_t row = 0; row < 18; ++row) {
    for (std::size_t k = 0; k < 96; ++k) {
      write_code<4>(z.row_codes(row).data(), k, static_cast<std::uint32_t>(int4::level_of(q.code_at(row, k)) + 8));
    }
  }
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    z.scale_plane().set(g, q.scale_at(g));
    z.set_zero_point(g, 8);
  }
  const std::vector<float> x = values_of(5 * 96, 4);
  std::vector<float> a(5 * 18);
  std::vector<float> b(5 * 18);
  gemm(dynamic<int8_per_token>({x.data(), 5, 96}), pack(q), matrix_view<float>(a.data(), 5, 18));
  gemm(dynamic<int8_per_token>({x.data(), 5, 96}), pack(z), matrix_view<float>(b.data(), 5, 18));
  CHECK(a == b);
}

TEST_CASE("the caller's workspace serves at any alignment, and one byte less is an error") {
  const std::vector<float> w = values_of(40 * 70, 5);
  const std::vector<float> x = values_of(7 * 70, 6);
  const auto packed = pack(quantize<int4_g32>({w.data(), 40, 70}));
  std::vector<float> y(7 * 40);
  std::vector<float> expected(7 * 40);
  const matrix_view<float> out(y.data(), 7, 40);
  gemm(matrix_view<const float>(x.data(), 7, 70), packed, matrix_view<float>(expected.data(), 7, 40));
  const std::size_t needed = gemm_workspace_bytes(activation_kind::floats, 7, packed);
  for (std::size_t shift : {0, 1, 7, 63}) {
    const std::vector<std::byte> memory(needed + shift);
    const std::span<std::byte> all(const_cast<std::byte*>(memory.data()) + shift, needed);
    gemm(matrix_view<const float>(x.data(), 7, 70), packed, out, epilogue<>{}, {.workspace = all});
    CHECK(y == expected);
    CHECK_THROWS_WITH_AS(gemm(matrix_view<const float>(x.data(), 7, 70), packed, out, epilogue<>{},
                              {.workspace = all.first(needed - 1)}),
                         doctest::Contains(std::to_string(needed).c_str()), halftone::error);
  }
}

TEST_CASE("x and y may be column slices of one buffer") {
  const std::size_t m = 5, n = 20, k = 40, stride = k + n + 3;
  const std::vector<float> w = values_of(n * k, 9);
  const auto packed = pack(quantize<int4_g32>({w.data(), n, k}));
  const std::vector<float> before = values_of(m * stride, 10);
  const matrix_view<const float> x(before.data(), m, k, stride);
  const auto check = [&](const auto& activations_of) {
    std::vector<float> expected = before;
    gemm(activations_of(x), packed, matrix_view<float>(expected.data() + k, m, n, stride));
    std::vector<float> shared = before;
    const matrix_view<const float> own(shared.data(), m, k, stride);
    gemm(activations_of(own), packed, matrix_view<float>(shared.data() + k, m, n, stride));
    CHECK(shared == expected);
    CHECK_THROWS_AS(gemm(activations_of(own), packed, matrix_view<float>(shared.data() + k - 1, m, n, stride)), error);
  };
  check([](matrix_view<const float> floats) { return floats; });
  check([](matrix_view<const float> floats) { return dynamic<int8_per_token>(floats); });
}

TEST_CASE("gemv is gemm with one row") {
  const std::vector<float> w = values_of(33 * 65, 7);
  const std::vector<float> x = values_of(65, 8);
  const auto packed = pack(quantize<uint4_g32>({w.data(), 33, 65}));
  std::vector<float> y(33);
  std::vector<float> expected(33);
  gemv(std::span<const float>(x), packed, std::span<float>(y), epilogue{relu{}});
  gemm(matrix_view<const float>(x.data(), 1, 65), packed, matrix_view<float>(expected.data(), 1, 33), epilogue{relu{}});
  CHECK(y == expected);
  gemv(dynamic<int8_per_token>({x.data(), 1, 65}), packed, std::span<float>(y), epilogue{silu{}});
  gemm(dynamic<int8_per_token>({x.data(), 1, 65}), packed, matrix_view<float>(expected.data(), 1, 33), epilogue{silu{}});
  CHECK(y == expected);
  const auto once = quantize_activations<int8_per_token>({x.data(), 1, 65});
  gemv(once, packed, std::span<float>(y), epilogue{silu{}});
  CHECK(y == expected);
  gemv(once.view(), packed, std::span<float>(y), epilogue{silu{}});
  CHECK(y == expected);
}
