// SPDX-License-Identifier: MIT
// Halftone: schemes with names. No other header of the library names a preset.
#pragma once

#include <halftone/element/codebook.hpp>
#include <halftone/element/exponent.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/element/minifloat.hpp>
#include <halftone/element/tables.hpp>
#include <halftone/element/ternary.hpp>
#include <halftone/element/dynamic_map.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/centered.hpp>
#include <halftone/scheme/flat_blocks.hpp>
#include <halftone/scheme/scheme.hpp>
#include <halftone/scheme/symmetric.hpp>
#include <halftone/scheme/symmetric_by_exponent.hpp>

namespace halftone::inline v0_1 {

// Floats as they are.
using float32 = scheme<fp32, unscaled, per_tensor>;      ///< IEEE 754 binary32
using float16 = scheme<fp16, unscaled, per_tensor>;      ///< IEEE 754 binary16
using brain_float16 = scheme<bf16, unscaled, per_tensor>;  ///< upper half of binary32

// Weights, 8 bits.
using int8_per_tensor = scheme<int8_narrow, symmetric, per_tensor>;        ///< TensorRT, ONNX Runtime: max|w| / 127
using int8_per_channel = scheme<int8_narrow, symmetric, per_channel<0>>;   ///< TFLite, ONNX Runtime: max|w| / 127 a row
using int8_g32 = scheme<int8_narrow, symmetric, per_group<32>, stored_as<fp16>>;  ///< block of ggml Q8_0
using uint8_per_channel = scheme<uint8, asymmetric, per_channel<0>>;       ///< Jacob et al., arXiv:1712.05877

// Weights, 2 to 6 bits.
using int6_g32 = scheme<int6, symmetric_signed_extreme, per_group<32>, stored_as<fp16>>;    ///< as int4_g32, 6 bits
using int5_g32 = scheme<int5, symmetric_signed_extreme, per_group<32>, stored_as<fp16>>;    ///< block of ggml Q5_0
using int4_g32 = scheme<int4, symmetric_signed_extreme, per_group<32>, stored_as<fp16>>;    ///< block of ggml Q4_0
using int4_g128 = scheme<int4, symmetric_signed_extreme, per_group<128>, stored_as<fp16>>;  ///< GPTQ's usual group
using int4_per_channel = scheme<int4_narrow, symmetric, per_channel<0>>;                    ///< XNNPACK qc4w: max|w| / 7
using uint4_g32 = scheme<uint4, asymmetric, per_group<32>, stored_as<fp16>>;                ///< HQQ, AWQ with group 32
using uint4_g128 = scheme<uint4, asymmetric, per_group<128>, stored_as<fp16>>;              ///< AWQ, GPTQ: group 128
using offset4_g32 = scheme<uint4, float_offset, per_group<32>, stored_as<fp16>>;            ///< block of ggml Q4_1
using int3_g32 = scheme<int3, symmetric_signed_extreme, per_group<32>, stored_as<fp16>>;    ///< as int4_g32, 3 bits
using uint3_g32 = scheme<uint3, float_offset, per_group<32>, stored_as<fp16>>;              ///< as ggml Q4_1, 3 bits
using int2_g32 = scheme<uint2, float_offset, per_group<32>, stored_as<fp16>>;               ///< as ggml Q4_1, 2 bits

// Microscaling, OCP MX v1.0: 32 elements under a power of two, by the specification's rule.
template <class Element>
using microscaled = scheme<Element, symmetric_by_exponent, per_group<32>, stored_as<e8m0_floor>>;
using mxfp8_e4m3 = microscaled<fp8_e4m3fn>;
using mxfp8_e5m2 = microscaled<fp8_e5m2>;
using mxfp6_e3m2 = microscaled<fp6_e3m2>;
using mxfp6_e2m3 = microscaled<fp6_e2m3>;
using mxfp4 = microscaled<fp4_e2m1>;
using mxint8 = microscaled<int8_narrow>;  ///< levels are 64ths of OCP's, so its scale byte is this one plus 6

// Floats and tables of 4 bits.
using nvfp4 = scheme<fp4_e2m1, symmetric, per_group<16>,
                     quantized_again<scheme<fp8_e4m3fn, symmetric, per_tensor>>>;  ///< NVIDIA: e4m3 scales under one float
using nf4_g64 = scheme<nf4, symmetric, per_group<64>>;                             ///< bitsandbytes, QLoRA: absmax a block
using double_quantized =
    quantized_again<scheme<dynamic8, centered_on_mean, flat_blocks<256>>>;         ///< bitsandbytes' storage of those maxima
using nf4_g64_double = scheme<nf4, symmetric, per_group<64>, double_quantized>;    ///< QLoRA with double quantization

// Ternary.
using ternary_g256 = scheme<ternary, symmetric, per_group<256>, nearest_away, stored_as<fp16>>;  ///< as ggml TQ2_0
using ternary_base3_g256 = scheme<ternary_base3, symmetric, per_group<256>, stored_as<fp16>>;    ///< as ggml TQ1_0
using ternary_per_tensor = scheme<ternary, symmetric, per_tensor>;                               ///< BitNet b1.58's layout

// Activations.
using int8_per_token = scheme<int8_narrow, symmetric, per_token>;   ///< dynamic: max|x| / 127 a token
template <std::size_t N>
using int8_per_token_group = scheme<int8_narrow, symmetric, per_token_group<N>>;  ///< dynamic: max|x| / 127 a run of N
using int8_static = scheme<int8, symmetric, per_tensor>;            ///< one scale, given by calibration
using uint8_static = scheme<uint8, asymmetric, per_tensor>;         ///< scale and zero point, given by calibration

}  // namespace halftone::inline v0_1
