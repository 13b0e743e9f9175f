// SPDX-License-Identifier: MIT
// Halftone benchmarks: the roofs of memory, and that of fp32 steps.
#include "roofs.hpp"
#include "sequences.hpp"

#include <halftone/core/aligned_buffer.hpp>
#include <halftone/core/error.hpp>

#include <cstring>
#include <utility>

namespace halftone_benchmark {
namespace {

using buffer = halftone::aligned_buffer<std::uint8_t>;
using floats = halftone::float_columns<default_arch>;

/// Lines that are read into accumulators of their own: eight registers or more.
constexpr std::size_t lines_at_once = alignof(line) == 64 ? 8 : alignof(line) == 32 ? 4 : 2;

template <std::size_t... C>
HALFTONE_INLINE void read_lines(std::index_sequence<C...>, const std::uint8_t* at, std::size_t bytes) {
  line sums[lines_at_once] = {((void)C, line::load(at))...};
  for (std::size_t i = 0; i + 64 * lines_at_once <= bytes; i += 64 * lines_at_once) {
    ((sums[C] = sums[C] | line::load(at + i + 64 * C)), ...);
  }
  alignas(64) std::uint8_t out[64 * lines_at_once];
  (sums[C].store(out + 64 * C), ...);
  asm volatile("" : : "r"(out) : "memory");
}
void read_all(const std::uint8_t* at, std::size_t bytes) {
  read_lines(std::make_index_sequence<lines_at_once>{}, at, bytes);
}

/// Reads In lines for each Out lines that it writes.
template <std::size_t In, std::size_t Out>
void copy_lines(const std::uint8_t* from, std::uint8_t* to, std::size_t steps) {
  for (std::size_t i = 0; i < steps; ++i, from += 64 * In, to += 64 * Out) {
    line read = line::load(from);
#pragma GCC unroll 8
    for (std::size_t j = 1; j < In; ++j) {
      read = read | line::load(from + 64 * j);
    }
#pragma GCC unroll 8
    for (std::size_t j = 0; j < Out; ++j) {
      read.store(to + 64 * j);
    }
  }
  asm volatile("" : : : "memory");
}

using copier = void (*)(const std::uint8_t*, std::uint8_t*, std::size_t);

copier copier_of(std::size_t in, std::size_t out) {
  return in == 8 ? copy_lines<8, 1> : in == 4 ? copy_lines<4, 1> : in == 2 ? copy_lines<2, 1>
         : out == 2 ? copy_lines<1, 2> : out == 4 ? copy_lines<1, 4> : out == 8 ? copy_lines<1, 8> : copy_lines<1, 1>;
}

constexpr std::size_t float_chains = 12;  // registers

template <std::size_t... C>
void fused_steps(std::index_sequence<C...>) {
  alignas(64) float start[16 * sizeof...(C)];  // unknown to the compiler, or it would find that all chains are one
  std::memset(start, 0, sizeof start);
  asm volatile("" : : "r"(start) : "memory");
  const floats a = floats::load(start);
  floats sums[sizeof...(C)] = {floats::load(start + 16 * C)...};
  for (int i = 0; i < 65536; ++i) {
    ((sums[C] = fused(sums[C], a, a)), ...);
  }
  alignas(64) float out[16 * sizeof...(C)];
  (sums[C].store(out + 16 * C), ...);
  asm volatile("" : : "r"(out) : "memory");
}

}  // namespace

subject fma_roof(const pool& threads) {
  constexpr std::size_t chains = float_chains * alignof(floats) / 64 == 0 ? 1 : float_chains * alignof(floats) / 64;
  return on_each({"fma", [] { fused_steps(std::make_index_sequence<chains>{}); }, 2.0 * 16 * chains * 65536}, threads);
}

subject read_roof(std::size_t bytes, const pool& threads) {
  const std::size_t parts = threads == nullptr ? 1 : 2;
  const std::size_t part = bytes / parts / 512 * 512;
  auto data = std::make_shared<buffer>(part * parts);
  std::memset(data->data(), 1, data->size());
  return {"read",
          [data, part, parts, threads] {
            const auto task = [&](std::size_t i) { read_all(data->data() + i * part, part); };
            halftone::executor_ref execute;
            if (threads != nullptr) {
              execute = threads->executor();
            }
            execute(parts, task);
          },
          static_cast<double>(part * parts)};
}

subject copy_roof(std::size_t in, std::size_t out, int passes) {
  const std::size_t step = std::min(in, out);
  const std::size_t steps = step / 64;
  const std::size_t read = in / step;
  const std::size_t write = out / step;
  halftone::expects(steps != 0, "copy_roof: less than a line");
  auto from = std::make_shared<buffer>(64 * steps * read);
  auto to = std::make_shared<buffer>(64 * steps * write);
  std::memset(from->data(), 1, from->size());
  return {"copy",
          [from, to, steps, passes, copy = copier_of(read, write)] {
            for (int pass = 1; pass < passes; ++pass) {
              read_all(from->data(), from->size());
            }
            copy(from->data(), to->data(), steps);
          },
          static_cast<double>(static_cast<std::size_t>(passes) * from->size() + to->size())};
}

}  // namespace halftone_benchmark
