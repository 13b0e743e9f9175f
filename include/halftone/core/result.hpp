// SPDX-License-Identifier: MIT
// Halftone: a value, or why a file could not be read.
#pragma once

#include <halftone/core/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace halftone::inline v0_1 {

/// What was wrong with a file. A wrong file never throws and never ends the program.
enum class file_error {
  cannot_open,      ///< the system refused to open, map or write the file
  truncated,        ///< the file ends before what its header promises
  malformed,        ///< the header breaks the rules of its format
  too_large,        ///< a count or size is beyond the format's limit
  duplicate_name,   ///< a name occurs twice
  bad_extent,       ///< offsets overlap, leave holes, or pass the end
  unknown_type,     ///< an element type that the format does not define
  not_found,        ///< no tensor of that name
  scheme_mismatch,  ///< the matrix was saved with another scheme than the one asked for
};

/// Code, byte offset in the file (0 where none applies) and a sentence.
struct file_failure {
  file_error code;
  std::uint64_t offset = 0;
  std::string text;
};

/// Either a T or a file_failure.
template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : value_(std::move(value)) {}                     // NOLINT: implicit on purpose
  result(file_failure failure) : failure_(std::move(failure)) {}    // NOLINT: implicit on purpose

  [[nodiscard]] bool has_value() const noexcept { return value_.has_value(); }
  explicit operator bool() const noexcept { return has_value(); }

  /// The value; throws `error` with the failure's text if there is none.
  [[nodiscard]] T& value() & {
    expects(has_value(), failure_.text);
    return *value_;
  }
  [[nodiscard]] const T& value() const& {
    expects(has_value(), failure_.text);
    return *value_;
  }
  [[nodiscard]] T&& value() && {
    expects(has_value(), failure_.text);
    return std::move(*value_);
  }

  /// Why there is no value.
  [[nodiscard]] const file_failure& failure() const noexcept { return failure_; }

 private:
  std::optional<T> value_;
  file_failure failure_{};
};

}  // namespace halftone::inline v0_1
