// SPDX-License-Identifier: MIT
// Operations for onnx_read.py; a part of onnx.cpp.
#pragma once

#include <conformance/driver.hpp>

#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/format/onnx/qlinear.hpp>
#include <halftone/format/onnx/schemes.hpp>
#include <halftone/format/onnx/tool_ranges.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/gemm/gemm_integers.hpp>
#include <halftone/io/onnx_file.hpp>
#include <halftone/io/onnx_weights.hpp>
#include <halftone/quantize/quantize.hpp>

namespace onnx_read {

using namespace halftone;
using conformance::arguments;
using conformance::operation;

/// A model and one of its layers. Arrays: path, name of the node, ...
class opened {
 public:
  explicit opened(arguments& a) : file_(onnx_file::open(text(a, 0)).value()) {
    const std::string name = text(a, 1);
    for (const onnx_node& node : file_.nodes()) {
      if (node.name == name) {
        layer_ = layer_of(file_, node).value();
      }
    }
    if (layer_.node == nullptr) {
      throw std::invalid_argument("there is no node " + name);
    }
  }
  [[nodiscard]] const onnx_layer& layer() const noexcept { return layer_; }

 private:
  static std::string text(arguments& a, std::size_t i) {
    const std::span<const std::uint8_t> letters = a.in<std::uint8_t>(i);
    return {letters.begin(), letters.end()};
  }
  onnx_file file_;
  onnx_layer layer_;
};

/// Levels (int32 [n, k]), scales and zero points (int32) in the order of groups, into arrays `first` and behind.
template <class Scheme>
void put(arguments& a, std::size_t first, const quantized_matrix<Scheme>& q) {
  using Element = typename Scheme::element_type;
  if (a.out<std::int32_t>(first).size() != q.rows() * q.cols() || a.out<float>(first + 1).size() != q.group_count()) {
    throw std::invalid_argument("the matrix is [" + std::to_string(q.rows()) + ", " + std::to_string(q.cols()) + "] of " +
                                std::to_string(q.group_count()) + " groups");
  }
  for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
    a.out<std::int32_t>(first)[i] = Element::level_of(q.code_at(i / q.cols(), i % q.cols()));
  }
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    a.out<float>(first + 1)[g] = q.scale_at(g);
    a.out<std::int32_t>(first + 2)[g] = q.zero_point_at(g);
  }
}

/// The weights of a model, and the same made of floats. Arrays: path, node, w [n, k], levels, scales and zero points of the file, the
/// same as made here.
template <class Scheme>
void read_and_quantize(arguments& a) {
  const opened model(a);
  const auto q = read_matrix<Scheme>(model.layer()).value();
  put(a, 3, q);
  put(a, 6, quantize<Scheme>({a.in<float>(2).data(), q.rows(), q.cols()}));
}

/// A layer's output. Arrays: path, node, x [m, k], y [m, n].
template <class Scheme, bool Dynamic>
void multiply(arguments& a) {
  const opened model(a);
  const auto q = read_matrix<Scheme>(model.layer()).value();
  const std::vector<float> bias = read_bias(model.layer()).value();
  const std::size_t m = a.in<float>(2).size() / q.cols();
  const matrix_view<const float> x(a.in<float>(2).data(), m, q.cols());
  const matrix_view<float> y(a.out<float>(3).data(), m, q.rows());
  if constexpr (Dynamic) {
    gemm(dynamic<onnx::dynamic_linear>(x), pack(q), y);
  } else {
    const std::vector<float> zeros(q.rows());
    gemm(x, pack(q), y, epilogue{add_bias{bias.empty() ? zeros : bias}});
  }
}

/// QLinearMatMul and QGemm. Arrays: path, node, codes [m, k], codes of the output [m, n].
template <class Scheme, class Output>
void qlinear(arguments& a) {
  const opened model(a);
  const onnx_layer& layer = model.layer();
  const auto q = read_matrix<Scheme>(layer).value();
  const group_parameters in = read_parameters(layer.input_parameters).value(), out = read_parameters(layer.output_parameters).value();
  const auto bias = layer.bias != nullptr ? read_numbers<std::int32_t>(*layer.bias).value() : std::vector<std::int32_t>();
  const onnx::qlinear<Output> end(q, in.scale, out, bias);
  const std::span<const std::uint8_t> codes = a.in<std::uint8_t>(2);
  const std::size_t m = codes.size() / q.cols();
  const activation_view x{.codes = {codes.data(), m, q.cols()}, .is_signed = std::is_signed_v<Output>, .scales = &in.scale,
                          .zero_points = &in.zero_point, .per_row = false};
  gemm_integers(x, pack(q), matrix_view<Output>(a.out<Output>(3).data(), m, q.rows()), end.stage());
}

/// MatMulInteger's sums. Arrays: path, node, codes of uint8 [m, k], their zero point [1] (int32), sums (int32 [m, n]).
template <class Scheme>
void sums(arguments& a) {
  const opened model(a);
  const auto q = read_matrix<Scheme>(model.layer()).value();
  const float one = 1.0f;
  const std::size_t m = a.in<std::uint8_t>(2).size() / q.cols();
  const activation_view x{.codes = {a.in<std::uint8_t>(2).data(), m, q.cols()}, .is_signed = false, .scales = &one,
                          .zero_points = a.in<std::int32_t>(3).data(), .per_row = false};
  gemm_integers(x, pack(q), matrix_view<std::int32_t>(a.out<std::int32_t>(4).data(), m, q.rows()));
}

/// @tparam Made  how the package's tool chooses parameters
/// @tparam Read  the same codes and parameters, whoever chose them: kernels are compiled once
template <class Made, class Read = Made>
void add(const std::string& name) {
  operation("read " + name, read_and_quantize<Made>);
  operation("read and multiply " + name, multiply<Read, false>);
}
template <class Made, class Read>
void add_integers(const std::string& name) {
  add<Made, Read>(name);
  operation("read and multiply dynamic " + name, multiply<Read, true>);
  operation("read and sum " + name, sums<Read>);
  operation("read and qlinear UINT8 " + name, qlinear<Read, std::uint8_t>);
  operation("read and qlinear INT8 " + name, qlinear<Read, std::int8_t>);
}

inline const int registered = [] {
  add_integers<onnx::symmetric_tool<int8>, onnx::linear<int8>>("int8");
  add_integers<onnx::symmetric_tool<int8, per_channel<0>>, onnx::linear<int8, per_channel<0>>>("int8 rows");
  add_integers<onnx::reduced_symmetric_tool<int8, per_channel<0>>, onnx::linear<int8, per_channel<0>>>("int8 rows reduced");
  add_integers<onnx::tool<uint8>, onnx::linear<uint8>>("uint8");
  add<onnx::symmetric_tool<int4, per_channel<0>>>("int4 rows");
  add<onnx::symmetric_tool<int16, per_channel<0>>>("int16 rows");
  add<onnx::mat_mul_nbits<2, 32>>("nbits 2");
  add<onnx::mat_mul_nbits<4, 32>>("nbits 4");
  add<onnx::mat_mul_nbits_with_zero_points<4, 32>>("nbits 4 zero points");
  add<onnx::mat_mul_nbits_with_zero_points<8, 128>>("nbits 8 zero points");
  add<onnx::qdq_blocks<32>>("blocks");
  add<onnx::qdq_blocks_with_zero_points<16>>("blocks zero points");
  return 0;
}();

}  // namespace onnx_read
