// SPDX-License-Identifier: MIT
// Halftone tests: storages name their element and know its bytes.
#include <halftone/element/integer.hpp>
#include <halftone/scheme/scheme.hpp>
#include <halftone/scheme/storage.hpp>
#include <halftone/scheme/symmetric.hpp>

#include <doctest/doctest.h>

namespace {

using nested = halftone::scheme<halftone::int8_narrow, halftone::symmetric, halftone::per_tensor>;

template <class Element>
concept can_be_stored_as = requires { typename halftone::stored_as<Element>; };

static_assert(halftone::storage_policy<halftone::stored_as<halftone::fp16>>);
static_assert(halftone::storage_policy<halftone::quantized_again<nested>>);
static_assert(!halftone::storage_policy<halftone::fp16> && !halftone::storage_policy<int>);
static_assert(can_be_stored_as<halftone::bf16> && !can_be_stored_as<halftone::int8>);

}  // namespace

TEST_CASE("a stored parameter takes whole bytes") {
  CHECK(halftone::stored_as<halftone::fp32>::bytes == 4);
  CHECK(halftone::stored_as<halftone::fp16>::bytes == 2);
  CHECK(halftone::stored_as<halftone::bf16>::bytes == 2);
}

TEST_CASE("names show what is inside") {
  CHECK(halftone::stored_as<halftone::bf16>::name() == "stored_as<bf16>");
  CHECK(halftone::quantized_again<nested>::name() == "quantized_again<" + nested::name() + ">");
}
