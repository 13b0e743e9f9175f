// SPDX-License-Identifier: MIT
// Halftone benchmarks: what a number depends on: processor, instruction set, compiler.
#pragma once

#include <halftone/simd/arch.hpp>

#include <fstream>
#include <string>

namespace halftone_benchmark {

inline std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind("model name", 0) == 0) {
      return line.substr(line.find(':') + 2);
    }
  }
  return "unknown processor";
}

inline std::string instruction_set() { return std::string(halftone::default_arch::name); }

inline std::string compiler_name() {
#if defined(__clang__)
  return "clang " + std::to_string(__clang_major__) + "." + std::to_string(__clang_minor__);
#else
  return "g++ " + std::to_string(__GNUC__) + "." + std::to_string(__GNUC_MINOR__);
#endif
}

}  // namespace halftone_benchmark
