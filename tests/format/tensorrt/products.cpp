// SPDX-License-Identifier: MIT
// Halftone tests: matrices of ModelOpt's schemes multiply as the reference says.
#include <halftone/format/tensorrt/schemes.hpp>

#include <halftone/core/random.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/gemm.hpp>
#include <halftone/scheme/presets.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace halftone;

namespace {
template <class Scheme>
void check_products() {
  constexpr std::size_t m = 3, n = 19, k = 80;
  std::vector<float> w(n * k), x(m * k);
  for (std::size_t i = 0; i < w.size(); ++i) {
    w[i] = i < 16 ? 0.0f : random_unit(7, i) - 0.5f;  // the first block is zeros
  }
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = random_unit(8, i) - 0.5f;
  }
  const matrix_view<const float> activations{x.data(), m, k};
  const auto q = quantize<Scheme>({w.data(), n, k});
  const auto packed = pack(q);
  std::vector<float> ours(m * n), theirs(m * n);
  gemm(activations, packed, matrix_view<float>(ours.data(), m, n));
  reference::gemm(activations, q, matrix_view<float>(theirs.data(), m, n));
  CHECK(ours == theirs);
  gemm(dynamic<int8_per_token>(activations), packed, matrix_view<float>(ours.data(), m, n));
  reference::gemm(dynamic<int8_per_token>(activations), q, matrix_view<float>(theirs.data(), m, n));
  CHECK(ours == theirs);
}
}  // namespace

TEST_CASE("ModelOpt's weights multiply as the reference says") {
  check_products<tensorrt::qdq_int8<>>();
  check_products<tensorrt::fp8_scaled<>>();
  check_products<tensorrt::int4_blocks<16>>();
  check_products<tensorrt::int4_reciprocal<per_group<16>>>();
  check_products<tensorrt::int4_reciprocal<flat_blocks<16>>>();
  check_products<tensorrt::mxfp8>();
  check_products<tensorrt::mxfp4<>>();
  check_products<tensorrt::nvfp4>();
}
