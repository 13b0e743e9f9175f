// SPDX-License-Identifier: MIT
// Wrong lists: nothing is written before everything is checked.
#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/gemm/gemm_list.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

TEST_CASE("gemm_list: missing weights, outputs that overlap, a wrong problem after a right one") {
  using packed = packed_matrix<int4_g32>;
  using problem = gemm_problem<matrix_view<const float>, packed, float>;
  const std::vector<float> weights(4 * 8, 0.5f);
  const packed w = pack(quantize<int4_g32>({weights.data(), 4, 8}));
  const std::vector<float> x(2 * 8, 1.0f);
  std::vector<float> y(4 * 4, -1.0f);
  const matrix_view<const float> in(x.data(), 2, 8);
  const problem first{in, &w, {y.data(), 2, 4}};
  const auto refused = [&](const problem& second, const char* message) {
    const std::vector<problem> list{first, second};
    CHECK_THROWS_WITH_AS(gemm_list(std::span<const problem>(list)), doctest::Contains(message), halftone::error);
    CHECK(y == std::vector<float>(4 * 4, -1.0f));
  };
  refused({in, nullptr, {y.data() + 8, 2, 4}}, "problem 1 has no weights");
  refused({in, &w, {y.data() + 4, 2, 4}}, "problems 0 and 1 overlap");
  refused({in, &w, {y.data() + 8, 2, 3}}, "should be [2, 4]");
  refused({{y.data(), 2, 8}, &w, {y.data() + 8, 2, 4}}, "x and y overlap");
  std::vector<float> chained(2 * 8 + 2 * 4);  // x of problem 1 is y of problem 0
  const std::vector<problem> chain{{in, &w, {chained.data(), 2, 4}}, {{chained.data(), 2, 8}, &w, {chained.data() + 16, 2, 4}}};
  CHECK_THROWS_WITH_AS(gemm_list(std::span<const problem>(chain)), doctest::Contains("x of problem 1 overlaps y of problem 0"),
                       halftone::error);
}

TEST_CASE("gemm_list: a stage that reads the output of another problem") {
  using packed = packed_matrix<int4_g32>;
  using problem = gemm_problem<matrix_view<const float>, packed, float, epilogue<add_bias>>;
  const std::vector<float> weights(4 * 8, 0.5f);
  const packed w = pack(quantize<int4_g32>({weights.data(), 4, 8}));
  const std::vector<float> x(8, 1.0f);
  const std::vector<float> bias(4, 1.0f);
  std::vector<float> y(8, -1.0f);
  const matrix_view<const float> in(x.data(), 1, 8);
  const std::vector<problem> list{{in, &w, {y.data(), 1, 4}, epilogue{add_bias{bias}}},
                                  {in, &w, {y.data() + 4, 1, 4}, epilogue{add_bias{std::span<const float>(y).first(4)}}}};
  CHECK_THROWS_AS(gemm_list(std::span<const problem>(list)), halftone::error);
  CHECK(y == std::vector<float>(8, -1.0f));
}
