// SPDX-License-Identifier: MIT
// Halftone: schemes whose groups are runs of a row: ranges, parameters and codes in one pass, while the row is in the cache.
#pragma once

#include <halftone/quantize/row_encoder.hpp>
#include <halftone/quantize/run_range.hpp>
#include <halftone/tensor/quantized_matrix.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

namespace isa_detail {
template <class Storage>
inline constexpr bool stored_one_by_one = !detail::is_quantized_again<Storage>;
}  // namespace isa_detail

/// Whether `quantize_row` serves this scheme: codes of at most 8 bits, each run of a row a group, and parameters that are
/// stored one by one.
template <class Scheme>
inline constexpr bool quantizes_by_rows =
    !unit_element<typename Scheme::element_type> && Scheme::element_type::bits <= 8 &&
    one_run_a_group<typename Scheme::granularity_type> &&
    (!Scheme::has_scale || isa_detail::stored_one_by_one<typename Scheme::scale_storage>) &&
    (!Scheme::has_offset || isa_detail::stored_one_by_one<typename Scheme::offset_storage>);

/// Parameters of up to sixteen groups, each kind by itself, so that compilers compute them in lanes.
struct parameter_batch {
  static constexpr std::size_t size = 16;
  float low[size];
  float high[size];
  float scale[size];
  float offset[size];
  float reciprocal[size];
  std::int32_t zero_point[size];

  /// Chooses parameters from low and high. False if one of the first `count` is not what `expects_parameters` wants.
  template <class Scheme>
  [[nodiscard]] HALFTONE_INLINE bool choose(const Scheme& scheme, std::size_t count) noexcept {
    const auto choose_one = [&](std::size_t i) HALFTONE_INLINE_LAMBDA {
      const group_parameters p = scheme.mapping.choose(range{low[i] + 0.0f, high[i] + 0.0f}, scheme.element);
      scale[i] = p.scale;
      offset[i] = p.offset;
      zero_point[i] = p.zero_point;
    };
    unsigned bad = 0;
    for_each(count, [&](std::size_t i) HALFTONE_INLINE_LAMBDA { bad |= is_finite(low[i]) && is_finite(high[i]) ? 0u : 1u; });
    if (bad != 0) {
      return false;  // mappings are promised finite ranges
    }
    for_each(count, choose_one);
    for_each(count, [&](std::size_t i) HALFTONE_INLINE_LAMBDA {
      bad |= is_finite(scale[i]) && is_finite(offset[i]) ? 0u : 1u;
      if constexpr (Scheme::has_zero_point) {
        using Element = typename Scheme::element_type;
        bad |= zero_point[i] >= Element::min && zero_point[i] <= Element::max ? 0u : 1u;
      }
    });
    return bad == 0;
  }

  /// Stores the parameters of `count` groups from `group` on, and puts what was stored in their place.
  template <class Scheme>
  HALFTONE_INLINE void store(quantized_matrix<Scheme>& q, std::size_t group, std::size_t count) noexcept {
    if constexpr (Scheme::has_scale) {
      for_each(count, [&](std::size_t i) HALFTONE_INLINE_LAMBDA { scale[i] = q.scale_plane().set(group + i, scale[i]); });
    }
    if constexpr (Scheme::has_offset) {
      for_each(count, [&](std::size_t i) HALFTONE_INLINE_LAMBDA { offset[i] = q.offset_plane().set(group + i, offset[i]); });
    }
    if constexpr (Scheme::has_zero_point) {
      std::uint8_t codes[size];
      for (std::size_t i = 0; i < count; ++i) {
        codes[i] = static_cast<std::uint8_t>(Scheme::element_type::code_of(zero_point[i]));
      }
      q.set_zero_points(group, {codes, count});
    }
    for_each(count, [&](std::size_t i) HALFTONE_INLINE_LAMBDA { reciprocal[i] = reciprocal_of_scale(scale[i]); });
  }

 private:
  /// A loop of known length where it is full.
  template <class Work>
  HALFTONE_INLINE static void for_each(std::size_t count, const Work& work) noexcept {
    if (count == size) {
      for (std::size_t i = 0; i < size; ++i) {
        work(i);
      }
    } else {
      for (std::size_t i = 0; i < count; ++i) {
        work(i);
      }
    }
  }
};

/// work(run, length of the run) for runs that follow each other; only the last one may be shorter than `length`, which many
/// granularities know when they are compiled.
template <class Work>
HALFTONE_INLINE void each_run(std::size_t count, std::size_t length, std::size_t rest, const Work& work) noexcept {
  const std::size_t whole = std::min(count, rest / length);
  for (std::size_t i = 0; i < whole; ++i) {
    work(i, length);
  }
  if (whole < count) {
    work(whole, rest - whole * length);
  }
}

/// Quantizes one row with the estimator `min_max`; the bits of `reference::quantize`.
/// @return  false if a value or a parameter is not finite; the row of q is then unspecified
template <class Arch, class Scheme>
[[nodiscard]] inline bool quantize_row(matrix_view<const float> w, std::size_t row, quantized_matrix<Scheme>& q) noexcept {
  const Scheme& scheme = q.scheme();
  const std::size_t length = std::max<std::size_t>(scheme.granularity.run_length(w.shape()), 1);
  const std::size_t runs = ceil_div(w.cols(), length);
  row_encoder<Arch, Scheme> encoder(scheme, q.row_codes(row).data(), static_cast<std::uint64_t>(row) * w.cols(),
                                    runs <= parameter_batch::size ? w.stride() : parameter_batch::size * length);
  finite_check<Arch> check;
  for (std::size_t first = 0; first < runs; first += parameter_batch::size) {
    const std::size_t count = std::min(parameter_batch::size, runs - first);
    const float* values = w.row_data(row) + first * length;
    const std::size_t rest = w.cols() - first * length;
    parameter_batch batch;
    extremes_of_runs<Arch> extremes;
    each_run(count, length, rest, [&](std::size_t i, std::size_t size) HALFTONE_INLINE_LAMBDA {
      extremes.set(i, extremes_of_run<Arch>(values + i * length, size, check));
    });
    extremes.finish(count, batch.low, batch.high);
    if (!batch.choose(scheme, count)) {
      return false;
    }
    batch.store(q, row * runs + first, count);
    each_run(count, length, rest, [&](std::size_t i, std::size_t size) HALFTONE_INLINE_LAMBDA {
      const group_parameters p{.scale = batch.scale[i], .zero_point = batch.zero_point[i], .offset = batch.offset[i]};
      encoder.run(values + i * length, size, p, batch.reciprocal[i]);
    });
  }
  encoder.finish();
  return check.finite();
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
