// SPDX-License-Identifier: MIT
// Halftone tests: the rules of names and extents, one by one. Whole files are in safetensors_header.cpp.
#include <halftone/io/safetensors_extents.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone::detail;

namespace {

safetensors_entry entry(std::string name, std::uint64_t begin, std::uint64_t end, std::uint64_t offset = 0) {
  safetensors_entry e;
  e.tensor.name = std::move(name);
  e.tensor.shape = {end - begin};
  e.begin = begin;
  e.end = end;
  e.offset = offset;
  return e;
}

}  // namespace

TEST_CASE("tensors one behind the other cover the data, empty ones anywhere between") {
  const std::vector<safetensors_entry> entries{entry("a", 0, 0), entry("b", 0, 3), entry("c", 3, 3), entry("d", 3, 7),
                                               entry("e", 7, 7)};
  CHECK(!check_extents(entries, 7));
  CHECK(!check_cover(entries, 7, 100));
  CHECK(!check_cover({}, 0, 100));
}

TEST_CASE("holes, overlaps and bytes behind the last tensor are found where they start") {
  const auto hole = check_cover(std::vector{entry("a", 0, 2), entry("b", 5, 6)}, 6, 100);
  REQUIRE(hole.has_value());
  CHECK(hole->offset == 102);
  CHECK(hole->text == "safetensors: hole of 3 bytes before tensor \"b\"");
  const auto overlap = check_cover(std::vector{entry("a", 0, 4), entry("b", 3, 6)}, 6, 100);
  REQUIRE(overlap.has_value());
  CHECK(overlap->offset == 103);
  CHECK(overlap->text == "safetensors: tensor \"b\" overlaps the one before it by 1 bytes");
  const auto empty_inside = check_cover(std::vector{entry("a", 0, 4), entry("b", 2, 2)}, 4, 100);
  REQUIRE(empty_inside.has_value());
  CHECK(empty_inside->offset == 102);
  const auto rest = check_cover(std::vector{entry("a", 0, 4)}, 6, 100);
  REQUIRE(rest.has_value());
  CHECK(rest->offset == 104);
  CHECK(rest->text == "safetensors: 2 bytes behind the last tensor");
  CHECK(check_cover({}, 1, 100)->offset == 100);
}

TEST_CASE("names are put in order, and one that occurs twice is found where it is repeated") {
  std::vector<std::size_t> order;
  CHECK(!check_names(std::vector{entry("c", 0, 0), entry("a", 0, 0), entry("b", 0, 0), entry("", 0, 0)}, order));
  CHECK(order == std::vector<std::size_t>{3, 1, 2, 0});
  const auto twice = check_names(std::vector{entry("x", 0, 0, 40), entry("y", 0, 0, 20), entry("x", 0, 0, 10)}, order);
  REQUIRE(twice.has_value());
  CHECK(twice->code == file_error::duplicate_name);
  CHECK(twice->offset == 40);
  CHECK(twice->text == "safetensors: tensor \"x\" occurs twice");
}

TEST_CASE("offsets are checked for empty tensors, too") {
  safetensors_entry e = entry("a", 9, 9);
  e.tensor.shape = {0};
  const auto past = check_extents(std::vector{e}, 8);
  REQUIRE(past.has_value());
  CHECK(past->text == "safetensors: tensor \"a\": offsets [9, 9] pass the end of 8 bytes of data");
}
