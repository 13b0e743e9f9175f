// SPDX-License-Identifier: MIT
// Packing: exact both ways, bytes where the layout says, padding zero.
#include <halftone/gemm/composite.hpp>
#include <halftone/gemm/pack.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <cstring>

using namespace halftone;

namespace {

template <class Scheme>
void check_round_trip(std::size_t n, std::size_t k) {
  std::vector<float> w(n * k);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = random_unit(k, i) - 0.5f;
  }
  auto q = quantize<Scheme>({w.data(), n, k});
  const auto packed = pack(q);
  auto back = unpack(packed);
  CHECK(back.shape() == q.shape());
  std::vector<std::uint8_t> expected;
  std::vector<std::uint8_t> actual;
  const auto collect = [](quantized_matrix<Scheme>& m, std::vector<std::uint8_t>& all) {
    m.for_each_plane("", [&](const std::string&, plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
      all.insert(all.end(), bytes.begin(), bytes.end());
    });
  };
  collect(q, expected);
  collect(back, actual);
  CHECK(actual == expected);

  const std::vector<float> rows(panel_columns * k);
  aligned_buffer<float> strip(panel_columns * k);
  for (std::size_t panel = 0; panel < packed.panels(); ++panel) {
    for (std::size_t begin = 0; begin < k; begin += 7) {  // any split of k gives the same weights
      packed.decode_strip(panel, begin, std::min(begin + 7, k), strip.data() + begin * panel_columns);
    }
    for (std::size_t i = 0; i < k; ++i) {
      for (std::size_t j = 0; j < panel_columns && panel * panel_columns + j < n; ++j) {
        const float real = q.value_at(panel * panel_columns + j, i);
        CHECK(std::memcmp(&strip[i * panel_columns + j], &real, sizeof real) == 0);
      }
    }
  }
}

}  // namespace

TEST_CASE_TEMPLATE("packing is exact both ways and strips hold the real weights", Scheme, int8_per_channel,
                   uint8_per_channel, int4_g32, uint4_g32, offset4_g32, int3_g32, int2_g32, int6_g32, brain_float16,
                   float32, scheme<int5, symmetric, per_group<20>, stored_as<bf16>>, scheme<int7, symmetric, per_tensor>,
                   scheme<uint1, float_offset, per_group<30>>, scheme<int4, symmetric, per_channel<1>>) {
  for (const auto& [n, k] : {std::pair<std::size_t, std::size_t>{1, 1}, {16, 32}, {17, 33}, {15, 100}, {33, 64}, {2, 259}}) {
    check_round_trip<Scheme>(n, k);
  }
}

TEST_CASE("four-bit codes lie as two quads a line, low nibbles first, with the lowest level taken off") {
  quantized_matrix<int4_g32> q(matrix_shape{2, 8});
  write_code<4>(q.row_codes(1).data(), 5, int4::code_of(-3));  // column 1, quad 1, k 1 of the quad
  const auto packed = pack(q);
  const std::uint8_t* line = packed.panel_lines(0);
  CHECK(line[4 * 0 + 0] == 0x88);  // level 0 is code 8 in both nibbles
  CHECK(line[4 * 1 + 1] == ((5 << 4) | 8));
  CHECK(line[4 * 2] == 0);  // columns that do not exist are zero bytes
  CHECK(packed.layout_id() == packed_layout::quad16);
}

TEST_CASE("an empty matrix packs and unpacks") {
  const auto packed = pack(quantized_matrix<int4_g32>(matrix_shape{0, 0}));
  CHECK(packed.panels() == 0);
  CHECK(unpack(packed).shape() == matrix_shape{});
}
