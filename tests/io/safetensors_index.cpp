// SPDX-License-Identifier: MIT
// Indices of checkpoints in several files: what they say, and what is refused.
#include <halftone/io/safetensors_index.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>

using namespace halftone;

namespace {

std::string text_of(const std::string& json) {
  const auto index = safetensors_index::parse(json);
  CHECK((index || index.failure().code == file_error::malformed));
  return index ? std::string() : index.failure().text;
}
std::string with_shard(const std::string& name) { return text_of(R"({"weight_map": {"a": ")" + name + R"("}})"); }

std::uint64_t offset_of(const std::string& json) { return safetensors_index::parse(json).failure().offset; }

}  // namespace

TEST_CASE("safetensors_index: a weight map") {
  const auto index = safetensors_index::parse(
      R"({"metadata": {"total_size": 5}, "weight_map": {"b/c": "m-2.safetensors", "a": "m-1.safetensors", "d": "m-1.safetensors"}})");
  REQUIRE(index.has_value());
  CHECK(index.value().shards() == std::vector<std::string>{"m-1.safetensors", "m-2.safetensors"});
  REQUIRE(index.value().shard_of("b/c") != nullptr);
  CHECK(*index.value().shard_of("b/c") == "m-2.safetensors");
  CHECK(index.value().shard_of("metadata") == nullptr);
  CHECK(index.value().tensors().size() == 3);
}

TEST_CASE("safetensors_index refuses") {
  CHECK(text_of("[").find("not JSON") != std::string::npos);
  CHECK(text_of("{}").find("there is no \"weight_map\"") != std::string::npos);
  CHECK(text_of(R"({"weight_map": 5})").find("there is no \"weight_map\"") != std::string::npos);
  CHECK(text_of(R"({"weight_map": {"a": 5}})").find("the file of tensor \"a\" is no string") != std::string::npos);
  CHECK(with_shard("m.safetensors").empty());
  for (const std::string name : {"../m.safetensors", "/etc/m.safetensors", "x/m.safetensors", "..\\\\m.safetensors", "c:m.safetensors",
                                 "m\\n.safetensors", "m.bin", ".safetensors", "", ".."}) {
    CAPTURE(name);
    CHECK(with_shard(name).find("which is no name of a file beside the index") != std::string::npos);
  }
}

TEST_CASE("safetensors_index: where a refused value ends") {
  CHECK(offset_of(R"({"weight_map": 5})") == 17);
  CHECK(offset_of(R"({"weight_map": {"b": "m.safetensors", "a": 5}})") == 45);
  CHECK(offset_of(R"({"weight_map": {"b": "m.safetensors", "a": "../m.safetensors"}})") == 61);
}

TEST_CASE("safetensors_index: a file") {
  std::ofstream("an.index.json") << R"({"weight_map": {"a": "m.safetensors"}})";
  CHECK(safetensors_index::open("an.index.json").value().shards() == std::vector<std::string>{"m.safetensors"});
  CHECK(safetensors_index::open("no.index.json").failure().code == file_error::cannot_open);
  std::remove("an.index.json");
}
