// SPDX-License-Identifier: MIT
// Every (m, n, k) in 1..17 x 1..17 x 1..65, and shapes of several panels, with guard pages beside x, y, the
// workspace and every plane of the weights, for seven pairs of weights and activations.
#include "gemm/every_shape.hpp"

using namespace halftone;
using gemm_test::check_every_shape;

namespace {
const auto floats = [](matrix_view<const float> x) { return x; };
const auto per_token_int8 = [](matrix_view<const float> x) { return dynamic<int8_per_token>(x); };
const auto per_token_uint8 = [](matrix_view<const float> x) { return dynamic<scheme<uint8, asymmetric, per_token>>(x); };
}  // namespace

TEST_CASE("every small shape: float activations, int4 in groups of 32") {
  check_every_shape<int4_g32>("int4_g32, float", activation_kind::floats, floats);
}

TEST_CASE("every small shape: int8 activations, int8 per channel") {
  check_every_shape<int8_per_channel>("int8_per_channel, int8", activation_kind::dynamic, per_token_int8);
}

TEST_CASE("every small shape: int8 activations, int4 in groups of 12") {
  check_every_shape<scheme<int4, symmetric, per_group<12>>>("int4 groups of 12, int8", activation_kind::dynamic, per_token_int8);
}

TEST_CASE("every small shape: uint8 activations with zero points, uint4 with zero points") {
  check_every_shape<uint4_g32>("uint4_g32, uint8", activation_kind::dynamic, per_token_uint8);
}

TEST_CASE("every small shape: int8 activations, 5 bits in groups of 24 with an offset") {
  check_every_shape<scheme<uint5, float_offset, per_group<24>>>("uint5 groups of 24, int8", activation_kind::dynamic,
                                                               per_token_int8);
}

TEST_CASE("every small shape: uint8 activations with zero points, int8 per tensor") {
  check_every_shape<int8_per_tensor>("int8_per_tensor, uint8", activation_kind::dynamic, per_token_uint8);
}

TEST_CASE("every small shape: int8 activations, 3 bits per channel") {
  check_every_shape<scheme<int3, symmetric, per_channel<0>>>("int3 per channel, int8", activation_kind::dynamic,
                                                             per_token_int8);
}
