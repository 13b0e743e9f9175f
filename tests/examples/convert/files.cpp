// SPDX-License-Identifier: MIT
// Halftone tests: files that examples/convert reads and writes: several at once, interrupted, and in how much memory.
#include "examples/convert/output.hpp"
#include "allocation_peak.hpp"
#include "sources.hpp"

#include <fstream>
#include <limits>

using namespace halftone;
using namespace halftone_test;
using convert::file_format;

namespace {

std::string why(const auto& call) {
  try {
    call();
  } catch (const error& e) {
    return e.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("an interrupted conversion leaves the old file, and nothing beside it") {
  const temporary_folder folder;
  safetensors_writer writer;
  std::vector<float> bad = some_weights(1, 8 * 256);
  writer.add("a.weight", safetensors_type::F32, {8, 256}, bytes_of_floats(bad));
  bad[700] = std::numeric_limits<float>::quiet_NaN();
  writer.add("b.weight", safetensors_type::F32, {8, 256}, bytes_of_floats(bad));
  const std::string from = folder / "from.safetensors";
  REQUIRE(writer.write(from).has_value());
  for (const auto& each : {std::pair(file_format::safetensors, "int4_g32"), std::pair(file_format::bitsandbytes, "nf4_g64"),
                                     std::pair(file_format::gptq, "uint4_g128"), std::pair(file_format::onnx, "int4_g32"),
                                     std::pair(file_format::tflite, "int8_rows")}) {
    const file_format format = each.first;
    const std::string name = each.second;
    CAPTURE(name);
    const std::string to = folder / ("to" + ending_of(format));
    std::ofstream(to) << "old";
    const std::size_t before = folder.size();
    const std::string text = why([&] { static_cast<void>(converted(from, {.format = format, .type = &type_of(format, name)}, to)); });
    CHECK(text.find("tensor \"b.weight\": ") == 0);
    CHECK(contents_of(to) == std::vector<std::uint8_t>{'o', 'l', 'd'});
    CHECK(folder.size() == before);
  }
  const convert::wanted own{.format = file_format::safetensors, .type = &type_of(file_format::safetensors, "float16")};
  CHECK(why([&] { static_cast<void>(converted(from, own, "/no/such/folder/to.safetensors")); }).find("cannot create \"/no/such/folder/to.safetensors.layers-") == 0);
  // A budget finds out before anything is written.
  CHECK(why([&] { static_cast<void>(converted(from, {.format = file_format::gptq, .bits = 4.3}, folder / "none.safetensors")); })
            .find("tensor \"b.weight\" has no type of at most 4.3 bits in gptq:") == 0);
}

TEST_CASE("a checkpoint in several files: a layer may lie in two of them") {
  const temporary_folder folder;
  const std::string whole = folder / "whole.safetensors";
  const std::string floats = write_floats(folder / "from.safetensors", {{8, 256}, {16, 256}});
  const convert::wanted gptq{.format = file_format::gptq, .type = &type_of(file_format::gptq, "uint4_g32")};
  static_cast<void>(converted(floats, gptq, whole));
  const std::string model = folder / "model";
  std::filesystem::create_directory(model);
  {
    const safetensors_file file = safetensors_file::open(whole).value();
    safetensors_writer first, second;
    std::string map;
    std::size_t i = 0;
    for (const safetensors_tensor& tensor : file.tensors()) {
      (++i % 2 == 0 ? first : second).add(tensor.name, tensor.type, tensor.shape, tensor.bytes);
      map += std::string(map.empty() ? "" : ",") + "\"" + tensor.name + "\":\"" + (i % 2 == 0 ? "1" : "2") + ".safetensors\"";
    }
    REQUIRE(first.write(model + "/1.safetensors").has_value());
    REQUIRE(second.write(model + "/2.safetensors").has_value());
    std::ofstream(model + "/model.safetensors.index.json") << "{\"metadata\":{},\"weight_map\":{" << map << "}}";
  }
  const convert::wanted to{.type = &type_of(file_format::gguf, "Q8_0")};
  for (const std::string& from : {model, model + "/model.safetensors.index.json"}) {
    const auto outcomes = converted(from, to, folder / "to.gguf");
    CHECK(outcomes.size() == 4);
    for (const convert::outcome& each : outcomes) {
      CHECK(each.report.exact);
    }
    CHECK_NOTHROW(convert::verify(convert::model_file(whole), to, outcomes, folder / "to.gguf"));
  }
  std::filesystem::remove(model + "/2.safetensors");
  CHECK(why([&] { static_cast<void>(converted(model, to, folder / "to.gguf")); }).find("2.safetensors") != std::string::npos);
  CHECK(why([&] { static_cast<void>(converted(folder / "nothing", to, folder / "to.gguf")); }).find("nothing") != std::string::npos);
}

TEST_CASE("memory is one layer's, however many there are: rows alone for GGUF") {
  const temporary_folder folder;
  constexpr matrix_shape shape{64, 1024};
  const std::string one = write_floats(folder / "one.safetensors", {shape});
  const std::string eight = write_floats(folder / "eight.safetensors", {shape, shape, shape, shape, shape, shape, shape, shape});
  constexpr std::size_t floats = 4 * shape.rows * shape.cols;
  for (const auto& each :
       {std::tuple(file_format::gguf, "Q4_0", std::size_t{64 << 10}), std::tuple(file_format::gguf, "Q8_0", std::size_t{64 << 10}),
        std::tuple(file_format::safetensors, "int4_g32", 3 * floats), std::tuple(file_format::gptq, "uint4_g128", 3 * floats),
        std::tuple(file_format::bitsandbytes, "nf4_g64", 3 * floats), std::tuple(file_format::compressed_tensors, "int8_rows", 3 * floats)}) {
    const file_format format = std::get<0>(each);
    const std::string name = std::get<1>(each);
    CAPTURE(name);
    const auto peak_of = [&](const std::string& from) {
      const std::size_t before = restart_peak();
      static_cast<void>(converted(from, {.format = format, .type = &type_of(format, name)}, folder / ("to" + ending_of(format))));
      return peak() - before;
    };
    const std::size_t a = peak_of(one), b = peak_of(eight);
    CHECK(a <= std::get<2>(each));
    CHECK(b <= a + (32 << 10));  // names and lists
  }
}
