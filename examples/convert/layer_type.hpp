// SPDX-License-Identifier: MIT
// Halftone example: what a matrix can become: a scheme in a format of files.
#pragma once

#include "model_file.hpp"

#include <halftone/reference/transcode.hpp>

#include <array>
#include <string_view>

namespace halftone::inline v0_1 {  // whose headers only those need that write
class safetensors_writer;
class onnx_writer;
class tflite_writer;
}  // namespace halftone::inline v0_1

namespace convert {

enum class file_format { gguf, safetensors, bitsandbytes, gptq, awq, compressed_tensors, onnx, tflite };
inline constexpr std::array<std::string_view, 8> format_names{"gguf", "safetensors", "bitsandbytes",       "gptq",
                                                              "awq",  "compressed-tensors", "onnx", "tflite"};
[[nodiscard]] constexpr std::string_view name_of(file_format format) noexcept { return format_names[static_cast<std::size_t>(format)]; }

/// The targets of the library, in the order of its list.
inline constexpr std::array<std::string_view, 8> target_names{"onnxruntime", "tflite",       "tensorrt", "tvm",
                                                              "llama_cpp",   "bitsandbytes", "this_cpu", "this_cpu_integers"};

/// Where a converted matrix goes: one of these is there. None where it is only measured.
struct destination {
  const std::function<void(std::span<const std::uint8_t>)>* blocks = nullptr;  ///< the bytes of its rows, in order
  halftone::safetensors_writer* tensors = nullptr;
  halftone::onnx_writer* onnx = nullptr;
  halftone::tflite_writer* tflite = nullptr;
  halftone::gptq::version gptq_version = halftone::gptq::version::v1;
  std::span<const float> bias{};  ///< of the layer, for formats of whole layers; or none

  [[nodiscard]] bool is_there() const noexcept { return blocks != nullptr || tensors != nullptr || onnx != nullptr || tflite != nullptr; }
};

/// A way to keep a matrix. Compiled once for each, in types/ and schemes/.
struct layer_type {
  file_format format{};
  std::string_view name;  ///< what --type calls it
  std::array<std::string_view, target_names.size()> why_not;  ///< the rule of each target that it breaks; empty if the target accepts it
  const target_type* blocks = nullptr;                        ///< of GGUF
  /// Bits a weight.
  double (*bits)(halftone::matrix_shape shape);
  /// Why there is no such matrix of this shape; empty if there is.
  std::string (*refuses)(halftone::matrix_shape shape);
  /// Converts a matrix and measures what that lost. @throws halftone::error, without the name of the tensor
  halftone::transcode_report (*convert)(const source_tensor& from, const layer_type& type, const destination& to);
  /// Of Halftone's own planes: reads them, and the name of the scheme that a file says.
  row_reader (*read)(const halftone::safetensors_file& file, const std::string& tensor) = nullptr;
  std::string (*scheme)() = nullptr;
};

/// All of them, format by format.
[[nodiscard]] std::span<const layer_type* const> layer_types();

/// One format's type of a name; null if there is none.
[[nodiscard]] const layer_type* find_layer_type(file_format format, std::string_view name);

}  // namespace convert
