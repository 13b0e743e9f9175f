// SPDX-License-Identifier: MIT
// Halftone: y = epilogue(x W^T) for float, 8-bit and dynamically quantized activations.
#pragma once

#include <halftone/gemm/pack.hpp>
#include <halftone/gemm/rows_as_floats.hpp>
#include <halftone/gemm/workspace.hpp>
#include <halftone/quantize/quantize_activations.hpp>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

namespace isa_detail {

/// Checks that every call makes, whatever its activations.
template <class Operand, class Output, class Epilogue>
void expects_call(matrix_shape x, const Operand& w, const matrix_view<Output>& y, const Epilogue& finish) {
  expects_gemm(x, w.shape(), y, finish);
  expects(w.layout_id() != packed_layout::none, "gemm: the weights are empty: pack them first");
  if constexpr (requires { w.is_aligned(); }) {
    expects(w.is_aligned(), "gemm: the lines of the weights do not start on 64 bytes");
  }
}

/// Weights along k that share one float scale.
template <class Operand>
std::size_t float_group_of(const Operand& w) noexcept {
  const std::size_t groups = std::max<std::size_t>(super_block_groups<typename Operand::scheme_type>, 1);
  return std::min(w.geometry().run * groups, std::max<std::size_t>(w.shape().cols, 1));
}

template <class Operand>
void expects_bound(const Operand& w, std::int64_t largest) {
  if constexpr (integer_operand<Operand>) {
    expects_int32_bound<typename Operand::scheme_type>(float_group_of(w), largest);
  }
}

/// Runs work(task, first panel, last panel, memory of the task) over all panels, split among the executor's tasks.
template <class Operand, class Work>
void over_panels(const context& use, const Operand& w, const gemm_pieces& pieces, std::byte* memory, const Work& work) {
  const std::size_t panels = panel_count(w.shape().rows);
  const auto task = [&](std::size_t t) {
    work(panels * t / pieces.tasks, panels * (t + 1) / pieces.tasks,
         scratch(std::span<std::byte>(memory + t * pieces.task, pieces.task)));
  };
  use.execute(pieces.tasks, task);
}

/// Rows [first, first + rows) of 8-bit activations, which `make` makes, against all panels.
template <class Operand>
void multiply_codes(const activation_view& x, std::size_t first, std::size_t rows, const Operand& w,
                    const sink_ref& sink, const context& use, const gemm_pieces& pieces, scratch memory,
                    const row_maker& make = {}) {
  using Arch = default_arch;
  if constexpr (integer_operand<Operand>) {
    const auto a = prepare<dot_of<Arch, Operand>::format>(
        x, first, rows, w.geometry(), folded<Arch, Operand>, memory, make);
    over_panels(use, w, pieces, memory.template take<std::byte>(0),
                [&](std::size_t begin, std::size_t end, scratch own) {
                  integer_block<Arch, Operand>(w, a, rows, own).run(begin, end, sink.from(first));
                });
  } else {
    auto* levels = memory.template take<float>(rows * x.cols());
    auto* scales = memory.template take<float>(rows);
    for (std::size_t r = 0; r < rows; ++r) {
      make(first + r);
      scales[r] = x.scale(first + r);
      for (std::size_t k = 0; k < x.cols(); ++k) {
        levels[r * x.cols() + k] = static_cast<float>(x.level(first + r, k) - x.zero_point(first + r));
      }
    }
    over_panels(use, w, pieces, memory.template take<std::byte>(0),
                [&](std::size_t begin, std::size_t end, scratch own) {
                  float_block<Arch, Operand>(w, levels, x.cols(), scales, rows, own).run(begin, end, sink.from(first));
                });
  }
}

/// All rows of float or bfloat16 activations against all panels.
template <class Operand, class Value>
void multiply_floats(matrix_view<const Value> x, const Operand& w, const sink_ref& sink, const context& use) {
  constexpr activation_kind kind = std::is_same_v<Value, float> ? activation_kind::floats : activation_kind::bfloat16s;
  const gemm_pieces pieces = pieces_of(kind, x.rows(), w, use.execute.concurrency());
  const call_workspace workspace(use, pieces.total());
  for (std::size_t first = 0; first < x.rows(); first += pieces.block_rows) {
    scratch memory(workspace.bytes());
    const matrix_view<const float> rows = rows_as_floats(x, first, std::min(pieces.block_rows, x.rows() - first),
                                                         memory.take<float>(pieces.widened / sizeof(float)));
    over_panels(use, w, pieces, memory.take<std::byte>(0), [&](std::size_t begin, std::size_t end, scratch own) {
      float_block<default_arch, Operand>(w, rows.data(), rows.stride(), nullptr, rows.rows(), own)
          .run(begin, end, sink.from(first));
    });
  }
}

/// All checks of a call, for each kind of activations.
template <activation_value Value, class Operand, class Output, class Epilogue>
void expects_problem(matrix_view<const Value> x, const Operand& w, const matrix_view<Output>& y, const Epilogue& finish) {
  expects_valid(x, "gemm", "x");
  expects_call(x.shape(), w, y, finish);
  expects_apart(x, y);
}
template <class Operand, class Output, class Epilogue>
void expects_problem(const activation_view& x, const Operand& w, const matrix_view<Output>& y, const Epilogue& finish) {
  expects_activations(x);
  expects_call({x.rows(), x.cols()}, w, y, finish);
  expects_apart(x.codes, y);
  expects_bound(w, largest_activation(x));
}
template <class Activations, class Value, class Operand, class Output, class Epilogue>
void expects_problem(const dynamic_activations<Activations, Value>& x, const Operand& w, const matrix_view<Output>& y,
                     const Epilogue& finish) {
  expects_valid(x.values, "gemm", "x");
  expects_call(x.values.shape(), w, y, finish);
  expects_apart(x.values, y);
  expects_bound(w, largest_dynamic_activation<Activations>);
}

/// A call with float or bfloat16 activations.
template <class Value, class Operand, class Output, class Epilogue>
void gemm_of_floats(matrix_view<const Value> x, const Operand& w, const matrix_view<Output>& y, const Epilogue& finish,
                    const context& use) {
  expects_problem(x, w, y, finish);
  if (y.empty()) {
    return;
  }
  const activation_rows rows_of_x(x);
  const tile_sink<Output, Epilogue> sink{y, finish, rows_of_x, correction_ref::of(w)};
  multiply_floats(x, w, sink_ref(sink), use);
}

/// All rows of 8-bit activations.
template <class Operand>
void multiply_codes(const activation_view& x, const Operand& w, const sink_ref& sink, const context& use) {
  const gemm_pieces pieces = pieces_of(activation_kind::codes, x.rows(), w, use.execute.concurrency());
  const call_workspace workspace(use, pieces.total());
  for (std::size_t first = 0; first < x.rows(); first += pieces.block_rows) {
    const std::size_t rows = std::min(pieces.block_rows, x.rows() - first);
    multiply_codes(x, first, rows, w, sink, use, pieces, scratch(workspace.bytes()));
  }
}

}  // namespace isa_detail

/// y[m, n] = epilogue(sum over k of x[m, k] * w[n, k]) with float activations.
///
/// One chain an output: acc = fused(x_k, w_k, acc), k ascending, from +0, with w the real weights: bit-identical to
/// `reference::gemm` on every instruction set, for every tile and number of tasks.
///
/// @param x       [m, k]
/// @param w       any weight operand [n, k], usually `pack(q)`
/// @param y       [m, n]: float, bfloat16, or std::int8_t / std::uint8_t if the epilogue ends in requantize
/// @param finish  stages applied to each output before it is stored
/// @param use     workspace (see gemm_workspace_bytes; allocates once if empty) and executor (default: the caller)
/// @throws        halftone::error for shapes that do not fit, invalid views, x and y that overlap, a small workspace
template <weight_operand Operand, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemm(matrix_view<const float> x, const Operand& w, matrix_view<Output> y, const Epilogue& finish = {},
          const context& use = {}) {
  isa_detail::gemm_of_floats(x, w, y, finish, use);
}

/// The same with bfloat16 activations: their exact floats.
template <weight_operand Operand, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemm(matrix_view<const bfloat16> x, const Operand& w, matrix_view<Output> y, const Epilogue& finish = {},
          const context& use = {}) {
  isa_detail::gemm_of_floats(x, w, y, finish, use);
}

/// The same with 8-bit activations (see `static_activations`): exact integer dot products over each group, one fused step a
/// group, the token's scale once at the end; the order of `reference::gemm` and its bits.
/// Weights without an integer path (tables, units, groups along n) take the float chain over the levels.
/// @throws halftone::error as above, and for a float group past the int32 bound
template <weight_operand Operand, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemm(const activation_view& x, const Operand& w, matrix_view<Output> y, const Epilogue& finish = {},
          const context& use = {}) {
  isa_detail::expects_problem(x, w, y, finish);
  if (y.empty()) {
    return;
  }
  const activation_rows rows_of_x(x);
  const tile_sink<Output, Epilogue> sink{y, finish, rows_of_x, correction_ref::of(w)};
  isa_detail::multiply_codes(x, w, sink_ref(sink), use);
}

/// The same with activations that were quantized once, for several matrices.
template <activation_scheme Activations, weight_operand Operand, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemm(const quantized_activations<Activations>& x, const Operand& w, matrix_view<Output> y,
          const Epilogue& finish = {}, const context& use = {}) {
  gemm(x.view(), w, y, finish, use);
}

/// The same with activations that are quantized inside the call: y = gemm(dynamic<int8_per_token>(x), w, y).
/// A scheme with zero points is held to the int32 bound of 255 even where no row needs a zero point.
template <activation_scheme Activations, class Value, weight_operand Operand, class Output,
          epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemm(const dynamic_activations<Activations, Value>& x, const Operand& w, matrix_view<Output> y,
          const Epilogue& finish = {}, const context& use = {}) {
  isa_detail::expects_problem(x, w, y, finish);
  if (y.empty()) {
    return;
  }
  if constexpr (!quantized_activations<Activations>::per_row) {
    const std::size_t rows = x.values.rows();
    const aligned_buffer<float> room(std::is_same_v<Value, float> ? 0 : rows * x.values.cols());
    gemm(quantize_activations<Activations>(rows_as_floats(x.values, 0, rows, const_cast<float*>(room.data())), use), w, y,
         finish, use);
  } else {
    constexpr bool is_signed = Activations::element_type::min < 0;
    const std::size_t k = x.values.cols();
    constexpr activation_kind kind =
        std::is_same_v<Value, float> ? activation_kind::dynamic : activation_kind::dynamic_bfloat16s;
    const gemm_pieces pieces = pieces_of(kind, x.values.rows(), w, use.execute.concurrency());
    const call_workspace workspace(use, pieces.total());
    for (std::size_t first = 0; first < x.values.rows(); first += pieces.block_rows) {
      const std::size_t rows = std::min(pieces.block_rows, x.values.rows() - first);
      scratch memory(workspace.bytes());
      auto* codes = memory.take<std::uint8_t>(rows * k);
      auto* scales = memory.take<float>(rows);
      auto* zero_points = memory.take<std::int32_t>(rows);
      const auto values = rows_as_floats(x.values, first, rows, memory.take<float>(pieces.widened / sizeof(float)));
      const std::size_t together = rows_quantized_together(k);
      const auto quantize_row = [&](std::size_t r) {
        if (r % together == 0) {  // they are asked for in order
          quantize_rows<Activations>({values.row_data(r), std::min(together, rows - r), k, values.stride()}, first + r,
                                     codes + r * k, scales + r, zero_points + r);
        }
      };
      const activation_view view{
          .codes = {codes, rows, k}, .is_signed = is_signed, .scales = scales, .zero_points = zero_points, .per_row = true};
      const activation_rows rows_of_x(view, first);
      const tile_sink<Output, Epilogue> sink{y, finish, rows_of_x, correction_ref::of(w), first};
      isa_detail::multiply_codes(view, 0, rows, w, sink_ref(sink), use, pieces, memory, row_maker(quantize_row));
    }
  }
}

/// y[n] = epilogue(W x) for one vector: gemm with one row.
template <weight_operand Operand, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemv(std::span<const float> x, const Operand& w, std::span<Output> y, const Epilogue& finish = {},
          const context& use = {}) {
  gemm(matrix_view<const float>(x.data(), 1, x.size()), w, matrix_view<Output>(y.data(), 1, y.size()), finish, use);
}

/// The same for bfloat16.
template <weight_operand Operand, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemv(std::span<const bfloat16> x, const Operand& w, std::span<Output> y, const Epilogue& finish = {},
          const context& use = {}) {
  gemm(matrix_view<const bfloat16>(x.data(), 1, x.size()), w, matrix_view<Output>(y.data(), 1, y.size()), finish, use);
}

/// The same with the vector quantized inside the call.
template <activation_scheme Activations, class Value, weight_operand Operand, class Output,
          epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemv(const dynamic_activations<Activations, Value>& x, const Operand& w, std::span<Output> y, const Epilogue& finish = {},
          const context& use = {}) {
  gemm(x, w, matrix_view<Output>(y.data(), 1, y.size()), finish, use);
}

/// The same with a vector of 8-bit activations: quantized once, or static.
template <activation_scheme Activations, weight_operand Operand, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemv(const quantized_activations<Activations>& x, const Operand& w, std::span<Output> y,
          const Epilogue& finish = {}, const context& use = {}) {
  gemm(x.view(), w, matrix_view<Output>(y.data(), 1, y.size()), finish, use);
}
template <weight_operand Operand, class Output, epilogue_type Epilogue = epilogue<>>
  requires storable_after<Output, Epilogue>
void gemv(const activation_view& x, const Operand& w, std::span<Output> y, const Epilogue& finish = {},
          const context& use = {}) {
  gemm(x, w, matrix_view<Output>(y.data(), 1, y.size()), finish, use);
}

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
