// SPDX-License-Identifier: MIT
// Halftone tests: every rule of the format broken once, by code, offset and message; files cut short; flipped bits.
#include <halftone/io/gguf_header.hpp>

#include "broken_gguf.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <set>

using namespace halftone;
using namespace halftone::detail;
using namespace halftone_test;

namespace {

/// Touches whatever an index gives out.
std::size_t read_value(const gguf_value& value) {
  std::size_t read = value.get<std::string_view>().value_or("").size();
  for (const gguf_value element : value.get<gguf_array>().value_or(gguf_array())) {
    read += 1 + read_value(element);
  }
  return read;
}

/// Bytes in memory of exactly their size, so that a sanitizer sees a read past the end.
std::optional<file_failure> read(const bytes& file) {
  const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[file.size()]);
  std::copy(file.begin(), file.end(), exact.get());
  const std::span<const std::uint8_t> span(exact.get(), file.size());
  gguf_index index;
  std::optional<file_failure> failure = read_gguf(span, index);
  if (failure) {
    CHECK(failure->text.starts_with("gguf: "));
    CHECK(failure->offset <= file.size());
    return failure;
  }
  CHECK(index.entries_by_key.size() == index.entries.size());
  for (const std::size_t offset : index.entries) {
    const gguf_entry entry = gguf_entry_at(index.at(offset));
    CHECK(index.value(entry.key)->offset() == entry.value.offset());
    CHECK(read_value(entry.value) <= file.size());
  }
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < index.tensors.size(); ++i) {
    const gguf_tensor tensor = index.tensor(i);
    CHECK(tensor.offset % index.layout.alignment == 0);
    CHECK(tensor.bytes.size() == size_of(tensor.type, tensor.dims()).bytes);
    CHECK(tensor.bytes.data() == span.data() + tensor.offset);
    CHECK(tensor.byte_order == index.order);
    total += tensor.bytes.size();
  }
  CHECK(total <= file.size());
  return failure;
}

}  // namespace

TEST_CASE("a file that breaks a rule is refused with the code, the place and the sentence of that rule") {
  for (const broken_gguf& each : broken_gguf_files()) {
    CAPTURE(each.rule);
    gguf_builder builder;
    each.make(builder);
    const std::optional<file_failure> failure = read(builder.file());
    REQUIRE(failure.has_value());
    CHECK(failure->code == each.code);
    CHECK(failure->offset == builder.place());
    CHECK(failure->text == std::string("gguf: ") + each.text);
  }
}

TEST_CASE("the same rules hold for files of the other byte order") {
  for (const broken_gguf& each : broken_gguf_files()) {
    CAPTURE(each.rule);
    gguf_builder builder(std::endian::big);
    each.make(builder);
    const std::optional<file_failure> failure = read(builder.file());
    REQUIRE(failure.has_value());
    CHECK(failure->offset == builder.place());
    CHECK(failure->text == std::string("gguf: ") + each.text);
  }
}

TEST_CASE("every sentence of the reader has a file that makes it say so") {
  std::set<std::string> said;
  for (const broken_gguf& each : broken_gguf_files()) {
    said.insert(each.text);
  }
  unsigned sentences = 0;
  for (const char* const name : {"metadata", "tensor", "header"}) {
    const bytes content = contents_of(HALFTONE_SOURCE_DIR "/include/halftone/io/gguf_" + std::string(name) + ".hpp");
    const std::string source(content.begin(), content.end());
    for (const std::string_view call : {"gguf_failure(file_error::", "refuse(file_error::", "refuse(\"",
                                        "return message(\"", "return \"", "return refuse("}) {
      for (std::size_t at = source.find(call); at != std::string::npos; at = source.find(call, at + 1)) {
        // The longest literal of the statement, split where a number or a name stands.
        const std::string statement = source.substr(at, source.find(';', at) - at);
        std::string longest;
        for (std::size_t open = statement.find('"'); open != std::string::npos;) {
          std::size_t close = open + 1;
          while (statement[close] != '"' || statement[close - 1] == '\\') {
            ++close;
          }
          const std::string literal = statement.substr(open + 1, close - open - 1);
          longest = literal.size() > longest.size() ? literal : longest;
          open = statement.find('"', close + 1);
        }
        for (std::size_t escape; (escape = longest.find('\\')) != std::string::npos;) {
          longest.erase(escape, 1);
        }
        if (longest.empty() || longest.starts_with("no metadata")) {
          continue;  // what a caller asks for in vain is no fault of the file
        }
        CAPTURE(statement);
        CAPTURE(longest);
        ++sentences;
        CHECK(std::any_of(said.begin(), said.end(),
                          [&](const std::string& text) { return text.find(longest) != std::string::npos; }));
      }
    }
  }
  CHECK(sentences >= 30);
}

TEST_CASE("legal oddities are read") {
  using file = gguf_builder;
  const std::string longest(65535, 'k');
  const bytes cases[] = {
      file().start(0, 0).file(),
      file().start(0, 0, 2).file(),
      file(std::endian::big).start(0, 0).file(),
      file(std::endian::big).start(0, 0, 2).file(),
      file().start(0, 0).raw("anything behind").file(),
      file().start(0, 1).key("a", 8).text("").file(),
      file().start(0, 1).key("a", 8).text("\xff\xfe").file(),
      file().start(0, 1).key("a", 9).u32(8).u64(0).file(),
      file().start(0, 1).key("a", 9).u32(9).u64(0).file(),
      file().start(0, 1).key("a", 9).u32(9).u64(2).u32(8).u64(1).text("b").u32(7).u64(1).u8(1).file(),
      file().start(0, 1).key(longest, 0).u8(0).file(),
      file().start(0, 1).key("\xc3\xa4.\xf0\x9f\x98\x80", 0).u8(0).file(),
      file().start(0, 1).key("general.alignment", 4).u32(1).file(),
      file().start(0, 1).key("general.alignment", 4).u32(65536).file(),
      file().start(1, 0).tensor("", {}, 0, 0).pad().data(4).file(),
      file().start(1, 0).tensor(longest, {1}, 24, 0).pad().data(1).file(),
      file().start(1, 0).tensor("a", {0}, 2, 0).pad().file(),
      file().start(1, 0).tensor("a", {0}, 2, 32).pad().data(32).file(),
      file().start(1, 0).tensor("a", {0, gguf_rules::large}, 0, 0).pad().file(),
      file().start(1, 0).tensor("a", {gguf_rules::large, 0}, 24, 0).pad().file(),
      file().start(2, 0).tensor("b", {1}, 24, 64).tensor("a", {2}, 24, 0).pad().data(65).file(),
      file().start(2, 0).tensor("b", {0}, 24, 0).tensor("a", {2}, 24, 0).pad().data(2).file(),
      file().start(2, 0).tensor("b", {32}, 24, 0).tensor("a", {2}, 24, 32).pad().data(34).file(),
      file().start(1, 1).key("general.alignment", 4).u32(1).tensor("a", {3}, 24, 5).data(8).file(),
  };
  unsigned number = 0;
  for (const bytes& each : cases) {
    CAPTURE(number);
    const auto failure = read(each);
    CHECK((failure ? failure->text : "") == "");
    ++number;
  }
  gguf_builder levels;
  levels.start(0, 1).key("a", 9);
  for (unsigned level = 1; level < 16; ++level) {
    levels.u32(9).u64(1);
  }
  CHECK(!read(levels.u32(0).u64(1).u8(5).file()));
}

TEST_CASE("a file that is cut short anywhere is refused") {
  for (const bytes& whole : legal_gguf_files()) {
    CHECK(!read(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CAPTURE(size);
      CHECK(read(bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))));
    }
  }
}

TEST_CASE("any bit of a header may flip: the file is refused or read, within its bytes") {
  unsigned refused = 0;
  unsigned accepted = 0;
  for (const bytes& whole : legal_gguf_files()) {
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      bytes flipped = whole;
      flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1u << bit % 8));
      ++(read(flipped) ? refused : accepted);
    }
  }
  CHECK(refused > 2000);
  CHECK(accepted > 1000);  // values, names, the data
}

TEST_CASE("any byte of a header may take any value") {
  for (const bytes& whole : legal_gguf_files()) {
    for (std::size_t i = 0; i < whole.size(); ++i) {
      for (const unsigned value : {0u, 1u, 0x7fu, 0x80u, 0xffu}) {
        bytes changed = whole;
        changed[i] = static_cast<std::uint8_t>(value);
        (void)read(changed);
      }
    }
  }
}

TEST_CASE("a megabyte of header is read within a second, whatever it holds") {
  constexpr std::size_t million = 1'000'000;
  std::vector<bytes> files;
  gguf_builder tensors;
  tensors.start(million / 28, 0);
  for (std::size_t i = 0; i < million / 28; ++i) {
    tensors.tensor(std::to_string(1'000'000 + (i * 7919) % (million / 28)).substr(1), {}, 0, 32 * i);
  }
  tensors.pad();
  const std::size_t header = tensors.file().size();
  bytes whole = tensors.file();
  whole.resize(header + 32 * (million / 28));
  files.push_back(whole);
  gguf_builder entries;
  entries.start(0, million / 20);
  for (std::size_t i = 0; i < million / 20; ++i) {
    entries.key(std::to_string(1'000'000 + (i * 7919) % (million / 20)), 0).u8(1);
  }
  files.push_back(entries.file());
  gguf_builder names;  // a long beginning that all share
  names.start(0, 16);
  for (std::size_t i = 0; i < 16; ++i) {
    names.key(std::string(60'000, 'k') + std::to_string(i), 0).u8(1);
  }
  files.push_back(names.file());
  gguf_builder nested;
  nested.start(0, 1).key("a", 9).u32(9).u64(million / 12);
  for (std::size_t i = 0; i < million / 12; ++i) {
    nested.u32(9).u64(0);
  }
  files.push_back(nested.file());
  for (const bytes& file : files) {
    CAPTURE(file.size());
    const auto begin = std::chrono::steady_clock::now();
    gguf_index index;
    const auto failure = read_gguf(file, index);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    CHECK((failure ? failure->text : "") == "");
#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__) || !defined(__x86_64__)  // slow, or emulated
    CHECK(seconds.count() < 20.0);
#else
    CHECK(seconds.count() < 1.0);
#endif
  }
}
