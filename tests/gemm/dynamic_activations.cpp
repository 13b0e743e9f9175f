// SPDX-License-Identifier: MIT
// Activations quantized inside the call, by schemes with zero points and by schemes with one scale for all rows.
#include "gemm/check.hpp"

#include <string>

using namespace halftone;
using gemm_test::values_of;

namespace {

template <class Activations, class Weights>
void check_against_reference(const gemm_test::shape& s) {
  const std::vector<float> weights = values_of(s.n * s.k, s.n + s.k);
  const std::vector<float> data = values_of(s.m * (s.k + 5) + 1, s.m + 10);
  const matrix_view<const float> x(data.data() + 1, s.m, s.k, s.k + 5);
  const std::vector<float> bias = values_of(s.n, 78);
  const auto q = quantize<Weights>({weights.data(), s.n, s.k});
  const auto packed = pack(q);
  const epilogue finish{add_bias{bias}, silu{}};
  gemm_test::output expected(s.m, s.n);
  reference::gemm(dynamic<Activations>(x), q, expected.view(), finish);
  gemm_test::backwards order;
  for (const std::size_t tasks : {1, 3}) {
    CAPTURE(Activations::name());
    CAPTURE(s.m);
    CAPTURE(s.n);
    CAPTURE(s.k);
    CAPTURE(tasks);
    gemm_test::output actual(s.m, s.n);
    gemm(dynamic<Activations>(x), packed, actual.view(), finish, context{.execute = executor_ref(order, tasks)});
    CHECK(std::memcmp(actual.values.data(), expected.values.data(), actual.values.size() * sizeof(float)) == 0);
  }
}

/// The message of the error that a call throws.
template <class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const error& e) {
    return e.what();
  }
  return "no error";
}

using int8_with_zero_point = scheme<int8, asymmetric, per_token>;
using uint8_with_zero_point = scheme<uint8, asymmetric, per_token>;
using one_row = scheme<int8, symmetric, per_channel<0>>;

/// Multiplies one row of activations, whose range gives zero point 0, by one row of weights, inside the call.
template <class Activations>
void check_bound(std::size_t longest, const std::string& largest) {
  for (const std::size_t k : {longest, longest + 1}) {
    CAPTURE(Activations::name());
    CAPTURE(k);
    quantized_matrix<one_row> q(matrix_shape{1, k});
    q.scale_plane().set(0, 1.0f);
    std::fill(q.codes().begin(), q.codes().end(), std::uint8_t{0x80});
    const auto packed = pack(q);
    std::vector<float> values(k, 127.0f);
    values[0] = -128.0f;  // the ends of int8: an asymmetric mapping chooses scale 1 and zero point 0
    const auto x = dynamic<Activations>({values.data(), 1, k});
    float actual = 0.0f;
    float expected = 1.0f;
    const auto by_kernels = [&] { gemm(x, packed, matrix_view<float>(&actual, 1, 1)); };
    const auto by_reference = [&] { reference::gemm(x, q, matrix_view<float>(&expected, 1, 1)); };
    if (k == longest) {
      CHECK_NOTHROW(by_kernels());
      CHECK_NOTHROW(by_reference());
      CHECK(std::memcmp(&actual, &expected, sizeof actual) == 0);
    } else {
      const std::string refused = "gemm: a float group of " + std::to_string(k) +
                                  " weights may overflow int32; with int8 weights and activations of magnitude up to " +
                                  largest + " it holds at most " + std::to_string(longest);
      CHECK(message_of(by_kernels) == refused);
      CHECK(message_of(by_reference) == refused);
    }
  }
}

}  // namespace

TEST_CASE_TEMPLATE("dynamic activations of every scheme give the reference's bits", Weights, int4_g32, int8_per_channel) {
  for (const std::size_t m : {1, 5}) {
    for (const std::size_t n : {17, 33}) {
      for (const std::size_t k : {33, 100}) {
        check_against_reference<uint8_with_zero_point, Weights>({m, n, k});
        check_against_reference<int8_with_zero_point, Weights>({m, n, k});
        check_against_reference<int8_static, Weights>({m, n, k});
        check_against_reference<uint8_static, Weights>({m, n, k});
      }
    }
  }
}

TEST_CASE("a range that ends at the ends of int8 has zero point 0") {
  const std::vector<float> x{-128.0f, 127.0f};
  CHECK(reference::quantize_activations<int8_with_zero_point>({x.data(), 1, 2}).view().zero_point(0) == 0);
}

TEST_CASE("kernels and reference refuse the same dynamic calls: a scheme with zero points counts as using them") {
  check_bound<int8_per_token>(131071, "128");  // (2^31 - 1) / (128 * 128)
  check_bound<int8_static>(131071, "128");
  check_bound<int8_with_zero_point>(65793, "255");  // (2^31 - 1) / (128 * 255)
  check_bound<uint8_with_zero_point>(65793, "255");
  check_bound<scheme<int8, asymmetric, per_tensor>>(65793, "255");
}

namespace {

/// All levels of the weights and all activations at their extremes, as many as one float group may hold.
template <class Scheme>
void check_extremes(std::size_t longest, std::uint8_t code, std::int32_t level) {
  CAPTURE(Scheme::name());
  for (const std::size_t rows : {1u, 5u}) {
    quantized_matrix<Scheme> q(matrix_shape{17, longest});
    for (std::size_t row = 0; row < 17; ++row) {
      q.scale_plane().set(row, 1.0f);
    }
    std::fill(q.codes().begin(), q.codes().end(), code);
    const auto packed = pack(q);
    const std::vector<std::uint8_t> x(rows * longest, 255);
    const group_parameters one{.scale = 1.0f};
    std::vector<float> y(rows * 17);
    gemm(static_activations(matrix_view<const std::uint8_t>(x.data(), rows, longest), one), packed,
         matrix_view<float>(y.data(), rows, 17));
    const std::int64_t exact = static_cast<std::int64_t>(longest) * 255 * level;
    CHECK(exact == static_cast<std::int32_t>(exact));
    CHECK(y == std::vector<float>(rows * 17, static_cast<float>(exact)));
  }
}

}  // namespace

TEST_CASE("all 255 against all extremes of the weights, at the bound") {
  check_extremes<one_row>(65793, 0x80, -128);
  check_extremes<scheme<uint4, asymmetric, per_channel<0>>>(561433, 0xff, 15);
  check_extremes<scheme<int4, symmetric, per_channel<0>>>(1052688, 0x88, -8);
  check_extremes<scheme<uint2, asymmetric, per_channel<0>>>(2807168, 0xff, 3);
}
