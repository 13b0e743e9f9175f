// SPDX-License-Identifier: MIT
// Halftone tests: AWQ's scales and clipping are the best of their grids by the output error, never above that of no change.
#include <halftone/ptq/awq.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

#include <array>
#include <cmath>
#include <limits>

namespace {

using namespace halftone;
using correlated::view;

constexpr std::size_t k = 64;

std::vector<float> mean_magnitudes(const std::vector<float>& x) {
  std::vector<float> means(k);
  for (std::size_t i = 0; i < x.size(); ++i) {
    means[i % k] += std::abs(x[i]) / static_cast<float>(x.size() / k);
  }
  return means;
}

TEST_CASE("awq_scales: the loss of the matrix that a user makes, never above that of no scales") {
  const std::vector<float> x = correlated::inputs(200, k, 3), means = mean_magnitudes(x);
  const std::vector<double> h = correlated::second_moment(x, k), held_out = correlated::second_moment(correlated::inputs(200, k, 4), k);
  const ptq::error_feedback f(view(h, k));
  const std::vector<float> q = correlated::gaussians(8 * k, 5, 0.02f), v = correlated::gaussians(4 * k, 6, 0.02f);
  const std::array<matrix_view<const float>, 2> matrices{view(q, k), view(v, k)};
  for (const bool duo : {false, true}) {
    const ptq::awq_result found = ptq::awq_scales<uint4_g32>(matrices, means, f, {.duo_scaling = duo});
    MESSAGE("exponent " << found.exponent << ", loss " << found.loss / found.plain_loss);
    CHECK(found.loss < 0.8 * found.plain_loss);
    CHECK(found.exponent > 0.0f);
    std::vector<float> scaled = q;
    ptq::multiply_columns({scaled.data(), 8, k}, found.scales);
    const auto quantized = quantize<uint4_g32>(view(scaled, k));
    std::vector<float> back(8 * k);
    dequantize(quantized, {back.data(), 8, k});
    ptq::divide_columns({back.data(), 8, k}, found.scales);
    const double plain = correlated::output_error(quantize<uint4_g32>(view(q, k)), q, held_out);
    double sum = 0.0;
    for (std::size_t row = 0; row < 8; ++row) {
      for (std::size_t a = 0; a < k; ++a) {
        for (std::size_t b = 0; b < k; ++b) {
          const auto e = [&](std::size_t j) { return static_cast<double>(back[row * k + j]) - static_cast<double>(q[row * k + j]); };
          sum += e(a) * held_out[a * k + b] * e(b);
        }
      }
    }
    CHECK(sum < 0.9 * plain);
  }
  const ptq::awq_result one = ptq::awq_scales<uint4_g32>(matrices, means, f, {.steps = 1});
  CHECK(one.scales == std::vector<float>(k, 1.0f));
  CHECK(one.loss == one.plain_loss);
  const std::vector<float> nothing(k);
  CHECK(ptq::awq_scales<uint4_g32>(matrices, nothing, f, {.steps = 3}).loss <= one.loss);
}

TEST_CASE("output_clip: the best of its grid by the group's outputs") {
  const std::vector<double> h = correlated::second_moment(correlated::inputs(200, k, 3), k);
  std::vector<float> w = correlated::gaussians(4 * k, 7);
  using groups = scheme<int3, symmetric, per_group<24>, stored_as<fp16>>;  // a ragged last group
  const groups s{};
  const ptq::output_clip clip(view(h, k));
  const auto q = quantize<groups>(view(w, k), clip);
  double plain_sum = 0.0, sum = 0.0;
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    const std::size_t row = g / 3, first = g % 3 * 24, count = std::min<std::size_t>(24, k - first);
    const std::span<const float> values = std::span<const float>(w).subspan(row * k + first, count);
    const auto error = [&](const group_parameters& p) {
      double total = 0.0;
      for (std::size_t a = 0; a < count; ++a) {
        for (std::size_t b = 0; b < count; ++b) {
          const auto e = [&](std::size_t j) {
            return static_cast<double>(s.real(s.element.decode(encode_value(values[j], p, groups::factor_of(p), s, j)), p)) -
                   static_cast<double>(values[j]);
          };
          total += e(a) * h[(first + a) * k + first + b] * e(b);
        }
      }
      return total;
    };
    const double found = error(q.parameters_at(g));
    double least = 1e30;
    for (int i = 0; i < 10; ++i) {
      const range r = range_of(values);
      const float factor = 1.0f - static_cast<float>(i) / 20.0f;
      least = std::min(least, error(ptq::as_stored(s.mapping.choose({r.min * factor, r.max * factor}, s.element), values, s)));
    }
    CHECK(found == doctest::Approx(least).epsilon(1e-9));
    CHECK(clip.error_of(first, values, q.parameters_at(g), s) == doctest::Approx(found).epsilon(1e-6));
    sum += found;
    plain_sum += error(ptq::as_stored(min_max{}.fit(values, s), values, s));
  }
  CHECK(sum < plain_sum);
}

TEST_CASE("awq: what is refused") {
  const std::vector<double> h{1.0, 0.0, 0.0, 1.0};
  const ptq::error_feedback f(view(h, 2));
  const std::vector<float> w(4, 1.0f), means(2, 1.0f), bad{1.0f, -1.0f}, endless{std::numeric_limits<float>::infinity(), 1.0f};
  const std::array<matrix_view<const float>, 1> one{view(w, 2)}, narrow{view(w, 1)}, none{matrix_view<const float>(nullptr, 1, 2)};
  const auto scales = [&](auto& matrices, const std::vector<float>& x, unsigned steps) {
    static_cast<void>(ptq::awq_scales<uint4_g32>(matrices, x, f, {.steps = steps}));
  };
  CHECK_THROWS_WITH_AS(scales(one, means, 0), "awq_scales: no exponents to try", error);
  CHECK_THROWS_WITH_AS(scales(one, w, 2), "awq_scales: 4 inputs, but h is [2, 2]", error);
  CHECK_THROWS_WITH_AS(scales(one, bad, 2), "awq_scales: input 1 has mean magnitude -1", error);
  CHECK_THROWS_WITH_AS(scales(one, endless, 2), "awq_scales: input 0 has mean magnitude inf", error);
  CHECK_THROWS_WITH_AS(scales(none, means, 2), "awq_scales: w is null but has shape [1, 2]", error);
  CHECK_THROWS_WITH_AS(scales(narrow, means, 2), "awq_scales: w is [4, 1], h [2, 2]", error);
  CHECK_THROWS_WITH_AS(ptq::output_clip(matrix_view<const double>(nullptr, 2, 2)), "output_clip: h is null but has shape [2, 2]", error);
  CHECK_THROWS_WITH_AS(ptq::output_clip(view(h, 4)), "output_clip: h is [1, 4], should be square", error);
  CHECK_THROWS_WITH_AS(ptq::output_clip(view(h, 2), 4, 5), "output_clip: 5 steps on a grid of 4", error);
  CHECK_THROWS_WITH_AS(static_cast<void>(quantize<uint4_g32>(view(w, 4), ptq::output_clip(view(h, 2)))),
                       "output_clip: h of 2 columns for a matrix of another width", error);
}

}  // namespace
