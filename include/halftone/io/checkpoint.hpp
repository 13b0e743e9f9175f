// SPDX-License-Identifier: MIT
// Halftone: a checkpoint in one safetensors file or in several by their index: one look-up for the tensors of all.
#pragma once

#include <halftone/io/safetensors_index.hpp>

#include <filesystem>
#include <memory>
#include <mutex>

namespace halftone::inline v0_1 {

/// The tensors of a model, whichever files they lie in. What reads layers takes this, or a `safetensors_file` in its place.
///
/// Files of an index are opened and checked when a tensor of theirs is first looked for, and stay open, so tensors live as long as this
/// object. They lie beside the index, as `safetensors_index` sees to. Several threads may look up at once.
class checkpoint {
 public:
  /// A file that outlives this object.
  checkpoint(const safetensors_file& file) : borrowed_(&file) {}  // NOLINT: implicit on purpose
  /// A file that this object keeps.
  checkpoint(safetensors_file&& file) : owned_(std::make_unique<safetensors_file>(std::move(file))), borrowed_(owned_.get()) {}  // NOLINT

  /// Opens a safetensors file, an index (a path that ends in ".json"), or what a folder has: "model.safetensors", else
  /// "model.safetensors.index.json", else its only index of safetensors files, else its only safetensors file.
  /// @return  or not_found for a folder without such files or with several, or the failure of the file or the index; files of an index
  ///          are not looked at
  [[nodiscard]] static result<checkpoint> open(const std::string& path) {
    std::error_code code;
    if (std::filesystem::is_directory(path, code)) {
      result<std::string> inside = file_of_folder(path);
      return inside ? open_file(inside.value()) : result<checkpoint>(inside.failure());
    }
    return open_file(path);
  }

  /// The tensor of a name.
  /// @return  never null; not_found if there is none, or the failure of its file
  [[nodiscard]] result<const safetensors_tensor*> find(const std::string& name) const {
    const safetensors_tensor* tensor = nullptr;
    std::string place;
    if (borrowed_ != nullptr) {
      tensor = borrowed_->find(name);
    } else if (const std::string* shard = shards_->index.shard_of(name)) {
      const result<const safetensors_file*> file = shards_->open(*shard);
      if (!file) {
        return file.failure();
      }
      tensor = file.value()->find(name);
      place = " in " + *shard + ", where the index has it";
    }
    if (tensor == nullptr) {
      return file_failure{file_error::not_found, 0, detail::message("there is no tensor ", detail::in_quotes(name), place)};
    }
    return tensor;
  }

  /// Whether there is a tensor of a name; whether the index has it, where there is one. Opens nothing.
  [[nodiscard]] bool has(const std::string& name) const {
    return borrowed_ != nullptr ? borrowed_->find(name) != nullptr : shards_->index.shard_of(name) != nullptr;
  }

  /// The names of all tensors, sorted; those of the index, where there is one.
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    if (borrowed_ == nullptr) {
      for (const auto& [name, shard] : shards_->index.tensors()) {
        all.push_back(name);
      }
      return all;
    }
    for (const safetensors_tensor& tensor : borrowed_->tensors()) {
      all.push_back(tensor.name);
    }
    std::sort(all.begin(), all.end());
    return all;
  }

 private:
  struct shard_list {
    safetensors_index index;
    std::string folder;  // with a slash behind it, or empty
    std::mutex opening{};
    std::map<std::string, result<safetensors_file>> files{};

    [[nodiscard]] result<const safetensors_file*> open(const std::string& name) {
      const std::lock_guard lock(opening);
      auto at = files.find(name);
      if (at == files.end()) {
        at = files.emplace(name, safetensors_file::open(folder + name)).first;
      }
      if (!at->second) {
        const file_failure& failure = at->second.failure();
        return file_failure{failure.code, failure.offset, detail::message(name, ": ", failure.text)};
      }
      return &at->second.value();
    }
  };

  explicit checkpoint(std::unique_ptr<shard_list> shards) : shards_(std::move(shards)) {}

  [[nodiscard]] static result<checkpoint> open_file(const std::string& path) {
    if (!path.ends_with(".json")) {
      result<safetensors_file> file = safetensors_file::open(path);
      return file ? result<checkpoint>(checkpoint(std::move(file).value())) : result<checkpoint>(file.failure());
    }
    result<safetensors_index> index = safetensors_index::open(path);
    if (!index) {
      return index.failure();
    }
    const std::size_t slash = path.find_last_of('/');
    const std::string folder = slash == std::string::npos ? std::string() : path.substr(0, slash + 1);
    return checkpoint(std::unique_ptr<shard_list>(new shard_list{std::move(index).value(), folder}));
  }

  [[nodiscard]] static result<std::string> file_of_folder(const std::string& folder) {
    std::error_code code;
    for (const char* name : {"/model.safetensors", "/model.safetensors.index.json"}) {
      if (std::filesystem::exists(folder + name, code)) {
        return folder + name;
      }
    }
    for (const std::string_view ending : {".safetensors.index.json", ".safetensors"}) {
      std::vector<std::string> found;
      for (std::filesystem::directory_iterator entry(folder, code), end; !code && entry != end; entry.increment(code)) {
        const std::string name = entry->path().filename().string();
        if (name.ends_with(ending)) {
          found.push_back(folder + "/" + name);
        }
      }
      if (found.size() == 1) {
        return found.front();
      }
      if (found.size() > 1) {
        return file_failure{file_error::not_found, 0,
                            detail::message("folder ", detail::in_quotes(folder), ": ", found.size(), " files end in \"", ending,
                                            "\"; name the one that is meant")};
      }
    }
    return file_failure{file_error::not_found, 0, detail::message("folder ", detail::in_quotes(folder), ": there is no file of safetensors")};
  }

  std::unique_ptr<safetensors_file> owned_{};
  const safetensors_file* borrowed_ = nullptr;  // null where there are shards
  std::unique_ptr<shard_list> shards_{};
};

}  // namespace halftone::inline v0_1
