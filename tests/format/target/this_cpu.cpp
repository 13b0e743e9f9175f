// SPDX-License-Identifier: MIT
// Halftone tests: which schemes the kernels of this library multiply as integers.
#include <halftone/format/target/this_cpu.hpp>

#include <halftone/format/torch/float_zero_point.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using t = target::this_cpu_integers;

static_assert(accepted_by<target::this_cpu, nf4_g64> && accepted_by<target::this_cpu, float32> && accepted_by<target::this_cpu, int4_g32>);
static_assert(accepted_by<t, int4_g32> && accepted_by<t, uint4_g128> && accepted_by<t, offset4_g32> && accepted_by<t, ternary_g256>);
static_assert(accepted_by<t, mxfp4> && accepted_by<t, scheme<iq4_nl, symmetric, per_group<32>>>);

TEST_CASE("integers of this CPU: what is said of other schemes") {
  CHECK(target::this_cpu::name() == "this CPU");
  CHECK(t::name() == "this CPU, integers");
  CHECK(why_not<t, nf4_g64>().starts_with("this CPU, integers: levels are integers of at most 8 bits"));
  CHECK(why_not<t, scheme<int8, symmetric, per_channel<1>>>() == "this CPU, integers: parameters change only at the ends of runs along k");
  CHECK(why_not<t, scheme<uint4, torch::float_qparams, per_group<32>>>().starts_with("this CPU, integers: real numbers are those of an equation"));
}
