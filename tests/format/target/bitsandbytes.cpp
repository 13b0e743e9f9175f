// SPDX-License-Identifier: MIT
// Halftone tests: which schemes bitsandbytes accepts, and what is said of others.
#include <halftone/format/target/bitsandbytes.hpp>

#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

using namespace halftone;
using t = target::bitsandbytes;

static_assert(accepted_by<t, bitsandbytes::nf4_blocks<32>> && accepted_by<t, bitsandbytes::fp4_blocks<4096>>);
static_assert(accepted_by<t, bitsandbytes::nf4_nested<>> && accepted_by<t, bitsandbytes::fp4_nested<128>>);
static_assert(accepted_by<t, bitsandbytes::int8_rows>);

TEST_CASE("bitsandbytes: what is said of other schemes") {
  CHECK(t::name() == "bitsandbytes");
  CHECK(why_not<t, int4_g32>() == "bitsandbytes: elements are nf4, its own fp4, and int8");
  CHECK(why_not<t, int8_per_channel>() ==
        "bitsandbytes: int8 keeps the largest magnitude of each row, and real numbers are code * (maximum / 127)");
  const std::string_view blocks = "bitsandbytes: 4-bit codes have flat blocks of 32 to 4096 weights, a power of two, under their maxima";
  CHECK(why_not<t, nf4_g64>() == blocks);
  CHECK(why_not<t, bitsandbytes::nf4_blocks<16>>() == blocks);
  CHECK(why_not<t, bitsandbytes::nf4_blocks<96>>() == blocks);
  CHECK(why_not<t, bitsandbytes::nf4_blocks<8192>>() == blocks);
  const std::string_view maxima = "bitsandbytes: maxima are floats of 32 bits, or 8 bits of its dynamic map in blocks of 256 around their mean";
  CHECK(why_not<t, scheme<nf4, symmetric, flat_blocks<64>, stored_as<fp16>>>() == maxima);
  CHECK(why_not<t, scheme<nf4, symmetric, flat_blocks<64>, quantized_again<scheme<uint8, asymmetric, flat_blocks<256>>>>>() == maxima);
}
