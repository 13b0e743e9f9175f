// SPDX-License-Identifier: MIT
// Halftone tests: what an .onnx file gives out: constants of every kind of data, nodes, external data.
#include <halftone/io/onnx_file.hpp>

#include "onnx_builder.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone_test;
using namespace halftone_test::onnx_parts;

namespace {

/// The bytes of a constant.
bytes bytes_of_constant(const proto& tensor) {
  const bytes content = constant(tensor).file();
  const onnx_file file = onnx_file::parse(content).value();
  const onnx_content read = content_of(file.tensors()[0]).value();
  return {read.bytes().begin(), read.bytes().end()};
}

}  // namespace

TEST_CASE("a model, part by part") {
  const bytes content = layer().file();
  const onnx_file file = onnx_file::parse(content).value();
  CHECK(file.ir_version() == 10);
  CHECK(file.producer() == "a test");
  CHECK(file.graph_name() == "graph");
  CHECK((file.operator_sets().size() == 2 && file.operator_sets()[0].domain.empty() && file.operator_sets()[0].version == 21));
  CHECK((file.operator_sets()[1].domain == "com.microsoft" && file.operator_sets()[1].version == 1));
  CHECK((file.inputs().size() == 1 && file.inputs()[0] == "x" && file.outputs().size() == 1 && file.outputs()[0] == "y"));
  REQUIRE(file.tensors().size() == 2);
  const onnx_tensor& codes = file.tensors()[0];
  CHECK(codes.name == "codes");
  CHECK(codes.type == onnx_type::INT8);
  CHECK((codes.rank == 2 && codes.dims()[0] == 3 && codes.dims()[1] == 2 && codes.count() == 6 && codes.size == 6));
  CHECK((!codes.is_external && codes.raw.data() >= content.data() && codes.raw.size() == 6));
  CHECK(file.find("scales") == &file.tensors()[1]);
  CHECK(file.find("w") == nullptr);
  CHECK(file.find("") == nullptr);
  REQUIRE(file.nodes().size() == 2);
  const onnx_node& made = file.nodes()[0];
  CHECK((made.operation == "DequantizeLinear" && made.name == "DequantizeLinear" && made.domain.empty()));
  CHECK((made.is("DequantizeLinear") && !made.is("DequantizeLinear", "com.microsoft") && !made.is("MatMul")));
  CHECK((made.input(1) == "scales" && made.input(2).empty()));
  CHECK((made.attribute("axis") != nullptr && made.attribute("axis")->integer == 1 && made.attribute("block_size") == nullptr));
  CHECK(made.attribute("axis")->type == onnx_attribute::kind::integer);
  CHECK(file.producer_of("w") == &made);
  CHECK(file.producer_of("x") == nullptr);
  CHECK(file.consumer_of("w") == &file.nodes()[1]);
  CHECK(file.consumer_of("y") == nullptr);
}

TEST_CASE("attributes of every kind, and operators of a spelled out domain") {
  const bytes content = model({node("A", {"a", "", "a"}, "y", {real_number("f", -0.5f), proto().text(1, "s").text(4, "text").number(20, 3),
                                                               proto().text(1, "list").numbers(8, {1, 2}).number(20, 7), whole("i", -7)}, "ai.onnx")}, {}).file();
  const onnx_file file = onnx_file::parse(content).value();
  const onnx_node& node = file.nodes()[0];
  CHECK(node.is("A"));
  CHECK((node.attribute("f")->real == -0.5f && node.attribute("f")->type == onnx_attribute::kind::real));
  CHECK((node.attribute("s")->text == "text" && node.attribute("s")->type == onnx_attribute::kind::text));
  CHECK(node.attribute("list")->type == onnx_attribute::kind::other);
  CHECK(node.attribute("i")->integer == -7);
  CHECK(node.inputs.size() == 3);
  CHECK(file.consumer_of("a") == nullptr);  // twice
}

TEST_CASE("data of a constant: raw bytes, and numbers of every field") {
  CHECK(bytes_of_constant(tensor("t", onnx_type::UINT16, {2}, {1, 2, 3, 4})) == bytes{1, 2, 3, 4});
  CHECK(bytes_of_constant(tensor("t", onnx_type::INT8, {3}).numbers(5, {~std::uint64_t{0}, 0, 127})) == bytes{255, 0, 127});
  CHECK(bytes_of_constant(tensor("t", onnx_type::INT8, {3}).number(5, ~std::uint64_t{0}).number(5, 5).number(5, 6)) == bytes{255, 5, 6});
  CHECK(bytes_of_constant(tensor("t", onnx_type::UINT16, {1}).numbers(5, {0x1234})) == bytes{0x34, 0x12});
  CHECK(bytes_of_constant(tensor("t", onnx_type::FLOAT16, {2}).numbers(5, {48128, 15360})) == bytes{0, 0xbc, 0, 0x3c});
  CHECK(bytes_of_constant(tensor("t", onnx_type::INT4, {3}).numbers(5, {15, 1})) == bytes{15, 1});
  CHECK(bytes_of_constant(tensor("t", onnx_type::UINT2, {3}).number(5, 19)) == bytes{19});
  CHECK(bytes_of_constant(tensor("t", onnx_type::FLOAT8E4M3FN, {1}).number(5, 184)) == bytes{184});
  CHECK(bytes_of_constant(tensor("t", onnx_type::INT32, {1}).numbers(5, {0xffffffff80000000})) == bytes{0, 0, 0, 0x80});
  CHECK(bytes_of_constant(tensor("t", onnx_type::INT64, {1}).numbers(7, {~std::uint64_t{1}})) == bytes{254, 255, 255, 255, 255, 255, 255, 255});
  CHECK(bytes_of_constant(tensor("t", onnx_type::UINT32, {1}).numbers(11, {0xfedcba98})) == bytes{0x98, 0xba, 0xdc, 0xfe});
  CHECK(bytes_of_constant(tensor("t", onnx_type::FLOAT, {2}).floats(4, {1.0f, -2.0f})) == bytes{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0});
  CHECK(bytes_of_constant(tensor("t", onnx_type::FLOAT, {2}).raw({0x25, 0, 0, 0x80, 0x3f}).floats(4, {-2.0f})) == bytes{0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0});
  CHECK(bytes_of_constant(tensor("t", onnx_type::DOUBLE, {1}).content(10, {1, 2, 3, 4, 5, 6, 7, 8})) == bytes{1, 2, 3, 4, 5, 6, 7, 8});
  CHECK(bytes_of_constant(tensor("t", onnx_type::COMPLEX64, {1}).floats(4, {1.0f, -2.0f})).size() == 8);
  CHECK(bytes_of_constant(tensor("t", onnx_type::INT8, {0, 5})).empty());
  CHECK(bytes_of_constant(tensor("t", onnx_type::FLOAT, {0})).empty());
}

TEST_CASE("texts are counted in no way") {
  const bytes content = constant(tensor("t", onnx_type::STRING, {2}).text(6, "a").text(6, "b")).file();
  const onnx_file file = onnx_file::parse(content).value();
  CHECK(content_of(file.tensors()[0]).failure().code == file_error::not_found);
  CHECK(content_of(file.tensors()[0]).failure().text == "onnx: tensor \"t\": texts are not read");
}

TEST_CASE("tensors of nodes Constant are constants") {
  const bytes content = model({node("Constant", {}, "c", {proto().text(1, "value").message(5, tensor("inner", onnx_type::INT8, {1}, {9}))}),
                               node("Constant", {}, "d", {real_number("value_float", 1.0f)})}, {}).file();
  const onnx_file file = onnx_file::parse(content).value();
  REQUIRE(file.find("c") != nullptr);
  CHECK(file.find("c")->raw[0] == 9);
  CHECK(file.find("inner") == nullptr);
  CHECK(file.find("d") == nullptr);
  CHECK(file.nodes().size() == 1);
}

TEST_CASE("external data lie beside the model") {
  const temporary_folder folder;
  const auto model_of = [](std::string_view location, std::string_view offset, const char* length) {
    proto t = tensor("t", onnx_type::INT8, {4}).number(14, 1).message(13, proto().text(1, "location").text(2, location));
    t.message(13, proto().text(1, "offset").text(2, offset)).message(13, proto().text(1, "checksum").text(2, "x"));
    return constant(length == nullptr ? t : t.message(13, proto().text(1, "length").text(2, length))).file();
  };
  std::filesystem::create_directory(folder / "data");
  write_file(folder / "data/weights", {0, 1, 2, 3, 4, 5});
  const std::string path = folder / "model.onnx";
  for (const char* const length : {static_cast<const char*>(nullptr), "4"}) {
    write_file(path, model_of("data/weights", "2", length));
    const onnx_file file = onnx_file::open(path).value();
    const onnx_tensor& t = *file.find("t");
    CHECK((t.is_external && t.location == "data/weights" && t.external_offset == 2));
    CHECK(bytes(t.raw.begin(), t.raw.end()) == bytes{2, 3, 4, 5});
    CHECK(content_of(t).value().bytes()[0] == 2);
  }
  write_file(path, model_of("data/weights", "3", nullptr));
  CHECK(onnx_file::open(path).failure().code == file_error::bad_extent);
  CHECK(onnx_file::open(path).failure().text == "onnx: tensor \"t\": 4 bytes at 3 of \"data/weights\", which has 6");
  write_file(path, model_of("data/weights", "18446744073709551615", nullptr));
  CHECK(onnx_file::open(path).failure().code == file_error::bad_extent);
  write_file(path, model_of("nothing", "0", nullptr));
  CHECK(onnx_file::open(path).failure().code == file_error::cannot_open);
  const bytes content = model_of("data/weights", "0", nullptr);
  const onnx_file in_memory = onnx_file::parse(content).value();
  CHECK(content_of(in_memory.tensors()[0]).failure().text == "onnx: tensor \"t\": its data are in another file");
  CHECK(onnx_file::open(folder / "no.onnx").failure().code == file_error::cannot_open);
  write_file(path, {1, 2, 3});
  CHECK(onnx_file::open(path).failure().text.starts_with("onnx: "));
}

TEST_CASE("a file may be moved") {
  const temporary_folder folder;
  write_file(folder / "model.onnx", layer().file());
  onnx_file first = onnx_file::open(folder / "model.onnx").value();
  const onnx_file second = std::move(first);
  CHECK(second.find("codes")->raw[3] == 253);
  CHECK(second.nodes()[1].operation == "MatMul");
}
