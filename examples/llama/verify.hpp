// SPDX-License-Identifier: MIT
// Halftone example: whether two models are the same.
#pragma once

#include "evaluation.hpp"

namespace llama {

/// Runs the first window of the text through both.
/// @throws halftone::error at the first logit whose bits differ
void expects_identical_logits(language_model& a, language_model& b, const held_out_text& text);

}  // namespace llama
