// SPDX-License-Identifier: MIT
// Products without k are epilogue(0), and products without rows or columns write nothing: by kernels and reference alike.
#include "gemm/check.hpp"

#include <cmath>

using namespace halftone;
using gemm_test::values_of;

namespace {

constexpr gemm_test::shape shapes[] = {{1, 17, 0}, {3, 0, 8}, {0, 5, 8}};

/// Multiplies by the kernels (one task and three) and by the reference; each output must be what the epilogue makes of 0.
template <class Activations, class Weights>
void check_product(const Activations& x, const quantized_matrix<Weights>& q, const gemm_test::shape& s) {
  CAPTURE(Weights::name());
  CAPTURE(s.m);
  CAPTURE(s.n);
  const std::vector<float> bias = values_of(s.n, 5);
  const epilogue finish{add_bias{bias}, silu{}};
  gemm_test::output wanted(s.m, s.n);
  for (std::size_t m = 0; m < s.m; ++m) {
    for (std::size_t n = 0; n < s.n; ++n) {
      wanted.view()(m, n) = finish.apply(0.0f, tile_position{m, n, 1});
    }
  }
  const auto same = [&](const gemm_test::output& y) {
    return std::memcmp(y.values.data(), wanted.values.data(), y.values.size() * sizeof(float)) == 0;
  };
  gemm_test::output expected(s.m, s.n);
  reference::gemm(x, q, expected.view(), finish);
  CHECK(same(expected));
  const auto packed = pack(q);
  gemm_test::backwards order;
  for (const std::size_t tasks : {1, 3}) {
    gemm_test::output actual(s.m, s.n);
    gemm(x, packed, actual.view(), finish, context{.execute = executor_ref(order, tasks)});
    CHECK(same(actual));
  }
}

template <class Weights>
quantized_matrix<Weights> sample_weights(const gemm_test::shape& s) {
  const std::vector<float> w = values_of(s.n * s.k, 1);
  return quantize<Weights>({w.data(), s.n, s.k});
}

}  // namespace

// Weights by groups, by rows, with an offset, as floats, and with scales along n: each path of the kernels.
TEST_CASE_TEMPLATE("an empty product is epilogue(0) for every kind of activations", Weights, int4_g32, int8_per_channel,
                   offset4_g32, brain_float16, scheme<int4, symmetric, per_channel<1>>) {
  for (const gemm_test::shape& s : shapes) {
    const auto q = sample_weights<Weights>(s);
    const std::vector<float> values = values_of(s.m * s.k, 2);
    const matrix_view<const float> x(values.data(), s.m, s.k);
    check_product(x, q, s);
    check_product(dynamic<int8_per_token>(x), q, s);
    const std::vector<std::uint8_t> codes(s.m * s.k, 200);
    const group_parameters p{.scale = 0.5f, .zero_point = 77};
    check_product(static_activations(matrix_view<const std::uint8_t>(codes.data(), s.m, s.k), p), q, s);
  }
}

TEST_CASE("without k, dynamic activations of one scale for all rows give epilogue(0), too") {
  for (const gemm_test::shape& s : shapes) {
    const std::vector<float> values = values_of(s.m * s.k, 2);
    check_product(dynamic<uint8_static>({values.data(), s.m, s.k}), sample_weights<int4_g32>(s), s);
  }
}

TEST_CASE("without k, a NaN scale of the activations still reaches its row") {
  const float not_a_number = std::nanf("");
  const activation_view x{.codes = {nullptr, 1, 0}, .scales = &not_a_number, .per_row = true};
  const quantized_matrix<int4_g32> q(matrix_shape{17, 0});
  std::vector<float> actual(17);
  std::vector<float> expected(17);
  gemm(x, pack(q), matrix_view<float>(actual.data(), 1, 17));
  reference::gemm(x, q, matrix_view<float>(expected.data(), 1, 17));
  for (std::size_t n = 0; n < 17; ++n) {
    CHECK(std::isnan(actual[n]));
    CHECK(std::isnan(expected[n]));
  }
}
