// SPDX-License-Identifier: MIT
// Halftone tests: safetensors files, written and read back.
#include <halftone/io/safetensors_writer.hpp>

#include <halftone/io/safetensors_file.hpp>

#include "file_builder.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone_test;

namespace {

bytes pattern(std::size_t size, std::size_t seed) {
  bytes data(size);
  for (std::size_t i = 0; i < size; ++i) {
    data[i] = static_cast<std::uint8_t>(i * 37 + seed * 11 + 1);
  }
  return data;
}

std::string header_of(const bytes& file) { return {file.begin() + 8, file.begin() + 8 + file[0] + (file[1] << 8)}; }

}  // namespace

TEST_CASE("every element type and shape is read back as it was written, aligned to its width") {
  safetensors_writer writer;
  std::vector<bytes> kept;
  kept.reserve(100);
  const std::vector<std::vector<std::uint64_t>> shapes{{8}, {3, 8}, {0}, {4, 0, 2}, {2, 4, 1, 1}};
  for (const auto& entry : detail::safetensors_types) {
    for (std::size_t s = 0; s < shapes.size(); ++s) {
      const std::uint64_t size = detail::size_of(entry.type, shapes[s]).bytes;
      kept.push_back(pattern(size, kept.size()));
      writer.add(std::string(entry.name) + std::to_string(s), entry.type, shapes[s],
                 std::span<const std::uint8_t>(kept.back()));
    }
    if (entry.bits >= 8) {
      writer.add(std::string(entry.name) + "scalar", entry.type, {}, pattern(entry.bits / 8, entry.bits));
    }
  }
  writer.set_metadata("key", "replaced");
  writer.set_metadata("key", "value");
  const bytes file = writer.to_bytes();
  const auto read = safetensors_file::parse(file);
  REQUIRE(read);
  CHECK(read.value().metadata() == std::map<std::string, std::string>{{"key", "value"}});
  std::size_t i = 0;
  for (const auto& entry : detail::safetensors_types) {
    for (std::size_t s = 0; s < shapes.size(); ++s) {
      const safetensors_tensor* const tensor = read.value().find(std::string(entry.name) + std::to_string(s));
      REQUIRE(tensor != nullptr);
      CHECK(tensor->type == entry.type);
      CHECK(tensor->shape == shapes[s]);
      CHECK(bytes(tensor->bytes.begin(), tensor->bytes.end()) == kept[i++]);
      CHECK(tensor->offset % (entry.bits < 8 ? 1 : entry.bits / 8) == 0);
    }
    if (entry.bits >= 8) {
      const safetensors_tensor* const scalar = read.value().find(std::string(entry.name) + "scalar");
      REQUIRE(scalar != nullptr);
      CHECK(bytes(scalar->bytes.begin(), scalar->bytes.end()) == pattern(entry.bits / 8, entry.bits));
    }
  }
  CHECK(read.value().tensors().front().offset % 64 == 0);
}

TEST_CASE("the bytes are those of the format, and do not depend on the order of the calls") {
  safetensors_writer forward;
  forward.set_metadata("b", "2");
  forward.set_metadata("a", "1\n");
  forward.add("z", safetensors_type::F32, {1}, bytes{1, 2, 3, 4});
  forward.add("y", safetensors_type::U8, {}, bytes{9});
  forward.add("x", safetensors_type::U8, {2, 1}, bytes{7, 8});
  safetensors_writer backward;
  backward.add("x", safetensors_type::U8, {2, 1}, bytes{7, 8});
  backward.add("y", safetensors_type::U8, {}, bytes{9});
  backward.add("z", safetensors_type::F32, {1}, bytes{1, 2, 3, 4});
  backward.set_metadata("a", "1\n");
  backward.set_metadata("b", "2");
  const bytes file = forward.to_bytes();
  CHECK(file == backward.to_bytes());
  const std::string header =
      R"({"__metadata__":{"a":"1\u000a","b":"2"},"z":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
      R"("x":{"dtype":"U8","shape":[2,1],"data_offsets":[4,6]},"y":{"dtype":"U8","shape":[],"data_offsets":[6,7]}})";
  CHECK(header_of(file) == header + std::string((128 - (8 + header.size()) % 64) % 64, ' '));
  CHECK(bytes(file.end() - 7, file.end()) == bytes{1, 2, 3, 4, 7, 8, 9});
}

TEST_CASE("a file without tensors is legal") {
  const bytes file = safetensors_writer{}.to_bytes();
  CHECK(file.size() == 64);
  CHECK(safetensors_file::parse(file));
}

TEST_CASE("names and metadata of any UTF-8 text are read back") {
  safetensors_writer writer;
  const std::string odd = std::string("q\"\\\x01/\n", 6) + "\xc3\xa4\xf0\x9f\x98\x80\x7f";
  writer.add(odd, safetensors_type::U8, {1}, bytes{1});
  writer.add("", safetensors_type::U8, {1}, bytes{2});
  writer.set_metadata(odd, odd);
  const bytes file = writer.to_bytes();
  const auto read = safetensors_file::parse(file);
  REQUIRE(read);
  CHECK(read.value().find(odd)->bytes[0] == 1);
  CHECK(read.value().find("")->bytes[0] == 2);
  CHECK(read.value().metadata().at(odd) == odd);
}

TEST_CASE("a wrong call throws with the name and the numbers") {
  safetensors_writer writer;
  writer.add("a", safetensors_type::U8, {2}, bytes{1, 2});
  CHECK_THROWS_WITH_AS(writer.add("a", safetensors_type::U8, {2}, bytes{1, 2}),
                       "safetensors_writer: tensor \"a\" added twice", error);
  CHECK_THROWS_WITH_AS(writer.add("b", safetensors_type::F32, {2, 3}, bytes(23)),
                       "safetensors_writer: tensor \"b\" of type F32 needs 24 bytes, not 23", error);
  CHECK_THROWS_WITH_AS(writer.add("c", safetensors_type::F4, {3}, bytes(2)),
                       "safetensors_writer: tensor \"c\": its elements do not fill whole bytes", error);
  CHECK_THROWS_WITH_AS(writer.add("d", safetensors_type::U8, {std::uint64_t{1} << 40, std::uint64_t{1} << 40}, bytes{}),
                       "safetensors_writer: tensor \"d\": the product of its shape overflows 64 bits", error);
  CHECK_THROWS_WITH_AS(writer.add("__metadata__", safetensors_type::U8, {0}, bytes{}),
                       "safetensors_writer: \"__metadata__\" cannot name a tensor", error);
  CHECK_THROWS_WITH_AS(writer.add("\xff", safetensors_type::U8, {0}, bytes{}),
                       "safetensors_writer: tensor name \"\xff\" is not UTF-8", error);
  CHECK_THROWS_WITH_AS(writer.set_metadata("\xff", ""), "safetensors_writer: metadata key \"\xff\" is not UTF-8",
                       error);
  CHECK_THROWS_WITH_AS(writer.set_metadata("", "\xff"), "safetensors_writer: metadata value \"\xff\" is not UTF-8",
                       error);
  const bytes file = writer.to_bytes();
  CHECK(safetensors_file::parse(file).value().tensors().size() == 1);  // what was refused left nothing behind
}

TEST_CASE("a header over the limit is refused before a file appears") {
  const temporary_folder folder;
  safetensors_writer writer;
  writer.set_metadata("long", std::string(100'000'000, 'x'));
  CHECK_THROWS_WITH_AS((void)writer.write(folder / "file"),
                       "safetensors_writer: the header is above the limit of 100000000 bytes", error);
  CHECK(folder.size() == 0);
  // The text alone is below the limit; its escapes pass it.
  writer.set_metadata("long", std::string(16'700'000, '\x01'));
  CHECK_THROWS_WITH_AS((void)writer.write(folder / "file"),
                       "safetensors_writer: the header is above the limit of 100000000 bytes", error);
  CHECK(folder.size() == 0);
}

TEST_CASE("a written file replaces the old one, even one that the tensors point into") {
  const temporary_folder folder;
  const std::string path = folder / "file";
  safetensors_writer writer;
  writer.add("a", safetensors_type::U8, {3}, bytes{1, 2, 3});
  const auto size = writer.write(path);
  REQUIRE(size);
  CHECK(size.value() == contents_of(path).size());
  CHECK(contents_of(path) == writer.to_bytes());

  const safetensors_file old = safetensors_file::open(path).value();
  safetensors_writer again;
  again.add("b", safetensors_type::I8, {3}, old.find("a")->bytes);
  REQUIRE(again.write(path));
  CHECK(old.find("a")->bytes[2] == 3);
  CHECK(safetensors_file::open(path).value().find("b")->bytes[2] == 3);
  CHECK(folder.size() == 1);
}

TEST_CASE("a write that fails leaves the old file") {
  const temporary_folder folder;
  safetensors_writer writer;
  writer.add("a", safetensors_type::U8, {3}, bytes{1, 2, 3});
  const auto missing = writer.write(folder / "missing/file");
  REQUIRE(!missing);
  CHECK(missing.failure().code == file_error::cannot_open);
  std::filesystem::create_directory(folder / "target");
  const auto directory = writer.write(folder / "target");
  REQUIRE(!directory);
  CHECK(directory.failure().text == "cannot replace \"" + (folder / "target") + "\": Is a directory");
  CHECK(folder.size() == 1);
}
