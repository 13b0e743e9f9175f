// SPDX-License-Identifier: MIT
// SHA-256 (FIPS 180-4) of bytes, as hexadecimal text; plain and short, for golden hashes only.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace golden {

/// First 32 bits of the fractional part of the cube (or square) root of a prime, in integer arithmetic.
inline std::uint32_t root_fraction(std::uint64_t prime, bool cube) {
  std::uint64_t low = 0;
  std::uint64_t high = std::uint64_t{1} << 36;  // root * 2^32
  while (low + 1 < high) {
    const std::uint64_t middle = (low + high) / 2;
    const auto m = static_cast<long double>(middle) / 4294967296.0L;
    const bool below = cube ? m * m * m <= static_cast<long double>(prime) : m * m <= static_cast<long double>(prime);
    (below ? low : high) = middle;
  }
  return static_cast<std::uint32_t>(low);
}

struct sha256_constants {
  std::array<std::uint32_t, 64> k{};
  std::array<std::uint32_t, 8> start{};
  sha256_constants() {
    std::size_t found = 0;
    for (std::uint64_t n = 2; found < 64; ++n) {
      bool prime = true;
      for (std::uint64_t d = 2; d * d <= n; ++d) {
        prime = prime && n % d != 0;
      }
      if (prime) {
        k[found] = root_fraction(n, true);
        if (found < 8) {
          start[found] = root_fraction(n, false);
        }
        ++found;
      }
    }
  }
};

inline std::string sha256(std::span<const std::uint8_t> message) {
  static const sha256_constants constants;
  std::vector<std::uint8_t> bytes(message.begin(), message.end());
  bytes.push_back(0x80);
  while (bytes.size() % 64 != 56) {
    bytes.push_back(0);
  }
  const std::uint64_t bits = 8 * static_cast<std::uint64_t>(message.size());
  for (int i = 7; i >= 0; --i) {
    bytes.push_back(static_cast<std::uint8_t>(bits >> (8 * i)));
  }
  std::array<std::uint32_t, 8> h = constants.start;
  for (std::size_t block = 0; block < bytes.size(); block += 64) {
    std::array<std::uint32_t, 64> w{};
    for (std::size_t i = 0; i < 64; ++i) {
      if (i < 16) {
        const std::uint8_t* b = bytes.data() + block + 4 * i;
        w[i] = std::uint32_t{b[0]} << 24 | std::uint32_t{b[1]} << 16 | std::uint32_t{b[2]} << 8 | b[3];
      } else {
        const std::uint32_t s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
        const std::uint32_t s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
        w[i] = w[i - 16] + s0 + w[i - 7] + s1;
      }
    }
    std::array<std::uint32_t, 8> v = h;
    for (std::size_t i = 0; i < 64; ++i) {
      const std::uint32_t s1 = std::rotr(v[4], 6) ^ std::rotr(v[4], 11) ^ std::rotr(v[4], 25);
      const std::uint32_t t1 = v[7] + s1 + ((v[4] & v[5]) ^ (~v[4] & v[6])) + constants.k[i] + w[i];
      const std::uint32_t s0 = std::rotr(v[0], 2) ^ std::rotr(v[0], 13) ^ std::rotr(v[0], 22);
      const std::uint32_t t2 = s0 + ((v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]));
      v = {t1 + t2, v[0], v[1], v[2], v[3] + t1, v[4], v[5], v[6]};
    }
    for (std::size_t i = 0; i < 8; ++i) {
      h[i] += v[i];
    }
  }
  std::string text;
  for (const std::uint32_t word : h) {
    for (int shift = 28; shift >= 0; shift -= 4) {
      text += "0123456789abcdef"[word >> shift & 15];
    }
  }
  return text;
}

}  // namespace golden
