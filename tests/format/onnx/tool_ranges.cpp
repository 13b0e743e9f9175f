// SPDX-License-Identifier: MIT
// Halftone tests: parameters and codes of onnxruntime's quantization tool.
#include "golden.hpp"

#include <halftone/format/onnx/tool_ranges.hpp>
#include <halftone/quantize/quantize.hpp>

using namespace halftone;

namespace {
template <class Scheme>
void check_recorded(const std::string& rule) {
  for (const onnx_test::recorded& r : onnx_test::lines_of(rule)) {
    const std::vector<float> x = r.floats(0);
    const auto q = quantize<Scheme>({x.data(), r.rows, r.cols});
    const auto number = [&](std::size_t field, std::size_t i) {
      return static_cast<std::int32_t>(read_code<32>(r.fields.at(field).data(), i));
    };
    CHECK(q.scale_at(0) == r.floats(1)[0]);
    CHECK(q.zero_point_at(0) == number(2, 0));
    for (std::size_t i = 0; i < x.size(); ++i) {
      CHECK(Scheme::element_type::level_of(q.code_at(0, i)) == number(3, i));
    }
  }
}
template <class Element>
void check_element(const std::string& name) {
  check_recorded<onnx::tool<Element>>("tool_" + name);
  check_recorded<onnx::symmetric_tool<Element>>("tool_" + name + "_symmetric");
  check_recorded<onnx::reduced_tool<Element>>("tool_" + name + "_reduced");
  check_recorded<onnx::reduced_symmetric_tool<Element>>("tool_" + name + "_symmetric_reduced");
}
}  // namespace

TEST_CASE("recorded tensors of the quantization tool") {
  check_element<int4>("INT4");
  check_element<int8>("INT8");
  check_element<int16>("INT16");
  check_element<uint4>("UINT4");
  check_element<uint8>("UINT8");
  check_element<uint16>("UINT16");
}

TEST_CASE("levels of the tool") {
  CHECK(onnx::tool<int8>::mapping_type::name() == "onnx_tool_asymmetric<-128,127>");
  CHECK(onnx::symmetric_tool<int8>::mapping_type::name() == "onnx_tool_symmetric<-127,127>");
  CHECK(onnx::reduced_tool<int8>::mapping_type::name() == "onnx_tool_asymmetric<-64,64>");
  CHECK(onnx::reduced_symmetric_tool<int16>::mapping_type::name() == "onnx_tool_symmetric<-16384,16384>");
  CHECK(onnx::symmetric_tool<int4>::mapping_type::name() == "onnx_tool_symmetric<-8,7>");
  CHECK(onnx::reduced_tool<int4>::mapping_type::name() == "onnx_tool_asymmetric<-4,3>");
  CHECK(onnx::reduced_symmetric_tool<uint8>::mapping_type::name() == "onnx_tool_symmetric_unsigned<0,127>");
}

TEST_CASE("zeros, tiny and wide ranges") {
  using limits = std::numeric_limits<float>;
  const auto both = [](range r) {
    CHECK(onnx::tool_asymmetric<0, 255>::choose(r, uint8{}) == group_parameters{.scale = 1.0f});
    CHECK(onnx::tool_symmetric<-127, 127>::choose(r, int8{}) == group_parameters{.scale = 1.0f});
    CHECK(onnx::tool_symmetric_unsigned<0, 255>::choose(r, uint8{}) == group_parameters{.scale = 1.0f});
  };
  both({0.0f, 0.0f});
  both({-1e-38f, 1e-38f});
  CHECK(onnx::tool_symmetric_unsigned<0, 127>::choose({-1.0f, 0.5f}, uint8{}).zero_point == 64);
  CHECK(onnx::tool_asymmetric<-8, 7>::choose({-limits::max(), limits::max()}, int4{}).zero_point == 0);  // a tie: -0.5
  CHECK(onnx::tool_asymmetric<-8, 7>::choose({3.0f, 15.0f}, int4{}) == group_parameters{.scale = 1.0f, .zero_point = -8});
}
