// SPDX-License-Identifier: MIT
// Halftone tests: every type that examples/convert writes is read back with equal values; what it keeps exactly, and what it refuses.
#include "sources.hpp"

#include <halftone/format/onnx/schemes.hpp>
#include <halftone/format/tensorrt/schemes.hpp>
#include <halftone/io/onnx_writer.hpp>
#include <halftone/io/tflite_file.hpp>
#include <halftone/io/tflite_weights.hpp>
#include <halftone/quantize/compare.hpp>
#include <halftone/quantize/quantize.hpp>

#include <cmath>

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

TEST_CASE("every type of GGUF and safetensors files is read back, and errors are those that were reported") {
  const temporary_folder folder;
  const std::string from = write_floats(folder / "from.safetensors", {{16, 256}, {8, 512}});
  std::size_t count = 0;
  for (const convert::layer_type* type : convert::layer_types()) {
    if (type->format == file_format::onnx || type->format == file_format::tflite) {
      continue;
    }
    CAPTURE(convert::name_of(type->format));
    CAPTURE(type->name);
    const convert::wanted want{.format = type->format, .type = type};
    const std::string to = folder / ("to" + ending_of(type->format));
    const auto outcomes = converted(from, want, to);
    REQUIRE(outcomes.size() == 4);
    for (const convert::outcome& each : outcomes) {
      CHECK(each.matrix == each.name.ends_with(".weight"));
      CHECK(each.copied == (!each.matrix || type->name == "F32"));
      CHECK(each.report.exact == each.copied);
      CHECK((each.copied || each.report.error.relative_mse < 0.5));
    }
    CHECK_NOTHROW(convert::verify(convert::model_file(from), want, outcomes, to));
    ++count;
    // The same type once more is a copy, and into floats nothing is lost.
    const auto again = converted(to, want, folder / ("again" + ending_of(type->format)));
    const bool told = type->format != file_format::gptq || type->name != "int4_g128";  // files do not tell these from uint4_g128
    for (const convert::outcome& each : again) {
      CHECK(each.report.exact);
      CHECK((each.copied || !told || type->name == "int8_g128" || each.from == "F8_E4M3" || each.to == "F32" || each.from == each.to));
    }
    const convert::wanted floats{.type = &type_of(file_format::gguf, "F32")};
    for (const convert::outcome& each : converted(to, floats, folder / "floats.gguf")) {
      CHECK(each.report.exact);
    }
  }
  CHECK(count == 52);
}

TEST_CASE("shapes that a type has no place for are refused with the tensor's name; all others are written") {
  const temporary_folder folder;
  for (const convert::layer_type* type : convert::layer_types()) {
    CAPTURE(convert::name_of(type->format));
    CAPTURE(type->name);
    const convert::wanted want{.format = type->format, .type = type};
    const std::string to = folder / ("to" + ending_of(type->format));
    const std::string from = write_floats(folder / "odd.safetensors", {{5, 37}});
    const std::string reason = type->refuses({5, 37});
    if (reason.empty()) {
      const auto outcomes = converted(from, want, to);
      if (type->format != file_format::onnx && type->format != file_format::tflite) {
        CHECK_NOTHROW(convert::verify(convert::model_file(from), want, outcomes, to));
      }
    } else {
      CHECK(why([&] { static_cast<void>(converted(from, want, to)); }) ==
            "tensor \"layer0.weight\" cannot be " + std::string(type->name) + ": " + reason);
    }
  }
}

TEST_CASE("a .tflite file holds the numbers of the library's own matrices") {
  const temporary_folder folder;
  const std::string from = write_floats(folder / "from.safetensors", {{6, 40}});
  const std::vector<float> w = some_weights(1, 6 * 40);
  const auto compare_with = [&]<class Scheme>(std::string_view name, Scheme) {
    const std::string to = folder / "to.tflite";
    const auto outcomes = converted(from, {.format = file_format::tflite, .type = &type_of(file_format::tflite, name)}, to);
    REQUIRE(outcomes.size() == 2);
    CHECK(outcomes[0].to.empty());  // the bias is a part of its layer
    const auto file = tflite_file::open(to);
    REQUIRE(file.has_value());
    const auto at = file.value().find("layer0/weights");
    REQUIRE(at.has_value());
    const auto q = read_matrix<Scheme>(file.value().tensor(*at));
    REQUIRE(q.has_value());
    CHECK(compare(matrix_view<const float>(w.data(), 6, 40), q.value()).max_error == outcomes[1].report.error.max_error);
    CHECK(file.value().find("layer0/bias").has_value());
  };
  compare_with("float32", tflite::float32_weights{});
  compare_with("float16", tflite::float16_weights{});
  compare_with("int8_rows", tflite::weights<>{});
  compare_with("int4_rows", tflite::weights<int4>{});
}

TEST_CASE("an .onnx file is what onnx_writer makes of the library's own matrices") {
  const temporary_folder folder;
  const std::string from = write_floats(folder / "from.safetensors", {{6, 256}});
  const std::vector<float> w = some_weights(1, 6 * 256), bias = some_weights(101, 6);
  const auto compare_with = [&]<class Scheme>(std::string_view name, Scheme, const auto& add) {
    const std::string to = folder / "to.onnx";
    static_cast<void>(converted(from, {.format = file_format::onnx, .type = &type_of(file_format::onnx, name)}, to));
    onnx_writer model;
    const std::size_t x = model.input("layer0.input", 256);
    model.output(add(model, x, quantize<Scheme>({w.data(), 6, 256})));
    CHECK(contents_of(to) == model.bytes());
  };
  const auto linear = [&](onnx_writer& model, std::size_t x, const auto& q) { return model.linear("layer0", x, q, bias); };
  const auto nbits = [&](onnx_writer& model, std::size_t x, const auto& q) { return model.mat_mul_nbits("layer0", x, q, bias); };
  compare_with("int8_rows", tensorrt::qdq_int8<>{}, linear);
  compare_with("fp8_rows", tensorrt::qdq_fp8<per_channel<0>>{}, linear);
  compare_with("int4_g128", tensorrt::int4_blocks_onnx<128>{}, linear);
  compare_with("uint4_g32", onnx::mat_mul_nbits_with_zero_points<4, 32>{}, nbits);
  compare_with("int4_g32", onnx::mat_mul_nbits<4, 32>{}, nbits);
  compare_with("uint8_g32", onnx::mat_mul_nbits_with_zero_points<8, 32>{}, nbits);
}

namespace {

struct step {
  file_format from_format;
  std::string_view from;
  file_format to_format;
  std::string_view to;
};

// docs/convert.md has this table.
const step exact_steps[] = {
    {file_format::gguf, "Q4_0", file_format::gguf, "Q8_0"},
    {file_format::gguf, "Q4_0", file_format::gguf, "Q4_1"},
    {file_format::gguf, "Q4_K", file_format::gguf, "Q5_K"},
    {file_format::gguf, "Q4_0", file_format::safetensors, "int4_g32"},
    {file_format::gguf, "Q4_0", file_format::safetensors, "offset4_g32"},
    {file_format::gguf, "Q4_0", file_format::safetensors, "uint4_g32"},
    {file_format::gguf, "Q4_1", file_format::safetensors, "offset4_g32"},
    {file_format::gguf, "Q8_0", file_format::safetensors, "int8_g32"},
    {file_format::gguf, "MXFP4", file_format::safetensors, "mxfp4"},
    {file_format::gguf, "Q4_0", file_format::gptq, "uint4_g32"},
    {file_format::gguf, "Q4_0", file_format::awq, "uint4_g32"},
    {file_format::gguf, "Q4_0", file_format::compressed_tensors, "uint4_g32"},
    {file_format::gguf, "Q4_0", file_format::onnx, "int4_g32"},
    {file_format::gguf, "Q4_0", file_format::onnx, "uint4_g32"},
    {file_format::gguf, "Q8_0", file_format::onnx, "uint8_g32"},
    {file_format::gptq, "uint4_g32", file_format::awq, "uint4_g32"},
    {file_format::gptq, "uint4_g128", file_format::awq, "uint4_g128"},
    {file_format::gptq, "uint4_g128", file_format::compressed_tensors, "uint4_g128"},
    {file_format::gptq, "int4_g128", file_format::compressed_tensors, "int4_g128"},
    {file_format::gptq, "int4_g128", file_format::awq, "uint4_g128"},
    {file_format::gptq, "int4_g128", file_format::gguf, "Q4_0"},
    {file_format::gptq, "uint4_g128", file_format::onnx, "uint4_g32"},
    {file_format::gptq, "uint4_g32", file_format::gguf, "Q8_0"},
    {file_format::gptq, "int8_g128", file_format::gguf, "Q8_0"},
    {file_format::awq, "uint4_g128", file_format::compressed_tensors, "uint4_g128"},
    {file_format::awq, "uint4_g32", file_format::safetensors, "uint4_g32"},
    {file_format::awq, "uint4_g32", file_format::onnx, "uint4_g32"},
    {file_format::compressed_tensors, "int4_g32", file_format::gguf, "Q4_0"},
    {file_format::compressed_tensors, "int4_g128", file_format::gguf, "Q4_0"},
    {file_format::compressed_tensors, "int4_g32", file_format::gguf, "Q8_0"},
    {file_format::compressed_tensors, "int4_g128", file_format::onnx, "int4_g128"},
    {file_format::compressed_tensors, "int8_rows", file_format::onnx, "int8_rows"},
    {file_format::compressed_tensors, "int8_rows", file_format::tflite, "int8_rows"},
    {file_format::compressed_tensors, "fp8_rows", file_format::onnx, "fp8_rows"},
    {file_format::bitsandbytes, "nf4_g64", file_format::safetensors, "nf4_g64"},
    {file_format::safetensors, "nf4_g64", file_format::bitsandbytes, "nf4_g64"},
    {file_format::safetensors, "int8_g32", file_format::gguf, "Q8_0"},
    {file_format::safetensors, "int4_g32", file_format::gguf, "Q4_0"},
    {file_format::safetensors, "offset4_g32", file_format::gguf, "Q4_1"},
    {file_format::safetensors, "uint4_g32", file_format::gptq, "uint4_g32"},
    {file_format::safetensors, "uint4_g32", file_format::awq, "uint4_g32"},
    {file_format::safetensors, "int8_rows", file_format::tflite, "int8_rows"},
    {file_format::safetensors, "int8_rows", file_format::onnx, "int8_rows"},
    {file_format::safetensors, "q4f16_1", file_format::gguf, "Q4_0"},
    {file_format::safetensors, "mxfp4", file_format::gguf, "MXFP4"},
    {file_format::safetensors, "mxfp4", file_format::gguf, "Q8_0"},
};

}  // namespace

TEST_CASE("steps that lose nothing, format by format") {
  const temporary_folder folder;
  const std::string floats = write_floats(folder / "from.safetensors", {{16, 256}});
  for (const step& each : exact_steps) {
    CAPTURE(convert::name_of(each.from_format));
    CAPTURE(each.from);
    CAPTURE(convert::name_of(each.to_format));
    CAPTURE(each.to);
    const std::string from = folder / ("step" + ending_of(each.from_format)), to = folder / ("to" + ending_of(each.to_format));
    static_cast<void>(converted(floats, {.format = each.from_format, .type = &type_of(each.from_format, each.from)}, from));
    const convert::wanted want{.format = each.to_format, .type = &type_of(each.to_format, each.to)};
    const auto outcomes = converted(from, want, to);
    for (const convert::outcome& done : outcomes) {
      CHECK((done.to.empty() || done.report.exact));
    }
    if (each.to_format != file_format::onnx && each.to_format != file_format::tflite) {
      CHECK_NOTHROW(convert::verify(convert::model_file(from), want, outcomes, to));
    }
    // The bits it has are enough, and what loses nothing is taken.
    const auto best = converted(from, {.format = each.to_format, .bits = want.type->bits({16, 256})}, to);
    for (const convert::outcome& done : best) {
      CHECK((done.to.empty() || done.report.exact));
    }
  }
}
