// SPDX-License-Identifier: MIT
// Halftone: what the seed draws covers every choice; the schemes themselves are tested in generated_schemes_*.cpp.
#include "generated_schemes.hpp"

#include <set>

namespace {

using generated::recipe;

/// Every value of every axis occurs, so that a kernel that is wrong for one of them fails.
template <class Property>
constexpr bool occurs(const Property& property) {
  for (std::size_t i = 0; i < generated::scheme_count; ++i) {
    if (property(generated::recipe_of(i))) {
      return true;
    }
  }
  return false;
}

constexpr bool is_linear(const recipe& r) { return r.element <= generated::element_kind::capped; }

constexpr bool covers_every_choice() {
  bool all = true;
  for (unsigned bits = 1; bits <= 8; ++bits) {
    all = all && occurs([&](const recipe& r) { return r.bits == bits && is_linear(r); });
    all = all && occurs([&](const recipe& r) { return r.bits == bits && !is_linear(r); });
  }
  for (int i = 0; i < 5; ++i) {
    all = all && occurs([&](const recipe& r) { return r.element == static_cast<generated::element_kind>(i); });
  }
  for (unsigned i = 0; i < 4; ++i) {
    all = all && occurs([&](const recipe& r) { return r.mapping == static_cast<generated::mapping_kind>(i); });
    all = all && occurs([&](const recipe& r) { return r.storage == i; });
    all = all && occurs([&](const recipe& r) { return r.rounding == i; });
  }
  for (const std::size_t group : generated::group_sizes) {
    all = all && occurs([&](const recipe& r) { return r.group == group; });
  }
  return all && occurs([](const recipe& r) { return r.own_granularity; });
}
static_assert(covers_every_choice(), "choose another seed");

TEST_CASE("the seed draws schemes that all differ") {
  std::set<std::string> names;
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (names.insert(generated::scheme_of<I>::name()), ...);
  }(std::make_index_sequence<generated::scheme_count>{});
  CHECK(names.size() == generated::scheme_count);
  CHECK(generated::scheme_count >= 40);
}

TEST_CASE("policies of the test keep their laws") {
  for (std::uint32_t code = 0; code < 256; ++code) {
    CHECK(generated::square_law<8>::encode(generated::square_law<8>::decode(code)) == code);
    const float value = generated::coarse_float::decode(code);
    CHECK(generated::coarse_float::decode(generated::coarse_float::encode(value)) == value);
  }
  CHECK(generated::nearest_odd::round(0.5f, 0) == 1.0f);
  CHECK(generated::nearest_odd::round(-1.5f, 0) == -1.0f);
  CHECK(generated::nearest_odd::round(-2.75f, 0) == -3.0f);
}

}  // namespace
