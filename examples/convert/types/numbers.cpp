// SPDX-License-Identifier: MIT
// Halftone example: tensors of plain numbers.
#include "../compile.hpp"

namespace convert {
extern const target_type f32_type;
extern const target_type f16_type;
extern const target_type bf16_type;
const target_type f32_type = number_type<halftone::fp32, halftone::gguf_tensor_type::F32>::entry;
extern const layer_type f32_layer;
const layer_type f32_layer = number_type<halftone::fp32, halftone::gguf_tensor_type::F32>::layer(f32_type, "F32");
const target_type f16_type = number_type<halftone::fp16, halftone::gguf_tensor_type::F16>::entry;
extern const layer_type f16_layer;
const layer_type f16_layer = number_type<halftone::fp16, halftone::gguf_tensor_type::F16>::layer(f16_type, "F16");
const target_type bf16_type = number_type<halftone::bf16, halftone::gguf_tensor_type::BF16>::entry;
extern const layer_type bf16_layer;
const layer_type bf16_layer = number_type<halftone::bf16, halftone::gguf_tensor_type::BF16>::layer(bf16_type, "BF16");
}  // namespace convert
