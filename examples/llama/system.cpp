// SPDX-License-Identifier: MIT
// Halftone example: /proc and /sys.
#include "system.hpp"

#include <filesystem>
#include <fstream>

#if defined(__GLIBC__)
#include <malloc.h>
#endif
#include <unistd.h>

namespace llama {

namespace {

/// The value of a line "key: 123 kB" of /proc/self/status, in bytes.
std::optional<std::uint64_t> status_of(const std::string& key) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(key + ":")) {
      return std::stoull(line.substr(key.size() + 1)) * 1024;
    }
  }
  return {};
}

/// Sum of the counters of all packages, in microjoules.
std::optional<std::uint64_t> microjoules() {
  std::optional<std::uint64_t> sum;
  std::error_code ignored;
  for (const auto& zone : std::filesystem::directory_iterator("/sys/class/powercap", ignored)) {
    const std::string name = zone.path().filename().string();
    const bool is_package = name.find(':') != std::string::npos && name.find(':') == name.rfind(':');
    std::uint64_t value = 0;
    if (is_package && std::ifstream(zone.path() / "energy_uj") >> value) {
      sum = sum.value_or(0) + value;
    }
  }
  return sum;
}

}  // namespace

peak_memory::peak_memory() {
#if defined(__GLIBC__)
  malloc_trim(0);  // memory that the allocator keeps for later would hide what comes next
#endif
  std::ofstream reset("/proc/self/clear_refs");
  reset << 5 << std::flush;
  if (reset.good()) {
    start_ = status_of("VmRSS");
  }
}

std::optional<std::uint64_t> peak_memory::rise() const {
  const auto peak = status_of("VmHWM");
  if (!start_ || !peak) {
    return {};
  }
  return *peak > *start_ ? *peak - *start_ : 0;
}

energy_meter::energy_meter() : start_(microjoules()) {}

std::optional<double> energy_meter::joules() const {
  const auto now = microjoules();
  if (!start_ || !now || *now < *start_) {  // the counter wraps around every few hours
    return {};
  }
  return static_cast<double>(*now - *start_) * 1e-6;
}

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("model name")) {
      const std::size_t colon = line.find(": ");
      return colon == std::string::npos ? "unknown processor" : line.substr(colon + 2);
    }
  }
  return "unknown processor";
}

bool stderr_is_terminal() { return isatty(STDERR_FILENO) == 1; }

}  // namespace llama
