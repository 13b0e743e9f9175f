// SPDX-License-Identifier: MIT
// Halftone example: whether two models are the same.
#include "verify.hpp"

#include <bit>

namespace llama {

void expects_identical_logits(language_model& a, language_model& b, const held_out_text& text) {
  const std::size_t vocabulary = a.config().vocabulary;
  const auto logits_of = [&](language_model& model) {
    std::vector<float> logits(text.window * vocabulary);
    key_value_cache cache(model.config());
    const input in{std::span(text.sources).first(text.window), &cache};
    model.forward({&in, 1}, {logits.data(), text.window, vocabulary}, halftone::context{});
    return logits;
  };
  const std::vector<float> first = logits_of(a);
  const std::vector<float> second = logits_of(b);
  for (std::size_t i = 0; i < first.size(); ++i) {
    halftone::expects(std::bit_cast<std::uint32_t>(first[i]) == std::bit_cast<std::uint32_t>(second[i]), "logit ",
                      i % vocabulary, " at position ", i / vocabulary, " is ", first[i], " in one model and ",
                      second[i], " in the other");
  }
}

}  // namespace llama
