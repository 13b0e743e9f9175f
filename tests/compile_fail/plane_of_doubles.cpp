// rule: for_each_plane: a policy's plane is a span of float, std::int32_t or std::uint8_t
// SPDX-License-Identifier: MIT
#include <halftone/halftone.hpp>

#ifndef HALFTONE_COMPILE_FAIL_CONTROL
using value = double;
#else
using value = float;
#endif

struct element : halftone::runtime_codebook<2> {
  value extra[4] = {};
  template <class Visitor>
  void for_each_plane(Visitor&& visit) {
    visit("extra", std::span<value>(extra));
  }
};

using own = halftone::scheme<element, halftone::symmetric, halftone::per_tensor>;
std::size_t bytes(const halftone::quantized_matrix<own>& q) { return q.byte_count(); }
