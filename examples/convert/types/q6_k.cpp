// SPDX-License-Identifier: MIT
// Halftone example: tensors of one type, and those whose numbers it holds.
#include "../compile.hpp"

namespace convert {
extern const target_type q6_k_type;
const target_type q6_k_type = block_type<halftone::ggml::q6_k, held<>>::entry;
extern const layer_type q6_k_layer;
const layer_type q6_k_layer = block_type<halftone::ggml::q6_k, held<>>::layer(q6_k_type);
}  // namespace convert
