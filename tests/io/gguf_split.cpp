// SPDX-License-Identifier: MIT
// Halftone tests: models in several files: those of the Python package gguf, and sets that do not fit together.
#include <halftone/io/gguf_split.hpp>

#include "gguf_builder.hpp"
#include "gguf_listing.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone_test;

namespace {

/// A split with one tensor of one byte, or none.
bytes split(std::uint16_t number, std::uint16_t count, std::int32_t tensors, const std::string& name) {
  gguf_builder file;
  file.start(name.empty() ? 0 : 1, 3);
  file.key("split.no", 2).put(number).key("split.count", 2).put(count).key("split.tensors.count", 5).put(tensors);
  if (!name.empty()) {
    file.tensor(name, {1}, 24, 0).pad().data(1);
  }
  return file.file();
}

const std::string first = "m-00001-of-00003.gguf";
const std::string second = "m-00002-of-00003.gguf";
const std::string third = "m-00003-of-00003.gguf";

/// Three splits that belong together, of which a test changes one.
void write_three(const temporary_folder& folder) {
  write_file(folder / first, split(0, 3, 2, "a"));
  write_file(folder / second, split(1, 3, 2, ""));
  write_file(folder / third, split(2, 3, 2, "b"));
}

void check_failure(const std::string& path, file_error code, const std::string& text) {
  const auto file = gguf_file::open(path);
  REQUIRE(!file);
  CHECK(file.failure().code == code);
  CHECK(file.failure().text == "gguf: " + text);
}

}  // namespace

TEST_CASE("any split of the package gguf opens all") {
  std::string expected;
  for (const std::string number : {"1", "2", "3", "4"}) {
    const std::string listing = text_of(golden("split-0000" + number + "-of-00004.txt"));
    expected += number == "1" ? listing : listing.substr(listing.find("\ntensor ") + 1);
  }
  for (const std::string number : {"1", "2", "3", "4"}) {
    CAPTURE(number);
    const auto opened = gguf_file::open(golden("split-0000" + number + "-of-00004.gguf"));
    REQUIRE((opened ? "" : opened.failure().text) == "");
    const gguf_file& file = opened.value();
    CHECK(file.splits() == 4);
    CHECK(file.get<std::uint32_t>("some.number").value() == 7);
    CHECK(listing_of(file) == expected);
    for (const gguf_tensor& tensor : file.tensors()) {
      CHECK(file.find(tensor.name)->bytes.data() == tensor.bytes.data());
    }
    CHECK(!file.find("t5"));
    const bytes alone = contents_of(golden("split-0000" + number + "-of-00004.gguf"));
    CHECK(listing_of(gguf_file::parse(alone).value()) == text_of(golden("split-0000" + number + "-of-00004.txt")));
  }
}

TEST_CASE("splits may hold no tensor, and differ in byte order and alignment") {
  const temporary_folder folder;
  write_three(folder);
  write_file(folder / third, gguf_builder(std::endian::big)
                                 .start(1, 4)
                                 .key("general.alignment", 4)
                                 .u32(8)
                                 .key("split.no", 2)
                                 .put(std::uint16_t{2})
                                 .key("split.count", 2)
                                 .put(std::uint16_t{3})
                                 .key("split.tensors.count", 5)
                                 .put(std::int32_t{2})
                                 .tensor("b", {1}, 25, 8)
                                 .pad(8)
                                 .data(10)
                                 .file());
  const gguf_file file = gguf_file::open(folder / second).value();
  CHECK(file.tensors().size() == 2);
  CHECK(file.find("a")->bytes[0] == 1);
  CHECK(file.find("a")->byte_order == std::endian::little);
  CHECK(file.find("b")->bytes[1] == 10);
  CHECK(file.find("b")->byte_order == std::endian::big);
  CHECK(file.tensors()[1].name == "b");
  CHECK(file.get<std::uint16_t>("split.no").value() == 0);
}

TEST_CASE("a file that is its own and only split is a file") {
  const temporary_folder folder;
  for (const std::uint16_t count : {std::uint16_t{0}, std::uint16_t{1}}) {
    write_file(folder / "any name", split(7, count, 99, "a"));
    CHECK(gguf_file::open(folder / "any name").value().tensors().size() == 1);
  }
}

TEST_CASE("a set that is not whole is refused with the name of the split") {
  const temporary_folder folder;
  write_three(folder);
  CHECK(gguf_file::open(folder / first));
  const std::string where = "split 2 of 3, \"" + (folder / second) + "\": ";

  std::filesystem::remove(folder / second);
  check_failure(folder / first, file_error::cannot_open,
                where + "cannot open \"" + (folder / second) + "\": No such file or directory");
  write_file(folder / second, bytes_of("GGML"));
  check_failure(folder / third, file_error::malformed, where + "the file does not start with \"GGUF\"");
  write_file(folder / second, split(2, 3, 2, ""));
  check_failure(folder / first, file_error::malformed, where + "split.no is 2, not 1");
  write_file(folder / second, split(1, 4, 2, ""));
  check_failure(folder / first, file_error::malformed, where + "split.count is 4, not 3");
  write_file(folder / second, gguf_builder().start(0, 0).file());
  check_failure(folder / first, file_error::malformed, where + "split.count is 1, not 3");
  write_file(folder / second, split(1, 3, 1, ""));
  check_failure(folder / first, file_error::malformed, where + "split.tensors.count is 1, not 2");
  write_file(folder / second, split(1, 3, 2, "a"));
  check_failure(folder / first, file_error::duplicate_name, "tensor \"a\" is in split 1 and in split 2");
  write_file(folder / second, split(1, 3, 2, "c"));
  check_failure(folder / first, file_error::malformed, "split.tensors.count is 2, the 3 splits hold 3 tensors");
  write_file(folder / second, split(1, 3, 2, ""));
  CHECK(gguf_file::open(folder / first));
  write_file(folder / third, split(2, 3, 2, ""));
  check_failure(folder / first, file_error::malformed, "split.tensors.count is 2, the 3 splits hold 1 tensors");
}

TEST_CASE("a split that says something impossible is refused") {
  const temporary_folder folder;
  write_file(folder / first, split(3, 3, 2, ""));
  check_failure(folder / first, file_error::malformed, "split.no is 3 of 3 splits, counted from 0");
  const std::string name = folder / "renamed.gguf";
  write_file(name, split(0, 3, 2, ""));
  check_failure(
      name, file_error::malformed,
      "\"" + name +
          "\" is split 1 of 3, but does not end in \"-00001-of-00003.gguf\", so that the others cannot be found");
  // The number in the name is another than the number in the file: no path is made of it.
  write_file(folder / second, split(0, 3, 2, ""));
  CHECK(gguf_file::open(folder / second).failure().text.ends_with("so that the others cannot be found"));
  write_file(folder / first, split(0, 3, -1, ""));
  write_file(folder / second, split(1, 3, -1, ""));
  write_file(folder / third, split(2, 3, -1, ""));
  check_failure(folder / first, file_error::malformed, "split.tensors.count is -1, the 3 splits hold 0 tensors");
}

TEST_CASE("keys of splits that are missing or of another type are refused") {
  const temporary_folder folder;
  const std::string path = folder / first;
  write_file(path, gguf_builder().start(0, 1).key("split.count", 4).u32(3).file());
  check_failure(path, file_error::malformed, "metadata \"split.count\" is a u32, not a u16");
  write_file(path, gguf_builder().start(0, 1).key("split.count", 2).put(std::uint16_t{3}).file());
  check_failure(path, file_error::not_found, "no metadata \"split.no\"");
  write_file(path, gguf_builder()
                       .start(0, 2)
                       .key("split.count", 2)
                       .put(std::uint16_t{3})
                       .key("split.no", 2)
                       .put(std::uint16_t{0})
                       .file());
  check_failure(path, file_error::not_found, "no metadata \"split.tensors.count\"");
  // The same in another split than the one that is opened.
  write_three(folder);
  write_file(folder / third, gguf_builder().start(0, 1).key("split.count", 4).u32(3).file());
  check_failure(path, file_error::malformed,
                "split 3 of 3, \"" + (folder / third) + "\": metadata \"split.count\" is a u32, not a u16");
}

TEST_CASE("names of splits have five digits, or more where they need them") {
  CHECK(detail::gguf_split_ending(0, 3) == "-00001-of-00003.gguf");
  CHECK(detail::gguf_split_ending(65534, 65535) == "-65535-of-65535.gguf");
  CHECK(detail::gguf_split_prefix("a/b-00002-of-00002.gguf", {1, 2, 0}).value() == "a/b");
  CHECK(detail::gguf_split_prefix("-00002-of-00002.gguf", {1, 2, 0}).value().empty());
}
