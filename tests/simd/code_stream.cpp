// SPDX-License-Identifier: MIT
// Codes of a canonical row, sixteen at a time, against the bits that `read_code` and `write_code` define.
#include <halftone/core/random.hpp>
#include <halftone/simd/code_stream.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

namespace {

/// Bytes of a row whose codes are written one by one.
template <unsigned Bits>
std::vector<std::uint8_t> row_of(const std::vector<std::uint8_t>& codes) {
  std::vector<std::uint8_t> row(ceil_div(codes.size() * Bits, 8));
  for (std::size_t i = 0; i < codes.size(); ++i) {
    write_code<Bits>(row.data(), i, codes[i] & ((1u << Bits) - 1));
  }
  return row;
}

std::vector<std::uint8_t> some_bytes(std::size_t count, std::uint64_t seed) {
  std::vector<std::uint8_t> bytes(count);
  for (std::size_t i = 0; i < count; ++i) {
    bytes[i] = static_cast<std::uint8_t>(random_bits(seed, i));
  }
  return bytes;
}

template <unsigned Bits>
void check_bytes_to_codes() {
  for (std::size_t count = 0; count <= 70; ++count) {
    const std::vector<std::uint8_t> codes = some_bytes(count, 10 * count + Bits);  // the bits above a code are noise
    const std::vector<std::uint8_t> expected = row_of<Bits>(codes);
    std::vector<std::uint8_t> row(expected.size(), 0xee);  // as large as the row: sanitizers see any write past it
    pack_code_run<default_arch, Bits>(codes.data(), count, row.data());
    CHECK(row == expected);
  }
}

template <unsigned Bits, bool Signed>
void check_levels() {
  constexpr std::int32_t lowest = Signed ? -(1 << (Bits - 1)) : 0;
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const std::vector<std::uint8_t> codes = some_bytes(16, 100 * seed + Bits);
    const std::vector<std::uint8_t> row = row_of<Bits>(codes);
    alignas(64) std::int32_t levels[16];
    load_code_levels<default_arch, Bits, Signed>(row.data()).store(levels);
    for (std::size_t i = 0; i < 16; ++i) {
      const std::uint32_t code = codes[i] & ((1u << Bits) - 1);
      CHECK(static_cast<std::uint32_t>(levels[i] - lowest) < (1u << Bits));
      CHECK((static_cast<std::uint32_t>(levels[i]) & ((1u << Bits) - 1)) == code);
    }
    std::vector<std::uint8_t> back(row.size(), 0xee);
    store_code_levels<Bits, Signed>(int_columns<default_arch>::load(levels), back.data());
    CHECK(back == row);
  }
}

}  // namespace

TEST_CASE_TEMPLATE("codes of every width", Bits, std::integral_constant<unsigned, 1>, std::integral_constant<unsigned, 2>,
                   std::integral_constant<unsigned, 3>, std::integral_constant<unsigned, 4>,
                   std::integral_constant<unsigned, 5>, std::integral_constant<unsigned, 6>,
                   std::integral_constant<unsigned, 7>, std::integral_constant<unsigned, 8>) {
  SUBCASE("bytes become codes; nothing past the row is written") { check_bytes_to_codes<Bits::value>(); }
  SUBCASE("unsigned levels come out and go back") { check_levels<Bits::value, false>(); }
  if constexpr (Bits::value > 1) {
    SUBCASE("signed levels come out and go back") { check_levels<Bits::value, true>(); }
  }
}
