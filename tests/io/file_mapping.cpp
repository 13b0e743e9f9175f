// SPDX-License-Identifier: MIT
// Halftone tests: whole files as memory.
#include <halftone/io/file_mapping.hpp>

#include "file_builder.hpp"

#include <doctest/doctest.h>

#if __has_include(<sys/stat.h>)
#include <sys/stat.h>
#endif

using namespace halftone;
using namespace halftone_test;

namespace {

bytes copy_of(const file_mapping& mapping) { return {mapping.bytes().begin(), mapping.bytes().end()}; }

}  // namespace

TEST_CASE("a mapping and a reading both hold the bytes of the file") {
  const temporary_folder folder;
  for (const std::size_t size : {0u, 1u, 4095u, 4096u, 4097u, 65535u, 65536u, 65537u, 200003u}) {
    CAPTURE(size);
    bytes content(size);
    for (std::size_t i = 0; i < size; ++i) {
      content[i] = static_cast<std::uint8_t>(i * 31 + i / 256);
    }
    const std::string path = folder / "file";
    write_file(path, content);
    const auto mapped = file_mapping::open(path);
    const auto read = file_mapping::read(path);
    REQUIRE(mapped);
    REQUIRE(read);
    CHECK(copy_of(mapped.value()) == content);
    CHECK(copy_of(read.value()) == content);
  }
}

TEST_CASE("moving a mapping leaves the bytes where they are") {
  const temporary_folder folder;
  write_file(folder / "file", {1, 2, 3});
  for (const auto open : {&file_mapping::open, &file_mapping::read}) {
    file_mapping first = open(folder / "file").value();
    const std::uint8_t* const where = first.bytes().data();
    file_mapping second = std::move(first);
    CHECK(second.bytes().data() == where);
    file_mapping third;
    third = std::move(second);
    CHECK(third.bytes().data() == where);
    CHECK(copy_of(third) == bytes{1, 2, 3});
    CHECK(first.bytes().empty());   // NOLINT: a moved-from mapping is empty
    CHECK(second.bytes().empty());  // NOLINT
  }
}

TEST_CASE("a mapping outlives the name of its file") {
  const temporary_folder folder;
  write_file(folder / "file", {5, 6});
  const file_mapping mapping = file_mapping::open(folder / "file").value();
  std::filesystem::remove(folder / "file");
  CHECK(copy_of(mapping) == bytes{5, 6});
}

TEST_CASE("what cannot be opened says so") {
  const temporary_folder folder;
  const std::string missing = folder / "missing";
  for (const auto open : {&file_mapping::open, &file_mapping::read}) {
    const auto failed = open(missing);
    REQUIRE(!failed);
    CHECK(failed.failure().code == file_error::cannot_open);
    CHECK(failed.failure().text == "cannot open \"" + missing + "\": No such file or directory");
  }
  const auto as_folder = file_mapping::open(folder.path());
  REQUIRE(!as_folder);
  CHECK(as_folder.failure().code == file_error::cannot_open);
  CHECK(as_folder.failure().text == "cannot open \"" + folder.path() + "\": not a regular file");
  CHECK(!file_mapping::read(folder.path()));
}

#if __has_include(<sys/stat.h>)
TEST_CASE("a pipe is refused without waiting for its other end") {
  const temporary_folder folder;
  const std::string path = folder / "pipe";
  REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
  const auto failed = file_mapping::open(path);
  REQUIRE(!failed);
  CHECK(failed.failure().text == "cannot open \"" + path + "\": not a regular file");
}
#endif
