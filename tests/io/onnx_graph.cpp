// SPDX-License-Identifier: MIT
// Halftone tests: every rule of .onnx files broken once, by code, offset and message; files cut short; flipped bits.
#include <halftone/io/onnx_file.hpp>
#include <halftone/io/onnx_weights.hpp>

#include "allocation_count.hpp"
#include "broken_onnx.hpp"
#include "onnx_layers.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <memory>

using namespace halftone;
using namespace halftone_test;

namespace {

/// Reads a layer in some ways.
std::size_t read_layer(const onnx_layer& layer) {
  std::size_t read = read_matrix<scheme<int8, symmetric, per_channel<0>>>(layer).has_value();
  read += read_matrix<scheme<int4, symmetric, per_group<8>>>(layer).has_value();
  read += read_matrix<onnx::mat_mul_nbits_with_zero_points<4, 16>>(layer).has_value();
  read += read_matrix<onnx::bnb4_nf4<16>>(layer).has_value();
  return read + read_bias(layer).has_value() + read_parameters(layer.input_parameters).has_value();
}

/// Bytes in memory of exactly their size, so that a sanitizer sees a read past the end; touches whatever the file gives out.
std::optional<file_failure> read(const bytes& content) {
  const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[content.size()]);
  std::copy(content.begin(), content.end(), exact.get());
  const result<onnx_file> parsed = onnx_file::parse({exact.get(), content.size()});
  if (!parsed) {
    CHECK(parsed.failure().text.starts_with("onnx: "));
    CHECK(parsed.failure().offset <= content.size());
    return parsed.failure();
  }
  const onnx_file& file = parsed.value();
  std::size_t touched = file.producer().size() + file.graph_name().size() + file.inputs().size() + file.outputs().size();
  for (const onnx_tensor& tensor : file.tensors()) {
    CHECK(file.find(tensor.name) == &tensor);
    const result<onnx_content> bytes_of_it = content_of(tensor);
    CHECK((bytes_of_it ? bytes_of_it.value().bytes().size() == tensor.size : bytes_of_it.failure().code == file_error::not_found));
  }
  for (const onnx_node& node : file.nodes()) {
    touched += node.inputs.size() + node.attributes.size();
    const result<onnx_layer> layer = layer_of(file, node);
    touched += layer ? read_layer(layer.value()) : layer.failure().text.size();
  }
  CHECK(touched < ~std::size_t{0});
  return std::nullopt;
}

/// Two layers, one of numbers and zero points, one of blocks with a bias.
bytes small_file() {
  using namespace onnx_parts;
  return model({node("DequantizeLinear", {"codes", "scales", "zeros"}, "w", {whole("axis", 1)}), node("Gemm", {"x", "w", "bias"}, "h", {real_number("alpha", 1.0f)}),
                node("MatMulNBits", {"h", "b", "bs"}, "y", {whole("K", 2), whole("N", 1), whole("block_size", 16)}, "com.microsoft")},
               {tensor("codes", onnx_type::INT8, {3, 2}).numbers(5, {1, 2, 3, 4, 127, ~std::uint64_t{127}}),
                tensor("scales", onnx_type::FLOAT, {2}).floats(4, {0.5f, 0.25f}), tensor("zeros", onnx_type::INT8, {2}, {0, 0}),
                float_tensor("bias", {2}, {1.0f, 2.0f}), tensor("b", onnx_type::UINT8, {1, 1, 8}, {1, 2, 3, 4, 5, 6, 7, 8}),
                float_tensor("bs", {1, 1}, {0.5f})})
      .file();
}

}  // namespace

TEST_CASE("a model that breaks a rule is refused with the code, the place and the sentence of that rule") {
  for (const broken_onnx& each : broken_onnx_files()) {
    CAPTURE(each.rule);
    const proto made = each.make();
    const std::string field = each.field;
    const std::optional<file_failure> failure = read(made.file());
    REQUIRE(failure.has_value());
    CAPTURE(failure->text);
    CHECK(failure->code == each.code);
    CHECK(failure->offset == (field.empty() ? made.file().size() : field == "start" ? 0 : made.at(field)));
    CHECK(failure->text.starts_with("onnx: "));
    CHECK(failure->text.find(each.text) != std::string::npos);
  }
}

TEST_CASE("every sentence of the reader has a model that makes it say so") {
  std::string said;
  for (const broken_onnx& each : broken_onnx_files()) {
    said += read(each.make().file()).value().text + "\n";
  }
  unsigned sentences = 0;
  for (const char* const name : {"protobuf", "onnx_tensor", "onnx_graph"}) {
    const bytes content = contents_of(HALFTONE_SOURCE_DIR "/include/halftone/io/" + std::string(name) + ".hpp");
    const std::string source(content.begin(), content.end());
    for (std::size_t at = source.find("fail(file_error::"); at != std::string::npos; at = source.find("fail(file_error::", at + 1)) {
      const std::string statement = source.substr(at, source.find(";\n", at) - at);
      std::string longest;  // of the statement's literals
      for (std::size_t open = statement.find('"'); open != std::string::npos;) {
        const std::size_t close = statement.find('"', open + 1);
        const std::string literal = statement.substr(open + 1, close - open - 1);
        longest = literal.size() > longest.size() ? literal : longest;
        open = statement.find('"', close + 1);
      }
      CAPTURE(statement);
      CAPTURE(longest);
      ++sentences;
      CHECK(said.find(longest) != std::string::npos);
    }
  }
  CHECK(sentences >= 30);
}

TEST_CASE("a model that is cut short anywhere is refused") {
  for (const bytes& whole : {small_file(), onnx_parts::layer().file(), contents_of(HALFTONE_SOURCE_DIR "/tests/io/onnx_golden/layers.onnx")}) {
    CHECK(!read(whole));
    const std::size_t microsoft = proto().message(8, proto().text(1, "com.microsoft").number(2, 1)).file().size();
    for (std::size_t size = 0; size < whole.size(); ++size) {
      CAPTURE(size);
      const auto failure = read(bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
      CHECK((failure || size == whole.size() - microsoft));  // the list of operators may end before its last set
    }
  }
}

TEST_CASE("in a model any bit may flip: it is refused or read, within its bytes") {
  const bytes file = small_file();
  unsigned refused = 0;
  unsigned accepted = 0;
  for (std::size_t bit = 0; bit < 8 * file.size(); ++bit) {
    bytes flipped = file;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1u << bit % 8));
    ++(read(flipped) ? refused : accepted);
  }
  CHECK(refused > 1000);
  CHECK(accepted > 1000);  // names, numbers, types of fields that are not read
}

TEST_CASE("in a model any byte may take any value") {
  const bytes file = small_file();
  for (std::size_t i = 0; i < file.size(); ++i) {
    for (const unsigned value : {0u, 1u, 4u, 0x7fu, 0x80u, 0xffu}) {
      bytes changed = file;
      changed[i] = static_cast<std::uint8_t>(value);
      (void)read(changed);
    }
  }
}

TEST_CASE("a megabyte of messages is read within a second, in memory of their size") {
  using namespace onnx_parts;
  proto names, many, attributes;
  for (unsigned i = 0; i < 60'000; ++i) {
    names.text(1, "i" + std::to_string(i % 100)).text(2, "o" + std::to_string(i));
    attributes.message(5, proto().text(1, "a" + std::to_string(i)).number(20, 2));
  }
  for (unsigned i = 0; i < 50'000; ++i) {
    many.message(1, proto().text(1, "x").text(2, "v" + std::to_string(i)).text(4, "A"));
    many.message(5, proto().number(2, 9).text(8, "t" + std::to_string(i)).number(1, 0));
  }
  const bytes files[] = {model(proto().message(1, proto(names).text(4, "A"))).file(), model(proto().message(1, proto(attributes).text(4, "A"))).file(),
                         model(many).file(), model(proto().message(5, proto().content(1, bytes(1 << 20, 1)))).file(),
                         model({}, {tensor("t", onnx_type::INT32, {1 << 20}).content(5, bytes(1 << 20, 1))}).file()};
  for (const bytes& file : files) {
    CAPTURE(file.size());
    const std::size_t before = allocated_bytes();
    const auto begin = std::chrono::steady_clock::now();
    const result<onnx_file> parsed = onnx_file::parse(file);
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    CHECK(parsed.has_value() == (file != files[3]));
    CHECK(allocated_bytes() - before < 60 * file.size());  // lists that grew are counted, too
#if defined(__SANITIZE_ADDRESS__) || !defined(__OPTIMIZE__) || !defined(__x86_64__)  // slow, or emulated
    CHECK(seconds.count() < 20.0);
#else
    CHECK(seconds.count() < 1.0);
#endif
  }
}
