// SPDX-License-Identifier: MIT
// Halftone example: bits per byte, divergence, agreement.
#include "evaluation.hpp"

#include "sampler.hpp"
#include "tokenizer.hpp"
#include "vector_math.hpp"

#include <cmath>
#include <numbers>

namespace llama {

namespace {

constexpr std::size_t windows_a_step = 2;

/// KL(p || q) = sum p (log p - log q), from logits.
double divergence(std::span<const float> p, std::span<const float> q) {
  const double p_total = log_sum_exp(p);
  const double q_total = log_sum_exp(q);
  double sum = 0.0;
  for (std::size_t i = 0; i < p.size(); ++i) {
    const double log_p = static_cast<double>(p[i]) - p_total;
    const double log_q = static_cast<double>(q[i]) - q_total;
    sum += static_cast<double>(exponential_of_negative(static_cast<float>(log_p))) * (log_p - log_q);
  }
  return sum;
}

/// Runs all windows; calls visit(window, logits of the window, targets).
template <class Visitor>
void for_each_window(language_model& model, const held_out_text& text, const halftone::context& context,
                     const step_callback& step, Visitor&& visit) {
  const std::size_t vocabulary = model.config().vocabulary;
  std::vector<key_value_cache> caches(windows_a_step, key_value_cache(model.config()));
  std::vector<float> logits(windows_a_step * text.window * vocabulary);
  for (std::size_t first = 0; first < text.windows(); first += windows_a_step) {
    const std::size_t count = std::min(windows_a_step, text.windows() - first);
    std::vector<input> inputs;
    for (std::size_t i = 0; i < count; ++i) {
      caches[i].clear();
      inputs.push_back({std::span(text.sources).subspan((first + i) * text.window, text.window), &caches[i]});
    }
    model.forward(inputs, {logits.data(), count * text.window, vocabulary}, context);
    const std::size_t window_size = text.window * vocabulary;
    auto task = [&](std::size_t i) {
      visit(first + i, std::span<const float>(logits).subspan(i * window_size, window_size),
            std::span<const std::int32_t>(text.targets).subspan((first + i) * text.window, text.window));
    };
    context.execute(count, task);
    if (step) {
      step(first + count, text.windows());
    }
  }
}

/// Sum over a window of -log of the probability of each target, in nats.
double loss(std::span<const float> logits, std::span<const std::int32_t> targets, std::size_t vocabulary) {
  double sum = 0.0;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    const auto row = logits.subspan(i * vocabulary, vocabulary);
    sum += log_sum_exp(row) - static_cast<double>(row[static_cast<std::size_t>(targets[i])]);
  }
  return sum;
}

double mean(const std::vector<double>& sums, std::size_t count) {
  double total = 0.0;
  for (const double sum : sums) {
    total += sum;
  }
  return count == 0 ? 0.0 : total / static_cast<double>(count);
}

}  // namespace

held_out_text cut(std::string_view text, std::size_t window, std::size_t most_bytes) {
  const std::size_t bytes = most_bytes == 0 ? text.size() : std::min(most_bytes, text.size());
  halftone::expects(bytes >= window, "the held-out text has ", bytes, " bytes; a window is ", window);
  held_out_text h{.window = window, .targets = encode(text.substr(0, bytes / window * window)), .sources = {}};
  h.sources = h.targets;
  for (std::size_t i = 0; i < h.sources.size(); ++i) {
    h.sources[i] = i % window == 0 ? end_of_text : h.targets[i - 1];
  }
  return h;
}

quality evaluate_reference(language_model& model, const held_out_text& text, std::size_t positions,
                           reference_logits& kept, const halftone::context& context, const step_callback& step) {
  const std::size_t wanted = std::clamp<std::size_t>(positions / text.window, 1, text.windows());
  kept.every = halftone::ceil_div(text.windows(), wanted);
  kept.vocabulary = model.config().vocabulary;
  kept.values.resize(halftone::ceil_div(text.windows(), kept.every) * text.window * kept.vocabulary);
  std::vector<double> losses(text.windows());
  for_each_window(model, text, context, step, [&](std::size_t window, auto logits, auto targets) {
    losses[window] = loss(logits, targets, kept.vocabulary);
    if (window % kept.every == 0) {
      std::copy(logits.begin(), logits.end(),
                kept.values.begin() + static_cast<std::ptrdiff_t>(window / kept.every * logits.size()));
    }
  });
  return {.bits_per_byte = mean(losses, text.targets.size()) / std::numbers::ln2, .divergence = 0.0, .agreement = 1.0};
}

quality evaluate(language_model& model, const held_out_text& text, const reference_logits& reference,
                 const halftone::context& context, const step_callback& step) {
  const std::size_t vocabulary = reference.vocabulary;
  std::vector<double> losses(text.windows());
  std::vector<double> divergences(text.windows());
  std::vector<double> agreements(text.windows());
  for_each_window(model, text, context, step, [&](std::size_t window, auto logits, auto targets) {
    losses[window] = loss(logits, targets, vocabulary);
    if (window % reference.every != 0) {
      return;
    }
    const auto expected =
        std::span<const float>(reference.values).subspan(window / reference.every * logits.size(), logits.size());
    for (std::size_t i = 0; i < targets.size(); ++i) {
      const auto p = expected.subspan(i * vocabulary, vocabulary);
      const auto q = logits.subspan(i * vocabulary, vocabulary);
      divergences[window] += divergence(p, q);
      agreements[window] += likeliest(p) == likeliest(q) ? 1.0 : 0.0;
    }
  });
  return {.bits_per_byte = mean(losses, text.targets.size()) / std::numbers::ln2,
          .divergence = mean(divergences, reference.positions()),
          .agreement = mean(agreements, reference.positions())};
}

}  // namespace llama
