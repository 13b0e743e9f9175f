// SPDX-License-Identifier: MIT
// Halftone tests: types have the schema's names and numbers.
#include <halftone/io/tflite_type.hpp>

#include <doctest/doctest.h>

using namespace halftone;

TEST_CASE("types and their numbers") {
  CHECK(name_of(tflite_type::INT8) == "INT8");
  CHECK(static_cast<int>(tflite_type::INT8) == 9);
  CHECK(name_of(tflite_type::INT4) == "INT4");
  CHECK(static_cast<int>(tflite_type::INT4) == 17);
  CHECK(name_of(tflite_type::INT2) == "INT2");
  CHECK(static_cast<int>(tflite_type::INT2) == 19);
  CHECK(name_of(tflite_type::FLOAT8_E5M2) == "FLOAT8_E5M2");
  CHECK(bits_of(tflite_type::INT4) == 4);
  CHECK(bits_of(tflite_type::STRING) == 0);
  CHECK(bits_of(tflite_type::COMPLEX128) == 128);
  CHECK(tflite_type_of(22) == tflite_type::FLOAT8_E5M2);
  CHECK(!tflite_type_of(23));
  CHECK(!tflite_type_of(-1));
}
