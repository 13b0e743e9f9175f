// SPDX-License-Identifier: MIT
// Halftone example: reading model files.
#include "model_file.hpp"

#include "layer_type.hpp"

#include <halftone/io/quantized_description.hpp>

#include <algorithm>
#include <filesystem>
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
    return;
  }
  const std::string inside = path + "/model.safetensors";
  if (path.ends_with(".json") || (std::filesystem::is_directory(path) && !std::filesystem::exists(inside))) {
    checkpoint_ = opened<halftone::checkpoint>(path);
  } else {
    file_ = opened<halftone::safetensors_file>(std::filesystem::is_directory(path) ? inside : path);
    checkpoint_.emplace(*file_);
  }
  list(*checkpoint_, version);
}

const source_tensor* model_file::find(std::string_view name) const noexcept {
  const auto at = std::ranges::find(tensors_, name, &source_tensor::name);
  return at == tensors_.end() ? nullptr : &*at;
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

void model_file::list(const halftone::checkpoint& file, halftone::gptq::version version) {
  std::set<std::string> parts;
  const auto add = [&](quantized_layer& layer, std::string description) {
    halftone::expects(layer.rows != 0 && layer.cols != 0, "layer \"", layer.name, "\" is [", layer.rows, ", ", layer.cols, "]");
    parts.insert(layer.tensors.begin(), layer.tensors.end());
    tensors_.push_back({.name = std::move(layer.name),
                        .dims = {layer.cols, layer.rows},
                        .type_name = std::move(layer.type_name),
                        .layer = std::move(layer.open),
                        .format = layer.format,
                        .description = std::move(description)});
    for (const std::string& part : layer.tensors) {
      tensors_.back().parts.push_back(find_tensor(file, part));
    }
  };
  for (quantized_layer& layer : quantized_layers(file, version)) {
    add(layer, {});
  }
  for (const auto& [key, description] : file_ ? file_->metadata() : std::map<std::string, std::string>()) {
    if (key.starts_with(halftone::detail::description_prefix)) {
      quantized_layer layer = own_layer(*file_, key.substr(halftone::detail::description_prefix.size()));
      add(layer, description);
    }
  }
  for (const std::string& name : file.names()) {
    if (parts.contains(name)) {
      continue;
    }
    const halftone::safetensors_tensor* tensor = find_tensor(file, name);
    const std::string type(halftone::name_of(tensor->type));
    tensors_.push_back({.name = name,
                        .dims = {tensor->shape.rbegin(), tensor->shape.rend()},
                        .type = find_type(type),
                        .type_name = type,
                        .bytes = tensor->bytes,
                        .parts = {tensor}});
  }
}

}  // namespace convert
