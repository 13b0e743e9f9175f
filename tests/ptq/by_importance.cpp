// SPDX-License-Identifier: MIT
// Halftone tests: importance of columns reaches the groups that hold them.
#include <halftone/ptq/by_importance.hpp>
#include <halftone/ptq/least_squares.hpp>
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

#include <algorithm>
#include <limits>

namespace {

using namespace halftone;
using correlated::view;

TEST_CASE("by_importance: each group has the importance of its columns") {
  using groups = scheme<int3, symmetric, per_group<8>>;
  const std::vector<float> w = correlated::gaussians(3 * 20, 8);
  std::vector<double> h(400);
  std::vector<float> importance(20);
  for (std::size_t k = 0; k < 20; ++k) {
    importance[k] = static_cast<float>(k * k);
    h[21 * k] = static_cast<double>(k * k);
  }
  const auto q = reference::quantize<groups>(view(w, 20), ptq::by_importance(ptq::least_squares{}, std::span<const float>(importance)));
  const auto same = reference::quantize<groups>(view(w, 20), ptq::by_importance(ptq::least_squares{}, view(h, 20)));
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    const std::size_t row = g / 3, first = g % 3 * 8, count = std::min<std::size_t>(8, 20 - first);
    const auto of = [&](const std::vector<float>& all, std::size_t at) { return std::span<const float>(all).subspan(at, count); };
    CHECK(q.scale_at(g) == ptq::least_squares{}.fit(of(w, row * 20 + first), of(importance, first), groups{}).scale);
    CHECK(same.scale_at(g) == q.scale_at(g));
  }
  using rows = scheme<int3, symmetric, per_channel<0>>;
  const auto whole = reference::quantize<rows>(view(w, 20), ptq::by_importance(ptq::least_squares{}, std::span<const float>(importance)));
  CHECK(whole.scale_at(1) == ptq::least_squares{}.fit(std::span<const float>(w).subspan(20, 20), importance, rows{}).scale);
}

TEST_CASE("by_importance: what is refused") {
  using estimator = ptq::by_importance<ptq::least_squares>;
  const std::vector<float> w(6), bad{1.0f, -1.0f}, endless{std::numeric_limits<float>::infinity()}, good{1.0f, 1.0f};
  CHECK_THROWS_WITH_AS(estimator({}, std::span<const float>(bad)), "by_importance: column 1 has importance -1", error);
  CHECK_THROWS_WITH_AS(estimator({}, std::span<const float>(endless)), "by_importance: column 0 has importance inf", error);
  CHECK_THROWS_WITH_AS(estimator({}, matrix_view<const double>(nullptr, 2, 2)), "by_importance: h is null but has shape [2, 2]", error);
  const std::vector<double> h(2, 1.0);
  CHECK_THROWS_WITH_AS(estimator({}, view(h, 2)), "by_importance: h is [1, 2], should be square", error);
  CHECK_THROWS_WITH_AS(static_cast<void>(reference::quantize<int4_g32>(view(w, 3), estimator({}, std::span<const float>(good)))),
                       "by_importance: importance of 2 columns for a matrix of another width", error);
}

}  // namespace
