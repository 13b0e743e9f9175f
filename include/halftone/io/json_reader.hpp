// SPDX-License-Identifier: MIT
// Halftone: JSON as a sequence of events. The only header of the library that includes nlohmann_json.
//
// No document is built, so duplicate keys are seen by whoever listens, and memory is bounded by the longest string.
#pragma once

#include <halftone/io/json_text.hpp>

#include <nlohmann/json.hpp>

#include <iterator>
#include <optional>

namespace halftone::inline v0_1::detail {

/// What opens and closes.
enum class json_kind { object, array };

/// Walks over characters and tells where it is, which the parser's events do not.
class json_cursor {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  json_cursor(const char* at, const char* begin, std::size_t* position) : at_(at), begin_(begin), position_(position) {}

  reference operator*() const noexcept { return *at_; }
  json_cursor& operator++() noexcept {
    ++at_;
    *position_ = static_cast<std::size_t>(at_ - begin_);
    return *this;
  }
  json_cursor operator++(int) noexcept {
    const json_cursor before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const json_cursor& a, const json_cursor& b) noexcept { return a.at_ == b.at_; }
  friend bool operator!=(const json_cursor& a, const json_cursor& b) noexcept { return a.at_ != b.at_; }

 private:
  const char* at_;
  const char* begin_;
  std::size_t* position_;
};

/// Narrows the parser's events to those that the readers of this folder tell apart.
template <class Listener>
struct json_events {
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using binary_t = nlohmann::json::binary_t;

  Listener& listener;
  std::optional<std::size_t> syntax_error{};

  bool null() { return listener.on_other("null"); }
  bool boolean(bool value) {
    if constexpr (requires { listener.on_boolean(value); }) {
      return listener.on_boolean(value);
    } else {
      return listener.on_other("a boolean");
    }
  }
  bool number_integer(number_integer_t value) { return number(static_cast<double>(value), "a negative number"); }
  bool number_unsigned(number_unsigned_t value) { return listener.on_integer(value); }
  bool number_float(number_float_t value, const std::string&) {
    return number(value, "a number that is no integer below 2^64");
  }
  bool string(std::string& value) { return listener.on_string(value); }
  bool binary(binary_t&) { return listener.on_other("binary data"); }
  bool start_object(std::size_t) { return listener.on_begin(json_kind::object); }
  bool key(std::string& name) { return listener.on_key(name); }
  bool end_object() { return listener.on_end(); }
  bool start_array(std::size_t) { return listener.on_begin(json_kind::array); }
  bool end_array() { return listener.on_end(); }
  template <class Exception>
  bool parse_error(std::size_t position, const std::string&, const Exception&) {
    syntax_error = position == 0 ? 0 : position - 1;
    return false;
  }

 private:
  bool number(double value, std::string_view what) {
    if constexpr (requires { listener.on_number(value); }) {
      return listener.on_number(value);
    } else {
      return listener.on_other(what);
    }
  }
};

/// Reads one JSON value that fills `text` but for white space, as RFC 8259 defines it.
///
/// @param  listener  has on_begin(json_kind), on_end(), on_key(std::string&), on_string(std::string&),
///                   on_integer(std::uint64_t), on_other(std::string_view what), each false to stop, and `position`, a
///                   std::size_t that holds the offset behind what has been read; on_boolean(bool) and on_number(double), if it
///                   has them, get what goes to on_other otherwise
/// @return           the offset at which `text` stops being JSON; none if it is JSON or the listener stopped first
template <class Listener>
[[nodiscard]] std::optional<std::size_t> read_json(std::string_view text, Listener& listener) {
  // The parser takes a zero byte for the end of its input and would pass over everything behind it.
  if (const std::size_t zero = text.find('\0'); zero != std::string_view::npos) {
    return zero;
  }
  json_events<Listener> events{listener};
  const char* const begin = text.data();
  const char* const end = begin + text.size();
  static_cast<void>(nlohmann::json::sax_parse(json_cursor(begin, begin, &listener.position),
                                              json_cursor(end, begin, &listener.position), &events));
  return events.syntax_error;
}

}  // namespace halftone::inline v0_1::detail
