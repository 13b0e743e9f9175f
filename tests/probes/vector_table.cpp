// SPDX-License-Identifier: MIT
// Halftone: probe: one byte for 8 weights: an index into 256 vectors that k-means learned, under a scale for each row.
#include "probe.hpp"

namespace {

struct vector_table {
  static constexpr unsigned bits = 1;
  static constexpr std::size_t dimension = 8;
  static constexpr std::size_t size = 256;
  std::vector<float> vectors = std::vector<float>(size * dimension);  ///< [256][8]

  static std::string name() { return "vector_table"; }
  static constexpr std::size_t unit_bytes(std::size_t) noexcept { return 1; }
  static float largest() noexcept { return 1.0f; }
  void encode_unit(std::span<const float> values, std::span<std::uint8_t> bytes, halftone::unit_position) const {
    bytes[0] = static_cast<std::uint8_t>(nearest(values));
  }
  void decode_unit(std::span<const std::uint8_t> bytes, std::span<float> values, halftone::unit_position) const {
    std::copy_n(vectors.data() + std::size_t{bytes[0]} * dimension, values.size(), values.data());
  }
  template <class Visitor>
  void for_each_plane(Visitor&& visit) {
    visit("vectors", std::span<float>(vectors));
  }

  /// The vector with the least squared distance in its first values.size() coordinates, summed in order in double.
  [[nodiscard]] std::size_t nearest(std::span<const float> values) const noexcept {
    std::size_t best = 0;
    double least = 0.0;
    for (std::size_t i = 0; i < size; ++i) {
      double distance = 0.0;
      for (std::size_t j = 0; j < values.size(); ++j) {
        const double d = static_cast<double>(values[j] - vectors[i * dimension + j]);
        distance += d * d;  // exact product: safe to contract
      }
      if (i == 0 || distance < least) {
        best = i;
        least = distance;
      }
    }
    return best;
  }

  /// k-means over whole units of rows that are scaled to a largest magnitude of 1; starts at the first 256 units.
  static vector_table learn(halftone::matrix_view<const float> w, int rounds) {
    std::vector<float> units;
    for (std::size_t row = 0; row < w.rows(); ++row) {
      float largest = 0.0f;
      for (const float x : w.row(row)) {
        largest = halftone::maximum(halftone::magnitude(x), largest);
      }
      for (std::size_t k = 0; k < w.cols() / dimension * dimension; ++k) {
        units.push_back(w(row, k) / largest);
      }
    }
    vector_table e;
    std::copy_n(units.begin(), e.vectors.size(), e.vectors.begin());
    for (int round = 0; round < rounds; ++round) {
      std::vector<double> sum(size * dimension);
      std::vector<double> count(size);
      for (std::size_t u = 0; u < units.size(); u += dimension) {
        const std::size_t i = e.nearest({units.data() + u, dimension});
        count[i] += 1.0;
        for (std::size_t j = 0; j < dimension; ++j) {
          sum[i * dimension + j] += static_cast<double>(units[u + j]);
        }
      }
      for (std::size_t v = 0; v < sum.size(); ++v) {
        e.vectors[v] = count[v / dimension] == 0.0 ? e.vectors[v] : static_cast<float>(sum[v] / count[v / dimension]);
      }
    }
    return e;
  }
};

using vectors =
    halftone::scheme<vector_table, halftone::symmetric, halftone::per_channel<0>, halftone::stored_as<halftone::fp16>>;

TEST_CASE("one byte chooses 8 weights from a table of vectors") {
  constexpr std::size_t rows = 61, cols = 259;
  const auto w = probe::gaussian(rows * cols, 6);
  const halftone::matrix_view<const float> view(w.data(), rows, cols);
  const vectors scheme{.element = vector_table::learn(view, 8), .mapping = {}, .granularity = {}};
  const double bytes = rows * (33.0 + 2.0) + 256.0 * 8.0 * 4.0;
  const auto q = probe::check<vectors>(view, 0.28, 8.0 * bytes / (rows * cols), scheme);
  const float entry = scheme.element.vectors[std::size_t{q.row_codes(7)[32]} * 8 + 2];  // the last unit holds 3 weights
  REQUIRE(q.value_at(7, 258) == halftone::product(q.scale_at(7), entry));
}

}  // namespace
