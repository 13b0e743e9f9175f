// SPDX-License-Identifier: MIT
// Halftone example: linear layers of ONNX models.
#include "../compile_layer.hpp"

#include <halftone/format/onnx/schemes.hpp>
#include <halftone/format/tensorrt/schemes.hpp>
#include <halftone/io/onnx_writer.hpp>

namespace convert {

namespace {

struct onnx_format {
  static constexpr file_format format = file_format::onnx;

  template <class Scheme>
  [[nodiscard]] static std::string refuses(halftone::matrix_shape shape) {
    if constexpr (requires { Scheme::granularity_type::group_size; }) {
      const std::size_t size = Scheme::granularity_type::group_size;
      return shape.cols % size == 0 ? "" : halftone::detail::message("rows of ", shape.cols, " weights are no whole blocks of ", size);
    }
    return {};
  }
  template <class Scheme>
  [[nodiscard]] static halftone::quantized_matrix<Scheme> quantize(halftone::matrix_view<const float> w) {
    return quantized<Scheme>(w);
  }
  /// MatMulNBits where it takes the codes and blocks, else DequantizeLinear.
  template <class Scheme>
  static void add(const destination& to, const source_tensor& from, const halftone::quantized_matrix<Scheme>& q) {
    const std::string layer = from.layer_name();
    const std::size_t x = to.onnx->input(layer + ".input", q.cols());
    if constexpr (requires { to.onnx->mat_mul_nbits(layer, x, q, to.bias); } && !halftone::accepted_by<halftone::target::tensorrt, Scheme>) {
      to.onnx->output(to.onnx->mat_mul_nbits(layer, x, q, to.bias));
    } else {
      to.onnx->output(to.onnx->linear(layer, x, q, to.bias));
    }
  }
};

}  // namespace

extern const layer_type onnx_types[6];
const layer_type onnx_types[6] = {
    compiled<onnx_format, halftone::tensorrt::qdq_int8<>>::type("int8_rows"),
    compiled<onnx_format, halftone::tensorrt::qdq_fp8<halftone::per_channel<0>>>::type("fp8_rows"),
    compiled<onnx_format, halftone::onnx::mat_mul_nbits_with_zero_points<8, 32>>::type("uint8_g32"),
    compiled<onnx_format, halftone::onnx::mat_mul_nbits_with_zero_points<4, 32>>::type("uint4_g32"),
    compiled<onnx_format, halftone::onnx::mat_mul_nbits<4, 32>>::type("int4_g32"),
    compiled<onnx_format, halftone::tensorrt::int4_blocks_onnx<128>>::type("int4_g128"),
};

}  // namespace convert
