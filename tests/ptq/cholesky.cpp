// SPDX-License-Identifier: MIT
// Halftone tests: the Cholesky factor has the bits of the stated order, for all sizes, blocks and orders of tasks.
#include <halftone/core/random.hpp>
#include <halftone/ptq/cholesky.hpp>

#include <doctest/doctest.h>

#include <vector>

namespace {

using namespace halftone;
using ptq::padded_square;

/// b b^T / size + shift I, b uniform in [-1, 1) with `rank` columns.
padded_square positive(std::size_t size, std::size_t rank, double shift) {
  std::vector<double> b(size * rank);
  for (std::size_t i = 0; i < b.size(); ++i) {
    b[i] = 2.0 * static_cast<double>(random_unit(7, i)) - 1.0;
  }
  padded_square a(size);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      double sum = i == j ? shift : 0.0;
      for (std::size_t k = 0; k < rank; ++k) {
        sum += b[i * rank + k] * b[j * rank + k];
      }
      a(i, j) = sum;
    }
  }
  return a;
}

/// The formula at the top of the header.
bool factor_plainly(padded_square& a) {
  for (std::size_t i = 0; i < a.size(); ++i) {
    for (std::size_t j = i; j < a.size(); ++j) {
      double c = a(i, j);
      for (std::size_t k = 0; k < i; ++k) {
        c -= product(a(k, i), a(k, j));
      }
      if (i == j && !(c > 0.0)) {
        return false;
      }
      a(i, j) = i == j ? std::sqrt(c) : c / a(i, i);
    }
  }
  return true;
}

struct backwards {
  void operator()(std::size_t count, task_ref task) {
    for (std::size_t i = count; i-- != 0;) {
      task(i);
    }
  }
};

TEST_CASE("factor_cholesky: the bits of plain loops, whatever the executor") {
  backwards executor;
  for (const std::size_t size : {0u, 1u, 2u, 7u, 8u, 9u, 63u, 64u, 65u, 130u, 201u}) {
    CAPTURE(size);
    padded_square expected = positive(size, size, 0.25), once = expected, shared = expected;
    REQUIRE(factor_plainly(expected));
    CHECK(ptq::factor_cholesky(once));
    CHECK(ptq::factor_cholesky(shared, {.execute = executor_ref(executor, 3)}));
    std::size_t different = 0;
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = i; j < size; ++j) {
        different += once(i, j) != expected(i, j) || shared(i, j) != expected(i, j) ? 1u : 0u;
      }
    }
    CHECK(different == 0);
  }
}

TEST_CASE("factor_cholesky: no factor of what is not positive definite") {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const std::size_t at : {0u, 5u, 70u}) {
    for (const double wrong : {0.0, -1.0, infinity, -infinity, std::numeric_limits<double>::quiet_NaN()}) {
      padded_square a = positive(72, 72, 0.25);
      a(at, at) = wrong;
      CHECK_FALSE(ptq::factor_cholesky(a));
    }
  }
  padded_square deficient = positive(70, 3, 0.0);
  deficient(69, 69) -= 1e-9;
  CHECK_FALSE(ptq::factor_cholesky(deficient));
}

}  // namespace
