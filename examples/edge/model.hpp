// SPDX-License-Identifier: MIT
// Halftone example: a language model without a heap: its sizes, its weights, its memory and its arithmetic.
//
// The same source runs on the device, where the weights are constants of the program, and on the machine that builds it,
// which multiplies by halftone::reference and writes down what must come out. Every float operation has one order, so
// both give the same bits.
#pragma once

#include <halftone/halftone.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

namespace edge {

using scheme = halftone::int4_g32;
using activations = halftone::int8_per_token;

inline constexpr std::size_t vocabulary = 257, hidden = 256, feed_forward = 768, blocks = 4;
inline constexpr std::size_t heads = 4, key_value_heads = 2, head_size = hidden / heads;
inline constexpr std::size_t key_value_size = key_value_heads * head_size;
inline constexpr std::size_t context = 64;  ///< longest sequence here; the model was trained with 256
inline constexpr float norm_epsilon = 1e-5f;
inline constexpr std::size_t end_of_text = 256;

/// Tokens are bytes in the order of GPT-2's alphabet: the visible ones first.
[[nodiscard]] constexpr std::uint8_t byte_of(std::size_t token) {
  constexpr auto visible = [](std::size_t b) { return (b >= 33 && b <= 126) || (b >= 161 && b != 173); };
  for (const bool wanted : {true, false}) {
    for (std::size_t b = 0; b < 256; ++b) {
      if (visible(b) == wanted && token-- == 0) {
        return static_cast<std::uint8_t>(b);
      }
    }
  }
  return 0;
}
[[nodiscard]] constexpr std::size_t token_of(char c) {
  std::size_t token = 0;
  while (byte_of(token) != static_cast<std::uint8_t>(c)) {
    ++token;
  }
  return token;
}

/// @tparam Matrix  packed_view on the device, a pointer to a quantized matrix where it is built
template <class Matrix>
struct block_weights {
  const float* attention_norm;
  Matrix query, key, value, output;
  const float* feed_forward_norm;
  Matrix gate, up, down;
};
template <class Matrix>
struct model_weights {
  const std::uint16_t* embedding;  ///< bfloat16, [vocabulary][hidden]
  block_weights<Matrix> block[blocks];
  const float* norm;
  Matrix logits;
  const float* cosines;  ///< [context][head_size / 2], of the rotary position embedding
  const float* sines;
};

/// All that the model remembers and computes with: static memory of the program.
struct state {
  std::size_t length = 0;
  float keys[blocks][context][key_value_size];
  float values[blocks][context][key_value_size];
  float x[hidden], normalized[hidden], query[hidden], mixed[hidden], inner[feed_forward], scores[context];
  float logits[vocabulary];
};

/// Epilogue stage: v * silu(gate(column)), the two halves of SwiGLU. The gate may be the output itself.
struct gated_by {
  std::span<const float> gate;
  template <class Lanes>
  [[nodiscard]] HALFTONE_INLINE Lanes apply(Lanes value, const halftone::tile_position& at) const noexcept {
    using halftone::product;
    const Lanes g = halftone::lanes<Lanes>::load(gate.data() + at.column, at.count);
    return product(value, halftone::silu{}.apply(g, at));
  }
  void expects_shape(halftone::matrix_shape output) const {
    halftone::expects(output.cols == gate.size(), "gated_by: ", gate.size(), " gates for ", output.cols, " columns");
  }
};

/// y = x / sqrt(mean(x^2) + epsilon) * weight.
inline void rms_norm(const float (&x)[hidden], const float* weight, float (&y)[hidden]) noexcept {
  float squares = 0.0f;
  for (const float v : x) {
    squares = halftone::fused(v, v, squares);
  }
  const float factor = 1.0f / std::sqrt(squares / static_cast<float>(hidden) + norm_epsilon);
  for (std::size_t i = 0; i < hidden; ++i) {
    y[i] = halftone::product(halftone::product(x[i], factor), weight[i]);
  }
}

/// Turns the pairs (i, i + size/2) of a head by their angles.
inline void rotate(float* head, const float* cosine, const float* sine) noexcept {
  using namespace halftone;
  for (std::size_t i = 0; i < head_size / 2; ++i) {
    const float a = head[i], b = head[i + head_size / 2];
    head[i] = fused(a, cosine[i], -product(b, sine[i]));
    head[i + head_size / 2] = fused(b, cosine[i], product(a, sine[i]));
  }
}

/// output = softmax(q K^T / sqrt(head size)) V for one head over all positions, the rows of keys and values.
inline void attend(const float* query, halftone::matrix_view<const float> keys, halftone::matrix_view<const float> values,
                   float* scores, float* output) noexcept {
  using namespace halftone;
  const std::size_t length = keys.rows();
  float largest = 0.0f, sum = 0.0f;
  for (std::size_t t = 0; t < length; ++t) {
    float dot = 0.0f;
    for (std::size_t i = 0; i < head_size; ++i) {
      dot = fused(query[i], keys(t, i), dot);
    }
    scores[t] = product(dot, 0.125f);  // 1 / sqrt(64)
    largest = t == 0 ? scores[t] : maximum(scores[t], largest);
  }
  static_assert(head_size == 64);
  for (std::size_t t = 0; t < length; ++t) {
    scores[t] = exponential(scores[t] - largest);
    sum += scores[t];
  }
  for (std::size_t i = 0; i < head_size; ++i) {
    float mixed = 0.0f;
    for (std::size_t t = 0; t < length; ++t) {
      mixed = fused(scores[t], values(t, i), mixed);
    }
    output[i] = mixed / sum;
  }
}

/// One token through the model: s.logits for the next.
/// @param multiply  multiply(x, matrix, y, epilogue): y = epilogue(W x), x quantized to int8 inside
template <class Matrix, class Multiply>
void forward(const model_weights<Matrix>& w, std::size_t token, state& s, const Multiply& multiply) {
  using halftone::epilogue;
  halftone::expects(token < vocabulary && s.length < context, "forward: token ", token, " at position ", s.length);
  const std::size_t position = s.length++;
  const float* cosine = w.cosines + position * head_size / 2;
  const float* sine = w.sines + position * head_size / 2;
  for (std::size_t i = 0; i < hidden; ++i) {
    s.x[i] = halftone::bf16::decode(w.embedding[token * hidden + i]);
  }
  const epilogue add_x{halftone::residual{halftone::matrix_view<const float>(s.x, 1, hidden)}};
  for (std::size_t b = 0; b < blocks; ++b) {
    const block_weights<Matrix>& layer = w.block[b];
    rms_norm(s.x, layer.attention_norm, s.normalized);
    multiply(std::span<const float>(s.normalized), layer.query, std::span<float>(s.query), epilogue{});
    multiply(std::span<const float>(s.normalized), layer.key, std::span<float>(s.keys[b][position]), epilogue{});
    multiply(std::span<const float>(s.normalized), layer.value, std::span<float>(s.values[b][position]), epilogue{});
    for (std::size_t h = 0; h < key_value_heads; ++h) {
      rotate(s.keys[b][position] + h * head_size, cosine, sine);
    }
    for (std::size_t h = 0; h < heads; ++h) {
      const std::size_t shared = h / (heads / key_value_heads) * head_size;
      rotate(s.query + h * head_size, cosine, sine);
      attend(s.query + h * head_size, {&s.keys[b][0][shared], s.length, head_size, key_value_size},
             {&s.values[b][0][shared], s.length, head_size, key_value_size}, s.scores, s.mixed + h * head_size);
    }
    multiply(std::span<const float>(s.mixed), layer.output, std::span<float>(s.x), add_x);
    rms_norm(s.x, layer.feed_forward_norm, s.normalized);
    multiply(std::span<const float>(s.normalized), layer.gate, std::span<float>(s.inner), epilogue{});
    multiply(std::span<const float>(s.normalized), layer.up, std::span<float>(s.inner), epilogue{gated_by{s.inner}});
    multiply(std::span<const float>(s.inner), layer.down, std::span<float>(s.x), add_x);
  }
  rms_norm(s.x, w.norm, s.normalized);
  multiply(std::span<const float>(s.normalized), w.logits, std::span<float>(s.logits), epilogue{});
}

/// What is said of a run: the tokens written, and a hash of the bits of all logits (FNV-1a over 32-bit words).
inline constexpr char prompt[] = "The old man ";
inline constexpr std::size_t written = 32;
struct outcome {
  std::uint64_t hash = 0xcbf29ce484222325u;
  std::uint16_t tokens[written] = {};
};

/// Reads the prompt and writes `written` tokens, each time the likeliest.
template <class Matrix, class Multiply>
void write(const model_weights<Matrix>& w, state& s, outcome& result, const Multiply& multiply) {
  static_assert(sizeof prompt + written <= context);
  s.length = 0;
  const auto step = [&](std::size_t token) {
    forward(w, token, s, multiply);
    for (const float v : s.logits) {
      result.hash = (result.hash ^ std::bit_cast<std::uint32_t>(v)) * 0x100000001b3u;
    }
  };
  step(end_of_text);
  for (std::size_t i = 0; i + 1 < sizeof prompt; ++i) {
    step(token_of(prompt[i]));
  }
  for (std::uint16_t& token : result.tokens) {
    std::size_t best = 0;
    for (std::size_t t = 1; t < vocabulary - 1; ++t) {
      best = s.logits[t] > s.logits[best] ? t : best;
    }
    token = static_cast<std::uint16_t>(best);
    step(best);
  }
}

}  // namespace edge
