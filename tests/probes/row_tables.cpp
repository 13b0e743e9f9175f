// SPDX-License-Identifier: MIT
// Halftone: probe: 16 entries for each row, learned at run time by Lloyd's iterations, saved with the matrix.
#include "probe.hpp"

namespace {

/// Two weights a byte, each an index into the table of its row; a unit, because only units are told their row.
struct row_tables {
  static constexpr unsigned bits = 4;
  static constexpr std::size_t dimension = 2;
  static constexpr std::size_t size = 16;
  std::vector<float> tables;  ///< [rows][16], each ascending

  static std::string name() { return "row_tables"; }
  static constexpr std::size_t unit_bytes(std::size_t) noexcept { return 1; }
  static float largest() noexcept { return 1.0f; }
  void encode_unit(std::span<const float> values, std::span<std::uint8_t> bytes, halftone::unit_position at) const {
    std::uint32_t byte = nearest(at.row, values[0]);
    if (values.size() > 1) {
      byte |= nearest(at.row, values[1]) << 4;
    }
    bytes[0] = static_cast<std::uint8_t>(byte);
  }
  void decode_unit(std::span<const std::uint8_t> bytes, std::span<float> values, halftone::unit_position at) const {
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = tables[at.row * size + (static_cast<std::size_t>(bytes[0]) >> (4 * i)) % size];
    }
  }
  template <class Visitor>
  void for_each_plane(Visitor&& visit) {
    visit("tables", std::span<float>(tables));
  }
  void resize_planes(halftone::matrix_shape s) { tables.resize(s.rows * size); }

  [[nodiscard]] std::uint32_t nearest(std::size_t row, float x) const noexcept {
    const float* table = tables.data() + row * size;
    std::uint32_t best = 0;
    for (std::uint32_t i = 1; i < size; ++i) {
      best = halftone::magnitude(x - table[i]) < halftone::magnitude(x - table[best]) ? i : best;
    }
    return best;
  }

  /// Starts at quantiles of each row and moves every entry to the mean of its weights, `rounds` times.
  static row_tables learn(halftone::matrix_view<const float> w, int rounds) {
    row_tables e;
    e.resize_planes(w.shape());
    for (std::size_t row = 0; row < w.rows(); ++row) {
      float* table = e.tables.data() + row * size;
      std::vector<float> sorted(w.row(row).begin(), w.row(row).end());
      std::sort(sorted.begin(), sorted.end());
      for (std::size_t i = 0; i < size; ++i) {
        table[i] = sorted[(2 * i + 1) * sorted.size() / (2 * size)];
      }
      for (int round = 0; round < rounds; ++round) {
        std::array<double, size> sum{};
        std::array<double, size> count{};
        for (const float x : w.row(row)) {
          sum[e.nearest(row, x)] += static_cast<double>(x);
          count[e.nearest(row, x)] += 1.0;
        }
        for (std::size_t i = 0; i < size; ++i) {
          table[i] = count[i] == 0.0 ? table[i] : static_cast<float>(sum[i] / count[i]);
        }
      }
    }
    return e;
  }
};

using learned = halftone::scheme<row_tables, halftone::unscaled, halftone::per_tensor>;

TEST_CASE("a table for each row is learned, saved and loaded with the matrix") {
  constexpr std::size_t rows = 21, cols = 515;
  std::vector<float> w = probe::gaussian(rows * cols, 5);
  for (std::size_t i = 0; i < w.size(); ++i) {
    // odd rows are positive: one table would not serve both kinds
    w[i] = i / cols % 2 == 0 ? w[i] : halftone::magnitude(w[i]);
  }
  const halftone::matrix_view<const float> view(w.data(), rows, cols);
  const learned scheme{.element = row_tables::learn(view, 20), .mapping = {}, .granularity = {}};
  const double bytes = 258.0 + 64.0;
  // 16 levels cannot do better than 0.0095 on the normal distribution itself (Max, 1960); on these few numbers they can
  const auto q = probe::check<learned>(view, 0.0095, 8.0 * bytes / cols, scheme);
  REQUIRE(q.scheme().element.tables == scheme.element.tables);
  REQUIRE(q.value_at(1, 514) == scheme.element.tables[16 + scheme.element.nearest(1, w[cols + 514])]);
}

}  // namespace
