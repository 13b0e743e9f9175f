// SPDX-License-Identifier: MIT
// Halftone tests: matrices that PyTorch and torchao quantized, bit for bit.
#include "golden.hpp"

using namespace halftone;
using torch_test::check_recorded;

TEST_CASE("recorded tensors of PyTorch") {
  check_recorded<torch::qint8<per_channel<0>>>("qint8_affine");
  check_recorded<torch::quint8<per_channel<0>>>("quint8_affine");
  check_recorded<torch::qint8_symmetric<per_channel<0>>>("qint8_symmetric");
  check_recorded<torch::quint8_symmetric<per_channel<0>>>("quint8_symmetric");
  check_recorded<torch::qint8_reduced<per_channel<0>>>("qint8_reduced_affine");
  check_recorded<torch::quint8_float_qparams>("quint8_float");
}

TEST_CASE("recorded tensors of torchao") {
  check_recorded<torch::ao_asymmetric<uint4, per_group<16>>>("int4_ASYMMETRIC");
  check_recorded<torch::ao_symmetric<int4, per_group<16>>>("int4_SYMMETRIC");
  check_recorded<torch::ao_symmetric_no_clipping<int4, per_group<16>>>("int4_SYMMETRIC_NO_CLIPPING_ERR");
  check_recorded<torch::ao_tinygemm<uint4, per_group<16>>>("int4_tinygemm");
  check_recorded<torch::mx_floor<fp8_e4m3fn>>("mxfp8_FLOOR");
  check_recorded<torch::mx_ceil<fp8_e4m3fn>>("mxfp8_CEIL");
  check_recorded<torch::mx_even<fp8_e4m3fn>>("mxfp8_EVEN");
  check_recorded<torch::mx_rceil<fp8_e4m3fn>>("mxfp8_RCEIL");
  check_recorded<torch::nvfp4_blocks>("nvfp4_blocks");
}

TEST_CASE("NVFP4 in two levels") {
  quantized_matrix<torch::nvfp4_two_levels> q(matrix_shape{1, 16});
  q.scale_plane().matrix().scale_plane().set(0, 0.3f);
  q.scale_plane().matrix().codes()[0] = static_cast<std::uint8_t>(fp8_e4m3fn::encode(1.125f));
  q.codes()[0] = 0x7d;  // -3 and 6
  CHECK(q.value_at(0, 0) == -3.0f * (0.3f * 1.125f));
  CHECK(q.value_at(0, 1) == 6.0f * (0.3f * 1.125f));
}

TEST_CASE("the reference computes the same, without lanes") {
  const std::vector<float> w{-1.0f, 0.3f, 0.31f, 2.0f, 5.5f, 5.25f, 5.0f};
  const auto same = [&]<class Scheme>(Scheme) {
    const auto ours = quantize<Scheme>({w.data(), 1, w.size()});
    const auto theirs = reference::quantize<Scheme>({w.data(), 1, w.size()});
    CHECK(std::ranges::equal(ours.codes(), theirs.codes()));
  };
  same(torch::quint8_float_qparams{});
  same(torch::ao_tinygemm<uint4, per_group<4>>{});
}
