// SPDX-License-Identifier: MIT
// Halftone: what llama.cpp accepts as weights: the block formats of ggml, and floats.
#pragma once

#include <halftone/format/ggml/schemes.hpp>
#include <halftone/format/target/rules.hpp>
#include <halftone/scheme/symmetric.hpp>

namespace halftone::inline v0_1::target {

class llama_cpp {
  using formats =
      detail::scheme_list<ggml::q4_0, ggml::q4_1, ggml::q5_0, ggml::q5_1, ggml::q8_0, ggml::q2_k, ggml::q3_k, ggml::q4_k, ggml::q5_k,
                          ggml::q6_k, ggml::iq4_nl, ggml::iq4_xs, ggml::mxfp4, ggml::nvfp4, ggml::tq2_0, ggml::q2_0, ggml::q1_0,
                          scheme<fp32, unscaled, per_tensor>, scheme<fp16, unscaled, per_tensor>, scheme<bf16, unscaled, per_tensor>>;

 public:
  [[nodiscard]] static constexpr std::string_view name() { return "llama.cpp"; }

  struct llama_cpp_elements_are_those_of_ggml {
    static constexpr std::string_view text =
        "llama.cpp: elements are int4, uint4, int5, uint5, int8, uint2, int3, int6, iq4_nl, fp4 e2m1, ternary, binary and floats";
    template <class S>
    static constexpr bool holds = detail::element_of_one<S, formats>;
  };
  struct llama_cpp_planes_are_those_of_a_block_format {
    static constexpr std::string_view text =
        "llama.cpp: no block format of ggml has this element with this equation, group and storage; rows are whole blocks";
    template <class S>
    static constexpr bool holds = detail::planes_of_one<S, formats>;
  };
  using rules = rule_list<llama_cpp_elements_are_those_of_ggml, llama_cpp_planes_are_those_of_a_block_format>;
};

}  // namespace halftone::inline v0_1::target
