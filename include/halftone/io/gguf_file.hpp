// SPDX-License-Identifier: MIT
// Halftone: a GGUF file, or a model in several, read.
#pragma once

#include <halftone/io/file_mapping.hpp>
#include <halftone/io/gguf_split.hpp>

namespace halftone::inline v0_1 {

class gguf_file;

namespace detail {

/// The things of a file in their order, made when asked for.
template <class T, T (gguf_file::*At)(std::size_t) const>
class gguf_list {
 public:
  gguf_list(const gguf_file& file, std::size_t size) noexcept : file_(&file), size_(size) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  /// @throws halftone::error behind the last
  [[nodiscard]] T operator[](std::size_t i) const {
    expects(i < size_, "gguf_file: entry ", i, " of ", size_);
    return (file_->*At)(i);
  }

  class iterator {
   public:
    using value_type = T;
    using difference_type = std::ptrdiff_t;

    iterator() = default;
    T operator*() const { return (file_->*At)(i_); }
    iterator& operator++() {
      ++i_;
      return *this;
    }
    iterator operator++(int) {
      const iterator before = *this;
      ++*this;
      return before;
    }
    friend bool operator==(const iterator& a, const iterator& b) noexcept { return a.i_ == b.i_; }

   private:
    friend class gguf_list;
    iterator(const gguf_file* file, std::size_t i) noexcept : file_(file), i_(i) {}

    const gguf_file* file_ = nullptr;
    std::size_t i_ = 0;
  };
  [[nodiscard]] iterator begin() const noexcept { return {file_, 0}; }
  [[nodiscard]] iterator end() const noexcept { return {file_, size_}; }

 private:
  const gguf_file* file_;
  std::size_t size_;
};

}  // namespace detail

/// A GGUF file whose every rule has been checked: what it gives out is safe to read. Versions 2 and 3, either byte
/// order.
///
/// Refused, each with its own message: a file that ends early; counts, lengths, dimensions and sizes that the file
/// cannot hold or 63 bits cannot count; types that the format does not define, or no more; keys and names that are
/// empty (keys), above 65535 bytes, not UTF-8 or there twice; a bool that is neither 0 nor 1; arrays inside arrays
/// beyond 16 levels; an alignment that is no power of two up to 65536; rows that are no whole number of blocks; tensors
/// off the alignment, past the end or over each other. Tensors of rank 0, tensors without elements and bytes between
/// tensors are legal.
///
/// Keys, values and tensors are views of the file and live as long as this object; so do lists of them, until it moves.
///
/// Cost: time O(header + n log n) for n entries and tensors; no byte of a tensor is touched. Memory: at most twice the
/// header.
class gguf_file {
 public:
  /// Opens, maps and checks a file. If it is one of several splits of a model, whichever, the others are opened, too:
  /// they lie beside it, with the names PREFIX-00001-of-00003.gguf. The metadata is that of the first.
  static result<gguf_file> open(const std::string& path);

  /// Checks one file that is in memory, a split alone, too. Its bytes must outlive this object.
  static result<gguf_file> parse(std::span<const std::uint8_t> bytes) {
    gguf_file file;
    file.parts_.emplace_back();
    if (std::optional<file_failure> failure = detail::read_gguf(bytes, file.parts_.back().index)) {
      return *std::move(failure);
    }
    static_cast<void>(file.sort_names());  // no name occurs twice: read_gguf has compared those of one file
    return file;
  }

  /// Of the first split.
  [[nodiscard]] std::uint32_t version() const noexcept { return parts_.empty() ? 3 : parts_[0].index.version; }
  [[nodiscard]] std::endian byte_order() const noexcept {
    return parts_.empty() ? std::endian::little : parts_[0].index.order;
  }
  [[nodiscard]] std::uint64_t alignment() const noexcept {
    return parts_.empty() ? 32 : parts_[0].index.layout.alignment;
  }
  /// How many files hold the model.
  [[nodiscard]] std::size_t splits() const noexcept { return parts_.size(); }

 private:
  [[nodiscard]] gguf_entry entry_at(std::size_t i) const {
    const detail::gguf_index& index = parts_[0].index;
    return detail::gguf_entry_at(index.at(index.entries[i]));
  }
  [[nodiscard]] gguf_tensor tensor_at(std::size_t i) const {
    // The last part that starts at or before i: parts without tensors start where the next one does.
    const auto after = std::upper_bound(parts_.begin(), parts_.end(), i,
                                        [](std::size_t wanted, const part& p) { return wanted < p.first; });
    const part& holder = *(after - 1);
    return holder.index.tensor(i - holder.first);
  }

 public:
  /// Keys and values, in the order of the file: `for (const gguf_entry& entry : file.metadata())`.
  [[nodiscard]] auto metadata() const noexcept {
    return detail::gguf_list<gguf_entry, &gguf_file::entry_at>(*this,
                                                               parts_.empty() ? 0 : parts_[0].index.entries.size());
  }

  /// The value of a key; none if there is no such key. Cost: O(log n).
  [[nodiscard]] std::optional<gguf_value> value(std::string_view key) const noexcept {
    return parts_.empty() ? std::nullopt : parts_[0].index.value(key);
  }

  /// The value of a key as a T: a scalar of exactly that type, a std::string_view or std::string, a gguf_array, or a
  /// std::vector of these. `file_error::not_found` if there is no such key, `malformed` if it is of another type.
  template <gguf_readable T>
  [[nodiscard]] result<T> get(std::string_view key) const {
    return parts_.empty() ? detail::gguf_index{}.get<T>(key) : parts_[0].index.get<T>(key);
  }

  /// All tensors, of all splits, in the order of their descriptions. Cost of an element: its description is read.
  [[nodiscard]] auto tensors() const noexcept {
    return detail::gguf_list<gguf_tensor, &gguf_file::tensor_at>(*this, by_name_.size());
  }

  /// The tensor of a name; none if there is no such tensor. Cost: O(log n).
  [[nodiscard]] std::optional<gguf_tensor> find(std::string_view name) const {
    const auto found = std::lower_bound(by_name_.begin(), by_name_.end(), name,
                                        [&](place p, std::string_view wanted) { return name_of(p) < wanted; });
    if (found == by_name_.end() || name_of(*found) != name) {
      return std::nullopt;
    }
    return parts_[found->part].index.tensor(found->i);
  }

 private:
  struct part {
    file_mapping mapping;
    detail::gguf_index index;
    std::size_t first = 0;  // tensors of the parts before
  };
  struct place {
    std::size_t part;
    std::size_t i;
  };

  [[nodiscard]] std::string_view name_of(place p) const noexcept {
    const detail::gguf_index& index = parts_[p.part].index;
    return index.name_at(index.tensors[p.i]);
  }
  std::optional<file_failure> sort_names();
  static std::optional<file_failure> open_part(const std::string& path, part& opened);

  std::vector<part> parts_;
  std::vector<place> by_name_;
};

inline std::optional<file_failure> gguf_file::open_part(const std::string& path, part& opened) {
  result<file_mapping> mapping = file_mapping::open(path);
  if (!mapping) {
    return mapping.failure();
  }
  opened.mapping = std::move(mapping).value();
  return detail::read_gguf(opened.mapping.bytes(), opened.index);
}

inline result<gguf_file> gguf_file::open(const std::string& path) {
  gguf_file file;
  part opened;
  if (std::optional<file_failure> failure = open_part(path, opened)) {
    return *std::move(failure);
  }
  const result<detail::gguf_split> split = detail::read_gguf_split(opened.index);
  if (!split) {
    return split.failure();
  }
  const unsigned count = split.value().count;
  if (count > 1) {
    const result<std::string> prefix = detail::gguf_split_prefix(path, split.value());
    if (!prefix) {
      return prefix.failure();
    }
    for (unsigned number = 0; number < count; ++number) {
      if (number == split.value().number) {
        file.parts_.push_back(std::move(opened));
        continue;
      }
      const std::string name = prefix.value() + detail::gguf_split_ending(number, count);
      std::optional<file_failure> failure = open_part(name, file.parts_.emplace_back());
      if (!failure) {
        failure = detail::check_gguf_split(file.parts_.back().index, split.value(), number);
      }
      if (failure) {
        const std::string_view reason = failure->text;
        constexpr std::string_view prefix_of_reason = "gguf: ";
        failure->text =
            detail::message("gguf: split ", number + 1, " of ", count, ", \"", name,
                            "\": ", reason.substr(reason.starts_with(prefix_of_reason) ? prefix_of_reason.size() : 0));
        return *std::move(failure);
      }
    }
  } else {
    file.parts_.push_back(std::move(opened));
  }
  if (std::optional<file_failure> failure = file.sort_names()) {
    return *std::move(failure);
  }
  if (count > 1 && file.by_name_.size() != static_cast<std::uint64_t>(split.value().tensors)) {
    return detail::gguf_failure(file_error::malformed, 0, "split.tensors.count is ", split.value().tensors, ", the ",
                                count, " splits hold ", file.by_name_.size(), " tensors");
  }
  return file;
}

inline std::optional<file_failure> gguf_file::sort_names() {
  std::size_t count = 0;
  for (part& p : parts_) {
    p.first = count;
    count += p.index.tensors.size();
  }
  by_name_.reserve(count);
  for (std::size_t p = 0; p < parts_.size(); ++p) {
    for (std::size_t i = 0; i < parts_[p].index.tensors.size(); ++i) {
      by_name_.push_back({p, i});
    }
  }
  std::sort(by_name_.begin(), by_name_.end(), [&](place a, place b) {
    const int order = name_of(a).compare(name_of(b));
    return order != 0 ? order < 0 : a.part < b.part;
  });
  for (std::size_t i = 1; i < by_name_.size(); ++i) {
    const place earlier = by_name_[i - 1];
    const place later = by_name_[i];
    if (name_of(earlier) == name_of(later)) {
      return detail::gguf_failure(file_error::duplicate_name, parts_[later.part].index.tensors[later.i], "tensor ",
                                  detail::in_quotes(name_of(later)), " is in split ", earlier.part + 1,
                                  " and in split ", later.part + 1);
    }
  }
  return std::nullopt;
}

}  // namespace halftone::inline v0_1
