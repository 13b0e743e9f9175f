// SPDX-License-Identifier: MIT
// Halftone tests: which type examples/convert picks within a budget, and its sentences where there is none.
#include "sources.hpp"

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

std::size_t target(std::string_view name) {
  return static_cast<std::size_t>(std::ranges::find(convert::target_names, name) - convert::target_names.begin());
}

}  // namespace

TEST_CASE("the type within a budget is the one of the least measured error among those that a target accepts") {
  const temporary_folder folder;
  const convert::model_file model(write_floats(folder / "from.safetensors", {{16, 256}}));
  const convert::source_tensor& tensor = *model.find("layer0.weight");
  std::size_t chosen = 0;
  for (std::size_t f = 0; f < convert::format_names.size(); ++f) {
    for (std::size_t t = 0; t < convert::target_names.size(); ++t) {
      for (const double bits : {2.7, 4.25, 4.6, 8.6, 33.0}) {
        CAPTURE(convert::format_names[f]);
        CAPTURE(convert::target_names[t]);
        CAPTURE(bits);
        const convert::wanted want{.format = static_cast<file_format>(f), .bits = bits, .target = t};
        double least = std::numeric_limits<double>::infinity();
        for (const convert::layer_type* type : convert::layer_types()) {
          if (type->format == want.format && type->why_not[t].empty() && type->bits(tensor.shape()) <= bits) {
            least = std::min(least, type->convert(tensor, *type, {}).error.relative_mse);
          }
        }
        if (least == std::numeric_limits<double>::infinity()) {
          const std::string text = why([&] { static_cast<void>(convert::choose(tensor, want)); });
          CHECK(text.find("tensor \"layer0.weight\" has no type of at most ") == 0);
          continue;
        }
        const convert::layer_type& type = convert::choose(tensor, want);
        CHECK(type.why_not[t].empty());
        CHECK(type.bits(tensor.shape()) <= bits);
        CHECK(type.convert(tensor, type, {}).error.relative_mse == least);
        ++chosen;
      }
    }
  }
  CHECK(chosen > 40);
}

TEST_CASE("refusals say which tensor and why, type by type") {
  const temporary_folder folder;
  const std::string from = write_floats(folder / "from.safetensors", {{6, 96}});
  const auto refused = [&](const convert::wanted& want) { return why([&] { static_cast<void>(converted(from, want, folder / ("to" + ending_of(want.format)))); }); };
  CHECK(refused({.format = file_format::bitsandbytes, .bits = 4.2}) ==
        "tensor \"layer0.weight\" has no type of at most 4.2 bits in bitsandbytes:\n  nf4_g64: 4.5 bits\n  nf4_g64_nested: "
        "4.236111111111111 bits\n  fp4_g64: 4.5 bits\n  int8_rows: 8.333333333333334 bits");
  CHECK(refused({.format = file_format::awq, .bits = 8.0, .target = target("llama_cpp")}) ==
        "tensor \"layer0.weight\" has no type of at most 8 bits in awq for llama_cpp:\n"
        "  uint4_g32: llama.cpp: no block format of ggml has this element with this equation, group and storage; rows are whole blocks\n"
        "  uint4_g64: llama.cpp: no block format of ggml has this element with this equation, group and storage; rows are whole blocks\n"
        "  uint4_g128: llama.cpp: no block format of ggml has this element with this equation, group and storage; rows are whole blocks");
  CHECK(refused({.format = file_format::awq, .bits = 8.0}) ==
        "tensor \"layer0.weight\" has no type of at most 8 bits in awq:\n  uint4_g32: 6 rows, no multiple of 8\n"
        "  uint4_g64: 6 rows, no multiple of 8\n  uint4_g128: 6 rows, no multiple of 8");
  CHECK(refused({.format = file_format::gptq, .type = &type_of(file_format::gptq, "uint4_g128")}) ==
        "tensor \"layer0.weight\" cannot be uint4_g128: rows of 96 weights are no whole groups of 128");
  CHECK(refused({.format = file_format::gguf, .type = &type_of(file_format::gguf, "Q4_K")}) ==
        "tensor \"layer0.weight\" cannot be Q4_K: a row of 96 weights is no whole number of blocks of 256");
  CHECK(refused({.format = file_format::onnx, .type = &type_of(file_format::onnx, "uint4_g32"), .target = target("tensorrt")}) ==
        "tensor \"layer0.weight\" cannot be uint4_g32: TensorRT: elements are int8, fp8 e4m3, int4 and fp4 e2m1");
  CHECK(folder.size() == 1);
}

TEST_CASE("matrices that stay as they are") {
  const temporary_folder folder;
  safetensors_writer writer;
  const auto add = [&](const std::string& name, std::vector<std::uint64_t> shape) {
    std::size_t count = 1;
    for (const std::uint64_t extent : shape) {
      count *= static_cast<std::size_t>(extent);
    }
    writer.add(name, safetensors_type::F32, std::move(shape), bytes_of_floats(some_weights(3, count)));
  };
  add("embed.weight", {8, 64});
  add("conv.weight", {8, 2, 32});
  add("table", {8, 64});
  add("vector.weight", {64});
  add("one.weight", {1, 64});
  add("layer.weight", {8, 64});
  writer.add("ids", safetensors_type::I64, {2}, std::vector<std::uint8_t>(16));
  const std::string from = folder / "from.safetensors";
  REQUIRE(writer.write(from).has_value());
  const auto matrices = [&](convert::wanted want) {
    want.kept = {"embed"};
    const auto outcomes = converted(from, want, folder / ("to" + ending_of(want.format)));
    std::string names;
    for (const convert::outcome& each : outcomes) {
      names += each.matrix ? each.name + " " : "";
    }
    if (want.format != file_format::onnx) {
      CHECK_NOTHROW(convert::verify(convert::model_file(from), want, outcomes, folder / ("to" + ending_of(want.format))));
    }
    return names;
  };
  CHECK(matrices({.format = file_format::safetensors, .type = &type_of(file_format::safetensors, "int8_g32")}) == "conv.weight layer.weight table ");
  CHECK(matrices({.format = file_format::gptq, .type = &type_of(file_format::gptq, "uint4_g32")}) == "layer.weight ");
  CHECK(matrices({.format = file_format::onnx, .type = &type_of(file_format::onnx, "int8_rows")}) == "layer.weight ");
  CHECK(why([&] { static_cast<void>(matrices({.type = &type_of(file_format::gguf, "Q8_0")})); }) ==
        "tensor \"ids\" is of type I64, which GGUF files do not get");
}
