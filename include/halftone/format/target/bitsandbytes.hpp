// SPDX-License-Identifier: MIT
// Halftone: what bitsandbytes accepts as weights: Linear4bit and Linear8bitLt.
#pragma once

#include <halftone/format/bitsandbytes/schemes.hpp>
#include <halftone/format/target/rules.hpp>

namespace halftone::inline v0_1::target {

class bitsandbytes {
  template <class E>
  static constexpr bool is_table = detail::same_values<E, nf4>() || detail::same_values<E, fp4_bnb>();

 public:
  [[nodiscard]] static constexpr std::string_view name() { return "bitsandbytes"; }

  struct bitsandbytes_elements_are_nf4_fp4_int8 {
    static constexpr std::string_view text = "bitsandbytes: elements are nf4, its own fp4, and int8";
    template <class S, class E = typename S::element_type>
    static constexpr bool holds = is_table<E> || detail::is_integer<E, 8, true>;
  };
  struct bitsandbytes_int8_has_row_maxima {
    static constexpr std::string_view text =
        "bitsandbytes: int8 keeps the largest magnitude of each row, and real numbers are code * (maximum / 127)";
    template <class S>
    static constexpr bool holds = is_table<typename S::element_type> || detail::same_planes<S, halftone::bitsandbytes::int8_rows>();
  };
  struct bitsandbytes_blocks_are_flat {
    static constexpr std::string_view text =
        "bitsandbytes: 4-bit codes have flat blocks of 32 to 4096 weights, a power of two, under their maxima";
    template <class S>
    static constexpr bool holds =
        !is_table<typename S::element_type> || (detail::has_scale_alone<S> && detail::flat_length<typename S::granularity_type> >= 32 &&
                                                detail::flat_length<typename S::granularity_type> <= 4096 &&
                                                std::has_single_bit(detail::flat_length<typename S::granularity_type>));
  };
  struct bitsandbytes_maxima_are_floats_or_nested {
    static constexpr std::string_view text =
        "bitsandbytes: maxima are floats of 32 bits, or 8 bits of its dynamic map in blocks of 256 around their mean";
    template <class S>
    static constexpr bool holds =
        !is_table<typename S::element_type> || detail::is_stored_as<typename S::scale_storage, fp32> ||
        detail::same_storage<typename S::scale_storage, halftone::bitsandbytes::nested<>>;
  };
  using rules = rule_list<bitsandbytes_elements_are_nf4_fp4_int8, bitsandbytes_int8_has_row_maxima, bitsandbytes_blocks_are_flat,
                          bitsandbytes_maxima_are_floats_or_nested>;
};

}  // namespace halftone::inline v0_1::target
