// SPDX-License-Identifier: MIT
// Halftone example: grouped-query attention with a causal mask, in float.
#pragma once

#include "key_value_cache.hpp"
#include "language_model.hpp"
#include "rotary.hpp"

#include <halftone/core/executor.hpp>
#include <halftone/core/matrix_view.hpp>

#include <span>

namespace llama {

/// The three projections of all rows; rows follow the inputs in order.
struct projections {
  halftone::matrix_view<float> query;  ///< [rows, heads * head size]
  halftone::matrix_view<float> key;    ///< [rows, key-value heads * head size]
  halftone::matrix_view<float> value;  ///< likewise
};

/// Turns queries and keys by their positions, stores keys and values in the caches of the inputs.
void rotate_and_store(const config& c, const rotary& turn, std::span<const input> inputs, std::size_t layer,
                      const projections& p);

/// output[row] = for each head: softmax(q K^T / sqrt(head size)) V over the row's own and earlier positions.
/// A row's result does not depend on which other rows are computed with it, nor on the number of threads.
void attend(const config& c, std::span<const input> inputs, std::size_t layer,
            halftone::matrix_view<const float> query, halftone::matrix_view<float> output,
            const halftone::context& context);

}  // namespace llama
