// SPDX-License-Identifier: MIT
// Kernels with odd constants give the bits of the reference, in one program with kernels that have others.
#define HALFTONE_TUNED_HEADER <gemm/odd_constants.hpp>
#define gemm_test gemm_test_with_odd_constants  // functions of check.hpp that call other kernels are other functions
#include "gemm/check.hpp"

#include <string_view>

using namespace halftone;

#define HALFTONE_TEST_TEXT_OF(x) #x
#define HALFTONE_TEST_TEXT(x) HALFTONE_TEST_TEXT_OF(x)

namespace {

using odd = kernel_constants<default_arch>;
static_assert(odd::integer_rows == 3 && odd::block_quads == 8 && odd::float_depth == 7);

/// One constant is tuned, the others are those of the library.
struct one_changed : shipped_constants<default_arch> {
  static constexpr std::size_t float_rows = 16;
};
using one = checked_constants<default_arch, one_changed>;
static_assert(one::float_rows == 16 && one::integer_rows == tile_shape<default_arch>::integer_rows);
static_assert(one::block_rows == blocking<default_arch>::rows && one::float_depth == blocking<default_arch>::float_depth);

template <class Scheme>
void check_scheme() {
  for (const gemm_test::shape& s : {gemm_test::shape{1, 17, 31}, {1, 80, 515}, {2, 64, 96}, {3, 49, 130}, {10, 20, 260},
                                    {23, 100, 300}}) {
    gemm_test::check_all<Scheme>(s);
  }
}

}  // namespace

TEST_CASE("constants have a namespace of their own") {
  const std::string_view isa = HALFTONE_TEST_TEXT(HALFTONE_ISA);
  const std::string_view flags = HALFTONE_TEST_TEXT(HALFTONE_FLAGS_ISA);
  CHECK(isa.substr(0, flags.size()) == flags);
  CHECK(isa.substr(flags.size()) == "_tuned_odd");
}

TEST_CASE("odd constants: lines that are codes") { check_scheme<int8_per_channel>(); }
#if !defined(HALFTONE_FORCE_PORTABLE)  // the same templates, but long to compile
TEST_CASE("odd constants: blocks that are shorter than a cycle of bit planes") {
  check_scheme<scheme<int3, symmetric, per_group<12>>>();
}
TEST_CASE("odd constants: blocks that are shorter than a group") { check_scheme<int4_g128>(); }
TEST_CASE("odd constants: groups that end in a quad, decoded") { check_scheme<scheme<uint5, asymmetric, per_group<22>>>(); }
#endif
