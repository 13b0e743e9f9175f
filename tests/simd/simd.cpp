// SPDX-License-Identifier: MIT
// The primitives of the leaf that this build uses, against scalar code.
#include <halftone/core/random.hpp>
#include <halftone/epilogue/requantize.hpp>
#include <halftone/gemm/prepared_activations.hpp>
#include <halftone/simd/parameter_columns.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace halftone;

namespace {

using floats = float_columns<default_arch>;
using ints = int_columns<default_arch>;
using line = byte_line<default_arch>;

struct sixteen {
  alignas(64) float value[16];
  explicit sixteen(const floats& v) { v.store(value); }
};

const float special[] = {0.0f, -0.0f, 1.0f, -1.5f, 0x1p-149f, 0x1p-126f, 3.4e38f, -3.4e38f,
                         std::numeric_limits<float>::infinity(), -std::numeric_limits<float>::infinity(),
                         std::numeric_limits<float>::quiet_NaN(), 0.1f, 2.5f, -2.5f, 0x1.fffffep23f, 7.0f};

bool same(float a, float b) {
  return (a != a && b != b) || std::bit_cast<std::uint32_t>(a) == std::bit_cast<std::uint32_t>(b);
}

/// Largest code of a packed line, and whether bytes are signed.
template <unsigned Bits>
std::int32_t level_of_byte(std::uint8_t byte) {
  return Bits == 8 ? static_cast<std::int8_t>(byte) : static_cast<std::int32_t>(byte);
}

/// Products of `quads` lines of weights and quads of activations, by the leaf and in 64 bits.
template <unsigned Bits, class Weight, class Activation>
void check_dot(std::size_t quads, Weight weight, Activation activation, bool is_signed) {
  using dots = dot<default_arch, Bits>;
  constexpr activation_format format = dots::format;
  std::vector<std::uint8_t> levels(4 * quads);
  std::vector<std::uint8_t> prepared(quads * quad_bytes<format> + 64);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    levels[i] = activation(i);
  }
  const auto sum_of_levels = is_signed ? prepare_group<format, true>(levels.data(), levels.size(), prepared.data())
                                       : prepare_group<format, false>(levels.data(), levels.size(), prepared.data());
  std::int64_t expected_sum = 0;
  for (const std::uint8_t level : levels) {
    expected_sum += is_signed ? static_cast<std::int8_t>(level) : level;
  }
  CHECK(sum_of_levels == expected_sum);
  // What preparing moves the levels by, as the kernel folds it.
  const std::int64_t moved = format == activation_format::wide ? 0
                             : (format == activation_format::signed_bytes) == is_signed ? 0
                             : is_signed ? 128 : -128;
  std::int64_t expected[16] = {};
  auto total = ints::broadcast(0);
  const std::size_t step = std::min<std::size_t>(dots::quads_per_sum, quads);
  for (std::size_t first = 0; first < quads; first += step) {
    auto sum = dots::zero();
    for (std::size_t q = first; q < std::min(first + step, quads); ++q) {
      alignas(64) std::uint8_t bytes[64];
      for (std::size_t i = 0; i < 64; ++i) {
        bytes[i] = weight(q * 64 + i);
        const std::uint8_t a = levels[4 * q + i % 4];
        expected[i / 4] += level_of_byte<Bits>(bytes[i]) * ((is_signed ? static_cast<std::int8_t>(a) : a) + moved);
      }
      const line w = line::load(bytes);
      dots::add(sum, dots::template prepared<0>(w), dots::template broadcast<0>(prepared.data() + q * quad_bytes<format>));
      if constexpr (dots::steps == 2) {
        dots::add(sum, dots::template prepared<1>(w),
                  dots::template broadcast<1>(prepared.data() + q * quad_bytes<format>));
      }
    }
    total = total + dots::widened(sum);
  }
  alignas(64) std::int32_t actual[16];
  total.store(actual);
  for (std::size_t j = 0; j < 16; ++j) {
    CHECK(actual[j] == expected[j]);
  }
}

/// A row in groups of `run`, against its groups one by one in plain code.
template <activation_format Format, bool Signed>
void check_row(std::size_t k, std::size_t run) {
  const panel_geometry g = panel_geometry::of(k, run);
  std::vector<std::uint8_t> levels(k);
  for (std::size_t i = 0; i < k; ++i) {
    levels[i] = static_cast<std::uint8_t>(random_bits(run, i));
  }
  constexpr std::int32_t zero_point = -7;
  constexpr std::int32_t factor = 0x1234567;  // sums wrap
  std::vector<std::uint8_t> quads(g.quads * quad_bytes<Format> + 1, 0x55);
  std::vector<std::uint8_t> expected_quads = quads;
  std::vector<std::int32_t> sums(g.groups + 1, 5);
  std::vector<std::int32_t> expected_sums = sums;
  prepare_row<Format, Signed>(levels.data(), g, zero_point, factor, quads.data(), sums.data());
  for (std::size_t group = 0; group < g.groups; ++group) {
    const std::size_t begin = g.group_begin(group);
    const std::size_t count = g.group_end(group) - begin;
    const std::int64_t sum = prepare_quads<Format, Signed>(levels.data() + begin, count,
                                                           expected_quads.data() + g.quad_begin(group) * quad_bytes<Format>);
    const std::int64_t centred = sum - static_cast<std::int64_t>(count) * zero_point;
    expected_sums[group] = static_cast<std::int32_t>(static_cast<std::uint32_t>(factor * centred));
  }
  CAPTURE(k);
  CAPTURE(run);
  CHECK(quads == expected_quads);
  CHECK(sums == expected_sums);
}

template <unsigned Bits>
void check_dots() {
  constexpr auto largest = static_cast<std::uint8_t>(Bits == 8 ? 127 : (1u << Bits) - 1);
  constexpr auto lowest = static_cast<std::uint8_t>(Bits == 8 ? 0x80 : 0);
  for (const std::size_t quads : {1, 2, 7, 8, 9, 43, 200}) {
    for (const bool is_signed : {true, false}) {
      for (const std::uint8_t a : {std::uint8_t{0x80}, std::uint8_t{0x7f}, std::uint8_t{0xff}, std::uint8_t{0}}) {
        check_dot<Bits>(quads, [&](std::size_t) { return largest; }, [&](std::size_t) { return a; }, is_signed);
        check_dot<Bits>(quads, [&](std::size_t) { return lowest; }, [&](std::size_t) { return a; }, is_signed);
      }
      check_dot<Bits>(
          quads,
          [&](std::size_t i) {
            return static_cast<std::uint8_t>(random_bits(Bits, i) & (Bits == 8 ? 0xff : (1u << Bits) - 1));
          },
          [&](std::size_t i) { return static_cast<std::uint8_t>(random_bits(99, i)); }, is_signed);
    }
  }
}

}  // namespace

TEST_CASE("float operations give the bits of the scalar ones, specials included") {
  for (std::size_t shift = 0; shift < 16; ++shift) {
    float b[16];
    float c[16];
    for (std::size_t j = 0; j < 16; ++j) {
      b[j] = special[(j + shift) % 16];
      c[j] = special[(3 * j + shift) % 16];
    }
    const floats x = floats::load(special);
    const floats y = floats::load(b);
    const floats z = floats::load(c);
    const sixteen f(fused(x, y, z));
    const sixteen p(product(x, y));
    const sixteen low(minimum(x, y));
    const sixteen high(maximum(x, y));
    const sixteen size(magnitude(x));
    const sixteen clean(zero_if_nan(x));
    const sixteen quotient(x / y);
    for (std::size_t j = 0; j < 16; ++j) {
      CAPTURE(special[j]);
      CAPTURE(b[j]);
      CHECK(same(f.value[j], halftone::fused(special[j], b[j], c[j])));
      CHECK(same(p.value[j], halftone::product(special[j], b[j])));
      CHECK(same(low.value[j], halftone::minimum(special[j], b[j])));
      CHECK(same(high.value[j], halftone::maximum(special[j], b[j])));
      CHECK(same(size.value[j], halftone::magnitude(special[j])));
      CHECK(same(clean.value[j], halftone::zero_if_nan(special[j])));
      CHECK(same(quotient.value[j], special[j] / b[j]));
    }
  }
}

TEST_CASE("powers of two are exact from -126 to 127") {
  for (int n = -126; n <= 127; ++n) {
    const sixteen p(power_of_two(floats::broadcast(static_cast<float>(n))));
    CHECK(p.value[0] == std::ldexp(1.0f, n));
    CHECK(p.value[15] == p.value[0]);
  }
}

TEST_CASE("partial loads and stores touch the given columns only") {
  for (std::size_t count = 0; count <= 16; ++count) {
    const std::vector<float> exact(special, special + count);  // sanitizers see any read past the end
    const sixteen loaded(floats::load(exact.data(), count));
    float out[17];
    std::fill(out, out + 17, 42.0f);
    floats::broadcast(7.0f).store(out, count);
    for (std::size_t j = 0; j < 16; ++j) {
      CHECK((j < count ? same(loaded.value[j], special[j]) : loaded.value[j] == 0.0f));
      CHECK(out[j] == (j < count ? 7.0f : 42.0f));
    }
    CHECK(out[16] == 42.0f);
  }
}

TEST_CASE("integers convert to the nearest float, ties to even") {
  const std::int32_t values[16] = {0,        1,        -1,         16777217,  16777219,    -16777217,  2147483647, INT32_MIN,
                                   33554435, 33554437, 1073741825, -33554435, 2147483584, 2147483520, -8,         255};
  const sixteen f(to_float(ints::load(values)));
  for (std::size_t j = 0; j < 16; ++j) {
    CHECK(f.value[j] == static_cast<float>(values[j]));
  }
}

TEST_CASE("levels go to bytes and come back") {
  for (int base = -128; base < 256; base += 16) {
    alignas(64) std::int32_t levels[16];
    std::uint8_t bytes[17] = {};
    for (int j = 0; j < 16; ++j) {
      levels[j] = base + j;
    }
    if (base < 0) {
      store_levels<true>(ints::load(levels), bytes);
    } else {
      store_levels<false>(ints::load(levels), bytes);
    }
    alignas(64) std::int32_t back_signed[16];
    alignas(64) std::int32_t back_unsigned[16];
    load_levels<default_arch, true>(bytes).store(back_signed);
    load_levels<default_arch, false>(bytes).store(back_unsigned);
    for (int j = 0; j < 16; ++j) {
      CHECK(bytes[j] == static_cast<std::uint8_t>(base + j));
      CHECK(back_signed[j] == static_cast<std::int8_t>(bytes[j]));
      CHECK(back_unsigned[j] == bytes[j]);
    }
    CHECK(bytes[16] == 0);
  }
}

TEST_CASE("columns round to the nearest integer, ties to even") {
  for (std::int32_t base = -40; base < 40; ++base) {
    float values[16];
    for (std::int32_t j = 0; j < 16; ++j) {
      values[j] = static_cast<float>(base * 16 + j) * 0.25f + (j == 3 ? 1e5f : 0.0f);
    }
    alignas(64) std::int32_t rounded[16];
    nearest_integers(floats::load(values)).store(rounded);
    for (std::size_t j = 0; j < 16; ++j) {
      CHECK(rounded[j] == static_cast<std::int32_t>(std::nearbyint(values[j])));
    }
  }
}

TEST_CASE("lines give the bytes of every column, signed and unsigned, and shift within bytes") {
  alignas(64) std::uint8_t bytes[64];
  for (std::size_t i = 0; i < 64; ++i) {
    bytes[i] = static_cast<std::uint8_t>(random_bits(5, i));
  }
  const line w = line::load(bytes);
  alignas(64) std::int32_t levels[16];
  w.levels<1, true>().store(levels);
  for (std::size_t j = 0; j < 16; ++j) {
    CHECK(levels[j] == static_cast<std::int8_t>(bytes[4 * j + 1]));
  }
  w.levels<3, false>().store(levels);
  for (std::size_t j = 0; j < 16; ++j) {
    CHECK(levels[j] == bytes[4 * j + 3]);
  }
  alignas(64) std::uint8_t out[64];
  w.shifted<4, 0x0f>().store(out);
  for (std::size_t i = 0; i < 64; ++i) {
    CHECK(out[i] == bytes[i] >> 4);
  }
  w.shifted<-3, 0x18>().store(out);
  for (std::size_t i = 0; i < 64; ++i) {
    CHECK(out[i] == ((bytes[i] << 3) & 0x18));
  }
  (w | w.shifted<0, 0x00>()).store(out);
  CHECK(std::memcmp(out, bytes, 64) == 0);
}

TEST_CASE_TEMPLATE("bytes are looked up in tables of 16, 32 and 64", Size, std::integral_constant<std::size_t, 16>,
                   std::integral_constant<std::size_t, 32>, std::integral_constant<std::size_t, 64>) {
  constexpr std::size_t size = Size::value;
  alignas(64) std::uint8_t table[size];
  for (std::size_t i = 0; i < size; ++i) {
    table[i] = static_cast<std::uint8_t>(random_bits(size, i));
  }
  alignas(64) std::uint8_t at[64];
  alignas(64) std::uint8_t found[64];
  for (std::size_t turn = 0; turn < size; ++turn) {  // every entry at every place, beside every other
    for (std::size_t j = 0; j < 64; ++j) {
      at[j] = static_cast<std::uint8_t>((j * (1 + turn % 2 * 4) + turn) % size);
    }
    line::load(at).looked_up<size>(table).store(found);
    for (std::size_t j = 0; j < 64; ++j) {
      CHECK(found[j] == table[at[j]]);
    }
  }
}

TEST_CASE("tables are looked up exactly") {
  alignas(64) float table[256];
  for (std::size_t i = 0; i < 256; ++i) {
    table[i] = static_cast<float>(i) * 0.37f - 11.0f;
  }
  std::int32_t index[16];
  for (std::size_t round = 0; round < 16; ++round) {
    for (std::size_t j = 0; j < 16; ++j) {
      index[j] = static_cast<std::int32_t>((j * 5 + round) % 16);
    }
    const sixteen small(look_up<16>(table, ints::load(index)));
    for (std::size_t j = 0; j < 16; ++j) {
      CHECK(small.value[j] == table[index[j]]);
      index[j] += static_cast<std::int32_t>(16 * round);
    }
    const sixteen large(look_up<256>(table, ints::load(index)));
    for (std::size_t j = 0; j < 16; ++j) {
      CHECK(large.value[j] == table[index[j]]);
    }
  }
}

TEST_CASE("bf16 lines widen exactly") {
  std::uint8_t bytes[32];
  for (std::size_t i = 0; i < 32; ++i) {
    bytes[i] = static_cast<std::uint8_t>(random_bits(8, i));
  }
  const sixteen wide(widen_bf16<default_arch>(bytes));
  for (std::size_t j = 0; j < 16; ++j) {
    CHECK(same(wide.value[j], bf16::decode(bytes[2 * j] | static_cast<std::uint32_t>(bytes[2 * j + 1]) << 8)));
  }
}

TEST_CASE("parameters of 16 bits widen exactly, whatever their bits") {
  alignas(64) binary16 half[16];
  alignas(64) bfloat16 brain[16];
  for (std::uint32_t code = 0; code < 0x10000; code += 16) {
    for (std::uint32_t j = 0; j < 16; ++j) {
      half[j] = static_cast<binary16>(code + j);
      brain[j] = static_cast<bfloat16>(code + j);
    }
    const sixteen halves(load_parameters<default_arch>(half));
    const sixteen brains(load_parameters<default_arch>(brain));
    for (std::size_t j = 0; j < 16; ++j) {
      const bool right = same(halves.value[j], to_float(half[j])) && same(brains.value[j], to_float(brain[j]));
      CAPTURE(code + j);
      REQUIRE(right);
    }
  }
}

TEST_CASE("rows are prepared like their groups, one by one") {
  constexpr activation_format format = dot<default_arch, 4>::format;
  constexpr activation_format other = dot<default_arch, 8>::format;
  for (const std::size_t run : {1u, 3u, 16u, 20u, 32u, 48u, 64u, 100u, 128u, 2000u}) {
    for (const std::size_t k : {1u, 31u, 32u, 96u, 128u, 160u, 257u, 512u, 1000u}) {
      check_row<format, true>(k, run);
      check_row<format, false>(k, run);
      check_row<other, true>(k, run);
      check_row<other, false>(k, run);
    }
  }
}

TEST_CASE_TEMPLATE("dot products are exact at the extremes of both sides", Bits, std::integral_constant<unsigned, 1>,
                   std::integral_constant<unsigned, 2>, std::integral_constant<unsigned, 3>,
                   std::integral_constant<unsigned, 4>, std::integral_constant<unsigned, 5>,
                   std::integral_constant<unsigned, 6>, std::integral_constant<unsigned, 7>,
                   std::integral_constant<unsigned, 8>) {
  check_dots<Bits::value>();
}
