// SPDX-License-Identifier: MIT
// Halftone tests: the factored Hessian is GPTQ's, for good matrices and for bad ones.
#include <halftone/ptq/error_feedback.hpp>

#include <doctest/doctest.h>

#include <ptq/correlated.hpp>

#include <algorithm>
#include <limits>

namespace {

using namespace halftone;
using correlated::view;

constexpr std::size_t k = 24;
std::vector<double> hessian(std::size_t tokens = 200) { return correlated::second_moment(correlated::inputs(tokens, k, 3), k); }

/// What is thrown, or nothing.
std::string message_of(const std::vector<double>& h, std::size_t columns, const ptq::feedback_options& options = {}) {
  try {
    const ptq::error_feedback feedback(view(h, columns), options);
  } catch (const error& e) {
    return e.what();
  }
  return {};
}

/// The inverse, by Gauss and Jordan.
std::vector<double> inverse(std::vector<double> a, std::size_t n) {
  std::vector<double> b(n * n);
  for (std::size_t i = 0; i < n; ++i) {
    b[i * n + i] = 1.0;
  }
  for (std::size_t i = 0; i < n; ++i) {
    const double pivot = a[i * n + i];
    for (std::size_t j = 0; j < n; ++j) {
      a[i * n + j] /= pivot;
      b[i * n + j] /= pivot;
    }
    for (std::size_t r = 0; r < n; ++r) {
      const double factor = r == i ? 0.0 : a[r * n + i];
      for (std::size_t j = 0; j < n; ++j) {
        a[r * n + j] -= factor * a[i * n + j];
        b[r * n + j] -= factor * b[i * n + j];
      }
    }
  }
  return b;
}

TEST_CASE("error_feedback: H = (I + A) D (I + A)^T in the order of columns, damped") {
  const std::vector<double> h = hessian();
  for (const bool by_activation : {false, true}) {
    const ptq::error_feedback f(view(h, k), {.damping = 0.05, .activation_order = by_activation});
    CHECK(f.damping() == 0.05);
    CHECK(f.size() == k);
    CHECK(f.in_natural_order() == !by_activation);
    double mean = 0.0;
    for (std::size_t i = 0; i < k; ++i) {
      mean += h[i * k + i] / k;
    }
    const auto a = [&](std::size_t l, std::size_t i) { return l == i ? 1.0 : l < i ? static_cast<double>(f.row(l)[i]) : 0.0; };
    for (std::size_t r = 0; r < k; ++r) {
      for (std::size_t c = 0; c < k; ++c) {
        double sum = 0.0;
        for (std::size_t i = 0; i < k; ++i) {
          sum += a(r, i) * f.pivots()[i] * a(c, i);
        }
        const double wanted = h[f.order()[r] * k + f.order()[c]] + (r == c ? 0.05 * mean : 0.0);
        CHECK(sum == doctest::Approx(wanted).epsilon(1e-5).scale(10.0));
        CHECK((c > r || f.row(r)[c] == 0.0f));
      }
    }
  }
}

TEST_CASE("error_feedback: rows of GPTQ's inverse, by their diagonal") {
  const std::vector<double> h = hessian();
  const ptq::error_feedback f(view(h, k), {.damping = 0.0, .activation_order = false});
  // H^-1 = U^T U: eliminate the first column, then the next, as GPTQ does; what is left of row l is U[l, .] U[l, l].
  std::vector<double> b = inverse(h, k);
  for (std::size_t l = 0; l < k; ++l) {
    for (std::size_t i = l + 1; i < k; ++i) {
      const double step = b[l * k + i] / b[l * k + l];
      // E[l] moves weight i by -E[l] U[l, i] / U[l, l] once; A holds what later columns have not made good of it yet.
      double sum = static_cast<double>(f.row(l)[i]) + step;
      for (std::size_t m = l + 1; m < i; ++m) {
        sum += b[l * k + m] / b[l * k + l] * static_cast<double>(f.row(m)[i]);
      }
      CHECK(sum == doctest::Approx(0.0).scale(1.0).epsilon(1e-4));
    }
    for (std::size_t r = l + 1; r < k; ++r) {
      for (std::size_t i = k; i-- > l;) {
        b[r * k + i] -= b[r * k + l] * b[l * k + i] / b[l * k + l];
      }
    }
  }
}

TEST_CASE("error_feedback: the largest diagonal first, of equal ones the left") {
  std::vector<double> h(16);
  h[0] = 1.0, h[5] = 4.0, h[10] = 1.0, h[15] = 4.0;
  const ptq::error_feedback f(view(h, 4), {});
  CHECK(std::ranges::equal(f.order(), std::vector<std::uint32_t>{1, 3, 0, 2}));
  CHECK(f.unseen().empty());
}

TEST_CASE("error_feedback: what is below the diagonal is not read, and a power of two changes nothing") {
  std::vector<double> h = hessian(), other = h;
  for (std::size_t i = 0; i < k; ++i) {
    for (std::size_t j = 0; j < k; ++j) {
      other[i * k + j] = j < i ? std::numeric_limits<double>::quiet_NaN() : std::ldexp(h[i * k + j], -900);
    }
  }
  const ptq::error_feedback a(view(h, k)), b(view(other, k));
  for (std::size_t i = 0; i < k; ++i) {
    CHECK(std::equal(a.row(i), a.row(i) + k, b.row(i)));
    CHECK(a.pivots()[i] == std::ldexp(b.pivots()[i], 900));
  }
}

TEST_CASE("error_feedback: columns that nobody saw") {
  std::vector<double> h = hessian();
  for (std::size_t i = 0; i < k; ++i) {
    h[5 * k + i] = h[i * k + 5] = h[9 * k + i] = h[i * k + 9] = 0.0;
  }
  const ptq::error_feedback f(view(h, k));
  CHECK(std::ranges::equal(f.unseen(), std::vector<std::uint32_t>{5, 9}));
  CHECK(f.order()[k - 2] == 5);
  CHECK(f.order()[k - 1] == 9);
  for (std::size_t i = 0; i < k; ++i) {
    CHECK(f.row(i)[k - 1] == 0.0f);
    CHECK(f.row(i)[k - 2] == 0.0f);
  }
  for (const double value : {0.0, std::numeric_limits<double>::denorm_min()}) {
    std::vector<double> nothing(k * k);
    nothing[0] = value;
    const ptq::error_feedback zero(view(nothing, k));
    CHECK(zero.unseen().size() == (value == 0.0 ? k : k - 1));
    CHECK(std::all_of(zero.row(0), zero.row(0) + k * zero.stride(), [](float a) { return a == 0.0f; }));
  }
  CHECK(ptq::error_feedback(matrix_view<const double>{}).size() == 0);
}

TEST_CASE("error_feedback: few tokens, and matrices that need more damping") {
  const ptq::error_feedback few(view(hessian(3), k));
  CHECK(few.damping() == 0.01);
  std::vector<double> h(4);
  h = {1.0, 1.0, 0.0, 1.0};
  CHECK(ptq::error_feedback(view(h, 2), {.damping = 0.0}).damping() == 0.001);
  h = {1.0, 1.05, 0.0, 1.0};
  CHECK(ptq::error_feedback(view(h, 2)).damping() == 0.1);
  h = {1.0, 1.5, 0.0, 1.0};
  CHECK(ptq::error_feedback(view(h, 2)).damping() == 1.0);
  h = {1.0, 2.5, 0.0, 1.0};
  CHECK(message_of(h, 2) == "error_feedback: h is not positive semidefinite: with its mean added to its diagonal it has no factor");
}

TEST_CASE("error_feedback: what is refused") {
  const double infinity = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
  CHECK(message_of({1.0, 0.0}, 2) == "error_feedback: h is [1, 2], should be square");
  CHECK(message_of({1.0, 0.0, 0.0, -2.0}, 2) == "error_feedback: h[1, 1] is -2; a mean of squares is not below zero");
  CHECK(message_of({1.0, nan, 0.0, 1.0}, 2) == "error_feedback: h[0, 1] is nan");
  CHECK(message_of({nan, 0.0, 0.0, 1.0}, 2) == "error_feedback: h[0, 0] is nan");
  CHECK(message_of({1.0, 0.0, 0.0, infinity}, 2) == "error_feedback: h[1, 1] is inf");
  CHECK(message_of({1.0}, 1, {.damping = -0.5}) == "error_feedback: the damping is -0.5, outside 0..1");
  CHECK(message_of({1.0}, 1, {.damping = nan}) == "error_feedback: the damping is nan, outside 0..1");
  CHECK(message_of({1.0}, 1, {.damping = 1.5}) == "error_feedback: the damping is 1.5, outside 0..1");
  CHECK_THROWS_WITH_AS(ptq::error_feedback(matrix_view<const double>(nullptr, 2, 2)), "error_feedback: h is null but has shape [2, 2]",
                       error);
}

}  // namespace
