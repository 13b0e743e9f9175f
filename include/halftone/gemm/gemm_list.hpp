// SPDX-License-Identifier: MIT
// Halftone: a list of multiplications in one call, as mixtures of experts need.
#pragma once

#include <halftone/gemm/grouped_gemm.hpp>

#include <vector>

namespace halftone::inline v0_1 {

/// One multiplication of a list: y = finish(x W^T).
/// @tparam Activations  matrix_view<const float>, matrix_view<const bfloat16>, dynamic_activations,
///                      activation_view or grouped_activation_view
template <class Activations, weight_operand Operand, class Output, epilogue_type Epilogue = epilogue<>>
struct gemm_problem {
  using operand_type = Operand;
  Activations x;
  const Operand* w = nullptr;
  matrix_view<Output> y;
  Epilogue finish{};
};

}  // namespace halftone::inline v0_1

namespace halftone::inline v0_1::inline HALFTONE_ISA {

namespace isa_detail {

/// What gemm_workspace_bytes calls the activations, and how many rows they have.
inline activation_kind kind_of(const matrix_view<const float>&) noexcept { return activation_kind::floats; }
inline activation_kind kind_of(const matrix_view<const bfloat16>&) noexcept { return activation_kind::bfloat16s; }
inline activation_kind kind_of(const activation_view&) noexcept { return activation_kind::codes; }
inline activation_kind kind_of(const grouped_activation_view&) noexcept { return activation_kind::grouped_codes; }
template <grouped_activation_scheme Activations, class Value>
activation_kind kind_of(const dynamic_activations<Activations, Value>&) noexcept {
  return std::is_same_v<Value, float> ? activation_kind::dynamic_groups : activation_kind::dynamic_groups_bfloat16s;
}
template <activation_scheme Activations, class Value>
activation_kind kind_of(const dynamic_activations<Activations, Value>&) noexcept {
  if constexpr (!quantized_activations<Activations>::per_row) {
    return activation_kind::codes;
  } else {
    return std::is_same_v<Value, float> ? activation_kind::dynamic : activation_kind::dynamic_bfloat16s;
  }
}

/// The view of a problem's activations.
template <activation_value Value>
matrix_view<const Value> values_of(matrix_view<const Value> x) noexcept { return x; }
inline matrix_view<const std::uint8_t> values_of(const activation_view& x) noexcept { return x.codes; }
inline matrix_view<const std::uint8_t> values_of(const grouped_activation_view& x) noexcept { return x.codes; }
template <class Activations, class Value>
matrix_view<const Value> values_of(const dynamic_activations<Activations, Value>& x) noexcept { return x.values; }

template <class Problem>
void expects_list(std::span<const Problem> problems) {
  for (std::size_t i = 0; i < problems.size(); ++i) {
    expects(problems[i].w != nullptr, "gemm_list: problem ", i, " has no weights");
    expects_problem(problems[i].x, *problems[i].w, problems[i].y, problems[i].finish);
    for (std::size_t j = 0; j < problems.size(); ++j) {
      if (j != i) {
        expects(!overlap(problems[i].y, problems[j].y), "gemm_list: the outputs of problems ", i, " and ", j, " overlap");
        expects(!overlap(values_of(problems[i].x), problems[j].y), "gemm_list: x of problem ", i, " overlaps y of problem ",
                j);
        problems[i].finish.expects_apart(problems[j].y);
      }
    }
  }
}

/// Steps of a problem, for sharing out: in double, which holds what a std::size_t of 32 bits does not.
template <class Problem>
[[nodiscard]] double steps_of(const Problem& p) noexcept {
  return static_cast<double>(p.y.rows()) * static_cast<double>(p.y.cols()) * static_cast<double>(p.w->shape().cols) + 1.0;
}

/// The task that a problem belongs to: that in whose part of all steps its first step lies.
[[nodiscard]] inline std::size_t task_of(double done, double steps, std::size_t tasks) noexcept {
  return std::min(static_cast<std::size_t>(done / steps * static_cast<double>(tasks)), tasks - 1);
}

}  // namespace isa_detail

/// Bytes that `gemm_list` needs as workspace; any alignment.
template <class Problem>
[[nodiscard]] std::size_t gemm_list_workspace_bytes(std::span<const Problem> problems, std::size_t concurrency = 1) noexcept {
  std::size_t alone = 0;
  std::size_t together = 0;
  for (const Problem& p : problems) {
    const activation_kind kind = isa_detail::kind_of(p.x);
    alone = std::max(alone, round_up(gemm_workspace_bytes(kind, p.y.rows(), *p.w, 1), 64));
    together = std::max(together, gemm_workspace_bytes(kind, p.y.rows(), *p.w, concurrency));
  }
  return problems.size() >= concurrency ? saturated_product(alone, std::max<std::size_t>(concurrency, 1)) : together;
}

/// All multiplications of a list, each with the bits of `gemm`.
///
/// With at least as many problems as tasks, each task takes neighbouring problems, about the same number of steps; with
/// fewer, one problem after the other is split over its panels.
///
/// @param problems  none may write what another one reads or writes; everything is checked before anything is written
/// @param use       workspace (gemm_list_workspace_bytes; allocates once if empty) and executor
/// @throws          halftone::error as `gemm`, naming the problems that overlap or the one without weights
template <class Problem>
  requires requires { typename Problem::operand_type; }
void gemm_list(std::span<const Problem> problems, const context& use = {}) {
  isa_detail::expects_list(problems);
  const std::size_t concurrency = use.execute.concurrency();
  const std::size_t bytes = gemm_list_workspace_bytes(problems, concurrency);
  const call_workspace workspace(use, bytes);
  if (problems.size() < concurrency) {
    for (const Problem& p : problems) {
      gemm(p.x, *p.w, p.y, p.finish, {.workspace = workspace.bytes(), .execute = use.execute});
    }
    return;
  }
  double steps = 0.0;
  for (const Problem& p : problems) {
    steps += isa_detail::steps_of(p);
  }
  const std::size_t share = bytes / concurrency;
  const auto task = [&](std::size_t t) {
    double done = 0.0;
    for (const Problem& p : problems) {
      if (isa_detail::task_of(done, steps, concurrency) == t) {
        gemm(p.x, *p.w, p.y, p.finish, {.workspace = workspace.bytes().subspan(t * share, share)});
      }
      done += isa_detail::steps_of(p);
    }
  };
  if (!problems.empty()) {
    use.execute(concurrency, task);
  }
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
