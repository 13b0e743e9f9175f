// SPDX-License-Identifier: MIT
// Halftone: second moments of activations, H = E[x x^T], and their means: what GPTQ, AWQ by H and bias correction look at.
#pragma once

#include <halftone/calibration/observer.hpp>
#include <halftone/core/aligned_buffer.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Sums of x x^T and of x over tokens x [k], in double. Each sum is one chain over the tokens in the order in which they came, and
/// each product is exact, so that the sums are those of a plain loop, bit for bit, on every instruction set and for any executor.
/// merge adds the sums of the other: within 2^-53 n of the sum of magnitudes of one stream of n tokens, not the same bits.
/// Memory: the upper triangle in tiles of 8 x 8, 4 (k + 8)^2 bytes (67 MB of k = 4096), and 256 k bytes while a batch is observed.
/// Time: k^2 multiplications a token; 32 tokens at a time are read from the cache for each tile.
class second_moments {
 public:
  /// @param channels  k, at least 1
  explicit second_moments(std::size_t channels)
      : channels_(channels),
        panels_(ceil_div(channels, side)),
        tiles_(saturated_product(saturated_product(panels_, panels_ + 1) / 2, side * side)),
        sums_(channels) {
    expects(channels >= 1, "second_moments: no channels");
  }

  /// @param x    [tokens, k], finite
  /// @param use  its executor runs rows of tiles
  void observe(matrix_view<const float> x, const context& use = {}) {
    expects_valid(x, "second_moments", "x");
    expects(x.rows() == 0 || x.cols() == channels_, "second_moments: tokens of ", x.cols(), " channels follow ", channels_);
    isa_detail::for_each_finite_run(x, "second_moments", largest_size, [](const float*, std::size_t, range) {});
    aligned_buffer<double> block(panels_ * side * together);
    for (std::size_t first = 0; first < x.rows(); first += together) {
      const std::size_t tokens = std::min(together, x.rows() - first);
      for (std::size_t t = 0; t < tokens; ++t) {
        const float* const token = x.row_data(first + t);
        for (std::size_t k = 0; k < channels_; ++k) {  // channels after the last stay 0
          const auto v = static_cast<double>(token[k]);
          block[(k / side * together + t) * side + k % side] = v;
          sums_[k] += v;
        }
      }
      // Rows of tiles from both ends together are of equal length.
      const auto task = [&](std::size_t pair) {
        add_row(block.data(), pair, tokens);
        if (panels_ - 1 - pair != pair) {
          add_row(block.data(), panels_ - 1 - pair, tokens);
        }
      };
      use.execute(ceil_div(panels_, 2), task);
    }
    count_ += x.rows();
  }
  void merge(const second_moments& other) {
    expects(channels_ == other.channels_, "second_moments: merges ", channels_, " and ", other.channels_, " channels");
    for (std::size_t i = 0; i < tiles_.size(); ++i) {
      tiles_[i] += other.tiles_[i];
    }
    for (std::size_t k = 0; k < channels_; ++k) {
      sums_[k] += other.sums_[k];
    }
    count_ += other.count_;
  }

  [[nodiscard]] std::size_t channels() const noexcept { return channels_; }
  /// Tokens.
  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  /// The sum of x_i x_j.
  [[nodiscard]] double sum(std::size_t i, std::size_t j) const noexcept {
    const std::size_t low = std::min(i, j), high = std::max(i, j);
    return tiles_[tile(low / side, high / side) + low % side * side + high % side];
  }
  /// The sum of x_i.
  [[nodiscard]] double sum(std::size_t i) const noexcept { return sums_[i]; }
  /// Means of x, [k]; zeros of no tokens.
  [[nodiscard]] std::vector<double> mean() const {
    std::vector<double> means(sums_);
    for (double& m : means) {
      m = count_ == 0 ? 0.0 : m / static_cast<double>(count_);
    }
    return means;
  }
  /// H = E[x x^T] [k, k], row by row, both triangles; zeros of no tokens. Memory: 8 k^2 bytes.
  [[nodiscard]] std::vector<double> matrix() const {
    std::vector<double> h(channels_ * channels_);
    for (std::size_t i = 0; i < channels_ && count_ != 0; ++i) {
      for (std::size_t j = 0; j < channels_; ++j) {
        h[i * channels_ + j] = sum(i, j) / static_cast<double>(count_);
      }
    }
    return h;
  }

 private:
  static constexpr std::size_t side = 8;
  static constexpr std::size_t together = 32;

  /// Where a tile of the upper triangle begins.
  [[nodiscard]] std::size_t tile(std::size_t row, std::size_t col) const noexcept {
    return (row * panels_ - row * (row + 1) / 2 + col) * side * side;
  }
  void add_row(const double* block, std::size_t row, std::size_t tokens) noexcept {
    for (std::size_t col = row; col < panels_; ++col) {
      double* const to = tiles_.data() + tile(row, col);
      add_half(block + row * together * side, block + col * together * side, to, tokens);
      add_half(block + row * together * side + side / 2, block + col * together * side, to + side / 2 * side, tokens);
    }
  }
  /// Four rows of a tile: to[i][j] += a[t][i] b[t][j], t ascending. Products are exact: contraction changes nothing.
  static void add_half(const double* a, const double* b, double* to, std::size_t tokens) noexcept {
    double acc[side / 2][side];
    std::copy_n(to, side / 2 * side, &acc[0][0]);
    for (std::size_t t = 0; t < tokens; ++t) {
      for (std::size_t i = 0; i < side / 2; ++i) {
        for (std::size_t j = 0; j < side; ++j) {
          acc[i][j] += a[t * side + i] * b[t * side + j];
        }
      }
    }
    std::copy_n(&acc[0][0], side / 2 * side, to);
  }
  std::size_t channels_;
  std::size_t panels_;
  aligned_buffer<double> tiles_;
  std::vector<double> sums_;
  std::uint64_t count_ = 0;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
