// SPDX-License-Identifier: MIT
// Halftone tests: one mean for all groups. The real bitsandbytes is compared with in quantize/published_presets.cpp.
#include <halftone/core/random.hpp>
#include <halftone/element/dynamic_map.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/centered.hpp>
#include <halftone/scheme/flat_blocks.hpp>
#include <halftone/scheme/symmetric.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace {

using namespace halftone;
static_assert(prepared_mapping<centered_on_mean> && !prepared_mapping<halftone::symmetric>);
static_assert(mapping_for<centered_on_mean, dynamic8> && !mapping_for<centered_on_mean, uint8>);

template <class Scheme>
void is_around_the_mean(std::size_t rows, std::size_t cols) {
  std::vector<float> w(rows * cols);
  double sum = 0;
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = random_unit(rows, i) * 3.0f + 5.0f;
    sum += static_cast<double>(w[i]);
  }
  const auto mean = static_cast<float>(sum / static_cast<double>(w.size()));
  const auto q = quantize<Scheme>({w.data(), rows, cols});
  const auto expected = reference::quantize<Scheme>({w.data(), rows, cols});
  CHECK(std::equal(q.codes().begin(), q.codes().end(), expected.codes().begin(), expected.codes().end()));
  std::vector<double> widest(q.group_count(), 0.0);
  for (std::size_t i = 0; i < w.size(); ++i) {
    double& one = widest[q.group_of(i / cols, i % cols)];
    one = std::max(one, std::abs(static_cast<double>(w[i]) - static_cast<double>(mean)));
  }
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    CHECK(q.offset_at(g) == mean);
    CHECK(q.scale_at(g) == static_cast<float>(widest[g]) / largest_level(q.scheme().element));
    CHECK(q.parameters_at(g) == expected.parameters_at(g));
  }
  for (std::size_t i = 0; i < w.size(); ++i) {
    const group_parameters p = q.parameters_at(q.group_of(i / cols, i % cols));
    const float level = q.scheme().element.decode(q.code_at(i / cols, i % cols));
    const float scaled = product(p.scale, level);
    CHECK(q.value_at(i / cols, i % cols) == scaled + mean);
    CHECK(std::abs(q.value_at(i / cols, i % cols) - w[i]) < 0.08f);
  }
}

}  // namespace

TEST_CASE("every group has the mean of the matrix, and its own width around it") {
  is_around_the_mean<scheme<dynamic8, centered_on_mean, flat_blocks<8>>>(3, 7);
  is_around_the_mean<scheme<dynamic8, centered_on_mean, per_group<16>>>(5, 33);
  is_around_the_mean<scheme<int8, centered_on_mean, per_tensor>>(1, 1);
  is_around_the_mean<scheme<int8, centered_on_mean, per_channel<0>>>(4, 19);
}

TEST_CASE("equal values, no values, and the ends of float") {
  using centered = scheme<int8, centered_on_mean, per_tensor>;
  const std::vector<float> same(9, -2.5f);
  CHECK(quantize<centered>({same.data(), 3, 3}).value_at(2, 2) == -2.5f);
  CHECK(quantize<centered>(matrix_view<const float>(nullptr, 0, 5)).group_count() == 0);
  const float huge = std::numeric_limits<float>::max();
  CHECK(is_finite(centered_on_mean{-huge}.choose({-huge, huge}, dynamic8{}).scale));
  CHECK(centered_on_mean::name() == "centered_on_mean");
}
