// SPDX-License-Identifier: MIT
// Halftone: the schemes of TensorRT's weights, as ModelOpt makes them. Zero points are zero, and values are divided by their scale:
//
//   code = round_even(clamp(x / scale)),  real = scale * code
//
// With the estimator min_max scales are ModelOpt's "max" calibration; a model's own come by `given_parameters`.
#pragma once

#include <halftone/element/exponent.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/format/tensorrt/elements.hpp>
#include <halftone/format/tensorrt/scales.hpp>
#include <halftone/scheme/flat_blocks.hpp>
#include <halftone/scheme/scheme.hpp>
#include <halftone/scheme/symmetric.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::tensorrt {

/// INT8QTensor; QuantizeLinear of TensorRT: scale = amax / 127, of the tensor, of rows (per_channel<0>) or of blocks.
template <class Granularity = per_tensor>
using int8_symmetric = scheme<int8, symmetric, Granularity, by_division>;

/// int8 weights before DequantizeLinear in an ONNX model, as TensorRT's importer takes them: zero points 0, scales above 0, one for
/// the tensor or for each channel.
template <class Granularity = per_channel<0>>
using qdq_int8 = scheme<int8, symmetric_or_one, Granularity, by_division>;

/// fp8 weights before DequantizeLinear, the same way: one scale for the tensor or for each channel.
template <class Granularity = per_tensor>
using qdq_fp8 = scheme<fp8_e4m3fn, symmetric_or_one, Granularity, by_division>;

/// FP8QTensor: fp8 e4m3, scale = amax / 448, of the tensor, of rows or of blocks (per_block<128, 128>).
template <class Granularity = per_tensor>
using fp8_scaled = scheme<fp8_e4m3fn, symmetric, Granularity, by_division>;

/// INT4 weights of blocks, weight-only or AWQ, as ModelOpt's checkpoints have them: scale = amax / 7. Bytes: `to_row_pairs`.
template <std::size_t N = 128>
using int4_blocks = scheme<int4, symmetric, per_group<N>, by_division>;

/// The int4 quantizer for ONNX models: the same with scales of 1e-5 at least.
template <std::size_t N = 128>
using int4_blocks_onnx = scheme<int4, symmetric_from_1e_5, per_group<N>, by_division>;

/// INT4QTensor, compressed weights in memory: what is stored is 7 / amax. Blocks run on across rows: with per_group<N> for rows of
/// whole blocks, else flat_blocks<N>. Bytes: `to_high_first`.
template <class Granularity = per_group<128>>
using int4_reciprocal = scheme<int4, stored_reciprocal, Granularity>;

/// MXFP8QTensor: fp8 e4m3 in blocks of 32 under a power of two.
using mxfp8 = scheme<fp8_e4m3fn, symmetric_by_log2, per_group<32>, by_division, stored_as<e8m0_floor>>;

/// MXFP4QTensor: fp4 in blocks of 32 under a power of two; blocks run on across rows as INT4QTensor's do. Bytes are the codes.
template <class Granularity = per_group<32>>
using mxfp4 = scheme<mxfp4_code, symmetric_by_log2, Granularity, by_division, stored_as<e8m0_floor>>;

/// NVFP4QTensor: fp4 in blocks of 16 under an fp8 scale, under a float for the tensor,
///   upper = amax of the tensor / 2688,  lower = fp8(amax of the block / (6 * upper)),  code = fp4(x / (lower * upper)).
/// A tensor of zeros has the upper scale 0 (ModelOpt: NaN). Bytes are the codes, and those of the plane of scales.
using nvfp4 = scheme<nvfp4_code, nvfp4_block_amax, per_group<16>, by_division,
                     quantized_again<scheme<nvfp4_block_scale, nvfp4_tensor_scale, per_tensor, by_six_scales>>>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::tensorrt
