// SPDX-License-Identifier: MIT
// Halftone tests: how many bytes a shape takes.
#include <halftone/io/safetensors_tensor.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using namespace halftone::detail;
using problem = safetensors_size::problem;
using shape = std::vector<std::uint64_t>;

namespace {
constexpr std::uint64_t top = ~std::uint64_t{0};
}

TEST_CASE("bytes are the product of the extents and the width") {
  CHECK(size_of(safetensors_type::F32, shape{}).bytes == 4);
  CHECK(size_of(safetensors_type::BF16, shape{3, 5}).bytes == 30);
  CHECK(size_of(safetensors_type::F4, shape{3, 6}).bytes == 9);
  CHECK(size_of(safetensors_type::F6_E2M3, shape{4}).bytes == 3);
  CHECK(size_of(safetensors_type::U8, shape{0, 7}).bytes == 0);
  CHECK(size_of(safetensors_type::U8, shape{top / 8}).bytes == top / 8);
}

TEST_CASE("bits that do not fill whole bytes are a problem") {
  CHECK(size_of(safetensors_type::F4, shape{}).what == problem::part_of_a_byte);
  CHECK(size_of(safetensors_type::F4, shape{3, 3}).what == problem::part_of_a_byte);
  CHECK(size_of(safetensors_type::F6_E3M2, shape{2}).what == problem::part_of_a_byte);
  CHECK(size_of(safetensors_type::F6_E3M2, shape{0}).what == problem::none);
}

TEST_CASE("an overflow is one even if an extent is zero") {
  const std::uint64_t large = std::uint64_t{1} << 32;
  CHECK(size_of(safetensors_type::U8, shape{large, large}).what == problem::overflow);
  CHECK(size_of(safetensors_type::U8, shape{0, large, large}).what == problem::overflow);
  CHECK(size_of(safetensors_type::U8, shape{large, large, 0}).what == problem::overflow);
  CHECK(size_of(safetensors_type::U64, shape{top / 64 + 1}).what == problem::overflow);
  CHECK(size_of(safetensors_type::U64, shape{top / 64}).what == problem::none);
}
