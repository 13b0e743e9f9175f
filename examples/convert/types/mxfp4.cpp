// SPDX-License-Identifier: MIT
// Halftone example: tensors of one type, and those whose numbers it holds.
#include "../compile.hpp"

namespace convert {
extern const target_type mxfp4_type;
const target_type mxfp4_type = block_type<halftone::ggml::mxfp4, held<>>::entry;
}  // namespace convert
