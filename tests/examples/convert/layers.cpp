// SPDX-License-Identifier: MIT
// Halftone tests: layers that real packages wrote give the numbers that the packages give, in every row and column.
#include "examples/convert/layers.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace halftone;

namespace {

/// Compares every layer of a recorded file with the tensor LAYER.real beside it. @return how many there are
std::size_t compare_layers(const std::string& tool) {
  const safetensors_file file = safetensors_file::open(HALFTONE_SOURCE_DIR "/tests/io/checkpoint_golden/" + tool + ".safetensors").value();
  const checkpoint model(file);  // layers read it when they are opened
  const std::vector<convert::quantized_layer> layers = convert::quantized_layers(model, gptq::version::v1);
  for (const convert::quantized_layer& layer : layers) {
    CAPTURE(layer.name);
    const safetensors_tensor* real = file.find(*convert::before(layer.name, ".weight") + ".real");
    REQUIRE(real != nullptr);
    CHECK(real->shape == std::vector<std::uint64_t>{layer.rows, layer.cols});
    for (const std::string& part : layer.tensors) {
      CHECK(file.find(part) != nullptr);
    }
    // Packages round what they give to the type of their layers.
    const float bound = real->type == safetensors_type::F32 ? 0.0f : real->type == safetensors_type::F16 ? 0x1p-10f : 0x1p-7f;
    const convert::row_reader read = layer.open();
    std::vector<float> row(layer.cols);
    for (std::size_t r = 0; r < layer.rows; ++r) {
      read(r, row);
      for (std::size_t c = 0; c < layer.cols; ++c) {
        const float wanted = halftone::detail::float_at(*real, r * layer.cols + c);
        CHECK(std::abs(row[c] - wanted) <= bound * std::abs(wanted));
      }
    }
  }
  return layers.size();
}

}  // namespace

TEST_CASE("layers of the tools that checkpoints come from") {
  CHECK(compare_layers("bitsandbytes") == 7);
  CHECK(compare_layers("gptq") == 5);
  CHECK(compare_layers("awq") == 2);
  CHECK(compare_layers("compressed_tensors") == 6);
}

TEST_CASE("layers that this program cannot read are refused by name") {
  CHECK(convert::group_size("l", 256, 1) == 0);
  CHECK(convert::group_size("l", 256, 2) == 128);
  CHECK(convert::group_size("l", 250, 8) == 32);
  CHECK_THROWS_WITH_AS(static_cast<void>(convert::group_size("l", 256, 16)),
                       "layer \"l\": 16 groups in 256 columns; this program reads groups of 32, 64, 128 and whole rows", halftone::error);
}
