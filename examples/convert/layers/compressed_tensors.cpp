// SPDX-License-Identifier: MIT
// Halftone example: layers of compressed-tensors.
#include "../layers.hpp"

#include <halftone/io/compressed_tensors_matrix.hpp>
#include <halftone/quantize/dequantize.hpp>

namespace convert {

namespace {

namespace ct = halftone::compressed_tensors;

/// Calls call(storage) for the type of a layer's scales.
template <class Call>
row_reader for_storage(const halftone::checkpoint& file, const std::string& layer, const Call& call) {
  const halftone::safetensors_tensor* scale = find_tensor(file, layer + ".weight_scale");
  halftone::expects(scale != nullptr, "layer \"", layer, "\" has no weight_scale");
  switch (scale->type) {
    case halftone::safetensors_type::F16: return call(halftone::stored_as<halftone::fp16>{});
    case halftone::safetensors_type::BF16: return call(halftone::stored_as<halftone::bf16>{});
    default: return call(halftone::stored_as<halftone::fp32>{});
  }
}

template <class Element, class Mapping, class Granularity, class Storage>
row_reader open_packed(const halftone::checkpoint& file, const std::string& layer) {
  return rows_of(ct::read_packed<ct::integers<Element, Granularity, Mapping, Storage>>(file, layer));
}
template <class Element, class Mapping>
row_reader open_groups(const halftone::checkpoint& file, const std::string& layer, std::size_t size) {
  return for_storage(file, layer, [&]<class Storage>(Storage) {
    switch (size) {
      case 32: return open_packed<Element, Mapping, halftone::per_group<32>, Storage>(file, layer);
      case 64: return open_packed<Element, Mapping, halftone::per_group<64>, Storage>(file, layer);
      case 128: return open_packed<Element, Mapping, halftone::per_group<128>, Storage>(file, layer);
      default: return open_packed<Element, Mapping, halftone::per_channel<0>, Storage>(file, layer);
    }
  });
}
row_reader open(const halftone::checkpoint& file, const std::string& layer, std::size_t bits, std::size_t size) {
  const bool has_zeros = file.has(layer + ".weight_zero_point");
  const auto open_bits = [&]<class Element>(Element) {
    return has_zeros ? open_groups<Element, ct::affine>(file, layer, size) : open_groups<Element, ct::symmetric>(file, layer, size);
  };
  return bits == 3 ? open_bits(halftone::int3{}) : bits == 4 ? open_bits(halftone::int4{}) : open_bits(halftone::int8{});
}

template <class Granularity>
row_reader open_bytes(const halftone::checkpoint& file, const std::string& layer, bool is_float) {
  return for_storage(file, layer, [&]<class Storage>(Storage) {
    if (is_float) {
      return rows_of(ct::read_bytes<ct::floats<Granularity, Storage>>(file, layer));
    }
    return file.has(layer + ".weight_zero_point")
               ? rows_of(ct::read_bytes<ct::integers<halftone::int8, Granularity, ct::affine, Storage>>(file, layer))
               : rows_of(ct::read_bytes<ct::integers<halftone::int8, Granularity, ct::symmetric, Storage>>(file, layer));
  });
}

}  // namespace

std::optional<quantized_layer> compressed_tensors_layer(const halftone::checkpoint& file, const std::string& tensor) {
  if (const auto layer = before(tensor, ".weight_packed")) {
    std::vector<std::string> tensors = tensors_of(
        file, *layer, {".weight_packed", ".weight_shape", ".weight_scale", ".weight_zero_point", ".weight_global_scale", ".weight_g_idx"});
    const std::size_t rows = extent_of(file, tensor, 0), words = extent_of(file, tensor, 1);
    if (file.has(*layer + ".weight_global_scale")) {
      return quantized_layer{*layer + ".weight", "nvfp4", rows, 2 * words, std::move(tensors),
                             [&file, layer = *layer] { return rows_of(ct::read_nvfp4(file, layer)); }, "compressed-tensors"};
    }
    const halftone::safetensors_tensor* shape = find_tensor(file, *layer + ".weight_shape");
    halftone::expects(shape != nullptr && shape->bytes.size() == 16, "layer \"", *layer, "\" has no weight_shape of two numbers");
    const std::size_t k = halftone::read_code<32>(shape->bytes.data(), 2);
    std::size_t bits = 0;
    for (const unsigned each : {3u, 4u, 8u}) {
      bits = words == ct::word_bytes(k, each) / 4 ? each : bits;
    }
    halftone::expects(bits != 0, "layer \"", *layer, "\": ", words, " words for ", k, " columns, which is not 3, 4 or 8 bits");
    const std::size_t size = group_size(*layer, k, extent_of(file, *layer + ".weight_scale", 1));
    const bool has_zeros = file.has(*layer + ".weight_zero_point");
    return quantized_layer{*layer + ".weight", (has_zeros ? "uint" : "int") + std::to_string(bits) + group_name(size), rows, k, std::move(tensors),
                           [&file, layer = *layer, bits, size] { return open(file, layer, bits, size); }, "compressed-tensors"};
  }
  const auto name = before(tensor, "_scale");
  const auto layer = name ? before(*name, ".weight") : std::nullopt;
  const halftone::safetensors_tensor* weight = layer ? find_tensor(file, *name) : nullptr;
  const bool is_float = weight != nullptr && weight->type == halftone::safetensors_type::F8_E4M3;
  if (!is_float && (weight == nullptr || weight->type != halftone::safetensors_type::I8)) {
    return std::nullopt;
  }
  const std::size_t scales = extent_of(file, tensor, 0);
  return quantized_layer{*name, std::string(is_float ? "fp8" : file.has(*layer + ".weight_zero_point") ? "uint8" : "int8") + (scales > 1 ? "_rows" : "_tensor"),
                         extent_of(file, *name, 0), extent_of(file, *name, 1),
                         tensors_of(file, *layer, {".weight", ".weight_scale", ".weight_zero_point"}),
                         [&file, layer = *layer, is_float, scales] {
                           return scales != 0 ? open_bytes<halftone::per_channel<0>>(file, layer, is_float)
                                              : open_bytes<halftone::per_tensor>(file, layer, is_float);
                         },
                         "compressed-tensors"};
}

}  // namespace convert
