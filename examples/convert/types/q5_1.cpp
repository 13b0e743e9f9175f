// SPDX-License-Identifier: MIT
// Halftone example: tensors of one type, and those whose numbers it holds.
#include "../compile.hpp"

namespace convert {
extern const target_type q5_1_type;
const target_type q5_1_type = block_type<halftone::ggml::q5_1, held<halftone::ggml::q4_0, halftone::ggml::q4_1>>::entry;
extern const layer_type q5_1_layer;
const layer_type q5_1_layer = block_type<halftone::ggml::q5_1, held<halftone::ggml::q4_0, halftone::ggml::q4_1>>::layer(q5_1_type);
}  // namespace convert
