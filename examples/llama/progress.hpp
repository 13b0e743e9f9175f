// SPDX-License-Identifier: MIT
// Halftone example: what the program is doing, and how long each phase took, on stderr.
#pragma once

#include <chrono>
#include <string>

namespace llama {

/// One phase. On a terminal it shows how far it is in a line that overwrites itself; at its end everywhere one line
/// with its time.
class progress {
 public:
  explicit progress(std::string phase);
  ~progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  /// @param done  of `total` steps
  void update(std::size_t done, std::size_t total);

 private:
  using clock = std::chrono::steady_clock;
  std::string phase_;
  clock::time_point start_ = clock::now();
  clock::time_point shown_{};
};

/// Seconds since the program's first use of this function, for the last line.
[[nodiscard]] double seconds_since_start();

}  // namespace llama
