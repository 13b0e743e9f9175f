// SPDX-License-Identifier: MIT
// Operations for tflite.py.
#include <conformance/driver.hpp>
#include <conformance/tflite_layers.hpp>

#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/format/tflite/bias.hpp>
#include <halftone/format/tflite/eight_bit_rounding.hpp>
#include <halftone/format/tflite/flat_codes.hpp>
#include <halftone/format/tflite/gemm_int16.hpp>
#include <halftone/format/tflite/hybrid.hpp>
#include <halftone/format/tflite/requantization.hpp>
#include <halftone/format/tflite/schemes.hpp>
#include <halftone/gemm/gemm_integers.hpp>
#include <halftone/io/tflite_file.hpp>
#include <halftone/io/tflite_writer.hpp>
#include <halftone/quantize/quantize.hpp>

#include <algorithm>

using namespace halftone;
using conformance::arguments;
using conformance::operation;
using conformance::path_of;
using conformance::read_and_quantize;
using conformance::run_file;

namespace {

/// Arrays: x, flat weights, scales, bias, y. Numbers: m, n, k, input scale and zero point, output scale and zero point, fused
/// activation, zero point of the weights.
template <class Scheme>
quantized_matrix<Scheme> weights_of(arguments& a) {
  quantized_matrix<Scheme> q(matrix_shape{a.size(1), a.size(2)});
  tflite::from_flat(a.in<std::uint8_t>(1), q);
  const std::span<const float> scales = a.in<float>(2);
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    q.scale_plane().set(g, scales[g]);
    q.set_zero_point(g, static_cast<std::int32_t>(a.number(8)));
  }
  return q;
}
group_parameters input_of(arguments& a) {
  return {.scale = static_cast<float>(a.number(3)), .zero_point = static_cast<std::int32_t>(a.number(4))};
}
group_parameters output_of(arguments& a) {
  return {.scale = static_cast<float>(a.number(5)), .zero_point = static_cast<std::int32_t>(a.number(6))};
}

template <class Kernels, class Scheme, class Byte>
void fully_connected(arguments& a) {
  const auto q = weights_of<Scheme>(a);
  const group_parameters input = input_of(a);
  const tflite::requantization<Kernels, Byte> layer(q, input, output_of(a), a.in<std::int32_t>(3),
                                                    static_cast<tflite::fused_activation>(a.size(7)));
  const std::size_t m = a.size(0);
  gemm_integers(static_activations(matrix_view<const Byte>(a.in<Byte>(0).data(), m, q.cols()), input), pack(q),
                matrix_view<Byte>(a.out<Byte>(4).data(), m, q.rows()), layer.stage());
}
template <class Kernels, class Scheme, class Sum>
void fully_connected_int16(arguments& a) {
  const auto q = weights_of<Scheme>(a);
  const tflite::requantization<Kernels, std::int16_t, Sum> layer(q, input_of(a), output_of(a), a.in<Sum>(3),
                                                                 static_cast<tflite::fused_activation>(a.size(7)));
  const std::size_t m = a.size(0);
  tflite::gemm_int16(matrix_view<const std::int16_t>(a.in<std::int16_t>(0).data(), m, q.cols()), q,
                     matrix_view<std::int16_t>(a.out<std::int16_t>(4).data(), m, q.rows()), layer.stage());
}

template <class Kernels>
void register_kernels(const std::string& name) {
  using one = per_tensor;
  using rows = per_channel<0>;
  const auto add = [&](const std::string& what, auto run) { operation("fully connected " + what + " " + name, run); };
  add("int8 int8 one", fully_connected<Kernels, tflite::weights<int8, one>, std::int8_t>);
  add("int8 int8 rows", fully_connected<Kernels, tflite::weights<int8, rows>, std::int8_t>);
  add("int8 int4 one", fully_connected<Kernels, tflite::weights<int4, one>, std::int8_t>);
  add("int8 int4 rows", fully_connected<Kernels, tflite::weights<int4, rows>, std::int8_t>);
  add("int8 int2 one", fully_connected<Kernels, tflite::weights<int2, one>, std::int8_t>);
  add("int8 int2 rows", fully_connected<Kernels, tflite::weights<int2, rows>, std::int8_t>);
  add("int8 zero one", fully_connected<Kernels, scheme<int8, asymmetric, per_tensor>, std::int8_t>);
  add("uint8 uint8 one", fully_connected<Kernels, tflite::uint8_weights, std::uint8_t>);
  add("int16 int8 one 32", fully_connected_int16<Kernels, tflite::weights<int8, one>, std::int32_t>);
  add("int16 int8 rows 32", fully_connected_int16<Kernels, tflite::weights<int8, rows>, std::int32_t>);
  add("int16 int8 one 64", fully_connected_int16<Kernels, tflite::weights<int8, one>, std::int64_t>);
  add("int16 int8 rows 64", fully_connected_int16<Kernels, tflite::weights<int8, rows>, std::int64_t>);
  add("int16 int4 one 64", fully_connected_int16<Kernels, tflite::weights<int4, one>, std::int64_t>);
  add("int16 int4 rows 64", fully_connected_int16<Kernels, tflite::weights<int4, rows>, std::int64_t>);
}

/// Arrays: x, codes. Numbers: scale, zero point.
template <class Scheme, class Code>
void quantize_by(arguments& a) {
  const std::span<const float> x = a.in<float>(0);
  const group_parameters p{.scale = static_cast<float>(a.number(0)), .zero_point = static_cast<std::int32_t>(a.number(1))};
  const auto q = quantize<Scheme>({x.data(), 1, x.size()}, given_parameters{{&p, 1}});
  const std::span<Code> codes = a.out<Code>(1);
  for (std::size_t i = 0; i < x.size(); ++i) {
    codes[i] = static_cast<Code>(Scheme::element_type::level_of(q.code_at(0, i)));
  }
}

/// Arrays: sums, products. Numbers: factor.
template <class Rounding, class Sum>
void multiply(arguments& a) {
  const fixed_point_multiplier m = Rounding::multiplier_of(a.number(0));
  const std::span<const Sum> in = a.in<Sum>(0);
  std::transform(in.begin(), in.end(), a.out<std::int32_t>(1).begin(), [&](Sum x) { return Rounding::multiplied(x, m); });
}

/// Arrays: codes, codes. Numbers: factor, zero points.
template <class Byte>
void requantize(arguments& a) {
  const fixed_point_multiplier m = tflite::eight_bit_rounding::multiplier_of(a.number(0));
  const std::span<const Byte> in = a.in<Byte>(0);
  std::transform(in.begin(), in.end(), a.out<Byte>(1).begin(), [&](Byte x) {
    return tflite::requantized_code(x, static_cast<std::int32_t>(a.number(1)), m, static_cast<std::int32_t>(a.number(2)));
  });
}

/// Arrays: x, flat weights, scales, bias, y. Numbers: m, n, k, fused activation.
template <class Scheme>
void hybrid(arguments& a) {
  quantized_matrix<Scheme> q(matrix_shape{a.size(1), a.size(2)});
  tflite::from_flat(a.in<std::uint8_t>(1), q);
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    q.scale_plane().set(g, a.in<float>(2)[g]);
  }
  const tflite::hybrid_layer layer(q, a.in<float>(3), static_cast<tflite::fused_activation>(a.size(3)));
  layer.run({a.in<float>(0).data(), a.size(0), a.size(2)}, {a.out<float>(4).data(), a.size(0), a.size(1)});
}

/// Weights in blocks of a file. Arrays: path, levels, scales. Number: of the tensor.
template <class Element, std::size_t N>
void read_block_weights(arguments& a) {
  const tflite_file file = tflite_file::open(path_of(a)).value();
  const tflite_tensor tensor = file.tensor(a.size(0));
  const auto q = read_blocks<Element, N>(tensor, file.tensor(tensor.quantization.blocks().value().scales)).value();
  for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
    a.out<std::int8_t>(1)[i] = static_cast<std::int8_t>(Element::level_of(q.code_at(i / q.cols(), i % q.cols())));
  }
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    a.out<float>(2)[g] = q.scale_at(g);
  }
}

/// Arrays: floats, steps. Numbers: input scale, weight scale.
template <class Integer, class Scaling, class Rounding>
void make_bias(arguments& a) {
  const float scale = tflite::bias_scale(static_cast<float>(a.number(0)), static_cast<float>(a.number(1)));
  const std::span<const float> in = a.in<float>(0);
  std::transform(in.begin(), in.end(), a.out<Integer>(1).begin(), [&](float x) { return tflite::to_bias<Integer, Scaling, Rounding>(x, scale); });
}

/// Two layers of float weights and biases, quantized and written. Arrays: path, w1, b1, w2, b2. Numbers: m, k, n1, n2, then scale and
/// zero point of the input, the first and the second output, and the activation of the first layer.
template <class Scheme, class Bias>
void write_file(arguments& a, tflite_type type) {
  const auto activation = [&](std::size_t i) {
    return tflite_activation{type, {.scale = static_cast<float>(a.number(i)), .zero_point = static_cast<std::int32_t>(a.number(i + 1))}};
  };
  tflite_writer model;
  std::size_t last = model.input("x", {a.size(0), a.size(1)}, activation(4));
  for (std::size_t i = 0; i < 2; ++i) {
    const std::size_t n = a.size(2 + i);
    const auto q = quantize<Scheme>({a.in<float>(1 + 2 * i).data(), n, a.size(1 + i)});
    const std::vector<Bias> bias = tflite::to_biases<Bias>(a.in<float>(2 + 2 * i), q, static_cast<float>(a.number(4 + 2 * i)));
    last = model.fully_connected("layer", last, q, std::span<const Bias>(bias), activation(6 + 2 * i),
                                 i == 0 ? static_cast<tflite::fused_activation>(a.size(10)) : tflite::fused_activation::none);
  }
  model.output(last);
  static_cast<void>(model.write(path_of(a)).value());
}

/// One layer of 16-bit float weights. Arrays: path, w, b. Numbers: m, k, n.
void write_halves(arguments& a) {
  tflite_writer model;
  const tflite_activation floats{tflite_type::FLOAT32};
  const std::size_t x = model.input("x", {a.size(0), a.size(1)}, floats);
  model.output(model.fully_connected("y", x, quantize<tflite::float16_weights>({a.in<float>(1).data(), a.size(2), a.size(1)}), a.in<float>(2), floats));
  static_cast<void>(model.write(path_of(a)).value());
}
/// The same file, multiplied. Arrays: path, x, y.
void run_halves(arguments& a) {
  const tflite_file file = tflite_file::open(path_of(a)).value();
  const auto q = read_matrix<tflite::float16_weights>(file.tensor(static_cast<std::size_t>(file.operation(0).inputs[0]))).value();
  const auto bias = read_numbers<float>(file.tensor(*file.fully_connected(1).value().bias)).value();
  const std::size_t m = a.in<float>(1).size() / q.cols();
  gemm(matrix_view<const float>(a.in<float>(1).data(), m, q.cols()), pack(q), matrix_view<float>(a.out<float>(2).data(), m, q.rows()),
       epilogue{add_bias{bias}});
}

template <class Kernels>
void register_files(const std::string& name) {
  operation("run file int8 " + name, run_file<Kernels, std::int8_t>);
  operation("run file int16 " + name, run_file<Kernels, std::int16_t>);
}

const bool registered = [] {
  register_files<tflite::xnnpack_kernels>("XNNPACK");
  register_files<tflite::reference_kernels>("reference");
  register_files<tflite::builtin_kernels>("builtin");
  const auto add_write = [](const std::string& name, auto scheme, auto bias, tflite_type type) {
    operation("write file " + name, [type](arguments& a) { write_file<decltype(scheme), decltype(bias)>(a, type); });
  };
  add_write("int8 int8 one", tflite::weights<int8, per_tensor>{}, std::int32_t{}, tflite_type::INT8);
  add_write("int8 int8 rows", tflite::weights<int8>{}, std::int32_t{}, tflite_type::INT8);
  add_write("int8 int4 one", tflite::weights<int4, per_tensor>{}, std::int32_t{}, tflite_type::INT8);
  add_write("int8 int4 rows", tflite::weights<int4>{}, std::int32_t{}, tflite_type::INT8);
  add_write("int16 int8 one", tflite::weights<int8, per_tensor>{}, std::int64_t{}, tflite_type::INT16);
  add_write("int16 int8 rows", tflite::weights<int8>{}, std::int64_t{}, tflite_type::INT16);
  operation("read and quantize int8", read_and_quantize<int8>);
  operation("read and quantize int4", read_and_quantize<int4>);
  operation("read and quantize int2", read_and_quantize<int2>);
  operation("write halves", write_halves);
  operation("run halves", run_halves);
  register_kernels<tflite::xnnpack_kernels>("XNNPACK");
  register_kernels<tflite::reference_kernels>("reference");
  register_kernels<tflite::builtin_kernels>("builtin");
  operation("quantize int8 reference", quantize_by<tflite::int8_activations, std::int8_t>);
  operation("quantize uint8 reference", quantize_by<tflite::uint8_activations, std::uint8_t>);
  operation("quantize int16 reference", quantize_by<tflite::int16_activations, std::int16_t>);
  operation("quantize int8 optimized", quantize_by<tflite::by_optimized_kernel<tflite::int8_activations>, std::int8_t>);
  operation("quantize uint8 optimized", quantize_by<tflite::by_optimized_kernel<tflite::uint8_activations>, std::uint8_t>);
  operation("quantize int16 optimized", quantize_by<tflite::by_optimized_kernel<tflite::int16_activations>, std::int16_t>);
  operation("multiply double", multiply<double_rounding, std::int32_t>);
  operation("multiply upward", multiply<double_rounding_upward, std::int32_t>);
  operation("multiply single", multiply<single_rounding, std::int32_t>);
  operation("multiply sixteen", multiply<sixteen_bit_rounding, std::int64_t>);
  operation("requantize int8", requantize<std::int8_t>);
  operation("requantize uint8", requantize<std::uint8_t>);
  operation("hybrid int8 one", hybrid<tflite::weights<int8, per_tensor>>);
  operation("hybrid int8 rows", hybrid<tflite::weights<int8>>);
  operation("hybrid int4 one", hybrid<tflite::weights<int4, per_tensor>>);
  operation("hybrid int4 rows", hybrid<tflite::weights<int4>>);
  operation("blocks int2 32", read_block_weights<int2, 32>);
  operation("blocks int4 32", read_block_weights<int4, 32>);
  operation("blocks int4 64", read_block_weights<int4, 64>);
  operation("bias int32", make_bias<std::int32_t, by_reciprocal, nearest_away>);
  operation("bias int64", make_bias<std::int64_t, by_reciprocal, nearest_away>);
  operation("bias int32 ai-edge", make_bias<std::int32_t, by_division, nearest_even>);
  operation("bias int64 ai-edge", make_bias<std::int64_t, by_division, nearest_even>);
  return true;
}();

}  // namespace
