// SPDX-License-Identifier: MIT
// Halftone: an .onnx file, read.
#pragma once

#include <halftone/io/file_mapping.hpp>
#include <halftone/io/onnx_graph.hpp>

#include <map>

namespace halftone::inline v0_1 {

/// An .onnx file whose messages were checked: what it gives out is safe to read. Nodes are those of the main graph.
///
/// Refused, each with its own sentence: fields, lengths and varints that pass the end of their message or 64 bits; groups, unknown
/// wire types, and known fields of another wire type than theirs; fields that may stand once and stand twice; a model without graph,
/// IR version or any set of operators; constants without a name, of an unknown type, with negative dimensions, more than 16 of
/// them or more than 2^64 bits, with data of another size than their type and shape, in another field than their type's, or in
/// two; external data outside of the model's folder or beyond the end of their file; two constants, attributes of a node or
/// values of one name. Not checked, and never followed: what Halftone does not read (subgraphs, functions, types of values, sparse
/// constants, metadata), so that nothing nests deeper than the tensor of an attribute, and whether the sets of operators hold those
/// of the nodes: models of onnxruntime's own tools lack com.microsoft.
///
/// Constants are initializers and tensors of nodes Constant. Everything given out is a view of the file and lives as long as this
/// object. Cost: time O(n log n) of the file's messages, no byte of raw data is touched. Memory: some 200 bytes for each constant
/// and node, 30 times the bytes of such messages at most.
class onnx_file {
 public:
  /// Opens, maps and checks a file, and maps the files with its external data, which lie in its folder or below.
  static result<onnx_file> open(const std::string& path) {
    result<file_mapping> mapping = file_mapping::open(path);
    if (!mapping) {
      return mapping.failure();
    }
    result<onnx_file> parsed = parse(mapping.value().bytes());
    if (!parsed) {
      return parsed;
    }
    onnx_file file = std::move(parsed).value();
    file.mapping_ = std::move(mapping).value();
    if (std::optional<file_failure> failure = file.open_external(path.substr(0, path.find_last_of('/') + 1))) {
      return *std::move(failure);
    }
    return file;
  }

  /// Checks a file that is in memory. Its bytes must outlive this object. External data are not read.
  static result<onnx_file> parse(std::span<const std::uint8_t> bytes) {
    onnx_file file;
    if (std::optional<file_failure> failure = detail::onnx_check(bytes, file.index_).run()) {
      return *std::move(failure);
    }
    return file;
  }

  [[nodiscard]] std::int64_t ir_version() const noexcept { return index_.ir_version; }
  [[nodiscard]] std::string_view producer() const noexcept { return index_.producer; }
  [[nodiscard]] std::string_view graph_name() const noexcept { return index_.graph_name; }
  [[nodiscard]] std::span<const onnx_operator_set> operator_sets() const noexcept { return index_.operator_sets; }
  [[nodiscard]] std::span<const onnx_tensor> tensors() const noexcept { return index_.tensors; }
  [[nodiscard]] std::span<const onnx_node> nodes() const noexcept { return index_.nodes; }
  /// Names of what is fed; constants that may be replaced are among them.
  [[nodiscard]] std::span<const std::string_view> inputs() const noexcept { return index_.inputs; }
  [[nodiscard]] std::span<const std::string_view> outputs() const noexcept { return index_.outputs; }

  /// The constant of a name; null if there is none. Cost: O(log tensors).
  [[nodiscard]] const onnx_tensor* find(std::string_view name) const noexcept {
    const auto at = first_of(index_.tensor_names, name);
    return at == index_.tensor_names.end() || at->first != name ? nullptr : &index_.tensors[at->second];
  }
  /// The node that makes a value; null if none does. Cost: O(log nodes).
  [[nodiscard]] const onnx_node* producer_of(std::string_view value) const noexcept {
    const auto at = first_of(index_.producers, value);
    return at == index_.producers.end() || at->first != value ? nullptr : &index_.nodes[at->second];
  }
  /// The node that takes a value, if there is one and no other; else null. Cost: O(log nodes).
  [[nodiscard]] const onnx_node* consumer_of(std::string_view value) const noexcept {
    const auto at = first_of(index_.consumers, value);
    if (at == index_.consumers.end() || at->first != value || (at + 1 != index_.consumers.end() && (at + 1)->first == value)) {
      return nullptr;
    }
    return &index_.nodes[at->second];
  }

 private:
  [[nodiscard]] static std::vector<detail::onnx_name>::const_iterator first_of(const std::vector<detail::onnx_name>& names,
                                                                               std::string_view name) noexcept {
    return std::lower_bound(names.begin(), names.end(), detail::onnx_name(name, 0));
  }

  /// @param folder  with a slash at its end, or empty
  std::optional<file_failure> open_external(const std::string& folder) {
    for (onnx_tensor& tensor : index_.tensors) {
      if (!tensor.is_external) {
        continue;
      }
      auto place = external_.find(tensor.location);
      if (place == external_.end()) {
        result<file_mapping> mapping = file_mapping::open(folder + std::string(tensor.location));
        if (!mapping) {
          return mapping.failure();
        }
        place = external_.emplace(tensor.location, std::move(mapping).value()).first;
      }
      const std::span<const std::uint8_t> bytes = place->second.bytes();
      if (tensor.external_offset > bytes.size() || tensor.size > bytes.size() - tensor.external_offset) {
        return file_failure{file_error::bad_extent, tensor.offset,
                            detail::message("onnx: tensor ", detail::in_quotes(tensor.name), ": ", tensor.size, " bytes at ",
                                            tensor.external_offset, " of ", detail::in_quotes(tensor.location), ", which has ",
                                            bytes.size())};
      }
      tensor.raw = bytes.subspan(static_cast<std::size_t>(tensor.external_offset), static_cast<std::size_t>(tensor.size));
    }
    return std::nullopt;
  }

  detail::onnx_index index_;
  file_mapping mapping_;
  std::map<std::string_view, file_mapping> external_;  // by location
};

}  // namespace halftone::inline v0_1
