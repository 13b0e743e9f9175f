// SPDX-License-Identifier: MIT
// Halftone: a small JSON document as a list of its values by their paths: configurations beside or inside of checkpoints.
#pragma once

#include <halftone/io/file_mapping.hpp>
#include <halftone/io/json_reader.hpp>

#include <map>
#include <variant>
#include <vector>

namespace halftone::inline v0_1 {

/// null, true or false, a number, or a string.
using json_value = std::variant<std::nullptr_t, bool, double, std::string>;

/// A value and where it ends in the text: the offset of the byte behind it, or one more behind a number, which the next byte ends.
struct json_field {
  json_value value;
  std::size_t offset = 0;
};

/// The values of a document by path: keys and indices joined by '/', as "config_groups/group_0/weights/num_bits" and "shape/0".
/// Objects and arrays themselves have the number of their members under their path with a '/' behind it.
///
/// Refused: text that is no JSON or over 16 MiB, more than 16 levels, paths over 256 bytes, more than 262144 values, a path that occurs
/// twice. Integers beyond 2^53 lose their low bits. Memory: at most 410 bytes a value, besides the strings, which are no
/// longer than the text.
class json_fields {
 public:
  static constexpr std::size_t longest_text = std::size_t{1} << 24;
  static constexpr std::size_t longest_path = 256;
  static constexpr std::size_t most_levels = 16;
  static constexpr std::size_t most_values = std::size_t{1} << 18;  // the tensors of an index: mixtures of experts have a hundred thousand

  /// @param what  named in messages, for example "config.json"
  [[nodiscard]] static result<json_fields> parse(std::string_view text, std::string_view what) {
    json_fields fields;
    fields.what_ = what;
    if (text.size() > longest_text) {
      return fields.refusal(file_error::too_large, 0, text.size(), " bytes of JSON, more than ", longest_text);
    }
    if (const std::size_t bad = detail::first_invalid_utf8(text); bad != text.size()) {
      return fields.refusal(file_error::malformed, bad, "not UTF-8");
    }
    listener reader{fields};
    const std::optional<std::size_t> syntax = detail::read_json(text, reader);
    if (reader.failure) {
      return *std::move(reader.failure);
    }
    if (syntax) {
      return fields.refusal(file_error::malformed, *syntax, "not JSON");
    }
    return fields;
  }

  [[nodiscard]] static result<json_fields> parse(std::span<const std::uint8_t> bytes, std::string_view what) {
    return parse(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()), what);
  }
  /// Reads a file. @return  or the failure of opening it, besides
  [[nodiscard]] static result<json_fields> open(const std::string& path, std::string_view what) {
    const result<file_mapping> text = file_mapping::open(path);
    return text ? parse(text.value().bytes(), what) : result<json_fields>(text.failure());
  }

  /// The value of a path, or null.
  [[nodiscard]] const json_value* find(const std::string& path) const {
    const auto at = values_.find(path);
    return at == values_.end() ? nullptr : &at->second.value;
  }
  /// Where the value of a path ends, or the object or list if that is what it has; 0 where there is none. What readers say of a bad value.
  [[nodiscard]] std::size_t offset_of(const std::string& path) const {
    auto at = values_.find(path);
    if (at == values_.end()) {
      at = values_.find(path + "/");
    }
    return at == values_.end() ? 0 : at->second.offset;
  }
  /// The value if it is of this type: bool, double or std::string; null otherwise.
  template <class T>
  [[nodiscard]] const T* get(const std::string& path) const {
    const json_value* value = find(path);
    return value == nullptr ? nullptr : std::get_if<T>(value);
  }
  /// A number from 0 to 2^53 - 1 without a fraction.
  [[nodiscard]] std::optional<std::uint64_t> count(const std::string& path) const {
    const double* number = get<double>(path);
    if (number == nullptr || !(*number >= 0.0) || *number >= 0x1p53 || *number != static_cast<double>(static_cast<std::uint64_t>(*number))) {
      return std::nullopt;
    }
    return static_cast<std::uint64_t>(*number);
  }
  /// All values, by path.
  [[nodiscard]] const std::map<std::string, json_field>& values() const noexcept { return values_; }

 private:
  template <class... Parts>
  [[nodiscard]] file_failure refusal(file_error code, std::size_t offset, const Parts&... parts) const {
    return {code, offset, detail::message(what_, ": ", parts...)};
  }

  struct level {
    std::size_t path;  // length of the path that names the members
    std::size_t members = 0;
    bool is_array = false;
  };
  struct listener {
    json_fields& fields;
    std::size_t position = 0;
    std::string path{};
    std::vector<level> levels{};
    std::optional<file_failure> failure{};

    template <class... Parts>
    bool refuse(file_error code, const Parts&... parts) {
      failure = fields.refusal(code, position, parts...);
      return false;
    }
    bool add(json_value value) {
      if (fields.values_.size() == most_values) {
        return refuse(file_error::too_large, "more than ", most_values, " values");
      }
      if (path.size() > longest_path) {
        return refuse(file_error::too_large, "a path of ", path.size(), " bytes, more than ", longest_path);
      }
      return fields.values_.emplace(path, json_field{std::move(value), position}).second ||
             refuse(file_error::duplicate_name, detail::in_quotes(path), " occurs twice");
    }
    /// An array's members are named by their places; an object's by their keys, before they come.
    void name_member() {
      if (!levels.empty()) {
        if (levels.back().is_array) {
          path.resize(levels.back().path);
          path += std::to_string(levels.back().members);
        }
        ++levels.back().members;
      }
    }
    bool value(json_value v) {
      name_member();
      return add(std::move(v));
    }
    bool on_begin(detail::json_kind kind) {
      name_member();
      if (levels.size() == most_levels) {
        return refuse(file_error::too_large, "more than ", most_levels, " levels");
      }
      path += levels.empty() ? "" : "/";
      levels.push_back({path.size(), 0, kind == detail::json_kind::array});
      return true;
    }
    bool on_end() {
      const level ended = levels.back();
      levels.pop_back();
      path.resize(ended.path);
      return add(static_cast<double>(ended.members));
    }
    bool on_key(std::string& name) {
      path.resize(levels.back().path);
      path += name;
      return true;
    }
    bool on_string(std::string& text) { return value(std::move(text)); }
    bool on_integer(std::uint64_t number) { return value(static_cast<double>(number)); }
    bool on_number(double number) { return value(number); }
    bool on_boolean(bool truth) { return value(truth); }
    bool on_other(std::string_view) { return value(nullptr); }
  };

  std::string what_;
  std::map<std::string, json_field> values_;
};

}  // namespace halftone::inline v0_1
