// SPDX-License-Identifier: MIT
// Activations with a scale for each run of values, against the reference: given, quantized once, quantized inside the call.
#include "gemm/check.hpp"

#include <halftone/gemm/gemm_list.hpp>
#include <halftone/reference/grouped_gemm.hpp>

#include <array>
#include <limits>
#include <string>

using namespace halftone;
using gemm_test::output;
using gemm_test::shape;
using gemm_test::values_of;

namespace {

/// All of y, and what lies around it.
void check_same(const output& actual, const output& expected) {
  CHECK(std::memcmp(actual.values.data(), expected.values.data(), actual.values.size() * sizeof(float)) == 0);
}

template <class Weights, class Activations>
void check_scheme(const shape& s) {
  CAPTURE(Weights::name());
  CAPTURE(Activations::name());
  CAPTURE(s.m);
  CAPTURE(s.n);
  CAPTURE(s.k);
  const std::vector<float> weights = values_of(s.n * s.k, s.n + 7 * s.k);
  std::vector<float> data = values_of(s.m * (s.k + 5) + 1, s.m + 10);
  for (std::size_t i = 0; i < data.size(); ++i) {
    data[i] *= static_cast<float>(1 + i / 16 % 5);  // groups of different range
  }
  const matrix_view<const float> x(data.data() + 1, s.m, s.k, s.k + 5);
  const std::vector<float> bias = values_of(s.n, 78);
  const auto q = quantize<Weights>({weights.data(), s.n, s.k});
  const auto packed = pack(q);
  const epilogue finish{add_bias{bias}, silu{}};
  output expected(s.m, s.n);
  reference::gemm(dynamic<Activations>(x), q, expected.view(), finish);
  const auto once = quantize_activations<Activations>(x);
  gemm_test::backwards order;
  for (const std::size_t tasks : {1u, 3u}) {
    const context use{.execute = executor_ref(order, tasks)};
    output inside(s.m, s.n);
    gemm(dynamic<Activations>(x), packed, inside.view(), finish, use);
    check_same(inside, expected);
    output before(s.m, s.n);
    gemm(once, packed, before.view(), finish, use);
    check_same(before, expected);
  }
}

template <class Weights, class Activations>
void check_shapes() {
  for (const shape s : {shape{1, 1, 1}, {1, 17, 32}, {1, 48, 96}, {2, 5, 31}, {3, 33, 33}, {4, 16, 128}, {5, 40, 100},
                        {9, 70, 257}, {17, 64, 160}, {300, 3, 64}, {0, 4, 32}, {2, 0, 32}, {2, 3, 0}}) {
    check_scheme<Weights, Activations>(s);
  }
}

struct four_values {
  static std::string name() { return "four_values"; }
  static constexpr std::array<float, 4> entries{-1.0f, -0.3f, 0.1f, 1.0f};
};

template <class Call>
std::string message_of(const Call& call) {
  try {
    call();
  } catch (const error& e) {
    return e.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("groups of both sides are the same") {
  check_shapes<int4_g32, int8_per_token_group<32>>();
  check_shapes<int8_g32, int8_per_token_group<32>>();
  check_shapes<scheme<int5, symmetric, per_group<20>>, int8_per_token_group<20>>();
}

TEST_CASE("a group of activations is several groups of weights") {
  check_shapes<uint4_g32, int8_per_token_group<64>>();
  check_shapes<offset4_g32, int8_per_token_group<96>>();
}

TEST_CASE("a group of activations is at least a row") { check_shapes<int8_per_channel, int8_per_token_group<512>>(); }

TEST_CASE("weights without an integer path take any groups") {
  check_shapes<brain_float16, int8_per_token_group<7>>();
  check_shapes<scheme<codebook<four_values>, symmetric, per_group<32>>, int8_per_token_group<24>>();
}

TEST_CASE("a row with a NaN or an infinity gives NaN, and other rows are what they were") {
  const std::vector<float> weights = values_of(20 * 64, 4);
  const auto packed = pack(quantize<int4_g32>({weights.data(), 20, 64}));
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    std::vector<float> data = values_of(3 * 64, 5);
    output clean(3, 20);
    gemm(dynamic<int8_per_token_group<32>>({data.data(), 3, 64}), packed, clean.view());
    data[64 + 40] = bad;
    output y(3, 20);
    gemm(dynamic<int8_per_token_group<32>>({data.data(), 3, 64}), packed, y.view());
    for (std::size_t n = 0; n < 20; ++n) {
      CHECK(y.view()(0, n) == clean.view()(0, n));
      CHECK(y.view()(1, n) != y.view()(1, n));
      CHECK(y.view()(2, n) == clean.view()(2, n));
    }
  }
}

TEST_CASE("bfloat16 activations, a list of problems, gemv, and a workspace of exactly the size that is named") {
  const std::vector<float> weights = values_of(33 * 96, 6);
  const std::vector<float> data = values_of(4 * 96, 7);
  const auto q = quantize<uint4_g32>({weights.data(), 33, 96});
  const auto packed = pack(q);
  std::vector<bfloat16> halves;
  for (const float x : data) {
    halves.push_back(to_bfloat16(x));
  }
  using activations = int8_per_token_group<32>;
  const auto x = dynamic<activations>(matrix_view<const bfloat16>(halves.data(), 4, 96));
  output expected(4, 33);
  reference::gemm(x, q, expected.view());
  std::vector<std::byte> memory(gemm_workspace_bytes(activation_kind::dynamic_groups_bfloat16s, 4, packed));
  output actual(4, 33);
  gemm(x, packed, actual.view(), epilogue{}, {.workspace = memory});
  check_same(actual, expected);

  const auto once = quantize_activations<activations>(matrix_view<const float>(data.data(), 4, 96));
  output from_codes(4, 33);
  memory.resize(gemm_workspace_bytes(activation_kind::grouped_codes, 4, packed));
  gemm(once, packed, from_codes.view(), epilogue{}, {.workspace = memory});
  output listed(4, 33);
  const gemm_problem problem{.x = once.view(), .w = &packed, .y = listed.view()};
  gemm_list(std::span(&problem, 1));
  check_same(listed, from_codes);
  std::vector<float> row(33);
  gemv(dynamic<activations>(matrix_view<const float>(data.data(), 1, 96)), packed, std::span<float>(row));
  CHECK(std::memcmp(row.data(), from_codes.view().row_data(0), 33 * sizeof(float)) == 0);
  memory.resize(memory.size() - 1);
  CHECK(message_of([&] { gemm(once, packed, actual.view(), epilogue{}, {.workspace = memory}); }) ==
        "gemm: the workspace has " + std::to_string(memory.size()) + " bytes, this call needs " +
            std::to_string(memory.size() + 1));
}
