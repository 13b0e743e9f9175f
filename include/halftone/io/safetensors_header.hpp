// SPDX-License-Identifier: MIT
// Halftone: the header of a safetensors file: its grammar.
#pragma once

#include <halftone/io/json_reader.hpp>
#include <halftone/io/safetensors_extents.hpp>

#include <array>
#include <map>

namespace halftone::inline v0_1::detail {

/// What a checked file holds.
struct safetensors_contents {
  std::vector<safetensors_tensor> tensors;  // in the order of their bytes
  std::vector<std::size_t> by_name;         // indices into tensors, ascending names
  std::map<std::string, std::string> metadata;
};

/// Listens to the events of the header's JSON and fills entries and metadata. Anything but the grammar of the format
/// ends the reading with a failure:
///
///   {"__metadata__": {key: string, ...}, name: {"dtype": string, "shape": [integer, ...], "data_offsets": [a, b]}, ...}
class safetensors_header_reader {
 public:
  std::size_t position = 0;  // kept by read_json
  std::vector<safetensors_entry> entries;
  std::map<std::string, std::string> metadata;
  std::optional<file_failure> failure;

  bool on_begin(json_kind kind) {
    if (++depth_ > 3) {
      return refuse(file_error::malformed, "nested deeper than any field of the format");
    }
    const bool object = kind == json_kind::object;
    if (place_ == place::outside && object) {
      place_ = place::header;
      return true;
    }
    if (place_ == place::header && object) {
      place_ = key_is_metadata_ ? place::metadata : place::tensor;
      return true;
    }
    if (place_ == place::tensor && !object && field_ != field::dtype) {
      place_ = place::numbers;
      return true;
    }
    return refuse_value(object ? "an object" : "an array");
  }

  bool on_end() {
    --depth_;
    switch (place_) {
      case place::numbers:
        place_ = place::tensor;
        return field_ == field::shape || offset_count_ == 2 || refuse_offset_count();
      case place::tensor:
        place_ = place::header;
        return has_all_fields();
      case place::metadata:
        place_ = place::header;
        return true;
      default:
        place_ = place::outside;
        return true;
    }
  }

  bool on_key(std::string& name) {
    if (place_ == place::header) {
      key_is_metadata_ = name == "__metadata__";
      if (key_is_metadata_) {
        return !std::exchange(has_metadata_, true) ||
               refuse(file_error::duplicate_name, "\"__metadata__\" occurs twice");
      }
      entries.emplace_back();
      entries.back().tensor.name = std::move(name);
      entries.back().offset = 8 + static_cast<std::uint64_t>(position);
      seen_ = {};
      offset_count_ = 0;
      return true;
    }
    if (place_ == place::metadata) {
      key_ = std::move(name);
      return !metadata.contains(key_) ||
             refuse(file_error::duplicate_name, "metadata key ", in_quotes(key_), " occurs twice");
    }
    field_ = name == "dtype" ? field::dtype : name == "shape" ? field::shape : field::offsets;
    if (field_ == field::offsets && name != "data_offsets") {
      return refuse(file_error::malformed, tensor_name(), "unknown field ", in_quotes(name));
    }
    return !std::exchange(seen_[static_cast<std::size_t>(field_)], true) ||
           refuse(file_error::duplicate_name, tensor_name(), "field ", in_quotes(name), " occurs twice");
  }

  bool on_string(std::string& value) {
    if (place_ == place::metadata) {
      metadata.emplace(std::move(key_), std::move(value));
      return true;
    }
    if (place_ != place::tensor || field_ != field::dtype) {
      return refuse_value("a string");
    }
    const std::optional<safetensors_type> type = safetensors_type_of(value);
    if (!type) {
      return refuse(file_error::unknown_type, tensor_name(), "unknown dtype ", in_quotes(value));
    }
    entries.back().tensor.type = *type;
    return true;
  }

  bool on_integer(std::uint64_t value) {
    if (place_ != place::numbers) {
      return refuse_value("a number");
    }
    safetensors_entry& entry = entries.back();
    if (field_ == field::shape) {
      if (entry.tensor.shape.size() == safetensors_highest_rank) {
        return refuse(file_error::too_large, tensor_name(), "rank above ", safetensors_highest_rank);
      }
      entry.tensor.shape.push_back(value);
      return true;
    }
    (offset_count_ == 0 ? entry.begin : entry.end) = value;
    return ++offset_count_ <= 2 || refuse_offset_count();
  }

  bool on_other(std::string_view what) { return refuse_value(what); }

 private:
  enum class place { outside, header, metadata, tensor, numbers };
  enum class field { dtype, shape, offsets };

  template <class... Parts>
  bool refuse(file_error code, const Parts&... parts) {
    failure = file_failure{code, 8 + static_cast<std::uint64_t>(position), message("safetensors: ", parts...)};
    return false;
  }
  bool refuse_offset_count() {
    return refuse(file_error::malformed, tensor_name(), "data_offsets is not two integers");
  }
  bool refuse_value(std::string_view what) {
    switch (place_) {
      case place::outside:
        return refuse(file_error::malformed, "the header is not an object");
      case place::header:
        return key_is_metadata_ ? refuse(file_error::malformed, "\"__metadata__\" is ", what, ", not an object")
                                : refuse(file_error::malformed, tensor_name(), "is ", what, ", not an object");
      case place::metadata:
        return refuse(file_error::malformed, "metadata ", in_quotes(key_), " is ", what, ", not a string");
      case place::numbers:
        return refuse(file_error::malformed, tensor_name(), field_name(), " holds ", what,
                      ", not an integer from 0 to 2^64 - 1");
      default:
        return refuse(file_error::malformed, tensor_name(), field_name(), " is ", what, ", not ",
                      field_ == field::dtype ? "a string" : "an array");
    }
  }
  bool has_all_fields() {
    for (const field each : {field::dtype, field::shape, field::offsets}) {
      if (!seen_[static_cast<std::size_t>(each)]) {
        field_ = each;
        return refuse(file_error::malformed, tensor_name(), "has no ", field_name());
      }
    }
    return true;
  }
  [[nodiscard]] std::string tensor_name() const {
    return message("tensor ", in_quotes(entries.back().tensor.name), ": ");
  }
  [[nodiscard]] std::string_view field_name() const noexcept {
    return field_ == field::dtype ? "dtype" : field_ == field::shape ? "shape" : "data_offsets";
  }

  place place_ = place::outside;
  field field_ = field::dtype;
  bool key_is_metadata_ = false;
  bool has_metadata_ = false;
  std::array<bool, 3> seen_{};
  unsigned offset_count_ = 0;
  unsigned depth_ = 0;
  std::string key_;
};

/// Reads and checks a whole file. On failure `contents` is in no useful state.
[[nodiscard]] inline std::optional<file_failure> read_safetensors(std::span<const std::uint8_t> file,
                                                                  safetensors_contents& contents) {
  const auto refuse = [](file_error code, std::uint64_t offset, const auto&... parts) {
    return file_failure{code, offset, message("safetensors: ", parts...)};
  };
  if (file.size() < 8) {
    return refuse(file_error::truncated, 0, "a file of ", file.size(), " bytes has no header length");
  }
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    length |= static_cast<std::uint64_t>(file[i]) << (8 * i);
  }
  if (length > safetensors_longest_header) {
    return refuse(file_error::too_large, 0, "a header of ", length, " bytes is above the limit of ",
                  safetensors_longest_header);
  }
  if (length > file.size() - 8) {
    return refuse(file_error::truncated, 8, "the header takes ", length, " bytes, the file has ", file.size() - 8);
  }
  const std::string_view text(reinterpret_cast<const char*>(file.data()) + 8, static_cast<std::size_t>(length));
  if (!text.starts_with('{')) {
    return refuse(file_error::malformed, 8, "the header does not start with '{'");
  }
  if (const std::size_t bad = first_invalid_utf8(text); bad != text.size()) {
    return refuse(file_error::malformed, 8 + bad, "the header is not UTF-8");
  }
  safetensors_header_reader reader;
  const std::optional<std::size_t> bad = read_json(text, reader);
  if (reader.failure) {
    return reader.failure;
  }
  if (bad) {
    return refuse(file_error::malformed, 8 + *bad, "the header is not JSON");
  }

  const std::span<const std::uint8_t> data = file.subspan(8 + text.size());
  if (auto failure = check_extents(reader.entries, data.size())) {
    return failure;
  }
  std::sort(reader.entries.begin(), reader.entries.end(), [](const safetensors_entry& a, const safetensors_entry& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end != b.end ? a.end < b.end : a.offset < b.offset;
  });
  // Names first: a tensor that is described twice would else be called an overlap.
  if (auto failure = check_names(reader.entries, contents.by_name)) {
    return failure;
  }
  if (auto failure = check_cover(reader.entries, data.size(), 8 + length)) {
    return failure;
  }
  contents.tensors.reserve(reader.entries.size());
  for (safetensors_entry& e : reader.entries) {
    e.tensor.bytes = data.subspan(static_cast<std::size_t>(e.begin), static_cast<std::size_t>(e.end - e.begin));
    e.tensor.offset = 8 + length + e.begin;
    contents.tensors.push_back(std::move(e.tensor));
  }
  contents.metadata = std::move(reader.metadata);
  return std::nullopt;
}

}  // namespace halftone::inline v0_1::detail
