// SPDX-License-Identifier: MIT
// Halftone tests: constants of ONNX models as numbers, parameters and biases.
#include <halftone/io/onnx_numbers.hpp>

#include "onnx_builder.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace halftone;
using namespace halftone_test;
using namespace halftone_test::onnx_parts;

namespace {

/// The sentence of a failure, whose code is that of such sentences.
template <class T>
std::string sentence_of(const result<T>& read) {
  REQUIRE(!read);
  const std::string& text = read.failure().text;
  const bool is_missing = text.find("no constant scale") != std::string::npos || text.find("in another file") != std::string::npos;
  const bool is_malformed = text.find("scale 0 is ") != std::string::npos;
  CHECK(read.failure().code == (is_missing ? file_error::not_found : is_malformed ? file_error::malformed : file_error::scheme_mismatch));
  return text;
}

/// What `read` makes of a constant.
template <class Read>
auto of(const proto& tensor, const Read& read) {
  const bytes content = constant(tensor).file();
  const onnx_file file = onnx_file::parse(content).value();
  return read(file.tensors()[0]);
}
template <class T>
auto numbers_of(const proto& tensor) {
  return of(tensor, [](const onnx_tensor& t) { return read_numbers<T>(t); });
}

/// Parameters of the constants s and z, of which either may be missing.
result<group_parameters> parameters_of(std::initializer_list<proto> tensors) {
  const bytes content = model({}, tensors).file();
  const onnx_file file = onnx_file::parse(content).value();
  return read_parameters({file.find("s"), file.find("z")});
}
std::string parameters_failure(std::initializer_list<proto> tensors) { return sentence_of(parameters_of(tensors)); }

/// The bias of a Gemm of weights [2, 3]; through DequantizeLinear if `parts` hold "s".
result<std::vector<float>> bias_of(const proto& bias, std::initializer_list<proto> parts = {}) {
  proto g = graph({node("DequantizeLinear", {"b", "s", "z"}, "real"), node("Gemm", {"x", "w", parts.size() == 0 ? "b" : "real"}, "y", {whole("transB", 1)})},
                  {float_tensor("w", {2, 3}, {1, 2, 3, 4, 5, 6}), bias});
  for (const proto& each : parts) {
    g.message(5, each);
  }
  const bytes content = model(g).file();
  const onnx_file file = onnx_file::parse(content).value();
  return read_bias(layer_of(file, file.nodes()[1]).value());
}
std::string external_message(std::string_view name) { return "onnx: tensor \"" + std::string(name) + "\": its data are in another file"; }
proto external(std::string_view name, onnx_type type, std::initializer_list<std::uint64_t> dims) {
  return tensor(name, type, dims).number(14, 1).message(13, proto().text(1, "location").text(2, "weights"));
}

}  // namespace

TEST_CASE("numbers of constants, whatever holds them") {
  CHECK(numbers_of<float>(float_tensor("t", {2}, {1.5f, -2.0f})).value() == std::vector<float>{1.5f, -2.0f});
  CHECK(numbers_of<float>(tensor("t", onnx_type::FLOAT16, {2}, {0, 0x3c, 0, 0xc0})).value() == std::vector<float>{1.0f, -2.0f});
  CHECK(numbers_of<float>(tensor("t", onnx_type::BFLOAT16, {1}, {0x80, 0x3f})).value() == std::vector<float>{1.0f});
  CHECK(numbers_of<float>(tensor("t", onnx_type::BFLOAT16, {1}).number(5, 0x3f80)).value() == std::vector<float>{1.0f});
  CHECK(numbers_of<std::int32_t>(tensor("t", onnx_type::INT32, {2}, {1, 0, 0, 0, 254, 255, 255, 255})).value() == std::vector<std::int32_t>{1, -2});
  CHECK(numbers_of<std::int64_t>(tensor("t", onnx_type::INT64, {1}).number(7, ~std::uint64_t{4})).value() == std::vector<std::int64_t>{-5});
  CHECK(numbers_of<float>(tensor("t", onnx_type::FLOAT, {0})).value().empty());
  CHECK(sentence_of(numbers_of<float>(tensor("t", onnx_type::INT8, {1}, {1}))) == "onnx: tensor \"t\": its type is INT8, not FLOAT");
  CHECK(sentence_of(numbers_of<std::int64_t>(tensor("t", onnx_type::INT8, {1}, {1}))) == "onnx: tensor \"t\": its type is INT8, not INT64");
  CHECK(sentence_of(numbers_of<std::int32_t>(tensor("t", onnx_type::INT64, {0}))) == "onnx: tensor \"t\": its type is INT64, not INT32");
  CHECK(sentence_of(numbers_of<float>(external("t", onnx_type::FLOAT, {1}))) == external_message("t"));
  CHECK(sentence_of(numbers_of<std::int32_t>(external("t", onnx_type::INT32, {1}))) == external_message("t"));
}

TEST_CASE("parameters of activations") {
  const proto scale = float_tensor("s", {}, {0.5f});
  CHECK(parameters_of({scale}).value().zero_point == 0);
  CHECK(parameters_of({float_tensor("s", {1}, {0.25f})}).value().scale == 0.25f);
  CHECK(parameters_of({scale, tensor("z", onnx_type::INT8, {}, {0x80})}).value().zero_point == -128);
  CHECK(parameters_of({scale, tensor("z", onnx_type::UINT8, {}, {0x80})}).value().zero_point == 128);
  CHECK(parameters_of({scale, tensor("z", onnx_type::INT16, {}, {0, 0x80})}).value().zero_point == -32768);
  CHECK(parameters_of({scale, tensor("z", onnx_type::UINT16, {1}, {0, 0x80})}).value().zero_point == 32768);
  CHECK(parameters_failure({}) == "onnx: the value has no constant scale");
  CHECK(parameters_failure({tensor("s", onnx_type::INT8, {}, {1})}) == "onnx: tensor \"s\": its type is INT8, not FLOAT");
  CHECK(parameters_failure({float_tensor("s", {2}, {1, 1})}) == "onnx: tensor \"s\": 2 scales, or zero points, not 1");
  CHECK(parameters_failure({scale, tensor("z", onnx_type::INT8, {2}, {1, 2})}) == "onnx: tensor \"s\": 1 scales, or zero points, not 1");
  for (const auto& [wrong, text] : {std::pair(0.0f, "0"), std::pair(-1.0f, "-1"), std::pair(std::numeric_limits<float>::infinity(), "inf")}) {
    CHECK(parameters_failure({float_tensor("s", {}, {wrong})}) == "onnx: tensor \"s\": scale 0 is " + std::string(text));
  }
  CHECK(parameters_failure({scale, tensor("z", onnx_type::INT4, {}, {1})}) == "onnx: tensor \"z\": a zero point of type INT4");
  CHECK(parameters_failure({scale, external("z", onnx_type::INT8, {})}) == external_message("z"));
}

TEST_CASE("biases, as floats and through DequantizeLinear") {
  const proto codes = tensor("b", onnx_type::INT32, {2}, {4, 0, 0, 0, 253, 255, 255, 255});
  const proto scale = float_tensor("s", {}, {0.5f}), zero = tensor("z", onnx_type::INT32, {}, {0, 0, 0, 0});
  CHECK(bias_of(float_tensor("b", {2}, {1, 2})).value() == std::vector<float>{1, 2});
  CHECK(bias_of(codes, {scale}).value() == std::vector<float>{2.0f, -1.5f});
  CHECK(bias_of(codes, {float_tensor("s", {2}, {0.5f, 2.0f}), zero}).value() == std::vector<float>{2.0f, -6.0f});
  CHECK(sentence_of(bias_of(float_tensor("b", {3}, {1, 2, 3}))) == "onnx: tensor \"b\": 3 biases for 2 rows");
  CHECK(sentence_of(bias_of(codes)) == "onnx: tensor \"b\": its type is INT32, not FLOAT");
  CHECK(sentence_of(bias_of(float_tensor("b", {2}, {1, 2}), {scale})) == "onnx: tensor \"b\": its type is FLOAT, not INT32");
  CHECK(sentence_of(bias_of(codes, {tensor("s", onnx_type::INT32, {}, {0, 0, 0, 0})})) == "onnx: tensor \"s\": its type is INT32, not FLOAT");
  CHECK(sentence_of(bias_of(codes, {float_tensor("s", {3}, {1, 2, 3})})) == "onnx: tensor \"b\": 3 scales for 2 biases");
  CHECK(sentence_of(bias_of(codes, {scale, tensor("z", onnx_type::INT8, {}, {0})})) == "onnx: tensor \"z\": its type is INT8, not INT32");
  CHECK(sentence_of(bias_of(codes, {scale, tensor("z", onnx_type::INT32, {}, {1, 0, 0, 0})})) == "onnx: tensor \"z\": zero points of biases that are not 0");
  const bytes content = layer().file();
  const onnx_file file = onnx_file::parse(content).value();
  CHECK(read_bias(layer_of(file, file.nodes()[1]).value()).value().empty());
}
