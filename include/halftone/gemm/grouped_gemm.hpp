// SPDX-License-Identifier: MIT
// Halftone: y = epilogue(x W^T) for int8 activations that have a scale for each run of values.
#pragma once

#include <halftone/gemm/gemm.hpp>
#include <halftone/quantize/quantize_grouped_activations.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

namespace isa_detail {

/// Rows [first, first + rows) of activations with a scale a group, which `make` makes, against all panels.
template <class Operand>
void multiply_groups(const grouped_activation_view& x, std::size_t first, std::size_t rows, const Operand& w,
                     const sink_ref& sink, const context& use, const gemm_pieces& pieces, scratch memory,
                     const row_maker& make = {}) {
  using Arch = default_arch;
  if constexpr (integer_operand<Operand>) {
    const float one = 1.0f;  // the scale of a whole token
    const activation_view levels{.codes = x.codes, .is_signed = true, .scales = &one, .per_row = false};
    auto a = prepare<dot_of<Arch, Operand>::format>(levels, first, rows, w.geometry(), {.sums = folded<Arch, Operand>.sums},
                                                  memory, make);
    auto* scales = memory.template take<float>(rows * a.groups);
    for (std::size_t r = 0; r < rows; ++r) {
      for (std::size_t g = 0; g < a.groups; ++g) {
        scales[r * a.groups + g] =
            product(x.scale(first + r, w.geometry().group_begin(g)), level_unit<typename Operand::scheme_type>);
      }
    }
    a.group_scales = scales;
    over_panels(use, w, pieces, memory.template take<std::byte>(0),
                [&](std::size_t begin, std::size_t end, scratch own) {
                  integer_block<Arch, Operand, token_group_fold>(w, a, rows, own).run(begin, end, sink.from(first));
                });
  } else {
    auto* values = memory.template take<float>(rows * x.cols());
    for (std::size_t r = 0; r < rows; ++r) {
      make(first + r);
      for (std::size_t k = 0; k < x.cols(); ++k) {
        values[r * x.cols() + k] = x.value(first + r, k);
      }
    }
    over_panels(use, w, pieces, memory.template take<std::byte>(0),
                [&](std::size_t begin, std::size_t end, scratch own) {
                  float_block<Arch, Operand>(w, values, x.cols(), nullptr, rows, own).run(begin, end, sink.from(first));
                });
  }
}

/// Checks that float groups of both sides fit each other, and 32 bits.
template <class Operand>
void expects_groups_fit(const Operand& w, std::size_t group_length) {
  if constexpr (integer_operand<Operand>) {
    expects_nested_groups(float_group_of(w), group_length, w.shape().cols);
  }
  expects_bound(w, 128);
}

/// All checks of a call.
template <class Operand, class Output, class Epilogue>
void expects_problem(const grouped_activation_view& x, const Operand& w, const matrix_view<Output>& y, const Epilogue& finish) {
  expects_activations(x);
  expects_call({x.rows(), x.cols()}, w, y, finish);
  expects_apart(x.codes, y);
  expects_groups_fit(w, x.group_length);
}
template <grouped_activation_scheme Activations, class Value, class Operand, class Output, class Epilogue>
void expects_problem(const dynamic_activations<Activations, Value>& x, const Operand& w, const matrix_view<Output>& y,
                     const Epilogue& finish) {
  expects_valid(x.values, "gemm", "x");
  expects_call(x.values.shape(), w, y, finish);
  expects_apart(x.values, y);
  expects_groups_fit(w, grouped_activations<Activations>::group_length);
}

}  // namespace isa_detail

/// y[m, n] = epilogue(sum over groups of fused steps), for int8 activations with a scale a group: exact integer dot products
/// over each group of weights, one fused step with the product of both scales; the order of `reference::gemm` and its bits.
/// Groups of activations are whole groups of weights. Weights without an integer path take the float chain over the
/// activations' real numbers.
/// @throws halftone::error as for other activations, and for groups that do not fit each other
template <weight_operand Operand, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemm(const grouped_activation_view& x, const Operand& w, matrix_view<Output> y, const Epilogue& finish = {},
          const context& use = {}) {
  isa_detail::expects_problem(x, w, y, finish);
  if (y.empty()) {
    return;
  }
  const activation_rows rows_of_x(x);
  const tile_sink<Output, Epilogue> sink{y, finish, rows_of_x, correction_ref::of(w)};
  const gemm_pieces pieces = pieces_of(activation_kind::grouped_codes, x.rows(), w, use.execute.concurrency());
  const call_workspace workspace(use, pieces.total());
  for (std::size_t first = 0; first < x.rows(); first += pieces.block_rows) {
    isa_detail::multiply_groups(x, first, std::min(pieces.block_rows, x.rows() - first), w, sink_ref(sink), use, pieces,
                                scratch(workspace.bytes()));
  }
}

/// The same with activations that were quantized once, for several matrices.
template <grouped_activation_scheme Activations, weight_operand Operand, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemm(const grouped_activations<Activations>& x, const Operand& w, matrix_view<Output> y, const Epilogue& finish = {},
          const context& use = {}) {
  gemm(x.view(), w, y, finish, use);
}

/// The same with activations that are quantized inside the call: gemm(dynamic<int8_per_token_group<32>>(x), w, y).
template <grouped_activation_scheme Activations, class Value, weight_operand Operand, class Output,
          epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemm(const dynamic_activations<Activations, Value>& x, const Operand& w, matrix_view<Output> y,
          const Epilogue& finish = {}, const context& use = {}) {
  isa_detail::expects_problem(x, w, y, finish);
  if (y.empty()) {
    return;
  }
  constexpr std::size_t length = grouped_activations<Activations>::group_length;
  constexpr activation_kind kind =
      std::is_same_v<Value, float> ? activation_kind::dynamic_groups : activation_kind::dynamic_groups_bfloat16s;
  const std::size_t k = x.values.cols();
  const gemm_pieces pieces = pieces_of(kind, x.values.rows(), w, use.execute.concurrency());
  const call_workspace workspace(use, pieces.total());
  for (std::size_t first = 0; first < x.values.rows(); first += pieces.block_rows) {
    const std::size_t rows = std::min(pieces.block_rows, x.values.rows() - first);
    scratch memory(workspace.bytes());
    auto* codes = memory.take<std::uint8_t>(rows * k);
    auto* scales = memory.take<float>(rows * ceil_div(k, length));
    const auto values = rows_as_floats(x.values, first, rows, memory.take<float>(pieces.widened / sizeof(float)));
    const std::size_t groups = ceil_div(k, length);
    const auto quantize_row = [&](std::size_t r) {
      quantize_grouped_rows<Activations>({values.row_data(r), 1, k}, first + r, codes + r * k, scales + r * groups);
    };
    const grouped_activation_view view{.codes = {codes, rows, k}, .scales = scales, .group_length = length};
    const activation_rows rows_of_x(view, first);
    const tile_sink<Output, Epilogue> sink{y, finish, rows_of_x, correction_ref::of(w), first};
    isa_detail::multiply_groups(view, 0, rows, w, sink_ref(sink), use, pieces, memory, row_maker(quantize_row));
  }
}

/// The same for one vector.
template <grouped_activation_scheme Activations, class Value, weight_operand Operand, class Output,
          epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemv(const dynamic_activations<Activations, Value>& x, const Operand& w, std::span<Output> y, const Epilogue& finish = {},
          const context& use = {}) {
  gemm(x, w, matrix_view<Output>(y.data(), 1, y.size()), finish, use);
}
/// The same with a vector that was quantized once.
template <grouped_activation_scheme Activations, weight_operand Operand, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemv(const grouped_activations<Activations>& x, const Operand& w, std::span<Output> y, const Epilogue& finish = {},
          const context& use = {}) {
  gemm(x.view(), w, matrix_view<Output>(y.data(), 1, y.size()), finish, use);
}
template <weight_operand Operand, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemv(const grouped_activation_view& x, const Operand& w, std::span<Output> y, const Epilogue& finish = {},
          const context& use = {}) {
  gemm(x, w, matrix_view<Output>(y.data(), 1, y.size()), finish, use);
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
