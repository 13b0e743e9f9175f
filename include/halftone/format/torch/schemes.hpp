// SPDX-License-Identifier: MIT
// Halftone: the schemes of PyTorch's quantized tensors: torch.quantize_per_tensor and torch.quantize_per_channel.
//
//   code = clamp(zero_point + round_even(x * (1 / scale)))     in float; the reciprocal is rounded first
//
// and torchao's tensors, whose INT domain computes the same with other scales.
//
// With the estimator min_max parameters are those of PyTorch's observers; tensors' own come by `given_parameters`.
#pragma once

#include <halftone/element/minifloat.hpp>
#include <halftone/format/torch/float_zero_point.hpp>
#include <halftone/format/torch/microscaling.hpp>
#include <halftone/format/torch/observed.hpp>
#include <halftone/scheme/scheme.hpp>
#include <halftone/scheme/symmetric.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::torch {

template <class Granularity = per_tensor>
using qint8 = scheme<int8, affine<>, Granularity>;
template <class Granularity = per_tensor>
using quint8 = scheme<uint8, affine<>, Granularity>;
/// The zero point is 0, the scale max|x| / 127.5: per_tensor_symmetric and, by rows, per_channel_symmetric.
template <class Granularity = per_tensor>
using qint8_symmetric = scheme<int8, symmetric<>, Granularity>;
/// The zero point is 128.
template <class Granularity = per_tensor>
using quint8_symmetric = scheme<uint8, symmetric_unsigned<>, Granularity>;
/// reduce_range=True, for kernels whose sums saturate: parameters for 7 bits.
template <class Granularity = per_tensor>
using qint8_reduced = scheme<int8, affine<-64, 63>, Granularity>;
template <class Granularity = per_tensor>
using quint8_reduced = scheme<uint8, affine<0, 127>, Granularity>;
template <class Granularity = per_tensor>
using qint8_symmetric_reduced = scheme<int8, symmetric<-64, 63>, Granularity>;
/// Embedding tables: quantize_per_channel with float zero points, the tables' rows.
using quint8_float_qparams = scheme<uint8, float_qparams, per_channel<0>>;
using quint4x2_float_qparams = scheme<uint4, float_qparams, per_channel<0>>;

/// torchao's MappingType: ASYMMETRIC, SYMMETRIC, SYMMETRIC_NO_CLIPPING_ERR with ZeroPointDomain.INT, and tinygemm's FLOAT.
template <class Element, class Granularity>
using ao_asymmetric = scheme<Element, affine<0, 0, scale_floor::smallest_normal>, Granularity>;
template <class Element, class Granularity>
using ao_symmetric = scheme<Element, symmetric<0, 0, scale_floor::smallest_normal>, Granularity>;
template <class Element, class Granularity>
using ao_symmetric_no_clipping = scheme<Element, symmetric_no_clipping, Granularity>;
template <class Element, class Granularity>
using ao_tinygemm = scheme<Element, tinygemm<Element::bits>, Granularity, by_division>;

/// torchao's MX tensors by ScaleCalculationMode. Its EVEN and CEIL differ from OCP's rule, FLOOR, where a range lies between
/// the largest level and the next power of two.
template <class Element>
using mx_floor = scheme<Element, symmetric_by_exponent, per_group<32>, stored_as<e8m0_floor>>;
template <class Element>
using mx_ceil = scheme<Element, symmetric_by_exponent, per_group<32>, stored_as<e8m0_ceil>>;
template <class Element>
using mx_even = scheme<Element, symmetric_by_rounded_exponent, per_group<32>, stored_as<e8m0_floor>>;
template <class Element>
using mx_rceil = scheme<Element, halftone::symmetric, per_group<32>, stored_as<e8m0_ceil>>;

/// torchao's NVFP4 without a scale of the tensor: a block's scale is fp8, max|x| / 6 kept in [2^-6, 448].
using nvfp4_blocks = scheme<fp4_e2m1, nvfp4_block, per_group<16>, stored_as<fp8_e4m3fn>>;

/// torchao's NVFP4 with a scale of the tensor: real = level * round(tensor scale * block scale). `quantize_nvfp4` chooses codes as
/// torchao does, by (1 / tensor scale) / block scale; `quantize` takes the reciprocal of the product.
using nvfp4_two_levels =
    scheme<fp4_e2m1, halftone::symmetric, per_group<16>, quantized_again<scheme<fp8_e4m3fn, halftone::symmetric, per_tensor>>>;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::torch
