// SPDX-License-Identifier: MIT
// Halftone example: a language model with its weights quantized in several ways.
#include "evaluation.hpp"
#include "generate.hpp"
#include "gguf_run.hpp"
#include "model_file.hpp"
#include "options.hpp"
#include "progress.hpp"
#include "report.hpp"
#include "scheme_list.hpp"
#include "speed.hpp"
#include "system.hpp"
#include "thread_pool.hpp"
#include "tokenizer.hpp"
#include "verify.hpp"

#include <cstdio>
#include <exception>
#include <map>

namespace llama {

namespace {

constexpr std::size_t kept_positions = 16384;  // of fp32 logits: 17 MB

/// What all rows share.
struct session {
  const options& chosen;
  thread_pool pool;
  held_out_text text;
  reference_logits reference{};
  std::vector<result_row> rows{};
  std::map<std::string, std::string> continuations{};
};

using model_maker = std::function<std::unique_ptr<language_model>()>;

/// Makes one model, measures it, lets it write, and forgets it.
void add_row(session& s, const std::string& name, const model_maker& make) {
  result_row row{.name = name, .size = {}, .peak_bytes = {}, .scores = {}, .rates = {}};
  const bool first = s.rows.empty();
  const peak_memory memory;
  std::unique_ptr<language_model> model;
  {
    const progress phase(name + ": read, quantize, pack");
    model = make();
    row.size = model->size();
  }
  {
    const progress phase(name + ": write " + std::to_string(s.chosen.tokens) + " bytes");
    s.continuations[name] =
        continue_text(*model, s.chosen.prompt, s.chosen.tokens, s.chosen.sampling, halftone::context{});
    row.peak_bytes = memory.rise();
  }
  {
    progress phase(name + ": predict " + std::to_string(s.text.targets.size()) + " held-out bytes");
    const auto step = [&](std::size_t done, std::size_t total) { phase.update(done, total); };
    row.scores = first ? evaluate_reference(*model, s.text, kept_positions, s.reference, s.pool.context(), step)
                       : evaluate(*model, s.text, s.reference, s.pool.context(), step);
  }
  {
    const progress phase(name + ": measure speed");
    row.rates = measure_speed(*model, s.chosen.seconds);
  }
  if (s.chosen.save && name == s.chosen.schemes.front()) {
    const progress phase(name + ": save, load, compare");
    save_model(*model, name, *s.chosen.save);
    const loaded_model again = load_model_file(*s.chosen.save);
    expects_identical_logits(*model, *again.model, s.text);
  }
  s.rows.push_back(row);
}

void print_header(const session& s, const config& c, bool with_joules) {
  std::printf("Model: %s, %zu layers, hidden %zu, feed-forward %zu, %zu heads over %zu, context %zu.\n",
              s.chosen.model.string().c_str(), c.layers, c.hidden, c.feed_forward, c.heads, c.key_value_heads,
              c.context);
  std::printf("Held out: %zu bytes in windows of %zu; KL and top-1 at %zu of these positions.\n",
              s.text.targets.size(), s.text.window, s.reference.positions());
  std::printf("Processor: %s. Evaluation on %zu threads; speeds on one thread.\n", processor_name().c_str(),
              s.chosen.threads);
  std::printf("fp32 and bf16 multiply float activations; all others int8 activations, one scale a token.\n");
  std::printf("Size: every matrix of the file, the embedding table (bf16 in every row) and norms. Peak: how far the\n"
              "process grew while it quantized, packed and wrote text. MB moved: packed weights and cache a token.\n");
  std::printf("%s\n", with_joules ? "Joules: processor packages, from /sys/class/powercap, while decoding."
                                  : "Joules per token: left out, /sys/class/powercap cannot be read here.");
}

void print_texts(const session& s) {
  const auto show = [&](const std::string& name) {
    std::printf("\n%s continues (temperature %.2g, seed %llu):\n%s%s\n", name.c_str(),
                static_cast<double>(s.chosen.sampling.temperature),
                static_cast<unsigned long long>(s.chosen.sampling.seed), s.chosen.prompt.c_str(),
                s.continuations.at(name).c_str());
  };
  const std::string& first = s.rows.front().name;
  const std::string preferred = "int4_g128";
  show(first);
  if (s.continuations.contains(preferred)) {
    show(preferred);
  } else if (s.rows.size() > 1) {
    show(s.rows.back().name);
  }
}

int run(const options& o) {
  const config sizes = read_config(o.model);
  halftone::expects(sizes.vocabulary == token_count, o.model.string(), ": the vocabulary has ", sizes.vocabulary,
                    " tokens; this program's tokenizer has ", token_count, ", one a byte and end of text");
  session s{.chosen = o,
            .pool = thread_pool(o.threads),
            .text = cut(read_text(o.model / "held_out.txt"), sizes.context, o.held_out_bytes)};
  const auto weights = open_checkpoint(o.model);
  add_row(s, "fp32", [&] { return find_scheme("fp32").make(sizes, *weights); });
  if (o.load) {
    add_row(s, "(loaded)", [&] { return load_model_file(*o.load).model; });
  } else {
    for (const std::string& name : o.schemes) {
      if (name != "fp32") {
        add_row(s, name, [&] { return find_scheme(name).make(sizes, *weights); });
      }
    }
  }
  std::printf("\n");
  print_header(s, sizes, s.rows.front().rates.joules_per_token.has_value());
  std::printf("\n%s", format_table(s.rows).c_str());
  if (o.save) {
    std::printf("\nSaved %s to %s; loaded again it gives bit-identical logits.\n", o.schemes.front().c_str(),
                o.save->string().c_str());
  }
  if (o.tokens != 0) {
    print_texts(s);
  }
  std::printf("\nAll of this took %.1f s.\n", seconds_since_start());
  return 0;
}

}  // namespace

}  // namespace llama

int main(int argc, char** argv) {
  try {
    static_cast<void>(llama::seconds_since_start());
    const llama::parsed line = llama::parse_command_line(argc, argv);
    if (line.exit_status) {
      return *line.exit_status;
    }
    return line.chosen.gguf        ? llama::run_gguf(line.chosen)
           : line.chosen.save_gguf ? llama::run_save_gguf(line.chosen)
                                   : llama::run(line.chosen);
  } catch (const std::exception& wrong) {
    std::fprintf(stderr, "halftone_llama: %s\n", wrong.what());
    return 1;
  }
}
