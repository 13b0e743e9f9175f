// SPDX-License-Identifier: MIT
// Halftone tests: safetensors files, opened and searched.
#include <halftone/io/safetensors_file.hpp>

#include "allocation_count.hpp"
#include "file_builder.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone_test;

namespace {

bytes three_tensors() {
  return file_of(
      R"({"second":{"dtype":"BF16","shape":[2,1],"data_offsets":[8,12]},"__metadata__":{"by":"hand","":"empty"},)"
      R"("first":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"none":{"dtype":"I64","shape":[3,0],"data_offsets":[12,12]}})",
      12);
}

void check_three(const safetensors_file& file) {
  REQUIRE(file.tensors().size() == 3);
  CHECK(file.tensors()[0].name == "first");
  CHECK(file.tensors()[1].name == "second");
  CHECK(file.tensors()[2].name == "none");
  const safetensors_tensor* const second = file.find("second");
  REQUIRE(second != nullptr);
  CHECK(second->type == safetensors_type::BF16);
  CHECK(second->shape == std::vector<std::uint64_t>{2, 1});
  CHECK(bytes(second->bytes.begin(), second->bytes.end()) == bytes{9, 10, 11, 12});
  CHECK(second->offset == three_tensors().size() - 4);
  CHECK(file.find("none")->bytes.empty());
  CHECK(file.find("third") == nullptr);
  CHECK(file.find("") == nullptr);
  CHECK(file.find("secon") == nullptr);
  CHECK(file.find("second ") == nullptr);
  CHECK(file.metadata() == std::map<std::string, std::string>{{"", "empty"}, {"by", "hand"}});
}

}  // namespace

TEST_CASE("a file gives its tensors in the order of their bytes, by name, and its metadata") {
  const bytes content = three_tensors();
  const auto parsed = safetensors_file::parse(content);
  REQUIRE(parsed);
  check_three(parsed.value());
  CHECK(parsed.value().find("first")->bytes.data() == content.data() + content.size() - 12);

  const temporary_folder folder;
  write_file(folder / "file", content);
  const auto opened = safetensors_file::open(folder / "file");
  REQUIRE(opened);
  check_three(opened.value());
}

TEST_CASE("a file that moves keeps its tensors where they are") {
  const temporary_folder folder;
  write_file(folder / "file", three_tensors());
  safetensors_file first = safetensors_file::open(folder / "file").value();
  const std::uint8_t* const where = first.find("first")->bytes.data();
  safetensors_file second = std::move(first);
  safetensors_file third;
  third = std::move(second);
  check_three(third);
  CHECK(third.find("first")->bytes.data() == where);
}

TEST_CASE("an empty file object finds nothing") {
  const safetensors_file none;
  CHECK(none.tensors().empty());
  CHECK(none.find("a") == nullptr);
  CHECK(none.metadata().empty());
}

TEST_CASE("a file that cannot be opened or read says why") {
  const temporary_folder folder;
  const auto missing = safetensors_file::open(folder / "missing");
  REQUIRE(!missing);
  CHECK(missing.failure().code == file_error::cannot_open);
  write_file(folder / "empty", {});
  const auto empty = safetensors_file::open(folder / "empty");
  REQUIRE(!empty);
  CHECK(empty.failure().code == file_error::truncated);
  CHECK_THROWS_WITH_AS((void)empty.value(), "safetensors: a file of 0 bytes has no header length", error);
}

TEST_CASE("no header asks for more memory than a small multiple of its size") {
  const std::string tensor = R"(:{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  std::string tensors;
  std::string ranks;
  std::string keys;
  for (unsigned i = 0; i < 20'000; ++i) {
    const std::string comma = i == 0 ? "\"" : ",\"";
    tensors += comma + std::to_string(i) + "\"" + tensor;
    keys += comma + std::to_string(i) + "\":\"\"";
    if (i < 1000) {
      ranks += comma + std::to_string(i) + R"(":{"dtype":"U8","shape":[0)";
      for (unsigned rank = 1; rank < 64; ++rank) {
        ranks += ",0";
      }
      ranks += R"(],"data_offsets":[0,0]})";
    }
  }
  const std::string large(1'000'000, '7');
  for (const std::string& header :
       {"{" + tensors + "}", "{" + ranks + "}", R"({"__metadata__":{)" + keys + "}}",
        "{\"" + large + "\"" + tensor + "}", R"({"a":{"shape":[)" + large + "]}}",
        "{\"a\":{\"shape\":" + std::string(1'000'000, '[') + "}}", R"({"a":{"dtype":")" + large + "\"}}"}) {
    CAPTURE(header.substr(0, 40));
    const bytes file = file_of(header, 0);
    const std::size_t before = allocated_bytes();
    (void)safetensors_file::parse(file);
    CHECK(allocated_bytes() - before < 30 * header.size());
  }
}
