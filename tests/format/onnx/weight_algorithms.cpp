// SPDX-License-Identifier: MIT
// Halftone tests: codes, scales and zero points of onnxruntime's weight algorithms RTN and k_quant, as recorded, and at the ends.
#include "golden.hpp"

#include <halftone/format/onnx/weight_algorithms.hpp>

#include <limits>

using namespace halftone;

namespace {

template <unsigned Bits, std::size_t Block>
using codes_of = onnx::mat_mul_nbits_with_zero_points<Bits, Block>;

template <class Scheme, class Algorithm>
void check_recorded(const std::string& rule, const Algorithm& algorithm) {
  for (const onnx_test::recorded& r : onnx_test::lines_of(rule)) {
    CAPTURE(rule);
    const std::vector<float> w = r.floats(0);
    const auto q = onnx::quantize<Scheme>({w.data(), r.rows, r.cols}, algorithm);
    const std::uint32_t middle = Scheme::has_zero_point ? 0 : 1u << (Scheme::element_type::bits - 1);
    for (std::size_t i = 0; i < w.size(); ++i) {
      CHECK((q.code_at(i / r.cols, i % r.cols) ^ middle) == r.fields[1][i]);
    }
    const std::vector<float> scales = r.floats(2);
    REQUIRE(scales.size() == q.group_count());
    for (std::size_t g = 0; g < q.group_count(); ++g) {
      CHECK(q.scale_at(g) == scales[g]);
      CHECK(q.zero_point_at(g) == r.fields[3][g]);
    }
  }
}

template <class Scheme, class Algorithm>
quantized_matrix<Scheme> of(const std::vector<float>& w, const Algorithm& algorithm) {
  return onnx::quantize<Scheme>({w.data(), 1, w.size()}, algorithm);
}

}  // namespace

TEST_CASE("recorded matrices") {
  check_recorded<onnx::mat_mul_nbits<4, 32>>("rtn_sym_4_32", onnx::rtn{});
  check_recorded<onnx::mat_mul_nbits<8, 32>>("rtn_sym_8_32", onnx::rtn{});
  check_recorded<codes_of<4, 32>>("rtn_asym_4_32", onnx::rtn{});
  check_recorded<codes_of<8, 32>>("rtn_asym_8_32", onnx::rtn{});
  check_recorded<codes_of<4, 256>>("rtn_asym_4_256", onnx::rtn{});
  check_recorded<codes_of<4, 32>>("k_quant_asym_4_32", onnx::k_quant{});
  check_recorded<codes_of<8, 32>>("k_quant_asym_8_32", onnx::k_quant{});
  check_recorded<codes_of<4, 256>>("k_quant_asym_4_256", onnx::k_quant{});
}

TEST_CASE("equal weights have scale 1, and so have blocks of zeros") {
  for (const float x : {0.0f, -0.0f, 2.5f, -3.5f, 40.0f}) {
    CAPTURE(x);
    const std::vector<float> w(16, x);
    const auto rtn = of<codes_of<4, 16>>(w, onnx::rtn{}), best = of<codes_of<4, 16>>(w, onnx::k_quant{});
    CHECK((rtn.scale_at(0) == 1.0f && best.scale_at(0) == 1.0f));
    const std::int32_t zero = x == -3.5f ? 4 : 0;
    CHECK((rtn.zero_point_at(0) == zero && best.zero_point_at(0) == zero));
    const std::uint32_t code = x == 2.5f ? 2 : x == 40.0f ? 15 : 0;
    CHECK((rtn.code_at(0, 3) == code && best.code_at(0, 3) == code));
  }
  const std::vector<float> zeros(16);
  CHECK((of<onnx::mat_mul_nbits<4, 16>>(zeros, onnx::rtn{}).scale_at(0) == 1.0f && of<onnx::mat_mul_nbits<4, 16>>(zeros, onnx::rtn{}).code_at(0, 0) == 0));
}

TEST_CASE("ranges that no float holds, and that are next to nothing") {
  constexpr float largest = std::numeric_limits<float>::max(), least = std::numeric_limits<float>::denorm_min();
  std::vector<float> w(16, -largest);
  w[0] = largest;
  for (const auto& q : {of<codes_of<4, 16>>(w, onnx::rtn{}), of<codes_of<4, 16>>(w, onnx::k_quant{})}) {
    CHECK((is_finite(q.scale_at(0)) && q.scale_at(0) > 0.0f && q.code_at(0, 0) > q.code_at(0, 1)));
  }
  CHECK(of<onnx::mat_mul_nbits<4, 16>>(w, onnx::rtn{}).scale_at(0) == static_cast<float>(static_cast<double>(largest) / 15));
  std::vector<float> small(16, 0.0f);
  small[5] = least;
  CHECK((of<codes_of<4, 16>>(small, onnx::k_quant{}).scale_at(0) == 1.0f && of<codes_of<4, 16>>(small, onnx::k_quant{}).code_at(0, 5) == 0));
  CHECK(is_finite(of<codes_of<4, 16>>(small, onnx::rtn{}).scale_at(0)));
}

TEST_CASE("empty matrices, and numbers that are none") {
  CHECK(onnx::quantize<codes_of<4, 16>>({nullptr, 0, 16}, onnx::k_quant{}).rows() == 0);
  CHECK(onnx::quantize<codes_of<4, 16>>({nullptr, 3, 0}, onnx::rtn{}).group_count() == 0);
  const std::vector<float> w{1.0f, std::numeric_limits<float>::quiet_NaN()};
  CHECK_THROWS_AS((of<codes_of<4, 16>>(w, onnx::rtn{})), error);
}
