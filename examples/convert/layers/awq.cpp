// SPDX-License-Identifier: MIT
// Halftone example: layers of AWQ.
#include "../layers.hpp"

#include <halftone/format/awq/schemes.hpp>
#include <halftone/io/awq_matrix.hpp>
#include <halftone/quantize/dequantize.hpp>

namespace convert {

namespace {

template <class Granularity>
row_reader open_layer(const halftone::checkpoint& file, const std::string& layer) {
  return rows_of(halftone::awq::read<halftone::awq::layer<Granularity>>(file, layer));
}

row_reader open(const halftone::checkpoint& file, const std::string& layer, std::size_t size) {
  switch (size) {
    case 32: return open_layer<halftone::per_group<32>>(file, layer);
    case 64: return open_layer<halftone::per_group<64>>(file, layer);
    case 128: return open_layer<halftone::per_group<128>>(file, layer);
    default: return open_layer<halftone::per_channel<0>>(file, layer);
  }
}

}  // namespace

std::optional<quantized_layer> awq_layer(const halftone::checkpoint& file, const std::string& tensor) {
  const auto layer = before(tensor, ".qweight");
  if (!layer || extent_of(file, tensor, 1) == extent_of(file, *layer + ".scales", 1)) {  // GPTQ packs along k
    return std::nullopt;
  }
  const std::size_t k = extent_of(file, tensor, 0);
  const std::size_t size = group_size(*layer, k, extent_of(file, *layer + ".scales", 0));
  return quantized_layer{*layer + ".weight", "uint4" + group_name(size), extent_of(file, *layer + ".scales", 1), k,
                         tensors_of(file, *layer, {".qweight", ".qzeros", ".scales"}),
                         [&file, layer = *layer, size] { return open(file, layer, size); }, "awq"};
}

}  // namespace convert
