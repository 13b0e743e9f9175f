// SPDX-License-Identifier: MIT
// Halftone: threads are yours. The same products through three executors: a thread pool, OpenMP and oneTBB.
//
// An executor is anything callable as executor(count, task). A kernel splits its work into as many tasks as the
// executor_ref says, and the number of tasks and threads does not change a bit of the result.
//
//   g++ -std=c++20 -O2 -march=native -pthread -I include examples/executors/main.cpp && ./a.out
//
// usage: executors [thread_pool|openmp|onetbb]   (all that were compiled in; -fopenmp, -DEXAMPLE_ONETBB -ltbb)
#include "thread_pool.hpp"

#if defined(_OPENMP)
#include "openmp.hpp"
#endif
#if defined(EXAMPLE_ONETBB)
#include "onetbb.hpp"
#endif

#include <halftone/halftone.hpp>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t m = 5, n = 150, k = 256;  // 10 panels of 16 output channels: 7 tasks get one or two each
constexpr std::size_t outer = 4;                // tasks that multiply at once
constexpr int skipped = 77;

using values = std::vector<float>;

values numbers(std::size_t count, unsigned step) {
  values v(count);
  for (std::size_t i = 0; i < count; ++i) {
    v[i] = static_cast<float>(i * step % 257) / 128.0f - 1.0f;
  }
  return v;
}

/// Multiplies with float and with int8 activations; one context, so one executor, for both.
struct products {
  values w = numbers(n * k, 101), x = numbers(m * k, 37);
  halftone::packed_matrix<halftone::int4_g32> packed =
      halftone::pack(halftone::quantize<halftone::int4_g32>({w.data(), n, k}));

  [[nodiscard]] std::array<values, 2> multiply(const halftone::context& use) const {
    std::array<values, 2> y{values(m * n), values(m * n)};
    const halftone::matrix_view<const float> activations{x.data(), m, k};
    halftone::gemm(activations, packed, halftone::matrix_view<float>(y[0].data(), m, n), {}, use);
    halftone::gemm(halftone::dynamic<halftone::int8_per_token>(activations), packed,
                   halftone::matrix_view<float>(y[1].data(), m, n), {}, use);
    return y;
  }
};

bool all_hold = true;

void check(std::string_view executor, std::size_t tasks, const char* claim, bool holds) {
  std::printf("  %-12.*s %zu tasks  %-48s %s\n", static_cast<int>(executor.size()), executor.data(), tasks, claim,
              holds ? "yes" : "NO");
  all_hold = all_hold && holds;
}

template <halftone::executor Executor>
void run(std::string_view name, Executor& executor) {
  const products p;
  const auto sequential = p.multiply({});
  for (const std::size_t tasks : {1u, 2u, 7u}) {
    const halftone::context use{.execute = halftone::executor_ref(executor, tasks)};
    check(name, tasks, "the same bits as on one thread", p.multiply(use) == sequential);

    std::array<bool, outer> same{};
    const auto multiply_inside = [&](std::size_t i) { same[i] = p.multiply(use) == sequential; };
    executor(outer, multiply_inside);
    check(name, tasks, "the same bits from tasks that multiply themselves", same == std::array{true, true, true, true});

    bool caught = false;
    const auto fail = [](std::size_t i) {
      if (i == 1) {
        throw std::runtime_error("task 1");
      }
    };
    try {
      executor(tasks + 1, fail);
    } catch (const std::runtime_error& e) {
      caught = e.what() == std::string_view("task 1");
    }
    check(name, tasks, "what a task throws reaches the caller", caught);
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view only = argc > 1 ? argv[1] : "";
  bool ran = false;
  const auto wanted = [&](std::string_view name) {
    const bool yes = only.empty() || only == name;
    ran = ran || yes;
    return yes;
  };
  if (wanted("thread_pool")) {
    executors::thread_pool pool(3);
    run("thread_pool", pool);
  }
#if defined(_OPENMP)
  if (wanted("openmp")) {
    executors::openmp team{3};
    run("openmp", team);
  }
#endif
#if defined(EXAMPLE_ONETBB)
  if (wanted("onetbb")) {
    executors::onetbb arena(3);
    run("onetbb", arena);
  }
#endif
  if (!ran) {
    std::printf("SKIPPED %s: it was not compiled in\n", argv[1]);
    return skipped;
  }
  return all_hold ? EXIT_SUCCESS : EXIT_FAILURE;
}
