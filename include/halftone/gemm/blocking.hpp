// SPDX-License-Identifier: MIT
// Halftone: the sizes of tiles and blocks that kernels use: those of the library, or those that were measured on a machine.
// They change speed, never results.
#pragma once

#include <halftone/simd/simd.hpp>

#include <cstddef>
#include <string_view>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// How a multiplication is cut where nothing was measured.
template <class Arch>
struct blocking {
  static constexpr std::size_t rows = 256;         ///< rows of activations prepared at a time
  static constexpr std::size_t quads = 256;        ///< quads of a panel kept as decoded lines: 16 KiB a panel
  static constexpr std::size_t float_depth = 256;  ///< k of a panel kept as float lines: 16 KiB a panel
  static constexpr std::size_t float_row_panels = 4;  ///< panels at a time for a single row in float: independent chains
  static constexpr std::size_t bytes_ahead = 4096;    ///< how far ahead several rows ask for lines of 8-bit weights
  static constexpr std::size_t cached_bytes = std::size_t{20} << 20;  ///< lines that a cache is taken to hold
};

/// Every constant as the library has it: `tile_shape` and `blocking` of the instruction set.
template <class Arch>
struct shipped_constants {
  static constexpr std::string_view isa = Arch::name;  ///< what the constants are for
  static constexpr std::size_t integer_rows = tile_shape<Arch>::integer_rows;
  static constexpr std::size_t unpacked_rows = tile_shape<Arch>::unpacked_rows;
  static constexpr std::size_t integer_panels = tile_shape<Arch>::integer_panels;
  static constexpr std::size_t row_panels = tile_shape<Arch>::row_panels;
  static constexpr std::size_t float_rows = tile_shape<Arch>::float_rows;
  static constexpr std::size_t float_panels = tile_shape<Arch>::float_panels;
  static constexpr std::size_t float_row_panels = blocking<Arch>::float_row_panels;
  static constexpr std::size_t block_rows = blocking<Arch>::rows;
  static constexpr std::size_t block_quads = blocking<Arch>::quads;
  static constexpr std::size_t float_depth = blocking<Arch>::float_depth;
  static constexpr std::size_t bytes_ahead = blocking<Arch>::bytes_ahead;
  static constexpr std::size_t cached_bytes = blocking<Arch>::cached_bytes;
};

/// Constants within their limits; others do not compile.
/// @tparam Constants  a struct with the members of `shipped_constants`
template <class Arch, class Constants>
struct checked_constants : Constants {
  [[nodiscard]] static constexpr bool within(std::size_t least, std::size_t value, std::size_t most) noexcept {
    return least <= value && value <= most;
  }
  static_assert(Constants::isa == Arch::name,
                "tuned constants: they were measured for another instruction set than this file is compiled for");
  static_assert(within(1, Constants::integer_rows, 16) && within(1, Constants::unpacked_rows, 16) &&
                    within(1, Constants::float_rows, 16),
                "tuned constants: integer_rows, unpacked_rows and float_rows are 1 to 16");
  static_assert(within(1, Constants::integer_panels, 8) && within(1, Constants::row_panels, 8) &&
                    within(1, Constants::float_panels, 8) && within(1, Constants::float_row_panels, 8),
                "tuned constants: integer_panels, row_panels, float_panels and float_row_panels are 1 to 8");
  static_assert(within(8, Constants::block_quads, 4096) && Constants::block_quads % 8 == 0,
                "tuned constants: block_quads is a multiple of 8, and 8 to 4096");  // 8: the quads of the largest unit
  static_assert(within(1, Constants::block_rows, 65536), "tuned constants: block_rows is 1 to 65536");
  static_assert(within(1, Constants::float_depth, 4096), "tuned constants: float_depth is 1 to 4096");
  static_assert(within(0, Constants::bytes_ahead, 65536), "tuned constants: bytes_ahead is 0 to 65536");
};

/// The constants of every kernel of this translation unit: `shipped_constants`, or what HALFTONE_TUNED_HEADER puts over them.
#if defined(HALFTONE_TUNED_HEADER)
template <class Arch>
using kernel_constants = checked_constants<Arch, ::halftone_tuned::HALFTONE_TUNED_NAME<shipped_constants<Arch>>>;
#else
template <class Arch>
using kernel_constants = checked_constants<Arch, shipped_constants<Arch>>;
#endif
static_assert(sizeof(kernel_constants<default_arch>) != 0);  // looks at the limits, whatever the file multiplies

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
