// SPDX-License-Identifier: MIT
// Every kind of activations against weights of odd groups, floats, and groups that are not along k.
#include "gemm/check.hpp"

using namespace halftone;

TEST_CASE_TEMPLATE("every kind of activations gives the reference's bits", Scheme, brain_float16, float16,
                   scheme<int7, symmetric, per_group<20>>, scheme<uint5, asymmetric, per_group<24>>,
                   scheme<uint1, float_offset, per_group<30>>, scheme<int4, symmetric, per_channel<1>>,
                   scheme<uint8, float_offset, per_block<3, 7>>) {
  gemm_test::check_all<Scheme>({1, 1, 1});
  gemm_test::check_all<Scheme>({1, 33, 129});
  gemm_test::check_all<Scheme>({3, 16, 32});
  gemm_test::check_all<Scheme>({4, 15, 31});
  gemm_test::check_all<Scheme>({5, 17, 65});
  gemm_test::check_all<Scheme>({9, 31, 100});
  gemm_test::check_all<Scheme>({2, 80, 1100});
}
