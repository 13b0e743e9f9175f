// SPDX-License-Identifier: MIT
// Halftone tests: configurations of four tools, and those that contradict themselves.
#include <halftone/io/checkpoint_config.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

using namespace halftone;

namespace {

std::string quantization(const std::string& method, const std::string& options) {
  return R"({"model_type": "llama", "quantization_config": {"quant_method": ")" + method + "\", " + options + "}}";
}
std::string gptq(const std::string& options) { return quantization("gptq", options); }
std::string awq(const std::string& options) { return quantization("awq", options); }
std::string bitsandbytes(const std::string& options) { return quantization("bitsandbytes", options); }
layer_format format_of(const std::string& text) {
  const auto config = checkpoint_config::parse(text);
  REQUIRE_MESSAGE(config.has_value(), config.failure().text);
  return config.value().format_of("layer").value();
}
std::string refused(const std::string& text) {
  const auto config = checkpoint_config::parse(text);
  REQUIRE(!config.has_value());
  return config.failure().text;
}
const std::string at = "config.json: \"quantization_config/";

}  // namespace

TEST_CASE("GPTQ") {
  const auto config = checkpoint_config::parse(gptq(R"("bits": 4, "group_size": 128, "desc_act": true, "sym": false, "damp_percent": 0.1,
    "checkpoint_format": "gptq_v2", "format": "gptq_v2", "pack_dtype": "int32", "dynamic": {}, "meta": {"x": [1]}, "modules_to_not_convert": ["head"])"));
  REQUIRE(config.has_value());
  CHECK(config.value().method() == "gptq");
  CHECK(config.value().ignored() == std::vector<std::string>{"head"});
  CHECK(config.value().format_of("any").value() ==
        layer_format{.layout = layer_layout::gptq_v2, .bits = 4, .group = {1, 128}, .has_zero_point = true, .has_column_order = true});
  const layer_format plain{.layout = layer_layout::gptq_v1, .bits = 3, .group = {1, 0}, .has_zero_point = true};
  CHECK(format_of(gptq(R"("bits": 3, "group_size": -1)")) == plain);
  // quantize_config.json of auto-gptq
  CHECK(format_of(R"({"bits": 3, "group_size": -1, "desc_act": false, "is_marlin_format": false, "model_name_or_path": null})") == plain);

  CHECK(refused(gptq(R"("bits": 5, "group_size": 128)")) == at + "bits\" is 5, not 2, 3, 4 or 8");
  CHECK(refused(gptq(R"("group_size": 128)")) == at + "bits\" is missing, not 2, 3, 4 or 8");
  CHECK(refused(gptq(R"("bits": 4)")) == at + "group_size\" is missing, not the size of groups or -1");
  CHECK(refused(gptq(R"("bits": 4, "group_size": 0)")) == at + "group_size\" is 0, not the size of groups or -1");
  CHECK(refused(gptq(R"("bits": 4, "group_size": 32, "format": "gptq_p")")) == at + "format\" is \"gptq_p\", not gptq or gptq_v2");
  CHECK(refused(gptq(R"("bits": 4, "group_size": 32, "checkpoint_format": "marlin")")) ==
        at + "checkpoint_format\" is \"marlin\", not gptq or gptq_v2");
  CHECK(refused(gptq(R"("bits": 4, "group_size": 32, "checkpoint_format": "gptq", "format": "gptq_v2")")) ==
        at + "checkpoint_format\" is \"gptq\", but \"format\" is \"gptq_v2\"");
  CHECK(refused(gptq(R"("bits": 4, "group_size": 32, "is_marlin_format": true)")) == at + "is_marlin_format\" is true: that layout is not read");
  CHECK(refused(gptq(R"("bits": 4, "group_size": 32, "pack_dtype": "int16")")) == at + "pack_dtype\" is \"int16\", not int32");
  CHECK(refused(gptq(R"("bits": 4, "group_size": 32, "dynamic": {"+:a": {"bits": 8}})")) ==
        "config.json: \"dynamic\" gives layers options of their own, which are not read");
  CHECK(refused(gptq(R"("bits": 4, "group_size": 32, "desc_act": 1)")) == at + "desc_act\" is 1, not true or false");
  CHECK(refused(gptq(R"("bits": 4, "group_size": 32, "sym": "yes")")) == at + "sym\" is \"yes\", not true or false");
  CHECK(refused(gptq(R"("bits": 4, "group_size": 32, "modules_to_not_convert": [1])")) == at + "modules_to_not_convert/0\" is 1, not a text");
}

TEST_CASE("AWQ") {
  const layer_format format{.layout = layer_layout::awq_gemm, .bits = 4, .group = {1, 128}, .has_zero_point = true};
  CHECK(format_of(awq(R"("bits": 4, "group_size": 128, "zero_point": true, "version": "gemm", "modules_to_not_convert": null)")) == format);
  CHECK(format_of(awq(R"("bits": 4, "group_size": 128, "format": "gemm", "checkpoint_format": "gemm")")) == format);
  // quant_config.json of autoawq
  const auto own = checkpoint_config::parse(R"({"zero_point": true, "q_group_size": 128, "w_bit": 4, "version": "GEMM"})").value();
  CHECK(own.method() == "awq");
  CHECK(own.format_of("layer").value() == format);

  CHECK(refused(awq(R"("bits": 8, "group_size": 128)")) == at + "bits\" is 8, not 4");
  CHECK(refused(R"({"w_bit": 3, "q_group_size": 128})") == "config.json: \"w_bit\" is 3, not 4");
  CHECK(refused(awq(R"("group_size": 128)")) == at + "bits\" is missing, not 4");
  CHECK(refused(awq(R"("bits": 4)")) == at + "group_size\" is missing, not the size of groups or -1");
  CHECK(refused(awq(R"("bits": 4, "group_size": 128, "version": "GEMV")")) == at + "version\" is \"GEMV\": of AWQ's layouts gemm alone is read");
  CHECK(refused(awq(R"("bits": 4, "group_size": 128, "format": "gemv_fast")")) ==
        at + "format\" is \"gemv_fast\": of AWQ's layouts gemm alone is read");
  CHECK(refused(awq(R"("bits": 4, "group_size": 128, "checkpoint_format": "llm-awq")")) ==
        at + "checkpoint_format\" is \"llm-awq\": of AWQ's layouts gemm alone is read");
  CHECK(refused(awq(R"("bits": 4, "group_size": 128, "zero_point": false)")) ==
        at + "zero_point\" is false: layers without zero points are not read");
  CHECK(refused(awq(R"("bits": 4, "group_size": 128, "modules_to_not_convert": "head")")) ==
        at + "modules_to_not_convert\" is \"head\", not a list");
}

TEST_CASE("bitsandbytes") {
  CHECK(format_of(bitsandbytes(R"("load_in_4bit": true, "load_in_8bit": false, "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": true)")) ==
        layer_format{.layout = layer_layout::bitsandbytes_nf4, .bits = 4, .is_nested = true});
  CHECK(format_of(bitsandbytes(R"("load_in_4bit": true)")) == layer_format{.layout = layer_layout::bitsandbytes_fp4, .bits = 4});
  CHECK(format_of(bitsandbytes(R"("load_in_8bit": true, "bnb_4bit_quant_type": "other", "llm_int8_has_fp16_weight": false)")) ==
        layer_format{.layout = layer_layout::bitsandbytes_int8, .bits = 8, .group = {1, 0}});
  CHECK(checkpoint_config::parse(bitsandbytes(R"("load_in_8bit": true, "llm_int8_skip_modules": ["lm_head"])")).value().ignored().size() == 1);

  CHECK(refused(bitsandbytes(R"("load_in_4bit": true, "load_in_8bit": true)")) == at + "load_in_4bit\" is true and so is \"load_in_8bit\"");
  CHECK(refused(bitsandbytes(R"("load_in_4bit": false)")) == at + "load_in_4bit\" is false and \"load_in_8bit\" is not true");
  CHECK(refused(bitsandbytes(R"("load_in_4bit": true, "bnb_4bit_quant_type": "int4")")) ==
        at + "bnb_4bit_quant_type\" is \"int4\", not nf4 or fp4");
  CHECK(refused(bitsandbytes(R"("load_in_4bit": true, "bnb_4bit_use_double_quant": "no")")) ==
        at + "bnb_4bit_use_double_quant\" is \"no\", not true or false");
  CHECK(refused(bitsandbytes(R"("load_in_8bit": true, "llm_int8_has_fp16_weight": true)")) ==
        at + "llm_int8_has_fp16_weight\" is true: those weights are not quantized");
}

TEST_CASE("compressed-tensors") {
  const auto config = checkpoint_config::parse(quantization("compressed-tensors", R"("format": "pack-quantized", "ignore": ["lm_head"],
    "config_groups": {"group_0": {"targets": ["Linear"], "weights": {"num_bits": 4, "group_size": 32}}})")).value();
  CHECK(config.method() == "compressed-tensors");
  CHECK(config.ignored() == std::vector<std::string>{"lm_head"});
  CHECK(config.format_of("a").value() == layer_format{.layout = layer_layout::pack_quantized, .bits = 4, .group = {1, 32}});
  CHECK(config.format_of("lm_head").failure().code == file_error::not_found);
  CHECK(refused(quantization("compressed-tensors", R"("format": "pack-quantized")")) == "config.json: there are no \"config_groups\"");
}

TEST_CASE("texts that are no configuration") {
  CHECK(refused("{") == "config.json: not JSON");
  CHECK(refused(R"({"model_type": "llama"})") == "config.json: there is no \"quantization_config\"");
  CHECK(refused(R"({"quantization_config": 5})") == "config.json: there is no \"quantization_config\"");
  CHECK(refused("[]") == "config.json: there is no \"quantization_config\"");
  CHECK(refused(quantization("fp8", "\"bits\": 8")) ==
        at + "quant_method\" is \"fp8\", none of gptq, awq, bitsandbytes and compressed-tensors");
  CHECK(refused(R"({"quantization_config": {"quant_method": 3}})") == at + "quant_method\" is 3, not a text");
  CHECK(refused(R"({"quantization_config": {"bits": 4, "bits": 8}})") == "config.json: \"quantization_config/bits\" occurs twice");
}

TEST_CASE("a folder") {
  const std::string folder = "checkpoint_config_test";
  std::filesystem::remove_all(folder);
  std::filesystem::create_directory(folder);
  const auto write = [&](const char* name, const std::string& text) { std::ofstream(folder + "/" + name) << text; };
  const auto bits = [&] { return checkpoint_config::of_folder(folder).value().format_of("layer").value().bits; };
  CHECK(checkpoint_config::of_folder(folder).failure().code == file_error::not_found);
  CHECK(checkpoint_config::of_folder(folder).failure().text == "folder \"checkpoint_config_test\": there is no configuration of quantization");
  write("quant_config.json", R"({"w_bit": 4, "q_group_size": 64, "version": "GEMM"})");
  write("config.json", R"({"model_type": "llama"})");
  CHECK(bits() == 4);
  write("quantize_config.json", R"({"bits": 8, "group_size": 64})");
  CHECK(bits() == 8);
  write("config.json", gptq(R"("bits": 3, "group_size": 64)"));
  CHECK(bits() == 3);
  CHECK(checkpoint_config::open(folder + "/config.json").has_value());
  write("config.json", gptq(R"("bits": 7, "group_size": 64)"));
  CHECK(checkpoint_config::of_folder(folder).failure().text == at + "bits\" is 7, not 2, 3, 4 or 8");
  std::filesystem::remove_all(folder);
  CHECK(checkpoint_config::open("none.json").failure().code == file_error::cannot_open);
}
