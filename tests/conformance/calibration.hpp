// SPDX-License-Identifier: MIT
// Operations over streams of batches, for calibration_torch.cpp and calibration_onnx.cpp.
#pragma once

#include <conformance/driver.hpp>

#include <halftone/calibration/each.hpp>

#include <algorithm>

namespace conformance {

using namespace halftone;

/// Every batch. Arrays: x, how many rows each batch has (int64). Numbers: columns.
template <class O>
void observe_batches(O& o, arguments& a) {
  const float* at = a.in<float>(0).data();
  for (const std::int64_t rows : a.in<std::int64_t>(1)) {
    o.observe({at, static_cast<std::size_t>(rows), a.size(0)});
    at += static_cast<std::size_t>(rows) * a.size(0);
  }
}

/// Observes batches of rows. Arrays: x, how many rows each batch has (int64), ranges (two floats each). Numbers: columns, the first
/// batch of a second shard, which is merged at the end (the number of batches: no second shard).
template <class O>
O observe_stream(const O& first, arguments& a) {
  O one = first, other = first;
  const std::size_t cols = a.size(0);
  const std::span<const std::int64_t> batches = a.in<std::int64_t>(1);
  const float* at = a.in<float>(0).data();
  for (std::size_t i = 0; i < batches.size(); ++i) {
    const auto rows = static_cast<std::size_t>(batches[i]);
    (i < a.size(1) ? one : other).observe({at, rows, cols});
    at += rows * cols;
  }
  one.merge(other);
  return one;
}
inline void give_ranges(std::span<const range> ranges, arguments& a) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    a.out<float>(2)[2 * i] = ranges[i].min;
    a.out<float>(2)[2 * i + 1] = ranges[i].max;
  }
}

/// Registers an observer of the whole stream; make(arguments) gives it, its options are numbers from the third on.
template <class Make>
void add_observer(const std::string& name, Make make) {
  operation{name, [make](arguments& a) {
              const range r = observe_stream(make(a), a).range();
              give_ranges({&r, 1}, a);
            }};
}
/// The same, and of rows and of columns.
template <class Make>
void add_observers(const std::string& name, Make make) {
  add_observer(name, make);
  operation{name + " of rows", [make](arguments& a) { give_ranges(observe_stream(each_row(make(a)), a).ranges(), a); }};
  operation{name + " of columns", [make](arguments& a) { give_ranges(observe_stream(each_column(make(a)), a).ranges(), a); }};
}

}  // namespace conformance
