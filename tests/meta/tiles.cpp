// SPDX-License-Identifier: MIT
// The multiplications whose inner loops stack_moves.py reads: the shipped tiles of the widths that have speed goals.
#include <halftone/gemm/gemm.hpp>
#include <halftone/scheme/presets.hpp>

namespace {

using namespace halftone;

template <class Scheme>
void multiply(const activation_view& x, const void* w, const matrix_view<float>& y) {
  gemm(x, *static_cast<const packed_matrix<Scheme>*>(w), y);
}

}  // namespace

void multiply_int8(const activation_view& x, const void* w, const matrix_view<float>& y) {
  multiply<int8_per_channel>(x, w, y);
}
void multiply_int4_g32(const activation_view& x, const void* w, const matrix_view<float>& y) { multiply<int4_g32>(x, w, y); }
void multiply_int4_g128(const activation_view& x, const void* w, const matrix_view<float>& y) { multiply<int4_g128>(x, w, y); }
void multiply_int2_g64(const activation_view& x, const void* w, const matrix_view<float>& y) {
  multiply<scheme<int2, symmetric, per_group<64>>>(x, w, y);
}
void multiply_floats(const matrix_view<const float>& x, const void* w, const matrix_view<float>& y) {
  gemm(x, *static_cast<const packed_matrix<float32>*>(w), y);
}
