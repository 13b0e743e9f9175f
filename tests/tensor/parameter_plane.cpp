// SPDX-License-Identifier: MIT
// Halftone tests: planes of parameters keep what their storage can hold, in the bytes that files have.
#include <halftone/core/random.hpp>
#include <halftone/reference/quantize.hpp>
#include <halftone/scheme/presets.hpp>
#include <halftone/tensor/parameter_plane.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace {

using namespace halftone;

/// Eight bits: a power of two.
struct exponent8 {
  static constexpr unsigned bits = 8;
  static constexpr std::size_t dimension = 1;
  static std::string name() { return "exponent8"; }
  static float decode(std::uint32_t code) { return std::bit_cast<float>((code & 0xffu) << 23); }
  static std::uint32_t encode(float value) { return std::bit_cast<std::uint32_t>(value) >> 23; }
  static float largest() { return 1.0f; }
};

template <class Element>
void keeps(plane_type type, std::size_t bytes) {
  parameter_plane<stored_as<Element>> plane({2, 3});
  CHECK(plane.shape() == matrix_shape{2, 3});
  CHECK(plane.size() == 6);
  CHECK(plane.byte_count() == 6 * bytes);
  for (std::size_t i = 0; i < 6; ++i) {
    plane.set(i, static_cast<float>(i) + 0.1f);
  }
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(plane.at(i) == Element::decode(Element::encode(static_cast<float>(i) + 0.1f)));
  }
  std::size_t visits = 0;
  plane.for_each_plane("w.scale", [&](const std::string& name, plane_type t, std::size_t rows, std::size_t cols,
                                      std::span<std::uint8_t> data) {
    ++visits;
    CHECK(name == "w.scale");
    CHECK(t == type);
    CHECK(rows == 2);
    CHECK(cols == 3);
    CHECK(data.size() == 6 * bytes);
  });
  CHECK(visits == 1);
}

}  // namespace

TEST_CASE("a plane stores fp32, fp16, bf16 and bytes") {
  keeps<fp32>(plane_type::fp32, 4);
  keeps<fp16>(plane_type::fp16, 2);
  keeps<bf16>(plane_type::bf16, 2);
  keeps<exponent8>(plane_type::bytes, 1);
}

TEST_CASE("codes of a plane are little-endian") {
  parameter_plane<stored_as<fp16>> plane({1, 1});
  plane.set(0, 1.0f);  // 0x3c00
  plane.for_each_plane("", [](const std::string&, plane_type, std::size_t, std::size_t, std::span<std::uint8_t> bytes) {
    CHECK(bytes[0] == 0x00);
    CHECK(bytes[1] == 0x3c);
  });
}

TEST_CASE("setting a parameter again replaces it") {
  parameter_plane<stored_as<bf16>> plane({1, 2});
  plane.set(1, -1.5f);
  plane.set(1, 4.0f);
  CHECK(plane.at(1) == 4.0f);
  CHECK(plane.at(0) == 0.0f);
}

namespace {

template <class Element>
void sets_many() {
  for (const std::size_t count : {0u, 1u, 15u, 16u, 17u, 40u}) {
    parameter_plane<stored_as<Element>> one_by_one({1, 50});
    parameter_plane<stored_as<Element>> at_once({1, 50});
    std::vector<float> values(count);
    for (std::size_t i = 0; i < count; ++i) {  // subnormal numbers of fp16, numbers that it cannot hold, both signs
      values[i] = (i % 3 == 0 ? -1.0f : 1.0f) * std::ldexp(1.0f + random_unit(1, i), static_cast<int>(i) * 2 - 40);
    }
    std::vector<float> stored = values;
    at_once.set_all(7, stored);
    for (std::size_t i = 0; i < count; ++i) {
      CHECK(one_by_one.set(7 + i, values[i]) == stored[i]);
    }
    for (std::size_t i = 0; i < 50; ++i) {
      CHECK(at_once.at(i) == one_by_one.at(i));
    }
  }
}

}  // namespace

TEST_CASE("setting many parameters is setting each") {
  sets_many<fp32>();
  sets_many<fp16>();
  sets_many<bf16>();
  sets_many<exponent8>();
}

TEST_CASE("a plane quantized again is a matrix in the shape of the parameters") {
  using nested = scheme<uint8, asymmetric, per_tensor>;
  const std::vector<float> values{0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f};
  parameter_plane<quantized_again<nested>> plane({2, 3});
  plane.matrix() = reference::quantize<nested>({values.data(), 2, 3});
  CHECK(plane.size() == 6);
  CHECK(plane.byte_count() == 6 + 4 + 1);  // codes, a scale, a zero point
  for (std::size_t i = 0; i < 6; ++i) {
    CHECK(plane.at(i) == plane.matrix().value_at(i / 3, i % 3));
    CHECK(plane.at(i) == doctest::Approx(values[i]).epsilon(0.01));
  }
  std::vector<std::string> names;
  plane.for_each_plane("w.scale", [&](const std::string& name, plane_type, std::size_t, std::size_t,
                                      std::span<std::uint8_t>) { names.push_back(name); });
  CHECK(names == std::vector<std::string>{"w.scale.codes", "w.scale.scale", "w.scale.zero_point"});
}

TEST_CASE("an empty plane holds nothing") {
  const parameter_plane<stored_as<fp32>> plane;
  CHECK(plane.size() == 0);
  CHECK(plane.byte_count() == 0);
}
