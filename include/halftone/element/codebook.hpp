// SPDX-License-Identifier: MIT
// Halftone: elements whose codes index a table, fixed at compile time or learned at run time.
#pragma once

#include <halftone/element/element.hpp>

#include <array>
#include <bit>
#include <limits>
#include <utility>

namespace halftone::inline v0_1 {

/// Which entry a value exactly between two entries takes.
enum class table_tie { lower, upper };

namespace detail {

/// The float nearest to the mean of two neighbours.
[[nodiscard]] HALFTONE_INLINE constexpr float middle_of(float lower, float upper) noexcept {
  return static_cast<float>((static_cast<double>(lower) + static_cast<double>(upper)) * 0.5);
}

/// Whether x belongs to the upper of the two neighbours around a midpoint.
template <class Float>
[[nodiscard]] HALFTONE_INLINE constexpr std::uint32_t is_upper(Float x, float middle, table_tie tie) noexcept {
  const auto m = static_cast<Float>(middle);
  return tie == table_tie::upper ? static_cast<std::uint32_t>(x >= m) : static_cast<std::uint32_t>(x > m);
}

/// Index of the entry nearest to x among Size ascending ones: the number of midpoints below x (or at it, for upper ties).
/// NaN gives the entry nearest to zero. Up to 16 entries are compared one by one, so that loops are computed in lanes; more
/// are halved. No branches.
/// @param middle  middle(i) is the midpoint of the entries i and i + 1; NaN after the last, up to a power of two
template <std::size_t Size, class Float, class Middle>
[[nodiscard]] HALFTONE_INLINE constexpr std::uint32_t nearest_entry(Float x, table_tie tie, const Middle& middle) noexcept {
  x = chosen(x == x, x, Float{0});
  std::uint32_t index = 0;
  if constexpr (Size <= 16) {
    [&]<std::uint32_t... I>(std::integer_sequence<std::uint32_t, I...>) HALFTONE_INLINE_LAMBDA {
      ((index += is_upper(x, middle(I), tie)), ...);
    }(std::make_integer_sequence<std::uint32_t, Size - 1>{});
  } else {
    constexpr std::uint32_t half = std::bit_ceil(static_cast<std::uint32_t>(Size)) / 2;
    [&]<std::uint32_t... I>(std::integer_sequence<std::uint32_t, I...>) HALFTONE_INLINE_LAMBDA {
      ((index += (half >> I) * is_upper(x, middle(index + (half >> I) - 1), tie)), ...);
    }(std::make_integer_sequence<std::uint32_t, std::bit_width(half)>{});
  }
  return index;
}

/// The midpoints of a table, for `nearest_entry`: nothing is above NaN.
template <std::size_t Size>
[[nodiscard]] constexpr auto midpoints_of(const std::array<float, Size>& table) noexcept {
  std::array<float, std::bit_ceil(Size)> middle{};
  for (std::size_t i = 0; i < middle.size(); ++i) {
    middle[i] = i + 1 < Size ? middle_of(table[i], table[i + 1]) : std::numeric_limits<float>::quiet_NaN();
  }
  return middle;
}

template <std::size_t Size>
[[nodiscard]] HALFTONE_INLINE constexpr float largest_magnitude(const std::array<float, Size>& table) noexcept {
  float largest = 0.0f;
  for (const float entry : table) {
    largest = maximum(magnitude(entry), largest);
  }
  return largest;
}

template <std::size_t Size>
[[nodiscard]] constexpr unsigned bits_of_table() noexcept {
  unsigned bits = 1;
  while ((std::size_t{1} << bits) < Size) {
    ++bits;
  }
  return bits;
}

/// The rule that a table names, or the default.
template <class Table>
[[nodiscard]] consteval table_tie tie_of() noexcept {
  if constexpr (requires { Table::tie; }) {
    return Table::tie;
  } else {
    return table_tie::lower;
  }
}

}  // namespace detail

/// A fixed table. `Table` has
///   static constexpr std::array<float, N> entries   ascending, 2 <= N <= 256
///   static std::string name()
///   static constexpr table_tie tie                  optional; lower if absent
/// Codes index the table; encode takes the nearest entry.
template <class Table>
struct codebook {
  static constexpr const auto& entries = Table::entries;
  static constexpr std::size_t size = entries.size();
  static_assert(size >= 2 && size <= 256, "codebook: a table has 2 to 256 entries");
  static_assert(
      [] {
        for (std::size_t i = 0; i + 1 < size; ++i) {
          if (!(Table::entries[i] < Table::entries[i + 1])) {
            return false;
          }
        }
        return true;
      }(),
      "codebook: entries must ascend");

  static constexpr unsigned bits = detail::bits_of_table<size>();
  static constexpr std::size_t dimension = 1;
  static constexpr table_tie tie = detail::tie_of<Table>();

  [[nodiscard]] static std::string name() { return detail::message("codebook<", Table::name(), ">"); }
  [[nodiscard]] static constexpr float largest() noexcept { return detail::largest_magnitude(entries); }
  [[nodiscard]] HALFTONE_INLINE static constexpr float decode(std::uint32_t code) noexcept {
    return entries[code < size ? code : size - 1];
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(float x) noexcept { return nearest(x); }
  /// The same from double: compared with the same midpoints, without rounding x first.
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(double x) noexcept { return nearest(x); }

 private:
  static constexpr auto midpoints = detail::midpoints_of(entries);
  template <class Float>
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t nearest(Float x) noexcept {
    return detail::nearest_entry<size>(x, tie, [](std::uint32_t i) HALFTONE_INLINE_LAMBDA { return midpoints[i]; });
  }
};

/// A fixed table in the order of its codes, whatever that is; values may occur twice. `Table` has
///   static constexpr std::array<float, N> values    values[code], 2 <= N <= 256, none of them NaN
///   static std::string name()
///   static constexpr table_tie tie                  optional; lower if absent
/// encode takes the nearest value, and of equal ones the smallest code.
template <class Table>
struct unordered_codebook {
  static constexpr const auto& values = Table::values;
  static constexpr std::size_t size = values.size();
  static_assert(size >= 2 && size <= 256, "unordered_codebook: a table has 2 to 256 values");

  static constexpr unsigned bits = detail::bits_of_table<size>();
  static constexpr std::size_t dimension = 1;

  [[nodiscard]] static std::string name() { return detail::message("unordered_codebook<", Table::name(), ">"); }
  [[nodiscard]] static constexpr float largest() noexcept { return detail::largest_magnitude(values); }
  [[nodiscard]] HALFTONE_INLINE static constexpr float decode(std::uint32_t code) noexcept {
    return values[code < size ? code : size - 1];
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(float x) noexcept { return code_of(ascending::encode(x)); }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(double x) noexcept { return code_of(ascending::encode(x)); }

 private:
  static constexpr std::size_t distinct = [] {
    std::size_t count = 0;
    for (std::size_t i = 0; i < size; ++i) {
      bool is_new = true;
      for (std::size_t j = 0; j < i; ++j) {
        is_new = is_new && values[i] != values[j];
      }
      count += is_new ? 1 : 0;
    }
    return count;
  }();
  /// Codes of the distinct values, ascending by value.
  static constexpr std::array<std::uint8_t, distinct> codes = [] {
    std::array<std::uint8_t, distinct> sorted{};
    for (std::size_t i = 0; i < distinct; ++i) {
      std::size_t best = size;
      for (std::size_t code = 0; code < size; ++code) {
        const bool is_next = i == 0 || values[code] > values[sorted[i - 1]];
        if (is_next && (best == size || values[code] < values[best])) {
          best = code;
        }
      }
      sorted[i] = static_cast<std::uint8_t>(best);
    }
    return sorted;
  }();
  /// Without a table, which a loop could not look up in lanes, where there are few entries.
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t code_of(std::uint32_t index) noexcept {
    if constexpr (distinct <= 16 && bits <= 4) {
      constexpr std::array<std::uint32_t, 2> eight = [] {
        std::array<std::uint32_t, 2> packed{};
        for (std::size_t i = 0; i < distinct; ++i) {
          packed[i / 8] |= static_cast<std::uint32_t>(codes[i]) << (4 * (i % 8));
        }
        return packed;
      }();
      return chosen(index < 8, eight[0], eight[1]) >> (4 * (index & 7u)) & 15u;
    } else {
      return codes[index];
    }
  }
  struct sorted_table {
    static constexpr std::array<float, distinct> entries = [] {
      std::array<float, distinct> sorted{};
      for (std::size_t i = 0; i < distinct; ++i) {
        sorted[i] = values[codes[i]];
      }
      return sorted;
    }();
    static constexpr table_tie tie = detail::tie_of<Table>();
    static std::string name() { return Table::name(); }
  };
  using ascending = codebook<sorted_table>;
};

/// A table that is known at run time only: one for the whole matrix, kept in the scheme's value and saved with it.
template <unsigned Bits>
  requires(Bits >= 1 && Bits <= 8)
struct runtime_codebook {
  static constexpr unsigned bits = Bits;
  static constexpr std::size_t dimension = 1;
  static constexpr std::size_t size = std::size_t{1} << Bits;

  std::array<float, size> entries{};  ///< ascending

  [[nodiscard]] static std::string name() { return detail::message("runtime_codebook<", Bits, ">"); }
  [[nodiscard]] float largest() const noexcept { return detail::largest_magnitude(entries); }
  [[nodiscard]] float decode(std::uint32_t code) const noexcept { return entries[code & (size - 1)]; }
  [[nodiscard]] std::uint32_t encode(float x) const noexcept {
    return detail::nearest_entry<size>(x, table_tie::lower, [this](std::uint32_t i) HALFTONE_INLINE_LAMBDA {
      return detail::middle_of(entries[i], entries[i + 1]);
    });
  }
  template <class Visitor>
  void for_each_plane(Visitor&& visit) {
    visit("table", std::span<float>(entries));
  }
};

static_assert(table_element<runtime_codebook<4>>);

}  // namespace halftone::inline v0_1
