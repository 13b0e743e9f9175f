// SPDX-License-Identifier: MIT
// Halftone example: the command line, by CLI11.
#include "options.hpp"

#include "scheme_list.hpp"

#include <CLI/CLI.hpp>

#include <thread>

#ifndef HALFTONE_LLAMA_MODEL
#define HALFTONE_LLAMA_MODEL "examples/llama/model"
#endif

namespace llama {

parsed parse_command_line(int argc, char** argv) {
  options o;
  o.model = HALFTONE_LLAMA_MODEL;
  o.threads = std::max(1u, std::thread::hardware_concurrency());
  std::vector<std::string> names;
  for (const known_scheme& s : known_schemes()) {
    names.emplace_back(s.name);
  }
  o.schemes = names;

  CLI::App app{
      "Runs a Llama model with its weights quantized in several ways, and shows for each its size, how well it\n"
      "predicts a text it has never seen, and its speed. Then fp32 and a quantized model continue a prompt.\n"
      "With --gguf: runs a model file of llama.cpp."};
  app.add_option("--model", o.model, "directory with model.safetensors, config.json and held_out.txt")
      ->capture_default_str()
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);  // run.sh names the bundled one first
  app.add_option("--scheme", o.schemes, "scheme of the weights, may be given several times (default: all)")
      ->check(CLI::IsMember(names));
  app.add_option("--prompt", o.prompt, "text to continue")->capture_default_str();
  app.add_option("--tokens", o.tokens, "how many bytes to write after it; 0: none")->capture_default_str();
  app.add_option("--temperature", o.sampling.temperature, "0 takes the likeliest byte")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 10.0));
  app.add_option("--top-k", o.sampling.top_k, "draw among the k likeliest bytes; 0: all")->capture_default_str();
  app.add_option("--seed", o.sampling.seed, "the same seed gives the same text")->capture_default_str();
  app.add_option("--save", o.save, "write the quantized model to this file; needs exactly one --scheme");
  app.add_option("--load", o.load, "run a model that --save wrote, instead of quantizing one");
  app.add_option("--threads", o.threads, "threads for evaluation and text; speeds are of one thread")
      ->capture_default_str()
      ->check(CLI::Range(1, 1024));
  app.add_option("--held-out-bytes", o.held_out_bytes, "how much of held_out.txt to predict; 0: all")
      ->capture_default_str();
  app.add_option("--seconds", o.seconds, "how long to measure each speed")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 3600.0));
  app.add_option("--gguf", o.gguf, "run this GGUF file of llama.cpp, from its stored codes, and write text")
      ->check(CLI::ExistingFile);
  app.add_option("--chat", o.chat, "with --gguf: a message for the file's chat template (default: --prompt as it stands)");
  app.add_option("--activations", o.activations, "with --gguf: int8, one scale for 32 or 256 values, or float")
      ->capture_default_str()
      ->check(CLI::IsMember({"float", "int8"}));
  app.add_option("--context", o.context, "with --gguf: longest sequence, at most what the file says")
      ->capture_default_str()
      ->check(CLI::Range(1, 1 << 24));
  app.add_flag("--commands", o.commands, "with --gguf: obey commands from standard input, for compare.py");
  app.add_option("--save-gguf", o.save_gguf, "write the checkpoint of --model as a GGUF file");
  app.add_option("--type", o.type, "with --save-gguf: the type of its matrices, Q4_K for example")->capture_default_str();
  try {
    app.parse(argc, argv);
    for (const char* needs_gguf : {"--chat", "--activations", "--context", "--commands"}) {
      if (!o.gguf && app.count(needs_gguf) != 0) {
        throw CLI::ValidationError(needs_gguf, "needs --gguf");
      }
    }
    if (!o.save_gguf && app.count("--type") != 0) {
      throw CLI::ValidationError("--type", "needs --save-gguf");
    }
    if (o.save && (o.load || app.count("--scheme") == 0 || o.schemes.size() != 1)) {
      throw CLI::ValidationError("--save", "needs exactly one --scheme, and no --load");
    }
    if (o.load && app.count("--scheme") != 0) {
      throw CLI::ValidationError("--load", "takes the scheme from the file; leave out --scheme");
    }
  } catch (const CLI::ParseError& wrong) {
    return {app.exit(wrong), {}};
  }
  return {{}, o};
}

}  // namespace llama
