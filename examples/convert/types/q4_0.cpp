// SPDX-License-Identifier: MIT
// Halftone example: tensors of one type, and those whose numbers it holds.
#include "../compile.hpp"

namespace convert {
extern const target_type q4_0_type;
const target_type q4_0_type = block_type<halftone::ggml::q4_0, held<>>::entry;
extern const layer_type q4_0_layer;
const layer_type q4_0_layer = block_type<halftone::ggml::q4_0, held<>>::layer(q4_0_type);
}  // namespace convert
