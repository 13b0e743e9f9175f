// SPDX-License-Identifier: MIT
// Halftone tests: values for observers, and the laws that every observer keeps.
#pragma once

#include <halftone/calibration/observer.hpp>
#include <halftone/core/random.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <numeric>
#include <vector>

namespace calibration_test {

using namespace halftone;

inline bool same(range a, range b) { return a.min == b.min && a.max == b.max; }

/// A matrix of its own.
struct batch {
  std::size_t rows, cols, stride;
  std::vector<float> values;
  batch(std::size_t r, std::size_t c, std::uint64_t seed, float scale = 1.0f, std::size_t gap = 0)
      : rows(r), cols(c), stride(c + gap), values(r * (c + gap), std::numeric_limits<float>::quiet_NaN()) {
    for (std::size_t i = 0; i < r; ++i) {
      for (std::size_t j = 0; j < c; ++j) {
        const float u = random_unit(seed, i * c + j) - 0.4f;
        values[i * stride + j] = scale * u * u * u * (random_bits(seed + 1, i * c + j) % 97 == 0 ? 20.0f : 1.0f);
      }
    }
  }
  [[nodiscard]] matrix_view<const float> view() const { return {values.data(), rows, cols, stride}; }
  [[nodiscard]] matrix_view<const float> part(std::size_t first, std::size_t count) const {
    return {values.data() + first * stride, count, cols, stride};
  }
};

/// Batches of odd shapes, with gaps between rows.
inline std::vector<batch> some_batches() {
  return {{1, 1, 1}, {3, 17, 2}, {8, 64, 3, 2.0f, 5}, {5, 0, 4}, {40, 33, 5, 0.25f, 1}, {1, 9000, 6, 3.0f}, {2, 15, 7}};
}
inline std::vector<float> all_values(const std::vector<batch>& batches) {
  std::vector<float> all;
  for (const batch& b : batches) {
    for (std::size_t i = 0; i < b.rows; ++i) {
      all.insert(all.end(), b.view().row(i).begin(), b.view().row(i).end());
    }
  }
  return all;
}

/// A NaN or an infinity anywhere is an error with its place.
template <class O>
void refuses_what_is_not_finite(const O& first) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                          -std::numeric_limits<float>::infinity()}) {
    batch b(3, 20, 9, 1.0f, 3);
    b.values[1 * b.stride + 18] = bad;
    O o = first;
    CHECK_THROWS_WITH_AS(o.observe(b.view()), doctest::Contains("value [1, 18] is"), error);
  }
  O o = first;
  CHECK_THROWS_WITH_AS(o.observe({nullptr, 2, 3}), doctest::Contains("null"), error);
}

/// Nothing observed; counts; streams that are split and merged in any way.
template <observer O>
void keeps_the_laws(const O& first) {
  CHECK(first.count() == 0);
  const std::vector<batch> batches = some_batches();
  O one = first;
  std::uint64_t count = 0;
  for (const batch& b : batches) {
    one.observe(b.view());
    count += b.rows * b.cols;
  }
  CHECK(one.count() == count);
  CHECK(one.range().min <= one.range().max);
  O nothing = first;
  nothing.merge(first);
  CHECK(nothing.count() == 0);
  CHECK(same(nothing.range(), first.range()));
  nothing.merge(one);
  CHECK(same(nothing.range(), one.range()));
  CHECK(nothing.count() == count);
  nothing.merge(first);
  CHECK(same(nothing.range(), one.range()));
  if constexpr (O::order_free) {
    O even = first, odd = first, backwards = first;
    for (std::size_t i = 0; i < batches.size(); ++i) {
      (i % 2 == 0 ? even : odd).observe(batches[i].view());
      const batch& b = batches[batches.size() - 1 - i];
      for (std::size_t row = b.rows; row-- > 0;) {
        backwards.observe(b.part(row, 1));
      }
    }
    odd.merge(even);
    CHECK(same(odd.range(), one.range()));
    CHECK(same(backwards.range(), one.range()));
    CHECK(odd.count() == count);
    O whole = first;
    whole.observe(batches[4].view());
    for (std::size_t threads = 1; threads <= 50; threads += 7) {
      auto last_first = [](std::size_t tasks, task_ref task) {
        for (std::size_t t = tasks; t-- > 0;) {
          task(t);
        }
      };
      CHECK(same(observe_together(first, batches[4].view(), context{.execute = {last_first, threads}}).range(), whole.range()));
    }
  }
}

}  // namespace calibration_test
