// SPDX-License-Identifier: MIT
// Halftone example: attention.
#include "attention.hpp"

#include "vector_math.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <utility>
#include <vector>

namespace llama {

namespace {

constexpr std::size_t rows_a_task = 16;

/// Eight lanes, for g++ and clang. Two of them and four queries keep eight chains in registers.
using lanes = float __attribute__((vector_size(32)));
constexpr std::size_t width = 8;
constexpr std::size_t block = 2 * width;
static_assert(key_value_cache::block % block == 0);

lanes load(const float* from) noexcept {
  lanes v;
  std::memcpy(&v, from, sizeof v);
  return v;
}
void store(float* to, const lanes& v) noexcept { std::memcpy(to, &v, sizeof v); }

/// Queries that share keys and values: rows, and heads of one group.
template <std::size_t Count>
struct query_group {
  const float* query[Count];
  std::size_t positions[Count];  // that each may see
  float* scores[Count];
  float* output[Count];
};

/// scores[j] = factor * q . key j, for whole blocks of positions that hold `positions`. One chain over the elements
/// of the head in each lane, whatever the group.
template <std::size_t Count, std::size_t... Q>
void score(std::index_sequence<Q...>, const query_group<Count>& g, const float* keys, std::size_t stride,
           std::size_t head_size, std::size_t positions, float factor) noexcept {
  for (std::size_t first = 0; first < positions; first += block) {
    lanes low[] = {(static_cast<void>(Q), lanes{})...};
    lanes high[] = {(static_cast<void>(Q), lanes{})...};
    const float* key = keys + first;
    for (std::size_t i = 0; i < head_size; ++i, key += stride) {
      const lanes k0 = load(key);
      const lanes k1 = load(key + width);
      ((low[Q] += g.query[Q][i] * k0, high[Q] += g.query[Q][i] * k1), ...);
    }
    ((store(g.scores[Q] + first, factor * low[Q]), store(g.scores[Q] + first + width, factor * high[Q])), ...);
  }
}

/// output = factor * sum over positions of weight * value. Weights past a query's own positions are zero.
template <std::size_t Count, std::size_t... Q>
void mix(std::index_sequence<Q...>, const query_group<Count>& g, const float* values, std::size_t stride,
         std::size_t head_size, std::size_t positions, const float (&factors)[Count]) noexcept {
  for (std::size_t first = 0; first < head_size; first += block) {
    lanes low[] = {(static_cast<void>(Q), lanes{})...};
    lanes high[] = {(static_cast<void>(Q), lanes{})...};
    const float* value = values + first;
    for (std::size_t position = 0; position < positions; ++position, value += stride) {
      const lanes v0 = load(value);
      const lanes v1 = load(value + width);
      ((low[Q] += g.scores[Q][position] * v0, high[Q] += g.scores[Q][position] * v1), ...);
    }
    float sums[Count][block];
    ((store(sums[Q], factors[Q] * low[Q]), store(sums[Q] + width, factors[Q] * high[Q])), ...);
    (std::copy_n(sums[Q], std::min(block, head_size - first), g.output[Q] + first), ...);
  }
}

template <std::size_t Count>
void attend_group(const query_group<Count>& g, const float* keys, std::size_t key_stride, const float* values,
                  std::size_t value_stride, std::size_t head_size) noexcept {
  constexpr auto queries = std::make_index_sequence<Count>{};
  const std::size_t longest = *std::max_element(g.positions, g.positions + Count);
  score(queries, g, keys, key_stride, head_size, longest, 1.0f / std::sqrt(static_cast<float>(head_size)));
  float factors[Count];
  for (std::size_t q = 0; q < Count; ++q) {
    factors[q] = exponentials(g.scores[q], g.positions[q]);
    std::fill(g.scores[q] + g.positions[q], g.scores[q] + longest, 0.0f);
  }
  mix(queries, g, values, value_stride, head_size, longest, factors);
}

/// Which rows a task computes: some rows of one input.
struct task_rows {
  const key_value_cache* cache;
  std::size_t first_row;       // in the matrices
  std::size_t first_position;  // in the sequence
  std::size_t count;
};

std::vector<task_rows> split(std::span<const input> inputs) {
  std::vector<task_rows> tasks;
  std::size_t row = 0;
  for (const input& in : inputs) {
    for (std::size_t i = 0; i < in.tokens.size(); i += rows_a_task) {
      tasks.push_back({in.cache, row + i, in.cache->length() + i, std::min(rows_a_task, in.tokens.size() - i)});
    }
    row += in.tokens.size();
  }
  return tasks;
}

}  // namespace

void rotate_and_store(const config& c, const rotary& turn, std::span<const input> inputs, std::size_t layer,
                      const projections& p) {
  const std::size_t size = c.head_size();
  std::size_t row = 0;
  for (const input& in : inputs) {
    for (std::size_t i = 0; i < in.tokens.size(); ++i, ++row) {
      const std::size_t position = in.cache->length() + i;
      for (std::size_t head = 0; head < c.heads; ++head) {
        turn.apply(p.query.row_data(row) + head * size, position);
      }
      for (std::size_t head = 0; head < c.key_value_heads; ++head) {
        float* key = p.key.row_data(row) + head * size;
        turn.apply(key, position);
        in.cache->store(layer, head, position, key, p.value.row_data(row) + head * size);
      }
    }
  }
}

void attend(const config& c, std::span<const input> inputs, std::size_t layer,
            halftone::matrix_view<const float> query, halftone::matrix_view<float> output,
            const halftone::context& context) {
  const std::size_t size = c.head_size();
  const std::size_t sharing = c.heads / c.key_value_heads;
  const std::vector<task_rows> tasks = split(inputs);
  auto task = [&](std::size_t index) {
    const task_rows& t = tasks[index];
    const std::size_t stride = t.cache->key_stride();
    std::vector<float> scores(4 * stride);
    for (std::size_t shared = 0; shared < c.key_value_heads; ++shared) {
      const std::size_t queries = t.count * sharing;  // of this key-value head: row by row, head by head
      const auto run = [&](std::size_t first, auto count) {
        query_group<count> g;
        for (std::size_t q = 0; q < count; ++q) {
          const std::size_t row = (first + q) / sharing;
          const std::size_t column = (shared * sharing + (first + q) % sharing) * size;
          g.query[q] = query.row_data(t.first_row + row) + column;
          g.output[q] = output.row_data(t.first_row + row) + column;
          g.positions[q] = t.first_position + row + 1;
          g.scores[q] = scores.data() + q * stride;
        }
        attend_group(g, t.cache->keys(layer, shared), stride, t.cache->values(layer, shared), t.cache->value_stride(),
                     size);
      };
      std::size_t first = 0;
      for (; first + 4 <= queries; first += 4) {
        run(first, std::integral_constant<std::size_t, 4>{});
      }
      for (; first + 2 <= queries; first += 2) {
        run(first, std::integral_constant<std::size_t, 2>{});
      }
      for (; first < queries; ++first) {
        run(first, std::integral_constant<std::size_t, 1>{});
      }
    }
  };
  context.execute(tasks.size(), task);
}

}  // namespace llama
