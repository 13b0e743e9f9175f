// SPDX-License-Identifier: MIT
// Halftone: checkpoints in several safetensors files, by their index: model.safetensors.index.json beside the shards.
#pragma once

#include <halftone/io/json_fields.hpp>
#include <halftone/io/safetensors_file.hpp>

#include <algorithm>

namespace halftone::inline v0_1 {

/// Which file of a checkpoint holds which tensor: the "weight_map" of an index. Other fields are not looked at.
///
/// A shard is a file beside the index, never elsewhere: its name is refused if it has a slash, a backslash, a colon or a control
/// character, or does not end in ".safetensors" behind at least one character. Refused besides: what `json_fields` refuses, an index
/// without a weight map, and shards that are no strings.
class safetensors_index {
 public:
  [[nodiscard]] static result<safetensors_index> parse(std::string_view text) {
    const result<json_fields> fields = json_fields::parse(text, "safetensors index");
    if (!fields) {
      return fields.failure();
    }
    if (fields.value().get<double>(std::string(map_path)) == nullptr) {
      return refusal("there is no \"weight_map\"");
    }
    safetensors_index index;
    for (const auto& [path, value] : fields.value().values()) {
      if (!path.starts_with(map_path) || path.size() == map_path.size()) {
        continue;
      }
      const std::string tensor = path.substr(map_path.size());
      const auto* shard = std::get_if<std::string>(&value);
      if (shard == nullptr) {
        return refusal("the file of tensor ", detail::in_quotes(tensor), " is no string");
      }
      if (!is_file_name(*shard)) {
        return refusal("tensor ", detail::in_quotes(tensor), " is in ", detail::in_quotes(*shard), ", which is no name of a file beside the index");
      }
      index.shard_of_.emplace(tensor, *shard);
    }
    return index;
  }

  /// The files, in the order of their names.
  [[nodiscard]] std::vector<std::string> shards() const {
    std::vector<std::string> names;
    for (const auto& [tensor, shard] : shard_of_) {
      names.push_back(shard);
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }
  /// The file of a tensor, or null.
  [[nodiscard]] const std::string* shard_of(const std::string& tensor) const {
    const auto at = shard_of_.find(tensor);
    return at == shard_of_.end() ? nullptr : &at->second;
  }
  [[nodiscard]] const std::map<std::string, std::string>& tensors() const noexcept { return shard_of_; }

 private:
  static constexpr std::string_view map_path = "weight_map/";

  template <class... Parts>
  [[nodiscard]] static file_failure refusal(const Parts&... parts) {
    return {file_error::malformed, 0, detail::message("safetensors index: ", parts...)};
  }
  [[nodiscard]] static bool is_file_name(std::string_view name) noexcept {
    constexpr std::string_view ending = ".safetensors";
    return name.size() > ending.size() && name.ends_with(ending) && std::none_of(name.begin(), name.end(), [](char c) {
      return c == '/' || c == '\\' || c == ':' || static_cast<unsigned char>(c) < 0x20;
    });
  }

  std::map<std::string, std::string> shard_of_;
};

/// The files of a checkpoint, all open.
class safetensors_shards {
 public:
  /// Opens an index and the files that it names, in its folder. @return  or a failure: the index', a shard's, or a tensor that is not in
  /// its file
  [[nodiscard]] static result<safetensors_shards> open(const std::string& index_path) {
    const result<file_mapping> text = file_mapping::open(index_path);
    if (!text) {
      return text.failure();
    }
    const std::span<const std::uint8_t> bytes = text.value().bytes();
    result<safetensors_index> index = safetensors_index::parse({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (!index) {
      return index.failure();
    }
    safetensors_shards all;
    const std::size_t slash = index_path.find_last_of('/');
    const std::string folder = slash == std::string::npos ? std::string() : index_path.substr(0, slash + 1);
    for (const std::string& name : index.value().shards()) {
      result<safetensors_file> file = safetensors_file::open(folder + name);
      if (!file) {
        return file_failure{file.failure().code, file.failure().offset, detail::message(name, ": ", file.failure().text)};
      }
      all.files_.emplace(name, std::move(file).value());
    }
    for (const auto& [tensor, shard] : index.value().tensors()) {
      if (all.files_.at(shard).find(tensor) == nullptr) {
        return file_failure{file_error::not_found, 0,
                            detail::message("safetensors index: there is no tensor ", detail::in_quotes(tensor), " in ", shard)};
      }
    }
    all.index_ = std::move(index).value();
    return all;
  }

  [[nodiscard]] const safetensors_index& index() const noexcept { return index_; }
  /// The files by their names.
  [[nodiscard]] const std::map<std::string, safetensors_file>& files() const noexcept { return files_; }
  /// A tensor of the index, or null.
  [[nodiscard]] const safetensors_tensor* find(const std::string& tensor) const {
    const std::string* shard = index_.shard_of(tensor);
    return shard == nullptr ? nullptr : files_.at(*shard).find(tensor);
  }

 private:
  safetensors_index index_;
  std::map<std::string, safetensors_file> files_;
};

}  // namespace halftone::inline v0_1
