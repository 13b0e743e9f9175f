// SPDX-License-Identifier: MIT
// Halftone benchmarks: how a problem is measured and reported, and the program around it.
//
// usage: halftone_benchmarks [--quick] [options of Google Benchmark, as --benchmark_filter=REGEX]
#include "suite.hpp"

#include "machine.hpp"

#include <cstring>
#include <optional>
#include <sstream>

namespace halftone_benchmark {
namespace {

template <class... Parts>
std::string text_of(const Parts&... parts) {
  std::ostringstream out;
  out.precision(4);
  ((out << parts), ...);
  return out.str();
}

std::string shape_of(const request& r) {
  return text_of(r.m, "x", r.n, "x", r.k, r.copies > 1 ? text_of("x", r.copies) : "",
                 r.threads > 1 ? text_of("/threads:", r.threads) : "");
}

void measure(benchmark::State& state, const effort& e, const request& r, const std::optional<request>& beside) {
  problem p = make_problem(r);
  std::optional<problem> peer;
  std::vector<subject*> subjects = p.subjects();
  if (beside.has_value()) {
    peer = make_problem(*beside);
    subjects.push_back(&peer->kernel);
  }
  for (auto _ : state) {
    interleave(subjects, 1, e.seconds, peer.has_value() && peer->clock == timer::wall ? timer::wall : p.clock);
    state.SetIterationTime(p.kernel.amount / p.kernel.rates.back());
  }
  state.counters["GOPS"] = p.kernel.median() / 1e9;
  state.counters["roof"] = p.roof_fraction();
  state.counters["GB/s"] = p.bytes_per_second() / 1e9;
  state.counters["bandwidth"] = p.bandwidth_fraction();
  if (peer.has_value()) {
    state.counters["ratio"] = p.kernel.median() / peer->kernel.median();
  }
  const std::string compute =
      p.compute.work ? text_of(p.compute.name, " ", p.compute.median() / 1e9, " GOPS; ") : std::string();
  const std::string other =
      peer.has_value() ? text_of("; ratio to ", beside->kernel, " ", shape_of(*beside)) : std::string();
  state.SetLabel(text_of(compute, p.traffic.name, " ", p.traffic.median() / 1e9, " GB/s", other));
}

void add_roof(const effort& e, subject s, const char* unit) {
  interleave({&s}, e.rounds, e.seconds / 5);
  benchmark::AddCustomContext(s.name, text_of(s.median() / 1e9, unit));
}

/// The machine and its roofs, above the table.
void add_context(const effort& e) {
  benchmark::AddCustomContext("processor", processor_name());
  benchmark::AddCustomContext("instruction set", instruction_set());
  benchmark::AddCustomContext("compiler", compiler_name());
  for (const bool decode : {false, true}) {
    for (const unsigned bits : {2u, 3u, 4u, 5u, 6u, 8u}) {
      for (subject& s : dot_sequences(bits, decode)) {
        s.name = text_of(decode ? "decode roof, " : "dot roof, ", bits, " bits, ", s.name);
        add_roof(e, s, " GOPS");
      }
    }
  }
  subject fma = fma_roof();
  fma.name = "fma roof, fp32";
  add_roof(e, fma, " GOPS");
  for (const std::size_t mib : {1u, 8u, 64u}) {
    subject read = read_roof(mib << 20);
    read.name = text_of("bandwidth, reading ", mib, " MiB");
    add_roof(e, read, " GB/s");
  }
}

}  // namespace

void add_benchmark(const effort& e, const std::string& question, const request& r, const request* peer) {
  const std::optional<request> beside = peer == nullptr ? std::nullopt : std::optional<request>(*peer);
  const std::string name = text_of(question, "/", r.kernel, "/", shape_of(r));
  benchmark::RegisterBenchmark(name.c_str(), [e, r, beside](benchmark::State& state) { measure(state, e, r, beside); })
      ->UseManualTime()
      ->Iterations(e.rounds)
      ->Unit(benchmark::kMicrosecond);
}

}  // namespace halftone_benchmark

int main(int count, char** arguments) {
  using namespace halftone_benchmark;
  effort e;
  bool lists = false;
  std::vector<char*> rest;
  for (int i = 0; i < count; ++i) {
    if (std::strcmp(arguments[i], "--quick") == 0) {
      e = {.rounds = 3, .seconds = 0.01};
    } else {
      lists = lists || std::strncmp(arguments[i], "--benchmark_list_tests", 22) == 0;
      rest.push_back(arguments[i]);
    }
  }
  int left = static_cast<int>(rest.size());
  rest.push_back(nullptr);
  benchmark::Initialize(&left, rest.data());
  if (benchmark::ReportUnrecognizedArguments(left, rest.data())) {
    return 1;
  }
  for (const auto question : {matrix_many_rows, matrix_one_row, epilogue_cost, quantize_dequantize, two_tasks,
                              against_reference}) {
    question(e);
  }
  if (!lists) {
    add_context(e);
  }
  return benchmark::RunSpecifiedBenchmarks() == 0 ? 1 : 0;
}
