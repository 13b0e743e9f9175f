// SPDX-License-Identifier: MIT
// Halftone benchmarks: one thing that is measured, together with what bounds it.
#pragma once

#include "roofs.hpp"

#include <span>
#include <string_view>

namespace halftone_benchmark {

/// What to measure: a kernel by name, its shape, and on how many threads (1 or 2).
struct request {
  std::string kernel;
  std::size_t m = 1, n = 1, k = 1;
  unsigned threads = 1;
  std::size_t copies = 1;  ///< different matrices, one after the other, as the layers of a model follow one another
};

struct problem {
  subject kernel;   ///< amount: operations (a multiply-add is two), or values where nothing is multiplied
  subject compute;  ///< amount: operations; without work where memory alone bounds the kernel
  subject traffic;  ///< amount: bytes
  double bytes = 0.0;  ///< that one call of the kernel has to move
  timer clock = timer::thread;

  [[nodiscard]] std::vector<subject*> subjects() { return {&compute, &traffic, &kernel}; }

  [[nodiscard]] double roof_fraction() const { return ratio(kernel.median(), compute.median()); }
  /// Bytes per second of the kernel, over what the memory delivers.
  [[nodiscard]] double bandwidth_fraction() const { return ratio(bytes_per_second(), traffic.median()); }
  [[nodiscard]] double bytes_per_second() const { return kernel.median() / kernel.amount * bytes; }

  [[nodiscard]] static double ratio(double a, double b) { return b == 0.0 ? 0.0 : a / b; }
};

/// Kernels by name. Throws halftone::error for a name that there is not.
[[nodiscard]] problem make_problem(const request& r);

/// A name and how to make the problem; each file of kernels/ has a table of them.
struct kernel_entry {
  std::string_view name;
  problem (*make)(const request& r);
};
[[nodiscard]] std::span<const kernel_entry> int8_kernels();
[[nodiscard]] std::span<const kernel_entry> int4_kernels();
[[nodiscard]] std::span<const kernel_entry> zero_point_kernels();
[[nodiscard]] std::span<const kernel_entry> narrow_kernels();
[[nodiscard]] std::span<const kernel_entry> format_kernels();
[[nodiscard]] std::span<const kernel_entry> custom_kernels();
[[nodiscard]] std::span<const kernel_entry> quantizers();
[[nodiscard]] std::span<const kernel_entry> references();

}  // namespace halftone_benchmark
