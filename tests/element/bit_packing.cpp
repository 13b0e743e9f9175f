// SPDX-License-Identifier: MIT
// Halftone tests: the canonical bit stream against a bit-by-bit oracle, every width, nothing outside touched.
#include <halftone/core/random.hpp>
#include <halftone/element/bit_packing.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace {

constexpr std::uint8_t guard = 0xa5;
constexpr std::size_t margin = 16;

/// Bit b of code i goes to bit (i * bits + b) & 7 of byte (i * bits + b) >> 3.
std::vector<std::uint8_t> packed_bit_by_bit(const std::vector<std::uint8_t>& codes, unsigned bits) {
  std::vector<std::uint8_t> row((codes.size() * bits + 7) / 8, 0);
  for (std::size_t i = 0; i < codes.size(); ++i) {
    for (unsigned b = 0; b < bits; ++b) {
      const std::size_t bit = i * bits + b;
      if (((codes[i] >> b) & 1) != 0) {
        row[bit / 8] = static_cast<std::uint8_t>(row[bit / 8] | 1u << (bit % 8));
      }
    }
  }
  return row;
}

std::vector<std::uint8_t> random_bytes(std::size_t count, std::uint64_t seed) {
  std::vector<std::uint8_t> bytes(count);
  for (std::size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<std::uint8_t>(halftone::random_bits(seed, i));
  }
  return bytes;
}

bool margins_untouched(const std::vector<std::uint8_t>& bytes, std::size_t begin, std::size_t size) {
  return std::all_of(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(begin),
                     [](std::uint8_t b) { return b == guard; }) &&
         std::all_of(bytes.begin() + static_cast<std::ptrdiff_t>(begin + size), bytes.end(),
                     [](std::uint8_t b) { return b == guard; });
}

/// Counts (length, offset) pairs at which packing or unpacking differs from the oracle.
template <unsigned Bits>
std::size_t wrong_lengths() {
  std::size_t wrong = 0;
  for (std::size_t count = 0; count <= 70; ++count) {
    const std::vector<std::uint8_t> codes = random_bytes(count, 100 * Bits + count);  // with stray high bits
    const std::vector<std::uint8_t> expected = packed_bit_by_bit(codes, Bits);
    for (const std::size_t offset : {std::size_t{0}, std::size_t{1}, std::size_t{3}}) {
      const std::size_t at = margin + offset;
      std::vector<std::uint8_t> row(2 * margin + expected.size() + offset, guard);
      halftone::pack_codes<Bits>(codes.data(), count, row.data() + at);
      const bool packed = std::equal(expected.begin(), expected.end(), row.begin() + static_cast<std::ptrdiff_t>(at)) &&
                          margins_untouched(row, at, expected.size());

      std::vector<std::uint8_t> back(2 * margin + count + offset, guard);
      halftone::unpack_codes<Bits>(expected.data(), count, back.data() + at);
      bool unpacked = margins_untouched(back, at, count);
      for (std::size_t i = 0; i < count; ++i) {
        unpacked = unpacked && back[at + i] == (codes[i] & ((1u << Bits) - 1)) &&
                   halftone::read_code<Bits>(expected.data(), i) == back[at + i];
      }
      wrong += packed && unpacked ? 0u : 1u;
    }
  }
  return wrong;
}

/// Writes every code at every place of an otherwise zero row, one at a time.
template <unsigned Bits>
std::size_t wrong_single_codes() {
  std::size_t wrong = 0;
  constexpr std::uint32_t codes = Bits <= 8 ? 1u << Bits : 1000u;
  for (std::size_t place = 0; place < 17; ++place) {
    for (std::uint32_t c = 0; c < codes; ++c) {
      const std::uint32_t code =
          Bits <= 8 ? c : static_cast<std::uint32_t>(halftone::random_bits(9, c)) >> (32 - std::min(Bits, 32u));
      std::vector<std::uint8_t> row((17 * Bits + 7) / 8, 0);
      halftone::write_code<Bits>(row.data(), place, code);
      for (std::size_t i = 0; i < 17; ++i) {
        wrong += halftone::read_code<Bits>(row.data(), i) != (i == place ? code : 0u) ? 1u : 0u;
      }
    }
  }
  return wrong;
}

}  // namespace

TEST_CASE("rows of 0 to 70 codes of 1 to 8 bits equal the bit-by-bit oracle and touch nothing else") {
  CHECK(wrong_lengths<1>() == 0);
  CHECK(wrong_lengths<2>() == 0);
  CHECK(wrong_lengths<3>() == 0);
  CHECK(wrong_lengths<4>() == 0);
  CHECK(wrong_lengths<5>() == 0);
  CHECK(wrong_lengths<6>() == 0);
  CHECK(wrong_lengths<7>() == 0);
  CHECK(wrong_lengths<8>() == 0);
}

TEST_CASE("a single code of any width lands at its place and nowhere else") {
  CHECK(wrong_single_codes<1>() == 0);
  CHECK(wrong_single_codes<2>() == 0);
  CHECK(wrong_single_codes<3>() == 0);
  CHECK(wrong_single_codes<4>() == 0);
  CHECK(wrong_single_codes<5>() == 0);
  CHECK(wrong_single_codes<6>() == 0);
  CHECK(wrong_single_codes<7>() == 0);
  CHECK(wrong_single_codes<8>() == 0);
  CHECK(wrong_single_codes<16>() == 0);
  CHECK(wrong_single_codes<32>() == 0);
}

TEST_CASE("write_code ignores bits above its width") {
  std::uint8_t row[2] = {0, 0};
  halftone::write_code<3>(row, 1, 0xfffffffau);
  CHECK(row[0] == 0x10);
  CHECK(row[1] == 0);
}

TEST_CASE("the stream is little-endian and starts at the least significant bit") {
  const std::uint8_t codes[] = {1, 2, 3, 4, 5, 6, 7, 0, 1};
  std::uint8_t row[4] = {0xff, 0xff, 0xff, 0xff};
  halftone::pack_codes<3>(codes, 9, row);
  CHECK(row[0] == 0xd1);  // 11'010'001
  CHECK(row[1] == 0x58);  // 0'101'100'0
  CHECK(row[2] == 0x1f);  // 000'111'11 (6 = 110 has its low bit in byte 1)
  CHECK(row[3] == 0x01);  // unused bits are zero
  const std::uint8_t nibbles[] = {0xa, 0x5};
  halftone::pack_codes<4>(nibbles, 2, row);
  CHECK(row[0] == 0x5a);
}
