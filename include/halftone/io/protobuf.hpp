// SPDX-License-Identifier: MIT
// Halftone: messages of protobuf read with every step checked: tags, varints, lengths.
//
// A message is fields until its end: a tag, (number << 3 | wire type), and what the wire type says: 0 a varint, 1 eight bytes, 5 four
// bytes, 2 a length and as many bytes, which are a text, a message or a list. Varints are little-endian groups of seven bits.
#pragma once

#include <halftone/core/result.hpp>

#include <limits>
#include <span>
#include <string_view>

namespace halftone::inline v0_1::detail {

/// Bytes [begin, end) of a file: what is left of a message.
struct protobuf_range {
  std::size_t begin = 0;
  std::size_t end = 0;

  [[nodiscard]] std::size_t size() const noexcept { return end - begin; }
};

enum class protobuf_wire : std::uint8_t { varint = 0, eight_bytes = 1, bytes = 2, four_bytes = 5 };

/// A field.
struct protobuf_field {
  std::uint32_t number = 0;
  protobuf_wire wire{};
  std::uint64_t value = 0;   ///< of a varint, or of four or eight bytes
  protobuf_range content;    ///< of bytes
  std::size_t position = 0;  ///< of the tag
};

/// Reads a file. The first thing that is wrong is kept as `failure`, with its offset; messages end there.
/// `of` is what is being read, for sentences.
class protobuf_reader {
 public:
  protobuf_reader(std::span<const std::uint8_t> file, const char* format) noexcept : file_(file), format_(format) {}

  [[nodiscard]] const std::optional<file_failure>& failure() const noexcept { return failure_; }
  [[nodiscard]] bool failed() const noexcept { return failure_.has_value(); }
  [[nodiscard]] std::span<const std::uint8_t> file() const noexcept { return file_; }
  [[nodiscard]] protobuf_range whole() const noexcept { return {0, file_.size()}; }

  /// Keeps a failure if it is the first.
  template <class... Parts>
  void fail(file_error code, std::uint64_t offset, const Parts&... parts) {
    if (!failure_) {
      failure_ = file_failure{code, offset, message(format_, ": ", parts...)};
    }
  }

  /// The next field of a message, which `rest` then has no more; none at its end.
  [[nodiscard]] std::optional<protobuf_field> next(protobuf_range& rest, const char* of) {
    if (failed() || rest.begin == rest.end) {
      return std::nullopt;
    }
    protobuf_field field;
    field.position = rest.begin;
    const std::uint64_t tag = varint(rest, of);
    field.number = static_cast<std::uint32_t>(tag >> 3);
    const auto wire = static_cast<unsigned>(tag & 7);
    if (!failed() && (field.number == 0 || tag >> 3 > largest_number)) {
      fail(file_error::malformed, field.position, of, ": there is no field ", tag >> 3);
    }
    if (!failed() && wire != 0 && wire != 1 && wire != 2 && wire != 5) {
      fail(file_error::malformed, field.position, of, ": field ", field.number, " has wire type ", wire);
    }
    field.wire = static_cast<protobuf_wire>(wire);
    if (wire == 0) {
      field.value = varint(rest, of);
    } else if (wire == 2) {
      take_bytes(field, rest, of);
    } else {
      take_number(field, rest, wire == 1 ? 8 : 4, of);
    }
    return failed() ? std::nullopt : std::optional(field);
  }

  /// Whether a field is of this wire type, as its number says that it must be.
  [[nodiscard]] bool is(const protobuf_field& field, protobuf_wire wire, const char* of) {
    if (field.wire != wire) {
      fail(file_error::malformed, field.position, of, ": field ", field.number, " has wire type ", static_cast<unsigned>(field.wire),
           ", not ", static_cast<unsigned>(wire));
    }
    return !failed();
  }
  /// The same, and the first of its number. @param seen  numbers below 64 that the message had so far
  [[nodiscard]] bool is_once(const protobuf_field& field, protobuf_wire wire, std::uint64_t& seen, const char* of) {
    if ((seen >> field.number & 1) != 0) {
      fail(file_error::malformed, field.position, of, ": field ", field.number, " occurs twice");
    }
    seen |= std::uint64_t{1} << field.number;
    return is(field, wire, of);
  }

  /// The text of a field of bytes.
  [[nodiscard]] std::string_view text(const protobuf_field& field) const noexcept {
    return {reinterpret_cast<const char*>(file_.data()) + field.content.begin, field.content.size()};
  }

  /// Calls visit(number, position) for each number of a repeated field: one varint, or a packed list of them.
  template <class Visitor>
  void for_each_varint(const protobuf_field& field, const char* of, const Visitor& visit) {
    if (field.wire == protobuf_wire::varint) {
      visit(field.value, field.position);
      return;
    }
    if (is(field, protobuf_wire::bytes, of)) {
      protobuf_range rest = field.content;
      while (!failed() && rest.begin != rest.end) {
        const std::size_t position = rest.begin;
        const std::uint64_t value = varint(rest, of);
        if (!failed()) {
          visit(value, position);
        }
      }
    }
  }
  /// The same of numbers of 4 or 8 bytes. @param wire  four_bytes or eight_bytes
  template <class Visitor>
  void for_each_fixed(const protobuf_field& field, protobuf_wire wire, const char* of, const Visitor& visit) {
    if (field.wire == wire) {
      visit(field.value, field.position);
      return;
    }
    const std::size_t size = wire == protobuf_wire::four_bytes ? 4 : 8;
    if (is(field, protobuf_wire::bytes, of)) {
      if (field.content.size() % size != 0) {
        fail(file_error::malformed, field.position, of, ": field ", field.number, " is a list of ", field.content.size(),
             " bytes, not of numbers of ", size);
        return;
      }
      for (std::size_t at = field.content.begin; at != field.content.end; at += size) {
        visit(fixed(at, size), at);
      }
    }
  }

 private:
  static constexpr std::uint64_t largest_number = (std::uint64_t{1} << 29) - 1;

  /// A varint: at most ten bytes, of 64 bits together. 0 on a failure.
  [[nodiscard]] std::uint64_t varint(protobuf_range& rest, const char* of) {
    const std::size_t first = rest.begin;
    std::uint64_t value = 0;
    for (unsigned shift = 0; rest.begin != rest.end; shift += 7) {
      const std::uint8_t byte = file_[rest.begin++];
      if (shift == 63 && byte > 1) {
        fail(file_error::malformed, first, of, ": a varint of more than 64 bits");
        return 0;
      }
      value |= std::uint64_t{byte & 127u} << shift;
      if (byte < 128) {
        return value;
      }
    }
    fail(file_error::truncated, first, of, ": it ends within a varint");
    return 0;
  }
  void take_bytes(protobuf_field& field, protobuf_range& rest, const char* of) {
    const std::uint64_t size = varint(rest, of);
    if (!failed() && size > rest.size()) {
      fail(file_error::truncated, field.position, of, ": field ", field.number, " of ", size, " bytes, of which there are ", rest.size());
      return;
    }
    field.content = {rest.begin, rest.begin + static_cast<std::size_t>(size)};
    rest.begin = field.content.end;
  }
  void take_number(protobuf_field& field, protobuf_range& rest, std::size_t size, const char* of) {
    if (rest.size() < size) {
      fail(file_error::truncated, field.position, of, ": field ", field.number, " of ", size, " bytes, of which there are ", rest.size());
      return;
    }
    field.value = fixed(rest.begin, size);
    rest.begin += size;
  }
  [[nodiscard]] std::uint64_t fixed(std::size_t position, std::size_t size) const noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i) {
      value |= std::uint64_t{file_[position + i]} << (8 * i);
    }
    return value;
  }

  std::span<const std::uint8_t> file_;
  const char* format_;
  std::optional<file_failure> failure_;
};

}  // namespace halftone::inline v0_1::detail
