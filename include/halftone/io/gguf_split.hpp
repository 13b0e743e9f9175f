// SPDX-License-Identifier: MIT
// Halftone: a GGUF model in several files: their names, and what each says about the others.
#pragma once

#include <halftone/io/gguf_header.hpp>

namespace halftone::inline v0_1::detail {

inline constexpr std::string_view gguf_split_number_key = "split.no";
inline constexpr std::string_view gguf_split_count_key = "split.count";
inline constexpr std::string_view gguf_split_tensors_key = "split.tensors.count";

/// What a file says about the model that it is a part of.
struct gguf_split {
  std::uint16_t number = 0;  // from 0
  std::uint16_t count = 1;
  std::int32_t tensors = 0;  // of all files
};

/// Reads it; one split of one where the file says nothing.
[[nodiscard]] inline result<gguf_split> read_gguf_split(const gguf_index& index) {
  gguf_split split;
  split.tensors = static_cast<std::int32_t>(index.tensors.size());
  if (!index.value(gguf_split_count_key)) {
    return split;
  }
  const result<std::uint16_t> count = index.get<std::uint16_t>(gguf_split_count_key);
  if (!count) {
    return count.failure();
  }
  if (count.value() <= 1) {
    return split;
  }
  const result<std::uint16_t> number = index.get<std::uint16_t>(gguf_split_number_key);
  if (!number) {
    return number.failure();
  }
  if (number.value() >= count.value()) {
    return gguf_failure(file_error::malformed, index.value(gguf_split_number_key)->offset(), "split.no is ",
                        number.value(), " of ", count.value(), " splits, counted from 0");
  }
  const result<std::int32_t> tensors = index.get<std::int32_t>(gguf_split_tensors_key);
  if (!tensors) {
    return tensors.failure();
  }
  return gguf_split{number.value(), count.value(), tensors.value()};
}

/// The ending of the name of a split: "-00001-of-00003.gguf".
[[nodiscard]] inline std::string gguf_split_ending(unsigned number, unsigned count) {
  const auto five = [](unsigned value) {
    const std::string digits = std::to_string(value);
    return std::string(digits.size() < 5 ? 5 - digits.size() : 0, '0') + digits;
  };
  return message("-", five(number + 1), "-of-", five(count), ".gguf");
}

/// The part of a path that all splits of a model share; a failure if it does not end as its split says.
[[nodiscard]] inline result<std::string> gguf_split_prefix(const std::string& path, const gguf_split& split) {
  const std::string ending = gguf_split_ending(split.number, split.count);
  if (!path.ends_with(ending)) {
    return gguf_failure(file_error::malformed, 0, "\"", path, "\" is split ", split.number + 1u, " of ", split.count,
                        ", but does not end in \"", ending, "\", so that the others cannot be found");
  }
  return path.substr(0, path.size() - ending.size());
}

/// Whether a file is what it should be, next to a split that is known.
[[nodiscard]] inline std::optional<file_failure> check_gguf_split(const gguf_index& index, const gguf_split& known,
                                                                  unsigned number) {
  const result<gguf_split> split = read_gguf_split(index);
  if (!split) {
    return split.failure();
  }
  const auto refuse = [&](std::string_view key, auto is, auto should) {
    const std::optional<gguf_value> value = index.value(key);
    return gguf_failure(file_error::malformed, value ? value->offset() : 0, key, " is ", is, ", not ", should);
  };
  if (split.value().count != known.count) {
    return refuse(gguf_split_count_key, split.value().count, known.count);
  }
  if (split.value().number != number) {
    return refuse(gguf_split_number_key, split.value().number, number);
  }
  if (split.value().tensors != known.tensors) {
    return refuse(gguf_split_tensors_key, split.value().tensors, known.tensors);
  }
  return std::nullopt;
}

}  // namespace halftone::inline v0_1::detail
