// SPDX-License-Identifier: MIT
// Halftone tests: the reference quantizer against naive computations in double, and its documented results.
#include <halftone/core/random.hpp>
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <limits>
#include <vector>

namespace {

using namespace halftone;

std::vector<float> random_values(std::size_t count, std::uint64_t seed, float unit = 1.0f) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = (random_unit(seed, i) * 2.0f - 1.0f) * unit;
  }
  return values;
}

/// The code by definition: float operations in the order of the contract, rounding by the C library.
template <class Scheme>
std::int32_t level_by_definition(float w, const group_parameters& p) {
  using Element = typename Scheme::element_type;
  const float reciprocal = std::abs(p.scale) < std::numeric_limits<float>::min() ? 0.0f : 1.0f / p.scale;
  volatile float difference = w - p.offset;
  volatile float scaled = (Scheme::has_offset ? difference : w) * reciprocal;
  const double rounded = std::nearbyint(std::clamp<double>(scaled, Element::min - p.zero_point, Element::max - p.zero_point));
  return static_cast<std::int32_t>(rounded) + p.zero_point;
}

/// Parameters of each group by the published formula on the group's own range, then stored as the storage says.
template <class Scheme>
void agrees_with_the_definition(std::size_t rows, std::size_t cols, std::size_t stride, float unit) {
  CAPTURE(Scheme::name());
  CAPTURE(cols);
  using Element = typename Scheme::element_type;
  using Storage = typename Scheme::scale_storage::element_type;
  const std::vector<float> values = random_values(rows * stride + 1, rows * 1000 + cols, unit);
  const matrix_view<const float> w(values.data() + 1, rows, cols, stride);  // misaligned
  const auto q = reference::quantize<Scheme>(w);
  std::size_t wrong_parameters = 0;
  std::size_t wrong_codes = 0;
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    float low = std::numeric_limits<float>::infinity();
    float high = -low;
    for (std::size_t i = 0; i < rows; ++i) {
      for (std::size_t k = 0; k < cols; ++k) {
        if (q.group_of(i, k) == g) {
          low = std::min(low, w(i, k));
          high = std::max(high, w(i, k));
        }
      }
    }
    const group_parameters chosen = typename Scheme::mapping_type{}.choose({low, high}, Element{});
    group_parameters stored{.scale = Storage::decode(Storage::encode(chosen.scale)), .zero_point = chosen.zero_point};
    if constexpr (Scheme::has_offset) {
      stored.offset = Storage::decode(Storage::encode(chosen.offset));
    }
    wrong_parameters += q.parameters_at(g) != stored ? 1u : 0u;
  }
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t k = 0; k < cols; ++k) {
      const group_parameters p = q.parameters_at(q.group_of(i, k));
      const std::int32_t level = Element::level_of(q.code_at(i, k));
      wrong_codes += level != level_by_definition<Scheme>(w(i, k), p) ? 1u : 0u;
      const double scale = static_cast<double>(p.scale);
      // scale * (level - zero point) is exact in double; with the offset the sum may be rounded in double first, which is
      // why that equation is compared with std::fma
      const float real = Scheme::has_offset ? std::fma(p.scale, static_cast<float>(level), p.offset)
                                            : static_cast<float>(scale * (level - p.zero_point));
      wrong_codes += q.value_at(i, k) != real ? 1u : 0u;
    }
  }
  CHECK(wrong_parameters == 0);
  CHECK(wrong_codes == 0);
}

template <class Scheme>
void every_shape() {
  for (const std::size_t cols : {std::size_t{1}, std::size_t{15}, std::size_t{31}, std::size_t{32}, std::size_t{33}, std::size_t{97}}) {
    agrees_with_the_definition<Scheme>(3, cols, cols + 5, 1.0f);
  }
  agrees_with_the_definition<Scheme>(1, 40, 40, 0x1p-100f);
  agrees_with_the_definition<Scheme>(2, 40, 40, 0x1p14f);
  agrees_with_the_definition<Scheme>(2, 40, 41, 0x1p-130f);  // subnormal weights and scales
}

template <class Scheme>
std::vector<float> after(const std::vector<float>& w) {
  const auto q = reference::quantize<Scheme>({w.data(), 1, w.size()});
  std::vector<float> y(w.size());
  reference::dequantize(q, matrix_view<float>(y.data(), 1, y.size()));
  return y;
}

using exact8 = scheme<int8, symmetric, per_group<32>>;
using exact8_offset = scheme<uint8, float_offset, per_group<32>>;
using exact8_zero_point = scheme<uint8, asymmetric, per_group<32>>;

}  // namespace

TEST_CASE("codes and parameters follow the definition for each kind of mapping and storage") {
  every_shape<int8_per_channel>();
  every_shape<int4_g32>();
  every_shape<uint4_g32>();
  every_shape<offset4_g32>();
}

TEST_CASE("codes are chosen against the stored scale, not the exact one") {
  // 7 * bf16(0.1) is not 0.7: with a group of these values codes differ where the stored scale is larger or smaller
  using coarse = scheme<int8, symmetric, per_tensor, stored_as<bf16>>;
  using fine = scheme<int8, symmetric, per_tensor>;
  const std::vector<float> w = random_values(4000, 9);
  const auto a = reference::quantize<coarse>({w.data(), 1, w.size()});
  const auto b = reference::quantize<fine>({w.data(), 1, w.size()});
  CHECK(a.scale_at(0) == bf16::decode(bf16::encode(b.scale_at(0))));
  std::size_t differ = 0;
  std::size_t too_far = 0;
  for (std::size_t k = 0; k < w.size(); ++k) {
    differ += a.code_at(0, k) != b.code_at(0, k) ? 1u : 0u;
    const std::int32_t level = int8::level_of(a.code_at(0, k));
    too_far += level > -128 && level < 127 && std::abs(a.value_at(0, k) - w[k]) > a.scale_at(0) * 0.50001f ? 1u : 0u;
  }
  CHECK(differ > 0);
  CHECK(too_far == 0);
}

TEST_CASE("groups of zeros decode to zeros, constant groups to their value or near it") {
  const std::vector<float> zeros(33, 0.0f);
  CHECK(after<exact8>(zeros) == zeros);
  CHECK(after<exact8_offset>(zeros) == zeros);
  CHECK(after<exact8_zero_point>(zeros) == zeros);
  CHECK(after<int4_g32>(zeros) == zeros);
  CHECK(after<float16>(zeros) == zeros);
  for (const float c : {1.0f, -1.0f, 0.1f, -3.7f}) {
    const std::vector<float> constant(33, c);
    CHECK(after<exact8_offset>(constant) == constant);  // exact: scale zero, offset c
    for (const float y : after<exact8>(constant)) {
      CHECK(std::abs(y - c) <= std::abs(c) * 0x1p-23f);  // c / 127 * 127: two roundings
    }
    for (const float y : after<exact8_zero_point>(constant)) {
      CHECK(std::abs(y - c) <= std::abs(c) * 0x1p-23f);
    }
    CHECK(after<scheme<int4, symmetric_signed_extreme, per_tensor>>(constant) == constant);  // c / -8 * -8 is exact
  }
}

TEST_CASE("negative zeros are zeros") {
  const std::vector<float> w{-0.0f, 0.0f, -0.0f};
  for (const float y : after<exact8_zero_point>(w)) {
    CHECK(y == 0.0f);
  }
}

TEST_CASE("a group of subnormals whose scale is no normal float decodes to zeros, or to its offset") {
  const std::vector<float> w(8, 0x1p-140f);
  for (const float y : after<exact8>(w)) {
    CHECK(y == 0.0f);
  }
  CHECK(after<exact8_offset>(w) == w);
}

TEST_CASE("the largest floats stay finite where the scale does not round up") {
  const float huge = 0x1p127f;
  const std::vector<float> w{huge, -huge, 0.0f, huge / 2};
  for (const float y : after<exact8>(w)) {
    CHECK(std::isfinite(y));
  }
  CHECK(after<scheme<int4, symmetric_signed_extreme, per_tensor>>({-huge, huge / 8, 0.0f})[0] == -huge);
}

TEST_CASE("stochastic rounding is numbered by the row-major index of the weight, whatever the stride") {
  using random8 = scheme<int8, symmetric, per_tensor, stochastic<5>>;
  const std::vector<float> w = random_values(2 * 50, 3);
  const auto dense = reference::quantize<random8>({w.data(), 2, 37, 37});
  std::vector<float> padded(2 * 50);
  std::copy_n(w.begin(), 37, padded.begin());
  std::copy_n(w.begin() + 37, 37, padded.begin() + 50);
  const auto strided = reference::quantize<random8>({padded.data(), 2, 37, 50});
  CHECK(std::equal(dense.codes().begin(), dense.codes().end(), strided.codes().begin()));
  const float reciprocal = 1.0f / dense.scale_at(0);
  for (std::size_t i = 0; i < 74; ++i) {
    const float expected = stochastic<5>::round(std::clamp(w[i] * reciprocal, -128.0f, 127.0f), i);
    CHECK(static_cast<float>(int8::level_of(dense.code_at(i / 37, i % 37))) == expected);
  }
}

TEST_CASE("parameters quantized again are used as they were stored") {
  using nested = scheme<uint8, asymmetric, per_tensor>;
  using w4 = scheme<int4, symmetric, per_group<8>, quantized_again<nested>>;
  const std::vector<float> w = random_values(4 * 64, 21);
  const auto q = reference::quantize<w4>({w.data(), 4, 64});
  std::vector<float> scales(q.group_count());
  for (std::size_t g = 0; g < scales.size(); ++g) {
    const range r = range_of(std::span<const float>(w).subspan(8 * g, 8));
    scales[g] = symmetric::choose(r, int4{}).scale;
  }
  const auto expected = reference::quantize<nested>({scales.data(), 4, 8});
  for (std::size_t g = 0; g < scales.size(); ++g) {
    CHECK(q.scale_at(g) == expected.value_at(g / 8, g % 8));
    CHECK(int4::level_of(q.code_at(g / 8, 8 * (g % 8))) ==
          level_by_definition<scheme<int4, symmetric, per_tensor>>(w[8 * g], {.scale = q.scale_at(g)}));
  }
}

TEST_CASE("quantizing what was dequantized gives the same codes") {
  const std::vector<float> w = random_values(3 * 50, 8);
  const auto once = reference::quantize<exact8_zero_point>({w.data(), 3, 50});
  std::vector<float> y(w.size());
  reference::dequantize(once, matrix_view<float>(y.data(), 3, 50));
  std::vector<group_parameters> parameters;
  for (std::size_t g = 0; g < once.group_count(); ++g) {
    parameters.push_back(once.parameters_at(g));
  }
  const auto twice = reference::quantize<exact8_zero_point>({y.data(), 3, 50}, given_parameters{parameters});
  CHECK(std::equal(once.codes().begin(), once.codes().end(), twice.codes().begin()));
}

TEST_CASE("a group of 100000 weights and an empty matrix") {
  const std::vector<float> w = random_values(100'000, 5);
  const auto q = reference::quantize<int8_per_tensor>({w.data(), 1, w.size()});
  const range r = range_of(w);
  CHECK(q.scale_at(0) == std::max(-r.min, r.max) / 127.0f);
  CHECK(reference::quantize<int4_g32>({nullptr, 0, 40}).group_count() == 0);
  CHECK(reference::quantize<uint4_g32>({nullptr, 3, 0}).codes().empty());
}

TEST_CASE("dequantize writes its rows and nothing between them") {
  const std::vector<float> w = random_values(2 * 5, 6);
  const auto q = reference::quantize<int8_per_tensor>({w.data(), 2, 5});
  std::vector<float> y(2 * 8, 77.0f);
  reference::dequantize(q, matrix_view<float>(y.data(), 2, 5, 8));
  for (std::size_t i = 0; i < 2; ++i) {
    for (std::size_t k = 0; k < 8; ++k) {
      CHECK(y[8 * i + k] == (k < 5 ? q.value_at(i, k) : 77.0f));
    }
  }
}
