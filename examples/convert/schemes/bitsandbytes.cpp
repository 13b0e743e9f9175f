// SPDX-License-Identifier: MIT
// Halftone example: layers of bitsandbytes.
#include "../compile_layer.hpp"

#include <halftone/format/bitsandbytes/quantize.hpp>
#include <halftone/io/bitsandbytes_matrix.hpp>

namespace convert {

namespace {

namespace bnb = halftone::bitsandbytes;

struct bitsandbytes_format {
  static constexpr file_format format = file_format::bitsandbytes;

  template <class Scheme>
  [[nodiscard]] static std::string refuses(halftone::matrix_shape) {
    return {};
  }
  template <class Scheme>
  [[nodiscard]] static halftone::quantized_matrix<Scheme> quantize(halftone::matrix_view<const float> w) {
    if constexpr (bnb::block_scheme<Scheme>) {
      return bnb::quantize<Scheme>(w);
    } else {
      return quantized<Scheme>(w);
    }
  }
  template <class Scheme>
  static void add(const destination& to, const source_tensor& from, const halftone::quantized_matrix<Scheme>& q) {
    if constexpr (bnb::block_scheme<Scheme>) {
      const std::string_view type = from.type_name;
      bnb::write(*to.tensors, from.name, q,
                 type == "F16"    ? halftone::safetensors_type::F16
                 : type == "BF16" ? halftone::safetensors_type::BF16
                                  : halftone::safetensors_type::F32);
    } else {
      bnb::write_int8(*to.tensors, from.layer_name(), q);
    }
  }
};

}  // namespace

extern const layer_type bitsandbytes_types[4];
const layer_type bitsandbytes_types[4] = {
    compiled<bitsandbytes_format, bnb::nf4_blocks<64>>::type("nf4_g64"),
    compiled<bitsandbytes_format, bnb::nf4_nested<64>>::type("nf4_g64_nested"),
    compiled<bitsandbytes_format, bnb::fp4_blocks<64>>::type("fp4_g64"),
    compiled<bitsandbytes_format, bnb::int8_rows>::type("int8_rows"),
};

}  // namespace convert
