// SPDX-License-Identifier: MIT
// Halftone: a GGUF file, or a model in several, written.
#pragma once

#include <halftone/io/gguf_encoding.hpp>
#include <halftone/io/gguf_file.hpp>
#include <halftone/io/gguf_output.hpp>

#include <map>
#include <set>

namespace halftone::inline v0_1 {

/// How files are cut.
struct gguf_write_options {
  /// A file that holds at least one tensor takes no further one that would bring its tensors above so many bytes; 0:
  /// one file holds all.
  std::uint64_t largest_file = 0;
};

/// Collects metadata and descriptions of tensors, and writes them as a file of version 3, the bytes of the tensors one
/// after the other: those of a model need never be in memory at once.
///
/// Metadata and tensors stand in the order of the calls. Set `general.alignment` (a std::uint32_t) for another
/// alignment than 32. Every padding is zero, so equal calls make equal bytes, which are those that the Python package
/// gguf writes.
///
/// @throws halftone::error from every member for a wrong call: a key or name that is above 65535 bytes, not UTF-8 or, a
///         key, empty; a key of splits; an alignment that is none; a tensor that was added before, of no type, without
///         a size or with another than its bytes; more than 65535 splits
class gguf_writer {
 public:
  /// @param order  of numbers in the file; the bytes of tensors are the caller's
  explicit gguf_writer(std::endian order = std::endian::little) : order_(order) {}

  /// Sets a value, in the place of one of the same key. Its type in the file is that of T: `set("n", 7)` writes an i32.
  template <gguf_writable T>
  void set(const std::string& key, const T& value) {
    expects_name(key, "key");
    expects(!key.empty(), "gguf_writer: an empty key");
    expects(!is_split_key(key), "gguf_writer: key ", detail::in_quotes(key), " is set by the writer where it splits");
    if (key == "general.alignment") {
      set_alignment(value);
    }
    std::vector<std::uint8_t> bytes;
    detail::append_gguf_typed(bytes, value, order_);
    const auto [at, added] = keys_.emplace(key, metadata_.size());
    if (added) {
      metadata_.push_back({key, std::move(bytes)});
    } else {
      metadata_[at->second].bytes = std::move(bytes);
    }
  }

  /// Sets what a file says, but for its splits.
  void set(const gguf_file& file) {
    for (const gguf_entry& entry : file.metadata()) {
      if (!is_split_key(entry.key)) {
        set(std::string(entry.key), entry.value);
      }
    }
  }

  /// Adds a tensor whose bytes go through `open`. Extents from the fastest to the slowest: {k, n} for n rows of k
  /// values.
  void add(std::string name, gguf_tensor_type type, std::vector<std::uint64_t> dims) {
    insert({std::move(name), type, std::move(dims), {}, false, 0});
  }
  /// Adds a tensor that stays where it is: `bytes` must live until the file is written.
  void add(std::string name, gguf_tensor_type type, std::vector<std::uint64_t> dims,
           std::span<const std::uint8_t> bytes) {
    insert({std::move(name), type, std::move(dims), bytes, true, 0});
  }

  /// Begins to write: see `gguf_output`. Splits of PATH.gguf are PATH-00001-of-00003.gguf and so on.
  [[nodiscard]] gguf_output open(const std::string& path, const gguf_write_options& options = {}) const {
    return {plan(path, options), alignment_};
  }

  /// Writes tensors that were all added with their bytes.
  /// @return  bytes of all files, or why there are none: what was there before is untouched
  result<std::uint64_t> write(const std::string& path, const gguf_write_options& options = {}) const {
    for (const tensor& each : tensors_) {
      expects(each.here, "gguf_writer: tensor ", detail::in_quotes(each.name), " was added without bytes: use open");
    }
    gguf_output output = open(path, options);
    for (const tensor& each : tensors_) {
      output.write(each.name, each.bytes);
    }
    return output.commit();
  }

 private:
  struct item {
    std::string key;
    std::vector<std::uint8_t> bytes;  // type and value
  };
  struct tensor {
    std::string name;
    gguf_tensor_type type;
    std::vector<std::uint64_t> dims;
    std::span<const std::uint8_t> bytes;
    bool here;
    std::uint64_t size;
  };

  [[nodiscard]] static bool is_split_key(std::string_view key) noexcept {
    return key == detail::gguf_split_number_key || key == detail::gguf_split_count_key ||
           key == detail::gguf_split_tensors_key;
  }
  static void expects_name(const std::string& name, const char* what) {
    expects(name.size() <= detail::gguf_longest_name, "gguf_writer: ", what, " of ", name.size(),
            " bytes is above the limit of ", detail::gguf_longest_name);
    expects(detail::first_invalid_utf8(name) == name.size(), "gguf_writer: ", what, " ", detail::in_quotes(name),
            " is not UTF-8");
  }

  template <class T>
  void set_alignment(const T& value) {
    std::optional<std::uint32_t> alignment;
    if constexpr (std::same_as<T, gguf_value>) {
      alignment = value.template get<std::uint32_t>();
    } else if constexpr (std::same_as<T, std::uint32_t>) {
      alignment = value;
    }
    expects(alignment.has_value(), "gguf_writer: general.alignment is no std::uint32_t");
    expects(std::has_single_bit(*alignment) && *alignment <= detail::gguf_largest_alignment,
            "gguf_writer: general.alignment is ", *alignment, ", no power of two from 1 to ",
            detail::gguf_largest_alignment);
    alignment_ = *alignment;
  }

  void insert(tensor added) {
    const std::string shown = detail::in_quotes(added.name);
    expects_name(added.name, "tensor name");
    expects(added.dims.size() <= 4, "gguf_writer: tensor ", shown, " has ", added.dims.size(),
            " dimensions, the format allows 4");
    const auto number = static_cast<std::uint32_t>(added.type);
    expects(gguf_tensor_type_of(number).has_value(), "gguf_writer: tensor ", shown, " of type ", number,
            ", which ggml does not know");
    const detail::gguf_size size = detail::size_of(added.type, added.dims);
    expects(size.what == detail::gguf_size::problem::none, "gguf_writer: tensor ", shown, ": ",
            detail::reason_of(size.what, added.type, added.dims.empty() ? 1 : added.dims[0]));
    expects(!added.here || size.bytes == added.bytes.size(), "gguf_writer: tensor ", shown, " of type ",
            name_of(added.type), " needs ", size.bytes, " bytes, not ", added.bytes.size());
    expects(names_.insert(added.name).second, "gguf_writer: tensor ", shown, " added twice");
    added.size = size.bytes;
    tensors_.push_back(std::move(added));
  }

  [[nodiscard]] std::uint64_t padded(std::uint64_t size) const noexcept {
    const std::uint64_t excess = size % alignment_;
    return size + (excess == 0 ? 0 : alignment_ - excess);
  }

  /// Where each file ends: the number of the tensor behind its last.
  [[nodiscard]] std::vector<std::size_t> cuts(const gguf_write_options& options) const {
    std::vector<std::size_t> ends;
    std::uint64_t held = 0;
    std::size_t begin = 0;
    for (std::size_t i = 0; i < tensors_.size(); ++i) {
      const std::uint64_t size = tensors_[i].size;
      if (i != begin && options.largest_file != 0 &&
          (held > options.largest_file || size > options.largest_file - held)) {
        ends.push_back(i);
        begin = i;
        held = 0;
      }
      held += size;
    }
    ends.push_back(tensors_.size());
    return ends;
  }

  [[nodiscard]] std::vector<detail::gguf_planned_file> plan(const std::string& path,
                                                            const gguf_write_options& options) const {
    const std::vector<std::size_t> ends = cuts(options);
    const auto count = static_cast<unsigned>(std::min<std::size_t>(ends.size(), 65536));
    expects(count < 65536, "gguf_writer: ", ends.size(), " splits are more than the 65535 that a file can count");
    constexpr std::string_view ending = ".gguf";
    const std::string prefix = path.ends_with(ending) ? path.substr(0, path.size() - ending.size()) : path;
    std::vector<detail::gguf_planned_file> files(count);
    std::size_t begin = 0;
    for (unsigned number = 0; number < count; ++number) {
      detail::gguf_planned_file& file = files[number];
      file.path = count == 1 ? path : prefix + detail::gguf_split_ending(number, count);
      file.header = header({begin, ends[number]}, number, count);
      for (std::size_t i = begin; i < ends[number]; ++i) {
        file.tensors.push_back({tensors_[i].name, tensors_[i].size});
      }
      begin = ends[number];
    }
    return files;
  }

  struct range {
    std::size_t begin, end;
  };
  [[nodiscard]] std::vector<std::uint8_t> header(range held, unsigned number, unsigned count) const {
    // The metadata of a model are in its first file; where its data lies, every file must say.
    std::vector<item> items;
    for (const item& each : metadata_) {
      if (number == 0 || each.key == "general.alignment") {
        items.push_back(each);
      }
    }
    const auto add = [&](std::string_view key, auto value) {
      std::vector<std::uint8_t> bytes;
      detail::append_gguf_typed(bytes, value, order_);
      items.push_back({std::string(key), std::move(bytes)});
    };
    if (count > 1) {
      add(detail::gguf_split_number_key, static_cast<std::uint16_t>(number));
      add(detail::gguf_split_count_key, static_cast<std::uint16_t>(count));
      add(detail::gguf_split_tensors_key, static_cast<std::int32_t>(tensors_.size()));
    }

    std::vector<std::uint8_t> bytes{'G', 'G', 'U', 'F'};
    detail::append_gguf(bytes, std::uint32_t{3}, order_);
    detail::append_gguf(bytes, static_cast<std::uint64_t>(held.end - held.begin), order_);
    detail::append_gguf(bytes, static_cast<std::uint64_t>(items.size()), order_);
    for (const item& each : items) {
      detail::append_gguf(bytes, std::string_view(each.key), order_);
      bytes.insert(bytes.end(), each.bytes.begin(), each.bytes.end());
    }
    std::uint64_t offset = 0;
    for (std::size_t i = held.begin; i < held.end; ++i) {
      const tensor& each = tensors_[i];
      detail::append_gguf(bytes, std::string_view(each.name), order_);
      detail::append_gguf(bytes, static_cast<std::uint32_t>(each.dims.size()), order_);
      for (const std::uint64_t extent : each.dims) {
        detail::append_gguf(bytes, extent, order_);
      }
      detail::append_gguf(bytes, static_cast<std::uint32_t>(each.type), order_);
      detail::append_gguf(bytes, offset, order_);
      offset += padded(each.size);
    }
    bytes.resize(static_cast<std::size_t>(padded(bytes.size())));
    return bytes;
  }

  std::endian order_;
  std::uint64_t alignment_ = 32;
  std::vector<item> metadata_;
  std::map<std::string, std::size_t> keys_;  // places in metadata_
  std::vector<tensor> tensors_;
  std::set<std::string> names_;  // of tensors
};

}  // namespace halftone::inline v0_1
