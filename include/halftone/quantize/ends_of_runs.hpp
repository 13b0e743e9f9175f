// SPDX-License-Identifier: MIT
// Halftone: the ends of up to sixteen runs, one run a lane.
#pragma once

#include <halftone/quantize/run_range.hpp>

#include <algorithm>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Ends of up to sixteen runs, one after the other.
template <class Arch, class Ends = true_ends<Arch>>
struct ends_of_runs {
  static constexpr std::size_t size = 16;

  /// Ends of `count` runs, those of run i somewhere in the columns extremes(i). Writes lane i of low and high for run i; what
  /// it writes to the other lanes is of no use.
  template <class Extremes>
  HALFTONE_INLINE static void find(std::size_t count, float* low, float* high, const Extremes& extremes) noexcept {
    for (std::size_t run = 0; run < count; ++run) {
      const extreme_columns<Arch> e = extremes(run);
      low[run] = e.low.lowest();
      high[run] = e.high.highest();
    }
  }
  /// The same for sixteen short runs, whose ends need not leave the registers.
  template <class Extremes>
  HALFTONE_INLINE static void find_all(float* low, float* high, const Extremes& extremes) noexcept {
    find(size, low, high, extremes);
  }
};

/// As many at once as a register has lanes.
template <class Arch, class Ends>
  requires has_lanes_of_ends<Arch>
struct ends_of_runs<Arch, Ends> {
  static constexpr std::size_t size = 16;

  template <class Extremes>
  HALFTONE_INLINE static void find(std::size_t count, float* low, float* high, const Extremes& extremes) noexcept {
    alignas(64) float lows[size][width];
    alignas(64) float highs[size][width];
    for (std::size_t run = 0; run < count; ++run) {
      const lanes e = lanes_of(extremes(run));
      e.low.store_unaligned(lows[run]);
      e.high.store_unaligned(highs[run]);
    }
    for (std::size_t first = 0; first < count; first += width) {
      store(first, low, high, transposed<width>(first, [&](std::size_t run) HALFTONE_INLINE_LAMBDA {
              const std::size_t row = std::min(run, count - 1);
              return lanes{batch::load_unaligned(lows[row]), batch::load_unaligned(highs[row])};
            }));
    }
  }
  template <class Extremes>
  HALFTONE_INLINE static void find_all(float* low, float* high, const Extremes& extremes) noexcept {
    for (std::size_t first = 0; first < size; first += width) {
      store(first, low, high, transposed<width>(first, [&](std::size_t run) HALFTONE_INLINE_LAMBDA {
              return lanes_of(extremes(run));
            }));
    }
  }

 private:
  using batch = typename float_columns<Arch>::batch;
  static constexpr std::size_t width = batch::size;
  struct lanes {
    batch low;
    batch high;
  };

  [[nodiscard]] HALFTONE_INLINE static lanes lanes_of(const extreme_columns<Arch>& e) noexcept {
    lanes result{e.low.part[0], e.high.part[0]};
    for (std::size_t i = 1; i < float_columns<Arch>::parts; ++i) {
      result = {Ends::lower_lanes(result.low, e.low.part[i]), Ends::higher_lanes(result.high, e.high.part[i])};
    }
    return result;
  }
  /// Rows [first, first + Rows) of candidates, transposed: the better half is kept in each step.
  template <std::size_t Rows, class Row>
  [[nodiscard]] HALFTONE_INLINE static lanes transposed(std::size_t first, const Row& row) noexcept {
    if constexpr (Rows == 1) {
      return row(first);
    } else {
      const lanes a = transposed<Rows / 2>(first, row);
      const lanes b = transposed<Rows / 2>(first + Rows / 2, row);
      using registers = native<Arch>;
      using floats = typename registers::floats;
      return {registers::template merged<Rows>(a.low, b.low, [](floats c, floats d) HALFTONE_INLINE_LAMBDA -> floats {
                return Ends::lower_lanes(batch(c), batch(d));
              }),
              registers::template merged<Rows>(a.high, b.high, [](floats c, floats d) HALFTONE_INLINE_LAMBDA -> floats {
                return Ends::higher_lanes(batch(c), batch(d));
              })};
    }
  }
  HALFTONE_INLINE static void store(std::size_t first, float* low, float* high, const lanes& ends) noexcept {
    ends.low.store_unaligned(low + first);
    ends.high.store_unaligned(high + first);
  }
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
