// rule: scheme: every option is a rounding policy, a scaling policy or a storage
// SPDX-License-Identifier: MIT
#include <halftone/scheme/presets.hpp>

struct down {
  static std::string name() { return "down"; }
#ifndef HALFTONE_COMPILE_FAIL_CONTROL
  static float round(float value, std::uint64_t) { return value; }
#else
  static float round(float value, std::uint64_t) noexcept { return value; }
#endif
};

halftone::scheme<halftone::int4, halftone::symmetric, halftone::per_tensor, down> w{};
