// SPDX-License-Identifier: MIT
// Question: how fast do weights move between the blocks of files and the planes of matrices, of equal bits, beside memcpy?
//
//   block_moves [MB of blocks [rounds]]      one thread; processor time, the least of interleaved rounds
#include "machine.hpp"
#include "measure.hpp"

#include <halftone/format/ggml/signed_formats.hpp>
#include <halftone/format/ggml/simple_formats.hpp>
#include <halftone/format/ggml/convert.hpp>
#include <halftone/format/awq/schemes.hpp>
#include <halftone/format/awq/words.hpp>
#include <halftone/format/gptq/schemes.hpp>
#include <halftone/format/gptq/words.hpp>
#include <halftone/format/bitsandbytes/blocks.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

using namespace halftone;

struct row {
  std::string name;
  std::function<void()> work;
  double bytes;
  double best = 0.0;         ///< bytes a second
  double best_memcpy = 0.0;  ///< of as many
};

std::vector<row> rows;

/// The work of a move of so many bytes.
void add(std::string name, double bytes, std::function<void()> work) { rows.push_back({std::move(name), std::move(work), bytes}); }

std::vector<std::uint8_t> some_bytes(std::size_t count) {
  std::vector<std::uint8_t> bytes(count);
  for (std::size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<std::uint8_t>(i * 2654435761u >> 13 & 0x3fu);  // whose pairs are finite in fp16
  }
  return bytes;
}

template <class Scheme>
void add_blocks(std::size_t megabytes) {
  using format = ggml::block_format<Scheme>;
  constexpr std::size_t cols = 4096, length = cols / format::block::weights * format::bytes;
  const std::size_t n = (megabytes << 20) / length;
  const auto blocks = std::make_shared<std::vector<std::uint8_t>>(some_bytes(n * length));
  const auto q = std::make_shared<quantized_matrix<Scheme>>(matrix_shape{n, cols});
  const std::string name(format::name);
  add(name + " to planes", static_cast<double>(n * length), [=] {
    std::size_t at = 0;
    static_cast<void>(ggml::read_blocks<Scheme>(*blocks, *q, at));
  });
  add("planes to " + name, static_cast<double>(n * length), [=] { ggml::write_blocks<Scheme>(*q, *blocks); });
}

void add_checkpoints(std::size_t megabytes) {
  constexpr std::size_t cols = 4096;
  const std::size_t n = (megabytes << 20) / (cols / 2) / 8 * 8;
  const double bytes = static_cast<double>(n * cols / 2);
  const auto words = std::make_shared<std::vector<std::uint8_t>>(some_bytes(n * cols / 2));
  using gptq_layer = gptq::layer<uint4>;
  const auto q = std::make_shared<quantized_matrix<gptq_layer>>(matrix_shape{n, cols});
  add("GPTQ's codes to rows", bytes, [=] { gptq::read_codes(*words, *q); });
  add("rows to GPTQ's codes", bytes, [=] { static_cast<void>(gptq::code_words(*q)); });
  using awq_layer = awq::layer<>;
  const auto zeros = std::make_shared<std::vector<std::uint8_t>>(some_bytes(n * cols / 2 / 128));
  const auto a = std::make_shared<quantized_matrix<awq_layer>>(matrix_shape{n, cols});
  add("AWQ's codes to rows", bytes, [=] { awq::read_words(*words, *zeros, *a); });
  add("rows to AWQ's codes", bytes, [=] { static_cast<void>(awq::code_words(*a)); });
  using blocks = bitsandbytes::nf4_blocks<64>;
  const auto nf4_matrix = std::make_shared<quantized_matrix<blocks>>(matrix_shape{n, cols});
  add("bitsandbytes' nf4", bytes, [=] { static_cast<void>(bitsandbytes::read_codes(*words, *nf4_matrix)); });
}

void measure(int rounds) {
  double most = 0.0;
  for (const row& each : rows) {
    most = std::max(most, each.bytes);
  }
  std::vector<std::uint8_t> from = some_bytes(static_cast<std::size_t>(most)), to(from.size());
  const auto rate = [](const std::function<void()>& work, double bytes) {
    const double start = halftone_benchmark::seconds_of(halftone_benchmark::timer::thread);
    work();
    return bytes / (halftone_benchmark::seconds_of(halftone_benchmark::timer::thread) - start);
  };
  for (int round = -1; round < rounds; ++round) {  // one before that does not count
    for (row& each : rows) {
      const double copied = rate([&] {
        std::memcpy(to.data(), from.data(), static_cast<std::size_t>(each.bytes));
        asm volatile("" : : "r"(to.data()) : "memory");
      }, each.bytes);
      const double moved = rate(each.work, each.bytes);
      if (round >= 0) {
        each.best = std::max(each.best, moved);
        each.best_memcpy = std::max(each.best_memcpy, copied);
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t megabytes = argc > 1 ? static_cast<std::size_t>(std::atoi(argv[1])) : 64;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 15;
  std::printf("%s, %s, %s; %zu MiB of blocks, the best of %d rounds\n", halftone_benchmark::processor_name().c_str(),
              halftone_benchmark::instruction_set().c_str(), halftone_benchmark::compiler_name().c_str(), megabytes, rounds);
  add_blocks<ggml::q4_0>(megabytes);
  add_blocks<ggml::q4_1>(megabytes);
  add_blocks<ggml::q8_0>(megabytes);
  add_checkpoints(megabytes);
  measure(rounds);
  std::printf("%-20s  %8s  %8s  %8s\n", "", "GB/s", "memcpy", "ratio");
  for (const row& each : rows) {
    std::printf("%-20s  %8.2f  %8.2f  %8.2f\n", each.name.c_str(), each.best * 1e-9, each.best_memcpy * 1e-9, each.best / each.best_memcpy);
  }
  return 0;
}
