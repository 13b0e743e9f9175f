// SPDX-License-Identifier: MIT
// Halftone: the specification of transcode, in plain loops: a matrix of one scheme as a matrix of another.
//
// Where the target can hold the numbers of the source it gets exactly those: codes and parameters are moved, nothing is
// quantized. Otherwise what the source dequantizes to is quantized, and the error is measured. Where rows of the target have
// nothing in common, each row is decided on its own; otherwise the matrix is.
#pragma once

#include <halftone/reference/error_report.hpp>
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/level_map.hpp>

#include <vector>

namespace halftone::inline v0_1 {

/// What a transcoding lost. `exact`: every weight dequantizes to the same float as before (a zero to a zero of either sign).
/// The error is against the dequantized source, and 0 where the transcoding is exact.
struct transcode_report {
  bool exact = false;
  error_report error{};
};

/// A matrix in its new scheme, and what that lost.
template <class To>
struct transcoded {
  quantized_matrix<To> matrix{};
  bool exact = false;
  error_report error{};
};

namespace detail {
template <class R>
inline constexpr bool looks_at_index = false;
template <std::uint64_t Seed>
inline constexpr bool looks_at_index<stochastic<Seed>> = true;
template <class R>
inline constexpr bool looks_at_index<with_zero_point<R>> = looks_at_index<R>;

template <class Scheme>
struct rows_apart;
template <class Storage>
inline constexpr bool planes_apart = true;
template <class Nested>
inline constexpr bool planes_apart<quantized_again<Nested>> = rows_apart<Nested>::value;
template <class Scheme>
struct rows_apart
    : std::bool_constant<one_run_a_group<typename Scheme::granularity_type> && std::is_empty_v<typename Scheme::granularity_type> &&
                         std::is_empty_v<typename Scheme::element_type> && scalar_element<typename Scheme::element_type> &&
                         !prepared_mapping<typename Scheme::mapping_type> && !looks_at_index<typename Scheme::rounding_type> &&
                         (!Scheme::has_scale || planes_apart<typename Scheme::scale_storage>) &&
                         (!Scheme::has_offset || planes_apart<typename Scheme::offset_storage>)> {};
}  // namespace detail

/// Nothing that is stored of a row depends on another row: `transcode` decides row by row. Runs of k as groups, with parameters
/// kept one by one or as such a matrix again; no units, no stochastic rounding, no tables that are learned.
template <class Scheme>
inline constexpr bool rows_are_independent = detail::rows_apart<Scheme>::value;

}  // namespace halftone::inline v0_1

namespace halftone::inline v0_1::inline HALFTONE_ISA::reference {

/// Checks that the parameters of a source are numbers.
template <class Scheme>
void expects_finite_parameters(const quantized_matrix<Scheme>& q) {
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    const group_parameters p = q.parameters_at(g);
    expects(is_finite(p.scale), "transcode: group ", g, " has scale ", p.scale, "; a scale must be finite");
    expects(is_finite(p.offset), "transcode: group ", g, " has offset ", p.offset, "; an offset must be finite");
  }
}

/// The level of one weight, before its parameters.
template <class Scheme>
[[nodiscard]] float level_at(const quantized_matrix<Scheme>& q, std::size_t row, std::size_t k) {
  using Element = typename Scheme::element_type;
  if constexpr (unit_element<Element>) {
    constexpr std::size_t dimension = Element::dimension;
    const std::size_t unit = k / dimension;
    const std::size_t count = std::min<std::size_t>(dimension, q.cols() - unit * dimension);
    std::vector<float> levels(count);
    q.scheme().element.decode_unit(
        q.row_codes(row).subspan(unit * Element::unit_bytes(dimension), Element::unit_bytes(count)), std::span<float>(levels),
        unit_position{row, unit * dimension});
    return levels[k % dimension];
  } else {
    return q.scheme().element.decode(q.code_at(row, k));
  }
}

/// Writes the levels of a row as codes. @return  whether every one has a code
template <class To>
[[nodiscard]] bool write_levels(std::span<const float> levels, std::size_t row, quantized_matrix<To>& to) {
  using Element = typename To::element_type;
  const Element& element = to.scheme().element;
  std::fill(to.row_codes(row).begin(), to.row_codes(row).end(), std::uint8_t{0});
  if constexpr (unit_element<Element>) {
    for (std::size_t k = 0; k < levels.size(); k += Element::dimension) {
      const std::size_t count = std::min<std::size_t>(Element::dimension, levels.size() - k);
      const auto bytes = to.row_codes(row).subspan(k / Element::dimension * Element::unit_bytes(Element::dimension),
                                                   Element::unit_bytes(count));
      std::vector<float> back(count);
      element.encode_unit(levels.subspan(k, count), bytes, unit_position{row, k});
      element.decode_unit(std::span<const std::uint8_t>(bytes), std::span<float>(back), unit_position{row, k});
      for (std::size_t i = 0; i < count; ++i) {
        if (back[i] != levels[k + i]) {
          return false;
        }
      }
    }
  } else {
    for (std::size_t k = 0; k < levels.size(); ++k) {
      if (!detail::holds_level(element, levels[k])) {
        return false;
      }
      write_code<Element::bits>(to.row_codes(row).data(), k, detail::code_of_level(element, levels[k]));
    }
  }
  return true;
}

/// Copies `to.rows()` or `rows` rows of every plane: each plane has the bytes of its rows one after the other.
/// Only where `rows_are_independent<Scheme>`, or all rows.
template <class Scheme>
void copy_rows(const quantized_matrix<Scheme>& from, std::size_t first, std::size_t rows, quantized_matrix<Scheme>& to,
               std::size_t at) {
  std::vector<std::span<std::uint8_t>> sources;
  const_cast<quantized_matrix<Scheme>&>(from).for_each_plane(  // visits without writing
      "", [&](const std::string&, plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
        const std::size_t pitch = from.rows() == 0 ? 0 : bytes.size() / from.rows();
        sources.push_back(bytes.subspan(first * pitch, rows * pitch));
      });
  std::size_t plane = 0;
  to.for_each_plane("", [&](const std::string&, plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
    const std::span<std::uint8_t> source = sources[plane++];
    const std::size_t pitch = rows == 0 ? 0 : source.size() / rows;
    std::copy(source.begin(), source.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at * pitch));
  });
}

/// Both sides keep a plane of parameters as the same matrix of the same groups: its codes are moved with it.
template <class From, class To, class FromStorage, class ToStorage>
inline constexpr bool same_nested_planes =
    std::is_same_v<FromStorage, ToStorage> && detail::is_quantized_again<ToStorage> &&
    std::is_same_v<typename From::granularity_type, typename To::granularity_type> &&
    std::is_empty_v<typename To::granularity_type>;

/// Stores one plane of parameters, or moves it where it is a matrix of its own on both sides.
template <bool Same, class FromPlane, class ToPlane>
void move_plane(const FromPlane& from, std::size_t first, ToPlane& to, matrix_view<const float> wanted, const auto& again) {
  if constexpr (Same) {
    if (from.shape() == to.shape()) {
      to = from;
    } else {
      copy_rows(from.matrix(), first, to.shape().rows, to.matrix(), 0);
    }
  } else {
    store_plane(to, wanted, again);
  }
}

/// Stores the parameters of every group. @return  whether each is what was wanted
template <class From, class To>
[[nodiscard]] bool move_parameters(const quantized_matrix<From>& from, std::size_t first,
                                   const std::vector<group_parameters>& chosen, quantized_matrix<To>& to, const auto& again) {
  std::vector<float> column(chosen.size());
  const auto values = [&](float group_parameters::*member) -> matrix_view<const float> {
    for (std::size_t g = 0; g < chosen.size(); ++g) {
      column[g] = chosen[g].*member;
    }
    return {column.data(), to.parameter_shape().rows, to.parameter_shape().cols};
  };
  if constexpr (To::has_scale) {
    constexpr bool same = From::has_scale && same_nested_planes<From, To, typename From::scale_storage, typename To::scale_storage>;
    move_plane<same>(from.scale_plane(), first, to.scale_plane(), values(&group_parameters::scale), again);
  }
  if constexpr (To::has_offset) {
    constexpr bool same =
        From::has_offset && same_nested_planes<From, To, typename From::offset_storage, typename To::offset_storage>;
    move_plane<same>(from.offset_plane(), first, to.offset_plane(), values(&group_parameters::offset), again);
  }
  to.clear_zero_points();
  for (std::size_t g = 0; g < chosen.size(); ++g) {
    to.set_zero_point(g, chosen[g].zero_point);
    if (to.parameters_at(g) != chosen[g]) {
      return false;
    }
  }
  return true;
}

/// Moves the rows of `from` that begin at `first` into `to`. @return  whether that loses nothing; else `to` is unspecified
template <class From, class To>
[[nodiscard]] bool move_rows(const quantized_matrix<From>& from, std::size_t first, quantized_matrix<To>& to) {
  using map_type = level_map<From, To>;
  const map_type map(from.scheme(), to.scheme());
  std::vector<group_parameters> chosen(to.group_count());
  std::vector<bool> seen(to.group_count(), false);
  for (std::size_t row = 0; row < to.rows(); ++row) {
    for (std::size_t k = 0; k < to.cols(); ++k) {
      const auto moved = map.move(from.parameters_at(from.group_of(first + row, k)));
      const std::size_t g = to.group_of(row, k);
      if (!moved || (seen[g] && chosen[g] != moved->parameters)) {
        return false;
      }
      seen[g] = true;
      chosen[g] = moved->parameters;
    }
  }
  const auto again = []<class Nested>(matrix_view<const float> values, const Nested& s) {
    return reference::quantize<Nested>(values, min_max{}, s);
  };
  if (!move_parameters(from, first, chosen, to, again)) {
    return false;
  }
  std::vector<float> levels(to.cols());
  for (std::size_t row = 0; row < to.rows(); ++row) {
    if constexpr (map_type::same_elements) {
      if (map.keeps_codes()) {
        std::copy_n(from.row_codes(first + row).begin(), to.row_bytes(), to.row_codes(row).begin());
        continue;
      }
    }
    for (std::size_t k = 0; k < to.cols(); ++k) {
      if constexpr (map_type::holds_reals) {
        levels[k] = from.value_at(first + row, k);
      } else {
        levels[k] = map_type::level(level_at(from, first + row, k), *map.move(from.parameters_at(from.group_of(first + row, k))));
      }
    }
    if (!write_levels<To>(levels, row, to)) {
      return false;
    }
  }
  return true;
}

/// The matrix `from` in the scheme To: its numbers, where To can hold them; otherwise quantized from what it dequantizes to.
///
/// Exact where `level_map` joins the levels and parameters of every group, the parameters survive being stored, groups of To
/// lie within groups of From (or join groups of equal parameters), and every level that occurs has a code. Decided row by row
/// where `rows_are_independent<To>`, else for the matrix. What is not exact is `quantize<To>` of the dequantized rows.
///
/// @param  scheme  where a policy of To holds run-time data
/// @throws halftone::error if a scale or offset is NaN or infinite, or a weight that has to be quantized is
template <scheme_type To, scheme_type From>
[[nodiscard]] transcoded<To> transcode(const quantized_matrix<From>& from, const To& scheme = {}) {
  reference::expects_finite_parameters(from);
  transcoded<To> out{.matrix = quantized_matrix<To>(from.shape(), scheme), .exact = true, .error = {}};
  std::vector<float> values(from.rows() * from.cols());
  const matrix_view<float> reals(values.data(), from.rows(), from.cols());
  reference::dequantize(from, reals);
  if (!reference::move_rows(from, 0, out.matrix)) {
    out.exact = false;
    if constexpr (rows_are_independent<To>) {
      for (std::size_t row = 0; row < from.rows(); ++row) {
        quantized_matrix<To> one(matrix_shape{1, from.cols()}, scheme);
        if (!reference::move_rows(from, row, one)) {
          one = reference::quantize<To>({reals.row_data(row), 1, from.cols()}, min_max{}, scheme);
        }
        copy_rows(one, 0, 1, out.matrix, row);
      }
    } else {
      out.matrix = reference::quantize<To>(reals, min_max{}, scheme);
    }
  }
  out.error = out.exact ? report_of(0.0, 0.0, 0.0, out.matrix.bits_per_weight()) : reference::compare(reals, out.matrix);
  out.exact = out.error.max_error == 0.0;  // zeros are kept by being quantized, too
  return out;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::reference
