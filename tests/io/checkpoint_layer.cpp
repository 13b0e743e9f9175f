// SPDX-License-Identifier: MIT
// Halftone tests: recorded layers read as their configurations say, with the schemes of a list.
#include <halftone/io/checkpoint_layer.hpp>

#include "checkpoint_editor.hpp"

using namespace halftone;
using namespace halftone_test;
using type = safetensors_type;
namespace ct = halftone::compressed_tensors;

namespace {

using gptq4 = gptq::layer<uint4, per_group<64>>;
using gptq3 = gptq::layer<uint3, per_group<32>>;
using awq4 = awq::layer<per_group<32>>;
using nested = bitsandbytes::nf4_nested<32>;
using plain = bitsandbytes::fp4_blocks<64>;
using packed4 = ct::integers<int4, per_group<32>, ct::affine, stored_as<fp32>>;
using rows8 = ct::integers<int8, per_channel<0>, ct::affine, stored_as<fp32>>;
using tensor8 = ct::floats<per_tensor, stored_as<fp32>>;
using all = scheme_list<gptq4, gptq3, awq4, nested, plain, bitsandbytes::int8_rows, packed4, rows8, tensor8, ct::nvfp4_blocks>;

checkpoint_config config_of(const std::string& method, const std::string& options) {
  return checkpoint_config::parse(R"({"quantization_config": {"quant_method": ")" + method + "\", " + options + "}}").value();
}
checkpoint_config compressed(const std::string& format, const std::string& weights) {
  return config_of("compressed-tensors", R"("format": ")" + format + R"(", "config_groups": {"g": {"targets": ["Linear"], "weights": {)" +
                                             weights + "}}}");
}
const checkpoint_config gptq_config = config_of("gptq", R"("bits": 4, "group_size": 64, "desc_act": true)");

/// The layer's scheme, after its real numbers were compared with the recorded ones.
std::string read(const std::string& system, const checkpoint_config& config, const std::string& layer) {
  const checkpoint_editor golden(system);
  const std::vector<std::uint8_t> content = golden.bytes();
  const checkpoint from(safetensors_file::parse(content).value());
  std::string name;
  const auto failure = visit_layer(all{}, from, config, layer, [&](const auto& m) {
    name = m.weights.scheme().name();
    const std::vector<float> reals = golden.floats(layer + ".real");
    const bool is_half = golden.tensors.at(layer + ".real").type == type::F16, is_bfloat = golden.tensors.at(layer + ".real").type == type::BF16;
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < reals.size(); ++i) {
      const std::size_t row = i / m.weights.cols(), j = i % m.weights.cols(), k = m.order.empty() ? j : m.order[j];
      const float real = m.weights.value_at(row, j);
      wrong += (is_half ? fp16::decode(fp16::encode(real)) : is_bfloat ? bf16::decode(bf16::encode(real)) : real) != reals[row * m.weights.cols() + k];
    }
    CHECK(wrong == 0);
  });
  return failure ? failure->text : name;
}
/// Why not, after `edit`.
template <class Edit, class List = all>
file_failure refused(const std::string& system, const checkpoint_config& config, const std::string& layer, const Edit& edit, List list = {}) {
  checkpoint_editor e(system);
  edit(e);
  const std::vector<std::uint8_t> content = e.bytes();
  const auto failure = visit_layer(list, safetensors_file::parse(content).value(), config, layer, [](const auto&) {});
  REQUIRE(failure.has_value());
  return *failure;
}
const auto untouched = [](checkpoint_editor&) {};

}  // namespace

TEST_CASE("recorded layers by their configurations") {
  CHECK(read("gptq", gptq_config, "ordered4") == gptq4::name());
  CHECK(read("gptq", config_of("gptq", R"("bits": 3, "group_size": 32)"), "ordered3") == gptq3::name());
  CHECK(read("awq", config_of("awq", R"("bits": 4, "group_size": 32, "version": "gemm")"), "groups") == awq4::name());
  CHECK(read("bitsandbytes", config_of("bitsandbytes", R"("load_in_4bit": true, "bnb_4bit_quant_type": "nf4", "bnb_4bit_use_double_quant": true)"),
             "nf4_32_nested") == nested::name());
  CHECK(read("bitsandbytes", config_of("bitsandbytes", R"("load_in_4bit": true)"), "fp4_64_64") == plain::name());
  CHECK(read("bitsandbytes", config_of("bitsandbytes", R"("load_in_8bit": true)"), "int8") == bitsandbytes::int8_rows::name());
  CHECK(read("compressed_tensors", compressed("pack-quantized", R"("num_bits": 4, "symmetric": false, "group_size": 32)"), "packed4") ==
        packed4::name());
  CHECK(read("compressed_tensors", compressed("int-quantized", R"("symmetric": false, "strategy": "channel")"), "int") == rows8::name());
  CHECK(read("compressed_tensors", compressed("float-quantized", R"("type": "float")"), "float") == tensor8::name());
  CHECK(read("compressed_tensors", compressed("nvfp4-pack-quantized", R"("num_bits": 4, "type": "float", "group_size": 16)"), "nvfp4") ==
        ct::nvfp4_blocks::name());
}

TEST_CASE("the first scheme of a list is taken, of those that hold a format") {
  const layer_format row{.layout = layer_layout::gptq_v1, .bits = 4, .group = {1, 0}, .has_zero_point = true};
  std::string name;
  const auto take = [&]<class S>(std::type_identity<S>) { name = S::name(); };
  CHECK(visit_scheme(scheme_list<gptq4, gptq::layer<uint4, per_channel<0>, gptq::symmetric>, gptq::layer<uint4, per_channel<0>>>{}, row, take));
  CHECK(name == gptq::layer<uint4, per_channel<0>, gptq::symmetric>::name());
  CHECK(!visit_scheme(all{}, row, take));
  CHECK(!visit_scheme(scheme_list<>{}, row, take));
}

namespace {
constexpr layer_format with(layer_layout layout, unsigned bits, matrix_shape group, bool zero_point = false, bool is_nested = false) {
  return {.layout = layout, .bits = bits, .group = group, .has_zero_point = zero_point, .is_nested = is_nested};
}
using enum layer_layout;
constexpr layer_format packed4_format = with(pack_quantized, 4, {1, 32}, true);
constexpr layer_format of_scales(layer_format format, safetensors_type scales) {
  format.scales = scales;
  return format;
}
}  // namespace
static_assert(holds<packed4>(packed4_format) && holds<packed4>(of_scales(packed4_format, type::F32)));
static_assert(!holds<packed4>(of_scales(packed4_format, type::BF16)) && !holds<packed4>(with(pack_quantized, 4, {1, 32})));
static_assert(!holds<packed4>(with(pack_quantized, 4, {1, 64}, true)) && !holds<packed4>(with(pack_quantized, 8, {1, 32}, true)));
static_assert(!holds<packed4>(with(int_quantized, 4, {1, 32}, true)) && !holds<packed4>(with(gptq_v1, 4, {1, 32}, true)));
static_assert(holds<rows8>(with(int_quantized, 8, {1, 0}, true)) && holds<rows8>(with(pack_quantized, 8, {1, 0}, true)));
static_assert(!holds<rows8>(with(float_quantized, 8, {1, 0}, true)) && !holds<tensor8>(with(int_quantized, 8, {0, 0})));
static_assert(holds<ct::floats<per_block<128, 128>>>(with(float_quantized, 8, {128, 128})));
static_assert(!holds<scheme<int4_narrow, symmetric, per_group<32>, stored_as<fp32>>>(with(pack_quantized, 4, {1, 32})));
static_assert(!holds<awq4>(with(gptq_v2, 4, {1, 32}, true)) && !holds<gptq4>(with(awq_gemm, 4, {1, 64}, true)));
static_assert(holds<nested>(with(bitsandbytes_nf4, 4, {1, 32}, false, true)) && !holds<nested>(with(bitsandbytes_nf4, 4, {1, 32})));
static_assert(!holds<nested>(with(bitsandbytes_fp4, 4, {1, 32}, false, true)) && !holds<plain>(with(bitsandbytes_nf4, 4, {1, 64})));
static_assert(holds<ct::mxfp4_blocks>(with(mxfp4_pack_quantized, 4, {1, 32})) && !holds<ct::nvfp4_blocks>(with(mxfp4_pack_quantized, 4, {1, 16})));
static_assert(!holds<plain>(with(mxfp4_pack_quantized, 4, {1, 64})));

TEST_CASE("refused") {
  CHECK_REFUSED(refused("gptq", gptq_config, "none", untouched), not_found, "gptq: there is no tensor \"none.scales\"");
  CHECK_REFUSED(refused("gptq", gptq_config, "ordered4", [](checkpoint_editor& e) { e.tensors.erase("ordered4.qzeros"); }), not_found,
                "there is no tensor \"ordered4.qzeros\"");
  CHECK_REFUSED(refused("gptq", config_of("gptq", R"("bits": 8, "group_size": 64)"), "natural8", untouched), scheme_mismatch,
                "layer \"natural8\": none of 10 schemes holds gptq_v1, 8 bits, groups of 1 x 64, zero points, scales F16");
  const checkpoint_config nf4_config = config_of("bitsandbytes", R"("load_in_4bit": true, "bnb_4bit_quant_type": "nf4")");
  CHECK_REFUSED(refused("bitsandbytes", nf4_config, "fp4_64_64", untouched), scheme_mismatch,
                "layer \"fp4_64_64\" is fp4; the configuration says bitsandbytes_nf4");
  CHECK_REFUSED(refused("bitsandbytes", nf4_config, "nf4_32_nested", untouched), scheme_mismatch, "layer \"nf4_32_nested\" is nf4, nested; the");
  CHECK_REFUSED(refused("bitsandbytes", nf4_config, "none", untouched), not_found, "there is no tensor");
  const checkpoint_config ignored = config_of("compressed-tensors", R"("format": "int-quantized", "ignore": ["int"],
    "config_groups": {"g": {"targets": ["Linear"], "weights": {}}})");
  CHECK_REFUSED(refused("compressed_tensors", ignored, "int", untouched), not_found, "layer \"int\" is in the list of ignored ones");
  const std::vector<std::uint8_t> content = checkpoint_editor("gptq").bytes();
  const checkpoint from(safetensors_file::parse(content).value());
  CHECK_REFUSED(read_layer<awq4>(from, with(gptq_v1, 4, {1, 64}, true), "ordered4").failure(), scheme_mismatch,
                "layer \"ordered4\": " + awq4::name() + " does not hold gptq_v1, 4 bits");
}

TEST_CASE("the layers of a checkpoint") {
  const auto names = [](const std::string& system) {
    const std::vector<std::uint8_t> content = checkpoint_editor(system).bytes();
    return layers_of(safetensors_file::parse(content).value());
  };
  using list = std::vector<std::string>;
  CHECK(names("gptq") == list{"natural2", "natural8", "ordered3", "ordered4", "row4"});
  CHECK(names("bitsandbytes") == list{"fp4_32_33", "fp4_32_nested", "fp4_64_64", "int8", "nf4_32_33", "nf4_32_nested", "nf4_64_64"});
  CHECK(names("compressed_tensors") == list{"float", "int", "nvfp4", "packed3", "packed4", "packed8"});
}
