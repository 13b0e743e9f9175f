// SPDX-License-Identifier: MIT
// Halftone example: tensors of plain numbers.
#include "../compile.hpp"

namespace convert {
extern const target_type f32_type;
extern const target_type f16_type;
extern const target_type bf16_type;
const target_type f32_type = number_type<halftone::fp32, halftone::gguf_tensor_type::F32>::entry;
const target_type f16_type = number_type<halftone::fp16, halftone::gguf_tensor_type::F16>::entry;
const target_type bf16_type = number_type<halftone::bf16, halftone::gguf_tensor_type::BF16>::entry;
}  // namespace convert
