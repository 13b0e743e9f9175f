// SPDX-License-Identifier: MIT
// Halftone tests: every rule of .tflite files broken once, by code, offset and message; files cut short; flipped bits.
#include <halftone/io/tflite_file.hpp>
#include <halftone/io/tflite_weights.hpp>

#include "broken_tflite.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>

using namespace halftone;
using namespace halftone_test;

namespace {

/// Reads a tensor in every way.
std::size_t read_tensor(const tflite_tensor& tensor, std::span<const std::uint8_t> file) {
  std::size_t read = tensor.name.size();
  CHECK(tensor.rank <= tflite_tensor::largest_rank);
  if (!tensor.bytes.empty()) {
    CHECK((tensor.bytes.data() >= file.data() && tensor.bytes.data() + tensor.bytes.size() <= file.data() + file.size()));
    read += tensor.bytes.front() + tensor.bytes.back();
  }
  for (std::size_t i = 0; i < tensor.quantization.size(); ++i) {
    read += static_cast<std::size_t>(tensor.quantization.scale(i) == 0.5f) + static_cast<std::size_t>(tensor.quantization.zero_point(i) == 7);
  }
  read += read_matrix<tflite::weights<int8>>(tensor).has_value() + read_matrix<tflite::weights<int4, per_tensor>>(tensor).has_value();
  read += read_blocks<int4, 2>(tensor, tensor).has_value();
  read += read_matrix<tflite::float16_weights>(tensor).has_value() + read_matrix<tflite::uint8_weights>(tensor).has_value();
  return read + read_numbers<std::int32_t>(tensor).has_value() + read_parameters(tensor).has_value();
}

/// Bytes in memory of exactly their size, so that a sanitizer sees a read past the end; touches whatever the file gives out.
std::optional<file_failure> read(const bytes& content) {
  const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[content.size()]);
  std::copy(content.begin(), content.end(), exact.get());
  const std::span<const std::uint8_t> span(exact.get(), content.size());
  const result<tflite_file> parsed = tflite_file::parse(span);
  if (!parsed) {
    CHECK(parsed.failure().text.starts_with("tflite: "));
    CHECK(parsed.failure().offset <= content.size());
    return parsed.failure();
  }
  const tflite_file& file = parsed.value();
  std::size_t touched = file.description().size();
  for (std::size_t g = 0; g < file.graph_count(); ++g) {
    touched += file.graph_name(g).size() + file.inputs(g).size() + file.outputs(g).size();
    for (std::size_t i = 0; i < file.tensor_count(g); ++i) {
      touched += read_tensor(file.tensor(i, g), span);
    }
    for (std::size_t i = 0; i < file.operator_count(g); ++i) {
      const tflite_operator op = file.operation(i, g);
      for (std::size_t j = 0; j < op.inputs.size(); ++j) {
        CHECK((op.inputs[j] >= -1 && op.inputs[j] < static_cast<std::int32_t>(file.tensor_count(g))));
      }
      const result<tflite_layer> layer = file.fully_connected(i, g);
      CHECK((layer ? layer.value().weights < file.tensor_count(g) : layer.failure().text.starts_with("tflite: ")));
    }
  }
  CHECK(touched < ~std::size_t{0});
  return std::nullopt;
}

}  // namespace

TEST_CASE("a file that breaks a rule is refused with the code, the place and the sentence of that rule") {
  for (const broken_tflite& each : broken_tflite_files()) {
    CAPTURE(each.rule);
    const flat_builder builder = each.make();
    const std::optional<file_failure> failure = read(builder.file());
    REQUIRE(failure.has_value());
    CAPTURE(failure->text);
    CHECK(failure->code == each.code);
    CHECK(failure->offset == builder.place());
    CHECK(failure->text.find(each.text) != std::string::npos);
  }
}

TEST_CASE("every sentence of the reader has a file that makes it say so") {
  std::string said;
  for (const broken_tflite& each : broken_tflite_files()) {
    said += read(each.make().file()).value().text + "\n";
  }
  unsigned sentences = 0;
  for (const char* const name : {"flatbuffer", "tflite_tensor", "tflite_graph"}) {
    const bytes content = contents_of(HALFTONE_SOURCE_DIR "/include/halftone/io/" + std::string(name) + ".hpp");
    const std::string source(content.begin(), content.end());
    for (std::size_t at = source.find("fail(file_error::"); at != std::string::npos; at = source.find("fail(file_error::", at + 1)) {
      // The longest literal of the statement that is no name of a field.
      const std::string statement = source.substr(at, source.find(";\n", at) - at);
      std::string longest;
      for (std::size_t open = statement.find('"'); open != std::string::npos;) {
        std::size_t close = open + 1;
        while (statement[close] != '"' || statement[close - 1] == '\\') {
          ++close;
        }
        std::string literal = statement.substr(open + 1, close - open - 1);
        for (std::size_t escape; (escape = literal.find('\\')) != std::string::npos;) {
          literal.erase(escape, 1);
        }
        longest = literal.size() > longest.size() && !literal.starts_with("its buffer") ? literal : longest;
        open = statement.find('"', close + 1);
      }
      CAPTURE(statement);
      CAPTURE(longest);
      ++sentences;
      CHECK(said.find(longest) != std::string::npos);
    }
  }
  CHECK(sentences >= 25);
}

TEST_CASE("legal files are read") {
  for (const bytes& whole : legal_tflite_files()) {
    const auto failure = read(whole);
    CHECK((failure ? failure->text : "") == "");
  }
  CHECK(!read(layer_file().set("op.i[2]", 0xffffffff, 4).file()));  // an input that is left out
  flat_builder f = layer_file();  // two tables with one vtable
  CHECK(!read(f.set("b.data", f.at("b.data") - f.at("w.data.vtable"), 4).file()));
  CHECK(!read(float_file().set("half/1", 1, 8).file()));  // never filled in: no constant
  CHECK(!read(layer_file().set("ws[0]", 0, 4).set("w.bytes", 0, 4).drop("w", 4).file()));
}

TEST_CASE("a file that is cut short anywhere is refused") {
  for (const bytes& whole : legal_tflite_files()) {
    CHECK(!read(whole));
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CAPTURE(size);
      CHECK(read(bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))));
    }
  }
}

TEST_CASE("any bit may flip: the file is refused or read, within its bytes") {
  unsigned refused = 0;
  unsigned accepted = 0;
  for (const bytes& whole : legal_tflite_files()) {
    for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
      bytes flipped = whole;
      flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1u << bit % 8));
      ++(read(flipped) ? refused : accepted);
    }
  }
  CHECK(refused > 3000);
  CHECK(accepted > 1000);  // numbers, names, constants, padding
}

TEST_CASE("any byte may take any value") {
  for (const bytes& whole : legal_tflite_files()) {
    for (std::size_t i = 0; i < whole.size(); ++i) {
      for (const unsigned value : {0u, 1u, 4u, 0x7fu, 0x80u, 0xffu}) {
        bytes changed = whole;
        changed[i] = static_cast<std::uint8_t>(value);
        (void)read(changed);
      }
    }
  }
}

TEST_CASE("a megabyte of tables is read within a second, however they are shared") {
  std::vector<bytes> files;
  constexpr std::size_t many = 120'000;
  flat_builder tensors;
  tensors.table("model", {{0, 4, 3}, {2, 4, 0, "graphs"}}).tables("graphs", {"graph"}).table("graph", {{0, 4, 0, "tensors"}});
  tensors.numbers("tensors", 4, std::vector<std::uint64_t>(many)).table("t", {{0, 4, 0, "s"}, {3, 4, 0, "n"}});
  tensors.numbers("s", 4, {1, 2, 3, 4}).text("n", std::string(1000, 'n')).finish();
  for (std::size_t i = 0; i < many; ++i) {
    const std::size_t entry = tensors.at("tensors") + 4 + 4 * i;
    tensors.set(entry, tensors.at("t") - entry, 4);
  }
  files.push_back(tensors.file());
  flat_builder nested;  // as many graphs, which share the longest list of operators
  nested.table("model", {{0, 4, 3}, {1, 4, 0, "codes"}, {2, 4, 0, "graphs"}}).tables("codes", {"code"}).table("code", {});
  nested.tables("graphs", std::vector<std::string>(1000, "graph")).table("graph", {{3, 4, 0, "ops"}});
  nested.tables("ops", std::vector<std::string>(1000, "op")).table("op", {}).finish();
  files.push_back(nested.file());
  unsigned refused = 0;
  for (const bytes& file : files) {
    CAPTURE(file.size());
    const auto begin = std::chrono::steady_clock::now();
    refused += tflite_file::parse(file) ? 0 : 1;
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__) || !defined(__x86_64__)  // slow, or emulated
    CHECK(seconds.count() < 20.0);
#else
    CHECK(seconds.count() < 1.0);
#endif
  }
  CHECK(refused == 1);
}
