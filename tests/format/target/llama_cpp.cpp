// SPDX-License-Identifier: MIT
// Halftone tests: which schemes llama.cpp accepts, and what is said of others.
#include <halftone/format/target/llama_cpp.hpp>

#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using t = target::llama_cpp;

template <class... S>
constexpr bool all = (accepted_by<t, S> && ...);
static_assert(all<ggml::q4_0, ggml::q4_1, ggml::q5_0, ggml::q5_1, ggml::q8_0, ggml::q2_k, ggml::q3_k, ggml::q4_k, ggml::q5_k, ggml::q6_k>);
static_assert(all<ggml::iq4_nl, ggml::iq4_xs, ggml::mxfp4, ggml::nvfp4, ggml::tq2_0, ggml::q2_0, ggml::q1_0, float32, float16, brain_float16>);
static_assert(all<int8_g32, int4_g32, mxfp4, ternary_g256>);  // chosen by other rules, kept in the same planes

TEST_CASE("llama.cpp: what is said of other schemes") {
  CHECK(t::name() == "llama.cpp");
  CHECK(why_not<t, nf4_g64>().starts_with("llama.cpp: elements are int4, uint4, "));
  const std::string_view planes = "llama.cpp: no block format of ggml has this element with this equation, group and storage; rows are whole blocks";
  CHECK(why_not<t, int4_g128>() == planes);
  CHECK(why_not<t, uint4_g32>() == planes);
  CHECK(why_not<t, int8_per_channel>() == planes);
  CHECK(why_not<t, nvfp4>() == planes);
  CHECK(why_not<t, scheme<int4, symmetric, per_group<32>, stored_as<fp32>>>() == planes);
}
