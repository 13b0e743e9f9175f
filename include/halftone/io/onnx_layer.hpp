// SPDX-License-Identifier: MIT
// Halftone: nodes of an ONNX model that multiply by constant weights, and where the weights and their parameters are.
#pragma once

#include <halftone/core/matrix_view.hpp>
#include <halftone/format/onnx/tensors.hpp>
#include <halftone/io/onnx_file.hpp>

#include <bit>
#include <initializer_list>

namespace halftone::inline v0_1 {

/// Constant scale and zero point of a value; null where there is none.
struct onnx_parameters {
  const onnx_tensor* scale = nullptr;
  const onnx_tensor* zero_point = nullptr;
};

/// A node that multiplies by weights [n, k]. Views of the file.
struct onnx_layer {
  enum class kind : std::uint8_t {
    floats,  ///< MatMul, Gemm
    codes,   ///< the same of DequantizeLinear; MatMulInteger, QLinearMatMul, QGemm, DynamicQuantizeMatMul, MatMulIntegerToFloat
    nbits,   ///< MatMulNBits
    bnb4     ///< MatMulBnb4
  };

  const onnx_node* node = nullptr;
  kind form = kind::floats;
  std::string_view input;   ///< the value that is multiplied
  std::string_view output;  ///< the node's
  matrix_shape shape;       ///< n, k
  const onnx_tensor* weights = nullptr;
  onnx_parameters parameters;  ///< of the weights; integers without a scale have scale 1
  onnx::tensor_order order = onnx::tensor_order::n_by_k;  ///< how the weights lie, if they are floats or codes
  bool along_k = false;        ///< scales follow each other along k, else along n; where there is more than one
  std::size_t block = 0;       ///< weights that share a scale; 0 for one scale, and for one a row or column
  unsigned bits = 0;           ///< of MatMulNBits
  bool is_nf4 = false;         ///< of MatMulBnb4; else fp4
  const onnx_tensor* bias = nullptr;
  onnx_parameters bias_parameters;    ///< of a bias that comes through DequantizeLinear
  onnx_parameters input_parameters;   ///< where the input comes through codes, or is codes
  onnx_parameters output_parameters;  ///< where the output goes to codes, or is codes
};

namespace detail {

template <class... Parts>
[[nodiscard]] file_failure onnx_refusal(const onnx_node& node, file_error code, const Parts&... parts) {
  return {code, node.offset, message("onnx: node ", in_quotes(node.name), ": ", node.operation, ": ", parts...)};
}

/// Finds the parts of one layer.
class onnx_layer_finder {
 public:
  onnx_layer_finder(const onnx_file& file, const onnx_node& node) noexcept : file_(&file), node_(&node) {}

  [[nodiscard]] result<onnx_layer> find() {
    using form = onnx_layer::kind;
    const onnx_node& n = *node_;
    layer_.node = node_;
    layer_.input = n.input(0);
    layer_.output = n.outputs.empty() ? std::string_view() : n.outputs[0];
    if (n.is("MatMul") || n.is("Gemm")) {
      find_product();
    } else if (n.is("MatMulInteger")) {
      take(form::codes, 1, none, 3);
      layer_.parameters.scale = scale_behind();
      layer_.input_parameters = {nullptr, constant(2)};
    } else if (n.is("QLinearMatMul") || n.is("QLinearMatMul", microsoft)) {
      take(form::codes, 3, 4, 5);
      layer_.input_parameters = {constant(1), constant(2)};
      layer_.output_parameters = {constant(6), constant(7)};
    } else if (n.is("QGemm", microsoft)) {
      take(form::codes, 3, 4, 5);
      layer_.input_parameters = {constant(1), constant(2)};
      layer_.output_parameters = {constant(7), constant(8)};
      take_gemm();
      take_bias(n.input(6));
    } else if (n.is("DynamicQuantizeMatMul", microsoft)) {
      take(form::codes, 1, 2, 3);
      take_bias(n.input(4));
    } else if (n.is("MatMulIntegerToFloat", microsoft)) {
      take(form::codes, 1, 3, 5);
      layer_.input_parameters = {constant(2), constant(4)};
      take_bias(n.input(6));
    } else if (n.is("MatMulNBits", microsoft)) {
      take(form::nbits, 1, 2, 3);
      take_bias(n.input(5));
      take_sizes();
      take_nbits();
    } else if (n.is("MatMulBnb4", microsoft)) {
      take(form::bnb4, 1, 2, none);
      take_sizes();
      take_bnb4();
    } else {
      refuse(file_error::not_found, "no product by weights that is read");
    }
    if (layer_.form == form::floats || layer_.form == form::codes) {
      take_shape();
      check_parameters();
    }
    return failure_ ? result<onnx_layer>(*std::move(failure_)) : layer_;
  }

 private:
  static constexpr std::string_view microsoft = "com.microsoft";
  static constexpr std::size_t none = ~std::size_t{0};  // the number of an input that no node has

  template <class... Parts>
  void refuse(file_error code, const Parts&... parts) {
    if (!failure_) {
      failure_ = onnx_refusal(*node_, code, parts...);
    }
  }

  /// The constant that is an input of the node; null if the input is left out, or computed.
  [[nodiscard]] const onnx_tensor* constant(std::size_t input) const noexcept { return file_->find(node_->input(input)); }
  [[nodiscard]] std::int64_t integer(const onnx_node& node, std::string_view name, std::int64_t absent) const noexcept {
    const onnx_attribute* attribute = node.attribute(name);
    return attribute == nullptr ? absent : attribute->integer;
  }

  /// Weights, scales and zero points by the numbers of the inputs.
  void take(onnx_layer::kind form, std::size_t weights, std::size_t scale, std::size_t zero_point) {
    layer_.form = form;
    layer_.order = onnx::tensor_order::k_by_n;
    layer_.weights = constant(weights);
    layer_.parameters = {constant(scale), constant(zero_point)};
    if (layer_.weights == nullptr) {
      refuse(file_error::not_found, "its weights ", in_quotes(node_->input(weights)), " are no constant");
    } else if (scale != none && layer_.parameters.scale == nullptr) {
      refuse(file_error::not_found, "its scales ", in_quotes(node_->input(scale)), " are no constant");
    } else if (layer_.parameters.zero_point == nullptr && !node_->input(zero_point).empty()) {
      refuse(file_error::not_found, "its zero points ", in_quotes(node_->input(zero_point)), " are no constant");
    }
  }

  /// MatMul and Gemm, whose weights are floats or come through DequantizeLinear.
  void find_product() {
    layer_.order = onnx::tensor_order::k_by_n;
    const std::string_view name = node_->input(1);
    layer_.weights = file_->find(name);
    const onnx_node* made = layer_.weights == nullptr ? dequantizer_of(name) : nullptr;
    if (made != nullptr) {
      layer_.form = onnx_layer::kind::codes;
      layer_.weights = file_->find(made->input(0));
      layer_.parameters = parameters_of(*made);
    }
    if (layer_.weights == nullptr) {
      refuse(file_error::not_found, "its weights ", in_quotes(name), " are no constant");
    }
    if (node_->is("Gemm")) {
      take_gemm();
      take_bias(node_->input(2));
    }
    if (made != nullptr) {
      take_axis(*made);
    }
    if (const onnx_node* const before = dequantizer_of(layer_.input)) {
      layer_.input_parameters = parameters_of(*before);
    }
    const onnx_node* const behind = file_->consumer_of(layer_.output);
    if (behind != nullptr && behind->is("QuantizeLinear")) {
      layer_.output_parameters = parameters_of(*behind);
    }
  }
  [[nodiscard]] const onnx_node* dequantizer_of(std::string_view name) const noexcept {
    const onnx_node* const made = file_->producer_of(name);
    return made != nullptr && (made->is("DequantizeLinear") || made->is("DequantizeLinear", microsoft)) ? made : nullptr;
  }
  [[nodiscard]] onnx_parameters parameters_of(const onnx_node& node) const noexcept {
    return {file_->find(node.input(1)), file_->find(node.input(2))};
  }

  /// What Gemm and QGemm say of their operands.
  void take_gemm() {
    if (integer(*node_, "transA", 0) != 0) {
      refuse(file_error::scheme_mismatch, "its input is transposed");
    }
    for (const std::string_view factor : {"alpha", "beta"}) {
      const onnx_attribute* const attribute = node_->attribute(factor);
      if (attribute != nullptr && attribute->real != 1.0f) {
        refuse(file_error::scheme_mismatch, factor, " is ", attribute->real, ", not 1");
      }
    }
    layer_.order = integer(*node_, "transB", 0) != 0 ? onnx::tensor_order::n_by_k : onnx::tensor_order::k_by_n;
  }
  void take_bias(std::string_view name) {
    layer_.bias = file_->find(name);
    const onnx_node* const made = dequantizer_of(name);
    if (made != nullptr) {
      layer_.bias = file_->find(made->input(0));
      layer_.bias_parameters = parameters_of(*made);
    }
    if (!name.empty() && layer_.bias == nullptr) {
      refuse(file_error::not_found, "its bias ", in_quotes(name), " is no constant");
    }
  }
  /// Along which axis the scales of DequantizeLinear follow each other, and how many weights share one.
  void take_axis(const onnx_node& made) {
    if (layer_.parameters.scale == nullptr || (layer_.parameters.zero_point == nullptr && !made.input(2).empty())) {
      refuse(file_error::not_found, "the parameters of its weights are no constants");
      return;
    }
    const std::int64_t given = integer(made, "axis", 1), axis = given < 0 ? given + 2 : given;
    const std::int64_t block = integer(made, "block_size", 0);
    if (axis < 0 || axis > 1 || block < 0) {
      refuse(file_error::malformed, "its weights have scales along axis ", given, " in blocks of ", block);
      return;
    }
    layer_.along_k = (axis == 1) == (layer_.order == onnx::tensor_order::n_by_k);
    layer_.block = static_cast<std::size_t>(std::min<std::int64_t>(block, 0x7fffffff));
  }

  /// The constant that the sums of MatMulInteger are multiplied by, beside the scale of their input: Mul(Cast(sums), Mul(a, constant)).
  [[nodiscard]] const onnx_tensor* scale_behind() const noexcept {
    const onnx_node* const cast = file_->consumer_of(node_->outputs.empty() ? std::string_view() : node_->outputs[0]);
    if (cast == nullptr || !cast->is("Cast") || cast->outputs.empty()) {
      return nullptr;
    }
    const onnx_node* const product = file_->consumer_of(cast->outputs[0]);
    if (product == nullptr || !product->is("Mul")) {
      return nullptr;
    }
    const onnx_node* const factors = file_->producer_of(product->input(product->input(0) == cast->outputs[0] ? 1 : 0));
    if (factors == nullptr || !factors->is("Mul")) {
      return nullptr;
    }
    const onnx_tensor* const second = file_->find(factors->input(1));
    return second != nullptr ? second : file_->find(factors->input(0));
  }

  /// K and N of weights that are no matrix of the graph.
  void take_sizes() {
    const std::int64_t k = integer(*node_, "K", 0), n = integer(*node_, "N", 0), block = integer(*node_, "block_size", 0);
    if (k < 1 || n < 1 || k > largest_extent || n > largest_extent) {
      refuse(file_error::malformed, "weights [", n, ", ", k, "]");
    } else if (block < 16 || block > largest_extent || !std::has_single_bit(static_cast<std::uint64_t>(block))) {
      refuse(file_error::malformed, "blocks of ", block);
    } else {
      layer_.shape = {static_cast<std::size_t>(n), static_cast<std::size_t>(k)};
      layer_.block = static_cast<std::size_t>(block);
      layer_.along_k = true;
    }
  }
  void take_nbits() {
    const std::int64_t bits = integer(*node_, "bits", 4);
    if (bits != 2 && bits != 4 && bits != 8) {
      refuse(file_error::malformed, bits, " bits");
    }
    if (!node_->input(4).empty()) {
      refuse(file_error::scheme_mismatch, "g_idx, an order of the weights, is not read");
    }
    if (integer(*node_, "weight_prepacked", 0) != 0) {
      refuse(file_error::scheme_mismatch, "weights that are packed for one device are not read");
    }
    layer_.bits = static_cast<unsigned>(bits);
    if (failure_) {
      return;
    }
    const std::uint64_t blocks = ceil_div(layer_.shape.cols, layer_.block), n = layer_.shape.rows;
    check_bytes(n * blocks, layer_.block * layer_.bits / 8);
    check_scales(n * blocks);
    const onnx_tensor* const zero = layer_.parameters.zero_point;
    if (zero != nullptr && zero->type == onnx_type::UINT8 && zero->size != n * quotient(blocks * layer_.bits, 8)) {
      refuse(file_error::bad_extent, "zero points of ", zero->size, " bytes for ", n, " rows of ", blocks, " blocks");
    } else if (zero != nullptr && zero->type != onnx_type::UINT8 && (zero->type != layer_.parameters.scale->type || zero->count() != n * blocks)) {
      refuse(file_error::bad_extent, zero->count(), " zero points of type ", name_of(zero->type), " for ", n * blocks, " blocks");
    }
  }
  void take_bnb4() {
    const std::int64_t type = integer(*node_, "quant_type", -1);
    if (type != 0 && type != 1) {
      refuse(file_error::unknown_type, "quant_type ", type, " is not known");
    }
    if (integer(*node_, "transB", 1) != 1) {
      refuse(file_error::scheme_mismatch, "weights that are not transposed are not read");
    }
    layer_.is_nf4 = type == 1;
    if (failure_) {
      return;
    }
    const std::uint64_t count = std::uint64_t{layer_.shape.rows} * layer_.shape.cols;
    check_bytes(quotient(count, 2), 1);
    check_scales(quotient(count, layer_.block));
  }
  [[nodiscard]] static constexpr std::uint64_t quotient(std::uint64_t value, std::uint64_t divisor) noexcept {
    return value / divisor + (value % divisor != 0 ? 1 : 0);
  }
  void check_bytes(std::uint64_t count, std::uint64_t each) {
    const std::optional<std::uint64_t> size = checked_mul(count, each);
    if (layer_.weights->type != onnx_type::UINT8 || size != layer_.weights->size) {
      refuse(file_error::bad_extent, "weights of ", layer_.weights->size, " bytes of type ", name_of(layer_.weights->type), " for [",
             layer_.shape.rows, ", ", layer_.shape.cols, "] in blocks of ", layer_.block);
    }
  }
  void check_scales(std::uint64_t count) {
    if (!failure_ && layer_.parameters.scale->count() != count) {
      refuse(file_error::bad_extent, layer_.parameters.scale->count(), " scales for ", count, " blocks");
    }
  }

  void take_shape() {
    if (failure_) {
      return;
    }
    const onnx_tensor& w = *layer_.weights;
    if (w.rank != 2) {
      refuse(file_error::scheme_mismatch, "weights of ", w.rank, " dimensions");
    } else if (bits_of(w.type) == 0 || w.count() == 0 || w.count() > largest_count) {
      refuse(file_error::scheme_mismatch, "weights [", w.extents[0], ", ", w.extents[1], "] of ", name_of(w.type), " are no matrix");
    } else {
      const bool turned = layer_.order == onnx::tensor_order::k_by_n;
      layer_.shape = {static_cast<std::size_t>(w.extents[turned ? 1 : 0]), static_cast<std::size_t>(w.extents[turned ? 0 : 1])};
    }
  }

  /// One scale; one a row or column; or one for a block of it: and as many zero points, of the type of the weights.
  void check_parameters() {
    const onnx_tensor* const scale = layer_.parameters.scale;
    const onnx_tensor* const zero = layer_.parameters.zero_point;
    if (failure_ || layer_.form == onnx_layer::kind::floats) {
      return;
    }
    if (layer_.block != 0) {
      matrix_shape groups = layer_.along_k ? matrix_shape{layer_.shape.rows, ceil_div(layer_.shape.cols, layer_.block)}
                                           : matrix_shape{ceil_div(layer_.shape.rows, layer_.block), layer_.shape.cols};
      if (layer_.order == onnx::tensor_order::k_by_n) {
        std::swap(groups.rows, groups.cols);
      }
      if (scale->rank != 2 || scale->extents[0] != groups.rows || scale->extents[1] != groups.cols) {
        refuse(file_error::bad_extent, scale->count(), " scales in ", scale->rank, " dimensions, not [", groups.rows, ", ", groups.cols, "]");
      }
    } else {
      const std::size_t extent = layer_.along_k ? layer_.shape.cols : layer_.shape.rows;
      const std::uint64_t count = scale != nullptr ? scale->count() : zero != nullptr ? zero->count() : 1;
      if (count != 1 && count != extent) {
        refuse(file_error::bad_extent, count, scale != nullptr ? " scales" : " zero points", ", not 1 or ", extent);
      }
    }
    if (zero != nullptr && zero->type != layer_.weights->type) {
      refuse(file_error::malformed, "zero points of type ", name_of(zero->type), ", weights of type ", name_of(layer_.weights->type));
    }
    if (zero != nullptr && scale != nullptr && zero->count() != scale->count()) {
      refuse(file_error::bad_extent, zero->count(), " zero points for ", scale->count(), " scales");
    }
  }

  static constexpr std::int64_t largest_extent = 0x7fffffff;
  static constexpr std::uint64_t largest_count = std::min<std::uint64_t>(std::uint64_t{1} << 48, ~std::size_t{0} / 2);
  const onnx_file* file_;
  const onnx_node* node_;
  onnx_layer layer_;
  std::optional<file_failure> failure_;
};

}  // namespace detail

/// The weights that a node multiplies by: of MatMul and Gemm (floats, or codes through DequantizeLinear), MatMulInteger, QLinearMatMul,
/// QGemm, DynamicQuantizeMatMul, MatMulIntegerToFloat, MatMulNBits or MatMulBnb4.
/// @param node  of `file.nodes()`
/// @return      not_found for other nodes, and where weights or parameters are computed; scheme_mismatch for what no matrix says
///              (g_idx, alpha, weights of other than two dimensions); malformed and bad_extent for sizes that do not go together
/// @par Cost    O(log nodes); no byte of the weights is touched
[[nodiscard]] inline result<onnx_layer> layer_of(const onnx_file& file, const onnx_node& node) {
  return detail::onnx_layer_finder(file, node).find();
}

}  // namespace halftone::inline v0_1
