// SPDX-License-Identifier: MIT
// Halftone example: running a model of a GGUF file, by hand or by commands.
#include "gguf_session.hpp"

#include <chrono>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>

namespace llama {

namespace {

double seconds_now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

double processor_seconds_now() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

std::string from_hex(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    unsigned value = 0;
    const auto parsed = std::from_chars(text.data() + i, text.data() + i + 2, value, 16);
    halftone::expects(parsed.ptr == text.data() + i + 2, "commands: ", text.substr(i, 2), " is not hexadecimal");
    bytes.push_back(static_cast<char>(value));
  }
  return bytes;
}

std::string to_hex(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const char byte : bytes) {
    text += digits[static_cast<std::uint8_t>(byte) >> 4];
    text += digits[static_cast<std::uint8_t>(byte) & 15];
  }
  return text;
}

std::string joined(std::span<const std::int32_t> tokens) {
  std::string text;
  for (const std::int32_t token : tokens) {
    text.append(text.empty() ? "" : " ").append(std::to_string(token));
  }
  return text;
}

std::vector<std::int32_t> read_tokens(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  halftone::expects(file.good(), "commands: cannot open ", path);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  std::vector<std::int32_t> tokens(bytes.size() / sizeof(std::int32_t));
  std::memcpy(tokens.data(), bytes.data(), tokens.size() * sizeof(std::int32_t));
  return tokens;
}

void write_floats(const std::string& path, const std::vector<float>& values) {
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(float)));
  halftone::expects(file.flush().good(), "commands: cannot write ", path);
}

/// Models by what a command calls their activations; each is made once.
class models {
 public:
  explicit models(const gguf_session& session) : session_(session) {}

  language_model& of(const std::string& name) {
    if (name.starts_with("noise:")) {
      activation_noise noise;
      char colon = 0;
      std::istringstream numbers(name.substr(6));
      numbers >> noise.block >> colon >> noise.seed;
      halftone::expects(!numbers.fail() && colon == ':', "commands: ", name, " is not noise:BLOCK:SEED");
      noisy_ = session_.model(activation_kind::noisy, noise);
      return *noisy_;
    }
    halftone::expects(name == "float" || name == "int8", "commands: no activations are called ", name);
    std::unique_ptr<language_model>& model = name == "float" ? floats_ : int8_;
    if (model == nullptr) {
      model = session_.model(name == "float" ? activation_kind::floats : activation_kind::int8);
    }
    return *model;
  }

 private:
  const gguf_session& session_;
  std::unique_ptr<language_model> floats_;
  std::unique_ptr<language_model> int8_;
  std::unique_ptr<language_model> noisy_;
};

std::string obey(gguf_session& session, models& known, chat_template* chat, std::istringstream& line) {
  std::string command;
  std::string argument;
  line >> command >> argument;
  if (command == "tokenize") {
    return joined(session.tokenizer().encode(from_hex(argument)));
  }
  if (command == "tokenize-special") {
    return joined(session.tokenizer().encode_with_specials(from_hex(argument)));
  }
  if (command == "ask") {
    halftone::expects(chat != nullptr, "commands: the file has no chat template that this program knows");
    return joined(chat->ask(from_hex(argument)));
  }
  if (command == "decode") {
    std::vector<std::int32_t> tokens{std::stoi(argument)};
    for (std::int32_t token = 0; line >> token;) {
      tokens.push_back(token);
    }
    return to_hex(session.tokenizer().decode(tokens));
  }
  if (command == "logits") {
    std::string tokens;
    std::string out;
    line >> tokens >> out;
    write_floats(out, session.logits(known.of(argument), read_tokens(tokens)));
    return "written";
  }
  if (command == "greedy") {
    std::size_t count = 0;
    std::string tokens;
    line >> count >> tokens;
    run_times times;
    return joined(session.write(known.of(argument), read_tokens(tokens), count, {}, false, times));
  }
  if (command == "speed") {
    std::size_t prompt = 0;
    std::size_t count = 0;
    line >> prompt >> count;
    halftone::expects(prompt > 0, "commands: a prompt of no tokens");
    std::vector<std::int32_t> tokens(prompt);
    for (std::size_t i = 0; i < prompt; ++i) {
      tokens[i] = static_cast<std::int32_t>((i * 7919 + 100) % session.tokenizer().size());
    }
    run_times times;
    static_cast<void>(session.write(known.of(argument), tokens, count + 1, {}, false, times));
    std::ostringstream answer;
    answer << times.prompt_seconds << ' ' << times.write_seconds << ' ' << times.prompt_processor_seconds << ' '
           << times.write_processor_seconds;
    return answer.str();
  }
  halftone::fail("commands: there is no command ", command);
}

}  // namespace

std::vector<float> gguf_session::logits(language_model& model, std::span<const std::int32_t> tokens) {
  cache_.clear();
  std::vector<float> values(tokens.size() * parameters_->sizes.vocabulary);
  const input in{tokens, &cache_};
  model.forward({&in, 1}, {values.data(), tokens.size(), parameters_->sizes.vocabulary}, pool_.context());
  return values;
}

std::vector<std::int32_t> gguf_session::write(language_model& model, std::span<const std::int32_t> prompt, std::size_t most,
                                              const sampler::options& sampling, bool stop_at_end, run_times& times,
                                              const std::function<void(std::int32_t)>& each) {
  halftone::expects(!prompt.empty(), "the prompt has no tokens");
  halftone::expects(prompt.size() <= cache_.capacity(), "the prompt has ", prompt.size(), " tokens, the context ",
                    cache_.capacity());
  cache_.clear();
  const std::size_t vocabulary = parameters_->sizes.vocabulary;
  std::vector<float> scores(vocabulary);
  sampler choose(sampling);
  std::vector<std::int32_t> written;
  std::vector<std::int32_t> pending(prompt.begin(), prompt.end());
  times = {.prompt_tokens = prompt.size()};
  while (written.size() < most && cache_.length() + pending.size() <= cache_.capacity()) {
    const double before = seconds_now();
    const double processor_before = processor_seconds_now();
    const input in{pending, &cache_};
    model.forward({&in, 1}, {scores.data(), 1, vocabulary}, pool_.context());
    const std::int32_t token = choose.pick(scores);
    const double taken = seconds_now() - before;
    const double processor_taken = processor_seconds_now() - processor_before;
    if (written.empty()) {
      times.prompt_seconds = taken;
      times.prompt_processor_seconds = processor_taken;
    } else {
      times.write_seconds += taken;
      times.write_processor_seconds += processor_taken;
      ++times.written_tokens;
    }
    if (stop_at_end && tokenizer_.is_end(token)) {
      break;
    }
    written.push_back(token);
    if (each) {
      each(token);
    }
    pending.assign(1, token);
  }
  return written;
}

int obey_commands(gguf_session& session) {
  models known(session);
  std::unique_ptr<chat_template> chat;
  try {
    chat = std::make_unique<chat_template>(*session.parameters().file, session.tokenizer(), "the file");
  } catch (const halftone::error&) {  // asked for only by `ask`
  }
  for (std::string text; std::getline(std::cin, text);) {
    std::istringstream line(text);
    try {
      std::cout << obey(session, known, chat.get(), line) << std::endl;
    } catch (const std::exception& wrong) {
      std::cout << "error: " << wrong.what() << std::endl;
    }
  }
  return 0;
}

}  // namespace llama
