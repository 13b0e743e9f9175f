// SPDX-License-Identifier: MIT
// Operations for minilm.py: linear layers of a real model, in files of other systems.
#include <conformance/driver.hpp>
#include <conformance/tflite_layers.hpp>

#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/format/onnx/schemes.hpp>
#include <halftone/format/tflite/bias.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/io/onnx_writer.hpp>
#include <halftone/io/safetensors_file.hpp>
#include <halftone/io/tflite_writer.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

#include <io/onnx_layers.hpp>

#include <algorithm>
#include <cstring>

using namespace halftone;
using conformance::arguments;
using conformance::operation;
using conformance::path_of;

namespace {

/// A tensor of a safetensors file. Arrays: path, name, values.
void read_tensor(arguments& a) {
  const safetensors_file file = safetensors_file::open(path_of(a)).value();
  const std::span<const std::uint8_t> name = a.in<std::uint8_t>(1);
  const std::string wanted(name.begin(), name.end());
  const safetensors_tensor* tensor = file.find(wanted);
  const std::span<float> values = a.out<float>(2);
  if (tensor == nullptr || tensor->bytes.size() != values.size_bytes()) {
    throw std::invalid_argument(wanted + " is missing or of another size");
  }
  std::memcpy(values.data(), tensor->bytes.data(), values.size_bytes());
}

/// Parameters of activations from the lowest and the highest value that calibration saw. Arrays: scale [1], zero point [1]. Numbers:
/// lowest, highest.
template <class Element, class Mapping>
void parameters_of_range(arguments& a) {
  const group_parameters p = Mapping{}.choose({static_cast<float>(a.number(0)), static_cast<float>(a.number(1))}, Element{});
  a.out<float>(0)[0] = p.scale;
  a.out<std::int32_t>(1)[0] = p.zero_point;
}

group_parameters activation_of(arguments& a, std::size_t number) {
  return {.scale = static_cast<float>(a.number(number)), .zero_point = static_cast<std::int32_t>(a.number(number + 1))};
}

/// A layer as a .tflite file. Arrays: path, weights, bias. Numbers: tokens, outputs, inputs, scale and zero point of the inputs and of
/// the outputs.
template <class Element, tflite_type Activations, class Bias>
void write_tflite(arguments& a) {
  const auto q = quantize<tflite::weights<Element>>({a.in<float>(1).data(), a.size(1), a.size(2)});
  const group_parameters in = activation_of(a, 3);
  const auto bias = tflite::to_biases<Bias>(a.in<float>(2), q, in.scale);
  tflite_writer model;
  const std::size_t x = model.input("x", {a.size(0), a.size(2)}, {Activations, in});
  model.output(model.fully_connected("y", x, q, std::span<const Bias>(bias), {Activations, activation_of(a, 5)}));
  static_cast<void>(model.write(path_of(a)).value());
}

/// A layer as an ONNX model. Arrays: path, weights, bias. Numbers: outputs, inputs, then, where activations pass through codes, their
/// scale and zero point.
template <class Scheme, bool QuantizesActivations>
void write_onnx(arguments& a) {
  onnx_writer model;
  const auto q = quantize<Scheme>({a.in<float>(1).data(), a.size(0), a.size(1)});
  std::size_t x = model.input("x", a.size(1));
  if constexpr (QuantizesActivations) {
    x = model.quantize_dequantize<uint8>("codes", x, activation_of(a, 2));
  }
  if constexpr (onnx_nbits_scheme<Scheme>) {
    model.output(model.mat_mul_nbits("y", x, q, a.in<float>(2)));
  } else {
    model.output(model.linear("y", x, q, a.in<float>(2)));
  }
  static_cast<void>(model.write(path_of(a)).value());
}
/// Its outputs. Arrays: weights, bias, x, y, real numbers of the weights. Numbers: those of `write_onnx`.
template <class Scheme, bool QuantizesActivations>
void multiply(arguments& a) {
  const std::size_t n = a.size(0), k = a.size(1), m = a.in<float>(2).size() / k;
  const auto q = quantize<Scheme>({a.in<float>(0).data(), n, k});
  dequantize(q, matrix_view<float>(a.out<float>(4).data(), n, k));
  const matrix_view<const float> x(a.in<float>(2).data(), m, k);
  const matrix_view<float> y(a.out<float>(3).data(), m, n);
  const epilogue finish{add_bias{a.in<float>(1)}};
  if constexpr (QuantizesActivations) {
    using activations = onnx::linear<uint8, per_tensor>;
    gemm(quantize_activations<activations>(x, activation_of(a, 2)), pack(q), y, finish);
  } else {
    gemm(x, pack(q), y, finish);
  }
}
template <class Scheme, bool QuantizesActivations = false>
void add_onnx(const std::string& name) {
  operation("write onnx " + name, write_onnx<Scheme, QuantizesActivations>);
  operation("run onnx " + name, multiply<Scheme, QuantizesActivations>);
}

/// The model of tests/io/onnx_golden, and the real numbers of its weights. Arrays: path, real numbers [layers, 3, 40].
void write_every_kind(arguments& a) {
  static_cast<void>(halftone_test::layers_of_every_kind().write(path_of(a)).value());
  float* reals = a.out<float>(1).data();
  const auto give = [&](const auto& w) {
    dequantize(w, matrix_view<float>(reals, w.rows(), w.cols()));
    reals += w.rows() * w.cols();
  };
  halftone_test::for_each_layer([&](const auto&, std::size_t, const auto& w, const auto&) { give(w); },
                                [&](const auto&, const auto& w, const auto&) { give(w); });
}

const bool registered = [] {
  add_onnx<onnx::mat_mul_nbits<4, 32>>("MatMulNBits, 4 bits");
  add_onnx<onnx::mat_mul_nbits_with_zero_points<4, 32>>("MatMulNBits, 4 bits with zero points");
  add_onnx<onnx::mat_mul_nbits_with_zero_points<8, 128>>("MatMulNBits, 8 bits with zero points");
  add_onnx<scheme<int4, symmetric, per_group<32>>>("DequantizeLinear, int4 in blocks of 32");
  add_onnx<scheme<int8, symmetric, per_channel<0>>, true>("QuantizeLinear uint8, DequantizeLinear, int8 rows");
  operation("write onnx of every kind", write_every_kind);
  operation("read tensor", read_tensor);
  operation("parameters int8", parameters_of_range<int8, asymmetric>);
  operation("parameters uint8", parameters_of_range<uint8, asymmetric>);
  operation("parameters int16", parameters_of_range<int16, symmetric>);
  operation("write tflite int8 int8", write_tflite<int8, tflite_type::INT8, std::int32_t>);
  operation("write tflite int8 int4", write_tflite<int4, tflite_type::INT8, std::int32_t>);
  operation("write tflite int16 int8", write_tflite<int8, tflite_type::INT16, std::int64_t>);
  operation("run tflite int8 XNNPACK", conformance::run_file<tflite::xnnpack_kernels, std::int8_t>);
  operation("run tflite int8 reference", conformance::run_file<tflite::reference_kernels, std::int8_t>);
  operation("run tflite int16 reference", conformance::run_file<tflite::reference_kernels, std::int16_t>);
  operation("read and quantize int8", conformance::read_and_quantize<int8>);
  operation("read and quantize int4", conformance::read_and_quantize<int4>);
  return true;
}();

}  // namespace
