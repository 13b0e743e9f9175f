// SPDX-License-Identifier: MIT
// Halftone: schemes whose groups are runs of a row: ranges, parameters and codes in one pass, while the row is in the cache.
#pragma once

#include <halftone/quantize/ends_of_runs.hpp>
#include <halftone/quantize/row_encoder.hpp>
#include <halftone/scheme/best_of_neighbours.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

namespace isa_detail {
template <class Storage>
inline constexpr bool stored_one_by_one = !detail::is_quantized_again<Storage>;
}  // namespace isa_detail

/// Whether `quantize_weight_rows` serves this scheme: codes of at most 8 bits, each run of a row a group, and parameters that are
/// chosen from its ends and stored one by one.
template <class Scheme>
inline constexpr bool quantizes_by_rows =
    !unit_element<typename Scheme::element_type> && Scheme::element_type::bits <= 8 &&
    one_run_a_group<typename Scheme::granularity_type> && !chooses_scale_by_values<Scheme> &&
    !prepared_mapping<typename Scheme::mapping_type> &&
    (!Scheme::has_scale || isa_detail::stored_one_by_one<typename Scheme::scale_storage>) &&
    (!Scheme::has_offset || isa_detail::stored_one_by_one<typename Scheme::offset_storage>);

/// Where runs are that are quantized one after the other.
struct run_list {
  const float* values;  ///< of the first run
  std::size_t pitch;    ///< from the first value of a run to that of the next
  std::size_t count;    ///< runs
  std::size_t length;   ///< values of a run
  std::size_t last;     ///< values of the last run, at most `length`
  std::size_t group;    ///< number of the first run's group
  bool alone;           ///< each run is the only one of its row
};

/// The length of runs that granularities know when they are compiled; 0 where they do not say.
template <class Granularity>
inline constexpr std::size_t known_length = 0;
template <class Granularity>
  requires requires { typename std::integral_constant<std::size_t, Granularity::group_size>; }
inline constexpr std::size_t known_length<Granularity> = Granularity::group_size;

/// Ends of the first `count` runs.
template <class Arch, class Scheme>
HALFTONE_INLINE void find_ends(const run_list& runs, std::size_t count, parameter_batch& batch,
                               finite_check<Arch>& check) noexcept {
  using ends = ends_for<Arch, typename Scheme::mapping_type>;
  using finder = ends_of_runs<Arch, ends>;
  constexpr std::size_t step = finder::size;
  std::size_t first = 0;
  constexpr std::size_t known = known_length<typename Scheme::granularity_type>;
  if constexpr (known >= panel_columns && known <= 4 * panel_columns) {
    if (runs.length == known && runs.pitch == known) {
      const std::size_t whole = count < runs.count || runs.last == known ? count : count - 1;
      for (; first + step <= whole; first += step) {
        const float* values = runs.values + first * runs.pitch;
        finder::find_all(batch.low + first, batch.high + first, [&](std::size_t i) HALFTONE_INLINE_LAMBDA {
          return extremes_of_run<Arch, ends>(values + i * known, known, check);
        });
      }
    }
  }
  for (; first < count; first += step) {
    finder::find(std::min(step, count - first), batch.low + first, batch.high + first,
                 [&](std::size_t i) HALFTONE_INLINE_LAMBDA {
                   const std::size_t run = first + i;
                   const std::size_t length = run + 1 < runs.count ? runs.length : runs.last;
                   return extremes_of_run<Arch, ends>(runs.values + run * runs.pitch, length, check);
                 });
  }
}

/// Quantizes runs whose codes follow each other.
/// @return  false if a value or a parameter is not finite; their place in q is then unspecified
template <class Arch, class Scheme>
[[nodiscard]] HALFTONE_INLINE bool quantize_runs(run_list runs, row_encoder<Arch, Scheme>& encoder,
                                                 quantized_matrix<Scheme>& q) noexcept {
  // As many as stay in the cache; places of zero points are multiples of 8.
  constexpr std::size_t most = parameter_batch::size;
  constexpr std::size_t cached = 4096;
  const std::size_t step = Scheme::has_zero_point && !runs.alone ? (runs.length * most > cached ? most / 2 : most)
                                                                 : std::clamp<std::size_t>(cached / runs.length, 1, most);
  finite_check<Arch> check;
  while (runs.count != 0) {
    const std::size_t count = std::min(step, runs.count);
    parameter_batch batch;
    find_ends<Arch, Scheme>(runs, count, batch, check);
    const unsigned wrong = batch.fill(q, runs.group, count, runs.alone);
    if ((wrong & not_finite) != 0) {
      return false;
    }
    encoder.runs(runs.values, runs.pitch, runs.length, count, count == runs.count ? runs.last : runs.length, batch,
                 wrong == 0);
    runs.values += count * runs.pitch;
    runs.count -= count;
    runs.group += count;
  }
  return check.finite();
}

/// Quantizes rows [first, first + rows) with the estimator `min_max`; the bits of `reference::quantize`.
/// @return  false if a value or a parameter is not finite; the rows of q are then unspecified
template <class Arch, class Scheme>
[[nodiscard]] inline bool quantize_weight_rows(matrix_view<const float> w, std::size_t first, std::size_t rows,
                                               quantized_matrix<Scheme>& q) noexcept {
  using Element = typename Scheme::element_type;
  const Scheme& scheme = q.scheme();
  const std::size_t length = std::max<std::size_t>(scheme.granularity.run_length(w.shape()), 1);
  const std::size_t in_row = ceil_div(w.cols(), length);
  const bool alone = in_row == 1;
  // Rows whose planes and values follow each other are one long row.
  const bool joined = w.cols() % length == 0 && (alone || w.stride() == w.cols()) && w.cols() * Element::bits % 8 == 0 &&
                      (!Scheme::has_zero_point || alone || in_row * Element::bits % 8 == 0);
  const std::size_t rows_at_once = joined ? rows : 1;
  for (std::size_t row = first; row < first + rows; row += rows_at_once) {
    row_encoder<Arch, Scheme> encoder(scheme, q.row_codes(row).data(), static_cast<std::uint64_t>(row) * w.cols());
    const run_list runs{.values = w.row_data(row), .pitch = alone ? w.stride() : length, .count = in_row * rows_at_once,
                        .length = length, .last = w.cols() - (in_row - 1) * length, .group = row * in_row, .alone = alone};
    if (!quantize_runs<Arch>(runs, encoder, q)) {
      return false;
    }
    encoder.finish();
  }
  return true;
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
