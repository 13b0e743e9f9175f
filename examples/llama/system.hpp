// SPDX-License-Identifier: MIT
// Halftone example: what the operating system tells about memory, energy and the processor.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace llama {

/// How far the resident memory of this process rises above where it stood at construction (Linux; VmHWM, which is reset
/// through /proc/self/clear_refs).
class peak_memory {
 public:
  peak_memory();
  /// Bytes, or nothing where the system does not tell.
  [[nodiscard]] std::optional<std::uint64_t> rise() const;

 private:
  std::optional<std::uint64_t> start_;
};

/// Energy that the processor packages have used, from /sys/class/powercap (readable by root on most systems).
class energy_meter {
 public:
  energy_meter();
  /// Joules since construction, or nothing where there is no counter or it may not be read.
  [[nodiscard]] std::optional<double> joules() const;

 private:
  std::optional<std::uint64_t> start_;
};

/// Name of the processor.
[[nodiscard]] std::string processor_name();

/// Whether messages on stderr may overwrite themselves.
[[nodiscard]] bool stderr_is_terminal();

}  // namespace llama
