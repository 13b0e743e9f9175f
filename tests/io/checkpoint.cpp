// SPDX-License-Identifier: MIT
// Halftone tests: tensors of one file, of the files of an index, and of folders.
#include <halftone/io/checkpoint.hpp>

#include "checkpoint_editor.hpp"

#include <filesystem>
#include <thread>

using namespace halftone;
using namespace halftone_test;
using type = safetensors_type;

namespace {

/// An empty folder; gone afterwards.
struct folder {
  std::string path;
  explicit folder(const std::string& name) : path(name) {
    std::filesystem::remove_all(path);
    std::filesystem::create_directory(path);
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { std::filesystem::remove_all(path); }
  void text(const std::string& name, const std::string& content) const { std::ofstream(path + "/" + name) << content; }
  void file(const std::string& name, const std::string& tensor) const {
    safetensors_writer writer;
    writer.add(tensor, type::U8, {3}, std::vector<std::uint8_t>{1, 2, 3});
    REQUIRE(writer.write(path + "/" + name).has_value());
  }
};

std::string index_of(const std::string& a, const std::string& b) {
  return R"({"weight_map": {"b": ")" + b + R"(", "a": ")" + a + R"("}})";
}

}  // namespace

TEST_CASE("a file, borrowed and kept") {
  checkpoint_editor e;
  e.tensors["a"] = {type::U8, {2}, {5, 6}};
  e.tensors["b"] = {type::U8, {1}, {7}};
  const std::vector<std::uint8_t> content = e.bytes();
  const safetensors_file file = safetensors_file::parse(content).value();
  const checkpoint borrowed(file);
  CHECK(borrowed.find("a").value() == file.find("a"));
  CHECK(borrowed.has("b"));
  CHECK(!borrowed.has("c"));
  CHECK_REFUSED(borrowed.find("c").failure(), not_found, "there is no tensor \"c\"");
  const checkpoint kept(safetensors_file::parse(content).value());
  CHECK(kept.find("b").value()->bytes[0] == 7);
  CHECK(kept.names() == std::vector<std::string>{"a", "b"});
}

TEST_CASE("files of an index are opened when their tensors are looked for") {
  const folder here("checkpoint_test");
  here.file("s-1.safetensors", "a");
  here.text("s.index.json", index_of("s-1.safetensors", "s-2.safetensors"));
  const checkpoint from = checkpoint::open(here.path + "/s.index.json").value();
  CHECK(from.names() == std::vector<std::string>{"a", "b"});
  CHECK(from.has("b"));
  CHECK(from.find("a").value()->bytes[2] == 3);
  CHECK(from.find("a").value() == from.find("a").value());
  CHECK_REFUSED(from.find("b").failure(), cannot_open, "s-2.safetensors: cannot open");
  here.file("s-2.safetensors", "b");
  CHECK_REFUSED(from.find("b").failure(), cannot_open, "s-2.safetensors: cannot open");  // not tried again
  CHECK_REFUSED(from.find("c").failure(), not_found, "there is no tensor \"c\"");
  CHECK(!from.has("c"));

  here.text("s.index.json", index_of("s-1.safetensors", "s-1.safetensors"));
  CHECK_REFUSED(checkpoint::open(here.path + "/s.index.json").value().find("b").failure(), not_found,
                "there is no tensor \"b\" in s-1.safetensors, where the index has it");
  here.text("s.index.json", index_of("../s-1.safetensors", "s-1.safetensors"));
  CHECK_REFUSED(checkpoint::open(here.path + "/s.index.json").failure(), malformed, "which is no name of a file beside the index");
}

TEST_CASE("several threads look up at once") {
  const folder here("checkpoint_test");
  here.file("s-1.safetensors", "a");
  here.file("s-2.safetensors", "b");
  here.text("s.index.json", index_of("s-1.safetensors", "s-2.safetensors"));
  const checkpoint from = checkpoint::open(here.path + "/s.index.json").value();
  const safetensors_tensor* found[2] = {};
  std::thread other([&] { found[0] = from.find("b").value(); });
  found[1] = from.find("b").value();
  other.join();
  CHECK(found[0] == found[1]);
}

TEST_CASE("an index without a folder before it") {
  checkpoint_editor e;
  e.tensors["a"] = {type::U8, {1}, {5}};
  const split_checkpoint split(e);
  CHECK(split.open().find("a").value()->bytes[0] == 5);
}

TEST_CASE("what a folder has") {
  const folder here("checkpoint_test");
  const auto names = [&] { return checkpoint::open(here.path).value().names(); };
  CHECK_REFUSED(checkpoint::open(here.path).failure(), not_found, "\"checkpoint_test\": there is no file of safetensors");
  here.text("config.json", "{}");
  here.file("gptq-4bit.safetensors", "only");
  CHECK(names() == std::vector<std::string>{"only"});
  here.file("other.safetensors", "other");
  CHECK_REFUSED(checkpoint::open(here.path).failure(), not_found, "2 files end in \".safetensors\"; name the one that is meant");
  here.text("gptq.safetensors.index.json", index_of("other.safetensors", "other.safetensors"));
  CHECK(names() == std::vector<std::string>{"a", "b"});
  here.text("model.safetensors.index.json", R"({"weight_map": {"of the model": "other.safetensors"}})");
  CHECK(names() == std::vector<std::string>{"of the model"});
  here.file("model.safetensors", "model");
  CHECK(names() == std::vector<std::string>{"model"});
  CHECK_REFUSED(checkpoint::open(here.path + "/none.safetensors").failure(), cannot_open, "none.safetensors");
  CHECK_REFUSED(checkpoint::open(here.path + "/none.json").failure(), cannot_open, "none.json");
}
