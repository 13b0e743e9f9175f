// SPDX-License-Identifier: MIT
// Halftone tests: how formats of layers are called.
#include <halftone/io/checkpoint_format.hpp>

#include <doctest/doctest.h>

using namespace halftone;

TEST_CASE("the words of a format") {
  CHECK(text_of({.layout = layer_layout::gptq_v2, .bits = 4, .group = {1, 128}, .has_zero_point = true, .has_column_order = true}) ==
        "gptq_v2, 4 bits, groups of 1 x 128, zero points, activation order");
  CHECK(text_of({.layout = layer_layout::bitsandbytes_fp4, .bits = 4, .group = {0, 0}, .is_nested = true, .scales = safetensors_type::F16}) ==
        "bitsandbytes_fp4, 4 bits, groups of all x all, nested, scales F16");
}
