// SPDX-License-Identifier: MIT
// Halftone example: matrices as Halftone's own planes. Floats and tables, and what TVM and TensorRT want.
#include "own_planes.hpp"

#include <halftone/format/tensorrt/schemes.hpp>
#include <halftone/format/tvm/schemes.hpp>
#include <halftone/scheme/presets.hpp>

namespace convert {

extern const layer_type own_others[7];
const layer_type own_others[7] = {
    own_type<halftone::float16>("float16"),
    own_type<halftone::nf4_g64>("nf4_g64"),
    own_type<halftone::mxfp4>("mxfp4"),
    own_type<halftone::tvm::q4f16_1>("q4f16_1"),
    own_type<halftone::tvm::q3f16_1>("q3f16_1"),
    own_type<halftone::tensorrt::mxfp8>("mxfp8"),
    own_type<halftone::tensorrt::nvfp4>("nvfp4"),
};

}  // namespace convert
