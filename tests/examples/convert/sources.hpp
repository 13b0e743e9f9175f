// SPDX-License-Identifier: MIT
// Halftone tests: small models for examples/convert, and what it makes of them.
#pragma once

#include "examples/convert/convert.hpp"
#include "io/file_builder.hpp"

#include <halftone/core/random.hpp>
#include <halftone/element/float_storage.hpp>
#include <halftone/io/safetensors_writer.hpp>

#include <doctest/doctest.h>

namespace halftone_test {

inline std::vector<std::uint8_t> bytes_of_floats(std::span<const float> values) {
  std::vector<std::uint8_t> all(4 * values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    halftone::write_code<32>(all.data(), i, halftone::fp32::encode(values[i]));
  }
  return all;
}

/// Weights as real ones are: most of them small.
inline std::vector<float> some_weights(std::uint64_t seed, std::size_t count) {
  std::vector<float> w(count);
  for (std::size_t i = 0; i < count; ++i) {
    const float x = 2.0f * halftone::random_unit(seed, i) - 1.0f;
    w[i] = x * x * x;
  }
  return w;
}

/// A model of one matrix of each shape, a vector, and integers that are no weights.
inline std::string write_floats(const std::string& path, std::initializer_list<halftone::matrix_shape> shapes) {
  halftone::safetensors_writer writer;
  std::size_t i = 0;
  for (const halftone::matrix_shape shape : shapes) {
    const std::string name = "layer" + std::to_string(i++);
    writer.add(name + ".weight", halftone::safetensors_type::F32, {shape.rows, shape.cols},
               bytes_of_floats(some_weights(i, shape.rows * shape.cols)));
    writer.add(name + ".bias", halftone::safetensors_type::F32, {shape.rows}, bytes_of_floats(some_weights(i + 100, shape.rows)));
  }
  REQUIRE(writer.write(path).has_value());
  return path;
}

inline std::string ending_of(convert::file_format format) {
  using enum convert::file_format;
  return format == gguf ? ".gguf" : format == onnx ? ".onnx" : format == tflite ? ".tflite" : ".safetensors";
}

inline std::vector<convert::outcome> converted(const std::string& from, const convert::wanted& want, const std::string& to) {
  return convert::write(convert::model_file(from, want.gptq_version), want, to, [](std::size_t, std::size_t) {});
}

inline const convert::layer_type& type_of(convert::file_format format, std::string_view name) {
  const convert::layer_type* type = convert::find_layer_type(format, name);
  REQUIRE_MESSAGE(type != nullptr, name);
  return *type;
}

}  // namespace halftone_test
