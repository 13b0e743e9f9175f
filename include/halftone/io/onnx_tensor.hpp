// SPDX-License-Identifier: MIT
// Halftone: a constant of an ONNX model: its type, its shape, its bytes.
#pragma once

#include <halftone/io/checked_mul.hpp>
#include <halftone/io/json_text.hpp>
#include <halftone/io/onnx_type.hpp>
#include <halftone/io/protobuf.hpp>

#include <charconv>
#include <vector>

namespace halftone::inline v0_1 {

/// A constant. A view of the file.
struct onnx_tensor {
  static constexpr std::size_t largest_rank = 16;

  std::string_view name;
  onnx_type type{};
  std::array<std::uint64_t, largest_rank> extents{};
  std::size_t rank = 0;
  std::uint64_t offset = 0;             ///< of its message in the file
  std::uint64_t size = 0;               ///< of its elements in bytes, those of less than a byte packed; 0 for texts
  bool is_external = false;             ///< its bytes are in another file
  std::string_view location;            ///< that file, from the model's folder
  std::uint64_t external_offset = 0;    ///< where its bytes begin there
  std::span<const std::uint8_t> raw;    ///< its bytes, low first; empty where the message has numbers instead
  std::span<const std::uint8_t> coded;  ///< the message, if it has numbers

  [[nodiscard]] std::span<const std::uint64_t> dims() const noexcept { return {extents.data(), rank}; }
  /// The product of dims. Precondition: a tensor of a checked file of a type with bits, so that it does not wrap.
  [[nodiscard]] std::uint64_t count() const noexcept {
    std::uint64_t product = 1;
    for (const std::uint64_t extent : dims()) {
      product *= extent;
    }
    return product;
  }
};

/// The bytes of a constant, of the file or, where it holds numbers, of a copy.
class onnx_content {
 public:
  explicit onnx_content(std::span<const std::uint8_t> view) noexcept : view_(view) {}
  explicit onnx_content(std::vector<std::uint8_t> copy) noexcept : copy_(std::move(copy)), is_copy_(true) {}
  /// Elements row by row, low bytes first; those of 2 and 4 bits packed, the first lowest.
  [[nodiscard]] std::span<const std::uint8_t> bytes() const noexcept { return is_copy_ ? std::span(copy_) : view_; }

 private:
  std::span<const std::uint8_t> view_;
  std::vector<std::uint8_t> copy_;
  bool is_copy_ = false;
};

namespace detail {

namespace onnx_tensor_field {
enum : unsigned { dims = 1, type, segment, floats, int32s, texts, int64s, name, raw, doubles, uint64s, documentation, external, location };
}

/// Reads TensorProto.
class onnx_tensor_reader {
 public:
  explicit onnx_tensor_reader(protobuf_reader& reader) noexcept : r_(&reader) {}

  /// Reads and checks a message; `reader.failure()` says what was wrong. Cost: O(its fields and numbers); raw bytes are not touched.
  [[nodiscard]] onnx_tensor read(const protobuf_range& message, std::size_t position) {
    using namespace onnx_tensor_field;
    protobuf_reader& r = *r_;
    onnx_tensor tensor;
    tensor.offset = position;
    std::uint64_t seen = 0, kind = 0, where = 0;
    data_field_ = 0;
    data_numbers_ = 0;
    protobuf_range rest = message;
    while (const std::optional<protobuf_field> field = r.next(rest, "tensor")) {
      switch (field->number) {
        case onnx_tensor_field::dims:
          r.for_each_varint(*field, "tensor", [&](std::uint64_t extent, std::size_t at) { add_extent(tensor, extent, at); });
          break;
        case onnx_tensor_field::type: kind = r.is_once(*field, protobuf_wire::varint, seen, "tensor") ? field->value : 0; break;
        case onnx_tensor_field::name:
          if (r.is_once(*field, protobuf_wire::bytes, seen, "tensor")) {
            tensor.name = r.text(*field);
          }
          break;
        case onnx_tensor_field::location: where = r.is_once(*field, protobuf_wire::varint, seen, "tensor") ? field->value : 0; break;
        case onnx_tensor_field::raw:
          if (r.is_once(*field, protobuf_wire::bytes, seen, "tensor") && holds(*field, 1)) {
            tensor.raw = r.file().subspan(field->content.begin, field->content.size());
          }
          break;
        case segment: r.fail(file_error::unknown_type, field->position, "tensor: it is a segment, which is not read"); break;
        case external:
          if (r.is(*field, protobuf_wire::bytes, "tensor")) {
            read_external(tensor, *field);
          }
          break;
        case floats: case int32s: case int64s: case texts: case doubles: case uint64s: count_numbers(*field); break;
        default: break;
      }
    }
    finish(tensor, message, kind, where);
    return tensor;
  }

  /// The bytes of a checked tensor that has numbers.
  [[nodiscard]] static std::vector<std::uint8_t> numbers_of(const onnx_tensor& tensor) {
    const onnx_type_row& row = row_of(tensor.type);
    std::vector<std::uint8_t> copy;
    copy.reserve(static_cast<std::size_t>(tensor.size));
    const auto put = [&](std::uint64_t value, std::size_t) {
      for (unsigned shift = 0; shift < row.entry_bits; shift += 8) {
        copy.push_back(static_cast<std::uint8_t>(value >> shift));
      }
    };
    protobuf_reader r(tensor.coded, "onnx");
    protobuf_range rest = r.whole();
    while (const std::optional<protobuf_field> field = r.next(rest, "tensor")) {
      if (field->number == row.field) {
        visit_numbers(r, *field, put);
      }
    }
    return copy;
  }

 private:
  [[nodiscard]] static std::string called(const onnx_tensor& tensor) { return message("tensor ", in_quotes(tensor.name), ": "); }

  template <class Visitor>
  static void visit_numbers(protobuf_reader& r, const protobuf_field& field, const Visitor& visit) {
    if (field.number == onnx_tensor_field::floats) {
      r.for_each_fixed(field, protobuf_wire::four_bytes, "tensor", visit);
    } else if (field.number == onnx_tensor_field::doubles) {
      r.for_each_fixed(field, protobuf_wire::eight_bytes, "tensor", visit);
    } else {
      r.for_each_varint(field, "tensor", visit);
    }
  }

  void add_extent(onnx_tensor& tensor, std::uint64_t extent, std::size_t at) {
    if (tensor.rank == onnx_tensor::largest_rank) {
      r_->fail(file_error::too_large, at, "tensor: more than ", onnx_tensor::largest_rank, " dimensions");
    } else if (extent >> 63 != 0) {
      r_->fail(file_error::malformed, at, "tensor: dimension ", tensor.rank, " is ", static_cast<std::int64_t>(extent));
    } else {
      tensor.extents[tensor.rank++] = extent;
    }
  }
  /// Data come in one field.
  [[nodiscard]] bool holds(const protobuf_field& field, std::uint64_t numbers) {
    if (data_field_ != 0 && data_field_ != field.number) {
      r_->fail(file_error::malformed, field.position, "tensor: data in fields ", data_field_, " and ", field.number);
      return false;
    }
    data_field_ = field.number;
    data_position_ = field.position;
    data_numbers_ += numbers;
    return true;
  }
  void count_numbers(const protobuf_field& field) {
    std::uint64_t numbers = 0;
    if (field.number == onnx_tensor_field::texts) {
      numbers = r_->is(field, protobuf_wire::bytes, "tensor") ? 1 : 0;
    } else {
      visit_numbers(*r_, field, [&](std::uint64_t value, std::size_t at) {
        ++numbers;
        if (field.number == onnx_tensor_field::int32s && value > 0x7fffffff && value < 0xffffffff80000000) {
          r_->fail(file_error::malformed, at, "tensor: a number of more than 32 bits");
        }
      });
    }
    if (!r_->failed()) {
      static_cast<void>(holds(field, numbers));
    }
  }

  /// A key and a value of where the bytes are.
  void read_external(onnx_tensor& tensor, const protobuf_field& entry) {
    protobuf_reader& r = *r_;
    std::string_view key, value;
    std::uint64_t seen = 0;
    protobuf_range rest = entry.content;
    while (const std::optional<protobuf_field> field = r.next(rest, "external data")) {
      if (field->number == 1 || field->number == 2) {
        if (r.is_once(*field, protobuf_wire::bytes, seen, "external data")) {
          (field->number == 1 ? key : value) = r.text(*field);
        }
      }
    }
    if (key == "location") {
      tensor.location = value;
      location_position_ = entry.position;
    } else if (key == "offset" || key == "length") {
      std::uint64_t number = 0;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (error != std::errc{} || end != value.data() + value.size()) {
        r.fail(file_error::malformed, entry.position, "external data: ", key, " ", in_quotes(value), " is no number");
      } else if (key == "offset") {
        tensor.external_offset = number;
      } else {
        external_length_ = number;
      }
    }
  }

  void finish(onnx_tensor& tensor, const protobuf_range& message, std::uint64_t kind, std::uint64_t where) {
    const std::optional<std::uint64_t> length = std::exchange(external_length_, std::nullopt);
    protobuf_reader& r = *r_;
    if (r.failed()) {
      return;
    }
    const std::optional<onnx_type> known = halftone::onnx_type_of(kind);
    if (!known) {
      r.fail(file_error::unknown_type, tensor.offset, called(tensor), "unknown type ", kind);
      return;
    }
    tensor.type = *known;
    const onnx_type_row& row = row_of(*known);
    std::optional<std::uint64_t> bits = row.bits;
    for (const std::uint64_t extent : tensor.dims()) {
      bits = bits ? checked_mul(*bits, extent) : bits;
    }
    if (!bits) {
      r.fail(file_error::too_large, tensor.offset, called(tensor), "its bits pass 2^64");
      return;
    }
    tensor.size = *bits / 8 + (*bits % 8 != 0 ? 1 : 0);
    if (where > 1) {
      r.fail(file_error::unknown_type, tensor.offset, called(tensor), "unknown location ", where, " of its data");
    } else if (where == 1) {
      finish_external(tensor, length);
    } else if (data_field_ == onnx_tensor_field::raw) {
      check_size(tensor, tensor.raw.size());
    } else if (data_field_ != 0 && data_field_ != row.field) {
      r.fail(file_error::malformed, data_position_, called(tensor), "data of ", row.name, " in field ", data_field_, ", not ", row.field);
    } else if (row.bits != 0) {
      tensor.coded = r.file().subspan(message.begin, message.size());
      check_size(tensor, data_numbers_ * (row.entry_bits / 8));
    }
  }
  void check_size(const onnx_tensor& tensor, std::uint64_t size) {
    if (row_of(tensor.type).bits == 0 || size != tensor.size) {
      r_->fail(file_error::bad_extent, data_field_ == 0 ? tensor.offset : data_position_, called(tensor), tensor.size, " bytes as ",
               name_of(tensor.type), ", its data have ", size);
    }
  }
  void finish_external(onnx_tensor& tensor, const std::optional<std::uint64_t>& length) {
    tensor.is_external = true;
    if (data_field_ != 0) {
      r_->fail(file_error::malformed, data_position_, called(tensor), "data here and in another file");
    } else if (!is_location(tensor.location)) {
      r_->fail(file_error::malformed, tensor.location.empty() ? tensor.offset : location_position_, called(tensor), "its data are in ",
               in_quotes(tensor.location), ", which is no file beside the model");
    } else if (length && *length != tensor.size) {
      r_->fail(file_error::bad_extent, tensor.offset, called(tensor), tensor.size, " bytes as ", name_of(tensor.type),
               ", its external data have ", *length);
    }
  }
  /// Names between slashes, none of them empty, ".." or of another system's paths: a file in the model's folder, or below.
  [[nodiscard]] static bool is_location(std::string_view path) noexcept {
    for (const char c : path) {
      if (c == '\\' || c == ':' || static_cast<unsigned char>(c) < 0x20) {
        return false;
      }
    }
    for (;;) {
      const std::size_t slash = path.find('/');
      const std::string_view name = path.substr(0, slash);
      if (name.empty() || name == "..") {
        return false;
      }
      if (slash == std::string_view::npos) {
        return true;
      }
      path.remove_prefix(slash + 1);
    }
  }

  protobuf_reader* r_;
  unsigned data_field_ = 0;
  std::size_t data_position_ = 0;
  std::uint64_t data_numbers_ = 0;
  std::size_t location_position_ = 0;
  std::optional<std::uint64_t> external_length_;
};

}  // namespace detail

/// The bytes of a constant of a checked file. @return  not_found for texts, and for external data of a file that `onnx_file::parse` read
/// @par Memory  a copy where the file holds numbers
[[nodiscard]] inline result<onnx_content> content_of(const onnx_tensor& tensor) {
  if (bits_of(tensor.type) == 0 || (tensor.is_external && tensor.raw.size() != tensor.size)) {
    return file_failure{file_error::not_found, tensor.offset,
                        detail::message("onnx: tensor ", detail::in_quotes(tensor.name), ": ",
                                        tensor.is_external ? "its data are in another file" : "texts are not read")};
  }
  return tensor.coded.empty() ? onnx_content(tensor.raw) : onnx_content(detail::onnx_tensor_reader::numbers_of(tensor));
}

}  // namespace halftone::inline v0_1
