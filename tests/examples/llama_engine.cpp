// SPDX-License-Identifier: MIT
// The parts of the engine that are not templates, compiled for the tests.
#include "examples/llama/attention.cpp"      // NOLINT: on purpose
#include "examples/llama/config.cpp"         // NOLINT
#include "examples/llama/generate.cpp"       // NOLINT
#include "examples/llama/sampler.cpp"        // NOLINT
#include "examples/llama/thread_pool.cpp"    // NOLINT
#include "examples/llama/tokenizer.cpp"      // NOLINT
