// SPDX-License-Identifier: MIT
// What the engine needs for GGUF files, compiled for the tests with a few types of tensors.
#include "examples/llama/chat.cpp"            // NOLINT: on purpose
#include "examples/llama/ggml/float32.cpp"    // NOLINT
#include "examples/llama/ggml/q4_1.cpp"       // NOLINT
#include "examples/llama/ggml/q8_0.cpp"       // NOLINT
#include "examples/llama/gguf_config.cpp"     // NOLINT
#include "examples/llama/gguf_model.cpp"      // NOLINT
#include "examples/llama/gguf_save.cpp"       // NOLINT
#include "examples/llama/gguf_tokenizer.cpp"  // NOLINT
#include "examples/llama/pre_tokenizer.cpp"   // NOLINT

#include <array>

namespace llama {

std::span<const matrix_type* const> matrix_types() {
  namespace ggml = halftone::ggml;
  static const std::array types{&matrix_type_of<halftone::float32, void>(),
                                &matrix_type_of<ggml::q4_1, ggml::block_format<ggml::q4_1>>(),
                                &matrix_type_of<ggml::q8_0, ggml::block_format<ggml::q8_0>>()};
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

std::string names_of_matrix_types() { return "F32, Q4_1, Q8_0"; }

}  // namespace llama
