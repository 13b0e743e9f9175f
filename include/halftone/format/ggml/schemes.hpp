// SPDX-License-Identifier: MIT
// Halftone: the schemes of ggml's block formats, under ggml's names.
//
// Each decodes to the floats of ggml's dequantize_row, bit for bit: a scale of 11 bits times an integer scale times a level
// is exact in binary32, so one rounding is left at most, that of adding the offset.
#pragma once

#include <halftone/element/exponent.hpp>
#include <halftone/element/minifloat.hpp>
#include <halftone/element/tables.hpp>
#include <halftone/element/ternary.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/one_sided.hpp>
#include <halftone/scheme/per_group_with_sums.hpp>
#include <halftone/scheme/scheme.hpp>
#include <halftone/scheme/symmetric.hpp>
#include <halftone/scheme/symmetric_by_exponent.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

// Blocks of 32 weights, each with its own scale.
using q4_0 = scheme<int4, symmetric_signed_extreme, per_group<32>, stored_as<fp16>>;  ///< 4.5 bits a weight
using q4_1 = scheme<uint4, float_offset, per_group<32>, stored_as<fp16>>;             ///< 5
using q5_0 = scheme<int5, symmetric_signed_extreme, per_group<32>, stored_as<fp16>>;  ///< 5.5
using q5_1 = scheme<uint5, float_offset, per_group<32>, stored_as<fp16>>;             ///< 6
using q8_0 = scheme<int8, symmetric, per_group<32>, stored_as<fp16>>;                 ///< 8.5
using q8_1 = scheme<int8, symmetric, per_group_with_sums<32>, stored_as<fp16>>;       ///< 9; ggml's activations

/// A plane of `Groups` integers at a time under a scale in fp16.
template <class Element, class Mapping, std::size_t Groups>
using sub_scales = quantized_again<scheme<Element, Mapping, per_group<Groups>, stored_as<fp16>>>;

// Super-blocks of 256 weights: integer scales (and offsets) of 16 or 32 weights under a float.
using q2_k = scheme<uint2, scale_and_minimum, per_group<16>, sub_scales<uint4, one_sided, 16>>;                 ///< 2.625
using q3_k = scheme<int3, symmetric_signed_extreme, per_group<16>,
                    sub_scales<int6, symmetric_signed_extreme, 16>>;                                            ///< 3.4375
using q4_k = scheme<uint4, scale_and_minimum, per_group<32>, sub_scales<uint6, one_sided, 8>>;                  ///< 4.5
using q5_k = scheme<uint5, scale_and_minimum, per_group<32>, sub_scales<uint6, one_sided, 8>>;                  ///< 5.5
using q6_k = scheme<int6, symmetric_signed_extreme, per_group<16>,
                    sub_scales<int8, symmetric_signed_extreme, 16>>;                                            ///< 6.5625
using q8_k = scheme<int8, symmetric, per_group<256>>;  ///< 9.125 in ggml's blocks, which repeat sums of codes

// Other elements.
using iq4_nl = scheme<halftone::iq4_nl, symmetric, per_group<32>, stored_as<fp16>>;                  ///< 4.5
using iq4_xs = scheme<halftone::iq4_nl, symmetric, per_group<32>,
                      sub_scales<int6, symmetric_signed_extreme, 8>>;                                ///< 4.25
using mxfp4 = scheme<fp4_e2m1, symmetric_by_exponent, per_group<32>, stored_as<e8m0_floor>>;         ///< 4.25
using nvfp4 = scheme<fp4_e2m1, symmetric, per_group<16>, stored_as<fp8_e4m3fn>>;                     ///< 4.5
using tq2_0 = scheme<ternary, symmetric, per_group<256>, nearest_away, stored_as<fp16>>;             ///< 2.0625; see tq1_0_blocks
using q2_0 = scheme<ternary, symmetric, per_group<64>, nearest_away, stored_as<fp16>>;               ///< 2.25
using q1_0 = scheme<binary, symmetric, per_group<128>, stored_as<fp16>>;                             ///< 1.125

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
