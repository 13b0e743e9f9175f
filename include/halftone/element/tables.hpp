// SPDX-License-Identifier: MIT
// Halftone: tables of 2 to 16 entries that others publish: nf4, bitsandbytes' fp4, ggml's iq4_nl, and signs.
#pragma once

#include <halftone/element/codebook.hpp>

namespace halftone::inline v0_1 {

namespace tables {

/// Quantiles of the normal distribution, normalized to 1: Dettmers et al., arXiv:2305.14314; bitsandbytes' floats to the bit.
struct nf4 {
  static constexpr std::array<float, 16> entries{
      -0x1p+0f,        -0x1.647362p-1f, -0x1.0cd66p-1f,  -0x1.946540p-2f, -0x1.23449ap-2f, -0x1.7a6a7ep-3f,
      -0x1.74f0e2p-4f, 0.0f,            0x1.45f5fep-4f,  0x1.4995c6p-3f,  0x1.f809bap-3f,  0x1.5a0674p-2f,
      0x1.c34970p-2f,  0x1.200f56p-1f,  0x1.722766p-1f,  0x1p+0f};
  static std::string name() { return "nf4"; }
};

/// bitsandbytes' fp4: e2m1 with another subnormal, in twelfths, in an order of its own; code 8 is a second zero.
struct fp4_bnb {
  static constexpr std::array<float, 16> values{
      0.0f, 0x1.555556p-8f,  0x1.555556p-1f,  1.0f,  0x1.555556p-2f,  0.5f,  0x1.555556p-3f,  0.25f,
      0.0f, -0x1.555556p-8f, -0x1.555556p-1f, -1.0f, -0x1.555556p-2f, -0.5f, -0x1.555556p-3f, -0.25f};
  static std::string name() { return "fp4_bnb"; }
};

/// ggml's non-linear 4 bits (IQ4_NL, IQ4_XS): integers, so that products with int8 are exact.
struct iq4_nl {
  static constexpr std::array<float, 16> entries{-127, -104, -83, -65, -49, -35, -22, -10,
                                                 1,    13,   25,  38,  53,  69,  89,  113};
  static constexpr table_tie tie = table_tie::upper;
  static std::string name() { return "iq4_nl"; }
};

/// -1 for code 0, +1 for code 1; zero is +1. Rastegari et al., arXiv:1603.05279 (XNOR-Net).
struct binary {
  static constexpr std::array<float, 2> entries{-1.0f, 1.0f};
  static constexpr table_tie tie = table_tie::upper;
  static std::string name() { return "binary"; }
};

}  // namespace tables

using nf4 = codebook<tables::nf4>;
using fp4_bnb = unordered_codebook<tables::fp4_bnb>;
using iq4_nl = codebook<tables::iq4_nl>;
using binary = codebook<tables::binary>;

static_assert(table_element<nf4> && table_element<fp4_bnb> && nf4::bits == 4 && fp4_bnb::bits == 4 && binary::bits == 1);
static_assert(fp4_bnb::encode(-0.0f) == 0 && fp4_bnb::encode(0.9f) == 3 && iq4_nl::encode(0.0f) == 8);

}  // namespace halftone::inline v0_1
