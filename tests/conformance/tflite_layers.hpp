// SPDX-License-Identifier: MIT
// Layers of a .tflite file, run by Halftone, for scripts that compare them with the interpreter's.
#pragma once

#include <conformance/driver.hpp>

#include <halftone/format/tflite/gemm_int16.hpp>
#include <halftone/format/tflite/requantization.hpp>
#include <halftone/format/tflite/schemes.hpp>
#include <halftone/gemm/gemm_integers.hpp>
#include <halftone/io/tflite_file.hpp>
#include <halftone/io/tflite_weights.hpp>
#include <halftone/quantize/quantize.hpp>

#include <algorithm>
#include <map>

namespace conformance {

using namespace halftone;

inline std::string path_of(arguments& a) {
  const std::span<const std::uint8_t> letters = a.in<std::uint8_t>(0);
  return {letters.begin(), letters.end()};
}

/// One layer of a file, with weights of this scheme.
template <class Kernels, class Code, class Scheme>
std::vector<Code> layer_of(const tflite_file& file, const tflite_layer& layer, const std::vector<Code>& x) {
  const auto q = read_matrix<Scheme>(file.tensor(layer.weights)).value();
  const group_parameters input = read_parameters(file.tensor(layer.input)).value();
  const group_parameters output = read_parameters(file.tensor(layer.output)).value();
  const std::size_t m = x.size() / q.cols();
  std::vector<Code> y(m * q.rows());
  const matrix_view<const Code> in(x.data(), m, q.cols());
  const matrix_view<Code> out(y.data(), m, q.rows());
  if constexpr (sizeof(Code) == 2) {
    if (layer.bias && file.tensor(*layer.bias).type == tflite_type::INT64) {
      const auto bias = read_numbers<std::int64_t>(file.tensor(*layer.bias)).value();
      const tflite::requantization<tflite::reference_kernels, Code, std::int64_t> end(q, input, output, bias, layer.fused);
      tflite::gemm_int16(in, q, out, end.stage());
      return y;
    }
  }
  const auto bias = layer.bias ? read_numbers<std::int32_t>(file.tensor(*layer.bias)).value() : std::vector<std::int32_t>();
  const tflite::requantization<Kernels, Code> end(q, input, output, bias, layer.fused);
  if constexpr (sizeof(Code) == 2) {
    tflite::gemm_int16(in, q, out, end.stage());
  } else {
    gemm_integers(static_activations(in, input), pack(q), out, end.stage());
  }
  return y;
}

/// All layers of a file, from its input to its output. Arrays: path, x, y.
template <class Kernels, class Code>
void run_file(arguments& a) {
  const tflite_file file = tflite_file::open(path_of(a)).value();
  const std::span<const Code> x = a.in<Code>(1);
  std::map<std::size_t, std::vector<Code>> tensors;
  tensors[static_cast<std::size_t>(file.inputs()[0])] = {x.begin(), x.end()};
  for (std::size_t i = 0; i < file.operator_count(); ++i) {
    const tflite_layer layer = file.fully_connected(i).value();
    const tflite_tensor weights = file.tensor(layer.weights);
    const bool one = weights.quantization.size() == 1;
    const std::vector<Code>& in = tensors.at(layer.input);
    std::vector<Code>& out = tensors[layer.output];
    if (weights.type == tflite_type::INT8) {
      out = one ? layer_of<Kernels, Code, tflite::weights<int8, per_tensor>>(file, layer, in)
                : layer_of<Kernels, Code, tflite::weights<int8>>(file, layer, in);
    } else {
      out = one ? layer_of<Kernels, Code, tflite::weights<int4, per_tensor>>(file, layer, in)
                : layer_of<Kernels, Code, tflite::weights<int4>>(file, layer, in);
    }
  }
  const std::vector<Code>& y = tensors.at(static_cast<std::size_t>(file.outputs()[0]));
  std::copy(y.begin(), y.end(), a.out<Code>(2).begin());
}

/// Weights of a file of ai-edge-quantizer, and the float weights that it was made of. Arrays: path, floats, then levels and scales of
/// the file, levels and scales of Halftone. Numbers: rows, columns, number of the tensor.
template <class Element>
void read_and_quantize(arguments& a) {
  using Scheme = tflite::ai_edge_weights<Element>;
  const auto put = [&](const quantized_matrix<Scheme>& q, std::size_t first) {
    for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
      a.out<std::int8_t>(first)[i] = static_cast<std::int8_t>(Element::level_of(q.code_at(i / q.cols(), i % q.cols())));
    }
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      a.out<float>(first + 1)[g] = q.scale_at(g);
    }
  };
  put(read_matrix<Scheme>(tflite_file::open(path_of(a)).value().tensor(a.size(2))).value(), 2);
  put(quantize<Scheme>({a.in<float>(1).data(), a.size(0), a.size(1)}), 4);
}

}  // namespace conformance
