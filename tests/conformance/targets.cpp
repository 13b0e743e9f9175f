// SPDX-License-Identifier: MIT
// Operations for targets.py: what ONNX Runtime is said to accept.
#include <conformance/driver.hpp>

#include <halftone/format/onnx/nbits.hpp>
#include <halftone/format/target/onnxruntime.hpp>
#include <halftone/format/target/tensorrt.hpp>
#include <halftone/format/tensorrt/schemes.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/scheme/presets.hpp>

#include <algorithm>

using namespace halftone;
using conformance::arguments;
using conformance::operation;

namespace {

/// Arrays: a byte, 1 if the scheme is accepted.
template <class S>
void add(const std::string& name) {
  operation(name, [](arguments& a) { a.out<std::uint8_t>(0)[0] = accepted_by<target::onnxruntime, S> ? 1 : 0; });
}
template <class E, class Storage>
void add_granularities(const std::string& name) {
  using M = std::conditional_t<uniform_element<E>, asymmetric, symmetric>;
  add<scheme<E, M, per_tensor, Storage>>(name + " tensor");
  add<scheme<E, M, per_channel<0>, Storage>>(name + " rows");
  add<scheme<E, M, per_channel<1>, Storage>>(name + " columns");
  add<scheme<E, M, per_group<16>, Storage>>(name + " blocks of 16 along k");
  add<scheme<E, M, per_block<2, 1>, Storage>>(name + " blocks of 2 along n");
}
template <class E>
void add_element(const std::string& name) {
  add_granularities<E, stored_as<fp32>>(name + " FLOAT");
  add_granularities<E, stored_as<fp16>>(name + " FLOAT16");
  add_granularities<E, stored_as<bf16>>(name + " BFLOAT16");
}
template <std::size_t Block>
void add_blocks() {
  const std::string block = std::to_string(Block);
  add<onnx::mat_mul_nbits_with_float_zero_points<2, Block>>("float zero points 2 " + block);
  add<onnx::mat_mul_nbits_with_float_zero_points<4, Block>>("float zero points 4 " + block);
  add<scheme<nf4, symmetric, flat_blocks<Block>>>("nf4 " + block);
  add<scheme<fp4_bnb, symmetric, flat_blocks<Block>>>("fp4 " + block);
}

const int registered = [] {
  add_element<int2>("INT2");
  add_element<uint2>("UINT2");
  add_element<int4>("INT4");
  add_element<uint4>("UINT4");
  add_element<int8>("INT8");
  add_element<uint8>("UINT8");
  add_element<int16>("INT16");
  add_element<uint16>("UINT16");
  add_element<fp8_e4m3fn>("FLOAT8E4M3FN");
  add_element<fp8_e5m2>("FLOAT8E5M2");
  add_element<fp8_e4m3fnuz>("FLOAT8E4M3FNUZ");
  add_element<fp8_e5m2fnuz>("FLOAT8E5M2FNUZ");
  add_element<fp4_e2m1>("FLOAT4E2M1");
  add_blocks<16>();
  add_blocks<32>();
  add_blocks<64>();
  add_blocks<128>();
  add<float32>("FLOAT");
  add<float16>("FLOAT16");
  add<brain_float16>("BFLOAT16");
  /// Arrays: x, codes, scales, reals. Numbers: rows, cols.
  operation("weights for TensorRT", [](arguments& a) {
    using weights = tensorrt::qdq_int8<>;
    static_assert(accepted_by<target::tensorrt, weights> && accepted_by<target::onnxruntime, weights>);
    const auto q = quantize<weights>({a.in<float>(0).data(), a.size(0), a.size(1)});
    std::copy(q.codes().begin(), q.codes().end(), a.out<std::uint8_t>(1).begin());
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      a.out<float>(2)[g] = q.scale_at(g);
    }
    dequantize(q, matrix_view<float>(a.out<float>(3).data(), q.rows(), q.cols()));
  });
  return 0;
}();

}  // namespace
