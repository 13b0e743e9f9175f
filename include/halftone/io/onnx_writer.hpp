// SPDX-License-Identifier: MIT
// Halftone: an ONNX model of linear layers, written from quantized matrices.
#pragma once

#include <halftone/format/onnx/nbits.hpp>
#include <halftone/format/onnx/tensors.hpp>
#include <halftone/io/file_replacement.hpp>
#include <halftone/io/json_text.hpp>
#include <halftone/io/onnx_encoding.hpp>

#include <algorithm>
#include <bit>
#include <optional>
#include <string>

namespace halftone::inline v0_1 {

namespace detail {

/// Runs along k of each row of weights that DequantizeLinear has one scale for: `size` weights, or 0 for whole rows.
template <class Granularity>
struct onnx_runs {
  static constexpr bool known = false;
};
template <>
struct onnx_runs<per_tensor> {
  static constexpr bool known = true, one = true;
  static constexpr std::size_t size = 0;
};
template <>
struct onnx_runs<per_channel<0>> {
  static constexpr bool known = true, one = false;
  static constexpr std::size_t size = 0;
};
template <std::size_t N>
struct onnx_runs<per_group<N>> {
  static constexpr bool known = true, one = false;
  static constexpr std::size_t size = N;
};

}  // namespace detail

/// Weights that DequantizeLinear makes floats of: `(code - zero point) * scale`, a scale a tensor, row or run of a row.
template <class Scheme>
concept onnx_linear_scheme =
    scheme_type<Scheme> && detail::onnx_type_of_element<typename Scheme::element_type>().has_value() && Scheme::has_scale &&
    !Scheme::has_offset && !Scheme::has_own_real && detail::onnx_runs<typename Scheme::granularity_type>::known;

/// Weights that MatMulNBits multiplies, with zero points of as many bits as codes or without any.
template <class Scheme>
concept onnx_nbits_scheme = scheme_type<Scheme> && onnx::nbits_scheme<Scheme> && Scheme::has_scale && !Scheme::has_offset &&
                            !Scheme::has_own_real && Scheme::has_zero_point == (Scheme::element_type::min == 0);

/// Collects layers of floats [rows, k] to [rows, n] and writes a model that ONNX Runtime runs.
///
///   onnx_writer model;
///   const std::size_t x = model.input("x", 64);
///   const std::size_t h = model.linear("first", model.quantize_dequantize<uint8>("x8", x, {.scale = 0.02f, .zero_point = 3}), w, b);
///   model.output(model.mat_mul_nbits("second", h, w4, b4));
///   model.write("model.onnx");
///
/// The same calls give the same bytes. Opset 21 (IR 10), 23 with float4e2m1, 25 with int2 and uint2.
///
/// @throws halftone::error, from every call, for what no model can say; nothing is changed then
class onnx_writer {
 public:
  explicit onnx_writer(std::string producer = "Halftone") : producer_(std::move(producer)) { expects_utf8(producer_); }

  /// What whoever runs the model feeds: floats [rows, columns]. @return the number of the value
  std::size_t input(const std::string& name, std::size_t columns) {
    expects(columns != 0 && columns <= largest_extent, "onnx_writer: ", name, ": ", columns, " columns");
    const std::size_t number = add_value(name, columns);
    inputs_.message(11, detail::onnx_value_message(name, columns));
    return number;
  }

  /// x through codes of these parameters: QuantizeLinear and DequantizeLinear.
  /// @tparam Element  int8, uint8, int16 or uint16
  template <uniform_element Element>
    requires(Element::bits >= 8 && detail::onnx_type_of_element<Element>().has_value())
  std::size_t quantize_dequantize(const std::string& name, std::size_t x, const group_parameters& p) {
    const value& from = value_at(name, x);
    expects(is_finite(p.scale) && p.scale > 0.0f, "onnx_writer: ", name, ": scale ", p.scale);
    expects(p.zero_point >= Element::min && p.zero_point <= Element::max, "onnx_writer: ", name, ": zero point ", p.zero_point,
            ", outside ", Element::min, "..", Element::max);
    const std::string from_name = from.name;
    const std::size_t number = add_value(name, from.columns);
    const std::string codes = name + "//codes", scale = name + "//scale", zero = name + "//zero_point";
    add_floats(scale, {}, {&p.scale, 1});
    std::vector<std::uint8_t> point(Element::bits / 8);
    write_code<Element::bits>(point.data(), 0, Element::code_of(p.zero_point));
    add_tensor(zero, *detail::onnx_type_of_element<Element>(), {}, point);
    add_node("QuantizeLinear", {from_name, scale, zero}, codes, {});
    add_node("DequantizeLinear", {codes, scale, zero}, name, {});
    return number;
  }

  /// y [rows, n] = x w^T + bias: DequantizeLinear of the codes, and Gemm.
  /// @param w     [n, k]
  /// @param bias  one a row of w, or none
  template <onnx_linear_scheme Scheme>
  std::size_t linear(const std::string& name, std::size_t x, const quantized_matrix<Scheme>& w, std::span<const float> bias = {}) {
    using Element = typename Scheme::element_type;
    using runs = detail::onnx_runs<typename Scheme::granularity_type>;
    constexpr onnx_type type = *detail::onnx_type_of_element<Element>();
    const std::string from = expects_layer(name, x, w, bias);
    const std::size_t number = add_value(name, w.rows());
    const std::string codes = name + "//codes", scales = name + "//scales", zeros = name + "//zero_points", weights = name + "//weights";
    const std::size_t extents[] = {w.rows(), w.cols()};
    const std::size_t each[] = {w.rows(), ceil_div(w.cols(), std::max<std::size_t>(runs::size, 1))};
    // One scale a tensor is a scalar, one a row a vector.
    const std::span<const std::size_t> groups(each, runs::one ? 0 : runs::size == 0 ? 1 : 2);
    constexpr auto order = onnx::tensor_order::n_by_k;
    add_tensor(codes, type, extents, onnx::to_tensor(w, order));
    add_floats(scales, groups, onnx::scales_of(w, order));
    std::vector<std::string_view> inputs{codes, scales};
    if constexpr (Scheme::has_zero_point) {
      add_tensor(zeros, type, groups, onnx::zero_points_of(w, order));
      inputs.push_back(zeros);
    }
    if constexpr (runs::one) {
      add_node("DequantizeLinear", inputs, weights, {});
    } else if constexpr (runs::size == 0) {
      add_node("DequantizeLinear", inputs, weights, {{"axis", 0}});
    } else {
      add_node("DequantizeLinear", inputs, weights, {{"axis", 1}, {"block_size", runs::size}});
    }
    opset_ = std::max(opset_, Element::bits == 2 ? 25 : type == onnx_type::FLOAT4E2M1 ? 23 : 21);
    std::vector<std::string_view> factors{from, weights};
    const std::string biases = name + "//bias";
    if (!bias.empty()) {
      add_floats(biases, {extents, 1}, bias);
      factors.push_back(biases);
    }
    add_node("Gemm", factors, name, {{"transB", 1}});
    return number;
  }

  /// y [rows, n] = x w^T + bias: onnxruntime's operator MatMulNBits, and Add.
  template <onnx_nbits_scheme Scheme>
  std::size_t mat_mul_nbits(const std::string& name, std::size_t x, const quantized_matrix<Scheme>& w,
                            std::span<const float> bias = {}) {
    constexpr std::size_t bits = Scheme::element_type::bits, block = Scheme::granularity_type::group_size;
    const std::string from = expects_layer(name, x, w, bias);
    const std::size_t number = add_value(name, w.rows());
    const std::string codes = name + "//codes", scales = name + "//scales", zeros = name + "//zero_points", biases = name + "//bias";
    const std::size_t blocks = ceil_div(w.cols(), block);
    const std::size_t of_codes[] = {w.rows(), blocks, block * bits / 8}, of_scales[] = {w.rows(), blocks};
    add_tensor(codes, onnx_type::UINT8, of_codes, onnx::to_nbits(w));
    add_floats(scales, of_scales, onnx::scales_of(w, onnx::tensor_order::n_by_k));
    std::vector<std::string_view> inputs{from, codes, scales};
    if constexpr (Scheme::has_zero_point) {
      const std::vector<std::uint8_t> points = onnx::nbits_zero_points_of(w);
      const std::size_t of_points[] = {w.rows(), points.size() / std::max<std::size_t>(w.rows(), 1)};
      add_tensor(zeros, onnx_type::UINT8, of_points, points);
      inputs.push_back(zeros);
    }
    const std::string product = bias.empty() ? name : name + "//product";
    add_node("MatMulNBits", inputs, product, {{"K", w.cols()}, {"N", w.rows()}, {"bits", bits}, {"block_size", block}}, microsoft);
    uses_microsoft_ = true;
    if (!bias.empty()) {
      add_floats(biases, {of_scales, 1}, bias);
      add_node("Add", {product, biases}, name, {});
    }
    return number;
  }

  /// Makes a value an output of the model, once.
  void output(std::size_t number) {
    const value& chosen = value_at("output", number);
    expects(!chosen.is_output, "onnx_writer: ", chosen.name, " is an output already");
    outputs_.message(12, detail::onnx_value_message(chosen.name, chosen.columns));
    values_[number].is_output = true;
  }

  /// The file. @throws halftone::error if it has no output, or more than `largest` bytes: what protobuf holds
  [[nodiscard]] std::vector<std::uint8_t> bytes(std::size_t largest = 0x7fffffff) const {
    expects(!outputs_.bytes().empty(), "onnx_writer: the model has no output");
    detail::protobuf_message graph = nodes_;
    graph.text(2, "graph").append(tensors_);
    graph.append(inputs_);
    graph.append(outputs_);
    detail::protobuf_message model;
    model.number(1, opset_ == 21 ? 10 : opset_ == 23 ? 11 : 13).text(2, producer_).message(7, graph);
    model.message(8, detail::protobuf_message().number(2, opset_));
    if (uses_microsoft_) {
      model.message(8, detail::protobuf_message().text(1, microsoft).number(2, 1));
    }
    const std::size_t total = model.bytes().size();
    expects(total <= largest, "onnx_writer: a model of ", total, " bytes, more than the ", largest, " that a file holds");
    return model.bytes();
  }

  /// Writes the file, which appears whole or not at all. @return its bytes, or why it could not be written
  [[nodiscard]] result<std::uint64_t> write(const std::string& path) const {
    const std::vector<std::uint8_t> content = bytes();
    detail::file_replacement file(path);
    file.write(content);
    return file.commit();
  }

 private:
  static constexpr std::string_view microsoft = "com.microsoft";
  static constexpr std::size_t largest_extent = 0x7fffffff;
  struct value {
    std::string name;
    std::size_t columns;
    bool is_output = false;
  };

  /// Strings of protobuf are UTF-8.
  static void expects_utf8(const std::string& text) {
    expects(detail::first_invalid_utf8(text) == text.size(), "onnx_writer: ", detail::in_quotes(text), " is not UTF-8");
  }

  const value& value_at(const std::string& name, std::size_t number) const {
    expects(number < values_.size(), "onnx_writer: ", name, ": there is no value ", number, " among ", values_.size());
    return values_[number];
  }
  /// @return the name of x
  template <class Scheme>
  std::string expects_layer(const std::string& name, std::size_t x, const quantized_matrix<Scheme>& w,
                            std::span<const float> bias) const {
    const value& from = value_at(name, x);
    expects(w.rows() != 0 && w.rows() <= largest_extent, "onnx_writer: ", name, ": weights of ", w.rows(), " rows");
    expects(w.cols() == from.columns, "onnx_writer: ", name, ": the input has ", from.columns, " columns, the weights are [", w.rows(),
            ", ", w.cols(), "]");
    expects(bias.empty() || bias.size() == w.rows(), "onnx_writer: ", name, ": ", bias.size(), " biases for ", w.rows(), " rows");
    for (std::size_t g = 0; g < w.group_count(); ++g) {
      expects(is_finite(w.scale_at(g)), "onnx_writer: ", name, ": the scale of group ", g, " is ", w.scale_at(g));
    }
    return from.name;
  }
  std::size_t add_value(const std::string& name, std::size_t columns) {
    expects(!name.empty() && name.find("//") == std::string::npos, "onnx_writer: ", detail::in_quotes(name),
            " is no name: it is empty or has //, which names of constants have");
    expects_utf8(name);
    for (const value& other : values_) {
      expects(other.name != name, "onnx_writer: two values are called ", name);
    }
    values_.push_back({.name = name, .columns = columns});
    return values_.size() - 1;
  }
  void add_tensor(std::string_view name, onnx_type type, std::span<const std::size_t> extents,
                  std::span<const std::uint8_t> content) {
    tensors_.message(5, detail::onnx_tensor_message(name, type, extents, content));
  }
  void add_floats(std::string_view name, std::span<const std::size_t> extents, std::span<const float> floats) {
    std::vector<std::uint8_t> content;
    for (const float each : floats) {
      const auto bits = std::bit_cast<std::uint32_t>(each);
      for (unsigned shift = 0; shift < 32; shift += 8) {
        content.push_back(static_cast<std::uint8_t>(bits >> shift));
      }
    }
    add_tensor(name, onnx_type::FLOAT, extents, content);
  }
  void add_node(std::string_view operation, const std::vector<std::string_view>& inputs, std::string_view output,
                std::initializer_list<detail::onnx_integer> attributes, std::string_view domain = {}) {
    nodes_.message(1, detail::onnx_node_message(operation, inputs, output, attributes, domain));
  }

  std::string producer_;
  std::vector<value> values_;
  detail::protobuf_message nodes_, tensors_, inputs_, outputs_;
  int opset_ = 21;
  bool uses_microsoft_ = false;
};

}  // namespace halftone::inline v0_1
