// SPDX-License-Identifier: MIT
// Tables whose values are integers times a power of two: narrow, a whole byte wide, of three values.
#pragma once

#include <halftone/element/codebook.hpp>
#include <halftone/element/integer.hpp>
#include <halftone/scheme/presets.hpp>

namespace integer_tables {

using namespace halftone;

/// The values of a 4-bit float of 2 exponent bits.
struct halves {
  static constexpr std::array<float, 15> entries{-6.0f, -4.0f, -3.0f, -2.0f, -1.5f, -1.0f, -0.5f, 0.0f,
                                                 0.5f,  1.0f,  1.5f,  2.0f,  3.0f,  4.0f,  6.0f};
  static std::string name() { return "halves"; }
};
/// Like a table for normally distributed weights.
struct bytes {
  static constexpr std::array<float, 16> entries{-127.0f, -101.0f, -85.0f, -63.0f, -50.0f, -36.0f, -21.0f, -9.0f,
                                                 2.0f,    12.0f,   26.0f,  37.0f,  54.0f,  70.0f,  88.0f,  112.0f};
  static std::string name() { return "bytes"; }
};
/// Twenty entries, whose codes have five bits: quarters to 31.75 on one side only.
struct quarters {
  static constexpr std::array<float, 20> entries{-0.25f, 0.0f,  0.25f, 0.5f,  0.75f,  1.0f,   1.5f,   2.0f,  2.75f,  3.5f,
                                                 4.25f,  5.75f, 7.0f,  9.25f, 11.75f, 14.25f, 17.75f, 22.0f, 26.75f, 31.75f};
  static std::string name() { return "quarters"; }
};
/// From -128 in steps of 4, from 0 on in steps of 3: 64 entries that need a whole byte.
struct six_bits_of_bytes {
  static constexpr std::array<float, 64> entries = [] {
    std::array<float, 64> all{};
    for (std::size_t i = 0; i < 64; ++i) {
      all[i] = static_cast<float>(i) * (i < 32 ? 4.0f : 3.0f) - (i < 32 ? 128.0f : 96.0f);
    }
    return all;
  }();
  static std::string name() { return "six_bits_of_bytes"; }
};
struct three {
  static constexpr std::array<float, 3> entries{-1.0f, 0.0f, 1.0f};
  static std::string name() { return "three"; }
};

using halves_g32 = scheme<codebook<halves>, symmetric, per_group<32>>;
using bytes_g16 = scheme<codebook<bytes>, symmetric, per_group<16>, stored_as<fp16>>;
using bytes_per_channel = scheme<codebook<bytes>, symmetric, per_channel<0>>;
using quarters_g24 = scheme<codebook<quarters>, symmetric, per_group<24>, stored_as<fp16>>;
using six_bits_g16 = scheme<codebook<six_bits_of_bytes>, symmetric, per_group<16>, stored_as<fp16>>;
using three_g20 = scheme<codebook<three>, symmetric, per_group<20>>;
using bytes_in_super_blocks = scheme<codebook<bytes>, symmetric, per_group<32>,
                                     quantized_again<scheme<int6, symmetric, per_group<8>, stored_as<fp16>>>>;

}  // namespace integer_tables
