// SPDX-License-Identifier: MIT
// Halftone tests: files that appear whole or not at all.
#include <halftone/io/file_replacement.hpp>

#include "file_builder.hpp"

#include <doctest/doctest.h>

#if __has_include(<sys/resource.h>)
#include <sys/resource.h>
#include <csignal>
#endif

using namespace halftone;
using namespace halftone_test;
using halftone::detail::file_replacement;

TEST_CASE("a replacement shows only when it is complete") {
  const temporary_folder folder;
  const std::string path = folder / "file";
  write_file(path, bytes_of("old"));
  {
    file_replacement file(path);
    file.write(bytes_of("ne"));
    CHECK(contents_of(path) == bytes_of("old"));
    CHECK(folder.size() == 2);
    file.write({});
    file.write(bytes_of("w!"));
    const auto written = file.commit();
    REQUIRE(written);
    CHECK(written.value() == 4);
  }
  CHECK(contents_of(path) == bytes_of("new!"));
  CHECK(folder.size() == 1);
}

TEST_CASE("a replacement that is given up leaves the old file and no other") {
  const temporary_folder folder;
  const std::string path = folder / "file";
  write_file(path, bytes_of("old"));
  {
    file_replacement(path).write(bytes_of("new"));
  }
  CHECK(contents_of(path) == bytes_of("old"));
  CHECK(folder.size() == 1);
}

TEST_CASE("two replacements of one file do not share a temporary") {
  const temporary_folder folder;
  const std::string path = folder / "file";
  file_replacement first(path);
  file_replacement second(path);
  first.write(bytes_of("first"));
  second.write(bytes_of("second"));
  CHECK(first.commit());
  CHECK(contents_of(path) == bytes_of("first"));
  CHECK(second.commit());
  CHECK(contents_of(path) == bytes_of("second"));
  CHECK(folder.size() == 1);
}

TEST_CASE("a folder that is missing or a target that is a folder is a failure") {
  const temporary_folder folder;
  {
    file_replacement file(folder / "missing/file");
    file.write(bytes_of("lost"));
    const auto failed = file.commit();
    REQUIRE(!failed);
    CHECK(failed.failure().code == file_error::cannot_open);
    CHECK(failed.failure().text.starts_with("cannot create \"" + (folder / "missing/file.partial-")));
    CHECK(failed.failure().text.ends_with(": No such file or directory"));
  }
  std::filesystem::create_directory(folder / "target");
  write_file(folder / "target/inside", bytes_of("kept"));
  {
    file_replacement file(folder / "target");
    file.write(bytes_of("lost"));
    const auto failed = file.commit();
    REQUIRE(!failed);
    CHECK(failed.failure().text == "cannot replace \"" + (folder / "target") + "\": Is a directory");
    CHECK(folder.size() == 1);
  }
  CHECK(contents_of(folder / "target/inside") == bytes_of("kept"));
}

#if __has_include(<sys/resource.h>)
TEST_CASE("a disk that is full in the middle leaves the old file and no other") {
  const temporary_folder folder;
  const std::string path = folder / "file";
  write_file(path, bytes_of("old"));
  ::rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old_action = std::signal(SIGXFSZ, SIG_IGN);  // a write past the limit then fails like one to a full disk
  const ::rlimit small{1000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  file_replacement file(path);
  file.write(bytes(700));
  file.write(bytes(700));
  file.write(bytes(700));
  const auto failed = file.commit();
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_action);
  REQUIRE(!failed);
  CHECK(failed.failure().code == file_error::cannot_open);
  CHECK(failed.failure().offset == 1000);
  CHECK(failed.failure().text.ends_with(": File too large"));
  CHECK(contents_of(path) == bytes_of("old"));
  CHECK(folder.size() == 1);
}
#endif
