// SPDX-License-Identifier: MIT
// A list of multiplications gives the bits of one after the other: experts with no, one and many rows, any number of tasks.
#include "gemm/check.hpp"

#include <halftone/gemm/gemm_list.hpp>

using namespace halftone;
using gemm_test::values_of;

namespace {

/// Six experts of one shape with different numbers of rows.
template <class Activations, class Make>
void check_list(const Make& make) {
  using packed = packed_matrix<int4_g32>;
  using problem = gemm_problem<Activations, packed, float, epilogue<silu>>;
  const std::size_t n = 40;
  const std::size_t k = 70;
  const std::size_t rows[] = {1, 0, 5, 300, 2, 17};
  std::vector<packed> weights;
  std::vector<std::vector<float>> x, expected, actual;
  for (std::size_t i = 0; i < 6; ++i) {
    const std::vector<float> w = values_of(n * k, i);
    weights.push_back(pack(quantize<int4_g32>({w.data(), n, k})));
    x.push_back(values_of(rows[i] * k + 1, 50 + i));
    expected.emplace_back(rows[i] * n);
    actual.emplace_back(rows[i] * n);
  }
  std::vector<problem> problems;
  for (std::size_t i = 0; i < 6; ++i) {
    const Activations in = make(matrix_view<const float>(x[i].data(), rows[i], k));
    gemm(in, weights[i], matrix_view<float>(expected[i].data(), rows[i], n), epilogue{silu{}});
    problems.push_back({in, &weights[i], matrix_view<float>(actual[i].data(), rows[i], n), epilogue{silu{}}});
  }
  const std::span<const problem> list(problems);
  gemm_test::backwards order;
  for (const std::size_t tasks : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{6}, std::size_t{9}}) {
    for (auto& y : actual) {
      std::fill(y.begin(), y.end(), -1.0f);
    }
    const std::size_t bytes = gemm_list_workspace_bytes(list, tasks);
    const std::vector<std::byte> memory(bytes);
    gemm_list(list, {.workspace = {const_cast<std::byte*>(memory.data()), bytes}, .execute = executor_ref(order, tasks)});
    CHECK(actual == expected);
    if (bytes != 0) {
      CHECK_THROWS_AS(gemm_list(list, {.workspace = {const_cast<std::byte*>(memory.data()), bytes - 1},
                                       .execute = executor_ref(order, tasks)}),
                      halftone::error);
    }
  }
  gemm_list(list.first(0));
}

}  // namespace

TEST_CASE("lists of float and of dynamic activations") {
  check_list<matrix_view<const float>>([](matrix_view<const float> x) { return x; });
  check_list<dynamic_activations<int8_per_token>>([](matrix_view<const float> x) { return dynamic<int8_per_token>(x); });
}

TEST_CASE("problems are shared out by their steps, however many") {
  using isa_detail::task_of;
  CHECK(task_of(0.0, 1.0, 1) == 0);
  // Eight problems of 2^29 steps, which 32 bits do not count.
  const double one = 0x1p29 + 1.0;
  std::vector<std::size_t> tasks;
  for (int i = 0; i < 8; ++i) {
    tasks.push_back(task_of(i * one, 8 * one, 4));
  }
  CHECK(tasks == std::vector<std::size_t>{0, 0, 1, 1, 2, 2, 3, 3});
  CHECK(task_of(1e30, 1e30, 7) == 6);  // never past the last
}
