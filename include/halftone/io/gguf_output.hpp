// SPDX-License-Identifier: MIT
// Halftone: GGUF files in the making: headers that are done, and tensors written one after the other.
#pragma once

#include <halftone/io/file_replacement.hpp>
#include <halftone/io/json_text.hpp>

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

namespace halftone::inline v0_1 {

namespace detail {

/// A file to be written: what comes before its tensors, and their sizes.
struct gguf_planned_file {
  struct tensor {
    std::string name;
    std::uint64_t size = 0;  // bytes
  };
  std::string path;
  std::vector<std::uint8_t> header;  // up to the data
  std::vector<tensor> tensors;
};

}  // namespace detail

/// One file, or one for each split, that is being written: `gguf_writer::open` makes it. Tensors are written in the
/// order in which they were added, each at once or in pieces. Files stand under other names until `commit` renames
/// them; without it nothing appears.
///
/// A disk that is full or a folder that is missing shows when `commit` is called; what is written after it is dropped.
class gguf_output {
 public:
  gguf_output(std::vector<detail::gguf_planned_file> files, std::uint64_t alignment)
      : planned_(std::move(files)), alignment_(alignment) {
    begin_file();
  }

  /// Appends bytes to a tensor, which must be the next that is not complete. A tensor without elements takes one call,
  /// too. @throws halftone::error if it is another's turn, or for more bytes than the tensor has
  void write(std::string_view name, std::span<const std::uint8_t> bytes) {
    expects(!replacements_.empty(), "gguf_output: tensor ", detail::in_quotes(name), " behind commit");
    const detail::gguf_planned_file& file = planned_[replacements_.size() - 1];
    expects(next_ < file.tensors.size(), "gguf_output: tensor ", detail::in_quotes(name), " after the last one");
    const detail::gguf_planned_file::tensor& tensor = file.tensors[next_];
    expects(name == tensor.name, "gguf_output: tensor ", detail::in_quotes(name), " where ",
            detail::in_quotes(tensor.name), " is to be written");
    expects(bytes.size() <= tensor.size - written_, "gguf_output: tensor ", detail::in_quotes(name), " has ",
            tensor.size, " bytes: ", bytes.size(), " more behind ", written_, " are too many");
    replacements_.back()->write(bytes);
    written_ += bytes.size();
    if (written_ == tensor.size) {
      const std::uint64_t excess = tensor.size % alignment_;
      replacements_.back()->write(
          std::vector<std::uint8_t>(static_cast<std::size_t>(excess == 0 ? 0 : alignment_ - excess)));
      written_ = 0;
      if (++next_ == file.tensors.size() && replacements_.size() < planned_.size()) {
        static_cast<void>(replacements_.back()->seal());  // open files are few, a failure waits for commit
        begin_file();
      }
    }
  }

  /// Renames the files to what they are to be called, the first one last, once all are whole on the disk: a set of splits is
  /// found by it only when it is whole. Only a renaming that fails between two files leaves some of each. Call once, at the
  /// end. @return  bytes of all files, or the first failure @throws  halftone::error if a
  /// tensor is not complete
  result<std::uint64_t> commit() {
    expects(!replacements_.empty(), "gguf_output: commit twice");
    const detail::gguf_planned_file& file = planned_[replacements_.size() - 1];
    expects(next_ == file.tensors.size(), "gguf_output: commit before tensor ",
            detail::in_quotes(next_ < file.tensors.size() ? file.tensors[next_].name : std::string()), " is written");
    for (const auto& replacement : replacements_) {  // all are whole before the first appears
      if (const auto& failure = replacement->seal()) {
        const file_failure first = *failure;
        replacements_.clear();
        return first;
      }
    }
    std::uint64_t total = 0;
    while (!replacements_.empty()) {
      const result<std::uint64_t> bytes = replacements_.back()->commit();
      if (!bytes) {
        replacements_.clear();
        return bytes.failure();
      }
      total += bytes.value();
      replacements_.pop_back();
    }
    return total;
  }

  /// What the files will be called.
  [[nodiscard]] std::vector<std::string> paths() const {
    std::vector<std::string> paths;
    for (const detail::gguf_planned_file& file : planned_) {
      paths.push_back(file.path);
    }
    return paths;
  }

 private:
  void begin_file() {
    detail::gguf_planned_file& file = planned_[replacements_.size()];
    replacements_.push_back(std::make_unique<detail::file_replacement>(file.path));
    replacements_.back()->write(file.header);
    file.header = {};
    next_ = 0;
  }

  std::vector<detail::gguf_planned_file> planned_;                       // at least one
  std::vector<std::unique_ptr<detail::file_replacement>> replacements_;  // as many as were begun
  std::uint64_t alignment_;
  std::size_t next_ = 0;       // tensor of the last file that was begun
  std::uint64_t written_ = 0;  // bytes of it
};

}  // namespace halftone::inline v0_1
