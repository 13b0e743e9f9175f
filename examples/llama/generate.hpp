// SPDX-License-Identifier: MIT
// Halftone example: continuing a text.
#pragma once

#include "language_model.hpp"
#include "sampler.hpp"

#include <string>
#include <string_view>

namespace llama {

/// The text that the model writes after `prompt`, without it. Ends after `tokens` tokens, at end of text, or where the
/// context is full.
[[nodiscard]] std::string continue_text(language_model& model, std::string_view prompt, std::size_t tokens,
                                        const sampler::options& options, const halftone::context& context);

}  // namespace llama
