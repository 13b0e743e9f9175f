// SPDX-License-Identifier: MIT
// Halftone example: words.
#include "pre_tokenizer.hpp"

#include <algorithm>
#include <iterator>

namespace llama {

namespace {

struct code_point_range {
  std::uint32_t first;
  std::uint32_t last;
};
#include "unicode_ranges.inc"

template <std::size_t Count>
bool contains(const code_point_range (&ranges)[Count], std::uint32_t point) noexcept {
  const auto* after = std::upper_bound(std::begin(ranges), std::end(ranges), point,
                                       [](std::uint32_t wanted, const code_point_range& r) { return wanted < r.first; });
  return after != std::begin(ranges) && point <= (after - 1)->last;
}

bool is_space(std::uint32_t point) noexcept {
  return (point >= 9 && point <= 13) || point == 32 || point == 0x85 || point == 0xa0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200a) || point == 0x2028 || point == 0x2029 || point == 0x202f ||
         point == 0x205f || point == 0x3000;
}

enum class kind { letter, number, space, other };

kind kind_of(std::uint32_t point) noexcept {
  return is_space(point)              ? kind::space
         : contains(letters, point)   ? kind::letter
         : contains(numbers, point)   ? kind::number
                                      : kind::other;
}

/// Bytes of the run of characters of one kind that a text begins with.
std::size_t run_of(std::string_view text, kind wanted) noexcept {
  std::size_t size = 0;
  while (size < text.size()) {
    const character c = first_character(text.substr(size));
    if (kind_of(c.code_point) != wanted) {
      break;
    }
    size += c.size;
  }
  return size;
}

std::size_t contraction(std::string_view text) noexcept {
  for (const std::string_view ending : {"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}) {
    if (text.starts_with(ending)) {
      return ending.size();
    }
  }
  return 0;
}

/// Spaces are a word but for the last one, which belongs to what follows; at the end of the text, all of them.
std::size_t spaces(std::string_view text) noexcept {
  const std::size_t all = run_of(text, kind::space);
  std::size_t last = 0;
  for (std::size_t at = 0; at < all; at += first_character(text.substr(at)).size) {
    last = at;
  }
  return all == text.size() || last == 0 ? all : last;
}

std::size_t first_word(std::string_view text) noexcept {
  if (const std::size_t size = contraction(text)) {
    return size;
  }
  const std::size_t lead = text.front() == ' ' ? 1 : 0;
  if (lead < text.size()) {
    const kind next = kind_of(first_character(text.substr(lead)).code_point);
    if (next != kind::space) {
      return lead + run_of(text.substr(lead), next);
    }
  }
  return spaces(text);
}

void split(std::string_view text, std::vector<std::string_view>& words) {
  while (!text.empty()) {
    const std::size_t size = first_word(text);
    words.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
}

}  // namespace

character first_character(std::string_view text) noexcept {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<std::uint8_t>(text[i])); };
  const std::uint32_t lead = byte(0);
  const std::size_t size = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : (lead & 0xf0) == 0xe0 ? 3
                           : lead >= 0xf0 && lead < 0xf5                 ? 4
                                                                         : 0;
  if (size == 1) {
    return {lead, 1};
  }
  std::uint32_t point = size == 0 ? 0 : lead & (0x7fu >> size);
  for (std::size_t i = 1; i < size; ++i) {
    if (i >= text.size() || (byte(i) & 0xc0) != 0x80) {
      return {0xfffd, 1};
    }
    point = point << 6 | (byte(i) & 0x3f);
  }
  const bool too_long = (size == 3 && point < 0x800) || (size == 4 && (point < 0x10000 || point > 0x10ffff));
  const bool surrogate = point >= 0xd800 && point < 0xe000;
  return size == 0 || too_long || surrogate ? character{0xfffd, 1} : character{point, size};
}

std::vector<std::string_view> split_words(std::string_view text, bool single_digits) {
  std::vector<std::string_view> words;
  std::size_t begin = 0;
  for (std::size_t at = 0; single_digits && at < text.size();) {
    const character c = first_character(text.substr(at));
    if (kind_of(c.code_point) == kind::number) {
      split(text.substr(begin, at - begin), words);
      words.push_back(text.substr(at, c.size));
      begin = at + c.size;
    }
    at += c.size;
  }
  split(text.substr(begin), words);
  return words;
}

}  // namespace llama
