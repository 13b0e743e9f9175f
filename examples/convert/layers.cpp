// SPDX-License-Identifier: MIT
// Halftone example: which tensors of a checkpoint are layers.
#include "layers.hpp"

namespace convert {

const halftone::safetensors_tensor* find_tensor(const halftone::checkpoint& file, const std::string& name) {
  if (!file.has(name)) {
    return nullptr;
  }
  const auto found = file.find(name);
  halftone::expects(found.has_value(), found.has_value() ? std::string() : found.failure().text);
  return found.value();
}

std::vector<quantized_layer> quantized_layers(const halftone::checkpoint& file, halftone::gptq::version version) {
  std::vector<quantized_layer> layers;
  for (const std::string& tensor : file.names()) {
    for (std::optional<quantized_layer> layer :
         {bitsandbytes_layer(file, tensor), gptq_layer(file, tensor, version), awq_layer(file, tensor),
          compressed_tensors_layer(file, tensor)}) {
      if (layer) {
        layers.push_back(*std::move(layer));
      }
    }
  }
  return layers;
}

std::size_t group_size(const std::string& name, std::size_t k, std::size_t groups) {
  if (groups == 1) {
    return 0;
  }
  for (const std::size_t size : {32u, 64u, 128u}) {
    if (halftone::ceil_div(k, size) == groups) {
      return size;
    }
  }
  halftone::expects(false, "layer \"", name, "\": ", groups, " groups in ", k, " columns; this program reads groups of 32, 64, 128 and whole rows");
  return 0;
}

}  // namespace convert
