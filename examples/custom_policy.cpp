// SPDX-License-Identifier: MIT
// Halftone: policies of your own: scales that are powers of two, kept as one byte each, 5-bit codes, groups of 24.
//
// Nothing in the library knows these policies, yet they are quantized, packed and multiplied like any other.
//
//   g++ -std=c++20 -O2 -march=native -I include examples/custom_policy.cpp && ./a.out
#include <halftone/halftone.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdio>
#include <vector>

/// A mapping: the scale of a group is the smallest power of two that covers its largest magnitude, so that multiplying
/// by it is a shift. A group of zeros has scale 0.
struct power_of_two_scale {
  static constexpr halftone::equation equation = halftone::equation::scaled;
  static std::string name() { return "power_of_two_scale"; }

  template <halftone::signed_element Element>
  static halftone::group_parameters choose(halftone::range r, const Element&) noexcept {
    const float largest = std::max(std::fabs(r.min), std::fabs(r.max));
    int exponent = 0;
    const float fraction = std::frexp(largest / static_cast<float>(Element::max), &exponent);  // 0, or in [0.5, 1)
    return {.scale = fraction == 0.0f ? 0.0f : std::ldexp(1.0f, fraction == 0.5f ? exponent - 1 : exponent)};
  }
};

/// A storage element: the exponent of a power of two, in the 8 bits that a float has for it. Code 0 is 0.
struct exponent_byte {
  static constexpr unsigned bits = 8;
  static constexpr std::size_t dimension = 1;
  static std::string name() { return "exponent_byte"; }
  static float largest() noexcept { return 1.0f; }
  static std::uint32_t encode(float x) noexcept {
    return x > 0.0f ? std::min(std::bit_cast<std::uint32_t>(x) >> 23, 254u) : 0u;
  }
  static constexpr float decode(std::uint32_t code) noexcept { return std::bit_cast<float>(code << 23); }
};

static_assert(halftone::mapping_for<power_of_two_scale, halftone::int5>);
static_assert(!halftone::mapping_for<power_of_two_scale, halftone::uint5>);  // this mapping needs negative levels
static_assert(halftone::table_element<exponent_byte>);

using shifted =
    halftone::scheme<halftone::int5, power_of_two_scale, halftone::per_group<24>, halftone::stored_as<exponent_byte>>;

namespace {

bool all_hold = true;

void check(const char* claim, bool holds) {
  std::printf("  %-58s %s\n", claim, holds ? "yes" : "NO");
  all_hold = all_hold && holds;
}

bool is_power_of_two(float x) {
  int exponent = 0;
  return x > 0.0f && std::frexp(x, &exponent) == 0.5f;
}

}  // namespace

int main() {
  constexpr std::size_t n = 96, k = 500, m = 7;  // the last group of a row holds 20 weights
  std::vector<float> weight_values(n * k), x_values(m * k);
  for (std::size_t i = 0; i < n * k; ++i) {
    weight_values[i] = halftone::random_unit(1, i) - halftone::random_unit(2, i);
  }
  for (std::size_t i = 0; i < m * k; ++i) {
    x_values[i] = halftone::random_unit(3, i) - 0.5f;
  }
  const halftone::matrix_view<const float> weights(weight_values.data(), n, k);
  const halftone::matrix_view<const float> x(x_values.data(), m, k);

  const auto quantized = halftone::quantize<shifted>(weights);
  const auto packed = halftone::pack(quantized);
  const auto unpacked = halftone::unpack(packed);
  const halftone::error_report error = halftone::compare(weights, quantized);

  std::printf("%s\n\n", shifted::name().c_str());
  std::printf("  %-22s %zu x %zu\n", "weights", n, k);
  std::printf("  %-22s %zu\n", "groups", quantized.group_count());
  std::printf("  %-22s %.3f\n", "bits per weight", error.bits_per_weight);
  std::printf("  %-22s %.1f dB\n", "signal to noise", error.sqnr_db);
  std::printf("  %-22s %zu bytes, %zu packed\n\n", "size", quantized.byte_count(), packed.byte_count());

  bool powers = true, close = true, nearest = true;
  for (std::size_t i = 0; i < n; ++i) {
    for (std::size_t j = 0; j < k; ++j) {
      const float scale = quantized.scale_at(quantized.group_of(i, j));
      const auto level = static_cast<float>(halftone::int5::level_of(quantized.code_at(i, j)));
      powers = powers && is_power_of_two(scale);
      close = close && std::fabs(weights(i, j) - quantized.value_at(i, j)) <= scale / 2.0f;
      nearest = nearest && level == std::nearbyint(weights(i, j) / scale);
    }
  }
  check("every scale is a power of two", powers);
  check("every weight is within half a step", close);
  check("every code is the nearest one", nearest);
  check("unpacking gives the codes back", std::ranges::equal(quantized.codes(), unpacked.codes()));

  const auto agrees = [&](const auto& activations) {
    std::vector<float> y(m * n), expected(m * n);
    halftone::gemm(activations, packed, halftone::matrix_view<float>(y.data(), m, n));
    halftone::reference::gemm(activations, quantized, halftone::matrix_view<float>(expected.data(), m, n));
    return y == expected;
  };
  check("products with floats equal the reference, bit for bit", agrees(x));
  check("products with int8 equal the reference, bit for bit", agrees(halftone::dynamic<halftone::int8_per_token>(x)));
  return all_hold ? 0 : 1;
}
