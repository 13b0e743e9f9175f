// SPDX-License-Identifier: MIT
// Halftone example: the float arithmetic between the matrices, in loops that compilers turn into vector code.
//
// A sum runs in 16 partial sums, whatever the machine's registers, so that no compiler flag is needed to reorder it.
#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace llama {

inline constexpr std::size_t partial_sums = 16;

[[nodiscard]] inline float sum_of(const float (&parts)[partial_sums]) noexcept {
  float total = 0.0f;
  for (const float part : parts) {
    total += part;
  }
  return total;
}

/// y = x / sqrt(mean(x^2) + epsilon) * weight.
inline void rms_norm(const float* x, const float* weight, float epsilon, std::size_t size, float* y) noexcept {
  float squares[partial_sums] = {};
  std::size_t i = 0;
  for (; i + partial_sums <= size; i += partial_sums) {
    for (std::size_t j = 0; j < partial_sums; ++j) {
      squares[j] += x[i + j] * x[i + j];
    }
  }
  for (std::size_t j = 0; i + j < size; ++j) {
    squares[j] += x[i + j] * x[i + j];
  }
  const float factor = 1.0f / std::sqrt(sum_of(squares) / static_cast<float>(size) + epsilon);
  for (std::size_t j = 0; j < size; ++j) {
    y[j] = x[j] * factor * weight[j];
  }
}

/// e^x for x <= 0, to 2 units in the last place above -87; e^-87 below and for NaN.
[[nodiscard]] inline float exponential_of_negative(float x) noexcept {
  x = x > -87.0f ? x : -87.0f;
  const float shifted = x * 1.44269504f + 12582912.0f;  // 1.5 * 2^23: the integer is in the low bits
  const float n = shifted - 12582912.0f;
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.0f / 5040.0f;
  p = p * r + 1.0f / 720.0f;
  p = p * r + 1.0f / 120.0f;
  p = p * r + 1.0f / 24.0f;
  p = p * r + 1.0f / 6.0f;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  return p * std::bit_cast<float>((static_cast<std::int32_t>(n) + 127) << 23);
}

/// scores[i] = e^(scores[i] - max), and 1 / their sum: softmax but for the last factor.
[[nodiscard]] inline float exponentials(float* scores, std::size_t size) noexcept {
  float largest[partial_sums];
  std::fill_n(largest, partial_sums, scores[0]);
  std::size_t i = 0;
  for (; i + partial_sums <= size; i += partial_sums) {
    for (std::size_t j = 0; j < partial_sums; ++j) {
      largest[j] = scores[i + j] > largest[j] ? scores[i + j] : largest[j];
    }
  }
  for (; i < size; ++i) {
    largest[0] = std::max(largest[0], scores[i]);
  }
  const float max = *std::max_element(largest, largest + partial_sums);
  for (std::size_t j = 0; j < size; ++j) {
    scores[j] = exponential_of_negative(scores[j] - max);
  }
  float sums[partial_sums] = {};
  for (i = 0; i + partial_sums <= size; i += partial_sums) {
    for (std::size_t j = 0; j < partial_sums; ++j) {
      sums[j] += scores[i + j];
    }
  }
  for (std::size_t j = 0; i + j < size; ++j) {
    sums[j] += scores[i + j];
  }
  return 1.0f / sum_of(sums);
}

/// log of the sum of e^x, in double.
[[nodiscard]] inline double log_sum_exp(std::span<const float> x) noexcept {
  const double largest = *std::max_element(x.begin(), x.end());
  double sum = 0.0;
  for (const float value : x) {
    sum += static_cast<double>(exponential_of_negative(static_cast<float>(static_cast<double>(value) - largest)));
  }
  return largest + std::log(sum);
}

}  // namespace llama
