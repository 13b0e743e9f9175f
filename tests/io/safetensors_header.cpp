// SPDX-License-Identifier: MIT
// Halftone tests: every rule of the format broken once, by code, offset and message; files cut short; flipped bits.
#include <halftone/io/safetensors_header.hpp>

#include "broken_headers.hpp"
#include "file_builder.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace halftone;
using namespace halftone::detail;
using namespace halftone_test;

namespace {

/// Bytes in memory of exactly their size, so that a sanitizer sees a read past the end.
std::optional<file_failure> read(const bytes& file) {
  safetensors_contents contents;
  const std::unique_ptr<std::uint8_t[]> exact(new std::uint8_t[file.size()]);
  std::copy(file.begin(), file.end(), exact.get());
  const std::span<const std::uint8_t> span(exact.get(), file.size());
  std::optional<file_failure> failure = read_safetensors(span, contents);
  if (!failure) {  // what was accepted lies in the file and has the size that its shape says
    for (const safetensors_tensor& tensor : contents.tensors) {
      CHECK(tensor.offset + tensor.bytes.size() <= file.size());
      CHECK(tensor.bytes.data() == span.data() + tensor.offset);
      CHECK(tensor.bytes.size() == size_of(tensor.type, tensor.shape).bytes);
    }
    CHECK(contents.by_name.size() == contents.tensors.size());
  }
  return failure;
}

/// A small file that is legal and has something of everything.
bytes legal_file() {
  return file_of(
      R"({"__metadata__":{"k":"v"},"a":{"dtype":"I16","shape":[1,2],"data_offsets":[0,4]},)"
      R"("e":{"dtype":"F32","shape":[0,3],"data_offsets":[4,4]},"s":{"dtype":"U8","shape":[],"data_offsets":[4,5]}} )",
      5);
}

}  // namespace

TEST_CASE("a header that breaks a rule is refused with the code, the place and the sentence of that rule") {
  for (const broken_header& b : broken_headers) {
    CAPTURE(b.rule);
    const std::optional<file_failure> failure = read(file_of(b.header, b.data));
    REQUIRE(failure.has_value());
    CHECK(failure->code == b.code);
    CHECK(failure->offset == b.offset);
    CHECK(failure->text == "safetensors: " + std::string(b.text));
  }
}

TEST_CASE("lengths that the file does not have are refused") {
  for (std::size_t size = 0; size < 8; ++size) {
    const auto failure = read(bytes(size));
    REQUIRE(failure.has_value());
    CHECK(failure->code == file_error::truncated);
    CHECK(failure->text == "safetensors: a file of " + std::to_string(size) + " bytes has no header length");
  }
  const auto cut = read(file_of("{}", 0, 3));
  REQUIRE(cut.has_value());
  CHECK(cut->code == file_error::truncated);
  CHECK(cut->offset == 8);
  CHECK(cut->text == "safetensors: the header takes 3 bytes, the file has 2");
  CHECK(read(file_of("{}", 0, 100'000'000))->code == file_error::truncated);
  for (const std::uint64_t length :
       {std::uint64_t{100'000'001}, std::uint64_t{1} << 63, ~std::uint64_t{0}, ~std::uint64_t{0} - 7}) {
    const auto large = read(file_of("{}", 0, length));
    REQUIRE(large.has_value());
    CHECK(large->code == file_error::too_large);
    CHECK(large->offset == 0);
    CHECK(large->text ==
          "safetensors: a header of " + std::to_string(length) + " bytes is above the limit of 100000000");
  }
}

TEST_CASE("a rank beyond 64 is refused, 64 is not") {
  std::string extents = "1";
  for (unsigned rank = 2; rank <= 65; ++rank) {
    extents += ",1";
    const auto failure = read(file_of(R"({"a":{"dtype":"U8","shape":[)" + extents + R"(],"data_offsets":[0,1]}})", 1));
    CHECK(failure.has_value() == (rank > 64));
    if (failure) {
      CHECK(failure->code == file_error::too_large);
      CHECK(failure->text == "safetensors: tensor \"a\": rank above 64");
    }
  }
}

TEST_CASE("legal oddities are read") {
  const std::pair<std::string_view, std::size_t> cases[] = {
      {"{}", 0},
      {"{}   \t\r\n", 0},
      {R"({"__metadata__":{}})", 0},
      {R"({"":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1},
      {R"({"a":{"data_offsets":[0,1],"shape":[1],"dtype":"U8"}})", 1},
      {R"({"a":{"dtype":"F64","shape":[],"data_offsets":[0,8]}})", 8},
      {R"({"a":{"dtype":"U8","shape":[0,4294967296],"data_offsets":[0,0]}})", 0},
      {R"({"b":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})",
       2},
      {R"({"a":{"dtype":"F4","shape":[2,3],"data_offsets":[0,3]}})", 3},
      {R"({ "a" : { "dtype" : "F6_E3M2" , "shape" : [ 4 ] , "data_offsets" : [ 0 , 3 ] } })", 3},
      {R"({"\ud83d\ude00":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}})", 1},
  };
  for (const auto& each : cases) {
    const auto& header = each.first;
    const auto& data = each.second;
    CAPTURE(header);
    CHECK(!read(file_of(header, data)));
  }
  CHECK(!read(legal_file()));
}

TEST_CASE("the listener itself refuses a header that is no object") {
  for (const char* text : {"1", "[]", "\"a\"", "null"}) {
    CAPTURE(text);
    safetensors_header_reader reader;
    CHECK(!read_json(text, reader));
    REQUIRE(reader.failure.has_value());
    CHECK(reader.failure->code == file_error::malformed);
    CHECK(reader.failure->text == "safetensors: the header is not an object");
  }
}

TEST_CASE("a file that is cut short anywhere is refused") {
  const bytes whole = legal_file();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK(read(bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))).has_value());
  }
}

TEST_CASE("a header with any one bit flipped is refused or read, never worse") {
  const bytes whole = legal_file();
  std::size_t refused = 0;
  for (std::size_t bit = 0; bit < 8 * (whole.size() - 5); ++bit) {
    bytes flipped = whole;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1u << (bit % 8)));
    const auto failure = read(flipped);
    refused += failure.has_value() ? 1u : 0u;
    if (failure) {
      CHECK(failure->offset <= flipped.size());
      CHECK(failure->text.starts_with("safetensors: "));
    }
  }
  CHECK(refused > whole.size() * 5);  // most flips break a rule; those inside names and metadata do not
}

TEST_CASE("50000 tensors are read in well under the time that quadratic work would take") {
  std::string header = "{";
  constexpr std::size_t count = 50'000;
  for (std::size_t i = 0; i < count; ++i) {
    header += (i == 0 ? "\"" : ",\"") + std::to_string(i * 7919 % count) +
              R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  }
  const bytes file = file_of(header + "}", 0);
  const auto start = std::chrono::steady_clock::now();
  safetensors_contents contents;
  CHECK(!read_safetensors(file, contents));
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  CHECK(contents.tensors.size() == count);
  CHECK(seconds.count() <
        static_cast<double>(file.size()) / (1 << 20) * 4);  // seconds per MiB, with room for sanitizers
}
