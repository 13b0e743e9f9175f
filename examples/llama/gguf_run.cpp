// SPDX-License-Identifier: MIT
// Halftone example: --gguf and --save-gguf.
#include "gguf_run.hpp"

#include "gguf_save.hpp"
#include "gguf_session.hpp"
#include "system.hpp"
#include "tokenizer.hpp"
#include "verify.hpp"

#include <cstdio>
#include <map>

namespace llama {

namespace {

void print_model(const gguf_session& session, const options& chosen) {
  const any_parameters& p = session.parameters();
  const config& c = p.sizes;
  std::map<std::string, std::size_t> types;
  for (const halftone::gguf_tensor& tensor : p.file->tensors()) {
    ++types[std::string(halftone::name_of(tensor.type))];
  }
  std::string list;
  for (const auto& [name, count] : types) {
    list.append(list.empty() ? "" : ", ").append(std::to_string(count)).append(" ").append(name);
  }
  const model_size size = p.size();
  std::printf("%s: %zu layers, hidden %zu, feed-forward %zu, %zu heads over %zu, context %zu, %zu tokens.\n",
              chosen.gguf->string().c_str(), c.layers, c.hidden, c.feed_forward, c.heads, c.key_value_heads, c.context,
              c.vocabulary);
  std::printf("Tensors: %s. %.1f MB in the file, %.1f MB read for each token. %s activations, %zu threads, %s.\n\n",
              list.c_str(), static_cast<double>(size.file_bytes()) * 1e-6, static_cast<double>(size.streamed_bytes) * 1e-6,
              chosen.activations.c_str(), chosen.threads, processor_name().c_str());
}

}  // namespace

int run_gguf(const options& chosen) {
  gguf_session session(*chosen.gguf, chosen.context, chosen.threads);
  if (chosen.commands) {
    return obey_commands(session);
  }
  const gguf_tokenizer& tokenizer = session.tokenizer();
  std::vector<std::int32_t> prompt;
  if (chosen.chat) {
    prompt = chat_template(*session.parameters().file, tokenizer, chosen.gguf->string()).ask(*chosen.chat);
  } else {
    if (tokenizer.start()) {
      prompt.push_back(*tokenizer.start());
    }
    const std::vector<std::int32_t> text = tokenizer.encode(chosen.prompt);
    prompt.insert(prompt.end(), text.begin(), text.end());
  }
  print_model(session, chosen);
  std::printf("%s\n", chosen.chat ? chosen.chat->c_str() : chosen.prompt.c_str());
  if (chosen.chat) {
    std::printf("\n");
  }
  const auto model = session.model(chosen.activations == "float" ? activation_kind::floats : activation_kind::int8);
  run_times times;
  static_cast<void>(session.write(*model, prompt, chosen.tokens, chosen.sampling, true, times, [&](std::int32_t token) {
    const std::string text = tokenizer.decode(std::span(&token, 1));
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
  }));
  std::printf("\n\n%zu tokens read at %.0f a second, %zu written at %.0f a second.\n", times.prompt_tokens,
              static_cast<double>(times.prompt_tokens) / times.prompt_seconds, times.written_tokens + 1,
              times.written_tokens == 0 ? 0.0 : static_cast<double>(times.written_tokens) / times.write_seconds);
  return 0;
}

int run_save_gguf(const options& chosen) {
  const config sizes = read_config(chosen.model);
  const auto weights = open_checkpoint(chosen.model);
  const auto number = halftone::gguf_tensor_type_of(chosen.type);
  const matrix_type* type = number ? find_matrix_type(*number) : nullptr;
  halftone::expects(type != nullptr, "no type is called \"", chosen.type, "\"; there are ", names_of_matrix_types());
  save_gguf(sizes, *weights, *type, *chosen.save_gguf);

  const held_out_text text = cut(read_text(chosen.model / "held_out.txt"), sizes.context, sizes.context);
  const auto loaded = load_gguf(*chosen.save_gguf);
  const auto encoded = encode_model(sizes, *weights, *type);
  for (const activation_kind kind : {activation_kind::floats, activation_kind::int8}) {
    const auto first = make_model(encoded, kind);
    const auto second = make_model(loaded, kind);
    expects_identical_logits(*first, *second, text);
  }
  const model_size size = loaded->size();
  std::printf("Wrote %s: %.2f MB, %.4f bits a weight in %s; loaded again it gives the logits of the same matrices, bit for "
              "bit.\n",
              chosen.save_gguf->string().c_str(), static_cast<double>(size.file_bytes()) * 1e-6, size.bits_per_weight(),
              chosen.type.c_str());
  return 0;
}

}  // namespace llama
