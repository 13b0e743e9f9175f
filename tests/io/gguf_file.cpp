// SPDX-License-Identifier: MIT
// Halftone tests: GGUF files of the Python package gguf give the values that the package reads, for little memory.
#include <halftone/io/gguf_file.hpp>

#include "allocation_count.hpp"
#include "broken_gguf.hpp"
#include "gguf_listing.hpp"

#include <doctest/doctest.h>

#include <iterator>

using namespace halftone;
using namespace halftone_test;

TEST_CASE("files of the package gguf hold what its reader says, in either byte order") {
  for (const std::string name : {"little", "big", "aligned", "no_tensors"}) {
    CAPTURE(name);
    const auto file = gguf_file::open(golden(name + ".gguf"));
    REQUIRE((file ? "" : file.failure().text) == "");
    CHECK(listing_of(file.value()) == text_of(golden(name + ".txt")));
    CHECK(file.value().version() == 3);
    CHECK(file.value().byte_order() == (name == "big" ? std::endian::big : std::endian::little));
    CHECK(file.value().alignment() == (name == "aligned" ? 256u : 32u));
    CHECK(file.value().splits() == 1);
    const bytes content = contents_of(golden(name + ".gguf"));
    CHECK(listing_of(gguf_file::parse(content).value()) == text_of(golden(name + ".txt")));
  }
}

TEST_CASE("arrays inside arrays of the package gguf are read") {
  const gguf_file file = gguf_file::open(golden("nested.gguf")).value();
  using numbers = std::vector<std::vector<std::int32_t>>;
  CHECK(file.get<numbers>("matrix").value() == numbers{{1, 2, 3}, {4}, {-5, 6}});
  using words = std::vector<std::vector<std::string>>;
  CHECK(file.get<words>("words").value() == words{{"a", "bc"}, {""}});
  using cube = std::vector<std::vector<std::vector<float>>>;
  CHECK(file.get<cube>("deep").value() == cube{{{1.5f}}, {{2.5f, -3.5f}, {0.0f}}});
}

TEST_CASE("a value is got by its key and its type; else the failure says what is wrong") {
  const gguf_file file = gguf_file::open(golden("little.gguf")).value();
  CHECK(file.get<std::string_view>("general.architecture").value() == "test");
  CHECK(file.get<std::uint32_t>("high.uint32").value() == 4294967295u);
  CHECK(file.get<float>("float32.0").value() == 0.1f);
  CHECK(file.get<bool>("yes").value());
  CHECK(file.get<std::vector<std::int64_t>>("list.int64").value().size() == 3);
  CHECK(file.get<gguf_array>("list.string").value().get<std::string>(2) == "\u2581the");
  CHECK(file.value("high.uint32")->get<std::uint32_t>() == 4294967295u);

  CHECK(!file.value("high.uint3"));
  CHECK(!file.value(""));
  CHECK(!file.value("zzz"));
  const auto missing = file.get<std::uint32_t>("high.uint33");
  REQUIRE(!missing);
  CHECK(missing.failure().code == file_error::not_found);
  CHECK(missing.failure().text == "gguf: no metadata \"high.uint33\"");
  const auto wrong = file.get<std::int32_t>("high.uint32");
  REQUIRE(!wrong);
  CHECK(wrong.failure().code == file_error::malformed);
  CHECK(wrong.failure().offset == file.value("high.uint32")->offset());
  CHECK(wrong.failure().text == "gguf: metadata \"high.uint32\" is a u32, not an i32");
  CHECK(file.get<std::string>("list.string").failure().text ==
        "gguf: metadata \"list.string\" is an array of string, not a string");
  CHECK(file.get<std::vector<float>>("list.string").failure().text ==
        "gguf: metadata \"list.string\" is an array of string, not an array of f32");
  CHECK_THROWS_WITH_AS((void)file.get<double>("text").value(), "gguf: metadata \"text\" is a string, not an f64",
                       error);
}

TEST_CASE("a tensor is found by its name, and lists know their size") {
  const gguf_file file = gguf_file::open(golden("little.gguf")).value();
  const std::optional<gguf_tensor> found = file.find("q4_k");
  REQUIRE(found);
  CHECK(found->type == gguf_tensor_type::Q4_K);
  CHECK(found->cols() == 256);
  CHECK(found->rows() == 1);
  CHECK(found->bytes.size() == 144);
  CHECK(!file.find("q4_"));
  CHECK(!file.find("q4_k "));
  CHECK(!file.find(""));
  CHECK(!file.find("zz"));
  CHECK(file.tensors().size() == 14);
  CHECK(file.tensors()[0].name == "f32");
  CHECK(file.tensors()[13].name == "nvfp4");
  CHECK_THROWS_WITH_AS(static_cast<void>(file.tensors()[file.tensors().size()]), doctest::Contains("gguf_file: entry "), error);
  CHECK(!file.metadata().empty());
  CHECK(file.metadata()[1].key == "low.uint8");
  std::size_t found_again = 0;
  for (const gguf_tensor& tensor : file.tensors()) {
    found_again += file.find(tensor.name)->offset == tensor.offset ? 1u : 0u;
  }
  CHECK(found_again == 14);
  using list = decltype(file.tensors());
  static_assert(std::forward_iterator<decltype(std::declval<list>().begin())>);
}

TEST_CASE("a file that moves keeps its bytes where they are") {
  gguf_file first = gguf_file::open(golden("little.gguf")).value();
  const std::uint8_t* const where = first.find("f32")->bytes.data();
  gguf_file second = std::move(first);
  gguf_file third;
  third = std::move(second);
  CHECK(third.find("f32")->bytes.data() == where);
  CHECK(listing_of(third) == text_of(golden("little.txt")));
}

TEST_CASE("an empty file object finds nothing") {
  const gguf_file none;
  CHECK(none.tensors().empty());
  CHECK(none.metadata().empty());
  CHECK(!none.find("a"));
  CHECK(!none.value("a"));
  CHECK(none.get<bool>("a").failure().code == file_error::not_found);
  CHECK(none.alignment() == 32);
  CHECK(none.version() == 3);
  CHECK(none.byte_order() == std::endian::little);
  CHECK(none.splits() == 0);
}

TEST_CASE("a file that cannot be opened or read says why") {
  const temporary_folder folder;
  const auto missing = gguf_file::open(folder / "missing");
  REQUIRE(!missing);
  CHECK(missing.failure().code == file_error::cannot_open);
  write_file(folder / "empty", {});
  const auto empty = gguf_file::open(folder / "empty");
  REQUIRE(!empty);
  CHECK(empty.failure().code == file_error::truncated);
  CHECK_THROWS_WITH_AS((void)empty.value(), "gguf: a file of 0 bytes has no header of 24", error);
}

TEST_CASE("every broken file is refused through the file object, too") {
  for (const broken_gguf& each : broken_gguf_files()) {
    CAPTURE(each.rule);
    gguf_builder builder;
    each.make(builder);
    const auto file = gguf_file::parse(builder.file());
    REQUIRE(!file);
    CHECK(file.failure().code == each.code);
    CHECK(file.failure().offset == builder.place());
  }
}

TEST_CASE("no file asks for more memory than twice its header and a megabyte") {
  constexpr std::size_t million = 1'000'000;
  struct one {
    bytes file;
    std::size_t header;
  };
  std::vector<one> files;
  const auto add = [&](gguf_builder& builder, std::size_t data) {
    const std::size_t header = builder.file().size();
    builder.pad();
    bytes whole = builder.file();
    whole.resize(whole.size() + data);
    files.push_back({std::move(whole), header});
  };
  const auto three = [](std::size_t i) {  // characters that are nobody else's: 64^2 * 94 names
    return std::string{static_cast<char>('!' + i % 64), static_cast<char>('!' + i / 64 % 64),
                       static_cast<char>('!' + i / 4096)};
  };
  gguf_builder entries;  // the smallest there are
  entries.start(0, 5 * million / 16);
  for (std::size_t i = 0; i < 5 * million / 16; ++i) {
    entries.key(three(i), 0).u8(0);
  }
  add(entries, 0);
  gguf_builder tensors;
  tensors.start(3 * million / 27, 0);
  for (std::size_t i = 0; i < 3 * million / 27; ++i) {
    tensors.tensor(three(i), {}, 24, 32 * i);
  }
  add(tensors, 32 * (3 * million / 27));
  gguf_builder same;  // refused at the very end
  same.start(million / 25, 0);
  for (std::size_t i = 0; i < million / 25; ++i) {
    same.tensor("a", {}, 24, 0);
  }
  add(same, 1);
  gguf_builder lies;  // counts that the bytes could hold, were they not data
  lies.start(4 * million / 24, 4 * million / 14).key("a", 0).u8(0);
  add(lies, 4 * million);
  gguf_builder strings;
  strings.start(0, 1).key("a", 9).u32(8).u64(million / 8);
  for (std::size_t i = 0; i < million / 8; ++i) {
    strings.u64(0);
  }
  add(strings, 0);
  gguf_builder text;
  text.start(0, 1).key("a", 8).text(std::string(million, 'x'));
  add(text, 0);
  gguf_builder bad;
  bad.start(0, 100);
  for (std::size_t i = 0; i < 15; ++i) {
    bad.key(std::string(60'000, static_cast<char>('a' + i)), 0).u8(0);
  }
  bad.key(std::string(60'000, 'z'), 13).u8(0);
  add(bad, 0);
  unsigned refused = 0;
  for (const one& each : files) {
    CAPTURE(each.header);
    const std::size_t before = allocated_bytes();
    const auto file = gguf_file::parse(each.file);
    CHECK(allocated_bytes() - before <= 2 * each.header + (std::size_t{1} << 20));
    refused += file ? 0u : 1u;
  }
  CHECK(refused == 3);
  for (const broken_gguf& each : broken_gguf_files()) {
    gguf_builder builder;
    each.make(builder);
    const std::size_t before = allocated_bytes();
    (void)gguf_file::parse(builder.file());
    CHECK(allocated_bytes() - before < 4096);
  }
}
