// SPDX-License-Identifier: MIT
// Halftone tests: saved planes that do not fit their scheme, refused one by one before anything is allocated.
#include <halftone/io/quantized_io.hpp>

#include <halftone/element/integer.hpp>
#include <halftone/scheme/asymmetric.hpp>
#include <halftone/scheme/symmetric.hpp>

#include "file_builder.hpp"

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone_test;

namespace {

using saved = scheme<int4_narrow, symmetric, per_group<4>, stored_as<fp16>>;
using with_zero_points = scheme<uint4, asymmetric, per_group<4>, stored_as<bf16>>;
using with_offsets = scheme<uint2, float_offset, per_channel<0>>;
struct thirds {
  static constexpr std::array<float, 3> entries{-1.0f, 0.0f, 1.0f};
  static std::string name() { return "thirds"; }
};
using with_three_codes = scheme<codebook<thirds>, unscaled, per_tensor>;
using scale_scheme = scheme<int8, symmetric, per_tensor>;
using nested = scheme<int4_narrow, symmetric, per_group<4>, quantized_again<scale_scheme>>;

/// Tensors of a file that a test can spoil before it is written.
struct plane {
  safetensors_type type;
  std::vector<std::uint64_t> shape;
  bytes content;
};
using planes = std::map<std::string, plane>;

template <class Scheme>
result<quantized_matrix<Scheme>> load_from(const planes& tensors, const std::string& shape, Scheme s = {}) {
  safetensors_writer writer;
  for (const auto& [name, p] : tensors) {
    writer.add(name, p.type, p.shape, std::span<const std::uint8_t>(p.content));
  }
  writer.set_metadata("halftone.w", R"({"version":1,"scheme":")" + Scheme::name() + R"(","shape":)" + shape + "}");
  const bytes file = writer.to_bytes();
  return load<Scheme>(safetensors_file::parse(file).value(), "w", s);
}

/// [3, 5]: three bytes of codes and two groups a row.
planes good() {
  return {{"w.codes", {safetensors_type::U8, {3, 3}, {0x21, 0x43, 0x05, 0x9f, 0x7f, 0x0f, 0, 0, 0}}},
          {"w.scale", {safetensors_type::F16, {3, 2}, {0, 0x3c, 0, 0x38, 0, 0, 0, 0x80, 0xff, 0x7b, 1, 0}}}};
}

template <class Scheme>
void check_refused(const std::string& what, const planes& tensors, const std::string& shape, file_error code,
                   const std::string& text) {
  CAPTURE(what);
  const auto failed = load_from<Scheme>(tensors, shape);
  REQUIRE(!failed);
  CHECK(failed.failure().code == code);
  CHECK(failed.failure().text == "matrix \"w\": " + text);
}

template <class Change>
planes changed(planes tensors, Change change) {
  change(tensors);
  return tensors;
}

}  // namespace

TEST_CASE("planes that fit are loaded as they are") {
  const auto q = load_from<saved>(good(), "[3,5]");
  REQUIRE(q);
  CHECK(q.value().code_at(0, 4) == 5);
  CHECK(q.value().scale_at(1) == 0.5f);
  CHECK(q.value().value_at(1, 1) == 0.0f);
  CHECK(bytes(q.value().codes().begin(), q.value().codes().end()) == good().at("w.codes").content);
}

TEST_CASE("planes that are missing or of another type or shape are refused") {
  const auto not_found = file_error::not_found;
  const auto malformed = file_error::malformed;
  check_refused<saved>("no codes", changed(good(), [](planes& p) { p.erase("w.codes"); }), "[3,5]", not_found,
                       "the file has no tensor \"w.codes\"");
  check_refused<saved>("no scale", changed(good(), [](planes& p) { p.erase("w.scale"); }), "[3,5]", not_found,
                       "the file has no tensor \"w.scale\"");
  check_refused<saved>("codes of another type",
                       changed(good(), [](planes& p) { p.at("w.codes").type = safetensors_type::I8; }), "[3,5]",
                       malformed, "tensor \"w.codes\" is of type I8, not U8");
  check_refused<saved>("scale of another type",
                       changed(good(), [](planes& p) { p.at("w.scale").type = safetensors_type::BF16; }), "[3,5]",
                       malformed, "tensor \"w.scale\" is of type BF16, not F16");
  check_refused<saved>("codes of rank 1", changed(good(), [](planes& p) { p.at("w.codes").shape = {9}; }), "[3,5]",
                       malformed, "tensor \"w.codes\" has rank 1, not 2");
  check_refused<saved>("codes turned", changed(good(), [](planes& p) { p.at("w.codes").shape = {9, 1}; }), "[3,5]",
                       malformed, "tensor \"w.codes\" is [9, 1], should be [3, 3]");
  check_refused<saved>("scale turned", changed(good(), [](planes& p) { p.at("w.scale").shape = {2, 3}; }), "[3,5]",
                       malformed, "tensor \"w.scale\" is [2, 3], should be [3, 2]");
  check_refused<saved>("rows too many", good(), "[4,5]", malformed, "tensor \"w.codes\" is [3, 3], should be [4, 3]");
  check_refused<saved>("columns too many", good(), "[3,7]", malformed,
                       "tensor \"w.codes\" is [3, 3], should be [3, 4]");
  check_refused<saved>("columns too few", good(), "[3,4]", malformed, "tensor \"w.codes\" is [3, 3], should be [3, 2]");
}

TEST_CASE("shapes that the code plane does not bear out are refused before they are computed with") {
  for (const std::string shape :
       {"[3,27]", "[18446744073709551615,1]", "[4294967296,4294967296]", "[1000000000,1000000000]"}) {
    CAPTURE(shape);
    const auto failed = load_from<saved>(good(), shape);
    REQUIRE(!failed);
    CHECK(failed.failure().code == file_error::too_large);
    CHECK(failed.failure().text.ends_with("has more weights than 9 bytes of codes can hold"));
  }
  const auto wide = load_from<saved>(good(), "[1,18446744073709551615]");
  REQUIRE(!wide);
  CHECK(wide.failure().text == "matrix \"w\": its shape [1, 18446744073709551615] has rows beyond the address space");
  const planes empty{{"w.codes", {safetensors_type::U8, {std::uint64_t{1} << 40, 0}, {}}},
                     {"w.scale", {safetensors_type::F16, {0, 0}, {}}}};
  const auto tall = load_from<saved>(empty, "[1099511627776,0]");
  REQUIRE(!tall);
  CHECK(tall.failure().code == file_error::too_large);
  CHECK(tall.failure().text ==
        "matrix \"w\": its shape [1099511627776, 0] has no weights, and an extent above 4294967295");
}

TEST_CASE("matrices without weights are loaded") {
  const auto rows = load_from<saved>(
      {{"w.codes", {safetensors_type::U8, {0, 3}, {}}}, {"w.scale", {safetensors_type::F16, {0, 0}, {}}}}, "[0,5]");
  REQUIRE(rows);
  CHECK(rows.value().shape() == matrix_shape{0, 5});
  const auto cols = load_from<saved>(
      {{"w.codes", {safetensors_type::U8, {5, 0}, {}}}, {"w.scale", {safetensors_type::F16, {0, 0}, {}}}}, "[5,0]");
  REQUIRE(cols);
  CHECK(cols.value().shape() == matrix_shape{5, 0});
}

TEST_CASE("unused bits and codes that the element does not have are refused where they are") {
  for (std::size_t row = 0; row < 3; ++row) {
    for (unsigned bit = 4; bit < 8; ++bit) {
      const auto tensors = changed(good(), [&](planes& p) {
        std::uint8_t& last = p.at("w.codes").content[3 * row + 2];
        last = static_cast<std::uint8_t>(last | 1u << bit);
      });
      check_refused<saved>("unused bit", tensors, "[3,5]", file_error::malformed,
                           "tensor \"w.codes\" has unused bits set at the end of row " + std::to_string(row));
    }
  }
  for (std::size_t k = 0; k < 5; ++k) {  // -8 is no int4_narrow
    const auto tensors = changed(good(), [&](planes& p) {
      std::uint8_t& byte = p.at("w.codes").content[3 + k / 2];
      byte = static_cast<std::uint8_t>(k % 2 == 0 ? (byte & 0xf0u) | 0x8u : (byte & 0x0fu) | 0x80u);
    });
    check_refused<saved>(
        "-8", tensors, "[3,5]", file_error::malformed,
        "tensor \"w.codes\" holds a code that int4_narrow does not have, at [1, " + std::to_string(k) + "]");
  }
  const planes three{{"w.codes", {safetensors_type::U8, {1, 1}, {0b00100100}}}};
  CHECK(load_from<with_three_codes>(three, "[1,3]"));
  const planes four{{"w.codes", {safetensors_type::U8, {1, 1}, {0b00110100}}}};
  check_refused<with_three_codes>("fourth code of three", four, "[1,3]", file_error::malformed,
                                  "tensor \"w.codes\" holds a code that codebook<thirds> does not have, at [0, 2]");
}

TEST_CASE("scales and offsets that are NaN or infinite are refused where they are") {
  for (const unsigned high : {0x7cu, 0xfcu, 0x7eu, 0xffu}) {
    const auto tensors =
        changed(good(), [&](planes& p) { p.at("w.scale").content[7] = static_cast<std::uint8_t>(high); });
    check_refused<saved>("fp16", tensors, "[3,5]", file_error::malformed,
                         "tensor \"w.scale\" holds NaN or infinity at element 3");
  }
  const planes zero_points{{"w.codes", {safetensors_type::U8, {1, 2}, {1, 2}}},
                           {"w.zero_point", {safetensors_type::U8, {1, 1}, {0x0f}}},
                           {"w.scale", {safetensors_type::BF16, {1, 1}, {0x7f, 0x7f}}}};
  CHECK(load_from<with_zero_points>(zero_points, "[1,4]").value().zero_point_at(0) == 15);
  check_refused<with_zero_points>(
      "bf16", changed(zero_points, [](planes& p) { p.at("w.scale").content = {0x80, 0x7f}; }), "[1,4]",
      file_error::malformed, "tensor \"w.scale\" holds NaN or infinity at element 0");
  check_refused<with_zero_points>(
      "zero point's unused bits", changed(zero_points, [](planes& p) { p.at("w.zero_point").content = {0x1f}; }),
      "[1,4]", file_error::malformed, "tensor \"w.zero_point\" has unused bits set at the end of row 0");
  const planes offsets{{"w.codes", {safetensors_type::U8, {1, 1}, {1}}},
                       {"w.scale", {safetensors_type::F32, {1, 1}, {0, 0, 0x80, 0x3f}}},
                       {"w.offset", {safetensors_type::F32, {1, 1}, {0, 0, 0xc0, 0xff}}}};
  check_refused<with_offsets>("fp32", offsets, "[1,4]", file_error::malformed,
                              "tensor \"w.offset\" holds NaN or infinity at element 0");
}

TEST_CASE("nested planes are checked like the planes of a matrix, and so is their product") {
  const planes tensors{{"w.codes", {safetensors_type::U8, {1, 3}, {0x21, 0x43, 0x05}}},
                       {"w.scale.codes", {safetensors_type::U8, {1, 2}, {2, 4}}},
                       {"w.scale.scale", {safetensors_type::F32, {1, 1}, {0, 0, 0x80, 0x3f}}}};
  CHECK(load_from<nested>(tensors, "[1,5]").value().scale_at(1) == 4.0f);
  check_refused<nested>("no inner scale", changed(tensors, [](planes& p) { p.erase("w.scale.scale"); }), "[1,5]",
                        file_error::not_found, "the file has no tensor \"w.scale.scale\"");
  check_refused<nested>("inner codes of another shape",
                        changed(tensors, [](planes& p) { p.at("w.scale.codes").shape = {2, 1}; }), "[1,5]",
                        file_error::malformed, "tensor \"w.scale.codes\" is [2, 1], should be [1, 2]");
  check_refused<nested>("product overflows",
                        changed(tensors,
                                [](planes& p) {
                                  p.at("w.scale.codes").content = {1, 4};
                                  p.at("w.scale.scale").content = {0, 0, 0x7f, 0x7f};
                                }),
                        "[1,5]", file_error::malformed, "the scale or offset of group 1 is NaN or infinite");
}

TEST_CASE("another scheme is refused by both names") {
  safetensors_writer writer;
  save(writer, "w", quantized_matrix<saved>({2, 4}));
  const bytes content = writer.to_bytes();
  const auto file = safetensors_file::parse(content).value();
  const auto failed = load<with_zero_points>(file, "w");
  REQUIRE(!failed);
  CHECK(failed.failure().code == file_error::scheme_mismatch);
  CHECK(failed.failure().text == "matrix \"w\": saved as " + saved::name() + ", loaded as " + with_zero_points::name());
  CHECK(load<saved>(file, "v").failure().code == file_error::not_found);
}
