// SPDX-License-Identifier: MIT
// Halftone tests: matrices that ONNX's operators quantized, bit for bit.
#include "golden.hpp"

#include <halftone/format/onnx/schemes.hpp>
#include <halftone/format/onnx/tensors.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

using namespace halftone;
using onnx::tensor_order;

namespace {
template <class Scheme>
void check_recorded(const std::string& rule) {
  for (const onnx_test::recorded& r : onnx_test::lines_of(rule)) {
    const std::vector<float> w = r.floats(0);
    quantized_matrix<Scheme> read(matrix_shape{r.rows, r.cols});
    onnx::set_scales(r.floats(1), tensor_order::n_by_k, read);
    if constexpr (Scheme::has_zero_point) {
      onnx::set_zero_points(r.fields[2], tensor_order::n_by_k, read);
      CHECK(onnx::zero_points_of(read, tensor_order::n_by_k) == r.fields[2]);
    }
    onnx::from_tensor(r.fields[3], tensor_order::n_by_k, read);
    std::vector<group_parameters> p;
    for (std::size_t g = 0; g < read.group_count(); ++g) {
      p.push_back(read.parameters_at(g));
    }
    const auto q = quantize<Scheme>({w.data(), r.rows, r.cols}, given_parameters{p});
    CHECK(onnx::to_tensor(q, tensor_order::n_by_k) == r.fields[3]);
    CHECK(onnx::scales_of(q, tensor_order::n_by_k) == r.floats(1));
    std::vector<float> reals(w.size());
    dequantize(read, matrix_view<float>(reals.data(), r.rows, r.cols));
    CHECK(reals == r.floats(4));
  }
}
template <class Element>
void check_element(const std::string& name) {
  check_recorded<onnx::linear<Element, per_channel<0>>>(name + "_rows");
  check_recorded<onnx::linear<Element, per_group<5>>>(name + "_blocks");
}
}  // namespace

TEST_CASE("recorded QuantizeLinear and DequantizeLinear") {
  check_element<int2>("INT2");
  check_element<int4>("INT4");
  check_element<int8>("INT8");
  check_element<int16>("INT16");
  check_element<uint2>("UINT2");
  check_element<uint4>("UINT4");
  check_element<uint8>("UINT8");
  check_element<uint16>("UINT16");
  check_element<fp8_e4m3fn>("FLOAT8E4M3FN");
  check_element<onnx::saturating_e5m2>("FLOAT8E5M2");
  check_element<fp8_e4m3fnuz>("FLOAT8E4M3FNUZ");
  check_element<fp8_e5m2fnuz>("FLOAT8E5M2FNUZ");
  check_element<fp4_e2m1>("FLOAT4E2M1");
}

TEST_CASE("recorded DynamicQuantizeLinear") {
  for (const onnx_test::recorded& r : onnx_test::lines_of("dynamic")) {
    const std::vector<float> x = r.floats(0);
    const auto q = quantize<onnx::dynamic_linear>({x.data(), 1, x.size()});
    CHECK(q.scale_at(0) == r.floats(1)[0]);
    CHECK(q.zero_point_at(0) == r.fields[2][0]);
    CHECK(std::vector<std::uint8_t>(q.codes().begin(), q.codes().end()) == r.fields[3]);
  }
}

TEST_CASE("dynamic parameters at the ends of float") {
  using limits = std::numeric_limits<float>;
  CHECK(onnx::dynamic_range::choose({-0.0f, 0.0f}, uint8{}) == group_parameters{.scale = 1.0f});
  CHECK(onnx::dynamic_range::choose({0.0f, limits::denorm_min()}, uint8{}).scale == 1.0f);  // 1.4e-45 / 255 is 0
  const group_parameters whole = onnx::dynamic_range::choose({-limits::max(), limits::max()}, uint8{});
  CHECK(whole == group_parameters{.scale = limits::max(), .zero_point = 1});
  CHECK(onnx::dynamic_range::choose({-4.0f, -2.0f}, uint8{}) == group_parameters{.scale = 4.0f / 255.0f, .zero_point = 255});
  CHECK(onnx::dynamic_linear::name() == "scheme<uint8,onnx_dynamic_range,per_tensor,nearest_even,by_division,stored_as<fp32>>");
}

TEST_CASE("quotients beyond all floats saturate in e5m2, as all that is too large") {
  CHECK(onnx::saturating_e5m2::encode(std::numeric_limits<float>::infinity()) == 0x7b);
  CHECK(onnx::saturating_e5m2::encode(-std::numeric_limits<float>::infinity()) == 0xfb);
  CHECK(onnx::saturating_e5m2::encode(-57344.0f) == 0xfb);
  CHECK(onnx::saturating_e5m2::encode(1.5f) == fp8_e5m2::encode(1.5f));
  CHECK((onnx::saturating_e5m2::encode(std::numeric_limits<float>::quiet_NaN()) & 0x7f) > 0x7c);
  CHECK(onnx::saturating_e5m2::name() == "onnx_saturating_e5m2");
}
