// SPDX-License-Identifier: MIT
// Halftone example: ChatML.
#include "chat.hpp"

#include <halftone/core/error.hpp>

namespace llama {

namespace {

constexpr std::string_view start_name = "<|im_start|>";
constexpr std::string_view end_name = "<|im_end|>";

/// A template without spaces between its parts, with line breaks as they are written in strings.
std::string normalized(std::string_view source) {
  std::string text;
  bool quoted = false;
  for (const char c : source) {
    quoted = quoted != (c == '\'');
    if (c == '\n') {
      text += quoted ? "\\n" : "";
    } else if (quoted || c != ' ') {
      text += c;
    }
  }
  return text;
}

}  // namespace

chat_template::chat_template(const halftone::gguf_file& file, const gguf_tokenizer& tokenizer, const std::string& origin)
    : tokenizer_(tokenizer) {
  const auto found = file.get<std::string_view>("tokenizer.chat_template");
  halftone::expects(found.has_value(), origin, ": there is no chat template; give a --prompt instead");
  std::string rest = normalized(found.value());
  const std::string loop = "{%formessageinmessages%}";
  const std::string tail =
      "{{'<|im_start|>'+message['role']+'\\n'+message['content']+'<|im_end|>'+'\\n'}}{%endfor%}"
      "{%ifadd_generation_prompt%}{{'<|im_start|>assistant\\n'}}{%endif%}";
  const std::string system_begin = "{%ifloop.firstandmessages[0]['role']!='system'%}{{'<|im_start|>system\\n";
  const std::string system_end = "<|im_end|>\\n'}}{%endif%}";
  bool known = rest.starts_with(loop) && rest.ends_with(tail);
  if (known) {
    rest = rest.substr(loop.size(), rest.size() - loop.size() - tail.size());
    if (!rest.empty()) {
      known = rest.size() >= system_begin.size() + system_end.size() && rest.starts_with(system_begin) &&
              rest.ends_with(system_end);
      system_ = known ? rest.substr(system_begin.size(), rest.size() - system_begin.size() - system_end.size()) : "";
      known = known && system_.find_first_of("'\\{") == std::string::npos;
    }
  }
  halftone::expects(known, origin, ": its chat template is not the ChatML that this program knows; give a --prompt instead");
  const auto start = tokenizer.special(start_name);
  const auto end = tokenizer.special(end_name);
  halftone::expects(start.has_value() && end.has_value(), origin, ": the template is ChatML, but the vocabulary has no ",
                    std::string(start_name), " and ", std::string(end_name));
  start_ = *start;
  end_ = *end;
}

std::vector<std::int32_t> chat_template::ask(std::string_view message) const {
  std::vector<std::int32_t> tokens;
  const auto add = [&](const std::vector<std::int32_t>& more) { tokens.insert(tokens.end(), more.begin(), more.end()); };
  const auto say = [&](std::string_view role, std::string_view text) {
    tokens.push_back(start_);
    add(tokenizer_.encode(std::string(role).append("\n").append(text)));
    tokens.push_back(end_);
    add(tokenizer_.encode("\n"));
  };
  if (tokenizer_.start()) {
    tokens.push_back(*tokenizer_.start());
  }
  if (!system_.empty()) {
    say("system", system_);
  }
  say("user", message);
  tokens.push_back(start_);
  add(tokenizer_.encode("assistant\n"));
  return tokens;
}

std::string chat_template::text(std::string_view message) const {
  std::string all;
  const auto say = [&](std::string_view role, std::string_view text) {
    all.append(start_name).append(role).append("\n").append(text).append(end_name).append("\n");
  };
  if (!system_.empty()) {
    say("system", system_);
  }
  say("user", message);
  return all.append(start_name).append("assistant\n");
}

}  // namespace llama
