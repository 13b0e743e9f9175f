// SPDX-License-Identifier: MIT
// Halftone tests: a swept scale is never worse than the mapping's, and the best of its multiples as they are stored.
#include <halftone/ptq/scale_sweep.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

#include <algorithm>

namespace {

using namespace halftone;
using correlated::view;

template <class Scheme>
double squared_error(const quantized_matrix<Scheme>& q, const std::vector<float>& w) {
  double sum = 0.0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    const auto e = static_cast<double>(w[i] - q.value_at(i / q.cols(), i % q.cols()));
    sum += e * e;
  }
  return sum;
}

template <class Scheme>
void is_the_best_of_its_multiples(const ptq::scale_sweep& sweep, double gain) {
  CAPTURE(Scheme::name());
  const Scheme s{};
  double plain = 0.0, best = 0.0;
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    const std::vector<float> values = correlated::gaussians(32, seed);
    const group_parameters first = min_max{}.fit(values, s);
    double least = ptq::weighted_error_of<Scheme>(values, {}, ptq::as_stored(first, values, s), s);
    plain += least;
    for (std::size_t i = 0; i < sweep.count(); ++i) {
      group_parameters p = first;
      p.scale = product(first.scale, sweep.factor(i));
      least = std::min(least, ptq::weighted_error_of<Scheme>(values, {}, ptq::as_stored(p, values, s), s));
    }
    const group_parameters found = sweep.fit(values, s);
    CHECK(ptq::weighted_error_of<Scheme>(values, {}, found, s) == least);
    best += least;
  }
  CHECK(best < gain * plain);
}

TEST_CASE("scale_sweep: the best of its multiples") {
  is_the_best_of_its_multiples<nf4_g64>({}, 0.95);
  is_the_best_of_its_multiples<mxfp4>({.from = 0.5f, .to = 2.0f, .steps = 6}, 1.001);
  is_the_best_of_its_multiples<uint4_g32>({.factors = ptq::four_or_six}, 1.01);
  CHECK(ptq::scale_sweep{.steps = 0}.factor(0) == 0.6f);
  const std::vector<float> zeros(4);
  CHECK(ptq::scale_sweep{}.fit(zeros, nf4_g64{}) == min_max{}.fit(zeros, nf4_g64{}));
}

TEST_CASE("scale_sweep: scales quantized again take the best code under the outer scale") {
  constexpr std::size_t n = 6, k = 72;  // a ragged group
  std::vector<float> w = correlated::gaussians(n * k, 6, 0.02f);
  for (std::size_t i = 0; i < k; ++i) {
    w[2 * k + i] = 0.0f;
  }
  const auto plain = quantize<nvfp4>(view(w, k));
  const auto swept = ptq::sweep_scales<nvfp4>(view(w, k));
  const auto two = ptq::sweep_scales<nvfp4>(view(w, k), {.factors = ptq::four_or_six});
  CHECK(squared_error(swept, w) < 0.85 * squared_error(plain, w));
  CHECK(squared_error(two, w) < 0.95 * squared_error(plain, w));
  CHECK(squared_error(swept, w) < squared_error(two, w));
  // Every group's code beats its neighbours' and what min_max asks for, under the same outer scale.
  const auto& plane = two.scale_plane().matrix();
  const std::vector<group_parameters> wanted = fit_groups(view(w, k), min_max{}, two);
  for (std::size_t g = 0; g < two.group_count(); ++g) {
    const std::size_t row = g / 5, first = g % 5 * 16, count = std::min<std::size_t>(16, k - first);
    const std::span<const float> values = std::span<const float>(w).subspan(row * k + first, count);
    const double found = squared_error_of(values, two.parameters_at(g), two.scheme());
    for (const float factor : ptq::four_or_six) {
      const float scale = ptq::detail::nested_value(plane, g, product(wanted[g].scale, factor)).first;
      CHECK(found <= squared_error_of(values, group_parameters{.scale = scale}, two.scheme()));
    }
  }
  const auto double_quantized_nf4 = ptq::sweep_scales<nf4_g64_double>(view(w, k));
  CHECK(squared_error(double_quantized_nf4, w) < squared_error(quantize<nf4_g64_double>(view(w, k)), w));
  CHECK(ptq::sweep_scales<nvfp4>({}).codes().empty());
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::sweep_scales<nvfp4>({nullptr, 2, 2})), "sweep_scales: w is null but has shape [2, 2]", error);
}

TEST_CASE("scale_sweep: the ends of floats") {
  constexpr float largest = std::numeric_limits<float>::max();
  const std::vector<float> w{largest, -largest, 1.0f, 0.0f, 1e-45f, 0.0f, 0.0f, 0.0f};
  const auto q = ptq::sweep_scales<nvfp4>(view(w, 4));
  for (std::size_t i = 0; i < w.size(); ++i) {
    CHECK(is_finite(q.value_at(i / 4, i % 4)));
  }
}

}  // namespace
