// SPDX-License-Identifier: MIT
// Halftone example: tensors of one type, and those whose numbers it holds.
#include "../compile.hpp"

namespace convert {
extern const target_type q4_1_type;
const target_type q4_1_type = block_type<halftone::ggml::q4_1, held<halftone::ggml::q4_0>>::entry;
extern const layer_type q4_1_layer;
const layer_type q4_1_layer = block_type<halftone::ggml::q4_1, held<halftone::ggml::q4_0>>::layer(q4_1_type);
}  // namespace convert
