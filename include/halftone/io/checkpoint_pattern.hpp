// SPDX-License-Identifier: MIT
// Halftone: the regular expressions by which configurations name layers, in time linear in pattern and name.
//
// Patterns come out of files: an engine that goes back and tries again takes forever for some, so all ways are followed at once.
// K. Thompson, "Regular expression search algorithm", Comm. ACM 11 (1968).
#pragma once

#include <halftone/core/config.hpp>

#include <bitset>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace halftone::inline v0_1::detail {

/// Python's expressions without what looks ahead or back: characters, '.', classes, groups, '|', '*', '+', '?', '^', '$', and \d \w \s.
/// They are bytes: a character beyond ASCII is a literal, no member of a class.
class name_pattern {
 public:
  static constexpr std::size_t longest = 512;

  /// @return  none for a text over 512 bytes, or that says something else
  [[nodiscard]] static std::optional<name_pattern> parse(std::string_view text) {
    reader r{text};
    name_pattern pattern;
    std::optional<program> all = text.size() > longest ? std::nullopt : r.alternatives(0);
    if (!all || !r.rest.empty()) {
      return std::nullopt;
    }
    pattern.steps_ = *std::move(all);
    return pattern;
  }

  /// Whether the beginning of a name matches, as Python's re.match has it.
  [[nodiscard]] bool matches(std::string_view name) const {
    std::vector<std::size_t> now, next;
    std::vector<std::size_t> seen(steps_.size() + 1, 0);  // the place + 1 at which a step was last entered
    enter(0, 0, name.size(), seen, now);
    for (std::size_t at = 0; !now.empty() && now.back() != steps_.size() && at < name.size(); ++at) {
      next.clear();
      for (const std::size_t i : now) {
        if (steps_[i].set[static_cast<unsigned char>(name[at])]) {
          enter(i + 1, at + 1, name.size(), seen, next);
          if (!next.empty() && next.back() == steps_.size()) {
            return true;
          }
        }
      }
      now.swap(next);
    }
    return !now.empty() && now.back() == steps_.size();
  }

 private:
  enum class kind { one_of, split, at_begin, at_end };
  /// Takes a character of the set; or goes on at both steps, which are counted from here; or is at an end of the name.
  struct step {
    kind what = kind::one_of;
    std::bitset<256> set{};
    std::ptrdiff_t first = 1, second = 1;
  };
  using program = std::vector<step>;

  /// Adds the steps that take characters and can be reached from one without any; the end, steps_.size(), comes last and alone counts.
  void enter(std::size_t from, std::size_t at, std::size_t length, std::vector<std::size_t>& seen, std::vector<std::size_t>& reached) const {
    std::vector<std::size_t> open{from};
    bool at_end = false;
    while (!open.empty()) {
      const std::size_t i = open.back();
      open.pop_back();
      if (seen[i] == at + 1) {
        continue;
      }
      seen[i] = at + 1;
      if (i == steps_.size()) {
        at_end = true;
        continue;
      }
      const step& s = steps_[i];
      if (s.what == kind::one_of) {
        reached.push_back(i);
      } else if (s.what == kind::split) {
        open.push_back(i + static_cast<std::size_t>(s.first));
        open.push_back(i + static_cast<std::size_t>(s.second));
      } else if (s.what == kind::at_begin ? at == 0 : at == length) {
        open.push_back(i + 1);
      }
    }
    if (at_end) {
      reached.push_back(steps_.size());
    }
  }

  struct reader {
    std::string_view rest;

    [[nodiscard]] bool take(char c) {
      if (!rest.starts_with(c)) {
        return false;
      }
      rest.remove_prefix(1);
      return true;
    }
    static void append(program& to, const program& more) { to.insert(to.end(), more.begin(), more.end()); }
    static step split(std::size_t first, std::size_t second) {
      return {kind::split, {}, static_cast<std::ptrdiff_t>(first), static_cast<std::ptrdiff_t>(second)};
    }

    [[nodiscard]] std::optional<program> alternatives(std::size_t depth) {
      std::optional<program> all = sequence(depth);
      while (all && take('|')) {
        const std::optional<program> other = sequence(depth);
        if (!other) {
          return std::nullopt;
        }
        program both{split(1, all->size() + 2)};
        append(both, *all);
        both.push_back(split(other->size() + 1, other->size() + 1));
        append(both, *other);
        all = std::move(both);
      }
      return all;
    }
    [[nodiscard]] std::optional<program> sequence(std::size_t depth) {
      program all;
      while (!rest.empty() && rest.front() != '|' && rest.front() != ')') {
        const std::optional<program> one = repeated(depth);
        if (!one) {
          return std::nullopt;
        }
        append(all, *one);
      }
      return all;
    }
    [[nodiscard]] std::optional<program> repeated(std::size_t depth) {
      const bool anchor = rest.front() == '^' || rest.front() == '$';
      const std::optional<program> one = atom(depth);
      if (!one || rest.empty() || std::string_view("*+?").find(rest.front()) == std::string_view::npos) {
        return one;
      }
      const char how = rest.front();
      rest.remove_prefix(1);
      static_cast<void>(take('?'));  // fewer first: the same names
      if (anchor || (!rest.empty() && std::string_view("*+?{").find(rest.front()) != std::string_view::npos)) {
        return std::nullopt;
      }
      const std::size_t n = one->size();
      program all;
      if (how != '+') {
        all.push_back(split(1, how == '*' ? n + 2 : n + 1));
      }
      append(all, *one);
      if (how == '*') {
        all.push_back({kind::split, {}, -static_cast<std::ptrdiff_t>(n) - 1, -static_cast<std::ptrdiff_t>(n) - 1});
      } else if (how == '+') {
        all.push_back({kind::split, {}, -static_cast<std::ptrdiff_t>(n), 1});
      }
      return all;
    }
    [[nodiscard]] std::optional<program> atom(std::size_t depth) {
      const char c = rest.front();
      rest.remove_prefix(1);
      std::bitset<256> set;
      switch (c) {
        case '(': {
          if (depth == 16 || (rest.starts_with('?') && !rest.starts_with("?:"))) {
            return std::nullopt;
          }
          rest.remove_prefix(rest.starts_with('?') ? 2 : 0);
          std::optional<program> inside = alternatives(depth + 1);
          return take(')') ? inside : std::nullopt;
        }
        case '^': return program{{kind::at_begin}};
        case '$': return program{{kind::at_end}};
        case '.': set.set().reset('\n'); break;
        case '[': return char_class();
        case '\\': {
          const std::optional<std::bitset<256>> escaped = escape();
          return escaped ? std::optional(program{{kind::one_of, *escaped}}) : std::nullopt;
        }
        case '*':
        case '+':
        case '?':
        case '{': return std::nullopt;
        default: set.set(static_cast<unsigned char>(c));
      }
      return program{{kind::one_of, set}};
    }
    /// Behind a backslash.
    [[nodiscard]] std::optional<std::bitset<256>> escape() {
      if (rest.empty()) {
        return std::nullopt;
      }
      const char c = rest.front();
      rest.remove_prefix(1);
      std::bitset<256> set;
      const auto add = [&](char first, char last) {
        for (int i = first; i <= last; ++i) {
          set.set(static_cast<std::size_t>(i));
        }
      };
      const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) > 127;
      if (c == 'd' || c == 'w') {
        add('0', '9');
      }
      if (c == 'w') {
        add('a', 'z');
        add('A', 'Z');
        add('_', '_');
      } else if (c == 's') {
        add('\t', '\r');
        add(' ', ' ');
      } else if (c != 'd') {
        if (is_letter) {
          return std::nullopt;
        }
        add(c, c);
      }
      return set;
    }
    [[nodiscard]] std::optional<program> char_class() {
      std::bitset<256> set;
      const bool is_inverse = take('^');
      for (bool first = true; first || !rest.starts_with(']'); first = false) {
        if (rest.empty() || static_cast<unsigned char>(rest.front()) > 127) {
          return std::nullopt;
        }
        const char low = rest.front();
        rest.remove_prefix(1);
        if (low == '\\') {
          const std::optional<std::bitset<256>> escaped = escape();
          if (!escaped) {
            return std::nullopt;
          }
          set |= *escaped;
          continue;
        }
        char high = low;
        if (rest.size() > 1 && rest[0] == '-' && rest[1] != ']') {
          high = rest[1];
          rest.remove_prefix(2);
          if (high == '\\' || high < low) {  // also what is beyond ASCII, where characters have a sign
            return std::nullopt;
          }
        }
        for (int i = low; i <= high && i < 128; ++i) {
          set.set(static_cast<std::size_t>(i));
        }
      }
      rest.remove_prefix(1);
      return program{{kind::one_of, is_inverse ? ~set : set}};
    }
  };

  program steps_;
};

}  // namespace halftone::inline v0_1::detail
