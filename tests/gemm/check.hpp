// SPDX-License-Identifier: MIT
// One multiplication by the kernels and by the reference, for every kind of activations.
#pragma once

#include <halftone/epilogue/activation_stages.hpp>
#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/gemm.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <cstring>
#include <vector>

namespace gemm_test {

using namespace halftone;

struct shape {
  std::size_t m, n, k;
};

inline std::vector<float> values_of(std::size_t count, std::uint64_t seed) {
  std::vector<float> v(count);
  for (std::size_t i = 0; i < count; ++i) {
    v[i] = random_unit(seed, i) - 0.4f;
  }
  return v;
}

/// An executor that runs the tasks backwards: results must not depend on their order.
struct backwards {
  void operator()(std::size_t count, task_ref task) const {
    while (count-- > 0) {
      task(count);
    }
  }
};

/// y strided inside a larger array whose other elements must stay as they are.
struct output {
  std::size_t rows, cols, stride;
  std::vector<float> values;
  output(std::size_t m, std::size_t n) : rows(m), cols(n), stride(n + 3), values(m * (n + 3) + 5, 1234.5f) {}
  matrix_view<float> view() { return {values.data() + 1, rows, cols, stride}; }
};

template <class Scheme>
void check_all(const shape& s) {
  const std::vector<float> weights = values_of(s.n * s.k, s.n * 31 + s.k);
  const std::vector<float> data = values_of(s.m * (s.k + 5) + 1, s.m);
  const matrix_view<const float> x(data.data() + 1, s.m, s.k, s.k + 5);
  const std::vector<float> bias = values_of(s.n, 77);
  const auto q = quantize<Scheme>({weights.data(), s.n, s.k});
  const auto w = pack(q);
  const epilogue finish{add_bias{bias}, silu{}};
  backwards order;
  const auto check = [&](const auto& activations, const char* kind) {
    output expected(s.m, s.n);
    reference::gemm(activations, q, expected.view(), finish);
    for (const std::size_t tasks : {std::size_t{1}, std::size_t{3}}) {
      output actual(s.m, s.n);
      gemm(activations, w, actual.view(), finish, context{.execute = executor_ref(order, tasks)});
      if (std::memcmp(actual.values.data(), expected.values.data(), actual.values.size() * sizeof(float)) != 0) {
        std::size_t at = 0;
        while (std::memcmp(&actual.values[at], &expected.values[at], 4) == 0) {
          ++at;
        }
        FAIL_CHECK(Scheme::name(), " ", kind, " [", s.m, ", ", s.n, ", ", s.k, "] tasks ", tasks, ": row ",
                   (at - 1) / actual.stride, " column ", (at - 1) % actual.stride, " is ", actual.values[at],
                   ", should be ", expected.values[at]);
      }
    }
  };
  check(x, "float");
  check(dynamic<int8_per_token>(x), "dynamic int8");
  // The other kinds as views, which they all become: one instantiation of the kernels.
  const auto dynamic_uint8 = quantize_activations<scheme<uint8, asymmetric, per_token>>(x);
  const auto static_uint8 = quantize_activations<uint8_static>(x, {.scale = 0.004f, .zero_point = 77});
  const auto static_int8 = quantize_activations<int8_static>(x, {.scale = 0.003f});
  check(dynamic_uint8.view(), "uint8 a token");
  check(static_uint8.view(), "static uint8");
  check(static_int8.view(), "static int8");
  CHECK(true);
}

}  // namespace gemm_test
