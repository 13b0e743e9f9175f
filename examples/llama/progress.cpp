// SPDX-License-Identifier: MIT
// Halftone example: progress.
#include "progress.hpp"

#include "system.hpp"

#include <cstdio>
#include <utility>

namespace llama {

namespace {

double seconds(std::chrono::steady_clock::duration d) { return std::chrono::duration<double>(d).count(); }

}  // namespace

double seconds_since_start() {
  static const auto start = std::chrono::steady_clock::now();
  return seconds(std::chrono::steady_clock::now() - start);
}

progress::progress(std::string phase) : phase_(std::move(phase)) { update(0, 0); }

progress::~progress() {
  const char* erase = stderr_is_terminal() ? "\r\033[K" : "";
  std::fprintf(stderr, "%s  %-48s %6.2f s\n", erase, phase_.c_str(), seconds(clock::now() - start_));
}

void progress::update(std::size_t done, std::size_t total) {
  const auto now = clock::now();
  if (!stderr_is_terminal() || now - shown_ < std::chrono::milliseconds(100)) {
    return;
  }
  shown_ = now;
  std::fprintf(stderr, "\r\033[K  %s", phase_.c_str());
  if (total != 0) {
    std::fprintf(stderr, " %3zu %%", 100 * done / total);
  }
  std::fflush(stderr);
}

}  // namespace llama
