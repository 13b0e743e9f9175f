// SPDX-License-Identifier: MIT
// Halftone example: layers of compressed-tensors.
#include "../compile_layer.hpp"

#include <halftone/io/compressed_tensors_matrix.hpp>

namespace convert {

namespace {

namespace ct = halftone::compressed_tensors;

struct compressed_tensors_format {
  static constexpr file_format format = file_format::compressed_tensors;

  template <class Scheme>
  [[nodiscard]] static std::string refuses(halftone::matrix_shape shape) {
    if constexpr (requires { Scheme::granularity_type::group_size; }) {
      const std::size_t size = Scheme::granularity_type::group_size;
      return shape.cols % size == 0 ? "" : halftone::detail::message("rows of ", shape.cols, " weights are no whole groups of ", size);
    }
    return {};
  }
  template <class Scheme>
  [[nodiscard]] static halftone::quantized_matrix<Scheme> quantize(halftone::matrix_view<const float> w) {
    return quantized<Scheme>(w);
  }
  template <class Scheme>
  static void add(const destination& to, const source_tensor& from, const halftone::quantized_matrix<Scheme>& q) {
    if constexpr (std::is_same_v<Scheme, ct::nvfp4_blocks>) {
      ct::write_nvfp4(*to.tensors, from.layer_name(), q);
    } else if constexpr (Scheme::element_type::bits == 8) {
      ct::write_bytes(*to.tensors, from.layer_name(), q);
    } else {
      ct::write_packed(*to.tensors, from.layer_name(), q);
    }
  }
};

// Scales in fp16 hold those of blocks of ggml, of GPTQ and of AWQ.
template <class Element, class Granularity, class Mapping = ct::symmetric>
using layer_of = compiled<compressed_tensors_format, ct::integers<Element, Granularity, Mapping, halftone::stored_as<halftone::fp16>>>;

}  // namespace

extern const layer_type compressed_tensors_types[7];
const layer_type compressed_tensors_types[7] = {
    layer_of<halftone::int8, halftone::per_channel<0>>::type("int8_rows"),
    compiled<compressed_tensors_format, ct::floats<halftone::per_channel<0>, halftone::stored_as<halftone::fp16>>>::type("fp8_rows"),
    layer_of<halftone::int4, halftone::per_group<32>>::type("int4_g32"),
    layer_of<halftone::int4, halftone::per_group<128>>::type("int4_g128"),
    layer_of<halftone::int4, halftone::per_group<32>, ct::affine>::type("uint4_g32"),
    layer_of<halftone::int4, halftone::per_group<128>, ct::affine>::type("uint4_g128"),
    compiled<compressed_tensors_format, ct::nvfp4_blocks>::type("nvfp4"),
};

}  // namespace convert
