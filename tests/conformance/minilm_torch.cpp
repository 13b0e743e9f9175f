// SPDX-License-Identifier: MIT
// Operations for minilm_torch.py: layers that torchao quantized.
#include <conformance/driver.hpp>

#include <halftone/epilogue/linear_stages.hpp>
#include <halftone/format/torch/schemes.hpp>
#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/quantize.hpp>

using namespace halftone;
using conformance::arguments;
using conformance::operation;

namespace {

using rows = torch::ao_symmetric<int8, per_channel<0>>;
using groups = torch::ao_symmetric<int4, per_group<32>>;
using tokens = torch::ao_symmetric<int8, per_token>;

/// Arrays: weights, levels, scales. Numbers: rows, columns.
template <class Scheme>
void quantize_layer(arguments& a) {
  const auto q = quantize<Scheme>({a.in<float>(0).data(), a.size(0), a.size(1)});
  for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
    a.out<std::int8_t>(1)[i] = static_cast<std::int8_t>(Scheme::element_type::level_of(q.code_at(i / q.cols(), i % q.cols())));
  }
  q.scale_plane().get_all(0, a.out<float>(2));
}

/// y = x w^T + bias with the package's levels and scales. Arrays: levels, scales, x, bias, y. Numbers: rows and columns of w, rows of x.
template <class Scheme, bool QuantizesActivations>
void multiply(arguments& a) {
  quantized_matrix<Scheme> q(matrix_shape{a.size(0), a.size(1)});
  for (std::size_t i = 0; i < q.rows() * q.cols(); ++i) {
    write_code<Scheme::element_type::bits>(q.row_codes(i / q.cols()).data(), i % q.cols(),
                                           Scheme::element_type::code_of(a.in<std::int8_t>(0)[i]));
  }
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    q.scale_plane().set(g, a.in<float>(1)[g]);
  }
  const matrix_view<const float> x(a.in<float>(2).data(), a.size(2), q.cols());
  const matrix_view<float> y(a.out<float>(4).data(), a.size(2), q.rows());
  const epilogue finish{add_bias{a.in<float>(3)}};
  if constexpr (QuantizesActivations) {
    gemm(dynamic<tokens>(x), pack(q), y, finish);
  } else {
    gemm(x, pack(q), y, finish);
  }
}

const bool registered = [] {
  operation("quantize int8", quantize_layer<rows>);
  operation("quantize int4", quantize_layer<groups>);
  operation("multiply int8", multiply<rows, false>);
  operation("multiply int4", multiply<groups, false>);
  operation("multiply int8 dynamic", multiply<rows, true>);
  return true;
}();

}  // namespace
