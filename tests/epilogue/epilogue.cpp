// SPDX-License-Identifier: MIT
// Halftone tests: a chain applies its stages in order, checks each of them, and decides what can be stored.
#include <halftone/epilogue/epilogue.hpp>
#include <halftone/epilogue/linear_stages.hpp>

#include <doctest/doctest.h>

#include <array>
#include <type_traits>

namespace {

/// A stage of the user's own, without checks: v * v + row.
struct square {
  template <class Lanes>
  Lanes apply(Lanes value, const halftone::tile_position& at) const noexcept {
    return halftone::product(value, value) + halftone::lanes<Lanes>::broadcast(static_cast<float>(at.row));
  }
};

using halftone::epilogue;
using halftone::requantize;
using halftone::storable_after;

static_assert(halftone::epilogue_stage<square> && !halftone::epilogue_stage<int>);
static_assert(halftone::epilogue_type<epilogue<>> && halftone::epilogue_type<epilogue<square>> &&
              !halftone::epilogue_type<square>);
static_assert(storable_after<float, epilogue<>> && storable_after<halftone::bfloat16, epilogue<square>>);
static_assert(!storable_after<std::int8_t, epilogue<>> && !storable_after<std::int8_t, epilogue<square>>);
static_assert(storable_after<std::int8_t, epilogue<square, requantize<std::int8_t>>>);
static_assert(!storable_after<std::uint8_t, epilogue<square, requantize<std::int8_t>>>);
static_assert(!storable_after<std::int8_t, epilogue<requantize<std::int8_t>, square>>);
static_assert(!storable_after<double, epilogue<>>);

}  // namespace

TEST_CASE("stages are applied in the order in which they are written") {
  const std::array<float, 2> bias{10.0f, 20.0f};
  const epilogue first{halftone::add_bias{bias}, halftone::multiply{2.0f}};
  const epilogue second{halftone::multiply{2.0f}, halftone::add_bias{bias}};
  CHECK(first.apply(1.0f, {0, 1, 1}) == 42.0f);
  CHECK(second.apply(1.0f, {0, 1, 1}) == 22.0f);
  static_assert(std::is_same_v<decltype(first), const epilogue<halftone::add_bias, halftone::multiply>>);
}

TEST_CASE("an empty chain gives the value back") {
  CHECK(epilogue<>{}.apply(1.25f, {3, 4, 1}) == 1.25f);
  const epilogue none{};
  static_assert(std::is_same_v<decltype(none), const epilogue<>>);
  CHECK_NOTHROW(none.expects_shape({3, 4}));
}

TEST_CASE("a stage of the user's own sees the position") {
  const epilogue finish{halftone::relu{}, square{}};
  CHECK(finish.apply(3.0f, {5, 0, 1}) == 14.0f);
  CHECK(finish.apply(-3.0f, {5, 0, 1}) == 5.0f);
}

TEST_CASE("every stage that has a check is checked, wherever it stands") {
  const std::array<float, 2> two{};
  const epilogue last{square{}, halftone::relu{}, halftone::add_bias{two}};
  const epilogue front{halftone::add_bias{two}, square{}};
  CHECK_NOTHROW(last.expects_shape({1, 2}));
  CHECK_THROWS_AS(last.expects_shape({1, 3}), halftone::error);
  CHECK_THROWS_AS(front.expects_shape({1, 3}), halftone::error);
}

TEST_CASE("values are stored as the output's type says") {
  CHECK(halftone::store_value<float>(1.00390625f) == 1.00390625f);
  CHECK(halftone::store_value<halftone::bfloat16>(1.00390625f) == halftone::to_bfloat16(1.0f));
  CHECK(halftone::store_value<std::int8_t>(-128.0f) == -128);
  CHECK(halftone::store_value<std::uint8_t>(255.0f) == 255);
}
