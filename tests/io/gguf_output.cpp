// SPDX-License-Identifier: MIT
// Halftone tests: tensors written one after the other and in pieces, and output that fails or is given up.
#include <halftone/io/gguf_output.hpp>

#include "gguf_listing.hpp"

#include <halftone/io/gguf_writer.hpp>

#include <doctest/doctest.h>

#if __has_include(<sys/resource.h>)
#include <sys/resource.h>
#include <csignal>
#endif

using namespace halftone;
using namespace halftone_test;

namespace {

gguf_writer three_tensors() {
  gguf_writer writer;
  writer.set("general.alignment", std::uint32_t{8});
  writer.add("a", gguf_tensor_type::I8, {3});
  writer.add("none", gguf_tensor_type::F32, {2, 0});
  writer.add("b", gguf_tensor_type::I16, {4});
  return writer;
}

void check_error(auto call, const std::string& text) {
  try {
    call();
    FAIL_CHECK("accepted, instead of: ", text);
  } catch (const error& thrown) {
    CHECK(std::string(thrown.what()) == text);
  }
}

}  // namespace

TEST_CASE("tensors go out whole or in pieces, and nothing shows before the end") {
  const temporary_folder folder;
  for (const std::size_t piece : {1u, 2u, 3u, 5u, 8u}) {
    CAPTURE(piece);
    const std::string path = folder / std::to_string(piece);
    gguf_output output = three_tensors().open(path);
    CHECK(output.paths() == std::vector<std::string>{path});
    const auto in_pieces = [&](std::string_view name, bytes all) {
      for (std::size_t begin = 0; begin < all.size(); begin += piece) {
        output.write(name, {all.data() + begin, std::min(piece, all.size() - begin)});
      }
    };
    in_pieces("a", {1, 2, 3});
    output.write("none", {});
    output.write("b", {});  // nothing yet
    in_pieces("b", {1, 2, 3, 4, 5, 6, 7, 8});
    CHECK(!std::filesystem::exists(path));
    const auto written = output.commit();
    REQUIRE(written);
    CHECK(written.value() == contents_of(path).size());
    CHECK(listing_of(gguf_file::open(path).value()) ==
          "meta general.alignment u32 8\ntensor a I8 3 168 010203\ntensor none F32 2x0 176 \n"
          "tensor b I16 4 176 0102030405060708\n");
  }
  CHECK(folder.size() == 5);
}

TEST_CASE("a wrong call throws with the names and the numbers") {
  const temporary_folder folder;
  gguf_output output = three_tensors().open(folder / "file");
  const bytes data(9, 7);
  const auto write = [&](std::string_view name, std::size_t size) { output.write(name, {data.data(), size}); };
  check_error([&] { write("b", 8); }, "gguf_output: tensor \"b\" where \"a\" is to be written");
  check_error([&] { write("a", 4); }, "gguf_output: tensor \"a\" has 3 bytes: 4 more behind 0 are too many");
  write("a", 2);
  check_error([&] { write("a", 2); }, "gguf_output: tensor \"a\" has 3 bytes: 2 more behind 2 are too many");
  check_error([&] { write("none", 0); }, "gguf_output: tensor \"none\" where \"a\" is to be written");
  check_error([&] { (void)output.commit(); }, "gguf_output: commit before tensor \"a\" is written");
  write("a", 1);
  check_error([&] { write("a", 0); }, "gguf_output: tensor \"a\" where \"none\" is to be written");
  write("none", 0);
  check_error([&] { (void)output.commit(); }, "gguf_output: commit before tensor \"b\" is written");
  write("b", 8);
  check_error([&] { write("b", 1); }, "gguf_output: tensor \"b\" after the last one");
  REQUIRE(output.commit());
  check_error([&] { write("b", 1); }, "gguf_output: tensor \"b\" behind commit");
  check_error([&] { (void)output.commit(); }, "gguf_output: commit twice");
  CHECK(gguf_file::open(folder / "file").value().find("a")->bytes[2] == 7);
  CHECK(folder.size() == 1);
}

TEST_CASE("output that is given up leaves the old file and no other, split or not") {
  const temporary_folder folder;
  write_file(folder / "m-00001-of-00002.gguf", bytes_of("old"));
  {
    gguf_output output = three_tensors().open(folder / "m.gguf", {.largest_file = 8});
    CHECK(output.paths() ==
          std::vector<std::string>{folder / "m-00001-of-00002.gguf", folder / "m-00002-of-00002.gguf"});
    output.write("a", bytes{1, 2, 3});
    output.write("none", {});
    CHECK(folder.size() == 3);
    output.write("b", bytes{1, 2});
  }
  CHECK(folder.size() == 1);
  CHECK(contents_of(folder / "m-00001-of-00002.gguf") == bytes_of("old"));
}

TEST_CASE("a folder that is missing shows at the end") {
  const temporary_folder folder;
  gguf_output output = three_tensors().open(folder / "missing/file");
  output.write("a", bytes{1, 2, 3});
  output.write("none", {});
  output.write("b", bytes(8));
  const auto failed = output.commit();
  REQUIRE(!failed);
  CHECK(failed.failure().code == file_error::cannot_open);
  CHECK(failed.failure().text.starts_with("cannot create \"" + (folder / "missing/file.partial-")));
  CHECK(folder.size() == 0);
}

TEST_CASE("of splits of which the last cannot appear, none appears") {
  const temporary_folder folder;
  std::filesystem::create_directory(folder / "m-00002-of-00002.gguf");
  gguf_output output = three_tensors().open(folder / "m.gguf", {.largest_file = 8});
  output.write("a", bytes{1, 2, 3});
  output.write("none", {});
  output.write("b", bytes(8));
  const auto failed = output.commit();
  REQUIRE(!failed);
  CHECK(failed.failure().text == "cannot replace \"" + (folder / "m-00002-of-00002.gguf") + "\": Is a directory");
  CHECK(folder.size() == 1);
}

#if __has_include(<sys/resource.h>)
TEST_CASE("a split that does not fit the disk keeps those behind it from appearing") {
  const temporary_folder folder;
  gguf_writer writer;
  writer.add("a", gguf_tensor_type::I8, {1500});
  writer.add("b", gguf_tensor_type::I8, {10});
  ::rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old_action = std::signal(SIGXFSZ, SIG_IGN);
  const ::rlimit small{1000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  gguf_output output = writer.open(folder / "m.gguf", {.largest_file = 1000});
  output.write("a", bytes(1500));
  output.write("b", bytes(10));
  const auto failed = output.commit();
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_action);
  REQUIRE(!failed);
  CHECK(failed.failure().text.starts_with("cannot write \""));
  CHECK(folder.size() == 0);
}

TEST_CASE("a disk that is full in the middle leaves the old file and no other") {
  const temporary_folder folder;
  const std::string path = folder / "file";
  write_file(path, bytes_of("old"));
  gguf_writer writer;
  writer.add("a", gguf_tensor_type::I8, {700});
  writer.add("b", gguf_tensor_type::I8, {700});
  ::rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  const auto old_action = std::signal(SIGXFSZ, SIG_IGN);  // a write past the limit then fails like one to a full disk
  const ::rlimit small{1000, before.rlim_max};
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
  gguf_output output = writer.open(path);
  output.write("a", bytes(700));
  output.write("b", bytes(700));
  const auto failed = output.commit();
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old_action);
  REQUIRE(!failed);
  CHECK(failed.failure().code == file_error::cannot_open);
  CHECK(failed.failure().text.ends_with(": File too large"));
  CHECK(contents_of(path) == bytes_of("old"));
  CHECK(folder.size() == 1);
}
#endif
