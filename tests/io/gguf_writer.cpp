// SPDX-License-Identifier: MIT
// Halftone tests: written files are those of the Python package gguf, byte for byte; what is wrong is refused.
#include <halftone/io/gguf_writer.hpp>

#include "gguf_builder.hpp"
#include "gguf_listing.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace halftone;
using namespace halftone_test;

namespace {

/// What a file holds, to be written again.
gguf_writer copy_of(const gguf_file& file) {
  gguf_writer writer(file.byte_order());
  writer.set(file);
  for (const gguf_tensor& tensor : file.tensors()) {
    writer.add(std::string(tensor.name), tensor.type, {tensor.dims().begin(), tensor.dims().end()}, tensor.bytes);
  }
  return writer;
}

template <class T>
void set_ends(gguf_writer& writer, const std::string& name) {
  using limits = std::numeric_limits<T>;
  writer.set("low." + name, limits::min());
  writer.set("high." + name, limits::max());
  writer.set("list." + name, std::vector<T>{limits::min(), T{1}, limits::max()});
}

template <class T>
void set_floats(gguf_writer& writer, const std::string& name) {
  const std::vector<T> values{T(0.1), T(-0.0), std::numeric_limits<T>::infinity(), T(1e-40), T(-1.5)};
  for (std::size_t i = 0; i < values.size(); ++i) {
    writer.set(name + "." + std::to_string(i), values[i]);
  }
  writer.set("list." + name, values);
}

}  // namespace

TEST_CASE("a file of the package gguf that is read and written is the same bytes") {
  const temporary_folder folder;
  for (const std::string name : {"little", "big", "aligned", "no_tensors", "nested"}) {
    CAPTURE(name);
    const gguf_file file = gguf_file::open(golden(name + ".gguf")).value();
    const auto written = copy_of(file).write(folder / "copy.gguf");
    REQUIRE(written);
    CHECK(written.value() == contents_of(folder / "copy.gguf").size());
    CHECK(contents_of(folder / "copy.gguf") == contents_of(golden(name + ".gguf")));
    CHECK(folder.size() == 1);
  }
}

TEST_CASE("the values that the package gguf was given make its bytes") {
  const temporary_folder folder;
  for (const std::endian order : {std::endian::little, std::endian::big}) {
    const std::string name = order == std::endian::little ? "little.gguf" : "big.gguf";
    gguf_writer writer(order);
    writer.set("general.architecture", "test");
    set_ends<std::uint8_t>(writer, "uint8");
    set_ends<std::int8_t>(writer, "int8");
    set_ends<std::uint16_t>(writer, "uint16");
    set_ends<std::int16_t>(writer, "int16");
    set_ends<std::uint32_t>(writer, "uint32");
    set_ends<std::int32_t>(writer, "int32");
    set_ends<std::uint64_t>(writer, "uint64");
    set_ends<std::int64_t>(writer, "int64");
    set_floats<float>(writer, "float32");
    set_floats<double>(writer, "float64");
    writer.set("yes", true);
    writer.set("no", false);
    writer.set("list.bool", std::vector<bool>{true, false, true});
    writer.set("text", std::string_view("na\xc3\xafve \xe2\x88\x91 \xf0\x9f\x98\x80\0\n", 17));
    writer.set("empty", "");
    writer.set("list.string", std::vector<std::string>{"<s>", "", "\xe2\x96\x81the", std::string(1, '\0')});
    writer.set("list.bytes", std::vector<std::string>{"\xff\xfe", "\xe2\x96"});
    const gguf_file file = gguf_file::open(golden(name)).value();
    for (const gguf_tensor& tensor : file.tensors()) {
      writer.add(std::string(tensor.name), tensor.type, {tensor.dims().begin(), tensor.dims().end()}, tensor.bytes);
    }
    REQUIRE(writer.write(folder / name));
    CHECK(contents_of(folder / name) == contents_of(golden(name)));
  }
}

TEST_CASE("splits are those of the package gguf, byte for byte") {
  const temporary_folder folder;
  const gguf_file file = gguf_file::open(golden("split-00003-of-00004.gguf")).value();
  const auto written = copy_of(file).write(folder / "split.gguf", {.largest_file = 40});
  REQUIRE(written);
  CHECK(folder.size() == 4);
  std::uint64_t total = 0;
  for (const std::string number : {"1", "2", "3", "4"}) {
    const std::string name = "split-0000" + number + "-of-00004.gguf";
    CHECK(contents_of(folder / name) == contents_of(golden(name)));
    total += contents_of(folder / name).size();
  }
  CHECK(written.value() == total);
}

TEST_CASE("a file takes tensors up to the limit, and one at least") {
  const temporary_folder folder;
  gguf_writer writer;
  const bytes data(100, 9);
  const std::size_t sizes[] = {10, 30, 1, 100, 0, 40, 0};
  for (std::size_t i = 0; i < std::size(sizes); ++i) {
    writer.add(std::to_string(i), gguf_tensor_type::I8, {sizes[i]}, {data.data(), sizes[i]});
  }
  REQUIRE(writer.write(folder / "m", {.largest_file = 40}));
  const std::size_t held[] = {2, 1, 1, 3};  // 10 30 | 1 | 100 | 0 40 0
  for (unsigned i = 0; i < 4; ++i) {
    const bytes split = contents_of(folder / ("m-0000" + std::to_string(i + 1) + "-of-00004.gguf"));
    CHECK(gguf_file::parse(split).value().tensors().size() == held[i]);
  }
  CHECK(folder.size() == 4);
  CHECK(gguf_file::open(folder / "m-00001-of-00004.gguf").value().tensors().size() == 7);
  for (const std::uint64_t large : {std::uint64_t{181}, ~std::uint64_t{0}}) {
    REQUIRE(writer.write(folder / "one", {.largest_file = large}));
    CHECK(gguf_file::open(folder / "one").value().tensors().size() == 7);
  }
}

TEST_CASE("an alignment stands in every split") {
  const temporary_folder folder;
  gguf_writer writer;
  writer.set("general.alignment", std::uint32_t{1024});
  writer.set("name", "x");
  const bytes data{1, 2, 3};
  for (const std::string name : {"a", "b", "c"}) {
    writer.add(name, gguf_tensor_type::I8, {3}, data);
  }
  REQUIRE(writer.write(folder / "m.gguf", {.largest_file = 3}));
  const gguf_file file = gguf_file::open(folder / "m-00002-of-00003.gguf").value();
  for (const gguf_tensor& tensor : file.tensors()) {
    CHECK(tensor.offset == 1024);
    CHECK(bytes(tensor.bytes.begin(), tensor.bytes.end()) == data);
  }
  CHECK(file.get<std::string>("name").value() == "x");
  CHECK(
      gguf_file::parse(contents_of(folder / "m-00003-of-00003.gguf")).value().get<std::string>("name").failure().code ==
      file_error::not_found);
  REQUIRE(writer.write(folder / "m.gguf"));
  CHECK(gguf_file::open(folder / "m.gguf").value().find("c")->offset == 3072);
}

TEST_CASE("a key that is set again keeps its place") {
  const temporary_folder folder;
  gguf_writer writer;
  writer.set("a", 1);
  writer.set("b", 2);
  writer.set("a", "three");
  REQUIRE(writer.write(folder / "m.gguf"));
  CHECK(listing_of(gguf_file::open(folder / "m.gguf").value()) == "meta a string '7468726565\nmeta b i32 2\n");
}

TEST_CASE("a wrong call throws with the name and the numbers, and leaves nothing behind") {
  gguf_writer writer;
  const auto refuses = [&](auto call, const std::string& text) {
    try {
      call();
      FAIL_CHECK("accepted, instead of: ", text);
    } catch (const error& thrown) {
      CHECK(std::string(thrown.what()) == text);
    }
  };
  const std::string long_name(65536, 'n');
  refuses([&] { writer.set("", 1); }, "gguf_writer: an empty key");
  refuses([&] { writer.set(long_name, 1); }, "gguf_writer: key of 65536 bytes is above the limit of 65535");
  refuses([&] { writer.set("\xff", 1); }, "gguf_writer: key \"\xff\" is not UTF-8");
  for (const std::string key : {"split.no", "split.count", "split.tensors.count"}) {
    refuses([&] { writer.set(key, std::uint16_t{1}); },
            "gguf_writer: key \"" + key + "\" is set by the writer where it splits");
  }
  refuses([&] { writer.set("general.alignment", 64); }, "gguf_writer: general.alignment is no std::uint32_t");
  for (const std::uint32_t alignment : {0u, 24u, 131072u}) {
    refuses([&] { writer.set("general.alignment", alignment); },
            "gguf_writer: general.alignment is " + std::to_string(alignment) + ", no power of two from 1 to 65536");
  }
  const bytes data(18);
  const auto q4_0 = gguf_tensor_type::Q4_0;
  writer.add("a", q4_0, {32}, data);
  refuses([&] { writer.add("a", q4_0, {32}); }, "gguf_writer: tensor \"a\" added twice");
  refuses([&] { writer.add(long_name, q4_0, {32}); },
          "gguf_writer: tensor name of 65536 bytes is above the limit of 65535");
  refuses([&] { writer.add("\xc0", q4_0, {32}); }, "gguf_writer: tensor name \"\xc0\" is not UTF-8");
  refuses(
      [&] {
        writer.add("b", q4_0, {32, 1, 1, 1, 1});
      },
      "gguf_writer: tensor \"b\" has 5 dimensions, the format allows 4");
  for (const std::uint32_t number : {4u, 31u, 43u, 4294967295u}) {
    refuses([&] { writer.add("b", static_cast<gguf_tensor_type>(number), {32}); },
            "gguf_writer: tensor \"b\" of type " + std::to_string(number) + ", which ggml does not know");
  }
  refuses([&] { writer.add("b", q4_0, {33}); },
          "gguf_writer: tensor \"b\": rows of 33 elements are no multiple of the 32 of a block of Q4_0");
  refuses([&] { writer.add("b", q4_0, {}); },
          "gguf_writer: tensor \"b\": rows of 1 elements are no multiple of the 32 of a block of Q4_0");
  refuses(
      [&] {
        writer.add("b", q4_0, {std::uint64_t{1} << 40, std::uint64_t{1} << 40});
      },
      "gguf_writer: tensor \"b\": the product of its dimensions passes 2^63 - 1");
  refuses([&] { writer.add("b", gguf_tensor_type::F64, {std::uint64_t{1} << 61}); },
          "gguf_writer: tensor \"b\": its bytes as F64 pass 2^63 - 1");
  refuses([&] { writer.add("b", q4_0, {64}, data); }, "gguf_writer: tensor \"b\" of type Q4_0 needs 36 bytes, not 18");

  const temporary_folder folder;
  REQUIRE(writer.write(folder / "m"));
  CHECK(listing_of(gguf_file::open(folder / "m").value()) == "tensor a Q4_0 32 64 " + std::string(36, '0') + "\n");
  writer.add("b", q4_0, {32});
  refuses([&] { (void)writer.write(folder / "n"); }, "gguf_writer: tensor \"b\" was added without bytes: use open");
  CHECK(folder.size() == 1);

  gguf_writer many;
  const bytes one{1};
  for (unsigned i = 0; i < 65536; ++i) {
    many.add(std::to_string(i), gguf_tensor_type::I8, {1}, one);
  }
  refuses([&] { (void)many.write(folder / "n", {.largest_file = 1}); },
          "gguf_writer: 65536 splits are more than the 65535 that a file can count");
  CHECK(folder.size() == 1);
}

TEST_CASE("a written file replaces the old one, even one that the tensors point into") {
  const temporary_folder folder;
  const std::string path = folder / "file";
  const bytes data{1, 2, 3};
  gguf_writer writer;
  writer.add("a", gguf_tensor_type::I8, {3}, data);
  REQUIRE(writer.write(path));
  const gguf_file old = gguf_file::open(path).value();
  gguf_writer again;
  again.add("b", gguf_tensor_type::I8, {3}, old.find("a")->bytes);
  REQUIRE(again.write(path));
  CHECK(old.find("a")->bytes[2] == 3);
  CHECK(gguf_file::open(path).value().find("b")->bytes[2] == 3);
  CHECK(folder.size() == 1);
}

TEST_CASE("files of the longest names, and of every type, are read back") {
  const temporary_folder folder;
  gguf_writer writer;
  writer.set(std::string(65535, 'k'), std::uint8_t{1});
  std::vector<bytes> kept;
  for (std::uint32_t number = 0; number < 43; ++number) {
    if (const auto type = gguf_tensor_type_of(number)) {
      kept.emplace_back(6 * bytes_of_block(*type), static_cast<std::uint8_t>(number + 1));
    }
  }
  auto next = kept.begin();
  for (std::uint32_t number = 0; number < 43; ++number) {
    if (const auto type = gguf_tensor_type_of(number)) {
      writer.add(std::string(name_of(*type)), *type, {2 * elements_of_block(*type), 1, 3}, *next++);
    }
  }
  writer.add(std::string(65535, 'n'), gguf_tensor_type::I8, {0});
  gguf_output output = writer.open(folder / "file");
  next = kept.begin();
  for (std::uint32_t number = 0; number < 43; ++number) {
    if (const auto type = gguf_tensor_type_of(number)) {
      output.write(name_of(*type), *next++);
    }
  }
  output.write(std::string(65535, 'n'), {});
  REQUIRE(output.commit());
  const gguf_file file = gguf_file::open(folder / "file").value();
  CHECK(file.tensors().size() == 36);
  next = kept.begin();
  for (const gguf_tensor& tensor : file.tensors()) {
    if (tensor.rank == 3) {
      CHECK(name_of(tensor.type) == tensor.name);
      CHECK(tensor.rows() == 3);
      CHECK(bytes(tensor.bytes.begin(), tensor.bytes.end()) == *next++);
    }
  }
}
