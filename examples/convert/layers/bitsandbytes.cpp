// SPDX-License-Identifier: MIT
// Halftone example: layers of bitsandbytes.
#include "../layers.hpp"

#include <halftone/io/bitsandbytes_matrix.hpp>
#include <halftone/quantize/dequantize.hpp>

namespace convert {

namespace {

namespace bnb = halftone::bitsandbytes;

template <std::size_t N>
row_reader open_block(const halftone::checkpoint& file, const std::string& name, const bnb::quant_state& state) {
  if (state.quant_type == "nf4") {
    return state.is_nested ? rows_of(bnb::read<bnb::nf4_nested<N>>(file, name)) : rows_of(bnb::read<bnb::nf4_blocks<N>>(file, name));
  }
  return state.is_nested ? rows_of(bnb::read<bnb::fp4_nested<N>>(file, name)) : rows_of(bnb::read<bnb::fp4_blocks<N>>(file, name));
}

template <std::size_t... N>
row_reader open_blocks(std::index_sequence<N...>, const halftone::checkpoint& file, const std::string& name,
                       const bnb::quant_state& state) {
  row_reader reader;
  static_cast<void>(((state.block_size == N && (reader = open_block<N>(file, name, state), true)) || ...));
  halftone::expects(reader.values != nullptr, "layer \"", name, "\" has blocks of ", state.block_size);
  return reader;
}

}  // namespace

std::optional<quantized_layer> bitsandbytes_layer(const halftone::checkpoint& file, const std::string& tensor) {
  if (const auto layer = before(tensor, ".SCB")) {
    const std::string name = *layer + ".weight";
    return quantized_layer{name, "int8_rows", extent_of(file, name, 0), extent_of(file, name, 1),
                           tensors_of(file, *layer, {".weight", ".SCB", ".weight_format"}),
                           [&file, layer = *layer] { return rows_of(bnb::read_int8(file, layer)); }, "bitsandbytes"};
  }
  for (const std::string kind : {"nf4", "fp4"}) {
    if (const auto name = before(tensor, ".quant_state.bitsandbytes__" + kind)) {
      const halftone::result<bnb::quant_state> state = bnb::read_state(file, *name);
      halftone::expects(state.has_value(), state.has_value() ? std::string() : state.failure().text);
      std::vector<std::string> tensors =
          tensors_of(file, *name, {"", ".absmax", ".quant_map", ".nested_absmax", ".nested_quant_map"});
      tensors.push_back(tensor);
      const std::string type = kind + "_g" + std::to_string(state.value().block_size) + (state.value().is_nested ? "_nested" : "");
      return quantized_layer{*name, type, state.value().shape.rows, state.value().shape.cols, std::move(tensors),
                             [&file, name = *name, known = state.value()] {
                               return open_blocks(std::index_sequence<32, 64, 128, 256, 512, 1024, 2048, 4096>{}, file, name, known);
                             }, "bitsandbytes"};
    }
  }
  return std::nullopt;
}

}  // namespace convert
