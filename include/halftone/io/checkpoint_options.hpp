// SPDX-License-Identifier: MIT
// Halftone: options of a configuration in JSON: of the kind that they must be, or a sentence with key and value.
#pragma once

#include <halftone/io/json_fields.hpp>

namespace halftone::inline v0_1::detail {

/// A value for a message.
[[nodiscard]] inline std::string json_value_text(const json_value* value, bool has_members) {
  if (value == nullptr) {
    return has_members ? "an object or a list" : "missing";
  }
  if (const auto* text = std::get_if<std::string>(value)) {
    return in_quotes(*text);
  }
  if (const auto* number = std::get_if<double>(value)) {
    return message(*number);
  }
  const auto* truth = std::get_if<bool>(value);
  return truth == nullptr ? "null" : *truth ? "true" : "false";
}

/// Options by their keys behind a path. The first that is wrong is kept in `failure`, and reading goes on, so that a reader of many
/// options asks once, at its end. An option that is missing or null has no value.
class option_reader {
 public:
  std::optional<file_failure> failure{};

  /// @param path  before each key: empty, or with a '/' at its end
  option_reader(const json_fields& fields, std::string_view what, std::string path)
      : fields_(&fields), what_(what), path_(std::move(path)) {}

  template <class... Parts>
  void refuse(const Parts&... parts) {
    refuse_at(0, parts...);
  }
  /// Refuses the value of a key: "config.json: "bits" is 5, not 2, 3, 4 or 8".
  void refuse_value(const std::string& key, std::string_view instead) {
    refuse_at(fields_->offset_of(path_ + key), in_quotes(path_ + key), " is ", json_value_text(fields_->find(path_ + key), is_list(key)), instead);
  }

  /// Keeps what another reader refused, if nothing was refused before.
  void take_failure(const option_reader& other) { failure = failure ? failure : other.failure; }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }

  /// Whether a key has an object or a list.
  [[nodiscard]] bool is_list(const std::string& key) const { return fields_->find(path_ + key + "/") != nullptr; }
  /// Members of an object or a list; none where the key has something else.
  [[nodiscard]] std::size_t members(const std::string& key) const {
    return static_cast<std::size_t>(fields_->count(path_ + key + "/").value_or(0));
  }
  [[nodiscard]] bool has(const std::string& key) const {
    const json_value* value = fields_->find(path_ + key);
    return is_list(key) || (value != nullptr && !std::holds_alternative<std::nullptr_t>(*value));
  }

  [[nodiscard]] std::optional<bool> truth(const std::string& key) { return value<bool>(key, ", not true or false"); }
  [[nodiscard]] std::optional<std::string> text(const std::string& key) { return value<std::string>(key, ", not a text"); }
  /// A text; "true" and "false" for those.
  [[nodiscard]] std::optional<std::string> text_or_truth(const std::string& key) {
    const bool* truth = fields_->get<bool>(path_ + key);
    return truth != nullptr ? std::optional<std::string>(*truth ? "true" : "false") : text(key);
  }
  /// A whole number from -1 to 2^31 - 1: a size, or -1 for all.
  [[nodiscard]] std::optional<std::int64_t> size(const std::string& key) {
    const std::optional<double> number = value<double>(key, ", not a number");
    if (number && (!(*number >= -1.0) || *number >= 0x1p31 || *number != static_cast<double>(static_cast<std::int64_t>(*number)))) {
      refuse_value(key, ", not a size");
      return std::nullopt;
    }
    return number ? std::optional(static_cast<std::int64_t>(*number)) : std::nullopt;
  }
  /// A list of texts.
  [[nodiscard]] std::vector<std::string> texts(const std::string& key) {
    std::vector<std::string> all;
    if (has(key) && !is_list(key)) {
      refuse_value(key, ", not a list");
    }
    for (std::size_t i = 0; i < members(key); ++i) {
      const std::string place = key + "/" + std::to_string(i);
      std::optional<std::string> each = text(place);
      if (!each) {
        refuse_value(place, ", not a text");
        break;
      }
      all.push_back(*std::move(each));
    }
    return all;
  }

  /// The keys of an object, sorted.
  [[nodiscard]] std::vector<std::string> keys(const std::string& key) const {
    std::vector<std::string> all;
    const std::string prefix = path_ + key + "/";
    for (auto at = fields_->values().upper_bound(prefix); at != fields_->values().end() && at->first.starts_with(prefix); ++at) {
      const std::string name = at->first.substr(prefix.size(), at->first.find('/', prefix.size()) - prefix.size());
      if (all.empty() || all.back() != name) {
        all.push_back(name);
      }
    }
    return all;
  }

 private:
  template <class... Parts>
  void refuse_at(std::size_t offset, const Parts&... parts) {
    if (!failure) {
      failure = file_failure{file_error::malformed, offset, message(what_, ": ", parts...)};
    }
  }
  template <class T>
  [[nodiscard]] std::optional<T> value(const std::string& key, std::string_view instead) {
    if (!has(key)) {
      return std::nullopt;
    }
    const T* found = fields_->get<T>(path_ + key);
    if (found == nullptr) {
      refuse_value(key, instead);
      return std::nullopt;
    }
    return *found;
  }

  const json_fields* fields_;
  std::string_view what_;
  std::string path_;
};

}  // namespace halftone::inline v0_1::detail
