// SPDX-License-Identifier: MIT
// Golden cells: a scheme, a kind of activations, all shapes, all epilogues, one hash. Every build must give the hashes of
// hashes.txt: each instruction set, compiler, optimization level, contraction flag and number of tasks.
#pragma once

#include "golden/sha256.hpp"

#include <halftone/epilogue/activation_stages.hpp>
#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

namespace golden {

using namespace halftone;

struct shape {
  std::size_t m, n, k;
};

/// 1, 15, 16, 17, 31, 33, primes, one less and one more than a group, ragged ends, more rows than a tile.
inline constexpr shape shapes[] = {
    {1, 1, 1},    {1, 15, 31},  {1, 16, 32},  {1, 17, 33},   {1, 33, 127},  {1, 64, 128},  {1, 67, 129}, {2, 1, 257},
    {2, 16, 64},  {2, 31, 15},  {3, 17, 96},  {3, 33, 16},   {4, 16, 160},  {4, 15, 17},   {5, 31, 100}, {5, 64, 20},
    {6, 33, 24},  {6, 2, 300},  {7, 17, 63},  {7, 47, 65},   {8, 16, 4},    {9, 13, 5},    {11, 19, 23}, {13, 7, 131},
    {15, 16, 31}, {16, 33, 48}, {17, 31, 36}, {31, 17, 130}, {33, 5, 1100}, {37, 23, 61},  {1, 80, 1030}, {4, 3, 2}};

/// An executor with real threads, one a task.
struct thread_per_task {
  void operator()(std::size_t count, task_ref task) const {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < count; ++i) {
      threads.emplace_back([task, i] { task(i); });
    }
    for (std::thread& t : threads) {
      t.join();
    }
  }
};

/// Multiples of 2^-11 in (-2, 2), now and then a group of zeros, subnormal or huge numbers.
inline std::vector<float> weights_of(const shape& s, std::uint64_t seed) {
  std::vector<float> w(s.n * s.k);
  for (std::size_t row = 0; row < s.n; ++row) {
    for (std::size_t k = 0; k < s.k; ++k) {
      const std::uint64_t kind = random_bits(seed, row * 131 + k / 32) % 16;
      const float magnitude = kind == 0 ? 0.0f : kind == 1 ? 0x1p-140f : kind == 2 ? 0x1p+40f : 1.0f;
      const auto step = static_cast<float>(static_cast<int>(random_bits(seed + 1, row * s.k + k) % 8191) - 4095);
      w[row * s.k + k] = product(step * 0x1p-11f, magnitude);
    }
  }
  return w;
}

inline std::vector<float> activations_of(const shape& s, std::uint64_t seed) {
  std::vector<float> x(s.m * s.k);
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto step = static_cast<float>(static_cast<int>(random_bits(seed, i) % 4097) - 1500);
    x[i] = random_bits(seed + 1, i / s.k) % 9 == 0 ? 0.0f : step * 0x1p-9f;
  }
  return x;
}

enum class activations { floats, dynamic_int8, static_uint8 };

/// Appends numbers as little-endian bytes, whatever the order of this machine.
template <class Value>
void append_values(std::vector<std::uint8_t>& bytes, const std::vector<Value>& values) {
  for (const Value& value : values) {
    std::uint8_t raw[sizeof(Value)];
    std::memcpy(raw, &value, sizeof value);
    if constexpr (std::endian::native == std::endian::big) {
      std::reverse(std::begin(raw), std::end(raw));
    }
    bytes.insert(bytes.end(), std::begin(raw), std::end(raw));
  }
}

/// Appends one multiplication's output.
template <class Output, class Packed, class Epilogue>
void append_output(std::vector<std::uint8_t>& bytes, activations kind, const shape& s, const std::vector<float>& x,
                   const Packed& w, const Epilogue& finish, const context& use) {
  std::vector<Output> y(s.m * s.n);
  const matrix_view<Output> out(y.data(), s.m, s.n);
  const matrix_view<const float> in(x.data(), s.m, s.k);
  switch (kind) {
    case activations::floats: gemm(in, w, out, finish, use); break;
    case activations::dynamic_int8: gemm(dynamic<int8_per_token>(in), w, out, finish, use); break;
    case activations::static_uint8:
      gemm(quantize_activations<uint8_static>(in, {.scale = 0x1.8p-6f, .zero_point = 91}), w, out, finish, use);
      break;
  }
  append_values(bytes, y);
}

/// The hash of a cell, and the same from 2 and 7 tasks.
template <class Scheme>
std::string hash_of(activations kind, std::size_t tasks) {
  std::vector<std::uint8_t> bytes;
  thread_per_task threads;
  context use;
  if (tasks > 1) {
    use.execute = executor_ref(threads, tasks);
  }
  for (const shape& s : shapes) {
    const std::vector<float> weights = weights_of(s, 7 * s.k + s.n);
    const auto q = quantize<Scheme>({weights.data(), s.n, s.k});
    bytes.insert(bytes.end(), q.codes().begin(), q.codes().end());
    const auto w = pack(q);
    const std::vector<float> x = activations_of(s, s.m + 11 * s.k);
    std::vector<float> bias(s.n);
    std::vector<float> factors(s.n);
    std::vector<float> rest(s.m * s.n, 0.375f);
    for (std::size_t j = 0; j < s.n; ++j) {
      bias[j] = 0.5f - static_cast<float>(j) * 0x1p-5f;
      factors[j] = 0x1p-3f + static_cast<float>(j % 5) * 0x1p-4f;
    }
    const residual add_rest{{rest.data(), s.m, s.n}};
    append_output<float>(bytes, kind, s, x, w,
                         epilogue{multiply_columns{factors}, add_bias{bias}, silu{}, add_rest}, use);
    append_output<bfloat16>(bytes, kind, s, x, w, epilogue{gelu_erf{}, clamp{-3.0f, 1000.0f}}, use);
    append_output<std::int8_t>(bytes, kind, s, x, w,
                               epilogue{gelu_tanh{}, multiply{0.7f}, requantize<std::int8_t>{0.75f, -3}}, use);
    append_output<std::uint8_t>(bytes, kind, s, x, w, epilogue{relu{}, requantize<std::uint8_t>{0.11f, 5}}, use);
  }
  return sha256(bytes);
}

/// Compares with hashes.txt, or prints the line where HALFTONE_WRITE_GOLDEN is set.
inline void expect_hash(const std::string& cell, const std::string& hash) {
  if (std::getenv("HALFTONE_WRITE_GOLDEN") != nullptr) {
    std::ofstream(std::getenv("HALFTONE_WRITE_GOLDEN"), std::ios::app) << hash << "  " << cell << "\n";
    return;
  }
  std::ifstream file(std::string(HALFTONE_SOURCE_DIR) + "/tests/golden/hashes.txt");
  std::string stored;
  std::string name;
  while (file >> stored >> name) {
    if (name == cell) {
      CHECK_MESSAGE(stored == hash, cell, " on ", default_arch::name, " has hash ", hash);
      return;
    }
  }
  FAIL("no golden hash of cell ", cell);
}

template <class Scheme>
void check_cells(const std::string& name) {
  const auto check = [&](activations kind, const char* kind_name) {
    const std::string hash = hash_of<Scheme>(kind, 1);
    expect_hash(name + "/" + kind_name, hash);
    CHECK(hash_of<Scheme>(kind, 2) == hash);
    CHECK(hash_of<Scheme>(kind, 7) == hash);
  };
  check(activations::floats, "float");
  check(activations::dynamic_int8, "int8_dynamic");
  check(activations::static_uint8, "uint8_static");
}

}  // namespace golden
