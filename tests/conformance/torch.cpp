// SPDX-License-Identifier: MIT
// Operations for torch.py.
#include <conformance/driver.hpp>

#include <halftone/format/torch/blocked_scales.hpp>
#include <halftone/format/torch/fake_quantize.hpp>
#include <halftone/format/torch/int4_tiles.hpp>
#include <halftone/format/torch/int4pack.hpp>
#include <halftone/format/torch/quantize_nvfp4.hpp>
#include <halftone/format/torch/schemes.hpp>
#include <halftone/format/torch/sixteen_bits.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

using namespace halftone;
using conformance::arguments;
using conformance::operation;

namespace {

/// Codes and real numbers. Arrays: .., codes, reals.
template <class Scheme>
void give(const quantized_matrix<Scheme>& q, arguments& a, std::size_t codes, std::size_t reals) {
  const std::span<std::int32_t> levels = a.out<std::int32_t>(codes);
  for (std::size_t i = 0; i < levels.size(); ++i) {
    const std::uint32_t code = q.code_at(i / q.cols(), i % q.cols());
    if constexpr (uniform_element<typename Scheme::element_type>) {
      levels[i] = Scheme::element_type::level_of(code);
    } else {
      levels[i] = static_cast<std::int32_t>(code);
    }
  }
  dequantize(q, matrix_view<float>(a.out<float>(reals).data(), q.rows(), q.cols()));
}

/// Arrays: x, scales, zero points as floats, codes, reals. Numbers: rows, cols.
template <class Scheme>
void with_parameters(arguments& a) {
  std::vector<group_parameters> p(a.array_count() > 1 ? a.in<float>(1).size() : 0);
  for (std::size_t i = 0; i < p.size(); ++i) {
    const float zero = a.in<float>(2)[i];
    p[i].scale = a.in<float>(1)[i];
    (Scheme::has_offset ? p[i].offset : p[i].scale) = Scheme::has_offset ? zero : p[i].scale;
    p[i].zero_point = Scheme::has_zero_point ? static_cast<std::int32_t>(zero) : 0;
  }
  give(quantize<Scheme>({a.in<float>(0).data(), a.size(0), a.size(1)}, given_parameters{p}), a, 3, 4);
}
/// Parameters, too. Arrays: x, scales, zero points as floats, codes, reals. Numbers: rows, cols.
template <class Scheme>
void by_range(arguments& a) {
  const auto q = quantize<Scheme>({a.in<float>(0).data(), a.size(0), a.size(1)});
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    a.out<float>(1)[g] = q.scale_at(g);
    a.out<float>(2)[g] = Scheme::has_offset ? q.offset_at(g) : static_cast<float>(q.zero_point_at(g));
  }
  give(q, a, 3, 4);
}
template <class Scheme>
void add(const std::string& name) {
  operation("given " + name, with_parameters<Scheme>);
  operation("range " + name, by_range<Scheme>);
}

template <class G>
void add_core(const std::string& suffix) {
  add<torch::qint8<G>>("qint8 affine " + suffix);
  add<torch::quint8<G>>("quint8 affine " + suffix);
  add<torch::qint8_symmetric<G>>("qint8 symmetric " + suffix);
  add<torch::quint8_symmetric<G>>("quint8 symmetric " + suffix);
  add<torch::qint8_reduced<G>>("qint8 reduced " + suffix);
  add<torch::quint8_reduced<G>>("quint8 reduced " + suffix);
  add<torch::qint8_symmetric_reduced<G>>("qint8 symmetric reduced " + suffix);
  add<scheme<uint8, torch::affine<0, 200>, G>>("quint8 custom " + suffix);
  add<scheme<int8, torch::affine<-100, 90>, G>>("qint8 custom " + suffix);
  add<scheme<uint8, torch::symmetric_unsigned<0, 100>, G>>("quint8 symmetric custom " + suffix);
}
template <class E>
void add_ao(const std::string& name) {
  const auto all = [&]<class G>(const std::string& suffix, G) {
    add<torch::ao_asymmetric<E, G>>(name + " ASYMMETRIC " + suffix);
    if constexpr (E::min < 0) {
      add<torch::ao_symmetric<E, G>>(name + " SYMMETRIC " + suffix);
      add<torch::ao_symmetric_no_clipping<E, G>>(name + " SYMMETRIC_NO_CLIPPING_ERR " + suffix);
    } else {
      add<torch::ao_tinygemm<E, G>>(name + " tinygemm " + suffix);
    }
  };
  all("tensor", per_tensor{});
  all("rows", per_channel<0>{});
  all("groups", per_group<32>{});
}
template <class Half, class E>
void add_sixteen_bits(const std::string& name) {
  operation("range " + name + " ASYMMETRIC", by_range<torch::ao_asymmetric_in<Half, E, per_group<32>>>);
  if constexpr (E::min < 0) {
    operation("range " + name + " SYMMETRIC", by_range<torch::ao_symmetric_in<Half, E, per_group<32>>>);
    operation("range " + name + " SYMMETRIC_NO_CLIPPING_ERR", by_range<torch::ao_symmetric_no_clipping_in<Half, E, per_group<32>>>);
  }
}
template <class E>
void add_mx(const std::string& name) {
  add<torch::mx_floor<E>>(name + " FLOOR");
  add<torch::mx_ceil<E>>(name + " CEIL");
  add<torch::mx_even<E>>(name + " EVEN");
  add<torch::mx_rceil<E>>(name + " RCEIL");
}

/// Arrays: codes, bytes, codes that come back. Numbers: rows, cols.
template <std::size_t BlockRows>
void int4pack(arguments& a) {
  quantized_matrix<torch::ao_tinygemm<uint4, per_group<32>>> q(matrix_shape{a.size(0), a.size(1)}), again(q.shape());
  for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
    write_code<4>(q.row_codes(i / q.cols()).data(), i % q.cols(), a.in<std::uint8_t>(0)[i]);
  }
  const std::vector<std::uint8_t> bytes = torch::to_int4pack<BlockRows>(q);
  std::copy(bytes.begin(), bytes.end(), a.out<std::uint8_t>(1).begin());
  torch::from_int4pack<BlockRows>(bytes, again);
  for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
    a.out<std::uint8_t>(2)[i] = static_cast<std::uint8_t>(again.code_at(i / q.cols(), i % q.cols()));
  }
}

/// The same in tiles.
template <std::size_t InnerKTiles>
void int4_tiles(arguments& a) {
  quantized_matrix<torch::ao_tinygemm<uint4, per_group<32>>> q(matrix_shape{a.size(0), a.size(1)}), again(q.shape());
  for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
    write_code<4>(q.row_codes(i / q.cols()).data(), i % q.cols(), a.in<std::uint8_t>(0)[i]);
  }
  const std::vector<std::uint8_t> bytes = torch::to_int4_tiles<InnerKTiles>(q);
  std::copy(bytes.begin(), bytes.end(), a.out<std::uint8_t>(1).begin());
  torch::from_int4_tiles<InnerKTiles>(bytes, again);
  for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
    a.out<std::uint8_t>(2)[i] = static_cast<std::uint8_t>(again.code_at(i / q.cols(), i % q.cols()));
  }
}

/// Bytes of a matrix as they are. Arrays: bytes, codes. Numbers: rows, cols.
void int4_codes(arguments& a) {
  quantized_matrix<torch::ao_tinygemm<uint4, per_group<32>>> q(matrix_shape{a.size(0), a.size(1)});
  std::copy(a.in<std::uint8_t>(0).begin(), a.in<std::uint8_t>(0).end(), q.codes().begin());
  for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
    a.out<std::uint8_t>(1)[i] = static_cast<std::uint8_t>(q.code_at(i / q.cols(), i % q.cols()));
  }
}

const int registered = [] {
  /// Arrays: codes, fp8 scales, scale of the tensor, reals. Numbers: rows, cols.
  operation("nvfp4 two levels", [](arguments& a) {
    quantized_matrix<torch::nvfp4_two_levels> q(matrix_shape{a.size(0), a.size(1)});
    auto& blocks = q.scale_plane().matrix();
    std::copy(a.in<std::uint8_t>(1).begin(), a.in<std::uint8_t>(1).end(), blocks.codes().begin());
    blocks.scale_plane().set(0, a.in<float>(2)[0]);
    std::copy(a.in<std::uint8_t>(0).begin(), a.in<std::uint8_t>(0).end(), q.codes().begin());
    dequantize(q, matrix_view<float>(a.out<float>(3).data(), q.rows(), q.cols()));
  });
  /// Arrays: x, bytes of codes, fp8 scales. Numbers: rows, cols, scale of the tensor.
  operation("quantize nvfp4 two levels", [](arguments& a) {
    const auto q = torch::quantize_nvfp4({a.in<float>(0).data(), a.size(0), a.size(1)}, static_cast<float>(a.number(2)));
    std::copy(q.codes().begin(), q.codes().end(), a.out<std::uint8_t>(1).begin());
    const auto scales = q.scale_plane().matrix().codes();
    std::copy(scales.begin(), scales.end(), a.out<std::uint8_t>(2).begin());
  });
  /// Arrays: largest magnitude, scale.
  operation("nvfp4 tensor scale", [](arguments& a) { a.out<float>(1)[0] = torch::nvfp4_tensor_scale(a.in<float>(0)[0]); });
  /// Arrays: scales, blocked, back again. Numbers: rows, cols.
  operation("blocked scales", [](arguments& a) {
    const matrix_shape shape{a.size(0), a.size(1)};
    const auto blocked = torch::to_blocked(a.in<std::uint8_t>(0), shape);
    std::copy(blocked.begin(), blocked.end(), a.out<std::uint8_t>(1).begin());
    const auto back = torch::from_blocked(blocked, shape);
    std::copy(back.begin(), back.end(), a.out<std::uint8_t>(2).begin());
  });
  operation("int4 tiles 2", int4_tiles<2>);
  operation("int4 tiles 4", int4_tiles<4>);
  operation("int4 tiles 8", int4_tiles<8>);
  operation("int4 plain", int4_codes);
  operation("int4pack 64", int4pack<64>);
  operation("int4pack 32", int4pack<32>);
  add_core<per_tensor>("tensor");
  add_core<per_channel<0>>("rows");
  add<torch::quint8_float_qparams>("quint8 float rows");
  add<torch::quint4x2_float_qparams>("quint4x2 float rows");
  add_ao<int8>("int8");
  add_ao<uint8>("uint8");
  add_ao<int4>("int4");
  add_ao<uint4>("uint4");
  add_ao<int2>("int2");
  add_ao<uint2>("uint2");
  add_sixteen_bits<bf16, int8>("bf16 int8");
  add_sixteen_bits<bf16, uint8>("bf16 uint8");
  add_sixteen_bits<bf16, int4>("bf16 int4");
  add_sixteen_bits<bf16, uint4>("bf16 uint4");
  add_sixteen_bits<fp16, int8>("fp16 int8");
  add_sixteen_bits<fp16, uint8>("fp16 uint8");
  add_sixteen_bits<fp16, int4>("fp16 int4");
  add_sixteen_bits<fp16, uint4>("fp16 uint4");
  add_mx<fp8_e4m3fn>("e4m3");
  add_mx<fp8_e5m2>("e5m2");
  add_mx<fp6_e3m2>("e3m2");
  add_mx<fp6_e2m3>("e2m3");
  add_mx<fp4_e2m1>("e2m1");
  add<torch::nvfp4_blocks>("nvfp4");
  /// Arrays: x, scales, zero points, y, mask. Numbers: rows, cols, quant_min, quant_max.
  operation("fake quantize", [](arguments& a) {
    std::vector<group_parameters> p(a.in<float>(1).size());
    for (std::size_t i = 0; i < p.size(); ++i) {
      p[i] = {.scale = a.in<float>(1)[i], .zero_point = static_cast<std::int32_t>(a.in<float>(2)[i])};
    }
    const std::size_t m = a.size(0), k = a.size(1);
    torch::fake_quantize({a.in<float>(0).data(), m, k}, p, {static_cast<std::int32_t>(a.number(2)), static_cast<std::int32_t>(a.number(3))},
                         matrix_view<float>(a.out<float>(3).data(), m, k), matrix_view<std::uint8_t>(a.out<std::uint8_t>(4).data(), m, k));
  });
  return 0;
}();

}  // namespace
