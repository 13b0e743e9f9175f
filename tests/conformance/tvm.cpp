// SPDX-License-Identifier: MIT
// Operations for tvm.py.
#include <conformance/driver.hpp>

#include <halftone/format/tvm/fixed_point.hpp>
#include <halftone/format/tvm/group_words.hpp>
#include <halftone/format/tvm/schemes.hpp>
#include <halftone/quantize/dequantize.hpp>
#include <halftone/quantize/quantize.hpp>

#include <algorithm>

using namespace halftone;
using conformance::arguments;
using conformance::operation;

namespace {

/// Arrays: x, scales, zero points, codes, reals. Numbers: rows, cols.
template <class Scheme>
void quantize_given(arguments& a) {
  std::vector<group_parameters> p(a.in<float>(1).size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    p[i] = {.scale = a.in<float>(1)[i], .zero_point = a.in<std::int32_t>(2)[i]};
  }
  const std::size_t rows = a.size(0), cols = a.size(1);
  const auto q = quantize<Scheme>({a.in<float>(0).data(), rows, cols}, given_parameters{p});
  for (std::size_t i = 0; i < rows * cols; ++i) {
    a.out<std::int32_t>(3)[i] = Scheme::element_type::level_of(q.code_at(i / cols, i % cols));
  }
  dequantize(q, matrix_view<float>(a.out<float>(4).data(), rows, cols));
}
template <class E>
void add(const std::string& name) {
  operation(name + " tensor", quantize_given<tvm::quantized<E>>);
  operation(name + " axis 0", quantize_given<tvm::quantized<E, per_channel<0>>>);
  operation(name + " axis 1", quantize_given<tvm::quantized<E, per_channel<1>>>);
}

/// Arrays: sums, products. Numbers: multiplier, shift.
template <class Rounding>
void multiply(arguments& a) {
  const fixed_point_multiplier m{static_cast<std::int32_t>(a.number(0)), static_cast<std::int32_t>(a.number(1))};
  const std::span<const std::int32_t> in = a.in<std::int32_t>(0);
  std::transform(in.begin(), in.end(), a.out<std::int32_t>(1).begin(), [&](std::int32_t x) { return Rounding::multiplied(x, m); });
}

/// Arrays: w, words, scales, reals, words of columns. Numbers: rows, cols.
template <class Scheme>
void groups(arguments& a) {
  const std::size_t rows = a.size(0), cols = a.size(1);
  const auto q = quantize<Scheme>({a.in<float>(0).data(), rows, cols});
  const std::vector<std::uint8_t> words = tvm::to_words(q);
  std::copy(words.begin(), words.end(), a.out<std::uint8_t>(1).begin());
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    a.out<float>(2)[g] = q.scale_at(g);
  }
  const std::vector<std::uint8_t> columns = tvm::to_words(q, tvm::word_order::columns);
  std::copy(columns.begin(), columns.end(), a.out<std::uint8_t>(4).begin());
  auto read = tvm::from_words<Scheme>(columns, {rows, cols}, tvm::word_order::columns).value();
  for (std::size_t g = 0; g < q.group_count(); ++g) {
    read.scale_plane().set(g, q.scale_at(g));
  }
  dequantize(read, matrix_view<float>(a.out<float>(3).data(), rows, cols));
}

const int registered = [] {
  add<int8>("int8");
  add<uint8>("uint8");
  add<int16>("int16");
  operation("upward", multiply<tvm::upward>);
  operation("to nearest", multiply<tvm::to_nearest>);
  operation("q4f16_1", groups<tvm::q4f16_1>);
  operation("q3f16_1", groups<tvm::q3f16_1>);
  return 0;
}();

}  // namespace
