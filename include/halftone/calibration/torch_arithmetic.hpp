// SPDX-License-Identifier: MIT
// Halftone: PyTorch's float arithmetic under its histograms, in the order of its kernels of 256 bits: linspace, arange, histc, sum.
#pragma once

#include <halftone/calibration/observer.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::torch {

/// Counts of equal bins between two edges; edges of bins where a method looks at them.
struct histogram {
  std::vector<float> edges;
  std::vector<double> counts;
};

/// torch.linspace(first, last, count) in float, count >= 2: from the nearer end.
[[nodiscard]] inline std::vector<float> linspace(float first, float last, std::size_t count) {
  std::vector<float> values(count);
  const float step = (last - first) / static_cast<float>(count - 1);
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = i < count / 2 ? fused(step, static_cast<float>(i), first) : fused(-step, static_cast<float>(count - 1 - i), last);
  }
  return values;
}

/// torch.arange(0, end, step) in float, step > 0: in registers of eight, two at a time, the rest one by one.
[[nodiscard]] inline std::vector<float> arange(float end, float step) {
  const double width = static_cast<double>(step);
  const double steps = static_cast<double>(end) / width;
  auto count = static_cast<std::size_t>(steps);
  count += static_cast<double>(count) < steps ? 1 : 0;
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t lane = i < count / 16 * 16 ? i % 8 : 0;
    const auto base = static_cast<float>(product(static_cast<double>(i - lane), width));
    values[i] = static_cast<float>(static_cast<double>(base) + product(static_cast<double>(lane), width));
  }
  return values;
}

/// Adds to counts what torch.histc(x, counts.size(), low, high) counts; values outside are not counted. Where both edges are one
/// value, the values that equal it are in the middle.
inline void histc(const float* x, std::size_t count, float low, float high, std::span<double> counts) {
  const auto bins = static_cast<float>(counts.size());
  const float width = high - low;
  for (std::size_t i = 0; i < count; ++i) {
    if (!(x[i] >= low && x[i] <= high)) {
      continue;
    }
    float at = product(x[i] - low, bins) / width;
    if (!(at >= 0.0f && at <= bins)) {  // beyond all floats on the way, or 0 / 0
      at = low == high ? bins / 2.0f
                       : static_cast<float>((static_cast<double>(x[i]) - static_cast<double>(low)) /
                                            (static_cast<double>(high) - static_cast<double>(low)) * static_cast<double>(bins));
    }
    ++counts[std::min(static_cast<std::size_t>(at), counts.size() - 1)];
  }
}

/// torch.sum in float: four chains of registers of eight, in cascades of sixteen.
[[nodiscard]] inline float sum(std::span<const float> x) {
  constexpr std::size_t lanes = 8, chains = 4, levels = 4, line = lanes * chains;
  const std::size_t rows = x.size() / line;
  std::size_t log2 = 0;
  while ((std::size_t{1} << log2) < rows) {
    ++log2;
  }
  const std::size_t power = std::max<std::size_t>(log2 / levels, 4);
  const std::size_t step = std::size_t{1} << power;
  float acc[levels][line] = {};
  const auto add = [&](float* to, const float* from, std::size_t n) {
    for (std::size_t j = 0; j < n; ++j) {
      to[j] += from[j];
    }
  };
  std::size_t row = 0;
  while (row + step <= rows) {
    for (std::size_t end = row + step; row < end; ++row) {
      add(acc[0], x.data() + row * line, line);
    }
    for (std::size_t level = 1; level < levels; ++level) {
      add(acc[level], acc[level - 1], line);
      std::fill_n(acc[level - 1], line, 0.0f);
      if ((row & ((step - 1) << (level * power))) != 0) {
        break;
      }
    }
  }
  for (; row < rows; ++row) {
    add(acc[0], x.data() + row * line, line);
  }
  for (std::size_t level = 1; level < levels; ++level) {
    add(acc[0], acc[level], line);
  }
  std::size_t at = rows * line;
  for (; at + lanes <= x.size(); at += lanes) {
    add(acc[0], x.data() + at, lanes);
  }
  for (std::size_t chain = 1; chain < chains; ++chain) {
    add(acc[0], acc[0] + chain * lanes, lanes);
  }
  float total = 0.0f;
  for (; at < x.size(); ++at) {
    total += x[at];
  }
  for (std::size_t j = 0; j < lanes; ++j) {
    total += acc[0][j];
  }
  return total;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::torch
