// SPDX-License-Identifier: MIT
// Halftone: the leaf in plain C++: no xsimd, no intrinsics. Loops over sixteen columns that compilers can vectorize.
#pragma once

#include <halftone/epilogue/stage.hpp>
#include <halftone/simd/arch.hpp>

#include <cstdint>
#include <cstring>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

template <>
struct native<portable> {
  static constexpr std::size_t look_up_entries = 16;
};

template <class Arch>
struct float_columns;
template <class Arch>
struct int_columns;

template <>
struct float_columns<portable> {
  float value[panel_columns];

  template <class Part>
  [[nodiscard]] HALFTONE_INLINE static float_columns each(Part make) noexcept {
    float_columns result;
    for (std::size_t j = 0; j < panel_columns; ++j) {
      result.value[j] = make(j);
    }
    return result;
  }
  [[nodiscard]] HALFTONE_INLINE static float_columns zero() noexcept { return broadcast(0.0f); }
  [[nodiscard]] HALFTONE_INLINE static float_columns broadcast(float x) noexcept {
    return each([&](std::size_t) { return x; });
  }
  [[nodiscard]] HALFTONE_INLINE static float_columns load(const float* values) noexcept {
    return each([&](std::size_t j) { return values[j]; });
  }
  [[nodiscard]] HALFTONE_INLINE static float_columns load(const float* values, std::size_t count) noexcept {
    return each([&](std::size_t j) { return j < count ? values[j] : 0.0f; });
  }
  HALFTONE_INLINE void store(float* values) const noexcept { store(values, panel_columns); }
  HALFTONE_INLINE void store(float* values, std::size_t count) const noexcept {
    for (std::size_t j = 0; j < count; ++j) {
      values[j] = value[j];
    }
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns operator+(const float_columns& a, const float_columns& b) noexcept {
    return each([&](std::size_t j) { return a.value[j] + b.value[j]; });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns operator-(const float_columns& a, const float_columns& b) noexcept {
    return each([&](std::size_t j) { return a.value[j] - b.value[j]; });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns operator/(const float_columns& a, const float_columns& b) noexcept {
    return each([&](std::size_t j) { return a.value[j] / b.value[j]; });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns fused(const float_columns& a, const float_columns& b,
                                                           const float_columns& c) noexcept {
    return each([&](std::size_t j) { return halftone::fused(a.value[j], b.value[j], c.value[j]); });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns product(const float_columns& a, const float_columns& b) noexcept {
    return each([&](std::size_t j) { return halftone::product(a.value[j], b.value[j]); });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns minimum(const float_columns& a, const float_columns& b) noexcept {
    return each([&](std::size_t j) { return halftone::minimum(a.value[j], b.value[j]); });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns maximum(const float_columns& a, const float_columns& b) noexcept {
    return each([&](std::size_t j) { return halftone::maximum(a.value[j], b.value[j]); });
  }
  /// The smallest and the largest column, none of them NaN; whether all are 0.
  [[nodiscard]] HALFTONE_INLINE float lowest() const noexcept {
    float low = value[0];
    for (std::size_t j = 1; j < panel_columns; ++j) {
      low = halftone::minimum(value[j], low);
    }
    return low;
  }
  [[nodiscard]] HALFTONE_INLINE float highest() const noexcept {
    float high = value[0];
    for (std::size_t j = 1; j < panel_columns; ++j) {
      high = halftone::maximum(value[j], high);
    }
    return high;
  }
  [[nodiscard]] HALFTONE_INLINE bool all_zero() const noexcept {
    bool zero = true;
    for (std::size_t j = 0; j < panel_columns; ++j) {
      zero = zero && value[j] == 0.0f;
    }
    return zero;
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns magnitude(const float_columns& a) noexcept {
    return each([&](std::size_t j) { return halftone::magnitude(a.value[j]); });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns zero_if_nan(const float_columns& a) noexcept {
    return each([&](std::size_t j) { return halftone::zero_if_nan(a.value[j]); });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns power_of_two(const float_columns& n) noexcept {
    return each([&](std::size_t j) { return halftone::power_of_two(n.value[j]); });
  }
};

template <>
struct int_columns<portable> {
  std::int32_t value[panel_columns];

  template <class Part>
  [[nodiscard]] HALFTONE_INLINE static int_columns each(Part make) noexcept {
    int_columns result;
    for (std::size_t j = 0; j < panel_columns; ++j) {
      result.value[j] = static_cast<std::int32_t>(make(j));
    }
    return result;
  }
  [[nodiscard]] HALFTONE_INLINE static int_columns broadcast(std::int32_t x) noexcept {
    return each([&](std::size_t) { return x; });
  }
  [[nodiscard]] HALFTONE_INLINE static int_columns load(const std::int32_t* values) noexcept {
    return each([&](std::size_t j) { return values[j]; });
  }
  HALFTONE_INLINE void store(std::int32_t* values) const noexcept {
    std::memcpy(values, value, sizeof value);
  }
  /// Modulo 2^32, like every integer step of the kernels.
  [[nodiscard]] HALFTONE_INLINE friend int_columns operator+(const int_columns& a, const int_columns& b) noexcept {
    return each([&](std::size_t j) { return bits(a, j) + bits(b, j); });
  }
  [[nodiscard]] HALFTONE_INLINE friend int_columns operator-(const int_columns& a, const int_columns& b) noexcept {
    return each([&](std::size_t j) { return bits(a, j) - bits(b, j); });
  }
  [[nodiscard]] HALFTONE_INLINE friend int_columns operator*(const int_columns& a, const int_columns& b) noexcept {
    return each([&](std::size_t j) { return bits(a, j) * bits(b, j); });
  }
  /// The bits of floats as integers.
  [[nodiscard]] HALFTONE_INLINE static int_columns bits_of(const float_columns<portable>& a) noexcept {
    return each([&](std::size_t j) { return std::bit_cast<std::int32_t>(a.value[j]); });
  }
  [[nodiscard]] HALFTONE_INLINE friend float_columns<portable> to_float(const int_columns& a) noexcept {
    return float_columns<portable>::each([&](std::size_t j) { return static_cast<float>(a.value[j]); });
  }

 private:
  [[nodiscard]] HALFTONE_INLINE static std::uint32_t bits(const int_columns& a, std::size_t j) noexcept {
    return static_cast<std::uint32_t>(a.value[j]);
  }
};

/// Sixty-four bytes of packed weights.
template <class Arch>
struct byte_line;

template <>
struct byte_line<portable> {
  std::uint8_t value[64];

  [[nodiscard]] HALFTONE_INLINE static byte_line load(const std::uint8_t* bytes) noexcept {
    byte_line result;
    std::memcpy(result.value, bytes, 64);
    return result;
  }
  HALFTONE_INLINE void store(std::uint8_t* bytes) const noexcept { std::memcpy(bytes, value, 64); }
  /// Makes the compiler forget what it knows of the line.
  HALFTONE_INLINE void opaque() noexcept {
    asm volatile("" : : "r"(value) : "memory");
  }
  /// Shifts to the right by Shift bits (to the left if negative) and keeps the bits of Mask in each byte.
  template <int Shift, unsigned Mask>
  [[nodiscard]] HALFTONE_INLINE byte_line shifted() const noexcept {
    byte_line result;
    for (std::size_t j = 0; j < 64; ++j) {
      const unsigned v = value[j];
      result.value[j] = static_cast<std::uint8_t>((Shift >= 0 ? v >> (Shift & 7) : v << (-Shift & 7)) & Mask);
    }
    return result;
  }
  /// table[byte] for each byte, all below Size, which is 16, 32 or 64. table: Size bytes.
  template <std::size_t Size>
  [[nodiscard]] HALFTONE_INLINE byte_line looked_up(const std::uint8_t* table) const noexcept {
    byte_line result;
    for (std::size_t j = 0; j < 64; ++j) {
      result.value[j] = table[value[j] & (Size - 1)];
    }
    return result;
  }
  [[nodiscard]] HALFTONE_INLINE friend byte_line operator|(const byte_line& a, const byte_line& b) noexcept {
    byte_line result;
    for (std::size_t j = 0; j < 64; ++j) {
      result.value[j] = static_cast<std::uint8_t>(a.value[j] | b.value[j]);
    }
    return result;
  }
  /// Byte K of every column, as a level: sign-extended or not.
  template <int K, bool Signed>
  [[nodiscard]] HALFTONE_INLINE int_columns<portable> levels() const noexcept {
    return int_columns<portable>::each([&](std::size_t j) -> std::int32_t {
      const std::uint8_t byte = value[4 * j + K];
      return Signed ? static_cast<std::int8_t>(byte) : static_cast<std::int32_t>(byte);
    });
  }
};

/// table[index] for a table of `Size` floats, Size a power of two up to 256.
template <std::size_t Size>
[[nodiscard]] HALFTONE_INLINE float_columns<portable> look_up(const float* table,
                                                              const int_columns<portable>& index) noexcept {
  return float_columns<portable>::each([&](std::size_t j) { return table[index.value[j]]; });
}

/// Sixteen bf16 numbers as floats.
template <class Arch>
[[nodiscard]] float_columns<Arch> widen_bf16(const std::uint8_t* values) noexcept;

template <>
[[nodiscard]] HALFTONE_INLINE float_columns<portable> widen_bf16<portable>(const std::uint8_t* values) noexcept {
  return float_columns<portable>::each([&](std::size_t j) {
    const std::uint32_t code = values[2 * j] | static_cast<std::uint32_t>(values[2 * j + 1]) << 8;
    return std::bit_cast<float>(code << 16);
  });
}

/// Stores sixteen levels, one a byte. They are in range: -128..127 if signed, 0..255 otherwise.
template <bool Signed>
HALFTONE_INLINE void store_levels(const int_columns<portable>& v, std::uint8_t* out) noexcept {
  for (std::size_t j = 0; j < panel_columns; ++j) {
    out[j] = static_cast<std::uint8_t>(v.value[j]);
  }
}

/// Sixteen bytes as levels: sign-extended or not.
template <class Arch, bool Signed>
[[nodiscard]] HALFTONE_INLINE int_columns<Arch> load_levels(const std::uint8_t* bytes) noexcept
  requires std::is_same_v<Arch, portable>
{
  return int_columns<portable>::each([&](std::size_t j) -> std::int32_t {
    return Signed ? static_cast<std::int8_t>(bytes[j]) : static_cast<std::int32_t>(bytes[j]);
  });
}

template <unsigned Bits>
struct dot<portable, Bits> {
  static constexpr activation_format format = activation_format::wide;
  static constexpr std::size_t quads_per_sum = any_number_of_quads;

  struct sum {
    std::int32_t value[panel_columns];
  };
  [[nodiscard]] HALFTONE_INLINE static sum zero() noexcept { return {}; }
  struct quad {
    std::int16_t value[4];
  };
  static constexpr std::size_t steps = 1;
  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static quad broadcast(const std::uint8_t* activations) noexcept {
    quad result;
    std::memcpy(result.value, activations, 8);
    return result;
  }
  /// A line as the products want it; shared by all rows of a tile.
  using weights = byte_line<portable>;
  template <std::size_t Step>
  [[nodiscard]] HALFTONE_INLINE static const weights& prepared(const byte_line<portable>& line) noexcept { return line; }
  HALFTONE_INLINE static void add(sum& s, const weights& w, const quad& a) noexcept {
    for (std::size_t j = 0; j < panel_columns; ++j) {
      const auto level = [&](std::size_t k) -> std::int32_t {
        const std::uint8_t byte = w.value[4 * j + k];
        return Bits == 8 ? static_cast<std::int8_t>(byte) : static_cast<std::int32_t>(byte);
      };
      const std::int32_t four = level(0) * a.value[0] + level(2) * a.value[1] + level(1) * a.value[2] +
                                level(3) * a.value[3];
      s.value[j] = static_cast<std::int32_t>(static_cast<std::uint32_t>(s.value[j]) + static_cast<std::uint32_t>(four));
    }
  }
  /// Makes the compiler forget what it knows of a quad (for measuring the roof).
  HALFTONE_INLINE static void opaque(quad& q) noexcept {
    asm volatile("" : : "r"(q.value) : "memory");
  }
  HALFTONE_INLINE static void pin(sum&) noexcept {}
  [[nodiscard]] HALFTONE_INLINE static int_columns<portable> widened(const sum& s) noexcept {
    int_columns<portable> result;
    std::memcpy(result.value, s.value, sizeof result.value);
    return result;
  }
};

/// Tiles: rows of activations times panels of 16 columns.
template <>
struct tile_shape<portable> {
  static constexpr std::size_t integer_rows = 2;
  static constexpr std::size_t unpacked_rows = 2;
  static constexpr std::size_t integer_panels = 1;
  static constexpr std::size_t row_panels = 1;
  static constexpr std::size_t float_rows = 2;
  static constexpr std::size_t float_panels = 1;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
