// SPDX-License-Identifier: MIT
// Halftone example: tensors of one type, and those whose numbers it holds.
#include "../compile.hpp"

namespace convert {
extern const target_type q5_k_type;
const target_type q5_k_type = block_type<halftone::ggml::q5_k, held<halftone::ggml::q4_k>>::entry;
extern const layer_type q5_k_layer;
const layer_type q5_k_layer = block_type<halftone::ggml::q5_k, held<halftone::ggml::q4_k>>::layer(q5_k_type);
}  // namespace convert
