// SPDX-License-Identifier: MIT
// Halftone: what this library's own kernels multiply. `pack` and `gemm` take every scheme; the question is how.
#pragma once

#include <halftone/format/target/rules.hpp>
#include <halftone/tensor/integer_path.hpp>

namespace halftone::inline v0_1::target {

/// gemm with float or int8 activations: every scheme.
struct this_cpu {
  [[nodiscard]] static constexpr std::string_view name() { return "this CPU"; }
  using rules = rule_list<>;
};

/// The same with int8 activations by exact integer dot products, not as floats.
struct this_cpu_integers {
  [[nodiscard]] static constexpr std::string_view name() { return "this CPU, integers"; }

  struct this_cpu_levels_are_integers {
    static constexpr std::string_view text =
        "this CPU, integers: levels are integers of at most 8 bits, or those of a table are integers times one power of two";
    template <class S>
    static constexpr bool holds = integer_valued_element<typename S::element_type>;
  };
  struct this_cpu_groups_are_runs_along_k {
    static constexpr std::string_view text = "this CPU, integers: parameters change only at the ends of runs along k";
    template <class S>
    static constexpr bool holds = constant_along_k<typename S::granularity_type>;
  };
  struct this_cpu_equations_are_plain {
    static constexpr std::string_view text =
        "this CPU, integers: real numbers are those of an equation with a scale, of a table with a scale alone";
    template <class S>
    static constexpr bool holds = has_integer_path<S>;
  };
  using rules = rule_list<this_cpu_levels_are_integers, this_cpu_groups_are_runs_along_k, this_cpu_equations_are_plain>;
};

}  // namespace halftone::inline v0_1::target
