// SPDX-License-Identifier: MIT
// Halftone: elements whose codes index a table, fixed at compile time or learned at run time.
#pragma once

#include <halftone/element/element.hpp>

#include <array>

namespace halftone::inline v0_1 {

/// Which entry a value exactly between two entries takes.
enum class table_tie { lower, upper };

namespace detail {

/// Index of the entry nearest to x in an ascending table: the number of midpoints below x (or at it, for upper ties).
/// A midpoint is the float nearest to the mean of its neighbours. NaN gives the entry nearest to zero.
template <std::size_t Size>
[[nodiscard]] HALFTONE_INLINE constexpr std::uint32_t nearest_entry(const std::array<float, Size>& table, float x,
                                                    table_tie tie) noexcept {
  if (x != x) {
    x = 0.0f;
  }
  std::uint32_t index = 0;
  for (std::size_t i = 0; i + 1 < Size; ++i) {
    const float middle = static_cast<float>((static_cast<double>(table[i]) + static_cast<double>(table[i + 1])) * 0.5);
    index += (tie == table_tie::upper ? x >= middle : x > middle) ? 1u : 0u;
  }
  return index;
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
  static constexpr table_tie tie = [] {
    if constexpr (requires { Table::tie; }) {
      return Table::tie;
    } else {
      return table_tie::lower;
    }
  }();

  [[nodiscard]] static std::string name() { return detail::message("codebook<", Table::name(), ">"); }
  [[nodiscard]] static constexpr float largest() noexcept { return detail::largest_magnitude(entries); }
  [[nodiscard]] HALFTONE_INLINE static constexpr float decode(std::uint32_t code) noexcept {
    return entries[code < size ? code : size - 1];
  }
  [[nodiscard]] HALFTONE_INLINE static constexpr std::uint32_t encode(float x) noexcept {
    return detail::nearest_entry(entries, x, tie);
  }
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
    return detail::nearest_entry(entries, x, table_tie::lower);
  }
  template <class Visitor>
  void for_each_plane(Visitor&& visit) {
    visit("table", std::span<float>(entries));
  }
};

static_assert(table_element<runtime_codebook<4>>);

}  // namespace halftone::inline v0_1
