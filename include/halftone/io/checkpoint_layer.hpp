// SPDX-License-Identifier: MIT
// Halftone: layers of a checkpoint read with the first scheme of a list that holds them.
#pragma once

#include <halftone/format/awq/schemes.hpp>
#include <halftone/io/awq_matrix.hpp>
#include <halftone/io/bitsandbytes_matrix.hpp>
#include <halftone/io/checkpoint_config.hpp>
#include <halftone/io/compressed_tensors_matrix.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Schemes that a program has code for. Each costs compile time.
template <scheme_type... Schemes>
struct scheme_list {};

namespace layer_detail {

template <class Granularity>
inline constexpr matrix_shape weights_of_group{largest_size, largest_size};
template <>
inline constexpr matrix_shape weights_of_group<per_tensor>{0, 0};
template <>
inline constexpr matrix_shape weights_of_group<per_channel<0>>{1, 0};
template <std::size_t N>
inline constexpr matrix_shape weights_of_group<per_group<N>>{1, N};
template <std::size_t R, std::size_t C>
inline constexpr matrix_shape weights_of_group<per_block<R, C>>{R, C};
template <std::size_t N>
inline constexpr matrix_shape weights_of_group<flat_blocks<N>>{1, N};

/// Two's complement, from -2^(b - 1): what files of compressed-tensors hold.
template <class Element>
inline constexpr bool is_twos_complement = false;
template <signed_element Element>
inline constexpr bool is_twos_complement<Element> = Element::min == -(std::int32_t{1} << (Element::bits - 1));

template <class Scheme, class Mapping>
inline constexpr bool is_mapped_by = std::is_same_v<typename Scheme::mapping_type, Mapping>;

/// Which readers take a scheme. Those of GPTQ and AWQ take the same ones: each leaves out what is the other's by name.
template <class Scheme>
inline constexpr bool reads_gptq = gptq::layer_scheme<Scheme> && !is_mapped_by<Scheme, awq::affine>;
template <class Scheme>
inline constexpr bool reads_awq =
    awq::layer_scheme<Scheme> && !is_mapped_by<Scheme, gptq::affine> && !is_mapped_by<Scheme, gptq::symmetric>;
template <class Scheme>
inline constexpr bool reads_packed = compressed_tensors::packed_scheme<Scheme> && is_twos_complement<typename Scheme::element_type> &&
                                     halftone::detail::checkpoint_storage<typename Scheme::scale_storage>;
template <class Scheme>
inline constexpr bool reads_bytes = compressed_tensors::byte_scheme<Scheme> && halftone::detail::checkpoint_storage<typename Scheme::scale_storage>;

template <class Scheme>
[[nodiscard]] constexpr bool has_layout(layer_layout layout) noexcept {
  using Element = typename Scheme::element_type;
  switch (layout) {
    case layer_layout::gptq_v1:
    case layer_layout::gptq_v2: return reads_gptq<Scheme>;
    case layer_layout::awq_gemm: return reads_awq<Scheme>;
    case layer_layout::bitsandbytes_nf4: return bitsandbytes::linear4bit_scheme<Scheme> && std::is_same_v<Element, nf4>;
    case layer_layout::bitsandbytes_fp4: return bitsandbytes::linear4bit_scheme<Scheme> && !std::is_same_v<Element, nf4>;
    case layer_layout::bitsandbytes_int8: return std::is_same_v<Scheme, bitsandbytes::int8_rows>;
    case layer_layout::pack_quantized: return reads_packed<Scheme>;
    case layer_layout::int_quantized: return reads_bytes<Scheme> && std::is_same_v<Element, int8>;
    case layer_layout::float_quantized: return reads_bytes<Scheme> && std::is_same_v<Element, fp8_e4m3fn>;
    case layer_layout::nvfp4_pack_quantized: return std::is_same_v<Scheme, compressed_tensors::nvfp4_blocks>;
    case layer_layout::mxfp4_pack_quantized: return std::is_same_v<Scheme, compressed_tensors::mxfp4_blocks>;
  }
  return false;
}

}  // namespace layer_detail

/// Whether matrices of a scheme hold layers of a format, bit for bit: layout, bits, groups, zero points and, where the format knows it,
/// the type of the scales.
template <scheme_type Scheme>
[[nodiscard]] constexpr bool holds(const layer_format& format) noexcept {
  bool has_scales = true;
  if constexpr (detail::checkpoint_storage<typename Scheme::scale_storage>) {
    has_scales = !format.scales || *format.scales == detail::type_of_storage<typename Scheme::scale_storage>;
  }
  return layer_detail::has_layout<Scheme>(format.layout) && Scheme::element_type::bits == format.bits && has_scales &&
         layer_detail::weights_of_group<typename Scheme::granularity_type> == format.group && Scheme::has_zero_point == format.has_zero_point &&
         (format.layout == layer_layout::nvfp4_pack_quantized || detail::is_quantized_again<typename Scheme::scale_storage> == format.is_nested);
}

/// Calls visit(std::type_identity<Scheme>{}) with the first scheme of a list that holds a format.
/// @return whether there is one
template <class... Schemes, class Visitor>
bool visit_scheme(scheme_list<Schemes...>, const layer_format& format, Visitor&& visit) {
  return ((holds<Schemes>(format) && (static_cast<void>(visit(std::type_identity<Schemes>{})), true)) || ...);
}

/// How a layer is stored: what the configuration says, and what stands with the tensors: the type of the scales, and the blocks of
/// bitsandbytes.
/// @return not_found for a layer that is not quantized or whose tensors are missing; scheme_mismatch where tensors say something else
///         than the configuration
[[nodiscard]] inline result<layer_format> format_of_layer(const checkpoint& from, const checkpoint_config& config, const std::string& layer) {
  result<layer_format> known = config.format_of(layer);
  if (!known) {
    return known;
  }
  layer_format& format = known.value();
  const bool is_nf4 = format.layout == layer_layout::bitsandbytes_nf4;
  switch (format.layout) {
    case layer_layout::bitsandbytes_nf4:
    case layer_layout::bitsandbytes_fp4: {
      const result<bitsandbytes::quant_state> state = bitsandbytes::read_state(from, layer + ".weight");
      if (!state) {
        return state.failure();
      }
      if (state.value().quant_type != (is_nf4 ? "nf4" : "fp4") || state.value().is_nested != format.is_nested) {
        return file_failure{file_error::scheme_mismatch, 0,
                            detail::message("layer ", detail::in_quotes(layer), " is ", state.value().quant_type,
                                            state.value().is_nested ? ", nested" : "", "; the configuration says ", text_of(format))};
      }
      format.group = {1, detail::size_of_file(state.value().block_size)};
      break;
    }
    case layer_layout::gptq_v1:
    case layer_layout::gptq_v2:
    case layer_layout::awq_gemm:
    case layer_layout::pack_quantized:
    case layer_layout::int_quantized:
    case layer_layout::float_quantized: {
      const bool is_compressed = config.method() == "compressed-tensors";
      const auto scales = detail::checkpoint_reader(from, config.method()).find(layer + (is_compressed ? ".weight_scale" : ".scales"), {});
      if (!scales) {
        return scales.failure();
      }
      format.scales = scales.value()->type;
      break;
    }
    default: break;
  }
  return known;
}

/// Reads a layer that a scheme holds. @return  the matrix and the order of its columns, or the reader's failure
template <scheme_type Scheme>
[[nodiscard]] result<gptq::sorted_matrix<Scheme>> read_layer(const checkpoint& from, const layer_format& format, const std::string& layer) {
  using matrix = result<quantized_matrix<Scheme>>;
  const auto natural = [](matrix read) {
    return read ? result<gptq::sorted_matrix<Scheme>>({std::move(read).value(), {}}) : result<gptq::sorted_matrix<Scheme>>(read.failure());
  };
  if (!holds<Scheme>(format)) {
    return file_failure{file_error::scheme_mismatch, 0, detail::message("layer ", detail::in_quotes(layer), ": ", Scheme::name(), " does not hold ",
                                                                        text_of(format))};
  }
  [[maybe_unused]] const layer_layout layout = format.layout;
  if constexpr (bitsandbytes::linear4bit_scheme<Scheme>) {
    return natural(bitsandbytes::read<Scheme>(from, layer + ".weight"));
  } else if constexpr (std::is_same_v<Scheme, bitsandbytes::int8_rows>) {
    return natural(bitsandbytes::read_int8(from, layer));
  } else if constexpr (std::is_same_v<Scheme, compressed_tensors::nvfp4_blocks>) {
    return natural(compressed_tensors::read_nvfp4(from, layer));
  } else if constexpr (std::is_same_v<Scheme, compressed_tensors::mxfp4_blocks>) {
    return natural(compressed_tensors::read_mxfp4(from, layer));
  } else if constexpr (layer_detail::reads_packed<Scheme> && layer_detail::reads_bytes<Scheme>) {
    return layout == layer_layout::pack_quantized ? compressed_tensors::read_ordered<Scheme>(from, layer)
                                                  : natural(compressed_tensors::read_bytes<Scheme>(from, layer));
  } else if constexpr (layer_detail::reads_packed<Scheme>) {
    return compressed_tensors::read_ordered<Scheme>(from, layer);
  } else if constexpr (layer_detail::reads_bytes<Scheme>) {
    return natural(compressed_tensors::read_bytes<Scheme>(from, layer));
  } else if constexpr (layer_detail::reads_gptq<Scheme> || layer_detail::reads_awq<Scheme>) {
    if constexpr (layer_detail::reads_awq<Scheme>) {
      if (!layer_detail::reads_gptq<Scheme> || layout == layer_layout::awq_gemm) {
        return natural(awq::read<Scheme>(from, layer));
      }
    }
    if constexpr (layer_detail::reads_gptq<Scheme>) {
      return gptq::read<Scheme>(from, layer, layout == layer_layout::gptq_v1 ? gptq::version::v1 : gptq::version::v2);
    }
  }
}

/// Reads a layer and calls visit(gptq::sorted_matrix<Scheme>) with it, of the first scheme of a list that holds it.
/// @return none, or a failure: of `format_of_layer`, of the reader, or scheme_mismatch where no scheme of the list holds the layer
template <class... Schemes, class Visitor>
[[nodiscard]] std::optional<file_failure> visit_layer(scheme_list<Schemes...> schemes, const checkpoint& from, const checkpoint_config& config,
                                                      const std::string& layer, Visitor&& visit) {
  const result<layer_format> format = format_of_layer(from, config, layer);
  if (!format) {
    return format.failure();
  }
  std::optional<file_failure> failure;
  const bool is_held = visit_scheme(schemes, format.value(), [&]<class Scheme>(std::type_identity<Scheme>) {
    auto read = read_layer<Scheme>(from, format.value(), layer);
    if (read) {
      visit(std::move(read).value());
    } else {
      failure = read.failure();
    }
  });
  if (!is_held) {
    return file_failure{file_error::scheme_mismatch, 0,
                        detail::message("layer ", detail::in_quotes(layer), ": none of ", sizeof...(Schemes), " schemes holds ",
                                        text_of(format.value()))};
  }
  return failure;
}

/// The quantized layers of a checkpoint by the names of their tensors, sorted.
[[nodiscard]] inline std::vector<std::string> layers_of(const checkpoint& from) {
  std::vector<std::string> layers;
  for (const std::string& name : from.names()) {
    for (const std::string_view end : {".qweight", ".weight_packed", ".weight_scale", ".SCB", ".weight.quant_state.bitsandbytes__nf4",
                                       ".weight.quant_state.bitsandbytes__fp4"}) {
      if (name.ends_with(end)) {
        layers.push_back(name.substr(0, name.size() - end.size()));
      }
    }
  }
  std::sort(layers.begin(), layers.end());
  layers.erase(std::unique(layers.begin(), layers.end()), layers.end());
  return layers;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
