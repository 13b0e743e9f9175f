// SPDX-License-Identifier: MIT
// Halftone example: tensors of one type, and those whose numbers it holds.
#include "../compile.hpp"

namespace convert {
extern const target_type iq4_nl_type;
const target_type iq4_nl_type = block_type<halftone::ggml::iq4_nl, held<>>::entry;
extern const layer_type iq4_nl_layer;
const layer_type iq4_nl_layer = block_type<halftone::ggml::iq4_nl, held<>>::layer(iq4_nl_type);
}  // namespace convert
