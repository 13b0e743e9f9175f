// SPDX-License-Identifier: MIT
// What the codes of a small float mean, by the definition of the format, in double.
#pragma once

#include "element/code_intervals.hpp"

#include <halftone/element/minifloat.hpp>

namespace minifloat_formats {

using code_intervals::number;
using halftone::overflow_rule;
using halftone::special_values;

/// A format in numbers.
struct format {
  int exponent_bits;
  int mantissa_bits;
  int bias;
  special_values special;
  overflow_rule overflow;

  [[nodiscard]] int bits() const { return 1 + exponent_bits + mantissa_bits; }
  [[nodiscard]] std::uint32_t sign() const { return 1u << (bits() - 1); }

  [[nodiscard]] double decoded(std::uint32_t code) const {
    const std::uint32_t magnitude = code & (sign() - 1);
    const int exponent = static_cast<int>(magnitude >> mantissa_bits);
    const double fraction = std::ldexp(static_cast<double>(magnitude & ((1u << mantissa_bits) - 1)), -mantissa_bits);
    const double nan = std::numeric_limits<double>::quiet_NaN();
    double value = exponent == 0 ? std::ldexp(fraction, 1 - bias) : std::ldexp(1 + fraction, exponent - bias);
    if (special == special_values::nan && magnitude == sign() - 1) {
      value = nan;
    } else if (special == special_values::nan_for_minus_zero && code == sign()) {
      value = nan;
    } else if (special == special_values::ieee && exponent == (1 << exponent_bits) - 1) {
      value = fraction == 0 ? std::numeric_limits<double>::infinity() : nan;
    }
    return (code & sign()) != 0 ? -value : value;
  }

  /// Finite numbers from zero on.
  [[nodiscard]] std::vector<number> magnitudes() const {
    std::vector<number> list;
    for (std::uint32_t code = 0; code < sign(); ++code) {
      if (std::isfinite(decoded(code))) {
        list.push_back({decoded(code), code});
      }
    }
    return list;
  }
  [[nodiscard]] std::uint32_t nan_code(bool negative) const {
    switch (special) {
      case special_values::none: return 0;
      case special_values::nan: return negative ? 2 * sign() - 1 : sign() - 1;
      case special_values::nan_for_minus_zero: return sign();
      default: return (negative ? sign() : 0u) | (sign() - (1u << mantissa_bits)) | 1u << (mantissa_bits - 1);
    }
  }
  [[nodiscard]] std::uint32_t infinity_code() const {
    const std::uint32_t largest = magnitudes().back().code;
    if (special == special_values::ieee) {
      return largest + 1;
    }
    return overflow == overflow_rule::special ? nan_code(false) : largest;
  }
  [[nodiscard]] std::uint32_t overflow_code() const {
    return overflow == overflow_rule::special ? infinity_code() : magnitudes().back().code;
  }
  /// The code of -x, from that of x >= 0.
  [[nodiscard]] std::uint32_t negated(std::uint32_t code) const {
    if (special == special_values::nan_for_minus_zero) {
      return code == 0 || code == sign() ? code : code | sign();
    }
    return code | sign();
  }

  /// The first number of every code from +0 on, and whether that number itself has the code: else those above it. The number
  /// after the largest is what the format would have next; from the middle before it on numbers overflow.
  struct limit {
    double middle;
    bool itself;
    std::uint32_t code;
  };
  [[nodiscard]] std::vector<limit> limits() const {
    const std::vector<number> list = magnitudes();
    std::vector<limit> all;
    for (std::size_t i = 1; i < list.size(); ++i) {
      all.push_back({(list[i - 1].value + list[i].value) / 2, list[i].code % 2 == 0, list[i].code});
    }
    const double largest = list.back().value;
    const double step = std::ldexp(1.0, std::ilogb(largest) - mantissa_bits);
    all.push_back({largest + step / 2, list.back().code % 2 == 1, overflow_code()});
    return all;
  }
  /// The code of x >= 0, by the format's own limits.
  [[nodiscard]] std::uint32_t encoded(double x, const std::vector<limit>& from) const {
    if (std::isinf(x)) {
      return infinity_code();
    }
    const auto after = std::partition_point(from.begin(), from.end(), [&](const limit& one) {
      return x > one.middle || (x == one.middle && one.itself);
    });
    return after == from.begin() ? 0 : std::prev(after)->code;
  }

  /// The codes of all floats.
  [[nodiscard]] code_intervals::intervals all_floats() const {
    using code_intervals::infinity;
    using code_intervals::key_of;
    code_intervals::intervals positive{{key_of(0.0f), 0}};
    for (const limit& one : limits()) {
      positive.push_back({one.itself ? code_intervals::key_from(one.middle) : code_intervals::key_above(one.middle), one.code});
    }
    positive.push_back({key_of(infinity), infinity_code()});
    positive.push_back({key_of(infinity) + 1, nan_code(false)});
    // Mirrored: an interval begins where the one of its magnitude ends.
    code_intervals::intervals list{{0, nan_code(true)}};
    for (std::size_t i = positive.size() - 1; i-- > 0;) {
      list.push_back({~(positive[i + 1].first - 1), negated(positive[i].code)});
    }
    list.insert(list.end(), positive.begin(), positive.end());
    return list;
  }
};

template <class Element>
struct format_type;
template <unsigned E, unsigned M, int B, special_values S, overflow_rule O>
struct format_type<halftone::minifloat<E, M, B, S, O>> {
  static constexpr format value{E, M, B, S, O};
};
template <class Element>
  requires requires { format_type<Element>::value; }
format format_of() {
  return format_type<Element>::value;
}

}  // namespace minifloat_formats

// All of them, and formats of nobody.
#define HALFTONE_MINIFLOATS                                                                                                \
  halftone::fp8_e4m3fn, halftone::fp8_e5m2, halftone::fp8_e4m3fnuz, halftone::fp8_e5m2fnuz, halftone::fp6_e3m2,           \
      halftone::fp6_e2m3, halftone::fp4_e2m1, halftone::fp8_e4m3fn_overflowing, halftone::fp8_e5m2_overflowing,           \
      halftone::fp8_e4m3fnuz_overflowing, halftone::fp8_e5m2fnuz_overflowing,                                             \
      halftone::minifloat<4, 3, 11, halftone::special_values::none>,                                                      \
      halftone::minifloat<2, 3, 1, halftone::special_values::ieee>,                                                       \
      halftone::minifloat<1, 1, 0, halftone::special_values::none>,                                                       \
      halftone::minifloat<6, 1, 31, halftone::special_values::ieee, halftone::overflow_rule::special>
