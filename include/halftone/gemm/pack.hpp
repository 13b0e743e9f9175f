// SPDX-License-Identifier: MIT
// Halftone: kernel order. (First version: the canonical matrix itself.)
#pragma once
#include <halftone/tensor/quantized_matrix.hpp>
namespace halftone::inline v0_1::inline HALFTONE_ISA {
template <class Scheme>
class packed_matrix {
 public:
  using scheme_type = Scheme;
  explicit packed_matrix(quantized_matrix<Scheme> q) : q_(std::move(q)) {}
  [[nodiscard]] matrix_shape shape() const noexcept { return q_.shape(); }
  [[nodiscard]] std::size_t byte_count() const { return q_.byte_count(); }
  [[nodiscard]] const quantized_matrix<Scheme>& matrix() const noexcept { return q_; }
 private:
  quantized_matrix<Scheme> q_;
};
template <class Scheme>
[[nodiscard]] packed_matrix<Scheme> pack(const quantized_matrix<Scheme>& q) { return packed_matrix<Scheme>(q); }
template <class Scheme>
[[nodiscard]] quantized_matrix<Scheme> unpack(const packed_matrix<Scheme>& p) { return p.matrix(); }
}
