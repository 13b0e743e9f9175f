// SPDX-License-Identifier: MIT
// Halftone: weights of onnxruntime's operator MatMulBnb4.
//
//   B       uint8 [ceil(n * k / 2)]: the matrix [n, k] row by row, two codes a byte, the first in the high half, as bitsandbytes has
//           them: `bitsandbytes::code_bytes` and `bitsandbytes::read_codes`
//   absmax  floats [ceil(n * k / block)]: the scales of the blocks, which run across rows
#pragma once

#include <halftone/format/bitsandbytes/blocks.hpp>
#include <halftone/format/bitsandbytes/schemes.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx {

/// bitsandbytes' fp4 as onnxruntime encodes it: the sign is a bit, so that small negative numbers have code 8, minus zero.
struct signed_fp4 : fp4_bnb {
  [[nodiscard]] static std::string name() { return "onnx_signed_fp4"; }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(float x) noexcept {
    return fp4_bnb::encode(magnitude(x)) | chosen(x < 0.0f, 8u, 0u);
  }
};
static_assert(table_element<signed_fp4>);

/// quant_type 1 and 0. `quantize` makes the codes and maxima of quantize_matmul_bnb4.
/// @tparam Block  16, 32, 64, 128 or 256
template <std::size_t Block>
using bnb4_nf4 = bitsandbytes::nf4_blocks<Block>;
template <std::size_t Block>
using bnb4_fp4 = scheme<signed_fp4, symmetric, flat_blocks<Block>, bitsandbytes::by_floored_reciprocal>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::onnx
