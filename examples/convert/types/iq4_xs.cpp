// SPDX-License-Identifier: MIT
// Halftone example: tensors of one type, and those whose numbers it holds.
#include "../compile.hpp"

namespace convert {
extern const target_type iq4_xs_type;
const target_type iq4_xs_type = block_type<halftone::ggml::iq4_xs, held<>>::entry;
extern const layer_type iq4_xs_layer;
const layer_type iq4_xs_layer = block_type<halftone::ggml::iq4_xs, held<>>::layer(iq4_xs_type);
}  // namespace convert
