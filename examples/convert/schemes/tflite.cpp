// SPDX-License-Identifier: MIT
// Halftone example: FULLY_CONNECTED layers of .tflite files.
#include "../compile_layer.hpp"

#include <halftone/format/tflite/schemes.hpp>
#include <halftone/io/tflite_writer.hpp>

namespace convert {

namespace {

struct tflite_format {
  static constexpr file_format format = file_format::tflite;

  template <class Scheme>
  [[nodiscard]] static std::string refuses(halftone::matrix_shape) {
    return {};
  }
  template <class Scheme>
  [[nodiscard]] static halftone::quantized_matrix<Scheme> quantize(halftone::matrix_view<const float> w) {
    return quantized<Scheme>(w);
  }
  /// Floats multiply floats. Integers multiply int8: inputs from -1 to 1, and outputs of a scale in which no sum of these saturates.
  template <class Scheme>
  static void add(const destination& to, const source_tensor& from, const halftone::quantized_matrix<Scheme>& q) {
    const std::string layer = from.layer_name();
    if constexpr (!Scheme::has_scale) {
      const halftone::tflite_activation floats{halftone::tflite_type::FLOAT32, {}};
      const std::size_t x = to.tflite->input(layer + ".input", {1, q.cols()}, floats);
      to.tflite->output(to.tflite->fully_connected(layer, x, q, to.bias, floats));
    } else {
      constexpr float step = 1.0f / 127.0f;
      std::vector<float> row(q.cols());
      std::vector<std::int32_t> bias(to.bias.size());
      float largest = 0.0f;
      for (std::size_t r = 0; r < q.rows(); ++r) {
        halftone::row_values(q, r, std::span<float>(row));
        float sum = bias.empty() ? 0.0f : std::abs(to.bias[r]);
        for (const float w : row) {
          sum += std::abs(w);
        }
        largest = std::max(largest, sum);
        if (!bias.empty()) {
          const double steps = static_cast<double>(to.bias[r]) / std::max(static_cast<double>(step) * static_cast<double>(q.scale_at(r)), 1e-300);
          halftone::expects(std::abs(steps) < 2147483647.0, "the bias of row ", r, " is ", to.bias[r], ", too large for steps of its weights");
          bias[r] = static_cast<std::int32_t>(std::lround(steps));
        }
      }
      const halftone::tflite_activation in{halftone::tflite_type::INT8, {.scale = step}};
      const halftone::tflite_activation out{halftone::tflite_type::INT8, {.scale = std::max(largest * step, 1e-30f)}};
      const std::size_t x = to.tflite->input(layer + ".input", {1, q.cols()}, in);
      to.tflite->output(to.tflite->fully_connected(layer, x, q, std::span<const std::int32_t>(bias), out));
    }
  }
};

}  // namespace

extern const layer_type tflite_types[4];
const layer_type tflite_types[4] = {
    compiled<tflite_format, halftone::tflite::float32_weights>::type("float32"),
    compiled<tflite_format, halftone::tflite::float16_weights>::type("float16"),
    compiled<tflite_format, halftone::tflite::weights<>>::type("int8_rows"),
    compiled<tflite_format, halftone::tflite::weights<halftone::int4>>::type("int4_rows"),
};

}  // namespace convert
