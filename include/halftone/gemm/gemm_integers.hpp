// SPDX-License-Identifier: MIT
// Halftone: the integers of a multiplication, before any scale.
#pragma once

#include <halftone/epilogue/requantize_sums.hpp>
#include <halftone/gemm/gemm.hpp>

#include <cstring>

namespace halftone::inline v0_1::inline HALFTONE_ISA {

/// Where integer results end.
struct integer_sink {
  matrix_view<std::int32_t> y;

  void take(std::size_t first, const finished_panels& done) const noexcept {
    const float* sums = done.chains;  // holds int32, see integer_fold
    for (std::size_t r = 0; r < done.rows; ++r) {
      for (std::size_t p = 0; p < done.panels; ++p, sums += panel_columns) {
        const std::size_t column = (done.first_panel + p) * panel_columns;
        const std::size_t count = std::min(panel_columns, y.cols() - column);
        std::memcpy(y.row_data(first + r) + column, sums, count * sizeof(std::int32_t));
      }
    }
  }
};

/// Stages whose rule works on lanes of floats, for outputs of 8 bits.
template <class Stage>
concept sum_stage_of_lanes = sizeof(typename Stage::output_type) == 1 && requires(float_columns<default_arch> lanes) {
  { Stage::rule_type::rounded(lanes, lanes, lanes, lanes) } -> std::same_as<float_columns<default_arch>>;
};

/// Where they end as codes. Compiled once for a stage, whatever the weights.
template <class Output, class Stage>
struct requantized_sink {
  matrix_view<Output> y;
  const Stage& finish;

  void take(std::size_t first, const finished_panels& done) const noexcept {
    const float* sums = done.chains;  // holds int32, see integer_fold
    for (std::size_t r = 0; r < done.rows; ++r) {
      for (std::size_t p = 0; p < done.panels; ++p, sums += panel_columns) {
        const std::size_t column = (done.first_panel + p) * panel_columns;
        const std::size_t count = std::min(panel_columns, y.cols() - column);
        std::int32_t levels[panel_columns];
        std::memcpy(levels, sums, sizeof levels);
        Output* const out = y.row_data(first + r) + column;
        if constexpr (sum_stage_of_lanes<Stage>) {
          put_lanes(levels, column, count, out);
        } else {
          for (std::size_t j = 0; j < count; ++j) {
            out[j] = finish.apply(levels[j], column + j);
          }
        }
      }
    }
  }

 private:
  HALFTONE_INLINE void put_lanes(const std::int32_t* sums, std::size_t column, std::size_t count, Output* out) const noexcept {
    using ints = int_columns<default_arch>;
    using floats = float_columns<default_arch>;
    ints biased = ints::load(sums);
    if (!finish.bias.empty()) {
      std::int32_t bias[panel_columns] = {};
      std::memcpy(bias, finish.bias.data() + column, count * sizeof(std::int32_t));
      biased = biased + ints::load(bias);
    }
    const bool one = finish.factors.size() == 1;
    const floats factor = one ? floats::broadcast(finish.factors[0]) : floats::load(finish.factors.data() + column, count);
    const floats levels = Stage::rule_type::rounded(to_float(biased), factor,
                                                    floats::broadcast(static_cast<float>(finish.low - finish.zero_point)),
                                                    floats::broadcast(static_cast<float>(finish.high - finish.zero_point)));
    std::uint8_t bytes[panel_columns];
    store_levels<std::is_signed_v<Output>>(nearest_integers(levels) + ints::broadcast(finish.zero_point), bytes);
    std::memcpy(out, bytes, count);
  }
};

namespace isa_detail {

/// The sums of a call whose arguments were checked, into a sink.
template <class Operand, class Sink>
void multiply_integers(const activation_view& x, const Operand& w, const Sink& sink, const context& use) {
  const gemm_pieces pieces = pieces_of(activation_kind::codes, x.rows(), w, use.execute.concurrency());
  const call_workspace workspace(use, pieces.total());
  for (std::size_t first = 0; first < x.rows(); first += pieces.block_rows) {
    const std::size_t rows = std::min(pieces.block_rows, x.rows() - first);
    scratch memory(workspace.bytes());
    const auto a = prepare<dot_of<default_arch, Operand>::format>(x, first, rows, w.geometry(), folded<default_arch, Operand>, memory);
    over_panels(use, w, pieces, memory.take<std::byte>(0), [&](std::size_t begin, std::size_t end, scratch own) {
      integer_block<default_arch, Operand, integer_fold>(w, a, rows, own).run(begin, end, sink_ref(sink).from(first));
    });
  }
}

}  // namespace isa_detail

/// y[m, n] = sum over k of (a[m, k] - a's zero point) * (level[n, k] - zero point), exact: what ONNX calls MatMulInteger.
///
/// @param x    8-bit activations [m, k]; their scales are not used
/// @param w    packed weights [n, k] of integer levels with one group along k (per tensor or channel); scales are not used
/// @param y    [m, n]
/// @param use  workspace (gemm_workspace_bytes with activation_kind::codes) and executor
/// @throws     halftone::error as `gemm`, and for weights with more than one group along k
template <integer_operand Operand>
  requires(uniform_element<typename Operand::element_type> && !Operand::scheme_type::has_offset &&
           !corrected_operand<Operand>)
void gemm_integers(const activation_view& x, const Operand& w, matrix_view<std::int32_t> y, const context& use = {}) {
  isa_detail::expects_problem(x, w, y, epilogue<>{});
  expects_one_group(w.geometry().groups);
  if (y.empty()) {
    return;
  }
  isa_detail::multiply_integers(x, w, integer_sink{y}, use);
}

/// The same, each sum turned into a code as it ends: y[m, n] = finish(sum, n), usually `requantize_sums`. The codes of
/// `reference::gemm_integers`.
///
/// @param y       [m, n], of the stage's output type
/// @param finish  a `sum_stage`
/// @throws        halftone::error as above, and for factors or biases that do not fit y
template <integer_operand Operand, class Output, sum_stage<Output> Stage>
  requires(uniform_element<typename Operand::element_type> && !Operand::scheme_type::has_offset &&
           !corrected_operand<Operand>)
void gemm_integers(const activation_view& x, const Operand& w, matrix_view<Output> y, const Stage& finish,
                   const context& use = {}) {
  isa_detail::expects_problem(x, w, y, epilogue<>{});
  expects_one_group(w.geometry().groups);
  finish.expects_shape(y.shape());
  finish.expects_apart(y);
  if (y.empty()) {
    return;
  }
  isa_detail::multiply_integers(x, w, requantized_sink<Output, Stage>{y, finish}, use);
}

/// Corrections are real numbers: they have no place among integers.
template <corrected_operand Operand>
void gemm_integers(const activation_view&, const Operand&, matrix_view<std::int32_t>, const context& = {}) = delete;

}  // namespace halftone::inline v0_1::inline HALFTONE_ISA
