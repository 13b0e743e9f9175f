// SPDX-License-Identifier: MIT
// Every kind of activations against weights of schemes with a name.
#include "gemm/check.hpp"

using namespace halftone;

TEST_CASE_TEMPLATE("every kind of activations gives the reference's bits", Scheme, int8_per_channel, uint8_per_channel, int4_g32,
                   uint4_g32, offset4_g32, int2_g32, int3_g32, int6_g32) {
  gemm_test::check_all<Scheme>({1, 1, 1});
  gemm_test::check_all<Scheme>({1, 33, 129});
  gemm_test::check_all<Scheme>({3, 16, 32});
  gemm_test::check_all<Scheme>({4, 15, 31});
  gemm_test::check_all<Scheme>({5, 17, 65});
  gemm_test::check_all<Scheme>({9, 31, 100});
  gemm_test::check_all<Scheme>({2, 80, 1100});
}
