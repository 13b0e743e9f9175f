// SPDX-License-Identifier: MIT
// Halftone tests: wrong calls of gemm and gemv with float activations.
#include "bad_calls.hpp"

#include <halftone/gemm/gemm.hpp>

using namespace contract;

namespace {

halftone::packed_matrix<weights> packed(const arguments& a) {
  return a.q ? halftone::pack(*a.q) : halftone::packed_matrix<weights>{};
}

constexpr unsigned common = weight_shape | packed_weights | apart_floats | scratch_memory;

}  // namespace

TEST_CASE("gemm of floats refuses every wrong argument") {
  check({"gemm of floats", "gemm", common | float_rows | rows_of_y | stages, [](arguments& a) {
           halftone::gemm(a.x, packed(a), a.y, a.finish(), {.workspace = a.workspace, .execute = {}});
         }});
}

TEST_CASE("gemv of floats refuses every wrong argument") {
  check({"gemv of floats", "gemm", common | float_vector | vector_y, [](arguments& a) {
           const std::span<const float> x(a.x.data(), a.x.cols());
           halftone::gemv(x, packed(a), std::span<float>(a.y.data(), a.y.cols()), a.finish_vector(),
                          {.workspace = a.workspace, .execute = {}});
         }});
}
