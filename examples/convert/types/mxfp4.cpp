// SPDX-License-Identifier: MIT
// Halftone example: tensors of one type, and those whose numbers it holds.
#include "../compile.hpp"

namespace convert {
extern const target_type mxfp4_type;
const target_type mxfp4_type = block_type<halftone::ggml::mxfp4, held<>>::entry;
extern const layer_type mxfp4_layer;
const layer_type mxfp4_layer = block_type<halftone::ggml::mxfp4, held<>>::layer(mxfp4_type);
}  // namespace convert
