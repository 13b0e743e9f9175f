// SPDX-License-Identifier: MIT
// Halftone tests: the output error from the factored Hessian is tr(E H E^T).
#include <halftone/ptq/output_error.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

namespace {

using namespace halftone;
using correlated::view;

struct backwards {
  void operator()(std::size_t count, task_ref task) {
    for (std::size_t i = count; i-- != 0;) {
      task(i);
    }
  }
};

TEST_CASE("output_error: tr(E H E^T), whatever the order of columns and of tasks") {
  constexpr std::size_t n = 37, k = 150;
  const std::vector<float> w = correlated::gaussians(n * k, 1), e = correlated::gaussians(n * k, 2, 0.01f);
  std::vector<float> changed = w;
  for (std::size_t i = 0; i < w.size(); ++i) {
    changed[i] += e[i];
  }
  std::vector<double> h = correlated::second_moment(correlated::inputs(300, k, 3), k);
  double mean = 0.0, wanted = 0.0;
  for (std::size_t j = 0; j < k; ++j) {
    mean += h[j * k + j] / k;
  }
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t a = 0; a < k; ++a) {
      for (std::size_t b = 0; b < k; ++b) {
        const auto error = [&](std::size_t j) { return static_cast<double>(changed[row * k + j]) - static_cast<double>(w[row * k + j]); };
        wanted += error(a) * (h[a * k + b] + (a == b ? 0.01 * mean : 0.0)) * error(b);
      }
    }
  }
  backwards executor;
  for (const bool by_activation : {false, true}) {
    const ptq::error_feedback f(view(h, k), {.activation_order = by_activation});
    const double found = ptq::output_error(view(w, k), view(changed, k), f);
    CHECK(found == doctest::Approx(wanted).epsilon(1e-4));
    CHECK(found == ptq::output_error(view(w, k), view(changed, k), f, {.execute = executor_ref(executor, 2)}));
    CHECK(ptq::output_error(view(w, k), view(w, k), f) == 0.0);
  }
}

TEST_CASE("output_error: what is refused") {
  const std::vector<double> h{1.0};
  const ptq::error_feedback f(view(h, 1));
  const std::vector<float> w(4);
  const matrix_view<const float> none(nullptr, 2, 1), column(w.data(), 2, 1);
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::output_error(none, column, f)), "output_error: w is null but has shape [2, 1]", error);
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::output_error(column, none, f)), "output_error: changed is null but has shape [2, 1]", error);
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::output_error(column, view(w, 1), f)), "output_error: w is [2, 1], changed [4, 1]", error);
  CHECK_THROWS_WITH_AS(static_cast<void>(ptq::output_error(view(w, 2), view(w, 2), f)), "output_error: w is [2, 2], h [1, 1]", error);
}

}  // namespace
