// SPDX-License-Identifier: MIT
// Halftone example: the list of all ways to keep a matrix.
#include "layer_type.hpp"

namespace convert {

extern const layer_type f32_layer, f16_layer, bf16_layer, q8_0_layer, q6_k_layer, q5_1_layer, q5_0_layer, q5_k_layer, q4_1_layer, q4_k_layer,
    q4_0_layer, iq4_nl_layer, iq4_xs_layer, mxfp4_layer, q3_k_layer, q2_k_layer;
extern const layer_type own_integers[9];
extern const layer_type own_others[7];
extern const layer_type bitsandbytes_types[4];
extern const layer_type gptq_types[6];
extern const layer_type awq_types[3];
extern const layer_type compressed_tensors_types[7];
extern const layer_type onnx_types[6];
extern const layer_type tflite_types[4];

std::span<const layer_type* const> layer_types() {
  static const std::vector<const layer_type*> all = [] {
    std::vector<const layer_type*> list{&f32_layer,  &f16_layer,  &bf16_layer, &q8_0_layer,   &q6_k_layer,   &q5_1_layer,  &q5_0_layer, &q5_k_layer,
                                        &q4_1_layer, &q4_k_layer, &q4_0_layer, &iq4_nl_layer, &iq4_xs_layer, &mxfp4_layer, &q3_k_layer, &q2_k_layer};
    for (const std::span<const layer_type> each :
         {std::span<const layer_type>(own_integers), std::span<const layer_type>(own_others), std::span<const layer_type>(bitsandbytes_types),
          std::span<const layer_type>(gptq_types), std::span<const layer_type>(awq_types),
          std::span<const layer_type>(compressed_tensors_types), std::span<const layer_type>(onnx_types),
          std::span<const layer_type>(tflite_types)}) {
      for (const layer_type& type : each) {
        list.push_back(&type);
      }
    }
    return list;
  }();
  return all;
}

const layer_type* find_layer_type(file_format format, std::string_view name) {
  for (const layer_type* each : layer_types()) {
    if (each->format == format && each->name == name) {
      return each;
    }
  }
  return nullptr;
}

}  // namespace convert
