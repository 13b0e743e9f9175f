// SPDX-License-Identifier: MIT
// Halftone example: matrices as Halftone's own planes. Integers.
#include "own_planes.hpp"

#include <halftone/scheme/presets.hpp>

namespace convert {

extern const layer_type own_integers[9];
const layer_type own_integers[9] = {
    own_type<halftone::int8_per_channel>("int8_rows"),
    own_type<halftone::int8_g32>("int8_g32"),
    own_type<halftone::int6_g32>("int6_g32"),
    own_type<halftone::offset4_g32>("offset4_g32"),
    own_type<halftone::uint4_g32>("uint4_g32"),
    own_type<halftone::int4_g32>("int4_g32"),
    own_type<halftone::int4_g128>("int4_g128"),
    own_type<halftone::int3_g32>("int3_g32"),
    own_type<halftone::int2_g32>("int2_g32"),
};

}  // namespace convert
