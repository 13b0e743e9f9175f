// SPDX-License-Identifier: MIT
// Every small shape of one kind of weights and one of activations, against the reference, with a report that finds the place.
#pragma once

#include "gemm/guarded.hpp"

#include <halftone/core/random.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/gemm/packed_view.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/gemm.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <numeric>
#include <span>
#include <vector>

namespace gemm_test {

using namespace halftone;

inline float small_value(std::uint64_t seed, std::size_t i) { return random_unit(seed, i) - 0.45f; }

/// Compares bit for bit; says the shape, the first bad index, both values and the part of the output that differs.
inline bool same_output(const char* name, std::size_t m, std::size_t n, std::size_t k, const float* actual,
                        const float* expected, std::size_t stride) {
  std::size_t bad = 0;
  std::size_t first = 0, last_row = 0, least_column = n, most_column = 0;
  for (std::size_t row = 0; row < m; ++row) {
    for (std::size_t column = 0; column < n; ++column) {
      const std::size_t i = row * stride + column;
      if (std::memcmp(&actual[i], &expected[i], sizeof(float)) != 0) {
        first = bad == 0 ? i : first;
        ++bad;
        last_row = row;
        least_column = column < least_column ? column : least_column;
        most_column = column > most_column ? column : most_column;
      }
    }
  }
  if (bad != 0) {
    FAIL_CHECK(name, " on ", default_arch::name, " [", m, ", ", n, ", ", k, "]: ", bad, " of ", m * n,
               " outputs differ, rows ", first / stride, " to ", last_row, ", columns ", least_column, " to ", most_column,
               "; first at row ", first / stride, " column ", first % stride, ": ", actual[first], ", should be ",
               expected[first]);
  }
  return bad == 0;
}

/// A packed matrix whose planes each end at a guard page.
template <class Scheme>
class guarded_weights {
 public:
  explicit guarded_weights(const packed_matrix<Scheme>& w)
      : planes_(w.planes()),
        lines_(copy(planes_.lines)),
        scales_(copy(planes_.scales)),
        zero_points_(copy(planes_.zero_points)),
        offsets_(copy(planes_.offsets)),
        code_sums_(copy(planes_.code_sums)),
        view_(w.shape(), {.lines = span(lines_), .scales = span(scales_), .zero_points = span(zero_points_),
                          .offsets = span(offsets_), .code_sums = span(code_sums_)}) {}
  [[nodiscard]] const packed_view<Scheme>& view() const noexcept { return view_; }

 private:
  template <class T>
  static std::unique_ptr<guarded<T>> copy(std::span<const T> plane) {
    auto memory = std::make_unique<guarded<T>>(plane.size(), guarded<T>::edge::back);
    if (!plane.empty()) {
      std::memcpy(memory->data(), plane.data(), plane.size_bytes());
    }
    return memory;
  }
  template <class T>
  static std::span<const T> span(const std::unique_ptr<guarded<T>>& memory) {
    return {memory->data(), memory->size()};
  }

  packed_planes<Scheme> planes_;
  std::unique_ptr<guarded<std::uint8_t>> lines_;
  std::unique_ptr<guarded<packed_scale<Scheme>>> scales_;
  std::unique_ptr<guarded<std::uint8_t>> zero_points_;
  std::unique_ptr<guarded<packed_offset<Scheme>>> offsets_;
  std::unique_ptr<guarded<std::int32_t>> code_sums_;
  packed_view<Scheme> view_;
};

/// All shapes of three lists. x ends at a guard page, y and the workspace start after one or end at one, every plane of the
/// weights ends at one; x has a prime stride. Returns how many shapes were right before one was wrong.
/// @param ms           ascending
/// @param activations  makes what gemm takes from a view of floats
template <class Scheme, class Activations>
std::size_t check_shapes(const char* name, activation_kind kind, const Activations& activations, std::span<const std::size_t> ms,
                         std::span<const std::size_t> ns, std::span<const std::size_t> ks) {
  constexpr std::size_t stride = 167;
  const std::size_t most_m = ms.back();
  const auto edge_of = [](std::size_t m) { return m % 2 == 0 ? guarded<float>::edge::back : guarded<float>::edge::front; };
  std::size_t shapes = 0;
  for (const std::size_t k : ks) {
    std::vector<float> weights(ns.back() * k);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      weights[i] = small_value(k, i);
    }
    guarded<float> data((most_m - 1) * stride + k, guarded<float>::edge::back);
    for (std::size_t i = 0; i < data.size(); ++i) {
      data[i] = small_value(k + 100, i);
    }
    for (const std::size_t n : ns) {
      const auto q = quantize<Scheme>({weights.data(), n, k});
      const guarded_weights<Scheme> w(pack(q));
      std::vector<float> expected(most_m * n);
      // Rows do not depend on m: the reference computes all of them once.
      const matrix_view<const float> all(data.data(), most_m, k, stride);
      reference::gemm(activations(all), q, matrix_view<float>(expected.data(), most_m, n));
      for (const std::size_t m : ms) {
        guarded<float> y(m * n, edge_of(m));
        guarded<std::byte> workspace(gemm_workspace_bytes(kind, m, w.view()),
                                     m % 2 == 0 ? guarded<std::byte>::edge::back : guarded<std::byte>::edge::front);
        // The last m rows, so that x ends at the guard page.
        const matrix_view<const float> x(data.data() + (most_m - m) * stride, m, k, stride);
        gemm(activations(x), w.view(), matrix_view<float>(y.data(), m, n), epilogue{},
             {.workspace = {workspace.data(), workspace.size()}});
        if (!same_output(name, m, n, k, y.data(), expected.data() + (most_m - m) * n, n)) {
          return shapes;
        }
        ++shapes;
      }
    }
  }
  return shapes;
}

/// Every (m, n, k) in 1..17 x 1..17 x 1..65, and shapes of several panels and tiles.
template <class Scheme, class Activations>
void check_every_shape(const char* name, activation_kind kind, const Activations& activations) {
  std::vector<std::size_t> numbers(65);
  std::iota(numbers.begin(), numbers.end(), std::size_t{1});
  const std::span<const std::size_t> to_65 = numbers;
  const std::span<const std::size_t> to_17 = to_65.first(17);
  CHECK(check_shapes<Scheme>(name, kind, activations, to_17, to_17, to_65) == 17 * 17 * 65);
  const std::size_t several_rows[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 13};
  const std::size_t several_panels[] = {31, 32, 33, 47, 48, 49, 64, 65, 80, 131};
  const std::size_t depths[] = {1, 4, 12, 24, 31, 32, 33, 64, 96, 97, 128, 160};
  CHECK(check_shapes<Scheme>(name, kind, activations, several_rows, several_panels, depths) == 10 * 10 * 12);
}

}  // namespace gemm_test
