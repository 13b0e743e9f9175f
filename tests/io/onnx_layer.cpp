// SPDX-License-Identifier: MIT
// Halftone tests: where the weights of every operator are, and what is no layer.
#include <halftone/io/onnx_layer.hpp>

#include "onnx_builder.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone_test;
using namespace halftone_test::onnx_parts;

namespace {

constexpr const char* microsoft = "com.microsoft";
using kind = onnx_layer::kind;

/// The last node of a model as a layer; the file lives until the next call.
result<onnx_layer> last_layer(const proto& made) {
  static bytes content;
  static onnx_file file;
  content = made.file();
  file = onnx_file::parse(content).value();
  return layer_of(file, file.nodes().back());
}
/// What each refusal says, whatever the numbers in it; the first that fits.
constexpr std::pair<file_error, const char*> codes_of_sentences[] = {
    {file_error::not_found, "no product by weights"},  {file_error::not_found, "constant"},
    {file_error::scheme_mismatch, "transposed"},       {file_error::scheme_mismatch, "are no matrix"},
    {file_error::malformed, "scales along axis"},      {file_error::bad_extent, "not 1 or "},
    {file_error::bad_extent, " dimensions, not ["},    {file_error::malformed, ", weights of type"},
    {file_error::scheme_mismatch, "g_idx"},            {file_error::scheme_mismatch, "packed for one device"},
    {file_error::bad_extent, " bytes of type "},       {file_error::bad_extent, " scales"},
    {file_error::bad_extent, " bytes for "},           {file_error::bad_extent, " zero points of type "},
    {file_error::unknown_type, "quant_type"},          {file_error::malformed, ": weights ["},
    {file_error::malformed, ": blocks of "},           {file_error::malformed, " bits"},
    {file_error::scheme_mismatch, ", not 1"},          {file_error::scheme_mismatch, " dimensions"},
};
std::string failure_of(const proto& made) {
  const result<onnx_layer> layer = last_layer(made);
  REQUIRE(!layer);
  CHECK(layer.failure().offset == made.at("node"));
  const std::string& text = layer.failure().text;
  CAPTURE(text);
  const auto* const found = std::find_if(std::begin(codes_of_sentences), std::end(codes_of_sentences),
                                         [&](const auto& each) { return text.find(each.second) != std::string::npos; });
  REQUIRE(found != std::end(codes_of_sentences));
  CHECK(layer.failure().code == found->first);
  return text;
}

const proto codes = tensor("w", onnx_type::INT8, {3, 2}, {1, 2, 3, 4, 5, 6});
const proto scale = float_tensor("s", {}, {0.5f}), column_scales = float_tensor("s", {2}, {0.5f, 0.25f});
const proto zero = tensor("z", onnx_type::INT8, {}, {7}), column_zeros = tensor("z", onnx_type::INT8, {2}, {7, 8});

/// MatMul of DequantizeLinear of codes.
proto dequantized(std::initializer_list<proto> attributes, const proto& scales, const proto& zeros = zero, const proto& w = codes) {
  return model({node("DequantizeLinear", {"w", "s", "z"}, "real", attributes), node("MatMul", {"x", "real"}, "y")}, {w, scales, zeros});
}
proto nbits(std::initializer_list<proto> attributes, std::initializer_list<std::string_view> inputs = {"x", "b", "s"}) {
  return model({node("MatMulNBits", inputs, "y", attributes, microsoft)},
               {tensor("b", onnx_type::UINT8, {2, 3, 8}, bytes(48)), float_tensor("s", {6}, {1, 1, 1, 1, 1, 1}),
                tensor("z", onnx_type::UINT8, {4}, {1, 2, 3, 4}), float_tensor("fz", {2, 3}, {1, 1, 1, 1, 1, 1}),
                tensor("short", onnx_type::UINT8, {3}, {1, 2, 3}), float_tensor("few", {5}, {1, 1, 1, 1, 1})});
}
proto bnb4(std::initializer_list<proto> attributes, const char* b = "b", const char* s = "s") {
  return model({node("MatMulBnb4", {"x", b, s}, "y", attributes, microsoft)},
               {tensor("b", onnx_type::UINT8, {18}, bytes(18)), float_tensor("s", {3}, {1, 1, 1}), tensor("i8", onnx_type::INT8, {18}, bytes(18)),
                float_tensor("s2", {2}, {1, 1})});
}

}  // namespace

TEST_CASE("MatMul and Gemm, of floats and of codes") {
  const onnx_layer floats = last_layer(model({node("MatMul", {"x", "w"}, "y")}, {float_tensor("w", {3, 2}, {1, 2, 3, 4, 5, 6})})).value();
  CHECK((floats.form == kind::floats && floats.shape == matrix_shape{2, 3} && floats.order == onnx::tensor_order::k_by_n));
  CHECK((floats.input == "x" && floats.output == "y" && floats.bias == nullptr && floats.parameters.scale == nullptr));

  const onnx_layer one = last_layer(dequantized({}, scale)).value();
  CHECK((one.form == kind::codes && one.weights->name == "w" && one.parameters.scale->name == "s" && one.parameters.zero_point->name == "z"));
  CHECK((one.block == 0 && one.node->operation == "MatMul"));
  CHECK(!last_layer(dequantized({}, column_scales, column_zeros)).value().along_k);  // axis 1 of [k, n]
  CHECK(!last_layer(dequantized({whole("axis", -1)}, column_scales, column_zeros)).value().along_k);
  const proto by_k = float_tensor("s", {3}, {1, 2, 3}), zeros_by_k = tensor("z", onnx_type::INT8, {3}, {1, 2, 3});
  CHECK(last_layer(dequantized({whole("axis", 0)}, by_k, zeros_by_k)).value().along_k);
  CHECK(last_layer(dequantized({whole("axis", -2)}, by_k, zeros_by_k)).value().along_k);
  const onnx_layer blocks = last_layer(dequantized({whole("axis", 0), whole("block_size", 2)}, float_tensor("s", {2, 2}, {1, 2, 3, 4}),
                                                   tensor("z", onnx_type::INT8, {2, 2}, {1, 2, 3, 4}))).value();
  CHECK((blocks.along_k && blocks.block == 2));
  const onnx_layer across = last_layer(dequantized({whole("axis", 1), whole("block_size", 2)}, float_tensor("s", {3, 1}, {1, 2, 3}),
                                                   tensor("z", onnx_type::INT8, {3, 1}, {1, 2, 3}))).value();
  CHECK((!across.along_k && across.block == 2));

  const onnx_layer gemm = last_layer(model(
      {node("DequantizeLinear", {"xq", "xs", "xz"}, "xr"), node("DequantizeLinear", {"w", "s"}, "real", {}, microsoft),
       node("DequantizeLinear", {"c", "cs"}, "bias"), node("QuantizeLinear", {"y", "ys", "yz"}, "yq"),
       node("Gemm", {"xr", "real", "bias"}, "y", {whole("transB", 1), real_number("alpha", 1.0f), real_number("beta", 1.0f)})},
      {codes, scale, float_tensor("xs", {}, {1}), tensor("xz", onnx_type::INT8, {}, {1}), tensor("c", onnx_type::INT32, {3}, bytes(12)),
       float_tensor("cs", {}, {1}), float_tensor("ys", {}, {1}), tensor("yz", onnx_type::INT8, {}, {1})})).value();
  CHECK((gemm.order == onnx::tensor_order::n_by_k && gemm.shape == matrix_shape{3, 2}));
  CHECK((gemm.bias->name == "c" && gemm.bias_parameters.scale->name == "cs" && gemm.bias_parameters.zero_point == nullptr));
  CHECK((gemm.input_parameters.scale->name == "xs" && gemm.input_parameters.zero_point->name == "xz"));
  CHECK((gemm.output_parameters.scale->name == "ys" && gemm.output_parameters.zero_point->name == "yz"));
}

TEST_CASE("operators of integers") {
  const proto plain = model({node("MatMulInteger", {"x", "w", "xz", "z"}, "y")}, {codes, zero, tensor("xz", onnx_type::UINT8, {}, {1})});
  const onnx_layer sums = last_layer(plain).value();
  CHECK((sums.form == kind::codes && sums.parameters.scale == nullptr && sums.parameters.zero_point->name == "z"));
  CHECK(sums.input_parameters.zero_point->name == "xz");
  for (const bool turned : {false, true}) {  // what quantize_dynamic makes
    const proto dynamic = model({node("Mul", {turned ? "s" : "xs", turned ? "xs" : "s"}, "factor"), node("Cast", {"sums"}, "float"),
                                 node("Mul", {turned ? "factor" : "float", turned ? "float" : "factor"}, "y"), node("MatMulInteger", {"x", "w"}, "sums")},
                                {codes, scale});
    CHECK(last_layer(dynamic).value().parameters.scale->name == "s");
  }
  const proto others[] = {model({node("Cast", {"sums"}, "y"), node("MatMulInteger", {"x", "w"}, "sums")}, {codes}),
                          model({node("Mul", {"sums", "s"}, "y"), node("MatMulInteger", {"x", "w"}, "sums")}, {codes, scale}),
                          model({node("Cast", {"sums"}, "f"), node("Add", {"f", "s"}, "y"), node("MatMulInteger", {"x", "w"}, "sums")}, {codes, scale}),
                          model({node("Cast", {"sums"}, "f"), node("Mul", {"f", "s"}, "y"), node("MatMulInteger", {"x", "w"}, "sums")}, {codes, scale})};
  for (const proto& other : others) {
    CHECK(last_layer(other).value().parameters.scale == nullptr);
  }
  const std::initializer_list<proto> all = {codes, scale, zero, float_tensor("xs", {}, {1}), tensor("xz", onnx_type::UINT8, {}, {1}),
                                            float_tensor("ys", {}, {1}), tensor("yz", onnx_type::UINT8, {}, {1}), tensor("c", onnx_type::INT32, {2}, bytes(8))};
  for (const char* const domain : {"", microsoft}) {
    const onnx_layer qlinear = last_layer(model({node("QLinearMatMul", {"x", "xs", "xz", "w", "s", "z", "ys", "yz"}, "y", {}, domain)}, all)).value();
    CHECK((qlinear.parameters.scale->name == "s" && qlinear.parameters.zero_point->name == "z" && qlinear.input_parameters.scale->name == "xs"));
    CHECK((qlinear.output_parameters.scale->name == "ys" && qlinear.output_parameters.zero_point->name == "yz"));
  }
  const onnx_layer qgemm = last_layer(model({node("QGemm", {"x", "xs", "xz", "w", "s", "z", "c", "ys", "yz"}, "y", {whole("transB", 1)}, microsoft)}, all)).value();
  CHECK((qgemm.shape == matrix_shape{3, 2} && qgemm.bias->name == "c" && qgemm.output_parameters.zero_point->name == "yz"));
  const onnx_layer dynamic = last_layer(model({node("DynamicQuantizeMatMul", {"x", "w", "s", "z", "c"}, "y", {}, microsoft)}, all)).value();
  CHECK((dynamic.shape == matrix_shape{2, 3} && dynamic.bias->name == "c" && dynamic.parameters.zero_point->name == "z"));
  const onnx_layer to_float = last_layer(model({node("MatMulIntegerToFloat", {"x", "w", "xs", "s", "xz", "z", "c"}, "y", {}, microsoft)}, all)).value();
  CHECK((to_float.parameters.scale->name == "s" && to_float.parameters.zero_point->name == "z" && to_float.input_parameters.scale->name == "xs"));
  CHECK((to_float.input_parameters.zero_point->name == "xz" && to_float.bias->name == "c"));
}

TEST_CASE("MatMulNBits and MatMulBnb4") {
  const onnx_layer four = last_layer(nbits({whole("K", 40), whole("N", 2), whole("block_size", 16)}, {"x", "b", "s", "z", "", "few"})).value();
  CHECK((four.form == kind::nbits && four.bits == 4 && four.block == 16 && four.shape == matrix_shape{2, 40} && four.along_k));
  CHECK((four.parameters.zero_point->name == "z" && four.bias->name == "few"));
  const onnx_layer floats =
      last_layer(nbits({whole("K", 40), whole("N", 2), whole("block_size", 16), whole("bits", 4)}, {"x", "b", "s", "fz"})).value();
  CHECK(floats.parameters.zero_point->type == onnx_type::FLOAT);
  const onnx_layer nf4 = last_layer(bnb4({whole("K", 7), whole("N", 5), whole("block_size", 16), whole("quant_type", 1)})).value();
  CHECK((nf4.form == kind::bnb4 && nf4.is_nf4 && nf4.block == 16 && nf4.shape == matrix_shape{5, 7}));
  CHECK(!last_layer(bnb4({whole("K", 7), whole("N", 5), whole("block_size", 16), whole("quant_type", 0), whole("transB", 1)})).value().is_nf4);
}

TEST_CASE("what is no layer is refused, each with its sentence") {
  CHECK(failure_of(model({node("Relu", {"x"}, "y")}, {})) == "onnx: node \"Relu\": Relu: no product by weights that is read");
  CHECK(failure_of(model({node("MatMulNBits", {"x"}, "y")}, {})).ends_with("no product by weights that is read"));  // of ONNX's own domain
  CHECK(failure_of(model({node("MatMul", {"x", "w"}, "y")}, {})) == "onnx: node \"MatMul\": MatMul: its weights \"w\" are no constant");
  CHECK(failure_of(model({node("Relu", {"w"}, "r"), node("MatMul", {"x", "r"}, "y")}, {codes})).ends_with("its weights \"r\" are no constant"));
  CHECK(failure_of(model({node("DequantizeLinear", {"a", "s"}, "r"), node("MatMul", {"x", "r"}, "y")}, {scale})).ends_with("its weights \"r\" are no constant"));
  CHECK(failure_of(model({node("DequantizeLinear", {"w", "s"}, "r"), node("MatMul", {"x", "r"}, "y")}, {codes})).ends_with("the parameters of its weights are no constants"));
  CHECK(failure_of(model({node("DequantizeLinear", {"w", "s", "z"}, "r"), node("MatMul", {"x", "r"}, "y")}, {codes, scale})).ends_with("the parameters of its weights are no constants"));
  CHECK(failure_of(model({node("Gemm", {"x", "w", "c"}, "y")}, {codes})).ends_with("its bias \"c\" is no constant"));
  CHECK(failure_of(model({node("Gemm", {"x", "w"}, "y", {whole("transA", 1)})}, {codes})).ends_with("its input is transposed"));
  CHECK(failure_of(model({node("Gemm", {"x", "w"}, "y", {real_number("alpha", 0.5f)})}, {codes})).ends_with("alpha is 0.5, not 1"));
  CHECK(failure_of(model({node("Gemm", {"x", "w"}, "y", {real_number("beta", 0.0f)})}, {codes})).ends_with("beta is 0, not 1"));
  CHECK(failure_of(model({node("MatMul", {"x", "w"}, "y")}, {float_tensor("w", {2}, {1, 2})})).ends_with("weights of 1 dimensions"));
  CHECK(failure_of(model({node("MatMul", {"x", "w"}, "y")}, {float_tensor("w", {0, 2}, {})})).ends_with("weights [0, 2] of FLOAT are no matrix"));
  CHECK(failure_of(model({node("MatMul", {"x", "w"}, "y")}, {tensor("w", onnx_type::STRING, {1, 2})})).ends_with("weights [1, 2] of STRING are no matrix"));
  CHECK(failure_of(model({node("MatMul", {"x", "w"}, "y")}, {tensor("w", onnx_type::INT8, {0x3fffffff, 0x3fffffff}).number(14, 1).message(13, proto().text(1, "location").text(2, "w"))}))
            .ends_with("are no matrix"));
  CHECK(failure_of(dequantized({whole("axis", 2)}, scale)).ends_with("its weights have scales along axis 2 in blocks of 0"));
  CHECK(failure_of(dequantized({whole("axis", -3)}, scale)).ends_with("its weights have scales along axis -3 in blocks of 0"));
  CHECK(failure_of(dequantized({whole("block_size", -1)}, scale)).ends_with("its weights have scales along axis 1 in blocks of -1"));
  CHECK(failure_of(dequantized({whole("axis", 0)}, column_scales, column_zeros)).ends_with("2 scales, not 1 or 3"));
  CHECK(failure_of(dequantized({whole("axis", 0), whole("block_size", 2)}, column_scales, column_zeros)).ends_with("2 scales in 1 dimensions, not [2, 2]"));
  CHECK(failure_of(dequantized({whole("axis", 0), whole("block_size", 2)}, float_tensor("s", {1, 2}, {1, 2}))).ends_with("2 scales in 2 dimensions, not [2, 2]"));
  CHECK(failure_of(dequantized({whole("axis", 0), whole("block_size", 2)}, float_tensor("s", {2, 1}, {1, 2}))).ends_with("2 scales in 2 dimensions, not [2, 2]"));
  CHECK(failure_of(dequantized({}, column_scales)).ends_with("1 zero points for 2 scales"));
  CHECK(failure_of(dequantized({}, scale, tensor("z", onnx_type::UINT8, {}, {1}))).ends_with("zero points of type UINT8, weights of type INT8"));
  CHECK(failure_of(model({node("MatMulInteger", {"x", "w", "", "z"}, "y")}, {codes, tensor("z", onnx_type::INT8, {3}, {1, 2, 3})})).ends_with("3 zero points, not 1 or 2"));
  CHECK(failure_of(model({node("MatMulInteger", {"x", "w"}, "y")}, {})).ends_with("its weights \"w\" are no constant"));
  CHECK(failure_of(model({node("MatMulInteger", {"x", "w", "", "z"}, "y")}, {codes})).ends_with("its zero points \"z\" are no constant"));
  CHECK(failure_of(model({node("DynamicQuantizeMatMul", {"x", "w", "s"}, "y", {}, microsoft)}, {codes})).ends_with("its scales \"s\" are no constant"));
}

TEST_CASE("sizes of MatMulNBits and MatMulBnb4 that do not go together are refused") {
  const proto k = whole("K", 40), n = whole("N", 2), block = whole("block_size", 16);
  CHECK(failure_of(nbits({n, block})).ends_with("weights [2, 0]"));
  CHECK(failure_of(nbits({k, whole("N", -1), block})).ends_with("weights [-1, 40]"));
  CHECK(failure_of(nbits({k, whole("N", 0x80000000), block})).ends_with("weights [2147483648, 40]"));
  CHECK(failure_of(nbits({whole("K", 0x80000000), n, block})).ends_with("weights [2, 2147483648]"));
  CHECK(failure_of(nbits({k, n})).ends_with("blocks of 0"));
  CHECK(failure_of(nbits({k, n, whole("block_size", 8)})).ends_with("blocks of 8"));
  CHECK(failure_of(nbits({k, n, whole("block_size", 24)})).ends_with("blocks of 24"));
  CHECK(failure_of(nbits({k, n, whole("block_size", 0x80000000)})).ends_with("blocks of 2147483648"));
  CHECK(failure_of(nbits({k, n, block, whole("bits", 3)})).ends_with("3 bits"));
  CHECK(failure_of(nbits({k, n, block}, {"x", "b", "s", "", "z"})).ends_with("g_idx, an order of the weights, is not read"));
  CHECK(failure_of(nbits({k, n, block, whole("weight_prepacked", 1)})).ends_with("weights that are packed for one device are not read"));
  CHECK(failure_of(nbits({k, n, block, whole("bits", 8)})).ends_with("weights of 48 bytes of type UINT8 for [2, 40] in blocks of 16"));
  CHECK(failure_of(nbits({whole("K", 0x7fffffff), whole("N", 0x7fffffff), block})).find("weights of 48 bytes") != std::string::npos);
  CHECK(failure_of(nbits({k, n, block}, {"x", "s", "s"})).ends_with("weights of 24 bytes of type FLOAT for [2, 40] in blocks of 16"));
  CHECK(failure_of(nbits({k, n, block}, {"x", "b", "few"})).ends_with("5 scales for 6 blocks"));
  CHECK(failure_of(nbits({k, n, block}, {"x", "b", "s", "short"})).ends_with("zero points of 3 bytes for 2 rows of 3 blocks"));
  CHECK(failure_of(nbits({k, n, block}, {"x", "b", "s", "few"})).ends_with("5 zero points of type FLOAT for 6 blocks"));
  CHECK(failure_of(nbits({k, n, block}, {"x", "b", "s", "none"})).ends_with("its zero points \"none\" are no constant"));
  const proto k7 = whole("K", 7), n5 = whole("N", 5), nf4 = whole("quant_type", 1);
  CHECK(failure_of(bnb4({k7, n5, block})).ends_with("quant_type -1 is not known"));
  CHECK(failure_of(bnb4({k7, n5, block, whole("quant_type", 2)})).ends_with("quant_type 2 is not known"));
  CHECK(failure_of(bnb4({k7, n5, block, nf4, whole("transB", 0)})).ends_with("weights that are not transposed are not read"));
  CHECK(failure_of(bnb4({k7, whole("N", 6), block, nf4})).ends_with("weights of 18 bytes of type UINT8 for [6, 7] in blocks of 16"));
  CHECK(failure_of(bnb4({k7, n5, block, nf4}, "i8")).ends_with("weights of 18 bytes of type INT8 for [5, 7] in blocks of 16"));
  CHECK(failure_of(bnb4({k7, n5, block, nf4}, "b", "s2")).ends_with("2 scales for 3 blocks"));
}
