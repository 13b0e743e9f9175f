// SPDX-License-Identifier: MIT
// Halftone example: keys and values of the tokens seen so far, for one sequence.
#pragma once

#include "config.hpp"

#include <halftone/core/aligned_buffer.hpp>
#include <halftone/core/arithmetic.hpp>

namespace llama {

/// For each layer and key-value head: keys as [head size][position], so that scores of neighbouring positions lie in
/// neighbouring lanes, and values as [position][head size]. Both dimensions are padded to whole blocks, positions to an odd
/// number of them: the elements of a key would else lie a power of two apart and push each other out of the cache.
class key_value_cache {
 public:
  static constexpr std::size_t block = 32;

  explicit key_value_cache(const config& c)
      : context_(c.context),
        head_size_(c.head_size()),
        heads_(c.key_value_heads),
        key_stride_(halftone::round_up(c.context, block) | block),
        value_stride_(halftone::round_up(c.head_size(), block)),
        keys_(c.layers * heads_ * head_size_ * key_stride_),
        values_(c.layers * heads_ * context_ * value_stride_) {}

  /// Tokens whose keys and values are complete in every layer.
  [[nodiscard]] std::size_t length() const noexcept { return length_; }
  [[nodiscard]] std::size_t capacity() const noexcept { return context_; }
  void advance(std::size_t tokens) noexcept { length_ += tokens; }
  /// Forgets all but the first `tokens`.
  void rewind(std::size_t tokens) noexcept { length_ = tokens; }
  void clear() noexcept { rewind(0); }

  [[nodiscard]] std::size_t key_stride() const noexcept { return key_stride_; }
  [[nodiscard]] std::size_t value_stride() const noexcept { return value_stride_; }
  [[nodiscard]] const float* keys(std::size_t layer, std::size_t head) const noexcept {
    return keys_.data() + (layer * heads_ + head) * head_size_ * key_stride_;
  }
  [[nodiscard]] const float* values(std::size_t layer, std::size_t head) const noexcept {
    return values_.data() + (layer * heads_ + head) * context_ * value_stride_;
  }

  /// Stores the key and the value of one head of one token.
  void store(std::size_t layer, std::size_t head, std::size_t position, const float* key, const float* value) noexcept {
    float* k = keys_.data() + (layer * heads_ + head) * head_size_ * key_stride_ + position;
    float* v = values_.data() + ((layer * heads_ + head) * context_ + position) * value_stride_;
    for (std::size_t i = 0; i < head_size_; ++i) {
      k[i * key_stride_] = key[i];
      v[i] = value[i];
    }
  }

  [[nodiscard]] std::size_t byte_count() const noexcept { return (keys_.size() + values_.size()) * sizeof(float); }

 private:
  std::size_t context_;
  std::size_t head_size_;
  std::size_t heads_;
  std::size_t key_stride_;
  std::size_t value_stride_;
  std::size_t length_ = 0;
  halftone::aligned_buffer<float> keys_;
  halftone::aligned_buffer<float> values_;
};

}  // namespace llama
