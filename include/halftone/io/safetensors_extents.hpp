// SPDX-License-Identifier: MIT
// Halftone: the rules that names and extents of the tensors of a safetensors file obey.
#pragma once

#include <halftone/core/result.hpp>
#include <halftone/io/json_text.hpp>
#include <halftone/io/safetensors_tensor.hpp>

#include <algorithm>
#include <numeric>

namespace halftone::inline v0_1::detail {

/// A tensor as the header describes it.
struct safetensors_entry {
  safetensors_tensor tensor;
  std::uint64_t begin = 0;  // bytes behind the header
  std::uint64_t end = 0;
  std::uint64_t offset = 0;  // of the name, in the file
};

/// Checks each tensor's offsets against its type, its shape and the `available` bytes behind the header.
[[nodiscard]] inline std::optional<file_failure> check_extents(std::span<const safetensors_entry> entries,
                                                               std::uint64_t available) {
  for (const safetensors_entry& e : entries) {
    const auto refuse = [&](file_error code, const auto&... parts) {
      return file_failure{code, e.offset, message("safetensors: tensor ", in_quotes(e.tensor.name), ": ", parts...)};
    };
    if (e.begin > e.end) {
      return refuse(file_error::bad_extent, "offsets reversed: [", e.begin, ", ", e.end, "]");
    }
    if (e.end > available) {
      return refuse(file_error::bad_extent, "offsets [", e.begin, ", ", e.end, "] pass the end of ", available,
                    " bytes of data");
    }
    const safetensors_size size = size_of(e.tensor.type, e.tensor.shape);
    if (size.what == safetensors_size::problem::overflow) {
      return refuse(file_error::too_large, "the product of its shape overflows 64 bits");
    }
    if (size.what == safetensors_size::problem::part_of_a_byte) {
      return refuse(file_error::bad_extent, "its ", bits_of(e.tensor.type), "-bit elements do not fill whole bytes");
    }
    if (size.bytes != e.end - e.begin) {
      return refuse(file_error::bad_extent, "shape and dtype ", name_of(e.tensor.type), " need ", size.bytes,
                    " bytes, the offsets give ", e.end - e.begin);
    }
  }
  return std::nullopt;
}

/// Checks that tensors, ascending by their offsets, cover the `available` bytes: no holes, no overlaps, nothing left.
/// @param data  offset of the first of these bytes in the file
[[nodiscard]] inline std::optional<file_failure> check_cover(std::span<const safetensors_entry> entries,
                                                             std::uint64_t available, std::uint64_t data) {
  std::uint64_t covered = 0;
  for (const safetensors_entry& e : entries) {
    if (e.begin > covered) {
      return file_failure{
          file_error::bad_extent, data + covered,
          message("safetensors: hole of ", e.begin - covered, " bytes before tensor ", in_quotes(e.tensor.name))};
    }
    if (e.begin < covered) {
      return file_failure{file_error::bad_extent, data + e.begin,
                          message("safetensors: tensor ", in_quotes(e.tensor.name), " overlaps the one before it by ",
                                  std::min(covered, e.end) - e.begin, " bytes")};
    }
    covered = e.end;
  }
  if (covered != available) {
    return file_failure{file_error::bad_extent, data + covered,
                        message("safetensors: ", available - covered, " bytes behind the last tensor")};
  }
  return std::nullopt;
}

/// Fills `order` with the indices of the entries by ascending names; fails if a name occurs twice.
[[nodiscard]] inline std::optional<file_failure> check_names(std::span<const safetensors_entry> entries,
                                                             std::vector<std::size_t>& order) {
  order.resize(entries.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return entries[a].tensor.name < entries[b].tensor.name; });
  for (std::size_t i = 1; i < order.size(); ++i) {
    const safetensors_entry& a = entries[order[i - 1]];
    const safetensors_entry& b = entries[order[i]];
    if (a.tensor.name == b.tensor.name) {
      return file_failure{file_error::duplicate_name, std::max(a.offset, b.offset),
                          message("safetensors: tensor ", in_quotes(a.tensor.name), " occurs twice")};
    }
  }
  return std::nullopt;
}

}  // namespace halftone::inline v0_1::detail
