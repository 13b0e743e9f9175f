// SPDX-License-Identifier: MIT
// Halftone: the best table of a few numbers for many: k-means in one dimension, solved exactly.
// Wang and Song, "Ckmeans.1d.dp", The R Journal 3 (2011): clusters of sorted values are runs, so dynamic programming finds the optimum;
// the best last run begins no earlier for a longer prefix, so that halving finds all (Grønlund et al., arXiv:1701.07204).
// SqueezeLLM (Kim et al., arXiv:2306.07629) makes such tables of rows, with sums of squared gradients as importance.
#pragma once

#include <halftone/core/arithmetic.hpp>
#include <halftone/core/error.hpp>

#include <algorithm>
#include <limits>
#include <numeric>
#include <span>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

namespace detail {

/// Sums over sorted values, from the first: importance, times value, times its square. Values count from their middle.
class run_sums {
 public:
  run_sums(std::span<const float> values, std::span<const float> importance) {
    std::vector<std::size_t> order(values.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return values[a] != values[b] ? values[a] < values[b] : a < b; });
    middle_ = order.empty() ? 0.0 : static_cast<double>(values[order[order.size() / 2]]);
    sums_.resize(1);
    for (std::size_t i = 0; i < order.size(); ++i) {
      const double x = static_cast<double>(values[order[i]]) - middle_;
      const double w = importance.empty() ? 1.0 : static_cast<double>(importance[order[i]]);
      const one& last = sums_.back();
      sums_.push_back({last.weight + w, last.first + product(w, x), last.second + product(w, product(x, x))});
    }
  }
  [[nodiscard]] std::size_t size() const noexcept { return sums_.size() - 1; }
  /// sum of importance (x - mean)^2 over [begin, end); 0 where nothing weighs.
  [[nodiscard]] double cost(std::size_t begin, std::size_t end) const noexcept {
    const double w = sums_[end].weight - sums_[begin].weight, x = sums_[end].first - sums_[begin].first;
    const double squares = sums_[end].second - sums_[begin].second;
    return w > 0.0 ? std::max(squares - product(x, x) / w, 0.0) : 0.0;
  }
  [[nodiscard]] double mean(std::size_t begin, std::size_t end) const noexcept {
    const double w = sums_[end].weight - sums_[begin].weight;
    return w > 0.0 ? middle_ + (sums_[end].first - sums_[begin].first) / w : middle_;
  }

 private:
  struct one {
    double weight = 0.0, first = 0.0, second = 0.0;
  };
  double middle_ = 0.0;
  std::vector<one> sums_;
};

/// Costs of the best clusters of every prefix, from those with one cluster fewer, and where the last of them begins.
inline void add_cluster(const run_sums& sums, std::span<const double> before, std::span<double> after, std::span<std::uint32_t> begins,
                        std::size_t low, std::size_t high, std::size_t first, std::size_t last) {
  if (low >= high) {
    return;
  }
  const std::size_t end = low + (high - low) / 2;
  after[end] = std::numeric_limits<double>::infinity();
  for (std::size_t begin = first; begin <= std::min(end, last); ++begin) {
    if (const double cost = before[begin] + sums.cost(begin, end); cost < after[end]) {
      after[end] = cost;
      begins[end] = static_cast<std::uint32_t>(begin);
    }
  }
  add_cluster(sums, before, after, begins, low, end, first, begins[end]);
  add_cluster(sums, before, after, begins, end + 1, high, begins[end], last);
}

}  // namespace detail

/// `count` numbers, ascending, with the least sum over values of importance (x - nearest number)^2.
/// @param values      finite
/// @param importance  one for each, finite, none below 0; or none at all, for 1 each
/// @return            means of the clusters; numbers repeat where fewer serve as well; zeros of no values
/// @throws            halftone::error if count is 0, or there is importance of another number of values
/// @par Cost          n log n count; 8 (n + 1) bytes and 4 (n + 1) for each number
[[nodiscard]] inline std::vector<float> k_means(std::span<const float> values, std::span<const float> importance, std::size_t count) {
  expects(count != 0, "k_means: a table of 0 numbers");
  expects(importance.empty() || importance.size() == values.size(), "k_means: importance of ", importance.size(), " values for ",
          values.size());
  const detail::run_sums sums(values, importance);
  const std::size_t ends = sums.size() + 1;
  std::vector<double> costs(ends, std::numeric_limits<double>::infinity()), next(ends);
  costs[0] = 0.0;
  std::vector<std::vector<std::uint32_t>> begins(count, std::vector<std::uint32_t>(ends));
  for (std::vector<std::uint32_t>& of : begins) {
    detail::add_cluster(sums, costs, next, of, 0, ends, 0, ends - 1);
    costs.swap(next);
  }
  std::vector<float> table(count);
  std::size_t end = sums.size();
  for (std::size_t i = count; i-- != 0;) {
    const std::size_t begin = begins[i][end];
    table[i] = begin == end && i + 1 < count ? table[i + 1] : static_cast<float>(sums.mean(begin, end));
    end = begin;
  }
  std::sort(table.begin(), table.end());
  return table;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
