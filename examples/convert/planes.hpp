// SPDX-License-Identifier: MIT
// Halftone example: matrices of different formats whose planes are the same: they are moved, and no number is looked at.
#pragma once

#include "row_reader.hpp"

#include <halftone/tensor/quantized_matrix.hpp>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

namespace convert {

/// What the planes of a scheme's matrices mean, whichever rule chooses their codes and parameters. Empty where planes do not say all.
template <class Scheme>
[[nodiscard]] std::string meaning_of_planes(bool positive = halftone::positive_scale<typename Scheme::mapping_type>) {
  if constexpr (Scheme::has_own_real || !std::is_empty_v<Scheme> || !Scheme::has_scale) {
    return {};
  } else {
    std::string text = halftone::detail::message(Scheme::element_type::name(), ",", Scheme::granularity_type::name(), ",", Scheme::scale_storage::name());
    if constexpr (Scheme::has_zero_point) {
      text += ",zero points";
    } else if constexpr (Scheme::has_offset) {
      text += "," + Scheme::offset_storage::name();
    }
    return text + (positive ? ",positive" : "");
  }
}

/// Lets a reader give away the planes of a matrix, which `get` makes when they are asked for.
template <class Scheme, class Get>
void give_planes(row_reader& reader, Get get) {
  reader.planes_mean = meaning_of_planes<Scheme>();
  reader.planes = [get = std::move(get)](const row_reader::plane_visitor& visit) {
    const std::shared_ptr<halftone::quantized_matrix<Scheme>> q = get();
    q->for_each_plane("", [&](const std::string&, halftone::plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) { visit(bytes); });
  };
}

/// Fills q with the planes of the source, if they mean the same. @return whether they do
template <class Scheme>
[[nodiscard]] bool take_planes(const row_reader& source, halftone::quantized_matrix<Scheme>& q) {
  constexpr bool positive = halftone::positive_scale<typename Scheme::mapping_type>;
  if (source.planes_mean.empty() || (source.planes_mean != meaning_of_planes<Scheme>() &&
                                     (positive || source.planes_mean != meaning_of_planes<Scheme>(true)))) {
    return false;
  }
  std::vector<std::span<std::uint8_t>> to;
  q.for_each_plane("", [&](const std::string&, halftone::plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) { to.push_back(bytes); });
  std::size_t i = 0;
  source.planes([&](std::span<const std::uint8_t> from) {
    halftone::expects(i < to.size() && to[i].size() == from.size(), "plane ", i, " has ", from.size(), " bytes");
    std::copy(from.begin(), from.end(), to[i++].begin());
  });
  return true;
}

}  // namespace convert
