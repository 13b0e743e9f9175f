// SPDX-License-Identifier: MIT
// Halftone tests: tensors looked up by name, type and shape.
#include <halftone/io/checkpoint_tensor.hpp>

#include <halftone/element/exponent.hpp>
#include <halftone/element/minifloat.hpp>

#include "checkpoint_editor.hpp"

#include <cmath>

using namespace halftone;
using namespace halftone_test;
using type = safetensors_type;

namespace {
template <class Storage>
constexpr bool has_type = requires { detail::type_of_storage<Storage>; };
}  // namespace

TEST_CASE("found, or why not") {
  checkpoint_editor e;
  e.tensors["a"] = {type::F16, {2, 1}, {0, 0x3c, 0, 0xc0}};
  const std::vector<std::uint8_t> content = e.bytes();
  const safetensors_file file = safetensors_file::parse(content).value();
  const checkpoint from(file);
  const detail::checkpoint_reader reader(from, "here");
  const safetensors_tensor& a = *reader.find("a", {type::F32, type::F16}, {2, 1}).value();
  CHECK((detail::float_at(a, 0) == 1.0f && detail::float_at(a, 1) == -2.0f));
  CHECK(reader.has("a"));
  CHECK(!reader.has("b"));
  CHECK_REFUSED(reader.find("b", {}).failure(), not_found, "here: there is no tensor \"b\"");
  CHECK_REFUSED(reader.find("a", {type::BF16, type::F32}).failure(), scheme_mismatch, "here: tensor \"a\": its type is F16, not BF16");
  CHECK_REFUSED(reader.find("a", {}, {2}).failure(), scheme_mismatch, "here: tensor \"a\": its shape is [2, 1], not [2]");
  CHECK(reader.find("a", {type::F32}).failure().offset == a.offset);
}

TEST_CASE("sizes beyond memory stay beyond it") {
  CHECK(detail::size_of_file(7) == 7);
  CHECK(detail::size_of_file(~std::uint64_t{0}) == largest_size);
}

TEST_CASE("floats of three types") {
  checkpoint_editor e;
  e.tensors["f"] = {type::F32, {1}, {0, 0, 0x20, 0x41}};
  e.tensors["b"] = {type::BF16, {1}, {0x20, 0x41}};
  e.tensors["u"] = {type::U8, {1}, {7}};
  const std::vector<std::uint8_t> content = e.bytes();
  const safetensors_file file = safetensors_file::parse(content).value();
  CHECK((detail::float_at(*file.find("f"), 0) == 10.0f && detail::float_at(*file.find("b"), 0) == 10.0f));
  CHECK(std::isnan(detail::float_at(*file.find("u"), 0)));
}

TEST_CASE("planes as bytes and their types") {
  parameter_plane<stored_as<fp16>> plane(matrix_shape{1, 2});
  plane.set(1, 1.0f);
  CHECK(detail::bytes_of_plane(plane) == std::vector<std::uint8_t>{0, 0, 0, 0x3c});
  CHECK(detail::type_of_storage<stored_as<fp16>> == type::F16);
  CHECK(detail::type_of_storage<stored_as<bf16>> == type::BF16);
  CHECK(detail::type_of_storage<stored_as<fp32>> == type::F32);
  static_assert(!std::is_constructible_v<detail::checkpoint_reader, const safetensors_file&, std::string_view>);
  static_assert(has_type<stored_as<fp32>> && !has_type<stored_as<fp8_e4m3fn>> && !has_type<stored_as<e8m0_floor>>);
}
