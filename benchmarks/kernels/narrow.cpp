// SPDX-License-Identifier: MIT
// Halftone benchmarks: weights of 2 and 3 bits in groups of 64.
#include "multiplication.hpp"

namespace halftone_benchmark {
namespace {

template <class Element>
using in_groups_of_64 = halftone::scheme<Element, halftone::symmetric_signed_extreme, halftone::per_group<64>,
                                         halftone::stored_as<halftone::fp16>>;

}  // namespace

std::span<const kernel_entry> narrow_kernels() {
  static constexpr kernel_entry table[] = {
      {"int2_g64", multiplication<in_groups_of_64<halftone::int2>>},
      {"int3_g64", multiplication<in_groups_of_64<halftone::int3>>},
  };
  return table;
}

}  // namespace halftone_benchmark
