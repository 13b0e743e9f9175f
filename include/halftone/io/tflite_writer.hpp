// SPDX-License-Identifier: MIT
// Halftone: a .tflite file of FULLY_CONNECTED layers, written from quantized matrices.
#pragma once

#include <halftone/io/file_replacement.hpp>
#include <halftone/io/tflite_encoding.hpp>
#include <halftone/io/tflite_weights.hpp>

#include <string>

namespace halftone::inline v0_1 {

/// What a tensor of activations holds: INT8, UINT8 or INT16 with a scale and a zero point, or FLOAT32.
struct tflite_activation {
  tflite_type type = tflite_type::INT8;
  group_parameters parameters{};
};

/// Collects layers and writes a model of one graph that the interpreter runs.
///
///   tflite_writer model;
///   const std::size_t x = model.input("x", {1, 64}, {tflite_type::INT8, in});
///   model.output(model.fully_connected("dense", x, weights, bias, {tflite_type::INT8, out}));
///   model.write("model.tflite");
///
/// Weights of floats of 16 bits are constants behind an operator DEQUANTIZE. The same calls give the same bytes.
///
/// @throws halftone::error, from every call, for what no file can say or no interpreter runs; nothing is changed then
class tflite_writer {
 public:
  explicit tflite_writer(std::string description = "Halftone") : model_{std::move(description)} {}

  /// A tensor that whoever runs the model fills in: [rows, cols]. @return its number
  std::size_t input(std::string name, matrix_shape shape, const tflite_activation& activation) {
    expects_activation(name, activation);
    expects_extents(name, shape);
    model_.inputs.push_back(model_.tensors.size());
    return add_activation(std::move(name), shape, activation);
  }

  /// y [rows, n] = activation(x w^T + bias), in codes of `output`.
  ///
  /// @param input  number of a tensor of activations [rows, k]
  /// @param w      [n, k]: int8, int4 or int2 for INT8, int8 or int4 for INT16, uint8 for UINT8, floats for FLOAT32
  /// @param bias   one a row of w, or none: std::int32_t, or std::int64_t for INT16, in steps of input scale * weight scale; float
  ///               for FLOAT32
  /// @return       the number of the output
  template <tflite_scheme Scheme, class Bias>
    requires(detail::tflite_type_of_number<Bias>.has_value())
  std::size_t fully_connected(const std::string& name, std::size_t input, const quantized_matrix<Scheme>& w,
                              std::span<const Bias> bias, const tflite_activation& output,
                              tflite::fused_activation fused = tflite::fused_activation::none) {
    constexpr tflite_type type = *detail::tflite_type_of_element<typename Scheme::element_type>();
    constexpr tflite_type bias_type = *detail::tflite_type_of_number<Bias>;
    expects(input < model_.tensors.size() && model_.tensors[input].is_activation, "tflite_writer: ", name, ": tensor ", input,
            " is no tensor of activations");
    const tensor x = model_.tensors[input];  // a copy: others are added
    expects_activation(name, output);
    expects_extents(name, w.shape());
    expects(w.cols() == x.dims[1], "tflite_writer: ", name, ": the input is [", x.dims[0], ", ", x.dims[1], "], the weights [",
            w.rows(), ", ", w.cols(), "]");
    expects(output.type == x.type, "tflite_writer: ", name, ": the input is ", name_of(x.type), ", the output ",
            name_of(output.type));
    expects(runs(x.type, type), "tflite_writer: ", name, ": no kernel multiplies ", name_of(x.type), " by ", name_of(type));
    expects(bias.empty() || bias_runs(x.type, bias_type), "tflite_writer: ", name, ": no kernel adds ", name_of(bias_type),
            " to ", name_of(x.type));
    expects(bias.empty() || bias.size() == w.rows(), "tflite_writer: ", name, ": ", bias.size(), " biases for ", w.rows(), " rows");

    tensor weights{name + "/weights", type, {w.rows(), w.cols()}};
    if constexpr (Scheme::has_scale) {
      for (std::size_t g = 0; g < w.group_count(); ++g) {
        expects(is_finite(w.scale_at(g)) && w.scale_at(g) >= 0.0f, "tflite_writer: ", name, ": the weights of group ", g,
                " have scale ", w.scale_at(g));
        expects(w.zero_point_at(g) == 0 || (w.group_count() == 1 && x.type != tflite_type::INT16), "tflite_writer: ", name,
                ": no kernel takes zero point ", w.zero_point_at(g), " of weights with a scale a row, or of INT16");
        weights.scales.push_back(w.scale_at(g));
        weights.zero_points.push_back(w.zero_point_at(g));
      }
    }
    const std::size_t codes = add(std::move(weights), tflite::to_flat(w));
    detail::tflite_new_operator layer{detail::tflite_fully_connected, version_of(x.type, type), {input, codes}, 0, fused};
    if (type == tflite_type::FLOAT16) {
      detail::tflite_new_operator widen{detail::tflite_dequantize, 3, {layer.inputs[1]}, 0, fused};
      widen.output = add({name + "/weights_as_floats", tflite_type::FLOAT32, {w.rows(), w.cols()}}, {});
      layer.inputs[1] = widen.output;
      model_.operations.push_back(widen);
    }
    if (!bias.empty()) {
      tensor biases{name + "/bias", bias_type, {w.rows()}};
      if constexpr (Scheme::has_scale && !std::is_same_v<Bias, float>) {
        for (std::size_t g = 0; g < w.group_count(); ++g) {
          biases.scales.push_back(product(x.scales[0], w.scale_at(g)));
          biases.zero_points.push_back(0);
        }
      }
      layer.inputs.push_back(add(std::move(biases), bytes_of(bias)));
    }
    layer.output = add_activation(name, {x.dims[0], w.rows()}, output);
    model_.operations.push_back(layer);
    return layer.output;
  }

  /// Makes a tensor an output of the model.
  void output(std::size_t number) {
    expects(number < model_.tensors.size() && model_.tensors[number].is_activation, "tflite_writer: tensor ", number,
            " is no tensor of activations");
    model_.outputs.push_back(number);
  }

  /// The file. @throws halftone::error if its constants are more than `largest` bytes: offsets of FlatBuffers have 31 bits
  [[nodiscard]] std::vector<std::uint8_t> bytes(std::size_t largest = 0x7ff00000) const {
    std::size_t total = 0;
    for (const std::vector<std::uint8_t>& each : model_.constants) {
      total = saturated_sum(total, each.size());
    }
    expects(total <= largest, "tflite_writer: constants of ", total, " bytes, more than the ", largest, " that a file holds");
    return detail::encode_tflite(model_);
  }

  /// Writes the file, which appears whole or not at all. @return its bytes, or why it could not be written
  [[nodiscard]] result<std::uint64_t> write(const std::string& path) const {
    const std::vector<std::uint8_t> content = bytes();
    detail::file_replacement file(path);
    file.write(content);
    return file.commit();
  }

 private:
  using tensor = detail::tflite_new_tensor;

  [[nodiscard]] static constexpr bool runs(tflite_type x, tflite_type w) noexcept {
    using enum tflite_type;
    return (x == INT8 && (w == INT8 || w == INT4 || w == INT2)) || (x == UINT8 && w == UINT8) ||
           (x == INT16 && (w == INT8 || w == INT4)) || (x == FLOAT32 && (w == FLOAT32 || w == FLOAT16));
  }
  [[nodiscard]] static constexpr bool bias_runs(tflite_type x, tflite_type bias) noexcept {
    using enum tflite_type;
    return x == FLOAT32 ? bias == FLOAT32 : bias == INT32 || (x == INT16 && bias == INT64);
  }
  /// The first version of the operator that has such tensors.
  [[nodiscard]] static constexpr std::int32_t version_of(tflite_type x, tflite_type w) noexcept {
    using enum tflite_type;
    return w == INT4 || w == INT2 ? 10 : x == INT16 ? 7 : x == FLOAT32 ? 1 : 4;
  }
  template <class T>
  [[nodiscard]] static std::vector<std::uint8_t> bytes_of(std::span<const T> values) {
    std::vector<std::uint8_t> bytes;
    for (const T value : values) {
      std::uint64_t bits = 0;
      if constexpr (std::is_same_v<T, float>) {
        bits = std::bit_cast<std::uint32_t>(value);
      } else {
        bits = static_cast<std::uint64_t>(value);
      }
      for (std::size_t i = 0; i < sizeof(T); ++i) {
        bytes.push_back(static_cast<std::uint8_t>(bits >> (8 * i)));
      }
    }
    return bytes;
  }

  static void expects_activation(const std::string& name, const tflite_activation& activation) {
    using enum tflite_type;
    const tflite_type type = activation.type;
    expects(type == INT8 || type == UINT8 || type == INT16 || type == FLOAT32, "tflite_writer: ", name, ": activations are INT8, ",
            "UINT8, INT16 or FLOAT32, not ", name_of(type));
    const group_parameters& p = activation.parameters;
    expects(type == FLOAT32 || (is_finite(p.scale) && p.scale > 0.0f), "tflite_writer: ", name, ": scale ", p.scale);
    const std::int32_t low = type == INT8 ? -128 : 0;
    const std::int32_t high = type == INT8 ? 127 : type == UINT8 ? 255 : 0;  // INT16 is symmetric
    expects(type == FLOAT32 || (p.zero_point >= low && p.zero_point <= high), "tflite_writer: ", name, ": zero point ",
            p.zero_point, ", outside ", low, "..", high);
  }
  static void expects_extents(const std::string& name, matrix_shape shape) {
    constexpr std::size_t largest = 0x7fffffff;
    expects(shape.rows != 0 && shape.cols != 0 && shape.rows <= largest && shape.cols <= largest, "tflite_writer: ", name, ": [",
            shape.rows, ", ", shape.cols, "] has an extent of 0, or above 2^31 - 1");
  }

  std::size_t add(tensor made, std::vector<std::uint8_t> content) {
    if (!content.empty()) {
      model_.constants.push_back(std::move(content));
      made.buffer = model_.constants.size();
    }
    model_.tensors.push_back(std::move(made));
    return model_.tensors.size() - 1;
  }
  std::size_t add_activation(std::string name, matrix_shape shape, const tflite_activation& activation) {
    tensor made{std::move(name), activation.type, {shape.rows, shape.cols}};
    made.is_activation = true;
    if (activation.type != tflite_type::FLOAT32) {
      made.scales.push_back(activation.parameters.scale);
      made.zero_points.push_back(activation.parameters.zero_point);
    }
    return add(std::move(made), {});
  }

  detail::tflite_new_model model_;
};

}  // namespace halftone::inline v0_1
