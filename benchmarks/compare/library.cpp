// SPDX-License-Identifier: MIT
// Halftone benchmarks: the problems for compare.py, which calls them by ctypes, one subject and one round at a time.
#include "../machine.hpp"
#include "../problem.hpp"

#include <exception>
#include <cstdio>
#include <optional>

namespace {

using namespace halftone_benchmark;

std::optional<problem> current[8];  // a few at a time: each holds its weights

const subject& part_of(const problem& p, int part) { return part == 0 ? p.kernel : part == 1 ? p.compute : p.traffic; }

}  // namespace

extern "C" {

const char* halftone_instruction_set() {
  static const std::string text = instruction_set();
  return text.c_str();
}
const char* halftone_compiler() {
  static const std::string text = compiler_name();
  return text.c_str();
}
const char* halftone_processor() {
  static const std::string text = processor_name();
  return text.c_str();
}

/// Makes problem number `at`; 0 if it was made.
int halftone_prepare(int at, const char* kernel, std::size_t m, std::size_t n, std::size_t k, unsigned threads,
                     std::size_t copies) {
  try {
    current[at] = make_problem({.kernel = kernel, .m = m, .n = n, .k = k, .threads = threads, .copies = copies});
    return 0;
  } catch (const std::exception& e) {
    std::fprintf(stderr, "%s\n", e.what());
    return 1;
  }
}
void halftone_release(int at) { current[at].reset(); }

/// Amount a second of a part: 0 the kernel, 1 the roof of its arithmetic, 2 the memory traffic. 0 where there is none.
double halftone_rate(int at, int part, double seconds, int wall) {
  return rate_of(part_of(*current[at], part), seconds, wall != 0 ? timer::wall : timer::thread);
}
/// Amount of one call of the kernel, and the bytes that it moves.
double halftone_amount(int at) { return current[at]->kernel.amount; }
double halftone_bytes(int at) { return current[at]->bytes; }
/// What the roof of its arithmetic is called.
const char* halftone_roof(int at) { return current[at]->compute.name.c_str(); }

}  // extern "C"
