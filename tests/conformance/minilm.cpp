// SPDX-License-Identifier: MIT
// Operations for minilm.py: linear layers of a real model, in files of other systems.
#include <conformance/driver.hpp>
#include <conformance/tflite_layers.hpp>

#include <halftone/format/tflite/bias.hpp>
#include <halftone/io/safetensors_file.hpp>
#include <halftone/io/tflite_writer.hpp>
#include <halftone/quantize/quantize.hpp>

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

const bool registered = [] {
  operation("read tensor", read_tensor);
  operation("parameters int8", parameters_of_range<int8, asymmetric>);
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
