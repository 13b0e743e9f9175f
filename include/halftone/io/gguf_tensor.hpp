// SPDX-License-Identifier: MIT
// Halftone: a tensor of a GGUF file, and the rules that its description obeys.
#pragma once

#include <halftone/io/checked_mul.hpp>
#include <halftone/io/gguf_metadata.hpp>

namespace halftone::inline v0_1 {

/// One tensor of a file: its bytes are in the file's order. Lives as long as the file. Extents go from the fastest to
/// the slowest, as in the file: a matrix of n rows of k values is {k, n}, the reverse of numpy.
struct gguf_tensor {
  std::string_view name;
  gguf_tensor_type type = gguf_tensor_type::F32;
  std::array<std::uint64_t, 4> extents{1, 1, 1, 1};  ///< those behind the rank are 1
  unsigned rank = 0;                                 ///< 0 to 4
  std::span<const std::uint8_t> bytes;               ///< starts on a multiple of the file's alignment
  std::uint64_t offset = 0;                          ///< of the first byte, in its file
  std::endian byte_order = std::endian::little;      ///< of the numbers in `bytes`

  /// The extents that the file names.
  [[nodiscard]] std::span<const std::uint64_t> dims() const& noexcept { return {extents.data(), rank}; }
  std::span<const std::uint64_t> dims() const&& = delete;

  /// Elements of a row, a whole number of blocks.
  [[nodiscard]] std::uint64_t cols() const noexcept { return extents[0]; }
  /// Rows of all matrices that the tensor holds.
  [[nodiscard]] std::uint64_t rows() const noexcept { return extents[1] * extents[2] * extents[3]; }
};

namespace detail {

inline constexpr std::uint64_t gguf_shortest_tensor = 24;  // bytes: length of the name, rank, type, offset
inline constexpr std::uint64_t gguf_most_elements = ~std::uint64_t{0} >> 1;  // ggml counts with signed numbers

/// Bytes of a tensor, or why it has no size. Extents of zero are left out of the product, so that an empty tensor hides
/// no overflow.
struct gguf_size {
  enum class problem { none, too_many_elements, broken_block, too_many_bytes } what = problem::none;
  std::uint64_t bytes = 0;
};
[[nodiscard]] constexpr gguf_size size_of(gguf_tensor_type type, std::span<const std::uint64_t> dims) noexcept {
  std::uint64_t elements = 1;
  bool empty = false;
  for (const std::uint64_t extent : dims) {
    empty = empty || extent == 0;
    const std::optional<std::uint64_t> more = checked_mul(elements, extent == 0 ? 1 : extent);
    if (!more || *more > gguf_most_elements) {
      return {gguf_size::problem::too_many_elements};
    }
    elements = *more;
  }
  if ((dims.empty() ? 1 : dims[0]) % elements_of_block(type) != 0) {
    return {gguf_size::problem::broken_block};
  }
  if (empty) {
    return {};
  }
  const std::optional<std::uint64_t> bytes = checked_mul(elements / elements_of_block(type), bytes_of_block(type));
  if (!bytes || *bytes > gguf_most_elements) {
    return {gguf_size::problem::too_many_bytes};
  }
  return {gguf_size::problem::none, *bytes};
}

/// What is wrong with a size, for a message.
[[nodiscard]] inline std::string reason_of(gguf_size::problem what, gguf_tensor_type type, std::uint64_t cols) {
  switch (what) {
    case gguf_size::problem::too_many_elements:
      return "the product of its dimensions passes 2^63 - 1";
    case gguf_size::problem::broken_block:
      return message("rows of ", cols, " elements are no multiple of the ", elements_of_block(type), " of a block of ",
                     name_of(type));
    default:
      return message("its bytes as ", name_of(type), " pass 2^63 - 1");
  }
}

/// Where the data of a file lies.
struct gguf_layout {
  std::uint64_t alignment = 32;
  std::uint64_t data = 0;  // offset of the data in the file
};

/// What the file says about a tensor, before its place is checked.
struct gguf_description {
  gguf_tensor tensor;
  std::uint64_t size = 0;          // bytes
  std::uint64_t offset = 0;        // behind the start of the data
  std::uint64_t offset_field = 0;  // where the file says so
};

/// Reads and checks the description of a tensor, and moves behind it.
[[nodiscard]] inline std::optional<file_failure> read_gguf_description(gguf_cursor& cursor, std::uint64_t number,
                                                                       gguf_description& description) {
  gguf_tensor& tensor = description.tensor;
  if (auto failure = read_gguf_name(cursor, "tensor", number, tensor.name)) {
    return failure;
  }
  const auto refuse = [&](file_error code, std::uint64_t offset, const auto&... parts) {
    return gguf_failure(code, offset, "tensor ", in_quotes(tensor.name), ": ", parts...);
  };
  const std::uint64_t begin = cursor.at();
  if (cursor.remaining() < 4) {
    return refuse(file_error::truncated, begin, "the file ends inside the number of dimensions");
  }
  tensor.rank = cursor.take<std::uint32_t>();
  if (tensor.rank > tensor.extents.size()) {
    const unsigned rank = std::exchange(tensor.rank, 0);
    return refuse(file_error::too_large, begin, rank, " dimensions, the format allows ", tensor.extents.size());
  }
  if (cursor.remaining() < 8 * std::size_t{tensor.rank} + 12) {
    return refuse(file_error::truncated, cursor.at(), "the file ends inside its dimensions, type and offset");
  }
  for (unsigned i = 0; i < tensor.rank; ++i) {
    tensor.extents[i] = cursor.take<std::uint64_t>();
  }
  const std::uint64_t type_field = cursor.at();
  const auto type = cursor.take<std::uint32_t>();
  const std::optional<gguf_tensor_type> known = gguf_tensor_type_of(type);
  if (!known && type < gguf_tensors.size()) {
    return refuse(file_error::unknown_type, type_field, "type ", type, " (", gguf_tensors[type].name,
                  ") was removed from the format");
  }
  if (!known) {
    return refuse(file_error::unknown_type, type_field, "unknown type ", type);
  }
  tensor.type = *known;
  description.offset_field = cursor.at();
  description.offset = cursor.take<std::uint64_t>();
  const gguf_size size = size_of(tensor.type, tensor.dims());
  if (size.what != gguf_size::problem::none) {
    const bool overflow = size.what != gguf_size::problem::broken_block;
    return refuse(overflow ? file_error::too_large : file_error::malformed, begin + 4,
                  reason_of(size.what, tensor.type, tensor.cols()));
  }
  description.size = size.bytes;
  return std::nullopt;
}

/// Checks the place of a tensor, and gives it its bytes.
[[nodiscard]] inline std::optional<file_failure> place_gguf_tensor(std::span<const std::uint8_t> file,
                                                                   const gguf_layout& layout,
                                                                   gguf_description& description) {
  gguf_tensor& tensor = description.tensor;
  const auto refuse = [&](const auto&... parts) {
    return gguf_failure(file_error::bad_extent, description.offset_field, "tensor ", in_quotes(tensor.name), ": ",
                        parts...);
  };
  if (description.offset % layout.alignment != 0) {
    return refuse("offset ", description.offset, " is no multiple of the alignment, ", layout.alignment);
  }
  const std::uint64_t available = layout.data > file.size() ? 0 : file.size() - layout.data;
  if (description.offset > available || description.size > available - description.offset) {
    return refuse(description.size, " bytes at offset ", description.offset, " pass the end of ", available,
                  " bytes of data");
  }
  tensor.offset = layout.data + description.offset;
  tensor.bytes = file.subspan(static_cast<std::size_t>(tensor.offset), static_cast<std::size_t>(description.size));
  return std::nullopt;
}

/// Reads what these two have checked. If others have written to the file since, this is an empty tensor.
[[nodiscard]] inline gguf_tensor gguf_tensor_at(gguf_cursor cursor, const gguf_layout& layout) {
  gguf_description description;
  description.tensor.byte_order = cursor.order();
  if (read_gguf_description(cursor, 0, description) || place_gguf_tensor(cursor.file(), layout, description)) {
    return {};
  }
  return description.tensor;
}

}  // namespace detail

}  // namespace halftone::inline v0_1
