// SPDX-License-Identifier: MIT
// Halftone tests: a model that ONNX Runtime was shown to run (tests/conformance/minilm.py) is written again, and what no model can
// say is refused.
#include <halftone/io/onnx_writer.hpp>

#include <halftone/core/random.hpp>
#include <halftone/element/tables.hpp>
#include <halftone/scheme/presets.hpp>

#include "file_builder.hpp"
#include "onnx_layers.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace halftone;
using namespace halftone_test;

namespace {

struct like_e4m3fn {  // no relative of it, the same values
  static constexpr std::size_t dimension = 1;
  static constexpr unsigned bits = 8;
  [[nodiscard]] static std::string name() { return "like_e4m3fn"; }
  [[nodiscard]] static constexpr float decode(std::uint32_t code) noexcept { return fp8_e4m3fn::decode(code); }
  template <class Float>
  [[nodiscard]] static constexpr std::uint32_t encode(Float x) noexcept {
    return fp8_e4m3fn::encode(x);
  }
  [[nodiscard]] static constexpr float largest() noexcept { return fp8_e4m3fn::largest(); }
};
struct turned : fp8_e4m3fn {  // a relative of it, other values
  [[nodiscard]] static std::string name() { return "turned"; }
  [[nodiscard]] static constexpr float decode(std::uint32_t code) noexcept { return -fp8_e4m3fn::decode(code); }
};
static_assert(detail::onnx_type_of_element<fp8_e4m3fn_overflowing>() == onnx_type::FLOAT8E4M3FN);
static_assert(detail::onnx_type_of_element<like_e4m3fn>() == onnx_type::FLOAT8E4M3FN && !detail::onnx_type_of_element<turned>());
static_assert(detail::onnx_type_of_element<fp8_e4m3fnuz>() == onnx_type::FLOAT8E4M3FNUZ && !detail::onnx_type_of_element<nf4>());

std::string why(const auto& call) {
  try {
    call();
  } catch (const error& e) {
    return e.what();
  }
  return "nothing was thrown";
}

}  // namespace

TEST_CASE("the recorded model is written again, in memory and on the disk") {
  const onnx_writer model = layers_of_every_kind();
  const bytes recorded = contents_of(HALFTONE_SOURCE_DIR "/tests/io/onnx_golden/layers.onnx");
  CHECK(model.bytes() == recorded);
  const temporary_folder folder;
  const std::string path = folder / "model.onnx";
  CHECK(model.write(path).value() == recorded.size());
  CHECK(contents_of(path) == recorded);
  CHECK_FALSE(model.write("/no/such/folder/model.onnx"));
}

TEST_CASE("opset and IR follow the types") {
  const auto ends = [](const onnx_writer& model, const bytes& last) {
    const bytes all = model.bytes();
    return all.size() > last.size() && std::equal(last.begin(), last.end(), all.end() - static_cast<std::ptrdiff_t>(last.size()));
  };
  const auto model_of = [](const auto& w) {
    onnx_writer model;
    model.output(model.linear("y", model.input("x", w.cols()), w));
    return model;
  };
  CHECK(ends(model_of(some_layer<scheme<int8, symmetric, per_tensor>>(1, 2)), {0x42, 2, 0x10, 21}));
  CHECK(ends(model_of(some_layer<scheme<fp4_e2m1, symmetric, per_tensor>>(1, 2)), {0x42, 2, 0x10, 23}));
  CHECK(ends(model_of(some_layer<scheme<int2, symmetric, per_tensor>>(1, 2)), {0x42, 2, 0x10, 25}));
  CHECK(model_of(some_layer<scheme<int8, symmetric, per_tensor>>(1, 2)).bytes()[1] == 10);
  CHECK(model_of(some_layer<scheme<fp4_e2m1, symmetric, per_tensor>>(1, 2)).bytes()[1] == 11);
  CHECK(model_of(some_layer<scheme<uint2, asymmetric, per_tensor>>(1, 2)).bytes()[1] == 13);
}

TEST_CASE("what no model can say is refused, and nothing is changed") {
  onnx_writer model;
  const std::size_t x = model.input("x", 4);
  const auto w = some_layer<scheme<int8, symmetric, per_channel<0>>>(3, 4);
  const auto narrow = some_layer<scheme<int8, symmetric, per_channel<0>>>(3, 5);
  auto infinite = w;
  infinite.scale_plane().set(1, std::numeric_limits<float>::infinity());
  const std::vector<float> bias(2);
  CHECK(why([&] { static_cast<void>(model.bytes()); }) == "onnx_writer: the model has no output");
  model.output(model.linear("y", x, w));
  const bytes before = model.bytes();
  const auto refused = [&](const std::string& sentence, const auto& call) {
    CHECK(why(call) == "onnx_writer: " + sentence);
    CHECK(model.bytes() == before);
  };
  refused("z: 0 columns", [&] { model.input("z", 0); });
  refused("z: 2147483648 columns", [&] { model.input("z", 0x80000000u); });
  refused("\"\" is no name: it is empty or has //, which names of constants have", [&] { model.input("", 4); });
  refused("\"y//codes\" is no name: it is empty or has //, which names of constants have", [&] { model.input("y//codes", 4); });
  refused("\"z\xff\" is not UTF-8", [&] { model.input("z\xff", 4); });
  refused("y is an output already", [&] { model.output(1); });
  refused("two values are called x", [&] { model.linear("x", x, w); });
  refused("z: there is no value 7 among 2", [&] { model.linear("z", 7, w); });
  refused("output: there is no value 2 among 2", [&] { model.output(2); });
  refused("z: the input has 4 columns, the weights are [3, 5]", [&] { model.linear("z", x, narrow); });
  refused("z: weights of 0 rows", [&] { model.linear("z", x, quantized_matrix<scheme<int8, symmetric, per_tensor>>(matrix_shape{0, 4})); });
  refused("z: 2 biases for 3 rows", [&] { model.linear("z", x, w, bias); });
  refused("z: the scale of group 1 is inf", [&] { model.linear("z", x, infinite); });
  refused("z: scale 0", [&] { model.quantize_dequantize<int8>("z", x, {.scale = 0.0f}); });
  refused("z: scale nan", [&] { model.quantize_dequantize<int8>("z", x, {.scale = std::numeric_limits<float>::quiet_NaN()}); });
  refused("z: zero point -1, outside 0..255", [&] { model.quantize_dequantize<uint8>("z", x, {.scale = 1.0f, .zero_point = -1}); });
  refused("z: zero point 256, outside 0..255", [&] { model.quantize_dequantize<uint8>("z", x, {.scale = 1.0f, .zero_point = 256}); });
  CHECK(model.bytes(before.size()) == before);
  CHECK(why([&] { static_cast<void>(model.bytes(before.size() - 1)); }) ==
        "onnx_writer: a model of " + std::to_string(before.size()) + " bytes, more than the " + std::to_string(before.size() - 1) +
            " that a file holds");
  CHECK(why([] { onnx_writer("\xc3"); }) == "onnx_writer: \"\xc3\" is not UTF-8");
}
