// SPDX-License-Identifier: MIT
// Halftone tests: a result holds a value or says why there is none.
#include <halftone/core/result.hpp>

#include <doctest/doctest.h>

#include <memory>

using halftone::file_error;
using halftone::file_failure;
using halftone::result;

TEST_CASE("a result with a value gives it") {
  result<int> r = 5;
  CHECK(r.has_value());
  CHECK(static_cast<bool>(r));
  CHECK(r.value() == 5);
  r.value() = 6;
  const result<int>& constant = r;
  CHECK(constant.value() == 6);
}

TEST_CASE("a result moves its value out") {
  result<std::unique_ptr<int>> r = std::make_unique<int>(9);
  const std::unique_ptr<int> taken = std::move(r).value();
  CHECK(*taken == 9);
}

TEST_CASE("a failed result carries code, offset and text, and throws the text from value()") {
  result<int> r = file_failure{file_error::truncated, 17, "file ends at byte 17"};
  CHECK_FALSE(r.has_value());
  CHECK_FALSE(static_cast<bool>(r));
  CHECK(r.failure().code == file_error::truncated);
  CHECK(r.failure().offset == 17);
  CHECK_THROWS_WITH_AS(static_cast<void>(r.value()), "file ends at byte 17", halftone::error);
  const result<int>& constant = r;
  CHECK_THROWS_WITH_AS(static_cast<void>(constant.value()), "file ends at byte 17", halftone::error);
  CHECK_THROWS_WITH_AS(static_cast<void>(std::move(r).value()), "file ends at byte 17", halftone::error);
}
