// SPDX-License-Identifier: MIT
// Halftone example: saving and loading the weights of a quantized model.
#pragma once

#include "parameters.hpp"

#include <halftone/io/quantized_io.hpp>
#include <halftone/io/safetensors_writer.hpp>

#include <bit>
#include <cstring>

namespace llama {

// Norms are written as the bytes of their floats; safetensors is little-endian.
static_assert(std::endian::native == std::endian::little);

/// Adds everything but the metadata of model_file.hpp to a file.
template <class Scheme>
void save_parameters(const parameters<Scheme>& p, halftone::safetensors_writer& writer) {
  auto& self = const_cast<parameters<Scheme>&>(p);  // the visitors below only read
  halftone::save(writer, p.embedding_name, p.embedding);
  self.for_each_vector([&](const std::string& name, std::vector<float>& v) {
    std::vector<std::uint8_t> bytes(v.size() * sizeof(float));
    std::memcpy(bytes.data(), v.data(), bytes.size());
    writer.add(name, halftone::safetensors_type::F32, {v.size()}, std::move(bytes));
  });
  self.for_each_linear([&](const std::string& name, linear<Scheme>& layer, halftone::matrix_shape) {
    halftone::save(writer, name, layer.quantized());
  });
}

/// Reads what save_parameters wrote.
/// @throws halftone::error if a part is missing, was saved with another scheme, or has not the shape that `sizes` says
template <class Scheme>
[[nodiscard]] parameters<Scheme> load_parameters(const config& sizes, const halftone::safetensors_file& file) {
  parameters<Scheme> p(sizes);
  const auto expects_shape = [&](const std::string& name, halftone::matrix_shape found, halftone::matrix_shape wanted) {
    halftone::expects(found == wanted, "load: ", name, " is [", found.rows, ", ", found.cols,
                      "], should be [", wanted.rows, ", ", wanted.cols, "]");
  };
  p.embedding = halftone::load<embedding_scheme>(file, p.embedding_name).value();
  expects_shape(p.embedding_name, p.embedding.shape(), {sizes.vocabulary, sizes.hidden});
  p.for_each_vector([&](const std::string& name, std::vector<float>& v) {
    const halftone::safetensors_tensor* tensor = file.find(name);
    halftone::expects(tensor != nullptr && tensor->type == halftone::safetensors_type::F32 &&
                          tensor->bytes.size() == sizes.hidden * sizeof(float),
                      "load: no vector ", name, " of ", sizes.hidden, " numbers");
    v.resize(sizes.hidden);
    std::memcpy(v.data(), tensor->bytes.data(), tensor->bytes.size());
  });
  p.for_each_linear([&](const std::string& name, linear<Scheme>& layer, halftone::matrix_shape shape) {
    const auto q = halftone::load<Scheme>(file, name).value();
    expects_shape(name, q.shape(), shape);
    layer = linear<Scheme>(q);
  });
  return p;
}

}  // namespace llama
