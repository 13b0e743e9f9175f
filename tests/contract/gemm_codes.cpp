// SPDX-License-Identifier: MIT
// Halftone tests: wrong calls of gemm and gemv with 8-bit activations, given and dynamic.
#include "bad_calls.hpp"

#include <halftone/gemm/gemm.hpp>

using namespace contract;

namespace {

halftone::packed_matrix<weights> packed(const arguments& a) {
  return a.q ? halftone::pack(*a.q) : halftone::packed_matrix<weights>{};
}

halftone::context context_of(const arguments& a) { return {.workspace = a.workspace, .execute = {}}; }

constexpr unsigned common = weight_shape | packed_weights | scratch_memory;

}  // namespace

TEST_CASE("gemm of int8 codes refuses every wrong argument") {
  check({"gemm of int8 codes", "gemm", common | code_rows | rows_of_y | stages | int8_codes | apart_codes,
         [](arguments& a) { halftone::gemm(a.codes_view(true), packed(a), a.y, a.finish(), context_of(a)); }});
}

TEST_CASE("gemm of uint8 codes to bytes refuses every wrong argument") {
  check({"gemm of uint8 codes to bytes", "gemm", common | code_rows | rows_of_y | byte_output | uint8_codes,
         [](arguments& a) { halftone::gemm(a.codes_view(false), packed(a), a.bytes, a.to_bytes(), context_of(a)); }});
}

TEST_CASE("gemm of activations quantized once refuses every wrong argument") {
  check({"gemm of quantized activations", "gemm", common | rows_of_y | byte_output | int8_codes, [](arguments& a) {
           const auto x = halftone::quantize_activations<halftone::int8_per_token>(a.x);
           halftone::gemm(x, packed(a), a.bytes, a.to_bytes(), context_of(a));
         }});
}

TEST_CASE("gemm of dynamic activations refuses every wrong argument") {
  check({"gemm of dynamic activations", "gemm", common | float_rows | rows_of_y | stages | int8_codes | apart_floats,
         [](arguments& a) {
           halftone::gemm(halftone::dynamic<halftone::int8_per_token>(a.x), packed(a), a.y, a.finish(), context_of(a));
         }});
}

TEST_CASE("gemm of dynamic activations with zero points, or with one scale for all rows, refuses every wrong argument") {
  constexpr unsigned takes = common | float_rows | rows_of_y | stages | uint8_codes | apart_floats;
  check({"gemm of dynamic activations with zero points", "gemm", takes, [](arguments& a) {
           using activations = halftone::scheme<halftone::int8, halftone::asymmetric, halftone::per_token>;
           halftone::gemm(halftone::dynamic<activations>(a.x), packed(a), a.y, a.finish(), context_of(a));
         }});
  check({"gemm of dynamic activations with one scale", "gemm", takes, [](arguments& a) {
           halftone::gemm(halftone::dynamic<halftone::uint8_static>(a.x), packed(a), a.y, a.finish(), context_of(a));
         }});
}

TEST_CASE("gemv of dynamic activations refuses every wrong argument") {
  check({"gemv of dynamic activations", "gemm", common | float_vector | vector_y | int8_codes | apart_floats,
         [](arguments& a) {
           const auto x = halftone::dynamic<halftone::int8_per_token>({a.x.data(), 1, a.x.cols()});
           halftone::gemv(x, packed(a), std::span<float>(a.y.data(), a.y.cols()), a.finish_vector(), context_of(a));
         }});
}
