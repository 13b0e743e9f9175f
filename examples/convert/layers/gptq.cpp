// SPDX-License-Identifier: MIT
// Halftone example: layers of GPTQ.
#include "../layers.hpp"

#include <halftone/format/gptq/schemes.hpp>
#include <halftone/io/gptq_matrix.hpp>
#include <halftone/quantize/dequantize.hpp>

namespace convert {

namespace {

template <class Element, class Granularity>
row_reader open_layer(const halftone::checkpoint& file, const std::string& layer, halftone::gptq::version version) {
  auto read = halftone::gptq::read<halftone::gptq::layer<Element, Granularity>>(file, layer, version);
  halftone::expects(read.has_value(), read.has_value() ? std::string() : read.failure().text);
  auto sorted = std::move(read).value();
  return rows_of(halftone::result(std::move(sorted.weights)), std::move(sorted.order));
}

template <class Element>
row_reader open_groups(const halftone::checkpoint& file, const std::string& layer, halftone::gptq::version version, std::size_t size) {
  switch (size) {
    case 32: return open_layer<Element, halftone::per_group<32>>(file, layer, version);
    case 64: return open_layer<Element, halftone::per_group<64>>(file, layer, version);
    case 128: return open_layer<Element, halftone::per_group<128>>(file, layer, version);
    default: return open_layer<Element, halftone::per_channel<0>>(file, layer, version);
  }
}

row_reader open(const halftone::checkpoint& file, const std::string& layer, halftone::gptq::version version, std::size_t bits,
                std::size_t size) {
  switch (bits) {
    case 2: return open_groups<halftone::uint2>(file, layer, version, size);
    case 3: return open_groups<halftone::uint3>(file, layer, version, size);
    case 4: return open_groups<halftone::uint4>(file, layer, version, size);
    default: return open_groups<halftone::uint8>(file, layer, version, size);
  }
}

}  // namespace

std::optional<quantized_layer> gptq_layer(const halftone::checkpoint& file, const std::string& tensor,
                                          halftone::gptq::version version) {
  const auto layer = before(tensor, ".qweight");
  if (!layer || extent_of(file, tensor, 1) != extent_of(file, *layer + ".scales", 1)) {  // AWQ packs along n
    return std::nullopt;
  }
  const std::size_t n = extent_of(file, tensor, 1), words = extent_of(file, tensor, 0);
  const std::size_t groups = extent_of(file, *layer + ".scales", 0);
  const std::size_t zero_words = extent_of(file, *layer + ".qzeros", 1);
  const halftone::safetensors_tensor* indices = find_tensor(file, *layer + ".g_idx");
  const std::size_t columns = indices != nullptr && indices->shape.size() == 1 ? halftone::detail::size_of_file(indices->shape[0]) : 0;
  std::size_t bits = 0;  // few rows fit the words of several; columns, where a file tells them, are many
  for (const std::size_t each : {2u, 3u, 4u, 8u}) {
    const bool fits = halftone::ceil_div(n * each, std::size_t{32}) == zero_words &&
                      (columns == 0 || halftone::ceil_div(columns * each, std::size_t{32}) == words);
    bits = fits ? each : bits;
  }
  halftone::expects(bits != 0, "layer \"", *layer, "\": zero points in ", zero_words, " words for ", n, " rows, which is not 2, 3, 4 or 8 bits");
  const std::size_t k = columns != 0 ? columns : words * 32 / bits;
  const std::size_t size = group_size(*layer, k, groups);
  return quantized_layer{*layer + ".weight", "uint" + std::to_string(bits) + group_name(size), n, k,
                         tensors_of(file, *layer, {".qweight", ".qzeros", ".scales", ".g_idx"}),
                         [&file, layer = *layer, version, bits, size] { return open(file, layer, version, bits, size); }, "gptq"};
}

}  // namespace convert
