// SPDX-License-Identifier: MIT
// Halftone: the header of a GGUF file: its grammar, and an index of what it holds.
#pragma once

#include <halftone/io/gguf_tensor.hpp>

#include <numeric>

namespace halftone::inline v0_1::detail {

inline constexpr std::uint64_t gguf_largest_alignment = 65536;

/// What a checked file holds, by the places of its keys and names: 16 bytes an entry and 8 a tensor, whatever they
/// hold.
struct gguf_index {
  std::span<const std::uint8_t> file;
  std::endian order = std::endian::little;
  std::uint32_t version = 3;
  gguf_layout layout;
  std::vector<std::size_t> entries;         // offsets of keys, in the order of the file
  std::vector<std::size_t> entries_by_key;  // the same, ascending keys
  std::vector<std::size_t> tensors;         // offsets of names, in the order of the file

  [[nodiscard]] gguf_cursor at(std::size_t offset) const noexcept { return {file, offset, order}; }
  [[nodiscard]] std::string_view name_at(std::size_t offset) const noexcept { return at(offset).take_string(); }
  [[nodiscard]] gguf_tensor tensor(std::size_t i) const { return gguf_tensor_at(at(tensors[i]), layout); }

  /// The value of a key; none if there is no such key.
  [[nodiscard]] std::optional<gguf_value> value(std::string_view key) const noexcept {
    const auto found = std::lower_bound(entries_by_key.begin(), entries_by_key.end(), key,
                                        [&](std::size_t offset, std::string_view k) { return name_at(offset) < k; });
    if (found == entries_by_key.end() || name_at(*found) != key) {
      return std::nullopt;
    }
    return gguf_entry_at(at(*found)).value;
  }

  /// The value of a key as a T, or why there is none.
  template <gguf_readable T>
  [[nodiscard]] result<T> get(std::string_view key) const {
    const std::optional<gguf_value> found = value(key);
    if (!found) {
      return gguf_failure(file_error::not_found, 0, "no metadata ", in_quotes(key));
    }
    std::optional<T> got = found->template get<T>();
    if (!got) {
      return gguf_failure(file_error::malformed, found->offset(), "metadata ", in_quotes(key), " is ",
                          with_article(*found), ", not ", type_with_article<T>());
    }
    return *std::move(got);
  }
};

/// Fails with the later of two equal names, after sorting their offsets by them.
[[nodiscard]] inline std::optional<file_failure> sort_gguf_names(const gguf_index& index, const char* what,
                                                                 std::vector<std::size_t>& offsets) {
  const auto less = [&](std::size_t a, std::size_t b) {
    const int order = index.name_at(a).compare(index.name_at(b));
    return order != 0 ? order < 0 : a < b;
  };
  std::sort(offsets.begin(), offsets.end(), less);
  for (std::size_t i = 1; i < offsets.size(); ++i) {
    if (index.name_at(offsets[i - 1]) == index.name_at(offsets[i])) {
      return gguf_failure(file_error::duplicate_name, offsets[i], what, " ", in_quotes(index.name_at(offsets[i])),
                          " occurs twice");
    }
  }
  return std::nullopt;
}

/// Fails with the later of two tensors, by the places of their bytes, that share some.
[[nodiscard]] inline std::optional<file_failure> check_gguf_overlap(const gguf_index& index,
                                                                    std::vector<std::size_t>& order) {
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const std::uint64_t a_offset = index.tensor(a).offset;
    const std::uint64_t b_offset = index.tensor(b).offset;
    return a_offset != b_offset ? a_offset < b_offset : a < b;
  });
  std::uint64_t end = 0;
  for (const std::size_t i : order) {
    const gguf_tensor tensor = index.tensor(i);
    if (tensor.bytes.empty()) {
      continue;
    }
    if (tensor.offset < end) {
      return gguf_failure(file_error::bad_extent, tensor.offset, "tensor ", in_quotes(tensor.name),
                          " overlaps the one before it by ",
                          std::min(end - tensor.offset, std::uint64_t{tensor.bytes.size()}), " bytes");
    }
    end = tensor.offset + tensor.bytes.size();
  }
  return std::nullopt;
}

/// Checks the value of general.alignment.
[[nodiscard]] inline std::optional<file_failure> read_gguf_alignment(const gguf_value& value, gguf_layout& layout) {
  const std::optional<std::uint32_t> alignment = value.get<std::uint32_t>();
  if (!alignment) {
    return gguf_failure(file_error::malformed, value.offset(), "general.alignment is ", with_article(value),
                        ", not a u32");
  }
  if (!std::has_single_bit(*alignment) || *alignment > gguf_largest_alignment) {
    return gguf_failure(file_error::malformed, value.offset(), "general.alignment is ", *alignment,
                        ", no power of two from 1 to ", gguf_largest_alignment);
  }
  layout.alignment = *alignment;
  return std::nullopt;
}

/// The fixed part of the header.
struct gguf_counts {
  std::uint64_t tensors = 0;
  std::uint64_t entries = 0;
};
inline constexpr std::size_t gguf_fixed_header = 24;  // bytes: magic, version, two counts

[[nodiscard]] inline std::optional<file_failure> read_gguf_counts(gguf_index& index, gguf_counts& counts) {
  const std::span<const std::uint8_t> file = index.file;
  constexpr std::string_view magic = "GGUF";
  if (!std::equal(file.begin(), file.begin() + static_cast<std::ptrdiff_t>(std::min(file.size(), magic.size())),
                  magic.begin())) {
    return gguf_failure(file_error::malformed, 0, "the file does not start with \"GGUF\"");
  }
  if (file.size() < gguf_fixed_header) {
    return gguf_failure(file_error::truncated, file.size(), "a file of ", file.size(), " bytes has no header of ",
                        gguf_fixed_header);
  }
  // A version is a small number: where its lower half is zero, it was written by a machine of the other byte order.
  const auto version = index.at(4).take<std::uint32_t>();
  if ((version & 0xffffu) == 0) {
    index.order = std::endian::big;
  }
  gguf_cursor cursor = index.at(4);
  index.version = cursor.take<std::uint32_t>();
  if (index.version != 2 && index.version != 3) {
    return gguf_failure(file_error::malformed, 4, "version ", index.version, " is neither 2 nor 3");
  }
  counts.tensors = cursor.take<std::uint64_t>();
  counts.entries = cursor.take<std::uint64_t>();
  const std::uint64_t rest = cursor.remaining();
  if (counts.tensors > rest / gguf_shortest_tensor) {
    return gguf_failure(file_error::too_large, 8, counts.tensors, " tensors of at least ", gguf_shortest_tensor,
                        " bytes, the file has ", rest);
  }
  if (counts.entries > rest / gguf_shortest_entry) {
    return gguf_failure(file_error::too_large, 16, counts.entries, " metadata entries of at least ",
                        gguf_shortest_entry, " bytes, the file has ", rest);
  }
  return std::nullopt;
}

/// Checks the metadata and moves behind it. Nothing is kept before everything is there, so that no count that the file
/// claims asks for memory.
[[nodiscard]] inline std::optional<file_failure> read_gguf_metadata(gguf_index& index, std::uint64_t count,
                                                                    gguf_cursor& cursor) {
  const gguf_cursor begin = cursor;
  std::optional<gguf_entry> entry;
  for (std::uint64_t i = 0; i < count; ++i) {
    if (auto failure = check_gguf_entry(cursor, i, entry)) {
      return failure;
    }
    if (entry->key == "general.alignment") {
      if (auto failure = read_gguf_alignment(entry->value, index.layout)) {
        return failure;
      }
    }
  }
  index.entries.reserve(static_cast<std::size_t>(count));
  gguf_cursor again = begin;
  for (std::uint64_t i = 0; i < count; ++i) {
    index.entries.push_back(again.at());
    again.take_string();
    skip_gguf_value(again, take_gguf_type(again));
  }
  index.entries_by_key = index.entries;
  return sort_gguf_names(index, "metadata key", index.entries_by_key);
}

/// Checks the descriptions of tensors, then their places.
[[nodiscard]] inline std::optional<file_failure> read_gguf_tensors(gguf_index& index, std::uint64_t count,
                                                                   gguf_cursor& cursor) {
  const gguf_cursor begin = cursor;
  for (std::uint64_t i = 0; i < count; ++i) {
    gguf_description description;
    if (auto failure = read_gguf_description(cursor, i, description)) {
      return failure;
    }
  }
  const std::uint64_t excess = cursor.at() % index.layout.alignment;
  index.layout.data = cursor.at() + (excess == 0 ? 0 : index.layout.alignment - excess);
  if (count != 0 && index.layout.data > index.file.size()) {
    return gguf_failure(file_error::truncated, index.file.size(), "the data starts at ", index.layout.data,
                        ", the file has ", index.file.size(), " bytes");
  }
  index.tensors.reserve(static_cast<std::size_t>(count));
  gguf_cursor again = begin;
  for (std::uint64_t i = 0; i < count; ++i) {
    index.tensors.push_back(again.at());
    gguf_description description;
    static_cast<void>(read_gguf_description(again, i, description));  // it was checked above
    if (auto failure = place_gguf_tensor(index.file, index.layout, description)) {
      return failure;
    }
  }
  std::vector<std::size_t> order = index.tensors;
  // Names first: a tensor that is described twice would else be called an overlap.
  if (auto failure = sort_gguf_names(index, "tensor", order)) {
    return failure;
  }
  return check_gguf_overlap(index, order);
}

/// Reads and checks a whole file. On failure `index` is in no useful state.
[[nodiscard]] inline std::optional<file_failure> read_gguf(std::span<const std::uint8_t> file, gguf_index& index) {
  index.file = file;
  gguf_counts counts;
  if (auto failure = read_gguf_counts(index, counts)) {
    return failure;
  }
  gguf_cursor cursor = index.at(gguf_fixed_header);
  if (auto failure = read_gguf_metadata(index, counts.entries, cursor)) {
    return failure;
  }
  return read_gguf_tensors(index, counts.tensors, cursor);
}

}  // namespace halftone::inline v0_1::detail
