// SPDX-License-Identifier: MIT
// Halftone tests: wrong calls of quantize, dequantize, compare and quantize_activations.
#include "bad_calls.hpp"

#include <halftone/quantize/compare.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/quantize/quantize_activations.hpp>

using namespace contract;

TEST_CASE("quantize refuses every wrong argument") {
  check({"quantize", "quantize", float_weights, [](arguments& a) { static_cast<void>(halftone::quantize<weights>(a.w)); }});
  check({"quantize with parameters", "quantize", float_weights | given_zero_points, [](arguments& a) {
           static_cast<void>(halftone::quantize<weights>(a.w, halftone::given_parameters{a.given}));
         }});
  check({"quantize with offsets", "quantize", float_weights | given_offsets, [](arguments& a) {
           static_cast<void>(halftone::quantize<offset_weights>(a.w, halftone::given_parameters{a.given}));
         }});
  check({"quantize of a table", "quantize", small_table,
         [](arguments& a) { static_cast<void>(halftone::quantize<table_weights>(a.w)); }});
}

TEST_CASE("dequantize refuses every wrong argument") {
  check({"dequantize", "dequantize", real_output, [](arguments& a) { halftone::dequantize(*a.q, a.real); }});
}

TEST_CASE("compare refuses every wrong argument") {
  check({"compare", "compare", compared_weights, [](arguments& a) { static_cast<void>(halftone::compare(a.w, *a.q)); }});
}

TEST_CASE("quantize_activations refuses every wrong argument") {
  check({"quantize_activations per token", "quantize_activations", float_rows, [](arguments& a) {
           static_cast<void>(halftone::quantize_activations<halftone::int8_per_token>(a.x));
         }});
  check({"quantize_activations with parameters", "quantize_activations", float_rows | given_activations, [](arguments& a) {
           static_cast<void>(halftone::quantize_activations<halftone::uint8_static>(a.x, a.activation));
         }});
}
