// SPDX-License-Identifier: MIT
// Halftone tests: how much memory was asked for.
#pragma once

#include <cstddef>

namespace halftone_test {

/// Bytes asked for with `new` since the program started, returned ones included.
std::size_t allocated_bytes();

}  // namespace halftone_test
