// SPDX-License-Identifier: MIT
// Halftone example: a model of a GGUF file and its tokenizer, and the two things that are done with them.
#pragma once

#include "chat.hpp"
#include "gguf_model.hpp"
#include "sampler.hpp"
#include "thread_pool.hpp"

#include <functional>

namespace llama {

/// What a run took.
struct run_times {
  std::size_t prompt_tokens = 0;
  double prompt_seconds = 0.0;
  std::size_t written_tokens = 0;  ///< that were computed: the first one comes with the prompt
  double write_seconds = 0.0;
  double prompt_processor_seconds = 0.0;  ///< of all threads: what counts where other programs run, too
  double write_processor_seconds = 0.0;
};

/// One sequence at a time.
class gguf_session {
 public:
  gguf_session(const std::filesystem::path& path, std::size_t context, std::size_t threads)
      : parameters_(load_gguf(path, context)),
        tokenizer_(*parameters_->file, path.string()),
        pool_(threads),
        cache_(parameters_->sizes) {
    halftone::expects(tokenizer_.size() == parameters_->sizes.vocabulary, path.string(), ": ", tokenizer_.size(),
                      " tokens have names, the embedding table has ", parameters_->sizes.vocabulary);
  }

  [[nodiscard]] const gguf_tokenizer& tokenizer() const noexcept { return tokenizer_; }
  [[nodiscard]] const any_parameters& parameters() const noexcept { return *parameters_; }
  [[nodiscard]] std::unique_ptr<language_model> model(activation_kind activations, const activation_noise& noise = {}) const {
    return make_model(parameters_, activations, noise);
  }

  /// The logits of each token, teacher-forced: [tokens, vocabulary].
  [[nodiscard]] std::vector<float> logits(language_model& model, std::span<const std::int32_t> tokens);

  /// Lets the model write after a prompt until it ends its text, after `most` tokens, or where the context is full.
  /// @param each  called with each token as it is written
  std::vector<std::int32_t> write(language_model& model, std::span<const std::int32_t> prompt, std::size_t most,
                                  const sampler::options& sampling, bool stop_at_end, run_times& times,
                                  const std::function<void(std::int32_t)>& each = {});

 private:
  std::shared_ptr<const any_parameters> parameters_;
  gguf_tokenizer tokenizer_;
  thread_pool pool_;
  key_value_cache cache_;
};

/// Reads commands from standard input, one a line, and answers each with one line; for compare.py. ACTIVATIONS is `float`,
/// `int8` or `noise:BLOCK:SEED` (see activation_noise); files hold int32 tokens and float32 logits.
///   tokenize HEX                          tokens of a text, special names being text
///   tokenize-special HEX                  tokens of a text, special names being tokens
///   ask HEX                               tokens of the chat template around a message
///   decode TOKEN...                       the text, in hexadecimal
///   logits ACTIVATIONS TOKENS OUT         teacher-forced
///   greedy ACTIVATIONS COUNT TOKENS       the likeliest tokens after these, ends of texts not minded
///   speed ACTIVATIONS PROMPT COUNT        seconds for a prompt of so many tokens, and for so many after it, one a call;
///                                         then the same in seconds of the processor
int obey_commands(gguf_session& session);

}  // namespace llama
