// SPDX-License-Identifier: MIT
// Halftone tests: the reference refuses what the kernels refuse, in the same words.
#include "bad_calls.hpp"

#include <halftone/reference/error_report.hpp>
#include <halftone/reference/gemm.hpp>
#include <halftone/reference/quantize_activations.hpp>

using namespace contract;

TEST_CASE("reference::quantize refuses every wrong argument") {
  check({"reference::quantize", "quantize", float_weights,
         [](arguments& a) { static_cast<void>(halftone::reference::quantize<weights>(a.w)); }});
  check({"reference::quantize with parameters", "quantize", float_weights | given_zero_points, [](arguments& a) {
           static_cast<void>(halftone::reference::quantize<weights>(a.w, halftone::given_parameters{a.given}));
         }});
  check({"reference::quantize with offsets", "quantize", float_weights | given_offsets, [](arguments& a) {
           static_cast<void>(halftone::reference::quantize<offset_weights>(a.w, halftone::given_parameters{a.given}));
         }});
  check({"reference::quantize of a table", "quantize", small_table,
         [](arguments& a) { static_cast<void>(halftone::reference::quantize<table_weights>(a.w)); }});
}

TEST_CASE("reference::dequantize and reference::compare refuse every wrong argument") {
  check({"reference::dequantize", "dequantize", real_output,
         [](arguments& a) { halftone::reference::dequantize(*a.q, a.real); }});
  check({"reference::compare", "compare", compared_weights,
         [](arguments& a) { static_cast<void>(halftone::reference::compare(a.w, *a.q)); }});
}

TEST_CASE("reference::quantize_activations refuses every wrong argument") {
  check({"reference::quantize_activations per token", "quantize_activations", float_rows, [](arguments& a) {
           static_cast<void>(halftone::reference::quantize_activations<halftone::int8_per_token>(a.x));
         }});
  check({"reference::quantize_activations with parameters", "quantize_activations", float_rows | given_activations,
         [](arguments& a) {
           static_cast<void>(halftone::reference::quantize_activations<halftone::uint8_static>(a.x, a.activation));
         }});
}

TEST_CASE("reference::gemm refuses every wrong argument") {
  check({"reference::gemm of floats", "gemm", weight_shape | float_rows | rows_of_y | stages | apart_floats,
         [](arguments& a) { halftone::reference::gemm(a.x, *a.q, a.y, a.finish()); }});
  check({"reference::gemm of int8 codes", "gemm", weight_shape | code_rows | rows_of_y | stages | int8_codes | apart_codes,
         [](arguments& a) { halftone::reference::gemm(a.codes_view(true), *a.q, a.y, a.finish()); }});
  check({"reference::gemm of uint8 codes", "gemm", weight_shape | code_rows | rows_of_y | byte_output | uint8_codes,
         [](arguments& a) { halftone::reference::gemm(a.codes_view(false), *a.q, a.bytes, a.to_bytes()); }});
  check({"reference::gemm of quantized activations", "gemm", weight_shape | rows_of_y | byte_output | int8_codes,
         [](arguments& a) {
           const auto x = halftone::reference::quantize_activations<halftone::int8_per_token>(a.x);
           halftone::reference::gemm(x, *a.q, a.bytes, a.to_bytes());
         }});
}

TEST_CASE("reference::gemm of dynamic activations refuses every wrong argument") {
  constexpr unsigned takes = weight_shape | float_rows | rows_of_y | stages | apart_floats;
  check({"reference::gemm of dynamic activations", "gemm", takes | int8_codes, [](arguments& a) {
           halftone::reference::gemm(halftone::dynamic<halftone::int8_per_token>(a.x), *a.q, a.y, a.finish());
         }});
  check({"reference::gemm of dynamic activations with zero points", "gemm", takes | uint8_codes, [](arguments& a) {
           using activations = halftone::scheme<halftone::int8, halftone::asymmetric, halftone::per_token>;
           halftone::reference::gemm(halftone::dynamic<activations>(a.x), *a.q, a.y, a.finish());
         }});
}
