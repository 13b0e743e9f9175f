// SPDX-License-Identifier: MIT
// Halftone: how a layer of a checkpoint is stored.
#pragma once

#include <halftone/core/matrix_view.hpp>
#include <halftone/io/safetensors_type.hpp>

#include <optional>
#include <string>

namespace halftone::inline v0_1 {

/// Which tensors a layer is, and the meaning of their bytes.
enum class layer_layout : std::uint8_t {
  gptq_v1,
  gptq_v2,
  awq_gemm,
  bitsandbytes_nf4,
  bitsandbytes_fp4,
  bitsandbytes_int8,
  pack_quantized,   ///< compressed-tensors: integers in words
  int_quantized,    ///< compressed-tensors: int8
  float_quantized,  ///< compressed-tensors: fp8 (e4m3)
  nvfp4_pack_quantized,
  mxfp4_pack_quantized,
};

/// The name of a layout, for messages: "gptq_v1".
[[nodiscard]] constexpr std::string_view name_of(layer_layout layout) noexcept {
  constexpr std::string_view names[] = {"gptq_v1",          "gptq_v2",        "awq_gemm",      "bitsandbytes_nf4", "bitsandbytes_fp4",
                                        "bitsandbytes_int8", "pack_quantized", "int_quantized", "float_quantized",  "nvfp4_pack_quantized",
                                        "mxfp4_pack_quantized"};
  return names[static_cast<std::size_t>(layout)];
}
static_assert(name_of(layer_layout::mxfp4_pack_quantized) == "mxfp4_pack_quantized" && name_of(layer_layout::awq_gemm) == "awq_gemm");

/// How the weights of a layer are stored.
struct layer_format {
  layer_layout layout = layer_layout::gptq_v1;
  unsigned bits = 0;
  matrix_shape group{};  ///< weights that share parameters, rows by columns; 0 where they are all of a matrix': {1, 0} is a row
  bool has_zero_point = false;
  bool is_nested = false;         ///< bitsandbytes: maxima are quantized again
  bool has_column_order = false;  ///< columns may be in groups in any order (activation order)
  std::optional<safetensors_type> scales{};  ///< their type, where it is known: tensors say it, configurations do not
  friend bool operator==(const layer_format&, const layer_format&) = default;
};

/// "pack_quantized, 4 bits, groups of 1 x 128, zero points".
[[nodiscard]] inline std::string text_of(const layer_format& format) {
  const auto extent = [](std::size_t size) { return size == 0 ? std::string("all") : std::to_string(size); };
  return detail::message(name_of(format.layout), ", ", format.bits, " bits, groups of ", extent(format.group.rows), " x ",
                         extent(format.group.cols), format.has_zero_point ? ", zero points" : "", format.is_nested ? ", nested" : "",
                         format.has_column_order ? ", activation order" : "", format.scales ? ", scales " : "",
                         format.scales ? name_of(*format.scales) : "");
}

}  // namespace halftone::inline v0_1
