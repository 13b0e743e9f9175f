// SPDX-License-Identifier: MIT
// Halftone: the rules that keys and values of the metadata of a GGUF file obey.
#pragma once

#include <halftone/core/result.hpp>
#include <halftone/io/gguf_value.hpp>
#include <halftone/io/json_text.hpp>

namespace halftone::inline v0_1 {

/// One key of the metadata and its value. Lives as long as the file.
struct gguf_entry {
  std::string_view key;
  gguf_value value;
};

namespace detail {

inline constexpr std::uint64_t gguf_longest_name = 65535;  // bytes of a key, by the format; the same for tensors
inline constexpr std::uint64_t gguf_shortest_entry = 14;   // bytes: length, one character, type, one byte

template <class... Parts>
[[nodiscard]] file_failure gguf_failure(file_error code, std::uint64_t offset, const Parts&... parts) {
  return {code, offset, message("gguf: ", parts...)};
}

/// Reads a key or the name of a tensor. `what` says which of them, with its number.
[[nodiscard]] inline std::optional<file_failure> read_gguf_name(gguf_cursor& cursor, const char* what,
                                                                std::uint64_t number, std::string_view& name) {
  const std::uint64_t begin = cursor.at();
  const auto refuse = [&](file_error code, std::uint64_t offset, const auto&... parts) {
    return gguf_failure(code, offset, what, " ", number, ": ", parts...);
  };
  if (cursor.remaining() < 8) {
    return refuse(file_error::truncated, begin, "the file ends inside the length of its name");
  }
  const auto length = gguf_cursor(cursor).take<std::uint64_t>();
  if (length > gguf_longest_name) {
    return refuse(file_error::too_large, begin, "a name of ", length, " bytes is above the limit of ",
                  gguf_longest_name);
  }
  if (length > cursor.remaining() - 8) {
    return refuse(file_error::truncated, begin, "a name of ", length, " bytes, of which the file has ",
                  cursor.remaining() - 8);
  }
  name = cursor.take_string();
  if (const std::size_t bad = first_invalid_utf8(name); bad != name.size()) {
    return refuse(file_error::malformed, begin + 8 + bad, "the name is not UTF-8");
  }
  return std::nullopt;
}

/// Checks a value of the metadata and moves behind it.
[[nodiscard]] inline std::optional<file_failure> check_gguf_value(gguf_cursor& cursor, std::string_view key,
                                                                  gguf_value_type type, unsigned depth = 0) {
  const std::uint64_t begin = cursor.at();
  const auto refuse = [&](file_error code, std::uint64_t offset, const auto&... parts) {
    return gguf_failure(code, offset, "metadata ", in_quotes(key), ": ", parts...);
  };
  const std::uint64_t fewest = gguf_values[static_cast<std::size_t>(type)].bytes;
  if (fewest > cursor.remaining()) {
    return refuse(file_error::truncated, begin, "the file ends inside its ", name_of(type));
  }
  if (type == gguf_value_type::string) {
    const auto length = gguf_cursor(cursor).take<std::uint64_t>();
    if (length > cursor.remaining() - 8) {
      return refuse(file_error::truncated, begin, "a string of ", length, " bytes, of which the file has ",
                    cursor.remaining() - 8);
    }
    cursor.skip(8 + length);
    return std::nullopt;
  }
  const auto refuse_boolean = [&](std::uint64_t offset, unsigned value) {
    return refuse(file_error::malformed, offset, "a bool is ", value, ", neither 0 nor 1");
  };
  if (type == gguf_value_type::boolean) {
    const auto value = cursor.take<std::uint8_t>();
    return value > 1 ? std::optional(refuse_boolean(begin, value)) : std::nullopt;
  }
  if (type != gguf_value_type::array) {
    cursor.skip(fewest);
    return std::nullopt;
  }

  if (depth == gguf_deepest_array) {
    return refuse(file_error::too_large, begin, "arrays inside arrays beyond ", gguf_deepest_array, " levels");
  }
  const auto number = cursor.take<std::uint32_t>();
  if (number >= gguf_values.size()) {
    return refuse(file_error::unknown_type, begin, "unknown type ", number, " of the elements of an array");
  }
  const auto element = static_cast<gguf_value_type>(number);
  const auto count = cursor.take<std::uint64_t>();
  const std::uint64_t bytes = gguf_values[number].bytes;
  if (count > cursor.remaining() / bytes) {
    return refuse(file_error::truncated, begin + 4, "an array of ", count, " elements of at least ", bytes,
                  " bytes, the file has ", cursor.remaining());
  }
  if (element == gguf_value_type::string || element == gguf_value_type::array) {
    for (std::uint64_t i = 0; i < count; ++i) {
      if (auto failure = check_gguf_value(cursor, key, element, depth + 1)) {
        return failure;
      }
    }
    return std::nullopt;
  }
  if (element == gguf_value_type::boolean) {
    const auto values = cursor.file().subspan(cursor.at(), static_cast<std::size_t>(count));
    const auto bad = std::find_if(values.begin(), values.end(), [](std::uint8_t value) { return value > 1; });
    if (bad != values.end()) {
      return refuse_boolean(cursor.at() + static_cast<std::uint64_t>(bad - values.begin()), *bad);
    }
  }
  cursor.skip(count * bytes);
  return std::nullopt;
}

/// Checks one key and its value, and moves behind them.
[[nodiscard]] inline std::optional<file_failure> check_gguf_entry(gguf_cursor& cursor, std::uint64_t number,
                                                                  std::optional<gguf_entry>& entry) {
  const std::uint64_t begin = cursor.at();
  std::string_view key;
  if (auto failure = read_gguf_name(cursor, "metadata", number, key)) {
    return failure;
  }
  if (key.empty()) {
    return gguf_failure(file_error::malformed, begin, "metadata ", number, ": the key is empty");
  }
  if (cursor.remaining() < 4) {
    return gguf_failure(file_error::truncated, cursor.at(), "metadata ", in_quotes(key),
                        ": the file ends inside the type of the value");
  }
  const std::uint64_t where = cursor.at();
  const auto type = cursor.take<std::uint32_t>();
  if (type >= gguf_values.size()) {
    return gguf_failure(file_error::unknown_type, where, "metadata ", in_quotes(key), ": unknown type ", type,
                        " of a value");
  }
  entry.emplace(gguf_entry{key, gguf_value(static_cast<gguf_value_type>(type), cursor)});
  return check_gguf_value(cursor, key, entry->value.type());
}

/// Reads what `check_gguf_entry` has checked.
[[nodiscard]] inline gguf_entry gguf_entry_at(gguf_cursor cursor) noexcept {
  const std::string_view key = cursor.take_string();
  const gguf_value_type type = take_gguf_type(cursor);
  return {key, gguf_value(type, cursor)};
}

}  // namespace detail

}  // namespace halftone::inline v0_1
