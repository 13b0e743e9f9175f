// SPDX-License-Identifier: MIT
// Halftone example: text generation.
#include "generate.hpp"

#include "tokenizer.hpp"

#include <vector>

namespace llama {

std::string continue_text(language_model& model, std::string_view prompt, std::size_t tokens,
                          const sampler::options& options, const halftone::context& context) {
  const std::size_t vocabulary = model.config().vocabulary;
  std::vector<std::int32_t> pending{end_of_text};
  const std::vector<std::int32_t> encoded = encode(prompt);
  pending.insert(pending.end(), encoded.begin(), encoded.end());
  halftone::expects(pending.size() < model.config().context, "the prompt has ", encoded.size(),
                    " bytes; with this model's context of ", model.config().context, " it may have at most ",
                    model.config().context - 2);
  key_value_cache cache(model.config());
  std::vector<float> logits(pending.size() * vocabulary);
  std::vector<std::int32_t> written;
  sampler choose(options);
  while (written.size() < tokens && cache.length() + pending.size() <= cache.capacity()) {
    const input in{pending, &cache};
    model.forward({&in, 1}, {logits.data(), pending.size(), vocabulary}, context);
    const std::int32_t token =
        choose.pick(std::span<const float>(logits).subspan((pending.size() - 1) * vocabulary, vocabulary));
    if (token == end_of_text) {
      break;
    }
    written.push_back(token);
    pending.assign(1, token);
  }
  return decode(written);
}

}  // namespace llama
