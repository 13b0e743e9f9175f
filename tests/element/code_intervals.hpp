// SPDX-License-Identifier: MIT
// The codes of all 2^32 floats as a list of intervals: what an element should do, from the values of its codes in double.
#pragma once

#include <halftone/core/random.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

namespace code_intervals {

/// Floats in ascending order as integers: negative NaN, -infinity, ..., -0, +0, ..., infinity, NaN.
inline std::uint32_t key_of(float x) {
  const auto bits = std::bit_cast<std::uint32_t>(x);
  return (bits >> 31) != 0 ? ~bits : bits | 0x80000000u;
}
inline float float_of(std::uint32_t key) {
  return std::bit_cast<float>((key >> 31) != 0 ? key & 0x7fffffffu : ~key);
}
inline const float infinity = std::numeric_limits<float>::infinity();

/// The first key whose float is above a number, or at least the number. Zero is one number with two keys.
inline std::uint32_t key_above(double number) {
  std::uint32_t low = key_of(-infinity);
  std::uint32_t high = key_of(infinity);
  while (low < high) {  // the float of `high` is above
    const std::uint32_t middle = low + (high - low) / 2;
    if (static_cast<double>(float_of(middle)) > number) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}
inline std::uint32_t key_from(double number) {
  return key_above(std::nextafter(number, -std::numeric_limits<double>::infinity()));
}

/// All floats from `first` to the next interval have this code.
struct interval {
  std::uint32_t first;
  std::uint32_t code;
};
using intervals = std::vector<interval>;

/// A number and its code.
struct number {
  double value;
  std::uint32_t code;
};

/// Nearest of ascending numbers by their midpoints, which are floats; all ties go up, or down.
inline intervals nearest(const std::vector<number>& numbers, bool ties_up, std::uint32_t nan_code) {
  intervals list{{0, nan_code}, {key_of(-infinity), numbers[0].code}};
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    const auto middle = static_cast<double>(static_cast<float>((numbers[i - 1].value + numbers[i].value) / 2));
    list.push_back({ties_up ? key_from(middle) : key_above(middle), numbers[i].code});
  }
  list.push_back({key_of(infinity) + 1, nan_code});
  return list;
}
/// The same for a table by its codes: the smallest code of equal values.
template <class Table>
intervals nearest_of(const Table& values, bool ties_up) {
  std::vector<number> numbers;
  for (std::size_t code = 0; code < values.size(); ++code) {
    numbers.push_back({static_cast<double>(values[code]), static_cast<std::uint32_t>(code)});
  }
  std::sort(numbers.begin(), numbers.end(), [](const number& a, const number& b) {
    return a.value < b.value || (a.value == b.value && a.code < b.code);
  });
  numbers.erase(std::unique(numbers.begin(), numbers.end(), [](const number& a, const number& b) { return a.value == b.value; }),
                numbers.end());
  intervals list = nearest(numbers, ties_up, 0);
  const auto zero = std::find_if(list.rbegin(), list.rend(), [](const interval& one) { return one.first <= key_of(0.0f); });
  list.front().code = list.back().code = zero->code;
  return list;
}

inline std::uint32_t code_at(const intervals& list, std::uint32_t key) {
  const auto after = std::upper_bound(list.begin(), list.end(), key,
                                      [](std::uint32_t k, const interval& one) { return k < one.first; });
  return std::prev(after)->code;
}

struct tally {
  std::size_t count = 0;
  std::size_t wrong = 0;
  float first_bad = 0.0f;
  std::uint32_t first_code = 0;

  void add(float x, std::uint32_t code, std::uint32_t expected) {
    ++count;
    if (code != expected && wrong++ == 0) {
      first_bad = x;
      first_code = code;
    }
  }
};

/// Compares `encode` with the intervals where it decides: both sides of every interval, every exponent and sign with many
/// mantissas, and every 1021st of all floats: more than 2^22.
template <class Encode>
tally check(const intervals& list, const Encode& encode) {
  tally result;
  const auto compare = [&](std::uint32_t key) {
    const float x = float_of(key);
    result.add(x, encode(x), code_at(list, key));
  };
  for (const interval& one : list) {
    for (const std::uint32_t step : {0xfffffffeu, 0xffffffffu, 0u, 1u, 2u}) {
      compare(one.first + step);
    }
  }
  for (std::uint32_t high = 0; high < 512; ++high) {
    for (const std::uint32_t mantissa : {0u, 1u, 2u, 0x3fffffu, 0x400000u, 0x400001u, 0x5fffffu, 0x600000u, 0x7ffffeu, 0x7fffffu}) {
      compare(high << 23 | mantissa);
    }
    for (std::uint32_t i = 0; i < 32; ++i) {
      compare(high << 23 | (static_cast<std::uint32_t>(halftone::random_bits(1, high * 32u + i)) & 0x7fffffu));
    }
  }
  std::uint64_t key = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::uint64_t end = i + 1 < list.size() ? list[i + 1].first : std::uint64_t{1} << 32;
    const std::uint32_t expected = list[i].code;
    for (; key < end; key += 1021) {
      const float x = float_of(static_cast<std::uint32_t>(key));
      const std::uint32_t code = encode(x);
      ++result.count;
      if (code != expected) {
        --result.count;
        result.add(x, code, expected);
      }
    }
  }
  return result;
}

/// The list of another system, from a file of lines "name", then "first code" in hexadecimal, then an empty line.
inline intervals from_file(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  intervals list;
  std::string line;
  while (std::getline(file, line) && line != name) {
  }
  while (std::getline(file, line) && !line.empty()) {
    const auto middle = line.find(' ');
    list.push_back({static_cast<std::uint32_t>(std::stoul(line.substr(0, middle), nullptr, 16)),
                    static_cast<std::uint32_t>(std::stoul(line.substr(middle + 1), nullptr, 16))});
  }
  return list;
}

/// Whether all 2^32 floats are to be tried.
inline bool exhaustive() {
  const char* const wanted = std::getenv("HALFTONE_EXHAUSTIVE");
  return wanted != nullptr && std::string(wanted) == "1";
}

}  // namespace code_intervals
