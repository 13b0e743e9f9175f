// SPDX-License-Identifier: MIT
// Halftone: a FlatBuffer written from front to back: what is pointed to comes after what points to it.
#pragma once

#include <halftone/core/config.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace halftone::inline v0_1::detail {

/// A field of a table: its number in the schema and its bytes; what it points to is filled in later.
struct flat_value {
  unsigned number;
  std::size_t size;
  std::uint64_t value = 0;
};

/// A table in the file: where it is, and where its fields are.
struct flat_written {
  static constexpr unsigned most_fields = 12;
  std::size_t position = 0;
  std::array<std::size_t, most_fields> places{};
};

/// Tables, lists and strings, each behind the last, in the order of the calls: the same calls give the same bytes.
class flat_writer {
 public:
  /// Starts a file: the root's place, and four letters that name the format.
  explicit flat_writer(std::string_view identifier) : bytes_(8) {
    std::copy(identifier.begin(), identifier.end(), bytes_.begin() + 4);
  }

  [[nodiscard]] const std::vector<std::uint8_t>& bytes() const noexcept { return bytes_; }

  void put(std::size_t at, std::uint64_t value, std::size_t size) noexcept {
    for (std::size_t i = 0; i < size; ++i) {
      bytes_[at + i] = static_cast<std::uint8_t>(value >> (8 * i));
    }
  }
  /// Makes the field at `at` point to `target`.
  void point(std::size_t at, std::size_t target) noexcept { put(at, target - at, 4); }

  /// A table with its vtable before it.
  flat_written table(std::initializer_list<flat_value> fields) {
    flat_written table;
    unsigned count = 0;
    std::size_t end = 4;
    for (const flat_value& field : fields) {
      count = std::max(count, field.number + 1);
      end = (end + field.size - 1) / field.size * field.size;
      table.places[field.number] = end;
      end += field.size;
    }
    align(2);
    const std::size_t vtable = bytes_.size();
    append(4 + 2 * count, 2);
    append(end, 2);
    for (unsigned i = 0; i < count; ++i) {
      append(table.places[i], 2);
    }
    align(8);
    table.position = bytes_.size();
    append(table.position - vtable, 4);
    bytes_.resize(table.position + end);
    for (const flat_value& field : fields) {
      table.places[field.number] += table.position;
      put(table.places[field.number], field.value, field.size);
    }
    return table;
  }

  /// A list of `count` entries of `size` bytes, which are zero. Entries start on a multiple of `alignment`.
  /// @return  where the count stands; entry i is at that + 4 + i * size
  std::size_t list(std::size_t count, std::size_t size, std::size_t alignment) {
    align(4);
    while ((bytes_.size() + 4) % alignment != 0) {
      append(0, 4);
    }
    const std::size_t position = bytes_.size();
    append(count, 4);
    bytes_.resize(bytes_.size() + count * size);
    return position;
  }

  std::size_t raw(std::span<const std::uint8_t> content, std::size_t alignment) {
    const std::size_t position = list(content.size(), 1, alignment);
    std::copy(content.begin(), content.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(position + 4));
    return position;
  }

  std::size_t text(std::string_view value) {
    const std::size_t position = list(value.size(), 1, 4);
    std::copy(value.begin(), value.end(), bytes_.begin() + static_cast<std::ptrdiff_t>(position + 4));
    append(0, 1);
    return position;
  }

 private:
  void append(std::uint64_t value, std::size_t size) {
    bytes_.resize(bytes_.size() + size);
    put(bytes_.size() - size, value, size);
  }
  void align(std::size_t size) { bytes_.resize((bytes_.size() + size - 1) / size * size); }

  std::vector<std::uint8_t> bytes_;
};

}  // namespace halftone::inline v0_1::detail
