// SPDX-License-Identifier: MIT
// Halftone: errors of quantized columns, carried to later columns for a few rows of a matrix at a time.
//
//   sums[r, j] = +0 + errors[r, 0] A[0, j] + errors[r, 1] A[1, j] + ...      every product and sum rounded to float, in this order
//
// How columns are blocked changes nothing in it.
#pragma once

#include <halftone/ptq/error_feedback.hpp>
#include <halftone/simd/simd.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq {

/// Rows of weights in the order of the feedback, and the sums that are to be subtracted from them.
class feedback_rows {
 public:
  static constexpr std::size_t rows = 32;    ///< at a time
  static constexpr std::size_t block = 128;  ///< columns whose errors are carried to the rest together

  explicit feedback_rows(const error_feedback& feedback)
      : feedback_(feedback), weights_(rows * feedback.stride()), sums_(rows * feedback.stride() + pad), errors_(rows * block) {}

  /// Takes the next rows of w.
  void load(matrix_view<const float> w, std::size_t first, std::size_t count) noexcept {
    std::fill_n(sums_.data(), sums_.size(), 0.0f);
    const std::span<const std::uint32_t> order = feedback_.order();
    for (std::size_t r = 0; r < count; ++r) {
      for (std::size_t i = 0; i < order.size(); ++i) {
        weights(r)[i] = w(first + r, order[i]);
      }
    }
  }
  [[nodiscard]] float* weights(std::size_t r) noexcept { return weights_.data() + r * feedback_.stride(); }
  [[nodiscard]] float* sums(std::size_t r) noexcept { return sums_.data() + pad + r * feedback_.stride(); }

  /// A weight less the errors that it makes good; the weight itself where that is beyond all floats.
  [[nodiscard]] HALFTONE_INLINE static float less(float weight, float sum) noexcept {
    const float rest = weight - sum;
    return is_finite(rest) ? rest : weight;
  }
  /// The weight at a place once errors before it are made good: what is to be rounded.
  [[nodiscard]] HALFTONE_INLINE float wanted(std::size_t r, std::size_t place) noexcept {
    return less(weights(r)[place], sums(r)[place]);
  }

  /// Says what a place became; carries its error to the places up to `end` of its block, which began at `begin`.
  HALFTONE_INLINE void settle(std::size_t r, std::size_t place, float real, std::size_t begin, std::size_t end) noexcept {
    const float error = less(real, weights(r)[place]);
    errors_.data()[r * block + place - begin] = error;
    carry(error, place, end, sums(r));
  }

  /// sums[j] += error * A[place, j] for j in (place, end): in whole registers that end with the last column. Up to `place`, A is 0.
  HALFTONE_INLINE void carry(float error, std::size_t place, std::size_t end, float* sums) const noexcept {
    using lanes = float_columns<default_arch>;
    const lanes factor = lanes::broadcast(error);
    const float* row = feedback_.row(place);
    const std::size_t registers = ceil_div(end - place - 1, panel_columns);
    for (std::size_t i = registers; i != 0; --i) {
      const auto j = static_cast<std::ptrdiff_t>(end) - static_cast<std::ptrdiff_t>(i * panel_columns);
      (lanes::load(sums + j) + product(factor, lanes::load(row + j))).store(sums + j);
    }
  }

  /// Carries the errors of block [begin, end) to all places behind it, for `count` rows.
  void carry_block(std::size_t begin, std::size_t end, std::size_t count) noexcept {
    for (std::size_t j = end; j < feedback_.size(); j += panel_columns) {
      std::size_t r = 0;
      for (; r + tile_rows <= count; r += tile_rows) {
        carry_tile<tile_rows>(begin, end, r, j);
      }
      for (; r < count; ++r) {
        carry_tile<1>(begin, end, r, j);
      }
    }
  }

 private:
  static constexpr std::size_t pad = error_feedback::pad;
  /// As many as there are registers for: eight where sixteen columns are one register.
  static constexpr std::size_t tile_rows = []<class Lanes>(std::type_identity<Lanes>) -> std::size_t {
    if constexpr (requires { Lanes::parts; }) {
      return Lanes::parts == 1 ? 8 : 4;
    } else {
      return 4;
    }
  }(std::type_identity<float_columns<default_arch>>{});

  template <std::size_t Rows>
  HALFTONE_INLINE void carry_tile(std::size_t begin, std::size_t end, std::size_t r, std::size_t j) noexcept {
    using lanes = float_columns<default_arch>;
    lanes tile[Rows];
    for (std::size_t i = 0; i < Rows; ++i) {
      tile[i] = lanes::load(sums(r + i) + j);
    }
    const float* row = feedback_.row(begin) + j;
    for (std::size_t k = 0; k < end - begin; ++k, row += feedback_.stride()) {
      const lanes values = lanes::load(row);
      for (std::size_t i = 0; i < Rows; ++i) {
        tile[i] = tile[i] + product(lanes::broadcast(errors_.data()[(r + i) * block + k]), values);
      }
    }
    for (std::size_t i = 0; i < Rows; ++i) {
      tile[i].store(sums(r + i) + j);
    }
  }

  const error_feedback& feedback_;
  aligned_buffer<float> weights_, sums_, errors_;
};

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA::ptq
