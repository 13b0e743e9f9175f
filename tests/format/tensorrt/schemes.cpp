// SPDX-License-Identifier: MIT
// Halftone tests: matrices that ModelOpt quantized, bit for bit.
#include <halftone/format/tensorrt/schemes.hpp>

#include "golden.hpp"

#include <halftone/format/tensorrt/int4_bytes.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>
#include <halftone/reference/quantize.hpp>

using namespace halftone;

namespace {

std::vector<std::uint8_t> own_bytes(const auto& q) { return {q.codes().begin(), q.codes().end()}; }

/// Quantizes the recorded floats of a rule and compares scales, bytes and real numbers.
template <class Scheme>
void check_recorded(const std::string& rule, std::vector<std::uint8_t> (*bytes)(const quantized_matrix<Scheme>&)) {
  const tensorrt_test::recorded r = tensorrt_test::read_recorded(rule);
  const matrix_view<const float> x{r.x.data(), r.rows, r.cols};
  const auto q = quantize<Scheme>(x);
  std::vector<float> scales, reals(r.x.size());
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    scales.push_back(q.scale_at(g));
  }
  dequantize(q, matrix_view<float>(reals.data(), r.rows, r.cols));
  CHECK(scales == r.scales);
  CHECK(bytes(q) == r.bytes);
  CHECK(reals == r.reals);
  const auto plain = reference::quantize<Scheme>(x);
  CHECK(std::ranges::equal(q.codes(), plain.codes()));
}
template <class Scheme>
void check_codes(const std::string& rule) {
  check_recorded<Scheme>(rule, [](const quantized_matrix<Scheme>& q) { return own_bytes(q); });
}

}  // namespace

TEST_CASE("recorded weights of ModelOpt") {
  check_codes<tensorrt::int8_symmetric<>>("int8_tensor");
  check_codes<tensorrt::int8_symmetric<per_channel<0>>>("int8_rows");
  check_codes<tensorrt::int8_symmetric<per_group<16>>>("int8_blocks");
  check_codes<tensorrt::fp8_scaled<>>("fp8_tensor");
  check_codes<tensorrt::fp8_scaled<per_channel<0>>>("fp8_rows");
  check_recorded<tensorrt::int4_blocks<16>>("int4_row_pairs", tensorrt::to_row_pairs);
  check_recorded<tensorrt::int4_reciprocal<per_group<16>>>("int4_high_first", tensorrt::to_high_first<16>);
  check_codes<tensorrt::mxfp8>("mxfp8");
  check_codes<tensorrt::mxfp4<>>("mxfp4");
  check_codes<tensorrt::nvfp4>("nvfp4");
}

TEST_CASE("groups of zeros decode to zero in every scheme") {
  const std::vector<float> w(3 * 40);
  const auto zero = [&]<class Scheme>(Scheme) {
    const auto q = quantize<Scheme>({w.data(), 3, 40});
    for (std::size_t i = 0; i < w.size(); ++i) {
      CHECK(q.value_at(i / 40, i % 40) == 0.0f);
    }
  };
  zero(tensorrt::int8_symmetric<>{});
  zero(tensorrt::fp8_scaled<per_channel<0>>{});
  zero(tensorrt::int4_blocks<16>{});
  zero(tensorrt::int4_blocks_onnx<16>{});
  zero(tensorrt::int4_reciprocal<flat_blocks<16>>{});
  zero(tensorrt::mxfp8{});
  zero(tensorrt::mxfp4<>{});
  zero(tensorrt::nvfp4{});
}

TEST_CASE("a block of zeros has the scale 1 under that of the tensor") {
  std::vector<float> w(32);
  w[20] = 2688.0f;
  const auto q = quantize<tensorrt::nvfp4>({w.data(), 1, 32});
  CHECK(q.scale_plane().matrix().scale_at(0) == 1.0f);
  CHECK(q.scale_at(0) == 1.0f);
  CHECK(q.scale_at(1) == 448.0f);
  CHECK(q.value_at(0, 20) == 2688.0f);
}

TEST_CASE("weights for DequantizeLinear: ModelOpt's codes, and positive scales for rows of zeros") {
  const tensorrt_test::recorded r = tensorrt_test::read_recorded("int8_rows");
  const auto q = quantize<tensorrt::qdq_int8<>>({r.x.data(), r.rows, r.cols});
  CHECK(own_bytes(q) == r.bytes);
  const std::vector<float> zeros(8);
  CHECK(quantize<tensorrt::qdq_int8<>>({zeros.data(), 2, 4}).scale_at(1) == 1.0f);
}

TEST_CASE("empty matrices") {
  CHECK(quantize<tensorrt::nvfp4>({static_cast<const float*>(nullptr), 0, 16}).codes().empty());
  CHECK(quantize<tensorrt::mxfp8>({static_cast<const float*>(nullptr), 0, 0}).codes().empty());
}
