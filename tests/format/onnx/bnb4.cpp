// SPDX-License-Identifier: MIT
// Halftone tests: weights of MatMulBnb4.
#include "golden.hpp"

#include <halftone/format/onnx/bnb4.hpp>
#include <halftone/format/onnx/tensors.hpp>
#include <halftone/quantize/quantize.hpp>

using namespace halftone;

namespace {
template <class Scheme>
void check_recorded(const std::string& rule) {
  for (const onnx_test::recorded& r : onnx_test::lines_of(rule)) {
    const std::vector<float> w = r.floats(0);
    const auto q = quantize<Scheme>({w.data(), r.rows, r.cols});
    CHECK(bitsandbytes::code_bytes(q) == r.fields[1]);
    CHECK(onnx::scales_of(q, onnx::tensor_order::n_by_k) == r.floats(2));
    quantized_matrix<Scheme> again(q.shape());
    CHECK(!bitsandbytes::read_codes(r.fields[1], again).has_value());
    CHECK(std::ranges::equal(again.codes(), q.codes()));
  }
}
}  // namespace

TEST_CASE("recorded weights of MatMulBnb4") {
  check_recorded<onnx::bnb4_nf4<16>>("bnb4_nf4");
  check_recorded<onnx::bnb4_fp4<16>>("bnb4_fp4");
}

TEST_CASE("the sign of fp4 is a bit") {
  for (const float x : {0.0f, 0.001f, 0.1f, 0.25f, 0.4f, 1.0f}) {
    CHECK(onnx::signed_fp4::encode(x) == fp4_bnb::encode(x));
    CHECK(onnx::signed_fp4::decode(onnx::signed_fp4::encode(-x)) == -fp4_bnb::decode(fp4_bnb::encode(x)));
  }
  CHECK(onnx::signed_fp4::encode(-0.0f) == 0);
  CHECK(onnx::signed_fp4::encode(-0.001f) == 8);
  CHECK(onnx::signed_fp4::name() == "onnx_signed_fp4");
}
