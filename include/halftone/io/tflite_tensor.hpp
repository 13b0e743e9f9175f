// SPDX-License-Identifier: MIT
// Halftone: a tensor of a .tflite file: its shape, its bytes if they are constant, how it is quantized.
#pragma once

#include <halftone/io/checked_mul.hpp>
#include <halftone/io/flatbuffer.hpp>
#include <halftone/io/json_text.hpp>
#include <halftone/io/tflite_type.hpp>

namespace halftone::inline v0_1 {

/// Blocks along the last axis, whose scales are a tensor of the same graph.
struct tflite_blocks {
  std::size_t block_size = 0;  ///< not 0
  std::size_t scales = 0;      ///< number of the tensor
  std::optional<std::size_t> zero_points;
};

/// Scales and zero points as the file holds them: real = scale * (code - zero point). Nothing is promised of the numbers.
class tflite_quantization {
 public:
  /// 0: not quantized so. 1: one for all. Else one for each index along `axis`.
  [[nodiscard]] std::size_t size() const noexcept { return scales_.size; }
  [[nodiscard]] float scale(std::size_t i) const noexcept {
    return detail::flat_reader(file_, "").at<float>(scales_.position + 4 * i);
  }
  [[nodiscard]] std::int64_t zero_point(std::size_t i) const noexcept {
    return zero_points_.size == 0 ? 0 : detail::flat_reader(file_, "").at<std::int64_t>(zero_points_.position + 8 * i);
  }
  [[nodiscard]] std::size_t axis() const noexcept { return axis_; }
  /// The file describes it in another way (blocks, several axes, or of the user's own); blocks alone are read.
  [[nodiscard]] bool has_details() const noexcept { return has_details_; }
  /// The blocks, if it describes such.
  [[nodiscard]] const std::optional<tflite_blocks>& blocks() const noexcept { return blocks_; }
  /// Where the scales are in the file.
  [[nodiscard]] std::uint64_t offset() const noexcept { return scales_.position; }

 private:
  friend class tflite_tensor_reader;
  std::span<const std::uint8_t> file_;
  detail::flat_list scales_;
  detail::flat_list zero_points_;
  std::size_t axis_ = 0;
  bool has_details_ = false;
  std::optional<tflite_blocks> blocks_;
};

/// A tensor. A view of the file.
struct tflite_tensor {
  static constexpr std::size_t largest_rank = 8;

  std::string_view name;
  tflite_type type{};
  std::array<std::uint32_t, largest_rank> extents{};
  std::size_t rank = 0;
  std::span<const std::uint8_t> bytes;  ///< of a constant; empty for what the model computes
  std::uint64_t offset = 0;             ///< of the table in the file
  tflite_quantization quantization;
  bool is_sparse = false;    ///< `bytes` hold some of the elements; they are not read
  bool is_external = false;  ///< its data is in another file, which is not read

  [[nodiscard]] std::span<const std::uint32_t> dims() const noexcept { return {extents.data(), rank}; }
};

/// Reads tensors of one file.
class tflite_tensor_reader {
 public:
  tflite_tensor_reader(detail::flat_reader& reader, detail::flat_list buffers) noexcept : reader_(&reader), buffers_(buffers) {}

  /// Reads and checks one; `reader.failure()` says what was wrong. Cost: constant.
  [[nodiscard]] tflite_tensor read(const detail::flat_table& table, std::size_t number) {
    using namespace detail::tflite_tensor_field;
    detail::flat_reader& r = *reader_;
    const detail::flat_place of{"tensor", number};
    tflite_tensor tensor;
    tensor.offset = table.position;
    tensor.name = r.text(table, name, of, "its name");
    const std::int8_t kind = r.number<std::int8_t>(table, type, 0, of, "its type");
    const std::optional<tflite_type> known = tflite_type_of(kind);
    if (!known) {
      r.fail(file_error::unknown_type, r.field(table, type, 1, of, "its type"), called(tensor, number), "unknown type ", kind);
      return tensor;
    }
    tensor.type = *known;
    read_shape(table, tensor, number);
    tensor.is_sparse = static_cast<bool>(r.table(table, sparsity, of, "its sparsity"));
    tensor.is_external = r.number<std::uint32_t>(table, external, 0, of, "its external buffer") != 0;
    read_quantization(table, tensor, number);
    const auto index = r.number<std::uint32_t>(table, buffer, 0, of, "its buffer");
    if (index >= buffers_.size && index != 0) {
      r.fail(file_error::malformed, r.field(table, buffer, 4, of, "its buffer"), called(tensor, number), "buffer ", index, " of ",
             buffers_.size);
    }
    if (!r.failed() && index < buffers_.size) {
      tensor.bytes = read_buffer(index);
      check_size(tensor, number);
    }
    return tensor;
  }

  /// The bytes of a buffer: in the FlatBuffer, or behind it.
  [[nodiscard]] std::span<const std::uint8_t> read_buffer(std::size_t index) {
    using namespace detail::tflite_buffer_field;
    detail::flat_reader& r = *reader_;
    const detail::flat_place of{"buffer", index};
    const detail::flat_table table = r.table_of(buffers_, index, of);
    const detail::flat_list list = r.list(table, data, 1, of, "its data");
    const auto begin = r.number<std::uint64_t>(table, offset, 0, of, "its offset");
    const auto length = r.number<std::uint64_t>(table, size, 0, of, "its size");
    if (r.failed()) {
      return {};
    }
    if (begin <= 1) {  // 1 stands for a place that was never filled in
      return r.file().subspan(list.position, list.size);
    }
    if (begin > r.file().size() || length > r.file().size() - begin) {
      r.fail(file_error::bad_extent, r.field(table, offset, 8, of, "its offset"), of.text(), ": ", length, " bytes at offset ", begin,
             " pass the end of ", r.file().size(), " bytes");
      return {};
    }
    return r.file().subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(length));
  }

 private:
  [[nodiscard]] static std::string called(const tflite_tensor& tensor, std::size_t number) {
    return tensor.name.empty() ? detail::message("tensor ", number, ": ") : detail::message("tensor ", detail::in_quotes(tensor.name), ": ");
  }

  void read_shape(const detail::flat_table& table, tflite_tensor& tensor, std::size_t number) {
    detail::flat_reader& r = *reader_;
    const detail::flat_place of{"tensor", number};
    const detail::flat_list shape = r.list(table, detail::tflite_tensor_field::shape, 4, of, "its shape");
    if (shape.size > tflite_tensor::largest_rank) {
      r.fail(file_error::too_large, shape.count_at, called(tensor, number), shape.size, " dimensions, more than ",
             tflite_tensor::largest_rank);
      return;
    }
    tensor.rank = shape.size;
    for (std::size_t i = 0; i < shape.size; ++i) {
      const auto extent = r.at<std::int32_t>(shape.position + 4 * i);
      if (extent < 0) {
        r.fail(file_error::malformed, shape.position + 4 * i, called(tensor, number), "dimension ", i, " is ", extent);
        return;
      }
      tensor.extents[i] = static_cast<std::uint32_t>(extent);
    }
  }

  void read_quantization(const detail::flat_table& table, tflite_tensor& tensor, std::size_t number) {
    using namespace detail::tflite_quantization_field;
    detail::flat_reader& r = *reader_;
    const detail::flat_place of{"quantization of tensor", number};
    const detail::flat_table from = r.table(table, detail::tflite_tensor_field::quantization, of, "its place");
    tflite_quantization& quantization = tensor.quantization;
    quantization.file_ = r.file();
    quantization.scales_ = r.list(from, scale, 4, of, "its scales");
    quantization.zero_points_ = r.list(from, zero_point, 8, of, "its zero points");
    const auto kind = r.number<std::uint8_t>(from, details_type, 0, of, "the type of its details");
    quantization.has_details_ = kind != 0;
    if (kind == detail::tflite_blocks_details) {
      read_blocks(r.table(from, details, of, "its details"), tensor, number);
    }
    const std::int32_t along = r.number<std::int32_t>(from, axis, 0, of, "its axis");
    const std::size_t scales = quantization.scales_.size;
    const std::size_t zeros = quantization.zero_points_.size;
    if (zeros != 0 && zeros != scales) {
      r.fail(file_error::malformed, quantization.zero_points_.count_at, called(tensor, number), scales, " scales and ", zeros,
             " zero points");
      return;
    }
    if (scales > 1 && (along < 0 || static_cast<std::size_t>(along) >= tensor.rank ||
                       tensor.extents[static_cast<std::size_t>(along)] != scales)) {
      r.fail(file_error::malformed, quantization.scales_.count_at, called(tensor, number), scales, " scales along axis ", along,
             ", of another length");
      return;
    }
    quantization.axis_ = scales > 1 ? static_cast<std::size_t>(along) : 0;
  }

  void read_blocks(const detail::flat_table& table, tflite_tensor& tensor, std::size_t number) {
    using namespace detail::tflite_blocks_field;
    detail::flat_reader& r = *reader_;
    const detail::flat_place of{"blocks of tensor", number};
    const std::int32_t from = r.number<std::int32_t>(table, scales, 0, of, "their scales");
    const std::int32_t zeros = r.number<std::int32_t>(table, zero_points, 0, of, "their zero points");
    const std::int32_t length = r.number<std::int32_t>(table, block_size, 0, of, "their size");
    if (length <= 0 || from < 0) {
      r.fail(file_error::malformed, tensor.offset, called(tensor, number), "blocks of ", length, " elements with scales in tensor ", from);
      return;
    }
    tensor.quantization.blocks_ = tflite_blocks{static_cast<std::size_t>(length), static_cast<std::size_t>(from),
                                                zeros < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(zeros))};
  }

  void check_size(const tflite_tensor& tensor, std::size_t number) {
    if (tensor.bytes.empty() || tensor.is_sparse || bits_of(tensor.type) == 0 || reader_->failed()) {
      return;
    }
    std::optional<std::uint64_t> elements = 1;
    for (const std::uint32_t extent : tensor.dims()) {
      elements = elements ? detail::checked_mul(*elements, extent) : elements;
    }
    const std::optional<std::uint64_t> bits = elements ? detail::checked_mul(*elements, bits_of(tensor.type)) : elements;
    if (!bits) {
      reader_->fail(file_error::too_large, tensor.offset, called(tensor, number), "its bits pass 2^64");
    } else if (*bits / 8 + (*bits % 8 != 0 ? 1 : 0) != tensor.bytes.size()) {
      reader_->fail(file_error::bad_extent, tensor.offset, called(tensor, number), *bits / 8 + (*bits % 8 != 0 ? 1 : 0),
                    " bytes as ", name_of(tensor.type), ", its buffer has ", tensor.bytes.size());
    }
  }

  detail::flat_reader* reader_;
  detail::flat_list buffers_;
};

}  // namespace halftone::inline v0_1
