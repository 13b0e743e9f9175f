// SPDX-License-Identifier: MIT
// Halftone tests: docs/targets.md has the table and the rules that the code has.
#include <halftone/format/target/list.hpp>

#include <halftone/format/onnx/nbits.hpp>
#include <halftone/format/onnx/schemes.hpp>
#include <halftone/format/tensorrt/schemes.hpp>
#include <halftone/format/tflite/schemes.hpp>
#include <halftone/format/tvm/schemes.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <sstream>

using namespace halftone;

namespace {

template <class S>
void row(std::string& out, const std::string& name) {
  out += "| `" + name + "` |";
  target::for_each_target([&]<class Target>(Target) { out += accepted_by<Target, S> ? " yes |" : " |"; });
  out += "\n";
}

/// The table of the page: schemes that the library names, and who accepts them.
std::string table() {
  std::string out = "| scheme |", line = "| --- |";
  target::for_each_target([&]<class Target>(Target) {
    out += " " + std::string(Target::name()) + " |";
    line += " --- |";
  });
  out += "\n" + line + "\n";
  row<float32>(out, "float32");
  row<float16>(out, "float16");
  row<brain_float16>(out, "brain_float16");
  row<int8_per_tensor>(out, "int8_per_tensor");
  row<int8_per_channel>(out, "int8_per_channel");
  row<int8_g32>(out, "int8_g32");
  row<uint8_per_channel>(out, "uint8_per_channel");
  row<int6_g32>(out, "int6_g32");
  row<int4_g32>(out, "int4_g32");
  row<int4_g128>(out, "int4_g128");
  row<int4_per_channel>(out, "int4_per_channel");
  row<uint4_g32>(out, "uint4_g32");
  row<uint4_g128>(out, "uint4_g128");
  row<offset4_g32>(out, "offset4_g32");
  row<mxfp8_e4m3>(out, "mxfp8_e4m3");
  row<mxfp4>(out, "mxfp4");
  row<nvfp4>(out, "nvfp4");
  row<nf4_g64>(out, "nf4_g64");
  row<ternary_g256>(out, "ternary_g256");
  row<onnx::linear<int16, per_channel<0>>>(out, "onnx::linear<int16, per_channel<0>>");
  row<onnx::linear<int4, per_group<128>>>(out, "onnx::linear<int4, per_group<128>>");
  row<onnx::linear<fp8_e4m3fn>>(out, "onnx::linear<fp8_e4m3fn>");
  row<onnx::mat_mul_nbits<4, 32>>(out, "onnx::mat_mul_nbits<4, 32>");
  row<onnx::mat_mul_nbits_with_float_zero_points<4, 32>>(out, "onnx::mat_mul_nbits_with_float_zero_points<4, 32>");
  row<halftone::tflite::weights<int4>>(out, "tflite::weights<int4>");
  row<halftone::tflite::uint8_weights>(out, "tflite::uint8_weights");
  row<halftone::tensorrt::qdq_int8<>>(out, "tensorrt::qdq_int8<>");
  row<halftone::tensorrt::fp8_scaled<>>(out, "tensorrt::fp8_scaled<>");
  row<halftone::tensorrt::int4_blocks<128>>(out, "tensorrt::int4_blocks<128>");
  row<halftone::tensorrt::mxfp8>(out, "tensorrt::mxfp8");
  row<halftone::tensorrt::nvfp4>(out, "tensorrt::nvfp4");
  row<halftone::tvm::q4f16_1>(out, "tvm::q4f16_1");
  row<halftone::tvm::q3f16_1>(out, "tvm::q3f16_1");
  row<ggml::q4_0>(out, "ggml::q4_0");
  row<ggml::q4_k>(out, "ggml::q4_k");
  row<ggml::q6_k>(out, "ggml::q6_k");
  row<ggml::iq4_nl>(out, "ggml::iq4_nl");
  row<halftone::bitsandbytes::nf4_blocks<>>(out, "bitsandbytes::nf4_blocks<>");
  row<halftone::bitsandbytes::nf4_nested<>>(out, "bitsandbytes::nf4_nested<>");
  row<halftone::bitsandbytes::int8_rows>(out, "bitsandbytes::int8_rows");
  return out;
}

/// The list of the page: every rule of every target.
std::string rules() {
  std::string out;
  target::for_each_target([&]<class Target>(Target) {
    target::for_each_rule<Target>([&](std::string_view text) { out += "- " + std::string(text) + "\n"; });
  });
  return out;
}

}  // namespace

TEST_CASE("docs/targets.md has this table and these rules") {
  std::ifstream file(HALFTONE_SOURCE_DIR "/docs/targets.md");
  std::ostringstream page;
  page << file.rdbuf();
  const std::string text = page.str();
  INFO("the page needs this:\n", table(), "\n", rules());
  CHECK(text.find("\n" + table() + "\n") != std::string::npos);
  CHECK(text.find("\n" + rules() + "\n") != std::string::npos);
}
