// SPDX-License-Identifier: MIT
// Halftone benchmarks: medians of interleaved runs, because absolute times on a shared machine prove nothing.
#pragma once

#include <algorithm>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

namespace halftone_benchmark {

/// One thing to measure: `work` is done `repeat` times a sample.
struct subject {
  std::string name;
  std::function<void()> work;
  double amount = 0.0;  ///< operations or bytes of one call
  std::vector<double> rates{};

  [[nodiscard]] double median() const {
    std::vector<double> sorted = rates;
    std::sort(sorted.begin(), sorted.end());
    return sorted.empty() ? 0.0 : sorted[sorted.size() / 2];
  }
};

/// Processor time of this thread: what others do on the machine does not count.
inline double thread_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// Runs all subjects in turn, `rounds` times, each long enough for the clock; rates are amount / second.
inline void interleave(std::vector<subject*> subjects, int rounds, double seconds = 0.05) {
  for (subject* s : subjects) {
    s->work();
  }
  for (int round = 0; round < rounds; ++round) {
    for (subject* s : subjects) {
      int calls = 0;
      const double start = thread_seconds();
      double elapsed = 0.0;
      do {
        s->work();
        ++calls;
        elapsed = thread_seconds() - start;
      } while (elapsed < seconds);
      s->rates.push_back(s->amount * calls / elapsed);
    }
  }
}

}  // namespace halftone_benchmark
