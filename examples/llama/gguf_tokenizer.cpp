// SPDX-License-Identifier: MIT
// Halftone example: byte-level BPE.
#include "gguf_tokenizer.hpp"

#include "pre_tokenizer.hpp"

#include <halftone/core/error.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace llama {

namespace {

/// GPT-2's alphabet: a byte as a character of its own. Printable ones are themselves, the others follow from U+0100 on.
struct byte_alphabet {
  std::array<std::string, 256> text_of_byte;
  std::array<int, 512> byte_of_point;

  byte_alphabet() {
    byte_of_point.fill(-1);
    std::uint32_t next = 256;
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
      const bool printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
      const std::uint32_t point = printable ? byte : next++;
      byte_of_point[point] = static_cast<int>(byte);
      if (point >= 128) {
        text_of_byte[byte].push_back(static_cast<char>(0xc0 | point >> 6));
      }
      text_of_byte[byte].push_back(static_cast<char>(point < 128 ? point : 0x80 | (point & 63)));
    }
  }
};

const byte_alphabet& alphabet() {
  static const byte_alphabet made;
  return made;
}

constexpr std::size_t no_merge = std::numeric_limits<std::size_t>::max();
constexpr std::int32_t control_type = 3;
constexpr std::int32_t user_defined_type = 4;

}  // namespace

gguf_tokenizer::gguf_tokenizer(const halftone::gguf_file& file, const std::string& origin) {
  const auto text_of = [&](const std::string& key) {
    const auto value = file.get<std::string_view>(key);
    return value.has_value() ? std::string(value.value()) : std::string("(missing)");
  };
  const std::string model = text_of("tokenizer.ggml.model");
  halftone::expects(model == "gpt2", origin, ": the tokenizer is ", model, ", this program has gpt2, byte-level BPE");
  const std::string words = text_of("tokenizer.ggml.pre");
  halftone::expects(words == "smollm" || words == "gpt-2" || words == "default", origin, ": tokenizer.ggml.pre is ", words,
                    ", this program cuts words as smollm and gpt-2 do");
  single_digits_ = words == "smollm";

  const auto tokens = file.get<std::vector<std::string>>("tokenizer.ggml.tokens");
  halftone::expects(tokens.has_value() && !tokens.value().empty(), origin, ": tokenizer.ggml.tokens is no list of strings");
  tokens_ = tokens.value();
  const auto types = file.get<std::vector<std::int32_t>>("tokenizer.ggml.token_type");
  halftone::expects(types.has_value() && types.value().size() == tokens_.size(), origin,
                    ": tokenizer.ggml.token_type does not give the type of each of ", tokens_.size(), " tokens");
  is_special_.resize(tokens_.size());
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    is_special_[i] = types.value()[i] == control_type || types.value()[i] == user_defined_type;
    (is_special_[i] ? specials_ : ids_).emplace(tokens_[i], static_cast<std::int32_t>(i));
  }
  const auto merges = file.get<std::vector<std::string>>("tokenizer.ggml.merges");
  halftone::expects(merges.has_value(), origin, ": tokenizer.ggml.merges is no list of strings");
  for (std::size_t i = 0; i < merges.value().size(); ++i) {
    merges_.emplace(merges.value()[i], i);
  }

  const auto token_of = [&](const std::string& key) -> std::optional<std::int32_t> {
    const auto value = file.get<std::uint32_t>(key);
    if (!value.has_value()) {
      return {};
    }
    halftone::expects(value.value() < tokens_.size(), origin, ": ", key, " is ", value.value(), " of ", tokens_.size(),
                      " tokens");
    return static_cast<std::int32_t>(value.value());
  };
  const auto add_start = file.get<bool>("tokenizer.ggml.add_bos_token");
  if (add_start.has_value() && add_start.value()) {
    start_ = token_of("tokenizer.ggml.bos_token_id");
  }
  for (const char* key : {"tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id"}) {
    if (const auto token = token_of(key)) {
      ends_.push_back(*token);
    }
  }
  for (const char* name : {"<|im_end|>", "<|endoftext|>"}) {
    if (const auto token = special(name)) {
      ends_.push_back(*token);
    }
  }
}

std::optional<std::int32_t> gguf_tokenizer::special(std::string_view name) const {
  const auto found = specials_.find(name);
  return found == specials_.end() ? std::nullopt : std::optional(found->second);
}

bool gguf_tokenizer::is_end(std::int32_t token) const noexcept {
  return std::find(ends_.begin(), ends_.end(), token) != ends_.end();
}

std::vector<std::int32_t> gguf_tokenizer::encode(std::string_view text) const {
  std::vector<std::int32_t> out;
  for (const std::string_view word : split_words(text, single_digits_)) {
    encode_word(word, out);
  }
  return out;
}

std::vector<std::int32_t> gguf_tokenizer::encode_with_specials(std::string_view text) const {
  std::vector<std::int32_t> out;
  while (!text.empty()) {
    // The first name in the text; of several at one place the longest.
    std::size_t at = std::string_view::npos;
    const std::pair<const std::string, std::int32_t>* first = nullptr;
    for (const auto& each : specials_) {
      const std::size_t found = each.first.empty() ? std::string_view::npos : text.find(each.first);
      if (found < at || (found == at && first != nullptr && each.first.size() > first->first.size())) {
        at = found;
        first = &each;
      }
    }
    const std::vector<std::int32_t> before = encode(text.substr(0, at));
    out.insert(out.end(), before.begin(), before.end());
    if (first == nullptr) {
      break;
    }
    out.push_back(first->second);
    text.remove_prefix(at + first->first.size());
  }
  return out;
}

void gguf_tokenizer::encode_word(std::string_view word, std::vector<std::int32_t>& out) const {
  std::string all;  // the word in the alphabet; a symbol is a part of it
  std::vector<std::size_t> begins;
  for (const char byte : word) {
    begins.push_back(all.size());
    all += alphabet().text_of_byte[static_cast<std::uint8_t>(byte)];
  }
  begins.push_back(all.size());
  const auto symbol = [&](std::size_t i) { return std::string_view(all).substr(begins[i], begins[i + 1] - begins[i]); };
  const auto rank_of = [&](std::size_t i) {  // of the pair of symbols i and i + 1
    if (i + 2 >= begins.size()) {
      return no_merge;
    }
    const auto found = merges_.find(std::string(symbol(i)).append(" ").append(symbol(i + 1)));
    return found == merges_.end() ? no_merge : found->second;
  };
  std::vector<std::size_t> ranks;
  for (std::size_t i = 0; i + 1 < begins.size(); ++i) {
    ranks.push_back(rank_of(i));
  }
  while (!ranks.empty()) {
    const auto best = std::min_element(ranks.begin(), ranks.end());  // the first of equals
    if (*best == no_merge) {
      break;
    }
    const auto at = static_cast<std::size_t>(best - ranks.begin());
    begins.erase(begins.begin() + static_cast<std::ptrdiff_t>(at + 1));
    ranks.erase(best);
    ranks[at] = rank_of(at);
    if (at > 0) {
      ranks[at - 1] = rank_of(at - 1);
    }
  }
  for (std::size_t i = 0; i + 1 < begins.size(); ++i) {
    if (const auto whole = ids_.find(symbol(i)); whole != ids_.end()) {
      out.push_back(whole->second);
      continue;
    }
    for (std::string_view rest = symbol(i); !rest.empty();) {  // a merge that the vocabulary does not have: its bytes
      const std::size_t size = first_character(rest).size;
      if (const auto byte = ids_.find(rest.substr(0, size)); byte != ids_.end()) {
        out.push_back(byte->second);
      }
      rest.remove_prefix(size);
    }
  }
}

std::string gguf_tokenizer::decode(std::span<const std::int32_t> tokens) const {
  std::string text;
  for (const std::int32_t token : tokens) {
    halftone::expects(token >= 0 && static_cast<std::size_t>(token) < tokens_.size(), "decode: ", token,
                      " is no token; they are 0 to ", tokens_.size() - 1);
    if (is_special_[static_cast<std::size_t>(token)]) {
      continue;
    }
    for (std::string_view rest = tokens_[static_cast<std::size_t>(token)]; !rest.empty();) {
      const character c = first_character(rest);
      const int byte = c.code_point < 512 ? alphabet().byte_of_point[c.code_point] : -1;
      if (byte >= 0) {
        text.push_back(static_cast<char>(byte));
      } else {
        text.append(rest.substr(0, c.size));  // no letter of the alphabet: as it stands
      }
      rest.remove_prefix(c.size);
    }
  }
  return text;
}

}  // namespace llama
