// SPDX-License-Identifier: MIT
// Halftone: matrices from blocks of ggml and back, and ggml's encoders.
#pragma once

#include <halftone/core/for_each_row.hpp>
#include <halftone/core/result.hpp>
#include <halftone/format/ggml/group_columns.hpp>
#include <halftone/tensor/checks.hpp>

#include <atomic>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml {

/// Bytes of a row of k weights. k is a multiple of the block.
template <format_scheme Scheme, class Format = block_format<Scheme>>
[[nodiscard]] constexpr std::size_t row_bytes(std::size_t k) noexcept {
  return saturated_product(k / Format::block::weights, Format::bytes);
}

/// Where the numbers of a block stand in the planes of a matrix.
template <format_scheme Scheme, class Format>
struct block_planes {
  using format = Format;
  using block = typename format::block;
  using Element = typename Scheme::element_type;
  using matrix = quantized_matrix<Scheme>;
  static constexpr unsigned bits = Element::bits;
  /// Blocks hold a number besides (see per_group_with_sums.hpp); block::offset carries it.
  static constexpr bool keeps_sums = requires(matrix& q) { q.scheme().granularity.sums; };

  /// Writes block i of a row.
  static void put(const block& b, matrix& q, std::size_t row, std::size_t i) noexcept {
    std::array<std::uint8_t, block::weights> codes = b.codes;
    shift<format::zero_code, bits>(codes);
    pack_codes<bits>(codes.data(), codes.size(), q.row_codes(row).data() + i * (block::weights * bits / 8));
    put_plane<1>(q.scale_plane(), b.scale, b.scale_codes, row, i);
    if constexpr (Scheme::has_offset) {
      put_plane<-1>(q.offset_plane(), b.offset, b.offset_codes, row, i);
    } else if constexpr (keeps_sums) {
      store_half(b.offset, q.scheme().granularity.sums.data() + 2 * (row * q.parameter_shape().cols + i));
    }
  }

  /// Reads block i of a row.
  static void get(const matrix& q, std::size_t row, std::size_t i, block& b) noexcept {
    unpack_codes<bits>(q.row_codes(row).data() + i * (block::weights * bits / 8), b.codes.size(), b.codes.data());
    shift<-format::zero_code, bits>(b.codes);
    get_plane<1>(q.scale_plane(), b.scale, b.scale_codes, row, i);
    if constexpr (Scheme::has_offset) {
      get_plane<-1>(q.offset_plane(), b.offset, b.offset_codes, row, i);
    } else if constexpr (keeps_sums) {
      const std::vector<std::uint8_t>& sums = q.scheme().granularity.sums;
      if (sums.empty()) {
        b.offset = format::sum_of(b);
      } else {
        b.offset = load_half(sums.data() + 2 * (row * q.parameter_shape().cols + i));
      }
    }
  }

 private:
  /// Codes that count from `Zero` become two's complement.
  template <std::int32_t Zero, unsigned Bits, std::size_t Count>
  static void shift(std::array<std::uint8_t, Count>& codes) noexcept {
    constexpr auto down = static_cast<std::uint8_t>(-Zero);
    constexpr auto mask = static_cast<std::uint8_t>((1u << Bits) - 1);
    if constexpr (Zero != 0) {
      std::uint8_t* const code = codes.data();
      for (std::size_t i = 0; i < Count; ++i) {
        code[i] = static_cast<std::uint8_t>(static_cast<std::uint8_t>(code[i] + down) & mask);
      }
    }
  }

  // One float a block; or a code a group, each a float of its own.
  template <int Sign, class Stored>
  static void put_plane(parameter_plane<stored_as<Stored>>& plane, float value, const auto& codes, std::size_t row,
                        std::size_t i) noexcept {
    const std::size_t first = row * plane.shape().cols + i * block::groups;
    if constexpr (block::groups == 1) {
      plane.set(first, value);
    } else {
      for (std::size_t j = 0; j < block::groups; ++j) {
        plane.set(first + j, Stored::decode(codes[j]));
      }
    }
  }
  template <int Sign, class Stored>
  static void get_plane(const parameter_plane<stored_as<Stored>>& plane, float& value, auto& codes, std::size_t row,
                        std::size_t i) noexcept {
    const std::size_t first = row * plane.shape().cols + i * block::groups;
    if constexpr (block::groups == 1) {
      value = plane.at(first);
    } else {
      for (std::size_t j = 0; j < block::groups; ++j) {
        codes[j] = static_cast<std::uint8_t>(Stored::encode(plane.at(first + j)));
      }
    }
  }

  // Integers under a float. ggml subtracts its minima, so the float above offsets has the other sign.
  template <int Sign, class Nested>
  static void put_plane(parameter_plane<quantized_again<Nested>>& plane, float value, const auto& stored, std::size_t row,
                        std::size_t i) noexcept {
    constexpr unsigned nested_bits = Nested::element_type::bits;
    quantized_matrix<Nested>& q = plane.matrix();
    pack_codes<nested_bits>(stored.data(), stored.size(), q.row_codes(row).data() + i * (stored.size() * nested_bits / 8));
    q.scale_plane().set(row * q.scale_plane().shape().cols + i, Sign * value);
  }
  template <int Sign, class Nested>
  static void get_plane(const parameter_plane<quantized_again<Nested>>& plane, float& value, auto& codes, std::size_t row,
                        std::size_t i) noexcept {
    constexpr unsigned nested_bits = Nested::element_type::bits;
    const quantized_matrix<Nested>& q = plane.matrix();
    unpack_codes<nested_bits>(q.row_codes(row).data() + i * (codes.size() * nested_bits / 8), codes.size(), codes.data());
    value = Sign * q.scale_plane().at(row * q.scale_plane().shape().cols + i);
  }
};

/// Blocks whose codes are moved without being taken apart.
template <class Format>
inline constexpr bool moves_blocks = requires(const std::uint8_t* from, std::uint8_t* to) {
  Format::move_in(from, to);
  Format::move_out(from, to);
};

/// The planes of such a matrix: codes, and scales and offsets in fp16, blocks one after the other in each.
struct moved_planes {
  std::uint8_t* codes = nullptr;
  std::uint8_t* scales = nullptr;
  std::uint8_t* offsets = nullptr;
};
template <class Scheme>
[[nodiscard]] moved_planes planes_of(quantized_matrix<Scheme>& q) {
  moved_planes planes;
  planes.codes = q.codes().data();
  const auto bytes_of = [](auto& plane) {
    std::uint8_t* start = nullptr;
    plane.for_each_plane("", [&](const std::string&, plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
      start = bytes.data();
    });
    return start;
  };
  planes.scales = bytes_of(q.scale_plane());
  if constexpr (Scheme::has_offset) {
    planes.offsets = bytes_of(q.offset_plane());
  }
  return planes;
}

/// Fills the planes of a matrix, whose codes are overwritten, from blocks of that many bytes: what `read` gives.
/// @return  null, or why a block is none; then `at` is its first byte
/// @par Cost  one pass, no allocation
template <format_scheme Scheme, class Format = block_format<Scheme>>
[[nodiscard]] const char* read_blocks(std::span<const std::uint8_t> bytes, quantized_matrix<Scheme>& q, std::size_t& at) noexcept {
  using block = typename Format::block;
  const std::size_t count = q.cols() / block::weights;
  const std::size_t row_length = count * Format::bytes;
  if constexpr (moves_blocks<Format>) {
    constexpr std::size_t code_bytes = block::weights * Scheme::element_type::bits / 8;
    const moved_planes to = planes_of(q);
    for (std::size_t i = 0; i < (row_length == 0 ? 0 : q.rows() * count); ++i) {
      Format::move_in(bytes.data() + i * Format::bytes, to.codes + i * code_bytes);
      move_half(bytes.data() + i * Format::bytes, to.scales + 2 * i);
      if constexpr (Scheme::has_offset) {
        move_half(bytes.data() + i * Format::bytes + 2, to.offsets + 2 * i);
      }
    }
  } else {
    block b;
    for (std::size_t row = 0; row < (row_length == 0 ? 0 : q.rows()); ++row) {
      for (std::size_t i = 0; i < count; ++i) {
        at = row * row_length + i * Format::bytes;
        if (const char* why = Format::unpack(bytes.data() + at, b); why != nullptr) {
          return why;
        }
        block_planes<Scheme, Format>::put(b, q, row, i);
      }
    }
  }
  return nullptr;
}

/// Writes the blocks of a matrix whose rows are whole numbers of them: what `write` gives.
/// @throws    halftone::error where the matrix holds what the format has no bytes for
/// @par Cost  one pass, no allocation
template <format_scheme Scheme, class Format = block_format<Scheme>>
void write_blocks(const quantized_matrix<Scheme>& q, std::span<std::uint8_t> bytes) {
  using block = typename Format::block;
  const std::size_t count = q.cols() / block::weights;
  if constexpr (moves_blocks<Format>) {
    constexpr std::size_t code_bytes = block::weights * Scheme::element_type::bits / 8;
    const moved_planes from = planes_of(const_cast<quantized_matrix<Scheme>&>(q));  // reads only
    for (std::size_t i = 0; i < q.rows() * count; ++i) {
      Format::move_out(from.codes + i * code_bytes, bytes.data() + i * Format::bytes);
      move_half(from.scales + 2 * i, bytes.data() + i * Format::bytes);
      if constexpr (Scheme::has_offset) {
        move_half(from.offsets + 2 * i, bytes.data() + i * Format::bytes + 2);
      }
    }
  } else {
    block b;
    for (std::size_t row = 0; row < (count == 0 ? 0 : q.rows()); ++row) {
      for (std::size_t i = 0; i < count; ++i) {
        block_planes<Scheme, Format>::get(q, row, i, b);
        if constexpr (requires { Format::holds(b); }) {
          expects(Format::holds(b), "ggml::write: block ", i, " of row ", row, " holds a scale or a level that ",
                  std::string(Format::name), " has no bytes for");
        }
        Format::pack(b, bytes.data() + (row * count + i) * Format::bytes);
      }
    }
  }
}

/// The matrix that blocks of ggml hold: rows one after the other, each a whole number of blocks.
///
/// Its dequantized weights are the floats of ggml's dequantize_row, bit for bit, and `write` gives the same bytes again for
/// every block that ggml's encoder makes. docs/ggml.md says what becomes of other bytes.
///
/// @tparam Format  how the blocks are arranged, where a scheme has several
/// @param bytes  rows * row_bytes(cols) bytes
/// @param shape  cols is a multiple of the format's block
/// @return       or a failure: too few or too many bytes, a row that is no whole number of blocks, bytes that are no block
/// @par Cost     one pass; allocates the planes, after the sizes are checked
template <format_scheme Scheme, class Format = block_format<Scheme>>
[[nodiscard]] result<quantized_matrix<Scheme>> read(std::span<const std::uint8_t> bytes, matrix_shape shape) {
  using block = typename Format::block;
  if (shape.cols % block::weights != 0) {
    return file_failure{file_error::malformed, 0,
                        detail::message("ggml::read: a row of ", shape.cols, " weights is no whole number of ",
                                        std::string(Format::name), " blocks of ", block::weights)};
  }
  const std::size_t row_length = row_bytes<Scheme, Format>(shape.cols);
  const std::size_t length = saturated_product(shape.rows, row_length);
  if (bytes.size() != length) {
    return file_failure{bytes.size() < length ? file_error::truncated : file_error::bad_extent, bytes.size(),
                        detail::message("ggml::read: [", shape.rows, ", ", shape.cols, "] in ", std::string(Format::name),
                                        " is ", length, " bytes, not ", bytes.size())};
  }
  if (shape.cols > largest_size / 64) {
    return file_failure{file_error::too_large, 0,
                        detail::message("ggml::read: [", shape.rows, ", ", shape.cols, "] is more than memory can hold")};
  }
  quantized_matrix<Scheme> q(shape);
  if constexpr (block_planes<Scheme, Format>::keeps_sums) {
    q.scheme().granularity.sums.resize(2 * q.group_count());
  }
  std::size_t at = 0;
  if (const char* why = read_blocks<Scheme, Format>(bytes, q, at); why != nullptr) {
    return file_failure{file_error::malformed, at,
                        detail::message("ggml::read: block ", at % row_length / Format::bytes, " of row ", at / row_length,
                                        " is no ", std::string(Format::name), " block: ", why)};
  }
  return q;
}

/// The blocks of a matrix.
/// @throws halftone::error if a row is no whole number of blocks, sums that the granularity keeps are not one a block, or the
///         matrix holds what the format has no bytes for: NVFP4 scales below 0 or NaN, MXFP4 scales that are NaN, the level -2
///         of ternary formats
template <format_scheme Scheme, class Format = block_format<Scheme>>
[[nodiscard]] std::vector<std::uint8_t> write(const quantized_matrix<Scheme>& q) {
  using block = typename Format::block;
  if constexpr (block_planes<Scheme, Format>::keeps_sums) {
    const std::size_t held = q.scheme().granularity.sums.size();
    expects(held == 0 || held == 2 * q.group_count(), "ggml::write: ", held, " bytes of sums for ", q.group_count(), " blocks");
  }
  expects(q.cols() % block::weights == 0, "ggml::write: a row of ", q.cols(), " weights is no whole number of ",
          std::string(Format::name), " blocks of ", block::weights);
  const std::size_t row_length = row_bytes<Scheme, Format>(q.cols());
  std::vector<std::uint8_t> bytes(row_length == 0 ? 0 : q.rows() * row_length);
  write_blocks<Scheme, Format>(q, bytes);
  return bytes;
}

/// Encodes a row; false where it holds what is not finite.
template <class Format>
[[nodiscard]] bool encode_finite_row(const float* x, const float* importance, std::size_t k, std::uint8_t* out) noexcept {
  if constexpr (std::is_same_v<decltype(Format::encode_row(x, importance, k, out)), bool>) {
    return Format::encode_row(x, importance, k, out);
  } else {
    const bool finite = all_finite(x, k);
    if (finite) {
      Format::encode_row(x, importance, k, out);
    }
    return finite;
  }
}

/// ggml's encoder: the bytes of ggml_quantize_chunk, and without importance of quantize_row_*_ref.
///
/// @param w           [n, k], finite, k a multiple of the block
/// @param bytes       n * row_bytes(k)
/// @param importance  none, or k numbers, 0 or more: how much the errors of each column count. Formats that ggml encodes
///                    without importance ignore it.
/// @throws            halftone::error for a wrong shape, a NaN or an infinity, w and bytes that overlap
/// @par Cost          rows are tasks of the executor; no allocation
template <format_scheme Scheme, class Format = block_format<Scheme>>
void encode(matrix_view<const float> w, std::span<std::uint8_t> bytes, std::span<const float> importance = {},
            const context& use = {}) {
  expects_valid(w, "ggml::encode", "w");
  expects(w.cols() % Format::block::weights == 0, "ggml::encode: a row of ", w.cols(), " weights is no whole number of ",
          std::string(Format::name), " blocks of ", std::size_t{Format::block::weights});
  const std::size_t row_length = row_bytes<Scheme, Format>(w.cols());
  expects(bytes.size() == saturated_product(row_length == 0 ? 0 : w.rows(), row_length), "ggml::encode: [", w.rows(), ", ",
          w.cols(), "] in ", std::string(Format::name), " is ", w.rows(), " times ", row_length, " bytes, not ", bytes.size());
  expects(!overlap(w, bytes), "ggml::encode: w and bytes overlap");
  expects(importance.empty() || importance.size() == w.cols(), "ggml::encode: ", importance.size(), " importances for ",
          w.cols(), " columns");
  for (std::size_t j = 0; j < importance.size(); ++j) {
    expects(is_finite(importance[j]) && importance[j] >= 0.0f, "ggml::encode: importance ", j, " is ", importance[j]);
  }
  std::atomic<bool> finite = true;
  for_each_row(row_length == 0 ? 0 : w.rows(), use, [&](std::size_t row) {
    if (!encode_finite_row<Format>(w.row_data(row), importance.empty() ? nullptr : importance.data(), w.cols(),
                                   bytes.data() + row * row_length)) {
      finite.store(false, std::memory_order_relaxed);
    }
  });
  if (!finite.load(std::memory_order_relaxed)) {
    expects_finite(w, "ggml::encode");  // says where
  }
}

/// The matrix of ggml's encoder: `encode`, then `read`.
/// @throws   what `encode` throws
/// @par Cost `encode` and `read`; allocates the bytes and the planes
template <format_scheme Scheme, class Format = block_format<Scheme>>
[[nodiscard]] quantized_matrix<Scheme> quantize(matrix_view<const float> w, std::span<const float> importance = {},
                                                const context& use = {}) {
  expects_valid(w, "ggml::quantize", "w");
  std::vector<std::uint8_t> bytes(saturated_product(w.cols() == 0 ? 0 : w.rows(), row_bytes<Scheme, Format>(w.cols())));
  encode<Scheme, Format>(w, bytes, importance, use);
  return std::move(read<Scheme, Format>(bytes, w.shape())).value();
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ggml
