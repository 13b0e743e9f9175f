// SPDX-License-Identifier: MIT
// Halftone example: the list of types.
#include "target_type.hpp"

#include <array>

namespace convert {

extern const target_type f32_type;
extern const target_type f16_type;
extern const target_type bf16_type;
extern const target_type q8_0_type;
extern const target_type q6_k_type;
extern const target_type q5_1_type;
extern const target_type q5_0_type;
extern const target_type q5_k_type;
extern const target_type q4_1_type;
extern const target_type q4_k_type;
extern const target_type q4_0_type;
extern const target_type iq4_nl_type;
extern const target_type iq4_xs_type;
extern const target_type mxfp4_type;
extern const target_type q3_k_type;
extern const target_type q2_k_type;

std::span<const target_type* const> target_types() {
  static const std::array<const target_type*, 16> all{&f32_type, &f16_type, &bf16_type, &q8_0_type, &q6_k_type, &q5_1_type, &q5_k_type, &q5_0_type, &q4_1_type, &q4_k_type, &q4_0_type, &iq4_nl_type, &iq4_xs_type, &mxfp4_type, &q3_k_type, &q2_k_type};
  return all;
}

const target_type* find_type(halftone::gguf_tensor_type type) {
  for (const target_type* each : target_types()) {
    if (each->type == type) {
      return each;
    }
  }
  return nullptr;
}

const target_type* find_type(const std::string& name) {
  for (const target_type* each : target_types()) {
    if (halftone::name_of(each->type) == name) {
      return each;
    }
  }
  return nullptr;
}

}  // namespace convert
