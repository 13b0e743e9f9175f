// SPDX-License-Identifier: MIT
// Halftone tests: how much memory there is at most at a time.
#pragma once

#include <cstddef>

namespace halftone_test {

/// Makes the memory of this moment the largest. @return  it
std::size_t restart_peak();
/// The largest since then, in bytes of operator new.
[[nodiscard]] std::size_t peak();

}  // namespace halftone_test
