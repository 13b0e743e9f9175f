// SPDX-License-Identifier: MIT
// Halftone tests: which schemes have an integer path, and the exact length at which int32 may overflow.
#include <halftone/scheme/presets.hpp>
#include <halftone/tensor/checks.hpp>

#include <doctest/doctest.h>

#include <array>
#include <initializer_list>
#include <limits>

namespace {

using namespace halftone;

struct table {
  static constexpr std::array<float, 2> entries{-1.0f, 1.0f};
  static std::string name() { return "table"; }
};
struct uneven {
  static constexpr std::array<float, 2> entries{-1.0f, 0.3f};
  static std::string name() { return "uneven"; }
};

static_assert(has_integer_path<int4_g32> && has_integer_path<offset4_g32> && has_integer_path<uint8_per_channel>);
static_assert(has_integer_path<scheme<codebook<table>, symmetric, per_tensor>>);
static_assert(!has_integer_path<float16> && !has_integer_path<scheme<codebook<uneven>, symmetric, per_tensor>>);
static_assert(!has_integer_path<scheme<int16, symmetric, per_tensor>>);
static_assert(!has_integer_path<scheme<int8, symmetric, per_channel<1>>> && !has_integer_path<scheme<int8, unscaled, per_tensor>>);

/// The longest group that passes is the one given, and its worst sum fits 32 bits; one more weight does not pass.
template <class Scheme>
void longest_is(std::int64_t weight, bool is_signed) {
  CAPTURE(Scheme::name());
  const std::int64_t worst = weight * (is_signed ? 128 : 255);
  const std::int64_t limit = std::numeric_limits<std::int32_t>::max();
  const auto longest = static_cast<std::size_t>(limit / worst);
  CHECK(static_cast<std::int64_t>(longest) * worst <= limit);
  CHECK(static_cast<std::int64_t>(longest + 1) * worst > limit);
  CHECK_NOTHROW(expects_int32_bound<Scheme>(longest, is_signed ? 128 : 255));
  CHECK_THROWS_WITH_AS(expects_int32_bound<Scheme>(longest + 1, is_signed ? 128 : 255),
                       doctest::Contains(("at most " + std::to_string(longest)).c_str()), error);
}

}  // namespace

TEST_CASE("the int32 bound is exact for signed, zero-point and offset weights") {
  for (const bool is_signed : {true, false}) {
    longest_is<scheme<int8, symmetric, per_tensor>>(128, is_signed);
    longest_is<int8_per_tensor>(127, is_signed);
    longest_is<scheme<int4, symmetric, per_tensor>>(8, is_signed);
    longest_is<uint8_per_channel>(255, is_signed);
    longest_is<scheme<int8, asymmetric, per_tensor>>(255, is_signed);
    longest_is<scheme<uint4, float_offset, per_tensor>>(15, is_signed);
    longest_is<scheme<fp4_e2m1, symmetric, per_tensor>>(12, is_signed);  // halves
    longest_is<scheme<iq4_nl, symmetric, per_tensor>>(127, is_signed);
  }
}

TEST_CASE("schemes without integer dot products have no bound") {
  CHECK_NOTHROW(expects_int32_bound<float16>(std::size_t{1} << 40, 255));
  CHECK_NOTHROW(expects_int32_bound<scheme<int8, symmetric, per_channel<1>>>(std::size_t{1} << 40, 255));
}

TEST_CASE("parameters are checked as the mapping uses them") {
  CHECK_NOTHROW(expects_parameters<int4_g32>({.scale = -1.0f, .zero_point = 99}, 0));  // no zero point there
  CHECK_NOTHROW(expects_parameters<uint4_g32>({.scale = 0.0f, .zero_point = 15}, 0));
  CHECK_THROWS_WITH_AS(expects_parameters<uint4_g32>({.zero_point = 16}, 7),
                       "quantize: group 7 has zero point 16, outside 0..15", error);
}

TEST_CASE("the first value that is not finite is named") {
  std::array<float, 6> values{1, 2, 3, 4, 5, 6};
  CHECK_NOTHROW(expects_finite({values.data(), 2, 3}, "test"));
  values[5] = -std::numeric_limits<float>::infinity();
  values[4] = std::numeric_limits<float>::quiet_NaN();
  CHECK_THROWS_WITH_AS(expects_finite({values.data(), 2, 3}, "test"), "test: value [1, 1] is nan", error);
  CHECK_NOTHROW(expects_finite({values.data(), 2, 1, 3}, "test"));  // what lies between the rows is not read
}

TEST_CASE("a list of any integer type is counted") {
  struct one {
    int count;
    group_parameters fit(std::size_t, std::span<const float>, const int4_g32&) const { return {}; }
    int size() const { return count; }
  };
  CHECK_NOTHROW(expects_groups<int4_g32>(one{1}, 9));
  CHECK_NOTHROW(expects_groups<int4_g32>(one{9}, 9));
  CHECK_THROWS_AS(expects_groups<int4_g32>(one{8}, 9), error);
  CHECK_NOTHROW(expects_groups<int4_g32>(min_max{}, 9));
}

TEST_CASE("activations have zero points among their levels and no infinite scale") {
  const std::uint8_t codes[1] = {};
  float scale = 1.0f;
  std::int32_t zero = 0;
  activation_view x{.codes = {codes, 1, 1}, .is_signed = false, .scales = &scale, .zero_points = &zero, .per_row = false};
  for (const std::int32_t fine : {0, 255}) {
    zero = fine;
    CHECK_NOTHROW(expects_activations(x));
  }
  zero = 256;
  CHECK_THROWS_WITH_AS(expects_activations(x), "gemm: the activations of row 0 have zero point 256, outside 0..255", error);
  x.is_signed = true;
  zero = -129;
  CHECK_THROWS_WITH_AS(expects_activations(x), "gemm: the activations of row 0 have zero point -129, outside -128..127",
                       error);
  zero = -128;
  CHECK_NOTHROW(expects_activations(x));
  scale = -std::numeric_limits<float>::infinity();
  CHECK_THROWS_WITH_AS(expects_activations(x), "gemm: the activations of row 0 have scale -inf", error);
  scale = std::numeric_limits<float>::quiet_NaN();
  CHECK_NOTHROW(expects_activations(x));
}

TEST_CASE("activations with a zero point of their own may reach 255") {
  const std::uint8_t codes[2] = {};
  const float scale = 1.0f;
  const std::int32_t zeros[2] = {0, -128};
  activation_view x{.codes = {codes, 2, 1}, .is_signed = true, .scales = &scale, .zero_points = nullptr, .per_row = true};
  CHECK(largest_activation(x) == 128);
  x.zero_points = zeros;
  CHECK(largest_activation(x) == 255);
  x.per_row = false;
  CHECK(largest_activation(x) == 128);
  x.is_signed = false;
  CHECK(largest_activation(x) == 255);
}
