// SPDX-License-Identifier: MIT
// First speeds on the machine at hand, one thread: multiplications beside their roofs, interleaved, medians.
//
// Usage: first_speeds [rounds]     (default 7; times are processor time of the thread)
#include "measure.hpp"
#include "roofs.hpp"

#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/gemm.hpp>
#include <halftone/scheme/presets.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>

using namespace halftone;
using namespace halftone_benchmark;

namespace {

int rounds = 7;

std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  std::string line;
  while (std::getline(file, line)) {
    if (line.rfind("model name", 0) == 0) {
      return line.substr(line.find(':') + 2);
    }
  }
  return "unknown processor";
}

std::vector<float> random_values(std::size_t count, std::uint64_t seed) {
  std::vector<float> v(count);
  for (std::size_t i = 0; i < count; ++i) {
    v[i] = random_unit(seed, i) - 0.5f;
  }
  return v;
}

void print_row(const std::string& name, const subject& kernel, const std::string& roof_name, double roof,
               double goal) {
  const double fraction = kernel.median() / roof;
  std::printf("%-34s %9.1f   %-22s %9.1f   %8.2f   %5.2f   %s\n", name.c_str(), kernel.median() / 1e9, roof_name.c_str(),
              roof / 1e9, fraction, goal, fraction >= goal ? "met" : "NOT MET");
}

/// Many rows: dynamic int8 activations, quantized inside the call, against the dot roof of the code width.
template <class Scheme>
void many_rows(const char* name, std::size_t m, double goal) {
  constexpr unsigned bits = Scheme::element_type::bits;
  const std::size_t n = 4096;
  const std::size_t k = 4096;
  const auto w = pack(quantize<Scheme>({random_values(n * k, 1).data(), n, k}));
  const std::vector<float> x = random_values(m * k, 2);
  std::vector<float> y(m * n);
  const aligned_buffer<std::byte> memory(gemm_workspace_bytes(activation_kind::dynamic, m, w));
  const context use{.workspace = {const_cast<std::byte*>(memory.data()), memory.size()}};
  subject roof{"roof", [] { dot_roof<bits>(); }, roof_operations};
  subject kernel{name,
                 [&] {
                   gemm(dynamic<int8_per_token>({x.data(), m, k}), w, matrix_view<float>(y.data(), m, n), epilogue<>{}, use);
                 },
                 2.0 * static_cast<double>(m * n * k)};
  interleave({&roof, &kernel}, rounds);
  print_row(std::string(name) + " M=" + std::to_string(m), kernel, "dot roof " + std::to_string(bits) + " bits",
            roof.median(), goal);
}

/// One row, against the lower of the decode roof and what reading the weights at the measured bandwidth allows.
template <class Scheme>
void one_row(const char* name, double goal) {
  constexpr unsigned bits = Scheme::element_type::bits;
  const std::size_t n = 4096;
  const std::size_t k = 4096;
  const auto w = pack(quantize<Scheme>({random_values(n * k, 1).data(), n, k}));
  const std::vector<float> x = random_values(k, 2);
  std::vector<float> y(n);
  const aligned_buffer<std::byte> memory(gemm_workspace_bytes(activation_kind::dynamic, 1, w));
  const context use{.workspace = {const_cast<std::byte*>(memory.data()), memory.size()}};
  const std::vector<std::uint64_t> buffer(w.streamed_bytes() / 8, 1);
  subject decode{"decode", [] { dot_roof<bits, true>(); }, roof_operations};
  subject read{"read", [&] { read_all(buffer); }, static_cast<double>(buffer.size() * 8)};
  subject kernel{name,
                 [&] { gemv(dynamic<int8_per_token>({x.data(), 1, k}), w, std::span<float>(y), epilogue<>{}, use); },
                 2.0 * static_cast<double>(n * k)};
  interleave({&decode, &read, &kernel}, rounds);
  const double by_bandwidth = read.median() / static_cast<double>(w.streamed_bytes()) * 2.0 * static_cast<double>(n * k);
  const bool memory_binds = by_bandwidth < decode.median();
  print_row(std::string(name) + " M=1", kernel,
            memory_binds ? "read " + std::to_string(read.median() / 1e9).substr(0, 4) + " GB/s" : "decode roof",
            memory_binds ? by_bandwidth : decode.median(), goal);
}

/// The kernels against the plain loops that specify them.
template <class Scheme>
void against_reference(const char* name) {
  const std::size_t m = 33;
  const std::size_t n = 64;
  const std::size_t k = 1024;
  const auto q = quantize<Scheme>({random_values(n * k, 1).data(), n, k});
  const auto w = pack(q);
  const std::vector<float> x = random_values(m * k, 2);
  std::vector<float> y(m * n);
  const double operations = 2.0 * static_cast<double>(m * n * k);
  const matrix_view<const float> in(x.data(), m, k);
  const matrix_view<float> out(y.data(), m, n);
  subject plain{"reference", [&] { reference::gemm(dynamic<int8_per_token>(in), q, out); }, operations};
  subject kernel{name, [&] { gemm(dynamic<int8_per_token>(in), w, out); }, operations};
  interleave({&plain, &kernel}, rounds);
  print_row(std::string(name) + " M=33 K=1024", kernel, "reference", plain.median(), 8.0);
}

}  // namespace

int main(int count, char** arguments) {
  if (count > 1) {
    rounds = std::max(std::atoi(arguments[1]), 1);
  }
  std::printf("%s, %s, %s, one thread, N=K=4096, float in and out, medians of %d\n\n", processor_name().c_str(),
              std::string(default_arch::name).c_str(), __VERSION__, rounds);
  std::printf("%-34s %9s   %-22s %9s   %8s   %5s\n", "multiplication", "GOPS", "roof", "GOPS", "fraction", "goal");
  many_rows<int8_per_channel>("int8_per_channel", 128, 0.60);
  many_rows<int4_g32>("int4_g32", 128, 0.45);
  many_rows<int4_g128>("int4_g128", 128, 0.45);
  many_rows<uint4_g32>("uint4_g32", 128, 0.45);
  one_row<int4_g32>("int4_g32", 0.60);
  one_row<int8_per_channel>("int8_per_channel", 0.60);
  against_reference<int4_g32>("int4_g32");
  against_reference<int8_per_channel>("int8_per_channel");
  return 0;
}
