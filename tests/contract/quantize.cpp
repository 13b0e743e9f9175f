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
  check({"quantize_into", "quantize", float_weights, [](arguments& a) { halftone::quantize_into(a.w, *a.q); }});
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
  check({"quantize_activations_into", "quantize_activations", float_rows, [](arguments& a) {
           halftone::quantized_activations<halftone::int8_per_token> q({arguments::m, arguments::k});
           halftone::quantize_activations_into(a.x, q);
         }});
  check({"quantize_activations with parameters", "quantize_activations", float_rows | given_activations, [](arguments& a) {
           static_cast<void>(halftone::quantize_activations<halftone::uint8_static>(a.x, a.activation));
         }});
}

TEST_CASE("what is to be overwritten has the shape of what is quantized") {
  arguments a;
  halftone::quantized_matrix<weights> q({arguments::n, arguments::k + 1});
  halftone::quantized_activations<halftone::int8_static> x({arguments::m + 1, arguments::k});
  CHECK_THROWS_WITH_AS(halftone::quantize_into(a.w, q), "quantize: w is [5, 40], the matrix [5, 41]", halftone::error);
  CHECK_THROWS_WITH_AS(halftone::quantize_activations_into(a.x, x),
                       "quantize_activations: x is [3, 40], the activations [4, 40]", halftone::error);
  CHECK_THROWS_WITH_AS(halftone::quantize_activations_into(a.x, {.scale = 1.0f}, x),
                       "quantize_activations: x is [3, 40], the activations [4, 40]", halftone::error);
}

TEST_CASE("a storage without a sign takes no negative scale that a caller gives") {
  using scheme = halftone::scheme<halftone::int4, halftone::symmetric, halftone::per_tensor,
                                  halftone::stored_as<halftone::e8m0_floor>>;
  const std::vector<float> w{1.0f, 2.0f};
  const std::vector<halftone::group_parameters> given{{.scale = -1.0f}};
  CHECK_THROWS_WITH_AS(
      static_cast<void>(halftone::quantize<scheme>({w.data(), 1, 2}, halftone::given_parameters{given})),
      "quantize: group 0 has scale -1; its storage has no sign", halftone::error);
}
