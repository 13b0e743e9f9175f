// SPDX-License-Identifier: MIT
// Halftone tests: the reference product against double with derived bounds, its order bit by bit, and its laws.
#include <halftone/core/random.hpp>
#include <halftone/epilogue/activation_stages.hpp>
#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/reference/gemm.hpp>
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <initializer_list>
#include <limits>
#include <vector>

namespace {

using namespace halftone;

constexpr double unit = 0x1p-24;  // half the distance of floats, relative

std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = random_unit(seed, i) * 2.0f - 1.0f;
  }
  return values;
}

struct sizes {
  std::size_t m, n, k;
};
const sizes shapes[] = {{1, 1, 1}, {2, 3, 31}, {3, 2, 32}, {1, 5, 33}, {2, 2, 97}, {1, 2, 1000}};

std::vector<float> product_of(const std::vector<float>& x, const auto& q, std::size_t m) {
  std::vector<float> y(m * q.rows());
  reference::gemm(matrix_view<const float>(x.data(), m, q.cols()), q, matrix_view<float>(y.data(), m, q.rows()));
  return y;
}

std::vector<float> product_of(const activation_view& x, const auto& q) {
  std::vector<float> y(x.rows() * q.rows());
  reference::gemm(x, q, matrix_view<float>(y.data(), x.rows(), q.rows()));
  return y;
}

/// Float activations: a chain of k fused steps, each within u of exact, is within k u / (1 - k u) of sum |x| |w|
/// (Higham, Accuracy and Stability of Numerical Algorithms, section 3.1), w being the dequantized weights.
template <class Scheme>
void floats_are_near_the_double_product() {
  CAPTURE(Scheme::name());
  for (const sizes s : shapes) {
    const auto q = reference::quantize<Scheme>({random_values(s.n * s.k, 1).data(), s.n, s.k});
    const std::vector<float> x = random_values(s.m * s.k, 2);
    const std::vector<float> y = product_of(x, q, s.m);
    for (std::size_t i = 0; i < s.m; ++i) {
      for (std::size_t j = 0; j < s.n; ++j) {
        double exact = 0.0, size = 0.0;
        float chain = 0.0f;
        for (std::size_t k = 0; k < s.k; ++k) {
          exact += static_cast<double>(x[i * s.k + k]) * static_cast<double>(q.value_at(j, k));
          size += std::abs(static_cast<double>(x[i * s.k + k]) * static_cast<double>(q.value_at(j, k)));
          chain = std::fma(x[i * s.k + k], q.value_at(j, k), chain);
        }
        const double steps = static_cast<double>(s.k) * unit;
        CHECK(std::abs(static_cast<double>(y[i * s.n + j]) - exact) <= steps / (1 - steps) * size * (1 + 1e-9));
        CHECK(y[i * s.n + j] == chain);
      }
    }
  }
}

/// Codes: each group is an exact integer, rounded once to float, then one fused step (two with an offset); the token's
/// scale once at the end. So at most 2 (groups) + 2 (offset: another conversion and step) + 1 roundings deep: within
/// (3 groups + 2) u of the sum of magnitudes, to first order; 1.001 covers the rest.
template <class Scheme, class Activations>
void codes_are_near_the_double_product() {
  CAPTURE(Scheme::name());
  for (const sizes s : shapes) {
    const auto q = reference::quantize<Scheme>({random_values(s.n * s.k, 3).data(), s.n, s.k});
    const std::vector<float> x = random_values(s.m * s.k, 4);
    const auto xq = reference::quantize_activations<Activations>({x.data(), s.m, s.k});
    const activation_view a = xq.view();
    const std::vector<float> y = product_of(a, q);
    const std::size_t run = std::min(q.scheme().granularity.run_length(q.shape()), s.k);
    for (std::size_t i = 0; i < s.m; ++i) {
      for (std::size_t j = 0; j < s.n; ++j) {
        double exact = 0.0, size = 0.0;
        float chain = 0.0f;
        for (std::size_t begin = 0; begin < s.k; begin += run) {
          const group_parameters p = q.parameters_at(q.group_of(j, begin));
          std::int64_t sum = 0, plain = 0;
          for (std::size_t k = begin; k < std::min(begin + run, s.k); ++k) {
            const std::int64_t level = Scheme::element_type::level_of(q.code_at(j, k));
            sum += (level - p.zero_point) * (a.level(i, k) - a.zero_point(i));
            plain += a.level(i, k) - a.zero_point(i);
          }
          const double terms[] = {static_cast<double>(sum) * static_cast<double>(p.scale),
                                  static_cast<double>(plain) * static_cast<double>(p.offset)};
          exact += terms[0] + terms[1];
          size += std::abs(terms[0]) + std::abs(terms[1]);
          chain = std::fma(static_cast<float>(sum), p.scale, chain);
          chain = Scheme::has_offset ? std::fma(static_cast<float>(plain), p.offset, chain) : chain;
        }
        const double scale = static_cast<double>(a.scale(i));
        const double groups = static_cast<double>((s.k + run - 1) / run);
        CHECK(std::abs(static_cast<double>(y[i * s.n + j]) - exact * scale) <= (3 * groups + 2) * unit * size * scale * 1.001);
        volatile float scaled = chain * a.scale(i);
        CHECK(y[i * s.n + j] == scaled);
      }
    }
  }
}

bool same_bits(const std::vector<float>& a, const std::vector<float>& b) {
  return a.size() == b.size() && std::memcmp(a.data(), b.data(), a.size() * sizeof(float)) == 0;
}

}  // namespace

TEST_CASE("float activations: within the bound of the chain, and the chain itself") {
  floats_are_near_the_double_product<int4_g32>();
  floats_are_near_the_double_product<uint4_g32>();
  floats_are_near_the_double_product<offset4_g32>();
}

TEST_CASE("8-bit activations: within the bound of the groups, and their chain itself") {
  codes_are_near_the_double_product<int4_g32, int8_per_token>();
  codes_are_near_the_double_product<uint4_g32, uint8_static>();
  codes_are_near_the_double_product<offset4_g32, uint8_static>();
}

TEST_CASE("a zero point that is the middle code gives the same bits as the symmetric scheme") {
  using plain = scheme<int4, symmetric, per_group<32>>;
  using shifted = scheme<uint4, asymmetric, per_group<32>>;
  for (const sizes s : shapes) {
    const std::vector<float> w = random_values(s.n * s.k, 5);
    const auto p = reference::quantize<plain>({w.data(), s.n, s.k});
    std::vector<group_parameters> middle;
    for (std::size_t g = 0; g < p.group_count(); ++g) {
      middle.push_back({.scale = p.scale_at(g), .zero_point = 8});
    }
    const auto z = reference::quantize<shifted>({w.data(), s.n, s.k}, given_parameters{middle});
    const std::vector<float> x = random_values(s.m * s.k, 6);
    const auto xq = reference::quantize_activations<int8_per_token>({x.data(), s.m, s.k});
    CHECK(same_bits(product_of(x, p, s.m), product_of(x, z, s.m)));
    CHECK(same_bits(product_of(xq.view(), p), product_of(xq.view(), z)));
  }
}

TEST_CASE("integers are exact: all codes at their extremes up to the bound of int32") {
  using w8 = scheme<uint8, asymmetric, per_channel<0>>;
  constexpr std::size_t longest = 65793;  // 2^31 / (255 * 128)
  quantized_matrix<w8> q({1, longest});
  q.scale_plane().set(0, 1.0f);
  for (std::uint8_t& code : q.codes()) {
    code = 255;
  }
  const std::vector<std::uint8_t> codes(longest, 0x80);  // -128
  const float one = 1.0f;
  const activation_view x{.codes = {codes.data(), 1, longest}, .is_signed = true, .scales = &one, .zero_points = nullptr, .per_row = false};
  CHECK(product_of(x, q)[0] == static_cast<float>(-std::int64_t{128} * 255 * static_cast<std::int64_t>(longest)));
}

TEST_CASE("the activations' zero point is taken off") {
  using w8 = scheme<int8, symmetric, per_tensor>;
  quantized_matrix<w8> q({1, 3});
  q.scale_plane().set(0, 0.5f);
  q.codes()[0] = 2, q.codes()[1] = 0xff, q.codes()[2] = 100;
  const std::vector<std::uint8_t> codes{12, 7, 10};
  const group_parameters p{.scale = 2.0f, .zero_point = 10};
  CHECK(product_of(static_activations(matrix_view<const std::uint8_t>(codes.data(), 1, 3), p), q)[0] == 7.0f);  // 2*2 + -1*-3 + 0
}

TEST_CASE("schemes without an integer path chain over levels") {
  using columns = scheme<int8, symmetric, per_channel<1>>;
  const std::vector<float> w = random_values(3 * 20, 7);
  const auto q = reference::quantize<columns>({w.data(), 3, 20});
  const std::vector<float> x = random_values(2 * 20, 8);
  const auto xq = reference::quantize_activations<int8_per_token>({x.data(), 2, 20});
  const std::vector<float> y = product_of(xq.view(), q);
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      float chain = 0.0f;
      for (std::size_t k = 0; k < 20; ++k) {
        chain = std::fma(static_cast<float>(xq.view().level(i, k)), q.value_at(j, k), chain);
      }
      volatile float expected = chain * xq.view().scale(i);
      CHECK(y[i * 3 + j] == expected);
    }
  }
}

TEST_CASE("dynamic activations are those quantized before the call") {
  const std::vector<float> w = random_values(4 * 33, 9);
  const std::vector<float> x = random_values(2 * 33, 10);
  const auto q = reference::quantize<int4_g32>({w.data(), 4, 33});
  std::vector<float> inside(8), before(8);
  reference::gemm(dynamic<int8_per_token>({x.data(), 2, 33}), q, matrix_view<float>(inside.data(), 2, 4));
  const auto xq = reference::quantize_activations<int8_per_token>({x.data(), 2, 33});
  reference::gemm(xq, q, matrix_view<float>(before.data(), 2, 4));
  CHECK(same_bits(inside, before));
  CHECK(same_bits(inside, product_of(xq.view(), q)));
}

TEST_CASE("stages see every output at its place; outputs are float, bfloat16 or bytes") {
  const std::vector<float> w = random_values(3 * 8, 11);
  const std::vector<float> x = random_values(2 * 8, 12);
  const auto q = reference::quantize<int8_per_channel>({w.data(), 3, 8});
  const matrix_view<const float> in(x.data(), 2, 8);
  const std::vector<float> plain = product_of(x, q, 2);
  const std::vector<float> bias{10, 20, 30};
  const std::vector<float> more{1, 2, 3, 4, 5, 6};
  const epilogue finish{add_bias{bias}, residual{{more.data(), 2, 3}}};
  std::vector<float> y(2 * 5, -1.0f);
  reference::gemm(in, q, matrix_view<float>(y.data(), 2, 3, 5), finish);
  std::vector<bfloat16> half(6);
  reference::gemm(in, q, matrix_view<bfloat16>(half.data(), 2, 3), finish);
  std::vector<std::int8_t> bytes(6);
  reference::gemm(in, q, matrix_view<std::int8_t>(bytes.data(), 2, 3), epilogue{requantize<std::int8_t>{.scale = 0.05f}});
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      const float expected = plain[3 * i + j] + bias[j] + more[3 * i + j];
      CHECK(y[5 * i + j] == expected);
      CHECK(half[3 * i + j] == to_bfloat16(expected));
      CHECK(bytes[3 * i + j] == static_cast<std::int8_t>(requantize<std::int8_t>{.scale = 0.05f}.apply(plain[3 * i + j], {})));
    }
    CHECK(y[5 * i + 4] == -1.0f);  // nothing between the rows
  }
}

TEST_CASE("negative and zero scales, NaN rows, and no k at all") {
  const std::vector<float> w{1, 2, 3, 4};
  const std::vector<group_parameters> scales{{.scale = -0.5f}, {.scale = 0.0f}};
  const auto q = reference::quantize<scheme<int8, symmetric, per_channel<0>>>({w.data(), 2, 2}, given_parameters{scales});
  const std::vector<float> x{1, 1, std::numeric_limits<float>::quiet_NaN(), 1};
  const std::vector<float> y = product_of(x, q, 2);
  CHECK(y[0] == 3.0f);
  CHECK(y[1] == 0.0f);
  CHECK(std::isnan(y[2]));
  std::vector<float> z(4);
  reference::gemm(dynamic<int8_per_token>({x.data(), 2, 2}), q, matrix_view<float>(z.data(), 2, 2));
  CHECK(z[0] == doctest::Approx(3.0f).epsilon(1e-6));
  CHECK(z[1] == 0.0f);
  CHECK(std::isnan(z[2]));
  CHECK(std::isnan(z[3]));
  const std::vector<float> bias{5, 6};
  std::vector<float> none(2, -1.0f);
  reference::gemm(matrix_view<const float>(nullptr, 1, 0), quantized_matrix<int4_g32>({2, 0}), matrix_view<float>(none.data(), 1, 2),
                  epilogue{add_bias{bias}});
  CHECK(none == bias);
}
