// SPDX-License-Identifier: MIT
// Halftone tests: matrices of ggml's schemes multiply as the reference says, super-blocks by integers.
#include "format/ggml/conformance.hpp"

#include <halftone/format/ggml/float_formats.hpp>
#include <halftone/format/ggml/signed_formats.hpp>
#include <halftone/format/ggml/simple_formats.hpp>
#include <halftone/format/ggml/table_formats.hpp>
#include <halftone/format/ggml/ternary_formats.hpp>

using namespace ggml_test;

TEST_CASE("blocks multiply as the reference says") {
  check_products<ggml::q4_0>();
  check_products<ggml::q5_1>();
  check_products<ggml::tq2_0>();
  check_products<ggml::q1_0>();
  check_products<ggml::iq4_nl>();
  check_products<ggml::mxfp4>();
}

TEST_CASE("super-blocks multiply as the reference says") {
  check_products<ggml::q2_k>();
  check_products<ggml::q3_k>();
  check_products<ggml::q4_k>();
  check_products<ggml::q6_k>();
  check_products<ggml::iq4_xs>();
}
