// SPDX-License-Identifier: MIT
// Halftone tests: what a .tflite file gives out, of files made here and by the schema of ai-edge-litert.
#include <halftone/io/tflite_file.hpp>
#include <halftone/io/tflite_weights.hpp>

#include "tflite_builder.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone_test;

namespace {

std::string golden(const std::string& name) { return HALFTONE_SOURCE_DIR "/tests/io/tflite_golden/" + name + ".tflite"; }

std::string failure_of(const flat_builder& builder, file_error code = file_error::malformed) {
  const bytes content = builder.file();
  const result<tflite_file> file = tflite_file::parse(content);
  REQUIRE(file);
  const result<tflite_layer> layer = file.value().fully_connected(0);
  REQUIRE(!layer);
  CHECK(layer.failure().code == code);
  CHECK(layer.failure().offset != 0);
  return layer.failure().text;
}

}  // namespace

TEST_CASE("a layer, tensor by tensor") {
  const bytes content = layer_file().file();
  const tflite_file file = tflite_file::parse(content).value();
  CHECK(file.description() == "a layer");
  CHECK(file.graph_count() == 1);
  CHECK(file.graph_name(0) == "main");
  CHECK(file.tensor_count() == 4);
  CHECK(file.operator_count() == 1);
  CHECK((file.inputs().size() == 1 && file.inputs()[0] == 0 && file.outputs().size() == 1 && file.outputs()[0] == 3));
  const tflite_tensor w = file.tensor(1);
  CHECK(w.name == "w");
  CHECK(w.type == tflite_type::INT8);
  CHECK((w.rank == 2 && w.dims()[0] == 2 && w.dims()[1] == 3));
  CHECK(bytes(w.bytes.begin(), w.bytes.end()) == bytes{1, 2, 3, 253, 127, 128});
  CHECK(w.quantization.size() == 2);
  CHECK(w.quantization.scale(1) == 0.25f);
  CHECK(w.quantization.zero_point(1) == 0);
  CHECK(!w.quantization.has_details());
  CHECK(file.tensor(0).quantization.zero_point(0) == -1);
  CHECK(file.tensor(3).quantization.zero_point(0) == 0);  // none in the file
  CHECK(file.tensor(0).bytes.empty());
  CHECK(file.find("b") == 2);
  CHECK(!file.find("c"));
  const tflite_operator op = file.operation(0);
  CHECK((op.code == 9 && op.version == 4 && op.custom_code.empty()));
  const tflite_layer layer = file.fully_connected(0).value();
  CHECK((layer.input == 0 && layer.weights == 1 && layer.bias == 2u && layer.output == 3));
  CHECK(layer.fused == tflite::fused_activation::relu);
}

TEST_CASE("constants behind the FlatBuffer, and operators of other kinds") {
  const bytes content = float_file().file();
  const tflite_file file = tflite_file::parse(content).value();
  CHECK(file.tensor(0).bytes.data() == content.data() + content.size() - 4);
  CHECK(file.tensor(0).type == tflite_type::FLOAT16);
  CHECK(file.fully_connected(0).failure().code == file_error::not_found);
  CHECK(file.fully_connected(0).failure().text == "tflite: operator 0 has code 6, not FULLY_CONNECTED");
  CHECK(file.graph_name(0).empty());
}

TEST_CASE("a layer that lacks something is refused when it is asked for") {
  CHECK(failure_of(layer_file().set("op.i", 1, 4)) == "tflite: operator 0: FULLY_CONNECTED has 1 inputs and 1 outputs, or lacks one of them");
  CHECK(failure_of(layer_file().set("op.o", 0, 4)) == "tflite: operator 0: FULLY_CONNECTED has 3 inputs and 0 outputs, or lacks one of them");
  for (const char* const entry : {"op.i[0]", "op.i[1]", "op.o[0]"}) {
    CHECK(failure_of(layer_file().set(entry, 0xffffffff, 4)).find("or lacks one of them") != std::string::npos);
  }
  CHECK(failure_of(layer_file().set("op/3", 7, 1)) == "tflite: operator 0: options of type 7, not FullyConnectedOptions");
  CHECK(failure_of(layer_file().set("op.f/0", 4, 1), file_error::unknown_type) == "tflite: operator 0: fused activation 4 is not known");
  CHECK(failure_of(layer_file().set("op.f/0", 255, 1), file_error::unknown_type) == "tflite: operator 0: fused activation -1 is not known");
  CHECK(failure_of(layer_file().set("op.f/1", 1, 1), file_error::unknown_type) == "tflite: operator 0: format of weights 1 is not known");
  CHECK(failure_of(layer_file().set("op/4", 0, 4)) == "tflite: operator 0: its options has offset 0");
  bytes content = layer_file().set("op.i[2]", 0xffffffff, 4).drop("op", 4).file();
  const tflite_layer layer = tflite_file::parse(content).value().fully_connected(0).value();
  CHECK(!layer.bias);
  CHECK(layer.fused == tflite::fused_activation::none);
  content = layer_file().set("op.i", 2, 4).file();
  CHECK(!tflite_file::parse(content).value().fully_connected(0).value().bias);
}

TEST_CASE("what is behind the last is refused") {
  const bytes content = layer_file().file();
  const tflite_file file = tflite_file::parse(content).value();
  CHECK_THROWS_WITH_AS((void)file.tensor(4), doctest::Contains("tensor 4 of 4"), halftone::error);
  CHECK_THROWS_WITH_AS((void)file.operation(1), doctest::Contains("operator 1 of 1"), halftone::error);
  CHECK_THROWS_WITH_AS((void)file.graph_name(1), doctest::Contains("graph 1 of 1"), halftone::error);
  const bytes smallest = smallest_file().file();
  CHECK(tflite_file::parse(smallest).value().graph_count() == 0);
}

TEST_CASE("files on the disk") {
  const temporary_folder folder;
  write_file(folder / "m.tflite", layer_file().file());
  tflite_file file = tflite_file::open(folder / "m.tflite").value();
  const tflite_file moved = std::move(file);
  CHECK(moved.tensor(1).name == "w");
  CHECK(tflite_file::open(folder / "none").failure().code == file_error::cannot_open);
  write_file(folder / "empty", {});
  CHECK(tflite_file::open(folder / "empty").failure().code == file_error::truncated);
}

TEST_CASE("constants behind 2 GiB and 4 GiB") {
  if constexpr (sizeof(std::size_t) == 8) {
    const temporary_folder folder;
    for (const std::uint64_t place : {std::uint64_t{0x80000000}, std::uint64_t{0x140000008}}) {
      const std::string path = folder / "large.tflite";
      flat_builder f = float_file();
      write_file(path, f.set("half/1", place, 8).file());
      std::filesystem::resize_file(path, place);  // zeros that take no room on the disk
      std::ofstream(path, std::ios::binary | std::ios::app).write("\x00\x3e\x00\xc0", 4);
      const tflite_file file = tflite_file::open(path).value();
      const auto q = read_matrix<tflite::float16_weights>(file.tensor(0)).value();
      CHECK((q.value_at(0, 0) == 1.5f && q.value_at(0, 1) == -2.0f));
      write_file(path, f.set("half/2", 5, 8).file());
      std::filesystem::resize_file(path, place + 4);
      CHECK(tflite_file::open(path).failure().code == file_error::bad_extent);
    }
  }
}

TEST_CASE("files of ai-edge-litert's schema") {
  const tflite_file dense = tflite_file::open(golden("dense")).value();
  const tflite_layer layer = dense.fully_connected(0).value();
  CHECK(layer.fused == tflite::fused_activation::relu6);
  CHECK(dense.tensor(layer.weights).name == "weights");
  CHECK(dense.tensor(layer.weights).quantization.size() == 3);
  CHECK(dense.tensor(*layer.bias).type == tflite_type::INT32);
  CHECK(dense.operation(0).version == 4);
  const tflite_file nibbles = tflite_file::open(golden("nibbles")).value();
  CHECK(nibbles.tensor(nibbles.fully_connected(0).value().weights).type == tflite_type::INT4);
  const tflite_file half = tflite_file::open(golden("half")).value();
  CHECK(half.operation(0).code == 6);
  CHECK(half.tensor(static_cast<std::size_t>(half.operation(0).inputs[0])).type == tflite_type::FLOAT16);
  CHECK(half.fully_connected(1).value().weights == 2);
}
