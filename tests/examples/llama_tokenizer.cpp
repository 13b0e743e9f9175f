// SPDX-License-Identifier: MIT
// The tokenizer of GGUF files: tokens as the package tokenizers makes them, special tokens, the chat template.
#include "gguf_files.hpp"

#include "examples/llama/chat.hpp"
#include "examples/llama/pre_tokenizer.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace {

using namespace gguf_test;
using namespace llama;

std::string from_hex(const std::string& text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    bytes.push_back(static_cast<char>(std::stoi(text.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

struct golden_text {
  std::string way;
  std::string text;
  std::vector<std::string> words;
  std::vector<std::int32_t> ids;
};

struct golden {
  std::vector<std::string> tokens;
  std::vector<std::string> merges;
  std::vector<golden_text> texts;
};

golden read_golden() {
  std::ifstream file(HALFTONE_SOURCE_DIR "/tests/examples/tokenizer_golden.txt");
  REQUIRE(file.good());
  golden g;
  for (std::string text; std::getline(file, text);) {
    std::istringstream line(text);
    std::string kind;
    std::string first;
    std::string second;
    line >> kind;
    if (kind == "token") {
      line >> first;
      g.tokens.push_back(from_hex(first));
    } else if (kind == "merge") {
      line >> first >> second;
      g.merges.push_back(from_hex(first) + " " + from_hex(second));
    } else if (kind == "text") {
      line >> first >> second;
      g.texts.push_back({first, from_hex(second), {}, {}});
    } else if (kind == "words") {
      while (line >> first) {
        g.texts.back().words.push_back(from_hex(first));
      }
    } else if (kind == "ids") {
      for (std::int32_t id = 0; line >> id;) {
        g.texts.back().ids.push_back(id);
      }
    }
  }
  return g;
}

constexpr const char* chatml =
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nBe kind"
    "<|im_end|>\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/// A file with nothing but the golden tokenizer and three special tokens.
halftone::gguf_writer tokenizer_of(const golden& g, const std::string& way) {
  halftone::gguf_writer writer;
  std::vector<std::string> tokens = g.tokens;
  std::vector<std::int32_t> types(tokens.size(), 1);
  for (const char* name : {"<|endoftext|>", "<|im_start|>", "<|im_end|>"}) {
    tokens.emplace_back(name);
    types.push_back(3);
  }
  writer.set("tokenizer.ggml.model", "gpt2");
  writer.set("tokenizer.ggml.pre", way);
  writer.set("tokenizer.ggml.tokens", tokens);
  writer.set("tokenizer.ggml.token_type", types);
  writer.set("tokenizer.ggml.merges", g.merges);
  writer.set("tokenizer.ggml.eos_token_id", static_cast<std::uint32_t>(tokens.size() - 1));
  writer.set("tokenizer.chat_template", chatml);
  return writer;
}

TEST_CASE("words and tokens are those of the package tokenizers") {
  const golden g = read_golden();
  REQUIRE(g.texts.size() == 66);
  REQUIRE(g.merges.size() == 140);
  for (const char* way : {"smollm", "gpt-2"}) {
    const temporary_file path("tokenizer.gguf");
    const halftone::gguf_file file = written(tokenizer_of(g, way), path);
    const gguf_tokenizer tokenizer(file, "test");
    for (const golden_text& each : g.texts) {
      if (each.way != way) {
        continue;
      }
      CAPTURE(each.text);
      std::vector<std::string> words;
      for (const std::string_view word : split_words(each.text, each.way == "smollm")) {
        words.emplace_back(word);
      }
      CHECK(words == each.words);
      CHECK(tokenizer.encode(each.text) == each.ids);
      CHECK(tokenizer.decode(each.ids) == each.text);
    }
  }
}

TEST_CASE("bytes that are no UTF-8 are characters of their own, and come back") {
  const temporary_file path("bytes.gguf");
  const halftone::gguf_file file = written(tokenizer_of(read_golden(), "smollm"), path);
  const gguf_tokenizer tokenizer(file, "test");
  std::string all;
  for (int byte = 0; byte < 256; ++byte) {
    all.push_back(static_cast<char>(byte));
  }
  CHECK(tokenizer.decode(tokenizer.encode(all)) == all);
  for (const std::string_view broken : {"\xc0\x80", "\xc3", "\xe2\x82", "\xf5\x80\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80",
                                        "\xe0\x80\x80", "\xf0\x8f\x80\x80"}) {
    CHECK(first_character(broken).size == 1);
    CHECK(first_character(broken).code_point == 0xfffd);
    CHECK(tokenizer.decode(tokenizer.encode(broken)) == broken);
  }
  CHECK(first_character("\xf4\x8f\xbf\xbf").code_point == 0x10ffff);
  CHECK(first_character("\xed\x9f\xbf").code_point == 0xd7ff);
}

TEST_CASE("special tokens are found only where they are asked for; a chat keeps what it quotes as text") {
  const golden g = read_golden();
  const temporary_file path("special.gguf");
  const halftone::gguf_file file = written(tokenizer_of(g, "smollm"), path);
  const gguf_tokenizer tokenizer(file, "test");
  const auto end_of_text_token = static_cast<std::int32_t>(g.tokens.size());
  const std::int32_t start = end_of_text_token + 1;
  const std::int32_t end = end_of_text_token + 2;
  CHECK(tokenizer.special("<|im_end|>") == end);
  CHECK_FALSE(tokenizer.special("a").has_value());
  CHECK(tokenizer.is_end(end));
  CHECK(tokenizer.is_end(end_of_text_token));
  CHECK_FALSE(tokenizer.is_end(start));
  CHECK_FALSE(tokenizer.start().has_value());
  const std::string text = "a<|im_end|><|im_start|>b";
  const auto plain = tokenizer.encode(text);
  CHECK(std::find(plain.begin(), plain.end(), end) == plain.end());
  CHECK(tokenizer.decode(plain) == text);
  CHECK(tokenizer.encode_with_specials(text) ==
        std::vector<std::int32_t>{tokenizer.encode("a").front(), end, start, tokenizer.encode("b").front()});

  const chat_template chat(file, tokenizer, "test");
  CHECK(chat.text("Hi 12") ==
        "<|im_start|>system\nBe kind<|im_end|>\n<|im_start|>user\nHi 12<|im_end|>\n<|im_start|>assistant\n");
  CHECK(chat.ask("Hi 12") == tokenizer.encode_with_specials(chat.text("Hi 12")));
  const auto quoted = chat.ask("<|im_end|>");
  CHECK(std::count(quoted.begin(), quoted.end(), end) == 2);
}

TEST_CASE("tokenizers and templates that the program does not know are refused by name") {
  const golden g = read_golden();
  const auto refused = [&](const char* key, const auto& value) {
    halftone::gguf_writer writer = tokenizer_of(g, "smollm");
    writer.set(key, value);
    const temporary_file path("refused.gguf");
    const halftone::gguf_file file = written(writer, path);
    return message_of([&] {
      const gguf_tokenizer tokenizer(file, "test");
      const chat_template chat(file, tokenizer, "test");
    });
  };
  CHECK(refused("tokenizer.ggml.model", "llama").find("tokenizer is llama") != std::string::npos);
  CHECK(refused("tokenizer.ggml.pre", "qwen2").find("pre is qwen2") != std::string::npos);
  CHECK(refused("tokenizer.ggml.tokens", 7).find("tokens is no list") != std::string::npos);
  CHECK(refused("tokenizer.ggml.token_type", std::vector<std::int32_t>{1}).find("does not give the type") != std::string::npos);
  CHECK(refused("tokenizer.ggml.merges", 7).find("merges is no list") != std::string::npos);
  CHECK(refused("tokenizer.ggml.eos_token_id", std::uint32_t{100000}).find("eos_token_id is 100000") != std::string::npos);
  CHECK(refused("tokenizer.chat_template", "{{ bos_token }}").find("not the ChatML") != std::string::npos);
  CHECK(refused("tokenizer.chat_template", 1).find("no chat template") != std::string::npos);
  CHECK(refused("tokenizer.chat_template", chatml) == "");
}

}  // namespace
