// SPDX-License-Identifier: MIT
// Halftone: a FlatBuffer read with every step checked: tables, their fields, lists and strings.
//
// A buffer is tables that point to each other. A table starts with the distance back to its vtable: 16-bit numbers, the bytes of
// the vtable, the bytes of the table, and for each field its place in the table, 0 where it is absent. Lists start with a count,
// strings end in a zero byte. Everything is little-endian, and aligned to its own size from the start of the file.
#pragma once

#include <halftone/core/result.hpp>
#include <halftone/element/bit_packing.hpp>

#include <limits>
#include <span>
#include <string_view>

namespace halftone::inline v0_1::detail {

/// What is being read, for messages: "tensor 7".
struct flat_place {
  const char* what = "";
  std::uint64_t number = none;
  static constexpr std::uint64_t none = ~std::uint64_t{0};

  [[nodiscard]] std::string text() const { return number == none ? std::string(what) : message(what, " ", number); }
};

/// A table whose bytes and vtable lie in the file. Position 0 is no table: every field of it is absent.
struct flat_table {
  std::size_t position = 0;
  std::size_t vtable = 0;
  std::uint32_t vtable_bytes = 0;
  std::uint32_t bytes = 0;

  [[nodiscard]] explicit operator bool() const noexcept { return position != 0; }
};

/// A list whose entries lie in the file.
struct flat_list {
  std::size_t position = 0;  ///< of entry 0
  std::size_t size = 0;
  std::size_t count_at = 0;  ///< where the count stands; 0 for an absent list
};

/// Reads a file. The first thing that is wrong is kept as `failure`, with its offset; everything read from then on is absent.
/// Whoever reads again what was read before without a failure sees the same, and none.
class flat_reader {
 public:
  explicit flat_reader(std::span<const std::uint8_t> file, const char* format) noexcept : file_(file), format_(format) {}

  [[nodiscard]] const std::optional<file_failure>& failure() const noexcept { return failure_; }
  [[nodiscard]] bool failed() const noexcept { return failure_.has_value(); }
  [[nodiscard]] std::span<const std::uint8_t> file() const noexcept { return file_; }

  /// Keeps a failure if it is the first.
  template <class... Parts>
  void fail(file_error code, std::uint64_t offset, const Parts&... parts) {
    if (!failure_) {
      failure_ = file_failure{code, offset, message(format_, ": ", parts...)};
    }
  }

  /// A number at a place that was checked.
  template <class T>
  [[nodiscard]] T at(std::size_t position) const noexcept {
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
      bits |= std::uint64_t{file_[position + i]} << (8 * i);
    }
    if constexpr (std::is_same_v<T, float>) {
      return std::bit_cast<float>(static_cast<std::uint32_t>(bits));
    } else {
      return static_cast<T>(bits);
    }
  }

  /// The table that the file starts with.
  [[nodiscard]] flat_table root(flat_place of) {
    if (file_.size() < 8) {
      fail(file_error::truncated, file_.size(), "a file of ", file_.size(), " bytes has no header of 8");
      return {};
    }
    return table_at(target_of(0, of, "the root"), of);
  }

  /// Where a field is; 0 if it is absent.
  [[nodiscard]] std::size_t field(const flat_table& table, unsigned number, std::size_t size, flat_place of, const char* name) {
    const std::size_t entry = 4 + 2 * std::size_t{number};
    if (failed() || !table || entry + 2 > table.vtable_bytes) {
      return 0;
    }
    const std::size_t offset = at<std::uint16_t>(table.vtable + entry);
    if (offset == 0) {
      return 0;
    }
    if (offset < 4 || offset + size > table.bytes) {
      fail(file_error::malformed, table.vtable + entry, of.text(), ": ", name, " of ", size, " bytes at ", offset,
           " of a table of ", table.bytes);
      return 0;
    }
    if ((table.position + offset) % size != 0) {
      fail(file_error::malformed, table.vtable + entry, of.text(), ": ", name, " at ", table.position + offset,
           " is not aligned to ", size, " bytes");
      return 0;
    }
    return table.position + offset;
  }

  /// A number, or what stands for an absent one.
  template <class T>
  [[nodiscard]] T number(const flat_table& table, unsigned number, T absent, flat_place of, const char* name) {
    const std::size_t position = field(table, number, sizeof(T), of, name);
    return position == 0 ? absent : at<T>(position);
  }

  /// A table that a field points to.
  [[nodiscard]] flat_table table(const flat_table& from, unsigned number, flat_place of, const char* name) {
    const std::size_t position = field(from, number, 4, of, name);
    return position == 0 ? flat_table{} : table_at(target_of(position, of, name), of);
  }

  /// A list that a field points to. @param size  bytes of an entry, 1, 2, 4 or 8
  [[nodiscard]] flat_list list(const flat_table& from, unsigned number, std::size_t size, flat_place of, const char* name) {
    const std::size_t position = field(from, number, 4, of, name);
    if (position == 0) {
      return {};
    }
    const std::size_t count_at = target_of(position, of, name);
    if (failed()) {
      return {};
    }
    const flat_list list{count_at + 4, at<std::uint32_t>(count_at), count_at};
    const std::size_t room = (file_.size() - list.position) / size;
    if (list.size > room) {
      fail(file_error::truncated, count_at, of.text(), ": ", name, " of ", list.size, " entries, the file has room for ", room);
      return {};
    }
    if (list.position % size != 0) {
      fail(file_error::malformed, count_at, of.text(), ": ", name, " at ", list.position, " is not aligned to ", size, " bytes");
      return {};
    }
    return list;
  }

  /// Entry i of a list of tables.
  [[nodiscard]] flat_table table_of(const flat_list& list, std::size_t i, flat_place of) {
    return failed() ? flat_table{} : table_at(target_of(list.position + 4 * i, of, "its place"), of);
  }

  /// The text of a string, without its zero byte; empty if it is absent.
  [[nodiscard]] std::string_view text(const flat_table& from, unsigned number, flat_place of, const char* name) {
    const flat_list list = this->list(from, number, 1, of, name);
    if (list.count_at == 0) {
      return {};
    }
    if (list.position + list.size == file_.size() || file_[list.position + list.size] != 0) {
      fail(file_error::malformed, list.position + list.size, of.text(), ": ", name, " of ", list.size, " bytes does not end in a zero byte");
      return {};
    }
    return {reinterpret_cast<const char*>(file_.data()) + list.position, list.size};
  }

 private:
  /// What the offset at `position` points to: room for 4 bytes there, aligned to 4.
  [[nodiscard]] std::size_t target_of(std::size_t position, flat_place of, const char* name) {
    if (failed()) {
      return 0;
    }
    const auto offset = at<std::uint32_t>(position);
    if (offset == 0) {
      fail(file_error::malformed, position, of.text(), ": ", name, " has offset 0");
      return 0;
    }
    const std::uint64_t target = std::uint64_t{position} + offset;
    if (target + 4 > file_.size()) {
      fail(file_error::bad_extent, position, of.text(), ": ", name, " at ", target, " passes the end of ", file_.size(), " bytes");
      return 0;
    }
    if (target % 4 != 0) {
      fail(file_error::malformed, position, of.text(), ": ", name, " at ", target, " is not aligned to 4 bytes");
      return 0;
    }
    return static_cast<std::size_t>(target);
  }

  [[nodiscard]] flat_table table_at(std::size_t position, flat_place of) {
    if (failed()) {
      return {};
    }
    const std::int64_t vtable = static_cast<std::int64_t>(position) - at<std::int32_t>(position);
    if (vtable < 0 || static_cast<std::uint64_t>(vtable) + 4 > file_.size()) {
      fail(file_error::bad_extent, position, of.text(), ": its vtable at ", vtable, " is outside of the file");
      return {};
    }
    if (vtable % 2 != 0) {
      fail(file_error::malformed, position, of.text(), ": its vtable at ", vtable, " is not aligned to 2 bytes");
      return {};
    }
    flat_table table{position, static_cast<std::size_t>(vtable)};
    table.vtable_bytes = at<std::uint16_t>(table.vtable);
    table.bytes = at<std::uint16_t>(table.vtable + 2);
    if (table.vtable_bytes < 4 || table.vtable_bytes % 2 != 0 || table.vtable_bytes > file_.size() - table.vtable) {
      fail(file_error::malformed, table.vtable, of.text(), ": a vtable of ", table.vtable_bytes, " bytes, of which the file has ",
           file_.size() - table.vtable);
      return {};
    }
    if (table.bytes < 4 || table.bytes > file_.size() - position) {
      fail(file_error::malformed, table.vtable + 2, of.text(), ": a table of ", table.bytes, " bytes, of which the file has ",
           file_.size() - position);
      return {};
    }
    return table;
  }

  std::span<const std::uint8_t> file_;
  const char* format_;
  std::optional<file_failure> failure_;
};

}  // namespace halftone::inline v0_1::detail
