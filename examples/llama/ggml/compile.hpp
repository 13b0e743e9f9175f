// SPDX-License-Identifier: MIT
// Halftone example: compiles the matrices of one type of GGUF tensors. One file for each, so that they build side by side.
#pragma once

#include "../any_matrix.hpp"

#include <bit>
#include <cstring>

namespace llama {

/// The entry of a type. Each is compiled in its own file.
/// @tparam Format  how its blocks are arranged; void: plain numbers
template <class Scheme, class Format>
[[nodiscard]] const matrix_type& matrix_type_of();

/// How a file holds plain numbers: as the codes of a matrix, whose rows follow each other without padding.
template <class Scheme>
struct plain_numbers {
  using element = typename Scheme::element_type;
  static constexpr std::size_t bytes = element::bits / 8;
  static constexpr std::size_t weights = 1;
  static constexpr std::uint32_t type = element::bits == 32                       ? 0
                                        : std::is_same_v<element, halftone::bf16> ? 30
                                                                                  : 1;

  static halftone::quantized_matrix<Scheme> read(std::span<const std::uint8_t> blocks, halftone::matrix_shape shape) {
    halftone::quantized_matrix<Scheme> q(shape);
    const std::size_t length = shape.cols * bytes;
    for (std::size_t row = 0; row < shape.rows; ++row) {
      const auto codes = blocks.subspan(row * length, length);
      std::copy(codes.begin(), codes.end(), q.row_codes(row).begin());
    }
    return q;
  }
  static void decode_row(std::span<const std::uint8_t> blocks, std::span<float> row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      row[i] = element::decode(halftone::read_code<element::bits>(blocks.data(), i));
    }
  }
  static std::vector<std::uint8_t> encode(halftone::matrix_view<const float> w) {
    std::vector<std::uint8_t> blocks(w.rows() * w.cols() * bytes);
    for (std::size_t i = 0; i < w.rows(); ++i) {
      for (std::size_t j = 0; j < w.cols(); ++j) {
        halftone::write_code<element::bits>(blocks.data(), i * w.cols() + j, element::encode(w(i, j)));
      }
    }
    return blocks;
  }
};

/// How a file holds ggml's blocks.
template <class Scheme, class Format>
struct ggml_blocks {
  static constexpr std::size_t bytes = Format::bytes;
  static constexpr std::size_t weights = Format::block::weights;
  static constexpr std::uint32_t type = Format::type;

  static halftone::quantized_matrix<Scheme> read(std::span<const std::uint8_t> blocks, halftone::matrix_shape shape) {
    auto q = halftone::ggml::read<Scheme, Format>(blocks, shape);
    halftone::expects(q.has_value(), q.has_value() ? std::string() : q.failure().text);
    return std::move(q).value();
  }
  static void decode_row(std::span<const std::uint8_t> blocks, std::span<float> row) {
    halftone::dequantize(read(blocks, {1, row.size()}), halftone::matrix_view<float>(row.data(), 1, row.size()));
  }
  static std::vector<std::uint8_t> encode(halftone::matrix_view<const float> w) {
    std::vector<std::uint8_t> blocks(w.rows() * halftone::ggml::row_bytes<Scheme, Format>(w.cols()));
    halftone::ggml::encode<Scheme, Format>(w, blocks);
    return blocks;
  }
};

/// How many activations share a scale: as in llama.cpp 32, and 256 for super-blocks, but never fewer than weights do.
template <class Scheme>
constexpr std::size_t activation_group() {
  if constexpr (!Scheme::has_scale) {
    return 0;
  } else if constexpr (halftone::super_block_groups<Scheme> != 0) {
    return 256;
  } else {
    return std::max<std::size_t>(32, Scheme::granularity_type::group_size);
  }
}

template <class Scheme>
class packed_any_matrix final : public any_matrix {
 public:
  explicit packed_any_matrix(const halftone::quantized_matrix<Scheme>& q) : packed_(halftone::pack(q)) {}

  void multiply(const floats& x, halftone::matrix_view<float> y, const finish& last,
                const halftone::context& context) const override {
    halftone::gemm(x, packed_, y, halftone::epilogue{last}, context);
  }
  void multiply(const codes& x, halftone::matrix_view<float> y, const finish& last,
                const halftone::context& context) const override {
    constexpr std::size_t length = activation_group<Scheme>();
    if constexpr (length == 0) {
      multiply(x.floats(), y, last, context);
    } else {
      halftone::gemm(x.template of<length>(), packed_, y, halftone::epilogue{last}, context);
    }
  }
  [[nodiscard]] std::size_t streamed_bytes() const override { return packed_.streamed_bytes(); }

 private:
  halftone::packed_matrix<Scheme> packed_;
};

template <class Scheme, class Format>
const matrix_type& matrix_type_of() {
  using stored = std::conditional_t<std::is_void_v<Format>, plain_numbers<Scheme>, ggml_blocks<Scheme, Format>>;
  static constexpr matrix_type entry{
      .type = static_cast<halftone::gguf_tensor_type>(stored::type),
      .block = stored::weights,
      .block_bytes = stored::bytes,
      .activations = activation_group<Scheme>(),
      .pack = [](std::span<const std::uint8_t> blocks, halftone::matrix_shape shape) -> std::unique_ptr<any_matrix> {
        return std::make_unique<packed_any_matrix<Scheme>>(stored::read(blocks, shape));
      },
      .decode_row = stored::decode_row,
      .encode = stored::encode};
  return entry;
}

}  // namespace llama

#define HALFTONE_LLAMA_COMPILE_TYPE(SCHEME, FORMAT) \
  template const llama::matrix_type& llama::matrix_type_of<SCHEME, FORMAT>();
