// SPDX-License-Identifier: MIT
// What transcode keeps exactly, what the values decide, and what it refuses. Pairs of schemes are in probes/transcode_pairs.hpp.
#include <halftone/core/random.hpp>
#include <halftone/format/ggml/schemes.hpp>
#include <halftone/quantize/transcode.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace halftone;

namespace {

std::vector<float> weights() {
  std::vector<float> w(3 * 300);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = random_unit(7, i) - 0.5f;
  }
  return w;
}

using fp32_g64 = scheme<int4, symmetric_signed_extreme, per_group<64>>;

template <class From, class To>
bool is_exact() {
  const std::vector<float> w = weights();
  return transcode<To>(quantize<From>({w.data(), 3, 300})).exact;
}
}  // namespace

TEST_CASE("transcode: what is exact") {
  CHECK(is_exact<int4_g32, uint4_g32>());       // level + 8, zero point 8
  CHECK(is_exact<int4_g32, offset4_g32>());     // offset -8 scale
  CHECK(is_exact<int4_g32, int8_g32>());        // codes within codes
  CHECK(is_exact<int4_g128, int4_g32>());       // groups within groups
  CHECK(is_exact<int4_g32, fp32_g64>() == false);  // groups of different scales
  CHECK(is_exact<mxfp4, int8_g32>());           // twice the level, half the scale
  CHECK(is_exact<ggml::q4_k, ggml::q5_k>());    // planes of scales and minima moved with their scales
  CHECK(is_exact<int8_per_tensor, int8_per_channel>());
  CHECK(is_exact<ternary_base3_g256, ternary_g256>());
  CHECK(is_exact<ternary_g256, ternary_base3_g256>());
  CHECK(is_exact<int8_g32, int4_g32>() == false);
  CHECK(is_exact<nf4_g64_double, float32>());
}

TEST_CASE("transcode: values decide") {
  using wide = scheme<int4, symmetric, per_group<32>>;
  std::vector<float> w(64, 0.0f);
  w[0] = 7.0f;
  w[40] = -3.5f;
  CHECK(transcode<int4_g32>(quantize<wide>({w.data(), 1, 64})).exact);  // scales of fp32 that are numbers of fp16
  w[0] = 7.1f;
  CHECK_FALSE(transcode<int4_g32>(quantize<wide>({w.data(), 1, 64})).exact);
  const auto two = transcode<int4_g32>(quantize<wide>({w.data(), 2, 32}));  // each row on its own: the second is kept
  CHECK_FALSE(two.exact);
  CHECK(two.matrix.value_at(1, 8) == -3.5f);
}

TEST_CASE("transcode: equal parameters join groups, and signs go into codes") {
  using halves = scheme<int4, symmetric, per_group<16>>;
  using whole = scheme<int4, symmetric, per_group<64>>;
  std::vector<float> w(64, 0.0f);
  for (std::size_t i = 0; i < w.size(); i += 16) {
    w[i] = 7.0f;
  }
  CHECK(transcode<whole>(quantize<halves>({w.data(), 1, 64})).exact);
  using exponents = scheme<int8_narrow, symmetric_by_exponent, per_group<32>, stored_as<e8m0_floor>>;
  quantized_matrix<int4_g32> q(matrix_shape{1, 32});
  q.scale_plane().set(0, -2.0f);
  write_code<4>(q.row_codes(0).data(), 3, 5);
  const auto moved = transcode<exponents>(q);
  CHECK(moved.exact);
  CHECK(moved.matrix.scale_at(0) == 2.0f);
  CHECK(moved.matrix.value_at(0, 3) == -10.0f);
}

TEST_CASE("transcode refuses scales and offsets that are no numbers, and other shapes") {
  const std::vector<float> w(64, 1.0f);
  for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    auto q = quantize<fp32_g64>({w.data(), 2, 32});
    q.scale_plane().set(1, wrong);
    CHECK_THROWS_WITH_AS(static_cast<void>(transcode<int8_g32>(q)), doctest::Contains("group 1 has scale"), halftone::error);
    auto p = quantize<scheme<uint4, float_offset, per_group<32>>>({w.data(), 2, 32});
    p.offset_plane().set(0, wrong);
    CHECK_THROWS_WITH_AS(static_cast<void>(transcode<int8_g32>(p)), doctest::Contains("group 0 has offset"), halftone::error);
  }
  quantized_matrix<scheme<fp8_e4m3fn, symmetric, per_tensor>> nan(matrix_shape{1, 2});
  nan.scale_plane().set(0, 1.0f);
  write_code<8>(nan.row_codes(0).data(), 1, 0x7f);
  CHECK_THROWS_WITH_AS(static_cast<void>(transcode<int8_per_tensor>(nan)), doctest::Contains("value [0, 1] is"), halftone::error);
  const auto q = quantize<fp32_g64>({w.data(), 2, 32});
  quantized_matrix<int8_g32> other(matrix_shape{2, 31});
  CHECK_THROWS_WITH_AS(static_cast<void>(transcode_into(q, other)), doctest::Contains("to [2, 31]"), halftone::error);
}

namespace {
struct endless {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  static std::string name() { return "endless"; }
  template <uniform_element Element>
  static group_parameters choose(range, const Element&) noexcept {
    return {.scale = std::numeric_limits<float>::infinity()};
  }
};
}  // namespace

TEST_CASE("transcode refuses what a mapping may not choose") {
  const std::vector<float> w = weights();
  using wrong = scheme<int2, endless, per_tensor>;
  CHECK_THROWS_WITH_AS(static_cast<void>(transcode<wrong>(quantize<fp32_g64>({w.data(), 3, 300}))),
                       doctest::Contains("group 0 has scale"), halftone::error);
}
