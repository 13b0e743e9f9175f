// SPDX-License-Identifier: MIT
// Halftone tests: groups of compressed-tensors' configurations: which layers they are for, and what is refused.
#include <halftone/io/checkpoint_groups.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using detail::checkpoint_groups;

namespace {

const std::string int4 = R"("num_bits": 4, "type": "int", "strategy": "group", "group_size": 128)";
const std::string fp8 = R"("num_bits": 8, "type": "float", "strategy": "channel")";

std::string group(const std::string& weights, const std::string& more = R"("targets": ["Linear"])") {
  return "{" + more + R"(, "weights": {)" + weights + "}}";
}
std::string config(const std::string& format, const std::string& groups, const std::string& more = "") {
  return R"({"format": ")" + format + R"(", "config_groups": {)" + groups + "}" + more + "}";
}
std::string of(const std::string& format, const std::string& weights) { return config(format, R"("group_0": )" + group(weights)); }

/// The groups of a text, or why there are none.
result<checkpoint_groups> parsed(const std::string& text) {
  const json_fields fields = json_fields::parse(text, "it").value();
  detail::option_reader o(fields, "it", "");
  checkpoint_groups all = checkpoint_groups::read(o, fields, "it", "");
  return o.failure ? result<checkpoint_groups>(*o.failure) : result<checkpoint_groups>(std::move(all));
}
layer_format format_of(const std::string& text, const std::string& layer = "any") {
  const auto groups = parsed(text);
  REQUIRE_MESSAGE(groups.has_value(), groups.failure().text);
  return groups.value().format_of(layer).value();
}
std::string refused(const std::string& text) {
  const auto groups = parsed(text);
  REQUIRE(!groups.has_value());
  return groups.failure().text.substr(4);
}

}  // namespace

TEST_CASE("formats of weights") {
  CHECK(format_of(of("pack-quantized", int4)) == layer_format{.layout = layer_layout::pack_quantized, .bits = 4, .group = {1, 128}});
  CHECK(format_of(of("pack-quantized", R"("num_bits": 8, "symmetric": false, "group_size": -1, "actorder": "group")")) ==
        layer_format{.layout = layer_layout::pack_quantized, .bits = 8, .group = {1, 0}, .has_zero_point = true, .has_column_order = true});
  CHECK(!format_of(of("pack-quantized", int4 + R"(, "actorder": "weight")")).has_column_order);
  CHECK(!format_of(of("pack-quantized", int4 + R"(, "actorder": null, "dynamic": false)")).has_column_order);
  CHECK(format_of(of("int-quantized", "")) == layer_format{.layout = layer_layout::int_quantized, .bits = 8});
  CHECK(format_of(of("naive-quantized", R"("strategy": "channel")")).layout == layer_layout::int_quantized);
  CHECK(format_of(of("naive-quantized", fp8)).layout == layer_layout::float_quantized);
  CHECK(format_of(of("float-quantized", fp8)) == layer_format{.layout = layer_layout::float_quantized, .bits = 8, .group = {1, 0}});
  CHECK(format_of(of("float-quantized", R"("type": "float", "strategy": "block", "block_structure": [128, 64])")).group == matrix_shape{128, 64});
  CHECK(format_of(of("nvfp4-pack-quantized", R"("num_bits": 4, "type": "float", "strategy": "tensor_group", "group_size": 16)")).layout ==
        layer_layout::nvfp4_pack_quantized);
  CHECK(format_of(of("mxfp4-pack-quantized", R"("num_bits": 4, "type": "float", "group_size": 32)")).layout ==
        layer_layout::mxfp4_pack_quantized);
}

TEST_CASE("the group of a layer") {
  const std::string text = config(
      "mixed-precision", R"("group_0": )" + group(fp8, R"("format": "float-quantized", "targets": ["re:.*proj$", "Linear"])") + R"(, "group_1": )" +
                             group(int4, R"("format": "pack-quantized", "targets": ["re:a.*", "b.q_proj"])") +
                             R"(, "group_2": {"targets": ["LlamaAttention"], "weights": null})",
      R"(, "ignore": ["lm_head", "re:.*gate"], "unknown": {"x": [1]}, "sparsity_config": {}, "transform_config": {})");
  CHECK(format_of(text, "b.q_proj").bits == 4);  // by its name, before patterns
  CHECK(format_of(text, "a.q_proj").bits == 8);  // by the first pattern
  CHECK(format_of(text, "a.o").bits == 4);
  CHECK(format_of(text, "c").bits == 8);  // by its class
  const checkpoint_groups groups = parsed(text).value();
  CHECK(groups.format_of("lm_head").failure().text == "layer \"lm_head\" is in the list of ignored ones");
  CHECK(groups.format_of("b.gate").failure().code == file_error::not_found);
  CHECK(groups.ignored().size() == 2);
  CHECK(parsed(config("int-quantized", R"("g": )" + group("", R"("targets": ["a"])"))).value().format_of("b").failure().text ==
        "layer \"b\" is a target of no group of the configuration");
  CHECK(!parsed(config("int-quantized", R"("g": )" + group(""), R"(, "ignore": ["Linear"])")).value().format_of("b"));
}

TEST_CASE("refused") {
  CHECK(refused(R"({"format": "pack-quantized"})") == "there are no \"config_groups\"");
  CHECK(refused(config("pack-quantized", "")) == "there are no \"config_groups\"");
  CHECK(refused(config("pack-quantized", R"("W4A16": ["Linear"])")) == "\"config_groups/W4A16/targets\" is missing, not a list of layers");
  CHECK(refused(config("pack-quantized", R"("g": )" + group(int4, R"("targets": "Linear")"))) ==
        "\"config_groups/g/targets\" is \"Linear\", not a list");
  CHECK(refused(config("pack-quantized", R"("g": )" + group(int4, R"("targets": ["re:a{2}"])"))) ==
        "the pattern \"re:a{2}\" is none of those that are understood");
  CHECK(refused(config("int-quantized", R"("g": )" + group(""), R"(, "ignore": ["re:("])")) ==
        "the pattern \"re:(\" is none of those that are understood");
  CHECK(refused(config("int-quantized", R"("g": )" + group(""), R"(, "ignore": "lm_head")")) == "\"ignore\" is \"lm_head\", not a list");
  CHECK(refused(config("int-quantized", R"("g": )" + group(""), R"(, "transform_config": {"config_groups": {}})")) ==
        "\"transform_config\" changes what layers multiply, which is not read");
  CHECK(refused(config("int-quantized", R"("g": )" + group(""), R"(, "sparsity_config": {"format": "sparse-bitmask"})")) ==
        "\"sparsity_config/format\" is \"sparse-bitmask\": sparse weights are not read");
  for (const std::string format : {"", "dense", "fakequant", "marlin-24", "mxfp6-pack-quantized", "mxfp8-quantized"}) {
    CHECK(refused(of(format, int4)) == "format \"" + format + "\" of a group is none of those that are read");
  }
  const std::string at = "\"config_groups/group_0/weights/";
  CHECK(refused(of("pack-quantized", R"("type": "complex")")) == at + "type\" is \"complex\", not int or float");
  CHECK(refused(of("pack-quantized", R"("num_bits": "4")")) == at + "num_bits\" is \"4\", not a number");
  CHECK(refused(of("pack-quantized", R"("dynamic": true)")) == at + "dynamic\" is true: those weights are not quantized");
  CHECK(refused(of("pack-quantized", R"("dynamic": "local")")) == at + "dynamic\" is \"local\": those weights are not quantized");
  CHECK(refused(of("pack-quantized", int4 + R"(, "actorder": true)")) == at + "actorder\" is true, not weight or group");
  CHECK(refused(of("float-quantized", fp8 + R"(, "actorder": "group")")) ==
        at + "actorder\" is \"group\", which float-quantized does not hold");
  CHECK(refused(of("pack-quantized", R"("strategy": "token")")) ==
        at + "strategy\" is \"token\", none of tensor, channel, group, tensor_group and block");
  CHECK(refused(of("pack-quantized", R"("strategy": "channel", "group_size": 128)")) == at + "group_size\" is 128 with strategy channel");
  CHECK(refused(of("pack-quantized", R"("strategy": "group")")) == at + "group_size\" is missing, not the size of groups");
  CHECK(refused(of("pack-quantized", R"("strategy": "group", "group_size": -1)")) == at + "group_size\" is -1, not the size of groups");
  for (const std::string structure : {"null", "[128]", "[128, 128, 128]", "[0, 128]", "[128, -1]", "\"x\""}) {
    const std::string text = refused(of("float-quantized", R"("type": "float", "strategy": "block", "block_structure": )" + structure));
    CHECK_MESSAGE(text.find("block_structure") != std::string::npos, text);
    CHECK_MESSAGE(text.find(", not two sizes") != std::string::npos, text);
  }
}

TEST_CASE("weights that a format does not hold") {
  const auto held = [](const std::string& format, const std::string& weights) {
    return parsed(of(format, weights)).has_value() ||
           refused(of(format, weights)) != "\"config_groups/group_0/weights/\" asks for weights that " + format + " does not hold";
  };
  for (const std::string weights : {R"("num_bits": 9, "group_size": 32)", R"("num_bits": 0, "group_size": 32)", R"("num_bits": -1, "group_size": 32)",
                                    R"("num_bits": 4)", R"("num_bits": 4, "type": "float", "group_size": 32)"}) {
    CHECK_MESSAGE(!held("pack-quantized", weights), weights);
  }
  CHECK(!held("int-quantized", R"("num_bits": 4)"));
  CHECK(!held("int-quantized", R"("type": "float")"));
  for (const std::string weights : {"", R"("type": "float", "num_bits": 4)", R"("type": "float", "symmetric": false)"}) {
    CHECK_MESSAGE(!held("float-quantized", weights), weights);
  }
  const std::string fp4 = R"("type": "float", "num_bits": 4)";
  for (const auto& [format, size] : {std::pair<std::string, std::string>("nvfp4-pack-quantized", "16"), {"mxfp4-pack-quantized", "32"}}) {
    CHECK(held(format, fp4 + R"(, "group_size": )" + size));
    CHECK(!held(format, fp4 + R"(, "group_size": 64)"));
    CHECK(!held(format, R"("num_bits": 4, "group_size": )" + size));
    CHECK(!held(format, R"("type": "float", "group_size": )" + size));
    CHECK(!held(format, fp4 + R"(, "symmetric": false, "group_size": )" + size));
    CHECK(!held(format, fp4 + R"(, "strategy": "block", "block_structure": [16, )" + size + "]"));
  }
}
