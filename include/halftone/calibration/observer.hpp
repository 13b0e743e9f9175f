// SPDX-License-Identifier: MIT
// Halftone: what an observer is: it looks at streams of values and says which range they shall be quantized in.
//
// Required, of a batch x [rows, k] of activations or weights:
//   observe(x)        looks at every value of the batch, in any order
//   merge(other)      goes on as if the batches of `other` had followed
//   range()           the range, finite, min <= max; {0, 0} before any value came
//   count()           how many values came
//   order_free        a static constexpr bool: see the law
//
// Law. Where `order_free` holds, range() depends on the values alone: streams that are split over shards, batches and threads in any
// way and merged in any order give the same bits as one stream. Where it does not (moving averages, last values, histograms that are
// rescaled as values come), each header says what merge promises instead.
// A NaN or an infinity is an error that names its place; what came of the batch before it may stay observed.
//
// An observer becomes parameters by the mapping of a scheme: parameters_of(observer, scheme) of one range, given_ranges{ranges} of
// many; observed_by{observer} is an estimator of weights.
#pragma once

#include <halftone/core/for_each_row.hpp>
#include <halftone/quantize/run_range.hpp>
#include <halftone/tensor/checks.hpp>

#include <algorithm>
#include <atomic>
#include <vector>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <class O>
concept observer = std::copyable<O> && requires(O& o, const O& other, matrix_view<const float> x) {
  o.observe(x);
  o.merge(other);
  { other.range() } -> std::same_as<halftone::range>;
  { other.count() } -> std::same_as<std::uint64_t>;
  { O::order_free } -> std::convertible_to<bool>;
};

/// An observer that looks at nothing of a batch but its range: observe_range({smallest, largest}, values of the batch).
template <class O>
concept range_observer = observer<O> && requires(O& o, halftone::range r, std::uint64_t values) { o.observe_range(r, values); };

namespace isa_detail {

/// Calls visit(first value, count, range) for runs that cover the batch, of at most `longest` values, all finite: a run lies in the
/// cache when it is visited. Rows without gaps between them are one.
template <class Visit>
void for_each_finite_run(matrix_view<const float> x, std::string_view entry_point, std::size_t longest, const Visit& visit) {
  expects_valid(x, entry_point, "x");
  if (x.empty()) {
    return;
  }
  const bool one = x.stride() == x.cols() || x.rows() == 1;
  const std::size_t length = one ? x.rows() * x.cols() : x.cols();
  for (std::size_t row = 0; row < (one ? 1 : x.rows()); ++row) {
    for (std::size_t k = 0; k < length; k += longest) {
      const float* const run = x.row_data(row) + k;
      const std::size_t count = std::min(longest, length - k);
      const finite_range r = range_of_run<default_arch>(run, count);
      if (!r.finite) {
        expects_finite(x, entry_point);
      }
      visit(run, count, r.values);
    }
  }
}

/// Smallest and largest value of a batch that is not empty.
[[nodiscard]] inline range range_of_batch(matrix_view<const float> x, std::string_view entry_point) {
  range all{std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest()};
  for_each_finite_run(x, entry_point, largest_size, [&](const float*, std::size_t, range r) {
    all = {minimum(r.min, all.min), maximum(r.max, all.max)};
  });
  return all;
}

}  // namespace isa_detail

/// The parameters of the observed range: what the scheme's mapping makes of it.
template <observer O, scheme_type Scheme>
[[nodiscard]] group_parameters parameters_of(const O& o, const Scheme& s = {}) {
  return s.mapping.choose(o.range(), s.element);
}

/// An estimator: each group of weights is a stream of one batch, of which a copy of `first` gives the range.
template <observer O>
struct observed_by {
  O first{};

  template <scheme_type Scheme>
  [[nodiscard]] group_parameters fit(std::span<const float> values, const Scheme& s) const {
    O o = first;
    o.observe({values.data(), 1, values.size()});
    return parameters_of(o, s);
  }
};

/// What `first`, which has seen nothing, makes of a batch whose rows are split over the executor: the same for any number of threads.
/// Memory: an observer for each task that runs at a time.
template <observer O>
  requires O::order_free
[[nodiscard]] O observe_together(const O& first, matrix_view<const float> x, const context& use) {
  expects(first.count() == 0, "observe_together: the first observer has seen ", first.count(), " values");
  expects_valid(x, "observe_together", "x");
  const std::size_t tasks = std::max<std::size_t>(std::min(use.execute.concurrency(), x.rows()), 1);
  std::vector<O> parts(tasks, first);
  std::atomic<bool> finite{true};
  const std::size_t together = std::max<std::size_t>(8192 / std::max<std::size_t>(x.cols(), 1), 1);  // rows, checked in the cache
  const auto task = [&](std::size_t t) {
    const std::size_t end = x.rows() * (t + 1) / tasks;
    for (std::size_t row = x.rows() * t / tasks; row < end; row += together) {
      const matrix_view<const float> some(x.row_data(row), std::min(together, end - row), x.cols(), x.stride());
      for (std::size_t i = 0; i < some.rows(); ++i) {
        if (!range_of_run<default_arch>(some.row_data(i), some.cols()).finite) {  // an executor need not pass on exceptions
          finite = false;
          return;
        }
      }
      parts[t].observe(some);
    }
  };
  use.execute(tasks, task);
  if (!finite) {
    expects_finite(x, "observe_together");
  }
  for (std::size_t t = 1; t < tasks; ++t) {
    parts[0].merge(parts[t]);
  }
  return parts[0];
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
