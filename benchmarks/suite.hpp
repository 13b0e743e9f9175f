// SPDX-License-Identifier: MIT
// Halftone benchmarks: problems as Google benchmarks. One iteration is one round: roofs and kernel in turn.
#pragma once

#include "problem.hpp"

#include <benchmark/benchmark.h>

namespace halftone_benchmark {

struct effort {
  int rounds = 7;
  double seconds = 0.05;  ///< of each subject in each round
};

/// Registers a problem, and what it is compared with, if anything (both in the same rounds).
void add_benchmark(const effort& e, const std::string& question, const request& r, const request* peer = nullptr);

// One question each, in the file of that name.
void matrix_many_rows(const effort& e);
void matrix_one_row(const effort& e);
void epilogue_cost(const effort& e);
void quantize_dequantize(const effort& e);
void two_tasks(const effort& e);
void against_reference(const effort& e);

}  // namespace halftone_benchmark
