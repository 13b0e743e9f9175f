// SPDX-License-Identifier: MIT
// Halftone: part of the generated schemes; see generated_schemes.hpp.
#include "generated_schemes.hpp"

HALFTONE_TEST_GENERATED_SCHEMES(24, 30)
