// SPDX-License-Identifier: MIT
// What a snippet of the documentation may use without saying so.
#pragma once

#include <halftone/halftone.hpp>

#include <cassert>
#include <cstdio>
#include <span>
#include <vector>

using namespace halftone;  // NOLINT: a page of documentation says so once

/// weights [n, k], x [m, k], y [m, n], bias [n]
#define SNIPPET_ARGUMENTS                                                                                     \
  [[maybe_unused]] matrix_view<const float> weights, [[maybe_unused]] matrix_view<const float> x,             \
      [[maybe_unused]] matrix_view<float> y, [[maybe_unused]] std::span<const float> bias
