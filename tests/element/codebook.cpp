// SPDX-License-Identifier: MIT
// Halftone tests: table elements choose the nearest entry, on both sides of every midpoint.
#include <halftone/core/random.hpp>
#include <halftone/element/codebook.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace {

struct normal_table {  // uneven, like nf4
  static constexpr std::array<float, 16> entries{-1.0f,  -0.6961928f, -0.52507305f, -0.3949175f, -0.28444138f, -0.18477343f,
                                                 -0.09105004f, 0.0f, 0.0795803f, 0.1609302f, 0.2461123f, 0.33791524f,
                                                 0.44070983f, 0.562617f, 0.72295684f, 1.0f};
  static std::string name() { return "normal"; }
};
struct eleven {  // no power of two, all positive, upper ties
  static constexpr std::array<float, 11> entries{1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48};
  static constexpr halftone::table_tie tie = halftone::table_tie::upper;
  static std::string name() { return "eleven"; }
};
struct two {
  static constexpr std::array<float, 2> entries{-3.0f, 0x1.fffffep127f};
  static std::string name() { return "two"; }
};

/// Nearest by distance in long double; at the float midpoint of two neighbours the tie rule decides.
template <std::size_t Size>
std::uint32_t nearest_by_distance(const std::array<float, Size>& table, float x, halftone::table_tie tie) {
  if (std::isnan(x)) {
    x = 0.0f;
  }
  for (std::size_t i = 0; i + 1 < Size; ++i) {
    const auto middle = static_cast<float>((static_cast<long double>(table[i]) + static_cast<long double>(table[i + 1])) / 2);
    if (x == middle) {
      return static_cast<std::uint32_t>(tie == halftone::table_tie::upper ? i + 1 : i);
    }
  }
  x = std::min(std::max(x, table.front()), table.back());  // so that distances of far values do not round to the same
  std::size_t best = 0;
  for (std::size_t i = 1; i < Size; ++i) {
    if (std::abs(static_cast<long double>(x) - static_cast<long double>(table[i])) <
        std::abs(static_cast<long double>(x) - static_cast<long double>(table[best]))) {
      best = i;
    }
  }
  return static_cast<std::uint32_t>(best);
}

template <class Element>
std::size_t wrong_codes(const Element& element, halftone::table_tie tie) {
  const auto& table = element.entries;
  std::size_t wrong = 0;
  const auto check = [&](float x) { wrong += element.encode(x) != nearest_by_distance(table, x, tie) ? 1u : 0u; };
  for (std::size_t i = 0; i < table.size(); ++i) {
    const float next = table[i + 1 < table.size() ? i + 1 : i];
    const auto middle = static_cast<float>((static_cast<double>(table[i]) + static_cast<double>(next)) / 2);
    for (const float x : {table[i], middle}) {
      check(x);
      check(std::nextafter(x, -1e30f));
      check(std::nextafter(x, 1e30f));
    }
  }
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    check((halftone::random_unit(1, i) * 2.5f - 1.25f) * element.largest());
    check(std::bit_cast<float>(static_cast<std::uint32_t>(halftone::random_bits(2, i))));
  }
  for (const float x : {0.0f, -0.0f, std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                        std::numeric_limits<float>::max(), std::numeric_limits<float>::lowest(),
                        std::numeric_limits<float>::quiet_NaN()}) {
    check(x);
  }
  return wrong;
}

template <std::size_t Size, halftone::table_tie Tie>
struct uneven {  // more entries than are compared one by one
  static constexpr std::array<float, Size> entries = [] {
    std::array<float, Size> table{};
    float value = -3.0f;
    for (std::size_t i = 0; i < Size; ++i) {
      table[i] = value;
      value += 0.001f + 0.1f * static_cast<float>(i * 7 % 11);
    }
    return table;
  }();
  static constexpr halftone::table_tie tie = Tie;
  static std::string name() { return "uneven"; }
};
struct shuffled {  // twice zero, twice 2; neither ascending nor a power of two
  static constexpr std::array<float, 7> values{2.0f, 0.0f, -1.0f, 0.5f, -0.0f, 2.0f, -8.0f};
  static std::string name() { return "shuffled"; }
};
struct shuffled_many {
  static constexpr std::array<float, 40> values = [] {
    std::array<float, 40> table{};
    for (std::size_t i = 0; i < 40; ++i) {
      table[i] = static_cast<float>(i * 17 % 40) - 9.5f;
    }
    return table;
  }();
  static constexpr halftone::table_tie tie = halftone::table_tie::upper;
  static std::string name() { return "shuffled_many"; }
};

}  // namespace

TEST_CASE("tables of more than 16 entries, powers of two or not, are halved to the same result") {
  using halftone::codebook;
  using halftone::table_tie;
  CHECK(wrong_codes(codebook<uneven<16, table_tie::lower>>{}, table_tie::lower) == 0);
  CHECK(wrong_codes(codebook<uneven<17, table_tie::lower>>{}, table_tie::lower) == 0);
  CHECK(wrong_codes(codebook<uneven<31, table_tie::upper>>{}, table_tie::upper) == 0);
  CHECK(wrong_codes(codebook<uneven<32, table_tie::upper>>{}, table_tie::upper) == 0);
  CHECK(wrong_codes(codebook<uneven<33, table_tie::lower>>{}, table_tie::lower) == 0);
  CHECK(wrong_codes(codebook<uneven<255, table_tie::upper>>{}, table_tie::upper) == 0);
  CHECK(wrong_codes(codebook<uneven<256, table_tie::lower>>{}, table_tie::lower) == 0);
  static_assert(codebook<uneven<100, table_tie::lower>>::encode(1e9f) == 99);
}

TEST_CASE("an unordered table takes the nearest value, and the smallest code of equal ones") {
  using few = halftone::unordered_codebook<shuffled>;
  CHECK(few::bits == 3);
  CHECK(few::largest() == 8.0f);
  CHECK(few::name() == "unordered_codebook<shuffled>");
  CHECK(few::encode(2.5f) == 0);
  CHECK(few::encode(0.25f) == 1);  // a tie, to the lower value
  CHECK(few::encode(0.26f) == 3);
  CHECK(few::encode(-0.0f) == 1);
  CHECK(few::encode(std::numeric_limits<float>::quiet_NaN()) == 1);
  CHECK(few::encode(-std::numeric_limits<float>::infinity()) == 6);
  CHECK(few::decode(7) == -8.0f);  // codes past the end decode to the last
  using many = halftone::unordered_codebook<shuffled_many>;
  for (std::uint32_t code = 0; code < 40; ++code) {
    CHECK(many::encode(many::decode(code)) == code);
    CHECK(many::encode(many::decode(code) - 0.5f) == code);  // ties to the upper value
    CHECK(many::encode(static_cast<double>(many::decode(code)) - 0.5) == code);
  }
}

TEST_CASE("a codebook takes the nearest entry everywhere") {
  CHECK(wrong_codes(halftone::codebook<normal_table>{}, halftone::table_tie::lower) == 0);
  CHECK(wrong_codes(halftone::codebook<eleven>{}, halftone::table_tie::upper) == 0);
  CHECK(wrong_codes(halftone::codebook<two>{}, halftone::table_tie::lower) == 0);
}

TEST_CASE("a run-time table takes the nearest entry everywhere") {
  for (std::uint64_t seed = 0; seed < 5; ++seed) {
    halftone::runtime_codebook<3> element;
    float value = -2.0f;
    for (std::size_t i = 0; i < element.entries.size(); ++i) {
      value += 0.01f + halftone::random_unit(seed + 50, i);
      element.entries[i] = value;
    }
    CHECK(wrong_codes(element, halftone::table_tie::lower) == 0);
  }
  halftone::runtime_codebook<7> many;
  for (std::size_t i = 0; i < many.entries.size(); ++i) {
    many.entries[i] = static_cast<float>(i * i) - 1000.0f;
  }
  CHECK(wrong_codes(many, halftone::table_tie::lower) == 0);
}

TEST_CASE("ties go where the table says") {
  const halftone::runtime_codebook<1> lower{{0.0f, 1.0f}};
  CHECK(lower.encode(0.5f) == 0);
  CHECK(halftone::codebook<eleven>::encode(5.0f) == 4);
  CHECK(halftone::codebook<two>::tie == halftone::table_tie::lower);
}

TEST_CASE("every entry comes back from its own value; codes past the end decode to the last") {
  using element = halftone::codebook<eleven>;
  for (std::uint32_t code = 0; code < 11; ++code) {
    CHECK(element::decode(code) == eleven::entries[code]);
    CHECK(element::encode(element::decode(code)) == code);
  }
  for (std::uint32_t code = 11; code < 16; ++code) {
    CHECK(element::decode(code) == 48.0f);
  }
}

TEST_CASE("width and largest level follow the table") {
  CHECK(halftone::codebook<normal_table>::bits == 4);
  CHECK(halftone::codebook<eleven>::bits == 4);
  CHECK(halftone::codebook<two>::bits == 1);
  CHECK(halftone::codebook<normal_table>::largest() == 1.0f);
  CHECK(halftone::codebook<eleven>::largest() == 48.0f);
  CHECK(halftone::runtime_codebook<2>{{-9.0f, 0.0f, 1.0f, 2.0f}}.largest() == 9.0f);
  CHECK(halftone::codebook<eleven>::name() == "codebook<eleven>");
  CHECK(halftone::runtime_codebook<5>::name() == "runtime_codebook<5>");
}

TEST_CASE("a run-time table shows its entries as a plane") {
  halftone::runtime_codebook<2> element{{1, 2, 3, 4}};
  std::string seen;
  element.for_each_plane([&](const std::string& name, std::span<float> values) {
    seen = name;
    CHECK(values.size() == 4);
    values[3] = 7.0f;
  });
  CHECK(seen == "table");
  CHECK(element.decode(3) == 7.0f);
  CHECK(element.decode(7) == 7.0f);  // higher bits are ignored
}
