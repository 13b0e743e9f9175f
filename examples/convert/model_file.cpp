// SPDX-License-Identifier: MIT
// Halftone example: reading model files.
#include "model_file.hpp"

#include <algorithm>
#include <set>

namespace convert {

namespace {

template <class File>
File opened(const std::string& path) {
  auto file = File::open(path);
  halftone::expects(file.has_value(), path, ": ", file.has_value() ? std::string() : file.failure().text);
  return std::move(file).value();
}

}  // namespace

model_file::model_file(const std::string& path, halftone::gptq::version version) {
  if (path.ends_with(".gguf")) {
    gguf_ = opened<halftone::gguf_file>(path);
    list(*gguf_);
  } else {
    safetensors_ = opened<halftone::safetensors_file>(path);
    list(*safetensors_, version);
  }
}

void model_file::list(const halftone::gguf_file& file) {
  for (const halftone::gguf_tensor& tensor : file.tensors()) {
    source_tensor one{.name = std::string(tensor.name),
                      .dims = {tensor.dims().begin(), tensor.dims().end()},
                      .type = find_type(tensor.type),
                      .type_name = std::string(halftone::name_of(tensor.type)),
                      .bytes = tensor.bytes};
    halftone::expects(one.type != nullptr, "tensor \"", one.name, "\" is of type ", one.type_name, ", which this program cannot read");
    halftone::expects(tensor.byte_order == std::endian::little, "tensor \"", one.name, "\" is of a big-endian machine");
    tensors_.push_back(std::move(one));
  }
}

void model_file::list(const halftone::safetensors_file& file, halftone::gptq::version version) {
  std::set<std::string> parts;
  for (quantized_layer& layer : quantized_layers(file, version)) {
    halftone::expects(layer.rows != 0 && layer.cols != 0, "layer \"", layer.name, "\" is [", layer.rows, ", ", layer.cols, "]");
    parts.insert(layer.tensors.begin(), layer.tensors.end());
    tensors_.push_back({.name = std::move(layer.name),
                        .dims = {layer.cols, layer.rows},
                        .type_name = std::move(layer.type_name),
                        .layer = std::move(layer.open)});
  }
  for (const halftone::safetensors_tensor& tensor : file.tensors()) {
    if (parts.contains(tensor.name)) {
      continue;
    }
    source_tensor one{.name = tensor.name,
                      .dims = {tensor.shape.rbegin(), tensor.shape.rend()},
                      .type = find_type(std::string(halftone::name_of(tensor.type))),
                      .type_name = std::string(halftone::name_of(tensor.type)),
                      .bytes = tensor.bytes};
    halftone::expects(one.type != nullptr, "tensor \"", one.name, "\" is of type ", one.type_name,
                      ", and no part of a layer that this program knows");
    halftone::expects(one.dims.size() <= 4, "tensor \"", one.name, "\" has ", one.dims.size(), " dimensions; GGUF files have at most 4");
    tensors_.push_back(std::move(one));
  }
}

}  // namespace convert
