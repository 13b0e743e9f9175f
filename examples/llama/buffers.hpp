// SPDX-License-Identifier: MIT
// Halftone example: the activations between layers, kept from call to call.
#pragma once

#include "attention.hpp"
#include "language_model.hpp"
#include "vector_math.hpp"

#include <halftone/core/aligned_buffer.hpp>

#include <vector>

namespace llama {

/// Activations of `rows` tokens. Grows to the largest call.
class buffers {
 public:
  void reserve(const config& c, std::size_t rows) {
    sizes_ = {c.hidden, c.key_value_size(), c.feed_forward};
    if (rows > rows_) {
      rows_ = rows;
      hidden_ = floats(rows * c.hidden);
      normalized_ = floats(rows * c.hidden);
      query_ = floats(rows * c.hidden);
      key_ = floats(rows * c.key_value_size());
      value_ = floats(rows * c.key_value_size());
      inner_ = floats(rows * c.feed_forward);
    }
  }

  [[nodiscard]] halftone::matrix_view<float> hidden(std::size_t rows) { return {hidden_.data(), rows, sizes_.hidden}; }
  [[nodiscard]] halftone::matrix_view<float> normalized(std::size_t rows) {
    return {normalized_.data(), rows, sizes_.hidden};
  }
  [[nodiscard]] halftone::matrix_view<float> inner(std::size_t rows) {
    return {inner_.data(), rows, sizes_.feed_forward};
  }
  [[nodiscard]] projections projected(std::size_t rows) {
    return {.query = {query_.data(), rows, sizes_.hidden},
            .key = {key_.data(), rows, sizes_.key_value},
            .value = {value_.data(), rows, sizes_.key_value}};
  }

 private:
  using floats = halftone::aligned_buffer<float>;
  struct {
    std::size_t hidden = 0;
    std::size_t key_value = 0;
    std::size_t feed_forward = 0;
  } sizes_;
  std::size_t rows_ = 0;
  floats hidden_;
  floats normalized_;
  floats query_;
  floats key_;
  floats value_;
  floats inner_;
};

/// y = rms_norm(x), row by row.
inline void normalize(halftone::matrix_view<const float> x, const std::vector<float>& weight, float epsilon,
                      halftone::matrix_view<float> y) {
  for (std::size_t i = 0; i < x.rows(); ++i) {
    rms_norm(x.row_data(i), weight.data(), epsilon, x.cols(), y.row_data(i));
  }
}

/// Checks the arguments of a forward pass; returns how many rows it has.
inline std::size_t expects_inputs(const config& c, std::span<const input> inputs, halftone::matrix_shape logits) {
  std::size_t rows = 0;
  for (const input& in : inputs) {
    halftone::expects(in.cache != nullptr, "forward: an input without a cache");
    halftone::expects(in.cache->length() + in.tokens.size() <= in.cache->capacity(), "forward: ", in.cache->length(),
                      " tokens and ", in.tokens.size(), " more do not fit the context of ", in.cache->capacity());
    for (const std::int32_t token : in.tokens) {
      halftone::expects(token >= 0 && static_cast<std::size_t>(token) < c.vocabulary, "forward: token ", token,
                        " is outside the vocabulary of ", c.vocabulary);
    }
    rows += in.tokens.size();
  }
  const bool last_only = logits.rows == inputs.size() &&
                         std::all_of(inputs.begin(), inputs.end(), [](const input& in) { return !in.tokens.empty(); });
  halftone::expects((logits.rows == rows || last_only) && logits.cols == c.vocabulary, "forward: logits are [", logits.rows,
                    ", ", logits.cols, "], should be [", rows, ", ", c.vocabulary, "], or one row for each input");
  return rows;
}

}  // namespace llama
