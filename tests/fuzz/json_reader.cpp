// SPDX-License-Identifier: MIT
// Halftone fuzzing: any bytes as JSON: the events of a text that is JSON are balanced, and what is no JSON is seen.
#include <halftone/io/json_reader.hpp>

#include <cstdint>
#include <cstdlib>

using namespace halftone::detail;

namespace {

void require(bool condition) {
  if (!condition) {
    std::abort();
  }
}

/// Counts events, and stops after so many.
struct counter {
  std::size_t size;  // of the text
  std::size_t left;  // events
  std::size_t position = 0;
  std::size_t last = 0;
  std::size_t depth = 0;
  std::size_t values = 0;  // outside of everything
  bool stopped = false;

  bool event() {
    require(!stopped && position >= last && position <= size);
    last = position;
    stopped = left == 0;
    left -= left != 0;
    return !stopped;
  }
  bool value() {
    values += depth == 0;
    return event();
  }
  bool on_begin(json_kind) {
    values += depth == 0;
    ++depth;
    return event();
  }
  bool on_end() {
    require(depth != 0);
    --depth;
    return event();
  }
  bool on_key(std::string& name) {
    require(depth != 0 && name.size() <= size);
    return event();
  }
  bool on_string(std::string& text) {
    require(text.size() <= size && first_invalid_utf8(text) == text.size());
    return value();
  }
  bool on_integer(std::uint64_t) { return value(); }
  bool on_other(std::string_view what) {
    require(!what.empty());
    return value();
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  counter all{size, size + 1};
  const auto bad = read_json(text, all);
  require(!bad || *bad <= size);
  require(bad || (all.depth == 0 && all.values == 1));
  if (text.find('\0') == std::string_view::npos) {
    require(nlohmann::json::accept(text) == !bad);
  }
  counter some{size, size / 4};
  const auto first = read_json(text, some);
  require(some.stopped ? !first : first == bad);
  return 0;
}
