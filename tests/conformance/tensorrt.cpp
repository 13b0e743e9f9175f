// SPDX-License-Identifier: MIT
// Operations for tensorrt.py.
#include <conformance/driver.hpp>

#include <halftone/format/tensorrt/int4_bytes.hpp>
#include <halftone/format/tensorrt/schemes.hpp>
#include <halftone/io/calibration_cache.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

#include <algorithm>

using namespace halftone;
using conformance::arguments;
using conformance::operation;

namespace {

/// Arrays: x, scales, codes a byte each (levels where elements are integers), reals. Numbers: rows, cols.
template <class Scheme>
void give(const quantized_matrix<Scheme>& q, arguments& a) {
  for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
    std::uint32_t code = q.code_at(i / q.cols(), i % q.cols());
    if constexpr (uniform_element<typename Scheme::element_type>) {
      code = static_cast<std::uint32_t>(Scheme::element_type::level_of(code));
    }
    a.out<std::uint8_t>(2)[i] = static_cast<std::uint8_t>(code);
  }
  dequantize(q, matrix_view<float>(a.out<float>(3).data(), q.rows(), q.cols()));
}
template <class Scheme>
void by_range(arguments& a) {
  const auto q = quantize<Scheme>({a.in<float>(0).data(), a.size(0), a.size(1)});
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    a.out<float>(1)[g] = q.scale_at(g);
  }
  give(q, a);
}
template <class Scheme>
void given(arguments& a) {
  std::vector<group_parameters> p(a.in<float>(1).size());
  for (std::size_t g = 0; g < p.size(); ++g) {
    p[g].scale = a.in<float>(1)[g];
  }
  give(quantize<Scheme>({a.in<float>(0).data(), a.size(0), a.size(1)}, given_parameters{p}), a);
}
template <class Scheme>
void add(const std::string& name) {
  operation("range " + name, by_range<Scheme>);
  if constexpr (!detail::is_quantized_again<typename Scheme::scale_storage>) {
    operation("given " + name, given<Scheme>);
  }
}

/// Arrays: x, scales, bytes, codes that come back. Numbers: rows, cols.
template <class Scheme, std::size_t N>
void high_first(arguments& a) {
  const matrix_shape shape{a.size(0), a.size(1)};
  const auto q = quantize<Scheme>({a.in<float>(0).data(), shape.rows, shape.cols});
  const std::vector<std::uint8_t> bytes = tensorrt::to_high_first<N>(q);
  std::copy(bytes.begin(), bytes.end(), a.out<std::uint8_t>(2).begin());
  const auto again = tensorrt::from_high_first<Scheme, N>(bytes, shape);
  a.out<std::uint8_t>(3)[0] = std::ranges::equal(again.value().codes(), q.codes());
}
template <class Scheme>
void row_pairs(arguments& a) {
  const matrix_shape shape{a.size(0), a.size(1)};
  const auto q = quantize<Scheme>({a.in<float>(0).data(), shape.rows, shape.cols});
  const std::vector<std::uint8_t> bytes = tensorrt::to_row_pairs(q);
  std::copy(bytes.begin(), bytes.end(), a.out<std::uint8_t>(2).begin());
  const auto again = tensorrt::from_row_pairs<Scheme>(bytes, shape);
  a.out<std::uint8_t>(3)[0] = std::ranges::equal(again.value().codes(), q.codes());
}

/// The planes of NVFP4. Arrays: x, scale of the tensor, scales of blocks, codes. Numbers: rows, cols.
void nvfp4_planes(arguments& a) {
  const auto q = quantize<tensorrt::nvfp4>({a.in<float>(0).data(), a.size(0), a.size(1)});
  const auto& blocks = q.scale_plane().matrix();
  a.out<float>(1)[0] = blocks.scale_at(0);
  std::copy(blocks.codes().begin(), blocks.codes().end(), a.out<std::uint8_t>(2).begin());
  std::copy(q.codes().begin(), q.codes().end(), a.out<std::uint8_t>(3).begin());
}
/// The byte planes of MXFP8 and MXFP4. Arrays: x, scales, codes. Numbers: rows, cols.
template <class Scheme>
void mx_planes(arguments& a) {
  const auto q = quantize<Scheme>({a.in<float>(0).data(), a.size(0), a.size(1)});
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    a.out<std::uint8_t>(1)[g] = static_cast<std::uint8_t>(e8m0_floor::encode(q.scale_at(g)));
  }
  std::copy(q.codes().begin(), q.codes().end(), a.out<std::uint8_t>(2).begin());
}

const int registered = [] {
  const auto granularities = [](const std::string& name, auto with) {
    with.template operator()<per_tensor>(name + " tensor");
    with.template operator()<per_channel<0>>(name + " rows");
    with.template operator()<per_channel<1>>(name + " columns");
    with.template operator()<per_group<16>>(name + " blocks");
    with.template operator()<per_block<4, 8>>(name + " tiles");
  };
  granularities("int8", []<class G>(const std::string& name) { add<tensorrt::int8_symmetric<G>>(name); });
  granularities("fp8", []<class G>(const std::string& name) { add<tensorrt::fp8_scaled<G>>(name); });
  add<tensorrt::int4_blocks<16>>("int4 16");
  add<tensorrt::int4_blocks<128>>("int4 128");
  add<tensorrt::int4_blocks_onnx<16>>("int4 onnx 16");
  add<tensorrt::int4_blocks_onnx<128>>("int4 onnx 128");
  add<tensorrt::int4_reciprocal<per_group<16>>>("int4 reciprocal 16");
  add<tensorrt::int4_reciprocal<per_group<128>>>("int4 reciprocal 128");
  add<tensorrt::int4_reciprocal<flat_blocks<16>>>("int4 reciprocal flat");
  operation("high first 16", high_first<tensorrt::int4_reciprocal<per_group<16>>, 16>);
  operation("high first 128", high_first<tensorrt::int4_reciprocal<per_group<128>>, 128>);
  operation("high first flat", high_first<tensorrt::int4_reciprocal<flat_blocks<16>>, 16>);
  operation("row pairs 16", row_pairs<tensorrt::int4_blocks<16>>);
  operation("row pairs 128", row_pairs<tensorrt::int4_blocks<128>>);
  add<tensorrt::mxfp8>("mxfp8");
  add<tensorrt::mxfp4<>>("mxfp4");
  add<tensorrt::mxfp4<flat_blocks<32>>>("mxfp4 flat");
  operation("planes mxfp8", mx_planes<tensorrt::mxfp8>);
  operation("planes mxfp4", mx_planes<tensorrt::mxfp4<>>);
  add<tensorrt::nvfp4>("nvfp4");
  operation("planes nvfp4", nvfp4_planes);
  /// Arrays: floats, the power of each.
  operation("power", [](arguments& a) {
    for (std::size_t i = 0; i < a.in<float>(0).size(); ++i) {
      a.out<float>(1)[i] = tensorrt::symmetric_by_log2::power_from(a.in<float>(0)[i]);
    }
  });
  /// Arrays: the text of a cache, what is written of it, the scales.
  operation("cache", [](arguments& a) {
    const calibration_cache cache = read_calibration_cache(a.in<std::uint8_t>(0)).value();
    const std::string text = calibration_text(cache);
    std::copy(text.begin(), text.end(), a.out<std::uint8_t>(1).begin());
    for (std::size_t i = 0; i < cache.scales.size(); ++i) {
      a.out<float>(2)[i] = cache.scales[i].scale;
    }
  });
  return 0;
}();

}  // namespace
