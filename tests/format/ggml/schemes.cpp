// SPDX-License-Identifier: MIT
// Halftone tests: ggml's names stand for the schemes that other names stand for, too, and each has one block format.
#include <halftone/format/ggml/float_formats.hpp>
#include <halftone/format/ggml/signed_formats.hpp>
#include <halftone/format/ggml/simple_formats.hpp>
#include <halftone/format/ggml/table_formats.hpp>
#include <halftone/format/ggml/ternary_formats.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <set>
#include <type_traits>

using namespace halftone;

static_assert(std::is_same_v<ggml::q4_0, int4_g32> && std::is_same_v<ggml::q5_0, int5_g32>);
static_assert(std::is_same_v<ggml::q4_1, offset4_g32> && std::is_same_v<ggml::mxfp4, mxfp4>);
static_assert(std::is_same_v<ggml::tq2_0, ternary_g256>);

TEST_CASE("every format has a name, a number and a size of its own") {
  std::set<std::string_view> names;
  std::set<std::uint32_t> types;
  std::size_t formats = 0;
  const auto add = [&]<class Format>(Format, double bits) {
    names.insert(Format::name);
    types.insert(Format::type);
    ++formats;
    CAPTURE(std::string(Format::name));
    CHECK(8.0 * static_cast<double>(Format::bytes) / static_cast<double>(Format::block::weights) == bits);
  };
  add(ggml::block_format<ggml::q4_0>{}, 4.5);
  add(ggml::block_format<ggml::q4_1>{}, 5.0);
  add(ggml::block_format<ggml::q5_0>{}, 5.5);
  add(ggml::block_format<ggml::q5_1>{}, 6.0);
  add(ggml::block_format<ggml::q8_0>{}, 8.5);
  add(ggml::block_format<ggml::q8_1>{}, 9.0);
  add(ggml::block_format<ggml::q2_k>{}, 2.625);
  add(ggml::block_format<ggml::q3_k>{}, 3.4375);
  add(ggml::block_format<ggml::q4_k>{}, 4.5);
  add(ggml::block_format<ggml::q5_k>{}, 5.5);
  add(ggml::block_format<ggml::q6_k>{}, 6.5625);
  add(ggml::block_format<ggml::q8_k>{}, 9.125);
  add(ggml::block_format<ggml::iq4_nl>{}, 4.5);
  add(ggml::block_format<ggml::iq4_xs>{}, 4.25);
  add(ggml::block_format<ggml::mxfp4>{}, 4.25);
  add(ggml::block_format<ggml::nvfp4>{}, 4.5);
  add(ggml::block_format<ggml::tq2_0>{}, 2.0625);
  add(ggml::tq1_0_blocks{}, 1.6875);
  add(ggml::block_format<ggml::q1_0>{}, 1.125);
  add(ggml::block_format<ggml::q2_0>{}, 2.25);
  CHECK(formats == 20);
  CHECK(names.size() == formats);
  CHECK(types.size() == formats);
}
