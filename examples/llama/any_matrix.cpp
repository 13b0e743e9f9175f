// SPDX-License-Identifier: MIT
// Halftone example: the types of GGUF tensors that the program runs.
#include "any_matrix.hpp"

#include <array>

namespace llama {

template <class Scheme, class Format>
const matrix_type& matrix_type_of();

namespace {

namespace ggml = halftone::ggml;

template <class Scheme>
const matrix_type* blocks() {
  return &matrix_type_of<Scheme, ggml::block_format<Scheme>>();
}

}  // namespace

std::span<const matrix_type* const> matrix_types() {
  static const std::array types{&matrix_type_of<halftone::float32, void>(),
                                &matrix_type_of<halftone::float16, void>(),
                                blocks<ggml::q4_0>(),
                                blocks<ggml::q4_1>(),
                                blocks<ggml::q5_0>(),
                                blocks<ggml::q5_1>(),
                                blocks<ggml::q8_0>(),
                                blocks<ggml::q8_1>(),
                                blocks<ggml::q2_k>(),
                                blocks<ggml::q3_k>(),
                                blocks<ggml::q4_k>(),
                                blocks<ggml::q5_k>(),
                                blocks<ggml::q6_k>(),
                                blocks<ggml::q8_k>(),
                                blocks<ggml::iq4_nl>(),
                                blocks<ggml::iq4_xs>(),
                                &matrix_type_of<halftone::brain_float16, void>(),
                                &matrix_type_of<ggml::tq2_0, ggml::tq1_0_blocks>(),
                                blocks<ggml::tq2_0>(),
                                blocks<ggml::mxfp4>(),
                                blocks<ggml::nvfp4>(),
                                blocks<ggml::q1_0>(),
                                blocks<ggml::q2_0>()};
  return types;
}

const matrix_type* find_matrix_type(halftone::gguf_tensor_type type) {
  for (const matrix_type* each : matrix_types()) {
    if (each->type == type) {
      return each;
    }
  }
  return nullptr;
}

std::string names_of_matrix_types() {
  std::string names;
  for (const matrix_type* each : matrix_types()) {
    names.append(names.empty() ? "" : ", ").append(halftone::name_of(each->type));
  }
  return names;
}

}  // namespace llama
