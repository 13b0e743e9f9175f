// SPDX-License-Identifier: MIT
// Halftone tests: types of ONNX tensors by number, name and size.
#include <halftone/io/onnx_type.hpp>

#include <halftone/element/integer.hpp>
#include <halftone/element/tables.hpp>

#include <doctest/doctest.h>

using namespace halftone;

static_assert(detail::onnx_type_of_element<int2>() == onnx_type::INT2 && detail::onnx_type_of_element<uint16>() == onnx_type::UINT16);
static_assert(detail::onnx_type_of_element<fp8_e5m2fnuz>() == onnx_type::FLOAT8E5M2FNUZ && !detail::onnx_type_of_element<int3>());
static_assert(detail::onnx_type_of_element<fp4_e2m1>() == onnx_type::FLOAT4E2M1 && !detail::onnx_type_of_element<nf4>());

TEST_CASE("numbers of onnx.proto") {
  CHECK(!onnx_type_of(0));
  CHECK(!onnx_type_of(27));
  CHECK(!onnx_type_of(~std::uint64_t{0}));
  CHECK(onnx_type_of(1) == onnx_type::FLOAT);
  CHECK(onnx_type_of(10) == onnx_type::FLOAT16);
  CHECK(onnx_type_of(16) == onnx_type::BFLOAT16);
  CHECK(onnx_type_of(26) == onnx_type::INT2);
  CHECK(static_cast<int>(onnx_type::COMPLEX128) == 15);
  CHECK(static_cast<int>(onnx_type::FLOAT8E8M0) == 24);
}

TEST_CASE("names and bits, in the order of the numbers") {
  CHECK(name_of(onnx_type::UINT4) == "UINT4");
  CHECK(name_of(onnx_type::INT2) == "INT2");
  CHECK(name_of(onnx_type::FLOAT8E5M2FNUZ) == "FLOAT8E5M2FNUZ");
  CHECK(bits_of(onnx_type::STRING) == 0);
  CHECK(bits_of(onnx_type::COMPLEX128) == 128);
  CHECK(bits_of(onnx_type::UINT2) == 2);
  CHECK(bits_of(onnx_type::FLOAT4E2M1) == 4);
  CHECK(bits_of(onnx_type::BOOL) == 8);
}
