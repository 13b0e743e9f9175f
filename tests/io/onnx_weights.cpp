// SPDX-License-Identifier: MIT
// Halftone tests: matrices of ONNX models: those that Halftone wrote come back equal, others have the file's codes and parameters.
#include <halftone/io/onnx_weights.hpp>

#include <halftone/element/tables.hpp>
#include <halftone/format/onnx/schemes.hpp>

#include "onnx_builder.hpp"
#include "onnx_layers.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace halftone;
using namespace halftone_test;
using namespace halftone_test::onnx_parts;

static_assert(onnx_scheme<onnx::linear<fp4_e2m1, per_channel<1>>> && onnx_scheme<scheme<bf16, unscaled, per_tensor>>);
static_assert(!onnx_scheme<scheme<int3, symmetric, per_tensor>> && !onnx_scheme<scheme<int8, symmetric, per_block<4, 4>>>);
static_assert(!onnx_scheme<scheme<fp32, unscaled, per_channel<0>>>);

namespace {

using int8_rows = scheme<int8, symmetric, per_channel<0>>;
using int8_tensor = onnx::linear<int8>;
constexpr const char* microsoft = "com.microsoft";

/// The weights of the last node of a model.
template <class Scheme>
result<quantized_matrix<Scheme>> matrix_of(const proto& made) {
  const bytes content = made.file();
  const onnx_file file = onnx_file::parse(content).value();
  return read_matrix<Scheme>(layer_of(file, file.nodes().back()).value());
}
template <class Scheme>
std::string failure_of(const proto& made) {
  const result<quantized_matrix<Scheme>> read = matrix_of<Scheme>(made);
  REQUIRE(!read);
  const std::string& text = read.failure().text;
  const bool is_malformed = text.ends_with("inf") || text.ends_with("nan"), is_missing = text.ends_with("in another file");
  CHECK(read.failure().code == (is_malformed ? file_error::malformed : is_missing ? file_error::not_found : file_error::scheme_mismatch));
  return text;
}
template <class Scheme>
bool same(const quantized_matrix<Scheme>& a, const quantized_matrix<Scheme>& b) {
  bool equal = a.shape() == b.shape() && std::equal(a.codes().begin(), a.codes().end(), b.codes().begin(), b.codes().end());
  for (std::size_t g = 0; equal && g < a.group_count(); ++g) {
    equal = std::bit_cast<std::uint32_t>(a.scale_at(g)) == std::bit_cast<std::uint32_t>(b.scale_at(g)) && a.zero_point_at(g) == b.zero_point_at(g);
  }
  return equal;
}

/// MatMul of DequantizeLinear of w [k = 3, n = 2].
proto dequantized(const proto& w, const proto& scales, std::initializer_list<proto> attributes = {}, std::initializer_list<proto> zero = {}) {
  proto g = graph({node("DequantizeLinear", {"w", "s", zero.size() == 0 ? "" : "z"}, "real", attributes), node("MatMul", {"x", "real"}, "y")}, {w, scales});
  for (const proto& each : zero) {
    g.message(5, each);
  }
  return model(g);
}
const proto codes = tensor("w", onnx_type::INT8, {3, 2}, {1, 2, 3, 253, 127, 128});
const proto scale = float_tensor("s", {}, {0.5f}), scales = float_tensor("s", {2}, {0.5f, -0.25f});

proto nbits(std::initializer_list<std::string_view> inputs, std::initializer_list<proto> parts) {
  proto g = graph({node("MatMulNBits", inputs, "y", {whole("K", 18), whole("N", 1), whole("block_size", 16)}, microsoft)}, {});
  for (const proto& each : parts) {
    g.message(5, each);
  }
  return model(g);
}
const proto blob = tensor("b", onnx_type::UINT8, {1, 2, 8}, {0x21, 0x43, 0x65, 0x87, 0xa9, 0xcb, 0xed, 0x0f, 0xef, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee, 0xee});
const proto block_scales = float_tensor("s", {2}, {0.5f, 2.0f});

}  // namespace

TEST_CASE("what the writer wrote comes back equal") {
  const bytes content = layers_of_every_kind().bytes();
  const onnx_file file = onnx_file::parse(content).value();
  CHECK(file.producer() == "Halftone");
  const auto compare = [&](const std::string& name, const auto& w, const std::vector<float>& bias, const std::string& value) {
    CAPTURE(name);
    using Scheme = typename std::remove_cvref_t<decltype(w)>::scheme_type;
    const onnx_node* node = file.producer_of(file.producer_of(name)->operation == "Add" ? name + "//product" : name);
    const onnx_layer layer = layer_of(file, *node).value();
    CHECK(layer.input == value);
    CHECK(same(read_matrix<Scheme>(layer).value(), w));
    if (node->operation == "Gemm") {
      CHECK(read_bias(layer).value() == bias);
    }
  };
  const char* const inputs[] = {"x", "x_int8", "x_uint8"};
  for_each_layer([&](const std::string& name, std::size_t input, const auto& w, const auto& bias) { compare(name, w, bias, inputs[input]); },
                 [&](const std::string& name, const auto& w, const auto& bias) { compare(name, w, bias, "x"); });
  const onnx_layer layer = layer_of(file, *file.producer_of("uint8_tensor")).value();
  const group_parameters p = read_parameters(layer.input_parameters).value();
  CHECK((p.scale == 0.03125f && p.zero_point == 100));
}

TEST_CASE("models of two bits, and of one row, come back equal") {
  const auto back = [](const auto& w) {
    using Scheme = typename std::remove_cvref_t<decltype(w)>::scheme_type;
    onnx_writer model;
    model.output(model.linear("y", model.input("x", w.cols()), w));
    const bytes content = model.bytes();
    const onnx_file file = onnx_file::parse(content).value();
    return same(read_matrix<Scheme>(layer_of(file, *file.producer_of("y")).value()).value(), w);
  };
  CHECK(back(some_layer<scheme<uint2, asymmetric, per_group<4>>>(3, 10)));
  CHECK(back(some_layer<scheme<int2, symmetric, per_channel<0>>>(1, 7)));
  CHECK(back(some_layer<scheme<fp4_e2m1, symmetric, per_tensor>>(5, 3)));
}

TEST_CASE("weights of MatMul are turned; a scale for each row, for each k, in blocks along both") {
  const auto rows = matrix_of<int8_rows>(layer()).value();
  CHECK(rows.shape() == matrix_shape{2, 3});
  CHECK((rows.code_at(0, 0) == 1 && rows.code_at(0, 1) == 3 && rows.code_at(0, 2) == 127 && rows.code_at(1, 1) == 253));
  CHECK((rows.scale_at(0) == 0.5f && rows.scale_at(1) == 0.25f));
  const auto with_zero = matrix_of<onnx::linear<int8, per_channel<0>>>(dequantized(codes, scales, {}, {tensor("z", onnx_type::INT8, {2}, {255, 4})})).value();
  CHECK((with_zero.zero_point_at(0) == -1 && with_zero.zero_point_at(1) == 4 && with_zero.scale_at(1) == -0.25f));
  CHECK(matrix_of<int8_tensor>(dequantized(codes, scale)).value().zero_point_at(0) == 0);
  CHECK(matrix_of<scheme<int8, symmetric, per_tensor>>(dequantized(codes, scale, {}, {tensor("z", onnx_type::INT8, {}, {0})})).value().scale_at(0) == 0.5f);
  const auto by_k = matrix_of<onnx::linear<int8, per_channel<1>>>(dequantized(codes, float_tensor("s", {3}, {1, 2, 4}), {whole("axis", 0)})).value();
  CHECK((by_k.value_at(0, 2) == 127.0f * 4 && by_k.value_at(1, 1) == -3.0f * 2));
  const auto blocks = matrix_of<onnx::linear<int8, per_group<2>>>(dequantized(codes, float_tensor("s", {2, 2}, {1, 2, 4, 8}), {whole("axis", 0), whole("block_size", 2)})).value();
  CHECK((blocks.value_at(0, 0) == 1 && blocks.value_at(1, 1) == -3.0f * 2 && blocks.value_at(0, 2) == 127.0f * 4 && blocks.value_at(1, 2) == -128.0f * 8));
  const auto across = matrix_of<onnx::linear<int8, per_block<2, 1>>>(dequantized(codes, float_tensor("s", {3, 1}, {1, 2, 4}), {whole("axis", 1), whole("block_size", 2)})).value();
  CHECK((across.value_at(1, 0) == 2 && across.value_at(1, 1) == -3.0f * 2 && across.value_at(0, 2) == 127.0f * 4));
}

TEST_CASE("weights that are floats, and weights without a scale") {
  const proto w = model({node("MatMul", {"x", "w"}, "y")}, {float_tensor("w", {3, 2}, {1, 2, 3, 4, 5, 6})});
  CHECK(matrix_of<scheme<fp32, unscaled, per_tensor>>(w).value().value_at(1, 2) == 6.0f);
  CHECK(failure_of<scheme<fp16, unscaled, per_tensor>>(w) == "onnx: tensor \"w\": its type is FLOAT, not FLOAT16");
  CHECK(failure_of<int8_tensor>(w) == "onnx: node \"MatMul\": MatMul: its weights are of another kind than the scheme");
  const auto integers = matrix_of<int8_tensor>(model({node("MatMulInteger", {"x", "w", "", "z"}, "y")}, {codes, tensor("z", onnx_type::INT8, {}, {3})})).value();
  CHECK((integers.scale_at(0) == 1.0f && integers.zero_point_at(0) == 3));
  const auto columns = matrix_of<onnx::linear<int8, per_channel<0>>>(model({node("MatMulInteger", {"x", "w", "", "z"}, "y")}, {codes, tensor("z", onnx_type::INT8, {2}, {3, 4})})).value();
  CHECK((columns.scale_at(1) == 1.0f && columns.zero_point_at(1) == 4));
  CHECK(matrix_of<scheme<int8, symmetric, per_tensor>>(model({node("MatMulInteger", {"x", "w"}, "y")}, {codes})).value().scale_at(0) == 1.0f);
}

TEST_CASE("MatMulNBits: without zero points, with integers, with floats") {
  const auto levels = matrix_of<onnx::mat_mul_nbits<4, 16>>(nbits({"x", "b", "s"}, {blob, block_scales})).value();
  CHECK((levels.value_at(0, 0) == -3.5f && levels.value_at(0, 15) == -4.0f && levels.value_at(0, 16) == 14.0f && levels.value_at(0, 17) == 12.0f));
  using with_zero = onnx::mat_mul_nbits_with_zero_points<4, 16>;
  CHECK(matrix_of<with_zero>(nbits({"x", "b", "s"}, {blob, block_scales})).value().value_at(0, 0) == -3.5f);  // the middle code
  const proto zeros = tensor("z", onnx_type::UINT8, {1}, {0x51});
  CHECK(matrix_of<with_zero>(nbits({"x", "b", "s", "z"}, {blob, block_scales, zeros})).value().value_at(0, 16) == 20.0f);
  const proto reals = float_tensor("z", {1, 2}, {0.5f, 1.5f});
  using with_floats = onnx::mat_mul_nbits_with_float_zero_points<4, 16>;
  CHECK(matrix_of<with_floats>(nbits({"x", "b", "s", "z"}, {blob, block_scales, reals})).value().value_at(0, 0) == 0.25f);
  using half = onnx::mat_mul_nbits<4, 16, stored_as<fp16>>;
  const proto halves = tensor("s", onnx_type::FLOAT16, {2}, {0, 0x38, 0, 0x40});
  CHECK(matrix_of<half>(nbits({"x", "b", "s"}, {blob, halves})).value().value_at(0, 16) == 14.0f);
  CHECK(matrix_of<onnx::mat_mul_nbits<4, 16>>(nbits({"x", "b", "s"}, {blob, halves})).value().value_at(0, 16) == 14.0f);

  const std::string node = "onnx: node \"MatMulNBits\": MatMulNBits: ";
  CHECK(failure_of<half>(nbits({"x", "b", "s"}, {blob, block_scales})) == "onnx: tensor \"s\": its type is FLOAT, not FLOAT16");
  CHECK(failure_of<onnx::mat_mul_nbits<4, 32>>(nbits({"x", "b", "s"}, {blob, block_scales})) == node + "4 bits in blocks of 16, not 4 in blocks of 32");
  CHECK(failure_of<onnx::mat_mul_nbits<2, 16>>(nbits({"x", "b", "s"}, {blob, block_scales})) == node + "4 bits in blocks of 16, not 2 in blocks of 16");
  CHECK(failure_of<onnx::mat_mul_nbits<4, 16>>(nbits({"x", "b", "s", "z"}, {blob, block_scales, zeros})) == node + "zero points, other than the scheme");
  CHECK(failure_of<with_zero>(nbits({"x", "b", "s", "z"}, {blob, block_scales, reals})) == node + "zero points that are floats, other than the scheme");
  CHECK(failure_of<with_floats>(nbits({"x", "b", "s"}, {blob, block_scales})) == node + "no zero points, other than the scheme");
  CHECK(failure_of<with_floats>(nbits({"x", "b", "s", "z"}, {blob, block_scales, zeros})) == node + "zero points, other than the scheme");
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(failure_of<with_floats>(nbits({"x", "b", "s", "z"}, {blob, block_scales, float_tensor("z", {2}, {1, infinity})})) == "onnx: tensor \"z\": zero point 1 is inf");
  CHECK(failure_of<onnx::mat_mul_nbits<4, 16>>(nbits({"x", "b", "s"}, {blob, float_tensor("s", {2}, {-infinity, 1})})) == "onnx: tensor \"s\": scale 0 is -inf");
  CHECK(failure_of<int8_tensor>(nbits({"x", "b", "s"}, {blob, block_scales})) == node + "its weights are of another kind than the scheme");
  using narrow = scheme<integer<4, signedness::is_signed, code_range::narrow>, symmetric, per_group<16>>;
  CHECK(failure_of<narrow>(nbits({"x", "b", "s"}, {blob, block_scales})) == "onnx: tensor \"b\": weight 15 of the matrix is -8, which the scheme leaves out");
}

TEST_CASE("MatMulBnb4") {
  const auto made = [](std::uint64_t type, const proto& maxima) {
    return model({node("MatMulBnb4", {"x", "b", "s"}, "y", {whole("K", 3), whole("N", 6), whole("block_size", 16), whole("quant_type", static_cast<std::int64_t>(type))}, microsoft)},
                 {tensor("b", onnx_type::UINT8, {9}, {0xf0, 0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xff}), maxima});
  };
  const proto maxima = float_tensor("s", {2}, {2.0f, 4.0f});
  const auto q = matrix_of<onnx::bnb4_nf4<16>>(made(1, maxima)).value();
  CHECK((q.value_at(0, 0) == 2.0f && q.value_at(0, 1) == -2.0f && q.code_at(0, 2) == 1 && q.value_at(5, 2) == 4.0f));
  CHECK(matrix_of<onnx::bnb4_fp4<16>>(made(0, maxima)).value().code_at(1, 0) == 2);
  const std::string node = "onnx: node \"MatMulBnb4\": MatMulBnb4: ";
  CHECK(failure_of<onnx::bnb4_fp4<16>>(made(1, maxima)) == node + "nf4 in blocks of 16, not fp4 in blocks of 16");
  CHECK(failure_of<onnx::bnb4_nf4<32>>(made(1, maxima)) == node + "nf4 in blocks of 16, not nf4 in blocks of 32");
  CHECK(failure_of<onnx::bnb4_nf4<16>>(made(1, float_tensor("s", {2}, {2.0f, std::numeric_limits<float>::quiet_NaN()}))) == "onnx: tensor \"s\": scale 1 is nan");
}

TEST_CASE("what is no such matrix is refused") {
  const std::string node = "onnx: node \"MatMul\": MatMul: ";
  CHECK(failure_of<onnx::linear<uint8>>(dequantized(codes, scale)) == "onnx: tensor \"w\": its type is INT8, not UINT8");
  CHECK(failure_of<int8_tensor>(dequantized(codes, scales)) == node + "2 scales along n in blocks of 0, not per_tensor");
  CHECK(failure_of<int8_rows>(dequantized(codes, scale)) == node + "1 scale in blocks of 0, not per_channel<0>");
  CHECK(failure_of<onnx::linear<int8, per_channel<1>>>(dequantized(codes, scales)) == node + "2 scales along n in blocks of 0, not per_channel<1>");
  const proto blocks = dequantized(codes, float_tensor("s", {2, 2}, {1, 2, 4, 8}), {whole("axis", 0), whole("block_size", 2)});
  CHECK(failure_of<onnx::linear<int8, per_group<4>>>(blocks) == node + "4 scales along k in blocks of 2, not per_group<4>");
  CHECK(failure_of<onnx::linear<int8, per_block<2, 1>>>(blocks) == node + "4 scales along k in blocks of 2, not per_block<2,1>");
  CHECK(failure_of<scheme<int8, symmetric, per_tensor>>(dequantized(codes, scale, {}, {tensor("z", onnx_type::INT8, {}, {7})})) ==
        "onnx: tensor \"z\": zero point 0 has code 7; the scheme has none");
  CHECK(failure_of<int8_tensor>(dequantized(codes, float_tensor("s", {}, {std::numeric_limits<float>::quiet_NaN()}))) == "onnx: tensor \"s\": scale 0 is nan");
  using narrow = scheme<int8_narrow, symmetric, per_tensor>;
  CHECK(failure_of<narrow>(dequantized(codes, scale)) == "onnx: tensor \"w\": weight 5 of the matrix is -128, which the scheme leaves out");
  CHECK(failure_of<scheme<int8_narrow, asymmetric, per_tensor>>(dequantized(tensor("w", onnx_type::INT8, {1, 1}, {1}), scale, {}, {tensor("z", onnx_type::INT8, {}, {128})})) ==
        "onnx: tensor \"z\": zero point 0 is -128, which the scheme leaves out");
}

TEST_CASE("external data of a model that is in memory are not there") {
  const auto external = [](std::string_view name, onnx_type type, std::initializer_list<std::uint64_t> dims) {
    return tensor(name, type, dims).number(14, 1).message(13, proto().text(1, "location").text(2, "weights"));
  };
  const auto message = [](const char* name) { return "onnx: tensor \"" + std::string(name) + "\": its data are in another file"; };
  CHECK(failure_of<int8_tensor>(dequantized(external("w", onnx_type::INT8, {3, 2}), scale)) == message("w"));
  CHECK(failure_of<int8_tensor>(dequantized(codes, external("s", onnx_type::FLOAT, {}))) == message("s"));
  CHECK(failure_of<int8_tensor>(dequantized(codes, scale, {}, {external("z", onnx_type::INT8, {})})) == message("z"));
  CHECK(failure_of<scheme<fp32, unscaled, per_tensor>>(model({node("MatMul", {"x", "w"}, "y")}, {external("w", onnx_type::FLOAT, {1, 2})})) == message("w"));
  CHECK(failure_of<onnx::mat_mul_nbits<4, 16>>(nbits({"x", "b", "s"}, {external("b", onnx_type::UINT8, {16}), block_scales})) == message("b"));
  CHECK(failure_of<onnx::mat_mul_nbits_with_zero_points<4, 16>>(nbits({"x", "b", "s", "z"}, {blob, block_scales, external("z", onnx_type::UINT8, {1})})) == message("z"));
  CHECK(failure_of<onnx::mat_mul_nbits_with_float_zero_points<4, 16>>(nbits({"x", "b", "s", "z"}, {blob, block_scales, external("z", onnx_type::FLOAT, {2})})) == message("z"));
  const proto bnb4 = model({node("MatMulBnb4", {"x", "b", "s"}, "y", {whole("K", 3), whole("N", 6), whole("block_size", 16), whole("quant_type", 1)}, microsoft)},
                           {external("b", onnx_type::UINT8, {9}), float_tensor("s", {2}, {1, 1})});
  CHECK(failure_of<onnx::bnb4_nf4<16>>(bnb4) == message("b"));
}
