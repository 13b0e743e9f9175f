// SPDX-License-Identifier: MIT
// Halftone: probe: groups that a table assigns to columns, as GPTQ's `g_idx` does after reordering columns.
#include "probe.hpp"

#include <numeric>

namespace {

/// Column k belongs to group table[k], 0 <= table[k] < ceil(cols / N).
template <std::size_t N>
struct grouped_by_table {
  std::vector<std::int32_t> table;

  static std::string name() { return "grouped_by_table<" + std::to_string(N) + ">"; }
  static halftone::matrix_shape parameter_shape(halftone::matrix_shape s) noexcept {
    return {s.cols == 0 ? 0 : s.rows, s.rows == 0 ? 0 : halftone::ceil_div(s.cols, N)};
  }
  [[nodiscard]] std::size_t group_of(std::size_t row, std::size_t k, halftone::matrix_shape s) const noexcept {
    return row * halftone::ceil_div(s.cols, N) + static_cast<std::size_t>(table[k]);
  }
  template <class Visitor>
  void for_each_plane(Visitor&& visit) {
    visit("group_table", std::span<std::int32_t>(table));
  }
  void resize_planes(halftone::matrix_shape s) { table.resize(s.cols); }

  /// Groups of N columns in order of falling `importance`.
  static grouped_by_table in_order_of(const std::vector<float>& importance) {
    std::vector<std::size_t> order(importance.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return importance[a] > importance[b]; });
    grouped_by_table g{std::vector<std::int32_t>(importance.size())};
    for (std::size_t i = 0; i < order.size(); ++i) {
      g.table[order[i]] = static_cast<std::int32_t>(i / N);
    }
    return g;
  }
};

using reordered =
    halftone::scheme<halftone::uint4, halftone::asymmetric, grouped_by_table<32>, halftone::stored_as<halftone::fp16>>;
using plain = halftone::scheme<halftone::uint4, halftone::asymmetric, halftone::per_group<32>,
                               halftone::stored_as<halftone::fp16>>;

TEST_CASE("columns take their parameters from the group that a table names") {
  constexpr std::size_t rows = 18, cols = 150, groups = 5;
  std::vector<float> size(cols);
  std::vector<float> w = probe::gaussian(rows * cols, 8);
  for (std::size_t k = 0; k < cols; ++k) {
    size[k] = k * 37 % cols < 64 ? 1.0f : 0.25f;  // two groups of large columns, spread over the matrix
  }
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] *= size[i % cols];  // columns of one size in one group: the reason for such tables
  }
  const halftone::matrix_view<const float> view(w.data(), rows, cols);
  const reordered scheme{.element = {}, .mapping = {}, .granularity = grouped_by_table<32>::in_order_of(size)};
  const double bytes = rows * (75.0 + 2.0 * groups + 3.0) + 4.0 * cols;  // codes, scales, zero points; the table
  const auto q = probe::check<reordered>(view, 0.009, 8.0 * bytes / (rows * cols), scheme);

  REQUIRE(q.group_of(3, 77) == 3 * groups + static_cast<std::size_t>(scheme.granularity.table[77]));
  const double relative = halftone::compare(view, q).relative_mse;
  const double in_place = halftone::compare(view, halftone::quantize<plain>(view)).relative_mse;
  CHECK(relative < 0.75 * in_place);  // steps of the small columns are four times smaller
}

}  // namespace
