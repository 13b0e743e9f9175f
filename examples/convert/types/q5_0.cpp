// SPDX-License-Identifier: MIT
// Halftone example: tensors of one type, and those whose numbers it holds.
#include "../compile.hpp"

namespace convert {
extern const target_type q5_0_type;
const target_type q5_0_type = block_type<halftone::ggml::q5_0, held<halftone::ggml::q4_0>>::entry;
extern const layer_type q5_0_layer;
const layer_type q5_0_layer = block_type<halftone::ggml::q5_0, held<halftone::ggml::q4_0>>::layer(q5_0_type);
}  // namespace convert
