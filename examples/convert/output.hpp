// SPDX-License-Identifier: MIT
// Halftone example: a safetensors file whose tensors are not in memory at once.
#pragma once

#include <halftone/io/safetensors_file.hpp>
#include <halftone/io/safetensors_writer.hpp>

#include <cstdio>
#include <memory>
#include <vector>

namespace convert {

/// Maps pages of a file that are about to be read in one call: the faults one by one cost more than the copy.
void map_at_once(std::span<const std::uint8_t> bytes);

/// Writes tensors layer by layer. Files have wide types first, so layers wait in a file beside the new one, which is gone in the end;
/// tensors that stay as they are stay where they are.
class safetensors_output {
 public:
  explicit safetensors_output(std::string path);
  safetensors_output(const safetensors_output&) = delete;
  safetensors_output& operator=(const safetensors_output&) = delete;
  ~safetensors_output();

  /// All that a writer was given for a layer, its metadata too. @throws halftone::error if the disk does not take it
  void add(const halftone::safetensors_writer& layer);
  /// A tensor that is mapped until `commit`.
  void keep(const std::string& name, halftone::safetensors_type type, std::vector<std::uint64_t> shape, std::span<const std::uint8_t> bytes) {
    map_at_once(bytes);
    file_.add(name, type, std::move(shape), bytes);
  }
  void set_metadata(const std::string& key, const std::string& value) { file_.set_metadata(key, value); }

  /// The file appears. @return its bytes, or why there is none
  [[nodiscard]] halftone::result<std::uint64_t> commit();

 private:
  struct waiting {
    halftone::safetensors_tensor tensor;  ///< its offset is that in the file of layers
    std::size_t size = 0;
  };
  std::string path_;
  std::string layers_path_;
  std::FILE* layers_ = nullptr;
  std::uint64_t written_ = 0;
  std::vector<waiting> waiting_;
  halftone::safetensors_writer file_;
};

}  // namespace convert
