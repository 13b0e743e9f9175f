// SPDX-License-Identifier: MIT
// Halftone tests: a wrong call throws, and its text carries the numbers.
#include <halftone/core/error.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

TEST_CASE("a message joins text and numbers") {
  using halftone::detail::message;
  CHECK(message("gemm: k is ", std::size_t{40}, ", not ", -7) == "gemm: k is 40, not -7");
  CHECK(message(std::string("a"), std::string_view("b"), "c") == "abc");
  CHECK(message(std::int64_t{std::numeric_limits<std::int64_t>::min()}) == "-9223372036854775808");
  CHECK(message(std::numeric_limits<std::uint64_t>::max()) == "18446744073709551615");
  CHECK(message() == "");
}

TEST_CASE("a message writes floats so that they can be read back") {
  using halftone::detail::message;
  CHECK(message(0.1f) == "0.1");
  CHECK(message(-2.5) == "-2.5");
  CHECK(message(0.0f) == "0");
  CHECK(message(std::numeric_limits<float>::infinity()) == "inf");
  CHECK(message(-std::numeric_limits<double>::infinity()) == "-inf");
  CHECK(message(std::numeric_limits<float>::quiet_NaN()).find("nan") != std::string::npos);
  CHECK(std::stof(message(std::numeric_limits<float>::max())) == std::numeric_limits<float>::max());
  CHECK(std::stod(message(1.0 / 3.0)) == 1.0 / 3.0);
}

TEST_CASE("a text without a heap is cut where it is full") {
  halftone::detail::short_text text;
  text.append("k is ");
  text.append(std::size_t{40});
  text.append(std::string_view(", not "));
  text.append(-2.5f);
  CHECK(std::string_view(text.c_str()) == "k is 40, not -2.5");
  text.append(std::string(300, 'x'));
  text.append(7);
  CHECK(std::string_view(text.c_str()).size() == 255);
  CHECK(std::string_view(text.c_str()).ends_with("xx"));
}

TEST_CASE("expects throws an error that is a runtime_error, and only if the condition fails") {
  CHECK_NOTHROW(halftone::expects(true, "never"));
  CHECK_THROWS_AS(halftone::expects(false, "always"), halftone::error);
  CHECK_THROWS_AS(halftone::expects(false, "always"), std::runtime_error);
  CHECK_THROWS_WITH(halftone::expects(false, "pack: ", 3, " of ", 4), "pack: 3 of 4");
  CHECK_THROWS_WITH(halftone::fail("x is ", 0.5f), "x is 0.5");
}
