// SPDX-License-Identifier: MIT
// Halftone: a safetensors file, read.
#pragma once

#include <halftone/io/file_mapping.hpp>
#include <halftone/io/safetensors_header.hpp>

#include <algorithm>

namespace halftone::inline v0_1 {

/// A safetensors file whose every rule has been checked: what it gives out is safe to read.
///
/// The file is eight bytes of header length, a JSON header, and the bytes of the tensors. Refused, each with its own
/// message: a file that ends early, a header over 100 MB, not UTF-8 or not JSON, names, fields or metadata keys that
/// occur twice, unknown fields and types, sizes that overflow or differ from the bytes, bytes that belong to two tensors
/// or to none. Rank 0 and tensors without elements are legal.
///
/// Cost: time O(header + n log n) for n tensors; no byte of a tensor is touched. Memory: about 5 times the header for any
/// tensors, 12 times for metadata of the shortest keys there are.
class safetensors_file {
 public:
  /// Opens, maps and checks a file. The tensors point into the mapping, which this object owns.
  static result<safetensors_file> open(const std::string& path) {
    result<file_mapping> mapping = file_mapping::open(path);
    if (!mapping) {
      return mapping.failure();
    }
    result<safetensors_file> file = parse(mapping.value().bytes());
    if (file) {
      file.value().mapping_ = std::move(mapping).value();
    }
    return file;
  }

  /// Checks a file that is in memory. The tensors point into `bytes`, which must outlive this object.
  static result<safetensors_file> parse(std::span<const std::uint8_t> bytes) {
    safetensors_file file;
    if (std::optional<file_failure> failure = detail::read_safetensors(bytes, file.contents_)) {
      return *std::move(failure);
    }
    return file;
  }

  /// All tensors, in the order of their bytes in the file.
  [[nodiscard]] std::span<const safetensors_tensor> tensors() const noexcept { return contents_.tensors; }

  /// The tensor of a name, or null. Cost: O(log n).
  [[nodiscard]] const safetensors_tensor* find(std::string_view name) const noexcept {
    const auto& order = contents_.by_name;
    const auto at = std::lower_bound(order.begin(), order.end(), name, [&](std::size_t i, std::string_view wanted) {
      return contents_.tensors[i].name < wanted;
    });
    return at != order.end() && contents_.tensors[*at].name == name ? &contents_.tensors[*at] : nullptr;
  }

  /// The strings of "__metadata__".
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const noexcept { return contents_.metadata; }

 private:
  file_mapping mapping_{};
  detail::safetensors_contents contents_{};
};

}  // namespace halftone::inline v0_1
