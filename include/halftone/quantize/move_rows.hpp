// SPDX-License-Identifier: MIT
// Halftone: codes and parameters of one scheme moved into another, where nothing is lost: what `reference::move_rows` does, a run
// of codes at a time, and planes at once where both sides keep them alike.
#pragma once

#include <halftone/quantize/dequantize_row.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/transcode.hpp>

#include <array>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

namespace isa_detail {

/// Both sides have the same groups.
template <class From, class To>
inline constexpr bool same_groups = std::is_same_v<typename From::granularity_type, typename To::granularity_type> &&
                                    std::is_empty_v<typename To::granularity_type>;

/// Every parameter is stored as it was: planes are copied.
template <class From, class To>
inline constexpr bool same_planes =
    same_groups<From, To> && From::equation == To::equation && level_map<From, To>::same_elements &&
    level_map<From, To>::same_reals && (!To::has_scale || std::is_same_v<typename From::scale_storage, typename To::scale_storage>) &&
    (!To::has_offset || std::is_same_v<typename From::offset_storage, typename To::offset_storage>);

/// The codes of To for those of From, for elements of at most 8 bits under one set of parameters.
template <class From, class To>
class code_table {
  using from_element = typename From::element_type;
  using to_element = typename To::element_type;

 public:
  /// Makes the table for these parameters, if it is not there yet.
  void prepare(const From& from, const To& to, const moved_parameters& m) {
    if (there_ && m.factor == factor_ && m.shift == shift_) {
      return;
    }
    there_ = true;
    factor_ = m.factor;
    shift_ = m.shift;
    complete_ = true;
    for (std::uint32_t code = 0; code < codes; ++code) {
      const float level = level_map<From, To>::level(from.element.decode(code), m);
      has_[code] = detail::holds_level(to.element, level);
      complete_ = complete_ && has_[code];
      to_[code] = has_[code] ? static_cast<std::uint8_t>(detail::code_of_level(to.element, level)) : std::uint8_t{0};
    }
  }
  /// Replaces `count` codes, one a byte. @return  whether each has one
  [[nodiscard]] bool replace(std::uint8_t* codes_of_run, std::size_t count) const noexcept {
    bool all = true;
    if (!complete_) {
      for (std::size_t i = 0; i < count; ++i) {
        all = all && has_[codes_of_run[i]];
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      codes_of_run[i] = to_[codes_of_run[i]];
    }
    return all;
  }

 private:
  static constexpr std::uint32_t codes = 1u << from_element::bits;
  bool there_ = false;
  bool complete_ = false;
  float factor_ = 0.0f;
  float shift_ = 0.0f;
  std::array<std::uint8_t, codes> to_{};
  std::array<bool, codes> has_{};
};

template <class E>
inline constexpr bool small_codes = scalar_element<E> && E::bits <= 8;

/// Copies all planes of a matrix of the same planes.
template <class From, class To>
void copy_planes(const quantized_matrix<From>& from, quantized_matrix<To>& to) {
  std::copy(from.codes().begin(), from.codes().end(), to.codes().begin());
  if constexpr (To::has_scale) {
    to.scale_plane() = from.scale_plane();
  }
  if constexpr (To::has_offset) {
    to.offset_plane() = from.offset_plane();
  }
  if constexpr (To::has_zero_point) {
    to.clear_zero_points();
    for (std::size_t g = 0; g < from.group_count(); ++g) {
      to.set_zero_point(g, from.zero_point_at(g));
    }
  }
}

/// Weights from k on that share parameters on both sides.
template <class From, class To>
[[nodiscard]] std::size_t shared_run(const quantized_matrix<From>& from, const quantized_matrix<To>& to, std::size_t k) {
  if constexpr (constant_along_k<typename From::granularity_type> && constant_along_k<typename To::granularity_type>) {
    const std::size_t a = std::max<std::size_t>(from.scheme().granularity.run_length(from.shape()), 1);
    const std::size_t b = std::max<std::size_t>(to.scheme().granularity.run_length(to.shape()), 1);
    return std::min({a - k % a, b - k % b, to.cols() - k});
  } else {
    return 1;
  }
}

}  // namespace isa_detail

/// Checks that the parameters of a source are numbers; the errors of the reference.
template <class Scheme>
void expects_finite_parameters(const quantized_matrix<Scheme>& q) {
  bool finite = true;
  const auto look = [&](const auto& plane) {
    if constexpr (requires(std::span<float> all) { plane.get_all(0, all); }) {
      std::array<float, 64> values;
      float sum = 0.0f;
      for (std::size_t first = 0; first < plane.size(); first += values.size()) {
        const std::size_t count = std::min(values.size(), plane.size() - first);
        plane.get_all(first, {values.data(), count});
        for (std::size_t i = 0; i < count; ++i) {
          sum += values[i] - values[i];  // 0, or NaN from then on
        }
      }
      finite = finite && sum == 0.0f;
    } else {
      finite = false;  // matrices are looked at group by group
    }
  };
  if constexpr (Scheme::has_scale) {
    look(q.scale_plane());
  }
  if constexpr (Scheme::has_offset) {
    look(q.offset_plane());
  }
  if (!finite) {
    reference::expects_finite_parameters(q);
  }
}

/// The parameters of the groups of `to` from those of `from`. @return  whether all are what was wanted
template <class From, class To>
[[nodiscard]] bool move_group_parameters(const level_map<From, To>& map, const quantized_matrix<From>& from, std::size_t first,
                                         quantized_matrix<To>& to) {
  std::vector<group_parameters> chosen(to.group_count());
  std::vector<bool> seen(to.group_count(), false);
  for (std::size_t row = 0; row < to.rows(); ++row) {
    for (std::size_t k = 0; k < to.cols(); k += isa_detail::shared_run(from, to, k)) {
      const auto moved = map.move(from.parameters_at(from.group_of(first + row, k)));
      const std::size_t g = to.group_of(row, k);
      if (!moved || (seen[g] && chosen[g] != moved->parameters)) {
        return false;
      }
      seen[g] = true;
      chosen[g] = moved->parameters;
    }
  }
  return reference::move_parameters(from, first, chosen, to, []<class Nested>(matrix_view<const float> values, const Nested& s) {
    return quantize<Nested>(values, min_max{}, s);
  });
}

/// What `reference::move_rows` does.
/// @return  whether nothing is lost; else `to` is unspecified
template <class From, class To>
[[nodiscard]] bool move_rows(const quantized_matrix<From>& from, std::size_t first, quantized_matrix<To>& to) {
  using map_type = level_map<From, To>;
  using from_element = typename From::element_type;
  using to_element = typename To::element_type;
  const map_type map(from.scheme(), to.scheme());
  if constexpr (isa_detail::same_planes<From, To>) {
    if (map.keeps_codes() && from.shape() == to.shape()) {
      isa_detail::copy_planes(from, to);
      return true;
    }
  }
  if (!move_group_parameters(map, from, first, to)) {
    return false;
  }
  if constexpr (map_type::same_elements) {
    if (map.keeps_codes()) {
      for (std::size_t row = 0; row < to.rows(); ++row) {
        std::copy_n(from.row_codes(first + row).begin(), to.row_bytes(), to.row_codes(row).begin());
      }
      return true;
    }
  }
  if constexpr (!map_type::holds_reals && isa_detail::small_codes<from_element> && isa_detail::small_codes<to_element>) {
    isa_detail::code_table<From, To> table;
    std::vector<std::uint8_t> codes(to.cols());
    for (std::size_t row = 0; row < to.rows(); ++row) {
      unpack_codes<from_element::bits>(from.row_codes(first + row).data(), codes.size(), codes.data());
      for (std::size_t k = 0; k < codes.size();) {
        const std::size_t count = isa_detail::shared_run(from, to, k);
        table.prepare(from.scheme(), to.scheme(), *map.move(from.parameters_at(from.group_of(first + row, k))));
        if (!table.replace(codes.data() + k, count)) {
          return false;
        }
        k += count;
      }
      pack_codes<to_element::bits>(codes.data(), codes.size(), to.row_codes(row).data());
    }
  } else {
    std::vector<float> levels(to.cols());
    for (std::size_t row = 0; row < to.rows(); ++row) {
      if constexpr (map_type::holds_reals) {
        row_values(from, first + row, levels);
      } else {
        for (std::size_t k = 0; k < levels.size(); ++k) {
          levels[k] = map_type::level(reference::level_at(from, first + row, k),
                                      *map.move(from.parameters_at(from.group_of(first + row, k))));
        }
      }
      if (!reference::write_levels<To>(levels, row, to)) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
