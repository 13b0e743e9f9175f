// SPDX-License-Identifier: MIT
// Indices of checkpoints in several files: what they say, and what is refused.
#include <halftone/io/safetensors_index.hpp>
#include <halftone/io/safetensors_writer.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <fstream>

using namespace halftone;

namespace {

std::string text_of(const std::string& json) {
  const auto index = safetensors_index::parse(json);
  return index ? std::string() : index.failure().text;
}
std::string with_shard(const std::string& name) { return text_of(R"({"weight_map": {"a": ")" + name + R"("}})"); }

void save(const std::string& path, const std::string& tensor) {
  safetensors_writer writer;
  writer.add(tensor, safetensors_type::U8, {3}, std::vector<std::uint8_t>{1, 2, 3});
  REQUIRE(writer.write(path).has_value());
}
void save_text(const std::string& path, const std::string& text) { std::ofstream(path) << text; }

std::string opened(const std::string& path) {
  const auto shards = safetensors_shards::open(path);
  return shards ? std::string() : shards.failure().text;
}

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

TEST_CASE("safetensors_shards: all files of a checkpoint") {
  save("shard-1.safetensors", "a");
  save("shard-2.safetensors", "b");
  save_text("shards.index.json", R"({"weight_map": {"a": "shard-1.safetensors", "b": "shard-2.safetensors"}})");
  const auto shards = safetensors_shards::open("shards.index.json");
  REQUIRE(shards.has_value());
  CHECK(shards.value().files().size() == 2);
  CHECK(shards.value().index().shards().size() == 2);
  REQUIRE(shards.value().find("b") != nullptr);
  CHECK(shards.value().find("b")->bytes[2] == 3);
  CHECK(shards.value().find("c") == nullptr);

  save_text("shards.index.json", R"({"weight_map": {"a": "shard-2.safetensors"}})");
  CHECK(opened("./shards.index.json").find("there is no tensor \"a\" in shard-2.safetensors") != std::string::npos);
  save_text("shards.index.json", R"({"weight_map": {"a": "shard-3.safetensors"}})");
  CHECK(opened("shards.index.json").find("shard-3.safetensors: ") != std::string::npos);
  save_text("shards.index.json", "5");
  CHECK(opened("shards.index.json").find("there is no \"weight_map\"") != std::string::npos);
  CHECK_FALSE(opened("no.index.json").empty());
  for (const char* path : {"shard-1.safetensors", "shard-2.safetensors", "shards.index.json"}) {
    std::remove(path);
  }
}
