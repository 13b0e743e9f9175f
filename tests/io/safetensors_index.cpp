// SPDX-License-Identifier: MIT
// Halftone tests: index files of models in several files, and names of shards that lead elsewhere.
#include <halftone/io/safetensors_index.hpp>

#include "file_builder.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone_test;

namespace {
file_failure refused(const std::string& text) {
  const auto parsed = safetensors_index::parse(text);
  REQUIRE(!parsed);
  return parsed.failure();
}
std::string shard(const std::string& name) { return R"({"weight_map":{"w":")" + name + R"("}})"; }
}  // namespace

TEST_CASE("tensors and their files") {
  const std::string text = R"({"metadata":{"total_size":12,"weight_map":{"x":"../no"}},"weight_map":{"b":"m-2.safetensors","a":"m-1.safetensors",
      "c":"m-2.safetensors"},"more":[1,true,null,{"w":"../no"}]})";
  const temporary_folder folder;
  write_file(folder / "index.json", bytes_of(text));
  const safetensors_index index = safetensors_index::open(folder / "index.json").value();
  CHECK(index.tensors().size() == 3);
  CHECK(*index.find("a") == "m-1.safetensors");
  CHECK(index.find("x") == nullptr);
  CHECK(index.shards() == std::vector<std::string>{"m-1.safetensors", "m-2.safetensors"});
  CHECK(safetensors_index::open(folder / "none").failure().code == file_error::cannot_open);
}

TEST_CASE("names of shards that lead elsewhere") {
  for (const char* name : {"../m.safetensors", "..", ".", "", "/etc/passwd", "a/b", "a\\\\b", "C:m", "m\\u0000", "m\\n", "m\\u007f"}) {
    CAPTURE(name);
    const file_failure failure = refused(shard(name));
    CHECK(failure.code == file_error::malformed);
    CHECK(failure.text.find("no plain name of a file beside the index") != std::string::npos);
  }
  CHECK(!safetensors_index::parse(shard(std::string(256, 'm'))));
  CHECK(safetensors_index::parse(shard(std::string(255, 'm'))).has_value());
  CHECK(safetensors_index::parse(shard("model..safetensors")).has_value());
}

TEST_CASE("wrong files") {
  CHECK(refused("{").text == "safetensors index: not JSON");
  CHECK(refused("[\"\xff\"]").text == "safetensors index: not UTF-8");
  CHECK(refused("{}").text == "safetensors index: there is no object \"weight_map\"");
  CHECK(refused(R"({"weight_map":["w"]})").text == "safetensors index: there is no object \"weight_map\"");
  CHECK(refused(R"({"weight_map":{"w":"a"},"weight_map":{}})").text == "safetensors index: \"weight_map\" occurs twice");
  CHECK(refused(R"({"weight_map":{"w":"a","w":"b"}})").text == "safetensors index: tensor \"w\" occurs twice");
  CHECK(refused(R"({"weight_map":{"w":1}})").text == "safetensors index: the file of \"w\" is a number");
  CHECK(refused(R"({"weight_map":{"w":null}})").text == "safetensors index: the file of \"w\" is null");
  CHECK(refused(R"({"weight_map":{"w":{"x":"y"}}})").text == "safetensors index: the file of \"w\" is no string");
  CHECK(refused(R"({"x":)" + std::string(64, '[') + std::string(64, ']') + "}").text == "safetensors index: more than 64 levels");
  CHECK(refused(std::string(safetensors_index::longest_text + 1, ' ')).code == file_error::too_large);
  std::string many = R"({"weight_map":{)";
  for (std::size_t i = 0; i <= safetensors_index::most_tensors; ++i) {
    many += (i == 0 ? "\"" : ",\"") + std::to_string(i) + "\":\"a\"";
  }
  CHECK(refused(many + "}}").text == "safetensors index: more than 1048576 tensors");
}
