// SPDX-License-Identifier: MIT
// Halftone benchmarks: medians of interleaved runs, because absolute times on a shared machine prove nothing.
#pragma once

#include <algorithm>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

namespace halftone_benchmark {

/// Whose time counts: this thread's processor time (what others do on the machine does not), or, for work on several
/// threads, the time that passes.
enum class timer { thread, wall };

inline double seconds_of(timer which) {
  timespec t{};
  clock_gettime(which == timer::thread ? CLOCK_THREAD_CPUTIME_ID : CLOCK_MONOTONIC, &t);
  return static_cast<double>(t.tv_sec) + 1e-9 * static_cast<double>(t.tv_nsec);
}

/// One thing to measure. Without `work` there is nothing to measure, and the median is 0.
struct subject {
  std::string name;
  std::function<void()> work;
  double amount = 0.0;  ///< operations, values or bytes of one call
  std::vector<double> rates{};

  [[nodiscard]] double median() const {
    std::vector<double> sorted = rates;
    std::sort(sorted.begin(), sorted.end());
    return sorted.empty() ? 0.0 : sorted[sorted.size() / 2];
  }
};

/// amount / second over as many calls as fill `seconds`; one call before that does not count: it brings the data back into
/// the caches after another subject used them.
inline double rate_of(const subject& s, double seconds, timer which) {
  if (!s.work) {
    return 0.0;
  }
  s.work();
  int calls = 0;
  const double start = seconds_of(which);
  double elapsed = 0.0;
  do {
    s.work();
    ++calls;
    elapsed = seconds_of(which) - start;
  } while (elapsed < seconds);
  return s.amount * calls / elapsed;
}

/// Measures all subjects in turn, `rounds` times.
inline void interleave(const std::vector<subject*>& subjects, int rounds, double seconds, timer which = timer::thread) {
  for (int round = 0; round < rounds; ++round) {
    for (subject* s : subjects) {
      if (s->work) {
        s->rates.push_back(rate_of(*s, seconds, which));
      }
    }
  }
}

}  // namespace halftone_benchmark
